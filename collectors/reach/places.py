"""Whether addresses of the inventory are where it says, or a lab serves devices at addresses of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.errors import DeviceError

if TYPE_CHECKING:
    from inventory.endpoints import Endpoint, Endpoints
    from inventory.model import Device, Workspace


def stands_in(device: Device, endpoint: Endpoint) -> bool:
    """Whether the device is not at its own address, but at one that a lab gives it."""
    addresses = {str(each.ip) for each in (device.address, device.former_address) if each is not None}
    return endpoint.host not in addresses


def lab_without_networks(workspace: Workspace, endpoints: Endpoints) -> bool:
    """Whether the devices are served at other addresses, so that there is no network between them."""
    for device in workspace.inventory.devices.values():
        if device.address is None:
            continue
        try:
            return stands_in(device, endpoints.ssh(device))
        except DeviceError:
            # This one is not in the lab; another one is, or none.
            continue
    return False
