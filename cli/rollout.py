"""`govnet rollout`: many devices changed in waves, safely and durably."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import rollout_log, rollout_sites, rollout_start, rollout_status, rollout_worker
from cli.common import app
from inventory.text import mark

if TYPE_CHECKING:
    import typer


def register(root: typer.Typer) -> None:
    """Add `rollout` and its commands."""
    group = app(mark("How are hundreds of devices changed? In waves that can be stopped, resumed and taken back."))
    root.add_typer(group, name="rollout")
    for module in (rollout_start, rollout_status, rollout_worker, rollout_sites, rollout_log):
        module.register(group)
