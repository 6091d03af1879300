"""Firewalls: sessions, their limit, pairs."""

from __future__ import annotations

from collectors.dashboards.parts import (
    CHOSEN,
    DEVICES,
    GOOD_BAD,
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

_FIREWALL = f"{{{CHOSEN}}} and on (instance) device:sessions:sum"

BOARD = Board(
    "govnet-firewalls",
    mark("Firewalls and sessions"),
    mark("Sessions and their limit, load, and which unit of a pair is active."),
    DEVICES,
    (
        (
            mark("Now"),
            (
                number(mark("firewalls"), f"count(device:sessions:sum{{{CHOSEN}}})", width=6),
                number(mark("sessions"), f"sum(device:sessions:sum{{{CHOSEN}}})", width=6),
                number(
                    mark("nearest to its limit"),
                    f"max(device:sessions:ratio{{{CHOSEN}}})",
                    unit="percentunit",
                    steps=RATIO,
                    width=6,
                ),
                number(
                    mark("takeovers in a day"),
                    f"sum(max_over_time(device:ha_changes:10m{{{CHOSEN}}}[1d]))",
                    width=6,
                ),
            ),
        ),
        (
            mark("Sessions"),
            (
                lines(
                    mark("sessions"),
                    (f"device:sessions:sum{{{CHOSEN}}}", "{{instance}}"),
                    description=mark("Where unverified=true, compare once with what the firewall itself shows."),
                ),
                lines(
                    mark("against the day before"),
                    (f"device:sessions:sum{{{CHOSEN}}} / (avg_over_time(device:sessions:sum[1d]) > 0)", "{{instance}}"),
                    unit="percentunit",
                ),
                bars(
                    mark("used of the limit"),
                    f"device:sessions:ratio{{{CHOSEN}}}",
                    "{{instance}}",
                    unit="percentunit",
                    steps=RATIO,
                ),
                bars(
                    mark("processor"),
                    f"device:cpu_percent:max{_FIREWALL}",
                    "{{instance}}",
                    unit="percent",
                    steps=PERCENT,
                ),
            ),
        ),
        (
            mark("Pairs"),
            (
                Panel(
                    mark("changes of state in ten minutes"),
                    Kind.TABLE,
                    (Query(f"device:ha_changes:10m{{{CHOSEN}}}"),),
                    columns=WHERE,
                ),
                Panel(
                    mark("members in step"),
                    Kind.TABLE,
                    (Query(f"component:ha_sync_good:bool{{{CHOSEN}}}"),),
                    columns={**WHERE, "metric": mark("metric")},
                    words=GOOD_BAD,
                ),
            ),
        ),
    ),
)
