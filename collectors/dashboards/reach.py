"""Reachability of devices, lines and paths between zones, and the notifications that devices send."""

from __future__ import annotations

from collectors.dashboards.parts import (
    BAD_IS_ANY,
    GOOD_IS_HIGH,
    UP_DOWN,
    Board,
    Choice,
    Kind,
    Panel,
    Query,
    lines,
    number,
)
from inventory.text import mark

_SEL = 'region=~"$region",what=~"$what",target=~"$target"'
_NAME = "{{target}} {{probe}}"
_ROUND_TRIPS = f"rate(govnet_reach_latency_seconds_bucket{{{_SEL}}}[$__rate_interval])"

BOARD = Board(
    "govnet-reach",
    mark("Reachability and notifications"),
    mark("Loss, round trip and jitter of devices, lines and named paths, for video conferencing too; traps by device."),
    (
        Choice("region", mark("region"), "label_values(govnet_reach_age_seconds, region)"),
        Choice("what", mark("kind"), "label_values(govnet_reach_age_seconds, what)"),
        Choice(
            "target", mark("target"), 'label_values(govnet_reach_age_seconds{region=~"$region",what=~"$what"}, target)'
        ),
    ),
    (
        (
            mark("Now"),
            (
                number(
                    mark("reached"), f"avg(govnet_reach_up{{{_SEL}}})", unit="percentunit", steps=GOOD_IS_HIGH, width=6
                ),
                number(
                    mark("not reached"),
                    f"count(govnet_reach_up{{{_SEL}}} == 0) or vector(0)",
                    steps=BAD_IS_ANY,
                    width=6,
                ),
                number(
                    mark("not probed"),
                    f"count(govnet_reach_not_run{{{_SEL}}} == 1) or vector(0)",
                    steps=BAD_IS_ANY,
                    width=6,
                ),
                number(
                    mark("open or closed against the inventory"),
                    f"count(govnet_reach_as_expected{{{_SEL}}} == 0) or vector(0)",
                    steps=BAD_IS_ANY,
                    width=6,
                ),
            ),
        ),
        (
            mark("Quality"),
            (
                lines(mark("loss"), (f"govnet_reach_loss_ratio{{{_SEL}}}", _NAME), unit="percentunit"),
                lines(
                    mark("round trip, mean of a round"),
                    (f'govnet_reach_round_trip_seconds{{statistic="mean",{_SEL}}}', _NAME),
                    unit="s",
                ),
                lines(
                    mark("round trip, 95 of 100 probes"),
                    (
                        f"histogram_quantile(0.95, sum by (target, probe, le) ({_ROUND_TRIPS}))",
                        _NAME,
                    ),
                    unit="s",
                ),
                lines(
                    mark("jitter"),
                    (f"govnet_reach_jitter_seconds{{{_SEL}}}", _NAME),
                    unit="s",
                    description=mark("RFC 3550; above 30 ms video conferences become visibly worse."),
                ),
                Panel(
                    mark("paths"),
                    Kind.TABLE,
                    (Query(f'govnet_reach_up{{what="path",{_SEL}}}'),),
                    columns={"target": mark("path"), "probe": mark("probe"), "region": mark("region")},
                    words=UP_DOWN,
                    width=24,
                    value=mark("state"),
                ),
            ),
        ),
        (
            mark("Notifications"),
            (
                lines(
                    mark("notifications by kind"),
                    (
                        "sum by (notification) (rate(govnet_trap_notifications_total[$__rate_interval]))",
                        "{{notification}}",
                    ),
                    unit="ops",
                ),
                lines(
                    mark("most talkative devices"),
                    (
                        "topk(10, sum by (device) (rate(govnet_trap_notifications_total[$__rate_interval])))",
                        "{{device}}",
                    ),
                    unit="ops",
                ),
                lines(
                    mark("refused"),
                    ("sum by (reason) (rate(govnet_trap_refused_total[$__rate_interval]))", "{{reason}}"),
                    unit="ops",
                ),
                lines(
                    mark("damped"),
                    ("sum(rate(govnet_trap_suppressed_total[$__rate_interval]))", mark("damped")),
                    unit="ops",
                ),
            ),
        ),
    ),
)
