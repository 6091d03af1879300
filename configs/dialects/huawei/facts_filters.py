"""Packet filters and ports: what is permitted, what is bound to nothing, what can never match."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.facts import controls, judging
from configs.meaning.filters import denies_the_rest, permits_everything
from inventory.text import mark

if TYPE_CHECKING:
    from configs.dialects.huawei.filters import AccessList, Binding, Key, PolicyRule
    from configs.reading import Command, Reading, Sheet


def permits(
    sheet: Sheet,
    reading: Reading,
    lists: dict[Key, AccessList],
    bound: tuple[Binding, ...],
    policy: list[PolicyRule],
) -> None:
    """`any_any_permit_applied`."""
    found: list[Command | int] = []
    filtering = [binding for binding in bound if binding.kind == "interface"]
    for binding in filtering:
        entry = lists.get(binding.key)
        open_rule = permits_everything(entry.rules) if entry else None
        if open_rule is not None:
            found += [open_rule.line, binding.command]
    for rule in policy:
        if rule.permit and rule.disabled is None and rule.any_any and rule.action is not None:
            found += [rule.command, rule.action]
    for section in reading.find("security-policy"):
        found += [command for command in section.find("default", "action") if command.has("permit")]
    found += [command for command in reading.on("firewall", "packet-filter", "default") if command.has("permit")]
    sheet.weighed(
        "any_any_permit_applied",
        found,
        [
            *(binding.command for binding in filtering),
            *(rule.command for rule in policy),
            *_idle_rules(lists, filtering),
        ],
        why=mark("this rule permits anything and is in force"),
        sound_why=mark("no rule in force permits anything"),
        absent_why=mark("no filter is bound to an interface or a zone"),
    )

    _deciding(sheet, reading, lists, filtering, policy)


def _deciding(
    sheet: Sheet, reading: Reading, lists: dict[Key, AccessList], filtering: list[Binding], policy: list[PolicyRule]
) -> None:
    """`no_access_rules`: a list on an interface lets pass what no rule takes, a policy between zones denies it."""
    closed = [one.command for one in filtering if one.key in lists and denies_the_rest(lists[one.key].rules)]
    weak = [one.command for one in filtering if one.command not in closed]
    rules = [rule.command for rule in policy if rule.disabled is None]
    controls.put(
        sheet, "no_access_rules", weak=() if rules else weak, sound=[*rules, *closed],
        lacking=bool(reading.find("interface")),
    )  # fmt: skip


def _idle_rules(lists: dict[Key, AccessList], filtering: list[Binding]) -> list[int]:
    """Rules that permit anything in lists that filter no packets."""
    used = {binding.key for binding in filtering}
    rules = [permits_everything(entry.rules) for key, entry in lists.items() if key not in used]
    return [rule.line for rule in rules if rule is not None]


def hygiene(sheet: Sheet, lists: dict[Key, AccessList], bound: tuple[Binding, ...], rules: list[PolicyRule]) -> None:
    """`acl_applied_undefined`, `acl_disabled_rule`."""
    sheet.weighed(
        "acl_applied_undefined",
        [binding.command for binding in bound if binding.key not in lists],
        [binding.command for binding in bound],
        why=mark("the list that is bound here is not defined"),
        sound_why=mark("every list that is bound is defined"),
        absent_why=mark("no access list is bound"),
    )
    sheet.weighed(
        "acl_disabled_rule",
        [line for rule in rules if rule.disabled is not None for line in (rule.command, rule.disabled)],
        (),
        why=mark("the rule is kept but disabled"),
        sound_why="",
        absent_why=mark("no rule is disabled"),
    )


_UNTRUSTED = re.compile(r"untrust|internet|wan|outside", re.IGNORECASE)
_WEB = (("web-manager", "enable"), ("web-manager", "security", "enable"))
_SERVICE_SWITCHES = {
    "telnet": (("telnet", "server", "enable"), ("telnet", "ipv4", "server", "enable")),
    "ssh": (("stelnet", "server", "enable"), ("ssh", "server", "enable"), ("stelnet", "ipv4", "server", "enable")),
    "snmp": (("snmp-agent",),),
}


def untrusted(sheet: Sheet, reading: Reading) -> None:
    """`mgmt_service_on_untrust`."""
    zones = [zone for zone in reading.find("firewall", "zone") if not zone.negated]
    if not zones:
        sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))
        return
    outside = {
        "".join(member.folded[2:])
        for zone in zones
        if _UNTRUSTED.search(" ".join(zone.words[2:]))
        for member in zone.find("add", "interface")
    }
    permitted = [
        command
        for interface in reading.find("interface")
        if "".join(interface.folded[1:]) in outside
        for command in interface.find("service-manage")
        if not command.negated and command.has("permit") and command.folded[1] not in ("ping", "permit")
    ]
    found = [command for command in permitted if _served(reading, command.folded[1])]
    if found:
        sheet.line("mgmt_service_on_untrust", True, found, mark("the service is permitted on an untrusted interface"))
    elif permitted:
        sheet.line(
            "mgmt_service_on_untrust",
            False,
            permitted,
            mark("the service is permitted on an untrusted interface, and the device does not serve it"),
        )
    else:
        sheet.absent(
            "mgmt_service_on_untrust", False, mark("no management service is permitted on an untrusted interface")
        )


def _served(reading: Reading, service: str) -> bool:
    """Whether a service that an interface permits is served at all. The web server of a USG is on by default."""
    switches = _SERVICE_SWITCHES.get(service)
    if switches is None:
        off = [reading.find(*words) for words in _WEB]
        return service not in ("http", "https") or not all(found and found[-1].negated for found in off)
    return any((command := reading.switch(*words)) is not None and not command.negated for words in switches)


_PHYSICAL = re.compile(r"(gigabitethernet|xgigabitethernet|ethernet|ge|xge|10ge|25ge|40ge|100ge)\d", re.IGNORECASE)
# Lines that say nothing about a port's use.
_IDLE_WORDS = frozenset({"shutdown", "negotiation", "speed", "duplex", "stp", "lldp", "ndp"})


def ports(sheet: Sheet, reading: Reading) -> None:
    """`unused_ports_up`."""
    ports = [
        interface
        for interface in reading.find("interface")
        if len(interface.words) > 1 and _PHYSICAL.match("".join(interface.words[1:])) and "." not in interface.words[-1]
    ]
    inside = reading.inside("interface")
    busy = {interface.line for word in inside.words - _IDLE_WORDS for interface, _ in inside.on(word)}
    used = {
        "".join(member.folded[2:])
        for zone in reading.find("firewall", "zone")
        for member in zone.find("add", "interface")
    }
    used |= judging.parents(reading.find("interface"))
    # Members of a trunk that names them, and ports given to a virtual system.
    used |= {"".join(one.folded[1:]) for one in reading.on("trunkport")}
    used |= {"".join(one.folded[2:]) for one in reading.on("assign", "interface")}
    idle = [port for port in ports if port.line not in busy and "".join(port.folded[1:]) not in used]
    down = inside.having("shutdown")
    judging.ports(sheet, [port for port in idle if port.line not in down], idle, seen=bool(ports))
