"""A mapping in pieces: stretches of addresses that move alike, and subnets with what takes their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from configs.intervals import Intervals


class Step(NamedTuple):
    """The addresses from `start` to before `stop` go to those from `new` on (None: to no place)."""

    start: int
    stop: int
    new: int | None


class Grown(NamedTuple):
    """A prefix of today and the prefix of the plan that takes its place."""

    old: Intervals
    new: Intervals
    old_length: int
    new_length: int
