"""Captured packets as tcpdump writes them: Ethernet, MPLS labels, IPv4, UDP. What is something else is left out."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ETHERNET: Final = 1  # LINKTYPE_ETHERNET, https://www.tcpdump.org/linktypes.html
_MAGIC: Final = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">"}
_HEADER, _RECORD = 24, 16
_VLAN, _IPV4, _MPLS = 0x8100, 0x0800, 0x8847
_UDP: Final = 17


@dataclass(frozen=True, slots=True)
class Label:
    """An entry of a label stack (RFC 3032): the label, its EXP bits (RFC 5462's traffic class), its TTL."""

    label: int
    exp: int
    ttl: int


@dataclass(frozen=True, slots=True)
class Datagram:
    """A UDP datagram in IPv4, and the labels in front of it, the outermost first."""

    labels: tuple[Label, ...]
    source: IPv4Address
    target: IPv4Address
    dscp: int
    source_port: int
    port: int
    payload: bytes


def datagrams(capture: bytes) -> Iterator[Datagram]:
    """The UDP datagrams of a capture file (pcap, microseconds), which may end in the middle of a packet.

    ValueError if it is no such file, or not of Ethernet.
    """
    if len(capture) < _HEADER:
        return
    order = _MAGIC.get(capture[:4])
    if order is None or struct.unpack_from(f"{order}I", capture, 20)[0] != _ETHERNET:
        raise ValueError(capture[:_HEADER])
    at = _HEADER
    while at + _RECORD <= len(capture):
        (length,) = struct.unpack_from(f"{order}I", capture, at + 8)
        at += _RECORD
        if at + length > len(capture):
            return
        found = _datagram(capture[at : at + length])
        if found is not None:
            yield found
        at += length


def _datagram(data: bytes) -> Datagram | None:
    if len(data) < 14:
        return None
    (kind,) = struct.unpack_from("!H", data, 12)
    at = 14
    if kind == _VLAN and len(data) >= 18:
        (kind,) = struct.unpack_from("!H", data, 16)
        at = 18
    labels = []
    while kind == _MPLS and at + 4 <= len(data):
        (entry,) = struct.unpack_from("!I", data, at)
        labels.append(Label(entry >> 12, entry >> 9 & 7, entry & 0xFF))
        at += 4
        if entry >> 8 & 1:
            kind = _IPV4
    if kind != _IPV4 or len(data) < at + 20 or data[at] >> 4 != 4 or data[at + 9] != _UDP:
        return None
    fragment = struct.unpack_from("!H", data, at + 6)[0] & 0x1FFF
    body = at + (data[at] & 15) * 4
    if fragment or len(data) < body + 8:
        return None
    source_port, port, length = struct.unpack_from("!HHH", data, body)
    return Datagram(
        tuple(labels),
        IPv4Address(data[at + 12 : at + 16]),
        IPv4Address(data[at + 16 : at + 20]),
        data[at + 1] >> 2,
        source_port,
        port,
        data[body + 8 : body + length],
    )
