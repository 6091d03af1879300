"""What of the inventory is probed: every device where it is managed, and both ends of every circuit and internet line.

A line's end is probed at its address: the carrier's, else the planned one. How lossy a line is shows between its two
ends: the near one answers over the same way without the line itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectors.reach import form
from collectors.reach.model import Probe, Reason, Train, What
from collectors.reach.places import stands_in
from inventory.errors import DeviceError, InputError, Problem
from inventory.filters import select
from inventory.model import LineKind
from inventory.text import Message
from ipplan.addresses import end_addresses
from ipplan.plan import read as read_plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inventory.endpoints import Endpoints
    from inventory.model import Device, Line, Workspace
    from ipplan.plan import Plan


def everything(
    workspace: Workspace, endpoints: Endpoints, train: Train, *, where: str = "", port: int = 0
) -> list[Probe]:
    """All devices, lines and paths; with a condition the devices that fulfil it and the lines that touch them.

    InputError if reach.yaml, the plan or the condition cannot be used.
    """
    found = select(workspace.inventory, where)
    names = {device.name for device in found}
    touched = [line for line in workspace.inventory.lines.values() if names.intersection(line.devices)]
    path = workspace.root / "plan" / "plan.csv"
    plan = read_plan(path, name="plan/plan.csv") if path.exists() else None
    return [
        *devices(workspace, found, endpoints, train, port),
        *lines(workspace, touched, plan, endpoints, train),
        *([] if where else form.load(workspace, endpoints)),
    ]


def devices(
    workspace: Workspace, wanted: Iterable[Device], endpoints: Endpoints, train: Train, port: int = 0
) -> list[Probe]:
    """Devices where they are managed; by TCP connects to `port`, if one is given.

    A device that a stand-in serves at another address (a lab without networks of its own) is probed at its command
    line's port: this machine would answer echo requests itself, whether the device runs or not.
    """
    found = []
    for device in wanted:
        labels = _labels(workspace, device)
        try:
            endpoint = endpoints.ssh(device)
        except DeviceError:
            reason = Reason.NO_ADDRESS if device.address is None else Reason.NOT_HERE
            found.append(Probe(device.name, What.DEVICE, "", port, train, labels, problem=reason))
            continue
        aside = stands_in(device, endpoint)
        own = endpoint.port if aside else port
        found.append(Probe(device.name, What.DEVICE, endpoint.host, own, train, labels))
    return found


def lines(
    workspace: Workspace, wanted: Iterable[Line], plan: Plan | None, endpoints: Endpoints, train: Train
) -> list[Probe]:
    """Both ends of each line that goes somewhere: circuits, and internet lines with their carrier's gateway."""
    found = []
    for line in wanted:
        if line.kind not in (LineKind.CIRCUIT, LineKind.INTERNET):
            continue
        for end in (line.a, line.b):
            if end is None:
                continue
            device = workspace.inventory.devices[end.device]
            given = () if end.address is None else (end.address,)
            addresses = given if plan is None else end_addresses(plan, line, end)
            labels = (*_labels(workspace, device), ("carrier", line.carrier), ("line", line.name))
            address = str(addresses[0].ip) if addresses else ""
            found.append(_end(f"{line.name}@{end.device}", address, labels, device, endpoints, train))
        if line.peer is not None:
            device = workspace.inventory.devices[line.a.device]
            labels = (*_labels(workspace, device), ("carrier", line.carrier), ("line", line.name))
            found.append(_end(f"{line.name}@peer", str(line.peer.ip), labels, device, endpoints, train))
    return found


def choose(probes: Sequence[Probe], names: Sequence[str], workspace: Workspace) -> list[Probe]:
    """The probes of the devices, sites, lines and paths named; InputError for a name that is none of them."""
    chosen = [probe for probe in probes if any(name in _names(probe) for name in names)]
    known = {name for probe in probes for name in _names(probe)} | set(workspace.inventory.sites)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(
            Problem(
                "unknown-target",
                Message("“{name}” is no device, site, line or path that is probed", name=name),
                Message("see `govnet inventory list`, and the names in reach.yaml"),
            )
            for name in unknown
        )
    return chosen


def _end(
    name: str,
    address: str,
    labels: tuple[tuple[str, str], ...],
    device: Device,
    endpoints: Endpoints,
    train: Train,
) -> Probe:
    reason = None if address else Reason.NO_ADDRESS
    try:
        if reason is None and device.address is not None and stands_in(device, endpoints.ssh(device)):
            reason = Reason.NOT_HERE
    except DeviceError:
        # In the real network a device without a management address may have lines; in a lab it is not there.
        reason = Reason.NOT_HERE if device.address is not None else None
    return Probe(name, What.LINE, address, 0, train, labels, problem=reason)


def _names(probe: Probe) -> tuple[str, ...]:
    """By what a probe is called: its own name, its line's, its site's (devices only)."""
    site = (probe.label("site"),) if probe.what is What.DEVICE else ()
    return tuple(name for name in (probe.target, probe.label("line"), *site) if name)


def _labels(workspace: Workspace, device: Device) -> tuple[tuple[str, str], ...]:
    site = workspace.inventory.sites[device.site]
    region = workspace.inventory.regions[site.region]
    return (("site", site.name), ("region", region.name), ("role", device.role))
