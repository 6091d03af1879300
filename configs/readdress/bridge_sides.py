"""What the texts of two devices at a line say of OSPF on it, and of what they know and tell by other ways."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.forwarding.model import PortKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from configs.change import Language
    from configs.forwarding.model import BgpFamily, Forwarding, Isis, Ospf, Port, Rip, Static
    from configs.tree import Tree
    from inventory.model import Interface

DEFAULT: Final = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True)
class Speaker:
    """A device's routing in its global table.

    `unread`: the lines of interfaces in whose views a command is not understood, and 0 if such a one decides about
    routes.
    """

    model: Forwarding
    unread: frozenset[int] = frozenset()

    @cached_property
    def processes(self) -> list[Ospf]:
        """Those of OSPF."""
        return [one for one in self.model.ospf if one.version == 2 and not one.vrf]

    @cached_property
    def ports(self) -> list[Port]:
        """The interfaces that are up."""
        return [port for port in self.model.ports.values() if port.up and not port.vrf]

    @cached_property
    def statics(self) -> list[Static]:
        """The static routes."""
        return [static for static in self.model.statics if not static.vrf]

    @cached_property
    def connected(self) -> set[IPv4Network]:
        """The networks of all interfaces."""
        return {one.network for port in self.ports for one in port.addresses if isinstance(one.network, IPv4Network)}

    @cached_property
    def told(self) -> set[IPv4Network]:
        """Those of them that OSPF tells others."""
        return {
            one.network
            for port in self.ports
            for one in port.addresses
            if isinstance(one.network, IPv4Network) and any(self._knowing(port, one))
        }

    @cached_property
    def neighbours(self) -> int | None:
        """On how many interfaces it looks for neighbours; None if it may learn or tell routes in other ways too."""
        if self.other_protocols or any(process.redistributes or process.default for process in self.processes):
            return None
        return sum(map(self.looks, self.ports))

    @property
    def other_protocols(self) -> bool:
        """Whether anything but one process of OSPF gives it routes."""
        return bool(self.model.bgp or self.model.isis or self.model.rip or len(self.processes) != 1)

    @property
    def has_default(self) -> bool:
        """Whether it has a default route that is static."""
        return any(static.network == DEFAULT for static in self.statics)

    @property
    def tells_default(self) -> bool:
        """Whether others have a default route by it."""
        return any(one.default == "always" or (one.default and self.has_default) for one in self.processes)

    @property
    def redistributes(self) -> bool:
        """Whether static routes are told to others."""
        bgp = self.model.bgp
        speakers: list[Ospf | Isis | Rip | BgpFamily] = [*self.model.ospf, *self.model.isis, *self.model.rip]
        speakers += bgp.families if bgp is not None else ()
        return any(one.source == "static" for speaker in speakers for one in speaker.redistributes)

    @property
    def worst(self) -> int:
        """The preference of the worst of OSPF's routes."""
        known = self.model.distances
        usual = max(known.get("ospf", 0), known.get("ospf-external", 0))
        return max((max(one.distance or usual, one.external_distance or usual) for one in self.processes), default=0)

    def looks(self, port: Port) -> bool:
        """Whether it looks for OSPF neighbours on an interface."""
        if not port.up or port.vrf or port.kind is PortKind.LOOPBACK:
            return False
        for address in port.addresses:
            for process in self._knowing(port, address) if address.version == 4 else ():
                silent = port.name in process.passive or ("*" in process.passive and port.name not in process.active)
                if port.ospf is not None and port.ospf.passive is not None:
                    silent = port.ospf.passive
                if not silent:
                    return True
        return False

    def knows_more_than(self, other: Speaker) -> bool:
        """Whether it may reach what the other, which learns by OSPF from it, has no route to.

        Not if it tells a default route anyway, or if it knows only what OSPF knows.
        """
        if self.tells_default:
            return False
        if self.other_protocols or any(static.via or static.port or static.via_vrf for static in self.statics):
            return True
        if any(
            area.kind == "nssa" or not all(one.advertise for one in area.ranges) for area in self.processes[0].areas
        ):
            return True
        return not self.connected <= other.connected | self.told

    def _knowing(self, port: Port, address: Interface) -> Iterator[Ospf]:
        """The processes that know an interface's network."""
        spoken = port.ospf
        for process in self.processes:
            if spoken is not None and spoken.process not in ("", process.process):
                continue
            areas = [network for area in process.areas for network in area.networks if network.version == 4]
            if (spoken is not None and spoken.area) or any(address.ip in network for network in areas):
                yield process


def speaker(tree: Tree, language: Language, model: Forwarding | None) -> Speaker | None:
    """What is known of a device by its text; None if its language is not read so."""
    if model is None:
        return None
    left = {one.line: one for one in model.left if not one.weak}
    unread = {0 for one in left.values() if one.touches == "routes"}
    first: dict[str, int] = {}  # an interface's commands may stand in several places
    for node in tree.children:
        header = language.normalise((), node.text)
        line = first.setdefault(header, node.line)
        if any(below.line in left for _, below in node.walk()):
            unread.add(0 if language.paths.routing.match(f"{header} > ") else line)
    return Speaker(model, frozenset(unread))


class Side(NamedTuple):
    """One device at a line whose addresses change places, with both there; its interface by today's address."""

    device: str
    language: Language
    read: Callable[[], Speaker | None]
    before: Interface
    after: Interface
    changes: bool  # its primary address changes, and OSPF loses its neighbours
    beside: bool  # old and new can stand beside each other

    @property
    def speaker(self) -> Speaker:
        """What is known of the device."""
        found = self.read()
        assert found is not None, self.device  # noqa: S101 - only of lines on which it speaks OSPF
        return found

    @property
    def port(self) -> Port | None:
        """The interface that holds the address of today."""
        found = self.read()
        ports = found.model.ports.values() if found is not None else ()
        return next((port for port in ports if any(one.ip == self.before.ip for one in port.addresses)), None)

    @property
    def spoken(self) -> bool:
        """Whether the device speaks OSPF over the line, as far as is known."""
        port = self.port
        return port is not None and self.speaker.looks(port)

    @property
    def hops(self) -> tuple[IPv4Address, ...]:
        """The addresses that the device has on the line."""
        return tuple(one.ip for one in (self.before, self.after) if isinstance(one.ip, IPv4Address))
