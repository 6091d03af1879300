"""Values and reasons that the phrases of several views share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.forwarding.draft import token
from configs.forwarding.model import Redistribution
from configs.forwarding.phrases import Leave
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

NEGATION: Final = "no"
NOT_TOLD: Final = Leave(Message("this form of the command is not in the model"), "routes")
MULTICAST: Final = Message("multicast is not in the model")
TIMERS: Final = Message("a timer: packets go the same way")
BFD: Final = Message("it finds a failure sooner; packets go the same way")
SOURCES: Final = "{connected|static|ospf|ospf6|bgp|rip|ripng|isis|kernel}"


def redistributed(line: int, source: str, rest: Sequence[str]) -> Redistribution:
    """`redistribute P [PROCESS] [subnets] [metric N] [metric-type 2] [route-map R]`; ValueError for other words."""
    words = list(rest)
    process, metric, policy = "", None, ""
    if words and source in ("ospf", "bgp", "isis", "rip") and words[0] not in ("metric", "route-map", "subnets"):
        process = words.pop(0)
    while words:
        word = words.pop(0).lower()
        if word == "metric" and words:
            metric = int(words.pop(0))
        elif word == "route-map" and words:
            policy = words.pop(0)
        elif word == "metric-type" and words[:1] == ["2"]:
            words.pop(0)  # what it is without a word
        elif word not in ("subnets", "unicast"):
            raise ValueError(word)
    return Redistribution(source, "" if source == "bgp" else process, metric, policy, line)


def secret(words: Sequence[str]) -> str:
    """`[0 | 7] KEY`: as it is, or a token for a stored form."""
    if len(words) == 2 and words[0] in ("0", "7", "6", "5", "8"):
        return words[1] if words[0] == "0" else token(words[1])
    if len(words) == 1:
        return words[0]
    raise ValueError(len(words))
