"""Ports of the languages with `undo`: addresses, VRFs, VRRP, filters, tunnels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from configs.forwarding.draft import Draft, PortSketch, address, interface
from configs.forwarding.model import Gre, Track
from configs.forwarding.phrases import Phrases
from configs.forwarding.undo_family import isis, ospf, rip
from configs.forwarding.undo_family.common import BFD, MULTICAST, NEGATION, NOT_TOLD, TE, TIMERS
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

PORT: Final = Phrases(NEGATION, ospf.PORT, isis.PORT, rip.PORT)


@PORT("ip address {} {}", "ip address {} {} sub", "ip address {} {} secondary", "ip address {}")
def _address(port: PortSketch, _: Command, *words: str) -> Outcome:
    if len(words) == 1 and "/" not in words[0]:
        raise ValueError(words[0])
    port.add("addresses", interface(*words))
    return None


@PORT("ipv6 address {}", "ipv6 address {} {#}")
def _address6(port: PortSketch, _: Command, *words: str) -> Outcome:
    port.add("addresses", interface(*words))
    return None


@PORT("ipv6 enable", "ipv6 address auto link-local")
def _ipv6(port: PortSketch, _: Command) -> Outcome:
    port.put(ipv6=True)
    return None


@PORT("ipv6 address {} link-local")
def _link_local(port: PortSketch, _: Command, text: str) -> Outcome:
    port.add("addresses", interface(f"{text}/64"))
    return None


@PORT("ip address unnumbered interface {}", "ip address unnumbered interface {} {}")
def _borrows(port: PortSketch, _: Command, *name: str) -> Outcome:
    port.put(borrows="".join(name))
    return None


@PORT("ip binding vpn-instance {}")
def _vrf(port: PortSketch, _: Command, name: str) -> Outcome:
    port.put(vrf=name)
    return None


@PORT("shutdown", "undo shutdown")
def _shut(port: PortSketch, command: Command) -> Outcome:
    port.put(up=command.negated)
    return None


@PORT("mtu {#}", "ip mtu {#}")
def _mtu(port: PortSketch, _: Command, value: str) -> Outcome:
    port.put(mtu=int(value))
    return None


# ---- VRRP (RFC 5798)


@PORT("vrrp vrid {#} virtual-ip {}", "vrrp ipv6 vrid {#} virtual-ip {}", "vrrp6 vrid {#} virtual-ip {}")
@PORT("vrrp6 vrid {#} virtual-ip {} link-local", "vrrp ipv6 vrid {#} virtual-ip {} link-local")
def _virtual(port: PortSketch, command: Command, number: str, text: str) -> Outcome:
    found = address(text)
    group = _group(port, command, number)
    link_local = found.version == 6 and found.is_link_local
    held = group.get("addresses", ())
    group.put(addresses=(found, *held) if link_local else (*held, found))
    return None


def _group(port: PortSketch, command: Command, number: str) -> Any:
    version = 6 if command.folded[0] == "vrrp6" or command.folded[1] == "ipv6" else 4
    return port.group(int(number), command.line, version)


@PORT("vrrp|vrrp6 vrid {#} priority {#}", "vrrp ipv6 vrid {#} priority {#}")
def _priority(port: PortSketch, command: Command, number: str, value: str) -> Outcome:
    _group(port, command, number).put(priority=int(value))
    return None


@PORT("vrrp|vrrp6 vrid {#} preempt-mode disable", "vrrp ipv6 vrid {#} preempt-mode disable")
def _patient(port: PortSketch, command: Command, number: str) -> Outcome:
    _group(port, command, number).put(preempt=False)
    return None


@PORT("undo vrrp|vrrp6 vrid {#} preempt-mode")
def _patient_too(port: PortSketch, command: Command, number: str) -> Outcome:
    return _patient(port, command, number)


@PORT("vrrp|vrrp6 vrid {#} track interface {} ...")
def _track(port: PortSketch, command: Command, number: str, *words: str) -> Outcome:
    rest = list(words)
    name = rest.pop(0)
    if rest and not rest[0].isalpha():
        name += rest.pop(0)
    if rest[:1] in ([], ["reduced"]) and len(rest) in (0, 2):
        reduced = int(rest[1]) if rest else 10
        _group(port, command, number).add("tracks", Track(name, reduced, command.line))
        return None
    return NOT_TOLD


@PORT("vrrp vrid {#} version-3", "vrrp version v3")
def _version(_: PortSketch, __: Command, *___: str) -> Outcome:
    return NOT_TOLD


PORT.weak(
    "vrrp|vrrp6 vrid {#} preempt-mode timer delay {#}", "vrrp|vrrp6 vrid {#} preempt-mode delay {#}",
    "vrrp|vrrp6 vrid {#} timer ...", "vrrp|vrrp6 recover-delay {#}", "vrrp|vrrp6 vrid {#} preempt-mode",
    "vrrp ipv6 vrid {#} preempt-mode ...", why=TIMERS,
)  # fmt: skip

# ---- filters


def bound(port: PortSketch, command: Command, name: str, direction: str) -> Outcome:
    """A rule set on a port; a second one of the same direction is not told."""
    way = "in" if direction == "inbound" else "out"
    held = port.get("filters", {})
    if way in held:
        return NOT_TOLD
    port.filter(way, name)
    port.lines[f"filter {way}"] = command.line
    return None


# ---- tunnels


@PORT("source {}", "source {} {}")
def _source(port: PortSketch, _: Command, *name: str) -> Outcome:
    port.tunnel["source"] = "".join(name)
    return None


@PORT("destination {}", "destination vpn-instance {} {}")
def _destination(port: PortSketch, _: Command, *words: str) -> Outcome:
    port.tunnel["destination"] = address(words[-1])
    if len(words) > 1:
        port.tunnel["vrf"] = words[0]
    return None


def finished(draft: Draft, port: PortSketch) -> None:
    """Put the tunnel of a port together."""
    if port.get("kind") != "tunnel":
        return
    told = port.tunnel
    if told.get("protocol") in ("gre", "ipip", "ip6ip", "ip6ip6", "ipip6", "6to4") and {"source", "destination"} <= told.keys():
        port.put(tunnel=Gre(**told))
    elif told.get("protocol") is None and port.said.get("line"):
        draft.ledger.leave(port.said["line"], Message("the tunnel has no protocol"), "tunnels")
    elif told.get("protocol") != "te":
        draft.ledger.leave(port.said["line"], Message("the tunnel lacks an end"), "tunnels")


PORT.weak(
    "description ...", "undo dcn", "dcn", "negotiation ...", "undo negotiation auto", "speed ...", "duplex ...",
    "carrier ...", "port-queue ...", "clock ...", "undo icmp ...", "statistic enable ...", "statistic enable", "set flow-stat ...",
    "trust ...", "loopback-detect ...", "lldp ...", "undo lldp ...", "arp expire-time ...", "mac-address limit ...",
    "undo icmp redirect send", "bandwidth ...", "log-threshold ...", "trap-threshold ...", "link-flap ...", "negotiation auto",
    "control-flap", "undo enable snmp trap updown", "enable snmp trap updown", "ipv6 nd dad ...", "arp detect ...",
)  # fmt: skip
PORT.weak("bfd ...", "ip fast-reroute ...", "ospf|ospfv3 frr ...", "isis lfa-backup ...", why=BFD)
PORT.left(
    MULTICAST, "multicast", "pim ...", "igmp ...", "mld ...", "multicast ...", "bier ...", "mldp ...", "igmp-snooping ..."
)
# Without a tunnel nobody uses it; tunnels are left by themselves.
_TUNNELS = Message("only tunnels use it, which are left")
PORT.weak(
    "mpls te", "mpls rsvp-te", "mpls rsvp-te ...", "mpls te bandwidth ...", "mpls te link ...", "mpls te metric ...",
    why=_TUNNELS,
)
PORT.left(TE, "tunnels", "mpls te ...", "te ...", "tunnel-protocol mpls te")
