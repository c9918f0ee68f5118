"""The rollbar gem and rollbar-php in every situation of their lives. Both come from registries of their own, so that their
environments are made only where somebody asks for them: scripts/ruby-environment, scripts/php-environment."""

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import rollbar_clients
import sdk
from harness import expect
from harness.environments import ROOT

FOLDER = Path(__file__).resolve().parent

CLIENTS = sdk.Clients()
client = CLIENTS.client


def environment_of(language, script):
    folder = Path(os.environ.get(f"UNDERSTUDY_{language.upper()}_CLIENTS", ROOT / "build" / language))
    if not shutil.which(language):
        raise sdk.Skipped(f"there is no {language} in PATH")
    if not (folder / "understudy-stamp").exists():
        raise sdk.Skipped(f"Rollbar's notifier for {language} was not installed: scripts/{script}")
    return folder


def ruby(story, **environment):
    folder = environment_of("ruby", "ruby-environment")
    return run(["ruby", FOLDER / "ruby" / "rollbar_life.rb", story],
               {"GEM_HOME": str(folder), "GEM_PATH": str(folder), **environment})


def php(story, **environment):
    folder = environment_of("php", "php-environment")
    return run(["php", FOLDER / "php" / "rollbar_life.php", story],
               {"ROLLBAR_PHP_VENDOR": str(folder / "vendor"), **environment})


def run(command, environment):
    ended = subprocess.run(command, env={"PATH": os.environ["PATH"], "HOME": os.devnull, **environment},
                           capture_output=True, text=True, timeout=sdk.SECONDS)
    expect.equal(f"exit code of {command[0]}, which said {ended.stderr}", ended.returncode, 0)
    return json.loads(ended.stdout)


NOTIFIERS = {"ruby": ruby, "php": php}


def tell(fakes, language, story, **environment):
    return NOTIFIERS[language](story, **fakes.environment, **{"ROLLBAR_BASE": f"{fakes.url('rollbar')}/api/1/",
                                                              **environment})


@client("client.ruby.rollbar", "ruby", "rollbar-gem")
@client("client.php.rollbar", "php", "rollbar-php")
def life(fakes, language, notifier):
    tell(fakes, language, "life")
    items = {record["fields"]["level"]: record["fields"] for record in fakes.records("item", vendor="rollbar")}
    expect.equal("levels", set(items), {"error", "warning"})
    chain = [one["exception"]["message"] for one in items["error"]["body"]["trace_chain"]]
    expect.equal("exception and cause", chain, ["home feed did not load", "no such row"])
    expect.equal("person", items["error"]["person"]["id"], "1001")
    expect.true("custom data", "rows" in json.dumps(items["error"]), items["error"])
    expect.equal("message", items["warning"]["body"]["message"]["body"], "Hello Wörld!")
    for one in items.values():
        expect.equal("notifier", (one["notifier"]["name"], one["environment"]), (notifier, "test"))
    # Neither sets a content type, so that JSON goes out under a form's.
    for post in sdk.deliveries(fakes, fakes.records("item", vendor="rollbar")):
        expect.true("a form's content type", "form-urlencoded" in sdk.header(post, "content-type"), post["headers"])


@client("client.ruby.rollbar-limited", "ruby", findings=["rollbar.rate.over-limit"])
@client("client.php.rollbar-limited", "php", findings=["rollbar.rate.over-limit"])
def limited(fakes, language):
    fakes.set_settings({"rollbar": {"rate_limit": 1, "rate_quota": "enforce"}})
    tell(fakes, language, "twice")
    expect.equal("statuses", rollbar_clients.statuses(fakes), [200, 429])
    expect.only("item", fakes.records("item", vendor="rollbar"))


@client("client.ruby.rollbar-too-large", "ruby", "large", 413, findings=["rollbar.body.too-large"])
@client("client.php.rollbar-too-large", "php", "large", 413, findings=["rollbar.body.too-large"])
@client("client.ruby.rollbar-refused", "ruby", "refused", 422, findings=["rollbar.item.missing-key"])
@client("client.php.rollbar-refused", "php", "refused", 422, findings=["rollbar.item.missing-key"])
def refused(fakes, language, story, status):
    fakes.set_settings({"rollbar": {"max_payload_bytes": 100000}})
    tell(fakes, language, story)
    expect.equal("statuses", rollbar_clients.statuses(fakes), [status])
    expect.none("item", fakes.records("item", vendor="rollbar"))


@client("client.ruby.rollbar-gone", "ruby")
@client("client.php.rollbar-gone", "php")
def gone(fakes, language):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{unused.getsockname()[1]}/api/1/"
        environment = {**fakes.environment, "ROLLBAR_ENDPOINT": f"{base}item/", "ROLLBAR_BASE": base}
        NOTIFIERS[language]("twice" if language == "ruby" else "gone", **environment)
    expect.none("item", fakes.records("item", vendor="rollbar"))


@client("client.ruby.rollbar-exits", "ruby")
@client("client.php.rollbar-exits", "php")
def exits(fakes, language):
    """Both send before the call is back."""
    tell(fakes, language, "exits")
    item = expect.only("item", fakes.records("item", vendor="rollbar"))["fields"]
    expect.equal("message", item["body"]["message"]["body"], "the last words")
