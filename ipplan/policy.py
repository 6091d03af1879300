"""The city's address policy as data: pools, what they are for, how large the blocks are, how they are placed.

`plan/policy.yaml` says what the planner may use and how; no number of it is in the code. The file's form is checked
by `ipplan.policy_file`; here is what the rest of the package works with.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Function:
    """What a pool's prefixes are for. `where` selects devices, for a line those at its ends.

    `reserve` keeps room beside a block so that it can double that many times where it stands.
    """

    name: str
    pool: str
    purpose: Purpose
    sizes: Mapping[int, Size]
    where: str = ""
    placement: Placement = Placement.DENSE
    reserve: int = 0
    title: str = ""
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Policy:
    """A city's address policy. Mappings are by name, in the file's order."""

    pools: Mapping[str, Pool]
    functions: Mapping[str, Function]
    file: str = FILE
