"""What a FortiOS configuration makes the firewall do with packets: ports, zones, routes, OSPF, BGP, policies, NAT.

Source: Fortinet's FortiOS CLI references (config system interface, system zone, router static, ospf, bgp; firewall).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.dialects.fortinet import meaning, rule_sets
from configs.dialects.fortinet.forwarding_routing import BGP, OSPF, bgp, ospf
from configs.dialects.fortinet.forwarding_tables import leave_out, weaken
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

NEGATION: Final = "unset"
SYSTEM: Final = Phrases(NEGATION)
GLOBAL: Final = Phrases(NEGATION)
PORTS: Final = Phrases(NEGATION)
PORT: Final = Phrases(NEGATION)
SECOND: Final = Phrases(NEGATION)
ZONES: Final = Phrases(NEGATION)
ZONE: Final = Phrases(NEGATION)
ROUTES: Final = Phrases(NEGATION)
ROUTE: Final = Phrases(NEGATION)
OBJECTS: Final = Phrases(NEGATION)
OBJECT: Final = Phrases(NEGATION)
POLICIES: Final = Phrases(NEGATION)
POLICY: Final = Phrases(NEGATION)


def read(tree: Tree, platform: str = "fortinet", name: str = "") -> Forwarding:
    """The device that a text describes."""
    reading = Reading(tree, NEGATION, lambda _: False)
    draft = Draft()
    Walk(draft.ledger)(reading.top, SYSTEM, draft)
    _finish(draft)
    settling.filters(draft, rule_sets.read(tree))
    found = meaning.read(tree)
    settling.translations(draft, found.translations, found.pools, found.unread)
    return draft.done(platform, reading.all, name)


def plain(words: tuple[str, ...] | list[str]) -> str:
    """A value without its quotes."""
    return " ".join(words).strip('"')


@SYSTEM("config system global")
def _global(draft: Draft, _: Command) -> Outcome:
    return Into(GLOBAL, draft)


@GLOBAL("set hostname ...")
def _name(draft: Draft, _: Command, *words: str) -> Outcome:
    draft.name = plain(words)
    return None


GLOBAL.weak("set ...", "unset ...", "end", "config ...")

# ---- ports


@SYSTEM("config system interface")
def _ports(draft: Draft, _: Command) -> Outcome:
    return Into(PORTS, draft)


@PORTS("edit ...")
def _port(draft: Draft, command: Command, *words: str) -> Outcome:
    name = plain(words)
    port = draft.ports.setdefault(name, PortSketch(name, PortKind.PHYSICAL, command.line))
    return Into(PORT, port)


@PORT("set ip {} {}", "set ip {}")
def _address(port: PortSketch, _: Command, *words: str) -> Outcome:
    if words[0] != "0.0.0.0":  # noqa: S104 - what the device writes for none
        port.add("addresses", interface(*words))
    return None


@PORT("set status {up|down}")
def _status(port: PortSketch, _: Command, status: str) -> Outcome:
    port.put(up=status == "up")
    return None


@PORT("set vlanid {#}")
def _tag(port: PortSketch, _: Command, number: str) -> Outcome:
    port.put(vlan=int(number), kind=PortKind.SUB)
    return None


@PORT("set interface ...")
def _parent(port: PortSketch, _: Command, *words: str) -> Outcome:
    port.put(parent=plain(words))
    return None


_KINDS: Final = {"physical": PortKind.PHYSICAL, "vlan": PortKind.SUB, "loopback": PortKind.LOOPBACK, "aggregate": PortKind.AGGREGATE}


@PORT("set type {}")
def _type(port: PortSketch, _: Command, kind: str) -> Outcome:
    if kind not in _KINDS:
        return Leave(Message("ports of this kind are not in the model"), "routes")
    port.put(kind=_KINDS[kind])
    return None


@PORT("set member ...")
def _members(port: PortSketch, _: Command, *words: str) -> Outcome:
    port.put(members=tuple(word.strip('"') for word in words), kind=PortKind.AGGREGATE)
    return None


@PORT("set mtu {#}", "set mtu-override enable")
def _mtu(port: PortSketch, _: Command, *value: str) -> Outcome:
    if value:
        port.put(mtu=int(value[0]))
    return None


@PORT('set vdom "root"', "set vdom root", "set mode static", "set secondary-ip enable")
def _usual(_: PortSketch, __: Command) -> Outcome:
    return None


@PORT("config secondaryip")
def _second(port: PortSketch, _: Command) -> Outcome:
    return Into(SECOND, port)


@SECOND("edit {#}")
def _entry(port: PortSketch, _: Command, __: str) -> Outcome:
    return Into(SECOND, port)


@SECOND("set ip {} {}", "set ip {}")
def _further(port: PortSketch, command: Command, *words: str) -> Outcome:
    return _address(port, command, *words)


SECOND.weak("set allowaccess ...", "next", "end")
PORT.weak(
    "set allowaccess ...", "set description ...", "set alias ...", "set role ...", "set snmp-index ...", "set device-identification ...", "set lldp-reception ...",
    "set lldp-transmission ...", "set estimated-upstream-bandwidth ...", "set estimated-downstream-bandwidth ...", "set monitor-bandwidth ...", "set speed ...", "next", "end",
    "set fortilink disable", "set lacp-mode ...", "set dedicated-to management", "set color ...", "set defaultgw ...", "set dns-server-override ...", "set weight ...",
    "set netflow-sampler ...", "set trust-ip-1 ...", "unset ...", "set preserve-session-route ...", "set ip-managed-by-fortiipam ...",
)  # fmt: skip

# ---- zones


@SYSTEM("config system zone")
def _zones(draft: Draft, _: Command) -> Outcome:
    return Into(ZONES, draft)


@ZONES("edit ...")
def _zone(draft: Draft, _: Command, *words: str) -> Outcome:
    return Into(ZONE, (draft, plain(words)))


@ZONE("set interface ...")
def _in_zone(here: tuple[Draft, str], command: Command, *words: str) -> Outcome:
    draft, zone = here

    def bind() -> None:
        for name in (word.strip('"') for word in words):
            if name in draft.ports:
                draft.ports[name].put(zone=zone)
            else:
                draft.ledger.leave(command.line, Message("the port is not defined"), "filters")

    draft.later.append(bind)
    return None


@ZONE("set intrazone {allow|deny}")
def _within(here: tuple[Draft, str], _: Command, what: str) -> Outcome:
    if what == "allow":
        return Leave(Message("this form of the command is not in the model"), "filters")
    return None


ZONE.weak("set description ...", "next", "end")

# ---- static routes


@SYSTEM("config router static")
def _routes(draft: Draft, _: Command) -> Outcome:
    return Into(ROUTES, draft)


@ROUTES("edit {#}")
def _route(draft: Draft, command: Command, _: str) -> Outcome:
    said: dict[str, str] = {"line": str(command.line)}
    draft.store.setdefault("routes", {})[str(command.line)] = said
    return Into(ROUTE, said)


@ROUTE("set dst {} {}", "set dst {}")
def _dst(said: dict[str, str], _: Command, *words: str) -> Outcome:
    said["dst"] = str(network(*words))
    return None


@ROUTE("set {gateway|device|distance|status|blackhole} {}")
def _said(said: dict[str, str], _: Command, what: str, value: str) -> Outcome:
    said[what] = value.strip('"')
    return None


ROUTE.weak("set comment ...", "set priority 0", "set priority 1", "next", "end")


def _finish(draft: Draft) -> None:
    for said in draft.store.get("routes", {}).values():
        if not isinstance(said, dict) or said.get("status") == "disable":
            continue
        line = int(said["line"])
        drops = said.get("blackhole") == "enable"
        try:
            via = address(said["gateway"]) if "gateway" in said and not drops else None
            distance = int(said.get("distance", "10"))
        except ValueError:
            draft.ledger.leave(line, UNREADABLE, "routes")
            continue
        port = "" if drops else said.get("device", "")
        draft.statics.append(Static(network(said.get("dst", "0.0.0.0/0")), via, port, "", None, distance, 0, line))


@SYSTEM("config router ospf")
def _ospf(draft: Draft, command: Command) -> Outcome:
    return Into(OSPF, ospf(draft, command))


@SYSTEM("config router bgp")
def _bgp(draft: Draft, command: Command) -> Outcome:
    return Into(BGP, bgp(draft, command))


# ---- objects and policies: read by `rule_sets` and `translations`


@SYSTEM(
    "config firewall address", "config firewall addrgrp", "config firewall service custom", "config firewall service group", "config firewall vip", "config firewall vipgrp",
    "config firewall ippool", "config firewall address6", "config firewall addrgrp6", "config firewall service category", "config firewall schedule recurring",
)  # fmt: skip
def _objects(draft: Draft, _: Command) -> Outcome:
    return Into(OBJECTS, draft)


@OBJECTS("edit ...")
def _object(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(OBJECT, draft)


@OBJECT(
    "set subnet ...", "set start-ip ...", "set end-ip ...", "set startip ...", "set endip ...", "set type {ipmask|iprange|static-nat|overload|one-to-one}", "set member ...",
    "set protocol ...", "set tcp-portrange ...", "set udp-portrange ...", "set extip ...", "set mappedip ...", "set extintf ...", "set portforward ...", "set extport ...",
    "set mappedport ...", "set protocol-number ...", "set icmptype ...", "set icmpcode ...", "set category ...", "set ip6 ...", "set day ...", "set arp-reply ...", "unset icmptype",
)  # fmt: skip
def _part(_: Draft, __: Command, *___: str) -> Outcome:
    return None


OBJECT.weak("set comment ...", "set uuid ...", "set color ...", "set visibility ...", "set associated-interface ...", "set allow-routing ...", "set comments ...", "next", "end", "unset ...")


@SYSTEM("config firewall policy", "config firewall central-snat-map", "config firewall policy6")
def _policies(draft: Draft, _: Command) -> Outcome:
    return Into(POLICIES, draft)


@POLICIES("edit {#}")
def _policy(draft: Draft, command: Command, _: str) -> Outcome:
    return Into(POLICY, draft)


@POLICY(
    "set srcintf ...", "set dstintf ...", "set srcaddr ...", "set dstaddr ...", "set action {accept|deny}", "set service ...", "set nat ...", "set ippool ...",
    "set poolname ...", "set status ...", "set srcaddr-negate ...", "set dstaddr-negate ...", 'set schedule "always"', "set schedule always", "set service-negate ...",
    "set match-vip ...", "set srcaddr6 ...", "set dstaddr6 ...", "set orig-addr ...", "set dst-addr ...", "set nat-ippool ...", "set fixedport ...",
)  # fmt: skip
def _condition(_: Draft, __: Command, *___: str) -> Outcome:
    return None


POLICY.weak(
    "set name ...", "set uuid ...", "set comments ...", "set logtraffic ...", "set logtraffic-start ...", "set label ...", "set global-label ...", "set ssl-ssh-profile no-inspection",
    'set ssl-ssh-profile "no-inspection"', "set utm-status disable", "set inspection-mode ...", "set auto-asic-offload ...", "next", "end", "set profile-protocol-options ...", "set capture-packet ...",
)  # fmt: skip
POLICY.left(Message("times of day are not in the model"), "filters", "set schedule ...")
POLICY.left(
    Message("what only a deeper look at packets tells is not in the model"), "filters", "set utm-status ...", "set ssl-ssh-profile ...", "set av-profile ...", "set webfilter-profile ...",
    "set ips-sensor ...", "set application-list ...", "set users ...", "set groups ...", "set internet-service ...", "set dnsfilter-profile ...", "set waf-profile ...", "set profile-type ...",
)  # fmt: skip
PORTS.weak("end")
ZONES.weak("end")
ROUTES.weak("end")
weaken(SYSTEM)
leave_out(SYSTEM)
