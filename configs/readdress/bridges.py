"""Routes that carry packets over a line while OSPF has no neighbour there: temporary, and behind every protocol's.

Where a language has one primary address, an interface that gets another one loses its OSPF neighbour until the next
hellos agree (RFC 2328, 10.5: hellos of another network are dropped). A **bridge** is a static route with a preference
of 250, behind OSPF's (10 and 150, or 110), IS-IS's, RIP's, EIGRP's and, but for VRP's 255, BGP's: it does nothing while
these have a route. Stage add brings bridges, over the old and the new next hop, remove takes them away first.

They are written along a **tree** only. A stub speaks OSPF over one line, and no other protocol: what is behind it is
its own. A router whose other lines all lead to stubs is a stub too, with what is behind them. A stub gets a default
route to the router at the other end, its hub; the hub gets routes to the networks behind the stub. So a packet goes up
towards the root, or down towards its network, and never up again: where it would, because a network is down or its line
is, a route to null behind the bridge (251) at each stub, to each network behind it, ends it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.change.language import DISTANCE
from configs.readdress.bridge_sides import DEFAULT, Side
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from ipaddress import IPv4Address, IPv4Network

    from inventory.model import Interface

WHY: Final = {
    "no-form": mark("there is no form for such routes in the language of one of the two"),
    "not-two": mark("it is no line between just two of these devices"),
    "in-place": mark("its addresses change in place, none stands beside the other"),
    "vrf": mark("it is in a VPN"),
    "no-stub": mark("both devices have other lines that lead to no stub, so that a circle cannot be ruled out"),
    "redistributes": mark("static routes are told to others"),
    "unread": mark("a line that decides about routes is not understood"),
    "beyond": mark("who is behind it has no route to stubs whose addresses change places until OSPF has told it"),
    "behind": mark("OSPF's routes would come behind"),
    "knows-more": mark("the hub knows more than it tells the stub by OSPF"),
    "leads-back": mark("the hub has static routes that lead to the stub and are not its own networks"),
}


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

    def add(self, device: str, command: str) -> None:
        """One command, once."""
        mine = self.routes.setdefault(device, [])
        if command not in mine:
            mine.append(command)


class Branch(NamedTuple):
    """A line of the tree. `level`: two stubs and nobody above them; each is the other's."""

    hub: Side
    stub: Side
    level: bool

    @property
    def changes(self) -> bool:
        """Whether OSPF loses its neighbour on it."""
        return self.hub.changes or self.stub.changes

    @property
    def ways(self) -> list[tuple[Side, Side]]:
        """The pairs of a router and the one whose networks it is given."""
        return [(self.hub, self.stub), *([(self.stub, self.hub)] if self.level else [])]


def bridge(sides: Sequence[Side]) -> Bridged:
    """The bridges of all lines that the sides are at."""
    by_line: dict[tuple[object, object], list[Side]] = {}
    for side in sides:
        by_line.setdefault((side.before.network, side.after.network), []).append(side)
    lines = [line for line in by_line.values() if any(side.spoken for side in line)]
    lines += [[side] for side in _others(sides)]
    found = Bridged()
    if not any(side.changes for line in lines for side in line):
        return found
    tree = Tree(lines)
    refused: dict[int, str] = {}
    for line in lines:
        branch = tree.branches.get(id(line))
        why = _unfit(line) or (tree.unfit(branch) if branch is not None else "no-stub")
        if why:
            refused[id(line)] = why
            tree.branches.pop(id(line), None)
    upset = tree.upset()
    for line in lines:
        branch = tree.branches.get(id(line))
        if branch is not None:
            for device, command in tree.routes(branch, upset):
                found.add(device, command)
        elif any(side.changes for side in line):
            found.unbridged.append(Unbridged(tuple(side.device for side in line), line[0].before, refused[id(line)]))
        elif not upset.isdisjoint(side.device for side in line):
            found.unbridged.append(Unbridged(tuple(side.device for side in line), line[0].before, "beyond"))
    return found


def _others(sides: Sequence[Side]) -> Iterator[Side]:
    """The lines of these devices on which nothing moves: who is behind one may lose routes all the same."""
    moving = {(side.device, port.name) for side in sides if (port := side.port) is not None}
    for side in {side.device: side for side in sides if side.spoken}.values():
        for port in side.speaker.ports:
            if (side.device, port.name) not in moving and side.speaker.looks(port):
                address = port.addresses[0]
                yield side._replace(before=address, after=address, changes=False)


def _unfit(line: Sequence[Side]) -> str:
    """What about a line, or one device at it, speaks against bridges: a key of `WHY`, or nothing."""
    if not _is_pair(line):
        return "not-two"
    if not all(side.beside for side in line):
        return "in-place"
    if any(side.language.floating is None for side in line):
        return "no-form"
    return next((why for side in line if (why := _unsound(side))), "")


def _is_pair(line: Sequence[Side]) -> bool:
    """Whether a line has just two ends, and they are neighbours."""
    return len({side.device for side in line}) == len(line) == 2 and all(
        side.before.network.prefixlen >= 30 and side.spoken for side in line
    )


def _unsound(side: Side) -> str:
    """What about one device speaks against any bridge on it."""
    port = side.port
    if port is None or port.vrf or port.borrows:
        return "vrf"
    if not side.speaker.unread.isdisjoint((0, port.line)):
        return "unread"
    if side.speaker.redistributes:
        return "redistributes"
    return "behind" if side.speaker.worst >= DISTANCE else ""


class Tree:
    """The lines that belong to a tree, from its leaves towards its root: a device with one line left hangs on it."""

    def __init__(self, lines: Sequence[list[Side]]) -> None:
        self.branches: dict[int, Branch] = {}
        self._below: dict[str, list[Branch]] = {}  # by the device that is above, in the order of their making
        self._behind: dict[tuple[str, str], set[IPv4Network]] = {}
        self._several: dict[str, set[IPv4Network]] = {}
        open_ = [line for line in lines if _is_pair(line)]
        left = {side.device: side.speaker.neighbours for line in open_ for side in line}
        while True:
            ready = {device for device, count in left.items() if count == 1}
            closing = [line for line in open_ if not ready.isdisjoint(side.device for side in line)]
            if not closing:
                break
            for line in closing:
                hub, stub = line if line[1].device in ready else line[::-1]
                branch = Branch(hub, stub, level=hub.device in ready)
                self.branches[id(line)] = branch
                for upper, _ in branch.ways:
                    self._below.setdefault(upper.device, []).append(branch)
                for side in line:
                    count = left[side.device]
                    left[side.device] = count - 1 if count is not None else None
            open_ = [line for line in open_ if id(line) not in self.branches]

    def unfit(self, branch: Branch) -> str:
        """What about the two devices together speaks against bridges between them."""
        for upper, lower in branch.ways:
            behind = self.behind(upper, lower)
            bgp = upper.speaker.model.bgp
            if bgp is not None and any(not behind.isdisjoint(family.networks) for family in bgp.families):
                return "redistributes"
        hub, stub = branch.hub.speaker, branch.stub.speaker
        if branch.level or stub.has_default:
            return ""
        theirs = {one.ip for port in stub.ports for one in port.addresses}
        behind = self.behind(branch.hub, branch.stub)
        if any(static.via in theirs and static.network not in behind for static in hub.statics):
            return "leads-back"
        return "knows-more" if hub.knows_more_than(stub) else ""

    def behind(self, upper: Side, lower: Side) -> set[IPv4Network]:
        """The networks that are reached through a device, seen from one above it: what OSPF tells of them."""
        known = self._behind.get((upper.device, lower.device))
        if known is None:
            known = set(lower.speaker.told)
            for branch in self._below.get(lower.device, ()):
                for one, other in branch.ways:
                    if one.device == lower.device and other.device != upper.device:
                        known |= self.behind(one, other)
            self._behind[upper.device, lower.device] = known
        return known

    def upset(self) -> set[str]:
        """The devices that lose routes to networks behind them for a while, and those above them."""
        found: set[str] = set()
        # Branches stand in the order from the leaves to the root.
        for branch in self.branches.values():
            for upper, lower in branch.ways:
                if branch.changes or lower.device in found:
                    found.add(upper.device)
        return found

    def routes(self, branch: Branch, upset: set[str]) -> Iterator[tuple[str, str]]:
        """The commands at both ends of a line, with the device of each."""
        for upper, lower in branch.ways:
            if not (branch.changes or lower.device in upset):
                continue
            there = {static.network for static in upper.speaker.statics}
            ends = {static.network for static in lower.speaker.statics}
            for network in sorted(self.behind(upper, lower) - upper.speaker.connected - there - self._twice(upper)):
                for hop in lower.hops:
                    yield upper.device, _route(upper, network, hop)
                if network not in ends:
                    yield lower.device, _sink(lower, network)
        # Between two stubs each would send the other what neither knows.
        if self._top(branch.hub.device) in upset and not branch.level and not branch.stub.speaker.has_default:
            for hop in branch.hub.hops:
                yield branch.stub.device, _route(branch.stub, DEFAULT, hop)

    def _top(self, device: str) -> str:
        """The device above all others on the way up."""
        above = {branch.stub.device: branch.hub.device for branch in self.branches.values() if not branch.level}
        while device in above:
            device = above[device]
        return device

    def _twice(self, upper: Side) -> set[IPv4Network]:
        """Networks behind more than one line of a device: OSPF alone knows which of them leads there now."""
        known = self._several.get(upper.device)
        if known is None:
            count = Counter(
                network
                for branch in self._below.get(upper.device, ())
                for one, other in branch.ways
                if one.device == upper.device
                for network in self.behind(one, other)
            )
            known = {network for network, times in count.items() if times > 1}
            self._several[upper.device] = known
        return known


def _route(side: Side, network: IPv4Network, hop: IPv4Address) -> str:
    """A bridge over a next hop behind the line.

    The interface is named with the next hop: while the hop's network is away, such a route does not look for another
    way to it.
    """
    port, forms = side.port, side.language.floating
    assert port is not None and forms is not None  # noqa: PT018, S101 - `_unfit` has seen them
    return forms.route(network, port.name, hop)


def _sink(side: Side, network: IPv4Network) -> str:
    """Where packets to a network behind the side end that is not there."""
    forms = side.language.floating
    assert forms is not None  # noqa: S101 - `_unfit` has seen it
    return forms.sink(network)
