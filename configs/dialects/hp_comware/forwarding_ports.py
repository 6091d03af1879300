"""Ports of Comware: kinds, link modes, tagged sub-interfaces, switched ports, aggregates, filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.dialects.hp_comware.forwarding_weak import ADMISSION
from configs.forwarding.draft import Draft, PortSketch, spread
from configs.forwarding.model import PortKind, Switched
from configs.forwarding.phrases import Leave, Phrases
from configs.forwarding.undo_family import ports
from configs.forwarding.undo_family.common import L2VPN, NEGATION, NOT_TOLD
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

PORT: Final = Phrases(NEGATION, ports.PORT)
VLAN: Final = Phrases(NEGATION)
_KINDS: Final = (
    ("loopback", PortKind.LOOPBACK), ("vlan-interface", PortKind.VLAN), ("bridge-aggregation", PortKind.AGGREGATE),
    ("route-aggregation", PortKind.AGGREGATE), ("tunnel", PortKind.TUNNEL), ("null", PortKind.NULL),
)  # fmt: skip
_MODES: Final = {"gre": "gre", "ipv4-ipv4": "ipip", "ipv6-ipv4": "ip6ip", "ipv4": "ipip", "ipv6": "ip6ip6"}


def begun(draft: Draft, command: Command, words: tuple[str, ...]) -> PortSketch | Leave:
    """The port of an `interface` line, or why it is left."""
    rest = list(words)
    mode = ""
    if "mode" in rest:
        mode, rest = " ".join(rest[rest.index("mode") + 1 :]), rest[: rest.index("mode")]
    if rest[0].lower() == "range":
        return NOT_TOLD
    name = "".join(rest)
    low = name.lower()
    if low.startswith(("vsi-interface", "virtual-template", "dialer", "ve-l")):
        return Leave(L2VPN, "tunnels")
    if mode and mode not in _MODES:
        return Leave(Message("tunnels of this kind are not in the model"), "tunnels")
    port = draft.ports.get(name) or _new(draft, name, command.line)
    if mode:
        port.tunnel["protocol"] = _MODES[mode]
    return port


def _new(draft: Draft, name: str, line: int) -> PortSketch:
    low = name.lower()
    parent, dot, _ = name.rpartition(".")
    kind = next((kind for prefix, kind in _KINDS if low.startswith(prefix)), PortKind.PHYSICAL)
    port = draft.ports[name] = PortSketch(name, PortKind.SUB if dot else kind, line)
    if dot:
        port.put(parent=parent)
    elif kind is PortKind.VLAN:
        port.put(vlan=int(low.removeprefix("vlan-interface")))
    elif low.startswith("bridge-aggregation"):
        port.put(switched=Switched())
    return port


@PORT("vlan-type dot1q vid {#}", "vlan-type dot1q vid {#} second-dot1q {#}")
def _tag(port: PortSketch, _: Command, outer: str, inner: str = "0") -> Outcome:
    if port.get("vlan"):
        return NOT_TOLD
    port.put(vlan=int(outer), inner=int(inner))
    return None


def _switched(port: PortSketch) -> Switched:
    return port.get("switched") or Switched()


@PORT("port link-mode {bridge|route}")
def _mode(port: PortSketch, _: Command, mode: str) -> Outcome:
    port.put(switched=_switched(port) if mode == "bridge" else None)
    return None


@PORT("port link-type {access|trunk|hybrid}")
def _type(port: PortSketch, _: Command, __: str) -> Outcome:
    # A trunk lets VLAN 1 pass without a tag, as an access port does.
    port.put(switched=_switched(port))
    return None


@PORT("port access vlan {#}", "port trunk pvid vlan {#}", "port hybrid pvid vlan {#}")
def _untagged(port: PortSketch, command: Command, number: str) -> Outcome:
    held = _switched(port)
    port.said["pvid"] = int(number)
    if command.folded[1] == "access" or int(number) in held.tagged:
        port.put(switched=Switched(int(number), held.tagged - {int(number)}))
    else:
        port.put(switched=Switched(0, held.tagged))
    return None


@PORT("port trunk permit vlan ...", "port hybrid vlan ...")
def _tagged(port: PortSketch, command: Command, *words: str) -> Outcome:
    low = [word.lower() for word in words]
    if low[-1] == "untagged":
        numbers = spread(words[:-1])
        if len(numbers) > 1:
            return NOT_TOLD
        port.put(switched=Switched(numbers.pop(), _switched(port).tagged))
        return None
    numbers = set(range(1, 4095)) if low == ["all"] else spread(words[:-1] if low[-1] == "tagged" else words)
    held = _switched(port)
    native = port.said.get("pvid", held.untagged)
    untagged = native if native in numbers and command.folded[1] == "trunk" else held.untagged
    port.put(switched=Switched(untagged, held.tagged | (numbers - {untagged})))
    return None


@PORT("undo port trunk permit vlan 1")
def _not_one(port: PortSketch, _: Command) -> Outcome:
    held = _switched(port)
    port.put(switched=Switched(0 if held.untagged == 1 else held.untagged, held.tagged - {1}))
    return None


@PORT("port link-aggregation group {#}", "port link-aggregation group {#} ...")
def _bundled(port: PortSketch, command: Command, number: str, *_: str) -> Outcome:
    port.lines["bundle"] = command.line
    port.said["bundle"] = number
    return None


@PORT("packet-filter {} {inbound|outbound}", "packet-filter name {} {inbound|outbound}")
def _filter(port: PortSketch, command: Command, name: str, direction: str) -> Outcome:
    return ports.bound(port, command, name, direction)


@PORT("packet-filter ipv6 {} {inbound|outbound}", "packet-filter ipv6 name {} {inbound|outbound}")
def _filter6(port: PortSketch, command: Command, name: str, direction: str) -> Outcome:
    way = "in6" if direction == "inbound" else "out6"
    port.lines[f"filter {way}"] = command.line
    port.filter(way, name)
    return None


@PORT("nat outbound ...", "nat server ...", "nat static enable", "nat static ...", "nat outbound")
def _translation(port: PortSketch, command: Command, *_: str) -> Outcome:
    if command.folded[1:] == ("static", "enable"):
        port.put(side="outside")
    else:
        port.add("translations", command.line)
    return None


@PORT("mpls enable", "mpls ldp enable")
def _labels(port: PortSketch, command: Command) -> Outcome:
    port.put(mpls=True)
    if command.folded[1] == "ldp":
        port.put(ldp=True)
    return None


PORT.weak(
    "combo ...", "link-aggregation mode ...", "link-delay ...", "broadcast-suppression ...", "dldp ...", "stp ...",
    "undo stp ...",
    "ip last-hop ...", "arp ...", "tcp mss ...", "qos trust ...", "qos priority ...", "loopback-detection ...",
    "undo mac-address ...", "port bridge ...",
    "ntp-service ...", "undo mad ...", "mad ...", "poe ...", "manage ...", "keepalive", "keepalive ...",
    "ospf timer poll ...",
)  # fmt: skip
PORT.left(L2VPN, "tunnels", "xconnect ...", "service-instance ...", "l2vpn ...", "ac ...")
PORT.left(ADMISSION, "filters", "dot1x", "dot1x ...", "mac-authentication", "mac-authentication ...")


@VLAN("port {}", "port {} {}")
def _member(draft: Draft, command: Command, *words: str) -> Outcome:
    """An access port that a VLAN names."""
    name = "".join(words)

    number = draft.store.get("vlan", {}).get("open", 0)
    if not isinstance(number, int) or not number:
        return NOT_TOLD
    access = number

    def finish() -> None:
        port = draft.ports.get(name)
        if port is None:
            draft.ledger.leave(command.line, Message("the port is not defined"), "routes")
        else:
            port.put(switched=Switched(access, _switched(port).tagged))

    draft.later.append(finish)
    return None


@VLAN("port ...")
def _members(_: Draft, __: Command, *___: str) -> Outcome:
    return NOT_TOLD


VLAN.weak("description ...", "name ...", "arp ...")


def completed(draft: Draft) -> None:
    """Put aggregates and tunnels together when all ports are known."""
    for port in list(draft.ports.values()):
        port.said.pop("pvid", None)
        number = port.said.pop("bundle", None)
        if number is not None:
            names = (f"Bridge-Aggregation{number}", f"Route-Aggregation{number}")
            master = next((draft.ports[name] for name in names if name in draft.ports), None)
            if master is None:
                draft.ledger.leave(port.lines["bundle"], Message("the aggregate is not defined"))
            else:
                master.add("members", port.name)
        ports.finished(draft, port)
        if port.get("kind") is PortKind.SUB and port.get("addresses") and not port.get("vlan"):
            draft.ledger.leave(port.get("line"), Message("the sub-interface has no single tag"), "routes")
