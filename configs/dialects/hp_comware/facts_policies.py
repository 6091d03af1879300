"""Packet filters, policies between zones, and ports: what is permitted, bound to nothing, or never matches.

Forms as in `filters.py`; Comware 5's policies between zones (`interzone source A destination B`) have rules with
`source-address`, `destination-address`, `service` and are off until `rule enable`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.hp_comware import rule_sets
from configs.dialects.hp_comware.facts_lists import bindings
from configs.facts import controls, judging
from configs.facts.judging import Filtering
from configs.meaning.filters import denies_the_rest, permits_everything
from configs.rulesets import facts as rule_facts
from inventory.text import mark

if TYPE_CHECKING:
    from configs.dialects.hp_comware.facts_lists import Lists
    from configs.reading import Command, Reading, Sheet
    from configs.tree import Tree

# What a rule of a policy asks for, besides zones.
_ASKED = ("source-ip", "destination-ip", "service", "application", "app-group", "user", "user-group", "time-range",
          "url-category", "vrf", "terminal", "source-mac", "source-location", "destination-location")  # fmt: skip
_ANY = frozenset({"any", "any_address", "any_service"})


def read(sheet: Sheet, tree: Tree, reading: Reading, lists: Lists) -> None:
    """The facts about filters, `mgmt_service_on_untrust` and `unused_ports_up`."""
    found = Filtering()
    filtering = {key for kind, key, _ in bindings(reading) if kind == "packets"}
    idle = [permits_everything(rules) for key, rules in lists.rules.items() if key not in filtering]
    found.bound += [rule.line for rule in idle if rule is not None]
    for kind, key, command in bindings(reading):
        rules = lists.rules.get(key)
        (found.used if rules is not None else found.undefined).append(command)
        if kind == "packets":
            found.bound.append(command)
            rule = permits_everything(rules or ())
            if rule is not None:
                found.everything += [rule.line, command]
    policed = len(found.bound)
    _security_policies(reading, found)
    _object_policies(reading, found)
    _interzones(reading, found)
    active = [one for one in found.bound[policed:] if one not in found.disabled]
    _deciding(sheet, reading, lists, active)
    judging.filters(sheet, found)
    rule_facts.put(sheet, rule_sets.of(tree, reading, lists))
    _untrusted(sheet, reading)
    _ports(sheet, reading)


def _deciding(sheet: Sheet, reading: Reading, lists: Lists, policies: list[judging.Line]) -> None:
    """`no_access_rules`: a filter on an interface lets pass what no rule takes, unless a line turns that round."""
    denied = any(one.folded[1:3] == ("default", "deny") for one in reading.on("packet-filter"))
    bound = [(key, one) for kind, key, one in bindings(reading) if kind == "packets"]
    closed = [one for key, one in bound if denied or denies_the_rest(lists.rules.get(key, ()))]
    weak = [one for _, one in bound if one not in closed]
    controls.put(
        sheet, "no_access_rules", weak=() if policies else weak, sound=[*policies, *closed],
        lacking=bool(reading.find("interface")),
    )  # fmt: skip


def _security_policies(reading: Reading, found: Filtering) -> None:
    for policy in reading.on("security-policy"):
        for rule in policy.find("rule"):
            found.bound.append(rule)
            off = [inner for inner in rule.inside if inner.folded == ("disable",) and not inner.negated]
            if off:
                found.disabled += [rule, *off]
                continue
            actions = [inner for inner in rule.find("action") if not inner.negated]
            limits = [
                inner
                for inner in rule.inside
                if not inner.negated and inner.folded[0].startswith(_ASKED) and _ANY.isdisjoint(inner.folded[1:2])
            ]
            if actions and actions[-1].has("pass") and not limits:
                found.everything += [rule, actions[-1]]


def _object_policies(reading: Reading, found: Filtering) -> None:
    """A policy decides only where a pair of zones applies it."""
    policies = {policy.words[2].lower(): policy for policy in reading.on("object-policy") if len(policy.words) > 2}
    for pair in reading.find("zone-pair"):
        for apply in pair.find("object-policy", "apply"):
            name = apply.folded[-1]
            policy = policies.get(name)
            (found.undefined if policy is None else found.used).append(apply)
            found.bound.append(apply)
            for rule in policy.find("rule") if policy is not None else ():
                if _passes_all(rule):
                    found.everything += [rule, apply]
        for apply in pair.find("packet-filter"):
            found.bound.append(apply)
    for policy in policies.values():
        found.disabled += [rule for rule in policy.find("rule") if rule.has("disable")]


def _passes_all(rule: Command) -> bool:
    words = list(rule.folded[1:])
    words = words[1:] if words and words[0].isdigit() else words
    if not words or words[0] != "pass" or "disable" in words:
        return False
    asked = [after for word, after in zip(words, (*words[1:], ""), strict=True) if word in _ASKED and after not in _ANY]
    return not asked


def _interzones(reading: Reading, found: Filtering) -> None:
    for pair in reading.on("interzone"):
        for rule in pair.find("rule"):
            if rule.folded[1:2] == ("enable",):
                continue
            found.bound.append(rule)
            enabled = any(inner.starts("rule", "enable") and not inner.negated for inner in rule.inside)
            if rule.inside and not enabled:
                found.disabled.append(rule)
                continue
            limits = [
                inner
                for inner in rule.inside
                if inner.folded[0] in ("source-address", "destination-address", "service", "time-range")
                and _ANY.isdisjoint(inner.folded[1:2])
            ]
            if rule.has("permit") and rule.inside and not limits:
                found.everything.append(rule)


_UNTRUSTED = re.compile(r"untrust|internet|wan|outside", re.IGNORECASE)
_MANAGED = frozenset({"http", "https", "ssh", "telnet", "snmp", "netconf-http", "netconf-https", "netconf-ssh"})


def _untrusted(sheet: Sheet, reading: Reading) -> None:
    """`mgmt_service_on_untrust`: `manage SERVICE inbound` on an interface of an outer zone."""
    zones = [
        zone
        for word in ("security-zone", "zone")
        for zone in reading.find(word)
        if not zone.negated and zone.has("name")
    ]
    if not zones:
        sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))
        return
    outside = {
        "".join(member.folded[2:])
        for zone in zones
        if _UNTRUSTED.search(" ".join(zone.words))
        for member in zone.find("import", "interface")
    }
    permitted = [
        command
        for interface in reading.find("interface")
        if "".join(interface.folded[1:]) in outside
        for command in interface.find("manage")
        if not command.negated and command.folded[1:2] and command.folded[1] in _MANAGED and command.has("inbound")
    ]
    found = [command for command in permitted if _served(reading, command.folded[1])]
    local = [rule for policy in reading.on("security-policy") for rule in policy.find("rule") if _opens_local(rule)]
    if found or local:
        sheet.line(
            "mgmt_service_on_untrust",
            True,
            [*found, *local],
            mark("the service is permitted on an untrusted interface"),
        )
    elif permitted:
        sheet.line(
            "mgmt_service_on_untrust", False, permitted,
            mark("the service is permitted on an untrusted interface, and the device does not serve it"),
        )  # fmt: skip
    else:
        sheet.absent(
            "mgmt_service_on_untrust", False, mark("no management service is permitted on an untrusted interface")
        )


_SERVERS = {"http": ("ip", "http", "enable"), "https": ("ip", "https", "enable"), "ssh": ("ssh", "server", "enable"),
            "telnet": ("telnet", "server", "enable")}  # fmt: skip


def _served(reading: Reading, service: str) -> bool:
    """Whether a service that an interface permits is not switched off by a line."""
    switch = reading.switch(*_SERVERS[service]) if service in _SERVERS else None
    return switch is None or not switch.negated


def _opens_local(rule: Command) -> bool:
    """A rule that passes management services, or anything, from an outer zone to the device itself."""
    inside = [inner for inner in rule.inside if not inner.negated]
    if not any(inner.folded == ("action", "pass") for inner in inside) or any(
        inner.folded == ("disable",) for inner in inside
    ):
        return False
    zones = {
        role: [inner for inner in inside if inner.folded[0] == f"{role}-zone"] for role in ("source", "destination")
    }
    outer = any(_UNTRUSTED.fullmatch(inner.words[-1]) for inner in zones["source"])
    own = any(inner.folded[-1] == "local" for inner in zones["destination"])
    limited = any(inner.folded[0].startswith("source-ip") for inner in inside)
    services = [inner.folded[-1] for inner in inside if inner.folded[0] == "service"]
    others = any(inner.folded[0] in ("service-port", "application", "app-group") for inner in inside)
    managed = (not services and not others) or not (_MANAGED | {"any"}).isdisjoint(services)
    return outer and own and not limited and managed


_PHYSICAL = re.compile(
    r"(?:m-)?(?:gigabitethernet|ten-gigabitethernet|fortygige|hundredgige|twenty-fivegige|ethernet)\d"
)
# Lines that say nothing about a port's use.
_IDLE_WORDS = frozenset({
    "shutdown", "negotiation", "speed", "duplex", "stp", "lldp", "ndp", "combo", "broadcast-suppression", "apply",
    "multicast-suppression", "unicast-suppression", "flow-control", "jumboframe", "mdi", "poe", "storm-constrain",
    "loopback-detection",
})  # fmt: skip


def _ports(sheet: Sheet, reading: Reading) -> None:
    ports = [
        interface
        for interface in reading.find("interface")
        if len(interface.words) > 1
        and _PHYSICAL.match("".join(interface.folded[1:]))
        and "." not in interface.words[-1]
        and not interface.negated
    ]
    used = {
        "".join(member.folded[2:])
        for word in ("security-zone", "zone", "irf-port", "mad", "irf-port-configuration")
        for view in reading.find(word)
        for member in view.inside
    } | {"".join(command.folded[3:]) for command in reading.find("port", "group", "interface")}
    used |= judging.parents(reading.find("interface"))
    inside = reading.inside("interface")
    busy = {interface.line for word in inside.words - _IDLE_WORDS for interface, one in inside.on(word)
            if not one.starts("port", "link-mode")}  # fmt: skip
    idle = [port for port in ports if port.line not in busy and "".join(port.folded[1:]) not in used]
    down = inside.having("shutdown")
    judging.ports(
        sheet,
        [port for port in idle if port.line not in down],
        [port for port in idle if port.line in down],
        seen=bool(ports),
    )
