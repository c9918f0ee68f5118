"""pyrollbar through one of its handlers, in one of the situations of its life: rollbar_life.py HANDLER STORY. The
handlers async and httpx send within an event loop. Prints the uuids that it was given, and what pyrollbar logged, as one line of JSON."""

import asyncio
import json
import logging
import os
import sys

import rollbar
from rollbar.logger import RollbarHandler

handler, story = sys.argv[1:3]
complaints = []


class Complaints(logging.Handler):
    def emit(self, record):
        complaints.append(record.getMessage())


logging.getLogger("rollbar").addHandler(Complaints())
logging.getLogger("rollbar").propagate = False
rollbar.init(
    os.environ["ROLLBAR_ACCESS_TOKEN"],
    "test",
    endpoint=os.environ["ROLLBAR_BASE"],
    handler=handler,
    code_version="1.2.3",
    root=os.path.dirname(os.path.abspath(__file__)),
    allow_logging_basic_config=False,
    agent_log_file=os.environ.get("ROLLBAR_LOG", os.devnull),
)


def read_feed(db_password):
    raise KeyError("feed")


def life():
    told = {"message": rollbar.report_message("Hello Wörld!", "warning", extra_data={"rows": 3})}
    try:
        try:
            read_feed("canary-of-the-test")
        except KeyError as cause:
            raise ValueError("home feed did not load") from cause
    except ValueError:
        told["exception"] = rollbar.report_exc_info(payload_data={"person": {"id": "1001", "username": "andrewbrown"}})
    logger = logging.getLogger("backend")
    logger.addHandler(RollbarHandler(level=logging.WARNING))
    logger.error("row %d is missing", 7)
    return told


def twice():
    return {"uuids": [rollbar.report_message("the same", "info") for _ in range(2)]}


def large():
    return {"message": rollbar.report_message("x" * 200_000, "error")}


def huge():
    return {"message": rollbar.report_message("x" * 10_000_000, "error")}


def warn():
    return {"message": rollbar.report_message("a level that is none", "warn")}


def exits_at_once():
    told = {"message": rollbar.report_message("the last words", "critical")}
    print(json.dumps(told | {"complaints": complaints}), flush=True)
    os._exit(0)


async def within_a_loop(tell):
    """These handlers make a task of each item."""
    told = tell()
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    return told


tell = {"life": life, "twice": twice, "large": large, "huge": huge, "warn": warn, "exits": exits_at_once}[story]
told = asyncio.run(within_a_loop(tell)) if handler in ("async", "httpx") else tell()
rollbar.wait()
print(json.dumps(told | {"complaints": complaints}))
