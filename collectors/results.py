"""What a poll gives: per device and module, as numbers for programs and as Prometheus text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from collectors import labels as written
from collectors.exposition import Family, gauge, labelled, page
from collectors.values import number_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from inventory.errors import SnmpError

_SAMPLE = re.compile(rb"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)\n\Z", re.DOTALL)
_PAIR = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class ModuleResult:
    """What one module gave. `reason` is empty if all of it was read; else `families` may still hold a part."""

    module: str
    reason: str
    error: SnmpError | None
    families: list[Family]
    seconds: float
    walk_seconds: float
    packets: int
    retried: int
    values: int


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one device gave. Iterate `modules` for the parts; `text()` is the Prometheus page."""

    device: str
    modules: tuple[ModuleResult, ...]
    seconds: float
    error: SnmpError | None = None

    @property
    def ok(self) -> bool:
        """Whether every module was read completely."""
        return self.error is None

    @property
    def reason(self) -> str:
        """Why not; empty if it is ok."""
        return self.error.reason if self.error else ""

    @property
    def packets(self) -> int:
        """Datagrams sent, repetitions included."""
        return sum(part.packets for part in self.modules)

    @property
    def samples(self) -> int:
        """How many samples were read from the device."""
        return sum(len(family.lines) for part in self.modules for family in part.families)

    def families(self) -> list[Family]:
        """The metric families read from the device, all modules', in order."""
        return [family for part in self.modules for family in part.families]

    def page(self) -> bytes:
        """The device's metrics, and those about the poll itself, as Prometheus text (UTF-8)."""
        return page([*(part.families for part in self.modules), about(self.modules)])

    def text(self) -> str:
        """`page()` as text."""
        return self.page().decode("utf-8", "replace")

    def values(self, metric: str) -> dict[tuple[tuple[str, str], ...], float]:
        """A metric's values by its labels, as sorted (name, value) pairs."""
        found = {}
        for family in self.families():
            if family.name == metric:
                for line in family.lines:
                    labels, number = read_line(line)
                    found[tuple(sorted(labels.items()))] = number
        return found

    def value(self, metric: str, **labels: str) -> float | None:
        """The value of the first series of `metric` that has `labels`; None if there is none."""
        wanted = labels.items()
        for pairs, number in self.values(metric).items():
            if wanted <= dict(pairs).items():
                return number
        return None

    def label(self, metric: str, name: str) -> str:
        """The label `name` of the first series of `metric`; empty if none. A text is the label of its own name."""
        for pairs in self.values(metric):
            return dict(pairs).get(name, "")
        return ""


def read_line(line: bytes) -> tuple[dict[str, str], float]:
    """Labels and value of a sample's line as `exposition` writes it."""
    match = _SAMPLE.match(line)
    if match is None:
        raise ValueError("not a sample")
    labels = {
        name: re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)
        for name, value in _PAIR.findall((match[2] or b"").decode())
    }
    return labels, float(match[3])


# What is told of each module's scrape, named as snmp_exporter names it: the help text, the number.
_SCRAPE: dict[str, tuple[str, Callable[[ModuleResult], float]]] = {
    "snmp_scrape_walk_duration_seconds": ("Time SNMP walk/bulkwalk took.", lambda part: part.walk_seconds),
    "snmp_scrape_packets_sent": (
        "Packets sent for get, bulkget, and walk; including retries.",
        lambda part: part.packets,
    ),
    "snmp_scrape_packets_retried": ("Packets retried for get, bulkget, and walk.", lambda part: part.retried),
    "snmp_scrape_pdus_returned": ("PDUs returned from get, bulkget, and walk.", lambda part: part.values),
    "snmp_scrape_duration_seconds": (
        "Total SNMP time scrape took (walk and processing).",
        lambda part: part.seconds,
    ),
}


@lru_cache(maxsize=4096)
def _prefix(name: str, module: str) -> bytes:
    return written.line(name, {"module": module})


def about(parts: Iterable[ModuleResult]) -> list[Family]:
    """The metrics about a scrape, labelled by module as snmp_exporter does, and what could not be read."""
    parts = list(parts)
    families = [
        Family(
            name,
            "gauge",
            help_text,
            [_prefix(name, part.module) + number_text(number(part)) + b"\n" for part in parts],
        )
        for name, (help_text, number) in _SCRAPE.items()
    ]
    errors = [({"module": part.module, "reason": part.reason}, 1.0) for part in parts if part.reason]
    families.append(gauge("govnet_walk_error", "1 for a module that could not be read completely, and why.", errors))
    return families


def combined(results: Iterable[PollResult]) -> bytes:
    """Several devices on one page of Prometheus text; the label `device` tells them apart."""
    parts = []
    for result in results:
        families = [*result.families(), *about(result.modules)]
        up = gauge("govnet_device_answers", "1 if the device was polled completely, else 0.", [({}, float(result.ok))])
        parts.append(labelled([*families, up], "device", result.device))
    return page(parts)
