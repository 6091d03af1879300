"""From SNMP values and indexes to numbers and label texts, as snmp_exporter writes them.

Where it differs on purpose: text that is not UTF-8 is read as GB18030 (Chinese devices), and a value that is no
number where one belongs gives no sample instead of 0.
"""

from __future__ import annotations

import calendar
import math
import re
from ctypes import c_float
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from collectors import display_hint
from collectors.snmp import ber

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectors.modules.schema import Metric

# The type of an address or port is told by the object before it (RFC 4001, IEEE 802.1AB).
COMBINED: dict[str, dict[int, str]] = {
    "InetAddress": {1: "InetAddressIPv4", 2: "InetAddressIPv6"},
    "InetAddressMissingSize": {1: "InetAddressIPv4", 2: "InetAddressIPv6"},
    "LldpPortId": {1: "DisplayString", 2: "DisplayString", 3: "PhysAddress48", 5: "DisplayString", 7: "DisplayString"},
}
_FIXED = {"PhysAddress48": 6, "InetAddressIPv4": 4, "InetAddressIPv6": 16}
_NTP_EPOCH = 2_208_988_800
# An Opaque value that holds a 32-bit float: 9f 78 04 and four octets.
_FLOAT_OCTETS = 7
# What Go's ParseFloat takes, and Python's float too; not blanks, not underscores.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)|nan", re.ASCII | re.IGNORECASE)


def text(octets: bytes) -> str:
    """Octets as text: UTF-8, else GB18030, else with replacement characters."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return octets.decode("utf-8", "replace")


def octets_text(octets: bytes, kind: str) -> str:
    """An octet string as its type shows it."""
    if kind == "DisplayString":
        return text(octets)
    if kind in _FIXED:
        return index_text(list(octets), kind, 0, implied=False, enum={})[0]
    return f"0x{octets.hex().upper()}" if octets else ""


def value_text(value: bytes, kind: str, hint: str = "") -> str:
    """A value as a label: numbers in decimal, OIDs and addresses dotted, octets by their type or by a display hint."""
    if value[0] == ber.OCTET_STRING and value[1] < 0x80 and not hint:
        return octets_text(value[2:], kind)
    tag, content = ber.split(value)
    if tag == ber.OCTET_STRING:
        shown = display_hint.apply(hint, content) if hint and kind in {"", "OctetString"} else None
        return octets_text(content, kind) if shown is None else text(shown)
    if tag == ber.OBJECT_IDENTIFIER:
        return ber.oid_text(content) if content else ""
    if tag == ber.IP_ADDRESS:
        return ".".join(map(str, content))
    number = ber.number(value)
    if number is None:
        return f"0x{content.hex().upper()}" if tag == ber.OPAQUE and content else ""
    return _decimal(number, len(content)) if isinstance(number, float) else str(number)


def _decimal(number: float, octets: int) -> str:
    """A float without an exponent, in as few digits as tell it from its neighbours of 32 (net-snmp's Opaque: 7 octets)
    or of 64 bits, as Go's FormatFloat writes it with `f` and -1.
    """  # noqa: D205 - one sentence says it
    if not math.isfinite(number):
        return number_text(number).decode()
    shown = repr(number)
    if octets == _FLOAT_OCTETS:
        short = (f"{number:.{digits}g}" for digits in range(1, 10))
        shown = next((each for each in short if c_float(float(each)).value == number), shown)
    return f"{Decimal(shown):f}".removesuffix(".0")


def _take(arcs: Sequence[int], count: int) -> tuple[list[int], list[int]]:
    """The first `count` arcs, padded with zeros (some routers leave out trailing ones), and the rest."""
    head = list(arcs[:count])
    return head + [0] * (count - len(head)), list(arcs[count:])


def index_text(
    arcs: Sequence[int], kind: str, fixed_size: int, *, implied: bool, enum: Mapping[int, str]
) -> tuple[str, list[int], list[int]]:
    """An index's part as text (RFC 2578 section 7.7), the arcs it used and the arcs left over."""
    if kind in COMBINED:
        return _combined(arcs, kind, enum)
    if kind in _FIXED:
        used, rest = _take(arcs, _FIXED[kind])
        return _fixed([arc & 0xFF for arc in used], kind), used, rest
    if kind in ("OctetString", "DisplayString"):
        return _string(arcs, kind, len(arcs) if implied else fixed_size)
    used, rest = _take(arcs, 1)
    shown = enum.get(used[0]) if kind in ("EnumAsInfo", "EnumAsStateSet") else None
    return shown or str(used[0]), used, rest


def _fixed(octets: list[int], kind: str) -> str:
    if kind == "InetAddressIPv4":
        return ".".join(map(str, octets))
    if kind == "PhysAddress48":
        return ":".join(f"{octet:02X}" for octet in octets)
    return ":".join(f"{high:02X}{low:02X}" for high, low in zip(octets[::2], octets[1::2], strict=True))


def _string(arcs: Sequence[int], kind: str, size: int) -> tuple[str, list[int], list[int]]:
    used: list[int] = []
    rest = list(arcs)
    if not size:
        used, rest = _take(rest, 1)
        size = used[0]
    size = min(size, ber.MAX_ARCS)
    content, rest = _take(rest, size)
    octets = bytes(arc & 0xFF for arc in content)
    if kind == "DisplayString":
        return text(octets), used + content, rest
    return (f"0x{octets.hex().upper()}" if octets else ""), used + content, rest


def _combined(arcs: Sequence[int], kind: str, enum: Mapping[int, str]) -> tuple[str, list[int], list[int]]:
    missing = kind == "InetAddressMissingSize"
    head, rest = _take(arcs, 1 if missing else 2)
    inner = COMBINED[kind].get(head[0])
    if inner is not None:
        result, used, rest = index_text(rest, inner, 0, implied=False, enum=enum)
        return result, head + used, rest
    if missing:
        return _string(arcs, "OctetString", len(arcs))
    return _string(arcs, "OctetString", head[1] + 2)


def date_and_time(octets: bytes) -> float | None:
    """Seconds since 1970 of an RFC 2579 DateAndTime (8 octets: taken as UTC; 11: with its offset)."""
    if len(octets) not in (8, 11):
        return None
    try:
        stamp = calendar.timegm(
            datetime(
                int.from_bytes(octets[:2], "big"),
                octets[2],
                octets[3],
                octets[4],
                octets[5],
                min(octets[6], 59),
                tzinfo=UTC,
            ).timetuple()
        )
    except ValueError:
        return None
    if len(octets) == 11:
        offset = octets[9] * 3600 + octets[10] * 60
        if octets[8] == 0x2B:
            stamp -= offset
        elif octets[8] == 0x2D:
            stamp += offset
        else:
            return None
    return float(stamp)


def parsed_time(shown: str, pattern: str) -> float | None:
    """Seconds since 1970 of a text in strftime's notation, taken as UTC unless it has an offset."""
    try:
        moment = datetime.strptime(shown, pattern)  # noqa: DTZ007 - the next line gives it a zone
    except ValueError:
        return None
    return calendar.timegm((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).utctimetuple())


def ntp_time(octets: bytes) -> float | None:
    """Whole seconds since 1970 of an NTP timestamp (RFC 5905 section 6)."""
    return int.from_bytes(octets[:4], "big") - _NTP_EPOCH if len(octets) >= 8 else None


def expand(found: re.Match[str], template: str) -> float | None:
    """Go's Expand of `$1`, `${1}`, `$name` in a regex_extracts value, as a number."""

    def part(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        try:
            return found[int(name) if name.isdigit() else name] or ""
        except IndexError:
            return ""

    filled = re.sub(r"\$(?:\{(\w+)\}|(\w+))", part, template)
    return float(filled) if _NUMBER.fullmatch(filled) else None


def scaled(metric: Metric, number: float) -> float:
    """A number in the unit that the metric has."""
    if metric.scale:
        number *= metric.scale
    return number + metric.offset if metric.offset else number


def number_text(number: float) -> bytes:
    """A number as Prometheus' text format has it."""
    if isinstance(number, int):
        return b"%d" % number
    if math.isnan(number):
        return b"NaN"
    if math.isinf(number):
        return b"+Inf" if number > 0 else b"-Inf"
    return repr(number).encode()


def escape(label: str) -> str:
    """A label's value as Prometheus' text format wants it: backslash, quote and line feed escaped, nothing else."""
    if "\\" in label or '"' in label or "\n" in label:
        label = label.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return label
