"""DNS zones from the plan: forward, reverse, and what BIND's configuration includes.

While addresses move (there is a mapping, and dns.yaml has `migration_ttl`) there are three sets, in the order of
RFC 4192: `1-before` (today's addresses and no others, the TTL of what will change lowered; load it at least one old
TTL before anything moves), `2-switch` (the new addresses, TTL still low, both reverse zones; load it when the new
addresses have been added and verified), `3-after` (the new addresses, TTL as usual, the old reverse zones gone). Their
serials are the given one, + 1 and + 2. Otherwise there is one set, `zones`.

Where there is a plan/stages.yaml, sites do not move all at once, and in place of `2-switch` there is a set for each
wave: `2-wave-01` has the new addresses of what moves in the first wave and today's of everything else, and so on, each
with a serial of its own. What is in no wave moves with the last one, which so is what `2-switch` would be. A wave's
set is loaded when its addresses have been added and verified.

Today's are the addresses that the mapping has, and those that the inventory and dns.yaml give: what the plan gives to
somebody who has no address in today's table is new. Given addresses are today's as long as the mapping knows them as
such.

Names come from the inventory's names, which are ASCII; never from titles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr
from ipplan.mapping import Mode
from ipplan.names import DEFAULT_VRF
from ipplan.views import dns_file, names, reverse
from ipplan.views.dns_names import Collector, Named, zone_origin
from ipplan.views.material import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipplan.addresses import Address
    from ipplan.networks import Network
    from ipplan.views.dns_file import DnsSettings
    from ipplan.views.material import Material


@dataclass(frozen=True, slots=True)
class ZoneSet:
    """One state of all zones: a folder, its serial, today's addresses or the plan's, and which TTLs are low.

    `wave`: what moves later than that still has today's addresses.
    """

    folder: str
    serial: int
    old: bool = False
    low: bool = False
    both: bool = False
    wave: int | None = None


def sets(material: Material, settings: DnsSettings) -> list[ZoneSet]:
    """The states to write, in the order in which they are loaded. InputError if there is no such wave."""
    serial, wanted = settings.serial, material.wave
    moving = material.mapping is not None and settings.migration_ttl is not None
    last = material.moves.last if moving and material.moves is not None else 0
    if wanted is not None and not 1 <= wanted <= last:
        message = Message("there is no wave {wave}", wave=wanted)
        hint = (
            Message("the waves of plan/stages.yaml are 1 to {last}", last=last)
            if last
            else Message("waves need plan/mapping.csv, plan/stages.yaml and “migration_ttl” in plan/dns.yaml")
        )
        raise InputError([Problem("no-wave", message, hint, column="--wave")])
    if not moving:
        return [ZoneSet("zones", serial)]
    between = [ZoneSet("2-switch", 0, low=True, both=True)]
    if last:
        width = max(len(str(last)), 2)
        between = [ZoneSet(f"2-wave-{wave:0{width}}", 0, low=True, both=True, wave=wave) for wave in range(1, last + 1)]
    states = [ZoneSet("1-before", 0, old=True, low=True, both=True), *between, ZoneSet("3-after", 0)]
    # RFC 1982: the number after the last is 0.
    made = [replace(state, serial=(serial + step) % (1 << 32)) for step, state in enumerate(states)]
    return made if wanted is None else [state for state in made if state.wave == wanted]


def files(material: Material) -> Iterator[File]:
    """`dns/<set>/…zone`, `named.conf.zones`, and for zones of RFC 2317 what the parent's zone must have."""
    settings = material.dns
    if settings is None:
        return
    found = Collector(material, settings).collect()
    states = States(material)
    today, tomorrow = states.of(found)
    glue = _glue(settings, states)
    vrfs = sorted({named.vrf for named in found} | {DEFAULT_VRF}, key=lambda vrf: (vrf != DEFAULT_VRF, vrf))
    for state in sets(material, settings):
        now = today if state.old else tomorrow if state.wave is None else states.after(found, state.wave)
        servers = states.servers(glue, state)
        for vrf in vrfs:
            here, before, new = ([named for named in some if named.vrf == vrf] for some in (now, today, tomorrow))
            yield from _Writer(material, settings, state, vrf, here, before, new, glue, servers).files()


class States:
    """Which addresses there are today, and which there will be."""

    def __init__(self, material: Material) -> None:
        mapping = material.mapping
        self._mapping = mapping
        self._back = mapping.inverse() if mapping is not None else None
        self._moves = material.moves
        devices, waves = material.inventory.devices, material.waves or {}
        self._waves = {name: waves[device.site] for name, device in devices.items() if device.site in waves}

    def of(self, found: Iterable[Named]) -> tuple[list[Named], list[Named]]:
        """The names with their addresses of today, and with those of tomorrow; left out where they have none."""
        today, tomorrow = [], []
        for named in found:
            before, after = self.both(named.address, named.vrf, given=named.given)
            if before is not None:
                today.append(replace(named, address=before))
            if after is not None:
                tomorrow.append(replace(named, address=after))
        return today, tomorrow

    def after(self, found: Iterable[Named], wave: int) -> list[Named]:
        """The names with the addresses that they have after a wave; left out where they have none."""
        there = []
        for named in found:
            before, planned = self.both(named.address, named.vrf, given=named.given)
            address = self._at(wave, named.device, named.vrf, before, planned)
            if address is not None:
                there.append(replace(named, address=address))
        return there

    def _at(self, wave: int, device: str, vrf: str, before: Address | None, planned: Address | None) -> Address | None:
        """An address after a wave. What no wave changes comes with the last one, what is new with its site."""
        moves = self._moves
        if moves is None or wave >= moves.last or before == planned:
            return planned
        if before is None:
            return planned if self._waves.get(device, moves.last) <= wave else None
        return moves.after(wave, device, vrf, before, planned)

    def servers(self, glue: Servers, state: ZoneSet) -> dict[str, list[Address]]:
        """The name servers' addresses in a state."""
        if state.old or state.wave is None:
            return glue.before if state.old else glue.after
        found = {}
        for name, addresses in glue.pairs.items():
            now = (self._at(state.wave, "", DEFAULT_VRF, before, planned) for before, planned in addresses)
            found[name] = list(dict.fromkeys(address for address in now if address is not None))
        return found

    def both(self, address: Address, vrf: str, *, given: bool) -> tuple[Address | None, Address | None]:
        """An address of the plan, or a given one, as it is today and as it will be; None where there is none."""
        if self._mapping is None or self._back is None:
            return address, address
        entry = self._mapping.find(address, vrf) if given else None
        if entry is not None:
            stays = entry.mode is Mode.REFUSED  # nobody knows where it will go
            return address, address if stays else self._mapping.translate(address, vrf)
        if self._back.find(address, vrf) is not None:
            return self._back.translate(address, vrf), address
        return (address if given else None), address


class Servers(NamedTuple):
    """The name servers' addresses of today and of tomorrow, and which of tomorrow's is which of today's."""

    before: dict[str, list[Address]]
    after: dict[str, list[Address]]
    pairs: dict[str, list[tuple[Address | None, Address | None]]]


def _glue(settings: DnsSettings, states: States) -> Servers:
    """The name servers' addresses. InputError if one has addresses only at one time."""
    made = Servers({}, {}, {})
    problems = []
    for name, addresses in settings.name_servers.items():
        found = [states.both(ip_address(address), DEFAULT_VRF, given=True) for address in addresses]
        made.pairs[name] = found
        for times, column in zip(made[:2], zip(*found, strict=True) if found else ((), ()), strict=True):
            times[name] = list(dict.fromkeys(address for address in column if address is not None))
        if found and not all(times[name] for times in made[:2]):
            message = Message("the name server “{name}” has an address only before or only after the move", name=name)
            hint = Message("write the address that it has today, and let the mapping have a place for it")
            problems.append(Problem("no-place", message, hint, dns_file.FILE, column="name_servers"))
    if problems:
        raise InputError(problems)
    return made


@dataclass(frozen=True)
class _Writer:
    """The files of one state of one VRF's zones."""

    material: Material
    settings: DnsSettings
    state: ZoneSet
    vrf: str
    now: list[Named]
    before: list[Named]
    new: list[Named]
    servers: Servers
    servers_now: dict[str, list[Address]]

    @property
    def folder(self) -> str:
        """Where the files go."""
        base = f"dns/{self.state.folder}"
        return base if self.vrf == DEFAULT_VRF else f"{base}/{names.file_name(self.vrf)}"

    @property
    def origin(self) -> str:
        """The forward zone."""
        return zone_origin(self.settings, self.vrf)

    def files(self) -> Iterator[File]:
        """All of them."""
        zones: dict[str, str] = {}
        forward = f"{self.origin}.zone"
        zones[self.origin] = forward
        yield File(f"{self.folder}/{forward}", self.forward().encode())
        parents: dict[str, list[str]] = {}
        for cut, pointers in self.reverse().items():
            zone = reverse.zone_name(cut, self.settings.classless)
            file = names.file_name(zone) + ".zone"
            zones[zone] = file
            yield File(f"{self.folder}/{file}", self.zone(zone, self.pointer_lines(cut, pointers), str(cut)).encode())
            if reverse.is_classless(cut):
                parents.setdefault(reverse.parent_name(cut), []).extend(self.delegation(cut, zone))
        for parent, lines in parents.items():
            head = self.comment(tr(mark("For whoever runs {zone} (RFC 2317): add these lines to it."), zone=parent))
            text = "\n".join([*head, *lines]) + "\n"
            yield File(f"{self.folder}/parent-{parent}.txt", text.encode())
        text = "".join(f'zone "{zone}" {{ type primary; file "{file}"; }};\n' for zone, file in zones.items())
        yield File(f"{self.folder}/named.conf.zones", text.encode())

    def comment(self, what: str) -> list[str]:
        """The first lines of a file. A title with a line break in it must not become a record."""
        version = tr(mark("version of the plan: {version}"), version=self.material.fingerprint)
        return [f"; {' '.join(text.split())}" for text in (f"{self.material.title}: {what}", version)]

    def zone(self, zone: str, lines: Iterable[str], what: str) -> str:
        """A zone's text: SOA, name servers, records."""
        settings, timers = self.settings, self.settings.timers
        servers = [self.server(name) for name in settings.name_servers]
        mailbox = settings.hostmaster
        soa = f"@ IN SOA {servers[0]} {mailbox}. ({self.state.serial} {timers.refresh} {timers.retry} {timers.expire}"
        return "\n".join(
            [
                *self.comment(what),
                f"$ORIGIN {zone}.",
                f"$TTL {settings.ttl}",
                f"{soa} {timers.minimum})",
                *(f"@ IN NS {server}" for server in servers),
                *lines,
                "",
            ]
        )

    def server(self, name: str) -> str:
        """A name server's whole name: one label is below the origin."""
        return f"{name}.{self.settings.origin}." if "." not in name else f"{name}."

    @cached_property
    def changing(self) -> frozenset[Named]:
        """The names with the addresses that they have only before or only after."""
        return frozenset(self.before) ^ frozenset(self.new)

    def ttl(self, some: Iterable[Named]) -> str:
        """The TTL of a record set, with a blank after it; nothing for the zone's own.

        All records of a set have the same (RFC 2181 section 5.2), the low one if one of them will change.
        """
        low = self.settings.migration_ttl
        if not self.state.low or low is None:
            return ""
        return f"{low} " if not self.changing.isdisjoint(some) else ""

    def forward(self) -> str:
        """The forward zone."""
        sets: dict[tuple[str, str], list[Named]] = {}  # by name and type
        aliases: dict[str, list[Named]] = {}
        for named in self.now:
            sets.setdefault((named.name, "A" if named.address.version == 4 else "AAAA"), []).append(named)
            for alias in named.aliases:
                aliases.setdefault(alias, []).append(named)
        changing: dict[tuple[str, str], list[Named]] = {}  # also what is only in the other state
        for named in self.changing:
            changing.setdefault((named.name, "A" if named.address.version == 4 else "AAAA"), []).append(named)
        lines: set[tuple[tuple[str, ...], str, str]] = set()
        for (name, kind), found in sets.items():
            ttl = self.ttl([*found, *changing.get((name, kind), ())])
            order = tuple(reversed(name.split(".")))
            lines |= {(order, kind, f"{name} {ttl}IN {kind} {named.address}") for named in found}
        for alias, found in aliases.items():
            target = found[0].name
            ttl = self.ttl([*found, *changing.get((target, "A"), ()), *changing.get((target, "AAAA"), ())])
            text = f"{alias} {ttl}IN CNAME {target}.{self.origin}."
            lines.add((tuple(reversed(alias.split("."))), "CNAME", text))
        records = [*self.glue(), *(text for _, _, text in sorted(lines))]
        return self.zone(self.origin, records, tr(mark("names and addresses")))

    def glue(self) -> Iterator[str]:
        """The addresses of the name servers below this zone."""
        for name, addresses in self.servers_now.items():
            moves = set(self.servers.before[name]) != set(self.servers.after[name])
            low = f"{self.settings.migration_ttl} " if self.state.low and moves else ""
            if self.relative(name):
                yield from (
                    f"{self.relative(name)} {low}IN {'A' if address.version == 4 else 'AAAA'} {address}"
                    for address in addresses
                )

    def relative(self, server: str) -> str:
        """A name server's name below this zone; empty if it is elsewhere."""
        whole = self.server(server).removesuffix(".")
        return whole.removesuffix("." + self.origin) if whole.endswith("." + self.origin) else ""

    @cached_property
    def cuts(self) -> reverse.Cuts:
        """What the reverse zones are for: the VRF's pools, further prefixes of dns.yaml, today's while they count."""
        found = [row.prefix for row in self.material.plan.pool_rows if row.vrf == self.vrf]
        if self.vrf == DEFAULT_VRF:
            found += self.settings.reverse
        mapping = self.material.mapping
        if self.state.both and mapping is not None:
            found += [entry.old_subnet or entry.old for entry in mapping.prefixes if entry.vrf == self.vrf]
        return reverse.Cuts(found)

    def reverse(self) -> dict[Network, list[Named]]:
        """The reverse zones that have records, in address order, and one name for each address."""
        times = [self.now, self.before] if self.state.both else [self.now]
        chosen: dict[Address, Named] = {}
        for some in times:
            for named in sorted(some, key=lambda named: (named.rank, named.name)):
                chosen.setdefault(named.address, named)
        zones: dict[Network, list[Named]] = {}
        for address in sorted(chosen, key=lambda address: (address.version, int(address))):
            cut = self.cuts.zone_of(address)
            if cut is not None:
                zones.setdefault(cut, []).append(chosen[address])
        return zones

    def pointer_lines(self, cut: Network, pointers: Iterable[Named]) -> Iterator[str]:
        """The PTR records of a zone."""
        for named in pointers:
            yield f"{reverse.owner_name(named.address, cut)} {self.ttl([named])}IN PTR {named.name}.{self.origin}."

    def delegation(self, cut: Network, zone: str) -> Iterator[str]:
        """What the zone of the /24 must have so that a zone of RFC 2317 is found."""
        label = zone.split(".", 1)[0]
        for server in self.settings.name_servers:
            yield f"{label} IN NS {self.server(server)}"
        for address in cut:
            last = int(address) & 255
            yield f"{last} IN CNAME {last}.{zone}."
