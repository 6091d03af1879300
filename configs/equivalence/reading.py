"""Reading for the proof's first half: what the places of a line mean as sets, and what stands around them."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from configs.addressing import length_of
from configs.intervals import BITS, Intervals, prefix, wildcard
from configs.places.roles import Shape, Size
from configs.places.tokens import Form, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.lines import Line
    from configs.places.rows import Place

SETS = (Shape.HOST, Shape.INTERFACE, Shape.PREFIX, Shape.RANGE)


class Meant(NamedTuple):
    """The addresses that a place means. `value` is the one that is written, `length` the prefix's if it is one.

    `reversed`: a range whose last address comes before its first.
    """

    version: int
    value: int
    spans: Intervals
    length: int | None = None
    reversed: bool = False


@lru_cache(8192)
def address(text: str) -> tuple[int, int] | None:
    """Family and value; a zone does not count. A quad with leading zeros is none: is it octal?"""
    try:
        if ":" in text:
            found = ip_address(text.partition("%")[0])
            return found.version, int(found)
        parts = [int(part) for part in text.split(".")]
    except ValueError:
        return None
    if len(parts) != 4 or any(part > 255 for part in parts) or ".".join(map(str, parts)) != text:
        return None
    return 4, parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]


def meant(text: str, place: Place) -> Meant | None:
    """The set that a place means; None if it cannot be written as one."""
    found = address(text[place.start : place.end])
    if found is None:
        return None
    version, value = found
    if place.last is not None:
        return _range(version, value, text[place.last[0] : place.last[1]])
    if place.form is Size.CLASSFUL and version == 4:
        length = class_length(value)
        return Meant(version, value, prefix(value, length, 32), length)
    if place.size is None or place.form is Size.NONE:
        return Meant(version, value, Intervals.one(value), BITS[version])
    return _sized(version, value, text[place.size[0] : place.size[1]], place.form)


def class_length(value: int) -> int:
    """The length that an address's class says (RFC 791, section 3.2)."""
    top = value >> 24
    return 8 if top < 128 else 16 if top < 192 else 24


def _range(version: int, value: int, last_text: str) -> Meant | None:
    last = address(last_text)
    if last is None or last[0] != version:
        return None
    low, high = min(value, last[1]), max(value, last[1])
    return Meant(version, value, Intervals.inclusive(low, high), None, value > last[1])


def _sized(version: int, value: int, size: str, form: Size) -> Meant | None:
    bits = BITS[version]
    if form in (Size.MASK, Size.LENGTH):
        length = _length(size, version)
        return None if length is None else Meant(version, value, prefix(value, length, bits), length)
    found = (version, 0) if size == "0" else address(size)
    if found is None or found[0] != version:
        return None
    free = found[1] if form is Size.WILDCARD else found[1] ^ ((1 << bits) - 1)
    spans = wildcard(value, free, bits)
    if spans is None:
        return None
    return Meant(version, value, spans, bits - free.bit_length() if free & (free + 1) == 0 else None)


@lru_cache(1024)
def _length(size: str, version: int) -> int | None:
    example = ip_address("0.0.0.0") if version == 4 else ip_address("::")  # noqa: S104 - any address of the family
    return length_of(example, size)


def alike(line: Line, after: Line) -> bool:
    """Whether two lines have the same kinds of places and the same text around them."""
    if len(line.places) != len(after.places) or len(line.loose) != len(after.loose):
        return False
    if any(
        (before.kind, before.shape) != (now.kind, now.shape)
        for before, now in zip(line.places, after.places, strict=True)
    ):
        return False
    return around_places(line) == around_places(after)


def around_places(line: Line) -> tuple[str, ...]:
    """What stands around the places, the loose tokens and the rule's number."""
    spans = [span for place in line.places for span in place.spans()]
    spans += [(token.start, token.end) for token in line.loose]
    spans += [place.seq for place in line.places if place.seq is not None]
    parts = []
    at = 0
    for start, stop in sorted(set(spans)):
        if start < at:
            continue
        parts.append(line.text[at:start])
        at = stop
    parts.append(line.text[at:])
    return tuple(parts)


def numbers(line: Line) -> list[int]:
    """The rule's number, once for each place that knows it."""
    return [int(line.text[slice(*place.seq)]) for place in line.places if place.seq is not None]


def line_end(line: str) -> str:
    """A line's end: LF, CRLF, or nothing."""
    return line[len(line.rstrip("\r\n")) :]


def written(line: Line, place: Place) -> tuple[str, ...]:
    """The texts of a place: its address, its size, its last address, its bounds."""
    return tuple(line.text[start:stop] for start, stop in place.spans())


def between(text: str, found: Sequence[Token]) -> list[str]:
    """What of a text stands around tokens."""
    parts, at = [], 0
    for token in found:
        parts.append(text[at : token.start])
        at = token.end
    return [*parts, text[at:]]


def dotted(token: Token) -> str:
    """A token's address with dots, if a name has it with dashes or underscores."""
    return re.sub("[-_]", ".", token.text) if token.form is Form.JOINED else token.text


def encoded(title: str) -> int | None:
    """The IPv4 address whose twelve decimal digits a title's system identifier has."""
    digits = title.replace(".", "")[-14:-2]
    if len(digits) != 12 or not digits.isdecimal():
        return None
    parts = [int(digits[at : at + 3]) for at in range(0, 12, 3)]
    if any(part > 255 for part in parts):
        return None
    return parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]


def around_title(title: str) -> tuple[str, str]:
    """The digits of a title before and behind its system identifier."""
    digits = title.replace(".", "")
    return digits[:-14], digits[-2:]
