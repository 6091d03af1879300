"""The host table `plan/hosts.csv`: where single hosts go that must not simply keep their offset.

    old       the address of today (needed)
    vrf       the VRF of today; empty: default
    new       the address of tomorrow
    offset    or only its offset in the new prefix (10 is the tenth address behind the prefix's own)
    name      what people call it
    note      for people

A row with neither `new` nor `offset` says that the address is in use: its place is found.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from inventory import tables
from inventory.cells import integer, title
from inventory.errors import InputError
from inventory.model import NOWHERE, Source
from inventory.sources import csv, read_bytes
from inventory.tables import BAD, Column, Records, Shape
from inventory.text import Message
from ipplan.current import parse_address
from ipplan.mapping_file import namespace
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ipplan.mapping import Address
    from ipplan.networks import Network

FILE: Final = "plan/hosts.csv"

SHAPE: Final = Shape(
    "hosts",
    "主机表",
    "old",
    (
        Column("old", parse_address, ("原地址", "旧地址", "地址"), needed=True, filled=True),
        Column("vrf", namespace, ("VPN", "VPN实例"), default=DEFAULT_VRF),
        Column("new", parse_address, ("新地址",), default=None),
        Column("offset", integer(0, (1 << 31) - 1), ("偏移", "序号"), default=None, typed=True),
        Column("name", title, ("名称", "主机名")),
        Column("note", title, ("备注", "说明")),
    ),
)


@dataclass(frozen=True, slots=True)
class Host:
    """A host that is known by its address of today, and the place that it must take (both None: any)."""

    old: Address
    vrf: str = DEFAULT_VRF
    new: Address | None = None
    offset: int | None = None
    name: str = ""
    note: str = ""
    source: Source = field(default=NOWHERE, compare=False)


def read(path: Path, *, name: str = "") -> tuple[Host, ...]:
    """The host table. InputError with every faulty row. `name` is what the file is called in messages."""
    shown = name or str(path)
    return _hosts(tables.read(SHAPE, csv.parse(read_bytes(path, shown), shown)))


def parse(text: str, name: str = FILE) -> tuple[Host, ...]:
    """The host table that a text writes. InputError with every faulty row."""
    return _hosts(tables.read(SHAPE, csv.parse_text(text.removeprefix("\ufeff"), name)))


def _hosts(records: Records) -> tuple[Host, ...]:
    hosts: list[Host] = []
    old: dict[tuple[str, Address], int] = {}
    new: dict[tuple[str, Address], int] = {}
    for record in records.rows:
        if any(value is BAD for value in record.values.values()):
            continue
        host = Host(source=Source(records.file, record.line), **record.values)
        first = old.setdefault((host.vrf, host.old), record.line)
        if first != record.line:
            message = Message("{address} is here twice in the VRF “{vrf}”", address=host.old, vrf=host.vrf)
            hint = Message("the first one is in line {line}; take one of them out", line=first)
            records.complain(record.line, "old", "duplicate-row", message, hint)
        if host.new is not None:
            first = new.setdefault((host.vrf, host.new), record.line)
            if first != record.line:
                message = Message("{address} is given to two hosts of the VRF “{vrf}”", address=host.new, vrf=host.vrf)
                hint = Message("the first one is in line {line}; write another address", line=first)
                records.complain(record.line, "new", "duplicate-row", message, hint)
            if host.offset is not None:
                message = Message("there are both a new address and an offset")
                records.complain(record.line, "offset", "superfluous-cell", message, Message("keep one of them"))
            if host.new.version != host.old.version:
                message = Message("{old} and {new} are not of the same family", old=host.old, new=host.new)
                hint = Message("map IPv4 to IPv4 and IPv6 to IPv6")
                records.complain(record.line, "new", "wrong-family", message, hint)
        hosts.append(host)
    if records.problems:
        raise InputError(sorted(records.problems, key=lambda problem: (problem.line, problem.column, problem.code)))
    return tuple(hosts)


class HostTable:
    """Hosts by VRF and family, to be asked for those in a prefix."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self._hosts: dict[tuple[str, int], list[Host]] = {}
        for host in sorted(hosts, key=lambda host: int(host.old)):
            self._hosts.setdefault((host.vrf, host.old.version), []).append(host)
        self._numbers = {space: [int(host.old) for host in found] for space, found in self._hosts.items()}

    def inside(self, vrf: str, prefix: Network) -> list[Host]:
        """The hosts whose address of today lies in `prefix`, in address order."""
        space = (vrf, prefix.version)
        numbers = self._numbers.get(space, [])
        first = bisect_left(numbers, int(prefix.network_address))
        return self._hosts.get(space, [])[first : bisect_right(numbers, int(prefix.broadcast_address))]

    def __iter__(self) -> Iterator[Host]:
        for found in self._hosts.values():
            yield from found
