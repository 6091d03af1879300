"""The order of a renumbering: who does what on which device, what each step needs and what undoes it (RFC 4192).

For each site and each of its devices: lower the DNS TTLs and DHCP leases; **add** the new prefixes beside the old;
**verify** that they work from both ends; **prefer** the new ones (services, DNS, routes); **drain**: wait until nothing
uses the old; **remove** the old; raise the TTLs again. The address by which a device is managed comes last, and nothing
is removed on the lines that lead to a device before it has been reached at its new address (unless that address needs
the very space which such a line leaves: then the line's own new prefix has been verified).

Sites far from the root of the network come before those nearer to it. Never more than the given number of sites are
between their first and their last step at a time: a wave is begun when the one before it has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from inventory.errors import InputError, Problem, RefusedError
from inventory.model import Level
from inventory.sources import write_atomically
from inventory.text import Message
from ipplan import graph
from ipplan.mapping import FILE as MAPPING_FILE
from ipplan.networks import in_order
from ipplan.stages_tree import Paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from inventory.model import Inventory
    from ipplan.mapping import Entry
    from ipplan.mapping import Mapping as AddressMapping
    from ipplan.mapping_collisions import Key, Migration, Move
    from ipplan.networks import Network

FILE = "plan/stages.yaml"
VERSION = 1
IN_FLIGHT = 8


class Kind(StrEnum):
    """What a step does."""

    LOWER = "lower"  # lower DNS TTLs and DHCP leases; then wait for one old TTL and one old lease
    ADD = "add"
    VERIFY = "verify"
    PREFER = "prefer"
    DRAIN = "drain"
    REMOVE = "remove"
    RESTORE = "restore"  # raise TTLs and leases again


class Undo(StrEnum):
    """What takes a step back."""

    NOTHING = "nothing"  # it changed nothing
    RAISE = "raise"  # raise TTLs and leases again
    WITHDRAW = "withdraw"  # remove the new prefixes again
    PREFER_OLD = "prefer_old"  # prefer the old ones again
    ADD_OLD = "add_old"  # add the old prefixes again beside the new


UNDO = {
    Kind.LOWER: Undo.RAISE,
    Kind.ADD: Undo.WITHDRAW,
    Kind.VERIFY: Undo.NOTHING,
    Kind.PREFER: Undo.PREFER_OLD,
    Kind.DRAIN: Undo.NOTHING,
    Kind.REMOVE: Undo.ADD_OLD,
    Kind.RESTORE: Undo.NOTHING,
}
_ON_DEVICE = (Kind.ADD, Kind.VERIFY, Kind.PREFER, Kind.DRAIN, Kind.REMOVE)


class Change(NamedTuple):
    """One prefix that a step is about: from `old` to `new` (VRF and prefix of both)."""

    vrf: str
    old: Network
    new_vrf: str
    new: Network
    owner: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step on one device (`device` empty: of the whole site). `needs` are the ids of the steps that come before."""

    id: str
    wave: int
    site: str
    device: str
    kind: Kind
    management: bool
    changes: tuple[Change, ...]
    needs: tuple[str, ...]

    @property
    def undo(self) -> Undo:
        """What takes it back."""
        return UNDO[self.kind]

    def as_json(self) -> dict[str, Any]:
        """Stable keys, the same as in stages.yaml."""
        return {
            "id": self.id,
            "wave": self.wave,
            "site": self.site,
            "device": self.device,
            "kind": self.kind.value,
            "management": self.management,
            "changes": [
                {
                    "vrf": change.vrf,
                    "old": str(change.old),
                    "new_vrf": change.new_vrf,
                    "new": str(change.new),
                    "owner": change.owner,
                }
                for change in self.changes
            ],
            "needs": list(self.needs),
            "undo": self.undo.value,
        }


@dataclass(frozen=True, slots=True)
class Wave:
    """Sites that are in flight together. `region` is the code of their county (or of what is above counties)."""

    number: int
    region: str
    name: str
    sites: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {"wave": self.number, "region": self.region, "name": self.name, "sites": list(self.sites)}


@dataclass(frozen=True, slots=True)
class Stages:
    """The whole renumbering. `steps` are in an order in which they can be done one after the other.

    `unplaced` are the prefixes that move but belong to no device of the inventory.
    """

    max_in_flight: int
    root: str
    waves: tuple[Wave, ...] = ()
    steps: tuple[Step, ...] = ()
    unplaced: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Stable keys, the same as in stages.yaml."""
        return {
            "version": VERSION,
            "max_in_flight": self.max_in_flight,
            "root": self.root,
            "waves": [wave.as_json() for wave in self.waves],
            "steps": [step.as_json() for step in self.steps],
        }


@dataclass(slots=True)
class _Item:
    """One move, or its part with one owner, on its way: in phase 0 to its temporary prefix, in phase 1 to its last."""

    key: Key
    phase: int
    changes: tuple[Change, ...]
    site: str
    devices: tuple[str, ...]
    line: str
    managed: frozenset[str]  # the devices among them that are managed by an address of it
    round: int = 0


class _Bundle(NamedTuple):
    """What is done on one device together."""

    site: str
    phase: int
    round: int
    device: str
    management: bool


def make(
    mapping: AddressMapping,
    migration: Migration,
    inventory: Inventory,
    *,
    max_in_flight: int = IN_FLIGHT,
    root: str = "",
) -> Stages:
    """The steps of a mapping's renumbering, in waves of at most `max_in_flight` sites.

    `root` is the device from which the others are managed; without it the one with the most circuits. InputError if
    steps wait for each other in a circle: it names them. RefusedError if sites must be in flight together and are
    more than `max_in_flight`.
    """
    paths = Paths(inventory, root)
    items, unplaced = _items(mapping, migration, inventory, paths)
    jobs = _jobs(items, migration, inventory, paths)
    groups = graph.components(jobs)
    waves = _waves(groups, jobs, inventory, max_in_flight)
    steps = _Steps(items, migration, paths, waves)
    return Stages(max_in_flight, paths.root, tuple(wave for wave, _ in waves), steps.make(), tuple(unplaced))


_Job = tuple[str, int]  # site and phase


def _items(
    mapping: AddressMapping, migration: Migration, inventory: Inventory, paths: Paths
) -> tuple[list[_Item], list[Problem]]:
    """What moves, with the devices that it is on."""
    moves = {move.key: move for move in migration.order}
    managed: dict[Key, set[str]] = {}
    for device in inventory.devices.values():
        if device.address is not None:
            entry = mapping.find(device.address.ip)
            if entry is not None and entry.old_subnet is not None:
                managed.setdefault((entry.vrf, entry.old_subnet), set()).add(device.name)
    by_owner: dict[tuple[Key, str], list[Entry]] = {}
    for entry in mapping.prefixes:
        key = (entry.vrf, entry.old_subnet or entry.old)
        if entry.moves and key in moves:
            by_owner.setdefault((key, entry.owner), []).append(entry)
    items: list[_Item] = []
    unplaced: list[Problem] = []
    for (key, owner), entries in by_owner.items():
        move = moves[key]
        behind = frozenset(managed.get(key, ()))
        line = owner if owner in inventory.lines else ""
        together = _together(paths.devices_of(owner), behind, inventory, line=bool(line))
        if not together:
            unplaced.append(_unplaced(entries[0]))
        for phase, changes in _phases(move, owner, entries):
            for devices in together:
                own = line if set(devices) & set(paths.devices_of(owner)) else ""
                items.append(_Item(key, phase, changes, paths.site_of(devices), devices, own, behind & set(devices)))
    return items, unplaced


def _together(
    devices: tuple[str, ...], behind: frozenset[str], inventory: Inventory, *, line: bool
) -> list[tuple[str, ...]]:
    """The devices on which a prefix changes at the same time: the ends of a line, else those of each site.

    A management network may reach over many sites: each changes its own addresses of it.
    """
    by_site: dict[str, list[str]] = {}
    for name in (*(() if line else devices), *sorted(behind.difference(devices))):
        by_site.setdefault(inventory.devices[name].site, []).append(name)
    ends = [devices] if line and devices else []
    return [*ends, *(tuple(names) for names in by_site.values())]


def _unplaced(entry: Entry) -> Problem:
    message = Message(
        "{old} belongs to no device of the inventory (“{owner}”): it is in no stage", old=entry.old, owner=entry.owner
    )
    hint = Message("give it an owner that is a device, line, site or unit, and run: govnet plan map")
    return Problem("no-device", message, hint, entry.source.file or MAPPING_FILE, entry.source.line, "owner")


def _phases(move: Move, owner: str, entries: Iterable[Entry]) -> Iterable[tuple[int, tuple[Change, ...]]]:
    if move.temporary is None:
        yield (
            1,
            tuple(
                dict.fromkeys(
                    Change(entry.vrf, entry.old_subnet or entry.old, entry.new_vrf, entry.new_subnet, owner)
                    for entry in entries
                    if entry.new_subnet is not None
                )
            ),
        )
        return
    yield 0, (Change(move.vrf, move.old, move.vrf, move.temporary, owner),)
    yield (
        1,
        tuple(
            dict.fromkeys(
                Change(entry.vrf, move.temporary, entry.new_vrf, entry.new_subnet, owner)
                for entry in entries
                if entry.new_subnet is not None
            )
        ),
    )


def _jobs(items: list[_Item], migration: Migration, inventory: Inventory, paths: Paths) -> dict[_Job, list[_Job]]:
    """What each site's job needs: the sites behind it, those that stand where it goes, its own temporary phase."""
    needs: dict[_Job, dict[_Job, None]] = {}
    for item in items:
        needs.setdefault((item.site, item.phase), {})
    of_key = _by_key(items)
    for site, phase in list(needs):
        if phase == 1:
            if (site, 0) in needs:
                needs[site, 1][site, 0] = None
            for behind in paths.behind(site, {name for name, number in needs if number == 1}):
                needs[site, 1][behind, 1] = None
    for item in items:
        for need in _waits(item, migration, of_key):
            if need.site != item.site or need.phase != item.phase:
                needs[item.site, item.phase][need.site, need.phase] = None
    order = sorted(needs, key=lambda job: (*_where(job[0], inventory), -paths.depth(job[0]), job[1], job[0]))
    return {job: list(needs[job]) for job in order}


def _by_key(items: Iterable[_Item]) -> Mapping[tuple[Key, int], Sequence[_Item]]:
    by_key: dict[tuple[Key, int], list[_Item]] = {}
    for item in items:
        by_key.setdefault((item.key, item.phase), []).append(item)
    return MappingProxyType(by_key)


def _waits(item: _Item, migration: Migration, of_key: Mapping[tuple[Key, int], Sequence[_Item]]) -> Iterable[_Item]:
    """The items that must be gone from their places before this one may be added: in its last phase."""
    if item.phase == 0:
        return
    move = migration.move(*item.key)
    for key in move.needs if move is not None else ():
        if key == item.key:
            continue
        yield from of_key.get((key, 0), of_key.get((key, 1), ()))


def _where(site: str, inventory: Inventory) -> tuple[str, str]:
    """The code of a site's county (of what is above it where there is none) and of its region."""
    row = inventory.sites.get(site)
    if row is None:
        return ("", "")
    chain = inventory.region_chain(row.region)
    county = next((region.code for region in chain if region.level is Level.COUNTY), "")
    above = next((region.code for region in chain if region.level in (Level.CITY, Level.PROVINCE)), "")
    return (county or above or row.region, row.region)


def _waves(
    groups: list[list[_Job]], jobs: Mapping[_Job, list[_Job]], inventory: Inventory, limit: int
) -> list[tuple[Wave, frozenset[_Job]]]:
    """The jobs in waves: in an order that works, a county's sites together, never more than `limit`."""
    position = {job: index for index, job in enumerate(jobs)}
    groups = sorted(groups, key=lambda group: position[group[0]])
    number = {job: index for index, group in enumerate(groups) for job in group}
    needs = {
        index: {number[need] for job in group for need in jobs[job]} - {index} for index, group in enumerate(groups)
    }
    order, _ = graph.ordered(needs)
    largest = max(({site for site, _ in group} for group in groups), key=len, default=set())
    if len(largest) > limit:
        message = Message(
            "these sites must be in flight together, because each waits for the others: {sites}",
            sites=", ".join(sorted(largest)),
        )
        raise RefusedError(message, Message("run it with --max-in-flight {count}", count=len(largest)))
    waves: list[tuple[Wave, frozenset[_Job]]] = []
    open_wave: list[int] = []

    def close() -> None:
        if not open_wave:
            return
        members = [job for index in open_wave for job in groups[index]]
        code = _where(members[0][0], inventory)[0]
        region = inventory.regions.get(code)
        sites = tuple(dict.fromkeys(site for site, _ in members))
        name = region.name if region is not None else code
        waves.append((Wave(len(waves) + 1, code, name, sites), frozenset(members)))
        open_wave.clear()

    for index in order:
        sites = {site for site, _ in groups[index]}
        taken = {site for other in open_wave for site, _ in groups[other]}
        here = _where(groups[index][0][0], inventory)[0]
        fits = (
            open_wave
            and len(taken | sites) <= limit
            and not needs[index].intersection(open_wave)
            and here == _where(groups[open_wave[0]][0][0], inventory)[0]
        )
        if not fits:
            close()
        open_wave.append(index)
    close()
    return waves


@dataclass(slots=True)
class _Draft:
    """A step whose needs are still being found."""

    wave: int
    site: str
    device: str
    kind: Kind
    management: bool
    changes: dict[Change, None] = field(default_factory=dict)
    needs: dict[str, None] = field(default_factory=dict)


# What is added or removed on one device, or preferred in one round of a site's job.
_Node: TypeAlias = tuple[tuple[str, int, int] | _Bundle, str]


def _reached(needs: Mapping[_Node, Mapping[_Node, None]], start: _Node) -> set[_Node]:
    """Everything that a node needs, directly or not, itself included."""
    found = {start}
    stack = [start]
    while stack:
        for need in needs.get(stack.pop(), ()):
            if need not in found:
                found.add(need)
                stack.append(need)
    return found


class _Steps:
    """The steps of all waves."""

    def __init__(
        self,
        items: list[_Item],
        migration: Migration,
        paths: Paths,
        waves: list[tuple[Wave, frozenset[_Job]]],
    ) -> None:
        self.items = items
        self.migration = migration
        self.paths = paths
        self.wave_of = {job: wave.number for wave, jobs in waves for job in jobs}
        self.of_key = _by_key(items)
        self.drafts: dict[str, _Draft] = {}
        self._number_rounds()
        self.bundles: dict[_Bundle, list[_Item]] = {}
        for item in items:
            for device in item.devices:
                self.bundles.setdefault(self._bundle(item, device), []).append(item)
        self.rounds: dict[tuple[str, int, int], list[_Bundle]] = {}
        self.management: dict[str, list[_Bundle]] = {}  # by the device that is managed over it
        for bundle in self.bundles:
            self.rounds.setdefault(bundle[:3], []).append(bundle)
        for bundle in sorted(bundle for bundle in self.bundles if bundle.management):
            found = self.management.setdefault(bundle.device, [])
            if not found or found[0].phase == bundle.phase:  # once at its temporary address it is safe as well
                found.append(bundle)
        self.guards = self._guards()

    def _bundle(self, item: _Item, device: str) -> _Bundle:
        return _Bundle(item.site, item.phase, item.round, device, device in item.managed)

    def _guards(self) -> dict[_Bundle, list[_Bundle]]:
        """For the bundles with lines, the management bundles of the devices behind them: those are verified first.

        But not where the new management address needs, directly or not, the very space that the line leaves: then the
        device goes on being reached at its old address, over the line's new one.
        """
        needs: dict[_Node, dict[_Node, None]] = {}
        for bundle, items in self.bundles.items():
            whole: _Node = (bundle[:3], "prefer")  # what is preferred on one device was verified on all
            needs.setdefault(whole, {})[bundle, "add"] = None
            needs[bundle, "remove"] = {whole: None}
            if bundle.management:
                beside = bundle._replace(management=False)
                needs[bundle, "remove"] |= {(beside, "remove"): None} if beside in self.bundles else {}
            needs[bundle, "add"] = {
                (self._bundle(need, device), "remove"): None
                for item in items
                for need in _waits(item, self.migration, self.of_key)
                for device in need.devices
            }
        guards: dict[_Bundle, list[_Bundle]] = {}
        for bundle in sorted(self.bundles):
            lines = dict.fromkeys(item.line for item in self.bundles[bundle] if item.line and bundle.phase == 1)
            behind = dict.fromkeys(device for line in lines for device in self.paths.over(line))
            for device in behind:
                for other in self.management.get(device, ()):
                    if (bundle, "remove") not in _reached(needs, (other, "add")):
                        needs[bundle, "remove"][other, "add"] = None
                        guards.setdefault(bundle, []).append(other)
        return guards

    def _number_rounds(self) -> None:
        """Within a wave a move that waits for another one is done in a later round. InputError if that is a circle."""
        index = {id(item): number for number, item in enumerate(self.items)}
        needs: dict[int, list[int]] = {}
        for number, item in enumerate(self.items):
            needs[number] = [
                index[id(need)]
                for need in _waits(item, self.migration, self.of_key)
                if need is not item
                and self.wave_of[need.site, need.phase] == self.wave_of[item.site, item.phase]
                and need.phase == item.phase
            ]
        order, cycle = graph.ordered(needs)
        if cycle:
            around = [self.items[number] for number in (*cycle, cycle[0])]
            _circle(" → ".join(str(item.key[1]) for item in around))
        for number in order:
            self.items[number].round = max((self.items[need].round + 1 for need in needs[number]), default=0)

    def make(self) -> tuple[Step, ...]:
        """All steps, each after those that it needs."""
        for bundle, items in sorted(self.bundles.items(), key=lambda pair: self._place(pair[0])):
            for kind in _ON_DEVICE:
                draft = self._draft(bundle, kind)
                for item in sorted(items, key=lambda item: (item.key[0], *in_order(item.key[1]))):
                    draft.changes.update(dict.fromkeys(item.changes))
        for bundle, items in self.bundles.items():
            self._link(bundle, items)
        order, cycle = graph.ordered({name: list(draft.needs) for name, draft in self._sorted()})
        if cycle:
            _circle(" → ".join((*cycle, cycle[0])))
        return tuple(
            Step(
                name,
                draft.wave,
                draft.site,
                draft.device,
                draft.kind,
                draft.management,
                tuple(draft.changes),
                tuple(sorted(draft.needs)),
            )
            for name in order
            for draft in [self.drafts[name]]
        )

    def _sorted(self) -> list[tuple[str, _Draft]]:
        kinds = {kind: number for number, kind in enumerate(Kind)}
        return sorted(self.drafts.items(), key=lambda pair: (pair[1].wave, pair[1].site, kinds[pair[1].kind], pair[0]))

    def _place(self, bundle: _Bundle) -> tuple[object, ...]:
        return (self.wave_of[bundle.site, bundle.phase], *bundle)

    def _name(self, bundle: _Bundle, kind: Kind) -> str:
        parts = [f"w{self.wave_of[bundle.site, bundle.phase]:03}", bundle.site, bundle.device]
        if bundle.phase == 0:
            parts.append("temporary")
        if bundle.round:
            parts.append(f"round-{bundle.round + 1}")
        if bundle.management:
            parts.append("management")
        return "/".join((*parts, kind.value))

    def _draft(self, bundle: _Bundle, kind: Kind) -> _Draft:
        wave = self.wave_of[bundle.site, bundle.phase]
        return self.drafts.setdefault(
            self._name(bundle, kind), _Draft(wave, bundle.site, bundle.device, kind, bundle.management)
        )

    def _whole(self, bundle: _Bundle, kind: Kind) -> str:
        """The step of the whole site: TTLs and leases."""
        wave = self.wave_of[bundle.site, bundle.phase]
        name = f"w{wave:03}/{bundle.site}{'/temporary' if bundle.phase == 0 else ''}/{kind.value}"
        self.drafts.setdefault(name, _Draft(wave, bundle.site, "", kind, management=False))
        return name

    def _link(self, bundle: _Bundle, items: list[_Item]) -> None:
        """What the steps of a bundle need."""
        beside = dict.fromkeys(self._bundle(item, device) for item in items for device in item.devices)
        job = self.rounds[bundle[:3]]
        add, verify, prefer, drain, remove = (self._draft(bundle, kind).needs for kind in _ON_DEVICE)
        add[self._whole(bundle, Kind.LOWER)] = None
        for item in items:
            for need in _waits(item, self.migration, self.of_key):
                add |= {self._name(self._bundle(need, device), Kind.REMOVE): None for device in need.devices}
        for other in beside:
            verify[self._name(other, Kind.ADD)] = None
            remove[self._name(other, Kind.DRAIN)] = None
        for other in job:
            prefer[self._name(other, Kind.VERIFY)] = None
            drain[self._name(other, Kind.PREFER)] = None
        self._keep_the_way_in(bundle, prefer, remove)
        self.drafts[self._whole(bundle, Kind.RESTORE)].needs[self._name(bundle, Kind.REMOVE)] = None

    def _keep_the_way_in(self, bundle: _Bundle, prefer: dict[str, None], remove: dict[str, None]) -> None:
        """The address that we come in by changes last, and no line goes before what is behind it has its new one."""
        if bundle.management:
            for other in self.rounds[bundle[:3]]:
                if other.device == bundle.device and not other.management:
                    prefer[self._name(other, Kind.PREFER)] = None
                    remove[self._name(other, Kind.REMOVE)] = None
        remove |= {self._name(other, Kind.VERIFY): None for other in self.guards.get(bundle, ())}


def _circle(around: str) -> None:
    raise InputError(
        [
            Problem(
                "cycle",
                Message("these wait for each other: {around}", around=around),
                Message("give one of them a temporary prefix or another new one, then run: govnet plan map"),
                MAPPING_FILE,
            )
        ]
    )


def to_text(stages: Stages) -> str:
    """The stages as the text of stages.yaml; equal stages give equal text on any machine."""
    import yaml  # noqa: PLC0415 - start-up time

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump(stages.as_json(), Dumper=dumper, allow_unicode=True, sort_keys=False, width=120)


def write(stages: Stages, path: Path) -> None:
    """Write stages.yaml atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, to_text(stages).encode())
