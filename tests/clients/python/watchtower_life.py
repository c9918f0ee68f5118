"""watchtower's normal life: it starts, sends batches, cuts what is too long, is throttled, loses its group, and stops.
Prints what it warned of, and what was sent when, as one line of JSON."""

import json
import logging
import threading
import warnings

import boto3
import watchtower

GROUP = "cruddur-watchtower"
warned = []
warnings.showwarning = lambda message, category, *where: warned.append([category.__name__, str(message)])
logs = boto3.client("logs")
handler = watchtower.CloudWatchLogHandler(
    log_group_name=GROUP,
    log_stream_name="web/1",
    log_group_retention_days=14,
    boto3_client=logs,
    max_batch_count=10,
    send_interval=3600,
)
logger = logging.getLogger("backend")
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(handler)


def count():
    return len(warned)


for line in range(25):
    logger.info("line %d", line)
logger.info({"path": "/api/activities/home", "umlaut": "äöü😀"})
handler.flush()
told = {"warned of batches": count()}
logger.info("x" * 300_000)
handler.flush()
told["warned of a long line"] = warned[-1]
logs.delete_log_group(logGroupName=GROUP)
logger.info("into the void")
handler.flush()
told["warned of the group"] = sorted({text.split(":")[0] for _, text in warned[1:]})
logs.create_log_group(logGroupName=GROUP)
logger.info("after the group came back")
handler.flush()
before = count()
handler.close()
logger.info("too late")
told["warned of the stop"] = warned[before:]
told["threads"] = [one.name for one in threading.enumerate() if one is not threading.main_thread() and not one.daemon]
print(json.dumps(told))
