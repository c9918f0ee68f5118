"""PutLogEvents for scripts/bench: its bodies, a signature over them, and moto's server as the baseline."""

import contextlib
import hashlib
import hmac
import http.client
import json
import re
import subprocess
import threading
import time

CREDENTIAL = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "bench"}
REGION = "us-east-1"


def log_events(events):
    now = int(time.time() * 1000)
    return json.dumps({"logGroupName": "bench", "logStreamName": "bench", "logEvents": [
        {"timestamp": now + i // 1000, "message": f"[2026-Nov-21 00:38] 127.0.0.1 GET http /api/home? {i:05}"}
        for i in range(events)]}).encode()


def signed_headers(target, body, host="127.0.0.1"):
    """Signature Version 4 over a POST to /."""
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    signed = {"content-type": "application/x-amz-json-1.1", "host": host, "x-amz-date": date, "x-amz-target": target}
    names = ";".join(signed)
    canonical = "".join(f"{name}:{value}\n" for name, value in signed.items())
    canonical = f"POST\n/\n\n{canonical}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = [date[:8], REGION, "logs", "aws4_request"]
    to_sign = f"AWS4-HMAC-SHA256\n{date}\n{'/'.join(scope)}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{CREDENTIAL['secret_access_key']}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return {"Content-Type": signed["content-type"], "X-Amz-Date": date, "X-Amz-Target": target,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={CREDENTIAL['access_key_id']}/{'/'.join(scope)}, "
                             f"SignedHeaders={names}, Signature={signature}"}


@contextlib.contextmanager
def server(python):
    """moto's own server on a free port, on CPU 0 as the program is: (port, process id)."""
    process = subprocess.Popen(["taskset", "-c", "0", str(python), "-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in process.stdout:
            if found := re.search(r"Running on http://127\.0\.0\.1:(\d+)", line):
                break
        else:
            raise ValueError(f"moto's server ended with {process.wait()}")
        threading.Thread(target=process.stdout.read, daemon=True).start()  # it logs each call
        yield int(found[1]), process.pid
    finally:
        process.kill()
        process.wait()


def post(port, operation, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/", body, signed_headers(f"Logs_20140328.{operation}", body, f"127.0.0.1:{port}"))
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    if reply.status != 200:
        raise ValueError(f"moto, {operation}: {reply.status} {text[:200]!r}")
    return json.loads(text or "{}")


def call(port, operation, body):
    return post(port, operation, json.dumps(body).encode())


def check(port, events):
    """What moto kept is as many as were sent."""
    stored, token = 0, None
    while True:
        page = call(port, "FilterLogEvents", {"logGroupName": "bench", "limit": 10000, **({"nextToken": token} if token else {})})
        stored += len(page["events"])
        token = page.get("nextToken")
        if not token:
            break
    if stored != events:
        raise ValueError(f"moto kept {stored} events of {events}")
