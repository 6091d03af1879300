"""The passes of a re-addressing: straight to the plan, or first to temporary prefixes; waves, if any are planned.

A prefix whose new space is still taken waits for the pass behind the one in which that space becomes free. Prefixes
that change places in a circle go to their temporary ones first, in a leg of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from configs.places.roles import Shape, Size
from configs.readdress import text as texts
from inventory.errors import InputError, Problem
from inventory.text import Message
from ipplan.mapping import Mapping, Mode
from ipplan.names import DEFAULT_VRF
from ipplan.networks import BITS, Block, Network, network_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Rows

    from configs.places.rows import Place
    from ipplan.mapping import Entry
    from ipplan.mapping_collisions import Migration
    from ipplan.mapping_moves import Key


@dataclass(frozen=True)
class Leg:
    """A mapping that is carried out in so many passes; `level` says in which one a prefix of today moves."""

    mapping: Mapping
    level: dict[Key, int]
    waves: tuple[int, ...] = ()  # the number of the wave that each pass is, where somebody has planned waves

    @property
    def passes(self) -> int:
        """How many passes it takes."""
        return max(self.level.values(), default=0) + 1

    @cached_property
    def _spaces(self) -> dict[tuple[str, int], list[tuple[int, int, int]]]:
        """The moving prefixes of each VRF and family as (first, last, pass), by their first."""
        found: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
        for (vrf, prefix), level in self.level.items():
            row = (int(prefix.network_address), int(prefix.broadcast_address), level)
            found.setdefault((vrf, int(prefix.version)), []).append(row)
        return {space: sorted(rows) for space, rows in found.items()}

    def levels(self, ranges: Iterable[tuple[str | None, int, int, int]]) -> tuple[int, int]:
        """The first and the last pass that concern these (VRF, version, first, last) of addresses."""
        if self.passes == 1:
            return 0, 0
        found: list[int] = []
        for vrf, version, first, last in ranges:
            for (other, family), rows in self._spaces.items():
                if family != version or vrf not in (None, other, *(() if self._scoped else (vrf,))):
                    continue
                index = bisect_right(rows, (last, 1 << 128, 0)) - 1
                # Prefixes lie beside each other, but for the few that hold others.
                while index >= 0 and (rows[index][1] >= first or rows[index][0] > first - self._longest):
                    if rows[index][1] >= first:
                        found.append(rows[index][2])
                    index -= 1
        return (min(found), max(found)) if found else (0, self.passes - 1)

    @cached_property
    def _scoped(self) -> bool:
        """Whether the mapping tells VRFs apart; one that knows the default VRF only holds for every VRF."""
        return any(entry.vrf != DEFAULT_VRF for entry in self.mapping)

    @cached_property
    def _longest(self) -> int:
        return max((prefix.num_addresses for _, prefix in self.level), default=1)


def legs_of(mapping: Mapping, moving: Migration, waves: Rows[Key, int] | None) -> Iterator[Leg]:
    """The legs of a mapping, in their order. InputError if a prefix that moves is in none of the planned waves."""
    temporary = {move.key: move.temporary for move in moving.order if move.temporary is not None}
    if temporary:
        first = Mapping(tuple(_to_temporary(entry, temporary) for entry in mapping))
        yield _leg(first, dict.fromkeys(temporary, 0), waves)
    level: dict[Key, int] = {}
    for move in moving.order:
        before = [level[need] for need in move.needs if need in level and need not in temporary]
        level[move.key] = max(before, default=-1) + 1
    if temporary:
        mapping = Mapping(tuple(_from_temporary(entry, temporary) for entry in mapping))
    yield _leg(mapping, {(key[0], temporary.get(key, key[1])): found for key, found in level.items()}, waves)


def _leg(mapping: Mapping, level: dict[Key, int], waves: Rows[Key, int] | None) -> Leg:
    """A leg whose passes are the planned waves, if there are any: all moves must have one."""
    if waves is None:
        return Leg(mapping, level)
    missing = [key for key in level if key not in waves]
    if missing:
        message = Message("{prefix} moves and is in no wave", prefix=missing[0][1])
        hint = Message("make the stages of the plan again: govnet plan stages --out FILE")
        raise InputError([Problem("no-wave", message, hint)])
    numbers = sorted({waves[key] for key in level})
    return Leg(mapping, {key: numbers.index(waves[key]) for key in level}, tuple(numbers))


def _to_temporary(entry: Entry, temporary: Rows[Key, Network]) -> Entry:
    """The entry's way to its temporary prefix; others stay."""
    whole = entry.old_subnet or entry.old
    goal = temporary.get((entry.vrf, whole))
    if goal is None:
        return replace(entry, new=entry.old, new_vrf=entry.vrf, new_subnet=whole, mode=Mode.KEEP)
    return replace(entry, new=_shifted(entry.old, whole, goal), new_vrf=entry.vrf, new_subnet=goal, mode=Mode.SAME_SIZE)


def _from_temporary(entry: Entry, temporary: Rows[Key, Network]) -> Entry:
    whole = entry.old_subnet or entry.old
    start = temporary.get((entry.vrf, whole))
    return entry if start is None else replace(entry, old=_shifted(entry.old, whole, start), old_subnet=start)


def _shifted(part: Network, whole: Network, goal: Network) -> Network:
    """The same part of another prefix of the same length."""
    start = int(goal.network_address) + int(part.network_address) - int(whole.network_address)
    return network_of(Block(start, part.prefixlen), int(part.version))


def ranges(text: str, places: Iterable[Place]) -> Iterator[tuple[str | None, int, int, int]]:
    """The addresses that a line's places are about, as (VRF, version, first, last)."""
    for place in places:
        read = texts.read(text[place.start : place.end])
        if read is None:
            continue
        first, version = read
        last = first
        if place.last is not None:
            end = texts.read(text[slice(*place.last)])
            last = end[0] if end is not None else first
        elif place.size is not None and place.shape is Shape.PREFIX:
            size = text[slice(*place.size)]
            wild = texts.read(size)
            if size.isdigit():
                last = first | ((1 << (BITS[version] - min(int(size), BITS[version]))) - 1)
            elif wild is not None:
                inverse = place.form in (Size.MASK, Size.MUST)
                last = first | (wild[0] ^ 0xFFFFFFFF if inverse else wild[0])
        yield place.vrf, version, first, last
