"""A series' labels: what its row's index says, and what is looked up by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectors import plan as planning
from collectors import values
from collectors.snmp import ber

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectors.found import Found
    from collectors.modules.schema import Lookup, Metric
    from collectors.snmp.layout import Rows


# Types whose text hangs on more than the value.
_CAREFUL = frozenset({*values.COMBINED, "EnumAsInfo"})


def line(name: str, labels: Mapping[str, str]) -> bytes:
    """`name{a="…",b="…"} `, labels sorted by name as Prometheus' own library sorts them."""
    if not labels:
        return f"{name} ".encode()
    inner = ",".join(f'{label}="{values.escape(labels[label])}"' for label in sorted(labels))
    return f"{name}{{{inner}}} ".encode("utf-8", "replace")


def of_row(index: bytes, metric: Metric, found: Found) -> dict[str, str]:
    """The labels of one row: its index's parts, then what is looked up by them."""
    labels: dict[str, str] = {}
    arcs: dict[str, list[int]] = {}
    rest: list[int] = list(ber.decode_index(index)) if metric.indexes else []
    for part in metric.indexes:
        labels[part.labelname], arcs[part.labelname], rest = values.index_text(
            rest, part.type, part.fixed_size, implied=part.implied, enum=part.enum_values
        )
    # The index as it stands is what a lookup by all of its parts looks for, unless parts were missing or left over.
    whole = tuple(arcs) if index == ber.encode_index([arc for part in arcs.values() for arc in part]) else None
    for lookup in metric.lookups:
        if not lookup.labels:
            labels.pop(lookup.labelname, None)
            continue
        if lookup.labels == whole:
            key = index
        else:
            key = ber.encode_index([arc for label in lookup.labels for arc in arcs.get(label, ())])
        value = found.columns.get(ber.encode_oid(lookup.oid), {}).get(key)
        if value is None:
            labels[lookup.labelname] = ""
            continue
        number = ber.number(value) if value[0] != ber.OCTET_STRING else None
        labels[lookup.labelname] = _named(lookup, number) or values.value_text(
            value, _kind(lookup, key, found), lookup.display_hint
        )
        arcs[lookup.labelname] = [int(number)] if number is not None and number >= 0 else [0]
    return labels


def of_rows(indexes: Iterable[bytes], metric: Metric, found: Found) -> list[bytes]:
    """The rows' labels as `line` writes them, without a metric's name."""
    indexes = list(indexes)
    return _by_number(indexes, metric, found) or [line("", of_row(index, metric, found)) for index in indexes]


def _by_number(indexes: list[bytes], metric: Metric, found: Found) -> list[bytes]:
    """The common case, column by column: the index is one number, and all lookups go by it; empty if it is not so."""
    if len(metric.indexes) != 1 or metric.indexes[0].type != "gauge":
        return []
    name = metric.indexes[0].labelname
    if any(part.labels != (name,) or part.type in _CAREFUL or part.display_hint for part in metric.lookups):
        return []
    numbers = [ber.decode_index(index) for index in indexes]
    # A number that is not written in its shortest form is looked up in that.
    if set(map(len, numbers)) != {1} or any(index[0] == 0x80 for index in indexes):
        return []
    texts = {name: [str(number) for (number,) in numbers]}
    for part in metric.lookups:
        if part.labelname == name:
            return []
        texts[part.labelname] = _column(indexes, found.columns.get(ber.encode_oid(part.oid), {}), part.type)
    names = sorted(texts)
    form = "{" + ",".join(f'{label}="%s"' for label in names) + "} "
    return [(form % row).encode("utf-8", "replace") for row in zip(*[texts[label] for label in names], strict=True)]


def _column(indexes: list[bytes], rows: Rows, kind: str) -> list[str]:
    """One column's values as labels' texts, escaped."""
    cells = list(map(rows.get, indexes))
    if kind == "DisplayString":
        # A line feed or any other octet that is not simply shown leaves it to the careful way.
        plain = [cell[2:] for cell in cells if cell and cell[0] == ber.OCTET_STRING and cell[1] < 0x80]
        joined = b"\n".join(plain)
        special = b'"' in joined or b"\\" in joined or not joined.isascii()
        if not special and len(plain) == len(cells) == joined.count(b"\n") + 1:
            return joined.decode().split("\n")
    return ["" if cell is None else values.escape(values.value_text(cell, kind)) for cell in cells]


def _named(lookup: Lookup, number: float | None) -> str:
    """The word for a number that is looked up in an enumeration; empty if there is none."""
    if number is None or lookup.type != "EnumAsInfo":
        return ""
    return lookup.enum_values.get(int(number), "")


def _kind(lookup: Lookup, key: bytes, found: Found) -> str:
    """The type of a value that is looked up; for addresses and port IDs the object before it tells."""
    if lookup.type not in values.COMBINED:
        return lookup.type
    teller = found.columns.get(planning.previous(ber.encode_oid(lookup.oid)), {}).get(key)
    number = ber.number(teller) if teller else None
    return values.COMBINED[lookup.type].get(int(number), "OctetString") if number is not None else "OctetString"
