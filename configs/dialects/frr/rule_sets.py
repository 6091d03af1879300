"""FRR's access lists as rule sets: they choose routes, so they are bound where a routing command names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.frr import meaning
from configs.rulesets import building
from configs.rulesets.model import RuleSets

if TYPE_CHECKING:
    from configs.tree import Tree


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    return RuleSets(tuple(building.plain(meaning.read(tree).filters)), missing=())
