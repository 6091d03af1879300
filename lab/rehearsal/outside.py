"""The internet beside a rehearsal whose tunnels go over it: the carriers' side, somebody out there, and what is seen.

Nobody out there may reach a LAN, and no packet between LANs may be seen out there but inside a tunnel. The second is
counted where the carriers are (`lab.topology` calls that node `inet`), packet by packet, by a filter that drops none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Final

from inventory.errors import LabError
from inventory.model import Area, LineKind
from inventory.text import Message
from lab import checks
from lab.netns.design import node_spec
from lab.netns.spec import File
from lab.rehearsal.model import Home, Host, Pair, Seal, Wanted
from lab.topology import INTERNET, INTERNET_HOST, Link, NodeKind, Route

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from inventory.model import Inventory, Line
    from lab.netns.spec import NodeSpec
    from lab.state import LabState
    from lab.topology import Topology

TABLE: Final = "inet seen"
# ESP in UDP, and IKE behind a NAT (RFC 3948); ESP by itself is protocol 50 (RFC 4303).
_RULES: Final = """\
table {table} {{
    set lans {{
        type ipv4_addr
        flags interval
        auto-merge
        elements = {{ {lans} }}
    }}
    set clear {{
        type ipv4_addr . ipv4_addr
        size 4096
        flags dynamic
    }}
    counter clear {{ }}
    counter sealed {{ }}
    chain passing {{
        type filter hook prerouting priority raw; policy accept;
        udp dport 4500 counter name sealed accept
        ip protocol esp counter name sealed accept
        ip saddr {outsider} accept
        ip daddr {outsider} accept
        ip saddr @lans ip daddr @lans update @clear {{ ip saddr . ip daddr }} counter name clear
    }}
}}
"""
_FILE: Final = "/etc/nftables.conf"


@dataclass(frozen=True)
class Outside:
    """The carriers' node and somebody behind it, as what the keeper builds, with their cables' other ends."""

    nodes: tuple[NodeSpec, ...]
    links: tuple[Link, ...]  # those to devices: (device, its interface) and (inet, port), each with its line
    host: Host


def needed(inventory: Inventory, running: Collection[str]) -> bool:
    """Whether a tunnel of devices that run goes over the internet."""
    return any(
        line.kind is LineKind.TUNNEL and line.b is not None and {line.a.device, line.b.device} <= set(running)
        for line in inventory.lines.values()
    )


def outside(derived: Topology, inventory: Inventory, running: Collection[str], hosts: Sequence[Host]) -> Outside | None:
    """The internet of a rehearsal; None if no tunnel needs it. It knows a way to every address that a host has."""
    if not needed(inventory, running) or not derived.of_kind(NodeKind.INTERNET):
        return None
    inet, somebody = derived.node(INTERNET), derived.node(INTERNET_HOST)
    # What does not get in is stopped by the device in front, not by a missing route.
    inet = replace(inet, routes=tuple(_inwards(inventory, running, hosts)))
    address = next(one for port in somebody.ports for one in port.addresses)
    hub = somebody.routes[0].via
    assert isinstance(address, IPv4Interface)  # noqa: S101 - `lab.topology` gives it
    assert isinstance(hub, IPv4Address)  # noqa: S101 - as above
    host = Host(INTERNET_HOST, "", "", "", homes=(Home(address, hub),))
    made = node_spec(derived, inet, None)
    rules = _RULES.format(table=TABLE, outsider=address.ip, lans=", ".join(sorted(map(str, _networks(hosts)))))
    made = replace(made, files={_FILE: File(rules)}, script=f"set -e\nnft -f {_FILE}\n", stage=0)
    lines = {line.name: line for line in inventory.lines.values() if line.kind is LineKind.INTERNET}
    links = tuple(
        Link((lines[link.line].a.device, lines[link.line].a.interface), _inner(link), link.line)
        for link in derived.links
        if link.line in lines
    )
    return Outside((made, node_spec(derived, somebody, None)), links, host)


def _inner(link: Link) -> tuple[str, str]:
    return link.a if link.a[0] == INTERNET else link.b


def _networks(hosts: Iterable[Host]) -> set[IPv4Network]:
    return {home.address.network for host in hosts for home in host.homes}


def _inwards(inventory: Inventory, running: Collection[str], hosts: Sequence[Host]) -> Iterator[Route]:
    """To each LAN by the outside address of its device, or of the device with most circuits that has one."""
    fronts: dict[str, Line] = {}
    for line in inventory.lines.values():
        if line.kind is LineKind.INTERNET and line.a.device in running and line.a.address is not None:
            fronts.setdefault(line.a.device, line)

    def circuits(name: str) -> int:
        return sum(line.kind is LineKind.CIRCUIT for line in inventory.lines_of(name))

    border = max(fronts, key=circuits)
    known: set[IPv4Network] = set()
    for host in hosts:
        front = fronts.get(host.device, fronts[border]).a.address
        for network in dict.fromkeys(home.address.network for home in host.homes):
            if front is not None and network not in known:
                known.add(network)
                yield Route(network, front.ip)


def pairs(inventory: Inventory, hosts: Sequence[Host], somebody: Host) -> list[Pair]:
    """Nobody out there reaches a LAN, unless a flow leads from a zone of the internet to the LAN's."""
    open_to = {
        flow.to_zone
        for flow in inventory.flows
        if (zone := inventory.zones.get(flow.from_zone)) is not None and zone.area is Area.INTERNET
    }
    shut = Message("it comes from the internet, and no flow leads from there to it")
    said = Message("a flow leads from the internet to the zone; for which services, is not asked here")
    return [
        Pair(somebody.name, host.name, Wanted.OPEN, said)
        if host.zone in open_to
        else Pair(somebody.name, host.name, Wanted.FORBIDDEN, shut)
        for host in hosts
    ]


def seen(state: LabState, hosts: Sequence[Host]) -> Seal:
    """What the carriers have seen since they were last asked. LabError if that is not told."""
    done = checks.run(state, INTERNET, "nft", "-j", "list", "table", *TABLE.split())
    again = f"nft reset counters table {TABLE} && nft flush set {TABLE} clear"
    cleared = checks.run(state, INTERNET, "sh", "-c", again)
    if done.returncode or cleared.returncode:
        why = (done.stderr or cleared.stderr).strip()
        raise LabError(Message("what passed the internet is not known: {why}", why=why))
    return _seal(json.loads(done.stdout)["nftables"], hosts)


def _seal(rows: Sequence[Mapping[str, object]], hosts: Sequence[Host]) -> Seal:
    counts: dict[str, int] = {}
    pairs_seen: list[tuple[str, str]] = []
    for row in rows:
        counter, several = row.get("counter"), row.get("set")
        if isinstance(counter, dict):
            counts[counter["name"]] = int(counter["packets"])
        if isinstance(several, dict) and several["name"] == "clear":
            for element in several.get("elem", ()):
                ends = element["elem"]["val"] if "elem" in element else element
                pairs_seen.append((str(ends["concat"][0]), str(ends["concat"][1])))
    owners = {str(home.address.ip): host.name for host in hosts for home in host.homes}
    named = tuple(sorted({(owners.get(a, a), owners.get(b, b)) for a, b in pairs_seen}))
    return Seal(counts["clear"], counts["sealed"], named)
