"""The rows of a plan: what stands in plan.csv, as frozen objects and as columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from inventory.model import NOWHERE, Area, Level, Source
from ipplan.networks import Block, Network, network_of
from ipplan.rows import Columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

COLUMNS = ("kind", "area", "vrf", "pool", "function", "family", "level", "region", "owner", "prefix")
VRF_COLUMNS = ("rd", "import_rt", "export_rt")
AS_COLUMNS = ("asn",)
FILE = "plan/plan.csv"
KINDS = ("pool", "block", "allocation")  # by rank


@dataclass(frozen=True, slots=True)
class PoolRow:
    """One prefix of a pool, as the policy had it when the plan was made."""

    area: Area
    vrf: str
    pool: str
    prefix: Network
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A region's share of a pool: everything of the region's in that pool lies in it, so it can be summarised."""

    area: Area
    vrf: str
    pool: str
    level: Level
    region: str
    prefix: Network
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What makes it the same block in another plan."""
        return (self.pool, self.level.value, self.region, self.prefix.version)


@dataclass(frozen=True, slots=True)
class Allocation:
    """A prefix given to a purpose.

    `owner` is a device's name (loopback), a line's (circuit, LAN), a unit's or a site's name, or a region's code.
    """

    area: Area
    vrf: str
    pool: str
    function: str
    level: Level
    region: str
    owner: str
    prefix: Network
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What makes it the same allocation in another plan."""
        return (self.function, self.owner, self.prefix.version, self.vrf)


@dataclass(frozen=True, slots=True)
class VrfRow:
    """A routing table's route distinguisher and targets (RFC 4364), as the policy's rules give them."""

    area: Area
    vrf: str
    rd: str
    import_rt: tuple[str, ...] = ()
    export_rt: tuple[str, ...] = ()
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AsRow:
    """The AS number of a region that has its own, as the policy's rules give it."""

    level: Level
    region: str
    asn: int
    source: Source = field(default=NOWHERE, compare=False)


Row: TypeAlias = PoolRow | BlockRow | Allocation


def columns_of(rank: int, rows: Iterable[Any]) -> Columns:
    """Rows of one kind as columns."""
    made = Columns(rank)
    for row in rows:
        made.areas.append(row.area)
        made.vrfs.append(row.vrf)
        made.pools.append(row.pool)
        made.functions.append(getattr(row, "function", ""))
        made.levels.append(row.level.value if rank else "")
        made.regions.append(getattr(row, "region", ""))
        made.owners.append(getattr(row, "owner", ""))
        made.versions.append(row.prefix.version)
        made.starts.append(int(row.prefix.network_address))
        made.lengths.append(row.prefix.prefixlen)
        made.lines.append(row.source.line)
        made.file = made.file or row.source.file
    return made


def _source(columns: Columns, i: int) -> Source:
    return Source(columns.file, columns.lines[i]) if columns.file else NOWHERE


def _prefix(columns: Columns, i: int) -> Network:
    return network_of(Block(columns.starts[i], columns.lengths[i]), columns.versions[i])


def pool_row(columns: Columns, i: int) -> PoolRow:
    """One row of the kind pool."""
    return PoolRow(columns.areas[i], columns.vrfs[i], columns.pools[i], _prefix(columns, i), _source(columns, i))


def block_row(columns: Columns, i: int) -> BlockRow:
    """One row of the kind block."""
    return BlockRow(
        columns.areas[i],
        columns.vrfs[i],
        columns.pools[i],
        Level(columns.levels[i]),
        columns.regions[i],
        _prefix(columns, i),
        _source(columns, i),
    )


def allocation_row(columns: Columns, i: int) -> Allocation:
    """One row of the kind allocation."""
    return Allocation(
        columns.areas[i],
        columns.vrfs[i],
        columns.pools[i],
        columns.functions[i],
        Level(columns.levels[i]),
        columns.regions[i],
        columns.owners[i],
        _prefix(columns, i),
        _source(columns, i),
    )


MAKERS: tuple[Callable[[Columns, int], Row], ...] = (pool_row, block_row, allocation_row)
