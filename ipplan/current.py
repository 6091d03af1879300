"""Today's addresses: `plan/current.csv` (or `.xlsx`), one prefix a row, as people keep it and as `discover` writes it.

    prefix      the prefix (needed)
    vrf         the VRF it is unique in; empty: default
    owner       the device, line, site or unit that has it, by name or as people call it
    function    what it is for; the plan's function where the owner has several prefixes
    gateway     the address that its hosts send to (the virtual one where there is VRRP); of a circuit the a end's
    hosts       the addresses in use (10.1.1.5; 10.1.1.10-10.1.1.20), or only how many (120); 0: none; empty: unknown
    mode        empty: what the sizes give; keep: it stays; nat_edge: a LAN behind the unit's own NAT, which stays;
                retire: it is given up; any other one is what must come out
    new         empty: the plan's prefix of the owner; else a prefix, or the name of a device or line of the plan;
                several for a split, in order, or each with its part: 10.1.1.0/25=10.20.0.0/25; 10.1.1.128/25=ln-east
    evidence    file and line that it was read from
    note        for people

Addresses that repeat at many units are allowed where the mode says nat_edge: each is then in a namespace of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from inventory import tables
from inventory.cells import Fault, choice, refuse_full_width, title
from inventory.errors import InputError, Problem
from inventory.model import NOWHERE, Source
from inventory.nearest import nearest
from inventory.sources import csv, half_width, read_bytes, write_atomically, xlsx
from inventory.tables import BAD, Column, Record, Records, Shape
from inventory.text import Message
from ipplan.current_overlaps import overlaps
from ipplan.mapping import EDGE, Address, Mode
from ipplan.mapping_file import MODES
from ipplan.names import DEFAULT_VRF, name_or_text, vrf_name
from ipplan.networks import Network, parse_network, within

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

FILE: Final = "plan/current.csv"
FILES: Final = (FILE, "plan/current.xlsx")
COLUMNS: Final = ("prefix", "vrf", "owner", "function", "gateway", "hosts", "mode", "new", "evidence", "note")
_BOM: Final = "\ufeff"
_MOST_HOSTS: Final = 1 << 17  # addresses listed in one cell
_COUNT: Final = re.compile(r"0|[1-9][0-9]{0,7}").fullmatch
_BETWEEN: Final = re.compile(r"[\s;,]+")
_ZEROS: Final = re.compile(r"(^|[.-])0+(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Hosts:
    """What is known of the hosts: their addresses, or only their number. Both None: nothing is known."""

    addresses: tuple[Address, ...] | None
    count: int | None


UNKNOWN: Final = Hosts(None, None)


class Target(NamedTuple):
    """Where a row, or its `part`, goes: to a prefix, or to what the plan gives an owner."""

    part: Network | None
    prefix: Network | None
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One prefix of today. `space` is where it is unique.

    A row is itself and no other: two that say the same are two rows, each with its own fault.
    """

    prefix: Network
    vrf: str = DEFAULT_VRF
    owner: str = ""
    function: str = ""
    gateway: Address | None = None
    hosts: Hosts = UNKNOWN
    mode: Mode | None = None
    new: tuple[Target, ...] = ()
    evidence: str = ""
    note: str = ""
    source: Source = NOWHERE

    @property
    def space(self) -> str:
        """The VRF, or the unit's own namespace behind its NAT."""
        return EDGE + self.owner if self.mode is Mode.NAT_EDGE else self.vrf


@dataclass(frozen=True, slots=True)
class Current:
    """Today's table, its rows in the file's order, and what the file is called in messages."""

    rows: tuple[Row, ...] = ()
    file: str = FILE


def parse_address(text: str) -> Address:
    """One address, strictly: no length, no leading zeros, ASCII. Raises `Fault`, which says what to write instead."""
    try:
        return ip_address(text)
    except ValueError:
        pass
    plain = half_width(text).strip()
    if plain != text:
        raise Fault(
            "full-width", Message("“{text}” has full-width characters", text=text), Message("write {text}", text=plain)
        )
    if ":" not in text and _ZEROS.search(text):
        raise Fault(
            "leading-zero",
            Message("“{text}” has leading zeros, which some programs read as octal", text=text),
            Message("write {text}", text=_ZEROS.sub(r"\1", text)),
        )
    raise Fault(
        "bad-address",
        Message("“{text}” is not an IP address", text=text),
        Message("write it like {text}", text="10.1.1.2"),
    )


def _hosts(text: str) -> Hosts:
    """`120`, or `10.1.1.5; 10.1.1.10-10.1.1.20; 10.1.1.30-35`."""
    if _COUNT(text):
        count = int(text)
        return Hosts((), 0) if not count else Hosts(None, count)
    refuse_full_width(text)
    if not text.isascii():
        raise _not_hosts(text)
    found: dict[Address, None] = {}
    for item in filter(None, _BETWEEN.split(text)):
        found.update(dict.fromkeys(_range(item, _MOST_HOSTS - len(found))))
    addresses = tuple(sorted(found, key=int))
    return Hosts(addresses, len(addresses))


def _not_hosts(text: str) -> Fault:
    return Fault(
        "bad-hosts",
        Message("“{text}” is neither a number nor addresses", text=text),
        Message("write how many hosts there are, or their addresses: 10.1.1.5; 10.1.1.10-10.1.1.20; 0 for none"),
    )


def _range(item: str, room: int) -> Iterable[Address]:
    first_text, dash, last_text = item.partition("-")
    if dash and (not first_text or not last_text or "-" in last_text):
        raise _not_hosts(item)
    first = parse_address(first_text)
    if not dash:
        return (first,)
    separator = "." if first.version == 4 else ":"
    whole = last_text if separator in last_text else first_text.rpartition(separator)[0] + separator + last_text
    last = parse_address(whole)
    size = int(last) - int(first) + 1
    if last.version != first.version or size < 1:
        raise Fault(
            "bad-range",
            Message("“{text}” is not a range of addresses", text=item),
            Message("write the lower address first, as in 10.1.1.10-10.1.1.20"),
        )
    if size > room:
        raise Fault(
            "too-many-hosts",
            Message("more than {count} addresses are listed in one cell", count=_MOST_HOSTS),
            Message("write how many hosts there are, and list the servers in plan/hosts.csv"),
        )
    kind = type(first)
    return (kind(number) for number in range(int(first), int(last) + 1))


def _targets(text: str) -> tuple[Target, ...]:
    refuse_full_width(text)
    return tuple(_target(item.strip()) for item in text.split(";") if item.strip())


def _target(item: str) -> Target:
    part_text, equals, rest = item.partition("=")
    part = parse_network(part_text.strip()) if equals else None
    where = rest.strip() if equals else item
    if ":" in where or ("/" in where and where.split("/")[0].replace(".", "").isdigit()):
        return Target(part, parse_network(where), "")
    return Target(part, None, name_or_text(where))


_wish: Final = choice(Mode, MODES, without=(Mode.REFUSED,))


def _mode(text: str) -> Mode:
    """A mode that somebody may want: not the one that says that none was found."""
    if text == Mode.REFUSED.value or MODES.get(text) is Mode.REFUSED:
        message = Message("“refused” is what govnet writes, not a wish")
        raise Fault("bad-choice", message, Message("leave it empty, or write keep or retire"))
    mode: Mode = _wish(text)
    return mode


SHAPE: Final = Shape(
    "current",
    "现用地址",
    "prefix",
    (
        Column(
            "prefix",
            parse_network,
            ("网段", "前缀", "地址段", "IP地址段", "现用地址", "地址"),
            needed=True,
            filled=True,
        ),
        Column("vrf", vrf_name, ("VPN", "VPN实例"), default=DEFAULT_VRF),
        Column("owner", name_or_text, ("使用者", "使用单位", "单位", "归属")),
        Column("function", name_or_text, ("用途", "功能")),
        Column("gateway", parse_address, ("网关", "网关地址"), default=None),
        Column("hosts", _hosts, ("主机", "已用地址", "主机数", "终端数"), default=UNKNOWN, typed=True),
        Column("mode", _mode, ("方式", "迁移方式"), default=None),
        Column("new", _targets, ("新网段", "新地址", "去向"), default=()),
        Column("evidence", title, ("依据", "出处")),
        Column("note", title, ("备注", "说明")),
    ),
)


def read(path: Path, *, name: str = "", vrfs: Collection[str] | None = None) -> Current:
    """Today's table from a CSV or XLSX file. InputError with every faulty cell.

    `name` is what the file is called in messages; `vrfs` are the VRFs that there are (None: any).
    """
    shown = name or str(path)
    data = read_bytes(path, shown)
    table = xlsx.parse(data, shown, SHAPE.title) if path.suffix.lower() == ".xlsx" else csv.parse(data, shown)
    return _current(tables.read(SHAPE, table), vrfs)


def parse(text: str, name: str = FILE, *, vrfs: Collection[str] | None = None) -> Current:
    """The table that the text of a current.csv writes. InputError with every faulty cell."""
    return _current(tables.read(SHAPE, csv.parse_text(text.removeprefix(_BOM), name)), vrfs)


def find(root: Path) -> tuple[Path, str] | None:
    """The workspace's table of today and its name; None if there is none. InputError if there are two."""
    found = [(root / name, name) for name in FILES if (root / name).exists()]
    if len(found) > 1:
        message = Message("there are both {first} and {second}", first=FILES[0], second=FILES[1])
        raise InputError([Problem("two-files", message, Message("keep one of them"), FILES[1])])
    return found[0] if found else None


def _current(records: Records, vrfs: Collection[str] | None) -> Current:
    rows: list[Row] = []
    partly: list[Row] = []  # the place of each row, if that can be read
    for record in records.rows:
        if vrfs is not None:
            _known_vrf(records, record, vrfs)
        source = Source(records.file, record.line)
        values = record.values
        if not any(value is BAD for value in values.values()):
            _fitting(records, record)
            rows.append(Row(source=source, **values))
            partly.append(rows[-1])
        elif not any(values[name] is BAD for name in ("prefix", "vrf", "owner", "mode")):
            place: dict[str, Any] = {name: values[name] for name in ("prefix", "vrf", "owner", "mode")}
            partly.append(Row(source=source, **place))
    if records.problems:
        heading = records.written.get("prefix", "prefix")
        overlapping = overlaps(partly).values()
        found = [*records.problems, *(replace(problem, column=heading) for problem in overlapping)]
        raise InputError(sorted(found, key=lambda problem: (problem.line, problem.column, problem.code)))
    return Current(tuple(rows), records.file)


def _known_vrf(records: Records, record: Record, vrfs: Collection[str]) -> None:
    vrf = record.values["vrf"]
    if vrf is BAD or vrf in vrfs or vrf == DEFAULT_VRF:
        return
    near = nearest(vrf, vrfs)
    hint = (
        Message("did you mean “{name}”?", name=near)
        if near
        else Message("write one of: {names}", names=", ".join(sorted({DEFAULT_VRF, *vrfs})))
    )
    records.complain(record.line, "vrf", "unknown-vrf", Message("there is no VRF “{name}”", name=vrf), hint)


def _fitting(records: Records, record: Record) -> None:
    """The gateway, the hosts and the parts lie in the prefix; a LAN behind NAT says whose it is."""
    values: dict[str, Any] = record.values
    prefix: Network = values["prefix"]
    gateway: Address | None = values["gateway"]
    inside = Message("write an address of {prefix}", prefix=prefix)
    if gateway is not None and not _usable(gateway, prefix):
        message = Message("the gateway {address} is not a host's address in {prefix}", address=gateway, prefix=prefix)
        records.complain(record.line, "gateway", "outside-prefix", message, inside)
    strangers = [address for address in values["hosts"].addresses or () if not _usable(address, prefix)]
    if strangers:
        shown = ", ".join(map(str, strangers[:5])) + (" …" if len(strangers) > 5 else "")
        message = Message("not hosts' addresses in {prefix}: {addresses}", prefix=prefix, addresses=shown)
        records.complain(record.line, "hosts", "outside-prefix", message, inside)
    _countable(records, record)
    for target in values["new"]:
        if target.part is not None and not within(target.part, prefix):
            message = Message("{inner} is not in {outer}", inner=target.part, outer=prefix)
            hint = Message("write a part of {prefix}", prefix=prefix)
            records.complain(record.line, "new", "outside-prefix", message, hint)
        if target.prefix is not None and target.prefix.version != prefix.version:
            message = Message("{old} and {new} are not of the same family", old=prefix, new=target.prefix)
            records.complain(record.line, "new", "wrong-family", message, Message("map IPv4 to IPv4 and IPv6 to IPv6"))
    if values["mode"] is Mode.NAT_EDGE and not values["owner"]:
        message = Message("a LAN behind NAT needs its owner: the same addresses may stand behind others")
        records.complain(record.line, "owner", "missing-value", message, Message("write the unit, site or device"))


def _countable(records: Records, record: Record) -> None:
    """A prefix does not have more hosts than addresses for them."""
    prefix: Network = record.values["prefix"]
    hosts: Hosts = record.values["hosts"]
    room = prefix.num_addresses - (2 if prefix.version == 4 and prefix.prefixlen < 31 else 0)
    if hosts.addresses is None and hosts.count is not None and hosts.count > room:
        message = Message(
            "{prefix} has no more than {room} hosts, not {count}", prefix=prefix, room=room, count=hosts.count
        )
        hint = Message("write how many hosts it has, or the addresses in use; or correct the prefix")
        records.complain(record.line, "hosts", "beyond-prefix", message, hint)


def _usable(address: Address, prefix: Network) -> bool:
    """Whether a host may have the address: in IPv4 not the network's own and not the broadcast address."""
    if address not in prefix:
        return False
    if prefix.version == 6 or prefix.prefixlen >= 31:
        return True
    return address not in (prefix.network_address, prefix.broadcast_address)


def hosts_text(addresses: Iterable[Address]) -> str:
    """Addresses as the column `hosts` writes them: runs of three and more as ranges."""
    runs: list[tuple[Address, Address]] = []
    for address in sorted(set(addresses), key=lambda address: (address.version, int(address))):
        if runs and runs[-1][1].version == address.version and int(address) == int(runs[-1][1]) + 1:
            runs[-1] = (runs[-1][0], address)
        else:
            runs.append((address, address))
    texts: list[str] = []
    for first, last in runs:
        if int(last) - int(first) < 2:
            texts += dict.fromkeys((str(first), str(last)))
        else:
            texts.append(f"{first}-{last}")
    return "; ".join(texts)


def _target_text(target: Target) -> str:
    where = str(target.prefix) if target.prefix is not None else target.name
    return f"{target.part}={where}" if target.part is not None else where


def _hosts_cell(hosts: Hosts) -> str:
    if hosts.addresses:
        return hosts_text(hosts.addresses)
    return "" if hosts.count is None else str(hosts.count)


def to_text(rows: Iterable[Row]) -> str:
    """The rows as the text of a current.csv, in their order."""
    return csv.table_text(
        COLUMNS,
        (
            (
                str(row.prefix),
                row.vrf,
                row.owner,
                row.function,
                str(row.gateway or ""),
                _hosts_cell(row.hosts),
                row.mode.value if row.mode is not None else "",
                "; ".join(map(_target_text, row.new)),
                row.evidence,
                row.note,
            )
            for row in rows
        ),
    )


def write(rows: Iterable[Row], path: Path) -> None:
    """Write a current.csv atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, to_text(rows).encode())
