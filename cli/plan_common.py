"""What the `plan` commands share: the files of the workspace, and how changes are shown."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from cli.common import load_workspace, page, print_table, talk
from inventory.errors import InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from inventory.model import Inventory
    from ipplan.changes import Changes
    from ipplan.plan import Plan
    from ipplan.policy import Policy

POLICY = "plan/policy.yaml"
PLAN = "plan/plan.csv"


def load_inventory(root: Path) -> Inventory:
    """The workspace's inventory; InputError with every fault in it."""
    return load_workspace(root).inventory


def load_policy(root: Path) -> Policy:
    """The workspace's address policy."""
    from ipplan import policy_file  # noqa: PLC0415 - start-up time

    return policy_file.load(root / POLICY, name=POLICY)


def policy_if_any(root: Path) -> Policy | None:
    """The workspace's address policy; None if there is none."""
    return load_policy(root) if (root / POLICY).exists() else None


def load_plan(root: Path) -> Plan:
    """The workspace's address plan."""
    from ipplan import plan  # noqa: PLC0415 - start-up time

    if not (root / PLAN).exists():
        hint = Message("make it with: govnet plan make")
        raise InputError([Problem("no-plan", Message("there is no address plan yet"), hint, PLAN)])
    return plan.read(root / PLAN, name=PLAN)


def print_warnings(warnings: Iterable[Problem]) -> None:
    """What may be meant and may be a mistake, on stderr."""
    for warning in warnings:
        talk().print(warning.in_language(language()), style="yellow", markup=False, soft_wrap=True)


def print_changes(changes: Changes, limit: int = 40) -> None:
    """What is added, removed, grown and moved; the counts come last."""
    rows = chain(
        ((tr(mark("removed")), row.owner, row.function, row.prefix, "") for row in changes.removed),
        (
            (tr(mark("moved")), row.after.owner, row.after.function, row.before.prefix, row.after.prefix)
            for row in changes.moved
        ),
        (
            (tr(mark("grown")), row.after.owner, row.after.function, row.before.prefix, row.after.prefix)
            for row in changes.grown
        ),
        ((tr(mark("added")), row.owner, row.function, "", row.prefix) for row in changes.added[:limit]),
    )
    shown = list(islice(rows, limit))
    count = len(changes.removed) + len(changes.moved) + len(changes.grown) + len(changes.added)
    if shown:
        columns = (mark("change"), mark("owner"), mark("function"), mark("before"), mark("now"))
        print_table("", columns, shown)
        if count > limit:
            page().print(tr("… and {count} more (--json lists all)", count=count - limit), markup=False)
    page().print(
        tr(
            "added {added}, kept {kept}, grown {grown}, moved {moved}, removed {removed}",
            added=len(changes.added),
            kept=changes.kept,
            grown=len(changes.grown),
            moved=len(changes.moved),
            removed=len(changes.removed),
        ),
        markup=False,
    )
