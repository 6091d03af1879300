"""The usual decisions, made quickly: an IPv4 address that goes somewhere, a subnet that goes to one place as a whole.

Nearly all places of a network's configurations are of these kinds, and nearly all of their texts are there once or
twice. Each way here gives what `configs.readdress.decide` gives, or None where that must be asked.
"""

from __future__ import annotations

from bisect import bisect_right
from socket import AF_INET, inet_ntoa, inet_pton
from struct import Struct
from typing import TYPE_CHECKING, Final, TypeAlias

from configs.places.rows import Shape, Size
from configs.readdress import text as texts
from configs.readdress.outcomes import mapped, sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.places.rows import Place
    from configs.readdress.outcomes import Outcome, Texts
    from configs.readdress.space import Space

Way: TypeAlias = "Callable[[Texts], Outcome | None]"

_QUAD: Final = Struct(">I")
# The lengths that sizes say in each form; a size that is not there is looked at more closely.
_LENGTHS: Final = {
    Size.MASK: {texts.mask(length): length for length in range(1, 33)},
    Size.MUST: {texts.mask(length): length for length in range(1, 33)},
    Size.WILDCARD: {"0": 32, **{texts.wildcard(length): length for length in range(1, 33)}},
    Size.LENGTH: {str(length): length for length in range(1, 33)},
}


def way(place: Place, space: Space | None) -> Way:
    """How the places of one kind are decided quickly by the mapping of their VRF."""
    lengths = _LENGTHS.get(place.form)
    if space is None:
        return _none
    if place.shape is Shape.HOST:
        return _hosts(space)
    if lengths is None or place.shape not in (Shape.INTERFACE, Shape.PREFIX):
        return _none
    return (_interfaces if place.shape is Shape.INTERFACE else _prefixes)(space, place.form, lengths)


def _none(said: Texts) -> None:
    """For what has no quick way."""


def _hosts(space: Space) -> Way:
    place = _placing(space)

    def decide(said: Texts) -> Outcome | None:
        try:
            (value,) = _QUAD.unpack(inet_pton(AF_INET, said[0]))
        except (OSError, ValueError):
            return None
        new = place(value)
        return mapped(inet_ntoa(_QUAD.pack(new)), None) if new is not None and new != value else None

    return decide


def _interfaces(space: Space, form: Size, lengths: dict[str, int]) -> Way:
    place, whole = _placing(space), space.whole

    def decide(said: Texts) -> Outcome | None:
        address, size = said[:2]
        length = lengths.get(size)
        if length is None:
            return None
        try:
            (value,) = _QUAD.unpack(inet_pton(AF_INET, address))
        except (OSError, ValueError):
            return None
        subnet = whole(value >> (32 - length) << (32 - length), length)
        if subnet is None:
            return None
        new = place(value)
        if new is None or new == value:
            return None
        resized = sized(form, size, subnet[1]) if subnet[1] != length else None
        return mapped(inet_ntoa(_QUAD.pack(new)), resized)

    return decide


def _prefixes(space: Space, form: Size, lengths: dict[str, int]) -> Way:
    place, whole = _placing(space), space.whole

    def decide(said: Texts) -> Outcome | None:
        length = lengths.get(said[1])
        if length is None or len(said) > 2:
            return None
        address, size = said
        try:
            (value,) = _QUAD.unpack(inet_pton(AF_INET, address))
        except (OSError, ValueError):
            return None
        first = value >> (32 - length) << (32 - length)
        subnet = whole(first, length)
        if subnet is None:
            # One address, in whatever subnet.
            new = place(value) if length == 32 and (value, length) not in space.subnets else None
            return mapped(inet_ntoa(_QUAD.pack(new)), None) if new is not None and new != value else None
        new, new_length = subnet
        if new == value >> (32 - length) << (32 - length) or (
            value & ((1 << (32 - length)) - 1) and new_length == length
        ):
            return None
        return mapped(inet_ntoa(_QUAD.pack(new)), sized(form, size, new_length) if new_length != length else None)

    return decide


def _placing(space: Space) -> Callable[[int], int | None]:
    """Where an address goes; None if it does not."""
    starts, stops, news = space.starts, space.stops, space.news

    def place(value: int) -> int | None:
        index = bisect_right(starts, value) - 1
        if index < 0 or value >= stops[index]:
            return None
        new = news[index]
        return None if new is None else new + value - starts[index]

    return place
