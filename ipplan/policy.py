"""The city's address policy as data: pools, what they are for, how large the blocks are, how they are placed.

`plan/policy.yaml` says what the planner may use and how; no number of it is in the code. The file's form is checked
by `ipplan.policy_file`; here is what the rest of the package works with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from inventory.model import NOWHERE, Area, Level, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipplan.networks import Network

FILE = "plan/policy.yaml"


class Purpose(StrEnum):
    """What a function gives prefixes to."""

    LOOPBACK = "loopback"  # a device's own address: /32 or /128
    CIRCUIT = "circuit"  # a line of the kind circuit
    LAN = "lan"  # a line of the kind lan
    UNIT = "unit"  # a unit, for example the outer addresses of its NAT
    SITE = "site"  # a site
    REGION = "region"  # each region of one level


class Scope(StrEnum):
    """Which addresses of 公用网络区 a pool or zone has: between central and local networks only national ones talk."""

    NATIONAL = "national"  # 国家公共IP
    LOCAL = "local"  # 地方公共IP


class Placement(StrEnum):
    """Where a block goes in the free space (see `ipplan.buddy`)."""

    DENSE = "dense"
    SPARSE = "sparse"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a function's prefix is: a fixed length, or as long as the hosts of the site need.

    `growth` multiplies the site's hosts when a block is new or has to grow; a block that stands is kept for as long
    as the hosts themselves fit, because growth is room to be used. `minimum` is the smallest block (the longest
    prefix), `maximum` the largest that may be given.
    """

    length: int | None = None
    growth: Decimal = Decimal(1)
    minimum: int = 0
    maximum: int = 0

    def lengths(self, hosts: int, bits: int) -> tuple[int, int]:
        """The prefix length to give and the longest that still holds the hosts, for a family of `bits`."""
        if self.length is not None:
            return self.length, self.length
        wanted = int((hosts * self.growth).to_integral_value(ROUND_CEILING))
        return min(holding(wanted, bits), self.minimum), min(holding(hosts, bits), self.minimum)


def holding(hosts: int, bits: int) -> int:
    """The longest prefix with room for `hosts` end systems and their router.

    In IPv4 the first and the last address are not usable either, in IPv6 the first (RFC 4291 section 2.6.1).
    """
    needed = hosts + 1 + (2 if bits == 32 else 1)
    return bits - (needed - 1).bit_length()


@dataclass(frozen=True, slots=True)
class BlockSize:
    """How large a region's block is: a fixed length, or what its content needs × `growth`, at least `minimum`."""

    length: int | None = None
    growth: Decimal = Decimal(1)
    minimum: int | None = None
    nibble: bool = False  # widened to a multiple of four bits, so that a digit of the address is the region's

    @property
    def enough(self) -> int | None:
        """The longest prefix that a block may have, None if it only has to hold its content."""
        return self.minimum if self.length is None else self.length


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that a region of `level` has in the pool lies in one block, so that it can be summarised."""

    level: Level
    sizes: Mapping[int, BlockSize]
    placement: Placement = Placement.SPARSE


@dataclass(frozen=True, slots=True)
class Pool:
    """Address space of one area and VRF. `summaries` go from the upper level down."""

    name: str
    area: Area
    vrf: str
    prefixes: tuple[Network, ...]
    exclude: tuple[Network, ...] = ()
    summaries: tuple[Summary, ...] = ()
    title: str = ""
    scope: Scope | None = None
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Function:
    """What a pool's prefixes are for. `where` selects devices, for a line those at its ends.

    Several `pools` lie in different VRFs: an owner gets a prefix in each VRF that it takes part in. `level` is that
    of the regions for which the function is (`Purpose.REGION`).
    `reserve` keeps room beside a block so that it can double that many times where it stands.
    """

    name: str
    pools: tuple[str, ...]
    purpose: Purpose
    sizes: Mapping[int, Size]
    where: str = ""
    placement: Placement = Placement.DENSE
    reserve: int = 0
    title: str = ""
    level: Level | None = None
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What gets no addresses: regions (with all that lies in them), sites, and devices that `where` selects.

    Pseudo-townships of the statistical codes (development zones, farms) are not places with a site of their own.
    """

    regions: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    where: str = ""
    source: Source = NOWHERE
    sources: Mapping[str, Source] = field(default_factory=dict)  # of the regions and sites


@dataclass(frozen=True, slots=True)
class VrfRule:
    """The route distinguisher and targets of a VRF (RFC 4364), templates filled in."""

    vrf: str
    number: int
    asn: int
    rd: str
    import_rt: tuple[str, ...] = ()
    export_rt: tuple[str, ...] = ()
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class AsnRule:
    """AS numbers of the regions of a level: a list by code, and for the others `base` + the code's last `digits`.

    A code is a region's for good, so no number changes when a region comes or goes. Regions that no rule gives a
    number are in the AS of all.
    """

    level: Level
    base: int | None = None
    digits: int = 2
    numbers: Mapping[str, int] = field(default_factory=dict)
    source: Source = NOWHERE

    def number(self, code: str) -> int | None:
        """The AS number of a region of the level, None for none."""
        if code in self.numbers:
            return self.numbers[code]
        return None if self.base is None else self.base + int(code[-self.digits :])


@dataclass(frozen=True)
class Policy:
    """A city's address policy. Mappings are by name, in the file's order.

    `assigned` is public space that is ours by assignment; all other public space in a pool is somebody else's.
    """

    pools: Mapping[str, Pool]
    functions: Mapping[str, Function]
    file: str = FILE
    exclusion: Exclusion = Exclusion()
    assigned: tuple[Network, ...] = ()
    vrfs: Mapping[str, VrfRule] = field(default_factory=dict)
    asn: int | None = None  # of whatever has no number of its own
    asns: tuple[AsnRule, ...] = ()
