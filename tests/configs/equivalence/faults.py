"""Faults put into re-addressed texts, found by their shape alone: no table, no reader, nothing of the proof's own."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_QUAD = re.compile(r"(?<![\d.:])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_MASK = re.compile(r"(?:0|128|192|224|240|248|252|254|255)(?:\.(?:0|128|192|224|240|248|252|254|255)){3}$")
_WILD = re.compile(r"0\.\d{1,3}\.\d{1,3}\.\d{1,3}$")
_LENGTH = re.compile(r"(?<![\d.:])(\d{1,3}(?:\.\d{1,3}){3})/(\d{1,2})(?![\d.])")
_RANGED = re.compile(
    r"\b(?:section|(?:ip-|start-|iprange-|address-)?range|address-group|pool|excluded-address|from|dip)\b"
)
_BETWEEN = re.compile(r"\s+(?:to\s+|-\s+)?|-")
_PEER = re.compile(
    r"^\s*(?:set .*)?\b(?:peer|neighbor|peer-address|remote-address|remote-ip|remote-gw|set peer|destination"
    r"|tunnel destination|gateway address|tunnel-group|ip-address|far-end|remote-as|peer-ip)\b"
)
_ROUTE = re.compile(
    r"^\s*(?:ip route(?:-static)? |route \S+ |.*\bstatic route\b.*\bnext-hop\b|.*\bnext-?hop\b|\s*set gateway "
    r"|.*static-route)"
)


@dataclass(frozen=True)
class Fault:
    """A line of one file, and what it became."""

    kind: str
    path: str
    line: int  # from 1
    right: str
    wrong: str


Texts = dict[str, list[str]]


def quads(line: str) -> list[re.Match[str]]:
    """The dotted addresses of a line, masks and wildcards left out."""
    found = list(_QUAD.finditer(line))
    return [
        match
        for match in found
        if not _MASK.match(match.group()) and not _WILD.match(match.group()) and not match.group().startswith("0.")
    ]


def wrong_octet(old: Texts, new: Texts, chance: random.Random) -> Iterator[Fault]:
    """One octet of one address is another number."""
    del old
    for path, number, line in _lines(new, chance):
        for match in chance.sample(found := quads(line), len(found)):
            octets = match.group().split(".")
            place = chance.randrange(4)
            octets[place] = str((int(octets[place]) + chance.randrange(1, 255)) % 256)
            yield _made("wrong octet", path, number, line, match, ".".join(octets))


def range_reversed(old: Texts, new: Texts, chance: random.Random) -> Iterator[Fault]:
    """A range ends before it begins."""
    del old
    for path, number, line in _lines(new, chance):
        found = quads(line)
        if not _RANGED.search(line) or len(found) != 2 or found[0].group() == found[1].group():
            continue
        first, last = found
        between = line[first.end() : last.start()]
        if not _BETWEEN.fullmatch(between):
            continue
        wrong = line[: first.start()] + last.group() + between + first.group() + line[last.end() :]
        yield Fault("range reversed", path, number, line, wrong)


def mask_widened(old: Texts, new: Texts, chance: random.Random) -> Iterator[Fault]:
    """A mask or a length behind an address is one bit shorter."""
    del old
    for path, number, line in _lines(new, chance):
        for before, match in pairwise(list(_QUAD.finditer(line))):
            if not _MASK.match(match.group()) or line[before.end() : match.start()].strip():
                continue
            value = _number(match.group())
            shorter = value << 1 & 0xFFFFFFFF
            if value.bit_count() > 8 and ((value ^ 0xFFFFFFFF) + 1).bit_count() <= 1:
                yield _made("mask widened", path, number, line, match, _quad(shorter))
        for match in _LENGTH.finditer(line):
            if int(match[2]) > 8:
                yield _made("mask widened", path, number, line, match, f"{match[1]}/{int(match[2]) - 1}")


def _number(quad: str) -> int:
    value = 0
    for octet in quad.split("."):
        value = value << 8 | int(octet)
    return value


def _quad(value: int) -> str:
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def wildcard_widened(old: Texts, new: Texts, chance: random.Random) -> Iterator[Fault]:
    """A wildcard mask lets one more bit go free."""
    del old
    for path, number, line in _lines(new, chance):
        found = list(_QUAD.finditer(line))
        for before, match in pairwise(found):
            if not _WILD.match(match.group()) or line[before.end() : match.start()].strip():
                continue
            value = _number(match.group())
            if value & (value + 1) or value >> 23:
                continue
            yield _made("wildcard widened", path, number, line, match, _quad(value << 1 | 1))


def peer_forgotten(old: Texts, new: Texts, chance: random.Random) -> Iterator[Fault]:
    """A peer has today's address still."""
    for path, number, line in _lines(new, chance):
        if len(old[path]) != len(new[path]):
            continue
        before = old[path][number - 1]
        if _PEER.match(line) and before != line and quads(line):
            yield Fault("peer forgotten", path, number, line, before)


def next_hop_off_link(old: Texts, new: Texts, chance: random.Random) -> Iterator[Fault]:
    """A static route's next hop is somebody else's address."""
    del old
    for path, number, line in _lines(new, chance):
        if not _ROUTE.match(line):
            continue
        found = quads(line)
        masks = [match for match in _QUAD.finditer(line) if match not in found]
        if not found or (masks and found[-1].start() < masks[0].start()):
            continue
        octets = found[-1].group().split(".")
        octets[1] = str((int(octets[1]) + chance.randrange(64, 128)) % 256)
        yield _made("next hop off-link", path, number, line, found[-1], ".".join(octets))


KINDS: Mapping[str, Callable[[Texts, Texts, random.Random], Iterator[Fault]]] = {
    "wrong octet": wrong_octet,
    "range reversed": range_reversed,
    "wildcard widened": wildcard_widened,
    "mask widened": mask_widened,
    "peer forgotten": peer_forgotten,
    "next hop off-link": next_hop_off_link,
}


def seeded(kind: str, old: Texts, new: Texts, seed: int) -> Iterator[Fault]:
    """Faults of one kind that may be put into `new`, in an order that the seed decides."""
    yield from KINDS[kind](old, new, random.Random(f"{kind} {seed}"))  # noqa: S311 - a test's reproducible choice


def _lines(texts: Texts, chance: random.Random) -> Sequence[tuple[str, int, str]]:
    found = [(path, number, line) for path, lines in sorted(texts.items()) for number, line in enumerate(lines, 1)]
    chance.shuffle(found)
    return found


def _made(kind: str, path: str, number: int, line: str, match: re.Match[str], text: str) -> Fault:
    wrong = line[: match.start()] + text + line[match.end() :]
    return Fault(kind, path, number, line, wrong)
