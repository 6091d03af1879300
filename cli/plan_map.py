"""`govnet plan map`: from today's addresses and the plan to the old → new mapping."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import HERE, SHOWN, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from cli.plan_common import load_inventory, load_plan, policy_if_any
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inventory.model import Inventory
    from ipplan.current import Current
    from ipplan.hosts import Host
    from ipplan.mapping import Mapping
    from ipplan.mapping_build import Built
    from ipplan.mapping_collisions import Migration
    from ipplan.plan import Plan
    from ipplan.policy import Policy

MAPPING = "plan/mapping.csv"
HOSTS = "plan/hosts.csv"
FINDINGS_SHOWN = 3  # of one kind: a squatted block gives one a row
NAMES = {
    "same_size": mark("another prefix, as large"),
    "grow": mark("a larger prefix"),
    "shrink": mark("a smaller prefix"),
    "split": mark("parts go to several prefixes"),
    "merge": mark("shares its new prefix"),
    "nat_edge": mark("only the unit's edge changes"),
    "keep": mark("stays"),
    "retire": mark("is given up"),
    "refused": mark("refused"),
}


def register(group: typer.Typer) -> None:
    """Add `plan map`."""

    @command(
        group,
        "map",
        mark(
            "Map today's addresses (plan/current.csv, plan/hosts.csv) to the plan and write plan/mapping.csv. "
            "Shows what is refused and why. Exit 1 if the plan has no place for something, 2 if the tables contradict "
            "themselves or the plan."
        ),
        [
            "govnet plan map",
            "govnet plan map --check --json",
            "govnet plan map -w shangrao --current shangrao/plan/current.csv --out mapping-next.csv",
        ],
    )
    def map_(
        current: Annotated[
            Path | None,
            typer.Option(
                "--current",
                help=tr(mark("Read today's addresses from this table (CSV or XLSX) instead of plan/current.csv.")),
                metavar="FILE",
            ),
        ] = None,
        out: Annotated[
            Path | None,
            typer.Option("--out", help=tr(mark("Write the mapping here instead of plan/mapping.csv.")), metavar="FILE"),
        ] = None,
        workspace: WorkspaceOption = HERE,
        check: Annotated[
            bool, typer.Option("--check", help=tr(mark("Write nothing; exit 1 if the mapping would change.")))
        ] = False,
        as_json: JsonOption = False,
    ) -> None:
        from ipplan import mapping_build, mapping_collisions, mapping_file, mapping_temporaries  # noqa: PLC0415 - start-up time

        inventory, plan, policy = load_inventory(workspace), load_plan(workspace), policy_if_any(workspace)
        today, hosts = load_tables(workspace, inventory, plan, policy, current)
        built = mapping_build.build(today, plan, hosts, inventory=inventory, policy=policy)
        foreign = mapping_temporaries.untouchable(inventory, policy)
        migration = mapping_collisions.migration(built.mapping, plan, foreign)
        target, file = (out, str(out)) if out is not None else (workspace / MAPPING, MAPPING)
        changed = _differs(built.mapping, target)
        if changed and not check:
            mapping_file.write(built.mapping, target)
        if as_json:
            print_json(_document(built, migration, file, changed=changed, check=check))
        else:
            _tell(built, migration, file, changed=changed, check=check)
        if built.faulty:
            raise typer.Exit(ExitCode.USAGE)
        if built.refused or migration.blocked or (check and changed):
            raise typer.Exit(ExitCode.FINDINGS)


def load_current(
    root: Path, inventory: Inventory, plan: Plan, policy: Policy | None, file: Path | None = None
) -> Current:
    """The workspace's table of today, or that of a file. InputError if there is none, or with every faulty cell."""
    from ipplan import current  # noqa: PLC0415 - start-up time

    found = (file, str(file)) if file is not None else current.find(root)
    if found is None:
        message = Message("there is no table of today's addresses")
        hint = Message("write it, or read it from the devices' configurations: govnet inventory discover archive:")
        raise InputError([Problem("missing-file", message, hint, current.FILE)])
    vrfs = {row.vrf for row in plan.pool_rows} | set(inventory.vrfs)
    if policy is not None:
        vrfs |= {pool.vrf for pool in policy.pools.values()}
    return current.read(found[0], name=found[1], vrfs=vrfs)


def load_hosts(root: Path) -> tuple[Host, ...]:
    """The workspace's host table; empty if there is none."""
    from ipplan import hosts  # noqa: PLC0415 - start-up time

    return hosts.read(root / HOSTS, name=HOSTS) if (root / HOSTS).exists() else ()


def load_tables(
    root: Path, inventory: Inventory, plan: Plan, policy: Policy | None, file: Path | None = None
) -> tuple[Current, tuple[Host, ...]]:
    """The table of today and the host table. InputError with the faults of both."""
    try:
        today = load_current(root, inventory, plan, policy, file)
    except InputError as error:
        try:
            load_hosts(root)
        except InputError as another:
            raise InputError([*error.problems, *another.problems]) from None
        raise
    return today, load_hosts(root)


def load_mapping(root: Path) -> Mapping:
    """The workspace's mapping."""
    from ipplan import mapping_file  # noqa: PLC0415 - start-up time

    if not (root / MAPPING).exists():
        raise InputError(
            [Problem("missing-file", Message("there is no such file"), Message("run: govnet plan map"), MAPPING)]
        )
    return mapping_file.read(root / MAPPING, name=MAPPING)


def _differs(mapping: Mapping, path: Path) -> bool:
    from ipplan import mapping_file  # noqa: PLC0415 - start-up time

    try:
        return path.read_bytes() != mapping_file.to_text(mapping).encode()
    except FileNotFoundError:
        return True


def _modes(mapping: Mapping) -> dict[str, dict[str, int]]:
    """Prefixes and single hosts by mode, in the order of `NAMES`. A prefix in parts counts once."""
    prefixes = Counter(mode for mode, _ in {(entry.mode, (entry.vrf, entry.old_subnet)) for entry in mapping.prefixes})
    hosts = Counter(entry.mode for entry in mapping if entry.single and entry.new is not None)
    return {name: {"prefixes": prefixes[name], "hosts": hosts[name]} for name in NAMES if prefixes[name]}  # type: ignore[index]  # a StrEnum is its text


def _document(built: Built, migration: Migration, file: str, *, changed: bool, check: bool) -> dict[str, Any]:
    return {
        "ok": not built.refused and not migration.blocked,
        "file": file,
        "written": changed and not check,
        "changed": changed,
        "entries": len(built.mapping),
        "modes": _modes(built.mapping),
        "refused": [problem.as_json() for problem in built.refused],
        "findings": [problem.as_json() for problem in built.findings],
        "migration": migration.as_json(),
    }


def _tell(built: Built, migration: Migration, file: str, *, changed: bool, check: bool) -> None:
    rows = [
        (name, tr(NAMES[name]), counts["prefixes"], counts["hosts"]) for name, counts in _modes(built.mapping).items()
    ]
    print_table("", (mark("mode"), mark("meaning"), mark("prefixes"), mark("hosts with places of their own")), rows)
    _print_problems(mark("To look at:"), built.findings, FINDINGS_SHOWN)
    _print_problems(mark("Refused:"), built.refused)
    _print_migration(migration)
    if not changed:
        text = tr("{file} is up to date", file=file)
    elif check:
        text = tr("{file} would change", file=file)
    else:
        text = tr("{file} is written", file=file)
    page().print(text, markup=False)


def _print_problems(heading: str, problems: Iterable[Problem], each: int = SHOWN) -> None:
    """Problems for people, at most `each` of one kind."""
    found = list(problems)
    if not found:
        return
    console = talk()
    console.print(tr(heading), style="bold", markup=False)
    seen: Counter[str] = Counter()
    for problem in found:
        seen[problem.code] += 1
        if seen[problem.code] <= each:
            console.print(problem.in_language(language()), markup=False, soft_wrap=True)
    hidden = sum(max(0, count - each) for count in seen.values())
    if hidden:
        console.print(tr("… and {count} more of the same kinds; --json shows all", count=hidden), markup=False)


def _print_migration(migration: Migration) -> None:
    console = page()
    for cycle in migration.cycles:
        around = " → ".join(str(move.old) for move in (*cycle, cycle[0]))
        console.print(tr("These wait for each other: {moves}", moves=around), markup=False, soft_wrap=True)
    for move in migration.order:
        if move.temporary is not None:
            text = tr(
                "{old} goes to {temporary} first, then to {new}",
                old=move.old,
                temporary=move.temporary,
                new=", ".join(str(prefix) for _, prefix in move.new),
            )
            console.print(text, markup=False, soft_wrap=True)
    waiting = sum(1 for move in migration.order if move.needs)
    if waiting:
        console.print(
            tr("{count} prefixes wait until others have left their new space (--json lists them)", count=waiting),
            markup=False,
        )
    _print_problems(mark("Blocked:"), migration.blocked)
