"""The resolver of these tests: UNDERSTUDY_HOSTS says at which local port a host's port 443 is ("api.vendor.example=1234,
..."). Only getaddrinfo is replaced, as a container network or /etc/hosts would do it; the SDKs stay as they are."""

import os
import socket

_doors = dict(one.split("=") for one in os.environ.get("UNDERSTUDY_HOSTS", "").split(",") if one)
_getaddrinfo = socket.getaddrinfo


def _resolve(host, port, *arguments, **named):
    name = host.decode() if isinstance(host, bytes) else host
    if name in _doors and int(port) == 443:
        return _getaddrinfo("127.0.0.1", int(_doors[name]), *arguments, **named)
    return _getaddrinfo(host, port, *arguments, **named)


socket.getaddrinfo = _resolve
