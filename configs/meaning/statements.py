"""What a configuration's addresses do, without a vendor: filters as sets, NAT, routes, partners, names and their uses.

A dialect's `meaning.py` reads this from a tree, on its own and without the table of places: `configs.equivalence.proof`
compares what two texts mean, so a mistake in the table does not hide in both.

What a reader of a firewall fills in:

- `FilterList` for access lists and for security policies, one list for the order in which the device asks: zones,
  users, applications and whatever else is not read are words in `Rule.conditions` (`from-zone trust`). A rule with
  several services becomes several `Rule`s with one line: `configs.meaning.policies` does that, and follows groups of
  groups.
- `TranslationList` for NAT, one list for each order in which the device asks (a NAT policy, the servers, the static
  table, an interface's commands). Each `Translation` says which packets it takes, as they come in, and what it puts
  in place of their source, their destination, or both: `Translated`. A rule that exempts packets puts nothing in place.
  Static NAT works both ways, so it is two translations: `configs.meaning.translations.both_ways` makes them. A pool is
  written into each `Translated` that takes from it, with the pool's lines in `lines`; all pools are in `Meaning.pools`
  as well, used or not.
- `unclear` of a list are the lines that are no sets; `Meaning.unread` are lines with addresses that the reader knows to
  belong to filters or NAT and cannot read. The proof names them one by one as outside of it.
- `filters_read` and `translations_read` say whether the reader knows the language's filters and NAT at all (a language
  that has none of them is read, too).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from configs.headers import Rule
    from configs.intervals import AddressSet, Intervals
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
class Translated:
    """What a translation puts in the place of an address.

    One of `addresses`; with `in_order` the n-th address that the rule matches becomes the n-th of these, without it any
    of them. Empty `addresses`: what `words` name (an interface's own address). `ports` are those that are put in place;
    None: they stay, or any. `words` is what else the command says, without addresses. `lines` are where somebody must
    look besides the rule's own line: the command's, if the rule stands in an access list, those of a pool or an object
    that it names. `vrf` is where the addresses live; None if the reader does not know.
    """

    addresses: AddressSet
    in_order: bool = False
    ports: Intervals | None = None
    words: str = ""
    lines: tuple[int, ...] = ()
    vrf: str | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """Packets, as they come in, and what becomes of their source and destination; None: it stays.

    The action of `rule` does not count. `vrf` is where the addresses that it matches live; None if it is not known.
    """

    rule: Rule
    source: Translated | None = None
    destination: Translated | None = None
    vrf: str | None = None


@dataclass(frozen=True, slots=True)
class TranslationList:
    """Translations of which the first that matches decides. `unclear` are the lines of those that are no sets."""

    name: str
    line: int
    rules: tuple[Translation, ...]
    unclear: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pool:
    """Addresses under a name, which translations take from. `lines` are those that say which."""

    name: str
    lines: tuple[int, ...]
    addresses: AddressSet
    vrf: str | None = None


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
    """A static route. `hop` is None without a next hop's address. `rest` is what else the line says, in its words.

    `lines` are those of objects that it names.
    """

    line: int
    vrf: str
    version: int
    value: int
    length: int
    hop: int | None
    interface: str
    hop_vrf: str
    rest: str = ""
    lines: tuple[int, ...] = ()


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
    """Everything of one configuration.

    `filters_read` and `translations_read`: whether the reader knows the language's filters, its NAT. `unread` are lines
    of those that it could not read.
    """

    uses: tuple[AddressUse, ...] = ()
    filters: tuple[FilterList, ...] = ()
    prefix_lists: tuple[PrefixList, ...] = ()
    routes: tuple[Route, ...] = ()
    partners: tuple[Partner, ...] = ()
    covers: tuple[Cover, ...] = ()
    definitions: tuple[Name, ...] = ()
    references: tuple[Name, ...] = ()
    filters_read: bool = True
    translations: tuple[TranslationList, ...] = ()
    pools: tuple[Pool, ...] = ()
    translations_read: bool = False
    unread: tuple[int, ...] = ()
