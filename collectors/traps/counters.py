"""What the receiver has counted, as Prometheus reads it."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping, Sequence

    from prometheus_client.core import Metric

    from collectors.traps.alertmanager import Alertmanager
    from collectors.traps.alerts import Alerts
    from collectors.traps.store import Store


@dataclass(slots=True)
class Counts:
    """Numbers since the start. Nothing that comes in is left out of them, whatever else becomes of it."""

    datagrams: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    # (device, notification, severity): the device is empty for somebody who is not in the inventory.
    notifications: Counter[tuple[str, ...]] = field(default_factory=Counter)
    suppressed: Counter[tuple[str, ...]] = field(default_factory=Counter)
    acknowledged: int = 0
    repeated: int = 0


class Page:
    """The page of `/metrics`."""

    def __init__(
        self,
        counts: Counts,
        store: Store,
        alerts: Alerts,
        servers: Sequence[Alertmanager],
        sockets: Sequence[socket.socket],
    ) -> None:
        from prometheus_client import CollectorRegistry  # noqa: PLC0415 - start-up time
        from prometheus_client.process_collector import ProcessCollector  # noqa: PLC0415 - as above

        self._parts = (counts, store, alerts, servers, sockets)
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(self)

    def text(self, *, openmetrics: bool) -> bytes:
        """The page."""
        from prometheus_client import generate_latest  # noqa: PLC0415 - start-up time
        from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics  # noqa: PLC0415 - as above

        return bytes((generate_openmetrics if openmetrics else generate_latest)(self._registry))

    def collect(self) -> Iterator[Metric]:
        """The metric families, as prometheus-client asks for them."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily  # noqa: PLC0415 - start-up time

        counts, store, alerts, servers, sockets = self._parts

        def counter(name: str, text: str, value: float) -> Metric:
            return CounterMetricFamily(name, text, value=value)

        def table(name: str, text: str, labels: list[str], rows: Mapping[tuple[str, ...], int]) -> Metric:
            family = CounterMetricFamily(name, text, labels=labels)
            for key, number in sorted(rows.items()):
                family.add_metric(list(key), number)
            return family

        def levels(name: str, text: str, label: str, rows: dict[str, float]) -> Metric:
            family = GaugeMetricFamily(name, text, labels=[label])
            for key, number in sorted(rows.items()):
                family.add_metric([key], number)
            return family

        yield counter("govnet_trap_datagrams", "Datagrams received.", counts.datagrams)
        refused: dict[tuple[str, ...], int] = {(reason,): number for reason, number in counts.refused.items()}
        yield table("govnet_trap_refused", "Datagrams refused, by reason.", ["reason"], refused)
        yield table(
            "govnet_trap_notifications",
            "Notifications accepted.",
            ["device", "notification", "severity"],
            dict(counts.notifications),
        )
        yield table(
            "govnet_trap_suppressed",
            "Notifications of a storm: counted, not written.",
            ["device", "notification"],
            dict(counts.suppressed),
        )
        yield counter("govnet_trap_informs_acknowledged", "Informs answered.", counts.acknowledged)
        yield counter("govnet_trap_informs_repeated", "Informs that came again.", counts.repeated)
        drops = kernel_drops(sockets)
        if drops is not None:
            yield counter("govnet_trap_socket_drops", "Datagrams that the kernel dropped before us.", drops)
        yield counter("govnet_trap_stored", "Lines written.", store.stored)
        yield counter("govnet_trap_store_failed", "Lines given up because the disk took none.", store.failed)
        yield GaugeMetricFamily("govnet_trap_store_waiting", "Lines that wait for the disk.", value=store.waiting)
        yield levels("govnet_trap_alerts_active", "Alerts that are on.", "alert", {**alerts.counts()})
        yield counter("govnet_trap_alerts_left_out", "Alerts not begun because there were too many.", alerts.left_out)
        up = {server.name: float(server.up) for server in servers}
        yield levels("govnet_trap_alertmanager_up", "1 if Alertmanager took the last alerts.", "url", up)
        failed: dict[tuple[str, ...], int] = {(server.name,): server.failures for server in servers}
        yield table("govnet_trap_alertmanager_failures", "Attempts that Alertmanager did not take.", ["url"], failed)


def kernel_drops(sockets: Sequence[socket.socket]) -> int | None:
    """How many datagrams the kernel had no room for (proc(5), /proc/net/udp); None if it does not tell."""
    wanted = {str(os.fstat(sock.fileno()).st_ino) for sock in sockets if sock.fileno() >= 0}
    total, found = 0, False
    for name in ("udp", "udp6"):
        try:
            with open(f"/proc/thread-self/net/{name}", encoding="ascii") as stream:  # noqa: PTH123 - a kernel's file
                lines = stream.readlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if len(fields) > 12 and fields[9] in wanted:
                total += int(fields[12])
                found = True
    return total if found else None
