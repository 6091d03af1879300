"""One device: its load, its parts, its neighbours, its interfaces."""

from __future__ import annotations

from collectors.dashboards.parts import (
    BAD_IS_ANY,
    DEVICE,
    GOOD_BAD,
    ONE,
    UP_DOWN,
    Board,
    Kind,
    Panel,
    Query,
    lines,
    number,
)
from inventory.text import mark

BOARD = Board(
    "govnet-device",
    mark("Device"),
    mark("One device: does it answer, its load, its parts, its neighbours, its interfaces."),
    DEVICE,
    (
        (
            mark("Now"),
            (
                Panel(
                    mark("does it answer"),
                    Kind.NUMBER,
                    (Query(f'up{{job=~"snmp.*",{ONE}}}'),),
                    width=4,
                    height=4,
                    words=UP_DOWN,
                ),
                number(mark("running since"), f"sysUpTime{{{ONE}}} / 100", unit="s"),
                number(mark("connected interfaces"), f"count(ifOperStatus{{{ONE}}} == 1) or vector(0)"),
                number(
                    mark("interfaces down though wanted"),
                    f"count(ifOperStatus{{{ONE}}} == 2 and ifAdminStatus{{{ONE}}} == 1) or vector(0)",
                ),
                number(
                    mark("faulty parts"),
                    f'count({{__name__=~"component:(fan|power_supply|hardware)_good:bool",{ONE}}} == 0) or vector(0)',
                    steps=BAD_IS_ANY,
                ),
                number(mark("the poll took"), f"sum(snmp_scrape_duration_seconds{{{ONE}}})", unit="s"),
            ),
        ),
        (
            mark("Load"),
            (
                lines(
                    mark("processors"),
                    (f"device_metric:cpu_percent:max{{{ONE}}}", "{{metric}} {{unverified}}"),
                    unit="percent",
                    description=mark("The fullest processor. Where unverified=true, compare with the device itself."),
                ),
                lines(
                    mark("memory"),
                    (f"device_metric:memory_percent:max{{{ONE}}}", "{{metric}} {{unverified}}"),
                    (f"100 * host:memory_used:ratio{{{ONE}}}", mark("without caches")),
                    unit="percent",
                ),
                lines(
                    mark("temperature"),
                    (f"device_metric:temperature_celsius:max{{{ONE}}}", "{{metric}}"),
                    unit="celsius",
                ),
                Panel(
                    mark("parts"),
                    Kind.TABLE,
                    (Query(f'{{__name__=~"component:.*_good:bool",{ONE}}}'),),
                    words=GOOD_BAD,
                    columns={"metric": mark("metric"), "entPhysicalName": mark("part")},
                    value=mark("state"),
                ),
            ),
        ),
        (
            mark("Neighbours and routes"),
            (
                Panel(
                    mark("OSPF neighbours"),
                    Kind.TABLE,
                    (Query(f"ospfNbrState{{{ONE}}}"),),
                    columns={"ospfNbrIpAddr": mark("address"), "ospfNbrRtrId": mark("router ID")},
                    words={"8": (mark("full"), "green"), "4": (mark("two-way"), "green")},
                    value=mark("state"),
                ),
                Panel(
                    mark("BGP sessions"),
                    Kind.TABLE,
                    (Query(f"bgpPeerState{{{ONE}}}"),),
                    columns={"bgpPeerRemoteAddr": mark("address"), "bgpPeerRemoteAs": "AS"},
                    words={"6": (mark("established"), "green")},
                    value=mark("state"),
                ),
                lines(
                    mark("routes"),
                    (f"inetCidrRouteNumber{{{ONE}}} or ipCidrRouteNumber{{{ONE}}}", mark("routes")),
                ),
                lines(
                    mark("packets of the device itself"),
                    (f"rate(ipInReceives{{{ONE}}}[$__rate_interval])", mark("received")),
                    (f"rate(ipForwDatagrams{{{ONE}}}[$__rate_interval])", mark("forwarded")),
                    (f"rate(ipInDiscards{{{ONE}}}[$__rate_interval])", mark("dropped")),
                    unit="pps",
                ),
            ),
        ),
        (
            mark("Its interfaces"),
            (
                lines(
                    mark("received"),
                    (f"8 * rate(ifHCInOctets{{{ONE}}}[$__rate_interval])", "{{ifName}} {{ifAlias}}"),
                    unit="bps",
                ),
                lines(
                    mark("sent"),
                    (f"8 * rate(ifHCOutOctets{{{ONE}}}[$__rate_interval])", "{{ifName}} {{ifAlias}}"),
                    unit="bps",
                ),
            ),
        ),
    ),
)
