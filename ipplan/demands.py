"""What the plan must hold: for each function of the policy, the owners that it gives prefixes to.

Demands are columns, one set for each pool and family: a country has hundreds of thousands of them.
"""

from __future__ import annotations

import weakref
from functools import cached_property
from itertools import compress, groupby
from typing import TYPE_CHECKING, TypeAlias

from inventory import filters
from inventory.errors import GovnetError, InputError, Problem
from inventory.model import Level, LineKind
from inventory.text import Message, mark
from ipplan.names import DEFAULT_VRF
from ipplan.networks import BITS
from ipplan.policy import Purpose
from ipplan.regions import Regions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from inventory.model import Device, Inventory, Line, Region, Site, Unit
    from ipplan.policy import Function, Policy, Pool, Size


_WORDS = {
    Purpose.LOOPBACK: mark("device"),
    Purpose.CIRCUIT: mark("circuit or LAN"),
    Purpose.LAN: mark("circuit or LAN"),
    Purpose.UNIT: mark("unit"),
    Purpose.SITE: mark("site"),
    Purpose.REGION: mark("region"),
}


class Demands:
    """The prefixes that somebody needs from one pool in one family, as lists of equal length.

    `lengths` is what a new block gets; a block that stands is good for as long as its length is at most `enoughs`.
    Pools with the same owners share the lists of owners and regions: they are replaced, never changed in place.
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

    def runs(self) -> list[tuple[Function, int]]:
        """The functions one after the other, each with the number of its demands."""
        return [(function, len(list(run))) for function, run in groupby(self.functions)]

    def add(self, function: Function, owner: str, region: str, length: int, enough: int | None = None) -> None:
        """One more."""
        self.functions.append(function)
        self.owners = [*self.owners, owner]
        self.regions = [*self.regions, region]
        self.hosts.append(0)
        self.lengths.append(length)
        self.enoughs.append(length if enough is None else enough)


# Region, hosts, unit and name of a site. A country has so many that named fields would be felt.
Place: TypeAlias = "tuple[str, int, str, str]"
Collected: TypeAlias = "dict[tuple[str, int], Demands]"


def collect(inventory: Inventory, policy: Policy) -> Collected:
    """Every demand, by pool and family.

    InputError if the policy names what the inventory does not have, or gives an owner two prefixes in one VRF.
    """
    known = _last.get("last")
    if known is not None and known[0]() is inventory and known[1]() is policy:
        return known[2]
    collector = _Collector(inventory, policy)
    for function in policy.functions.values():
        collector.of(function)
    if not collector.problems:
        collector.claimed_twice()
        collector.ambiguous()
    if collector.problems:
        raise InputError(collector.problems)
    _last["last"] = (weakref.ref(inventory), weakref.ref(policy), collector.found)
    return collector.found


# What was collected last: a plan that is made is checked against the same inventory and policy, and both are frozen.
_last: dict[str, tuple[weakref.ref[Inventory], weakref.ref[Policy], Collected]] = {}


def idle(inventory: Inventory, policy: Policy) -> tuple[Problem, ...]:
    """Functions that give nobody a prefix, and an exclusion that leaves nothing out: meant for later, or a mistake."""
    busy = {function.name for wanted in collect(inventory, policy).values() for function, _ in wanted.runs()}
    found = []
    for function in policy.functions.values():
        if function.name not in busy:
            message = Message("the function “{name}” gives nobody a prefix", name=function.name)
            hint = Message("correct its “for” and “where”, unless it is meant for later")
            column = f"{function.name}.where" if function.where else function.name
            found.append(Problem("idle-function", message, hint, function.source.file, function.source.line, column))
    rule = policy.exclusion
    if rule.where and not filters.select(inventory, rule.where):
        message = Message("the condition “{where}” selects no device", where=rule.where)
        hint = Message("correct it, or take it out")
        found.append(Problem("idle-exclusion", message, hint, rule.source.file, rule.source.line, "exclude.where"))
    return tuple(found)


class _Owners:
    """Whom a function may give prefixes to, as lists of equal length.

    `devices` gives the devices of an owner by which `where` selects it.
    """

    __slots__ = ("devices", "hosts", "names", "regions", "units")

    def __init__(self, devices: Callable[[str], Iterable[str]]) -> None:
        self.names: list[str] = []
        self.regions: list[str] = []
        self.hosts: list[int] = []
        self.units: list[str] = []
        self.devices = devices

    def add(self, name: str, region: str, hosts: int, unit: str) -> None:
        """One more."""
        self.names.append(name)
        self.regions.append(region)
        self.hosts.append(hosts)
        self.units.append(unit)

    def only(self, good: Iterable[bool]) -> _Owners:
        """Those for which `good` says so."""
        chosen = list(good)
        made = _Owners(self.devices)
        made.names = list(compress(self.names, chosen))
        made.regions = list(compress(self.regions, chosen))
        made.hosts = list(compress(self.hosts, chosen))
        made.units = list(compress(self.units, chosen))
        return made


class _Collector:
    def __init__(self, inventory: Inventory, policy: Policy) -> None:
        self.inventory = inventory
        self.policy = policy
        self.problems: list[Problem] = []
        self.found: Collected = {}
        self.regions = Regions.of(inventory)
        self._selected: dict[str, frozenset[str] | None] = {"": None}
        self._owners: dict[tuple[Purpose, Level | None], _Owners] = {}
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
            owners = owners.only(not selected.isdisjoint(owners.devices(name)) for name in owners.names)
        for name in function.pools:
            pool = self.policy.pools[name]
            mine = owners
            if len(function.pools) > 1:
                pairs = zip(owners.names, owners.units, strict=True)
                mine = owners.only(self._takes_part(owner, unit, function, pool.vrf) for owner, unit in pairs)
            for version, size in function.sizes.items():
                self._add(function, pool, version, size, mine)

    def _add(self, function: Function, pool: Pool, version: int, size: Size, owners: _Owners) -> None:
        demands = self.found.get((pool.name, version))
        if demands is None:
            demands = self.found[pool.name, version] = Demands(pool, version)
        bits, count, hosts = BITS[version], len(owners.names), owners.hosts
        demands.functions += [function] * count
        demands.owners = demands.owners + owners.names if demands.owners else owners.names
        demands.regions = demands.regions + owners.regions if demands.regions else owners.regions
        demands.hosts += hosts
        if size.length is not None:
            demands.lengths += [size.length] * count
            demands.enoughs += [size.length] * count
            return
        lengths = {number: size.lengths(number, bits) for number in set(hosts)}
        for number in sorted(lengths):
            if lengths[number][0] < size.maximum:
                for owner, own in zip(owners.names, hosts, strict=True):
                    if own == number:
                        self._too_many(function, owner, number, lengths[number][0], size)
                lengths[number] = (size.maximum, size.maximum)
        demands.lengths += [lengths[number][0] for number in hosts]
        demands.enoughs += [lengths[number][1] for number in hosts]

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
                    place = rule.sources.get(name, source)
                    self.problems.append(Problem("unknown-name", message, hint, place.file, place.line, "exclude"))
        regions = frozenset(
            code
            for code in self.inventory.regions
            if rule.regions and any(above in rule.regions for above in self.regions.chain(code))
        )
        sites = {*rule.sites, *(site.name for site in self.inventory.sites.values() if site.region in regions)}
        self.left_out_devices = self._select(rule.where, source.file, source.line, "exclude.where") or frozenset()
        return frozenset(sites), regions

    def _owners_of(self, function: Function) -> _Owners:
        """Whom a function may give prefixes to."""
        key = (function.purpose, function.level)
        if key not in self._owners:
            made: dict[tuple[Purpose, Level | None], _Owners] = {}
            if function.purpose in (Purpose.LAN, Purpose.CIRCUIT):
                made[Purpose.LAN, None], made[Purpose.CIRCUIT, None] = self._lines()
            else:
                found: Callable[[], _Owners] = {
                    Purpose.LOOPBACK: self._devices,
                    Purpose.UNIT: self._units,
                    Purpose.SITE: self._sites,
                    Purpose.REGION: lambda: self._of_regions(function.level),
                }[function.purpose]
                made[key] = found()
            self._owners |= made
        return self._owners[key]

    @cached_property
    def _places(self) -> dict[str, Place]:
        """Where each device is that is not left out."""
        left_out, inventory = self.left_out_sites, self.inventory
        rows = [(site.region, site.hosts, site.unit, name) for name, site in inventory.sites.items()]
        places = dict(zip(inventory.sites, rows, strict=True))
        found = [places[device.site] for device in inventory.devices.values()]
        of_device = dict(zip(inventory.devices, found, strict=True))
        if not left_out and not self.left_out_devices:
            return of_device
        return {
            name: place
            for name, place in of_device.items()
            if place[3] not in left_out and name not in self.left_out_devices
        }

    def _devices(self) -> _Owners:
        made = _Owners(lambda name: (name,))
        for name, (region, _, unit, _) in self._places.items():
            made.add(name, region, 0, unit)
        return made

    def _lines(self) -> tuple[_Owners, _Owners]:
        """LANs and circuits whose addresses nobody else gives.

        A circuit belongs to the lower of its ends' regions (the a end's if both are equal).
        """
        place_of, depth, lines = self._places, self.regions.depth, self.inventory.lines
        lans, circuits = _Owners(lambda name: lines[name].devices), _Owners(lambda name: lines[name].devices)
        for name, line in lines.items():
            kind, a, b = line.kind, line.a, line.b
            if kind is LineKind.LAN:
                place = place_of.get(a.device)
                if a.address is None and place is not None:
                    region, hosts, unit, _ = place
                    lans.add(name, region, hosts, unit)
            elif kind is LineKind.CIRCUIT and b is not None and a.address is None and b.address is None:
                place, other = place_of.get(a.device), place_of.get(b.device)
                if place is None or other is None:
                    continue
                region, _, unit, _ = other if depth(other[0]) > depth(place[0]) else place
                circuits.add(name, region, 0, unit)
        return lans, circuits

    @cached_property
    def _devices_at(self) -> dict[str, list[str]]:
        """The devices by their sites."""
        found: dict[str, list[str]] = {}
        for name, (*_, site) in self._places.items():
            found.setdefault(site, []).append(name)
        return found

    def _sites(self) -> _Owners:
        made = _Owners(lambda name: self._devices_at.get(name, ()))
        for name, row in self.inventory.sites.items():
            if name not in self.left_out_sites:
                made.add(name, row.region, row.hosts, row.unit)
        return made

    def _units(self) -> _Owners:
        hosts: dict[str, int] = {}
        devices: dict[str, list[str]] = {}
        sites = self._sites()
        for site, unit, count in zip(sites.names, sites.units, sites.hosts, strict=True):
            hosts[unit] = hosts.get(unit, 0) + count
            devices.setdefault(unit, []).extend(sites.devices(site))
        made = _Owners(lambda name: devices.get(name, ()))
        for name, row in self.inventory.units.items():
            if row.region not in self.left_out_regions:
                made.add(name, row.region, hosts.get(name, 0), name)
        return made

    def _of_regions(self, level: Level | None) -> _Owners:
        hosts: dict[str, int] = {}
        devices: dict[str, list[str]] = {}
        sites = self._sites()
        for site, region, count in zip(sites.names, sites.regions, sites.hosts, strict=True):
            for code in self.regions.chain(region):
                hosts[code] = hosts.get(code, 0) + count
                devices.setdefault(code, []).extend(sites.devices(site))
        made = _Owners(lambda code: devices.get(code, ()))
        for code, row in self.inventory.regions.items():
            if row.level is level and code not in self.left_out_regions:
                made.add(code, code, hosts.get(code, 0), "")
        return made

    def _takes_part(self, owner: str, unit: str, function: Function, vrf: str) -> bool:
        """Whether an owner is in a VRF, for functions with several pools.

        A line whose interface lies in a zone is in that zone's VRF. Everybody else is in those that the unit's
        row names (`vrfs`), and in the default one.
        """
        if function.purpose in (Purpose.LAN, Purpose.CIRCUIT):
            line = self.inventory.lines[owner]
            zones = (self.inventory.zone_of(end.device, end.interface) for end in (line.a, line.b) if end is not None)
            by_zone = {zone.vrf for zone in zones if zone is not None}
            if by_zone:
                return vrf in by_zone
        if function.purpose is Purpose.REGION:
            return True
        row = self.inventory.units.get(unit)
        return vrf == DEFAULT_VRF or (row is not None and vrf in row.vrfs)

    def _too_many(self, function: Function, name: str, hosts: int, length: int, size: Size) -> None:
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
            if len(group) == 1 and len(group[0].runs()) == 1:
                continue  # one function's owners are all different
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
        inventory = self.inventory
        rows: dict[str, Mapping[str, Device | Line | Unit | Site | Region]] = {
            _WORDS[Purpose.LOOPBACK]: inventory.devices,
            _WORDS[Purpose.LAN]: inventory.lines,
            _WORDS[Purpose.UNIT]: inventory.units,
            _WORDS[Purpose.SITE]: inventory.sites,
            _WORDS[Purpose.REGION]: inventory.regions,
        }
        by_word: dict[str, set[str]] = {}
        for key, owners in self._owners.items():
            by_word.setdefault(_WORDS[key[0]], set()).update(owners.names)
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
                    source = rows[second][name].source
                    self.problems.append(Problem("ambiguous-owner", message, hint, source.file, source.line, "name"))
