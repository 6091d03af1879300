"""What becomes of a prefix that a command says: where its addresses go, and the bounds of lengths that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from configs.intervals import BITS, Intervals, prefix, wildcard
from configs.places.roles import Size
from configs.readdress import text as texts
from configs.readdress.outcomes import REVIEWS, UNCHANGED, Action, Outcome, Writing, not_moved, sized, space
from configs.readdress.scope import MOST_PARTS, Answer, Said
from configs.readdress.usage import class_length, length_of

if TYPE_CHECKING:
    from configs.places.rows import Place
    from configs.readdress.scope import Scope

# An enumeration's members by names of our own: Python 3.11 takes long to find them in their class.
_AMBIGUOUS: Final = Said.AMBIGUOUS
_KEPT: Final = Action.KEPT
_MOVED: Final = Said.MOVED
_OUTSIDE: Final = Said.OUTSIDE
_REVIEW: Final = Action.REVIEW
_REWRITTEN: Final = Action.REWRITTEN
_SEVERAL: Final = Said.SEVERAL
_SIZE_CLASSFUL: Final = Size.CLASSFUL
_SIZE_NONE: Final = Size.NONE
_SIZE_WILDCARD: Final = Size.WILDCARD
_SIZE_MUST: Final = Size.MUST

_NOTHING: Final = Writing()
_NO_BOUNDS: Final = ("", "")
# Without bounds these mean one route, not those inside of it nor the addresses: it is never cut into pieces.
_ROUTES: Final = ("prefix-list", "bgp-network")
# What is given out, or built upon by its very length: none of it may be left away because nobody is known to use it.
_WHOLE: Final = ("dhcp", "locator", "nat-pool", "pool")
BY_KIND: Final = frozenset((*_ROUTES, *_WHOLE))
# A prefix (first, length) and the lengths that it means, if that is known.
_Part: TypeAlias = tuple[tuple[int, int], tuple[int, int] | None]


class Prefixes:
    """Decides for prefixes by a mapping."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def decide(  # noqa: PLR0911 - one return a reason
        self, place: Place, said: tuple[str, str, str, str], read: tuple[int, int]
    ) -> Outcome:
        """What becomes of a prefix whose address, size, `ge` and `le` are `said`; `read` is its address."""
        address, size, *_ = said
        bounds = said[2:]
        value, version = read
        bits = BITS[version]
        length = length_of(place.form, size, version, value)
        if length is None:
            return self._holes(address, size, place)
        first = value >> (bits - length) << (bits - length)
        if length == 0:
            if value and place.form is _SIZE_WILDCARD and self.scope.holds(value, version, place.vrf):
                return Outcome(_REVIEW, "mask-for-wildcard")
            if bounds != _NO_BOUNDS and self._crossed((first, length, version), place.vrf, bounds):
                return Outcome(_REVIEW, "lengths")
            return Outcome(_KEPT, "default-route")
        if place.form is _SIZE_CLASSFUL and place.kind == "rip-network":
            return self._classes(first, length, place.vrf)
        answer = self.scope.prefix(first, length, version, place.vrf)
        if answer.said not in (_MOVED, _SEVERAL):
            return not_moved(answer.said, first, version)
        return self._parts(answer, address, (first, length, version), place, (size, *bounds))

    def _parts(
        self, answer: Answer, address: str, whole: tuple[int, int, int], place: Place, said: tuple[str, str, str]
    ) -> Outcome:
        """The writings of a prefix, one for each of the answer's parts. `said` are its size, `ge` and `le`."""
        first, length, version = whole
        size, ge, le = said
        if place.kind in BY_KIND:
            found = self._routes(answer, whole, place) if not (ge or le) else answer
            if isinstance(found, str):
                return Outcome(_REVIEW, found)
            answer = found
        parts = self._with_lengths(answer, whole, place.vrf, (ge, le))
        if len(parts) > MOST_PARTS:
            return Outcome(_REVIEW, "scattered")
        writings = []
        for part, lengths in parts:
            if not _writable(place.form, part, version):
                return Outcome(_REVIEW, "several-places")
            if lengths is None:
                fitting = self._bounds(answer, part, whole, place.vrf, (ge, le))
            else:
                fitting = fitted(part, whole, lengths, (ge, le))
            if fitting is None:
                return Outcome(_REVIEW, "lengths")
            new = self._inside(address, part, whole, place.vrf)
            writings.append(
                Writing(
                    texts.write(new, version, address) if part[0] != first else None,
                    sized(place.form, size, part[1]) if part[1] != length else None,
                    None,
                    *fitting,
                )
            )
        if any(writing != _NOTHING for writing in writings):
            return Outcome(_REWRITTEN, "covered" if answer.cover else "mapped", tuple(writings))
        wide = self._wide(first, length, version, place.vrf)
        return Outcome(_KEPT, "still-covers" if wide else "unchanged")

    def _routes(self, answer: Answer, whole: tuple[int, int, int], place: Place) -> Answer | str:
        """The answer for what means one thing, not the addresses in it; or the reason why there is none."""
        if place.kind in _WHOLE:
            return "partly-mapped" if answer.cover else answer
        if len(answer.parts) < 2:
            return answer
        news = self.scope.split(*whole, place.vrf)
        # What a protocol announces has to be there as a route: a wide one is, as the same list of static routes.
        if not news and place.kind != "prefix-list":
            return answer
        return answer._replace(parts=news) if _same(answer.parts, news, version=whole[2]) else "one-route"

    def _with_lengths(
        self, answer: Answer, whole: tuple[int, int, int], vrf: str | None, bounds: tuple[str, str]
    ) -> list[_Part]:
        """The parts of a prefix, with the lengths that are meant in each where its bounds say lengths."""
        if any(bounds) and answer.parts != (whole[:2],):
            if answer.cover and self._widens(whole, vrf, bounds):
                answer = self._without_cover(answer, whole, vrf)
            if not answer.cover:
                return self._bounded(answer, whole, vrf, bounds)
        return [(part, None) for part in answer.parts]

    def _crossed(self, whole: tuple[int, int, int], vrf: str | None, bounds: tuple[str, str]) -> bool:
        """Whether subnets inside a prefix leave the lengths that are meant, or come into them."""
        low, high = lengths_of(whole, bounds)
        return any((low <= old <= high) != (low <= new <= high) for old, new in self.scope.inner_lengths(*whole, vrf))

    def _widens(self, whole: tuple[int, int, int], vrf: str | None, bounds: tuple[str, str]) -> bool:
        """Whether bounds that hold for all subnets inside a prefix would let in other routes than theirs."""
        low, high = lengths_of(whole, bounds)
        news = {new for old, new in self.scope.inner_lengths(*whole, vrf) if low <= old <= high}
        return any(not low <= new <= high for new in news)

    def _without_cover(self, answer: Answer, whole: tuple[int, int, int], vrf: str | None) -> Answer:
        """In place of a cover the new subnets alone; the cover if somebody stays in the old prefix."""
        first, length, version = whole
        if prefix(first, length, BITS[version]).meets(self.scope.used(version, vrf)):
            return answer
        news = {new for _, new in self.scope.inner_subnets(first, length, version, vrf)}
        return answer._replace(parts=tuple(sorted(news)), cover=False)

    def _bounded(
        self, answer: Answer, whole: tuple[int, int, int], vrf: str | None, bounds: tuple[str, str]
    ) -> list[_Part]:
        """The parts of a prefix, joined only where the same lengths are meant, each with those lengths.

        What stays keeps the lengths that were said. In a subnet that changes its size they are another's.
        """
        first, length, version = whole
        bits = BITS[version]
        said = lengths_of(whole, bounds)
        news: dict[tuple[int, int], tuple[int, int]] = {}
        for old, new in self.scope.inner_subnets(first, length, version, vrf):
            low, high = shifted(said, old, new[1])
            known = news.get(new, (low, high))
            news[new] = min(low, known[0]), max(high, known[1])
        rest = Intervals.of((start, start + (1 << (bits - size))) for start, size in answer.parts)
        groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for new, lengths in sorted(news.items(), key=lambda item: (-item[0][1], item[0][0])):
            if lengths != said:
                own = rest & prefix(*new, bits)
                groups.setdefault(lengths, []).extend(own)
                rest -= own
        groups.setdefault(said, []).extend(rest)
        return sorted(
            (block, lengths) for lengths, spans in groups.items() for block in Intervals.of(spans).blocks(bits)
        )

    def _inside(self, address: str, part: tuple[int, int], whole: tuple[int, int, int], vrf: str | None) -> int:
        """What is written for a prefix: its first address, or the host's that was written if the sizes are equal."""
        value, version = texts.read(address) or (0, 0)
        first, length, _ = whole
        if part[1] != length or value == first:
            return part[0]
        host = self.scope.host(value, version, vrf)
        new = host.parts[0][0] if host.said is _MOVED else part[0]
        shift = BITS[version] - length
        return new if new >> shift == part[0] >> shift else part[0]

    def _wide(self, first: int, length: int, version: int, vrf: str | None) -> bool:
        return any(old > length for old, _ in self.scope.inner_lengths(first, length, version, vrf))

    def _bounds(
        self,
        answer: Answer,
        part: tuple[int, int],
        whole: tuple[int, int, int],
        vrf: str | None,
        bounds: tuple[str, str],
    ) -> tuple[str | None, str | None] | None:
        """New `ge` and `le` for a part of a prefix; None if they cannot be said."""
        ge, le = bounds
        if not ge and not le:
            return None, None
        first, length, version = whole
        bits = BITS[version]
        low, high = lengths_of(whole, bounds)
        shift = part[1] - length
        inner = self.scope.inner_lengths(first, length, version, vrf)
        news = {new for old, new in inner if low <= old <= high}
        new_low, new_high = low, high
        if (length, part[1]) in inner and len(inner) == 1:
            # The subnet itself: whatever is said of its own length moves with it, smaller parts keep theirs.
            new_low = part[1] if low == length else low
            new_high = part[1] if high == length else high
        elif any((low <= old <= high) != (low <= new <= high) for old, new in inner):
            return None  # wider bounds would let in what nobody asked for: more specific routes of the others
        elif not news and shift and answer.cover:
            new_low = max(low, part[1])
        new_low, new_high = max(new_low, part[1]), min(new_high, bits)
        if new_low > new_high:
            return None
        return (
            str(new_low) if ge and new_low != low else None,
            str(new_high) if le and new_high != high else None,
        )

    def _holes(  # noqa: PLR0911 - one return a reason
        self, address: str, size: str, place: Place
    ) -> Outcome:
        """A wildcard with holes: exactly, with the same holes, or not at all."""
        value, version = texts.read(address) or (0, 0)
        pattern = texts.read(size)
        if version != 4 or pattern is None or place.form not in (_SIZE_WILDCARD, _SIZE_MUST):
            inside = self.scope.holds(value, version, place.vrf)
            return Outcome(_REVIEW, "holes") if inside else Outcome(_KEPT, "outside-mapping")
        free = pattern[0] if place.form is _SIZE_WILDCARD else pattern[0] ^ 0xFFFFFFFF
        wanted = wildcard(value, free, 32)
        if wanted is None:
            return Outcome(_REVIEW, "holes")
        said, image = self.scope.scattered(wanted, 4, place.vrf)
        if said is _OUTSIDE:
            return Outcome(_KEPT, space(value, 4))
        if said is not _MOVED:
            return Outcome(_REVIEW, REVIEWS.get(said, "holes"))
        if image == wanted:
            return UNCHANGED
        if not image or wildcard(image.first, free, 32) != image:
            return Outcome(_REVIEW, "holes")
        new = image.first | value & free
        return Outcome(_REWRITTEN, "mapped", (Writing(texts.write(new, 4, address)),))

    def _classes(  # noqa: PLR0911 - one return a reason
        self, first: int, length: int, vrf: str | None
    ) -> Outcome:
        """A network whose class says its size: the class around the new places, if it leads back to this one alone.

        A protocol would begin to run on whatever else is in the new class, and stop on what stays in the old one.
        """
        wanted = Intervals(((first, first + (1 << (32 - length))),))
        said, image = self.scope.scattered(wanted, 4, vrf)
        if said is _OUTSIDE:
            return Outcome(_KEPT, space(first, 4))
        if said is _AMBIGUOUS:
            return Outcome(_REVIEW, "ambiguous-vrf")
        must = self.scope.placed(wanted, 4, vrf)
        if not must:
            return Outcome(_REVIEW, "no-place")
        classes = dict.fromkeys(
            start >> (32 - size) << (32 - size) for start, _ in must for size in (class_length(start),)
        )
        whole = Intervals.of((one, one + (1 << (32 - class_length(one)))) for one in classes)
        if whole & self.scope.others(wanted, 4, vrf):
            return Outcome(_REVIEW, "admits-others")
        del image
        if list(classes) == [first]:
            return Outcome(_KEPT, "still-covers")
        used = self.scope.used(4, vrf)
        if whole & (used - wanted):
            return Outcome(_REVIEW, "admits-others")
        if len(classes) > 1 or wanted & used:
            return Outcome(_REVIEW, "class-apart")
        (one,) = classes
        return Outcome(_REWRITTEN, "covered", (Writing(texts.write(one, 4, "")),))


def _same(parts: tuple[tuple[int, int], ...], others: tuple[tuple[int, int], ...], version: int) -> bool:
    """Whether prefixes hold the same addresses together."""
    bits = BITS[version]
    sets = [Intervals.of((first, first + (1 << (bits - length))) for first, length in each) for each in (parts, others)]
    return sets[0] == sets[1]


def lengths_of(whole: tuple[int, int, int], bounds: tuple[str, str]) -> tuple[int, int]:
    """The shortest and the longest length that a prefix with `ge` and `le` means."""
    _, length, version = whole
    ge, le = bounds
    return int(ge) if ge else length, int(le) if le else BITS[version] if ge else length


def shifted(said: tuple[int, int], old: int, new: int) -> tuple[int, int]:
    """The lengths meant in a subnet that gets another length: its own moves, and that of several such; a part's not."""
    low, high = said
    if old < low:
        return max(low, new + 1), high  # not itself, nor what it becomes
    return low + new - old, high + new - old if high <= old else max(high, new)


def fitted(
    part: tuple[int, int], whole: tuple[int, int, int], lengths: tuple[int, int], bounds: tuple[str, str]
) -> tuple[str | None, str | None] | None:
    """New `ge` and `le` that mean just these lengths of a part; None if they cannot be said."""
    ge, le = bounds
    old_low, old_high = lengths_of(whole, bounds)
    low, high = max(lengths[0], part[1]), min(lengths[1], BITS[whole[2]])
    if low > high or (not ge and low != part[1]) or (not le and high != old_high):
        return None
    return str(low) if ge and low != old_low else None, str(high) if le and high != old_high else None


def _writable(form: Size, part: tuple[int, int], version: int) -> bool:
    """Whether a prefix can be written without a size, where none is written."""
    if form is _SIZE_CLASSFUL:
        return part[1] == class_length(part[0])
    return form is not _SIZE_NONE or part[1] == BITS[version]
