"""What the plan must hold: for each function of the policy, the owners that it gives prefixes to.

Demands are columns, one set for each pool and family: a country has hundreds of thousands of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inventory import filters
from inventory.errors import GovnetError, InputError, Problem
from inventory.model import Level, LineKind
from inventory.text import Message, mark
from ipplan.networks import BITS
from ipplan.policy import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.model import Inventory, Line
    from ipplan.policy import Function, Policy, Pool, Size

DEFAULT_VRF = "default"

_WORDS = {
    Purpose.LOOPBACK: mark("device"),
    Purpose.CIRCUIT: mark("line"),
    Purpose.LAN: mark("line"),
    Purpose.UNIT: mark("unit"),
    Purpose.SITE: mark("site"),
    Purpose.REGION: mark("region"),
}


class Demands:
    """The prefixes that somebody needs from one pool in one family, as lists of equal length.

    `lengths` is what a new block gets; a block that stands is good for as long as its length is at most `enoughs`.
    """

    __slots__ = ("enoughs", "functions", "hosts", "lengths", "owners", "pool", "regions", "version")

    def __init__(self, pool: Pool, version: int) -> None:
        self.pool = pool
        self.version = version
        self.functions: list[Function] = []
        self.owners: list[str] = []
        self.regions: list[str] = []
        self.hosts: list[int] = []
        self.lengths: list[int] = []
        self.enoughs: list[int] = []

    def __len__(self) -> int:
        return len(self.owners)

    def add(self, function: Function, owner: str, region: str, length: int, enough: int | None = None) -> None:
        """One more."""
        self.functions.append(function)
        self.owners.append(owner)
        self.regions.append(region)
        self.hosts.append(0)
        self.lengths.append(length)
        self.enoughs.append(length if enough is None else enough)


Collected: TypeAlias = "dict[tuple[str, int], Demands]"


class Regions:
    """The regions' levels and ancestors, looked up once each. A region that is not there counts as a city's."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._chains: dict[str, tuple[tuple[str, str], ...]] = {}

    def chain(self, code: str) -> tuple[tuple[str, str], ...]:
        """(level, code) of the region and its ancestors, from the region up."""
        found = self._chains.get(code)
        if found is None:
            region = self._inventory.regions.get(code)
            found = ((region.level.value, code), *self.chain(region.parent)) if region else ()
            self._chains[code] = found
        return found

    def level(self, code: str) -> str:
        """The region's level."""
        chain = self.chain(code)
        return chain[0][0] if chain else Level.CITY.value


def collect(inventory: Inventory, policy: Policy) -> Collected:
    """Every demand, by pool and family.

    InputError if the policy names what the inventory does not have, or gives an owner two prefixes in one VRF.
    """
    collector = _Collector(inventory, policy)
    for function in policy.functions.values():
        collector.of(function)
    if not collector.problems:
        collector.claimed_twice()
        collector.ambiguous()
    if collector.problems:
        raise InputError(collector.problems)
    return collector.found


Owner: TypeAlias = "tuple[str, str, int, str]"  # name, region, hosts, unit


class _Collector:
    def __init__(self, inventory: Inventory, policy: Policy) -> None:
        self.inventory = inventory
        self.policy = policy
        self.problems: list[Problem] = []
        self.found: Collected = {}
        self.regions = Regions(inventory)
        self._selected: dict[str, frozenset[str] | None] = {"": None}
        self._owners: dict[tuple[Purpose, Level | None], list[tuple[Owner, tuple[str, ...]]]] = {}
        self._vrfs: dict[str, frozenset[str]] = {}
        for pool in policy.pools.values():
            if inventory.vrfs and pool.vrf not in inventory.vrfs:
                message = Message("there is no VRF “{name}”", name=pool.vrf)
                hint = Message("the VRFs are: {names}", names=", ".join(inventory.vrfs))
                source = pool.source
                self.problems.append(
                    Problem("unknown-vrf", message, hint, source.file, source.line, f"{pool.name}.vrf")
                )
        self.left_out_sites, self.left_out_regions = self._exclusion()

    def of(self, function: Function) -> None:
        """Add what one function asks for."""
        source = function.source
        selected = self._select(function.where, source.file, source.line, f"{function.name}.where")
        if selected is None and function.where:
            return
        owners = self._owners_of(function)
        if selected is not None:
            owners = [entry for entry in owners if not selected.isdisjoint(entry[1])]
        for name in function.pools:
            pool = self.policy.pools[name]
            mine = owners
            if len(function.pools) > 1:
                mine = [entry for entry in owners if self._takes_part(entry[0], function, pool.vrf)]
            for version, size in function.sizes.items():
                self._add(function, pool, version, size, mine)

    def _add(
        self, function: Function, pool: Pool, version: int, size: Size, owners: list[tuple[Owner, tuple[str, ...]]]
    ) -> None:
        demands = self.found.get((pool.name, version))
        if demands is None:
            demands = self.found[pool.name, version] = Demands(pool, version)
        bits, count = BITS[version], len(owners)
        hosts = [owner[2] for owner, _ in owners]
        demands.functions += [function] * count
        demands.owners += [owner[0] for owner, _ in owners]
        demands.regions += [owner[1] for owner, _ in owners]
        demands.hosts += hosts
        if size.length is not None:
            demands.lengths += [size.length] * count
            demands.enoughs += [size.length] * count
            return
        by_hosts = {number: size.lengths(number, bits) for number in set(hosts)}
        large = {number for number, (length, _) in by_hosts.items() if length < size.maximum}
        for owner, _ in owners if large else ():
            if owner[2] in large:
                self._too_many(function, owner, by_hosts[owner[2]][0], size)
        for number in large:
            by_hosts[number] = (size.maximum, size.maximum)
        demands.lengths += [by_hosts[number][0] for number in hosts]
        demands.enoughs += [by_hosts[number][1] for number in hosts]

    def _select(self, where: str, file: str, line: int, column: str) -> frozenset[str] | None:
        """The devices that a condition selects; None for no condition, and for a bad one (which is noted)."""
        if where in self._selected:
            return self._selected[where]
        try:
            found = frozenset(device.name for device in filters.select(self.inventory, where))
        except GovnetError as error:
            problems = error.problems if isinstance(error, InputError) else ()
            message, hint = (problems[0].message, problems[0].hint) if problems else (error.message, error.hint)
            self.problems.append(Problem("bad-filter", message, hint, file, line, column))
            return None
        self._selected[where] = found
        return found

    def _exclusion(self) -> tuple[frozenset[str], frozenset[str]]:
        """The sites and the regions that get no addresses."""
        rule = self.policy.exclusion
        source = rule.source
        for names, known, word in (
            (rule.regions, self.inventory.regions, Message("region")),
            (rule.sites, self.inventory.sites, Message("site")),
        ):
            for name in names:
                if name not in known:
                    message = Message("there is no {what} “{name}”", what=word, name=name)
                    hint = Message("write one that the inventory has, or take it out")
                    self.problems.append(
                        Problem("unknown-name", message, hint, source.file, source.line, "exclude")
                    )
        regions = frozenset(
            code
            for code in self.inventory.regions
            if rule.regions and any(above in rule.regions for _, above in self.regions.chain(code))
        )
        sites = {*rule.sites, *(site.name for site in self.inventory.sites.values() if site.region in regions)}
        self.left_out_devices = self._select(rule.where, source.file, source.line, "exclude.where") or frozenset()
        return frozenset(sites), regions

    def _owners_of(self, function: Function) -> list[tuple[Owner, tuple[str, ...]]]:
        """Whom a function may give prefixes to, each with the devices by which `where` selects it."""
        key = (function.purpose, function.level)
        if key not in self._owners:
            found = {
                Purpose.LOOPBACK: self._devices,
                Purpose.CIRCUIT: self._circuits,
                Purpose.LAN: self._lans,
                Purpose.UNIT: self._units,
                Purpose.SITE: self._sites,
                Purpose.REGION: self._of_regions,
            }[function.purpose]
            self._owners[key] = list(found(function))
        return self._owners[key]

    def _is_out(self, device: str) -> bool:
        return device in self.left_out_devices or self.inventory.devices[device].site in self.left_out_sites

    def _devices(self, _function: Function) -> Iterator[tuple[Owner, tuple[str, ...]]]:
        sites = self.inventory.sites
        for device in self.inventory.devices.values():
            if not self._is_out(device.name):
                site = sites[device.site]
                yield (device.name, site.region, 0, site.unit), (device.name,)

    def _lans(self, _function: Function) -> Iterator[tuple[Owner, tuple[str, ...]]]:
        devices, sites = self.inventory.devices, self.inventory.sites
        for line in self.inventory.lines.values():
            if line.kind is LineKind.LAN and not given(line) and not self._is_out(line.a.device):
                site = sites[devices[line.a.device].site]
                yield (line.name, site.region, site.hosts, site.unit), (line.a.device,)

    def _circuits(self, _function: Function) -> Iterator[tuple[Owner, tuple[str, ...]]]:
        """A circuit belongs to the lower of its ends' regions (the a end's if both are equal)."""
        devices, sites = self.inventory.devices, self.inventory.sites
        for line in self.inventory.lines.values():
            if line.kind is not LineKind.CIRCUIT or given(line):
                continue
            ends = _devices(line)
            if any(map(self._is_out, ends)):
                continue
            site = sites[devices[ends[0]].site]
            if len(ends) > 1:
                other = sites[devices[ends[1]].site]
                if len(self.regions.chain(other.region)) > len(self.regions.chain(site.region)):
                    site = other
            yield (line.name, site.region, 0, site.unit), ends

    def _devices_by_site(self) -> dict[str, list[str]]:
        by_site: dict[str, list[str]] = {}
        for device in self.inventory.devices.values():
            if device.name not in self.left_out_devices:
                by_site.setdefault(device.site, []).append(device.name)
        return by_site

    def _sites(self, _function: Function) -> Iterator[tuple[Owner, tuple[str, ...]]]:
        by_site = self._devices_by_site()
        for site in self.inventory.sites.values():
            if site.name not in self.left_out_sites:
                yield (site.name, site.region, site.hosts, site.unit), tuple(by_site.get(site.name, ()))

    def _units(self, function: Function) -> Iterator[tuple[Owner, tuple[str, ...]]]:
        hosts: dict[str, int] = {}
        devices: dict[str, list[str]] = {}
        for site, names in self._sites(function):
            hosts[site[3]] = hosts.get(site[3], 0) + site[2]
            devices.setdefault(site[3], []).extend(names)
        for unit in self.inventory.units.values():
            if unit.region not in self.left_out_regions:
                owner = (unit.name, unit.region, hosts.get(unit.name, 0), unit.name)
                yield owner, tuple(devices.get(unit.name, ()))

    def _of_regions(self, function: Function) -> Iterator[tuple[Owner, tuple[str, ...]]]:
        hosts: dict[str, int] = {}
        devices: dict[str, list[str]] = {}
        for site, names in self._sites(function):
            for _, code in self.regions.chain(site[1]):
                hosts[code] = hosts.get(code, 0) + site[2]
                devices.setdefault(code, []).extend(names)
        for region in self.inventory.regions.values():
            if region.level is function.level and region.code not in self.left_out_regions:
                yield (region.code, region.code, hosts.get(region.code, 0), ""), tuple(devices.get(region.code, ()))

    def _takes_part(self, owner: Owner, function: Function, vrf: str) -> bool:
        """Whether an owner is in a VRF, for functions with several pools.

        A line whose interface lies in a zone is in that zone's VRF. Everybody else is in those that the unit's
        row names (`vrfs`), and in the default one.
        """
        if function.purpose in (Purpose.LAN, Purpose.CIRCUIT):
            line = self.inventory.lines[owner[0]]
            zones = (self.inventory.zone_of(end.device, end.interface) for end in (line.a, line.b) if end is not None)
            by_zone = {zone.vrf for zone in zones if zone is not None}
            if by_zone:
                return vrf in by_zone
        if function.purpose is Purpose.REGION:
            return True
        unit = self.inventory.units.get(owner[3])
        return vrf == DEFAULT_VRF or (unit is not None and vrf in unit.vrfs)

    def _too_many(self, function: Function, owner: Owner, length: int, size: Size) -> None:
        name, _, hosts, _ = owner
        source = function.source
        column = function.name
        line = self.inventory.lines.get(name)
        if function.purpose is Purpose.SITE or (function.purpose is Purpose.LAN and line is not None):
            site = name if line is None else self.inventory.devices[line.a.device].site
            source, column = self.inventory.sites[site].source, "hosts"
        message = Message(
            "{hosts} hosts × {growth} need a /{length} for “{owner}”, and “{function}” gives at most a /{maximum}",
            hosts=hosts,
            growth=size.growth,
            length=length,
            owner=name,
            function=function.name,
            maximum=size.maximum,
        )
        hint = Message("raise “maximum” in the policy, lower its growth, or split the site's LAN")
        self.problems.append(Problem("too-many-hosts", message, hint, source.file, source.line, column))

    def claimed_twice(self) -> None:
        """An owner has one prefix of a family in each VRF."""
        by_vrf: dict[tuple[str, int], list[Demands]] = {}
        for demands in self.found.values():
            by_vrf.setdefault((demands.pool.vrf, demands.version), []).append(demands)
        told: set[tuple[str, str]] = set()
        for group in by_vrf.values():
            names = [name for demands in group for name in demands.owners]
            if len(set(names)) != len(names):
                self._tell_twice(group, told)

    def _tell_twice(self, group: list[Demands], told: set[tuple[str, str]]) -> None:
        seen: dict[tuple[str, str], str] = {}
        for demands in group:
            for owner, function in zip(demands.owners, demands.functions, strict=True):
                first = seen.setdefault((_WORDS[function.purpose], owner), function.name)
                pair = (first, function.name)
                if first == function.name or pair in told:
                    continue
                told.add(pair)
                message = Message(
                    "“{owner}” is given a prefix by both “{first}” and “{second}”",
                    owner=owner,
                    first=first,
                    second=function.name,
                )
                hint = Message("make the “where” of one of them narrower")
                source = function.source
                column = f"{function.name}.where"
                self.problems.append(Problem("claimed-twice", message, hint, source.file, source.line, column))

    def ambiguous(self) -> None:
        """An owner's name means one thing in the plan: a unit that has a prefix is not called like a line that has."""
        by_word: dict[str, set[str]] = {}
        for key, owners in self._owners.items():
            by_word.setdefault(_WORDS[key[0]], set()).update(owner[0] for owner, _ in owners)
        words = sorted(by_word)
        for number, first in enumerate(words):
            for second in words[number + 1 :]:
                for name in sorted(by_word[first] & by_word[second]):
                    message = Message(
                        "“{name}” is the name of a {first} and of a {second}",
                        name=name,
                        first=Message(first),
                        second=Message(second),
                    )
                    hint = Message("give one of them another name: the plan's rows name their owners")
                    self.problems.append(Problem("ambiguous-owner", message, hint, self.policy.file))


def _devices(line: Line) -> tuple[str, ...]:
    return (line.a.device,) if line.b is None else (line.a.device, line.b.device)


def given(line: Line) -> bool:
    """Whether somebody else (a carrier) gives the line's addresses."""
    return line.a.address is not None or (line.b is not None and line.b.address is not None)
