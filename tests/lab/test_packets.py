"""Captures are read as another program wrote them: scapy is the oracle."""

from __future__ import annotations

import io
import struct
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.contrib.mpls import MPLS
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import PcapWriter

from lab.packets import Datagram, Label, datagrams

# With addresses of its own: scapy would ask the network for the others'.
ETHER = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
PACKETS = [
    ETHER / IP(src="192.0.2.1", dst="192.0.2.2", tos=46 << 2) / UDP(sport=5, dport=7) / Raw(b"plain"),
    ETHER / ARP(pdst="192.0.2.2", psrc="192.0.2.1", hwsrc="02:00:00:00:00:01"),
    ETHER / IP(src="10.0.0.1", dst="10.0.0.2") / TCP() / Raw(b"x" * 40),
    ETHER
    / MPLS(label=1048575, cos=5, s=0, ttl=254)
    / MPLS(label=16, cos=0, s=1, ttl=3)
    / IP(src="10.0.0.1", dst="10.0.0.2", tos=34 << 2, options=[])
    / UDP(sport=1, dport=2)
    / Raw(b"two labels"),
    ETHER
    / Dot1Q(vlan=7)
    / MPLS(label=80, cos=4, s=1, ttl=1)
    / IP(src="10.0.0.1", dst="10.0.0.3")
    / UDP(dport=9)
    / Raw(b"tagged"),
    ETHER / IP(src="10.0.0.1", dst="10.0.0.2", frag=100) / Raw(b"\0" * 40),
]


def written(packets: list[Ether], endness: str = "<") -> bytes:
    """A capture file."""
    file = io.BytesIO()
    file.close = lambda: None  # type: ignore[method-assign]  # scapy closes what it is given
    with PcapWriter(file, linktype=1, endianness=endness) as writer:
        for packet in packets:
            writer.write(packet)
    return file.getvalue()


@pytest.mark.parametrize("endness", ["<", ">"])
def test_labels_marks_and_payloads(endness: str) -> None:
    """What is no UDP datagram, or the later part of one, is left out."""
    plain, two, tagged = datagrams(written(PACKETS, endness))
    assert plain == Datagram((), IPv4Address("192.0.2.1"), IPv4Address("192.0.2.2"), 46, 5, 7, b"plain")
    assert (two.labels, two.dscp, two.payload) == ((Label(1048575, 5, 254), Label(16, 0, 3)), 34, b"two labels")
    assert (tagged.labels, tagged.port, tagged.payload) == ((Label(80, 4, 1),), 9, b"tagged")


def test_a_capture_may_end_anywhere() -> None:
    """Cut off at any byte, it gives the packets that are whole."""
    data = written(PACKETS)
    whole = list(datagrams(data))
    for length in range(len(data)):
        found = list(datagrams(data[:length])) if length < 4 or length >= 24 else []
        assert found == whole[: len(found)]
    assert len(list(datagrams(data[:-1]))) == 3, "the last one is a fragment"


def test_other_files_are_refused() -> None:
    """Another link type (Linux cooked, from `-i any`), and what is no capture."""
    data = bytearray(written(PACKETS))
    data[20:24] = struct.pack("<I", 113)
    for other in (bytes(data), b"\n\r\r\n" + bytes(40)):
        with pytest.raises(ValueError, match="b'"):
            list(datagrams(other))


GOOD = bytes(PACKETS[0])


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_any_bytes_from_the_wire_are_read_or_left_out(packets: list[bytes]) -> None:
    """No packet, however malformed, ends the reading of the others."""
    head = written([])
    records = b"".join(struct.pack("<IIII", 0, 0, len(data), len(data)) + data for data in (*packets, GOOD))
    assert [packet.payload for packet in datagrams(head + records)][-1:] == [b"plain"]
