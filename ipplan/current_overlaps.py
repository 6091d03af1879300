"""Rows of today's table that say something about the same addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from inventory.errors import Problem
from inventory.text import Message
from ipplan.networks import in_order, within

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inventory.model import Source
    from ipplan.networks import Network


class Placed(Protocol):
    """What a row says of its place."""

    @property
    def prefix(self) -> Network:
        """The prefix of today."""

    @property
    def owner(self) -> str:
        """Whose it is."""

    @property
    def source(self) -> Source:
        """Where it is written."""

    @property
    def space(self) -> str:
        """Where the prefix is unique."""


Row = TypeVar("Row", bound=Placed)


def overlaps(rows: Iterable[Row]) -> dict[Row, Problem]:
    """The rows that cannot be mapped because others say something about the same addresses.

    Of two equal prefixes neither is right before somebody says which; of a wider and a narrower one the wider gives
    way, because the narrower one says more. Private LANs behind NAT repeat freely: each has its own namespace.
    """
    found: dict[Row, Problem] = {}
    stack: list[Row] = []
    for row in sorted(rows, key=lambda row: (row.space, *in_order(row.prefix), row.source.line)):
        while stack and not (stack[-1].space == row.space and within(row.prefix, stack[-1].prefix)):
            stack.pop()
        for outer in stack:
            if outer.prefix == row.prefix:
                found.setdefault(outer, _duplicate(outer, row))
                found[row] = _duplicate(row, outer)
            elif outer not in found:
                found[outer] = _overlap(outer, row)
        stack.append(row)
    return found


def _duplicate(row: Placed, other: Placed) -> Problem:
    message = Message(
        "{prefix} is also in line {line} (“{owner}”)", prefix=row.prefix, line=other.source.line, owner=other.owner
    )
    private = row.prefix.is_private and row.owner != other.owner
    hint = (
        Message("if each unit has it behind its own NAT, write the mode nat_edge in both; else correct one of them")
        if private
        else Message("take one of them out, or write the VRF that it is in")
    )
    return Problem("duplicate-prefix", message, hint, row.source.file, row.source.line, "prefix")


def _overlap(row: Placed, inner: Placed) -> Problem:
    message = Message(
        "{prefix} overlaps {inner} (line {line}, “{owner}”)",
        prefix=row.prefix,
        inner=inner.prefix,
        line=inner.source.line,
        owner=inner.owner,
    )
    hint = Message("take it out if it is only a summary; else correct one of them, or write the VRF that it is in")
    return Problem("overlap", message, hint, row.source.file, row.source.line, "prefix")
