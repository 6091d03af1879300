"""Routes that a protocol takes from another one, in FRR's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.forwarding.model import Redistribution
    from lab.standin.speaking import Speaker

# Routes of subscribers (Huawei's user network routes): a stand-in has no subscribers, so there are none.
_NONE_HERE = frozenset({"unr"})
_SIX = {"ospf": "ospf6", "rip": "ripng"}
SOURCES = frozenset({"static", "connected", "ospf", "bgp", "rip", "isis", "ospf6", "ripng"})


def redistributed(
    speaker: Speaker, sources: Sequence[Redistribution], own: str, *, metric: int | None = None, six: bool = False
) -> list[str]:
    """Lines of the block of the protocol `own`. `six`: the routes are IPv6's, whose protocols have other names."""
    lines = []
    for one in sources:
        if one.source in _NONE_HERE:
            continue
        source = _SIX.get(one.source, one.source) if six else one.source
        if source not in SOURCES:
            speaker.leave(one.line, Message("routes taken from “{source}”", source=one.source))
            continue
        if source == own and not (own == "ospf" and speaker.instances):
            speaker.leave(one.line, Message("a second process of the same protocol in one routing table"))
            continue
        number = f" {one.process}" if source == "ospf" and speaker.instances and one.process else ""
        policy = f" route-map {one.policy}" if one.policy else ""
        cost = one.metric if one.metric is not None else metric
        told = f" metric {cost}" if cost is not None else ""
        lines.append(f" redistribute {source}{number}{told}{policy}")
    return lines
