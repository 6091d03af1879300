"""Packet filters without a vendor: rules as matches on addresses, protocol and ports, and which rule covers which.

Addresses are pairs of an integer and a wildcard (RFC-style inverse mask: bit 1 = do not care), because vendors allow
masks with holes. What a dialect does not interpret (an object group, a time range, TCP flags) stays as an opaque word:
it equals itself and is covered by "any", nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# "Do not care about any bit", wide enough for IPv6.
ALL_BITS = (1 << 128) - 1


class Address(NamedTuple):
    """`value` where the wildcard's bits are 0. An opaque address has its name as `value` and wildcard 0.

    `version` is the family of a `value` that is a number; a wildcard that holds all bits means any address.
    """

    value: int | str = 0
    wildcard: int = ALL_BITS
    version: int = 4

    @property
    def any(self) -> bool:
        """Whether every address matches."""
        return self.wildcard == ALL_BITS

    def masked(self, wildcard: int) -> int | str | None:
        """The value in the bits that `wildcard` cares for; None if an opaque name would have to be cut."""
        if wildcard == ALL_BITS:
            return 0
        if isinstance(self.value, str):
            return self.value if wildcard == 0 else None
        return self.value & ~wildcard


ANY = Address()


class Ports(NamedTuple):
    """Port ranges, inclusive; `opaque` holds the words of a condition that was not interpreted."""

    ranges: tuple[tuple[int, int], ...] = ((0, 65535),)
    opaque: tuple[str, ...] = ()

    def covers(self, other: Ports) -> bool:
        """Whether every port of `other` is one of these."""
        if self in (ANY_PORTS, other):
            return True
        if self.opaque or other.opaque:
            return False
        return all(any(low <= start and end <= high for low, high in self.ranges) for start, end in other.ranges)


ANY_PORTS = Ports()


class FilterRule(NamedTuple):
    """One rule. `protocol` is empty for any. `conditions` are further conditions, all of which must hold."""

    line: int
    permit: bool
    protocol: str = ""
    source: Address = ANY
    destination: Address = ANY
    source_ports: Ports = ANY_PORTS
    destination_ports: Ports = ANY_PORTS
    conditions: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether it matches any packet."""
        return (
            not self.protocol
            and self.source.any
            and self.destination.any
            and not self.conditions
            and self.source_ports == ANY_PORTS
            and self.destination_ports == ANY_PORTS
        )

    @property
    def any_source(self) -> bool:
        """Whether it matches packets from any address (whatever else it asks for)."""
        return self.source.any and not self.conditions and self.source_ports == ANY_PORTS

    def covers(self, other: FilterRule) -> bool:
        """Whether every packet that `other` matches is matched by this rule (addresses aside: see `covered`)."""
        return (
            self.protocol in ("", other.protocol)
            and self.conditions <= other.conditions
            and self.source_ports.covers(other.source_ports)
            and self.destination_ports.covers(other.destination_ports)
        )


def covered(rules: Sequence[FilterRule]) -> list[tuple[FilterRule, FilterRule]]:
    """Pairs (later rule, earlier rule that covers it) for every rule that can never decide anything.

    Earlier rules are kept by their pair of wildcards, so that a list of thousands takes one look per distinct pair,
    not one per rule.
    """
    found = []
    classes: dict[tuple[int, int], dict[tuple[int | str, int | str], list[FilterRule]]] = {}
    for rule in rules:
        cover = _cover(rule, classes)
        if cover is not None:
            found.append((rule, cover))
            continue
        pair = (rule.source.wildcard, rule.destination.wildcard)
        source, destination = rule.source.masked(pair[0]), rule.destination.masked(pair[1])
        if source is not None and destination is not None:
            members = classes.get(pair)
            if members is None:
                members = classes[pair] = {}
            members.setdefault((source, destination), []).append(rule)
    return found


def _cover(
    rule: FilterRule, classes: dict[tuple[int, int], dict[tuple[int | str, int | str], list[FilterRule]]]
) -> FilterRule | None:
    near, far = rule.source, rule.destination
    near_wild, far_wild = near.wildcard, far.wildcard
    for (source_wild, destination_wild), members in classes.items():
        if near_wild & ~source_wild or far_wild & ~destination_wild:
            continue
        source, destination = near.masked(source_wild), far.masked(destination_wild)
        if source is None or destination is None:
            continue
        for earlier in members.get((source, destination), ()):
            if earlier.covers(rule):
                return earlier
    return None


def permits_everything(rules: Iterable[FilterRule]) -> FilterRule | None:
    """The first rule that permits any packet and is not made void by an earlier deny of everything."""
    for rule in rules:
        if rule.everything:
            return rule if rule.permit else None
    return None


def permits_any_source(rules: Iterable[FilterRule]) -> FilterRule | None:
    """The first rule that lets any source in and is not made void by an earlier deny of every source."""
    for rule in rules:
        if rule.permit and rule.any_source:
            return rule
        if not rule.permit and rule.everything:
            return None
    return None
