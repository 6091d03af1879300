"""Subnets that the mapping would bring together although no row says that they are merged.

Two subnets of today that get the same new one, or new ones that overlap, become one link: whoever was in the one hears
whoever was in the other, and what filters and routes said of the two cannot be said any more. That is right only where
the mapping says so (`merge`, `split`), and never by a slip of the pen. Nothing here looks at hosts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipplan.mapping import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipplan.mapping import Entry, Mapping
    from ipplan.networks import Network

# The modes that say that a new prefix is shared.
_SHARING = (Mode.MERGE, Mode.SPLIT)


class Joined(NamedTuple):
    """Two subnets of today and where they meet. `vrfs` are theirs, `lines` those of the mapping's rows."""

    vrfs: tuple[str, str]
    first: Network
    second: Network
    goal: Network
    lines: tuple[int, int]


def joined(mapping: Mapping) -> Iterator[Joined]:
    """Pairs of subnets that meet unasked: each subnet with the one before it that reaches farthest."""
    spaces: dict[tuple[str, int], list[tuple[int, int, Entry]]] = {}
    for entry in mapping.prefixes:
        goal = entry.new_subnet
        if goal is not None:
            row = (int(goal.network_address), int(goal.broadcast_address), entry)
            spaces.setdefault((entry.new_vrf, int(goal.version)), []).append(row)
    for rows in spaces.values():
        rows.sort(key=lambda row: (row[0], -row[1]))
        standing: list[tuple[int, Entry]] = []  # those that the next row may still meet, and where they end
        for start, stop, entry in rows:
            standing = [each for each in standing if each[0] >= start]
            met = next((other for _, other in standing if _apart(other, entry)), None)
            if met is not None and entry.new_subnet is not None:
                lines = met.source.line, entry.source.line
                yield Joined((met.vrf, entry.vrf), _subnet(met), _subnet(entry), entry.new_subnet, lines)
            standing.append((stop, entry))


def _subnet(entry: Entry) -> Network:
    return entry.old_subnet if entry.old_subnet is not None else entry.old


def _apart(one: Entry, other: Entry) -> bool:
    """Whether two rows are about different subnets of today and do not both say that they share."""
    first, second = _subnet(one), _subnet(other)
    if one.vrf == other.vrf and (first == second or _within(first, second) or _within(second, first)):
        return False  # parts of one subnet, or a row about a part that speaks before the wider one
    return not (one.mode in _SHARING and other.mode in _SHARING)


def _within(inner: Network, outer: Network) -> bool:
    return (
        inner.version == outer.version
        and inner.prefixlen > outer.prefixlen
        and int(outer.network_address) <= int(inner.network_address) <= int(outer.broadcast_address)
    )
