"""Packet filters without a vendor: rules as matches on addresses, protocol and ports.

Addresses are pairs of an integer and a wildcard (RFC-style inverse mask: bit 1 = do not care), because vendors allow
masks with holes. What a dialect does not interpret (an object group, a time range, TCP flags) stays as an opaque word:
it equals itself and is covered by "any", nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

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


ANY = Address()


class Ports(NamedTuple):
    """Port ranges, inclusive; `opaque` holds the words of a condition that was not interpreted."""

    ranges: tuple[tuple[int, int], ...] = ((0, 65535),)
    opaque: tuple[str, ...] = ()


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


def permits_everything(rules: Iterable[FilterRule]) -> FilterRule | None:
    """The first rule that permits any packet and is not made void by an earlier deny of everything."""
    for rule in rules:
        if rule.everything:
            return rule if rule.permit else None
    return None


def denies_the_rest(rules: Iterable[FilterRule]) -> bool:
    """Whether a rule denies every packet that those before it leave."""
    whole = next((rule for rule in rules if rule.everything), None)
    return whole is not None and not whole.permit


def permits_any_source(rules: Iterable[FilterRule]) -> FilterRule | None:
    """The first rule that lets any source in and is not made void by an earlier deny of every source."""
    for rule in rules:
        if rule.permit and rule.any_source:
            return rule
        if not rule.permit and rule.everything:
            return None
    return None
