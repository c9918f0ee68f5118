#!/usr/bin/env python3
"""Writes what botocore's own SigV4Auth makes of a few requests: NAME.request (NAME.head and NAME.bin).

    record_signer.py OUTPUT_FOLDER
Needs botocore only; nothing is sent. The clock is frozen, the keys are those of the AWS documentation.
"""
import datetime
import gzip
import pathlib
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
EVENTS = b'{"logGroupName": "cruddur", "logStreamName": "s", "logEvents": [{"timestamp": 1795222519880, "message": "caf\\u00e9"}]}'
LOGS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328.PutLogEvents"}

CASES = {
    "put-log-events": ("logs", "POST", "http://127.0.0.1:4566/", LOGS, EVENTS, None),
    "put-log-events-session-token": ("logs", "POST", "http://127.0.0.1:4566/", LOGS, EVENTS, "a/session+token="),
    "put-log-events-gzip": ("logs", "POST", "http://127.0.0.1:4566/", LOGS | {"Content-Encoding": "gzip"},
                            gzip.compress(EVENTS, mtime=0), None),
    "odd-path-and-query": ("xray", "POST", "http://127.0.0.1:4566/a%20b//c/../d%2Fe/?z=1&a=b%20c&a=&empty&%C3%A9=1",
                           {"X-Odd": "  two   blanks ", "Content-Type": "application/json"}, b"{}", None),
    "sts": ("sts", "POST", "http://127.0.0.1:4566/",
            {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            b"Action=GetCallerIdentity&Version=2011-06-15", None),
}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: datetime.datetime(2026, 11, 21, 0, 55, 19)
    for name, (service, method, url, headers, body, token) in CASES.items():
        request = AWSRequest(method, url, headers=headers, data=body)
        signer = botocore.auth.SigV4Auth(Credentials(KEY, SECRET, token), service, "us-east-1")
        signer.add_auth(request)
        request.headers["Host"] = "127.0.0.1:4566"
        target = url.split("4566", 1)[1]
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in request.headers.items()) + "\r\n"
        (folder / f"{name}.head").write_bytes(head.encode())
        (folder / f"{name}.bin").write_bytes(body)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
