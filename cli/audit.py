"""`govnet audit`: facts of devices, and findings by the rules of 等级保护."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import audit_facts, audit_run, audit_template
from cli.common import app
from inventory.text import mark

if TYPE_CHECKING:
    import typer


def register(root: typer.Typer) -> None:
    """Add the noun and its verbs."""
    group = app(mark("Is it compliant? Facts, findings and reports for 等级保护."))
    audit_run.register(group)
    audit_facts.register(group)
    audit_template.register(group)
    root.add_typer(group, name="audit")
