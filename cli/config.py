"""`govnet config`: how do the devices get there? Render, compare, push, back up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import (
    config_backup,
    config_diff,
    config_drift,
    config_prove,
    config_push,
    config_readdress,
    config_render,
    config_stages,
)
from cli.common import app
from inventory.text import mark

if TYPE_CHECKING:
    import typer


def register(root: typer.Typer) -> None:
    """Add `config` and its commands."""
    group = app(mark("How do the devices get there? Render, compare, push, back up."))
    root.add_typer(group, name="config")
    for module in (
        config_render,
        config_diff,
        config_push,
        config_backup,
        config_drift,
        config_readdress,
        config_prove,
        config_stages,
    ):
        module.register(group)
