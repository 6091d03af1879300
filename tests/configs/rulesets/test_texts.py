"""What `audit policy` says of written lists, against packets that are asked one by one.

The oracle knows no interval: it reads nothing, it was told what was written, and asks every packet of a small world.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.model import Document
from audits.policy import examine

OUTSIDE = 99  # an address that no rule's value has
ADDRESSES = (*range(8), OUTSIDE)
PROTOCOLS = {"tcp": True, "udp": True, "icmp": False, "gre": False}  # whether it has ports
PACKETS = tuple(
    (source, protocol, port, timed)
    for source, protocol, timed in product(ADDRESSES, PROTOCOLS, (False, True))
    for port in (range(1, 6) if PROTOCOLS[protocol] else (0,))  # 5: no rule names it
)


class Row(NamedTuple):
    """A rule. `free` are the bits of the address that may be anything; None: any address."""

    permit: bool
    protocol: str
    value: int
    free: int | None
    ports: tuple[int, int] | None
    timed: bool

    def takes(self, packet):
        """Whether it is for a packet."""
        source, protocol, port, timed = packet
        return (
            self.protocol in ("ip", protocol)
            and (self.free is None or (source | self.free) == (self.value | self.free))
            and (self.ports is None or (PROTOCOLS[protocol] and self.ports[0] <= port <= self.ports[1]))
            and (timed or not self.timed)
        )


@st.composite
def rows(draw, *, holes=True):
    """Rules as somebody might type them; masks may have holes."""
    protocol = draw(st.sampled_from(("ip", "tcp", "udp", "icmp")))
    first = draw(st.integers(1, 4))
    ports = (first, draw(st.integers(first, 4))) if protocol in ("tcp", "udp") and draw(st.booleans()) else None
    free = draw(st.sampled_from((None, 0, 1, 3, 7, *((2, 4, 5, 6) if holes else ()))))
    return Row(draw(st.booleans()), protocol, draw(st.integers(0, 7)), free, ports, draw(st.booleans()))


def address(row, bits):
    """`10.0.0.V` with the bits that are free, or those that are not."""
    return f"10.0.0.{row.value} {bits}"


def vrp(found):
    """VRP and Comware."""
    for number, row in enumerate(found):
        words = [f" rule {number} {'permit' if row.permit else 'deny'} {row.protocol}"]
        words += [] if row.free is None else ["source " + address(row, f"0.0.0.{row.free}" if row.free else "0")]
        words += [] if row.ports is None else ["destination-port range {} {}".format(*row.ports)]
        yield " ".join([*words, *(["time-range t"] if row.timed else [])])


def ios(found):
    """IOS."""
    for row in found:
        words = [f" {'permit' if row.permit else 'deny'} {row.protocol}"]
        words += ["any" if row.free is None else address(row, f"0.0.0.{row.free}"), "any"]
        words += [] if row.ports is None else ["range {} {}".format(*row.ports)]
        yield " ".join([*words, *(["time-range t"] if row.timed else [])])


def asa(found):
    """ASA: masks, each rule a command."""
    for row in found:
        words = [f"access-list a extended {'permit' if row.permit else 'deny'} {row.protocol}"]
        words += ["any" if row.free is None else address(row, f"255.255.255.{255 - row.free}"), "any"]
        words += [] if row.ports is None else ["range {} {}".format(*row.ports)]
        yield " ".join([*words, *(["time-range t"] if row.timed else [])])


WRITERS = {
    "huawei": ("acl number 3000", vrp, True),
    "hp_comware": ("acl advanced 3000", vrp, True),
    "cisco_ios": ("ip access-list extended a", ios, True),
    "cisco_asa": ("! a list", asa, False),
}


@pytest.mark.parametrize("platform", WRITERS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_rule_never_decides_if_no_packet_comes_to_it(platform, data):
    """Exactly those are said to; a rule with a time holds at times, and nothing is concluded from when."""
    head, write, holes = WRITERS[platform]
    found = data.draw(st.lists(rows(holes=holes), min_size=1, max_size=6))
    text = "\n".join((head, *write(found), ""))
    report = examine(Document("x.cfg", text.encode(), platform=platform))
    said = {one.line - 2 for one in report.all() if one.kind in ("shadowed", "repeated")}
    decides = {next((place for place, row in enumerate(found) if row.takes(packet)), None) for packet in PACKETS}
    assert not any(one.kind in ("unread", "undecided") for one in report.all())
    assert said == set(range(len(found))) - decides
