"""What a dialect tells the rest of govnet, in words that know no vendor.

A dialect (one folder below `configs.dialects`) turns a device's text into a `configs.tree.Tree`, and from there
into `Fact`s. Whatever it does not understand is kept, counted and reported in `Facts.not_understood`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from ipaddress import IPv4Address, IPv6Address
    from pathlib import Path

    from napalm.base.base import NetworkDriver

    from configs.change import Change, Language
    from configs.marks import Marks
    from configs.places.table import Places
    from configs.tree import Tree
    from inventory.errors import Problem
    from inventory.model import Interface


class Basis(StrEnum):
    """What a fact rests on."""

    LINE = "line"  # a line says so
    ABSENT = "absent"  # the line that would mend it is missing
    DEFAULT = "default"  # the platform's default, by version
    UNDECIDABLE = "undecidable"  # this text cannot decide it
    OBSERVED = "observed"  # no text: a measurement, the archive, the plan, the journal or a probe says so


@dataclass(frozen=True, slots=True)
class Fact:
    """A vendor-independent statement about one device.

    `value` is True when the weakness is present, False when it is absent, None when this text cannot decide it.
    `lines` are 1-based lines of the file as stored. `why` is one English sentence for a person; stable enough to read,
    not to parse.
    """

    name: str
    value: bool | None
    basis: Basis
    lines: tuple[int, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """A rule of a filter that holds until a day, the last one on which it does, and the line that says so.

    Without a day it is not known whether the rule has an end, or when.
    """

    line: int
    said: int
    last: date | None


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A line that the dialect kept but could not interpret."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a dialect reads from one configuration. `endings`: rules that hold until a day."""

    platform: str
    encoding: str
    facts: Mapping[str, Fact]
    not_understood: tuple[NotUnderstood, ...] = ()
    endings: tuple[Ending, ...] = ()


class UseKind(StrEnum):
    """What an address is used for."""

    INTERFACE = "interface"  # an interface's address
    SECONDARY = "secondary"  # a further address of an interface
    VIRTUAL = "virtual"  # shared by a group of routers (VRRP, HSRP …): what hosts send to
    ROUTE = "route"  # a static route's destination
    NAT_POOL = "nat_pool"  # what hosts inside are translated to
    NAT_OUTSIDE = "nat_outside"  # one address outside, translated to one inside
    NAT_INSIDE = "nat_inside"  # one address inside, reached from outside
    DHCP = "dhcp"  # a network whose addresses are given out


@dataclass(frozen=True, slots=True)
class AddressUse:
    """An address, or the range from `first` to `last`, as one line uses it.

    `length` is the prefix length where the line gives one, `vrf` is empty for the default one. `gateway` is what a
    DHCP pool tells its hosts, or a static route's next hop.
    """

    kind: UseKind
    first: IPv4Address | IPv6Address
    last: IPv4Address | IPv6Address
    line: int
    length: int | None = None
    vrf: str = ""
    interface: str = ""
    gateway: IPv4Address | IPv6Address | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a device uses addresses, in the lines' order, and the lines whose address could not be read."""

    uses: tuple[AddressUse, ...]
    not_understood: tuple[NotUnderstood, ...] = ()


class Dialect(Protocol):
    """A vendor's language: what a dialect folder's `__init__` offers as `DIALECT`."""

    name: str
    platforms: tuple[str, ...]
    # How a text is written for the device: `utf-8`, or `gb18030` where the device speaks GBK.
    encoding: str

    @property
    def templates(self) -> Path:
        """The folder of its templates; it need not exist."""
        ...

    def parse(self, text: bytes, decoded: tuple[str, str] | None = None) -> Tree:
        """The configuration as a tree; `tree.to_bytes()` gives `text` back unchanged.

        `decoded` is its text and encoding (`configs.encodings.decode`), where that is known.
        """
        ...

    def recognises(self, tree_text: str) -> float:
        """How sure the dialect is that a text is its own, 0.0 to 1.0, from its first lines and marks."""
        ...

    @property
    def marks(self) -> Marks:
        """What speaks for its language in a text, and against it."""
        ...

    def lacking(self, tree: Tree, file: str = "") -> tuple[Problem, ...]:
        """What says that the text was cut off; nothing for a fragment that promises no end."""
        ...

    def change(self, running: Tree, intended: Tree, *, management: Interface | None = None) -> Change:
        """The commands that bring `running` to what `intended` says, in an order that never cuts the session.

        `management` is the address we arrive at; without it every address counts as one we may have arrived at.
        """
        ...

    @property
    def language(self) -> Language | None:
        """How it is changed; None if it is only read."""
        ...

    def mask(self, text: str) -> str:
        """`text` with every secret replaced by `***`, all other characters and the line count unchanged."""
        ...

    def facts(self, tree: Tree) -> Facts:
        """The facts of the device, with their evidence lines."""
        ...

    def addresses(self, tree: Tree) -> Addresses | None:
        """Where the device uses addresses; None if the dialect cannot read them."""
        ...

    def places(self) -> Places | None:
        """Where addresses stand in its commands; None if nobody has written that down yet."""
        ...

    def driver(self) -> type[NetworkDriver] | None:
        """The NAPALM driver class; None where the platform is rendered but not yet spoken to."""
        ...
