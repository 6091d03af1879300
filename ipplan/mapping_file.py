"""`plan/mapping.csv`: the mapping as a table.

One row an entry, in the order VRF, address, wider one first:

    old, new              prefixes; `new` is empty where there is no place
    vrf                   the VRF of today; `edge:UNIT` is the LAN behind a unit's own NAT
    mode                  same_size, grow, shrink, split, merge, nat_edge, keep, retire, refused
    owner, function       of the plan's allocation
    host_rule             offset (each address keeps its offset), table (only the hosts listed), or for one address:
                          gateway, host (the host table says so), placed (its offset is taken), none (no place)
    new_vrf               if it is not the same as `vrf`
    old_subnet            the whole prefix of today, if `old` is a part of it
    new_subnet            the plan's whole prefix, if `new` is a part of it
    note                  for people

Only `old` and `new` are needed: a row without a mode has the one that its lengths give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from inventory import tables
from inventory.cells import Fault, choice, title
from inventory.errors import InputError, Problem
from inventory.model import Source
from inventory.sources import csv, read_bytes, write_atomically
from inventory.tables import BAD, Column, Record, Records, Shape
from inventory.text import Message
from ipplan.mapping import EDGE, FILE, Entry, HostRule, Mapping, Mode
from ipplan.names import DEFAULT_VRF, name_or_text, vrf_name
from ipplan.networks import Network, parse_network, within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS: Final = (
    "old",
    "new",
    "vrf",
    "mode",
    "owner",
    "function",
    "host_rule",
    "new_vrf",
    "old_subnet",
    "new_subnet",
    "note",
)
MODES: Final = {
    "同长": Mode.SAME_SIZE,
    "扩大": Mode.GROW,
    "缩小": Mode.SHRINK,
    "拆分": Mode.SPLIT,
    "合并": Mode.MERGE,
    "仅边缘": Mode.NAT_EDGE,
    "边缘NAT": Mode.NAT_EDGE,
    "保留": Mode.KEEP,
    "不变": Mode.KEEP,
    "停用": Mode.RETIRE,
    "拒绝": Mode.REFUSED,
}
_BOM: Final = "\ufeff"


def _mapped(text: str) -> Network:
    """A prefix; one address without a length is that address alone."""
    if "/" not in text:
        for length in ("/32", "/128"):
            try:
                return parse_network(text + length)
            except Fault:
                continue
    return parse_network(text)


def namespace(text: str) -> str:
    """The name of a VRF, or `edge:` and whose LAN behind NAT it is."""
    return EDGE + name_or_text(text[len(EDGE) :]) if text.startswith(EDGE) else vrf_name(text)


SHAPE: Final = Shape(
    "mapping",
    "地址映射",
    "old",
    (
        Column("old", _mapped, ("原地址", "旧地址", "原网段"), needed=True, filled=True),
        Column("new", _mapped, ("新地址", "新网段"), needed=True, default=None),
        Column("vrf", namespace, ("VRF",), default=DEFAULT_VRF),
        Column("mode", choice(Mode, MODES), ("方式", "迁移方式"), default=None),
        Column("owner", name_or_text, ("使用者", "归属")),
        Column("function", name_or_text, ("用途",)),
        Column("host_rule", choice(HostRule, {}), ("主机规则",), default=HostRule.OFFSET),
        Column("new_vrf", namespace, ("新VRF",)),
        Column("old_subnet", _mapped, ("原所在网段",), default=None),
        Column("new_subnet", _mapped, ("新所在网段",), default=None),
        Column("note", title, ("备注",)),
    ),
)


def _cells(entry: Entry) -> tuple[str, ...]:
    return (
        str(entry.old),
        str(entry.new or ""),
        entry.vrf,
        entry.mode.value,
        entry.owner,
        entry.function,
        entry.host_rule.value,
        entry.new_vrf if entry.new_vrf != entry.vrf else "",
        str(entry.old_subnet or "") if entry.old_subnet != entry.old else "",
        str(entry.new_subnet or "") if entry.new_subnet != entry.new else "",
        entry.note,
    )


def to_text(mapping: Mapping) -> str:
    """The mapping as the text of mapping.csv: sorted, LF; equal mappings give equal text on any machine."""
    return csv.table_text(COLUMNS, map(_cells, mapping.entries))


def write(mapping: Mapping, path: Path) -> None:
    """Write mapping.csv atomically: whatever happens, the file is the old one whole or the new one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, to_text(mapping).encode())


def read(path: Path, *, name: str = "") -> Mapping:
    """Read a mapping.csv. `name` is what the file is called in messages. InputError with every faulty row."""
    shown = name or str(path)
    return _mapping(tables.read(SHAPE, csv.parse(read_bytes(path, shown), shown)))


def parse(text: str, name: str = FILE) -> Mapping:
    """The mapping that the text of a mapping.csv writes. InputError with every faulty row."""
    return _mapping(tables.read(SHAPE, csv.parse_text(text.removeprefix(_BOM), name)))


def _mapping(records: Records) -> Mapping:
    entries: list[Entry] = []
    seen: dict[tuple[str, Network], int] = {}
    for record in records.rows:
        if id(BAD) in map(id, record.values.values()):  # the quickest way to ask for the very object
            continue
        found = list(_faults(record))
        key = (record.values["vrf"], record.values["old"])
        first = seen.setdefault(key, record.line)
        if first != record.line:
            message = Message("{prefix} is here twice in the VRF “{vrf}”", prefix=key[1], vrf=key[0])
            hint = Message("the first one is in line {line}; take one of them out", line=first)
            found.append(("duplicate-row", "old", message, hint))
        for code, column, message, hint in found:
            records.complain(record.line, column, code, message, hint)
        if not found:
            entries.append(_entry(record, records.file))
    if records.problems:
        raise InputError(sorted(records.problems, key=_place))
    return Mapping(tuple(entries))


def _place(problem: Problem) -> tuple[int, str, str]:
    return (problem.line, problem.column, problem.code)


def _entry(record: Record, file: str) -> Entry:
    values = record.values
    vrf, old, new, mode = values["vrf"], values["old"], values["new"], values["mode"]
    old_subnet, new_subnet = values["old_subnet"], values["new_subnet"]
    return Entry(
        vrf,
        old,
        new,
        by_length(old, new) if mode is None else mode,
        values["owner"],
        values["function"],
        values["host_rule"],
        values["new_vrf"] or vrf,
        old if old_subnet is None else old_subnet,
        new if new_subnet is None else new_subnet,
        values["note"],
        Source(file, record.line),
    )


def by_length(old: Network, new: Network | None) -> Mode:
    """The mode that two prefixes alone give."""
    if new is None:
        return Mode.RETIRE
    length, new_length = old.prefixlen, new.prefixlen
    if new_length == length:
        return Mode.KEEP if new == old else Mode.SAME_SIZE
    return Mode.GROW if new_length < length else Mode.SHRINK


_WITHOUT_PLACE: Final = (Mode.RETIRE, Mode.REFUSED)
_STAYING: Final = (Mode.KEEP, Mode.NAT_EDGE)


def _host(values: dict[str, Any]) -> bool:
    """Whether a row is about one host of a larger prefix: in a prefix that stays, hosts may move."""
    inside = values["old_subnet"] is not None and values["old_subnet"] != values["old"]
    return inside and values["host_rule"] not in (HostRule.OFFSET, HostRule.TABLE)


def _faults(record: Record) -> Iterator[tuple[str, str, Message, Message]]:
    """What a row contradicts in itself."""
    values = record.values
    old, new, mode, rule = values["old"], values["new"], values["mode"], values["host_rule"]
    if new is not None and new.version != old.version:
        message = Message("{old} and {new} are not of the same family", old=old, new=new)
        yield "wrong-family", "new", message, Message("map IPv4 to IPv4 and IPv6 to IPv6")
        return
    if mode is None and values["old_subnet"] is None and values["new_subnet"] is None:
        return  # two prefixes alone
    if mode in _WITHOUT_PLACE and new is not None:
        message = Message("a row of the mode “{mode}” has no new prefix", mode=mode.value)
        yield "superfluous-cell", "new", message, Message("empty the cell, or write another mode")
    elif new is None and mode is not None and mode not in _WITHOUT_PLACE and rule is not HostRule.NONE:
        message = Message("a row of the mode “{mode}” needs a new prefix", mode=mode.value)
        yield "empty-cell", "new", message, Message("fill it in, or write the mode retire")
    if mode in _STAYING and new is not None and new != old and not _host(values):
        message = Message("a row of the mode “{mode}” keeps its prefix", mode=mode.value)
        yield "wrong-mode", "new", message, Message("write {text}", text=old)
    if mode is Mode.SAME_SIZE and new is not None and new.prefixlen != old.prefixlen:
        message = Message("{old} and {new} are not of the same size", old=old, new=new)
        yield "wrong-mode", "mode", message, Message("write {text}", text=by_length(old, new).value)
    for column, inner in (("old_subnet", old), ("new_subnet", new)):
        outer = values[column]
        if outer is not None and (inner is None or not within(inner, outer)):
            message = Message("{inner} is not in {outer}", inner=inner or "—", outer=outer)
            yield "outside-subnet", column, message, Message("empty the cell, or write the prefix around it")
