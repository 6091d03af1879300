"""Runs ssh-audit in a process that can reach one port of one address, and not quickly.

Arguments: HOST PORT CONNECTIONS_A_SECOND TIMEOUT INTERFACE (may be empty).

Python tells an audit hook (PEP 578) of each name that is looked up, each connection and each program that is started,
before it happens; what raises there does not happen, and a hook cannot be taken off again.
"""

from __future__ import annotations

import atexit
import socket
import sys
import time
from typing import Any

# Connections that it makes at most: one for the lists, then one for each host key and each size of group that it tries.
MOST = 40
# What the last line on stderr begins with; the number of connections follows.
COUNTED = "connections: "
_NEVER = frozenset({"socket.sendto", "socket.sendmsg", "socket.bind", "subprocess.Popen", "os.exec", "os.system"})


def confine(host: str, port: int, rate: float, interface: str = "") -> None:
    """From now on this process connects to nothing else, `rate` times a second at most, and through one interface."""
    last, connections = 0.0, 0

    def count() -> None:
        sys.stderr.write(f"{COUNTED}{connections}\n")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal last, connections
        if event in _NEVER:
            raise PermissionError(event)
        if event == "socket.getaddrinfo" and arguments[0] != host:
            raise PermissionError(event)
        if event == "socket.connect":
            if tuple(arguments[1][:2]) != (host, port) or connections >= MOST:
                raise PermissionError(event)
            if interface:
                arguments[0].setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
            time.sleep(max(0.0, last + 1 / rate - time.monotonic()))
            last = time.monotonic()
            connections += 1

    atexit.register(count)
    sys.addaudithook(hook)


def main() -> int:
    """Look at one server. Its denial-of-service tests are off: --skip-rate-test, and no --dheat."""
    from ssh_audit import ssh_audit  # noqa: PLC0415 - optional, and only in this process

    host, port, rate, timeout, interface = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5]
    family = "-6" if ":" in host else "-4"
    sys.argv = ["ssh-audit", family, "--json", "--skip-rate-test", "--timeout", timeout, "--port", str(port), host]
    confine(host, port, rate, interface)
    return int(ssh_audit.main())


if __name__ == "__main__":
    sys.exit(main())
