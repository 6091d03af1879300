"""The usual decisions, made quickly: an IPv4 address that goes somewhere, a subnet that goes to one place as a whole.

Nearly all places of a network's configurations are of these kinds, and nearly all of their texts are there once or
twice. Each way here gives what `configs.readdress.decide` gives, or None where that must be asked.
"""

from __future__ import annotations

from socket import AF_INET, inet_ntoa, inet_pton
from struct import Struct
from typing import TYPE_CHECKING, Final, TypeAlias

from configs.places.roles import Shape, Size
from configs.readdress import text as texts
from configs.readdress.outcomes import Action, Outcome, Writing, mapped, sized
from configs.readdress.prefixes import fitted, lengths_of, shifted
from configs.readdress.space import NEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.places.rows import Place
    from configs.readdress.outcomes import Texts
    from configs.readdress.space import Space

Way: TypeAlias = "Callable[[Texts], Outcome | None]"

_QUAD: Final = Struct(">I")
_pack, _unpack = _QUAD.pack, _QUAD.unpack
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
    near, shift_of = space.near, space.shift

    def decide(said: Texts) -> Outcome | None:
        try:
            (value,) = _unpack(inet_pton(AF_INET, said[0]))
        except (OSError, ValueError):
            return None
        shift = near.get(value >> NEAR)
        if shift is None:
            shift = shift_of(value)
        return mapped(inet_ntoa(_pack(value + shift)), None) if shift else None

    return decide


def _interfaces(space: Space, form: Size, lengths: dict[str, int]) -> Way:
    near, shift_of, wholes, whole = space.near, space.shift, space.wholes, space.whole
    sizes = _sizes(form)

    def decide(said: Texts) -> Outcome | None:
        address, size = said[:2]
        length = lengths.get(size)
        if length is None:
            return None
        try:
            (value,) = _unpack(inet_pton(AF_INET, address))
        except (OSError, ValueError):
            return None
        free = 32 - length
        first = value >> free << free
        subnet = wholes.get((first, length)) or whole(first, length)
        if subnet is None:
            return None
        shift = near.get(value >> NEAR)
        if shift is None:
            shift = shift_of(value)
        if not shift:
            return None
        new_length = subnet[1]
        return mapped(inet_ntoa(_pack(value + shift)), sizes[new_length] if new_length != length else None)

    return decide


def _prefixes(space: Space, form: Size, lengths: dict[str, int]) -> Way:
    shift_of, wholes, whole, subnets = space.shift, space.wholes, space.whole, space.subnets
    sizes = _sizes(form)

    def decide(said: Texts) -> Outcome | None:
        length = lengths.get(said[1])
        if length is None:
            return None
        try:
            (value,) = _unpack(inet_pton(AF_INET, said[0]))
        except (OSError, ValueError):
            return None
        free = 32 - length
        first = value >> free << free
        subnet = wholes.get((first, length)) or whole(first, length)
        if len(said) > 2 and (said[3] or said[4]):
            # A host of a subnet that keeps its size stays that host.
            usual = subnet if subnet is not None and (value == first or subnet[1] != length) else None
            return _bounded(space, (first, length), usual, said, sizes) if usual is not None else None
        if subnet is None:
            # One address, in whatever subnet.
            shift = shift_of(value) if length == 32 and (value, length) not in subnets else None
            return mapped(inet_ntoa(_pack(value + shift)), None) if shift else None
        new, new_length = subnet
        if new == first or (value != first and new_length == length):
            return None
        return mapped(inet_ntoa(_pack(new)), sizes[new_length] if new_length != length else None)

    return decide


def _bounded(
    space: Space, old: tuple[int, int], new: tuple[int, int], said: Texts, sizes: list[str | None]
) -> Outcome | None:
    """A subnet with bounds of lengths, if it goes to another place and none is known inside of it."""
    if new[0] == old[0] or not space.innermost(*old):
        return None
    whole, bounds = (*old, 4), (said[3], said[4])
    fitting = fitted(new, whole, shifted(lengths_of(whole, bounds), old[1], new[1]), bounds)
    if fitting is None:
        return None
    size = sizes[new[1]] if new[1] != old[1] else None
    return Outcome(Action.REWRITTEN, "mapped", (Writing(inet_ntoa(_pack(new[0])), size, None, *fitting),))


def _sizes(form: Size) -> list[str | None]:
    """What is written for each length in a form; `0` for a wildcard mask is never what another length becomes."""
    return [sized(form, "", length) for length in range(33)]
