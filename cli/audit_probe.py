"""`govnet audit probe`: what is really reached and who answers; dry run unless `--commit` is given."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    HERE,
    JsonOption,
    WorkspaceOption,
    command,
    load_workspace,
    print_json,
    print_table,
    talk,
)
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audits.probes.allow import Allowed
    from audits.probes.model import Probe, Result
    from cli.audit_probe_lab import Labs

_STATES = {
    "weak": mark("weakness seen"),
    "unknown": mark("not known"),
    "not_run": mark("not run"),
    "sound": mark("nothing found"),
}


def register(group: typer.Typer) -> None:
    """Add `audit probe`."""

    @command(
        group,
        "probe",
        mark(
            "Send the probes of audits/probes.yaml, to targets of the allow file only. Without --commit nothing is "
            "sent: it shows what would be. Exit code 1 if a weakness is seen, 3 if something could not be said."
        ),
        [
            "govnet audit probe --allow audits/allow.yaml",
            "govnet audit probe --allow audits/allow.yaml --only dhcp --only no-way-out",
            "govnet audit probe --commit --allow audits/allow.yaml --out reports",
            "govnet audit probe --commit --lab --beside ../intranet --out reports",
        ],
    )
    def probe(
        allow: Annotated[
            Path | None,
            typer.Option(
                "--allow",
                help=tr(
                    mark(
                        "The allow file: who may be probed, and how fast. With --lab it is made from the lab's own "
                        "addresses."
                    )
                ),
                show_default=False,
            ),
        ] = None,
        only: Annotated[
            list[str] | None,
            typer.Option(
                "--only", help=tr(mark("Only these probes or kinds of probe; can be repeated.")), show_default=False
            ),
        ] = None,
        commit: Annotated[
            bool, typer.Option("--commit/--dry-run", help=tr(mark("Really send, or only show.")))
        ] = False,
        out: Annotated[
            Path | None,
            typer.Option(
                "--out", help=tr(mark("Folder for probes.json, which `govnet audit run` reads.")), show_default=False
            ),
        ] = None,
        lab: Annotated[
            bool,
            typer.Option(
                "--lab",
                help=tr(mark("Send the probes of audits/lab-probes.yaml inside the running lab, and nowhere else.")),
            ),
        ] = False,
        beside: Annotated[
            list[Path] | None,
            typer.Option(
                "--beside",
                metavar="DIR",
                help=tr(mark("Another workspace whose running lab is probed too (--lab); can be repeated.")),
                show_default=False,
            ),
        ] = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits.probes import allow as allow_file  # noqa: PLC0415 - start-up time
        from audits.probes import form, run  # noqa: PLC0415 - as above

        loaded = load_workspace(workspace)
        labs = _labs(workspace, beside or []) if lab else None
        if beside and labs is None:
            raise InputError([_no_lab()])
        written = labs.probes(workspace, loaded) if labs is not None else form.load(workspace / form.FILE, loaded)
        chosen = run.choose(written.probes, only or [])
        if not chosen:
            raise InputError([_nothing()])
        if labs is not None:
            labs.confine(chosen)
        name, content = _allow(allow, chosen, labs)
        allowed = allow_file.parse(content, name)
        run.check(chosen, allowed, name)
        if commit:
            _commit(chosen, allowed, hashlib.sha256(content).hexdigest(), out, as_json=as_json, labs=labs)
        else:
            _dry_run(chosen, allowed, as_json=as_json)


def _labs(workspace: Path, beside: Sequence[Path]) -> Labs:
    from cli.audit_probe_lab import enter  # noqa: PLC0415 - start-up time

    return enter(workspace, beside)


def _allow(path: Path | None, probes: Sequence[Probe], labs: Labs | None) -> tuple[str, bytes]:
    """The allow file's name and content; in a lab, where none is named, one that is made from its addresses."""
    from inventory.sources import read_bytes  # noqa: PLC0415 - start-up time

    if path is not None:
        return str(path), read_bytes(path, str(path))
    if labs is None:
        raise InputError([_no_allow()])
    return "allow.yaml", labs.allow(probes).encode()


def _no_allow() -> Problem:
    return Problem(
        "no-allow",
        Message("without an allow file nothing is probed"),
        Message("name it with --allow; docs/audit-probes.md shows its form"),
        column="--allow",
    )


def _no_lab() -> Problem:
    return Problem(
        "beside-without-lab",
        Message("--beside names another lab, and no lab is probed"),
        Message("add --lab, or leave it out"),
        column="--beside",
    )


def _nothing() -> Problem:
    return Problem(
        "no-probe",
        Message("there is nothing to probe"),
        Message("write probes into audits/probes.yaml; docs/audit-probes.md shows how"),
    )


def _dry_run(probes: Sequence[Probe], allowed: Allowed, *, as_json: bool) -> None:
    from audits.probes import run  # noqa: PLC0415 - start-up time

    sends = [(probe, send) for probe in probes for send in run.sends(probe)]
    total = sum(send.count for _, send in sends)
    if as_json:
        rows = [
            {
                "probe": probe.name,
                "kind": probe.kind.value,
                "vantage": send.vantage.name,
                "protocol": send.aim.protocol.value,
                "address": str(send.aim.address),
                "port": send.aim.port or None,
                "at_most": send.count,
            }
            for probe, send in sends
        ]
        rate = {"target": allowed.rate_target, "all": allowed.rate_all}
        print_json({"dry_run": True, "sends": rows, "at_most": total, "rate_per_second": rate})
        return
    print_table(
        tr("What would be sent"),
        [mark("probe"), mark("looks for"), mark("from"), mark("to"), mark("at most")],
        [(probe.name, tr(probe.kind.label), send.vantage.name, send.aim, send.count) for probe, send in sends],
    )
    talk().print(
        tr(
            "Nothing was sent. With --commit: at most {total} packets and connections, {target} a second to one "
            "target and {all} a second altogether.",
            total=total,
            target=f"{allowed.rate_target:g}",
            all=f"{allowed.rate_all:g}",
        ),
        markup=False,
        soft_wrap=True,
    )


def _commit(
    probes: Sequence[Probe],
    allowed: Allowed,
    checksum: str,
    out: Path | None,
    *,
    as_json: bool,
    labs: Labs | None = None,
) -> None:
    from audits.probes import results as files  # noqa: PLC0415 - start-up time
    from audits.probes import run  # noqa: PLC0415 - as above
    from audits.probes.gate import Gate  # noqa: PLC0415 - as above
    from audits.probes.wire import Network  # noqa: PLC0415 - as above

    gate = Gate(allowed)
    if out is not None:
        with _into(out):  # before anything is sent: results that cannot be kept are not worth a packet
            out.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=out).close()

    def done(result: Result) -> None:
        if not as_json:
            talk().print(tr("done: {probe}", probe=result.probe), markup=False, soft_wrap=True)

    canaries = labs.canaries(probes) if labs is not None else []
    found = run.run(probes, Network(gate), observer=done, canaries=canaries)
    if labs is not None:
        found = labs.told(probes, found, gate)
    lab = labs.backend if labs is not None else ""
    sent = sum(gate.passed.values())
    if out is not None:
        with _into(out):
            path = files.write(found, out, sent=sent, allow=checksum, lab=lab)
    answers = [(result, answer) for result in found for answer in result.answers]
    if as_json:
        print_json(files.document(found, sent=sent, allow=checksum, lab=lab))
    else:
        print_table(
            tr("Probes"),
            [mark("probe"), mark("device"), mark("result"), mark("why")],
            [(result.probe, answer.device, tr(_STATES[answer.state]), answer.why) for result, answer in answers],
        )
    if out is not None:
        talk().print(tr("written: {path}", path=path), markup=False, soft_wrap=True)
    states = {answer.state for _, answer in answers}
    if "weak" in states:
        raise typer.Exit(ExitCode.FINDINGS)
    if states - {"sound"}:
        raise typer.Exit(ExitCode.DEVICES_FAILED)


@contextmanager
def _into(out: Path) -> Iterator[None]:
    """InputError if the folder cannot be written to."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            [
                Problem(
                    "cannot-write",
                    Message("cannot write to {path}: {reason}", path=out, reason=reason),
                    Message("name a folder that you may write to"),
                    column="--out",
                )
            ]
        ) from None
