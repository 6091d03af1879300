"""What becomes of one place of a command: its texts after re-addressing, or why it stays, or why a person must look.

Decisions depend on nothing but the place's own texts, its VRF, the mapping and the policy, so each is made once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.intervals import BITS
from configs.places.roles import Shape, Size
from configs.readdress import quick
from configs.readdress import text as texts
from configs.readdress.outcomes import REVIEWS, UNCHANGED, Action, Outcome, Writing, mapped, not_moved, sized
from configs.readdress.prefixes import BY_KIND, Prefixes
from configs.readdress.scope import Said, Scope
from configs.readdress.usage import length_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.places.rows import Place
    from configs.readdress.outcomes import Texts
    from configs.readdress_policy import Policy
    from ipplan.mapping import Mapping

# An enumeration's members by names of our own: Python 3.11 takes long to find them in their class.
_FIXED: Final = Shape.FIXED
_HOST: Final = Shape.HOST
_ID: Final = Shape.ID
_INTERFACE: Final = Shape.INTERFACE
_KEPT: Final = Action.KEPT
_MOVED: Final = Said.MOVED
_OUTSIDE: Final = Said.OUTSIDE
_RANGE: Final = Shape.RANGE
_RD: Final = Shape.RD
_REVIEW: Final = Action.REVIEW
_REWRITTEN: Final = Action.REWRITTEN
_SEVERAL: Final = Said.SEVERAL
_SIZE_CLASSFUL: Final = Size.CLASSFUL
_TITLE: Final = Shape.TITLE


class Known(dict["Texts", Outcome]):
    """What is decided of places that are alike, by their texts. What is not there yet is decided when it is asked."""

    __slots__ = ("_decide", "_place", "_quick")

    def __init__(self, place: Place, way: quick.Way, decide: Callable[[Place, Texts], Outcome]) -> None:
        super().__init__()
        self._place, self._quick, self._decide = place, way, decide

    def __missing__(self, said: Texts) -> Outcome:
        outcome = self[said] = self._quick(said) or self._decide(self._place, said)
        return outcome


class Decider:
    """Decides for places by a mapping and a policy."""

    def __init__(self, mapping: Mapping, policy: Policy) -> None:
        self.scope = Scope(mapping)
        self._prefixes = Prefixes(self.scope)
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
        return self.known(place)[texts]

    def known(self, place: Place) -> Known:
        """What was decided of places like this one, by their texts."""
        shape, form = place.shape, place.form
        # Of others the decision does not depend on the kind.
        kind = place.kind if shape is _FIXED or form is _SIZE_CLASSFUL or place.kind in BY_KIND else ""
        vrf = None if self.scope.one_for_all else place.vrf
        key = (shape, kind, form, vrf)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Known(place, quick.way(place, self.scope.only(4, vrf)), self.decide)
        return known

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
        return self._prefixes.decide(place, (address, size, ge, le), read)

    def unreadable(self, text: str) -> Outcome:
        """For what is shaped like an address and is none, or has leading zeros."""
        plain = ".".join(part.lstrip("0") or "0" for part in text.split("."))
        read = texts.read(plain)
        if read is not None and self.scope.holds(*read):
            return Outcome(_REVIEW, "leading-zeros")
        return Outcome(_KEPT, "not-an-address")

    def meets(self, read: tuple[int, int], length: int | None) -> bool:
        """Whether a prefix, in whatever VRF, has addresses of the mapping. All addresses together are no prefix."""
        value, version = read
        if length is None or not 0 < length <= BITS[version]:
            return False
        shift = BITS[version] - length
        return self.scope.prefix(value >> shift << shift, length, version, None).said is not _OUTSIDE

    def host(self, address: str, vrf: str | None) -> Outcome:
        """One address."""
        read = texts.read(address)
        if read is None:
            return self.unreadable(address)
        return self._host(address, *read, vrf)

    def _host(self, address: str, value: int, version: int, vrf: str | None) -> Outcome:
        said, new = self.scope.place(value, version, vrf)
        if said is not _MOVED:
            return not_moved(said, value, version)
        if new == value:
            return UNCHANGED
        return mapped(texts.write(new, version, address), None)

    def _interface(self, address: str, size: str, place: Place, read: tuple[int, int]) -> Outcome:
        """An interface's address and the mask of its subnet."""
        value, version = read
        length = length_of(place.form, size, version)
        said, new = self.scope.place(value, version, place.vrf)
        if length is None and said is not _OUTSIDE:
            return Outcome(_REVIEW, "holes")
        if length is None or said is not _MOVED:
            return not_moved(said, value, version)
        bits = BITS[version]
        first = value >> (bits - length) << (bits - length)
        subnet = self.scope.prefix(first, length, version, place.vrf)
        if subnet.said in REVIEWS:
            return Outcome(_REVIEW, REVIEWS[subnet.said])
        whole_one = len(subnet.parts) == 1 and not subnet.cover
        if not whole_one or (new ^ subnet.parts[0][0]) >> (bits - subnet.parts[0][1]):
            self.torn = True
            whole = self.scope.mapped_whole(first, length, version, place.vrf)
            return Outcome(_REVIEW, "subnet-split" if whole else "partly-mapped")
        new_length = subnet.parts[0][1]
        if (new, new_length) == (value, length):
            return UNCHANGED
        return mapped(
            texts.write(new, version, address) if new != value else None,
            sized(place.form, size, new_length) if new_length != length else None,
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
            return not_moved(answer.said, value, version)
        if answer.parts == ((value, end[0]),):
            return UNCHANGED
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
