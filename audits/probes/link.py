"""Frames on a vantage's own link, by a packet socket (packet(7)), for which root or CAP_NET_RAW is needed.

A filter in the kernel lets in what probes read (ARP, ICMPv6, the answers of DHCP, DHCPv6 and echoes), so that a busy
link costs nothing here. The interface is not put into promiscuous mode.
"""

from __future__ import annotations

import asyncio
import ctypes
import socket
import struct
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from audits.probes.model import CannotRunError, Protocol
from audits.probes.place import entered, interface
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audits.probes.gate import Gate
    from audits.probes.model import Aim, Vantage
    from audits.probes.place import Interface

_ALL = 0x0003  # ETH_P_ALL
_OUTGOING = 4  # PACKET_OUTGOING
_SOL_PACKET, _ADD_MEMBERSHIP, _ALL_MULTICAST, _ATTACH_FILTER = 263, 1, 2, 26
_MOST = 20_000  # frames kept of one hearing
_CLIENT6 = 546  # the port of a DHCPv6 client
# Classic BPF (linux/filter.h): load half word and byte at an offset, compare, return.
_LDH, _LDB, _JEQ, _RET = 0x28, 0x30, 0x15, 0x06
# In words: ARP; IPv6 with next header 58, or 17 to port 546; IPv4 with protocol 1, or 17 to port 68 behind a header
# without options.
_WANTED = (
    (_LDH, 0, 0, 12),
    (_JEQ, 12, 0, 0x0806),
    (_JEQ, 0, 5, 0x86DD),
    (_LDB, 0, 0, 20),
    (_JEQ, 9, 0, 58),
    (_JEQ, 0, 9, 17),
    (_LDH, 0, 0, 56),
    (_JEQ, 6, 7, _CLIENT6),
    (_JEQ, 0, 6, 0x0800),
    (_LDB, 0, 0, 23),
    (_JEQ, 3, 0, 1),
    (_JEQ, 0, 3, 17),
    (_LDH, 0, 0, 36),
    (_JEQ, 0, 1, 68),
    (_RET, 0, 0, 0xFFFF),
    (_RET, 0, 0, 0),
)


async def listen_and_send(gate: Gate, vantage: Vantage, sent: Sequence[bytes], seconds: float) -> list[bytes]:
    """Send frames at the allowed pace; what came in meanwhile and until `seconds` after the last, our own not."""
    place = interface(vantage)
    aims = [gate.frame(vantage, frame) for frame in sent]
    with _open(vantage, place) as sock, _expecting(vantage, place, aims):
        heard: list[bytes] = []
        loop = asyncio.get_running_loop()
        loop.add_reader(sock.fileno(), _take, sock, heard)
        try:
            for frame, aim in zip(sent, aims, strict=True):
                await gate.turn(vantage, aim)
                try:
                    sock.send(frame)
                except OSError as error:
                    raise CannotRunError(
                        Message("nothing could be sent: {why}", why=error.strerror or str(error)),
                        Message("`ip link` shows whether {name} is up", name=place.name),
                    ) from None
            await asyncio.sleep(seconds)
        finally:
            loop.remove_reader(sock.fileno())
        _take(sock, heard)
    return heard


def _open(vantage: Vantage, place: Interface) -> socket.socket:
    try:
        with entered(vantage):
            # Protocol 0: nothing comes in before the filter is there.
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, 0)
    except PermissionError:
        raise CannotRunError(
            Message("this user may not send frames"),
            Message("run it as root, or give the program CAP_NET_RAW"),
        ) from None
    try:
        _filter(sock)
        member = struct.pack("iHH8s", place.index, _ALL_MULTICAST, 0, b"")
        sock.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, member)
        sock.bind((place.name, _ALL))
    except OSError as error:
        sock.close()
        raise CannotRunError(
            Message("the interface {name} cannot be listened to: {why}", name=place.name, why=error.strerror)
        ) from None
    return sock


@contextmanager
def _expecting(vantage: Vantage, place: Interface, aims: Sequence[Aim]) -> Iterator[None]:
    """Hold the port that DHCPv6 servers answer to: else this machine's kernel would tell them that nobody is there."""
    if all(aim.protocol is not Protocol.DHCPV6 for aim in aims):
        yield
        return
    with entered(vantage):
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    with sock:
        with suppress(OSError):  # a client of this machine's own has it
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, place.name.encode())
            sock.bind(("::", _CLIENT6))
        yield


def _filter(sock: socket.socket) -> None:
    lines = b"".join(struct.pack("=HBBI", *line) for line in _WANTED)
    program = ctypes.create_string_buffer(lines)
    sock.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("@HP", len(_WANTED), ctypes.addressof(program)))


def _take(sock: socket.socket, heard: list[bytes]) -> None:
    """Take what is there; a link that is flooded does not hold us longer than a tenth of a second."""
    until = time.monotonic() + 0.1
    while len(heard) < _MOST and time.monotonic() < until:
        try:
            frame, origin = sock.recvfrom(2048)
        except OSError:
            # Nothing more for now; or the interface went down, and then its silence proves nothing.
            return
        if origin[2] != _OUTGOING:
            heard.append(frame)
