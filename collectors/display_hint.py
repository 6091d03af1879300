"""An octet string as its DISPLAY-HINT shows it (RFC 2579 section 3.1): `1d.1d.1d.1d`, `1x:`, `255a`.

A module may give a hint with an object of type OctetString (snmp_exporter's `display_hint`, since January 2026). Hex
digits are upper-case, as everywhere in its output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# How many octets; in which form; what is written between and behind. A separator is no digit and no star.
_PART = re.compile(r"(\*?)(\d+)([dxoat])([^\d*]?)([^\d*]?)", re.DOTALL | re.ASCII)
# A number of more octets than these is not shown.
_WIDEST = 8


@dataclass(frozen=True, slots=True)
class _Part:
    repeated: bool
    octets: int
    form: str
    separator: bytes
    terminator: bytes


@lru_cache(maxsize=256)
def _parts(hint: str) -> tuple[_Part, ...]:
    """A hint's specifications; empty if it is not one."""
    found: list[_Part] = []
    place = 0
    while place < len(hint):
        match = _PART.match(hint, place)
        if match is None:
            return ()
        repeated, octets, form, separator, terminator = match.groups()
        if terminator and not repeated:
            # Only a repeated part has one.
            return ()
        found.append(_Part(bool(repeated), int(octets), form, separator.encode(), terminator.encode()))
        place = match.end()
    return tuple(found)


def apply(hint: str, octets: bytes) -> bytes | None:
    """The octets in the hint's form, as text in the device's own encoding; None if the hint does not fit them."""
    parts = _parts(hint)
    if not parts or not octets:
        return None
    shown = bytearray()
    place = number = 0
    while place < len(octets):
        # The last specification is used again until the octets end.
        part = parts[min(number, len(parts) - 1)]
        if number >= len(parts) and not part.octets and not part.repeated:
            return None
        number += 1
        times = 1
        if part.repeated:
            times = octets[place]
            place += 1
        for turn in range(times):
            if place >= len(octets):
                break
            piece = octets[place : place + part.octets]
            written = _written(piece, part.form)
            if written is None:
                return None
            place += len(piece)
            shown += written
            if place < len(octets) and not (part.terminator and turn == times - 1):
                shown += part.separator
        if place < len(octets):
            shown += part.terminator
    return bytes(shown)


def _written(piece: bytes, form: str) -> bytes | None:
    if form == "x":
        return piece.hex().upper().encode()
    if form in "at":
        return piece
    if len(piece) > _WIDEST:
        return None
    return f"{int.from_bytes(piece):{form}}".encode()
