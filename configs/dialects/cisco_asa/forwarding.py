"""What an ASA configuration makes the firewall do with packets: named ports with levels, lists, NAT, routes.

Source: Cisco "ASA Series Command Reference" (interface, nameif, security-level, route, access-group, nat). Packets go from a
port of a higher level to one of a lower level where no list says otherwise: that is for who builds from the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.dialects.cisco_asa import meaning, rule_sets
from configs.forwarding import settling
from configs.forwarding.draft import Draft, PortSketch, address, interface, network
from configs.forwarding.model import PortKind, Static
from configs.forwarding.no_family import bgp, lists, routing
from configs.forwarding.no_family.common import MULTICAST, NEGATION, NOT_TOLD
from configs.forwarding.phrases import UNREADABLE, Into, Leave, Phrases, Walk
from configs.reading import Reading
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command
    from configs.tree import Tree

SYSTEM: Final = Phrases(NEGATION)
_BASE: Final = Phrases(NEGATION, SYSTEM, lists.SYSTEM)
PORT: Final = Phrases(NEGATION)
OBJECT: Final = Phrases(NEGATION)


def read(tree: Tree, platform: str = "cisco_asa", name: str = "") -> Forwarding:
    """The device that a text describes."""
    views = rule_sets.VIEWS | {"router", "route-map"}
    reading = Reading(tree, NEGATION, lambda words: words[0] in views)
    draft = Draft()
    breaks = sorted(comment.line for comment in tree.comments if comment.text.strip() == "!")
    Walk(draft.ledger, breaks)(reading.top, _BASE, draft)
    settling.filters(draft, rule_sets.read(tree))
    found = meaning.read(tree)
    settling.translations(draft, found.translations, found.pools, found.unread)
    settling.bound(draft)
    return draft.done(platform, reading.all, name)


@SYSTEM("hostname {}")
def _name(draft: Draft, _: Command, name: str) -> Outcome:
    draft.name = name
    return None


@SYSTEM("interface {}", "interface {} {}")
def _interface(draft: Draft, command: Command, *words: str) -> Outcome:
    name = "".join(words)
    parent, dot, _ = name.rpartition(".")
    low = name.lower()
    kind = PortKind.AGGREGATE if low.startswith("port-channel") else PortKind.TUNNEL if low.startswith("tunnel") else PortKind.PHYSICAL
    if low.startswith(("bvi", "redundant", "tunnel", "nve")):
        return Leave(Message("ports of this kind are not in the model"), "routes")
    port = draft.ports.setdefault(name, PortSketch(name, PortKind.SUB if dot else kind, command.line))
    if dot:
        port.put(parent=parent)
    return Into(PORT, (draft, port))


_View = tuple[Draft, PortSketch]


@PORT("nameif {}")
def _nameif(here: _View, _: Command, name: str) -> Outcome:
    here[1].put(zone=name)
    here[0].store.setdefault("names", {})[name] = here[1].name
    if "level" in here[1].lines:
        here[0].priorities[name] = here[1].lines["level"]
    elif name == "inside":
        here[0].priorities[name] = 100  # without a word: inside 100, others 0
    else:
        here[0].priorities.setdefault(name, 0)
    return None


@PORT("security-level {#}")
def _level(here: _View, _: Command, value: str) -> Outcome:
    here[1].lines["level"] = int(value)
    if here[1].get("zone"):
        here[0].priorities[here[1].get("zone")] = int(value)
    return None


@PORT("ip address {} {}", "ip address {} {} standby {}", "ipv6 address {}")
def _address(here: _View, command: Command, *words: str) -> Outcome:
    here[1].add("addresses", interface(*words[:2]))
    return None


@PORT("vlan {#}")
def _tag(here: _View, _: Command, number: str) -> Outcome:
    here[1].put(vlan=int(number))
    return None


@PORT("shutdown", "no shutdown")
def _shut(here: _View, command: Command) -> Outcome:
    here[1].put(up=command.negated)
    return None


@PORT("channel-group {#} mode {}")
def _bundled(here: _View, command: Command, number: str, _: str) -> Outcome:
    draft, port = here

    def finish() -> None:
        master = draft.ports.get(f"Port-channel{number}")
        if master is None:
            draft.ledger.leave(command.line, Message("the aggregate is not defined"))
        else:
            master.add("members", port.name)

    draft.later.append(finish)
    return None


PORT.weak(
    "description ...", "duplex ...", "speed ...", "no nameif", "no security-level", "no ip address", "management-only", "flowcontrol ...", "delay ...", "lacp ...",
    "no management-only", "ipv6 nd ...", "mac-address ...", "port-channel ...", "ospf ...",
)  # fmt: skip
PORT.left(MULTICAST, "multicast", "pim ...", "igmp ...")


@SYSTEM("route {} {} {} {}", "route {} {} {} {} {#}", "ipv6 route {} {} {}", "ipv6 route {} {} {} {#}")
def _route(draft: Draft, command: Command, zone: str, *words: str) -> Outcome:
    size = 1 if "/" in words[0] else 2
    rest = words[size:]
    distance = int(rest[1]) if len(rest) > 1 else None
    name = "" if zone.lower() == "null0" else str(draft.store.get("names", {}).get(zone, ""))
    if not name and zone.lower() != "null0":
        return Leave(Message("the port is not defined"), "routes")
    if words[0] == "0":
        prefix = network("0.0.0.0/0")
    else:
        prefix = network(*words[:size])
    draft.statics.append(Static(prefix, address(rest[0]) if name else None, name, "", None, distance, 0, command.line))
    return None


@SYSTEM("route ...", "ipv6 route ...")
def _tested(_: Draft, command: Command, *__: str) -> Outcome:
    if command.has("track"):
        return Leave(Message("a route that a test decides about is not in the model"), "routes")
    return NOT_TOLD


@SYSTEM("access-group {} {in|out} interface {}")
def _filter(draft: Draft, command: Command, name: str, way: str, zone: str) -> Outcome:
    port = draft.ports.get(str(draft.store.get("names", {}).get(zone, "")))
    if port is None:
        return Leave(Message("the port is not defined"), "filters")
    port.lines[f"filter {way}"] = command.line
    port.filter(way, name)
    return None


@SYSTEM("access-list {} remark ...")
def _remark(_: Draft, __: Command, *___: str) -> Outcome:
    return None


@SYSTEM("access-list ...")
def _rule(_: Draft, __: Command, *___: str) -> Outcome:
    return Leave(UNREADABLE, "filters")  # settled when the list has been read


@SYSTEM("object ...", "object-group ...")
def _object(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(OBJECT, draft)


@OBJECT("host {}", "subnet ...", "range {} {}", "network-object ...", "group-object {}", "service ...", "service-object ...")
@OBJECT("port-object ...", "protocol-object ...", "icmp-object ...")
def _part(_: Draft, __: Command, *___: str) -> Outcome:
    return None


OBJECT.weak("description ...")
OBJECT.left(Message("names that a server resolves are not in the model"), "filters", "fqdn ...")


@OBJECT("nat ...")
def _object_nat(draft: Draft, command: Command, *_: str) -> Outcome:
    return _nat(draft, command)


@SYSTEM("nat ...", "global ...", "static ...")
def _nat(draft: Draft, command: Command, *_: str) -> Outcome:
    draft.store.setdefault("translations", {})[str(command.line)] = True
    return Leave(UNREADABLE, "translations")  # settled when translations have been read


@SYSTEM("same-security-traffic permit {inter-interface|intra-interface}")
def _equals(draft: Draft, _: Command, which: str) -> Outcome:
    if which == "inter-interface":
        draft.between_equals = True
    else:
        draft.within_port = True
    return None


@SYSTEM("name {} {}", "names")
def _named(_: Draft, __: Command, *___: str) -> Outcome:
    return None


@SYSTEM("router ospf {#}")
def _ospf(draft: Draft, command: Command, number: str) -> Outcome:
    return routing.ospf(draft, command, 2, (number,))


@SYSTEM("router bgp {}")
def _bgp(draft: Draft, command: Command, asn: str) -> Outcome:
    return bgp.speaker(draft, command, asn)


@SYSTEM("mtu {} {#}")
def _mtu(draft: Draft, _: Command, zone: str, value: str) -> Outcome:
    port = draft.ports.get(str(draft.store.get("names", {}).get(zone, "")))
    if port is None:
        return Leave(Message("the port is not defined"))
    port.put(mtu=int(value))
    return None


SYSTEM.weak(
    "asa version ...", "terminal ...", "domain-name ...", "ntp ...", "enable password ...", "enable ...", "passwd ...", "password ...", "ftp mode ...", "dns ...", "pager ...",
    "logging ...", "no logging ...", "asdm ...", "no asdm ...", "arp ...", "no arp ...", "timeout ...", "user-identity ...", "aaa ...", "aaa-server ...", "http ...",
    "no http ...", "snmp-server ...", "no snmp-server ...", "telnet ...", "ssh ...", "no ssh ...", "console ...", "username ...", "banner ...", "prompt ...", "no call-home ...",
    "call-home", "call-home ...", "end", "icmp ...", "no failover", "no monitor-interface ...", "monitor-interface ...", "clock ...", "boot ...", "crypto key ...",
    "crypto ca ...", "ssl ...", "service-module ...", "license ...", "hardware-id ...", "xlate ...", "management-access ...", "threat-detection ...",
    "no threat-detection ...", "checkheaps ...", "quota ...", "service password-recovery", "jumbo-frame ...", "key ...", "privilege ...",
    "no pager", "no names", "no service ...", "no snmp ...", "failover timeout ...", "tls-proxy ...", "dynamic-access-policy-record ...", "sysopt connection tcpmss ...",
)  # fmt: skip
# Inspection changes what passes only for protocols with second connections.
SYSTEM.left(Message("what only a deeper look at packets tells is not in the model"), "filters", "class-map ...", "policy-map ...", "service-policy ...")
SYSTEM.left(Message("tunnels of this kind are not in the model"), "tunnels", "crypto ...", "tunnel-group ...", "group-policy ...", "webvpn", "ip local pool ...")
SYSTEM.left(Message("subscribers and their addresses are not in the model"), "routes", "dhcpd ...", "dhcprelay ...")
SYSTEM.left(Message("a pair of firewalls as one is not in the model"), "routes", "failover", "failover ...", "cluster ...")
SYSTEM.left(MULTICAST, "multicast", "multicast-routing", "pim ...", "igmp ...")
