"""What to enter on a device so that it sends its notifications to a receiver here: each dialect's own lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from collectors import probes
from collectors.targets import target_of
from collectors.traps.sockets import parse
from configs.remedies import snmp

if TYPE_CHECKING:
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Workspace

_ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound


@dataclass(frozen=True, slots=True)
class Setup:
    """One device's lines, with the receiver's address and the user in them; no lines where none are known."""

    device: str
    platform: str
    commands: tuple[str, ...] = ()
    note_en: str = ""
    note_zh: str = ""
    source: str = ""


def setup(workspace: Workspace, device: Device, endpoints: Endpoints, listen: str) -> Setup:
    """The lines for one device. `listen` is what the receiver listens on (`10.1.0.5:162`, `:162`); where it names no
    address, ours towards the device is taken, and the place stays open if there is none.
    """  # noqa: D205 - one sentence pair says it
    host, port = parse(listen)
    known, source = snmp(device.platform)
    credential = workspace.inventory.credentials.get(device.credential)
    access = credential.snmp if credential is not None else None
    by_user = access is not None and access.version == "3"
    remedy = known.get("notify_user" if by_user else "notify") or known.get("notify")
    if remedy is None:
        return Setup(device.name, device.platform)
    if host in _ANY:
        target = target_of(workspace, device, endpoints)
        way = probes.route(target.host, target.port) if target.host else OSError()
        host = "" if isinstance(way, OSError) else way
    lines = remedy.filled({"poller": host, "port": str(port), "user": access.user if access is not None else ""})
    return Setup(device.name, device.platform, lines, remedy.note.en, remedy.note.zh, source)
