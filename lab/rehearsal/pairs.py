"""Who has to reach whom and who must not: from VRFs, zones and the flows that the policy allows.

Two hosts of one VRF have to reach each other unless a device on the way stands between zones; then the policy's flows
decide, as zones.yaml has them, and traffic that no flow names must not pass. Hosts of different VRFs must not reach
each other, unless each VRF imports the other's routes (RFC 4364, section 4.3.1); where only the sender's does, packets
may arrive and no answer can, so nothing is wanted. Nor is it between two sites of a VRF that does not import what it
exports: spokes, which meet at a hub or not at all. Where there is no way over the lines that run, nothing is wanted.

Probes are UDP: a flow counts as allowing a pair only if its services hold `any`, `udp`, UDP ports among which is the
probes' own (`udp/40000-49999`), or `dns`, whose port is asked then; one for other services leaves the pair open, for a
probe that is stopped would say nothing of the service.

Units do not talk to each other through their tunnels (`ipplan.addresses.Tunnel`): packets that would have to pass two
must not arrive, unless a flow leads from the zone of the tunnels to itself.
"""

from __future__ import annotations

from collections import defaultdict, deque
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from inventory.model import LineKind
from inventory.text import Message, mark
from lab.rehearsal import exits, vrfs
from lab.rehearsal.model import Flow, Pair, Wanted
from lab.rehearsal.prober import DNS, PORT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from configs.forwarding.model import Forwarding
    from inventory.model import Inventory
    from lab.rehearsal.model import Host

_ANY = frozenset({"any", "udp"})
_DNS = "dns"
_BY_TARGETS = {
    vrfs.Joined.NEITHER: (Wanted.FORBIDDEN, mark("{a} does not import the routes of {b}")),
    vrfs.Joined.THERE: (Wanted.OPEN, mark("{a} imports the routes of {b}, and {b} not those of {a}")),
    vrfs.Joined.SPOKES: (Wanted.OPEN, mark("{a} does not import what it exports: its sites are spokes")),
}


def pairs(inventory: Inventory, running: Collection[str], hosts: Sequence[Host]) -> list[Pair]:
    """Every ordered pair of hosts with what is wanted of it."""
    roads = Roads(inventory, running)
    return [
        exits.pair(a, b) or _pair(inventory, roads, a, b)
        for a in hosts
        for b in hosts
        if a is not b and (a.hop is None or b.hop is None)
    ]


def _pair(inventory: Inventory, roads: Roads, a: Host, b: Host) -> Pair:
    wanted, why, device, port = _wanted(inventory, roads, a, b)
    return Pair(a.name, b.name, wanted, why, (a.vrf, b.vrf), device, port)


_Told: TypeAlias = "tuple[Wanted, Message, str, int]"


def _wanted(inventory: Inventory, roads: Roads, a: Host, b: Host) -> _Told:
    """What is wanted, why, at which device packets must not pass, and the port to ask.

    By route targets first: whom no import joins, no zone can join either.
    """
    by_targets = vrfs.joined(inventory, a, b)
    if by_targets is not vrfs.Joined.BOTH:
        wanted, why = _BY_TARGETS[by_targets]
        return wanted, Message(why, a=a.vrf, b=b.vrf), "", 0
    return _by_zones(inventory, roads, a, b)


def _by_zones(inventory: Inventory, roads: Roads, a: Host, b: Host) -> _Told:
    way = roads.between(a, b)
    if way is None:
        return Wanted.OPEN, Message("no lines lead from one to the other"), "", 0
    apart = _two_tunnels(inventory, way)
    if apart is not None:
        return Wanted.FORBIDDEN, apart, "", 0
    port = 0
    for device, inside, outside in way:
        one, other = inventory.zone_of(device, inside), inventory.zone_of(device, outside)
        if one is None or other is None or one is other or one.vrf != other.vrf:
            continue
        services = {
            service
            for flow in inventory.flows
            if (flow.from_zone, flow.to_zone) == (one.name, other.name)
            for service in flow.services
        }
        if not services:
            why = Message(
                "no flow leads from zone {a} to zone {b} on {device}", a=one.name, b=other.name, device=device
            )
            return Wanted.FORBIDDEN, why, device, 0
        if not any(_probed(service) for service in services):
            if _DNS not in services:
                why = Message("{device} lets only these services through: {names}", device=device,
                              names=", ".join(sorted(services)))  # fmt: skip
                return Wanted.OPEN, why, "", 0
            port = DNS
    if a.vrf != b.vrf:
        return Wanted.REQUIRED, Message("{a} and {b} import each other's routes", a=a.vrf, b=b.vrf), "", port
    why = Message("both are in {vrf}, and no zone stands between", vrf=a.vrf)
    if port:
        why = Message("both are in {vrf}, and all zones between let DNS through, which is what is asked", vrf=a.vrf)
    return Wanted.REQUIRED, why, "", port


def _probed(service: str) -> bool:
    """Whether a service lets probes through: `any`, `udp`, or UDP to their port."""
    protocol, _, ports = service.partition("/")
    first, _, last = ports.partition("-")
    return service in _ANY or (protocol == "udp" and int(first) <= PORT <= int(last or first))


def _two_tunnels(inventory: Inventory, way: Sequence[tuple[str, str, str]]) -> Message | None:
    """Why packets must not arrive whose way passes two tunnels; None if it does not, or a flow says that they may."""
    ends = {
        (end.device, end.interface)
        for line in inventory.lines.values()
        if line.kind is LineKind.TUNNEL and line.b is not None
        for end in (line.a, line.b)
    }
    entered = [(device, inside) for device, inside, _ in way if (device, inside) in ends]
    if len(entered) < 2:
        return None
    zones = [zone for device, inside in entered if (zone := inventory.zone_of(device, inside)) is not None]
    if any((flow.from_zone, flow.to_zone) == (zone.name, zone.name) for zone in zones for flow in inventory.flows):
        return None
    return Message("the way passes {count} tunnels, and units do not talk to each other through those",
                   count=len(entered))  # fmt: skip


class Roads:
    """The lines that run, as a graph."""

    def __init__(self, inventory: Inventory, running: Collection[str]) -> None:
        self._next: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._tunnels: dict[frozenset[tuple[str, str]], list[str]] = defaultdict(list)
        for line in inventory.lines.values():
            if line.kind not in (LineKind.CIRCUIT, LineKind.TUNNEL) or line.b is None:
                continue
            if line.a.device in running and line.b.device in running:
                if line.kind is LineKind.TUNNEL:
                    ends = frozenset(((line.a.device, line.a.interface), (line.b.device, line.b.interface)))
                    self._tunnels[ends].append(line.name)
                self._next[line.a.device].append((line.b.device, line.a.interface, line.b.interface))
                self._next[line.b.device].append((line.a.device, line.b.interface, line.a.interface))

    def between(self, a: Host, b: Host) -> list[tuple[str, str, str]] | None:
        """The devices on a shortest way, each with the interfaces by which packets come in and go out."""
        came: dict[str, tuple[str, str, str]] = {a.device: ("", "", a.interface)}
        queue = deque([a.device])
        while queue:
            here = queue.popleft()
            if here == b.device:
                return list(self._trail(came, a, b))
            for there, outside, inside in self._next[here]:
                if there not in came:
                    came[there] = (here, outside, inside)
                    queue.append(there)
        return None

    def devices(self, a: Host, b: Host) -> list[str]:
        """The devices on that way; none if there is none."""
        return [device for device, _, _ in self.between(a, b) or ()]

    def tunnels(self, a: Host, b: Host) -> dict[str, tuple[str, ...]]:
        """The tunnels on that way, each with the devices at its ends."""
        way = list(self.between(a, b) or ())
        hops = [((one[0], one[1]), (other[0], other[2])) for one, other in pairwise(way)]
        return {
            name: (one[0], other[0]) for one, other in hops for name in self._tunnels.get(frozenset((one, other)), ())
        }

    @staticmethod
    def _trail(came: Mapping[str, tuple[str, str, str]], a: Host, b: Host) -> Iterator[tuple[str, str, str]]:
        here, outside = b.device, b.interface
        while True:
            before, left_by, inside = came[here]
            yield here, inside, outside
            if here == a.device:
                return
            here, outside = before, left_by


def uncarried(
    models: Mapping[str, Sequence[Forwarding]], roads: Roads, hosts: Mapping[str, Host], pairs: Sequence[Pair]
) -> dict[Pair, vrfs.Bound]:
    """The pairs whose way leads through a VPN instance, each with the first port on it that is in one."""
    found = {}
    for pair in pairs:
        a, b = hosts[pair.a], hosts[pair.b]
        ends = [(a.device, a.interface), (b.device, b.interface)]
        way = [(device, port) for device, *ports in roads.between(a, b) or () for port in ports]
        first = next((one for device, port in (*ends, *way) if (one := vrfs.bound(models, device, port))), None)
        if first is not None:
            found[pair] = first
    return found


def flows(wanted: Sequence[Pair], hosts: Mapping[str, Host], live: Mapping[str, Collection[int]]) -> list[Flow]:
    """The pairs at the addresses that both hosts may use: today's with today's, new ones with new ones.

    `live` says which addresses a host's router has a prefix for. A host that keeps its one address uses it for both.
    Where one has only old ones and the other only new ones, the newest of both is used. A host whose router has no
    prefix for it any more has no flow.
    """
    found: list[Flow] = []
    for pair in wanted:
        a, b = hosts[pair.a], hosts[pair.b]
        before = len(found)
        for home in range(max(len(a.homes), len(b.homes))):
            one, other = min(home, len(a.homes) - 1), min(home, len(b.homes) - 1)
            if one in live[a.name] and other in live[b.name]:
                found.append(Flow(pair, a.homes[one].address.ip, b.homes[other].address.ip, home))
        if len(found) == before and live[a.name] and live[b.name]:
            one, other = max(live[a.name]), max(live[b.name])
            found.append(Flow(pair, a.homes[one].address.ip, b.homes[other].address.ip, max(one, other)))
    return found


def unasked(wanted: Sequence[Pair], found: Sequence[Flow]) -> tuple[Pair, ...]:
    """The pairs that have to pass and have no flow: nobody can tell whether they do."""
    asked = {flow.pair for flow in found}
    return tuple(pair for pair in wanted if pair.wanted is Wanted.REQUIRED and pair not in asked)


def both_ways_once(wanted: Sequence[Flow]) -> list[Flow]:
    """The flows without those that are another one's way back: an answered probe shows both directions."""
    seen: set[tuple[int, frozenset[tuple[str, object]]]] = set()
    found = []
    for flow in wanted:
        ends = (flow.pair.port, frozenset(((flow.pair.a, flow.a), (flow.pair.b, flow.b))))
        if ends not in seen:
            seen.add(ends)
            found.append(flow)
    return found
