"""`govnet config readdress`: every address in the devices' configurations goes where the mapping sends it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import config_sources
from cli.common import HERE, SHOWN, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from cli.config_options import MappingOption, PlatformOption, PolicyOption, SourcesArgument
from inventory.collecting import uncollected
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from configs.readdress.run import Done, Input, Run
    from ipplan.mapping import Mapping

WIDEST = 120


def register(group: typer.Typer) -> None:
    """Add `config readdress`."""

    @command(
        group,
        "readdress",
        mark(
            "Rewrite the addresses in configurations by a mapping, old to new, for a whole network. Every address is "
            "rewritten, kept with a reason, or listed for a person. Exit 1 if a proof fails, 3 if files were left out."
        ),
        [
            "govnet config readdress archive: --out new/",
            "govnet config readdress --mapping plan/mapping.csv configs/ --out new/ --report new.json --prove",
        ],
    )
    def readdress(
        sources: SourcesArgument,
        mapping: MappingOption = None,
        policy: PolicyOption = None,
        out: Annotated[
            Path | None,
            typer.Option("--out", metavar="DIR", help=tr(mark("Write the new texts there. Without it none is."))),
        ] = None,
        report: Annotated[
            Path | None,
            typer.Option("--report", metavar="R.json", help=tr(mark("Write what became of every address (JSON)."))),
        ] = None,
        html: Annotated[
            Path | None,
            typer.Option("--html", metavar="R.html", help=tr(mark("Write old and new side by side (HTML)."))),
        ] = None,
        prove: Annotated[
            bool, typer.Option("--prove", help=tr(mark("Prove that nothing but the addresses has changed.")))
        ] = False,
        platform: PlatformOption = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs import readdress_policy  # noqa: PLC0415 - start-up time
        from configs.readdress import out as readdress_out  # noqa: PLC0415 - start-up time
        from configs.readdress import report as readdress_report  # noqa: PLC0415 - start-up time
        from configs.readdress import run as readdress_run  # noqa: PLC0415 - start-up time

        table = mapping if mapping is not None else workspace / "plan/mapping.csv"
        if out is not None:
            config_sources.apart(out, sources, workspace)
            readdress_out.check(out)
        for path in filter(None, (report, html)):
            config_sources.not_read(path, [*map(Path, sources), table, *filter(None, [policy])], out)
        gathered = config_sources.collect(sources, platform, workspace)
        chosen = readdress_policy.read(policy) if policy is not None else readdress_policy.Policy()
        with uncollected():
            mappings, missing = find_mappings(table, [source.network for source in gathered.inputs])
        _warn(mappings.values())
        ready = [source for source in gathered.inputs if source.network in mappings]
        found = readdress_run.run(ready, mappings, chosen, prove=prove)
        found.files += [*gathered.left_out, *without_mapping(gathered.inputs, missing)]
        document = readdress_report.as_json(found) if report is not None or as_json else None
        _save(found, document, out, report, html)
        if as_json:
            print_json(document)
        else:
            _tell(found, out, report, html)
        if found.failed:
            raise typer.Exit(ExitCode.DEVICES_FAILED)
        if not found.proven:
            raise typer.Exit(ExitCode.FINDINGS)


def find_mappings(path: Path, networks: Sequence[str]) -> tuple[dict[str, Mapping], dict[str, Path]]:
    """The mapping of each network, and where that of the others should be."""
    from ipplan import mapping_file  # noqa: PLC0415 - start-up time

    names = dict.fromkeys(networks)
    if not path.exists():
        message = Message("there is no such file or folder")
        hint = Message("name the mapping: --mapping FILE; or make one: govnet plan map")
        raise InputError([Problem("missing-file", message, hint, str(path))])
    if not path.is_dir():
        table = mapping_file.read(path)
        return dict.fromkeys(names, table), {}
    found: dict[str, Mapping] = {}
    missing: dict[str, Path] = {}
    for name in names:
        file = path / f"{name.rpartition('/')[2]}.csv"
        if file.exists():
            found[name] = mapping_file.read(file)
        else:
            missing[name] = file
    return found, missing


def _warn(mappings: Iterable[Mapping]) -> None:
    """Say which subnets would become one link unasked, before a proof refutes it."""
    from ipplan.mapping_joined import joined  # noqa: PLC0415 - start-up time

    console = talk()
    for mapping in {id(one): one for one in mappings}.values():
        met = list(joined(mapping))
        for one in met[:SHOWN]:
            text = tr(
                "warning: {first} (line {one}) and {second} (line {other}) come together in {goal}, and the mapping "
                "does not say that they are merged: give one of them another place, or both the mode merge",
                first=one.first,
                one=one.lines[0],
                second=one.second,
                other=one.lines[1],
                goal=one.goal,
            )
            console.print(text, markup=False, soft_wrap=True)
        if len(met) > SHOWN:
            console.print(tr("… and {count} more", count=len(met) - SHOWN), markup=False)


def without_mapping(inputs: Sequence[Input], missing: dict[str, Path]) -> list[Done]:
    """The configurations of networks that have no mapping."""
    from configs.readdress.run import Done  # noqa: PLC0415 - start-up time

    hint = Message("write it, or give one mapping for all networks")
    found = []
    for source in inputs:
        if source.network in missing:
            message = Message("its network has no mapping: {file} is not there", file=str(missing[source.network]))
            problem = Problem("no-mapping", message, hint, source.path)
            found.append(Done(source.path, source.network, problems=(problem,)))
    return found


def _save(
    found: Run, document: dict[str, Any] | None, out: Path | None, report: Path | None, html: Path | None
) -> None:
    """Write what was asked for."""
    from configs.readdress import html as readdress_html  # noqa: PLC0415 - start-up time
    from configs.readdress import out as readdress_out  # noqa: PLC0415 - as above
    from configs.readdress import report as readdress_report  # noqa: PLC0415 - as above
    from configs.readdress import run as readdress_run  # noqa: PLC0415 - as above

    if out is not None:
        for path in readdress_out.write(out, readdress_run.changed(found)):
            text = tr("{file}: kept, somebody has worked on it since it was written", file=path)
            talk().print(text, markup=False, soft_wrap=True)
    if report is not None and document is not None:
        readdress_out.replace_file(report, readdress_report.as_text(document).encode())
    if html is not None:
        readdress_html.write(found, html)


def _tell(found: Run, out: Path | None, report: Path | None, html: Path | None) -> None:
    from configs.equivalence import hiding  # noqa: PLC0415 - start-up time
    from configs.readdress.outcomes import Action  # noqa: PLC0415 - as above
    from configs.readdress.reasons import REVIEW  # noqa: PLC0415 - as above

    console = talk()
    for done in found.failed:
        for problem in done.problems:
            console.print(problem.in_language(language()), markup=False, soft_wrap=True)
    counts = dict.fromkeys(Action, 0)
    reviews = []
    for result in (done.result for done in found.files if done.result is not None):
        for token in result.tokens():
            counts[token.action] += 1
            if token.action is Action.REVIEW:
                text = hiding.mask(result.platform, result.tree.line_text(token.line)).strip()[:WIDEST]
                reviews.append(f"{result.path}:{token.line}: {token.text}: {tr(REVIEW[token.reason])}\n    {text}")
    _print_reviews(reviews)
    print_table(
        "",
        (mark("files"), mark("changed"), mark("not done"), mark("rewritten"), mark("kept"), mark("to review")),
        [
            (
                len(found.files),
                sum(1 for done in found.files if done.result is not None and done.result.changed),
                len(found.failed),
                counts[Action.REWRITTEN],
                counts[Action.KEPT],
                counts[Action.REVIEW],
            )
        ],
    )
    for proof in found.proofs.values():
        from cli.config_prove import print_proof  # noqa: PLC0415 - start-up time

        print_proof(hiding.proof(proof, found.platforms), page())
    for path in (out, report, html):
        if path is not None:
            page().print(tr("{file} is written", file=path), markup=False, soft_wrap=True)


def _print_reviews(reviews: Sequence[str]) -> None:
    console = talk()
    if reviews:
        console.print(tr("A person must look at these:"), style="bold", markup=False)
        for line in reviews[:SHOWN]:
            console.print(line, markup=False, soft_wrap=True)
        if len(reviews) > SHOWN:
            console.print(tr("… and {count} more; --json shows all", count=len(reviews) - SHOWN), markup=False)
