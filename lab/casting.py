"""Which kind of node plays which device in another program's lab: a table a back end, `backends/<name>/nodes.yaml`.

A table's entries stand in the order of preference. A device gets the first one that `runs` its platform, whose `models`
fits its model and which has ports enough: the same system, in a virtual form. If there is none, FRR or Linux stands in,
as in a netns lab, and the cast says so. A workspace's own `lab/<name>.yaml` comes before the shipped table.

A device's interfaces become the kind's ports: the management interface is number 0, those with a line are 1, 2, … in
their natural order, and each kind says what it calls its ports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from inventory import cells
from inventory.errors import InputError, LabError
from inventory.model import LineKind
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message
from lab import derived
from lab.state import Substitution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from inventory.model import Device, Inventory, Workspace

FOLDER: Final = "lab"
TABLE: Final = "nodes.yaml"
_SHIPPED: Final = Path(__file__).parent / "backends"

# (back end, platform) → why it does not run there
UNABLE: Final = {
    ("uml", "linux"): Message("its packet filter is nftables, which the kernel of User-mode Linux was built without"),
}


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise cells.Fault(
            "bad-pattern", Message("“{text}” is no regular expression: {why}", text=text, why=error), Message("mend it")
        ) from None
    return text


def _port_name(text: str) -> str:
    try:
        named = {text.format(n=n, slot=n // 4, port=n % 4) for n in range(8)}
    except (KeyError, IndexError, ValueError):
        named = set()
    if len(named) < 8:
        raise cells.Fault(
            "bad-ports",
            Message("“{text}” does not give each port a name of its own", text=text),
            Message("write {example}, or {other} with `per_slot`", example="Ethernet1/0/{n}", other="e{slot}/{port}"),
        )
    return text


class NodeType(BaseModel):
    """A kind of node in a foreign lab.

    `runs` are the platforms that it is, `plays` the kinds of host that it does for; `ports` is the name of a port from
    its number `n`, counted from `first` (or from `slot` and `port`, where a slot has `per_slot` ports). `most` is how
    many ports it can have, 0 if nobody says. `startup` is what it starts with: a `file` in its own language, the script
    of a `host`, the commands of a simulated `pc`, or nothing; `into` is where the back end puts that, if it can choose.
    `settings` are handed on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: str = Field(min_length=1)
    runs: tuple[str, ...] = ()
    plays: tuple[str, ...] = ()
    models: Annotated[str, AfterValidator(_expression)] = ""
    image: str = ""
    ports: Annotated[str, AfterValidator(_port_name)] = "eth{n}"
    first: int = Field(1, ge=0)
    per_slot: int = Field(0, ge=0)
    most: int = Field(0, ge=0)
    management: str = ""
    startup: Literal["", "file", "host", "pc"] = ""
    into: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    source: str = Field(min_length=1)
    verified: str = Field(min_length=1)

    def port(self, number: int) -> str:
        """What it calls its data port of that number, from 1."""
        count = self.first + number - 1
        slot, port = divmod(count, self.per_slot) if self.per_slot else (0, count)
        return self.ports.format(n=count, slot=slot, port=port)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays whom. `renamed` is (device, interface) → its name there; `numbers` is (device, name there) → number."""

    platforms: Mapping[str, str]
    renamed: Mapping[tuple[str, str], str]
    substitutions: tuple[Substitution, ...] = ()
    types: Mapping[str, NodeType] = field(default_factory=dict)
    numbers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    hosts: Mapping[str, NodeType] = field(default_factory=dict)


def table(backend: str, root: Path) -> dict[str, NodeType]:
    """The node types of a back end by name: the workspace's, then the shipped ones. InputError with file and line."""
    shipped = _read(_SHIPPED / backend / TABLE, f"{backend}/{TABLE}")
    own = root / FOLDER / f"{backend}.yaml"
    first = _read(own, f"{FOLDER}/{backend}.yaml") if own.exists() else {}
    return first | {name: entry for name, entry in shipped.items() if name not in first}


def cast(backend: str, workspace: Workspace, devices: Iterable[Device]) -> Cast:
    """Who plays whom in a back end; without a table of node types it runs FRR and Linux on its own.

    InputError for a faulty table; LabError if a kind has too few ports.
    """
    if not (_SHIPPED / backend / TABLE).exists():
        return _stand_ins(workspace.inventory, devices)
    types = table(backend, workspace.root)
    hosts = {role: entry for entry in reversed(types.values()) for role in entry.plays}
    wired, logical = _interfaces(workspace.inventory)
    platforms, chosen, substitutions = {}, {}, []
    for device in devices:
        ports = len(wired.get(device.name, ()))
        entry = _fitting(types.values(), device.platform, device.model, ports)
        platforms[device.name] = device.platform
        if entry is None:
            platforms[device.name] = derived.platform(workspace.inventory, device)
            entry = _fitting(types.values(), platforms[device.name], "", ports)
            if entry is None:
                raise LabError(
                    Message(
                        "nothing in a {backend} lab can run {device} ({platform}, {count} interfaces with lines)",
                        backend=backend,
                        device=device.name,
                        platform=device.platform,
                        count=ports,
                    ),
                    Message("name a kind for it in {file}", file=f"{FOLDER}/{backend}.yaml"),
                )
            substitutions.append(_substitution(device, platforms[device.name]))
        chosen[device.name] = entry
    renamed, numbers = _ports(workspace.inventory, chosen, wired, logical)
    return Cast(platforms, renamed, tuple(substitutions), chosen, numbers, hosts)


def without(backend: str, parts: Cast) -> tuple[Cast, dict[str, Message]]:
    """The cast without those that the back end cannot run whoever plays them, and why not, by device."""
    unable = {name: why for name, at in parts.platforms.items() if (why := UNABLE.get((backend, at)))}
    left = {name: at for name, at in parts.platforms.items() if name not in unable}
    playing = tuple(item for item in parts.substitutions if item.device in left)
    return replace(parts, platforms=left, substitutions=playing), unable


def _stand_ins(inventory: Inventory, devices: Iterable[Device]) -> Cast:
    chosen = list(devices)
    platforms = {device.name: derived.platform(inventory, device) for device in chosen}
    differing = [device for device in chosen if device.platform != platforms[device.name]]
    return Cast(
        platforms,
        derived.renamed(inventory),
        tuple(_substitution(device, platforms[device.name]) for device in differing),
    )


def _substitution(device: Device, platform: str) -> Substitution:
    return Substitution(device.name, device.platform, platform, derived.why(platform))


def _fitting(types: Iterable[NodeType], platform: str, model: str, ports: int) -> NodeType | None:
    for entry in types:
        if platform not in entry.runs or (entry.most and ports > entry.most):
            continue
        if not entry.models or re.search(entry.models, model):
            return entry
    return None


def _ports(
    inventory: Inventory,
    types: Mapping[str, NodeType],
    wired: Mapping[str, Iterable[str]],
    logical: Mapping[str, Iterable[str]],
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], int]]:
    renamed: dict[tuple[str, str], str] = {}
    numbers: dict[tuple[str, str], int] = {}
    # Every end of a line has to have a name there, also that of a device that does not run.
    for name, device in inventory.devices.items():
        entry = types.get(name)
        for number, interface in enumerate(sorted(wired.get(name, ()), key=_natural), start=1):
            there = entry.port(number) if entry is not None else interface
            renamed[name, interface] = there
            numbers[name, there] = number
        own = device.management_interface
        if own and (name, own) not in renamed:
            renamed[name, own] = (entry.management if entry is not None else "") or own
            numbers[name, renamed[name, own]] = 0
        for interface in logical.get(name, ()):
            stands_in = entry is not None and device.platform not in entry.runs
            ipsec = stands_in or (entry is not None and "linux" in entry.runs)
            renamed.setdefault((name, interface), derived.TUNNEL_INTERFACE if ipsec else interface)
    return renamed, numbers


def _interfaces(inventory: Inventory) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Per device: the interfaces with a cable or a zone, and those that are only in its own mind (tunnels)."""
    wired: dict[str, set[str]] = {}
    logical: dict[str, set[str]] = {}
    for line in inventory.lines.values():
        for end in (line.a, line.b):
            if end is not None:
                into = logical if line.kind is LineKind.TUNNEL else wired
                into.setdefault(end.device, set()).add(end.interface)
    for zone in inventory.zones.values():
        for device, interface in zone.interfaces:
            if interface not in logical.get(device, ()) and interface != inventory.devices[device].management_interface:
                wired.setdefault(device, set()).add(interface)
    return wired, logical


def _natural(name: str) -> list[tuple[int, str]]:
    """`eth10` behind `eth9`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def _read(path: Path, name: str) -> dict[str, NodeType]:
    reader = Reader(yaml.parse(read_bytes(path, name), name))
    data = reader.top(("nodes", "server"))
    entries: dict[str, NodeType] = {}
    nodes = data.get("nodes") or {}
    if not isinstance(nodes, dict):
        reader.complain(("nodes",), "bad-type", Message("the node types are expected here"), Message("write name: …"))
        nodes = {}
    for key, item in nodes.items():
        entry = reader.read(NodeType, item, ("nodes", key))
        if entry is not None:
            entries[str(key)] = entry
    if reader.problems:
        raise InputError(sorted(reader.problems, key=lambda problem: problem.line))
    return entries
