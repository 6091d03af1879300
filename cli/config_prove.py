"""`govnet config prove`: do two sets of configurations mean the same, with every address where the mapping sends it?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import SHOWN, JsonOption, command, page, print_json, talk
from cli.config_options import PlatformOption
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from rich.console import Console

    from configs.equivalence.files import Compared
    from configs.equivalence.model import Proof, Site


def register(group: typer.Typer) -> None:
    """Add `config prove`."""

    @command(
        group,
        "prove",
        mark(
            "Prove that re-addressed configurations mean what the old ones meant: filters, routes, links, partners, "
            "line by line and as a network. Exit 1 with counter-examples, 3 if some files could not be read."
        ),
        [
            "govnet config prove --mapping plan/mapping.csv configs/ readdressed/",
            "govnet config prove --mapping plan/mapping.csv old.cfg new.cfg --json",
        ],
    )
    def prove(
        old: Annotated[
            Path, typer.Argument(metavar="OLD", help=tr(mark("The folder (or file) before.")), show_default=False)
        ],
        new: Annotated[
            Path, typer.Argument(metavar="NEW", help=tr(mark("The folder (or file) after.")), show_default=False)
        ],
        mapping: Annotated[
            Path,
            typer.Option(
                "--mapping",
                "-m",
                metavar="M",
                help=tr(mark("The mapping (CSV with at least old,new), or a folder with one <network>.csv each.")),
            ),
        ],
        policy: Annotated[
            Path | None,
            typer.Option(
                "--policy",
                metavar="FILE",
                help=tr(mark("What happens to router ids, names and the like (YAML); without it either is right.")),
            ),
        ] = None,
        platform: PlatformOption = "",
        report: Annotated[
            Path | None,
            typer.Option(
                "--report",
                metavar="FILE",
                help=tr(
                    mark("Re-addressing's report (JSON): what it left for a person may stay, and is counted apart.")
                ),
            ),
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        from configs import dialects, readdress_policy  # noqa: PLC0415 - start-up time
        from configs.equivalence import files as equivalence_files  # noqa: PLC0415 - start-up time

        if platform and platform not in dialects.platforms():
            message = Message("there is no dialect for the platform “{platform}”", platform=platform)
            hint = Message("write one of: {names}", names=", ".join(sorted(dialects.platforms())))
            raise InputError([Problem("unknown-platform", message, hint, column="--platform")])
        chosen = readdress_policy.read(policy) if policy is not None else None
        compared = equivalence_files.compare(old, new, mapping, chosen, platform, report)
        if as_json:
            print_json(compared.as_json())
        else:
            _tell(compared)
        if compared.problems:
            raise typer.Exit(ExitCode.DEVICES_FAILED)
        if not compared.proof.ok:
            raise typer.Exit(ExitCode.FINDINGS)


def _tell(compared: Compared) -> None:
    console = talk()
    for problem in compared.problems:
        console.print(problem.in_language(language()), markup=False, soft_wrap=True)
    print_proof(compared.proof, page())


def print_proof(proof: Proof, console: Console) -> None:
    """The proof for people: counter-examples with both lines, then what lies outside."""
    for found in proof.counterexamples[:SHOWN]:
        console.print(str(found.message), style="red", markup=False, soft_wrap=True)
        for label, sites in ((tr("before:"), found.old), (tr("after:"), found.new)):
            for each in sites:
                console.print(f"  {label} {_line(each)}", markup=False, soft_wrap=True)
    if len(proof.counterexamples) > SHOWN:
        console.print(
            tr("… and {count} more; --json shows all", count=len(proof.counterexamples) - SHOWN), markup=False
        )
    if proof.outside:
        console.print(tr("Outside the proof:"), markup=False)
        for row in proof.outside[:SHOWN]:
            console.print(f"  {_line(row.site)}: {row.message}", markup=False, soft_wrap=True)
        if len(proof.outside) > SHOWN:
            console.print(tr("… and {count} more; --json shows all", count=len(proof.outside) - SHOWN), markup=False)
    summary = tr(
        "{files} files, {sets} sets of addresses, {rules} rules, {links} links, {partners} partners compared",
        **{key: proof.checked.get(key, 0) for key in ("files", "sets", "rules", "links", "partners")},
    )
    console.print(summary, markup=False, soft_wrap=True)
    if proof.level == "meaning":
        console.print(tr("Proven: nothing but the addresses has changed."), style="green", markup=False)
    elif proof.ok:
        text = tr("No counter-example, but proven line by line only; {count} places for a person", count=proof.people)
        console.print(text, style="yellow", markup=False, soft_wrap=True)
    else:
        text = tr("Not proven: {count} counter-examples", count=len(proof.counterexamples))
        console.print(text, style="bold red", markup=False)


def _line(site: Site) -> str:
    place = ":".join(part for part in (site.path, str(site.line) if site.line else "") if part)
    return f"{place}: {site.text}" if site.text else place
