"""What moves, on which devices, in whose job, and which other moves it must wait for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.errors import Problem
from inventory.text import Message
from ipplan.mapping import FILE as MAPPING_FILE
from ipplan.mapping import Mode
from ipplan.stages_model import ON_DEVICE, Change, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from inventory.model import Device, Inventory
    from ipplan.mapping import Entry, Mapping
    from ipplan.mapping_collisions import Migration
    from ipplan.mapping_moves import Key, Move
    from ipplan.stages_tree import Paths


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One move, or its part with one owner, on its way: in phase 0 to its temporary prefix, in phase 1 to its last.

    `managed` are those of the devices that are managed by an address of it.
    """

    key: Key
    phase: int
    changes: tuple[Change, ...]
    site: str
    devices: tuple[str, ...]
    line: str
    managed: frozenset[str]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What is done with it on a device: with what is given up only the last of it."""
        return ON_DEVICE if any(change.new is not None for change in self.changes) else (Kind.DRAIN, Kind.REMOVE)


class Waits:
    """Which items must have left their places before another one may be added."""

    def __init__(self, items: Iterable[Item], migration: Migration) -> None:
        self._migration = migration
        self._of_key: dict[tuple[Key, int], list[Item]] = {}
        for item in items:
            self._of_key.setdefault((item.key, item.phase), []).append(item)

    def of(self, item: Item) -> Iterator[Item]:
        """The items that this one waits for: only on the way to its last prefix; temporary prefixes are free."""
        if item.phase == 0:
            return
        move = self._migration.move(*item.key)
        for key in move.needs if move is not None else ():
            if key != item.key:
                yield from self._of_key.get((key, 0), self._of_key.get((key, 1), ()))


def items(
    mapping: Mapping, migration: Migration, inventory: Inventory, paths: Paths
) -> tuple[list[Item], list[Problem]]:
    """What moves or is given up, with the devices that it is on; and what the steps alone do not do."""
    moves = {move.key: move for move in migration.order}
    awaited = {key for move in migration.order for key in move.needs}
    managed = _managed(mapping, inventory)
    found: list[Item] = []
    unplaced = [_refused(entry) for entry in mapping.prefixes if entry.mode is Mode.REFUSED]
    for (key, owner), entries in _changing(mapping, moves).items():
        behind = frozenset(managed.get(key, ()))
        line = owner if owner in inventory.lines else ""
        own = paths.devices_of(owner)
        together = _together(own, behind, inventory, line=bool(line))
        # What is given up and has no owner is nobody's any more, unless others wait for its space.
        if not together and (owner or key in awaited or entries[0].mode is not Mode.RETIRE):
            unplaced.append(_unplaced(entries[0]))
        if entries[0].mode is Mode.RETIRE:
            unplaced += (_cut_off(entries[0], inventory.devices[name]) for name in sorted(behind))
        unplaced += _crossing(entries)
        for phase, changes in _phases(moves.get(key), owner, entries):
            for devices in together:
                site, here = paths.site_of(devices), line if set(devices) & set(own) else ""
                found.append(Item(key, phase, changes, site, devices, here, behind & set(devices)))
    return found, unplaced


def _changing(mapping: Mapping, moves: Collection[Key]) -> dict[tuple[Key, str], list[Entry]]:
    """What changes, by prefix of today and owner: prefixes that move or are given up; hosts of prefixes that stay."""
    by_owner: dict[tuple[Key, str], list[Entry]] = {}
    for entry in mapping.prefixes:
        key = (entry.vrf, entry.old_subnet or entry.old)
        if entry.mode is Mode.RETIRE or (entry.moves and key in moves):
            by_owner.setdefault((key, entry.owner), []).append(entry)
        elif entry.mode is Mode.KEEP:
            hosts = [host for host in mapping.hosts(entry) if host.moves]
            if hosts:
                by_owner.setdefault((key, entry.owner), []).extend(hosts)
    return by_owner


def _managed(mapping: Mapping, inventory: Inventory) -> dict[Key, set[str]]:
    """The devices that are managed by an address of a prefix of today."""
    managed: dict[Key, set[str]] = {}
    for device in inventory.devices.values():
        entry = mapping.find(device.address.ip) if device.address is not None else None
        if entry is not None and entry.old_subnet is not None:
            managed.setdefault((entry.vrf, entry.old_subnet), set()).add(device.name)
    return managed


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


def _refused(entry: Entry) -> Problem:
    message = Message("{old} has no mapping: it is in no stage", old=entry.old)
    hint = Message("mend what govnet plan map says of it")
    return Problem("refused", message, hint, entry.source.file or MAPPING_FILE, entry.source.line, "mode")


def _cut_off(entry: Entry, device: Device) -> Problem:
    message = Message(
        "“{device}” is managed at {address}, and {old} is given up",
        device=device.name,
        address=device.address.ip if device.address is not None else "",
        old=entry.old,
    )
    hint = Message("give it another address by hand first, or let {old} go to a new prefix", old=entry.old)
    return Problem("cut-off", message, hint, entry.source.file or MAPPING_FILE, entry.source.line, "mode")


def _crossing(entries: Iterable[Entry]) -> Iterator[Problem]:
    """Hosts of a prefix that stays which go to places where others may be until they have gone to theirs."""
    hosts = {entry.old: entry for entry in entries if entry.single}
    for entry in hosts.values():
        other = hosts.get(entry.new) if entry.new is not None and entry.new_vrf == entry.vrf else None
        if other is not None:
            message = Message(
                "{old} goes to {new} in {prefix}, which stays: whoever has {new} must leave it first",
                old=entry.old.network_address,
                new=other.old.network_address,
                prefix=entry.old_subnet,
            )
            hint = Message("list the addresses in use in the column hosts of today's table; or move that host by hand")
            yield Problem("crossing", message, hint, entry.source.file or MAPPING_FILE, entry.source.line, "new")


def _phases(move: Move | None, owner: str, entries: Iterable[Entry]) -> Iterator[tuple[int, tuple[Change, ...]]]:
    """The ways that a move goes: straight, or first to its temporary prefix and on from there.

    Without a move the prefix is given up, or it stays and only hosts of it move.
    """
    temporary = move.temporary if move is not None else None
    if move is not None and temporary is not None:
        yield 0, (Change(move.vrf, move.old, move.vrf, temporary, owner),)
    changes = []
    for entry in entries:
        if entry.single:
            changes.append(Change(entry.vrf, entry.old, entry.new_vrf, entry.new, owner))
        elif entry.new_subnet is not None or entry.mode is Mode.RETIRE:
            old = temporary or entry.old_subnet or entry.old
            changes.append(Change(entry.vrf, old, entry.new_vrf, entry.new_subnet, owner))
    yield 1, tuple(dict.fromkeys(changes))
