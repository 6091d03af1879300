"""What may become of a place: rewritten, kept with a reason, or for a person; and how the usual ones are made."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from configs.intervals import BITS
from configs.places.roles import Size
from configs.readdress import text as texts
from configs.readdress.scope import Said


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


class Outcome(NamedTuple):
    """What becomes of a place. `writings` has one for each line that the command becomes; none if nothing changes."""

    action: Action
    reason: str
    writings: tuple[Writing, ...] = ()


# A place's address and size; of one with a last address, `ge` or `le` these three, too. "" for what it does not have.
Texts: TypeAlias = tuple[str, ...]

# An enumeration's members by names of our own: Python 3.11 takes long to find them in their class.
_KEPT: Final = Action.KEPT
_REVIEW: Final = Action.REVIEW
_REWRITTEN: Final = Action.REWRITTEN
_SIZE_LENGTH: Final = Size.LENGTH
_SIZE_MASK: Final = Size.MASK
_SIZE_MUST: Final = Size.MUST
_SIZE_WILDCARD: Final = Size.WILDCARD

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
REVIEWS: Final = {
    Said.NO_PLACE: "no-place",
    Said.AMBIGUOUS: "ambiguous-vrf",
    Said.SCATTERED: "scattered",
}
UNCHANGED: Final = Outcome(_KEPT, "unchanged")


def space(value: int, version: int) -> str:
    """Why an address outside the mapping stays."""
    bits = BITS[version]
    for first, length, code in _SPACES_4 if version == 4 else _SPACES_6:
        if (value ^ first) >> (bits - length) == 0:
            return code
    return "outside-mapping"


def mapped(address: str | None, size: str | None) -> Outcome:
    """A place that goes to one other: what nearly all are, so it is made in the shortest way."""
    make = tuple.__new__
    return make(Outcome, (_REWRITTEN, "mapped", (make(Writing, (address, size, None, None, None)),)))


def not_moved(said: Said, value: int, version: int) -> Outcome:
    """A place that goes nowhere, or not to one other."""
    if said is Said.OUTSIDE:
        return Outcome(_KEPT, space(value, version))
    return Outcome(_REVIEW, REVIEWS.get(said, "several-places"))


def sized(form: Size, like: str, length: int) -> str | None:
    """A length in the form of an old size."""
    if form is _SIZE_LENGTH:
        return str(length)
    if form in (_SIZE_MASK, _SIZE_MUST):
        return texts.mask(length)
    if form is _SIZE_WILDCARD:
        return "0" if like == "0" and length == 32 else texts.wildcard(length)
    return None
