"""The exporter's own metrics, by prometheus-client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectors.snmp.client import Counts


class Counters:
    """What the exporter has done."""

    def __init__(self, counts: Counts) -> None:
        self.registry: CollectorRegistry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._scrapes = Counter(
            "govnet_snmp_scrapes", "Polls of devices by result.", ["reason"], registry=self.registry
        )
        self._seconds = Histogram(
            "snmp_collection_duration_seconds",
            "Duration of collections by the SNMP exporter",
            ["module"],
            registry=self.registry,
        )
        self._reloaded = Gauge(
            "govnet_reload_successful", "1 if the files were good when they were last read.", registry=self.registry
        )
        self._reloaded.set(1)

        class Engine:
            """The SNMP engine's counts, read when they are asked for."""

            def collect(self) -> list[CounterMetricFamily]:
                dropped = CounterMetricFamily(
                    "govnet_snmp_dropped_datagrams", "Datagrams that answered nothing.", labels=["reason"]
                )
                for reason, number in sorted(counts.dropped_reasons.items()):
                    dropped.add_metric([reason], number)
                return [
                    CounterMetricFamily(
                        "snmp_packets", "Number of SNMP packet sent, including retries.", value=counts.sent
                    ),
                    CounterMetricFamily("snmp_packet_retries", "Number of SNMP packet retries.", value=counts.retried),
                    CounterMetricFamily("govnet_snmp_received_datagrams", "Datagrams received.", value=counts.received),
                    dropped,
                ]

        self.registry.register(Engine())

    def polled(self, modules: Sequence[str], reason: str, seconds: float) -> None:
        """Count one poll."""
        self._scrapes.labels(reason or "ok").inc()
        self._seconds.labels(",".join(modules)).observe(seconds)

    def reloaded(self, *, good: bool) -> None:
        """Note how reading the files again ended."""
        self._reloaded.set(int(good))

    def page(self, *, openmetrics: bool) -> bytes:
        """The page."""
        return bytes((generate_openmetrics if openmetrics else generate_latest)(self.registry))
