"""What a device's interfaces are called on Linux."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configs.forwarding.model import PortKind
from lab.names import linux_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from configs.forwarding.model import Forwarding

LOOPBACK = "lo"


@dataclass(frozen=True)
class Names:
    """The Linux names of one device: `ports` by the configuration's name, `lanes` by (switched port, VLAN).

    `virtual`, by a port's Linux name, are the interfaces on it that packets to a VRRP group's MAC address come in by.
    """

    ports: Mapping[str, str]
    lanes: Mapping[tuple[str, int], str]
    virtual: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def every(self) -> frozenset[str]:
        """All interfaces that packets come in by."""
        return frozenset({*self.ports.values(), *(name for found in self.virtual.values() for name in found)})

    def port(self, name: str) -> str:
        """The Linux name of a port, whose name may be written in other cases; empty if there is none."""
        if name in self.ports:
            return self.ports[name]
        folded = name.replace(" ", "").casefold()
        return next((short for long, short in self.ports.items() if long.replace(" ", "").casefold() == folded), "")


def bridge(vlan: int) -> str:
    """A VLAN's bridge, which is its router interface as well."""
    return f"vlan{vlan}"


def virtual(short: str, version: int, group: int) -> str:
    """The interface of a VRRP group on a port. A name as long as the port's own would be cut where two ports differ."""
    return f"v{version}-{group}-{hashlib.sha256(short.encode()).hexdigest()[:6]}"


def names(forwarding: Forwarding, lanes: Iterable[tuple[str, int]] = (), *, dummies: bool = False) -> Names:
    """The names of a device. Loopbacks are addresses of `lo`, unless there are `dummies`."""
    own: dict[str, str] = {}
    wanted: list[str] = []
    for name, port in forwarding.ports.items():
        if port.kind is PortKind.LOOPBACK and not dummies:
            own[name] = LOOPBACK
        elif port.kind is PortKind.VLAN:
            own[name] = bridge(port.vlan)
        elif port.kind is not PortKind.NULL:
            wanted.append(name)
    spelled = {lane: f"{lane[0]}.{lane[1]}" for lane in lanes}
    short = linux_names([*wanted, *spelled.values()])
    ports = own | {name: short[name] for name in wanted}
    groups = {
        ports[name]: tuple(
            dict.fromkeys(
                virtual(ports[name], address.version, group.number)
                for group in port.vrrp
                for address in group.addresses
            )
        )
        for name, port in forwarding.ports.items()
        if port.vrrp and name in ports
    }
    return Names(ports, {lane: short[text] for lane, text in spelled.items()}, groups)
