"""Old and new space that collide while both are in use: who must wait for whom, and what breaks a circle.

A new prefix cannot be added while somebody else still has addresses in it. So each move waits for those whose old
prefixes lie in its new ones. Where moves wait for each other (a swap, a cycle), the smallest of them goes to a
temporary prefix first. Where a new prefix lies on one that stays, no order helps: that is a fault.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from inventory.errors import Problem
from inventory.text import Message
from ipplan import graph, mapping_temporaries
from ipplan.mapping import FILE, Mode
from ipplan.mapping_moves import Key, Move
from ipplan.networks import Network, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipplan.mapping import Entry, Mapping
    from ipplan.plan import Plan


@dataclass(frozen=True)
class Migration:
    """The moves in an order that works, the circles that there would be, and the moves that no order helps.

    In `order` a move with a temporary prefix stands where its last step is due; its first step may be done at once.
    """

    order: tuple[Move, ...] = ()
    cycles: tuple[tuple[Move, ...], ...] = ()
    blocked: tuple[Problem, ...] = ()

    def move(self, vrf: str, old: Network) -> Move | None:
        """The move of a prefix of today."""
        return self._by_key.get((vrf, old))

    @cached_property
    def _by_key(self) -> dict[Key, Move]:
        return {move.key: move for move in self.order}

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "waiting": [move.as_json() for move in self.order if move.needs],
            "cycles": [[str(move.old) for move in cycle] for cycle in self.cycles],
            "temporary": [move.as_json() for move in self.order if move.temporary is not None],
            "blocked": [problem.as_json() for problem in self.blocked],
        }


def migration(mapping: Mapping, plan: Plan | None = None, foreign: Iterable[Network] = ()) -> Migration:
    """The order of the moves of a mapping. Temporary prefixes are taken from what is free in the plan's pools.

    `foreign` is what nobody may use though the plan does not have it (`mapping_temporaries.untouchable`). A circle for
    which the pools have no room leaves `temporary` empty and is among `blocked`.
    """
    standing = _Standing(mapping)
    moves: dict[Key, Move] = {}
    blocked: list[Problem] = []
    for key, entries in standing.rows.items():
        if not any(entry.moves for entry in entries):
            continue
        move = _move(key, entries)
        needs: dict[Key, None] = {}
        for vrf, prefix in move.new:
            for other in standing.overlapping(vrf, prefix):
                if other == key:
                    if not move.in_place:
                        needs[key] = None
                elif standing.stays(other):
                    blocked.append(_blocked(entries[0], prefix, other))
                elif (vrf, prefix) not in standing.goals[other]:  # those that meet there may be there together
                    needs[other] = None
        moves[key] = replace(move, needs=tuple(needs))
    moves, cycles = _broken(moves)
    waiting = (moves[key] for key in sorted(moves, key=_place) if moves[key].temporary is not None)
    found, without = mapping_temporaries.borrow(waiting, mapping, plan, foreign)
    moves |= found
    blocked += without
    graph_of_moves = {
        key: [need for need in move.needs if need in moves and need != key and moves[need].temporary is None]
        for key, move in moves.items()
    }
    order, _ = graph.ordered({key: graph_of_moves[key] for key in sorted(moves, key=_place)})
    return Migration(tuple(moves[key] for key in order), cycles, tuple(blocked))


def _place(key: Key) -> tuple[object, ...]:
    return (key[0], *in_order(key[1]))


class _Standing:
    """The prefixes of today, by where they stand."""

    def __init__(self, mapping: Mapping) -> None:
        self.rows: dict[Key, list[Entry]] = {}
        for entry in mapping.prefixes:
            self.rows.setdefault((entry.vrf, entry.old_subnet or entry.old), []).append(entry)
        self.goals = {key: frozenset(_goals(entries)) for key, entries in self.rows.items()}
        self._spaces: dict[tuple[str, int], list[Key]] = {}
        for key in sorted(self.rows, key=_place):
            self._spaces.setdefault((key[0], key[1].version), []).append(key)
        self._starts = {space: [int(key[1].network_address) for key in keys] for space, keys in self._spaces.items()}
        # Prefixes may lie in each other (a refused summary above others): how far back one that still overlaps may be.
        self._longest = {space: max(key[1].num_addresses for key in keys) for space, keys in self._spaces.items()}

    def stays(self, key: Key) -> bool:
        """Whether the addresses will be in use for ever, as far as the mapping knows."""
        return any(entry.mode is not Mode.RETIRE and not entry.moves for entry in self.rows[key])

    def overlapping(self, vrf: str, prefix: Network) -> Iterable[Key]:
        """The prefixes of today that share addresses with `prefix`."""
        space = (vrf, int(prefix.version))
        starts = self._starts.get(space, [])
        first, last = int(prefix.network_address), int(prefix.broadcast_address)
        low = bisect_left(starts, first - self._longest.get(space, 1) + 1)
        for index in range(low, len(starts)):
            if starts[index] > last:
                return
            key = self._spaces[space][index]
            if int(key[1].broadcast_address) >= first:
                yield key


def _goals(entries: Iterable[Entry]) -> list[tuple[str, Network]]:
    return list(dict.fromkeys((entry.new_vrf, entry.new_subnet) for entry in entries if entry.new_subnet is not None))


def _move(key: Key, entries: Sequence[Entry]) -> Move:
    new = _goals(entries)
    in_place = len(new) == 1 and new[0][0] == key[0] and new[0][1].network_address == key[1].network_address
    return Move(key[0], key[1], tuple(new), entries[0].owner, in_place=in_place)


def _blocked(entry: Entry, prefix: Network, other: Key) -> Problem:
    message = Message("{old} goes to {new}, but {other} stays there", old=entry.old_subnet, new=prefix, other=other[1])
    hint = Message("exclude {other} from the pool in the policy and plan again, or let it move too", other=other[1])
    return Problem("blocked", message, hint, entry.source.file or FILE, entry.source.line, "new")


def _broken(moves: dict[Key, Move]) -> tuple[dict[Key, Move], tuple[tuple[Move, ...], ...]]:
    """Mark the moves that need a temporary prefix: in each circle the smallest, until there is no circle left."""
    moves = dict(moves)
    needs = {key: [need for need in moves[key].needs if need in moves] for key in sorted(moves, key=_place)}
    knots = _knots(needs)
    cycles = tuple(tuple(moves[key] for key in knot) for knot in sorted(knots, key=lambda knot: _place(knot[0])))
    while knots:
        knot = knots.pop()
        # Not in place: a mask that changes where it is has no other place to go to and come back from.
        chosen = min(knot, key=lambda key: (moves[key].in_place, key[1].num_addresses, _place(key)))
        moves[chosen] = replace(moves[chosen], temporary=chosen[1])
        # Its place is free once it is in its temporary prefix: nobody waits for its last step.
        members = set(knot) - {chosen}
        knots += _knots({key: [need for need in needs[key] if need in members] for key in knot})
    return moves, cycles


def _knots(needs: dict[Key, list[Key]]) -> list[list[Key]]:
    """The moves that wait for each other, or for themselves."""
    return [part for part in graph.components(needs) if len(part) > 1 or part[0] in needs[part[0]]]
