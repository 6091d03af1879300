"""What a StoneOS configuration makes the firewall do with packets: ports, zones, routes, policies, NAT.

Source: Hillstone "StoneOS CLI User Guide", release 5.5R10 (Interface, Zone, Routing, Policy, NAT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.addressing import address_of
from configs.dialects.hillstone_stoneos import meaning, rule_sets
from configs.forwarding import settling
from configs.forwarding.draft import Draft, PortSketch, address, interface, network
from configs.forwarding.model import PortKind, Static
from configs.forwarding.phrases import UNREADABLE, Into, Leave, Phrases, Walk
from configs.reading import Reading
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command
    from configs.tree import Tree

_NEGATION: Final = "no"
SYSTEM: Final = Phrases(_NEGATION)
PORT: Final = Phrases(_NEGATION)
ROUTER: Final = Phrases(_NEGATION)
OBJECT: Final = Phrases(_NEGATION)
RULE: Final = Phrases(_NEGATION)
NAT: Final = Phrases(_NEGATION)
ZONE: Final = Phrases(_NEGATION)
_NOT_TOLD: Final = Leave(Message("this form of the command is not in the model"), "routes")


def read(tree: Tree, platform: str = "hillstone_stoneos", name: str = "") -> Forwarding:
    """The device that a text describes."""
    views = rule_sets.VIEWS | {"ip"}
    reading = Reading(tree, _NEGATION, lambda words: words[0] in views)
    draft = Draft()
    Walk(draft.ledger)(reading.top, SYSTEM, draft)
    settling.filters(draft, rule_sets.read(tree))
    found = meaning.read(tree)
    settling.translations(draft, found.translations, found.pools, found.unread)
    return draft.done(platform, reading.all, name)


@SYSTEM("hostname {}")
def _name(draft: Draft, _: Command, name: str) -> Outcome:
    draft.name = name.strip('"')
    return None


_KINDS: Final = (
    ("loopback", PortKind.LOOPBACK), ("aggregate", PortKind.AGGREGATE), ("vlan", PortKind.VLAN), ("tunnel", PortKind.TUNNEL),
)  # fmt: skip


@SYSTEM("interface {}")
def _interface(draft: Draft, command: Command, name: str) -> Outcome:
    low = name.lower()
    if low.startswith(("vswitchif", "redundant", "pppoe", "tunnel")):
        return Leave(Message("ports of this kind are not in the model"), "routes")
    parent, dot, tag = name.rpartition(".")
    kind = PortKind.SUB if dot else next((kind for prefix, kind in _KINDS if low.startswith(prefix)), PortKind.PHYSICAL)
    port = draft.ports.setdefault(name, PortSketch(name, kind, command.line))
    if dot and tag.isdecimal():
        port.put(parent=parent, vlan=int(tag))
    return Into(PORT, port)


@PORT("zone {}")
def _zone(port: PortSketch, _: Command, name: str) -> Outcome:
    if name.strip('"').lower().startswith("l2-"):
        return Leave(Message("layer-2 VPNs are not in the model"), "routes")
    port.put(zone=name.strip('"'))
    return None


@PORT("ip address {} {}", "ip address {}", "ipv6 address {}")
def _address(port: PortSketch, _: Command, *words: str) -> Outcome:
    port.add("addresses", interface(*words))
    return None


@PORT("shutdown", "no shutdown")
def _shut(port: PortSketch, command: Command) -> Outcome:
    port.put(up=command.negated)
    return None


@PORT("mtu {#}")
def _mtu(port: PortSketch, _: Command, value: str) -> Outcome:
    port.put(mtu=int(value))
    return None


PORT.weak("manage ...", "description ...", "no manage ...", "exit", "duplex ...", "speed ...", "no reverse-route", "reverse-route ...", "lldp ...", "no lldp ...", "bandwidth ...", "ftp ...", "webauth ...")


@SYSTEM("zone {}", "zone {} {}")
def _zone_view(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(ZONE, draft)


@ZONE("vrouter {}")
def _zone_router(_: Draft, __: Command, name: str) -> Outcome:
    return None if name.strip('"') == "trust-vr" else Leave(Message("a second router on the device is not in the model"), "routes")


ZONE.weak("exit", "description ...", "ad ...", "no ad ...", "type wan", "wan-zone")

# ---- the router


@SYSTEM("ip vrouter {}")
def _router(draft: Draft, _: Command, name: str) -> Outcome:
    vrf = name.strip('"')
    return Into(ROUTER, (draft, "" if vrf == "trust-vr" else vrf))


@ROUTER("ip route {} ...", "ipv6 route {} ...")
def _route(here: tuple[Draft, str], command: Command, *words: str) -> Outcome:
    draft, vrf = here
    size = 1 if "/" in words[0] else 2
    prefix, rest = network(*words[:size]), [word.strip('"') for word in words[size:]]
    via, port, distance = None, "", None
    while rest:
        word = rest.pop(0)
        if address_of(word) is not None:
            via = address(word)
        elif word.isdecimal() and (via is not None or port):
            distance = int(word)
        elif word in ("description", "name"):
            rest = []
        elif not port and via is None:
            port = word
        else:
            return _NOT_TOLD
    if port.lower() == "null0":
        port = ""
    draft.statics.append(Static(prefix, via, port, vrf, None, distance, 0, command.line))
    return None


@ROUTER("snatrule ...", "dnatrule ...", "bnatrule ...")
def _nat(here: tuple[Draft, str], command: Command, *_: str) -> Outcome:
    here[0].store.setdefault("translations", {})[str(command.line)] = True
    return Leave(UNREADABLE, "translations")  # settled when translations have been read


ROUTER.weak("exit", "description ...", "fragment ...")


@SYSTEM("nat")
def _nat_view(draft: Draft, _: Command) -> Outcome:
    return Into(ROUTER, (draft, ""))


# ---- objects and policies


@SYSTEM("address {}", "service {}", "servgroup {}", "address {} ipv6", "address {} ...")
def _object(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(OBJECT, draft)


@OBJECT("ip ...", "range ...", "member ...", "service ...", "tcp ...", "udp ...", "icmp ...", "protocol ...", "exclude ...")
def _part(_: Draft, __: Command, *___: str) -> Outcome:
    return None


OBJECT.weak("exit", "description ...", "reference-zone ...")
OBJECT.left(Message("names that a server resolves are not in the model"), "filters", "host ...", "country ...")


@SYSTEM("policy-global", "policy from {} to {}")
def _policies(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(SYSTEM, draft)


@SYSTEM("rule id {#}", "rule", "rule id {#} ...", "rule from ...", "rule top", "default-action {permit|deny}")
def _rule(draft: Draft, command: Command, *_: str) -> Outcome:
    return Into(RULE, draft) if command.inside else None


@RULE(
    "action {permit|deny}", "src-zone ...", "dst-zone ...", "src-addr ...", "dst-addr ...", "src-ip ...", "dst-ip ...", "service ...", "src-range ...", "dst-range ...", "disable", "enable",
    "src-addr-negate", "dst-addr-negate",
)  # fmt: skip
def _condition(_: Draft, __: Command, *___: str) -> Outcome:
    return None


RULE.weak("exit", "name ...", "description ...", "log ...", "no log ...")
RULE.left(Message("times of day are not in the model"), "filters", "schedule ...")
RULE.left(Message("what only a deeper look at packets tells is not in the model"), "filters", "application ...", "role ...", "user ...", "user-group ...", "ips ...", "av ...", "url ...", "action ...")
SYSTEM.weak(
    "building ...", "version ...", "admin ...", "exit", "end", "configure", "ntp ...", "clock ...", "snmp-server ...", "logging ...", "no logging ...", "ssh ...", "no ssh ...", "http ...", "https ...",
    "telnet ...", "aaa-server ...", "role ...", "role-mapping-rule ...", "user ...", "ip name-server ...", "ip domain ...", "password-policy ...", "password ...", "language ...", "image ...", "sms ...",
    "app ...", "statistics-set ...", "monitor ...", "smtp ...", "webauth ...", "pki ...", "trust-domain ...", "flow", "tcp-mss ...", "no http ...", "strict-tunnel-check", "ips ...", "av ...",
    "longlife-sess-percent ...", "lldp ...", "track ...", "schedule ...", "threat-protection ...", "zone-ad ...", "exec ...", "configuration ...", "report ...", "no sms ...", "console ...", "web ...",
)  # fmt: skip
SYSTEM.left(Message("tunnels of this kind are not in the model"), "tunnels", "isakmp ...", "ipsec ...", "tunnel ...", "scvpn ...", "access-address-pool ...", "l2tp ...", "gre ...")
SYSTEM.left(Message("subscribers and their addresses are not in the model"), "routes", "dhcp-server ...", "pppoe-client ...")
SYSTEM.left(Message("a pair of firewalls as one is not in the model"), "routes", "ha ...")
SYSTEM.left(Message("rates and classes of packets are not in the model"), "other", "qos-engine ...", "qos-profile ...", "qos ...")
