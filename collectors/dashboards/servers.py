"""Servers and UPS."""

from __future__ import annotations

from collectors.dashboards.parts import (
    BAD_IS_ANY,
    CHOSEN,
    DEVICES,
    PERCENT,
    RATIO,
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
    "govnet-servers",
    mark("Servers and UPS"),
    mark("Processors, memory and disks of hosts; batteries, load and mains of UPS."),
    DEVICES,
    (
        (
            mark("Servers"),
            (
                lines(
                    mark("load average"),
                    (f'laLoadInt{{laNames=~"Load-5|",{CHOSEN}}}', "{{instance}} {{laNames}}"),
                ),
                lines(
                    mark("processors"),
                    (f"avg by (instance) (hrProcessorLoad{{{CHOSEN}}})", "{{instance}}"),
                    unit="percent",
                ),
                lines(
                    mark("memory, without caches"),
                    (f"host:memory_used:ratio{{{CHOSEN}}}", "{{instance}}"),
                    unit="percentunit",
                ),
                bars(
                    mark("fullest disks"),
                    f"topk(15, disk:used:ratio{{{CHOSEN}}})",
                    "{{instance}} {{hrStorageDescr}}{{dskPath}}",
                    unit="percentunit",
                    steps=RATIO,
                ),
                lines(
                    mark("reads and writes"),
                    (
                        f"sum by (instance) (rate(diskIONReadX{{{CHOSEN}}}[$__rate_interval]))",
                        mark("{{instance}} reads"),
                    ),
                    (
                        f"sum by (instance) (rate(diskIONWrittenX{{{CHOSEN}}}[$__rate_interval]))",
                        mark("{{instance}} writes"),
                    ),
                    unit="Bps",
                ),
                lines(mark("processes"), (f"hrSystemProcesses{{{CHOSEN}}}", "{{instance}}")),
            ),
        ),
        (
            mark("UPS"),
            (
                number(mark("UPS"), f"count(upsOutputSource{{{CHOSEN}}})", width=6),
                number(
                    mark("on battery"),
                    f"count(upsOutputSource{{{CHOSEN}}} == 5) or vector(0)",
                    steps=BAD_IS_ANY,
                    width=6,
                ),
                number(
                    mark("shortest time left"), f"min(upsEstimatedMinutesRemaining{{{CHOSEN}}}) * 60", unit="s", width=6
                ),
                number(mark("alarms of their own"), f"sum(upsAlarmsPresent{{{CHOSEN}}})", steps=BAD_IS_ANY, width=6),
                Panel(
                    mark("where the output comes from"),
                    Kind.TABLE,
                    (Query(f"upsOutputSource{{{CHOSEN}}}"),),
                    columns=WHERE,
                    words={
                        "2": (mark("none"), "red"),
                        "3": (mark("mains"), "green"),
                        "4": (mark("bypass"), "orange"),
                        "5": (mark("battery"), "red"),
                    },
                    value=mark("state"),
                ),
                bars(
                    mark("load of the output"),
                    f"upsOutputPercentLoad{{{CHOSEN}}}",
                    "{{instance}} {{upsOutputLineIndex}}",
                    unit="percent",
                    steps=PERCENT,
                ),
                lines(mark("charge"), (f"upsEstimatedChargeRemaining{{{CHOSEN}}}", "{{instance}}"), unit="percent"),
                lines(
                    mark("input voltage"),
                    (f"upsInputVoltage{{{CHOSEN}}}", "{{instance}} {{upsInputLineIndex}}"),
                    unit="volt",
                ),
                lines(
                    mark("temperature at the battery"),
                    (f"upsBatteryTemperature{{{CHOSEN}}}", "{{instance}}"),
                    unit="celsius",
                ),
            ),
        ),
    ),
)
