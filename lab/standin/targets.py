"""Route targets that change: said to bgpd as a whole, before a reload that would take the old ones away first.

`rt vpn import` replaces the whole list that was there (https://docs.frrouting.org/en/stable-8.4/bgp.html, “L3VPN
VRFs”): routes that both lists let in stay where they are, as on a router to which one more target is told.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = "router bgp "
_LINE = "  rt vpn "


def replaced(old: str, new: str) -> Iterator[list[str]]:
    """The commands for each VRF that has route targets in both configurations, and others in the new one."""
    before, after = dict(_blocks(old)), dict(_blocks(new))
    for head, lines in after.items():
        if before.get(head) and set(lines) != set(before[head]):
            yield [head, "address-family ipv4 unicast", *(line.strip() for line in lines)]


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lines with route targets of each `router bgp … vrf …`."""
    lines = text.splitlines()
    for number, head in enumerate(lines):
        if head.startswith(_BLOCK) and " vrf " in head:
            block = takewhile(lambda line: line.startswith(" "), lines[number + 1 :])
            yield head, [line for line in block if line.startswith(_LINE)]
