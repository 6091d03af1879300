"""TOS's policies as rule sets. Forms as in `meaning.py`; what becomes of the rest is not known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.dialects.topsec import objects
from configs.dialects.topsec.meaning import read as read_meaning
from configs.rulesets import building
from configs.rulesets.model import Missing, RuleSet, RuleSets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.tree import Tree

_WRITTEN: Final = re.compile(r"[\d.:/-]+$")


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    sets = []
    for one in read_meaning(tree).filters:
        if one.name.split()[-1:] == ["pf"]:
            continue
        boxes, zones = building.zoned(one.rules, "srcarea", "dstarea")
        sets.append(RuleSet(one.kind, one.name, one.line, boxes, unread=one.unclear, zones=zones,
                            permits=frozenset({"accept"})))  # fmt: skip
    _, open_ends, _ = building.endings(sets, {}, ("schedule",))
    commands = objects.read(tree)
    disabled = [one.line for one in commands if one.starts("firewall", "policy", "add") and one.value("enable") == "no"]
    return RuleSets(
        tuple(sets),
        missing=tuple(sorted(set(_names(commands)))) if any(one.words[:1] == ("define",) for one in commands) else None,
        open_ends=open_ends,
        disabled=tuple(disabled),
        unbound=(),
    )


def _names(commands: Iterable[objects.Command]) -> Iterator[Missing]:
    """Addresses that rules name and nothing defines; services come with the device."""
    known = {"any", "any_ipv6", *(one.value("name") for one in commands if one.words[:1] == ("define",))}
    for one in commands:
        if one.starts("firewall", "policy", "add"):
            for name in (*one.values("src"), *one.values("dst")):
                if name not in known and not _WRITTEN.match(name):
                    yield Missing(one.line, "address", name)
