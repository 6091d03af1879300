"""What must fit across rows and files: names, references, levels, lines, zones, ways.

Every check is one pass over the rows with dictionaries or one sort; nothing compares rows with rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.model import Level, LineKind, WayKind, Zone
from inventory.nearest import Suggester, nearest
from inventory.tables import BAD
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from inventory.checks_addresses import Ports
    from inventory.model import Flow, Vrf
    from inventory.schema import Reader
    from inventory.sources.yaml import Path
    from inventory.tables import Record, Records

RANK = {level: rank for rank, level in enumerate(Level)}
LEVEL_WORDS = {
    Level.PROVINCE: mark("province"),
    Level.CITY: mark("city"),
    Level.COUNTY: mark("county"),
    Level.TOWNSHIP: mark("township"),
    Level.VILLAGE: mark("village"),
}


class Names:
    """The names that one kind of thing has. `whole` is False if there may be more than could be read."""

    def __init__(self, what: Message, names: Collection[str], *, whole: bool, file: str) -> None:
        self.what = what
        self.names = names
        self.whole = whole
        self.file = file
        self._suggest = Suggester(names)

    def unknown(self, name: str) -> tuple[Message, Message] | None:
        """The complaint about a reference to `name`; None if it is known or cannot be judged."""
        if name in self.names or not self.whole:
            return None
        message = Message("there is no {what} “{name}”", what=self.what, name=name)
        near = self._suggest(name)
        if near:
            return message, Message("did you mean “{name}”?", name=near)
        return message, Message("add it to {file}, or write a name that stands there", file=self.file)


def unique(records: Records, *, fold: bool = False) -> dict[str, Record]:
    """The rows by their key; complains about keys that come twice. `fold`: letters' case makes no difference."""
    column = records.shape.key
    by_key: dict[str, Record] = {}
    first: dict[str, Record] = {}
    for record in records.rows:
        key = record.values[column]
        if key is BAD:
            continue
        seen = first.setdefault(key.lower() if fold else key, record)
        if seen is not record:
            _twice(records, record, column, key, line=seen.line)
            continue
        by_key[key] = record
    return by_key


def _twice(records: Records, record: Record, column: str, value: str, *, line: int) -> None:
    records.complain(
        record.line,
        column,
        "duplicate-code" if column == "code" else "duplicate-name",
        Message("“{name}” is already in line {line}", name=value, line=line),
        Message("give each its own, or remove one of the two rows"),
    )


def refer(records: Records, column: str, names: Names) -> None:
    """Complains about values of a column that name nothing."""
    known = names.names
    for record in records.rows:
        value = record.values[column]
        if not value or value in known:
            continue
        complaint = names.unknown(value)
        if complaint:
            records.complain(record.line, column, f"unknown-{records_word(column)}", *complaint)


def refer_each(records: Records, column: str, names: Names) -> None:
    """As `refer`, for a column that holds several names."""
    for record in records.rows:
        for value in record.values[column] or ():
            complaint = names.unknown(value)
            if complaint:
                records.complain(record.line, column, f"unknown-{records_word(column)}", *complaint)


def records_word(column: str) -> str:
    """The kind of thing that a column refers to, for a problem's code."""
    return {"a_device": "device", "b_device": "device", "parent": "region", "vrfs": "vrf"}.get(column, column)


def regions(records: Records, by_code: Mapping[str, Record], names: Names) -> None:
    """Parents exist, form no loop, and stand above; two children of one parent have different names."""
    refer(records, "parent", names)
    looping = _loops(records, by_code)
    siblings: dict[tuple[str, str], int] = {}
    for record in by_code.values():
        values = record.values
        parent, name, level = values["parent"], values["name"], values["level"]
        if name is not BAD and parent is not BAD:
            line = siblings.setdefault((parent, name), record.line)
            if line != record.line:
                _twice(records, record, "name", name, line=line)
        above = by_code.get(parent) if parent else None
        if above is None or values["code"] in looping or level is BAD or above.values["level"] is BAD:
            continue
        if RANK[above.values["level"]] >= RANK[level]:
            records.complain(
                record.line,
                "parent",
                "level-order",
                Message(
                    "a {level} cannot stand below “{name}”, which is a {above}",
                    level=Message(LEVEL_WORDS[level]),
                    name=above.values["name"] or parent,
                    above=Message(LEVEL_WORDS[above.values["level"]]),
                ),
                Message("name a region of a higher level, or correct the level"),
            )


def _loops(records: Records, by_code: Mapping[str, Record]) -> set[str]:
    """The codes of regions that are their own ancestors; each loop is one complaint, at its first row."""
    state: dict[str, int] = {}
    looping: set[str] = set()
    for walk, start in enumerate(by_code):
        code, chain = start, []
        while code in by_code and code not in state:
            state[code] = walk
            chain.append(code)
            code = by_code[code].values["parent"] or ""
        if state.get(code) != walk or code not in chain:
            continue
        loop = chain[chain.index(code) :]
        looping.update(loop)
        at = min(loop, key=lambda each: by_code[each].line)
        turned = loop[loop.index(at) :] + loop[: loop.index(at)]
        records.complain(
            by_code[at].line,
            "parent",
            "region-loop",
            Message("this region is above itself: {chain}", chain=" → ".join([*turned, at])),
            Message("leave “parent” empty for the topmost region, and name the next higher one elsewhere"),
        )
    return looping


def platforms(records: Records, known: frozenset[str]) -> None:
    """Complains about platforms that no dialect has."""
    names = Names(Message("platform"), sorted(known), whole=True, file="")
    listed = Message("write one of: {names}", names=", ".join(sorted(known)))
    for record in records.rows:
        platform = record.values["platform"]
        if platform and platform not in known:
            complaint = names.unknown(platform)
            if complaint:
                near = nearest(platform, sorted(known))
                records.complain(
                    record.line, "platform", "unknown-platform", complaint[0], complaint[1] if near else listed
                )


def lines(records: Records) -> None:
    """Ends that fit the kind; no device at both ends."""
    for record in records.rows:
        values = record.values
        kind = values["kind"]
        if kind is BAD:
            continue
        one_ended = kind in {LineKind.LAN, LineKind.INTERNET}
        if one_ended:
            for column in ("b_device", "b_interface", "b_address"):
                if values[column]:
                    records.complain(
                        record.line,
                        column,
                        "too-many-ends",
                        Message("a line of the kind {kind} has one end only", kind=kind.value),
                        Message("leave this empty, or write circuit or tunnel as the kind"),
                    )
                    break
        else:
            _two_ends(records, record, kind)
        if values["peer"] and not one_ended:
            records.complain(
                record.line,
                "peer",
                "peer-and-end",
                Message("a line with two ends has no address in “peer”"),
                Message("leave it empty; the far end's address belongs in b_address"),
            )


def _two_ends(records: Records, record: Record, kind: LineKind) -> None:
    values = record.values
    for column in ("b_device", "b_interface"):
        if not values[column] and values[column] is not BAD and (column == "b_device" or values["b_device"]):
            records.complain(
                record.line,
                column,
                "missing-end",
                Message(
                    "a line of the kind {kind} needs a second end, and “{name}” is empty", kind=kind.value, name=column
                ),
                Message("write the device and the interface at the other end"),
            )
    if values["a_device"] and values["a_device"] == values["b_device"]:
        records.complain(
            record.line,
            "b_device",
            "same-device",
            Message("both ends of the line are at {device}", device=values["a_device"]),
            Message("write the device at the other end"),
        )


def zones(  # noqa: C901 - one check after another, each of a few lines
    reader: Reader,
    vrfs: list[tuple[Path, Vrf]],
    found: list[tuple[Path, Zone]],
    flows: list[tuple[Path, Flow]],
    *,
    known: Mapping[str, Names],
    ports: Ports,
) -> None:
    """Names are unique; VRFs, zones, devices and interfaces exist; an interface is in one zone."""
    for items in (vrfs, found, flows):
        unique_names(reader, items)
    distinguishers: dict[str, int] = {}
    for path, vrf in vrfs:
        if vrf.rd:
            line = distinguishers.setdefault(vrf.rd, vrf.source.line)
            if line != vrf.source.line:
                reader.complain(
                    (*path, "rd"),
                    "duplicate-rd",
                    Message("“{name}” is already in line {line}", name=vrf.rd, line=line),
                    Message("give each VRF a route distinguisher of its own"),
                )
    members: dict[tuple[str, str], Path] = {}
    for path, zone in found:
        complaint = known["vrf"].unknown(zone.vrf) if zone.vrf != "default" else None
        if complaint:
            reader.complain((*path, "vrf"), "unknown-vrf", *complaint)
        for index, (device, interface) in enumerate(zone.interfaces):
            _member(
                reader,
                (*path, "interfaces", index),
                (device, interface),
                devices=known["device"],
                ports=ports,
                members=members,
            )
    for path, flow in flows:
        for key, name in (("from", flow.from_zone), ("to", flow.to_zone)):
            complaint = known["zone"].unknown(name)
            if complaint:
                reader.complain((*path, key), "unknown-zone", *complaint)


def _member(
    reader: Reader,
    path: Path,
    member: tuple[str, str],
    *,
    devices: Names,
    ports: Ports,
    members: dict[tuple[str, str], Path],
) -> None:
    device, interface = member
    before = members.setdefault((device, interface.lower()), path)
    if before != path:
        line = reader.document.line(before)
        reader.complain(
            path,
            "interface-in-two-zones",
            Message("{device}:{interface} is already in line {line}", device=device, interface=interface, line=line),
            Message("an interface belongs to one zone, and stands there once: remove it here or there"),
        )
        return
    complaint = devices.unknown(device)
    if complaint:
        reader.complain(path, "unknown-device", *complaint)
    elif device in devices.names and not ports.has(device, interface):
        near = ports.nearest(device, interface)
        reader.complain(
            path,
            "unknown-interface",
            Message("no line and no management uses {interface} of {device}", interface=interface, device=device),
            Message("did you mean “{name}”?", name=near)
            if near
            else Message("add the line that uses it to links.csv, or remove it here"),
        )


def unique_names(reader: Reader, items: list[tuple[Path, Any]]) -> None:
    """Complains about items of a list with the same name."""
    first: dict[str, int] = {}
    for path, item in items:
        line = first.setdefault(item.name, item.source.line)
        if line != item.source.line:
            reader.complain(
                (*path, "name"),
                "duplicate-name",
                Message("“{name}” is already in line {line}", name=item.name, line=line),
                Message("give each its own, or remove one of the two"),
            )


def ways(reader: Reader, items: list[tuple[Path, Any]], credentials: Collection[str]) -> None:
    """Credentials and stations before them exist; no circle; only a jump host has a station behind it."""
    by_name = {item.name: item for _, item in items}
    known = Names(Message("credential"), credentials, whole=reader.whole, file="")
    stations = Names(Message("way"), by_name, whole=reader.whole, file="")
    for path, item in items:
        complaint = known.unknown(item.credential)
        if complaint:
            reader.complain((*path, "credential"), "unknown-credential", *complaint)
        if not item.through:
            continue
        complaint = stations.unknown(item.through)
        if complaint:
            reader.complain((*path, "through"), "unknown-way", *complaint)
        elif _circles(item, by_name):
            reader.complain(
                (*path, "through"),
                "way-loop",
                Message("“{name}” leads back to itself", name=item.through),
                Message("begin with the station that is nearest to this machine, and leave its “through” empty"),
            )
        elif by_name[item.through].kind is not WayKind.JUMP:
            reader.complain(
                (*path, "through"),
                "way-ends",
                Message("“{name}” is a bastion: nothing lies behind it but devices", name=item.through),
                Message("only a jump host (kind: jump) carries on to another station"),
            )


def _circles(item: Any, by_name: Mapping[str, Any]) -> bool:
    seen = {item.name}
    name = item.through
    while name in by_name:
        if name in seen:
            return True
        seen.add(name)
        name = by_name[name].through
    return False
