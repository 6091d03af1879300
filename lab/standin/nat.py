"""Address translation as steps: destinations before routing, sources behind it, sessions kept together.

Proxy ARP: a device answers for the addresses that it puts in place in its own subnets; here the port has them as hosts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from configs.forwarding.model import Left
from configs.intervals import ANYWHERE, Intervals
from inventory.text import Message
from lab.standin.matching import matches, served
from lab.standin.steps import Chain, Packets, Place, Put, Step, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.forwarding.model import Forwarding, Port
    from configs.headers import Rule
    from configs.meaning.statements import Translated, Translation
    from lab.standin.naming import Names

# More addresses than these are not given to a port one by one.
_MOST = 256
_PORTED = Intervals.of(((6, 7), (17, 18)))
"""TCP and UDP."""
_IN = ("source-zone", "from-zone", "ingress-interface")
_OUT = ("destination-zone", "to-zone", "egress-interface")


def chains(forwarding: Forwarding, names: Names, left: list[Left]) -> list[Chain]:
    """What is asked before routing, and behind it; empty without translations."""
    before = Chain(Place.DESTINATIONS)
    behind = Chain(Place.SOURCES)
    for one in forwarding.translations:
        left += [Left(line, Message("a translation that is no set of packets"), "translations") for line in one.unclear]
        for translation in one.rules:
            _one(forwarding, names, translation, one.line, before.steps, behind.steps, left)
    return [before, behind] if before.steps or behind.steps else []


def _one(
    forwarding: Forwarding,
    names: Names,
    translation: Translation,
    line: int,
    before: list[Step],
    behind: list[Step],
    left: list[Left],
) -> None:
    found = _asked(forwarding, names, translation)
    if found is None:
        what = ", ".join(sorted(translation.rule.conditions))
        left.append(
            Left(translation.rule.line or line, Message("a rule that asks for “{what}”", what=what), "translations")
        )
        return
    rule, into, out = found
    bound = tuple(_bound(forwarding, names, translation, line))
    source, destination = translation.source, translation.destination
    if destination is not None:
        put = _put(rule.destination.v4, destination, source=False)
        before += _steps(rule, Packets(into=bound or into), put, left)
    if source is not None or destination is None:
        kept = Verdict.ACCEPT if source is None else _put(rule.source.v4, source, source=True)
        behind += _steps(rule, Packets(into=into, out=bound or out), kept, left)


def _steps(rule: Rule, where: Packets, what: Verdict | Put | None, left: list[Left]) -> Iterator[Step]:
    """Address translation is IPv4's."""
    if what is None:
        left.append(Left(rule.line, Message("a translation that Linux cannot make"), "translations"))
        return
    for found in matches(rule):
        if found.family == 6:
            continue
        packets = replace(found, into=where.into, out=where.out, family=4)
        if isinstance(what, Put) and what.ports is not None and not packets.protocols <= _PORTED:
            # Ports are put into what has some; the rest of a source's packets have other addresses only.
            yield Step(replace(packets, protocols=packets.protocols & _PORTED), what, rule.line)
            if what.source:
                yield Step(packets, replace(what, ports=None), rule.line)
        else:
            yield Step(packets, what, rule.line)


def _asked(
    forwarding: Forwarding, names: Names, translation: Translation
) -> tuple[Rule, tuple[str, ...], tuple[str, ...]] | None:
    """The rule without what it says of zones and ports, and the ports of either side; None if it asks for more."""
    into: list[str] = []
    out: list[str] = []
    rest: list[str] = []
    for condition in translation.rule.conditions:
        word, _, name = condition.partition(" ")
        if word not in (*_IN, *_OUT):
            rest.append(condition)
            continue
        ports = _ports(forwarding, names, name)
        if name != "any" and not ports:
            return None
        (into if word in _IN else out).extend(ports)
    rule = served(replace(translation.rule, conditions=frozenset(rest)))
    return None if rule is None else (rule, tuple(into), tuple(out))


def _ports(forwarding: Forwarding, names: Names, name: str) -> list[str]:
    """The Linux names of a zone's ports, or of the port of that name."""
    port = names.port(name)
    if port:
        return [port]
    return [
        names.ports[one.name]
        for one in forwarding.ports.values()
        if one.zone.casefold() == name.casefold() and one.name in names.ports
    ]


def _bound(forwarding: Forwarding, names: Names, translation: Translation, line: int) -> list[str]:
    """The ports on which a translation works, where it is bound to some."""
    lines = {line, translation.rule.line}
    for side in (translation.source, translation.destination):
        lines |= set(side.lines) if side is not None else set()
    return [
        names.ports[port.name]
        for port in forwarding.ports.values()
        if port.name in names.ports and (lines & set(port.translations) or port.side == "outside")
    ]


def _put(matched: Intervals, to: Translated, *, source: bool) -> Put | None:
    """What is put in place; None if it cannot be said."""
    if not to.addresses:
        return Put(source) if source and to.ports is None else None
    found = to.addresses.v4
    if len(found.spans) != 1 or to.addresses.v6 not in (ANYWHERE.v6, type(found)()):
        return None
    if to.ports is not None and len(to.ports.spans) != 1:
        return None
    ports = (to.ports.first, to.ports.last) if to.ports is not None else None
    if to.in_order and found.size > 1:
        if ports or len(matched.spans) != 1 or matched.size != found.size or matched.size & (matched.size - 1):
            return None
        return Put(source, found, instead_of=matched)
    return Put(source, found, ports)


def hosts(forwarding: Forwarding, port: Port) -> tuple[str, ...]:
    """The addresses that a port answers for besides its own: those that translations put there, in its subnets."""
    found: dict[str, None] = {}
    own = {address.ip for address in port.addresses}
    for one in forwarding.translations:
        for translation in one.rules:
            sets = [translation.source.addresses.v4] if translation.source is not None else []
            if translation.destination is not None and translation.rule.destination != ANYWHERE:
                sets.append(translation.rule.destination.v4)
            for spans in sets:
                if spans.size > _MOST:
                    continue
                for start, stop in spans.spans:
                    for value in range(start, stop):
                        for address in port.addresses:
                            ip = type(address.ip)(value) if address.version == 4 else None
                            if ip is not None and ip in address.network and ip not in own:
                                found[f"{ip}/32"] = None
    return tuple(found)
