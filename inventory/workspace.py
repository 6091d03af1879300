"""A workspace from its folder: everything is read, everything is checked, and every problem is said at once.

workspace = load(root)                 InputError with all problems
workspace, problems = read(root)       None and the problems, or the workspace and none
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from inventory import checks, checks_addresses, tables
from inventory.collecting import uncollected
from inventory.errors import InputError, Problem
from inventory.model import (
    Area,
    Device,
    End,
    Inventory,
    Line,
    Region,
    Settings,
    Site,
    Source,
    System,
    Unit,
    Vrf,
    Workspace,
)
from inventory.nearest import nearest
from inventory.sources import csv, read_bytes
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from inventory.model import Credential, Way
    from inventory.schema import Reader
    from inventory.sources.yaml import Path as Place
    from inventory.tables import Record, Records

SETTINGS: Final = "govnet.yaml"
FOLDER: Final = "inventory"
ZONES: Final = "zones"
CREDENTIALS: Final = "credentials"
NEEDED: Final = ("regions", "sites", "devices")
_FORMATS: Final = {"table": (".csv", ".xlsx"), "document": (".yaml", ".yml")}


def load(root: Path, *, platforms: frozenset[str] | None = None) -> Workspace:
    """The workspace in `root`. `platforms`: what devices may name (None: anything).

    InputError carries every problem of every file; nothing is half-loaded.
    """
    workspace, problems = read(root, platforms=platforms)
    if workspace is None:
        raise InputError(problems)
    return workspace


def read(
    root: Path, *, platforms: frozenset[str] | None = None, replaced: Mapping[str, bytes] | None = None
) -> tuple[Workspace | None, tuple[Problem, ...]]:
    """The workspace and no problems, or None and all of them in the files' order.

    `replaced` holds contents to read in place of files (`inventory/devices.csv` → bytes), to try a change before it
    is written.
    """
    reading = _Reading(root, platforms, replaced or {})
    try:
        with uncollected():
            workspace = reading.run()
    except InputError as error:  # the folder itself
        return None, error.problems
    except OSError as error:
        return None, (
            Problem(
                "unreadable-folder",
                Message("the folder cannot be read: {reason}", reason=error.strerror),
                Message("make it a folder that you can read, with everything in it"),
                file=str(error.filename or root),
            ),
        )
    return workspace, reading.problems()


def table_file(root: Path, name: str) -> str:
    """The file that holds a table, relative to the workspace: `inventory/devices.csv` or `.xlsx`."""
    for ending in _FORMATS["table"]:
        if (root / FOLDER / f"{name}{ending}").exists():
            return f"{FOLDER}/{name}{ending}"
    return f"{FOLDER}/{name}.csv"


class _Reading:
    """One reading of one workspace."""

    def __init__(self, root: Path, platforms: frozenset[str] | None, replaced: Mapping[str, bytes]) -> None:
        self.root = root
        self.platforms = platforms
        self.replaced = replaced
        self.tables: dict[str, Records] = {}
        self.found: list[Problem] = []
        self.readers: list[Reader] = []

    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong, by file in the order of reading and by line."""
        every = [*self.found]
        for reader in self.readers:
            every.extend(reader.problems)
        for records in self.tables.values():
            every.extend(records.problems)
        order = {SETTINGS: 0}
        for name in (*tables.SHAPES, ZONES, CREDENTIALS):
            for ending in (".csv", ".xlsx", ".yaml", ".yml"):
                order[f"{FOLDER}/{name}{ending}"] = len(order)
        return tuple(sorted(every, key=lambda problem: (order.get(problem.file, -1), problem.line)))

    def run(self) -> Workspace | None:
        """Read and check; None if there are problems."""
        if not self.root.is_dir():
            self._fail(
                str(self.root),
                "missing-workspace",
                Message("there is no such folder"),
                Message("name the workspace with -w, or make one with: govnet init DIR"),
            )
        if self._stored(SETTINGS) is None and not any(
            (self.root / FOLDER / f"devices{ending}").exists() for ending in _FORMATS["table"]
        ):
            self._fail(
                SETTINGS,
                "missing-file",
                Message("this folder is not a workspace: there is no govnet.yaml"),
                Message("name the workspace with -w, or make one with: govnet init DIR"),
            )
        settings = self._settings()
        for shape in tables.SHAPES.values():
            self.tables[shape.name] = self._table(shape)
        self._near_misses()
        inventory = self._check()
        if self.problems():
            return None
        return Workspace(self.root, settings, inventory)

    def _fail(self, file: str, code: str, message: Message, hint: Message) -> None:
        raise InputError([Problem(code, message, hint, file=file)])

    def _stored(self, file: str) -> bytes | None:
        """A file's content; None if it is not there."""
        if file in self.replaced:
            return self.replaced[file]
        path = self.root / file
        if not path.exists() and not path.is_symlink():
            return None
        return read_bytes(path, file)

    def _one_of(self, name: str, kind: str, *, needed: bool) -> tuple[str, bytes | None]:
        """The one file that holds a table or document, and its content."""
        there = [
            file
            for file in (f"{FOLDER}/{name}{ending}" for ending in _FORMATS[kind])
            if file in self.replaced or (self.root / file).exists() or (self.root / file).is_symlink()
        ]
        file = there[0] if there else f"{FOLDER}/{name}{_FORMATS[kind][0]}"
        if len(there) > 1:
            self.found.append(
                Problem(
                    "two-files",
                    Message("{first} and {second} hold the same table", first=there[0], second=there[1]),
                    Message("keep one of them"),
                    file=there[1],
                )
            )
        if not there and needed:
            self.found.append(
                Problem(
                    "missing-file",
                    Message("there is no such file"),
                    Message("write it, or make a workspace with: govnet init"),
                    file=file,
                )
            )
            return file, None
        return file, self._stored(file)

    def _settings(self) -> Settings:
        from inventory import schema  # noqa: PLC0415 - start-up time: pydantic
        from inventory.sources import yaml  # noqa: PLC0415 - start-up time

        try:
            data = self._stored(SETTINGS)
            if data is None:
                data = read_bytes(self.root / SETTINGS, SETTINGS)
            reader = schema.Reader(yaml.parse(data, SETTINGS))
        except InputError as error:
            self.found.extend(error.problems)
            return Settings()
        self.readers.append(reader)
        return schema.settings(reader)

    def _table(self, shape: tables.Shape) -> Records:
        needed = shape.name in NEEDED
        file = f"{FOLDER}/{shape.name}.csv"
        try:
            file, data = self._one_of(shape.name, "table", needed=needed)
            if data is None:
                return tables.empty(shape, file, whole=not needed)
            if file.endswith(".xlsx"):
                from inventory.sources import xlsx  # noqa: PLC0415 - start-up time

                return tables.read(shape, xlsx.parse(data, file, shape.name))
            return tables.read(shape, csv.parse(data, file))
        except InputError as error:
            self.found.extend(error.problems)
            return tables.empty(shape, error.problems[0].file or file, whole=False)

    def _document(self, name: str, keys: tuple[str, ...]) -> tuple[Reader | None, Mapping[str, Any]]:
        """A YAML document's reader and mapping; (None, {}) if it is not there or cannot be read."""
        from inventory import schema  # noqa: PLC0415 - start-up time: pydantic
        from inventory.sources import yaml  # noqa: PLC0415 - start-up time

        try:
            file, data = self._one_of(name, "document", needed=False)
            reader = schema.Reader(yaml.parse(data, file) if data is not None else yaml.Document(file, {}))
        except InputError as error:
            self.found.extend(error.problems)
            return None, {}
        self.readers.append(reader)
        return reader, reader.top(keys)

    def _near_misses(self) -> None:
        """Files whose names are nearly those of tables that are not there: `link.csv`, `device.xlsx`."""
        folder = self.root / FOLDER
        names = (*tables.SHAPES, ZONES, CREDENTIALS)
        if not folder.is_dir():
            return
        present = {path.name for path in folder.iterdir()}
        endings = {ending for group in _FORMATS.values() for ending in group}
        for file in sorted(present):
            stem, dot, ending = file.rpartition(".")
            if f".{ending}" not in endings or not dot or stem in names:
                continue
            near = nearest(stem, names)
            right = _FORMATS["document" if near in {ZONES, CREDENTIALS} else "table"]
            if near and not any(f"{near}{each}" in present for each in right):
                self.found.append(
                    Problem(
                        "unknown-file",
                        Message("no file of a workspace has this name"),
                        Message("did you mean “{name}”?", name=f"{near}{right[0]}"),
                        file=f"{FOLDER}/{file}",
                    )
                )
                self.tables.get(near, tables.empty(tables.REGIONS, "")).whole = False

    def _names(self, what: Message, table: str, names: Mapping[str, Record]) -> checks.Names:
        records = self.tables[table]
        return checks.Names(what, names, whole=records.whole, file=records.file)

    def _credentials(self, devices: Records) -> tuple[list[tuple[Place, Credential]], list[tuple[Place, Way]]]:
        """Credentials and ways of credentials.yaml, and whether the devices name some that are there."""
        from inventory import schema  # noqa: PLC0415 - start-up time: pydantic

        reader, data = self._document(CREDENTIALS, ("credentials", "ways"))
        credentials = schema.credentials(reader, data) if reader else []
        ways = schema.ways(reader, data) if reader else []
        if reader:
            checks.unique_names(reader, credentials)
            checks.unique_names(reader, ways)
            checks.ways(reader, ways, schema.names(data, "credentials"))
        names = schema.names(data, "credentials")
        whole = reader is not None and reader.whole
        checks.refer(
            devices,
            "credential",
            checks.Names(Message("credential"), names, whole=whole, file=f"{FOLDER}/credentials.yaml"),
        )
        names = schema.names(data, "ways")
        checks.refer(
            devices, "via", checks.Names(Message("way"), names, whole=whole, file=f"{FOLDER}/credentials.yaml")
        )
        return credentials, ways

    def _check(self) -> Inventory:
        from inventory import schema  # noqa: PLC0415 - start-up time: pydantic

        regions, units, sites, devices, links, systems = self.tables.values()
        by_code = checks.unique(regions)
        region = self._names(Message("region"), "regions", by_code)
        unit = self._names(Message("unit"), "units", checks.unique(units))
        site = self._names(Message("site"), "sites", checks.unique(sites))
        device = self._names(Message("device"), "devices", checks.unique(devices, fold=True))
        checks.unique(links)
        checks.unique(systems)
        checks.regions(regions, by_code, region)
        checks.refer(units, "region", region)
        checks.refer(sites, "region", region)
        checks.refer(sites, "unit", unit)
        checks.refer(devices, "site", site)
        if self.platforms is not None:
            checks.platforms(devices, self.platforms)
        checks.refer(links, "a_device", device)
        checks.refer(links, "b_device", device)
        checks.refer(systems, "unit", unit)
        checks.lines(links)
        ports = checks_addresses.interfaces(links, devices)
        checks_addresses.addresses(devices, links)

        credentials, ways = self._credentials(devices)

        reader, data = self._document(ZONES, ("vrfs", "zones", "flows"))
        whole = reader is not None and reader.whole
        file = f"{FOLDER}/zones.yaml"
        zone = checks.Names(Message("zone"), schema.names(data, "zones"), whole=whole, file=file)
        vrf = checks.Names(Message("VRF"), {"default", *schema.names(data, "vrfs")}, whole=whole, file=file)
        vrfs = schema.vrfs(reader, data) if reader else []
        zones = schema.zones(reader, data) if reader else []
        flows = schema.flows(reader, data) if reader else []
        if reader:
            known = {"vrf": vrf, "zone": zone, "device": device}
            if not links.whole:  # lines that could not be read may use the interfaces
                known["device"] = checks.Names(device.what, (), whole=False, file="")
            checks.zones(reader, vrfs, zones, flows, known=known, ports=ports)
        checks.refer(systems, "zone", zone)
        checks.refer_each(units, "vrfs", vrf)
        if self.problems():
            return _nothing()
        _share(regions, (regions, "parent"), (units, "region"), (sites, "region"))
        _share(units, (sites, "unit"), (systems, "unit"))
        _share(sites, (devices, "site"))
        _share(devices, (links, "a_device"), (links, "b_device"))
        _share(links)
        by_vrf = {vrf.name: vrf for _, vrf in vrfs}
        by_vrf.setdefault("default", Vrf("default", "", Area.PUBLIC))
        return Inventory(
            {row.code: row for row in (Region(**each.values, source=_source(regions, each)) for each in regions.rows)},
            {row.name: row for row in (Unit(**each.values, source=_source(units, each)) for each in units.rows)},
            {row.name: row for row in (Site(**each.values, source=_source(sites, each)) for each in sites.rows)},
            {row.name: row for row in (Device(**each.values, source=_source(devices, each)) for each in devices.rows)},
            {row.name: row for row in (_line(links, each) for each in links.rows)},
            by_vrf,
            {zone.name: zone for _, zone in zones},
            tuple(flow for _, flow in flows),
            {row.name: row for row in (System(**each.values, source=_source(systems, each)) for each in systems.rows)},
            {credential.name: credential for _, credential in credentials},
            {way.name: way for _, way in ways},
        )


def _share(table: Records, *users: tuple[Records, str]) -> None:
    """Let a table's names and the cells that refer to them be the same objects, which lie side by side in memory.

    As they were read they lie far apart, between everything else that was read with them. A country's are looked at
    again and again, and then most of the time goes into waiting for memory.
    """
    key = table.shape.key
    given = [record.values[key] for record in table.rows]
    names = "\n".join(given).split("\n") if given else given
    own = dict(zip(names, names, strict=True))
    for records, column in ((table, key), *users):
        for record in records.rows:
            name = record.values[column]
            record.values[column] = own.get(name, name)


def _source(records: Records, record: Record) -> Source:
    return Source(records.file, record.line)


def _line(records: Records, record: Record) -> Line:
    values = record.values
    a = End(values["a_device"], values["a_interface"], values["a_address"])
    b = End(values["b_device"], values["b_interface"], values["b_address"]) if values["b_device"] else None
    return Line(
        values["name"],
        values["kind"],
        a,
        b,
        values["peer"],
        values["mbps"],
        values["carrier"],
        values["circuit"],
        _source(records, record),
    )


def _nothing() -> Inventory:
    return Inventory({}, {}, {}, {}, {}, {}, {}, (), {}, {})
