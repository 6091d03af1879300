"""What real packets say in a running netns lab: routing neighbours, routes, pings, pages, tunnels.

Each function asks the node itself (vtysh, ip, ping, swanctl) or sends from inside its network; nothing is inferred from
a configuration.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from inventory.errors import LabError
from inventory.text import Message
from lab.backends.netns import command, network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from lab.state import LabState

    Address = IPv4Address | IPv6Address | str

# net-snmp shows interface counters that are up to this many seconds old (its cache of IF-MIB::ifTable).
COUNTERS_AGE = 3.0

_SUMMARY = re.compile(r"(\d+) packets transmitted, (\d+) received")
_LEARNT = re.compile(r"(?m)^\S.* proto (?:ospf|isis|bgp|rip|eigrp) ")
_TIMES = re.compile(r"= [\d.]+/(?P<average>[\d.]+)/")
# What stands in `swanctl --raw`: a brace, a bracket, `key=value`, or a section's name before its brace.
_TOKEN = re.compile(r"(?P<key>[^\s={}\[\]]+)(?:=(?P<value>\[[^\]]*\]|[^\s{}]*))?|[{}]")

# The same question where only a command gets in: a node of a machine with a kernel of its own.
_ASK = """\
import socket, sys
host, port, timeout = sys.argv[1:]
try:
    with socket.create_connection((host, int(port)), float(timeout)) as connection:
        connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
        print(connection.recv(64).decode("latin-1"))
except OSError:
    pass
"""


@dataclass(frozen=True, slots=True)
class Ping:
    """Echo requests sent and answered; `milliseconds` is the mean round trip, None if nothing came back."""

    sent: int
    received: int
    milliseconds: float | None = None

    def __bool__(self) -> bool:
        """Whether every one was answered."""
        return 0 < self.sent == self.received

    @property
    def loss(self) -> float:
        """The part that was lost, 0.0 to 1.0."""
        return 1.0 - self.received / self.sent if self.sent else 1.0


@dataclass(frozen=True, slots=True)
class TunnelState:
    """An IPsec connection as its gateway sees it. Counters are of its child SAs that are installed now."""

    name: str
    remote: str
    established: bool
    installed: int
    bytes_in: int
    bytes_out: int
    packets_in: int
    packets_out: int


def run(state: LabState, node: str, *argv: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run a command in a node and take what it says; LabError if it does not end in time."""
    try:
        return subprocess.run(
            command(state, node, argv),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LabError(
            Message("“{command}” on {node} did not end within {seconds} s", command=argv[0], node=node, seconds=timeout)
        ) from None


def ospf_neighbours(state: LabState, node: str) -> dict[str, str]:
    """A router's OSPF neighbours by router id, each with its state (`Full`, `Init`, `ExStart` …)."""
    return {name: states[0] for name, states in ospf_states(state, node).items()}


def ospf_states(state: LabState, node: str) -> dict[str, list[str]]:
    """The same, with a state for each interface that a neighbour is heard on. LabError if the router does not tell."""
    document = _vtysh(state, node, "show ip ospf neighbor json")
    found = document.get("neighbors", document)
    return {
        name: [str(entry.get("nbrState") or entry.get("state")).split("/")[0] for entry in entries]
        for name, entries in found.items()
        if isinstance(entries, list) and entries
    }


def routing_sessions(state: LabState, node: str) -> int:
    """How many neighbours a router has with whom it exchanges routes or labels, counted by protocol.

    OSPF's that are Full (RFC 2328 section 10.1), line by line; BGP's that are Established (RFC 4271 section 8.2.2), in
    every VRF, once for each address family (RFC 4760); LDP's that are operational (RFC 5036 section 2.5.4).
    LabError if the router tells of none of the three.
    """
    counts, silence = [], None
    for count in (_ospf_full, _bgp_established, _ldp_operational):
        try:
            counts.append(count(state, node))
        except LabError as error:
            silence = silence or error
    if silence is not None and not counts:
        raise silence
    return sum(counts)


def learnt_routes(state: LabState, node: str) -> int:
    """How many IPv4 routes of a routing protocol a node forwards by, in every table; LabError if it does not tell."""
    told = run(state, node, "ip", "-o", "-4", "route", "show", "table", "all")
    if told.returncode:
        raise LabError(Message("“{node}” does not tell its routes: {said}", node=node, said=told.stderr.strip()[-200:]))
    return len(_LEARNT.findall(told.stdout))


def _ospf_full(state: LabState, node: str) -> int:
    return sum(value == "Full" for several in ospf_states(state, node).values() for value in several)


def _bgp_established(state: LabState, node: str) -> int:
    document = _vtysh(state, node, "show bgp vrf all summary json")
    return sum(
        peer.get("state") == "Established"
        for families in document.values()
        for family in families.values()
        if isinstance(family, dict)
        for peer in family.get("peers", {}).values()
    )


def _ldp_operational(state: LabState, node: str) -> int:
    document = _vtysh(state, node, "show mpls ldp neighbor json")
    return sum(entry.get("state") == "OPERATIONAL" for entry in document.get("neighbors", ()))


def wait_ospf_full(
    state: LabState, timeout: float = 60.0, expected: Mapping[str, int] | None = None
) -> dict[str, dict[str, str]]:
    """Wait until every router has as many OSPF neighbours as it has circuits to running routers, all of them Full.

    `expected` names the routers and their numbers of neighbours, where not all are to be waited for.
    Returns each router's neighbours. LabError, naming routers and what they have, if that does not come within
    `timeout` seconds.
    """
    expected = state.extra.get("neighbours", {}) if expected is None else expected
    seen: dict[str, dict[str, str]] = {}

    def full(node: str) -> bool:
        seen[node] = ospf_neighbours(state, node)
        return sum(value == "Full" for value in seen[node].values()) >= expected[node]

    late = _wait(list(expected), full, timeout)
    if late:
        first = late[0]
        have = ", ".join(f"{name} {value}" for name, value in seen[first].items()) or "-"
        raise LabError(
            Message(
                "after {seconds} s {count} routers are not OSPF Full; {node} wants {wanted} neighbours and has: {have}",
                seconds=timeout,
                count=len(late),
                node=first,
                wanted=expected[first],
                have=have,
            ),
            Message("look at it with `govnet lab exec {node} vtysh -c 'show ip ospf neighbor'`", node=first),
        )
    return seen


def routes(state: LabState, node: str) -> frozenset[IPv4Network | IPv6Network]:
    """The IPv4 prefixes in a node's routing table, those that are in use."""
    if state.nodes[node].platform == "frr":
        document = _vtysh(state, node, "show ip route json")
        return frozenset(
            ip_network(prefix)
            for prefix, entries in document.items()
            if any(entry.get("selected") for entry in entries)
        )
    done = run(state, node, "ip", "-json", "-4", "route", "show", "table", "all")
    entries = json.loads(done.stdout or "[]")
    return frozenset(
        ip_network("0.0.0.0/0" if entry["dst"] == "default" else entry["dst"])
        for entry in entries
        if entry.get("type", "unicast") == "unicast"
    )


def wait_routes(
    state: LabState, wanted: Mapping[str, Collection[IPv4Network | IPv6Network]], timeout: float = 30.0
) -> None:
    """Wait until each node has the prefixes that are wanted of it: Full neighbours still compute their routes.

    LabError, naming a node and what it lacks, if that does not come within `timeout` seconds.
    """
    lacking: dict[str, list[str]] = {}

    def there(node: str) -> bool:
        lacking[node] = sorted(map(str, set(wanted[node]) - routes(state, node)))
        return not lacking[node]

    late = _wait(list(wanted), there, timeout)
    if late:
        first = late[0]
        raise LabError(
            Message(
                "after {seconds} s {node} lacks {count} routes: {routes}",
                seconds=timeout,
                node=first,
                count=len(lacking[first]),
                routes=", ".join(lacking[first][:5]),
            ),
            Message("look at it with `govnet lab exec {node} vtysh -c 'show ip route'`", node=first),
        )


def ping(
    state: LabState,
    node: str,
    address: Address,
    *,
    count: int = 3,
    size: int = 56,
    interval: float = 0.2,
    wait: int = 1,
) -> Ping:
    """Echo requests from a node: `count` of `size` bytes, one every `interval` seconds; the last may take `wait`."""
    argv = ("ping", "-n", "-q", "-c", str(count), "-s", str(size), "-i", str(interval), "-W", str(wait), str(address))
    done = run(state, node, *argv, timeout=count * (interval + wait) + 60)
    summary = _SUMMARY.search(done.stdout)
    if summary is None:
        # No route: ping ends before it sends anything.
        return Ping(count, 0)
    times = _TIMES.search(done.stdout)
    return Ping(int(summary[1]), int(summary[2]), float(times["average"]) if times else None)


def fetch(state: LabState, node: str, address: Address, *, port: int = 80, timeout: float = 3.0) -> int | None:
    """Ask a web server for its first page, from inside a node's network; the HTTP status, None if nothing answered."""
    text = str(address)
    host = f"[{text}]" if ":" in text else text
    request = f"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()
    if not network_of(state, node):
        return _status_of(
            run(state, node, sys.executable, "-S", "-c", _ASK, text, str(port), str(timeout)).stdout.encode()
        )
    try:
        with _inside(state, node), socket.create_connection((text, port), timeout) as connection:
            connection.sendall(request)
            head = connection.recv(64)
    except OSError:
        return None
    return _status_of(head)


def _status_of(head: bytes) -> int | None:
    match = re.match(rb"HTTP/1\.\d (\d{3}) ", head)
    return int(match[1]) if match else None


def tunnels(state: LabState, node: str) -> dict[str, TunnelState]:
    """The IPsec connections of a gateway that are up or coming up, by name."""
    done = run(state, node, "swanctl", "--list-sas", "--raw")
    if done.returncode:
        raise LabError(Message("{node} does not tell its tunnels: {why}", node=node, why=done.stderr.strip() or "-"))
    found: dict[str, TunnelState] = {}
    for line in done.stdout.splitlines():
        event = _raw(line.removeprefix("list-sa event").strip())
        for name, sa in event.items():
            if isinstance(sa, dict) and "state" in sa:
                found[name] = _tunnel(name, sa)
    return found


def wait_tunnels(state: LabState, timeout: float = 60.0) -> dict[str, dict[str, TunnelState]]:
    """Wait until every gateway has all of its tunnels; returns them by gateway and name.

    LabError, naming a gateway and how many it has, if that does not come within `timeout` seconds.
    """
    expected: Mapping[str, int] = state.extra.get("tunnels", {})
    seen: dict[str, dict[str, TunnelState]] = {}

    def up(node: str) -> bool:
        seen[node] = tunnels(state, node)
        return sum(tunnel.installed > 0 for tunnel in seen[node].values()) >= expected[node]

    late = _wait(list(expected), up, timeout)
    if late:
        first = late[0]
        raise LabError(
            Message(
                "after {seconds} s {count} gateways lack tunnels; {node} has {have} of {wanted}",
                seconds=timeout,
                count=len(late),
                node=first,
                have=sum(tunnel.installed > 0 for tunnel in seen[first].values()),
                wanted=expected[first],
            ),
            Message("look at it with `govnet lab exec {node} tail /var/log/charon.log`", node=first),
        )
    return seen


def _wait(nodes: list[str], reached: Callable[[str], bool], timeout: float) -> list[str]:
    """The nodes that have not reached it in time, asked again and again, a few at once."""
    deadline = time.monotonic() + timeout
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        while True:
            answers = list(pool.map(reached, nodes))
            nodes = [node for node, done in zip(nodes, answers, strict=True) if not done]
            if not nodes or time.monotonic() > deadline:
                return nodes
            time.sleep(0.3)


def _vtysh(state: LabState, node: str, question: str) -> dict[str, Any]:
    done = run(state, node, "vtysh", "-c", question)
    try:
        document = json.loads(done.stdout or "{}")
    except ValueError:
        document = None
    if done.returncode or not isinstance(document, dict):
        said = (done.stderr or done.stdout).strip()[-300:]
        raise LabError(
            Message("{node} does not answer “{question}”: {said}", node=node, question=question, said=said or "-")
        )
    return document


@contextmanager
def _inside(state: LabState, node: str) -> Iterator[None]:
    """This thread in a node's network."""
    with replace(state, network=network_of(state, node)).entered():
        yield


def _raw(text: str) -> dict[str, Any]:
    """The one-line form of strongSwan's vici messages: `name {key=value list=[a b] child {…}}`."""
    root: dict[str, Any] = {}
    stack = [root]
    name = ""
    for token in _TOKEN.finditer(text):
        if token[0] == "{":
            child: dict[str, Any] = {}
            if name:
                stack[-1][name] = child
            else:
                child = stack[-1]
            stack.append(child)
            name = ""
        elif token[0] == "}":
            if len(stack) > 1:
                stack.pop()
        elif token["value"] is None:
            name = token["key"]
        else:
            stack[-1][token["key"]] = token["value"]
    return root


def _tunnel(name: str, sa: Mapping[str, Any]) -> TunnelState:
    children = [
        child
        for child in sa.get("child-sas", {}).values()
        if isinstance(child, Mapping) and child.get("state") == "INSTALLED"
    ]

    def total(key: str) -> int:
        return sum(int(child.get(key, 0)) for child in children)

    return TunnelState(
        name,
        str(sa.get("remote-host", "")),
        sa["state"] == "ESTABLISHED",
        len(children),
        total("bytes-in"),
        total("bytes-out"),
        total("packets-in"),
        total("packets-out"),
    )
