"""Lists of routes that mean addresses to everybody who names them: their prefixes may be cut into pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.readdress.decide import Decider
    from configs.readdress.result import Decisions
    from configs.tree import Tree

KIND: Final = "prefix-list"
_ADDRESSES: Final = "acl"


def of_addresses(found: Decisions, decider: Decider, tree: Tree, lines_of: Callable[[Tree], frozenset[int]]) -> None:
    """Decide anew about what was left for a person because a prefix of a list is one route, where it is none."""
    left = [
        index
        for index, (_, _, fate) in enumerate(found.found)
        if KIND in fate.kinds and any(outcome.reason == "one-route" for outcome in fate.outcomes)
    ]
    lines = lines_of(tree) if left else frozenset()
    for index in left:
        decided = found[index]
        line = decided.line
        if line.number not in lines:
            continue
        places = tuple(place._replace(kind=_ADDRESSES) if place.kind == KIND else place for place in line.places)
        outcomes = tuple(
            decider.place(place, line.text) if place.kind == _ADDRESSES else outcome
            for place, outcome in zip(places, decided.outcomes, strict=True)
        )
        found[index] = decided._replace(line=line._replace(places=places), outcomes=outcomes, new=None)
