"""What a probe is: from where, to what, what must be reached so that silence means something; and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING

from inventory.errors import GovnetError
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from inventory.text import Message

    Address = IPv4Address | IPv6Address
    Network = IPv4Network | IPv6Network

HOPS = 16  # steps that a trace goes at most


class Kind(StrEnum):
    """What a probe looks for; the values are those of `kind` in probes.yaml."""

    ISOLATION = "isolation"
    EGRESS = "egress"
    SERVICES = "services"
    EXIT = "exit"
    DUAL_HOMED = "dual-homed"
    ROUTERS = "routers"
    DHCP = "dhcp"
    DHCPV6 = "dhcpv6"
    DUPLICATES = "duplicates"
    GATEWAYS = "gateways"
    SSH = "ssh"
    TLS = "tls"

    @property
    def fact(self) -> str:
        """The fact of `audits.vocabulary.probed` that it decides."""
        return _FACTS[self]

    @property
    def label(self) -> str:
        """What it looks for, as a message id."""
        return _LABELS[self]


_FACTS = {
    Kind.ISOLATION: "zone_reached",
    Kind.EGRESS: "egress_reached",
    Kind.SERVICES: "mgmt_reached",
    Kind.EXIT: "exit_leaked",
    Kind.DUAL_HOMED: "dual_homed",
    Kind.ROUTERS: "rogue_router",
    Kind.DHCP: "rogue_dhcp",
    Kind.DHCPV6: "rogue_dhcp",
    Kind.DUPLICATES: "address_duplicate",
    Kind.GATEWAYS: "arp_spoofed",
    Kind.SSH: "ssh_weak",
    Kind.TLS: "tls_weak",
}
_LABELS = {
    Kind.ISOLATION: mark("zones kept apart"),
    Kind.EGRESS: mark("ways to the outside"),
    Kind.SERVICES: mark("management services"),
    Kind.EXIT: mark("the exit that is taken"),
    Kind.DUAL_HOMED: mark("machines in two networks"),
    Kind.ROUTERS: mark("routers that announce themselves"),
    Kind.DHCP: mark("DHCP servers"),
    Kind.DHCPV6: mark("DHCPv6 servers"),
    Kind.DUPLICATES: mark("duplicate addresses"),
    Kind.GATEWAYS: mark("false gateways"),
    Kind.SSH: mark("algorithms of SSH"),
    Kind.TLS: mark("versions and ciphers of TLS"),
}


class Protocol(StrEnum):
    """What is sent. The last five are frames on the vantage's own link."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
    ARP = "arp"
    ND = "nd"
    DHCP = "dhcp"
    DHCPV6 = "dhcpv6"
    RS = "rs"


# Whom the frames are for that ask whoever is there: RFC 2131, RFC 8415 section 7.1, RFC 4861 section 4.1.
EVERYBODY: Mapping[Protocol, Address] = {
    Protocol.DHCP: ip_address("255.255.255.255"),
    Protocol.DHCPV6: ip_address("ff02::1:2"),
    Protocol.RS: ip_address("ff02::2"),
}
ON_LINK = frozenset({Protocol.ARP, Protocol.ND, *EVERYBODY})


@dataclass(frozen=True, slots=True)
class Aim:
    """Whom a packet is for. `port` is 0 where there are none."""

    protocol: Protocol
    address: Address
    port: int = 0

    def __str__(self) -> str:
        if not self.port:
            return f"{self.protocol} {self.address}"
        host = f"[{self.address}]" if self.address.version == 6 else f"{self.address}"
        return f"{self.protocol} {host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Vantage:
    """Where packets come from. `namespace` is a network namespace's name or path; empty: this machine's own network."""

    name: str
    interface: str = ""
    namespace: str = ""
    sources: tuple[Address, ...] = ()

    def source(self, version: int) -> Address | None:
        """Our address of IP version 4 or 6, if it was written down."""
        return next((address for address in self.sources if address.version == version), None)


@dataclass(frozen=True, slots=True)
class Host:
    """A machine of a lab, where a vantage may stand; its interface and its addresses there."""

    name: str
    namespace: str
    interface: str
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """An aim, and the device that a finding about it belongs to; empty: the system as a whole."""

    aim: Aim
    device: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """What must be reached, or else that something is not reached means nothing."""

    vantage: Vantage
    aim: Aim


@dataclass(frozen=True, slots=True)
class Send:
    """What would go out: from where, to whom, and how many packets or connections at most."""

    vantage: Vantage
    aim: Aim
    count: int


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe as it was written. Which of the later fields count depends on `kind` (see `audits.probes.form`).

    `known` are the servers, routers or hops that may be there; `macs` which hardware address belongs to an address;
    `alive` a neighbour that must answer; `beyond` addresses of the other network. Seconds.
    """

    name: str
    kind: Kind
    vantage: Vantage
    targets: tuple[Target, ...] = ()
    controls: tuple[Control, ...] = ()
    device: str = ""
    known: tuple[Network, ...] = ()
    macs: Mapping[Address, str] = field(default_factory=dict)
    alive: Address | None = None
    beyond: tuple[Aim, ...] = ()
    timeout: float = 2.0
    listen: float = 3.0
    tries: int = 2

    def allows(self, address: Address) -> bool:
        """Whether an address is among those that may be there."""
        return any(address in network for network in self.known if network.version == address.version)

    @property
    def devices(self) -> tuple[str, ...]:
        """Whom its answers are about."""
        named = dict.fromkeys(target.device or self.device for target in self.targets)
        return tuple(named) or (self.device,)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe says about a device or the system: True = the weakness was seen, None = it cannot be said.

    `ran` is False if nothing was tried at all (未执行).
    """

    device: str
    value: bool | None
    why: Message
    records: tuple[str, ...] = ()
    ran: bool = True

    @property
    def state(self) -> str:
        """`weak`, `sound`, `unknown` or `not_run`: stable, for JSON."""
        if self.value is None:
            return "unknown" if self.ran else "not_run"
        return "weak" if self.value else "sound"


@dataclass(frozen=True, slots=True)
class Result:
    """A probe that was gone through, with what it says. `at` is when it began (ISO 8601, with the zone)."""

    probe: str
    kind: Kind
    vantage: str
    at: str
    answers: tuple[Answer, ...]


class CannotRunError(GovnetError):
    """A probe cannot be tried here: a right, a program, an interface is missing. It is reported as not run."""
