"""Sockets and commands inside a network namespace."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import threading
from typing import TYPE_CHECKING, Final

from lab.netns.entering import NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Callable

_NEWNET: Final = 0x40000000  # CLONE_NEWNET
IP_PKTINFO: Final = 8  # <linux/in.h>; Python 3.11 does not name it
_BACKLOG: Final = 16
# How a device notices that nobody is there any more: it asks after so many quiet seconds, so often, then lets go. What
# was sent and not acknowledged lasts no longer either. Devices differ; a session must not hold its line for ever.
_IDLE, _EVERY, _TIMES = 30, 5, 4


def inside(node: str, make: Callable[[], socket.socket]) -> socket.socket:
    """A socket that a thread of its own makes inside a node's namespace (setns(2) moves one thread). OSError."""
    result: list[socket.socket | OSError] = []

    def run() -> None:
        try:
            descriptor = os.open(f"{NAMESPACES}/{node}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                if ctypes.CDLL(None, use_errno=True).setns(descriptor, _NEWNET):
                    code = ctypes.get_errno()
                    raise OSError(code, os.strerror(code), node)
            finally:
                os.close(descriptor)
            result.append(make())
        except OSError as error:
            result.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    (made,) = result
    if isinstance(made, OSError):
        raise made
    return made


def listener(port: int) -> socket.socket:
    """A TCP socket that listens at every address that there is, now or later."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections have these from the socket that took them.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        (socket.TCP_KEEPIDLE, _IDLE),
        (socket.TCP_KEEPINTVL, _EVERY),
        (socket.TCP_KEEPCNT, _TIMES),
        (socket.TCP_USER_TIMEOUT, 1000 * (_IDLE + _EVERY * _TIMES)),
    ):
        made.setsockopt(socket.IPPROTO_TCP, option, value)
    made.setblocking(False)
    made.bind(("0.0.0.0", port))  # noqa: S104 - inside a namespace of the lab's
    made.listen(_BACKLOG)
    return made


def receiver(port: int) -> socket.socket:
    """A UDP socket at every address that says with each datagram to which of them it came."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    made.setblocking(False)
    made.bind(("0.0.0.0", port))  # noqa: S104 - as above
    return made


def ports_down(node: str) -> None:
    """Every port of a node down, as while a device boots. LookupError, with what `ip` said, if that fails."""
    enter = ["nsenter", f"--net={NAMESPACES}/{node}"]
    shown = subprocess.run([*enter, "ip", "-o", "link", "show"], capture_output=True, text=True, check=False)
    names = [line.split(": ")[1].partition("@")[0] for line in shown.stdout.splitlines() if ": " in line]
    lines = "".join(f"link set dev {name} down\n" for name in names if name != "lo")
    done = subprocess.run([*enter, "ip", "-batch", "-"], input=lines, capture_output=True, text=True, check=False)
    if shown.returncode or done.returncode:
        raise LookupError(shown.stderr + done.stderr)
