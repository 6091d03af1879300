"""What the plan must hold: for each function of the policy, the devices or lines that it gives prefixes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory import filters
from inventory.errors import GovnetError, InputError, Problem
from inventory.model import Level, LineKind
from inventory.text import Message
from ipplan.networks import BITS
from ipplan.policy import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.model import Inventory, Line, Region
    from ipplan.policy import Function, Policy, Pool, Size


@dataclass(frozen=True, slots=True)
class Demand:
    """One prefix that somebody needs.

    `length` is what a new block gets; a block that stands is good for as long as its length is at most `enough`.
    `regions` are the (level, code) of the pool's summaries that the owner belongs to, from the top down.
    """

    pool: str
    function: str
    version: int
    owner: str
    level: Level
    region: str
    regions: tuple[tuple[Level, str], ...]
    length: int
    enough: int
    sparse: bool = False
    reserve: int = 0
    hosts: int = 0

    @property
    def key(self) -> tuple[str, str, int]:
        """The key of its allocation (`ipplan.plan.Allocation.key`)."""
        return (self.function, self.owner, self.version)

    @property
    def order(self) -> tuple[str, str, str]:
        """A sort key that does not depend on the order of rows in any file."""
        return (self.region, self.owner, self.function)


def collect(inventory: Inventory, policy: Policy) -> tuple[Demand, ...]:
    """Every demand. InputError if the policy names what the inventory does not have, or gives an owner two prefixes."""
    collector = _Collector(inventory, policy)
    demands = [demand for function in policy.functions.values() for demand in collector.of(function)]
    collector.claimed_twice(demands)
    if collector.problems:
        raise InputError(collector.problems)
    return tuple(demands)


class _Collector:
    def __init__(self, inventory: Inventory, policy: Policy) -> None:
        self.inventory = inventory
        self.policy = policy
        self.problems: list[Problem] = []
        for pool in policy.pools.values():
            if inventory.vrfs and pool.vrf not in inventory.vrfs:
                message = Message("there is no VRF “{name}”", name=pool.vrf)
                hint = Message("the VRFs are: {names}", names=", ".join(inventory.vrfs))
                source = pool.source
                self.problems.append(
                    Problem("unknown-vrf", message, hint, source.file, source.line, f"{pool.name}.vrf")
                )

    def of(self, function: Function) -> Iterator[Demand]:
        """What one function asks for."""
        source = function.source
        try:
            devices = {device.name for device in filters.select(self.inventory, function.where)}
        except GovnetError as error:
            problems = error.problems if isinstance(error, InputError) else ()
            message, hint = (problems[0].message, problems[0].hint) if problems else (error.message, error.hint)
            column = f"{function.name}.where"
            self.problems.append(Problem("bad-filter", message, hint, source.file, source.line, column))
            return
        pool = self.policy.pools[function.pool]
        if function.purpose is Purpose.LOOPBACK:
            for device in self.inventory.devices.values():
                if device.name in devices:
                    chain = self._chain(device.site)
                    yield from self._demands(function, pool, device.name, chain)
            return
        kind = LineKind.CIRCUIT if function.purpose is Purpose.CIRCUIT else LineKind.LAN
        for line in self.inventory.lines.values():
            if line.kind is kind and not _given(line) and not devices.isdisjoint(_devices(line)):
                yield from self._of_line(function, pool, line)

    def _of_line(self, function: Function, pool: Pool, line: Line) -> Iterator[Demand]:
        """A LAN belongs to its device's region, a circuit to the lower of its ends' (the a end's if both are equal)."""
        sites = [self.inventory.devices[name].site for name in _devices(line)]
        chains = [self._chain(site) for site in sites]
        chain = max(chains, key=len)
        yield from self._demands(function, pool, line.name, chain, line)

    def _chain(self, site: str) -> tuple[Region, ...]:
        return self.inventory.region_chain(self.inventory.sites[site].region)

    def _demands(
        self,
        function: Function,
        pool: Pool,
        owner: str,
        chain: tuple[Region, ...],
        line: Line | None = None,
    ) -> Iterator[Demand]:
        is_lan = line is not None and line.kind is LineKind.LAN
        site = self.inventory.devices[line.a.device].site if line is not None else ""
        hosts = self.inventory.sites[site].hosts if is_lan else 0
        codes = {region.level: region.code for region in chain}
        regions = tuple((summary.level, codes[summary.level]) for summary in pool.summaries if summary.level in codes)
        for version, size in function.sizes.items():
            length, enough = size.lengths(hosts, BITS[version])
            if size.length is None and length < size.maximum:
                self._too_many(function, owner, site, length, size)
                length = enough = size.maximum
            yield Demand(
                pool.name,
                function.name,
                version,
                owner,
                chain[0].level if chain else Level.CITY,
                chain[0].code if chain else "",
                regions,
                length,
                enough,
                function.placement.value == "sparse",
                function.reserve,
                hosts,
            )

    def _too_many(self, function: Function, owner: str, site: str, length: int, size: Size) -> None:
        source, hosts = self.inventory.sites[site].source, self.inventory.sites[site].hosts
        message = Message(
            "{hosts} hosts × {growth} need a /{length} for “{owner}”, and “{function}” gives at most a /{maximum}",
            hosts=hosts,
            growth=size.growth,
            length=length,
            owner=owner,
            function=function.name,
            maximum=size.maximum,
        )
        hint = Message("raise “maximum” in the policy, lower its growth, or split the site's LAN")
        self.problems.append(Problem("too-many-hosts", message, hint, source.file, source.line, "hosts"))

    def claimed_twice(self, demands: Iterable[Demand]) -> None:
        """A line lies in one VRF and has one prefix of a family; a device has one loopback in each VRF."""
        seen: dict[tuple[str, int, str], str] = {}
        told: set[tuple[str, str]] = set()
        for demand in demands:
            function = self.policy.functions[demand.function]
            is_loopback = function.purpose is Purpose.LOOPBACK
            vrf = self.policy.pools[demand.pool].vrf if is_loopback else ""
            first = seen.setdefault((demand.owner, demand.version, vrf), demand.function)
            pair = (first, demand.function)
            if first == demand.function or pair in told:
                continue
            told.add(pair)
            message = Message(
                "“{owner}” is given a prefix by both “{first}” and “{second}”",
                owner=demand.owner,
                first=first,
                second=demand.function,
            )
            hint = Message("make the “where” of one of them narrower")
            source = function.source
            column = f"{demand.function}.where"
            self.problems.append(Problem("claimed-twice", message, hint, source.file, source.line, column))


def _devices(line: Line) -> tuple[str, ...]:
    return (line.a.device,) if line.b is None else (line.a.device, line.b.device)


def _given(line: Line) -> bool:
    """Whether somebody else (a carrier) gives the line's addresses."""
    return any(end is not None and end.address is not None for end in (line.a, line.b))
