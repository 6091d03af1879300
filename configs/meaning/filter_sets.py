"""From rules as a dialect read them (`configs.meaning.filters`) to sets of packets (`configs.headers`).

What was not interpreted becomes a condition that may hold or not. A condition that names an address is none of ours to
compare: `Unclear` says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.headers import PORTS, PROTOCOL_NUMBERS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, BITS, AddressSet, Intervals, wildcard
from configs.meaning.filters import ANY_PORTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configs.meaning.filters import Address, FilterRule, Ports

# Something that may be an address, in words that nobody interpreted.
_ADDRESS: Final = re.compile(r"\d\.\d|::|(?:[0-9a-fA-F]{1,4}:){3}")


class UnclearError(Exception):
    """A rule whose addresses cannot be written as a set; its text says why."""


def rule_of(found: FilterRule, objects: Mapping[str, AddressSet] | None = None) -> Rule:
    """A rule as a set of packets. `objects` are the sets that opaque names stand for. UnclearError if there is none."""
    conditions = set(found.conditions)
    protocols = PROTOCOLS
    if found.protocol:
        number = int(found.protocol) if found.protocol.isdigit() else PROTOCOL_NUMBERS.get(found.protocol)
        if number is None:
            conditions.add(f"protocol {found.protocol}")
        else:
            protocols = Intervals.one(number)
    source = _addresses(found.source, "source", conditions, objects or {})
    destination = _addresses(found.destination, "destination", conditions, objects or {})
    source_ports = _ports(found.source_ports, "source port", conditions)
    destination_ports = _ports(found.destination_ports, "destination port", conditions)
    unread = next((condition for condition in sorted(conditions) if _ADDRESS.search(condition)), None)
    if unread is not None:
        raise UnclearError(unread)
    return Rule(
        "permit" if found.permit else "deny",
        found.line,
        source,
        destination,
        protocols,
        source_ports,
        destination_ports,
        frozenset(conditions),
    )


def unclear(found: FilterRule, objects: Mapping[str, AddressSet]) -> bool:
    """Whether `rule_of` cannot make a set of a rule: quicker than to make one."""
    _, _, protocol, source, destination, source_ports, destination_ports, conditions = found
    for value, free, version in (source, destination):
        if free & (free + 1) and not isinstance(value, str) and wildcard(value, free, BITS[version]) is None:
            return True
        if isinstance(value, str) and value not in objects and _ADDRESS.search(value):
            return True
    if not conditions and protocol in PROTOCOL_NUMBERS and source_ports.ranges and destination_ports.ranges:
        return False
    words = (protocol, *conditions, *source_ports.opaque, *destination_ports.opaque)
    return any(_ADDRESS.search(word) for word in words)


def _addresses(found: Address, role: str, conditions: set[str], objects: Mapping[str, AddressSet]) -> AddressSet:
    if found.any:
        return ANYWHERE
    if isinstance(found.value, str):
        known = objects.get(found.value)
        if known is None:
            conditions.add(f"{role} {found.value}")
            return ANYWHERE
        return known
    spans = wildcard(found.value, found.wildcard, BITS[found.version])
    if spans is None:
        raise UnclearError(role)
    return AddressSet.single(found.version, spans)


def _ports(found: Ports, role: str, conditions: set[str]) -> Intervals:
    if found == ANY_PORTS:
        return PORTS
    if found.opaque:
        conditions.add(f"{role} {' '.join(found.opaque)}")
        return PORTS
    return Intervals.of((low, high + 1) for low, high in found.ranges)
