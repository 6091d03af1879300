"""`govnet config readdress`: every address in the devices' configurations goes where the mapping sends it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_common import gather
from cli.common import HERE, SHOWN, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audits.model import Document
    from configs.readdress_run import Input, Run
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
        sources: Annotated[
            list[str],
            typer.Argument(
                help=tr(mark("Files or folders (one folder is one network), or archive: for the workspace's archive.")),
                metavar="SRC...",
                show_default=False,
            ),
        ],
        mapping: Annotated[
            Path | None,
            typer.Option(
                "--mapping",
                "-m",
                metavar="M",
                help=tr(
                    mark(
                        "The mapping (CSV with at least old,new), or a folder with one <network>.csv each. Without it "
                        "the workspace's plan/mapping.csv."
                    )
                ),
            ),
        ] = None,
        policy: Annotated[
            Path | None,
            typer.Option(
                "--policy",
                metavar="P.yaml",
                help=tr(
                    mark(
                        "router_id, isis_net, rd_rt, names, descriptions: keep or rewrite each. Without it they are "
                        "kept."
                    )
                ),
            ),
        ] = None,
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
        platform: Annotated[
            str,
            typer.Option(
                "--platform",
                help=tr(mark("The platform of all files; without it each text is recognised by its form.")),
            ),
        ] = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs import readdress_policy, readdress_report, readdress_run  # noqa: PLC0415 - start-up time

        documents, _ = gather(sources, platform, workspace)
        chosen = readdress_policy.read(policy) if policy is not None else readdress_policy.Policy()
        table = mapping if mapping is not None else workspace / "plan/mapping.csv"
        inputs = _inputs(documents, sources)
        mappings, missing = _mappings(table, [source.network for source in inputs])
        ready = [source for source in inputs if source.network in mappings]
        found = readdress_run.run(ready, mappings, chosen, prove=prove)
        found.files += _left_out(documents, inputs, missing)
        if out is not None:
            _write(found, out)
        document = readdress_report.as_json(found) if report is not None or as_json else None
        if report is not None:
            _write_json(document, report)
        if html is not None:
            from configs import dialects, readdress_html  # noqa: PLC0415 - start-up time

            readdress_html.write(found, html, lambda name, text: dialects.dialect(name).mask(text))
        if as_json:
            print_json(document)
        else:
            _tell(found, out, report, html)
        if found.failed:
            raise typer.Exit(ExitCode.DEVICES_FAILED)
        if not found.proven:
            raise typer.Exit(ExitCode.FINDINGS)


def _inputs(documents: Sequence[Document], sources: Sequence[str]) -> list[Input]:
    """The documents by network: the folder that a file stands in, or that was given."""
    from configs.readdress_run import Input  # noqa: PLC0415 - start-up time

    folders = [Path(source) for source in sources if Path(source).is_dir()]
    default = folders[0].resolve().name if folders else ""
    inputs = []
    for document in documents:
        if document.problem is not None:
            continue
        parent = Path(document.path).parent.as_posix() if not document.device else ""
        network = default if parent == "." else parent
        inputs.append(Input(document.path, network, document.content, document.platform))
    return inputs


def _mappings(path: Path, networks: Sequence[str]) -> tuple[dict[str, Mapping], dict[str, Path]]:
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


def _left_out(documents: Sequence[Document], inputs: Sequence[Input], missing: dict[str, Path]) -> list[Any]:
    """What could not even be begun: no text in the archive, no mapping for its network."""
    from configs.readdress_run import Done  # noqa: PLC0415 - start-up time

    found = []
    for document in documents:
        if document.problem is not None:
            hint = Message("fetch it first: govnet config backup")
            problem = Problem("no-text", document.problem, hint, document.path)
            found.append(Done(document.path, "", problems=(problem,)))
    for source in inputs:
        if source.network in missing:
            message = Message("its network has no mapping: {file} is not there", file=missing[source.network])
            hint = Message("write it, or give one mapping for all networks")
            found.append(
                Done(source.path, source.network, problems=(Problem("no-mapping", message, hint, source.path),))
            )
    return found


def _write(found: Run, out: Path) -> None:
    """The new texts below `out`, each at its path."""
    from configs.readdress_run import changed  # noqa: PLC0415 - start-up time
    from inventory.sources import write_atomically  # noqa: PLC0415 - as above

    for name, data in changed(found):
        path = out.joinpath(*(part for part in Path(name).parts if part not in ("/", "..")))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)


def _write_json(document: Any, path: Path) -> None:
    import json  # noqa: PLC0415 - start-up time

    from inventory.sources import write_atomically  # noqa: PLC0415 - as above

    write_atomically(path, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())


def _tell(found: Run, out: Path | None, report: Path | None, html: Path | None) -> None:
    from configs.readdress_decide import Action  # noqa: PLC0415 - start-up time
    from configs.readdress_reasons import REVIEW  # noqa: PLC0415 - as above

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
                text = result.tree.line_text(token.line).strip()[:WIDEST]
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

        print_proof(proof, page())
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
