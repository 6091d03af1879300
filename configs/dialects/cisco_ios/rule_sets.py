"""The access lists of a configuration as rule sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.facts.no_family import opens
from configs.rulesets import no_family

if TYPE_CHECKING:
    from configs.rulesets.model import RuleSets
    from configs.tree import Tree


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    return no_family.read(tree, opens)
