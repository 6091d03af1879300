"""What a TOS configuration makes the firewall do with packets: ports, areas, routes, policies, NAT.

Forms as the line shapes that public converters, generators and notes show; no vendor manual was available, so what is not
among them is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.dialects.topsec import meaning, objects, rule_sets
from configs.forwarding import settling
from configs.forwarding.draft import Draft, PortSketch, address, interface, network
from configs.forwarding.model import PortKind, Static
from configs.forwarding.phrases import NO_EFFECT, UNKNOWN, UNREADABLE, Leave, Outcome
from configs.reading import Reading
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding
    from configs.tree import Tree

_WEAK: Final = (
    ("system",), ("pf",), ("log",), ("snmp",), ("ntp",), ("user",), ("auth",), ("webui",), ("network", "dns"), ("network", "arp"), ("network", "hostname"),
    ("define", "schedule"), ("save",), ("exit",), ("end",), ("help",), ("alarm",), ("report",), ("ids",), ("statistics",), ("debug",), ("date",),
)  # fmt: skip
_OBJECTS: Final = ("area", "host", "subnet", "range", "group_address", "service", "group_service", "mac")


def read(tree: Tree, platform: str = "topsec_tos", name: str = "") -> Forwarding:
    """The device that a text describes."""
    reading = Reading(tree, "no", lambda _: False)
    draft = Draft()
    known = {one.line for one in objects.read(tree)}
    for command in objects.read(tree):
        try:
            outcome = _command(draft, command)
        except ValueError:
            outcome = Leave(UNREADABLE)
        draft.ledger.note(command.line, outcome)
    for command in reading.all:
        if command.line not in known and command.inside:
            draft.ledger.note(command.line, None)  # a submode: its lines are commands with its words
    for command in objects.read(tree):
        if command.starts("define", "area", "add"):
            for port in command.values("attribute"):
                found = draft.ports.get(port)
                if found is None:
                    draft.ledger.leave(command.line, Message("the port is not defined"), "filters")
                else:
                    found.put(zone=command.value("name"))
    settling.filters(draft, rule_sets.read(tree))
    found_ = meaning.read(tree)
    settling.translations(draft, found_.translations, found_.pools, found_.unread)
    return draft.done(platform, reading.all, name)


def _command(draft: Draft, command: objects.Command) -> Outcome:
    words = command.words
    if any(words[: len(head)] == head for head in _WEAK):
        return NO_EFFECT
    if command.owner:
        return Leave(Message("virtual systems are not in the model"), "routes")
    if words[:2] == ("network", "interface") and len(words) > 3:
        return _port(draft, command)
    if words[:3] == ("network", "route", "add"):
        return _route(draft, command)
    if words[:1] == ("define",) and words[1:2] and words[1] in _OBJECTS and words[2:3] == ("add",):
        return None
    if words[1:3] == ("policy", "add") and words[0] in ("firewall", "firewall6", "nat"):
        draft.store.setdefault("translations" if words[0] == "nat" else "rules", {})[str(command.line)] = True
        return Leave(UNREADABLE, "translations" if words[0] == "nat" else "filters")  # settled at the end
    return Leave(UNKNOWN)


def _port(draft: Draft, command: objects.Command) -> Outcome:
    name, what, *rest = command.words[2:]
    parent, dot, tag = name.rpartition(".")
    kind = PortKind.SUB if dot else PortKind.LOOPBACK if name.startswith("lo") else PortKind.VLAN if name.startswith("vlan.") else PortKind.PHYSICAL
    port = draft.ports.setdefault(name, PortSketch(name, kind, command.line))
    if kind is PortKind.SUB and tag.isdecimal():
        port.put(parent=parent, vlan=int(tag))
    if what == "ip" and rest[:1] == ["add"]:
        mask = command.value("mask")
        port.add("addresses", interface(rest[1], mask) if mask else interface(rest[1]))
        return None
    if what in ("shutdown", "no"):
        port.put(up=what == "no")
        return None
    if what == "mtu" and rest:
        port.put(mtu=int(rest[0]))
        return None
    if what in ("description", "speed", "duplex", "allow", "comment"):
        return NO_EFFECT
    return Leave(UNKNOWN)


def _route(draft: Draft, command: objects.Command) -> Outcome:
    known = {"dst", "gw", "dev", "metric", "mask", "id"}
    if {word for word in command.words[3::2]} - known:
        return Leave(Message("this form of the command is not in the model"), "routes")
    gateway, metric = command.value("gw"), command.value("metric")
    prefix = network(command.value("dst"), command.value("mask")) if command.value("mask") else network(command.value("dst"))
    distance = int(metric) if metric else None
    via = address(gateway) if gateway else None
    draft.statics.append(Static(prefix, via, command.value("dev"), "", None, distance, 0, command.line))
    return None
