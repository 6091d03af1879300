"""The work on the network: rollouts in waves, and the last self-check by 等级保护."""

from __future__ import annotations

from collectors.dashboards.parts import BAD_IS_ANY, Board, Choice, Kind, Panel, Query, bars, lines, number
from inventory.text import mark

_SEL = 'rollout=~"$rollout"'

BOARD = Board(
    "govnet-work",
    mark("Rollouts and audits"),
    mark("Where rollouts stand, what they left unknown, and what the last self-check found."),
    (Choice("rollout", mark("rollout"), "label_values(govnet_rollout_phase, rollout)"),),
    (
        (
            mark("Rollouts"),
            (
                Panel(
                    mark("rollouts"),
                    Kind.TABLE,
                    (Query(f"govnet_rollout_phase{{{_SEL}}}"),),
                    columns={"rollout": mark("rollout"), "phase": mark("phase"), "where": mark("where")},
                ),
                bars(mark("devices by state"), f"sum by (state) (govnet_rollout_devices{{{_SEL}}})", "{{state}}"),
                lines(
                    mark("devices by state, over time"),
                    (f"sum by (rollout, state) (govnet_rollout_devices{{{_SEL}}})", "{{rollout}} {{state}}"),
                    description=mark(
                        "State “unknown”: nobody knows what the device runs; the report names what mends it."
                    ),
                ),
                Panel(
                    mark("waves"),
                    Kind.TABLE,
                    (Query(f"govnet_rollout_devices{{{_SEL}}}"),),
                    columns={"rollout": mark("rollout"), "wave": mark("wave"), "state": mark("state")},
                    value=mark("devices"),
                ),
            ),
        ),
        (
            mark("Audit"),
            (
                number(mark("high-risk cases"), "govnet_audit_high_risks", steps=BAD_IS_ANY, width=6),
                number(mark("items that are not met"), 'govnet_audit_items{verdict="fail"}', steps=BAD_IS_ANY, width=6),
                number(
                    mark("devices that could not be read"), 'govnet_audit_devices{read="no"}', steps=BAD_IS_ANY, width=6
                ),
                number(mark("age of the report"), "time() - govnet_audit_timestamp_seconds", unit="s", width=6),
                bars(mark("items by verdict"), "govnet_audit_items", "{{verdict}}"),
                lines(
                    mark("findings over time"),
                    ("govnet_audit_findings", "{{verdict}}"),
                    description=mark("A self-check, no official assessment."),
                ),
            ),
        ),
        (
            mark("The workspace"),
            (
                Panel(
                    mark("what can be read"),
                    Kind.TABLE,
                    (Query("govnet_workspace_readable"),),
                    columns={"part": mark("part"), "reason": mark("reason")},
                    words={"1": (mark("yes"), "green"), "0": (mark("no"), "red")},
                ),
                lines(
                    mark("devices of the inventory"),
                    ("govnet_inventory_devices", mark("polled: {{polled}}")),
                ),
            ),
        ),
    ),
)
