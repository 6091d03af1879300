"""What a network's configurations use: the addresses and prefixes that are written in them, each in its VRF.

The mapping says what moves; only the configurations say what else is there, inside an old supernet or in the space
that a new one would take. Read only where that is asked.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from configs.intervals import BITS
from configs.places import shapes
from configs.places.lines import form, meaning
from configs.places.roles import Shape, Size
from configs.readdress import text as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.places.lines import Hit
    from configs.places.rows import Place
    from configs.places.shapes import Spot
    from configs.places.table import Places, View


# An enumeration's members by names of our own: Python 3.11 takes long to find them in their class.
_HOST: Final = Shape.HOST
_INTERFACE: Final = Shape.INTERFACE
_PREFIX: Final = Shape.PREFIX
_RANGE: Final = Shape.RANGE
_SHAPES: Final = (_HOST, _INTERFACE, _PREFIX, _RANGE)
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


# A place's texts: its address, its size and, of a range, the last address.
_Said: TypeAlias = tuple[str, ...]


class _Uses(dict[_Said, tuple[Used, ...]]):
    """What places that are alike use, by their texts; found when it is asked for."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    def __missing__(self, said: _Said) -> tuple[Used, ...]:
        found = self[said] = tuple(_of(self._place, said))
        return found


class _Lines(NamedTuple):
    """What the lines of one form use.

    `varies` is how many parts do in each of them. `spots` are where the places' texts stand among these and the `rest`;
    None if each line must be read by itself.
    """

    varies: int
    spots: tuple[tuple[_Uses, Spot], ...] | None = None
    rest: list[str] = []  # noqa: RUF012 - never changed


class _Reader:
    """Reads what lines use, those of one form alike: nothing is read twice."""

    def __init__(self) -> None:
        self.found: set[Used] = set()
        self._seen: defaultdict[View, set[str]] = defaultdict(set)
        self._lines: defaultdict[View, dict[str, _Lines]] = defaultdict(dict)
        self._uses: dict[tuple[Shape, Size, str | None], _Uses] = {}

    def read(self, hits: Iterable[Hit], places: Places) -> None:
        """The lines of one configuration."""
        fresh = []
        for hit in hits:
            _, raw, _, _, view, before = hit
            seen = self._seen[view]
            key = before + raw if before else raw
            if key not in seen:
                seen.add(key)
                fresh.append(hit)
        if not fresh:
            return
        generals, varying = places.general.lines([hit[1] for hit in fresh])
        at = 0
        for hit, general in zip(fresh, generals, strict=True):
            _, raw, text, _, view, before = hit
            # What a line's text is without what stands around its command, its form cannot say.
            key = before + general if raw.strip() == text else ""
            known = self._lines[view].get(key)
            if known is None:
                known = self._alike(hit, places)
                if key:
                    self._lines[view][key] = known
            end = at + known.varies
            if known.spots is None:
                self._one(hit, places)
            else:
                has = [*varying[at:end], *known.rest]
                for uses, (address, size, more) in known.spots:
                    self.found.update(uses[has[address], has[size], *[has[one] for one in more]])
            at = end

    def _alike(self, hit: Hit, places: Places) -> _Lines:
        """What is known of the lines of a line's form."""
        parts = shapes.parts(hit.raw)
        known = form(places, hit, parts)
        if known is None or known.form is None or known.form.loose:
            return _Lines(len(parts) // 2)
        spots = []
        rest: list[str] = []
        for recipe in known.form.recipes:
            if recipe.place.shape in _SHAPES:
                spot = known.form.spot(recipe, parts, rest)
                if spot is None:
                    return _Lines(len(parts) // 2)
                spots.append((self._like(recipe.place), spot))
        return _Lines(len(parts) // 2, tuple(spots), [*rest, ""])

    def _like(self, place: Place) -> _Uses:
        key = (place.shape, place.form, place.vrf)
        found = self._uses.get(key)
        if found is None:
            found = self._uses[key] = _Uses(place)
        return found

    def _one(self, hit: Hit, places: Places) -> None:
        """A line by itself."""
        meant, loose, view = meaning(places, hit)
        for place in meant:
            if place.shape in _SHAPES:
                spans = ((place.start, place.end), place.size, place.last)
                said = tuple(hit.raw[slice(*span)] if span is not None else "" for span in spans)
                self.found.update(self._like(place)[said])
        for token in loose:
            read = texts.read(token.text)
            if read is not None and texts.mask_length(token.text) is None:
                self.found.add(Used(view.vrf, read[1], read[0], read[0] + 1, _HOST))


def used(documents: Iterable[tuple[Iterable[Hit], Places]]) -> set[Used]:
    """Every host, interface's subnet, prefix and range of configurations, look-alikes and masks left out."""
    reader = _Reader()
    for hits, places in documents:
        reader.read(hits, places)
    return reader.found


def _of(place: Place, said: _Said) -> Iterator[Used]:
    """What a place with these texts uses."""
    read = texts.read(said[0])
    if read is None:
        return
    value, version = read
    bits = BITS[version]
    if place.shape is _RANGE:
        last = texts.read(said[2]) if len(said) > 2 else None
        if last is not None and last[1] == version and last[0] >= value:
            yield Used(place.vrf, version, value, last[0] + 1, _RANGE)
        return
    if place.shape is _INTERFACE:
        yield Used(place.vrf, version, value, value + 1, _HOST)
    length = length_of(place.form, said[1], version, value) if place.shape is not _HOST else bits
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
