"""The filters of EOS as rule sets; where they are bound, and what they name, is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.arista_eos import meaning
from configs.rulesets import building
from configs.rulesets.model import RuleSets

if TYPE_CHECKING:
    from configs.tree import Tree


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    return RuleSets(tuple(building.plain(meaning.read(tree).filters)))
