"""`govnet plan`: make, check, show and compare the address plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import (
    plan_check,
    plan_diff,
    plan_export,
    plan_make,
    plan_map,
    plan_netbox,
    plan_schema,
    plan_show,
    plan_stages,
)
from cli.common import app
from inventory.text import mark

if TYPE_CHECKING:
    import typer


def register(root: typer.Typer) -> None:
    """Add `plan` and its commands."""
    group = app(mark("Which addresses should it have? The address plan."))
    root.add_typer(group, name="plan")
    for module in (
        plan_make,
        plan_check,
        plan_show,
        plan_diff,
        plan_map,
        plan_stages,
        plan_schema,
        plan_export,
        plan_netbox,
    ):
        module.register(group)
