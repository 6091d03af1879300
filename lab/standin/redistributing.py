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
SOURCES = frozenset({"static", "connected", "ospf", "bgp", "rip", "isis", "ospf6", "ripng"})


def redistributed(
    speaker: Speaker, sources: Sequence[Redistribution], *, metric: int | None = None, word: str = "", level: str = ""
) -> list[str]:
    """Lines of a protocol's block. `word` stands between `redistribute` and the source, `level` behind it (IS-IS)."""
    lines = []
    for one in sources:
        if one.source in _NONE_HERE:
            continue
        if one.source not in SOURCES:
            speaker.leave(one.line, Message("routes taken from “{source}”", source=one.source))
            continue
        policy = f" route-map {one.policy}" if one.policy else ""
        cost = one.metric if one.metric is not None else metric
        told = f" metric {cost}" if cost is not None else ""
        number = f" {one.process}" if one.source == "ospf" and speaker.instances and one.process else ""
        lines.append(f" redistribute {word}{one.source}{number}{level}{told}{policy}")
    return lines
