"""A device of the languages with `no`: its views, what is weak outside of them, and how it is put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.forwarding import settling
from configs.forwarding.draft import Draft, dotted, spread
from configs.forwarding.no_family import bgp, lists, ports, routing
from configs.forwarding.no_family.common import BFD, DISTANCES, MULTICAST, NEGATION, NOT_TOLD
from configs.forwarding.phrases import UNREADABLE, Into, Leave, Phrases, Walk
from configs.meaning import standard_nat
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding
    from configs.forwarding.phrases import Outcome
    from configs.meaning.statements import FilterList
    from configs.reading import Command, Reading
    from configs.rulesets.model import RuleSets
    from configs.tree import Tree

SYSTEM: Final = Phrases(NEGATION, lists.SYSTEM)
LIST: Final = Phrases(NEGATION)
LDP: Final = Phrases(NEGATION)


def read(
    tree: Tree,
    reading: Reading,
    system: Phrases,
    rules: RuleSets,
    filters: tuple[FilterList, ...],
    platform: str,
    name: str,
    draft: Draft | None = None,
) -> Forwarding:
    """The device that a text describes, by the phrases of its language's outermost view."""
    draft = draft or Draft()
    draft.distances = DISTANCES
    breaks = sorted(comment.line for comment in tree.comments if comment.text.strip() == "!")
    Walk(draft.ledger, breaks)(reading.top, system, draft)
    ports.completed(draft)
    _settle(draft, tree, rules, filters)
    return draft.done(platform, reading.all, name)


def _settle(draft: Draft, tree: Tree, rules: RuleSets, filters: tuple[FilterList, ...]) -> None:
    """Which lines of access lists and translations are read."""
    settling.filters(draft, rules)
    nat = standard_nat.read([(path, node, tuple(node.text.split())) for path, node in tree.walk()], filters)
    settling.translations(draft, nat.lists, nat.pools, nat.unread)
    names = {one.name for one in rules.sets}
    for port in draft.ports.values():
        for way, bound in list(port.get("filters", {}).items()):
            if not {bound, f"ipv6 {bound}"} & names:
                del port.said["filters"][way]  # a list that is not there lets everything pass
    settling.bound(draft)


@SYSTEM("hostname {}")
def _name(draft: Draft, _: Command, name: str) -> Outcome:
    draft.name = name
    return None


@SYSTEM("interface ...")
def _interface(draft: Draft, command: Command, *words: str) -> Outcome:
    found = ports.begun(draft, command, words)
    return found if isinstance(found, Leave) else Into(ports.PORT, found)


@SYSTEM("vlan {}")
def _vlan(draft: Draft, _: Command, text: str) -> Outcome:
    if text in ("internal", "access-log", "dot1q"):
        raise ValueError(text)
    draft.vlans |= spread((text,))
    return Into(VLAN, None)


VLAN: Final = Phrases(NEGATION)
VLAN.weak("name ...", "exit", "state active")


@SYSTEM("vlan range {}")
def _vlans(draft: Draft, command: Command, text: str) -> Outcome:
    return _vlan(draft, command, text)


@SYSTEM("router ospf ...")
def _ospf(draft: Draft, command: Command, *words: str) -> Outcome:
    return routing.ospf(draft, command, 2, words)


@SYSTEM("router ospf6 ...", "ipv6 router ospf ...")
def _ospf6(draft: Draft, command: Command, *words: str) -> Outcome:
    return routing.ospf(draft, command, 3, words)


@SYSTEM("router isis ...")
def _isis(draft: Draft, command: Command, *words: str) -> Outcome:
    return routing.isis(draft, command, words)


@SYSTEM("router rip ...", "router ripng ...", "ipv6 router rip ...")
def _rip(draft: Draft, command: Command, *words: str) -> Outcome:
    return routing.rip(draft, command, words, ng=command.folded[1] != "rip")


@SYSTEM("router bgp {}", "router bgp {} vrf {}")
def _bgp(draft: Draft, command: Command, asn: str, vrf: str = "") -> Outcome:
    return bgp.speaker(draft, command, asn, vrf)


@SYSTEM("router eigrp ...")
def _eigrp(_: Draft, __: Command, *___: str) -> Outcome:
    return routing.EIGRP


@SYSTEM("access-list {} ...")
def _numbered(_: Draft, command: Command, *_words: str) -> Outcome:
    if command.folded[2:3] == ("remark",):
        return None
    return Leave(UNREADABLE, "filters")  # settled when the list has been read


@SYSTEM("ip access-list ...", "ipv6 access-list ...", "object-group ...")
def _named(_: Draft, _command: Command, *words: str) -> Outcome:
    if words[:1] in (("resequence",), ("logging",)):
        return NOT_TOLD
    return Into(LIST, None)


@LIST("remark ...", "list-remark ...", "description ...", "exit")
def _remark(_: object, __: Command, *___: str) -> Outcome:
    return None


@LIST("{#} remark ...")
def _numbered_remark(_: object, __: Command, *___: str) -> Outcome:
    return None


@LIST("permit ...", "deny ...", "{#} permit ...", "{#} deny ...")
def _rule(_: object, __: Command, *___: str) -> Outcome:
    return Leave(UNREADABLE, "filters")


@LIST("host ...", "network-object ...", "group-object ...", "{} ...")
def _member(_: object, __: Command, *___: str) -> Outcome:
    return None


@SYSTEM("ip nat ...")
def _nat(draft: Draft, command: Command, *_: str) -> Outcome:
    if command.folded[2] in ("translation", "log", "service"):
        return None
    draft.store.setdefault("translations", {})[str(command.line)] = True
    return Leave(UNREADABLE, "translations")


# ---- labels


@SYSTEM("mpls ldp router-id {}", "mpls ldp router-id {} force", "mpls ldp router-id {} {}")
def _label_id(draft: Draft, _: Command, *words: str) -> Outcome:
    name = "".join(word for word in words if word != "force")

    def finish() -> None:
        port = draft.ports.get(name)
        addresses = port.get("addresses", ()) if port is not None else ()
        draft.label_id = str(addresses[0].ip) if addresses else draft.label_id

    draft.later.append(finish)
    return None


@SYSTEM("router-id {}", "ip router-id {}")
def _router_id(draft: Draft, _: Command, text: str) -> Outcome:
    draft.router_id = dotted(text)
    return None


@SYSTEM("mpls ldp")
def _ldp(draft: Draft, _: Command) -> Outcome:
    return Into(LDP, draft)


@LDP("router-id {}")
def _ldp_id(draft: Draft, _: Command, text: str) -> Outcome:
    draft.label_id = dotted(text)
    return None


@LDP("interface {}")
def _ldp_port(draft: Draft, command: Command, name: str) -> Outcome:
    def finish() -> None:
        port = draft.ports.get(name)
        if port is None:
            draft.ledger.leave(command.line, Message("the port is not defined"), "tunnels")
        else:
            port.put(mpls=True, ldp=True)

    draft.later.append(finish)
    return None


LDP.weak(
    "address-family ipv4",
    "discovery transport-address ...",
    "exit-address-family",
    "exit",
    "exit-interface",
    "exit-ldp-if",
    "neighbor {} password ...",
)

# ---- what is weak

SYSTEM.weak(
    "version ...", "service ...", "no service ...", "platform ...", "no platform ...", "boot-start-marker",
    "boot-end-marker", "boot ...", "aaa ...",
    "no aaa ...", "username ...", "enable ...", "banner ...", "line ...", "logging ...", "no logging ...",
    "snmp-server ...", "no snmp-server ...",
    "ntp ...", "clock ...", "no clock ...", "ip http ...", "no ip http ...", "ip ssh ...", "ip domain ...",
    "ip domain-name ...", "no ip domain ...",
    "no ip domain-lookup", "ip name-server ...", "ip host ...", "ip cef", "ipv6 cef", "no ipv6 cef", "ip subnet-zero",
    "ip classless", "ip forward-protocol ...",
    "ip tftp ...", "ip ftp ...", "ip scp ...", "ip radius ...", "ip tacacs ...", "license ...", "diagnostic ...",
    "spanning-tree ...", "no spanning-tree ...",
    "redundancy", "redundancy ...", "control-plane", "control-plane ...", "end", "exit", "alias ...", "archive",
    "vtp ...", "no ip source-route", "ip source-route",
    "cdp ...", "no cdp ...", "lldp ...", "no lldp ...", "multilink ...", "subscriber templating", "errdisable ...",
    "memory-size ...", "hw-module ...", "card ...",
    "crypto pki ...", "crypto key ...", "privilege ...", "tacacs-server ...", "tacacs ...", "radius-server ...",
    "radius ...", "scheduler ...", "process ...",
    "no ip bootp ...", "ip finger", "no ip finger", "no ip gratuitous-arps", "ip tcp ...", "mls ...", "no mls ...",
    "power ...", "monitor ...", "ipv6 unicast-routing", "ip routing", "ip flow-export ...", "ip flow-cache ...",
    "flow ...", "key chain ...",
    "file ...", "login ...", "security ...", "md5 ...",
    "building ...", "current ...", "system ...", "port-channel load-balance ...", "vlan internal ...",
    "network-clock ...", "fabric ...",
    "ip sla ...", "no ip sla ...", "ip icmp ...", "mac-address-table ...", "mac address-table ...", "ip arp ...",
    "arp ...", "transceiver ...", "exception ...",
    "call-home", "call-home ...", "login-block ...", "password ...", "web-server ...", "no web-server ...",
    "install ...", "sysmac ...", "co-operate ...", "nfpp",
    "mpls label protocol ldp", "mpls ldp graceful-restart", "no mpls ip propagate-ttl ...", "mpls ldp neighbor ...",
    "ip ftp-server ...", "no enable ...",
)  # fmt: skip
SYSTEM.weak("bfd ...", "bfd", why=BFD)
SYSTEM.left(
    MULTICAST,
    "multicast",
    "ip multicast-routing ...",
    "ip multicast-routing",
    "ip pim ...",
    "ipv6 multicast-routing",
    "ip igmp ...",
)
SYSTEM.left(
    Message("subscribers and their addresses are not in the model"), "routes", "ip dhcp ...", "ipv6 dhcp ...",
    "ip local pool ...", "vpdn ...", "vpdn-group ...",
)  # fmt: skip
SYSTEM.left(
    Message("rates and classes of packets are not in the model"), "other", "class-map ...", "policy-map ...",
    "policy-list ...", "zone ...", "zone-pair ...",
)  # fmt: skip
SYSTEM.left(
    Message("tunnels of this kind are not in the model"),
    "tunnels",
    "crypto ...",
    "l2vpn ...",
    "xconnect ...",
    "segment-routing ...",
    "mpls traffic-eng ...",
)
