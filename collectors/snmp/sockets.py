"""One non-blocking UDP socket for each address family: sent through, drained in a loop, its ICMP errors read."""

from __future__ import annotations

import errno
import socket
import struct
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int]

CLOSED = frozenset({errno.ECONNREFUSED})
UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_RECEIVE_BUFFER = 8 << 20
_DRAIN = 256
# As plain numbers: an enumeration's members are slow keys.
_V4, _V6 = int(socket.AF_INET), int(socket.AF_INET6)
# linux/in.h, linux/in6.h and bits/socket.h; Python's socket module does not name them.
_IP_RECVERR, _IPV6_RECVERR, _MSG_ERRQUEUE = 11, 25, 0x2000


class Sockets:
    """`taken` is called with each datagram and its source, `refused` with a datagram of ours that did not arrive, its
    destination and the error's number, and `drained` after what had arrived was read.
    """  # noqa: D205 - one sentence says it

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        taken: Callable[[bytes, tuple[Any, ...]], None],
        refused: Callable[[bytes, tuple[Any, ...], int], None],
        drained: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._taken = taken
        self._refused = refused
        self._drained = drained
        self._open_ones: dict[int, socket.socket] = {}

    def close(self) -> None:
        """Close them all."""
        for sock in self._open_ones.values():
            self._loop.remove_reader(sock.fileno())
            sock.close()
        self._open_ones.clear()

    def put(self, data: bytes, address: Address) -> int | None:
        """Send; the error number if that failed for good."""
        family = _V6 if ":" in address[0] else _V4
        sock = self._open_ones.get(family)
        if sock is None:
            try:
                sock = self._open(family)
            except OSError as error:
                return error.errno or errno.EIO
        for _ in range(3):
            try:
                sock.sendto(data, address)
            except OSError as error:
                # With IP_RECVERR a send also reports the fate of earlier datagrams: read those, and try again.
                if error.errno in CLOSED | UNREACHABLE and self._read_errors(sock):
                    continue
                return error.errno or errno.EIO
            return None
        return errno.EAGAIN

    def _open(self, family: int) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            if family == _V6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
                sock.bind(("::", 0))
            else:
                sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
                sock.bind(("", 0))
        except OSError:
            sock.close()
            raise
        self._open_ones[family] = sock
        self._loop.add_reader(sock.fileno(), self._drain, sock)
        return sock

    def _drain(self, sock: socket.socket) -> None:
        """Read what has arrived, up to a share that leaves the loop time for others."""
        receive = sock.recvfrom
        for _ in range(_DRAIN):
            try:
                data, source = receive(65535)
            except BlockingIOError:
                break
            except InterruptedError:
                continue
            except OSError:
                if not self._read_errors(sock):
                    break
                continue
            self._taken(data, source)
        # If more is waiting, the selector calls again.
        self._drained()

    def _read_errors(self, sock: socket.socket) -> int:
        """Take the ICMP errors that the kernel kept: each carries the datagram that it answers. How many there were."""
        count = 0
        while count < _DRAIN:
            try:
                data, control, _, source = sock.recvmsg(65535, 512, _MSG_ERRQUEUE)
            except OSError:
                break
            count += 1
            number = next(
                (
                    struct.unpack_from("=I", body)[0]
                    for _, kind, body in control
                    if kind in (_IP_RECVERR, _IPV6_RECVERR)
                ),
                0,
            )
            self._refused(data, source, number)
        return count
