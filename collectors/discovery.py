"""Prometheus' http_sd: the inventory's devices as targets behind this exporter, with their labels.

No relabelling is needed: `instance` is the device's name, and the target is the exporter itself.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from collectors.http import RequestError
from collectors.modules.platforms import vendor_of
from inventory.errors import InputError
from inventory.filters import select
from inventory.text import Message

if TYPE_CHECKING:
    from collectors.http import Request
    from inventory.model import Device, Inventory

# The labels that a device's series have from the inventory; rules and dashboards rest on them.
LABELS = ("instance", "region", "region_code", "unit", "site", "role", "platform", "vendor", "zone")
_HOST = re.compile(r"[A-Za-z0-9.\-_\[\]:]{1,255}\Z")


def groups(inventory: Inventory, request: Request, scheme: str) -> list[dict[str, Any]]:
    """The answer to `/sd/snmp[?where=…][&module=…]`: one group a device that can be polled, over `scheme`."""
    try:
        devices = select(inventory, request.parameters.get("where", [""])[0])
    except InputError as error:
        text = "; ".join(str(problem.message) for problem in error.problems)
        raise RequestError(HTTPStatus.BAD_REQUEST, Message("{reason}", reason=text)) from None
    here = request.headers.get("host", "")
    if not _HOST.match(here):
        raise RequestError(HTTPStatus.BAD_REQUEST, Message("the request's Host header is needed"))
    modules = ",".join(request.parameters.get("module", []))
    zones = _zones(inventory)
    found = []
    for device in devices:
        credential = inventory.credentials.get(device.credential)
        if credential is None or credential.snmp is None or device.address is None:
            continue
        labels = {
            "__scheme__": scheme,
            "__metrics_path__": "/snmp",
            "__param_target": device.name,
            **({"__param_module": modules} if modules else {}),
            **_labels(inventory, device),
        }
        labels["zone"] = ",".join(zones.get(device.name, ()))
        found.append({"targets": [here], "labels": labels})
    return found


def _labels(inventory: Inventory, device: Device) -> dict[str, str]:
    """What the inventory says about a device."""
    site = inventory.sites[device.site]
    region = inventory.regions[site.region]
    return {
        "instance": device.name,
        "region": region.name,
        "region_code": region.code,
        "unit": site.unit,
        "site": site.name,
        "role": device.role,
        "platform": device.platform,
        "vendor": vendor_of(device.platform),
    }


def _zones(inventory: Inventory) -> dict[str, list[str]]:
    """Devices → the zones that they have interfaces in."""
    found: dict[str, list[str]] = {}
    for zone in inventory.zones.values():
        for name in dict.fromkeys(device for device, _ in zone.interfaces):
            found.setdefault(name, []).append(zone.name)
    return found
