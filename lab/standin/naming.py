"""What a device's interfaces are called on Linux."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from configs.forwarding.model import PortKind
from lab.names import linux_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from configs.forwarding.model import Forwarding

LOOPBACK = "lo"


@dataclass(frozen=True)
class Names:
    """The Linux names of one device: `ports` by the configuration's name, `lanes` by (switched port, VLAN)."""

    ports: Mapping[str, str]
    lanes: Mapping[tuple[str, int], str]

    def port(self, name: str) -> str:
        """The Linux name of a port, whose name may be written in other cases; empty if there is none."""
        if name in self.ports:
            return self.ports[name]
        folded = name.replace(" ", "").casefold()
        return next((short for long, short in self.ports.items() if long.replace(" ", "").casefold() == folded), "")


def bridge(vlan: int) -> str:
    """A VLAN's bridge, which is its router interface as well."""
    return f"vlan{vlan}"


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
    return Names(
        own | {name: short[name] for name in wanted},
        {lane: short[text] for lane, text in spelled.items()},
    )
