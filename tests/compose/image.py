"""Reads a Dockerfile as far as this project's uses it: stages with their instructions, inherited as Docker does."""

import json
import re
import shlex

INHERITED = ("USER", "WORKDIR", "HEALTHCHECK", "ENTRYPOINT", "CMD", "STOPSIGNAL")


class Stage:
    def __init__(self, name, base, parent):
        self.name, self.base = name, base
        self.instructions = []  # of this stage alone: (keyword, text)
        self.last = dict(parent.last) if parent else {}
        self.environment = dict(parent.environment) if parent else {}
        self.exposed = list(parent.exposed) if parent else []
        self.volumes = list(parent.volumes) if parent else []
        self.copies = list(parent.copies) if parent else []  # (stage or None, sources, target), in order

    def add(self, keyword, text):
        self.instructions.append((keyword, text))
        if keyword in INHERITED:
            self.last[keyword] = text
        elif keyword == "ENV":
            self.environment.update(part.split("=", 1) for part in shlex.split(text))
        elif keyword == "EXPOSE":
            self.exposed += text.split()
        elif keyword == "VOLUME":
            self.volumes += text.split()
        elif keyword == "COPY":
            flags, *paths = split_flags(text)
            self.copies.append((flags.get("from"), paths[:-1], paths[-1], self.last.get("WORKDIR", "/")))

    def command(self, keyword):
        return json.loads(self.last[keyword]) if keyword in self.last else []

    def health_check(self):
        """Options and command."""
        flags, *words = split_flags(self.last["HEALTHCHECK"])
        if words[0] != "CMD":
            raise AssertionError(f"HEALTHCHECK {self.last['HEALTHCHECK']} is no CMD")
        return flags, json.loads(self.last["HEALTHCHECK"].split("CMD", 1)[1])


def split_flags(text):
    words = text.split()
    flags = dict(word[2:].split("=", 1) for word in words if word.startswith("--"))
    return [flags] + [word for word in words if not word.startswith("--")]


def read(path):
    """Stages by name."""
    stages, stage = {}, None
    text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE)
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if not line.strip():
            continue
        keyword, _, rest = line.strip().partition(" ")
        if keyword == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = stages[name] = Stage(name, base, stages.get(base))
        else:
            stage.add(keyword, rest)
    return stages
