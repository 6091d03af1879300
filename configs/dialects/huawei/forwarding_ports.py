"""Ports of VRP and USG: kinds, tagged sub-interfaces, switched ports, aggregates, what binds filters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.forwarding.draft import Draft, PortSketch, spread
from configs.forwarding.model import PortKind, Switched
from configs.forwarding.phrases import Leave, Phrases
from configs.forwarding.undo_family import ports
from configs.forwarding.undo_family.common import L2VPN, MULTICAST, NEGATION, NOT_TOLD, TIMERS
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

PORT: Final = Phrases(NEGATION, ports.PORT)
VLAN: Final = Phrases(NEGATION)

_KINDS: Final = (
    ("loopback", PortKind.LOOPBACK), ("vlanif", PortKind.VLAN), ("eth-trunk", PortKind.AGGREGATE),
    ("ip-trunk", PortKind.AGGREGATE), ("mp-group", PortKind.AGGREGATE), ("tunnel", PortKind.TUNNEL), ("null",
    PortKind.NULL),
)  # fmt: skip
# As people type them (`int g0/0/1`), and as the device calls them.
_SHORT: Final = (
    (re.compile(r"(?i)(?:gi?|gigabit(?:ethernet)?|ge)(?=\d)"), "GigabitEthernet"),
    (re.compile(r"(?i)(?:e|eth|ethernet)(?=\d)"), "Ethernet"),
    (re.compile(r"(?i)(?:xge|xgigabitethernet)(?=\d)"), "XGigabitEthernet"),
    (re.compile(r"(?i)loopback(?=\d)"), "LoopBack"),
    (re.compile(r"(?i)vlanif(?=\d)"), "Vlanif"),
    (re.compile(r"(?i)eth-trunk(?=\d)"), "Eth-Trunk"),
    (re.compile(r"(?i)tunnel(?=\d)"), "Tunnel"),
    (re.compile(r"(?i)null(?=\d)"), "NULL"),
)


def full(name: str) -> str:
    """A port's name as the device writes it."""
    for pattern, said in _SHORT:
        match = pattern.match(name)
        if match is not None:
            return said + name[match.end() :]
    return name


_CIRCUITS: Final = ("vbdif", "nve", "virtual-ethernet", "global-ve", "vsi")


def begun(draft: Draft, command: Command, words: tuple[str, ...]) -> PortSketch | Leave:
    """The port of an `interface` line, or why it is left."""
    rest = list(words)
    if rest[-2:] == ["mode", "l2"]:
        return Leave(L2VPN, "tunnels")
    if rest[-1] in ("p2p", "p2mp"):
        rest.pop()
    name = full("".join(rest))
    low = name.lower()
    if low.startswith(_CIRCUITS):
        return Leave(L2VPN, "tunnels")
    if low.startswith("mtunnel"):
        return Leave(MULTICAST, "multicast")
    if low.startswith(("virtual-template", "virtual-if", "dialer")):
        return Leave(Message("subscribers and their addresses are not in the model"), "routes")
    kind = next((kind for prefix, kind in _KINDS if low.startswith(prefix)), PortKind.PHYSICAL)
    parent, dot, _ = name.rpartition(".")
    if dot:
        kind = PortKind.SUB
    port = draft.ports.get(name)
    if port is None:
        port = draft.ports[name] = PortSketch(name, kind, command.line)
        if dot:
            port.put(parent=parent)
        if kind is PortKind.VLAN:
            port.put(vlan=int(name[6:]))
    return port


# ---- tags


@PORT("vlan-type dot1q {#}", "dot1q termination vid {#}", "vlan-type dot1q vid {#}")
def _tag(port: PortSketch, _: Command, number: str) -> Outcome:
    if port.get("vlan"):
        return NOT_TOLD
    port.put(vlan=int(number))
    return None


@PORT("qinq termination pe-vid {#} ce-vid {#}")
def _tags(port: PortSketch, _: Command, outer: str, inner: str) -> Outcome:
    if port.get("vlan"):
        return NOT_TOLD
    port.put(vlan=int(outer), inner=int(inner))
    return None


PORT.weak(
    "encapsulation dot1q-termination", "encapsulation qinq-termination", "control-vid ...", "arp broadcast enable"
)
PORT.weak("dot1q vrrp vid {#}", "qinq vrrp pe-vid {#} ce-vid {#}", "arp-proxy ...")

# ---- switched ports


def _switched(port: PortSketch) -> Switched:
    return port.get("switched") or Switched()


@PORT("portswitch")
def _layer2(port: PortSketch, _: Command) -> Outcome:
    port.put(switched=_switched(port))
    return None


@PORT("undo portswitch")
def _layer3(port: PortSketch, _: Command) -> Outcome:
    port.put(switched=None)
    return None


@PORT("port link-type {access|trunk|hybrid}")
def _link_type(port: PortSketch, _: Command, _kind: str) -> Outcome:
    port.put(switched=_switched(port))
    return None


@PORT("port default vlan {#}", "port trunk pvid vlan {#}", "port hybrid pvid vlan {#}")
def _untagged(port: PortSketch, _: Command, number: str) -> Outcome:
    port.put(switched=Switched(int(number), _switched(port).tagged))
    return None


@PORT("port trunk allow-pass vlan ...", "port hybrid tagged vlan ...")
def _tagged(port: PortSketch, _: Command, *words: str) -> Outcome:
    numbers = set(range(1, 4095)) if words == ("all",) else spread(words)
    held = _switched(port)
    port.put(switched=Switched(held.untagged, held.tagged | numbers))
    return None


@PORT("undo port trunk allow-pass vlan 1")
def _not_one(port: PortSketch, _: Command) -> Outcome:
    held = _switched(port)
    port.put(switched=Switched(0 if held.untagged == 1 else held.untagged, held.tagged - {1}))
    return None


@PORT("port hybrid untagged vlan {#}")
def _plain(port: PortSketch, _: Command, number: str) -> Outcome:
    if _switched(port).untagged not in (1, int(number)):
        return NOT_TOLD
    port.put(switched=Switched(int(number), _switched(port).tagged))
    return None


@VLAN("port {} ...")
def _member(_: Draft, __: Command, *___: str) -> Outcome:
    return Leave(Message("ports that a VLAN names are not in the model"), "routes")


VLAN.weak("mac-limit maximum {#} rate {#} action forward", "mac-limit maximum {#} action forward")
VLAN.weak("description ...", "name ...", "statistics ...", "statistic ...")
PORT.weak("stp edged-port ...", "stp bpdu-filter ...", "stp root-protection", "port-security ...", "mac-limit ...")

# ---- aggregates


@PORT("eth-trunk {#}", "ip-trunk {#}")
def _bundled(port: PortSketch, command: Command, number: str) -> Outcome:
    port.lines["bundle"] = command.line
    port.put(bundle=f"{'Eth' if command.folded[0] == 'eth-trunk' else 'Ip'}-Trunk{number}")
    return None


@PORT("ppp mp {}", "ppp mp {} {}")
def _multilink(port: PortSketch, command: Command, *name: str) -> Outcome:
    """RFC 1990: links that are one."""
    port.lines["bundle"] = command.line
    port.put(bundle=full("".join(name)))
    return None


PORT.weak("discriminator ...", "channel-set ...")
PORT.weak(
    "mode lacp-static",
    "mode lacp",
    "mode manual load-balance",
    "load-balance ...",
    "lacp ...",
    "least active-linknumber ...",
)
PORT.weak("max active-linknumber ...", "max bandwidth-affected-linknumber ...", "mode lacp-dynamic")

# ---- labels


@PORT("mpls")
def _labels(port: PortSketch, _: Command) -> Outcome:
    port.put(mpls=True)
    return None


@PORT("mpls ldp")
def _learns(port: PortSketch, _: Command) -> Outcome:
    port.put(mpls=True, ldp=True)
    return None


PORT.weak("mpls ldp timer ...", "mpls mtu ...", "mpls ldp transport-address ...")
PORT.left(
    L2VPN, "tunnels", "mpls l2vc ...", "l2 binding ...", "bridge-domain ...", "encapsulation ...", "rewrite ...",
    "evpn ...", "esi ...", "ccc ...", "mpls l2vpn ...", "ve-group ...", "e-trunk ...", "service-point ...",
)  # fmt: skip

# ---- filters, tunnels


@PORT("traffic-filter {inbound|outbound} acl {}", "traffic-filter {inbound|outbound} acl name {}")
def _filter(port: PortSketch, command: Command, direction: str, name: str) -> Outcome:
    return ports.bound(port, command, name, direction)


@PORT("traffic-filter {inbound|outbound} acl ipv6 {}", "traffic-filter {inbound|outbound} ipv6 acl {}")
def _filter6(port: PortSketch, _command: Command, direction: str, name: str) -> Outcome:
    port.filter(f"{'in' if direction == 'inbound' else 'out'}6", f"ipv6 {name}")
    return None


@PORT("traffic-policy {} {inbound|outbound}", "traffic-policy {} {inbound|outbound} link-layer|all-layer|ip-layer")
def _policy(port: PortSketch, command: Command, name: str, direction: str) -> Outcome:
    port.lines[f"policy {direction}"] = command.line
    port.said.setdefault("policies", {})[direction] = name
    return None


_PROTOCOLS: Final = {
    ("gre",): "gre", ("ipv4-ipv4",): "ipip", ("ipv6-ipv4",): "ip6ip", ("ipv4-ipv6",): "ipip6", ("ipv6-ipv6",): "ip6ip6",
}  # fmt: skip


@PORT("tunnel-protocol gre ipv6")
def _gre6(port: PortSketch, _: Command) -> Outcome:
    port.tunnel["protocol"] = "gre"
    return None


@PORT("tunnel-protocol ipv6-ipv4 6to4")
def _6to4(port: PortSketch, _: Command) -> Outcome:
    """RFC 3056: the far end stands in the packet's own destination."""
    port.tunnel.update(protocol="6to4", destination=None)
    return None


@PORT("tunnel-protocol {gre|ipv4-ipv4|ipv6-ipv4|ipv4-ipv6|ipv6-ipv6}")
def _protocol(port: PortSketch, _: Command, name: str) -> Outcome:
    port.tunnel["protocol"] = _PROTOCOLS[(name,)]
    return None


@PORT("ipsec policy {}")
def _ipsec(port: PortSketch, command: Command, name: str) -> Outcome:
    port.put(ipsec=name)
    port.lines["ipsec"] = command.line
    return None


@PORT("nat outbound ...", "nat server ...", "nat static ...")
def _translation(port: PortSketch, command: Command, *_: str) -> Outcome:
    port.add("translations", command.line)
    return None


PORT.weak("static-route timer ...", why=TIMERS)
PORT.weak("binding tunnel ...", why=Message("the board that works on it: packets go the same way"))
PORT.weak("ip netstream ...", "ipv6 netstream ...", why=Message("it measures, or tells neighbours"))
PORT.weak(
    "gre checksum",
    "keepalive ...",
    "keepalive",
    "tunnel pathmtu enable",
    "nat alg ...",
    "link-protocol ...",
    "ppp authentication-mode ...",
    "ppp chap ...",
    "ppp pap ...",
)
PORT.weak(
    "service-manage ...",
    "set public-ip ...",
    "undo service-manage ...",
    "alias ...",
    "mac-address ...",
    "distribute-weight ...",
    "port-mirroring ...",
    "port-observing ...",
)
PORT.weak(
    "statistics ...", "undo portswitch", "cfm ...", "ptp ...", "emdi ...", "ifit ...", "lldp enable", "arp learning ..."
)
PORT.weak("ipv6 mtu ...", "trust ...", "undo trust ...", "diffserv-mode ...", "ntp-service ...")


def completed(draft: Draft) -> None:
    """Put aggregates, tunnels and sub-interfaces together when all ports are known."""
    for port in list(draft.ports.values()):
        bundle = port.said.pop("bundle", None)
        if bundle is not None:
            master = draft.ports.get(bundle)
            if master is None:
                draft.ledger.leave(port.lines["bundle"], Message("the aggregate is not defined"))
            else:
                master.add("members", port.name)
        ports.finished(draft, port)
        if port.get("kind") is PortKind.SUB and port.get("addresses") and not port.get("vlan"):
            draft.ledger.leave(port.get("line"), Message("the sub-interface has no single tag"), "routes")
