"""The whole network at a glance, county by county."""

from __future__ import annotations

from collectors.dashboards.parts import (
    BAD_IS_ANY,
    CHOSEN,
    DEGREES,
    DEVICES,
    GOOD_IS_HIGH,
    PERCENT,
    POLLED,
    WHERE,
    Board,
    Kind,
    Panel,
    Query,
    bars,
    lines,
    number,
)
from inventory.text import mark

BOARD = Board(
    "govnet-network",
    mark("Network"),
    mark("The whole network by county: what answers, what is loaded, what raises an alert."),
    DEVICES,
    (
        (
            mark("Now"),
            (
                number(mark("devices"), f"count(up{{{POLLED}}})"),
                number(mark("answering"), f"avg(up{{{POLLED}}})", unit="percentunit", steps=GOOD_IS_HIGH),
                number(mark("silent"), f"count(up{{{POLLED}}} == 0) or vector(0)", steps=BAD_IS_ANY),
                number(mark("partly read"), f"count(count by (instance) (govnet_walk_error{{{CHOSEN}}})) or vector(0)"),
                number(
                    mark("alerts"), 'count(ALERTS{alertstate="firing",severity!="none"}) or vector(0)', steps=BAD_IS_ANY
                ),
                number(mark("not polled"), 'govnet_inventory_devices{polled="no"}', steps=BAD_IS_ANY),
            ),
        ),
        (
            mark("By county"),
            (
                bars(
                    mark("share that answers, by region"),
                    f"avg by (region) (up{{{POLLED}}})",
                    "{{region}}",
                    unit="percentunit",
                    steps=GOOD_IS_HIGH,
                ),
                lines(
                    mark("devices that answer, by region"),
                    (f"sum by (region) (up{{{POLLED}}})", "{{region}}"),
                ),
                lines(
                    mark("traffic of the lines, by region"),
                    (f"sum by (region) (line:in_bits:rate5m{{{CHOSEN}}})", "{{region}}"),
                    unit="bps",
                ),
                lines(
                    mark("devices by vendor"),
                    (f"count by (vendor) (up{{{POLLED}}})", "{{vendor}}"),
                ),
            ),
        ),
        (
            mark("Fullest and hottest"),
            (
                bars(
                    mark("processor"),
                    f"topk(10, device:cpu_percent:max{{{CHOSEN}}})",
                    "{{instance}}",
                    unit="percent",
                    steps=PERCENT,
                ),
                bars(
                    mark("memory"),
                    f"topk(10, device:memory_percent:max{{{CHOSEN}}})",
                    "{{instance}}",
                    unit="percent",
                    steps=PERCENT,
                ),
                bars(
                    mark("temperature"),
                    f"topk(10, device:temperature_celsius:max{{{CHOSEN}}})",
                    "{{instance}}",
                    unit="celsius",
                    steps=DEGREES,
                ),
                Panel(
                    mark("silent devices"),
                    Kind.TABLE,
                    (Query(f"up{{{POLLED}}} == 0"),),
                    columns={**WHERE, "role": mark("role"), "vendor": mark("vendor")},
                ),
            ),
        ),
        (
            mark("Alerts and monitoring"),
            (
                Panel(
                    mark("alerts that fire"),
                    Kind.TABLE,
                    (Query('ALERTS{alertstate="firing",severity!="none"}'),),
                    columns={"alertname": mark("alert"), "severity": mark("severity"), **WHERE},
                    width=24,
                ),
                lines(
                    mark("polls by result"),
                    ("sum by (reason) (rate(govnet_snmp_scrapes_total[$__rate_interval]))", "{{reason}}"),
                    unit="ops",
                ),
                lines(
                    mark("how long polls take"),
                    (
                        f"quantile(0.5, sum without (module) (snmp_scrape_duration_seconds{{{POLLED}}}))",
                        mark("half of the devices"),
                    ),
                    (
                        f"quantile(0.99, sum without (module) (snmp_scrape_duration_seconds{{{POLLED}}}))",
                        mark("99 of 100 devices"),
                    ),
                    unit="s",
                ),
                lines(
                    mark("the exporter's processor time"),
                    ('rate(process_cpu_seconds_total{job="govnet-exporter"}[$__rate_interval])', "{{instance}}"),
                    unit="percentunit",
                ),
                lines(
                    mark("the exporter's memory"),
                    ('process_resident_memory_bytes{job="govnet-exporter"}', "{{instance}}"),
                    unit="bytes",
                ),
            ),
        ),
    ),
)
