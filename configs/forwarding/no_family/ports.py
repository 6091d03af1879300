"""Ports of the languages with `no`: Cisco "IOS Interface Command Reference", FRR "Zebra", Ruijie RGOS guides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from configs.forwarding.draft import Draft, PortSketch, address, dotted, interface, spread
from configs.forwarding.model import Gre, PortKind, Switched, Track
from configs.forwarding.no_family.common import BFD, MULTICAST, NEGATION, NOT_TOLD, TIMERS, secret
from configs.forwarding.phrases import Leave, Phrases
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

PORT: Final = Phrases(NEGATION)
_KINDS: Final = (
    ("loopback", PortKind.LOOPBACK), ("vlan", PortKind.VLAN), ("port-channel", PortKind.AGGREGATE),
    ("aggregateport", PortKind.AGGREGATE), ("tunnel", PortKind.TUNNEL), ("null", PortKind.NULL),
)  # fmt: skip
_LAYER2: Final = ("bdi", "nve", "pseudowire", "virtual-ppp", "bvi")


def begun(draft: Draft, command: Command, words: tuple[str, ...]) -> PortSketch | Leave:
    """The port of an `interface` line, or why it is left."""
    rest = list(words)
    if rest[-1] in ("point-to-point", "multipoint"):
        rest.pop()
    vrf = ""
    if rest[-2:-1] == ["vrf"]:
        vrf, rest = rest[-1], rest[:-2]
    name = "".join(rest)
    low = name.lower()
    if low.startswith(_LAYER2) or rest[0] == "range":
        return Leave(Message("layer-2 VPNs are not in the model"), "tunnels")
    if low.startswith(("virtual-template", "dialer", "async", "group-async")):
        return Leave(Message("subscribers and their addresses are not in the model"), "routes")
    port = draft.ports.get(name) or _new(draft, name, command.line)
    if vrf:
        port.put(vrf=vrf)
    return port


def _new(draft: Draft, name: str, line: int) -> PortSketch:
    low = name.lower()
    parent, dot, _ = name.rpartition(".")
    kind = next((kind for prefix, kind in _KINDS if low.startswith(prefix)), PortKind.PHYSICAL)
    kind = PortKind.SUB if dot else PortKind.LOOPBACK if low == "lo" else kind
    port = draft.ports[name] = PortSketch(name, kind, line)
    if dot:
        port.put(parent=parent)
    elif kind is PortKind.VLAN:
        port.put(vlan=int(low.removeprefix("vlan")))
        draft.vlans.add(port.get("vlan"))
    return port


@PORT("ip address {} {}", "ip address {} {} secondary", "ip address {}", "ipv6 address {}", "ipv6 address {} eui-64")
@PORT("ip address {} secondary")
def _address(port: PortSketch, command: Command, *words: str) -> Outcome:
    if command.folded[-1] == "eui-64":
        return NOT_TOLD
    found = interface(*words)
    port.add("addresses", found)
    return None


@PORT("ipv6 address {} link-local")
def _link_local(port: PortSketch, _: Command, text: str) -> Outcome:
    port.add("addresses", interface(f"{text.partition('/')[0]}/64"))
    return None


@PORT("ipv6 enable")
def _ipv6(port: PortSketch, _: Command) -> Outcome:
    port.put(ipv6=True)
    return None


@PORT("ip unnumbered {}", "ip unnumbered {} {}")
def _borrows(port: PortSketch, _: Command, *name: str) -> Outcome:
    port.put(borrows="".join(name))
    return None


@PORT("ip vrf forwarding {}", "vrf forwarding {}", "vrf {}")
def _vrf(port: PortSketch, _: Command, name: str) -> Outcome:
    port.put(vrf=name)
    return None


@PORT("shutdown", "no shutdown")
def _shut(port: PortSketch, command: Command) -> Outcome:
    port.put(up=command.negated)
    return None


@PORT("mtu {#}", "ip mtu {#}")
def _mtu(port: PortSketch, _: Command, value: str) -> Outcome:
    port.put(mtu=int(value))
    return None


@PORT("encapsulation dot1q {#}", "encapsulation dot1q {#} native", "encapsulation dot1q {#} second-dot1q {#}")
def _tag(port: PortSketch, command: Command, outer: str, inner: str = "0") -> Outcome:
    port.put(vlan=0 if command.has("native") else int(outer), inner=int(inner))
    return None


# ---- switched ports


def _switched(port: PortSketch) -> Switched:
    return port.get("switched") or Switched()


@PORT("switchport", "switchport mode {access|trunk}", "switchport trunk encapsulation dot1q")
def _layer2(port: PortSketch, _command: Command, mode: str = "") -> Outcome:
    held = _switched(port)
    port.said["mode"] = mode or port.said.get("mode", "")
    port.put(switched=held)
    return None


@PORT("no switchport")
def _layer3(port: PortSketch, _: Command) -> Outcome:
    port.put(switched=None)
    return None


@PORT("switchport access vlan {#}", "switchport trunk native vlan {#}")
def _untagged(port: PortSketch, command: Command, number: str) -> Outcome:
    port.said.setdefault("vlans", {})[command.folded[1]] = int(number)
    port.put(switched=_switched(port))
    return None


@PORT("switchport trunk allowed vlan ...")
def _tagged(port: PortSketch, _: Command, *words: str) -> Outcome:
    how = words[0].lower()
    numbers = spread(words[1:] if how in ("add", "only", "remove") else words) if how not in ("all", "none") else set()
    if how == "all":
        numbers = set(range(1, 4095))
    held = port.said.get("allowed") or (set() if how != "remove" else set(range(1, 4095)))
    port.said["allowed"] = held | numbers if how == "add" else held - numbers if how == "remove" else numbers
    port.put(switched=_switched(port))
    return None


@PORT("channel-group {#} mode {}", "channel-group {#}", "port-group {#}", "port-group {#} mode {}")
def _bundled(port: PortSketch, command: Command, number: str, *_: str) -> Outcome:
    port.lines["bundle"] = command.line
    port.said["bundle"] = number
    return None


# ---- VRRP (RFC 5798)


@PORT("vrrp {#} ip {}", "vrrp {#} ip {} secondary", "vrrp {#} ipv6 {}")
def _virtual(port: PortSketch, command: Command, number: str, text: str) -> Outcome:
    found = address(text)
    port.group(int(number), command.line, found.version).add("addresses", found)
    return None


@PORT("vrrp {#}", "vrrp {#} version {2|3}")
def _group(port: PortSketch, command: Command, number: str, version: str = "3") -> Outcome:
    """FRR's vrrpd: version 3 without a word."""
    _groups(port, number, command).put(version=int(version))
    return None


@PORT("vrrp {#} priority {#}")
def _priority(port: PortSketch, command: Command, number: str, value: str) -> Outcome:
    _groups(port, number, command).put(priority=int(value))
    return None


@PORT("no vrrp {#} preempt", "vrrp {#} preempt", "vrrp {#} preempt delay minimum {#}", "vrrp {#} preempt delay {#}")
def _preempt(port: PortSketch, command: Command, number: str, *_: str) -> Outcome:
    _groups(port, number, command).put(preempt=not command.negated)
    return None


@PORT("vrrp {#} track {} {#}")
def _track(port: PortSketch, command: Command, number: str, name: str, reduced: str) -> Outcome:
    if name.isdecimal():
        return NOT_TOLD  # a tracked object
    _groups(port, number, command).add("tracks", Track(name, int(reduced), command.line))
    return None


def _groups(port: PortSketch, number: str, command: Command) -> Any:
    version = 6 if (int(number), 6) in port.groups and (int(number), 4) not in port.groups else 4
    return port.group(int(number), command.line, version)


PORT.weak(
    "vrrp {#} timers ...",
    "vrrp {#} description ...",
    "vrrp delay ...",
    "vrrp {#} advertisement-interval ...",
    why=TIMERS,
)
PORT.left(Message("HSRP and GLBP are not in the model"), "routes", "standby ...", "glbp ...", "vrrp ...")

# ---- filters, translations, tunnels


@PORT("ip access-group {} {in|out}", "ipv6 traffic-filter {} {in|out}")
def _filter(port: PortSketch, command: Command, name: str, way: str) -> Outcome:
    way += "6" if command.folded[0] == "ipv6" else ""
    port.lines[f"filter {way}"] = command.line
    port.filter(way, name)
    return None


@PORT("ip nat {inside|outside}")
def _side(port: PortSketch, _: Command, side: str) -> Outcome:
    port.put(side=side)
    return None


@PORT("tunnel source {}", "tunnel source {} {}")
def _source(port: PortSketch, _: Command, *name: str) -> Outcome:
    port.tunnel["source"] = "".join(name)
    return None


@PORT("tunnel destination {}")
def _destination(port: PortSketch, _: Command, text: str) -> Outcome:
    port.tunnel["destination"] = address(text)
    return None


@PORT("tunnel vrf {}")
def _outer(port: PortSketch, _: Command, vrf: str) -> Outcome:
    port.tunnel["vrf"] = vrf
    return None


@PORT("tunnel mode gre ip", "tunnel mode gre ipv6", "tunnel mode ipip", "tunnel mode ipv6ip", "tunnel mode ipv6")
def _mode(port: PortSketch, command: Command) -> Outcome:
    port.tunnel["protocol"] = {"gre": "gre", "ipip": "ipip", "ipv6ip": "ip6ip", "ipv6": "ip6ip6"}[command.folded[2]]
    return None


@PORT("tunnel mode ...")
def _other_mode(port: PortSketch, _: Command, *__: str) -> Outcome:
    port.tunnel["protocol"] = ""
    return Leave(Message("tunnels of this kind are not in the model"), "tunnels")


@PORT("crypto map {}")
def _ipsec(port: PortSketch, _: Command, name: str) -> Outcome:
    port.put(ipsec=name)
    return None


@PORT("mpls ip", "mpls label protocol ldp")
def _labels(port: PortSketch, command: Command) -> Outcome:
    if command.folded[1] == "ip":
        port.put(mpls=True, ldp=True)
    return None


PORT.weak(
    "description ...", "no ip address", "no ip redirects", "no ip proxy-arp", "ip proxy-arp", "no ip unreachables",
    "speed ...",
    "duplex ...", "negotiation ...", "no negotiation ...", "bandwidth ...", "load-interval ...", "no cdp ...",
    "cdp ...", "no mop ...",
    "keepalive ...", "no keepalive", "carrier-delay ...", "arp ...", "spanning-tree ...", "storm-control ...",
    "switchport nonnegotiate",
    "no snmp ...", "snmp ...", "ip virtual-reassembly", "ip virtual-reassembly ...", "hold-queue ...", "no lldp ...",
    "lldp ...", "media-type ...",
    "no ip directed-broadcast", "ip flow ...", "logging ...", "no ip route-cache", "lacp ...", "exit",
    "service-policy output ...",
    "medium-type ...", "multicast", "no ip mroute-cache", "tunnel path-mtu-discovery",
    "no shutdown ...", "auto ...",
    "clock rate ...", "delay ...", "ip tcp adjust-mss ...", "tunnel ttl ...", "no switchport ...",
    "no link-status ...", "no errdisable ...",
    "ipv6 nd ...", "no ipv6 nd ...", "no ipv6 redirects", "mls ...", "udld ...", "power ...", "no power ...",
    "link-detect",
)  # fmt: skip
# A check of the source drops packets.
PORT.left(Message("a check of the source is not in the model"), "filters", "ip verify unicast ...")
PORT.weak("bfd ...", "ip ospf bfd", "ip ospf bfd ...", "isis bfd", "no bfd ...", why=BFD)
PORT.left(MULTICAST, "multicast", "ip pim ...", "ip igmp ...", "ipv6 mld ...", "ipv6 pim ...", "ip multicast ...")

# ---- OSPF


@PORT("ip ospf {} area {}", "ip ospf area {}", "ipv6 ospf {} area {}", "ipv6 ospf6 area {}", "ospfv3 {} ipv6 area {}")
def _area(port: PortSketch, command: Command, *words: str) -> Outcome:
    part = port.part("ospf" if command.folded[0] == "ip" else "ospf6")
    part.put(process=words[0] if len(words) > 1 else "", area=dotted(words[-1]))
    return None


@PORT("ip|ipv6 ospf|ospf6 cost {#}")
def _cost(port: PortSketch, command: Command, value: str) -> Outcome:
    _ospf(port, command).put(cost=int(value))
    return None


@PORT("ip|ipv6 ospf|ospf6 {hello-interval|dead-interval|priority} {#}")
def _number(port: PortSketch, command: Command, word: str, value: str) -> Outcome:
    _ospf(port, command).put(**{word.partition("-")[0]: int(value)})
    return None


@PORT("ip|ipv6 ospf|ospf6 network {point-to-point|broadcast|point-to-multipoint|non-broadcast}")
def _network(port: PortSketch, command: Command, kind: str) -> Outcome:
    _ospf(port, command).put(network_type="nbma" if kind == "non-broadcast" else kind)
    return None


@PORT("ip|ipv6 ospf|ospf6 passive", "no ip ospf passive")
def _passive(port: PortSketch, command: Command) -> Outcome:
    _ospf(port, command).put(passive=not command.negated)
    return None


@PORT("ip ospf mtu-ignore")
def _mtu_ignored(port: PortSketch, command: Command) -> Outcome:
    _ospf(port, command).put(compares_mtu=False)
    return None


@PORT("ip ospf message-digest-key {#} md5 {}", "ip ospf message-digest-key {#} md5 {#} {}")
def _digest(port: PortSketch, _: Command, number: str, *key: str) -> Outcome:
    port.part("ospf").put(secret=f"md5:{number}:{secret(key)}")
    return None


@PORT("ip ospf authentication-key {}", "ip ospf authentication-key {#} {}")
def _key(port: PortSketch, _: Command, *key: str) -> Outcome:
    port.part("ospf").put(secret=f"simple:{secret(key)}")
    return None


@PORT("ip ospf authentication", "ip ospf authentication message-digest")
def _authentic(port: PortSketch, command: Command) -> Outcome:
    port.said["digest"] = command.folded[-1]
    return None


def _ospf(port: PortSketch, command: Command) -> Any:
    return port.part("ospf" if command.folded[0] == "ip" else "ospf6")


PORT.weak("ip|ipv6 ospf|ospf6 retransmit-interval {#}", "ip|ipv6 ospf|ospf6 transmit-delay {#}", why=TIMERS)

# ---- IS-IS, RIP


@PORT("ip|ipv6 router isis", "ip|ipv6 router isis {}")
def _isis(port: PortSketch, command: Command, tag: str = "") -> Outcome:
    port.part("isis").put(process=tag, **{"ipv6" if command.folded[0] == "ipv6" else "ipv4": True})
    return None


_LEVELS: Final = {"level-1": 1, "level-2": 2, "level-1-2": 0, "level-2-only": 2}


@PORT("isis circuit-type {level-1|level-2|level-1-2|level-2-only}")
def _circuit(port: PortSketch, _: Command, level: str) -> Outcome:
    port.part("isis").put(level=_LEVELS[level])
    return None


@PORT("isis metric {#}", "isis metric {#} {level-1|level-2}", "isis metric {level-1|level-2} {#}")
def _metric(port: PortSketch, _: Command, *words: str) -> Outcome:
    level = next((_LEVELS[word] for word in words if word in _LEVELS), 0)
    value = next(int(word) for word in words if word not in _LEVELS)
    part = port.part("isis")
    part.put(costs={**part.get("costs", {}), level: value})
    return None


@PORT("isis network point-to-point")
def _point(port: PortSketch, _: Command) -> Outcome:
    port.part("isis").put(point_to_point=True)
    return None


@PORT("isis passive")
def _quiet(port: PortSketch, _: Command) -> Outcome:
    port.part("isis").put(passive=True)
    return None


@PORT("ip rip send version {1|2}", "ip rip receive version {1|2}")
def _rip(port: PortSketch, _: Command, version: str) -> Outcome:
    port.part("rip").put(version=int(version))
    return None


PORT.weak(
    "isis hello-interval ...", "isis hello-multiplier ...", "isis hello padding", "no isis hello padding", why=TIMERS
)


def completed(draft: Draft) -> None:
    """Put switched ports, aggregates and tunnels together when all ports are known."""
    asked = any(area.get("secret") for one in draft.ospf.values() for area in one.areas.values())
    for port in list(draft.ports.values()):
        mode, vlans = port.said.pop("mode", ""), port.said.pop("vlans", {})
        allowed, number = port.said.pop("allowed", None), port.said.pop("bundle", None)
        if not port.said.pop("digest", "") and not asked and "ospf" in port.parts:
            port.part("ospf").put(secret="")  # a key that nobody asks for
        if port.get("switched") is not None:
            if mode == "trunk":
                native = vlans.get("trunk", 1)
                tagged = frozenset(range(1, 4095) if allowed is None else allowed)
                port.put(switched=Switched(native if native in tagged else 0, tagged - {native}))
            else:
                port.put(switched=Switched(vlans.get("access", 1)))
        if number is not None:
            names = [f"{word}{number}" for word in ("Port-channel", "port-channel", "AggregatePort", "Aggregateport")]
            master = next((draft.ports[name] for name in names if name in draft.ports), None)
            if master is None:
                draft.ledger.leave(port.lines["bundle"], Message("the aggregate is not defined"))
            else:
                master.add("members", port.name)
        if port.get("kind") is PortKind.TUNNEL:
            if {"source", "destination"} <= port.tunnel.keys() and port.tunnel.get("protocol", "gre"):
                port.put(tunnel=Gre(**port.tunnel))
            else:
                draft.ledger.leave(port.get("line"), Message("the tunnel lacks an end"), "tunnels")
        if port.get("kind") is PortKind.SUB and port.get("addresses") and "vlan" not in port.said:
            draft.ledger.leave(port.get("line"), Message("the sub-interface has no single tag"), "routes")
