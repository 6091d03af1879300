"""Where notifications arrive: UDP sockets, port 162 unless told otherwise (RFC 3417)."""

from __future__ import annotations

import contextlib
import errno
import re
import socket

from inventory.errors import GovnetError
from inventory.text import Message

PORT = 162
_BUFFER = 32 << 20
_RCVBUFFORCE = 33  # asm-generic/socket.h
_PRIVILEGED = 1024


def parse(address: str) -> tuple[str, int]:
    """The host (empty: all of this machine's addresses) and the port of `host:port`, `[v6]:port` or `:port`."""
    match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})", address)
    if match is None or int(match[3]) >= 1 << 16:
        raise GovnetError(
            Message("“{address}” is not an address to listen on", address=address),
            Message("write host:port, for example 0.0.0.0:162"),
        )
    return match[1] or match[2], int(match[3])


def listen(address: str) -> socket.socket:
    """A socket for what `parse` takes (without a host for both families); GovnetError if it cannot be had."""
    host, port = parse(address)
    if not host:
        try:
            return _bind("::", port, both=True)
        except OSError as error:
            if error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
                raise _refused(address, port, error) from None
            host = "0.0.0.0"  # noqa: S104 - `:162` asks for all addresses
    try:
        return _bind(host, port)
    except OSError as error:
        raise _refused(address, port, error) from None


def _bind(host: str, port: int, *, both: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    try:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if both else 1)
        for option in (socket.SO_RCVBUF, _RCVBUFFORCE):
            with contextlib.suppress(PermissionError):
                sock.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def _refused(address: str, port: int, error: OSError) -> GovnetError:
    if error.errno in (errno.EACCES, errno.EPERM) and port < _PRIVILEGED:
        return GovnetError(
            Message("port {port} needs a privilege that this user has not", port=port),
            Message(
                "run it as root, or as a service with AmbientCapabilities=CAP_NET_BIND_SERVICE; "
                "or listen on :1162 and lead port 162 there with the packet filter"
            ),
        )
    return GovnetError(
        Message("cannot listen on {address}: {reason}", address=address, reason=error.strerror or str(error)),
        Message("end the program that uses the port, or choose another with --listen"),
    )
