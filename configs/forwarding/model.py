"""What a configuration makes a device do with packets: ports, routes, routing protocols, filters, tunnels.

A dialect fills it in (`configs.dialects.forwarding`), a lab builds a device from it. Names are the configuration's own,
in full. What the model has no word for is in `Forwarding.left`, line by line: nothing is dropped in silence.

A secret is as both ends can be given it. One that begins with `~` stands for a ciphertext: it is the same at both ends
only if their texts are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from configs.meaning.statements import TranslationList
    from configs.rulesets.model import RuleSets
    from inventory.model import Interface
    from inventory.text import Message

    Address = IPv4Address | IPv6Address
    Network = IPv4Network | IPv6Network


class PortKind(StrEnum):
    """What an interface is."""

    PHYSICAL = "physical"
    SUB = "sub"  # a tagged sub-interface of `parent`
    VLAN = "vlan"  # the router's own interface in a VLAN of its switch
    LOOPBACK = "loopback"
    AGGREGATE = "aggregate"  # of `members`
    TUNNEL = "tunnel"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Switched:
    """A layer-2 port. `untagged` is its access VLAN or native VLAN (0: none), `tagged` what a trunk carries."""

    untagged: int = 1
    tagged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Gre:
    """A tunnel. Its outer packets are routed in `vrf`; `source` is an address or a port's name.

    `protocol`: gre (over what the destination is of), ipip, ip6ip (IPv6 over IPv4), ipip6, ip6ip6, or 6to4, which has
    no `destination`.
    """

    source: str
    destination: Address | None
    protocol: str = "gre"
    vrf: str = ""


@dataclass(frozen=True, slots=True)
class VirtualRouter:
    """A VRRP group on a port (RFC 5798)."""

    number: int
    addresses: tuple[Address, ...]
    priority: int = 100
    preempt: bool = True
    line: int = 0
    tracks: tuple[Track, ...] = ()
    version: int = 2


@dataclass(frozen=True, slots=True)
class Track:
    """A port whose fall takes `reduced` from a VRRP group's priority."""

    port: str
    reduced: int = 10
    line: int = 0


@dataclass(frozen=True, slots=True)
class OspfPort:
    """What a port says to OSPF beside its area's networks. None: the protocol's default."""

    process: str = ""  # of `Ospf.process`; empty: whichever its address's network is in
    area: str = ""  # given on the port itself
    cost: int | None = None
    hello: int | None = None
    dead: int | None = None
    network_type: str = ""  # broadcast, point-to-point, nbma, point-to-multipoint
    priority: int | None = None
    passive: bool | None = None
    compares_mtu: bool | None = None  # whether another MTU at the far end keeps them from exchanging (RFC 2328, 10.6)
    # Authentication: `simple:KEY` or `md5:NUMBER:KEY`, the key as both ends can be given it.
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class IsisPort:
    """What a port says to IS-IS. `level`: 1, 2, or 0 for both; `costs` by level (0: all). None: the default."""

    process: str = ""
    ipv4: bool = False
    ipv6: bool = False
    level: int = 0
    point_to_point: bool = False
    costs: Mapping[int, int] = field(default_factory=dict)
    costs6: Mapping[int, int] = field(default_factory=dict)
    passive: bool = False
    secret: str = field(default="", repr=False)  # as in `OspfPort`


@dataclass(frozen=True, slots=True)
class RipPort:
    """What a port says to RIP (`process`) or RIPng. None: the default; `send`: whether it tells others."""

    process: str = ""
    version: int = 0
    send: bool = True
    receive: bool = True
    metric_in: int = 0
    metric_out: int = 0
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Port:
    """An interface. The first address of a family is the primary one. `line` is the command that opens it.

    `filters` are names of rule sets by direction (`in`, `out`); `zone` is its security zone; `translations` are lines
    of `Forwarding.translations` that work on it. `mpls`, `ldp`: labelled packets, and labels learnt there.
    """

    name: str
    kind: PortKind
    line: int = 0
    addresses: tuple[Interface, ...] = ()
    up: bool = True
    vrf: str = ""
    parent: str = ""
    vlan: int = 0
    members: tuple[str, ...] = ()
    switched: Switched | None = None
    zone: str = ""
    mtu: int = 0
    tunnel: Gre | None = None
    ospf: OspfPort | None = None
    vrrp: tuple[VirtualRouter, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    mpls: bool = False
    ldp: bool = False
    ipsec: str = ""  # name of an `Ipsec` bound to it
    inner: int = 0  # the inner VLAN of a port with two tags
    borrows: str = ""  # the port whose address it uses
    translations: tuple[int, ...] = ()
    side: str = ""  # inside or outside, where the device's translations ask for it
    ipv6: bool = False
    ospf6: OspfPort | None = None  # OSPF version 3
    isis: IsisPort | None = None
    rip: RipPort | None = None
    ripng: RipPort | None = None


@dataclass(frozen=True, slots=True)
class Static:
    """A static route. Without `via` and `port` it drops (null). `via_vrf`: the next hop is looked up there."""

    network: Network
    via: Address | None = None
    port: str = ""
    vrf: str = ""
    via_vrf: str | None = None
    distance: int | None = None
    tag: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Redistribution:
    """Routes that a protocol takes from another: `source` is static, connected, ospf, bgp, rip or isis."""

    source: str
    process: str = ""
    metric: int | None = None
    policy: str = ""  # a route policy's name
    line: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """Routes inside `network` that are told as one, or, without `advertise`, not at all."""

    network: Network
    advertise: bool = True
    cost: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class OspfArea:
    """An area in dotted form, and the networks whose ports are in it.

    `kind`: stub, totally-stub, nssa, totally-nssa, or empty. `links` are router ids at the far ends of virtual links.
    """

    area: str
    networks: tuple[Network, ...] = ()
    kind: str = ""
    ranges: tuple[Summary, ...] = ()
    default_cost: int | None = None
    links: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)  # for its ports, as in `OspfPort`; `ports`: by the keys that they have


@dataclass(frozen=True, slots=True)
class Ospf:
    """An OSPF process (version 2 or 3). `default` is how it announces a default route: ``, if-present, always."""

    process: str
    version: int = 2
    vrf: str = ""
    router_id: str = ""
    areas: tuple[OspfArea, ...] = ()
    redistributes: tuple[Redistribution, ...] = ()
    default: str = ""
    passive: frozenset[str] = frozenset()  # ports; `*` all
    active: frozenset[str] = frozenset()  # ports that stay active although `*` is passive
    reference: int = 0  # Mbit/s of its automatic costs; 0: 100
    distance: int | None = None
    line: int = 0
    summaries: tuple[Summary, ...] = ()  # of routes that it redistributes
    external_distance: int | None = None
    paths: int = 0  # of equal cost at most; 0: the default
    default_metric: int | None = None
    default_policy: str = ""


@dataclass(frozen=True, slots=True)
class Isis:
    """An IS-IS process. `level`: 1, 2, or 0 for both. `topology`: `ipv6` where that has one of its own."""

    process: str
    vrf: str = ""
    nets: tuple[str, ...] = ()
    level: int = 0
    wide: bool = False
    narrow: bool = True
    redistributes: tuple[Redistribution, ...] = ()
    redistributes6: tuple[Redistribution, ...] = ()
    default: str = ""
    ipv6: bool = False
    topology: str = ""
    cost: int | None = None  # of ports that say none
    area_secret: str = field(default="", repr=False)
    domain_secret: str = field(default="", repr=False)
    distance: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rip:
    """A RIP process (`version` 1 or 2; 0: sends 1, understands both) or RIPng (`ng`)."""

    process: str
    vrf: str = ""
    ng: bool = False
    version: int = 0
    networks: tuple[Network, ...] = ()
    redistributes: tuple[Redistribution, ...] = ()
    default: bool = False
    passive: frozenset[str] = frozenset()
    summarises: bool = False  # to classful networks
    line: int = 0
    default_metric: int | None = None
    filters: Mapping[str, str] = field(default_factory=dict)  # access lists of routes by direction (`in`, `out`)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A BGP neighbour. `families` are those in which it is active: ipv4, ipv6, vpnv4, vpnv6, ipv4-labelled."""

    address: Address
    asn: int
    families: frozenset[str] = frozenset()
    source: str = ""  # a port or an address
    multihop: int = 0
    next_hop_self: bool = False
    reflector_client: bool = False
    default: bool = False  # is sent a default route
    policy_in: str = ""
    policy_out: str = ""
    allow_own: int = 0
    secret: str = field(default="", repr=False)
    line: int = 0
    communities: bool = False  # is sent communities
    extended: bool = False  # is sent extended communities
    active: bool = True  # False: the session is kept shut
    prefixes_in: str = ""  # a prefix list's name
    prefixes_out: str = ""
    preferred: int | None = None  # the weight of what it tells
    substitute_as: bool = False
    public_as_only: bool = False
    local_as: int = 0
    ttl_hops: int = 0  # GTSM (RFC 5082)
    labelled: bool = False  # its routes in this family have labels (RFC 8277)
    more_paths: int = 0  # it is told so many paths to a destination (RFC 7911)
    ebgp_connected: bool = True  # an outside neighbour must be on a connected network


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A route told in place of those inside it, or beside them."""

    network: Network
    alone: bool = False
    policy: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class BgpFamily:
    """What BGP says in a family of one VRF (`` is the global table)."""

    family: str
    vrf: str = ""
    networks: tuple[Network, ...] = ()
    redistributes: tuple[Redistribution, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    network_policies: Mapping[Network, str] = field(default_factory=dict)
    aggregates: tuple[Aggregate, ...] = ()
    paths: int = 0  # of equal cost at most; 0: one
    paths_ibgp: int = 0
    targets_decide: bool = True  # False: VPN routes are kept whatever their targets (a reflector)
    distances: tuple[int, int, int] | None = None  # outside, inside, own
    default_metric: int | None = None
    imports_default: bool = False  # a default route may be redistributed
    reflects_clients: bool = True  # a reflector tells its clients of each other


@dataclass(frozen=True, slots=True)
class Bgp:
    """The BGP speaker. Its families hold their neighbours, each with what that family says of it."""

    asn: int
    router_id: str = ""
    families: tuple[BgpFamily, ...] = ()
    line: int = 0
    cluster: str = ""
    confederation: int = 0
    confederation_members: tuple[int, ...] = ()
    router_ids: Mapping[str, str] = field(default_factory=dict)  # of VRFs
    needs_policy: bool = False  # outside neighbours without policies tell and are told nothing (RFC 8212)


@dataclass(frozen=True, slots=True)
class Vrf:
    """A VPN instance: route distinguisher and targets as `ASN:NUMBER` or `A.B.C.D:NUMBER`."""

    name: str
    rd: str = ""
    imports: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()
    line: int = 0
    families: frozenset[str] = frozenset()  # ipv4, ipv6
    import_policy: str = ""
    export_policy: str = ""
    rd6: str = ""  # these three of IPv6, where it has its own
    imports6: tuple[str, ...] = ()
    exports6: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """A step of a route policy; a route that no step takes is refused.

    `matches`, all of which must hold: (prefix-list NAME), (prefix-list6 NAME), (access-list NAME), (tag N), (metric N),
    (community-list NAME), (as-path-list NAME), (next-hop-prefix-list NAME), (port NAME), (route-type internal | …),
    (labelled "").
    `sets`: (metric N | +N | -N), (tag N), (local-preference N), (community …), (as-path-prepend …), (next-hop A),
    (weight N), (origin igp | egp A | incomplete), (metric-type 1 | 2), (distance N), (extcommunity rt …), (label "").
    """

    permit: bool
    number: int
    matches: tuple[tuple[str, str], ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class PrefixRule:
    """A line of a prefix list; lengths from `least` to `most`."""

    permit: bool
    network: Network
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class ListRule:
    """A line of an AS path list (a regular expression) or a community list (communities, or an expression)."""

    permit: bool
    value: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Ipsec:
    """An IPsec tunnel between two addresses for traffic between `selectors` (ours, theirs).

    Proposals are strongSwan's words (`aes256-sha256-modp2048`); what cannot be said in them is in `Forwarding.left`.
    """

    name: str
    remote: Address | None
    local: Address | None = None
    port: str = ""
    secret: str = field(default="", repr=False)
    ike: str = ""
    esp: str = ""
    version: int = 0
    selectors: tuple[tuple[Network, Network], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """A line that is not carried over. `touches` is what depends on it: routes, filters, translations, tunnels, other.

    `weak`: packets go the same way without it (a description, a management setting, a timer, QoS).
    """

    line: int
    reason: Message
    touches: str = "other"
    weak: bool = False


@dataclass(frozen=True)
class Forwarding:
    """One device. `policies` and `prefix_lists` by name; `rules` and `translations` as the audits read them."""

    name: str
    platform: str
    ports: Mapping[str, Port] = field(default_factory=dict)
    vrfs: Mapping[str, Vrf] = field(default_factory=dict)
    vlans: frozenset[int] = frozenset()
    statics: tuple[Static, ...] = ()
    ospf: tuple[Ospf, ...] = ()
    bgp: Bgp | None = None
    policies: Mapping[str, tuple[PolicyStep, ...]] = field(default_factory=dict)
    prefix_lists: Mapping[str, tuple[PrefixRule, ...]] = field(default_factory=dict)
    rules: RuleSets | None = None
    translations: tuple[TranslationList, ...] = ()
    ipsec: tuple[Ipsec, ...] = ()
    label_id: str = ""  # the LSR id of MPLS
    priorities: Mapping[str, int] = field(default_factory=dict)  # of zones, where the make compares them
    left: tuple[Left, ...] = ()
    isis: tuple[Isis, ...] = ()
    rip: tuple[Rip, ...] = ()
    router_id: str = ""  # of protocols that give none of their own
    # What a route of a protocol is worth where the configuration does not say, less being better: static, ospf,
    # ospf-external, isis, rip, ebgp, ibgp. Empty: not known.
    distances: Mapping[str, int] = field(default_factory=dict)
    as_path_lists: Mapping[str, tuple[ListRule, ...]] = field(default_factory=dict)
    community_lists: Mapping[str, tuple[ListRule, ...]] = field(default_factory=dict)
    between_equals: bool = False  # packets pass between ports of equal priority
    within_port: bool = False  # packets leave by the port they came by
    lines: frozenset[int] = frozenset()  # those that the model has; every other command is in `left`

    @property
    def carried(self) -> bool:
        """Whether packets go here exactly as on the device, as far as the model can tell."""
        return all(one.weak for one in self.left)
