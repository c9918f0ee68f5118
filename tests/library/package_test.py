#!/usr/bin/env python3
"""Proves the library from the outside: installed, as a subdirectory, misused, and as the tutorial tells.

    package_test.py MODE --build BUILD_FOLDER --source SOURCE_FOLDER --compiler CXX
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SYSTEM = re.compile(r"^(gmock/gmock\.h|[a-z_]+)$")  # GoogleMock, and the standard library


def run(*command, check=True):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\nexit code {done.returncode}")
    return done


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def prefix_of(build):
    return build / "package" / "prefix"


def install(build):
    prefix = fresh(prefix_of(build))
    run("cmake", "--install", build, "--prefix", prefix, "--component", "library")


def build_project(source, folder, compiler, *options):
    run("cmake", "-G", "Ninja", "-S", source, "-B", folder, f"-DCMAKE_CXX_COMPILER={compiler}",
        "-DCMAKE_BUILD_TYPE=Release", *options)
    run("cmake", "--build", folder, "-j2")


def installed(arguments):
    headers = sorted((prefix_of(arguments.build) / "include").rglob("*.h"))
    assert headers, "no header is installed"
    for header in headers:
        for included in re.findall(r'#include [<"]([^>"]+)[>"]', header.read_text(encoding="utf-8")):
            if not included.startswith("understudy/") and not SYSTEM.match(included):
                sys.exit(f"{header} includes {included}: users would need its library")
    folder = fresh(arguments.build / "package" / "installed")
    build_project(HERE / "installed", folder, arguments.compiler, f"-DCMAKE_PREFIX_PATH={prefix_of(arguments.build)}")
    print(run(folder / "uses").stdout)


def subdirectory(arguments):
    # A second build of the library. With the flags of the first, and as deep a folder, ccache has all of it.
    folder = arguments.build.with_name(arguments.build.name + "-subdirectory")
    build_project(HERE / "subdirectory", folder, arguments.compiler, f"-DUNDERSTUDY_SOURCES={arguments.source}",
                  "-DUNDERSTUDY_WARNINGS_AS_ERRORS=ON")
    print(run(folder / "uses").stdout)


def misuse(arguments):
    for source in sorted((HERE / "misuse").glob("*.cpp")):
        wanted = re.match(r"// error: (.*)", source.read_text(encoding="utf-8"))[1]
        done = run(arguments.compiler, "-std=c++20", "-Wall", "-Werror", "-fsyntax-only", "-I",
                   arguments.build / "include", source, check=False)
        if done.returncode == 0:
            sys.exit(f"{source.name} compiles, and must not")
        if wanted not in done.stdout:
            sys.exit(f"{source.name} is refused, but not with \"{wanted}\":\n{done.stdout}")
        print(f"{source.name}: {wanted}")


def blocks(document):
    """The fenced blocks of a document that name a file: (stage, file, text)."""
    text = document.read_text(encoding="utf-8")
    for info, body in re.findall(r"^```(\S+ [^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        words = dict(word.split("=") for word in info.split()[1:])
        yield int(words.get("stage", 0)), words["file"], body


def shows_the_bytes(program, printed):
    """The command that a failure prints works, after the test that printed it has ended."""
    command = re.search(r"its bytes: understudy (.*)", printed)[1].split()
    shown = run(program, *command).stdout
    if "shop.copies" not in shown:
        sys.exit(f"understudy {' '.join(command)} does not show what was sent:\n{shown}")


def tutorial(arguments):
    """Builds the tutorial as it is written: its first test fails as it says, its second passes."""
    folder = fresh(arguments.build / "package" / "tutorial")
    parts = list(blocks(arguments.source / "docs" / "tutorial-cpp.md"))
    for stage in sorted({stage for stage, _, _ in parts if stage > 0}):
        printed = ""
        for _, name, text in (part for part in parts if part[0] in (0, stage)):
            if name == "printed":
                printed = text
            else:
                (folder / name).write_text(text, encoding="utf-8")
        build_project(folder, folder / "build", arguments.compiler,
                      f"-DCMAKE_PREFIX_PATH={prefix_of(arguments.build)}")
        os.environ["UNDERSTUDY_CAPTURES"] = str(folder / "captures")
        done = run("ctest", "--test-dir", folder / "build", "--output-on-failure", check=False)
        if (done.returncode != 0) != bool(printed):
            sys.exit(f"stage {stage} {'passes' if printed else 'fails'}, and the tutorial says otherwise\n{done.stdout}")
        for line in filter(None, (line.strip() for line in printed.splitlines())):
            pattern = ".*".join(re.escape(piece) for piece in line.split("..."))  # "..." stands for what differs
            if not re.search(pattern, done.stdout):
                sys.exit(f"stage {stage} does not print \"{line}\"\n{done.stdout}")
        if printed:
            shows_the_bytes(arguments.build / "understudy", done.stdout)
        print(f"stage {stage}: {'fails as it is told' if printed else 'passes'}")


def main():
    modes = {"install": lambda arguments: install(arguments.build), "installed": installed,
             "subdirectory": subdirectory, "misuse": misuse, "tutorial": tutorial}
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=modes)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--compiler", required=True)
    arguments = parser.parse_args()
    modes[arguments.mode](arguments)


if __name__ == "__main__":
    main()
