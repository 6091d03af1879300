"""Subnets that share one new place: only as their mode says, and only if their hosts do not meet there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.places.roles import Shape
from configs.readdress import text as texts
from inventory.errors import InputError, Problem
from inventory.text import Message
from ipplan import mapping_check
from ipplan.mapping import FILE, Mode
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from configs.readdress.scope import Scope
    from configs.readdress.usage import Used
    from ipplan.mapping import Entry, Mapping


def entries(mapping: Mapping) -> tuple[Entry, ...]:
    """The entries that share new places, as their mode says. InputError where no mode says so."""
    problems = []
    merged: dict[Entry, None] = {}
    for (vrf, version), first, second in mapping_check.clashes(mapping):
        both = (first.entry, second.entry)
        if all(entry.mode is Mode.MERGE for entry in both):
            merged.update(dict.fromkeys(both))
            continue
        address = texts.write(second.new or 0, version, "")
        problems.append(_clash(*both, str(both[0].old), str(both[1].old), address, vrf))
    if problems:
        raise InputError(problems)
    return tuple(merged)


def check(merged: Sequence[Entry], found: Iterable[Used], scope: Scope) -> None:
    """Refuse hosts that would get the same address; `merged` are the entries that share new places."""
    taken: dict[tuple[str | None, int, int], int] = {}
    for one in sorted(one for one in found if one.shape is Shape.HOST and one.vrf is not None):
        answer = scope.host(one.start, one.version, one.vrf)
        if not answer.parts:
            continue
        key = (DEFAULT_VRF if scope.one_for_all else one.vrf, one.version, answer.parts[0][0])
        first = taken.setdefault(key, one.start)
        if first == one.start:
            continue
        low, high, place = (texts.write(value, one.version, "") for value in (first, one.start, key[2]))
        both = (_entry_of(merged, first, one.version), _entry_of(merged, one.start, one.version))
        raise InputError([_clash(*both, low, high, place, key[0] or "")])


def _entry_of(entries: Iterable[Entry], value: int, version: int) -> Entry:
    """The narrowest entry that holds an address; the first one if none does."""
    entries = sorted(entries, key=lambda entry: -entry.old.prefixlen)
    for entry in entries:
        first = int(entry.old.network_address)
        if entry.old.version == version and first <= value <= int(entry.old.broadcast_address):
            return entry
    return entries[0]


def _clash(one: Entry, other: Entry, first: str, second: str, address: str, vrf: str) -> Problem:
    return Problem(
        "clash",
        Message(
            "{first} (line {one}) and {second} (line {other}) both go to {address} in the VRF “{vrf}”",
            first=first,
            one=one.source.line,
            second=second,
            other=other.source.line,
            address=address,
            vrf=vrf,
        ),
        Message("give one of them another place; subnets share one in the mode merge, if their hosts do not meet"),
        other.source.file or FILE,
        other.source.line,
        "new",
    )
