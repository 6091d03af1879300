"""What was read, written as Prometheus text.

Names, types, labels and values are snmp_exporter's. A series' text up to its value is made once and kept as long as
the labels' sources stay the same; at later polls only the value is written behind it.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from collectors import labels, texts, values
from collectors import plan as planning
from collectors.snmp import ber

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectors.found import Found
    from collectors.modules.schema import Metric
    from collectors.plan import Plan
    from collectors.snmp.layout import Rows

# Counters above this lose digits in a float; they wrap here, as snmp_exporter's do.
MANTISSA = 1 << 53
# A number of so many octets is below it.
_SAFE = 6
_DIRECT = frozenset({"counter", "gauge", "Float", "Double"})
_TIMES = frozenset({"DateAndTime", "ParseDateAndTime", "NTPTimeStamp"})
_TAG, _SIZE, _CONTENT = itemgetter(0), itemgetter(1), itemgetter(slice(2, None))
_SIGNED = {ber.INTEGER}
_MAX_TEMPLATES = 64


class Family:
    """One metric family: its name, type and help text, and its samples' lines, some perhaps added as one text."""

    __slots__ = ("_lines", "_texts", "help", "kind", "name")

    def __init__(self, name: str, kind: str, help: str, lines: list[bytes] | None = None) -> None:  # noqa: A002 - the field's name in the format
        self.name = name
        self.kind = kind
        self.help = help
        self._lines = lines or []
        self._texts: list[bytes] = []

    @property
    def lines(self) -> list[bytes]:
        """The samples' lines, to be read or added to."""
        if self._texts:
            lines = b"".join(self._texts).split(b"\n")
            self._lines.extend(line + b"\n" for line in lines[:-1])
            self._texts = []
        return self._lines

    def add(self, text: bytes) -> None:
        """Add lines that are one text already."""
        self._texts.append(text)

    def text(self) -> bytes:
        """The lines as one text; empty if there are none."""
        if len(self._texts) == 1 and not self._lines:
            return self._texts[0]
        return b"".join([*self._lines, *self._texts])

    def head(self) -> bytes:
        """`# HELP` and `# TYPE`."""
        return _head(self.name, self.kind, self.help)


@lru_cache(maxsize=8192)
def _head(name: str, kind: str, text: str) -> bytes:
    shown = text.replace("\\", "\\\\").replace("\n", "\\n")
    return f"# HELP {name} {shown}\n# TYPE {name} {kind}\n".encode()


@lru_cache(maxsize=1024)
def _gathered(plan: Plan) -> frozenset[bytes]:
    """Metrics whose rows are not simply one column's: scalars, single instances, filtered ones."""
    longer = [oid for table in plan.tables for oid in table.columns]
    return frozenset(
        oid
        for oid, _ in plan.metrics
        if any(name.startswith(oid) for name in plan.scalars)
        or any(len(name) > len(oid) and name.startswith(oid) for name in longer)
        or any(oid.startswith(target) for part in plan.filters for target in part.targets)
    )


class Series:
    """The texts of one agent's series of one module, kept between polls."""

    def __init__(self, plan: Plan, *, wrap: bool = True) -> None:
        self._plan = plan
        self._wrap = wrap
        self._prefixes: dict[bytes, dict[bytes, bytes]] = {}
        self._sources: dict[bytes, Rows] = {}
        self._inner: dict[tuple[int, bytes], bytes] = {}
        self._taken: dict[bytes, set[bytes]] = {}
        # By the number of `alike` and the rows: each row's labels and the place of its value.
        self._templates: dict[tuple[int, tuple[bytes, ...]], list[bytes]] = {}
        self._gathered = _gathered(plan)
        self.duplicates = 0

    def render(self, found: Found) -> list[Family]:
        """The metric families of what was found, in the module's order."""
        self._forget_changed(found)
        self.duplicates = 0
        families: dict[str, Family] = {}
        for oid, metric in self._plan.metrics:
            rows = self._rows(oid, found) if oid in self._gathered else found.columns.get(oid)
            if not rows:
                continue
            if metric.absent:
                rows = _present(metric, rows, found)
            if metric.plausible is not None:
                rows = _plausible(metric, rows, metric.plausible)
            if metric.type == "RowCount":
                _counts(metric, labels.of_rows(rows, metric, found), families)
            elif metric.type in _DIRECT and not metric.scale and not metric.offset:
                self._numbers(oid, metric, rows, found, families)
            elif metric.type in _DIRECT or metric.type in _TIMES:
                self._scaled(oid, metric, rows, found, families)
            else:
                self._texts(oid, metric, rows, found, families)
        return list(families.values())

    def _rows(self, oid: bytes, found: Found) -> Rows:
        """A metric's rows by the index after its OID, filtered."""
        rows = found.columns.get(oid, {})
        longer = {
            column[len(oid) :] + index: value
            for column, part in found.columns.items()
            if len(column) > len(oid) and column.startswith(oid)
            for index, value in part.items()
        }
        singles = {name[len(oid) :]: value for name, value in found.scalars.items() if name.startswith(oid)}
        if longer or singles:
            rows = {**rows, **longer, **singles}
        for part in self._plan.filters:
            if rows and any(oid.startswith(target) for target in part.targets):
                allowed = part.indices if not part.oid else self._matching(part, found)
                rows = {index: value for index, value in rows.items() if index in allowed}
        return rows

    @staticmethod
    def _matching(part: planning.Filter, found: Found) -> frozenset[bytes]:
        return frozenset(
            index
            for index, value in found.columns.get(part.oid, {}).items()
            if any(pattern.search(values.value_text(value, "DisplayString")) for pattern in part.patterns)
        )

    def _forget_changed(self, found: Found) -> None:
        """Labels whose sources changed are made anew."""
        for oid in self._plan.lookups:
            rows = found.columns.get(oid, {})
            known = self._sources.get(oid)
            if known is not rows and known != rows:
                self._prefixes.clear()
                self._inner.clear()
                self._templates.clear()
                self._taken.clear()
                self._sources[oid] = rows

    # -- kinds of metrics -------------------------------------------------------------------------------------

    def _numbers(self, oid: bytes, metric: Metric, rows: Rows, found: Found, families: dict[str, Family]) -> None:
        """Counters and gauges: the common case, made short."""
        kind = "counter" if metric.type == "counter" else "gauge"
        family = _family(families, metric.name, kind, metric.note)
        prefixes = self._prefixes.get(oid)
        if prefixes is None:
            prefixes = self._prefixes[oid] = {}
        numbers = self._shaped(rows) or self._plain(rows)
        template = self._template(oid, metric, rows, found) if numbers else b""
        if template:
            family.add(template % numbers)
            return
        add = family.lines.append
        number_of = int.from_bytes
        wrap = self._wrap
        for index, value in rows.items():
            prefix = prefixes.get(index)
            if prefix is None:
                prefix = self._prefix(oid, index, metric, found)
            if not prefix:
                self.duplicates += 1
                continue
            tag = value[0]
            if 0x41 <= tag <= 0x46 and tag != 0x44:
                number = number_of(value[2:], "big")
                if number >= MANTISSA and wrap and tag == 0x46:
                    number %= MANTISSA
                add(b"%b%d\n" % (prefix, number))
            else:
                other = ber.number(value)
                if other is not None:
                    add(prefix + values.number_text(other) + b"\n")

    def _shaped(self, rows: Rows) -> tuple[int, ...]:
        """The rows' numbers, where the answer's shape gave them already."""
        if isinstance(rows, dict):
            return ()
        numbers = rows.numbers
        return () if rows.octets > _SAFE and self._wrap and max(numbers) >= MANTISSA else numbers

    def _plain(self, rows: Rows) -> tuple[int, ...]:
        """The rows' numbers, where all are whole numbers of the same signedness; else none."""
        cells = rows.values()
        tags = set(map(_TAG, cells))
        if tags <= ber.UNSIGNED:
            # Python 3.11: big-endian is from_bytes' own default.
            numbers = tuple(map(int.from_bytes, map(_CONTENT, cells)))
            if self._wrap and ber.COUNTER64 in tags and max(numbers) >= MANTISSA:
                return ()
            return numbers
        if tags == _SIGNED and all(map(_SIZE, cells)):
            return tuple([int.from_bytes(value[2:], "big", signed=True) for value in cells])
        return ()

    def _template(self, oid: bytes, metric: Metric, rows: Rows, found: Found) -> bytes:
        """The lines of a metric with a place for each number; empty if rows share their labels."""
        key = (self._plan.alike[oid], tuple(rows) if isinstance(rows, dict) else rows.indexes)
        inners = self._templates.get(key)
        if inners is None:
            inners = [inner.replace(b"%", b"%%") + b"%d\n" for inner in labels.of_rows(rows, metric, found)]
            if len(set(inners)) != len(inners):
                inners = []
            if len(self._templates) >= _MAX_TEMPLATES:
                self._templates.clear()
            self._templates[key] = inners
        name = metric.name.encode()
        return name + name.join(inners) if inners else b""

    def _scaled(self, oid: bytes, metric: Metric, rows: Rows, found: Found, families: dict[str, Family]) -> None:
        """Numbers that are computed: scale, offset, dates."""
        kind = "counter" if metric.type == "counter" else "gauge"
        prefixes = self._prefixes.setdefault(oid, {})
        for index, value in rows.items():
            number = self._number(metric, value)
            prefix = prefixes.get(index)
            if prefix is None:
                prefix = self._prefix(oid, index, metric, found)
            if number is None or not prefix:
                continue
            line = prefix + values.number_text(values.scaled(metric, number)) + b"\n"
            _family(families, metric.name, kind, metric.note).lines.append(line)

    def _number(self, metric: Metric, value: bytes) -> int | float | None:
        if metric.type in _TIMES:
            tag, content = ber.split(value)
            if tag != ber.OCTET_STRING:
                return None
            if metric.type == "DateAndTime":
                return values.date_and_time(content)
            if metric.type == "NTPTimeStamp":
                return values.ntp_time(content)
            return values.parsed_time(values.text(content), metric.datetime_pattern)
        number = ber.number(value)
        if self._wrap and number is not None and value[0] == ber.COUNTER64:
            number %= MANTISSA
        return number

    def _texts(self, oid: bytes, metric: Metric, rows: Rows, found: Found, families: dict[str, Family]) -> None:
        """Texts, enumerations and bits: their value is a label. These change; nothing is kept."""
        seen: set[bytes] = set()
        for index, value in rows.items():
            own = labels.of_row(index, metric, found)
            for name, extra, number, note in texts.samples(oid, index, metric, value, own, found):
                line = labels.line(name, {**own, **extra})
                if line in seen:
                    self.duplicates += 1
                    continue
                seen.add(line)
                family = _family(families, name, "gauge", metric.note + note)
                family.lines.append(line + values.number_text(number) + b"\n")

    def _prefix(self, oid: bytes, index: bytes, metric: Metric, found: Found) -> bytes:
        """A series' text up to its value; empty if another row has the same labels already."""
        key = (self._plan.alike[oid], index)
        inner = self._inner.get(key)
        if inner is None:
            inner = self._inner[key] = labels.line("", labels.of_row(index, metric, found))
        prefix = metric.name.encode() + inner
        taken = self._taken.setdefault(oid, set())
        if prefix in taken:
            prefix = b""
        taken.add(prefix)
        self._prefixes[oid][index] = prefix
        return prefix


def _present(metric: Metric, rows: Rows, found: Found) -> Rows:
    """The rows that have something to say: not those by which the device says that there is nothing to measure."""
    teller = found.columns.get(ber.encode_oid(metric.present_with), {}) if metric.present_with else {}
    return {
        index: value
        for index, value in rows.items()
        if ber.number(value) not in metric.absent or (index in teller and (ber.number(teller[index]) or 0) > 0)
    }


def _plausible(metric: Metric, rows: Rows, between: tuple[float, float]) -> Rows:
    """The rows whose numbers can be meant."""
    least, most = between
    scale, offset = metric.scale or 1.0, metric.offset
    numbers = {index: ber.number(value) for index, value in rows.items()}
    good = {
        index: rows[index]
        for index, number in numbers.items()
        if number is None or least <= number * scale + offset <= most
    }
    return good if len(good) < len(numbers) else rows


def _counts(metric: Metric, inners: Iterable[bytes], families: dict[str, Family]) -> None:
    """How many rows have the same labels."""
    family = _family(families, metric.name, "gauge", metric.note)
    family.lines.extend(
        b"%b%b%d\n" % (metric.name.encode(), inner, number) for inner, number in Counter(inners).items()
    )


def _family(families: dict[str, Family], name: str, kind: str, help_text: str) -> Family:
    family = families.get(name)
    if family is None:
        family = families[name] = Family(name, kind, help_text)
    return family


def page(parts: Iterable[list[Family]]) -> bytes:
    """Modules' families as one page: each family once, each series once (the first module's wins)."""
    merged: dict[str, Family] = {}
    for families in parts:
        for family in families:
            known = merged.get(family.name)
            if known is None:
                merged[family.name] = family
                continue
            series = {line.rpartition(b" ")[0] for line in known.lines}
            fresh = [line for line in family.lines if line.rpartition(b" ")[0] not in series]
            merged[family.name] = Family(known.name, known.kind, known.help, known.lines + fresh)
    texts = [(family, family.text()) for family in merged.values()]
    return b"".join([piece for family, text in texts if text for piece in (family.head(), text)])


def gauge(name: str, help_text: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Family:
    """A family of our own about a scrape."""
    family = Family(name, "gauge", help_text)
    family.lines.extend(labels.line(name, own) + values.number_text(number) + b"\n" for own, number in samples)
    return family


def labelled(families: Iterable[Family], label: str, value: str) -> list[Family]:
    """The same families with one more label on every sample: for a page that holds several devices."""
    pair = f'{label}="{values.escape(value)}"'.encode()
    result = []
    for family in families:
        name = family.name.encode()
        both, alone = name + b"{", name + b" "
        result.append(
            Family(
                family.name,
                family.kind,
                family.help,
                [
                    both + pair + (b"," + line[len(both) :] if line.startswith(both) else b"} " + line[len(alone) :])
                    for line in family.lines
                ],
            )
        )
    return result
