"""Does the network that runs in the lab do what the plan and the zones promise? Real packets, from inside.

Each `Check` is one promise with what was counted. A negative one ("does not get in") carries its positive control: the
same sender reaches something it may reach, so that silence means a filter and not a dead sender.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from inventory.errors import LabError
from inventory.model import LineKind
from inventory.text import Message
from lab import checks
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from ipaddress import IPv4Address, IPv6Address

    from inventory.model import Line
    from lab.state import LabState
    from lab.topology import Node, Topology

    Address = IPv4Address | IPv6Address

PARALLEL = 8
OSPF_SECONDS = 90.0
TUNNEL_SECONDS = 120.0
ROUTE_SECONDS = 60.0
# A web server that answers does so sooner; on a busy machine it may need this.
PAGE_SECONDS = 15.0
EVERYTHING = ip_network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: `name` is stable and English, `told` is for people, `detail` has what was counted."""

    name: str
    ok: bool
    told: Message
    detail: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Stable keys; the text in both languages."""
        told = {"en": self.told.in_language("en"), "zh": self.told.in_language("zh_CN")}
        return {"name": self.name, "ok": self.ok, "told": told, "detail": self.detail}


def verify(state: LabState, topology: Topology, *, left_out: Collection[str] = ()) -> list[Check]:
    """Every promise that this lab can be asked for; none where devices forward no packets (emulated).

    Devices in `left_out` failed before, and nothing is expected of what stands behind them.
    """
    if not state.network:
        return []
    return _Network(state, topology, frozenset(left_out)).verify()


class _Network:
    def __init__(self, state: LabState, topology: Topology, left_out: frozenset[str]) -> None:
        self._state = state
        self._topology = topology
        self._inventory = topology.workspace.inventory
        hosts = [node for node in topology.of_kind(NodeKind.HOST) if self._line(node).a.device not in left_out]
        self._units = [node for node in hosts if self._tunnel(self._line(node).a.device) is not None]
        self._townships = [node for node in hosts if self._tunnel(self._line(node).a.device) is None]
        self._servers = topology.of_kind(NodeKind.SERVER)
        self._outsiders = topology.of_kind(NodeKind.OUTSIDER)
        routers = [device.name for device in topology.devices if device.platform == "frr"]
        self._routers = [name for name in routers if name not in left_out]
        self._core = max(self._routers, key=self._neighbours, default="")

    def verify(self) -> list[Check]:
        found: list[Check] = []
        for promise in (
            self._ospf,
            self._prefixes,
            self._township_to_server,
            self._township_to_internet,
            self._internet_to_server,
            self._tunnels,
            self._unit_to_server,
        ):
            made = promise()
            if made is not None:
                found.append(made)
        return found

    def _ospf(self) -> Check | None:
        if not self._core:
            return None
        try:
            expected = {name: self._neighbours(name) for name in self._routers}
            seen = checks.wait_ospf_full(self._state, OSPF_SECONDS, expected)
        except LabError as error:
            return Check("ospf-full", ok=False, told=error.message)
        full = sum(state.startswith("Full") for neighbours in seen.values() for state in neighbours.values())
        return Check(
            "ospf-full",
            ok=full > 0,
            told=Message("OSPF: {routers} routers, {full} neighbours full", routers=len(seen), full=full),
            detail={"routers": len(seen), "full": full},
        )

    def _prefixes(self) -> Check | None:
        """The core must have every planned LAN; every other router the way out that the core announces."""
        wanted = {row.prefix for node in self._townships for row in self._topology.plan.of(node.line)}
        if not self._core or not wanted:
            return None
        way_out = dict.fromkeys(self._routers, frozenset({EVERYTHING}))
        try:
            checks.wait_routes(self._state, {**way_out, self._core: wanted | {EVERYTHING}}, ROUTE_SECONDS)
        except LabError as error:
            return Check("lan-prefixes", ok=False, told=error.message)
        return Check(
            "lan-prefixes",
            ok=True,
            told=Message("{core} has the {count} planned LAN prefixes", core=self._core, count=len(wanted)),
            detail={"router": self._core, "prefixes": sorted(map(str, wanted))},
        )

    def _township_to_server(self) -> Check | None:
        return self._reach(
            "township-to-server",
            self._townships,
            lambda node, server: bool(checks.ping(self._state, node.name, server, count=2)),
            Message("a ping from a township's LAN reaches the server LAN"),
        )

    def _unit_to_server(self) -> Check | None:
        """Units' traffic must pass, and the tunnels' own counters must have seen it."""
        if not self._units or not self._servers:
            return None
        before = self._tunnel_bytes()
        made = self._reach(
            "unit-to-server",
            self._units,
            lambda node, server: bool(checks.ping(self._state, node.name, server, count=2)),
            Message("a ping from a unit's LAN reaches the server LAN through its tunnel"),
        )
        if made is None:
            return None
        carried = [name for name, count in self._tunnel_bytes().items() if count > before.get(name, 0)]
        silent = len(made.detail["from"]) - len(carried)
        return Check(
            made.name,
            ok=made.ok and silent <= 0,
            told=Message("{told}; {count} tunnels carried it", told=made.told, count=len(carried)),
            detail={**made.detail, "tunnels_that_carried": len(carried)},
        )

    def _township_to_internet(self) -> Check | None:
        if not self._townships or not self._outsiders:
            return None
        outside = self._address(self._outsiders[0])
        return self._reach(
            "township-to-internet",
            self._townships[:1],
            lambda node, _server: checks.fetch(self._state, node.name, outside, timeout=PAGE_SECONDS) == HTTPStatus.OK,
            Message("a township's LAN reaches a web page on the internet through the one exit"),
        )

    def _internet_to_server(self) -> Check | None:
        if not self._outsiders or not self._servers:
            return None
        sender = self._outsiders[0].name
        inside = [self._address(server) for server in self._servers]
        control = [line.peer.ip for line in self._inventory.lines.values() if line.peer is not None]
        alive = bool(control) and bool(checks.ping(self._state, sender, control[0], count=2))
        entered = [str(address) for address in inside if checks.ping(self._state, sender, address, count=2).received]
        pages = [str(address) for address in inside if checks.fetch(self._state, sender, address) is not None]
        ok = alive and not entered and not pages
        return Check(
            "internet-to-server",
            ok=ok,
            told=Message(
                "the internet host reaches its carrier ({alive}) and not the server LAN ({entered} answers)",
                alive=Message("it answers") if alive else Message("it does not answer"),
                entered=len(entered) + len(pages),
            ),
            detail={"control_reached": alive, "ping_answered": entered, "http_answered": pages},
        )

    def _tunnels(self) -> Check | None:
        if not self._units:
            return None
        try:
            seen = checks.wait_tunnels(self._state, TUNNEL_SECONDS)
        except LabError as error:
            return Check("tunnels", ok=False, told=error.message)
        gateway = max(seen, key=lambda name: len(seen[name]))
        up = sum(tunnel.established and tunnel.installed > 0 for tunnel in seen[gateway].values())
        return Check(
            "tunnels",
            ok=up >= len(self._units),
            told=Message("{gateway}: {count} IPsec tunnels are up", gateway=gateway, count=up),
            detail={"gateway": gateway, "established": up},
        )

    def _reach(
        self, name: str, senders: Iterable[Node], reaches: Callable[[Node, Address], bool], what: Message
    ) -> Check | None:
        nodes = list(senders)
        if not nodes or not self._servers:
            return None
        server = self._address(self._servers[0])
        with ThreadPoolExecutor(PARALLEL) as pool:
            answers = list(pool.map(lambda node: reaches(node, server), nodes))
        failed = [node.name for node, answer in zip(nodes, answers, strict=True) if not answer]
        return Check(
            name,
            ok=not failed,
            told=Message("{what}: {passed} of {count}", what=what, passed=len(nodes) - len(failed), count=len(nodes)),
            detail={"from": [node.name for node in nodes], "failed": failed},
        )

    def _tunnel_bytes(self) -> dict[str, int]:
        gateways: dict[str, Any] = self._state.extra.get("tunnels", {})
        gateway = max(gateways, key=lambda name: int(gateways[name]))
        return {name: tunnel.bytes_in for name, tunnel in checks.tunnels(self._state, gateway).items()}

    def _line(self, node: Node) -> Line:
        return self._inventory.lines[node.line]

    def _tunnel(self, device: str) -> Line | None:
        return next((line for line in self._inventory.lines_of(device) if line.kind is LineKind.TUNNEL), None)

    def _neighbours(self, device: str) -> int:
        """How many routers that are expected to work stand at the other ends of its circuits."""
        ends = [line.far_end(device) for line in self._inventory.lines_of(device) if line.kind is LineKind.CIRCUIT]
        return sum(end is not None and end.device in self._routers for end in ends)

    def _address(self, node: Node) -> Address:
        address = node.address
        if address is None:
            raise LabError(Message("{name} has no address in the lab", name=node.name))
        return address
