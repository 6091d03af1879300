"""`govnet audit`: facts of devices, and findings by the rules of 等级保护."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import (
    audit_canary,
    audit_diff,
    audit_facts,
    audit_fix,
    audit_policy,
    audit_probe,
    audit_rules,
    audit_run,
    audit_template,
    audit_waivers,
)
from cli.common import app
from inventory.text import mark

if TYPE_CHECKING:
    import typer


def register(root: typer.Typer) -> None:
    """Add the noun and its verbs."""
    group = app(mark("Is it compliant? Facts, findings and reports for 等级保护."))
    audit_run.register(group)
    audit_facts.register(group)
    audit_policy.register(group)
    audit_rules.register(group)
    audit_diff.register(group)
    audit_waivers.register(group)
    audit_fix.register(group)
    audit_probe.register(group)
    audit_canary.register(group)
    audit_template.register(group)
    root.add_typer(group, name="audit")
