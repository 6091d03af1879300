"""Address translation as nftables says it: destinations before routing, sources behind it, sessions kept together.

Proxy ARP: a device answers for the addresses that it puts in place in its own subnets; here the port has them as hosts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from configs.forwarding.model import Left
from configs.intervals import ANYWHERE
from inventory.text import Message
from lab.standin.matching import addresses, interfaces, matches, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.forwarding.model import Forwarding, Port
    from configs.headers import Rule
    from configs.intervals import Intervals
    from configs.meaning.statements import Translated, Translation
    from lab.standin.naming import Names

# More addresses than these are not given to a port one by one.
_MOST = 256
_IN = ("source-zone", "from-zone", "ingress-interface")
_OUT = ("destination-zone", "to-zone", "egress-interface")


def write(forwarding: Forwarding, names: Names, left: list[Left]) -> list[str]:
    """The chains of the table; empty without translations."""
    before: list[str] = []
    behind: list[str] = []
    for one in forwarding.translations:
        left += [Left(line, Message("a translation that is no set of packets"), "translations") for line in one.unclear]
        for translation in one.rules:
            _one(forwarding, names, translation, one.line, before, behind, left)
    if not before and not behind:
        return []
    return [
        *_chain("translated_in", "prerouting", "dstnat", before),
        *_chain("translated_out", "postrouting", "srcnat", behind),
    ]


def _chain(name: str, hook: str, priority: str, rules: list[str]) -> list[str]:
    head = f"        type nat hook {hook} priority {priority}; policy accept;"
    return [f"    chain {name} {{", head, *(f"        {rule}" for rule in rules), "    }"]


def _one(
    forwarding: Forwarding,
    names: Names,
    translation: Translation,
    line: int,
    before: list[str],
    behind: list[str],
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
    bound = _bound(forwarding, names, translation, line)
    source, destination = translation.source, translation.destination
    if destination is not None:
        start = f"iifname {interfaces(bound or into)} " if bound or into else ""
        words = _target("dnat", rule.destination.v4, destination)
        if words:
            before += [f"{start}{match}{words}" for match in _only_4(rule)]
        else:
            left.append(Left(rule.line, Message("a translation that nftables cannot say"), "translations"))
    if source is not None or destination is None:
        start = f"oifname {interfaces(bound or out)} " if bound or out else ""
        # Where packets come from is known behind routing no more, so the port they came in by is a mark's affair.
        start = (f"iifname {interfaces(into)} " if into else "") + start
        words = "accept" if source is None else _target("snat", rule.source.v4, source)
        if words:
            behind += [f"{start}{match}{words}" for match in _only_4(rule)]
        else:
            left.append(Left(rule.line, Message("a translation that nftables cannot say"), "translations"))


def _only_4(rule: Rule) -> Iterator[str]:
    """Address translation is IPv4's."""
    for match in matches(rule):
        if not match.startswith(("ip6 ", "meta nfproto ipv6")):
            yield match if match.startswith(("ip ", "meta nfproto")) else f"meta nfproto ipv4 {match}"


def _asked(forwarding: Forwarding, names: Names, translation: Translation) -> tuple[Rule, list[str], list[str]] | None:
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
    return None if rule is None else (rule, into, out)


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


def _target(word: str, matched: Intervals, to: Translated) -> str:
    """The statement; empty if it cannot be said."""
    if not to.addresses:
        return "masquerade" if word == "snat" and to.ports is None else ""
    found = to.addresses.v4
    if len(found.spans) != 1 or to.addresses.v6 not in (ANYWHERE.v6, type(found)()):
        return ""
    ports = ""
    if to.ports is not None:
        if len(to.ports.spans) != 1:
            return ""
        first, stop = to.ports.spans[0]
        ports = f":{first}" if stop - first == 1 else f":{first}-{stop - 1}"
    if to.in_order and found.size > 1:
        if ports or len(matched.spans) != 1 or matched.size != found.size or matched.size & (matched.size - 1):
            return ""
        side = "saddr" if word == "snat" else "daddr"
        return f"{word} ip prefix to ip {side} map {{ {addresses(matched, 4)} : {addresses(found, 4)} }}"
    return f"{word} ip to {addresses(found, 4)}{ports}"


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
