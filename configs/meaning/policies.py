"""Security policies without a vendor: objects that hold objects, services, and rules of several of them.

A device's policy names its objects: address sets, groups of those, services, groups of services. Everything here turns
names into sets; what has no set is None, and the rule that names it is unclear.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final, TypeVar

from configs.headers import PORTS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, NOWHERE_AT_ALL, AddressSet, Intervals

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Service:
    """Protocols with their ports: one box of what a service object holds."""

    protocols: Intervals = PROTOCOLS
    source_ports: Intervals = PORTS
    destination_ports: Intervals = PORTS


ANY_SERVICE: Final = (Service(),)


def resolved(
    names: Iterable[str], members: Mapping[str, Sequence[_T | str | None]], join: Callable[[Sequence[_T]], _T]
) -> dict[str, _T]:
    """What names stand for: each has its parts, or the names of others (groups may hold groups).

    A name that holds something unknown (None), itself, or a name without a definition, has no value.
    """
    found: dict[str, _T] = {}
    open_: set[str] = set()
    failed: set[str] = set()

    def value(name: str) -> _T | None:
        if name in found:
            return found[name]
        if name in failed or name in open_ or name not in members:
            return None
        open_.add(name)
        parts = [value(part) if isinstance(part, str) else part for part in members[name]]
        open_.discard(name)
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            failed.add(name)
            return None
        found[name] = join(known)
        return found[name]

    for name in names:
        value(name)
    return found


def address_objects(members: Mapping[str, Sequence[AddressSet | str | None]]) -> dict[str, AddressSet]:
    """Address sets by name; those that hold something that is no set are left out."""
    return resolved(members, members, united)


def services(members: Mapping[str, Sequence[tuple[Service, ...] | str | None]]) -> dict[str, tuple[Service, ...]]:
    """Services by name; those that hold something unknown are left out."""
    return resolved(members, members, lambda parts: tuple(service for part in parts for service in part))


def united(parts: Iterable[AddressSet]) -> AddressSet:
    """All addresses of several sets."""
    return reduce(or_, parts, NOWHERE_AT_ALL)


def rules(
    action: Hashable,
    line: int,
    *,
    source: AddressSet = ANYWHERE,
    destination: AddressSet = ANYWHERE,
    services: Iterable[Service] = ANY_SERVICE,
    conditions: Iterable[str] = (),
) -> tuple[Rule, ...]:
    """A policy's rule as boxes, one for each of its services, all with its line."""
    held = frozenset(conditions)
    return tuple(
        Rule(
            action,
            line,
            source,
            destination,
            service.protocols,
            service.source_ports,
            service.destination_ports,
            held,
        )
        for service in services
    )
