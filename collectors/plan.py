"""From a module's text to what is asked of an agent: scalars and columns as octets, grouped by table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collectors.snmp import ber

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.modules.schema import Metric, Module


@dataclass(frozen=True, slots=True)
class Table:
    """Columns whose OIDs share everything but their last number."""

    prefix: bytes
    columns: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A module, ready to be polled: `tables` at every poll, `labels` (columns that only give labels) when they may
    have changed.
    """  # noqa: D205 - one sentence says it

    name: str
    metrics: tuple[tuple[bytes, Metric], ...]
    # Metrics with the same number have the same labels for the same row.
    alike: Mapping[bytes, int]
    scalars: tuple[bytes, ...]
    tables: tuple[Table, ...]
    labels: tuple[Table, ...]
    lookups: frozenset[bytes]
    filters: tuple[Filter, ...]
    max_repetitions: int
    retries: int
    timeout: float
    nonincreasing: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows of the columns below `targets` are kept if their index is listed, or if column `oid` matches."""

    targets: tuple[bytes, ...]
    indices: frozenset[bytes] = frozenset()
    oid: bytes = b""
    patterns: tuple[re.Pattern[str], ...] = field(default=())


def compile_module(name: str, module: Module) -> Plan:
    """The plan of a module; made once for each module."""
    known = _PLANS.get(id(module))
    if known is None or known[0] is not module:
        known = _PLANS[id(module)] = (module, _compile(name, module))
    return known[1]


# By identity; the module is kept so that its identity stays its own.
_PLANS: dict[int, tuple[Module, Plan]] = {}


def _compile(name: str, module: Module) -> Plan:
    scalars, columns, previous = _objects(module)
    lookups: dict[bytes, None] = {}
    for metric in module.metrics:
        for lookup in metric.lookups:
            if lookup.labels and lookup.oid:
                oid = ber.encode_oid(lookup.oid)
                lookups[oid] = None
                if lookup.type in _COMBINED:
                    lookups[_previous(oid)] = None
    filters = _filters(module)
    # What tells an address's type or whether a value counts, and what a filter looks at, is read even unshown.
    tellers = [ber.encode_oid(metric.present_with) for metric in module.metrics if metric.present_with]
    extra = dict.fromkeys([*previous, *tellers, *(item.oid for item in filters if item.oid)])
    columns.update((oid, None) for oid in extra)
    return Plan(
        name=name,
        metrics=tuple((ber.encode_oid(metric.oid), metric) for metric in module.metrics),
        alike=_alike(module),
        scalars=tuple(dict.fromkeys(scalars)),
        tables=_tables(list(columns)),
        labels=_tables([oid for oid in lookups if oid not in columns]),
        lookups=frozenset(lookups),
        filters=filters,
        max_repetitions=module.max_repetitions or 0,
        retries=module.retries,
        timeout=module.timeout,
        nonincreasing=module.allow_nonincreasing_oids,
    )


def _alike(module: Module) -> dict[bytes, int]:
    numbers: dict[str, int] = {}
    return {
        ber.encode_oid(metric.oid): numbers.setdefault(repr((metric.indexes, metric.lookups)), len(numbers))
        for metric in module.metrics
    }


def _objects(module: Module) -> tuple[list[bytes], dict[bytes, None], list[bytes]]:
    """The scalars and columns that the metrics need, as far as `walk` and `get` cover them, and the columns that
    tell the types of addresses.
    """  # noqa: D205 - one sentence says it
    walks = tuple(ber.encode_oid(oid) for oid in module.walk)
    scalars = [ber.encode_oid(oid) for oid in module.get]
    columns: dict[bytes, None] = {}
    previous = []
    for metric in module.metrics:
        oid = ber.encode_oid(metric.oid)
        if metric.type in _COMBINED:
            previous.append(_previous(oid))
        if any(oid.startswith(root) for root in walks):
            if metric.indexes or oid in walks:
                columns[oid] = None
            else:
                # A scalar below a walked subtree: its only instance is .0 (RFC 2578 section 7.10).
                scalars.append(oid + b"\x00")
            continue
        # A walk that is longer than the metric's own OID: a single instance, or a part of the rows.
        for root in walks:
            if root.startswith(oid):
                if metric.indexes and not root.endswith(b"\x00"):
                    columns[root] = None
                else:
                    scalars.append(root)
    return scalars, columns, previous


def _filters(module: Module) -> tuple[Filter, ...]:
    static = [
        Filter(tuple(map(ber.encode_oid, part.targets)), frozenset(_index(text) for text in part.indices))
        for part in module.filters.static
    ]
    dynamic = [
        Filter(
            tuple(map(ber.encode_oid, part.targets)),
            oid=ber.encode_oid(part.oid),
            patterns=tuple(re.compile(value) for value in part.values),
        )
        for part in module.filters.dynamic
    ]
    return (*static, *dynamic)


_COMBINED = frozenset({"InetAddress", "InetAddressMissingSize", "LldpPortId"})


def _previous(oid: bytes) -> bytes:
    """The column before: where the type of an InetAddress stands."""
    arcs = ber.decode_arcs(oid)
    return ber.encode_arcs((*arcs[:-1], max(0, arcs[-1] - 1)))


def previous(oid: bytes) -> bytes:
    """The column before `oid`."""
    return _previous(oid)


def _index(text: str) -> bytes:
    return ber.encode_index([int(arc) for arc in text.strip(".").split(".")])


def _tables(columns: list[bytes]) -> tuple[Table, ...]:
    groups: dict[bytes, list[bytes]] = {}
    for column in columns:
        arcs = ber.decode_arcs(column)
        prefix = ber.encode_arcs(arcs[:-1]) if len(arcs) > 2 else column
        groups.setdefault(prefix, []).append(column)
    return tuple(Table(prefix, tuple(members)) for prefix, members in groups.items())
