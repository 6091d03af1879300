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


_NOTHING: Final = Writing()
# A prefix (first, length) and the lengths that it means, if that is known.
_Part: TypeAlias = tuple[tuple[int, int], tuple[int, int] | None]


class Outcome(NamedTuple):
    """What becomes of a place. `writings` has one for each line that the command becomes; none if nothing changes."""

    action: Action
    reason: str
    writings: tuple[Writing, ...] = ()


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
    Said.NO_PLACE: "no-place",
    Said.AMBIGUOUS: "ambiguous-vrf",
    Said.SCATTERED: "scattered",
}
_UNCHANGED: Final = Outcome(Action.KEPT, "unchanged")


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
        self._known: dict[tuple[object, ...], Outcome] = {}

    def forget(self) -> None:
        """Decide everything anew: other configurations are looked at."""
        self._known.clear()

    def place(self, place: Place, line: str) -> Outcome:
        """What becomes of a place of a line."""
        kind, shape, start, end, form, size_at, last_at, ge_at, le_at, vrf, _, _ = place
        address = line[start:end]
        size = line[size_at[0] : size_at[1]] if size_at is not None else ""
        last = line[last_at[0] : last_at[1]] if last_at is not None else ""
        ge = line[ge_at[0] : ge_at[1]] if ge_at is not None else ""
        le = line[le_at[0] : le_at[1]] if le_at is not None else ""
        if shape is not Shape.FIXED and form is not Size.CLASSFUL:
            kind = ""  # the decision does not depend on it
        key = (shape, kind, form, vrf, address, size, last, ge, le)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._decide(place, address, size, last, (ge, le))
        return found

    def _decide(  # noqa: PLR0911 - one return a shape
        self, place: Place, address: str, size: str, last: str, bounds: tuple[str, str]
    ) -> Outcome:
        shape = place.shape
        if shape is Shape.FIXED:
            return Outcome(Action.KEPT, place.kind)
        if shape is Shape.TITLE:
            return self._title(address)
        if shape is Shape.RD:
            return self._rd(address)
        read = texts.read(address)
        if read is None:
            return self.unreadable(address)
        value, version = read
        if shape is Shape.ID:
            return self.host(address, None) if self.policy.router_id else Outcome(Action.KEPT, "policy-router-id")
        if shape is Shape.HOST:
            return self.host(address, place.vrf)
        if shape is Shape.RANGE:
            return self._range(address, last, value, version, place.vrf)
        if shape is Shape.INTERFACE:
            return self._interface(address, size, place)
        return self._prefix(address, size, place, bounds)

    def unreadable(self, text: str) -> Outcome:
        """For what is shaped like an address and is none, or has leading zeros."""
        plain = ".".join(part.lstrip("0") or "0" for part in text.split("."))
        read = texts.read(plain)
        if read is not None and self.scope.holds(*read):
            return Outcome(Action.REVIEW, "leading-zeros")
        return Outcome(Action.KEPT, "not-an-address")

    def host(self, address: str, vrf: str | None) -> Outcome:
        """One address."""
        read = texts.read(address)
        if read is None:
            return self.unreadable(address)
        value, version = read
        answer = self.scope.host(value, version, vrf)
        if answer.said is not Said.MOVED:
            return _not_moved(answer, value, version)
        new = answer.parts[0][0]
        if new == value:
            return _UNCHANGED
        return Outcome(Action.REWRITTEN, "mapped", (Writing(texts.write(new, version, address)),))

    def _interface(self, address: str, size: str, place: Place) -> Outcome:
        """An interface's address and the mask of its subnet."""
        value, version = texts.read(address) or (0, 0)
        length = _length(place.form, size, version)
        answer = self.scope.host(value, version, place.vrf)
        if length is None:
            return (
                Outcome(Action.REVIEW, "holes")
                if answer.said is not Said.OUTSIDE
                else _not_moved(answer, value, version)
            )
        if answer.said is not Said.MOVED:
            return _not_moved(answer, value, version)
        new = answer.parts[0][0]
        bits = BITS[version]
        first = value >> (bits - length) << (bits - length)
        subnet = self.scope.prefix(first, length, version, place.vrf)
        if subnet.said in _REVIEWS:
            return Outcome(Action.REVIEW, _REVIEWS[subnet.said])
        parts = [part for part in subnet.parts if new >> (bits - part[1]) == part[0] >> (bits - part[1])]
        if len(subnet.parts) != 1 or len(parts) != 1 or subnet.cover:
            self.torn = True
            whole = self.scope.mapped_whole(first, length, version, place.vrf)
            return Outcome(Action.REVIEW, "subnet-split" if whole else "partly-mapped")
        new_length = parts[0][1]
        if (new, new_length) == (value, length):
            return _UNCHANGED
        return Outcome(
            Action.REWRITTEN,
            "mapped",
            (
                Writing(
                    texts.write(new, version, address) if new != value else None,
                    _sized(place.form, size, new_length) if new_length != length else None,
                ),
            ),
        )

    def _range(  # noqa: PLR0911 - one return a reason
        self, address: str, last: str, value: int, version: int, vrf: str | None
    ) -> Outcome:
        end = texts.read(last)
        if end is None or end[1] != version:
            return self.unreadable(last)
        if end[0] < value:
            if any(self.scope.holds(one, version, vrf) for one in (value, end[0])):
                return Outcome(Action.REVIEW, "reversed")
            return Outcome(Action.KEPT, "outside-mapping")
        if value == 0 and end[0] == (1 << BITS[version]) - 1:
            return Outcome(Action.KEPT, "default-route")
        answer = self.scope.range(value, end[0], version, vrf)
        if answer.said not in (Said.MOVED, Said.SEVERAL):
            return _not_moved(answer, value, version)
        if answer.parts == ((value, end[0]),):
            return _UNCHANGED
        return Outcome(
            Action.REWRITTEN,
            "mapped",
            tuple(
                Writing(
                    texts.write(first, version, address) if first != value else None,
                    last=texts.write(stop, version, last) if stop != end[0] else None,
                )
                for first, stop in answer.parts
            ),
        )

    def _prefix(self, address: str, size: str, place: Place, bounds: tuple[str, str]) -> Outcome:
        value, version = texts.read(address) or (0, 0)
        bits = BITS[version]
        length = _length(place.form, size, version, value)
        if length is None:
            return self._holes(address, size, place)
        first = value >> (bits - length) << (bits - length)
        if length == 0:
            if value and place.form is Size.WILDCARD and self.scope.holds(value, version, place.vrf):
                return Outcome(Action.REVIEW, "mask-for-wildcard")
            return Outcome(Action.KEPT, "default-route")
        if place.form is Size.CLASSFUL and place.kind == "rip-network":
            return self._classes(first, length, place.vrf)
        answer = self.scope.prefix(first, length, version, place.vrf)
        if answer.said not in (Said.MOVED, Said.SEVERAL):
            return _not_moved(answer, first, version)
        return self._parts(answer, address, (first, length, version), place, (size, *bounds))

    def _parts(
        self, answer: Answer, address: str, whole: tuple[int, int, int], place: Place, said: tuple[str, str, str]
    ) -> Outcome:
        """The writings of a prefix, one for each of the answer's parts. `said` are its size, `ge` and `le`."""
        first, length, version = whole
        size, ge, le = said
        parts: list[_Part] = [(part, None) for part in answer.parts]
        if (ge or le) and not answer.cover and answer.parts != ((first, length),):
            parts = self._bounded(answer, whole, place.vrf, (ge, le))
            if len(parts) > MOST_PARTS:
                return Outcome(Action.REVIEW, "scattered")
        writings = []
        for part, lengths in parts:
            if not _writable(place.form, part, version):
                return Outcome(Action.REVIEW, "several-places")
            if lengths is None:
                fitting = self._bounds(answer, part, whole, place.vrf, (ge, le))
            else:
                fitting = _fitted(part, whole, lengths, (ge, le))
            if fitting is None:
                return Outcome(Action.REVIEW, "lengths")
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
            return Outcome(Action.REWRITTEN, "covered" if answer.cover else "mapped", tuple(writings))
        wide = self._wide(first, length, version, place.vrf)
        return Outcome(Action.KEPT, "still-covers" if wide else "unchanged")

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
        new = host.parts[0][0] if host.said is Said.MOVED else part[0]
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
        elif news:
            new_low, new_high = min(low, *news), max(high, *news)
        elif shift and answer.cover:
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
        if version != 4 or pattern is None or place.form not in (Size.WILDCARD, Size.MUST):
            inside = self.scope.holds(value, version, place.vrf)
            return Outcome(Action.REVIEW, "holes") if inside else Outcome(Action.KEPT, "outside-mapping")
        free = pattern[0] if place.form is Size.WILDCARD else pattern[0] ^ 0xFFFFFFFF
        wanted = wildcard(value, free, 32)
        if wanted is None:
            return Outcome(Action.REVIEW, "holes")
        said, image = self.scope.scattered(wanted, 4, place.vrf)
        if said is Said.OUTSIDE:
            return Outcome(Action.KEPT, space(value, 4))
        if said is not Said.MOVED:
            return Outcome(Action.REVIEW, _REVIEWS.get(said, "holes"))
        if image == wanted:
            return _UNCHANGED
        if not image or wildcard(image.first, free, 32) != image:
            return Outcome(Action.REVIEW, "holes")
        new = image.first | value & free
        return Outcome(Action.REWRITTEN, "mapped", (Writing(texts.write(new, 4, address)),))

    def _classes(  # noqa: PLR0911 - one return a reason
        self, first: int, length: int, vrf: str | None
    ) -> Outcome:
        """A network whose class says its size: the class around the new places, if it leads back to this one alone.

        A protocol would begin to run on whatever else is in the new class, and stop on what stays in the old one.
        """
        wanted = Intervals(((first, first + (1 << (32 - length))),))
        said, image = self.scope.scattered(wanted, 4, vrf)
        if said is Said.OUTSIDE:
            return Outcome(Action.KEPT, space(first, 4))
        if said is Said.AMBIGUOUS:
            return Outcome(Action.REVIEW, "ambiguous-vrf")
        must = self.scope.placed(wanted, 4, vrf)
        if not must:
            return Outcome(Action.REVIEW, "no-place")
        classes = dict.fromkeys(
            start >> (32 - size) << (32 - size) for start, _ in must for size in (_class_length(start),)
        )
        whole = Intervals.of((one, one + (1 << (32 - _class_length(one)))) for one in classes)
        if whole & self.scope.others(wanted, 4, vrf):
            return Outcome(Action.REVIEW, "admits-others")
        del image
        if list(classes) == [first]:
            return Outcome(Action.KEPT, "still-covers")
        used = self.scope.used(4, vrf)
        if whole & (used - wanted):
            return Outcome(Action.REVIEW, "admits-others")
        if len(classes) > 1 or wanted & used:
            return Outcome(Action.REVIEW, "class-apart")
        (one,) = classes
        return Outcome(Action.REWRITTEN, "covered", (Writing(texts.write(one, 4, "")),))

    def _title(self, text: str) -> Outcome:
        """An IS-IS title: twelve decimal digits of its system id may be a loopback's."""
        if not self.policy.isis_net:
            return Outcome(Action.KEPT, "policy-isis-net")
        parts = text.split(".")
        if len(parts) < 5:
            return Outcome(Action.KEPT, "not-an-address")
        digits = "".join(parts[-4:-1])
        if len(digits) != 12 or not digits.isdecimal():
            return Outcome(Action.KEPT, "not-an-address")
        found = [int(digits[at : at + 3]) for at in range(0, 12, 3)]
        if max(found) > 255:
            return Outcome(Action.KEPT, "not-an-address")
        old = ".".join(map(str, found))
        outcome = self.host(old, None)
        if outcome.action is not Action.REWRITTEN:
            return outcome
        new = "".join(f"{int(part):03}" for part in (outcome.writings[0].address or old).split("."))
        system = (new[:4], new[4:8], new[8:])
        return Outcome(Action.REWRITTEN, "mapped", (Writing(".".join((*parts[:-4], *system, parts[-1]))),))

    def _rd(self, text: str) -> Outcome:
        if not self.policy.rd_rt:
            return Outcome(Action.KEPT, "policy-rd-rt")
        address, _, number = text.partition(":")
        outcome = self.host(address, None)
        if outcome.action is not Action.REWRITTEN:
            return outcome
        return Outcome(Action.REWRITTEN, "mapped", (Writing(f"{outcome.writings[0].address}:{number}"),))


def _not_moved(answer: Answer, value: int, version: int) -> Outcome:
    if answer.said is Said.OUTSIDE:
        return Outcome(Action.KEPT, space(value, version))
    return Outcome(Action.REVIEW, _REVIEWS.get(answer.said, "several-places"))


def _lengths(whole: tuple[int, int, int], bounds: tuple[str, str]) -> tuple[int, int]:
    """The shortest and the longest length that a prefix with `ge` and `le` means."""
    _, length, version = whole
    ge, le = bounds
    return int(ge) if ge else length, int(le) if le else BITS[version] if ge else length


def _shifted(said: tuple[int, int], old: int, new: int) -> tuple[int, int]:
    """The lengths meant in a subnet that gets another length: its own moves, and that of several such; a part's not."""
    low, high = said
    return low + new - old if low <= old else low, high + new - old if high <= old else max(high, new)


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
    if form is Size.CLASSFUL:
        return part[1] == _class_length(part[0])
    return form is not Size.NONE or part[1] == BITS[version]


def _sized(form: Size, like: str, length: int) -> str | None:
    """A length in the form of an old size."""
    if form is Size.LENGTH:
        return str(length)
    if form in (Size.MASK, Size.MUST):
        return texts.mask(length)
    if form is Size.WILDCARD:
        return "0" if like == "0" and length == 32 else texts.wildcard(length)
    return None
