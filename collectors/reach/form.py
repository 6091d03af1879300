"""`reach.yaml` of a workspace: named paths between zones, and how each is probed.

paths:
  - name: townships-to-servers
    from: extranet          # the zone where the path begins: this machine stands there, or has an address there
    to: servers             # the zone where it ends
    target: 10.1.0.10       # an address in that zone, or a device's name
    kind: icmp              # or tcp:443
    interval: 60            # seconds between rounds
    count: 50               # probes in a round
    spacing: 20             # milliseconds between two of them
    timeout: 2000           # milliseconds to wait for an answer
    dscp: ef                # a name or a number: EF for voice, AF41 for video conferencing
    source: 10.2.0.10       # our address, if this machine has several
    expected: {loss: 1, latency: 100, jitter: 30}   # per cent and milliseconds; or {reachable: no}
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from collectors.reach.model import Expected, Probe, Reason, Train, What
from collectors.reach.places import lab_without_networks, stands_in
from inventory import cells
from inventory.errors import DeviceError, InputError
from inventory.nearest import nearest
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from inventory.endpoints import Endpoints
    from inventory.model import Workspace

FILE = "reach.yaml"
# RFC 2474 (CS), RFC 2597 (AF), RFC 3246 (EF), RFC 5865 (VA), RFC 8622 (LE); be is the default of RFC 2474.
DSCP = {
    "be": 0,
    "le": 1,
    "ef": 46,
    "va": 44,
    **{f"cs{number}": 8 * number for number in range(8)},
    **{f"af{high}{low}": 8 * high + 2 * low for high in range(1, 5) for low in range(1, 4)},
}
_TCP = re.compile(r"tcp:([1-9]\d{0,4})", re.ASCII)
_DECIMAL = re.compile(r"\d{1,6}(\.\d{1,3})?", re.ASCII)


def load(workspace: Workspace, endpoints: Endpoints) -> list[Probe]:
    """The paths of a workspace as probes; none without a file. InputError with every fault."""
    path = workspace.root / FILE
    return parse(read_bytes(path, FILE), workspace, endpoints) if path.exists() else []


def parse(content: bytes, workspace: Workspace, endpoints: Endpoints) -> list[Probe]:
    """The paths that a file's content writes. InputError with every fault."""
    reader = Reader(yaml.parse(content, FILE))
    data = reader.top(tuple(_FileIn.model_fields))
    found: list[Probe] = []
    names: set[str] = set()
    for place, item in reader.items(data, "paths"):
        read = reader.read(_PathIn, item, place)
        if read is None:
            continue
        if read.name in names:
            reader.complain(
                (*place, "name"),
                "duplicate-name",
                Message("the name “{name}” is given twice", name=read.name),
                Message("give each path a name of its own"),
            )
        names.add(read.name)
        found.append(_probe(reader, place, read, workspace, endpoints))
    if reader.problems:
        raise InputError(reader.problems)
    return found


def _probe(reader: Reader, place: yaml.Path, read: _PathIn, workspace: Workspace, endpoints: Endpoints) -> Probe:
    zones = workspace.inventory.zones
    for key, zone in (("from", read.begin), ("to", read.end)):
        if zone not in zones:
            near = nearest(zone, zones)
            reader.complain(
                (*place, key),
                "unknown-zone",
                Message("there is no zone “{name}”", name=zone),
                Message("did you mean “{name}”?", name=near) if near else Message("see inventory/zones.yaml"),
            )
    address, port, problem = _address(reader, place, read, workspace, endpoints)
    if read.source and address and (":" in read.source) is not (":" in address):
        reader.complain(
            (*place, "source"),
            "other-family",
            Message("source and target are not of the same address family"),
            Message("write an IPv4 address for an IPv4 target, an IPv6 address for an IPv6 one"),
        )
    train = Train(read.count, read.spacing / 1000, read.timeout / 1000, read.dscp, read.source)
    wanted = read.expected
    expected = Expected(wanted.reachable, wanted.loss, wanted.latency, wanted.jitter) if wanted is not None else None
    labels = (("from", read.begin), ("to", read.end))
    return Probe(read.name, What.PATH, address, port, train, labels, expected, float(read.interval or 0), problem)


def _address(
    reader: Reader, place: yaml.Path, read: _PathIn, workspace: Workspace, endpoints: Endpoints
) -> tuple[str, int, Reason | None]:
    """A path's target as an address and a port, and why there is none.

    In a lab without networks of its own an address that is not a device's is nowhere: it must not be looked for in the
    real network; and a device is probed at its command line's port, where the path means that or an echo.
    """
    try:
        address = str(ip_address(read.target))
    except ValueError:
        pass
    else:
        return address, read.kind, Reason.NOT_HERE if lab_without_networks(workspace, endpoints) else None
    device = workspace.inventory.devices.get(read.target)
    if device is None:
        near = nearest(read.target, workspace.inventory.devices)
        reader.complain(
            (*place, "target"),
            "unknown-target",
            Message("“{name}” is neither an address nor a device", name=read.target),
            Message("did you mean “{name}”?", name=near) if near else Message("write an address, or a device's name"),
        )
        return "", read.kind, None
    try:
        endpoint = endpoints.ssh(device)
    except DeviceError:
        return "", read.kind, Reason.NO_ADDRESS if device.address is None else Reason.NOT_HERE
    aside = stands_in(device, endpoint) and read.kind in (0, device.port)
    return endpoint.host, endpoint.port if aside else read.kind, None


def _kind(text: str) -> int:
    """0 for echo requests, else the TCP port."""
    if text == "icmp":
        return 0
    match = _TCP.fullmatch(text)
    if match is None or int(match[1]) > 65535:
        raise cells.Fault(
            "bad-kind", Message("“{text}” is not a kind of probe", text=text), Message("write icmp, or tcp:443")
        )
    return int(match[1])


def code_point(text: str) -> int:
    """A DSCP by name or number. cells.Fault if it is none."""
    if text.lower() in DSCP:
        return DSCP[text.lower()]
    if text.isdecimal() and text.isascii() and int(text) < 64:
        return int(text)
    raise cells.Fault(
        "bad-dscp",
        Message("“{text}” is not a DSCP", text=text),
        Message("write ef, af41, cs5 …, or a number from 0 to 63"),
    )


def _bound(text: str) -> float:
    if _DECIMAL.fullmatch(text) is None:
        raise cells.Fault(
            "bad-number", Message("“{text}” is not a number", text=text), Message("write it like 30 or 0.5")
        )
    return float(text)


def _read(convert: Any) -> PlainValidator:
    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            raise cells.Fault("bad-type", Message("one text is expected here"), Message("write key: value"))
        return convert(value.strip())

    return PlainValidator(validate)


def _number(low: int, high: int) -> PlainValidator:
    return _read(cells.integer(low, high))


Bound = Annotated[float, _read(_bound)]
Name = Annotated[str, _read(cells.key)]


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _ExpectedIn(_Item):
    reachable: Annotated[bool, _read(cells.boolean)] = True
    loss: Bound | None = None
    latency: Bound | None = None
    jitter: Bound | None = None


class _PathIn(_Item):
    name: Name
    begin: Name = Field(alias="from")
    end: Name = Field(alias="to")
    target: Annotated[str, _read(str)]
    kind: Annotated[int, _read(_kind)] = 0
    interval: Annotated[int, _number(1, 86_400)] | None = None
    count: Annotated[int, _number(1, 1000)] = 10
    spacing: Annotated[int, _number(1, 60_000)] = 20
    timeout: Annotated[int, _number(10, 60_000)] = 2000
    dscp: Annotated[int, _read(code_point)] = 0
    source: Annotated[str, _read(lambda text: str(cells.address(text)))] = ""
    expected: _ExpectedIn | None = None


class _FileIn(_Item):
    paths: tuple[_PathIn, ...] = ()
