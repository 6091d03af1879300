"""What a configuration's addresses do, without a vendor: filters as sets, routes, partners, names and their uses.

A dialect's `meaning.py` reads this from a tree, on its own and without the table of places: `configs.equivalence.proof`
compares what two texts mean, so a mistake in the table does not hide in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from configs.headers import Rule
    from configs.intervals import Intervals
    from configs.model import AddressUse


class FilterKind(StrEnum):
    """What a list of rules decides about."""

    ACCESS_LIST = "access_list"
    SECURITY_POLICY = "security_policy"
    NAT_POLICY = "nat_policy"


@dataclass(frozen=True, slots=True)
class FilterList:
    """Rules of which the first that matches decides. `unclear` are the lines of rules that are no sets."""

    kind: FilterKind
    name: str
    line: int
    rules: tuple[Rule, ...]
    default: Hashable = "deny"
    unclear: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PrefixEntry:
    """One entry of a prefix list: prefixes inside `value`/`length` whose lengths are from `least` to `most`."""

    line: int
    permit: bool
    value: int
    length: int
    least: int
    most: int

    def matches(self, value: int, length: int, bits: int) -> bool:
        """Whether it speaks of a prefix."""
        shift = bits - self.length
        return self.least <= length <= self.most and length >= self.length and value >> shift == self.value >> shift


@dataclass(frozen=True, slots=True)
class PrefixList:
    """A prefix list. What none of its entries matches is denied."""

    name: str
    version: int
    line: int
    entries: tuple[PrefixEntry, ...]

    def decide(self, value: int, length: int) -> PrefixEntry | None:
        """The entry that decides about a prefix; None if none does."""
        bits = 32 if self.version == 4 else 128
        return next((entry for entry in self.entries if entry.matches(value, length, bits)), None)


@dataclass(frozen=True, slots=True)
class Route:
    """A static route. `hop` is None without a next hop's address. `rest` is what else the line says, in its words."""

    line: int
    vrf: str
    version: int
    value: int
    length: int
    hop: int | None
    interface: str
    hop_vrf: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    """A line that speaks to another device's address. `kind`: bgp, ldp, ipsec, tunnel, bfd …; `own` is the near end."""

    kind: str
    line: int
    version: int
    far: int
    vrf: str
    own: int | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """A line that speaks of the device's own interfaces by their addresses: where a routing protocol runs.

    `vrf` is the protocol's; None if the reader does not know it.
    """

    line: int
    version: int
    spans: Intervals
    vrf: str | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name of something that a configuration defines, or uses by name."""

    kind: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """Everything of one configuration. `filters_read`: whether the reader knows the language's filters."""

    uses: tuple[AddressUse, ...] = ()
    filters: tuple[FilterList, ...] = ()
    prefix_lists: tuple[PrefixList, ...] = ()
    routes: tuple[Route, ...] = ()
    partners: tuple[Partner, ...] = ()
    covers: tuple[Cover, ...] = ()
    definitions: tuple[Name, ...] = ()
    references: tuple[Name, ...] = ()
    filters_read: bool = True
