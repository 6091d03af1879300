"""What a host's configuration means for who gets to it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from lab.emulator.device import SnmpAccess, Spec
from lab.emulator.frr.device import FrrSoftware
from lab.emulator.frr.session import FrrSession
from lab.emulator.interfaces import Port, speed_and_type
from lab.emulator.reach import Route
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.terminal import Terminal


class FrrRouter(FrrSoftware):
    """A host and its FRR."""

    def __init__(self, spec: Spec) -> None:
        # An address that the host has without FRR: that of the first text's time, if the text does not give one.
        self.host_address: IPv4Interface | None = None
        super().__init__(spec)

    def session(self, terminal: Terminal, user: str, level: int) -> FrrSession:
        """vtysh, as the login shell of an interactive session."""
        return FrrSession(self, terminal, user, level)

    async def first_boot(self) -> None:
        """As every device; a management address that FRR does not know is the host's own."""
        await super().first_boot()
        if not any(port.addresses for port in self.ports() if port.name == self.spec.management_interface):
            self.host_address = IPv4Interface(f"{self.spec.address}/24")

    # Who may come in: the operating system's business

    @property
    def session_limit(self) -> int:
        """OpenSSH's MaxStartups and MaxSessions are far away."""
        return 100

    @property
    def ssh_enabled(self) -> bool:
        """The SSH server is not FRR's."""
        return True

    def admits(self, source: IPv4Address) -> bool:
        """No filter in front of sshd here."""
        del source
        return True

    def password_level(self, user: str, password: str) -> int | None:
        """The user of the operating system."""
        return 15 if self.spec.login == (user, password) else None

    def key_level(self, user: str) -> int | None:
        """The user of the operating system."""
        return 15 if self.spec.login is not None and self.spec.login[0] == user else None

    # What it measures

    def ports(self) -> tuple[Port, ...]:
        """The host's links with the addresses that FRR gave them."""
        found = []
        for index, name in enumerate(self._links, start=1):
            entry = self.running.child("interface", name) or Entry()
            mbps, kind = speed_and_type(name)
            enabled = entry.child("shutdown") is None
            addresses = tuple(IPv4Interface(line.words[2]) for line in entry.starting("ip", "address"))
            if name == self.spec.management_interface and self.host_address is not None and not addresses:
                addresses = (self.host_address,)
            description = entry.value("description")
            found.append(Port(index, name, description, enabled, enabled, addresses, mbps, kind))
        return tuple(found)

    def routes(self) -> tuple[Route, ...]:
        """`ip route`; Null0 and blackhole throw away."""
        found = []
        for entry in self.running.starting("ip", "route"):
            network, hop = IPv4Network(entry.words[2], strict=False), entry.words[3]
            via = IPv4Address(hop) if hop.count(".") == 3 else None
            found.append(Route(network, via, "" if via or hop.lower() in ("null0", "blackhole", "reject") else hop))
        return tuple(found)

    def learns(self, port: Port) -> bool:
        """OSPF runs on it, or a BGP neighbour is on its network."""
        here = self.running.child("interface", port.name)
        if here is not None and any(" area " in line.text for line in here.starting("ip", "ospf")):
            return True
        networks = [
            IPv4Network(line.words[1], strict=False)
            for process in self.running.starting("router", "ospf")
            for line in process.starting("network")
        ]
        peers = [line.words[1] for one in self.running.starting("router", "bgp") for line in one.starting("neighbor")]
        return any(a.ip in network for network in networks for a in port.addresses) or any(
            IPv4Address(peer) in a.network for peer in peers if peer.count(".") == 3 for a in port.addresses
        )

    def snmp_access(self) -> SnmpAccess:
        """The agent is set up outside FRR: as the device was given it."""
        return self.spec.snmp or SnmpAccess()

    def describe(self) -> tuple[str, str]:
        """As net-snmp on Linux answers (NET-SNMP-TC: linux)."""
        return (
            f"Linux {self.name} 6.1.0-26-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.112-1 x86_64 (emulated by govnet)",
            "1.3.6.1.4.1.8072.3.2.10",
        )
