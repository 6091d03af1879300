"""VPN units: tunnels, and the gateways at the units."""

from __future__ import annotations

from collectors.dashboards.parts import (
    BAD_IS_ANY,
    CHOSEN,
    DEVICES,
    UP_DOWN,
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

_UNITS = 'up{job=~"snmp.*",region=~"$region",unit=~"$unit",vendor=~"$vendor",role=~".*vpn.*"}'

BOARD = Board(
    "govnet-vpn",
    mark("VPN units"),
    mark("Tunnels of the VPN gateways, and whether the units' own gateways answer."),
    DEVICES,
    (
        (
            mark("Now"),
            (
                number(mark("tunnels up"), f"sum(device:tunnels:sum{{{CHOSEN}}})", width=6),
                number(
                    mark("tunnels down"),
                    f"count(component:tunnel_good:bool{{{CHOSEN}}} == 0) or vector(0)",
                    steps=BAD_IS_ANY,
                    width=6,
                ),
                number(mark("units"), f"count({_UNITS})", width=6),
                number(mark("units that are silent"), f"count({_UNITS} == 0) or vector(0)", steps=BAD_IS_ANY, width=6),
            ),
        ),
        (
            mark("Tunnels"),
            (
                lines(mark("tunnels up, by gateway"), (f"device:tunnels:sum{{{CHOSEN}}}", "{{instance}}")),
                bars(
                    mark("tunnels fewer than within the last hour"),
                    f"max_over_time(device:tunnels:sum{{{CHOSEN}}}[1h]) - device:tunnels:sum{{{CHOSEN}}}",
                    "{{instance}}",
                    steps=BAD_IS_ANY,
                ),
                Panel(
                    mark("each tunnel"),
                    Kind.TABLE,
                    (Query(f"component:tunnel_good:bool{{{CHOSEN}}}"),),
                    columns={"instance": mark("device"), "metric": mark("metric")},
                    words=UP_DOWN,
                    value=mark("state"),
                    width=24,
                ),
            ),
        ),
        (
            mark("Units"),
            (
                Panel(mark("the units' gateways"), Kind.TABLE, (Query(_UNITS),), columns=WHERE, words=UP_DOWN),
                lines(mark("units that answer, by region"), (f"sum by (region) ({_UNITS})", "{{region}}")),
            ),
        ),
    ),
)
