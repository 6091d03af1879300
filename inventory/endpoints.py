"""Where a device is spoken to: its own address, or where a lab serves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from inventory.errors import DeviceError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inventory.model import Device

SNMP_PORT: Final = 161  # RFC 3417


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host (an address, written without brackets) and a TCP or UDP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Endpoints(Protocol):
    """How to reach devices. DeviceError for one that cannot be reached this way."""

    def ssh(self, device: Device) -> Endpoint:
        """Where the device's command line is."""
        ...

    def snmp(self, device: Device) -> Endpoint:
        """Where the device's SNMP agent is."""
        ...

    def absent(self) -> Mapping[str, Message]:
        """The devices, by name, that nobody plays here, and why."""
        ...


class Direct:
    """The real network: a device's management address, its port, and SNMP's own port."""

    def ssh(self, device: Device) -> Endpoint:
        """The management address and the device's `port`."""
        return Endpoint(_host(device), device.port)

    def snmp(self, device: Device) -> Endpoint:
        """The management address and UDP port 161."""
        return Endpoint(_host(device), SNMP_PORT)

    def absent(self) -> Mapping[str, Message]:
        """None: the real network has its devices."""
        return {}


def _host(device: Device) -> str:
    if device.address is None:
        raise DeviceError(
            device.name,
            Message("the device has no management address"),
            Message("fill in “address” in {file}, line {line}", file=device.source.file, line=device.source.line),
        )
    return str(device.address.ip)
