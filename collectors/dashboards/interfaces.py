"""Interfaces of many devices: the fullest, the faulty, those that are down."""

from __future__ import annotations

from collectors.dashboards.parts import CHOSEN, DEVICES, RATIO, Board, Kind, Panel, Query, bars, lines, number
from inventory.text import mark

_PORT = {
    "instance": mark("device"),
    "ifDescr": mark("interface"),
    "ifAlias": mark("description"),
    "region": mark("region"),
}


def _both(counter: str) -> str:
    """The interfaces where a counter of both directions grows fastest."""
    parts = (f"rate(if{way}{counter}{{{CHOSEN}}}[$__rate_interval])" for way in ("In", "Out"))
    return f"topk(10, {' + '.join(parts)})"


BOARD = Board(
    "govnet-interfaces",
    mark("All interfaces"),
    mark("The fullest interfaces, those with errors and drops, those that are down though they are wanted."),
    DEVICES,
    (
        (
            mark("Now"),
            (
                number(mark("interfaces"), f"count(ifOperStatus{{{CHOSEN}}})", width=6),
                number(mark("up"), f"count(ifOperStatus{{{CHOSEN}}} == 1) or vector(0)", width=6),
                number(
                    mark("down though wanted"),
                    f"count(ifOperStatus{{{CHOSEN}}} == 2 and ifAdminStatus == 1) or vector(0)",
                    width=6,
                ),
                number(mark("changes of state in a day"), f"sum(changes(ifOperStatus{{{CHOSEN}}}[1d]))", width=6),
            ),
        ),
        (
            mark("Traffic"),
            (
                lines(
                    mark("most received"),
                    (f"topk(10, 8 * rate(ifHCInOctets{{{CHOSEN}}}[$__rate_interval]))", "{{instance}} {{ifName}}"),
                    unit="bps",
                ),
                lines(
                    mark("most sent"),
                    (f"topk(10, 8 * rate(ifHCOutOctets{{{CHOSEN}}}[$__rate_interval]))", "{{instance}} {{ifName}}"),
                    unit="bps",
                ),
                bars(
                    mark("fullest by their speed"),
                    f"topk(15, 8 * rate(ifHCInOctets{{{CHOSEN}}}[$__rate_interval]) / (1e6 * ifHighSpeed > 0))",
                    "{{instance}} {{ifName}}",
                    unit="percentunit",
                    steps=RATIO,
                ),
                lines(
                    mark("broadcasts received"),
                    (
                        f"topk(10, rate(ifHCInBroadcastPkts{{{CHOSEN}}}[$__rate_interval]))",
                        "{{instance}} {{ifName}}",
                    ),
                    unit="pps",
                    description=mark("A loop below an access switch shows here first."),
                ),
            ),
        ),
        (
            mark("Faults"),
            (
                lines(
                    mark("errors"),
                    (
                        _both("Errors"),
                        "{{instance}} {{ifName}}",
                    ),
                    unit="pps",
                ),
                lines(
                    mark("drops"),
                    (
                        _both("Discards"),
                        "{{instance}} {{ifName}}",
                    ),
                    unit="pps",
                ),
                Panel(
                    mark("down though wanted"),
                    Kind.TABLE,
                    (Query(f"ifOperStatus{{{CHOSEN}}} == 2 and ifAdminStatus == 1"),),
                    columns=_PORT,
                    width=24,
                ),
            ),
        ),
    ),
)
