"""A mask or length apart from its address: it must be that of the subnet that the addresses beside it are in.

The table of places only says that a mask is such a one; whose it is, is found here by what stands around it.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

from configs.addressing import length_of
from configs.equivalence.reading import meant
from configs.places.roles import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from configs.equivalence.image import Images
    from configs.places.lines import Line
    from configs.places.rows import Place

KINDS: Final = ("mask-apart", "length-apart")
_ANY: Final = IPv4Address(0)
# How many lines further an address may stand.
_FAR: Final = 12
# What lies in the subnet that a mask beside it is of; ranges do, too.
_BESIDE: Final = ("interface-apart", "prefix-apart", "gateway", "range-first", "range-last")


def follows(old: tuple[Line, Place], new: tuple[Line, Place], before: Mapping[int, Line], images: Images) -> bool:
    """Whether a new mask is the one of a subnet of today that an address beside the old mask is in.

    `before` are today's lines by index. Without such an address the mask must stay.
    """
    line, place = old
    was, is_ = (_length(one.text[at.start : at.end]) for one, at in (old, new))
    if was is None or is_ is None:
        return line.text[place.start : place.end] == new[0].text[new[1].start : new[1].end]
    wanted: set[int] = set()
    for vrf, value in _beside(line, place, before):
        found = images.of(vrf, 4).network(value, was)
        wanted |= {grown.new_length for grown in found} or {was}
    return is_ in (wanted or {was})


def named(before: Mapping[int, Line]) -> dict[str, tuple[str | None, int]]:
    """The addresses that have names, by name."""
    found: dict[str, tuple[str | None, int]] = {}
    for line in before.values():
        for place in line.places:
            meaning = meant(line.text, place) if place.kind == "named" else None
            words = line.text[place.end :].split()
            if meaning is not None and words:
                found[words[0]] = place.vrf, meaning.value
    return found


def of_name(text: str, was: str, is_: str, names: Mapping[str, tuple[str | None, int]], images: Images) -> bool:
    """Whether a mask behind a name became that of the prefix that the name means. `text` is what stands before it."""
    name = next((word for word in reversed(text.split()) if word not in ("netmask", "mask")), "")
    before, after = _length(was), _length(is_)
    if name not in names or before is None or after is None:
        return False
    vrf, value = names[name]
    found = images.of(vrf, 4).network(value, before)
    return after in ({grown.new_length for grown in found} or {before})


def _length(text: str) -> int | None:
    return length_of(_ANY, text)


def _beside(line: Line, place: Place, before: Mapping[int, Line]) -> Iterator[tuple[str | None, int]]:
    """Addresses on the same line, else those in the same view or below it."""
    own = [one for one in line.places if one is not place and one.shape in (Shape.HOST, Shape.RANGE)]
    if own:
        yield from _values(line, own)
        return
    for index in range(line.number - 1 - _FAR, line.number + _FAR):
        other = before.get(index)
        if other is not None and other.path[: len(line.path)] == line.path:
            yield from _values(other, [one for one in other.places if one.shape is Shape.RANGE or one.kind in _BESIDE])


def _values(line: Line, places: Iterable[Place]) -> Iterator[tuple[str | None, int]]:
    for one in places:
        found = meant(line.text, one)
        if found is not None and found.version == 4:
            yield one.vrf, found.value
