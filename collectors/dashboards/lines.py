"""The rented lines: are they up, how full are they, their 95th percentile; wanted for the carriers' bills."""

from __future__ import annotations

from collectors.dashboards.parts import (
    BAD_IS_ANY,
    CHOSEN,
    DEVICES,
    RATIO,
    UP_DOWN,
    Board,
    Kind,
    Panel,
    Query,
    bars,
    lines,
    number,
)
from inventory.text import mark

_LINE = {
    "line": mark("line"),
    "instance": mark("device"),
    "ifDescr": mark("interface"),
    "carrier": mark("carrier"),
    "far": mark("towards"),
    "region": mark("region"),
}

BOARD = Board(
    "govnet-lines",
    mark("Rented lines"),
    mark("The lines of the inventory: state, use of the rented bandwidth, 95th percentile of the chosen time."),
    DEVICES,
    (
        (
            mark("Now"),
            (
                number(mark("ends of lines"), f"count(line:up:bool{{{CHOSEN}}})", width=6),
                number(mark("down"), f"count(line:up:bool{{{CHOSEN}}} == 0) or vector(0)", steps=BAD_IS_ANY, width=6),
                number(
                    mark("unknown"),
                    'count(govnet_line_info{kind!="tunnel"} unless on (instance, line) line:up:bool) or vector(0)',
                    steps=BAD_IS_ANY,
                    width=6,
                ),
                number(mark("received by all"), f"sum(line:in_bits:rate5m{{{CHOSEN}}})", unit="bps", width=6),
            ),
        ),
        (
            mark("Use"),
            (
                bars(
                    mark("fullest lines"),
                    f"topk(15, line:use:ratio{{{CHOSEN}}})",
                    "{{line}} {{instance}}",
                    unit="percentunit",
                    steps=RATIO,
                ),
                lines(
                    mark("use of the rented bandwidth"),
                    (f"topk(10, line:use:ratio{{{CHOSEN}}})", "{{line}} {{instance}}"),
                    unit="percentunit",
                ),
                lines(mark("received"), (f"line:in_bits:rate5m{{{CHOSEN}}}", "{{line}} {{instance}}"), unit="bps"),
                lines(mark("sent"), (f"line:out_bits:rate5m{{{CHOSEN}}}", "{{line}} {{instance}}"), unit="bps"),
            ),
        ),
        (
            mark("95th percentile of the chosen time"),
            (
                Panel(
                    mark("received, 95th percentile"),
                    Kind.TABLE,
                    (Query(f"quantile_over_time(0.95, line:in_bits:rate5m{{{CHOSEN}}}[$__range])"),),
                    unit="bps",
                    columns=_LINE,
                    description=mark("Of the five-minute averages, as carriers bill it: choose the month."),
                ),
                Panel(
                    mark("sent, 95th percentile"),
                    Kind.TABLE,
                    (Query(f"quantile_over_time(0.95, line:out_bits:rate5m{{{CHOSEN}}}[$__range])"),),
                    unit="bps",
                    columns=_LINE,
                ),
                Panel(
                    mark("use, 95th percentile"),
                    Kind.TABLE,
                    (Query(f"quantile_over_time(0.95, line:use:ratio{{{CHOSEN}}}[$__range])"),),
                    unit="percentunit",
                    columns=_LINE,
                    steps=RATIO,
                ),
                Panel(mark("state"), Kind.TABLE, (Query(f"line:up:bool{{{CHOSEN}}}"),), columns=_LINE, words=UP_DOWN),
            ),
        ),
    ),
)
