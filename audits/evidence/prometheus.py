"""What Prometheus has measured: load in the busiest hours, whether a device is seen, whether its clock is right.

The series are those of the rules and targets that `govnet collect deploy` writes. Percentiles are of five-minute steps
over the window (`quantile_over_time` on a subquery), as carriers bill lines. A device of which Prometheus has measured
less than the wanted share of the window is unknown, and so is one that it has never heard of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from audits.model import Observed, Source
from inventory.errors import ServiceError
from inventory.model import LineKind
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from audits.evidence.limits import Limits
    from audits.evidence.prometheus_api import Metrics
    from inventory.model import Inventory
    from inventory.text import Message as Text

STEP_MINUTES = 5
_NEAR = 10.0  # percent of a speed by which two ways to the same peak may differ
BATCH = 100  # devices of one query: their steps stay far below Prometheus' limit of samples (50 million)
# Unverified OIDs raise no alert, and they prove nothing.
CPU = 'max by (instance) (device:cpu_percent:max{{unverified="",{match}}})'
MEMORY = (
    'max by (instance) (device:memory_percent:max{{unverified="",{match}}} or 100 * host:memory_used:ratio{{{match}}})'
)
INTERFACES = "max by (instance) (100 * device:interface_use:ratio{{{match}}})"
LINES = "max by (instance, line) (100 * line:use:ratio{{{match}}})"
ONE_INTERFACE = (
    "max by (instance, ifDescr) (800 * (rate(ifHCInOctets{{{match}}}[5m]) > rate(ifHCOutOctets{{{match}}}[5m])"
    " or rate(ifHCOutOctets{{{match}}}[5m])) / (1e6 * ifHighSpeed{{{match}}} > 0))"
)
UP = 'up{{job=~"snmp.*",{match}}}'
CLOCK = 'component:clock_good:bool{{unverified="",{match}}}'
FACTS = (
    "cpu_over_peak",
    "memory_over_peak",
    "bandwidth_over_peak",
    "not_seen_lately",
    "clock_not_synchronised",
)


@dataclass(frozen=True, slots=True)
class Peak:
    """One series over the window, in percent: 95th percentile, highest value, and for which share there are values."""

    percentile: float
    highest: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read of all devices, by name; `lines` and `interfaces_of` by device and line or interface.

    `seen` and `ever` hold 1 for a device that answered in the last minutes, or in the window, 0 for one that was asked
    and did not.
    """

    cpu: Mapping[str, Peak]
    memory: Mapping[str, Peak]
    interfaces: Mapping[str, Peak]
    interfaces_of: Mapping[tuple[str, str], Peak]
    lines: Mapping[tuple[str, str], Peak]
    seen: Mapping[str, float]
    ever: Mapping[str, float]
    clock: Mapping[str, float]


def observe(
    devices: Sequence[str], inventory: Inventory, metrics: Metrics, at: datetime, limits: Limits
) -> Iterator[Observed]:
    """The facts of the devices by their names. If the server does not answer, all of them are unknown and say why."""
    try:
        readings = read(devices, metrics, at, limits)
    except ServiceError as error:
        for name in devices:
            for fact in FACTS:
                yield Observed(name, fact, None, Source.PROMETHEUS, error.message, at=_iso(at))
        return
    for name in devices:
        yield from _device(name, inventory, readings, at, limits)


def read(devices: Sequence[str], metrics: Metrics, at: datetime, limits: Limits) -> Readings:
    """Ask for everything. ServiceError if a query is not answered."""
    asked = _Asked(metrics, at, limits, tuple(devices))
    interfaces = asked.peaks(INTERFACES)
    full = [name for name, peak in interfaces.items() if peak.percentile > limits.bandwidth_percent]
    return Readings(
        asked.peaks(CPU),
        asked.peaks(MEMORY),
        interfaces,
        asked.peaks_of(ONE_INTERFACE, "ifDescr", full),
        asked.peaks_of(LINES, "line"),
        asked.values(f"max by (instance) (max_over_time({UP}[{limits.seen_minutes}m]))"),
        asked.values(f"max by (instance) (max_over_time({UP}[{limits.window_days}d]))"),
        asked.values(f"min by (instance) (min_over_time({CLOCK}[{limits.seen_minutes}m]))"),
    )


class _Asked:
    """Queries about some devices, in batches."""

    def __init__(self, metrics: Metrics, at: datetime, limits: Limits, devices: tuple[str, ...]) -> None:
        self._metrics = metrics
        self._at = at
        self._limits = limits
        self._devices = devices

    def values(self, template: str) -> dict[str, float]:
        """One value a device."""
        return {labels.get("instance", ""): value for labels, value in self._samples(template, self._devices)}

    def peaks(self, template: str) -> dict[str, Peak]:
        """One series a device over the window."""
        return {name: peak for (name, _), peak in self.peaks_of(template, "").items()}

    def peaks_of(self, template: str, label: str, devices: Iterable[str] | None = None) -> dict[tuple[str, str], Peak]:
        """Series over the window, by device and `label`."""
        chosen = self._devices if devices is None else tuple(devices)
        found: list[dict[tuple[str, str], float]] = []
        for function in ("quantile_over_time(0.95, ", "max_over_time(", "count_over_time("):
            samples = self._samples(f"{function}{over(template, self._limits.window_days)})", chosen)
            found.append({(labels.get("instance", ""), labels.get(label, "")): value for labels, value in samples})
        steps = self._limits.window_days * 24 * 60 / STEP_MINUTES
        percentiles, highest, counts = found
        return {
            key: Peak(value, highest.get(key, value), min(counts.get(key, 0.0) / steps, 1.0))
            for key, value in percentiles.items()
        }

    def _samples(self, template: str, devices: tuple[str, ...]) -> Iterator[tuple[Mapping[str, str], float]]:
        for first in range(0, len(devices), BATCH):
            match = matcher(devices[first : first + BATCH])
            yield from self._metrics.query(template.format(match=match), self._at)


def over(expression: str, days: int) -> str:
    """The expression's values of every five minutes."""
    return f"({expression})[{days}d:{STEP_MINUTES}m]"


def matcher(devices: Sequence[str]) -> str:
    """A matcher for these devices. Their names are no regular expressions, and no braces of a template."""
    if len(devices) == 1:
        return f'instance="{_quoted(devices[0])}"'
    return f'instance=~"{_quoted("|".join(re.escape(name) for name in devices))}"'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _device(name: str, inventory: Inventory, readings: Readings, at: datetime, limits: Limits) -> Iterator[Observed]:
    for fact, template, found, limit in (
        ("cpu_over_peak", CPU, readings.cpu, limits.cpu_percent),
        ("memory_over_peak", MEMORY, readings.memory, limits.memory_percent),
    ):
        peak = found.get(name)
        value, why = _over(peak, limit, limits)
        records = (_record(template, name, peak, at, limits),) if peak is not None else ()
        yield Observed(name, fact, value, Source.PROMETHEUS, why, records, _iso(at))
    yield _bandwidth(name, inventory, readings, at, limits)
    yield _seen(name, readings, at, limits)
    yield _clock(name, readings, at, limits)


def _over(peak: Peak | None, limit: float, limits: Limits) -> tuple[bool | None, Text]:
    if peak is None:
        return None, Message(_NO_SERIES)
    if 100 * peak.coverage < limits.coverage_percent:
        return None, Message(
            "there are measurements for {share} % of {days} days only; {wanted} % are wanted",
            share=f"{100 * peak.coverage:.0f}",
            days=limits.window_days,
            wanted=f"{limits.coverage_percent:.0f}",
        )
    return peak.percentile > limit, Message(
        "the 95th percentile of {days} days is {value} %, the highest value {highest} %; the limit is {limit} %",
        days=limits.window_days,
        value=f"{peak.percentile:.1f}",
        highest=f"{peak.highest:.1f}",
        limit=f"{limit:g}",
    )


_NO_SERIES = mark("Prometheus has no such measurement of the device")


def _bandwidth(name: str, inventory: Inventory, readings: Readings, at: datetime, limits: Limits) -> Observed:
    """Every rented line against its bandwidth, every interface against its speed. All must be known to be sound."""
    limit = limits.bandwidth_percent
    peaks = _rented(name, inventory, readings)
    records = [_record(LINES, name, peak, at, limits, ("line", line)) for line, peak in peaks.items() if peak]
    every = readings.interfaces.get(name)
    full: dict[str, Peak | None] = {
        interface: peak for (device, interface), peak in readings.interfaces_of.items() if device == name
    }
    peaks |= full if full and _explained(every, full.values()) else {**full, "*": every}
    if every is not None:
        records.append(_record(INTERFACES, name, every, at, limits))
    records += [_record(ONE_INTERFACE, name, peak, at, limits, ("ifDescr", key)) for key, peak in full.items()]
    judged = {key: _over(peak, limit, limits) for key, peak in peaks.items()}
    weak = [key for key, (value, _) in judged.items() if value]
    unknown = [why for value, why in judged.values() if value is None]
    if weak:
        why = Message("over {limit} % in the busiest hours: {names}", limit=f"{limit:g}", names=", ".join(weak))
        return Observed(name, "bandwidth_over_peak", True, Source.PROMETHEUS, why, tuple(records), _iso(at))
    if unknown:
        return Observed(name, "bandwidth_over_peak", None, Source.PROMETHEUS, unknown[0], tuple(records), _iso(at))
    why = Message("no line and no interface is over {limit} % in the busiest hours", limit=f"{limit:g}")
    return Observed(name, "bandwidth_over_peak", False, Source.PROMETHEUS, why, tuple(records), _iso(at))


def _explained(every: Peak | None, full: Iterable[Peak | None]) -> bool:
    """Whether the interfaces that were asked for one by one are those that make the device's peak.

    An interface that has no series of its own would be missing among them.
    """
    return every is not None and max((peak.highest for peak in full if peak), default=0.0) >= every.highest - _NEAR


def _rented(name: str, inventory: Inventory, readings: Readings) -> dict[str, Peak | None]:
    """The lines whose bandwidth is known. Tunnels run over others; of several at one interface one has a series."""
    found: dict[str, Peak | None] = {}
    ports: dict[str, str] = {}
    for line in inventory.lines_of(name):
        if not line.mbps or line.kind is LineKind.TUNNEL:
            continue
        port, peak = line.end_at(name).interface, readings.lines.get((name, line.name))
        if peak is not None and found.get(ports.get(port, ""), peak) is None:
            del found[ports[port]]
        elif peak is None and port in ports:
            continue
        found[line.name], ports[port] = peak, line.name
    return found


def _seen(name: str, readings: Readings, at: datetime, limits: Limits) -> Observed:
    now, ever = readings.seen.get(name), readings.ever.get(name)
    value: bool | None = None
    if not readings.seen:
        why = Message("Prometheus has asked no device in the last {minutes} minutes", minutes=limits.seen_minutes)
    elif now is None and ever is None:
        why = Message("Prometheus does not know the device")
    elif now:
        value, why = False, Message("it has answered in the last {minutes} minutes", minutes=limits.seen_minutes)
    elif now is None:
        value, why = True, Message("Prometheus asked it once and does not ask it any more")
    else:
        value, why = True, Message("it has not answered in the last {minutes} minutes", minutes=limits.seen_minutes)
    shown = f"max_over_time({UP.format(match=matcher([name]))}[{limits.seen_minutes}m])"
    records = (f"{shown} = {'–' if now is None else f'{now:g}'}",) if value is not None else ()
    return Observed(name, "not_seen_lately", value, Source.PROMETHEUS, why, records, _iso(at))


def _clock(name: str, readings: Readings, at: datetime, limits: Limits) -> Observed:
    good = readings.clock.get(name)
    if good is None:
        return Observed(name, "clock_not_synchronised", None, Source.PROMETHEUS, Message(_NO_SERIES), at=_iso(at))
    why = (
        Message("it says that its clock follows a time server")
        if good
        else Message("it says that its clock follows no time server")
    )
    record = f"min_over_time({CLOCK.format(match=matcher([name]))}[{limits.seen_minutes}m]) = {good:g}"
    return Observed(name, "clock_not_synchronised", not good, Source.PROMETHEUS, why, (record,), _iso(at))


def _record(
    template: str, name: str, peak: Peak | None, at: datetime, limits: Limits, part: tuple[str, str] | None = None
) -> str:
    """The query that anybody can ask again, and what it gave."""
    if peak is None:
        return ""
    match = matcher([name]) + (f',{part[0]}="{_quoted(part[1])}"' if part is not None else "")
    begin = at - timedelta(days=limits.window_days)
    return (
        f"quantile_over_time(0.95, {over(template.format(match=match), limits.window_days)}) = {peak.percentile:.1f}; "
        f"max {peak.highest:.1f}; {100 * peak.coverage:.0f} % of {_iso(begin)} … {_iso(at)}"
    )


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
