"""Filters and policies of a device as steps, whoever writes them down.

Filters of a port look at each packet by itself; policies between zones at the first of a session, as firewalls do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from configs.forwarding.model import Left
from configs.meaning.statements import FilterKind
from inventory.text import Message
from lab.standin import ipsec, nat
from lab.standin.habits import habits
from lab.standin.matching import matches, served
from lab.standin.steps import ALL, ANSWERS, OSPF, Chain, Packets, Place, Step, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configs.forwarding.model import Forwarding
    from configs.headers import Rule
    from configs.rulesets.model import RuleSet
    from lab.standin.naming import Names
    from lab.standin.steps import Ports
    from lab.standin.target import Target

LOCAL = "local"
_PLACES: Final = {"in": Place.IN, "out": Place.OUT}


def chains(forwarding: Forwarding, names: Names, target: Target, left: list[Left]) -> list[Chain]:
    """What is filtered and translated; empty if nothing is."""
    ranked = habits(forwarding.platform).ranked and bool(forwarding.priorities)
    made = _port_filters(forwarding, names, target, left, ("out",) if ranked else ("in", "out"))
    if ranked:
        made = [Chain(chain.place, [ANSWERS, *chain.steps]) for chain in made]
    made += _ranked(forwarding, names, left) if ranked else _policies(forwarding, names, target, left)
    if target.has_esp:
        made += ipsec.kept(forwarding, names)
    made += nat.chains(forwarding, names, left)
    return [Chain(chain.place, [_widened(step, names) for step in chain.steps]) for chain in made]


def _widened(step: Step, names: Names) -> Step:
    """The step with ports' VRRP groups: what is sent to a group's MAC address comes in by an interface of its own."""
    packets = step.packets
    wide = replace(packets, into=_with_groups(packets.into, names), out=_with_groups(packets.out, names))
    return step if wide == packets else replace(step, packets=wide)


def _with_groups(ports: Ports, names: Names) -> Ports:
    each = (ports,) if isinstance(ports, str) else ports
    found = tuple(name for port in each for name in (port, *names.virtual.get(port, ())))
    return ports if len(found) == len(each) else found


def _ranked(forwarding: Forwarding, names: Names, left: list[Left]) -> list[Chain]:
    """Security levels: what a port's own filter lets begin, else what goes to lower levels."""
    sets = {one.name.casefold(): one for one in forwarding.rules.sets} if forwarding.rules is not None else {}
    levels = {
        names.ports[port.name]: forwarding.priorities.get(port.zone, 0)
        for port in forwarding.ports.values()
        if port.zone and port.name in names.ports
    }
    steps = [ANSWERS]
    for name, port in forwarding.ports.items():
        short = names.ports.get(name, "")
        found = sets.get(port.filters.get("in", "").casefold())
        if found is not None and short:
            steps += _at(Packets(into=short), (*_ruled(found, left), Step(ALL, Verdict.DROP)))
        elif short in levels:
            lower = tuple(
                other
                for other, level in levels.items()
                if level < levels[short] or (level == levels[short] and forwarding.between_equals and other != short)
            )
            steps += [Step(Packets(into=short, out=lower), Verdict.ACCEPT)] if lower else []
    return [Chain(Place.FORWARD, [*steps, Step(ALL, Verdict.DROP)])]


def _at(where: Packets, steps: Iterable[Step]) -> Iterator[Step]:
    """The steps for packets at these ports, of this family."""
    for step in steps:
        packets = replace(step.packets, into=where.into, out=where.out, only=where.only, clear=where.clear)
        if packets.families:
            yield replace(step, packets=packets)


def _port_filters(
    forwarding: Forwarding, names: Names, target: Target, left: list[Left], ways: Sequence[str]
) -> list[Chain]:
    made: dict[Place, Chain] = {}
    sets = {one.name.casefold(): one for one in forwarding.rules.sets} if forwarding.rules is not None else {}
    labelled = any(port.mpls or port.ldp for port in forwarding.ports.values())
    # Elsewhere a list is of one family, and says nothing of the other one's packets.
    family = 0 if habits(forwarding.platform).ranked else 4
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
            if way == "out" and port.vrf and labelled:
                # Linux takes what comes out of a label into a VRF for its own.
                left.append(
                    Left(port.line, Message("what leaves here out of a label does not meet the filter"), "filters")
                )
            # What a tunnel carries meets the filter inside ESP only.
            clear = target.has_esp and ipsec.bound(forwarding, port)
            where = Packets(short if way == "in" else "", short if way == "out" else "", family, clear=clear)
            default = Verdict.ACCEPT if found.default == "permit" else Verdict.DROP
            # Coming in, before any translation; what a device itself sends passes no filter of its ports.
            chain = made.setdefault(_PLACES[way], Chain(_PLACES[way]))
            chain.steps += _at(where, (*_ruled(found, left), Step(ALL, default)))
    return list(made.values())


def _ruled(found: RuleSet, left: list[Left]) -> Iterator[Step]:
    left += [Left(line, Message("a rule that is no set of packets"), "filters") for line in found.unclear]
    for rule in found.rules:
        yield from _steps(found, rule, left)


def _steps(found: RuleSet, rule: Rule, left: list[Left]) -> Iterator[Step]:
    """A rule as steps, wherever its packets come from."""
    known = served(rule)
    if known is None:
        what = ", ".join(sorted(rule.conditions))
        left.append(Left(rule.line, Message("a rule that asks for “{what}”", what=what), "filters"))
        return
    verdict = Verdict.ACCEPT if found.permitting(rule) else Verdict.DROP
    for packets in matches(known):
        yield Step(packets, verdict, rule.line)


def _policies(forwarding: Forwarding, names: Names, target: Target, left: list[Left]) -> list[Chain]:
    """Rules between zones. The device itself is the zone `local`, where the make has one."""
    if forwarding.rules is None:
        return []
    sets = [one for one in forwarding.rules.sets if one.kind is FilterKind.SECURITY_POLICY]
    if not sets:
        if not any(port.zone for port in forwarding.ports.values()):
            return []
        if habits(forwarding.platform).inside_zone:
            return _shut(forwarding, names, left)
        left.append(Left(0, Message("zones without policies: nothing between them is filtered"), "filters"))
        return []
    zones = _zones(forwarding, names, target)
    made = _begun(forwarding, zones, sets)
    for one in sets:
        left += [Left(line, Message("a rule that is no set of packets"), "filters") for line in one.unclear]
        for rule in one.rules:
            steps = list(_steps(one, rule, left))
            for pair in one.pairs or (one.between(rule.line),):
                _between(made, zones, pair.sources, pair.destinations, steps)
    verdict = Verdict.ACCEPT if any(one.default in one.permits for one in sets) else Verdict.DROP
    for chain in made.values():
        chain.steps.append(Step(ALL, verdict))
    return list(made.values())


def _shut(forwarding: Forwarding, names: Names, left: list[Left]) -> list[Chain]:
    """Zones without a policy that is in force, on makes whose policies deny by default: nothing passes between them.

    Huawei "USG6000 Administrator Guide" (Security Policy: the default policy denies); H3C "Security Configuration
    Guide" (Security zones: packets between zones are discarded by default). Not verified for routers with zones.
    """
    left.append(Left(0, Message("zones without policies: nothing passes between them"), "filters"))
    zones: dict[str, list[str]] = {}
    for name, port in forwarding.ports.items():
        if port.zone and names.ports.get(name):
            zones.setdefault(port.zone.casefold(), []).append(names.ports[name])
    if not zones:
        return []
    every = tuple(port for ports in zones.values() for port in ports)
    shut = [Step(Packets(every, every), Verdict.DROP), Step(ALL, Verdict.ACCEPT)]
    return [Chain(Place.FORWARD, [ANSWERS, *_inside(zones), *shut])]


def _inside(zones: dict[str, list[str]]) -> Iterator[Step]:
    """What stays in a zone."""
    for ports in zones.values():
        yield Step(Packets(tuple(ports), tuple(ports)), Verdict.ACCEPT)


def _zones(forwarding: Forwarding, names: Names, target: Target) -> dict[str, list[str]]:
    """The interfaces by zone; where ports stand in no zone, policies name the ports themselves."""
    zones: dict[str, list[str]] = {}
    for name, port in forwarding.ports.items():
        if names.ports.get(name):
            zones.setdefault((port.zone or name).casefold(), []).append(names.ports[name])
    if not target.has_esp:
        for zone, interface in ipsec.ports(forwarding).items():
            zones.setdefault(zone, []).append(interface)
    return zones


def _begun(forwarding: Forwarding, zones: dict[str, list[str]], sets: Sequence[RuleSet]) -> dict[Place, Chain]:
    """The chains with what passes unasked: sessions, and where the make has it packets that stay in a zone."""
    made = {Place.FORWARD: Chain(Place.FORWARD, [ANSWERS])}
    said = {zone.casefold() for one in sets for rule in one.rules for zone in _named(one, rule)}
    if LOCAL in said:
        for place, own in ((Place.INPUT, Packets(into="lo")), (Place.OUTPUT, Packets(out="lo"))):
            made[place] = Chain(place, [ANSWERS, Step(own, Verdict.ACCEPT), OSPF])
    if habits(forwarding.platform).inside_zone:
        made[Place.FORWARD].steps += _inside(zones)
    return made


def _named(one: RuleSet, rule: Rule) -> Iterator[str]:
    for pair in one.pairs or (one.between(rule.line),):
        yield from pair.sources
        yield from pair.destinations


def _between(
    made: dict[Place, Chain],
    zones: dict[str, list[str]],
    sources: Iterable[str],
    destinations: Iterable[str],
    steps: Sequence[Step],
) -> None:
    ours = {name.casefold() for name in sources} - {"any"}
    theirs = {name.casefold() for name in destinations} - {"any"}
    into = tuple(port for zone in sorted(ours) for port in zones.get(zone, ()))
    out = tuple(port for zone in sorted(theirs) for port in zones.get(zone, ()))
    if (not ours or into) and (not theirs or out):
        made[Place.FORWARD].steps += _at(Packets(into, out), steps)
    if Place.INPUT in made and (not theirs or LOCAL in theirs) and (not ours or into):
        made[Place.INPUT].steps += _at(Packets(into), steps)
    if Place.OUTPUT in made and (not ours or LOCAL in ours) and (not theirs or out):
        made[Place.OUTPUT].steps += _at(Packets(out=out), steps)
