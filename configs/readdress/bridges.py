"""Routes that carry packets over a line while OSPF has no neighbour there: temporary, and behind every protocol's.

Where a language has one primary address, an interface that gets another one loses its OSPF neighbour until the next
hellos agree (RFC 2328, 10.5: hellos of another network are dropped). A **bridge** is a static route with a preference
of 250, behind OSPF's (10 and 150, or 110), IS-IS's, RIP's, EIGRP's and, but for VRP's 255, BGP's: it does nothing while
these have a route. Stage add brings bridges, over the old and the new next hop, remove takes them away first.

They are written for a **stub** only: a router with one line over which it speaks OSPF, and no other protocol. It gets a
default route to the router at the other end, its hub; the hub gets routes to the stub's own networks. Nothing else can
be reached through a stub, so these cannot close a circle but where one of the stub's networks is down: a route to null
behind the bridge (251) ends packets to it there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.change.language import DISTANCE
from configs.forwarding.model import PortKind
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from configs.change import Language
    from configs.forwarding.model import BgpFamily, Forwarding, Isis, Ospf, Port, Rip
    from configs.tree import Tree
    from inventory.model import Interface

_DEFAULT: Final = IPv4Network("0.0.0.0/0")

WHY: Final = {
    "no-form": mark("there is no form for such routes in the language of one of the two"),
    "not-two": mark("it is no line between just two of these devices"),
    "in-place": mark("its addresses change in place, none stands beside the other"),
    "vrf": mark("it is in a VPN"),
    "no-stub": mark("each of the two has other lines, so that a circle cannot be ruled out"),
    "redistributes": mark("static routes are told to others"),
    "unread": mark("a line that decides about routes is not understood"),
    "beyond": mark("who is behind it has no route to stubs whose addresses change places until OSPF has told it"),
    "behind": mark("OSPF's routes would come behind"),
    "knows-more": mark("the hub knows more than it tells the stub by OSPF"),
    "leads-back": mark("the hub has static routes that lead to the stub and are not its own networks"),
}


class Known(NamedTuple):
    """What a text says of packets, and where it says more: views of interfaces (the line of each) with commands that
    are not understood, and 0 if such a command decides about routes.
    """  # noqa: D205 - one sentence

    model: Forwarding | None
    unread: frozenset[int] = frozenset()


def known(tree: Tree, language: Language, model: Forwarding | None) -> Known:
    """What is known of a device by its text."""
    left = {one.line: one for one in model.left if not one.weak} if model is not None else {}
    unread = {0 for one in left.values() if one.touches == "routes"}
    first: dict[str, int] = {}  # an interface's commands may stand in several places
    for node in tree.children:
        header = language.normalise((), node.text)
        line = first.setdefault(header, node.line)
        if any(below.line in left for _, below in node.walk()):
            unread.add(0 if language.paths.routing.match(f"{header} > ") else line)
    return Known(model, frozenset(unread))


class Side(NamedTuple):
    """One device at a line whose addresses change places, with both there; its interface by today's address."""

    device: str
    language: Language
    read: Callable[[], Known]
    before: Interface
    after: Interface
    changes: bool  # its primary address changes, and OSPF loses its neighbours
    beside: bool  # old and new can stand beside each other

    @property
    def model(self) -> Forwarding | None:
        """What the device does with packets; None if its language is not read so."""
        return self.read().model


class Unbridged(NamedTuple):
    """A line over which packets are lost while its addresses change places. `why`: a key of `WHY`."""

    devices: tuple[str, ...]
    address: Interface
    why: str

    @property
    def reason(self) -> Message:
        """Why, as a sentence."""
        return Message(WHY[self.why])


@dataclass
class Bridged:
    """The commands of each device, and the lines that have none."""

    routes: dict[str, list[str]] = field(default_factory=dict)
    unbridged: list[Unbridged] = field(default_factory=list)


def bridge(sides: Sequence[Side]) -> Bridged:
    """The bridges of all lines that the sides are at."""
    found = Bridged()
    by_line: dict[tuple[object, object], list[Side]] = {}
    for side in sides:
        by_line.setdefault((side.before.network, side.after.network), []).append(side)
    lines = [line for line in by_line.values() if any(_spoken(side) for side in line)]
    hubs: set[str] = set()
    # Other stubs of a hub lose their routes to the stub whose neighbour is away: they go by their default routes.
    for line in sorted(lines, key=lambda line: not any(side.changes for side in line)):
        changes = any(side.changes for side in line)
        if not changes and hubs.isdisjoint(side.device for side in line):
            continue
        why = _refused(line)
        if why:
            why = why if changes else "beyond"
            found.unbridged.append(Unbridged(tuple(side.device for side in line), line[0].before, why))
            continue
        one, other = line
        for device, command in _routes(one, other) if changes else _outwards(one, other):
            mine = found.routes.setdefault(device, [])
            if command not in mine:
                mine.append(command)
        hubs |= {side.device for side in line if not _is_stub(side)}
    return found


def _refused(line: Sequence[Side]) -> str:
    """Why a line gets no bridges: a key of `WHY`, or nothing."""
    if len(line) != 2 or not all(side.before.network.prefixlen >= 30 and _spoken(side) for side in line):
        return "not-two"
    if not all(side.beside for side in line):
        return "in-place"
    if any(side.language.floating is None or side.model is None for side in line):
        return "no-form"
    return next((why for side in line if (why := _unsound(side))), "") or _unfit(*line)


def _unfit(one: Side, other: Side) -> str:
    """What about the two together speaks against bridges between them."""
    if not (_is_stub(one) or _is_stub(other)):
        return "no-stub"
    hub, stub = (one, other) if _is_stub(other) else (other, one)
    if _told(hub, stub):
        return "redistributes"
    if _leads_back(hub, stub):
        return "leads-back"
    return "knows-more" if not _is_stub(hub) and not _has_default(_model(stub)) and _knows_more(hub, stub) else ""


def _unsound(side: Side) -> str:
    """What about one device speaks against any bridge on it."""
    model, port = _model(side), _port(side)
    if port is None or port.vrf or port.borrows:
        return "vrf"
    if not side.read().unread.isdisjoint((0, port.line)):
        return "unread"
    speakers: list[Ospf | Isis | Rip | BgpFamily] = [*model.ospf, *model.isis, *model.rip]
    speakers += model.bgp.families if model.bgp is not None else ()
    if any(one.source == "static" for speaker in speakers for one in speaker.redistributes):
        return "redistributes"
    default = max((model.distances.get(name, 0) for name in ("ospf", "ospf-external")), default=0)
    worst = max(max(one.distance or default, one.external_distance or default) for one in _processes(model))
    return "behind" if worst >= DISTANCE else ""


def _routes(one: Side, other: Side) -> Iterator[tuple[str, str]]:
    """The commands at both ends, with the device of each."""
    stubs = [side for side in (one, other) if _is_stub(side)]
    for stub in stubs:
        hub = other if stub is one else one
        theirs = _model(hub)
        there = {address.network for port in theirs.ports.values() if not port.vrf for address in port.addresses}
        known = {static.network for static in theirs.statics if not static.vrf}
        for network in _networks(stub):
            if network in there or network in known:
                continue
            for address in (stub.before, stub.after):
                yield hub.device, _command(hub, network, address)
            if not any(static.network == network and not static.vrf for static in _model(stub).statics):
                yield stub.device, _command(stub, network, None)
    yield from _outwards(one, other)


def _outwards(one: Side, other: Side) -> Iterator[tuple[str, str]]:
    """The stub's way to everything else. Between two stubs each would send the other what neither knows."""
    hub, stub = (one, other) if _is_stub(other) else (other, one)
    if not _is_stub(hub) and not _has_default(_model(stub)):
        for address in (hub.before, hub.after):
            yield stub.device, _command(stub, _DEFAULT, address)


def _command(side: Side, network: IPv4Network, via: Interface | None) -> str:
    """A bridge over a next hop behind the line, or, without one, to null.

    The interface is named with the next hop: while the hop's network is away, such a route does not look for another
    way to it.
    """
    port, forms = _port(side), side.language.floating
    assert port is not None and forms is not None  # noqa: PT018, S101 - `_refused` has seen them
    return forms.sink(network) if via is None else forms.route(network, port.name, via.ip)


# ---- what a model says


def _model(side: Side) -> Forwarding:
    assert side.model is not None  # noqa: S101 - `_refused` has seen it
    return side.model


def _port(side: Side) -> Port | None:
    """The interface that holds the address of today."""
    ports = side.model.ports.values() if side.model is not None else ()
    return next((port for port in ports if any(one.ip == side.before.ip for one in port.addresses)), None)


def _spoken(side: Side) -> bool:
    """Whether the device speaks OSPF over the line, as far as is known."""
    port = _port(side)
    return side.model is not None and port is not None and _is_active(side.model, port)


def _processes(model: Forwarding) -> list[Ospf]:
    return [one for one in model.ospf if one.version == 2 and not one.vrf]


def _knowing(model: Forwarding, port: Port, address: Interface) -> Iterator[Ospf]:
    """The processes of OSPF that know an interface's network."""
    spoken = port.ospf
    for process in _processes(model):
        if spoken is not None and spoken.process not in ("", process.process):
            continue
        inside = any(
            network.version == 4 and address.ip in network for area in process.areas for network in area.networks
        )
        if inside or (spoken is not None and spoken.area):
            yield process


def _is_active(model: Forwarding, port: Port) -> bool:
    """Whether the device looks for OSPF neighbours on an interface."""
    if not port.up or port.vrf or port.kind is PortKind.LOOPBACK:
        return False
    for address in port.addresses:
        for process in _knowing(model, port, address) if address.version == 4 else ():
            silent = port.name in process.passive or ("*" in process.passive and port.name not in process.active)
            if port.ospf is not None and port.ospf.passive is not None:
                silent = port.ospf.passive
            if not silent:
                return True
    return False


def _is_stub(side: Side) -> bool:
    """Whether the device speaks OSPF over one line, and nothing else anywhere: what is behind it is its own."""
    model = _model(side)
    if model.bgp is not None or model.isis or model.rip or len(_processes(model)) != 1:
        return False
    if any(process.redistributes or process.default for process in _processes(model)):
        return False
    return sum(_is_active(model, port) for port in model.ports.values()) == 1


def _networks(stub: Side) -> Iterator[IPv4Network]:
    """The stub's own networks that OSPF tells its hub, but for the line itself."""
    model = _model(stub)
    line = {stub.before.network, stub.after.network}
    for port in model.ports.values():
        for address in port.addresses if port.up and not port.vrf else ():
            network = address.network
            if isinstance(network, IPv4Network) and network not in line and any(_knowing(model, port, address)):
                yield network


def _has_default(model: Forwarding) -> bool:
    return any(static.network == _DEFAULT and not static.vrf for static in model.statics)


def _told(hub: Side, stub: Side) -> bool:
    """Whether the hub's BGP tells others of the stub's networks for as long as there is any route to them."""
    bgp = _model(hub).bgp
    told = {network for family in bgp.families for network in family.networks} if bgp is not None else set()
    return not told.isdisjoint(_networks(stub))


def _leads_back(hub: Side, stub: Side) -> bool:
    """Whether the hub sends the stub more than the stub's own networks: the stub would send it back."""
    ours = {address.ip for port in _model(stub).ports.values() for address in port.addresses}
    own = {address.network for port in _model(stub).ports.values() for address in port.addresses}
    statics = [static for static in _model(hub).statics if not static.vrf]
    return any(static.via in ours and static.network not in own for static in statics)


def _knows_more(hub: Side, stub: Side) -> bool:
    """Whether the hub may reach what the stub has no route to: a default route there would let packets out.

    Not if the hub tells a default route anyway, or if it knows only what OSPF knows.
    """
    model = _model(hub)
    processes = _processes(model)
    if any(one.default == "always" or (one.default and _has_default(model)) for one in processes):
        return False
    if model.bgp is not None or model.isis or model.rip or len(processes) != 1:
        return True
    if any(static.via is not None or static.port or static.via_vrf for static in model.statics if not static.vrf):
        return True
    if any(area.kind == "nssa" or not all(one.advertise for one in area.ranges) for area in processes[0].areas):
        return True
    near = {address.network for port in _model(stub).ports.values() if not port.vrf for address in port.addresses}
    return any(
        address.network not in near and not any(_knowing(model, port, address))
        for port in model.ports.values()
        for address in (port.addresses if port.up and not port.vrf else ())
        if isinstance(address.ip, IPv4Address)
    )
