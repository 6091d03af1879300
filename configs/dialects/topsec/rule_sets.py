"""TOS's policies as rule sets. Forms as in `meaning.py`; what becomes of the rest is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.topsec.meaning import read as read_meaning
from configs.rulesets import building
from configs.rulesets.model import RuleSet, RuleSets

if TYPE_CHECKING:
    from configs.tree import Tree


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
    return RuleSets(tuple(sets), open_ends=open_ends, unbound=())
