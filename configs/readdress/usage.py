"""What a network's configurations use: the addresses and prefixes that are written in them, each in its VRF.

The mapping says what moves; only the configurations say what else is there, inside an old supernet or in the space
that a new one would take. Read only where that is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from configs.intervals import BITS
from configs.places.lines import meaning
from configs.places.rows import Place, Shape, Size
from configs.readdress import text as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.places.lines import Hit
    from configs.places.table import Places, View


# An enumeration's members by names of our own: Python 3.11 takes long to find them in their class.
_HOST: Final = Shape.HOST
_INTERFACE: Final = Shape.INTERFACE
_PREFIX: Final = Shape.PREFIX
_RANGE: Final = Shape.RANGE
_SIZE_CLASSFUL: Final = Size.CLASSFUL
_SIZE_LENGTH: Final = Size.LENGTH
_SIZE_NONE: Final = Size.NONE
_SIZE_WILDCARD: Final = Size.WILDCARD


class Used(NamedTuple):
    """Addresses that are written somewhere, from `start` to before `stop`. `vrf` is None where it may be any."""

    vrf: str | None
    version: int
    start: int
    stop: int
    shape: Shape


def used(documents: Iterable[tuple[Iterable[Hit], Places]]) -> set[Used]:
    """Every host, interface's subnet, prefix and range of configurations, look-alikes and masks left out."""
    found: set[Used] = set()
    seen: set[tuple[View, str]] = set()
    for lines, places in documents:
        for hit in lines:
            # Configurations repeat themselves.
            key = hit.view, hit.before + hit.raw
            if key in seen:
                continue
            seen.add(key)
            meant, loose, view = meaning(places, hit)
            for place in meant:
                found.update(_place(place, hit.raw))
            for token in loose:
                read = texts.read(token.text)
                if read is not None and texts.mask_length(token.text) is None:
                    found.add(Used(view.vrf, read[1], read[0], read[0] + 1, _HOST))
    return found


def _place(place: Place, text: str) -> Iterator[Used]:
    if place.shape not in (_HOST, _INTERFACE, _PREFIX, _RANGE):
        return
    read = texts.read(text[place.start : place.end])
    if read is None:
        return
    value, version = read
    bits = BITS[version]
    if place.shape is _RANGE and place.last is not None:
        last = texts.read(text[slice(*place.last)])
        if last is not None and last[1] == version and last[0] >= value:
            yield Used(place.vrf, version, value, last[0] + 1, _RANGE)
        return
    if place.shape is _INTERFACE:
        yield Used(place.vrf, version, value, value + 1, _HOST)
    size = text[slice(*place.size)] if place.size is not None else ""
    length = length_of(place.form, size, version, value) if place.shape is not _HOST else bits
    if length:
        first = value >> (bits - length) << (bits - length)
        yield Used(place.vrf, version, first, first + (1 << (bits - length)), place.shape)


def class_length(value: int) -> int:
    """The length of the class network that an IPv4 address is in."""
    top = value >> 24
    return 8 if top < 128 else 16 if top < 192 else 24


def length_of(form: Size, size: str, version: int, value: int = 0) -> int | None:
    """The prefix length that a size says; None for a mask with holes or a length that there is not."""
    if form is _SIZE_NONE:
        return BITS[version]
    if form is _SIZE_LENGTH:
        return int(size) if int(size) <= BITS[version] else None
    if form is _SIZE_CLASSFUL:
        return class_length(value)
    if version != 4:
        return None
    if form is _SIZE_WILDCARD:
        return texts.wildcard_length(size)
    return texts.mask_length(size)
