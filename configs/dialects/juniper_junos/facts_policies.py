"""Filters and policies of Junos: what is permitted, bound to nothing, switched off, or never matches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.juniper_junos import filters, rule_sets, security
from configs.dialects.juniper_junos.statements import below
from configs.facts import controls, judging
from configs.facts.judging import Filtering
from configs.headers import PORTS, PROTOCOL_NUMBERS, PROTOCOLS
from configs.intervals import ANYWHERE
from configs.meaning.statements import FilterKind
from configs.rulesets import facts as rule_facts
from inventory.text import mark

if TYPE_CHECKING:
    from configs.dialects.juniper_junos.statements import Said
    from configs.headers import Rule
    from configs.meaning.statements import FilterList
    from configs.reading import Sheet
    from configs.tree import Tree

_UNTRUSTED = re.compile(r"untrust|internet|wan|outside", re.IGNORECASE)
_MANAGED = frozenset({"ssh", "telnet", "http", "https", "snmp", "netconf", "all", "any-service"})


def policies(sheet: Sheet, tree: Tree, said: tuple[Said, ...]) -> None:
    """The facts about filters and policies, `mgmt_service_on_untrust` and `unused_ports_up`."""
    found = Filtering()
    books = security.Books(said)
    policies_ = list(security.policies(said, books))
    for one in policies_:
        found.bound += [rule.line for rule in one.rules]
        found.everything += [line for first in _open_zones(one) for line in _of_policy(said, first)]
    found.everything += [
        each.line for each in said if each.words[:4] == ("security", "policies", "default-policy", "permit-all")
    ]
    deciding = [rule.line for one in policies_ for rule in one.rules]
    lists = list(filters.filters(said))
    names = {each.words[each.words.index("filter") + 1] for each in said
             if each.words[:1] == ("firewall",) and "filter" in each.words[:-1]}  # fmt: skip
    for each, words in below(said, "interfaces"):
        if "filter" not in words or words[-2:-1] not in (("input",), ("output",)):
            continue
        found.bound.append(each.line)
        if words[:1] != ("lo0",):  # that one guards the device itself
            deciding.append(each.line)
        (found.used if words[-1] in names else found.undefined).append(each.line)
        opened = next(
            (rule for one in lists if words[-1] in one.name.split() for rule in one.rules if _whole(rule)), None
        )
        if opened is not None and str(opened.action).startswith("accept"):
            found.everything += [opened.line, each.line]
    found.disabled += rule_sets.disabled(tree)
    passing = any(each.words[:1] == ("interfaces",) for each in said)
    controls.put(sheet, "no_access_rules", sound=deciding, lacking=passing)
    judging.filters(sheet, found)
    rule_facts.put(sheet, rule_sets.of(tree, said, lists, policies_, books))
    _untrusted(sheet, said)
    sheet.unknown("unused_ports_up", mark("ports that no statement names cannot be seen in this text"))


_PORTS_OF = {"ssh": 22, "telnet": 23, "web-management": 443, "netconf": 830}


def opened(said: tuple[Said, ...], names: list[str]) -> list[int] | None:
    """The terms of these filters that let any source reach a management service; None if a filter is not there.

    Filters of a list are asked one after the other. What another condition limits neither opens nor closes.
    """
    known = {one.name.split()[-1]: one for one in filters.filters(said)}
    if not all(name in known for name in names):
        return None
    rules = [rule for name in names for rule in known[name].rules]
    served = [_PORTS_OF[name] for name in _served(said) if name in _PORTS_OF] or [_PORTS_OF["ssh"]]
    found = []
    for port in served:
        first = next((rule for rule in rules if _reaches(rule, port)), None)
        if first is not None and str(first.action).startswith("accept"):
            found.append(first.line)
    return sorted(set(found))


def _reaches(rule: Rule, port: int) -> bool:
    """Whether a rule takes every connection to a TCP port from anywhere."""
    return (
        rule.source.v4 == ANYWHERE.v4
        and rule.source_ports == PORTS
        and PROTOCOL_NUMBERS["tcp"] in rule.protocols
        and port in rule.destination_ports
        and not rule.conditions
    )


def _whole(rule: Rule) -> bool:
    return (
        (rule.source.v4 == ANYWHERE.v4 or rule.source.v6 == ANYWHERE.v6)
        and (rule.destination.v4 == ANYWHERE.v4 or rule.destination.v6 == ANYWHERE.v6)
        and rule.protocols == PROTOCOLS
        and rule.source_ports == PORTS
        and rule.destination_ports == PORTS
        and not rule.conditions
    )


def _open_zones(one: FilterList) -> list[int]:
    if one.kind is not FilterKind.SECURITY_POLICY:
        return []
    return [rule.line for rule in one.rules if _whole(rule) and "permit" in str(rule.action)]


def _of_policy(said: tuple[Said, ...], line: int) -> list[int]:
    """The lines of the policy that begins at `line`: what it asks for and what it does."""
    first = next((each for each in said if each.line == line and "policy" in each.words[:-1]), None)
    if first is None:
        return [line]
    head = first.words[: first.words.index("policy") + 2]
    inner = [each for each in said if each.leaf and each.words[: len(head)] == head and "log" not in each.words]
    return [line, *(each.line for each in inner)]


def _served(said: tuple[Said, ...]) -> set[str]:
    """The services that the device itself offers."""
    served = {each.words[2] for each in said if each.words[:2] == ("system", "services") and len(each.words) > 2}
    if any(each.words[:4] == ("system", "services", "web-management", "https") for each in said):
        served.add("https")
    if any(each.words[:4] == ("system", "services", "web-management", "http") for each in said):
        served.add("http")
    if any(each.words[:1] == ("snmp",) for each in said):
        served.add("snmp")
    return served


def _untrusted(sheet: Sheet, said: tuple[Said, ...]) -> None:
    served = _served(said)
    zones = False
    found = []
    idle = []
    for each, words in below(said, "security", "zones", "security-zone"):
        zones = True
        if not words or not _UNTRUSTED.search(words[0]) or "system-services" not in words or words[-1] == "except":
            continue
        service = words[words.index("system-services") + 1] if words[-1] != "system-services" else ""
        if service in ("all", "any-service") or (service in _MANAGED and service in served):
            found.append(each.line)
        elif service in _MANAGED:
            idle.append(each.line)
    if idle and not found:
        sheet.line(
            "mgmt_service_on_untrust", False, idle,
            mark("the service is permitted on an untrusted interface, and the device does not serve it"),
        )  # fmt: skip
    elif found:
        sheet.line(
            "mgmt_service_on_untrust", True, found, mark("a management service is allowed on an outer interface")
        )
    elif zones:
        sheet.absent(
            "mgmt_service_on_untrust", False, mark("no management service is permitted on an untrusted interface")
        )
    else:
        sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))
