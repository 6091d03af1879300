"""The proof that a mapping is one: inside a VRF no two addresses of today go to the same address of tomorrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from inventory.errors import Problem
from inventory.text import Message
from ipplan.mapping import FILE, Space
from ipplan.networks import Block, network_of, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipplan.mapping import Entry, Mapping, Piece


class Clash(NamedTuple):
    """Two pieces whose images share addresses: `first` is the lower image."""

    space: Space  # of tomorrow
    first: Piece
    second: Piece


def clashes(mapping: Mapping) -> Iterator[Clash]:
    """Every pair of neighbouring images that share addresses; none if and only if the mapping is injective.

    The pieces of today do not overlap by construction (`Mapping.pieces`), each sends its addresses on by one constant,
    so two addresses can meet only where two images overlap. Sorted by their first address, overlapping intervals show
    in a comparison with the furthest one so far.
    """
    images: dict[Space, list[tuple[int, int, Piece]]] = {}
    for (_, version), pieces in mapping.pieces().items():
        for piece in pieces:
            if piece.new is not None:
                image = (piece.new, piece.old, piece)
                images.setdefault((piece.entry.new_vrf, version), []).append(image)
    for space in sorted(images):
        furthest: Piece | None = None
        for start, _, piece in sorted(images[space], key=lambda image: image[:2]):
            if furthest is not None and furthest.new is not None and furthest.new + furthest.size > start:
                yield Clash(space, furthest, piece)
            if furthest is None or furthest.new is None or start + piece.size > furthest.new + furthest.size:
                furthest = piece


def verify(mapping: Mapping) -> tuple[Problem, ...]:
    """Everything that keeps the mapping from being injective, inside its prefixes and invertible; empty if it holds."""
    problems = [_clash(clash) for clash in clashes(mapping)]
    problems += [problem for entry in mapping.entries for problem in _entry(entry)]
    back = mapping.inverse()
    if not problems and _graph(back, turned=True) != _graph(mapping, turned=False):
        problems.append(
            Problem(
                "not-invertible",
                Message("the way back does not lead to where the way forth began"),
                Message("make the mapping again: govnet plan map"),
                FILE,
            )
        )
    return tuple(problems)


def _clash(clash: Clash) -> Problem:
    (vrf, version), first, second = clash
    assert second.new is not None  # noqa: S101 - clashes are between images
    address = network_of(Block(second.new, 32 if version == 4 else 128), version).network_address
    source = second.entry.source
    return Problem(
        "clash",
        Message(
            "{first} and {second} both go to {address} in the VRF “{vrf}”",
            first=first.entry.old,
            second=second.entry.old,
            address=address,
            vrf=vrf,
        ),
        Message("give one of them another prefix or another place"),
        source.file or FILE,
        source.line,
        "new",
    )


def _entry(entry: Entry) -> Iterator[Problem]:
    source = entry.source
    pairs = (("old_subnet", entry.old, entry.old_subnet), ("new_subnet", entry.new, entry.new_subnet))
    for column, inner, outer in pairs:
        if inner is not None and outer is not None and not within(inner, outer):
            message = Message("{inner} is not in {outer}", inner=inner, outer=outer)
            hint = Message("empty the cell, or write the prefix around it")
            yield Problem("outside-subnet", message, hint, source.file or FILE, source.line, column)


def _graph(mapping: Mapping, *, turned: bool) -> dict[tuple[str, str, int], list[tuple[int, int, int]]]:
    """The mapping as a set of (from, to, size) by both VRFs and family, neighbours joined; `turned`: to and from."""
    graph: dict[tuple[str, str, int], list[tuple[int, int, int]]] = {}
    for (vrf, version), pieces in mapping.pieces().items():
        for piece in pieces:
            if piece.new is None:
                continue
            if turned:
                graph.setdefault((piece.entry.new_vrf, vrf, version), []).append((piece.new, piece.old, piece.size))
            else:
                graph.setdefault((vrf, piece.entry.new_vrf, version), []).append((piece.old, piece.new, piece.size))
    return {key: _joined(sorted(rows)) for key, rows in graph.items()}


def _joined(rows: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    joined: list[tuple[int, int, int]] = []
    for old, new, size in rows:
        if joined:
            first_old, first_new, first_size = joined[-1]
            if first_old + first_size == old and first_new + first_size == new:
                joined[-1] = (first_old, first_new, first_size + size)
                continue
        joined.append((old, new, size))
    return joined
