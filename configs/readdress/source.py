"""A configuration as it is re-addressed: its tree, and what its dialect knows of addresses and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.places.table import Places
    from configs.tree import Tree


class Source(NamedTuple):
    """A configuration to re-address. `mask` hides its secrets; `places` is its dialect's table."""

    path: str
    platform: str
    tree: Tree
    places: Places
    mask: Callable[[str], str]
