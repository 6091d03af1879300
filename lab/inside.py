"""A running netns lab as probes see it: where its hosts are, whose an address is, and whom alone probes may speak to.

What is read is what the nodes have now, asked of each: what somebody has plugged in since the lab came up is there too.
"""

from __future__ import annotations

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

from audits.probes.model import Host
from inventory.errors import LabError
from inventory.text import Message
from lab.backends.netns import network_of
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audits.probes.model import Address, Aim, Probe, Vantage
    from lab.state import LabState

# Where something may be listened at for probes: never on a device, whose services are what is looked at.
HOSTS = frozenset({NodeKind.HOST.value, NodeKind.SERVER.value, NodeKind.OUTSIDER.value, NodeKind.NOC.value})
_TOKEN = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|\b\d{1,3}(?:\.\d{1,3}){3}\b")


@dataclass(frozen=True, slots=True)
class Leg:
    """An interface of a node as it is now, without its link-local addresses, which are no one's alone."""

    name: str
    mac: str
    addresses: tuple[Address, ...]


@dataclass(frozen=True)
class Inside:
    """One lab or several that run side by side: each node's network and interfaces, by the node's name."""

    networks: Mapping[str, str]
    kinds: Mapping[str, str]
    legs: Mapping[str, tuple[Leg, ...]]

    def hosts(self) -> dict[str, Host]:
        """Every node that has an address, as probes name it; vantages stand at its first interface with one."""
        found = {}
        for name, legs in self.legs.items():
            first = next((leg for leg in legs if leg.addresses), None)
            if first is not None:
                addresses = tuple(dict.fromkeys(address for leg in legs for address in leg.addresses))
                found[name] = Host(name, self.networks[name], first.name, addresses)
        return found

    def allow(self, vantages: Sequence[Vantage]) -> str:
        """The text of an allow file for these vantages: the labs' own addresses and no others, as fast as may be."""
        own = sorted({address for legs in self.legs.values() for leg in legs for address in leg.addresses}, key=_order)
        lines = ["rate: {target: 50, all: 200}", "targets:"]
        lines += [
            f"  - {{prefix: '{address}/{address.max_prefixlen}', ports: [icmp, tcp/1-65535, udp/1-65535]}}"
            for address in own
        ]
        prefixes = ", ".join(f"'{address}/{address.max_prefixlen}'" for address in own)
        lines += ["links:"] if vantages else []
        lines += [
            f"  - {{vantage: {name}, frames: [arp, nd, dhcp, dhcpv6, rs], prefixes: [{prefixes}]}}"
            for name in dict.fromkeys(vantage.name for vantage in vantages)
        ]
        return "\n".join(lines) + "\n"

    def canaries(self, probe: Probe) -> list[tuple[Vantage, Aim]]:
        """Where something has to listen for a probe's targets and controls: at hosts, never at devices."""
        from audits.probes.model import Protocol, Vantage  # noqa: PLC0415 - start-up time

        aims = [*(target.aim for target in probe.targets), *(control.aim for control in probe.controls)]
        owners = {
            address: name
            for name, legs in self.legs.items()
            if self.kinds[name] in HOSTS
            for leg in legs
            for address in leg.addresses
        }
        return [
            (Vantage(owners[aim.address], namespace=self.networks[owners[aim.address]]), aim)
            for aim in dict.fromkeys(aims)
            if aim.protocol in (Protocol.TCP, Protocol.UDP) and aim.address in owners
        ]

    def node_of(self, vantage: Vantage) -> str:
        """The node in whose network a vantage stands; empty if it stands elsewhere."""
        return next((name for name, network in self.networks.items() if network == vantage.namespace), "")

    def named(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Whose the addresses are that texts speak of, one line for each."""
        known = {
            token: f"{name} ({leg.name})"
            for name, legs in self.legs.items()
            for leg in legs
            for token in (leg.mac, *map(str, leg.addresses))
            if token
        }
        tokens = dict.fromkeys(token for text in texts for token in _TOKEN.findall(text.lower()))
        return tuple(f"in the lab {token} is {known[token]}" for token in tokens if token in known)


def look(*states: LabState) -> Inside:
    """Ask every node of running labs for its interfaces. Of two nodes of one name the earlier lab's is meant.

    LabError if a lab is no netns lab, does not run, or a node does not answer.
    """
    networks: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for state in states:
        for name, node in state.nodes.items():
            if name not in networks:
                networks[name] = network_of(state, name)
                kinds[name] = node.platform
    with ThreadPoolExecutor(8) as pool:
        legs = dict(zip(networks, pool.map(_legs, networks, networks.values()), strict=True))
    return Inside(networks, kinds, legs)


def _legs(name: str, network: str) -> tuple[Leg, ...]:
    done = subprocess.run(
        ["nsenter", f"--net={network}", "ip", "-j", "address", "show"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LabError(
            Message("the interfaces of {name} cannot be read: {why}", name=name, why=done.stderr.strip()),
            Message("run `govnet lab status`; netns labs are entered by root"),
        )
    return tuple(
        Leg(link["ifname"], link.get("address", ""), _addresses(link))
        for link in json.loads(done.stdout)
        if link["ifname"] != "lo"
    )


def _addresses(link: Mapping[str, Any]) -> tuple[Address, ...]:
    return tuple(ip_address(info["local"]) for info in link["addr_info"] if info["scope"] != "link")


def _order(address: IPv4Address | IPv6Address) -> tuple[int, int]:
    return address.version, int(address)
