"""Packet filters and ports: what is permitted, what is bound to nothing, what can never match."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.facts import controls, judging
from configs.meaning.filters import permits_everything
from inventory.text import mark

if TYPE_CHECKING:
    from configs.meaning.no_lists import AccessList, Binding
    from configs.reading import Command, Reading, Sheet


def access_lists(sheet: Sheet, reading: Reading, lists: dict[str, AccessList], bound: tuple[Binding, ...]) -> None:
    """`any_any_permit_applied`, `acl_applied_undefined`, `acl_disabled_rule`."""
    everything: list[Command | int] = []
    interfaces = [binding for binding in bound if binding.kind == "interface"]
    for binding in interfaces:
        entry = lists.get(binding.name)
        rule = permits_everything(entry.rules) if entry else None
        if rule is not None:
            everything += [rule.line, binding.command]
    sheet.weighed(
        "any_any_permit_applied",
        everything,
        [*(binding.command for binding in interfaces), *_idle_rules(lists, interfaces)],
        why=mark("the list permits any packet and is bound here"),
        sound_why=mark("no list that is bound to an interface permits any packet"),
        absent_why=mark("no access list is bound to an interface"),
    )
    controls.put(
        sheet, "no_access_rules", sound=[*(one.command for one in interfaces), *reading.on("zone-pair")],
        lacking=bool(reading.find("interface")),
    )  # fmt: skip
    sheet.weighed(
        "acl_applied_undefined",
        [binding.command for binding in bound if binding.name not in lists],
        [binding.command for binding in bound],
        why=mark("the list that is bound here is not defined"),
        sound_why=mark("every list that is bound is defined"),
        absent_why=mark("no access list is bound"),
    )
    written = (*reading.find("access-list"), *reading.find("ip", "access-list")) if reading.says("inactive") else ()
    sheet.weighed(
        "acl_disabled_rule",
        [one for command in written for one in (command, *command.inside) if one.folded[-1] == "inactive"],
        (),
        why=mark("the rule is kept but inactive"),
        sound_why="",
        absent_why=mark("no rule is inactive"),
    )


def _idle_rules(lists: dict[str, AccessList], interfaces: list[Binding]) -> list[int]:
    """Rules that permit anything in lists that are bound to no interface."""
    used = {binding.name for binding in interfaces}
    rules = [permits_everything(entry.rules) for name, entry in lists.items() if name not in used]
    return [rule.line for rule in rules if rule is not None]


_PHYSICAL = re.compile(
    r"(?:[a-z-]*gig(?:abit)?|fast)?(?:ethernet|eth|e)\d|(?:fa|gi|te)\d|serial\d[^:]*$", re.IGNORECASE
)
# Lines that say nothing about a port's use.
_IDLE_WORDS = frozenset({"shutdown", "duplex", "speed", "negotiation", "mop", "switchport", "media-type", "ip", "cdp"})
_IDLE_ALONE = ("switchport", "ip")  # only without any other word


def ports(sheet: Sheet, reading: Reading) -> None:
    """`unused_ports_up`."""
    ports = [
        interface
        for interface in reading.top  # routing protocols name interfaces too
        if interface.folded[0] == "interface"
        and len(interface.words) > 1
        and _PHYSICAL.match("".join(interface.words[1:]))
        and "." not in interface.words[-1]
    ]
    used = judging.parents(reading.find("interface"))
    used |= {"".join(one.folded[5:]) for one in reading.on("monitor", "session") if one.has("interface")}
    inside = reading.inside("interface")
    busy = {interface.line for word in inside.words - _IDLE_WORDS for interface, _ in inside.on(word)}
    busy |= {interface.line for word in _IDLE_ALONE for interface, one in inside.on(word) if len(one.folded) > 1}
    idle = [port for port in ports if port.line not in busy and "".join(port.folded[1:]) not in used]
    down = inside.having("shutdown")
    judging.ports(sheet, [port for port in idle if port.line not in down], idle, seen=bool(ports))
