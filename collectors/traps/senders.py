"""From whom a notification is: addresses → devices of the inventory.

A device is known by its management address, by every address that the plan gives its ports, and by the one at which a
lab serves it. A proxy sends for others: then the message itself names the origin (agent-addr, snmpTrapAddress). That
is believed if the origin is a device of ours and the sender is not, or is another one.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.errors import DeviceError
from ipplan.addresses import device_addresses

if TYPE_CHECKING:
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Workspace
    from ipplan.plan import Plan


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose notification it is. `device` is empty for somebody who is not in the inventory."""

    address: str
    device: str = ""
    site: str = ""
    region: str = ""
    role: str = ""
    # Who sent it on, if somebody did.
    proxy: str = ""


class Senders:
    """Looks senders up. Built once from a workspace."""

    def __init__(self, workspace: Workspace, endpoints: Endpoints, plan: Plan | None) -> None:
        self._devices: dict[str, Sender] = {}
        for device in workspace.inventory.devices.values():
            site = workspace.inventory.sites[device.site]
            region = workspace.inventory.regions[site.region].name
            for address in _addresses(workspace, device, endpoints, plan):
                # Where two have the same address (the ends of separate VRFs), the first one by the file has it.
                self._devices.setdefault(address, Sender(address, device.name, site.name, region, device.role))

    def find(self, source: str, origin: str) -> Sender:
        """The sender at an address, or the one for whom it sends."""
        source = source.partition("%")[0].removeprefix("::ffff:")
        known = self._devices.get(source)
        told = self._devices.get(origin) if origin and origin != source else None
        if told is not None and (known is None or known.device != told.device):
            return Sender(told.address, told.device, told.site, told.region, told.role, source)
        if known is not None:
            return known
        return Sender(origin, proxy=source) if origin and origin != source else Sender(source)


def _addresses(workspace: Workspace, device: Device, endpoints: Endpoints, plan: Plan | None) -> list[str]:
    found = [str(each.ip) for each in (device.address, device.former_address) if each is not None]
    with contextlib.suppress(DeviceError):
        found.append(endpoints.snmp(device).host)
    if plan is not None:
        planned = device_addresses(plan, workspace.inventory, device.name)
        found.extend(str(each.ip) for each in planned.loopbacks)
        found.extend(str(each.ip) for each_port in planned.interfaces.values() for each in each_port)
    return found
