"""`govnet collect`: poll devices by SNMP, serve them to Prometheus, bring alerts and dashboards to the NOC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import (
    collect_deploy,
    collect_doctor,
    collect_modules,
    collect_poll,
    collect_reach,
    collect_relay,
    collect_serve,
    collect_traps,
)
from cli.common import app
from inventory.text import mark

if TYPE_CHECKING:
    import typer


def register(root: typer.Typer) -> None:
    """Add the noun with its verbs."""
    group = app(mark("Is it working? SNMP polling, reachability, notifications, the Prometheus exporter."))
    collect_poll.register(group)
    collect_serve.register(group)
    collect_modules.register(group)
    collect_doctor.register(group)
    collect_reach.register(group)
    collect_traps.register(group)
    collect_deploy.register(group)
    collect_relay.register(group)
    root.add_typer(group, name="collect")
