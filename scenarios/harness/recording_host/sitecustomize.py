"""Python imports this by itself when its folder is in PYTHONPATH: the recorded requests name no real machine."""

import platform
import socket

platform.node = socket.gethostname = lambda: "backend-flask"
platform.release = lambda: "6.1.0"
