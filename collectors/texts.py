"""What a text, an enumeration or a set of bits becomes: series whose label says it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from collectors import plan as planning
from collectors import values
from collectors.snmp import ber

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectors.found import Found
    from collectors.modules.schema import Metric

# Name, further labels, value, what is added to the help text.
Sample: TypeAlias = "tuple[str, dict[str, str], float, str]"


def samples(
    oid: bytes, index: bytes, metric: Metric, value: bytes, own: Mapping[str, str], found: Found
) -> Iterable[Sample]:
    """The samples of one object; `own` are its row's labels."""
    if metric.type in ("EnumAsInfo", "EnumAsStateSet"):
        return _enumeration(metric, value, own)
    if metric.type == "Bits":
        return _bits(metric, value)
    shown = values.value_text(value, _kind(oid, index, metric, found), metric.display_hint)
    if metric.regex_extracts:
        return _extracted(metric, shown)
    return [(metric.name, {} if metric.name in own else {metric.name: shown}, values.scaled(metric, 1), "")]


def _enumeration(metric: Metric, value: bytes, own: Mapping[str, str]) -> Iterable[Sample]:
    number = ber.number(value)
    if number is None:
        return
    name = metric.name
    state = metric.enum_values.get(int(number), str(int(number)))
    if metric.type == "EnumAsInfo":
        # Where it is part of the index, its word stands in the labels already.
        if name not in own:
            yield name + "_info", {name: state}, 1, " (EnumAsInfo)"
        return
    yield name, {name: state}, 1, " (EnumAsStateSet)"
    for key, other in metric.enum_values.items():
        if key != number:
            yield name, {name: other}, 0, " (EnumAsStateSet)"


def _bits(metric: Metric, value: bytes) -> Iterable[Sample]:
    """The most significant bit of the first octet is number 0 (RFC 2578 section 7.1.4)."""
    tag, content = ber.split(value)
    if tag == ber.OCTET_STRING:
        for key, word in metric.enum_values.items():
            bit = key < len(content) * 8 and content[key // 8] & (128 >> key % 8)
            yield metric.name, {metric.name: word}, int(bool(bit)), " (Bits)"


def _extracted(metric: Metric, shown: str) -> Iterable[Sample]:
    """For each ending the first expression that matches and gives a number."""
    for ending, extracts in metric.regex_extracts.items():
        for extract in extracts:
            match = re.fullmatch(extract.regex, shown)
            number = values.expand(match, extract.value) if match else None
            if number is not None:
                yield metric.name + ending, {}, values.scaled(metric, number), " (regex extracted)"
                break


def _kind(oid: bytes, index: bytes, metric: Metric, found: Found) -> str:
    """A value's type; for addresses and port IDs the object before it tells."""
    if metric.type not in values.COMBINED:
        return metric.type
    teller = found.columns.get(planning.previous(oid), {}).get(index)
    number = ber.number(teller) if teller else None
    return values.COMBINED[metric.type].get(int(number), "OctetString") if number is not None else "OctetString"
