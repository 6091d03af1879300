"""Access groups and ports of ASA: what is permitted, bound to nothing, or never matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.cisco_asa import rule_sets
from configs.dialects.cisco_asa.filters import AccessLists
from configs.dialects.cisco_asa.objects import read as read_objects
from configs.facts import controls, judging
from configs.facts.judging import Filtering
from configs.headers import PORTS, PROTOCOLS
from configs.intervals import ANYWHERE
from configs.rulesets import facts as rule_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.headers import Rule
    from configs.reading import Command, Reading, Sheet
    from configs.tree import Tree


def filters(sheet: Sheet, tree: Tree, reading: Reading) -> None:
    """The facts about filters and `unused_ports_up`."""
    lists = AccessLists(reading, read_objects(reading))
    rules = {one.name: one.rules for one in lists.lists()}
    found = Filtering()
    for command in reading.on("access-group"):
        found.bound.append(command)
        opened = _opened(rules.get(command.words[1], ())) if len(command.words) > 1 else None
        if opened is not None:
            found.everything += [opened.line, command]
    controls.put(sheet, "no_access_rules", sound=[*found.bound], lacking=bool(reading.find("interface")))
    used = {command.words[1] for command in reading.on("access-group") if len(command.words) > 1}
    idle = [_opened(entries) for name, entries in rules.items() if name not in used]
    found.bound += [rule.line for rule in idle if rule is not None]
    for command, name in _uses(reading):
        (found.used if name in lists.names else found.undefined).append(command)
    found.disabled += [one for one in reading.on("access-list") if one.folded[-1] == "inactive"]
    judging.filters(sheet, found)
    rule_facts.put(sheet, rule_sets.of(tree, reading, lists))
    _ports(sheet, reading)


def _opened(rules: tuple[Rule, ...]) -> Rule | None:
    """The rule that permits any packet of IPv4, if no earlier one denies them all."""
    for rule in rules:
        whole = (
            rule.source.v4 == ANYWHERE.v4
            and rule.destination.v4 == ANYWHERE.v4
            and rule.protocols == PROTOCOLS
            and rule.source_ports == PORTS
            and rule.destination_ports == PORTS
            and not rule.conditions
        )
        if whole:
            return rule if rule.action == "permit" else None
    return None


def _uses(reading: Reading) -> Iterator[tuple[Command, str]]:
    """Where lists are named."""
    for command in reading.on("access-group"):
        if len(command.words) > 1:
            yield command, command.words[1]
    for command in reading.on("crypto", "map"):
        name = command.after("match", "address")
        if name:
            yield command, name[0]
    for before in (("match", "access-list"), ("vpn-filter", "value"), ("split-tunnel-network-list", "value")):
        for command in reading.on(*before):
            if len(command.words) > 2 and command.words[2] != "none":
                yield command, command.words[2]
    for command in reading.on("nat"):
        name = command.after("access-list")
        if name:
            yield command, name[0]


_IDLE = frozenset({"shutdown", "speed", "duplex", "description"})


def _ports(sheet: Sheet, reading: Reading) -> None:
    ports = [
        one for one in reading.find("interface")
        if one.words[1:] and "ethernet" in one.folded[1] and "." not in one.words[-1]
    ]  # fmt: skip
    parents = {one.folded[-1].partition(".")[0] for one in reading.find("interface") if "." in one.words[-1]}
    failover = {word.lower() for one in reading.on("failover") for word in one.words}
    idle = [
        one for one in ports
        if one.folded[-1] not in parents | failover
        and all(inner.negated or inner.folded[0] in _IDLE for inner in one.inside)
    ]  # fmt: skip
    down = [one for one in idle if any(inner.folded == ("shutdown",) and not inner.negated for inner in one.inside)]
    judging.ports(sheet, [one for one in idle if one not in down], down, seen=bool(ports))
