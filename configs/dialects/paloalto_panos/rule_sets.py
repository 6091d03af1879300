"""PAN-OS's security rules as rule sets.

Source: Palo Alto Networks' web interface help, "Policies > Security": what no rule takes is denied between zones and
allowed within one, unless the rule `interzone-default` is overridden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.paloalto_panos import meaning
from configs.meaning.statements import FilterKind
from configs.rulesets import building
from configs.rulesets.model import RuleSet, RuleSets

if TYPE_CHECKING:
    from configs.tree import Tree


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    sets = []
    for one in meaning.read(tree).filters:
        if one.kind is FilterKind.SECURITY_POLICY and one.name.split()[-1] == "security":
            boxes, zones = building.zoned(one.rules, "from", "to")
            sets.append(
                RuleSet(one.kind, one.name, one.line, boxes, unread=one.unclear, zones=zones,
                        permits=frozenset({"allow"}))
            )  # fmt: skip
    opened = tuple(node.line for _, node in tree.walk() if _opens(node.text))
    return RuleSets(tuple(sets), open_defaults=opened if sets or opened else None, unbound=())


def _opens(text: str) -> bool:
    words = text.split()
    return "interzone-default" in words and words[-2:] == ["action", "allow"]
