"""ICMP and ICMPv6 echo (RFC 792, RFC 4443 section 4) through one socket for each address family.

A ping socket needs no privilege where `net.ipv4.ping_group_range` holds the group; else a raw socket, for which root
or CAP_NET_RAW is needed. Answers are matched by identifier, sequence number and source, and carry a number drawn
when the process starts, so that nobody else's are counted. The kernel's time of arrival is used, so that our own
business does not look like delay. ICMP errors come from the socket's error queue.

icmplib would open a socket and start a task for each target; with a thousand of them that costs more than the probing.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import struct
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from collectors.reach.model import Reason

if TYPE_CHECKING:
    from collectors.reach.model import Train

_V4, _V6 = int(socket.AF_INET), int(socket.AF_INET6)
# family → protocol, type of the request, type of the answer
_KINDS = {_V4: (socket.IPPROTO_ICMP, 8, 0), _V6: (socket.IPPROTO_ICMPV6, 128, 129)}
_HEAD = struct.Struct("!BBHHH")
_PAYLOAD = 56  # octets, as `ping` sends
_DRAIN = 512
_BUFFER = 4 << 20
_AHEAD = 64  # requests sent before we look for answers
# linux/in.h, linux/in6.h, linux/icmp.h, asm-generic/socket.h; Python's socket module does not name them.
_IP_RECVERR, _IPV6_RECVERR, _MSG_ERRQUEUE = 11, 25, 0x2000
_IP_PKTINFO, _TIMESTAMPNS, _RCVBUFFORCE = 8, 35, 33
_SOL_RAW, _FILTER, _SOL_ICMPV6, _FILTER_V6 = 255, 1, 58, 1
_NO_PRIVILEGE = frozenset({errno.EPERM, errno.EACCES})
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_FULL = frozenset({errno.EAGAIN, errno.ENOBUFS})


@dataclass(slots=True, eq=False)
class Flight:
    """A train on its way: what was sent when, and what came back.

    A time is nanoseconds since the epoch, as the kernel stamps arrivals, and nanoseconds by the monotonic clock.
    """

    address: str
    train: Train
    sent: list[tuple[int, int]] = field(default_factory=list)
    arrived: dict[int, tuple[int, int]] = field(default_factory=dict)
    duplicates: int = 0
    told: tuple[int, str] | None = None
    sequences: list[int] = field(default_factory=list)
    # Those that are answered or refused, and whether that is all of them.
    settled: set[int] = field(default_factory=set)
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def settle(self, index: int) -> None:
        """No more is to be waited for, for this one."""
        self.settled.add(index)
        if len(self.settled) == self.train.count:
            self.complete.set()

    def delays(self) -> tuple[float | None, ...]:
        """Each probe's round trip in seconds; None for one that was lost."""
        return tuple(
            _between(sent, self.arrived[number]) if number in self.arrived else None
            for number, sent in enumerate(self.sent)
        )


class Full(Exception):  # noqa: N818 - not an error: the same packet goes a little later
    """The kernel's buffer or our numbers are used up for the moment."""


class CannotSendError(Exception):
    """Nothing can be sent; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True, eq=False)
class _Socket:
    sock: socket.socket
    raw: bool
    identifier: int
    pending: dict[int, tuple[Flight, int]] = field(default_factory=dict)
    sequence: int = 0
    unread: int = 0


class Echo:
    """Sends echo requests and notes their answers. Belongs to one event loop; `close` it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._sockets: dict[int, _Socket | Reason] = {}
        self._nonce = os.urandom(8)
        # Datagrams that answered nothing of ours.
        self.dropped = 0

    def close(self) -> None:
        """Close the sockets."""
        for each in self._sockets.values():
            if isinstance(each, _Socket):
                self._loop.remove_reader(each.sock.fileno())
                each.sock.close()
        self._sockets.clear()

    def send(self, flight: Flight) -> None:
        """Send the train's next request. `Full`: try again soon; `CannotSendError`: useless.

        No way to the target is an answer: the request counts as sent, and the flight is told so.
        """
        family = _V6 if ":" in flight.address else _V4
        own = self._open(family)
        number = self._number(own)
        packet = self._packet(family, own, number)
        index = len(flight.sent)
        own.pending[number] = (flight, index)
        flight.sequences.append(number)
        now = (time.time_ns(), time.monotonic_ns())
        problem = self._put(own, packet, _ancillary(family, flight.train), flight.address)
        own.unread += 1
        if own.unread >= _AHEAD:
            # Answers that overflow the kernel's buffer would look like loss.
            self._drain(family)
        if problem in _NO_WAY and (not flight.train.source or _ours(flight.train.source)):
            flight.told = (problem, "")
            flight.settle(index)
        elif problem:
            del own.pending[flight.sequences.pop()]
            if problem in _FULL:
                raise Full
            raise CannotSendError(_cause(problem, flight.train))
        flight.sent.append(now)

    def land(self, flight: Flight) -> None:
        """The train is over: answers that come later are nobody's."""
        own = self._sockets.get(_V6 if ":" in flight.address else _V4)
        if isinstance(own, _Socket):
            for number in flight.sequences:
                own.pending.pop(number, None)

    # -- sending ----------------------------------------------------------------------------------------------

    def _open(self, family: int) -> _Socket:
        known = self._sockets.get(family)
        if known is None:
            known = self._sockets[family] = self._new(family)
        if isinstance(known, Reason):
            raise CannotSendError(known)
        return known

    def _new(self, family: int) -> _Socket | Reason:
        flags = socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        protocol = _KINDS[family][0]
        sock = None
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                sock = socket.socket(family, kind | flags, protocol)
                break
            except OSError as error:
                if error.errno not in _NO_PRIVILEGE | {errno.EPROTONOSUPPORT}:
                    return Reason.SOCKET
        if sock is None:
            return Reason.PRIVILEGE
        raw = kind == socket.SOCK_RAW
        for option in (socket.SO_RCVBUF, _RCVBUFFORCE):
            with contextlib.suppress(PermissionError):
                sock.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)
        answer = _KINDS[family][2]
        if family == _V6:
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
            if raw:
                passed = [0xFFFFFFFF] * 8
                passed[answer >> 5] &= ~(1 << (answer & 31))
                sock.setsockopt(_SOL_ICMPV6, _FILTER_V6, struct.pack("=8I", *passed))
        else:
            sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            if raw:
                sock.setsockopt(_SOL_RAW, _FILTER, struct.pack("=I", 0xFFFFFFFF & ~(1 << answer)))
        self._loop.add_reader(sock.fileno(), self._drain, family)
        return _Socket(sock, raw, int.from_bytes(os.urandom(2), "big"))

    @staticmethod
    def _number(own: _Socket) -> int:
        """A sequence number that is not on its way."""
        for _ in range(1 << 16):
            own.sequence = (own.sequence + 1) & 0xFFFF
            if own.sequence not in own.pending:
                return own.sequence
        raise Full

    def _packet(self, family: int, own: _Socket, number: int) -> bytes:
        kind = _KINDS[family][1]
        body = (self._nonce + number.to_bytes(2, "big")).ljust(_PAYLOAD, b"\0")
        packet = _HEAD.pack(kind, 0, 0, own.identifier, number) + body
        if own.raw and family == _V4:
            packet = _HEAD.pack(kind, 0, checksum(packet), own.identifier, number) + body
        return packet

    def _put(self, own: _Socket, packet: bytes, control: list[tuple[int, int, bytes]], address: str) -> int:
        """Send; 0, or the error number if that failed for good."""
        for attempt in range(16):
            try:
                own.sock.sendmsg([packet], control, 0, (address, 0))
            except OSError as error:
                # With *_RECVERR a call also reports the fate of an earlier packet: take those, and try again; once more
                # even if there are none, since the report may have been left behind by one that was taken already.
                if self._errors(own) or not attempt:
                    continue
                return error.errno or errno.EIO
            return 0
        return errno.EAGAIN

    # -- receiving --------------------------------------------------------------------------------------------

    def _drain(self, family: int) -> None:
        own = self._sockets.get(family)
        if not isinstance(own, _Socket):
            return
        own.unread = 0
        for _ in range(_DRAIN):
            try:
                data, control, _, source = own.sock.recvmsg(2048, 128)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                if not self._errors(own):
                    break
                continue
            if not self._take(family, own, data, control, source):
                self.dropped += 1
        self._errors(own)

    def _take(self, family: int, own: _Socket, data: bytes, control: list[Any], source: tuple[Any, ...]) -> bool:
        """Note an answer; False if it is none of ours."""
        if own.raw and family == _V4:
            # RFC 791 section 3.1: the header comes along; the kernel has not checked the ICMP checksum for us.
            data = data[(data[0] & 0x0F) * 4 :] if data else data
            data = data if not checksum(data) else b""
        if len(data) < _HEAD.size + 10:
            return False
        kind, code, _, identifier, number = _HEAD.unpack_from(data)
        found = own.pending.get(number)
        wanted = self._nonce + number.to_bytes(2, "big")
        if kind != _KINDS[family][2] or code or found is None or data[8:18] != wanted:
            return False
        flight, index = found
        if (own.raw and identifier != own.identifier) or not _same(flight.address, source[0]):
            return False
        if index in flight.arrived:
            flight.duplicates += 1
            return True
        flight.arrived[index] = (_stamp(control), time.monotonic_ns())
        flight.settle(index)
        return True

    def _errors(self, own: _Socket) -> int:
        """Take what routers said about our packets; how many there were."""
        count = 0
        while count < _DRAIN:
            try:
                data, control, _, _ = own.sock.recvmsg(2048, 512, _MSG_ERRQUEUE)
            except OSError:
                break
            count += 1
            number = int.from_bytes(data[6:8], "big") if len(data) >= _HEAD.size else -1
            found = own.pending.get(number)
            if found is None:
                continue
            for _, kind, body in control:
                if kind in (_IP_RECVERR, _IPV6_RECVERR) and len(body) >= 16:
                    found[0].told = (struct.unpack_from("=I", body)[0], _offender(body[16:]))
                    found[0].settle(found[1])
        return count


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071); 0 for data that carries its own."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def _ancillary(family: int, train: Train) -> list[tuple[int, int, bytes]]:
    """The packet's own traffic class and source address."""
    control = []
    if family == _V6:
        if train.dscp:
            control.append((int(socket.IPPROTO_IPV6), int(socket.IPV6_TCLASS), struct.pack("=i", train.dscp << 2)))
        if train.source:
            own = socket.inet_pton(socket.AF_INET6, train.source) + bytes(4)
            control.append((int(socket.IPPROTO_IPV6), int(socket.IPV6_PKTINFO), own))
        return control
    if train.dscp:
        control.append((int(socket.IPPROTO_IP), int(socket.IP_TOS), struct.pack("=i", train.dscp << 2)))
    if train.source:
        own = bytes(4) + socket.inet_pton(socket.AF_INET, train.source) + bytes(4)
        control.append((int(socket.IPPROTO_IP), _IP_PKTINFO, own))
    return control


def _cause(problem: int, train: Train) -> Reason:
    """Why the kernel does not send."""
    if problem in _NO_PRIVILEGE:
        return Reason.BLOCKED
    if train.source and not _ours(train.source):
        return Reason.SOURCE
    return Reason.SOCKET


def _ours(address: str) -> bool:
    """Whether this machine has the address."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((address, 0))
        except OSError:
            return False
        return True


def _between(sent: tuple[int, int], arrived: tuple[int, int]) -> float:
    """Seconds between sending and the kernel's stamp; by the monotonic clock, if the other one was set meanwhile."""
    stamped, waited = arrived[0] - sent[0], arrived[1] - sent[1]
    return (stamped if 0 <= stamped <= waited else waited) / 1e9


def _same(wanted: str, found: str) -> bool:
    """Whether two addresses as text are the same one; a link-local address may carry its interface."""
    return wanted == found or ip_address(wanted.partition("%")[0]) == ip_address(found.partition("%")[0])


def _stamp(control: list[Any]) -> int:
    """The kernel's time of arrival; ours, if it tells none."""
    for level, kind, body in control:
        if level == socket.SOL_SOCKET and kind == _TIMESTAMPNS and len(body) >= 16:
            seconds, nanoseconds = struct.unpack_from("@ll", body)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return time.time_ns()


def _offender(body: bytes) -> str:
    """The address in the `sockaddr` behind a `sock_extended_err` (recverr(7) in ip(7)); empty if there is none."""
    family = struct.unpack_from("=H", body)[0] if len(body) >= 16 else 0
    if family == _V4:
        return socket.inet_ntop(socket.AF_INET, body[4:8])
    if family == _V6 and len(body) >= 24:
        return socket.inet_ntop(socket.AF_INET6, body[8:24])
    return ""
