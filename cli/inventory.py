"""`govnet inventory`: check, list and show what we have; export and import it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import inventory_discover, inventory_exchange
from cli.common import HERE, JsonOption, WorkspaceOption, app, command, load_workspace, page, print_json, print_table
from inventory.errors import GovnetError, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from inventory.model import Device, Inventory, Line, Workspace

# The kinds that `list` knows, with their columns.
KINDS = {
    "devices": ("name", "title", "role", "platform", "model", "address", "region"),
    "sites": ("name", "title", "region", "unit", "hosts"),
    "units": ("name", "title", "region"),
    "regions": ("code", "name", "level", "parent"),
    "lines": ("name", "kind", "a", "b", "mbps", "carrier", "circuit"),
    "zones": ("name", "title", "area", "vrf", "interfaces"),
    "systems": ("name", "title", "unit", "zone", "level"),
}
HEADINGS = {
    "name": mark("name"),
    "title": mark("title"),
    "role": mark("role"),
    "platform": mark("platform"),
    "model": mark("model"),
    "address": mark("address"),
    "region": mark("region"),
    "unit": mark("unit"),
    "hosts": mark("hosts"),
    "code": mark("code"),
    "level": mark("level"),
    "parent": mark("parent"),
    "kind": mark("kind"),
    "a": mark("one end"),
    "b": mark("other end"),
    "mbps": mark("Mbit/s"),
    "carrier": mark("carrier"),
    "circuit": mark("circuit"),
    "area": mark("area"),
    "vrf": mark("VRF"),
    "interfaces": mark("interfaces"),
    "zone": mark("zone"),
}
NAMES = {
    "regions": mark("regions"),
    "units": mark("units"),
    "sites": mark("sites"),
    "devices": mark("devices"),
    "lines": mark("lines"),
    "zones": mark("zones"),
    "systems": mark("systems"),
    "credentials": mark("credentials"),
}

WhereOption = Annotated[
    str, typer.Option("--where", help=tr(mark("Only what fits: county=… and role=township-router.")), metavar="TEXT")
]


def register(root: typer.Typer) -> None:
    """Add `inventory` and its commands."""
    group = app(mark("What do we have? Regions, units, sites, devices, lines."))
    root.add_typer(group, name="inventory")
    _register_check(group)
    _register_list(group)
    _register_show(group)
    inventory_exchange.register(group)
    inventory_discover.register(group)


def _register_check(group: typer.Typer) -> None:
    @command(
        group,
        "check",
        mark("Read every file of the workspace and say everything that is wrong, with file, line and column."),
        ["govnet inventory check", "govnet inventory check --json"],
    )
    def check(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
        space = load_workspace(workspace)
        problems = list(_secret_problems(space))
        if problems:
            raise InputError(problems)
        counts = _counts(space.inventory)
        if as_json:
            print_json({"ok": True, "counts": counts})
            return
        found = ", ".join(f"{count} {tr(NAMES[name])}" for name, count in counts.items())
        page().print(tr("no problems: {found}", found=found), markup=False, soft_wrap=True)


def _secret_problems(space: Workspace) -> Iterator[Problem]:
    """Files of secrets that are there and hold none: empty, several lines, no text. A missing one may yet come."""
    from cli.init import references  # noqa: PLC0415 - start-up time

    for reference in dict.fromkeys(references(space)):
        if reference.scheme != "file" or not (space.root / reference.path).is_file():
            continue
        try:
            reference.resolve(space.root)
        except GovnetError as error:
            yield Problem("bad-secret", error.message, error.hint, file=reference.path)


def _counts(inventory: Inventory) -> dict[str, int]:
    return {name: len(getattr(inventory, name)) for name in NAMES}


def _register_list(group: typer.Typer) -> None:
    @command(
        group,
        "list",
        mark("List devices, sites, units, regions, lines, zones or systems."),
        [
            "govnet inventory list devices --where 'township=安平镇'",
            "govnet inventory list lines --where 'role=core' --json",
        ],
    )
    def list_(
        kind: Annotated[str, typer.Argument(help=", ".join(KINDS), metavar="KIND")],
        where: WhereOption = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from inventory import exchange, filters  # noqa: PLC0415 - start-up time

        if kind not in KINDS:
            raise _unknown_kind(kind)
        inventory = load_workspace(workspace).inventory
        chosen = filters.select(inventory, where) if where.strip() else None
        rows = list(_rows(inventory, kind, chosen))
        if as_json:
            print_json({kind: exchange.as_json(rows)})
            return
        columns = KINDS[kind]
        cells = ([_cell(inventory, row, column) for column in columns] for row in rows)
        print_table("", [HEADINGS[column] for column in columns], cells)
        page().print(tr("{count} {name}", count=len(rows), name=tr(NAMES[kind])), markup=False)


def _unknown_kind(kind: str) -> InputError:
    from inventory.nearest import nearest  # noqa: PLC0415 - only for this complaint

    near = nearest(kind, KINDS)
    hint = Message("write one of: {names}", names=", ".join(KINDS))
    if near:
        hint = Message("did you mean “{name}”?", name=near)
    return InputError([Problem("unknown-kind", Message("“{kind}” cannot be listed", kind=kind), hint)])


def _rows(inventory: Inventory, kind: str, chosen: Sequence[Device] | None) -> Iterable[Any]:
    """The rows of a kind; with chosen devices, those that have to do with them."""
    if kind == "devices":
        return inventory.devices.values() if chosen is None else chosen
    rows: Iterable[Any] = getattr(inventory, kind).values()
    if chosen is None:
        return rows
    names = {device.name for device in chosen}
    sites = {device.site for device in chosen}
    zones = {zone.name for zone in inventory.zones.values() if any(device in names for device, _ in zone.interfaces)}
    if kind == "regions":
        codes = {region.code for site in sites for region in inventory.region_chain(inventory.sites[site].region)}
        return (row for row in rows if row.code in codes)
    wanted = {
        "sites": sites,
        "units": {inventory.sites[site].unit for site in sites},
        "lines": {line.name for name in names for line in inventory.lines_of(name)},
        "zones": zones,
        "systems": {system.name for system in inventory.systems.values() if system.zone in zones},
    }[kind]
    return (row for row in rows if row.name in wanted)


def _cell(inventory: Inventory, row: Any, column: str) -> str:
    """A row's value as people read it: a region by its name, an end by device and interface."""
    if column in {"a", "b"}:
        end = getattr(row, column)
        return f"{end.device} {end.interface}" if end is not None else ""
    if column == "region":
        code = getattr(row, "region", None) or inventory.sites[row.site].region
        return inventory.regions[code].name
    if column == "title" and not hasattr(row, "title"):
        return inventory.sites[row.site].title
    value = getattr(row, column)
    if column == "parent" and value:
        return inventory.regions[value].name
    if column == "interfaces":
        return ", ".join(f"{device}:{interface}" for device, interface in value)
    return "" if value is None or value == 0 else str(value)


def _register_show(group: typer.Typer) -> None:
    @command(
        group,
        "show",
        mark("Show everything about one name: a device, site, unit, region, line, zone or system."),
        ["govnet inventory show rt-anping", "govnet inventory show 安平镇 --json"],
    )
    def show(
        name: Annotated[str, typer.Argument(help=tr(mark("A name, a code or a Chinese name.")), metavar="NAME")],
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from inventory import exchange  # noqa: PLC0415 - start-up time

        space = load_workspace(workspace)
        found = exchange.find(space.inventory, name)
        if not found:
            raise exchange.unknown_name(space, name)
        documents = [
            {"kind": kind, **exchange.as_json(row), **_around(space.inventory, kind, row)} for kind, row in found
        ]
        if as_json:
            print_json({"found": documents})
            return
        for document in documents:
            _print_one(document)


def _around(inventory: Inventory, kind: str, row: Any) -> dict[str, Any]:
    """What belongs to a row: a device's region, lines and zones; a site's devices; a region's chain."""
    if kind == "device":
        chain = inventory.region_chain(inventory.sites[row.site].region)
        return {
            "regions": [{"code": region.code, "name": region.name, "level": region.level.value} for region in chain],
            "lines": [_line_text(line, row.name) for line in inventory.lines_of(row.name)],
            "zones": [
                f"{zone.name} ({interface})"
                for zone in inventory.zones.values()
                for device, interface in zone.interfaces
                if device == row.name
            ],
        }
    if kind == "site":
        return {"devices": [device.name for device in inventory.devices.values() if device.site == row.name]}
    if kind == "unit":
        return {"sites": [site.name for site in inventory.sites.values() if site.unit == row.name]}
    if kind == "region":
        chain = inventory.region_chain(row.code)
        return {
            "regions": [{"code": region.code, "name": region.name, "level": region.level.value} for region in chain],
            "sites": [site.name for site in inventory.sites.values() if site.region == row.code],
        }
    if kind == "zone":
        return {"systems": [system.name for system in inventory.systems.values() if system.zone == row.name]}
    return {}


def _line_text(line: Line, device: str) -> str:
    end, far = line.end_at(device), line.far_end(device)
    other = f" → {far.device} {far.interface}" if far is not None else ""
    return f"{line.name} ({line.kind.value}): {end.interface}{other}"


def _print_one(document: dict[str, Any]) -> None:
    console = page()
    label = {"region": "code"}.get(document["kind"], "name")
    source = document.pop("source")
    head = f"{tr(KIND_NAMES[document.pop('kind')])} {document.pop(label)}"
    console.print(head, style="bold", markup=False, end="")
    console.print(f"  ({source['file']}:{source['line']})" if source["file"] else "", markup=False, soft_wrap=True)
    for key, value in document.items():
        lines = list(_shown(value))
        if not lines:
            continue
        heading = tr(HEADINGS.get(key) or NAMES.get(key) or key)
        console.print(f"  {heading}: {lines[0]}", markup=False, soft_wrap=True)
        for line in lines[1:]:
            console.print(f"    {line}", markup=False, soft_wrap=True)


def _shown(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        texts = [_text(item) for item in value]
        # Short names share a line; whatever has spaces gets its own.
        return [", ".join(texts)] if texts and not any(" " in text for text in texts) else ["", *texts] if texts else []
    if isinstance(value, dict):
        return ["", *(f"{key}: {item}" for key, item in value.items() if item)] if value else []
    return [str(value)] if value not in (None, "", False, 0) else []


def _text(item: Any) -> str:
    if isinstance(item, dict):
        return f"{item['name']} ({item['code']}, {item['level']})"
    return ":".join(item) if isinstance(item, list) else str(item)


KIND_NAMES = {
    "device": mark("device"),
    "site": mark("site"),
    "unit": mark("unit"),
    "region": mark("region"),
    "line": mark("line"),
    "zone": mark("zone"),
    "vrf": mark("VRF"),
    "system": mark("system"),
    "credential": mark("credential"),
}
