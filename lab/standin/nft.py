"""Filters and policies as nftables says them: one table, replaced as a whole and at once, sessions kept.

Filters of a port look at each packet by itself; policies between zones at the first of a session, as firewalls do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.forwarding.model import Left
from configs.meaning.statements import FilterKind
from inventory.text import Message
from lab.standin import ipsec, nat
from lab.standin.habits import habits
from lab.standin.matching import interfaces, matches, served

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configs.forwarding.model import Forwarding
    from configs.headers import Rule
    from configs.rulesets.model import RuleSet
    from lab.standin.naming import Names

TABLE = "inet govnet"
LOCAL = "local"
SESSIONS = "ct state established,related accept"


def write(forwarding: Forwarding, names: Names, left: list[Left]) -> str:
    """The table; empty if nothing is filtered. It replaces what is there."""
    ranked = habits(forwarding.platform).ranked and bool(forwarding.priorities)
    chains = _port_filters(forwarding, names, left, ("out",) if ranked else ("in", "out"))
    if ranked:
        chains = {place: [SESSIONS, *rules] for place, rules in chains.items()}
    policies = _ranked(forwarding, names, left) if ranked else _policies(forwarding, names, left)
    translations = nat.write(forwarding, names, left)
    if not chains and not policies and not translations:
        return ""
    text = [f"table {TABLE}", f"delete table {TABLE}", f"table {TABLE} {{"]
    for (way, hook), rules in chains.items():
        # What may come in by one port may still be kept from going out by another: each way has its own chain.
        text += _chain(f"ports_{way}_{hook}", hook, "mangle" if way == "in" else "filter - 10", rules, "accept")
    for hook, rules in policies.items():
        text += _chain(f"zones_{hook}", hook, "filter", rules, "accept")
    return "\n".join([*text, *translations, "}", ""])


def nothing() -> str:
    """What takes the table away."""
    return f"table {TABLE}\ndelete table {TABLE}\n"


def _chain(name: str, hook: str, priority: str, rules: Iterable[str], policy: str) -> list[str]:
    head = f"        type filter hook {hook} priority {priority}; policy {policy};"
    return [f"    chain {name} {{", head, *(f"        {rule}" for rule in rules), "    }"]


def _ranked(forwarding: Forwarding, names: Names, left: list[Left]) -> dict[str, list[str]]:
    """Security levels: what a port's own filter lets begin, else what goes to lower levels."""
    sets = {one.name.casefold(): one for one in forwarding.rules.sets} if forwarding.rules is not None else {}
    levels = {
        names.ports[port.name]: forwarding.priorities.get(port.zone, 0)
        for port in forwarding.ports.values()
        if port.zone and port.name in names.ports
    }
    rules = [SESSIONS]
    for name, port in forwarding.ports.items():
        short = names.ports.get(name, "")
        found = sets.get(port.filters.get("in", "").casefold())
        if found is not None and short:
            rules += [f'iifname "{short}" {line}' for line in (*_ruled(found, left), "drop")]
        elif short in levels:
            lower = [
                other
                for other, level in levels.items()
                if level < levels[short] or (level == levels[short] and forwarding.between_equals and other != short)
            ]
            rules += [f'iifname "{short}" oifname {interfaces(lower)} accept'] if lower else []
    return {"forward": [*rules, "drop"]}


def _port_filters(
    forwarding: Forwarding, names: Names, left: list[Left], ways: Sequence[str]
) -> dict[tuple[str, str], list[str]]:
    chains: dict[tuple[str, str], list[str]] = {}
    sets = {one.name.casefold(): one for one in forwarding.rules.sets} if forwarding.rules is not None else {}
    # Elsewhere a list is of one family, and says nothing of the other one's packets.
    family = "" if habits(forwarding.platform).ranked else "meta nfproto ipv4 "
    for name, port in forwarding.ports.items():
        for way, wanted in port.filters.items():
            if way.endswith("6"):
                left.append(Left(port.line, Message("a filter of IPv6 packets is not built here"), "filters"))
            if port.switched is not None:
                # Linux asks its filter at the VLAN's bridge, for whichever of its ports a packet came.
                left.append(Left(port.line, Message("a filter of a switched port is not built here"), "filters"))
            if way not in ways or port.switched is not None:
                continue
            found = sets.get(wanted.casefold())
            short = names.ports.get(name, "")
            if found is None or not short:
                left.append(Left(port.line, Message("the filter “{name}” is not known", name=wanted), "filters"))
                continue
            match = (f'iifname "{short}" ' if way == "in" else f'oifname "{short}" ') + family
            rules = [f"{match}{line}" for line in _ruled(found, left)]
            rules.append(f"{match}{'accept' if found.default == 'permit' else 'drop'}")
            # Coming in, before any translation; what a device itself sends passes no filter of its ports.
            chains.setdefault((way, "prerouting" if way == "in" else "forward"), []).extend(rules)
    return chains


def _ruled(found: RuleSet, left: list[Left]) -> Iterator[str]:
    left += [Left(line, Message("a rule that is no set of packets"), "filters") for line in found.unclear]
    for rule in found.rules:
        verdict = "accept" if found.permitting(rule) else "drop"
        known = served(rule)
        if known is None:
            left.append(Left(rule.line, _asks(rule), "filters"))
            continue
        for match in matches(known):
            yield f"{match}{verdict}"


def _asks(rule: Rule) -> Message:
    return Message("a rule that asks for “{what}”", what=", ".join(sorted(rule.conditions)))


def _policies(forwarding: Forwarding, names: Names, left: list[Left]) -> dict[str, list[str]]:
    """Rules between zones. The device itself is the zone `local`, where the make has one."""
    if forwarding.rules is None:
        return {}
    sets = [one for one in forwarding.rules.sets if one.kind is FilterKind.SECURITY_POLICY]
    if not sets:
        if any(port.zone for port in forwarding.ports.values()):
            left.append(Left(0, Message("zones without policies: nothing between them is filtered"), "filters"))
        return {}
    zones = _zones(forwarding, names)
    chains = _begun(forwarding, zones, sets)
    for one in sets:
        left += [Left(line, Message("a rule that is no set of packets"), "filters") for line in one.unclear]
        for rule in one.rules:
            verdict = "accept" if one.permitting(rule) else "drop"
            known = served(rule)
            if known is None:
                left.append(Left(rule.line, _asks(rule), "filters"))
                continue
            for pair in one.pairs or (one.between(rule.line),):
                _between(chains, zones, pair.sources, pair.destinations, [f"{m}{verdict}" for m in matches(known)])
    verdict = "accept" if any(one.default in one.permits for one in sets) else "drop"
    return {hook: [*rules, verdict] for hook, rules in chains.items()}


def _zones(forwarding: Forwarding, names: Names) -> dict[str, list[str]]:
    """The interfaces by zone; where ports stand in no zone, policies name the ports themselves."""
    zones: dict[str, list[str]] = {}
    for name, port in forwarding.ports.items():
        if names.ports.get(name):
            zones.setdefault((port.zone or name).casefold(), []).append(names.ports[name])
    for zone, interface in ipsec.ports(forwarding).items():
        zones.setdefault(zone, []).append(interface)
    return zones


def _begun(forwarding: Forwarding, zones: dict[str, list[str]], sets: Sequence[RuleSet]) -> dict[str, list[str]]:
    """The chains with what passes unasked: sessions, and where the make has it packets that stay in a zone."""
    chains = {"forward": [SESSIONS]}
    said = {zone.casefold() for one in sets for rule in one.rules for zone in _named(one, rule)}
    if LOCAL in said:
        chains["input"] = [SESSIONS, 'iifname "lo" accept', "ip protocol ospf accept"]
        chains["output"] = [SESSIONS, 'oifname "lo" accept', "ip protocol ospf accept"]
    if habits(forwarding.platform).inside_zone:
        chains["forward"] += [
            f"iifname {interfaces(ports)} oifname {interfaces(ports)} accept" for ports in zones.values()
        ]
    return chains


def _named(one: RuleSet, rule: Rule) -> Iterator[str]:
    for pair in one.pairs or (one.between(rule.line),):
        yield from pair.sources
        yield from pair.destinations


def _between(
    chains: dict[str, list[str]],
    zones: dict[str, list[str]],
    sources: Iterable[str],
    destinations: Iterable[str],
    rules: list[str],
) -> None:
    ours = {name.casefold() for name in sources} - {"any"}
    theirs = {name.casefold() for name in destinations} - {"any"}
    into = [port for zone in sorted(ours) for port in zones.get(zone, ())]
    out = [port for zone in sorted(theirs) for port in zones.get(zone, ())]
    from_port = f"iifname {interfaces(into)} " if ours else ""
    to_port = f"oifname {interfaces(out)} " if theirs else ""
    if (not ours or into) and (not theirs or out):
        chains["forward"] += [f"{from_port}{to_port}{rule}" for rule in rules]
    if "input" in chains and (not theirs or LOCAL in theirs) and (not ours or into):
        chains["input"] += [f"{from_port}{rule}" for rule in rules]
    if "output" in chains and (not ours or LOCAL in ours) and (not theirs or out):
        chains["output"] += [f"{to_port}{rule}" for rule in rules]
