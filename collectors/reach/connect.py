"""TCP connects as probes: whether a port accepts, and how long the handshake took."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import time
from typing import TYPE_CHECKING

from collectors.reach.echo import CannotSendError
from collectors.reach.model import Reason

if TYPE_CHECKING:
    from collectors.reach.model import Train

# linux/tcp.h, struct tcp_info: eight octets, then 32-bit numbers, of which the 16th is tcpi_rtt in microseconds.
_RTT = 8 + 15 * 4
# The first repetition of a SYN goes after a second (RFC 6298 section 2): until then the handshake was one round trip.
_REPEATED = 0.9
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_SENT_NOTHING = {
    errno.EPERM: Reason.BLOCKED,
    errno.EACCES: Reason.BLOCKED,
    errno.EADDRNOTAVAIL: Reason.SOURCE,
    errno.EMFILE: Reason.SOCKET,
    errno.ENFILE: Reason.SOCKET,
}


async def connect(address: str, port: int, train: Train) -> float | Reason:
    """The handshake's round trip in seconds, or why there was none; CannotSendError if it could not be tried."""
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError:
        raise CannotSendError(Reason.SOCKET) from None
    with sock:
        try:
            if train.dscp and family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, train.dscp << 2)
            elif train.dscp:
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, train.dscp << 2)
            if train.source:
                sock.bind((train.source, 0))
            started = time.perf_counter()
            async with asyncio.timeout(train.timeout):
                await loop.sock_connect(sock, (address, port))
        except TimeoutError as error:
            # The kernel's own (ETIMEDOUT) has a number; both mean silence.
            return Reason.NO_ANSWER if error.errno in (None, errno.ETIMEDOUT) else Reason.SOCKET
        except ConnectionRefusedError:
            return Reason.REFUSED
        except OSError as error:
            cause = _SENT_NOTHING.get(error.errno or 0)
            if cause is not None:
                raise CannotSendError(cause) from None
            return Reason.UNREACHABLE if error.errno in _NO_WAY else Reason.NO_ANSWER
        took = time.perf_counter() - started
        return _measured(sock) or took if took < _REPEATED else took


def _measured(sock: socket.socket) -> float:
    """The kernel's measure of the handshake, seconds, which our own business does not lengthen; 0 without one."""
    try:
        told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _RTT + 4)
    except OSError:
        return 0.0
    return float(struct.unpack_from("=I", told, _RTT)[0]) / 1e6 if len(told) >= _RTT + 4 else 0.0
