"""What becomes of one place of a command: its texts after re-addressing, or why it stays, or why a person must look.

Decisions depend on nothing but the place's own texts, its VRF, the mapping and the policy, so each is made once.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from configs.intervals import BITS, Intervals, prefix, wildcard
from configs.places.rows import Place, Shape, Size
from configs.readdress import text as texts
from configs.readdress.scope import MOST_PARTS, Answer, Said, Scope
from configs.readdress.usage import class_length as _class_length
from configs.readdress.usage import length_of as _length

if TYPE_CHECKING:
    from configs.readdress_policy import Policy
    from ipplan.mapping import Mapping


class Action(StrEnum):
    """What happens to a token."""

    REWRITTEN = "rewritten"
    KEPT = "kept"
    REVIEW = "review"


class Writing(NamedTuple):
    """New texts for a place's stretches; None leaves one as it is."""

    address: str | None = None
    size: str | None = None
    last: str | None = None
    ge: str | None = None
    le: str | None = None


# An enumeration's members by names of our own: Python 3.11 takes long to find them in their class.
_AMBIGUOUS: Final = Said.AMBIGUOUS
_FIXED: Final = Shape.FIXED
_HOST: Final = Shape.HOST
_ID: Final = Shape.ID
_INTERFACE: Final = Shape.INTERFACE
_KEPT: Final = Action.KEPT
_MOVED: Final = Said.MOVED
_NO_PLACE: Final = Said.NO_PLACE
_OUTSIDE: Final = Said.OUTSIDE
_RANGE: Final = Shape.RANGE
_RD: Final = Shape.RD
_REVIEW: Final = Action.REVIEW
_REWRITTEN: Final = Action.REWRITTEN
_SCATTERED: Final = Said.SCATTERED
_SEVERAL: Final = Said.SEVERAL
_SIZE_CLASSFUL: Final = Size.CLASSFUL
_SIZE_LENGTH: Final = Size.LENGTH
_SIZE_MASK: Final = Size.MASK
_SIZE_MUST: Final = Size.MUST
_SIZE_NONE: Final = Size.NONE
_SIZE_WILDCARD: Final = Size.WILDCARD
_TITLE: Final = Shape.TITLE

_NOTHING: Final = Writing()
_NO_BOUNDS: Final = ("", "")
_SAYS_SIZE: Final = (_SIZE_MASK, _SIZE_LENGTH, _SIZE_WILDCARD, _SIZE_MUST)
# Without bounds these mean one route, not those inside of it nor the addresses: it is never cut into pieces.
_ROUTES: Final = ("prefix-list", "bgp-network")
# What is given out, or built upon by its very length: none of it may be left away because nobody is known to use it.
_WHOLE: Final = ("dhcp", "locator", "nat-pool", "pool")
_BY_KIND: Final = frozenset((*_ROUTES, *_WHOLE))
# A prefix (first, length) and the lengths that it means, if that is known.
_Part: TypeAlias = tuple[tuple[int, int], tuple[int, int] | None]


class Outcome(NamedTuple):
    """What becomes of a place. `writings` has one for each line that the command becomes; none if nothing changes."""

    action: Action
    reason: str
    writings: tuple[Writing, ...] = ()


# A place's address and size; of one with a last address, `ge` or `le` these three, too. "" for what it does not have.
Texts: TypeAlias = tuple[str, ...]
Known: TypeAlias = dict[Texts, Outcome]

_SPACES_4: Final = (
    (0x00000000, 32, "unspecified"),
    (0xFFFFFFFF, 32, "broadcast"),
    (0x7F000000, 8, "loopback-space"),
    (0xE0000000, 4, "multicast"),
    (0xA9FE0000, 16, "link-local"),
    (0xF0000000, 4, "reserved-space"),
    (0x00000000, 8, "reserved-space"),
)
_SPACES_6: Final = (
    (0, 128, "unspecified"),
    (1, 128, "loopback-space"),
    (0xFE80 << 112, 10, "link-local"),
    (0xFF << 120, 8, "multicast"),
)
_REVIEWS: Final = {
    _NO_PLACE: "no-place",
    _AMBIGUOUS: "ambiguous-vrf",
    _SCATTERED: "scattered",
}
_UNCHANGED: Final = Outcome(_KEPT, "unchanged")


def space(value: int, version: int) -> str:
    """Why an address outside the mapping stays."""
    bits = BITS[version]
    for first, length, code in _SPACES_4 if version == 4 else _SPACES_6:
        if (value ^ first) >> (bits - length) == 0:
            return code
    return "outside-mapping"


class Decider:
    """Decides for places by a mapping and a policy."""

    def __init__(self, mapping: Mapping, policy: Policy) -> None:
        self.scope = Scope(mapping)
        self.policy = policy
        # Whether an interface was met whose subnet does not go to one place as a whole.
        self.torn = False
        self._known: dict[tuple[object, ...], Known] = {}

    def forget(self) -> None:
        """Decide everything anew: other configurations are looked at."""
        self._known.clear()

    def place(self, place: Place, line: str) -> Outcome:
        """What becomes of a place of a line."""
        _, _, start, end, _, size, last, ge, le, _, _, _ = place
        texts: Texts = (line[start:end], line[size[0] : size[1]] if size is not None else "")
        if last is not None or ge is not None or le is not None:
            texts += tuple([line[span[0] : span[1]] if span is not None else "" for span in (last, ge, le)])
        known = self.known(place)
        found = known.get(texts)
        if found is None:
            found = known[texts] = self.decide(place, texts)
        return found

    def known(self, place: Place) -> Known:
        """What was decided of places like this one, by their texts."""
        shape, form = place.shape, place.form
        # Of others the decision does not depend on the kind.
        kind = place.kind if shape is _FIXED or form is _SIZE_CLASSFUL or place.kind in _BY_KIND else ""
        vrf = None if self.scope.one_for_all else place.vrf
        return self._known.setdefault((shape, kind, form, vrf), {})

    def decide(  # noqa: PLR0911 - one return a shape
        self, place: Place, said: Texts
    ) -> Outcome:
        """What becomes of a place with these texts."""
        address, size, last, ge, le = said if len(said) > 2 else (*said, "", "", "")
        shape = place.shape
        if shape is _FIXED:
            return Outcome(_KEPT, place.kind)
        if shape is _TITLE:
            return self._title(address)
        if shape is _RD:
            return self._rd(address)
        read = texts.read(address)
        if read is None:
            return self.unreadable(address)
        value, version = read
        if shape is _HOST:
            return self._host(address, value, version, place.vrf)
        if shape is _ID:
            return self.host(address, None) if self.policy.router_id else Outcome(_KEPT, "policy-router-id")
        if shape is _RANGE:
            return self._range(address, last, value, version, place.vrf)
        if shape is _INTERFACE:
            return self._interface(address, size, place, read)
        return self._prefix(address, size, place, (ge, le), read)

    def unreadable(self, text: str) -> Outcome:
        """For what is shaped like an address and is none, or has leading zeros."""
        plain = ".".join(part.lstrip("0") or "0" for part in text.split("."))
        read = texts.read(plain)
        if read is not None and self.scope.holds(*read):
            return Outcome(_REVIEW, "leading-zeros")
        return Outcome(_KEPT, "not-an-address")

    def host(self, address: str, vrf: str | None) -> Outcome:
        """One address."""
        read = texts.read(address)
        if read is None:
            return self.unreadable(address)
        return self._host(address, *read, vrf)

    def _host(self, address: str, value: int, version: int, vrf: str | None) -> Outcome:
        said, new = self.scope.place(value, version, vrf)
        if said is not _MOVED:
            return _not_moved(said, value, version)
        if new == value:
            return _UNCHANGED
        return _mapped(texts.write(new, version, address), None)

    def _interface(self, address: str, size: str, place: Place, read: tuple[int, int]) -> Outcome:
        """An interface's address and the mask of its subnet."""
        value, version = read
        length = _length(place.form, size, version)
        said, new = self.scope.place(value, version, place.vrf)
        if length is None and said is not _OUTSIDE:
            return Outcome(_REVIEW, "holes")
        if length is None or said is not _MOVED:
            return _not_moved(said, value, version)
        bits = BITS[version]
        first = value >> (bits - length) << (bits - length)
        subnet = self.scope.prefix(first, length, version, place.vrf)
        if subnet.said in _REVIEWS:
            return Outcome(_REVIEW, _REVIEWS[subnet.said])
        whole_one = len(subnet.parts) == 1 and not subnet.cover
        if not whole_one or (new ^ subnet.parts[0][0]) >> (bits - subnet.parts[0][1]):
            self.torn = True
            whole = self.scope.mapped_whole(first, length, version, place.vrf)
            return Outcome(_REVIEW, "subnet-split" if whole else "partly-mapped")
        new_length = subnet.parts[0][1]
        if (new, new_length) == (value, length):
            return _UNCHANGED
        return _mapped(
            texts.write(new, version, address) if new != value else None,
            _sized(place.form, size, new_length) if new_length != length else None,
        )

    def _range(  # noqa: PLR0911 - one return a reason
        self, address: str, last: str, value: int, version: int, vrf: str | None
    ) -> Outcome:
        end = texts.read(last)
        if end is None or end[1] != version:
            return self.unreadable(last)
        if end[0] < value:
            if any(self.scope.holds(one, version, vrf) for one in (value, end[0])):
                return Outcome(_REVIEW, "reversed")
            return Outcome(_KEPT, "outside-mapping")
        if value == 0 and end[0] == (1 << BITS[version]) - 1:
            return Outcome(_KEPT, "default-route")
        answer = self.scope.range(value, end[0], version, vrf)
        if answer.said not in (_MOVED, _SEVERAL):
            return _not_moved(answer.said, value, version)
        if answer.parts == ((value, end[0]),):
            return _UNCHANGED
        return Outcome(
            _REWRITTEN,
            "mapped",
            tuple(
                Writing(
                    texts.write(first, version, address) if first != value else None,
                    last=texts.write(stop, version, last) if stop != end[0] else None,
                )
                for first, stop in answer.parts
            ),
        )

    def _prefix(  # noqa: PLR0911 - one return a reason
        self, address: str, size: str, place: Place, bounds: tuple[str, str], read: tuple[int, int]
    ) -> Outcome:
        value, version = read
        bits = BITS[version]
        length = _length(place.form, size, version, value)
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
            return _not_moved(answer.said, first, version)
        if len(answer.parts) == 1 and not answer.cover and place.form in _SAYS_SIZE and bounds == _NO_BOUNDS:
            # The usual case, found quickly: a whole prefix goes to a whole one.
            ((start, new),) = answer.parts
            if start != first and (value == first or new != length):
                moved = texts.write(start, version, address)
                resized = _sized(place.form, size, new) if new != length else None
                return _mapped(moved, resized)
        return self._parts(answer, address, (first, length, version), place, (size, *bounds))

    def _parts(
        self, answer: Answer, address: str, whole: tuple[int, int, int], place: Place, said: tuple[str, str, str]
    ) -> Outcome:
        """The writings of a prefix, one for each of the answer's parts. `said` are its size, `ge` and `le`."""
        first, length, version = whole
        size, ge, le = said
        if place.kind in _BY_KIND:
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
                fitting = _fitted(part, whole, lengths, (ge, le))
            if fitting is None:
                return Outcome(_REVIEW, "lengths")
            new = self._inside(address, part, whole, place.vrf)
            writings.append(
                Writing(
                    texts.write(new, version, address) if part[0] != first else None,
                    _sized(place.form, size, part[1]) if part[1] != length else None,
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
        low, high = _lengths(whole, bounds)
        return any((low <= old <= high) != (low <= new <= high) for old, new in self.scope.inner_lengths(*whole, vrf))

    def _widens(self, whole: tuple[int, int, int], vrf: str | None, bounds: tuple[str, str]) -> bool:
        """Whether bounds that hold for all subnets inside a prefix would let in other routes than theirs."""
        low, high = _lengths(whole, bounds)
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
        said = _lengths(whole, bounds)
        news: dict[tuple[int, int], tuple[int, int]] = {}
        for old, new in self.scope.inner_subnets(first, length, version, vrf):
            low, high = _shifted(said, old, new[1])
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
        low, high = _lengths(whole, bounds)
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
            return Outcome(_REVIEW, _REVIEWS.get(said, "holes"))
        if image == wanted:
            return _UNCHANGED
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
            start >> (32 - size) << (32 - size) for start, _ in must for size in (_class_length(start),)
        )
        whole = Intervals.of((one, one + (1 << (32 - _class_length(one)))) for one in classes)
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

    def _title(self, text: str) -> Outcome:
        """An IS-IS title: twelve decimal digits of its system id may be a loopback's."""
        if not self.policy.isis_net:
            return Outcome(_KEPT, "policy-isis-net")
        parts = text.split(".")
        if len(parts) < 5:
            return Outcome(_KEPT, "not-an-address")
        digits = "".join(parts[-4:-1])
        if len(digits) != 12 or not digits.isdecimal():
            return Outcome(_KEPT, "not-an-address")
        found = [int(digits[at : at + 3]) for at in range(0, 12, 3)]
        if max(found) > 255:
            return Outcome(_KEPT, "not-an-address")
        old = ".".join(map(str, found))
        outcome = self.host(old, None)
        if outcome.action is not _REWRITTEN:
            return outcome
        new = "".join(f"{int(part):03}" for part in (outcome.writings[0].address or old).split("."))
        system = (new[:4], new[4:8], new[8:])
        return Outcome(_REWRITTEN, "mapped", (Writing(".".join((*parts[:-4], *system, parts[-1]))),))

    def _rd(self, text: str) -> Outcome:
        if not self.policy.rd_rt:
            return Outcome(_KEPT, "policy-rd-rt")
        address, _, number = text.partition(":")
        outcome = self.host(address, None)
        if outcome.action is not _REWRITTEN:
            return outcome
        return Outcome(_REWRITTEN, "mapped", (Writing(f"{outcome.writings[0].address}:{number}"),))


def _same(parts: tuple[tuple[int, int], ...], others: tuple[tuple[int, int], ...], version: int) -> bool:
    """Whether prefixes hold the same addresses together."""
    bits = BITS[version]
    sets = [Intervals.of((first, first + (1 << (bits - length))) for first, length in each) for each in (parts, others)]
    return sets[0] == sets[1]


def _mapped(address: str | None, size: str | None) -> Outcome:
    """A place that goes to one other: what nearly all are, so it is made in the shortest way."""
    make = tuple.__new__
    return make(Outcome, (_REWRITTEN, "mapped", (make(Writing, (address, size, None, None, None)),)))


def _not_moved(said: Said, value: int, version: int) -> Outcome:
    if said is _OUTSIDE:
        return Outcome(_KEPT, space(value, version))
    return Outcome(_REVIEW, _REVIEWS.get(said, "several-places"))


def _lengths(whole: tuple[int, int, int], bounds: tuple[str, str]) -> tuple[int, int]:
    """The shortest and the longest length that a prefix with `ge` and `le` means."""
    _, length, version = whole
    ge, le = bounds
    return int(ge) if ge else length, int(le) if le else BITS[version] if ge else length


def _shifted(said: tuple[int, int], old: int, new: int) -> tuple[int, int]:
    """The lengths meant in a subnet that gets another length: its own moves, and that of several such; a part's not."""
    low, high = said
    if old < low:
        return max(low, new + 1), high  # not itself, nor what it becomes
    return low + new - old, high + new - old if high <= old else max(high, new)


def _fitted(
    part: tuple[int, int], whole: tuple[int, int, int], lengths: tuple[int, int], bounds: tuple[str, str]
) -> tuple[str | None, str | None] | None:
    """New `ge` and `le` that mean just these lengths of a part; None if they cannot be said."""
    ge, le = bounds
    old_low, old_high = _lengths(whole, bounds)
    low, high = max(lengths[0], part[1]), min(lengths[1], BITS[whole[2]])
    if low > high or (not ge and low != part[1]) or (not le and high != old_high):
        return None
    return str(low) if ge and low != old_low else None, str(high) if le and high != old_high else None


def _writable(form: Size, part: tuple[int, int], version: int) -> bool:
    """Whether a prefix can be written without a size, where none is written."""
    if form is _SIZE_CLASSFUL:
        return part[1] == _class_length(part[0])
    return form is not _SIZE_NONE or part[1] == BITS[version]


def _sized(form: Size, like: str, length: int) -> str | None:
    """A length in the form of an old size."""
    if form is _SIZE_LENGTH:
        return str(length)
    if form in (_SIZE_MASK, _SIZE_MUST):
        return texts.mask(length)
    if form is _SIZE_WILDCARD:
        return "0" if like == "0" and length == 32 else texts.wildcard(length)
    return None
