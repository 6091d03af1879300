"""`govnet lab rehearse`: a whole change in the lab, with traffic on it, before a real device is touched."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import config_sources
from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, page, print_json, print_table, talk
from cli.config_push import ended_like_an_interrupt
from inventory.errors import ExitCode, InputError, LabError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from inventory.model import Workspace
    from lab.rehearsal.model import Leg, Pushed
    from lab.rehearsal.result import Result

BACKENDS = ("netns", "uml")
SHOWN = 20  # findings that are listed on the terminal


def register(group: typer.Typer) -> None:
    """Add `lab rehearse`."""
    command(
        group,
        "rehearse",
        mark(
            "Rehearse a change: run the devices with today's configurations, send its stages as a rollout does, with "
            "traffic on the network; take each back and send it again. Exit 1 if a required pair of hosts failed, a "
            "forbidden one passed or packets were lost that must not be."
        ),
        [
            "govnet lab rehearse archive: --change plan/mapping.csv --where county=玉山县 --out rehearsal",
            "govnet lab rehearse today/ --change stages/ --fault ln-yushan-linhu=down@prefer",
        ],
    )(rehearse)


def rehearse(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SRC…", help=tr(mark("Today's configurations: files or folders, or archive: (the archive)."))
        ),
    ],
    change: Annotated[
        Path,
        typer.Option(
            "--change",
            metavar="CHANGE",
            help=tr(
                mark("A mapping, a folder of stages (config stages, audit fix), or a folder of DEVICE.cfg to come.")
            ),
        ),
    ],
    where: Annotated[
        str, typer.Option("--where", help=tr(mark("Only devices that match, such as 'county=431382'.")))
    ] = "",
    sliced: Annotated[
        bool, typer.Option("--slice", help=tr(mark("Of these, one site of each pattern, and what it hangs on.")))
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help=tr(mark("Each stage forth only; without it also back and forth again.")))
    ] = False,
    tolerate: Annotated[
        float,
        typer.Option("--tolerate", min=0, help=tr(mark("Seconds that a pair may be without an answer in prefer."))),
    ] = 1.0,
    late: Annotated[
        float,
        typer.Option(
            "--late", min=1, help=tr(mark("Seconds of traffic behind a stage: what it breaks may break late."))
        ),
    ] = 45.0,
    settle: Annotated[
        float,
        typer.Option("--settle", min=1, help=tr(mark("Seconds behind that in which routing has to find its way."))),
    ] = 60.0,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="NAME=FAULT",
            help=tr(mark("NAME=down@STAGE for a device or a line in the middle of a stage, DEVICE=wrong-address.")),
        ),
    ] = None,
    measured: Annotated[
        Path | None,
        typer.Option(
            "--measured",
            metavar="FILE",
            help=tr(mark("The lines' measured load; measured/lines.csv of the workspace without it, if it is there.")),
        ),
    ] = None,
    backend: Annotated[
        str,
        typer.Option(
            "--backend",
            metavar="BACKEND",
            help=tr(mark("Where it runs: netns, or uml (a User-mode Linux machine) for VRFs and labels.")),
        ),
    ] = "netns",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help=tr(mark("Write rehearsal.json and rehearsal.html there."))),
    ] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Rehearse a change and show what came of it."""
    from lab.backend import Quiet  # noqa: PLC0415 - start-up time
    from lab.rehearsal import scratch  # noqa: PLC0415 - as above
    from lab.rehearsal.rehearse import Order  # noqa: PLC0415 - as above
    from lab.rehearsal.rehearse import rehearse as run  # noqa: PLC0415 - as above

    loaded = load_workspace(workspace)
    _demand(workspace, out)
    _able(backend)
    texts = _texts(sources, loaded, workspace)
    chosen = _chosen(loaded, where, texts, sliced=sliced)
    used = (workspace, change, *(path for path in (out, measured) if path is not None))
    # An end by a signal is an interrupt: the lab and the copy of the workspace go with it.
    with ended_like_an_interrupt(), scratch.place(*used) as place:
        order = Order(
            root=workspace,
            place=place / "workspace",
            texts=texts,
            change=change,
            devices=chosen,
            tolerate=tolerate,
            late=late,
            settle=settle,
            again=not once,
            faults=fault or (),
            measured=_measured(workspace, measured),
            backend=backend,
        )
        result = run(order, Rollouts(), Quiet() if as_json else _Talking())
    document = result.as_json()
    if out is not None:
        _write(out, result, document)
    if as_json:
        print_json(document)
    else:
        _show(result)
        if out is not None:
            page().print(tr("{file} is written", file=out / "rehearsal.html"), markup=False, soft_wrap=True)
    if not result.ok:
        raise typer.Exit(ExitCode.FINDINGS)


class _Talking:
    """Says what happens, on stderr."""

    def step(self, message: Message) -> None:
        """Something begins."""
        talk().print(str(message), style="dim", markup=False, soft_wrap=True)


class Rollouts:
    """Sends a stage by `govnet rollout start --lab`, in a process of its own, as an operator runs it."""

    def send(self, root: Path, folder: str, *, undo: bool) -> Sequence[Pushed]:
        """How each device was left. LabError if the rollout could not be begun."""
        words = ["rollout", "start", "--lab", "--commit", "--json", "--allow-reboot", "--reason", "rehearsal"]
        words += ["--stage", str(root / folder), "-w", str(root), *(["--undo"] if undo else [])]
        done = subprocess.run(
            [sys.executable, "-P", "-c", "from cli.main import main; main()", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            document = json.loads(done.stdout)
            rows = document["rollout"]["devices"] if "rollout" in document and "phase" not in document else None
            return [_pushed(row) for row in (rows if isinstance(rows, list) else document["devices"])]
        except (ValueError, KeyError, TypeError):
            said = (done.stderr or done.stdout).strip()[-500:]
            raise LabError(Message("the rollout was not begun: {said}", said=said or "-")) from None


def _pushed(row: Mapping[str, Any]) -> Pushed:
    """A device of what `rollout start` printed: of the rollout, or of its dry run."""
    from lab.rehearsal.model import Pushed  # noqa: PLC0415 - start-up time

    result = row.get("result") or row
    error = result.get("error")
    text = ((error or {}).get("message") or {}) if isinstance(error, dict) else {}
    said = Message("{why}", why=text.get("zh" if language() == "zh_CN" else "en", "")) if text else None
    return Pushed(
        str(row.get("name") or row.get("device")),
        str(row["state"]),
        bool(row.get("ok", error is None)),
        said,
        float(row.get("begun") or 0.0),
        float(row.get("ended") or 0.0),
    )


def _measured(root: Path, path: Path | None) -> Path | None:
    """The table of the lines' load, None if there is none. InputError if the one that is named is not there."""
    from lab.rehearsal.capacity.measured import PLACE  # noqa: PLC0415 - start-up time

    if path is None:
        return root / PLACE if (root / PLACE).is_file() else None
    if not path.is_file():
        message, hint = Message("there is no such file"), Message("name a table of lines' load: --measured FILE")
        raise InputError([Problem("missing-file", message, hint, str(path))])
    return path


def _able(name: str) -> None:
    """InputError for a back end without stand-ins, LabError if it cannot run here."""
    from lab.backend import backend  # noqa: PLC0415 - start-up time

    if name not in BACKENDS:
        message = Message("a rehearsal runs on {names}, not on “{name}”", names=", ".join(BACKENDS), name=name)
        raise InputError([Problem("bad-backend", message, Message("leave it out, or write uml"), column="--backend")])
    missing = backend(name).missing()
    if missing:
        raise LabError(
            Message("this machine cannot run a {name} lab: {what}", name=name, what=missing[0]),
            Message("`govnet doctor` says what this machine lacks"),
        )


def _demand(root: Path, out: Path | None) -> None:
    """InputError if there is no plan, or the report cannot be written where it is to go."""
    path = root / "plan" / "plan.csv"
    if not path.exists():
        message = Message("there is no address plan at {path}", path=path)
        raise LabError(message, Message("run `govnet plan make` first"))
    if out is None:
        return
    # Said now, not behind minutes of rehearsal; a folder that is not there yet is made with the report.
    try:
        there = next(one for one in (out.resolve(), *out.resolve().parents) if one.exists())
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        message = Message("it is not a folder that can be written to: {why}", why=error.strerror or error)
        raise InputError([Problem("not-a-folder", message, Message("name a folder: --out DIR"), str(out))]) from None


def _texts(sources: Sequence[str], loaded: Workspace, root: Path) -> dict[str, bytes]:
    """Today's configurations by device; those that are no device's of the inventory are told."""
    gathered = config_sources.collect(sources, "", root)
    found: dict[str, bytes] = {}
    strange = []
    for one in gathered.inputs:
        name = gathered.names[one.path] or Path(one.path).stem
        if name in loaded.inventory.devices:
            found[name] = one.data
        else:
            strange.append(name)
    for done in gathered.left_out:
        for problem in done.problems:
            talk().print(problem.in_language(language()), style="yellow", markup=False, soft_wrap=True)
    if strange:
        told = tr("{count} texts are no device's of the inventory: {names}", count=len(strange),
                  names=", ".join(strange[:10]))  # fmt: skip
        talk().print(told, style="yellow", markup=False, soft_wrap=True)
    if not found:
        message = Message("none of these texts is named after a device of the inventory")
        hint = Message("a configuration's file is named after its device: DEVICE.cfg")
        raise InputError([Problem("nothing-to-read", message, hint, ", ".join(sources))])
    return found


def _chosen(loaded: Workspace, where: str, texts: Collection[str], *, sliced: bool) -> list[str]:
    """The devices by name; none: all of them. A slice is one of those that have a text."""
    from inventory import filters  # noqa: PLC0415 - start-up time
    from lab.slices import slice_of  # noqa: PLC0415 - as above

    chosen = [device.name for device in filters.select(loaded.inventory, where)] if where else []
    if where and not chosen:
        raise LabError(Message("no device matches “{where}”", where=where), Message("see `govnet inventory list`"))
    if sliced:
        return list(slice_of(loaded.inventory, set(texts) & set(chosen or loaded.inventory.devices)))
    return chosen


def _write(out: Path, result: Result, document: Mapping[str, Any]) -> None:
    from lab.rehearsal.report import html  # noqa: PLC0415 - start-up time

    out.mkdir(parents=True, exist_ok=True)
    (out / "rehearsal.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    html.write(result, out / "rehearsal.html")


def _show(result: Result) -> None:
    from lab.rehearsal.result import KINDS, WAYS, grouped  # noqa: PLC0415 - start-up time

    columns = (
        mark("stage"),
        mark("direction"),
        mark("devices"),
        mark("pairs"),
        mark("probes"),
        mark("lost"),
        mark("longest"),
    )
    print_table("", columns, [_row(leg, tr(WAYS[leg.way])) for leg in result.legs])
    groups = grouped(result.findings)
    for finding, alike in groups[:SHOWN]:
        head = f"{finding.leg}: {tr(KINDS.get(finding.kind, finding.kind))}: "
        tail = f" {tr('… and {count} more like it', count=alike)}" if alike else ""
        talk().print(f"{head}{finding.told}{tail}", style="red", markup=False, soft_wrap=True)
    if len(groups) > SHOWN:
        talk().print(tr("… and {count} more", count=sum(1 + alike for _, alike in groups[SHOWN:])), markup=False)
    for note in result.notes:
        talk().print(str(note), style="yellow", markup=False, soft_wrap=True)
    if result.resting is not None:
        talk().print(str(result.resting), style="yellow", markup=False, soft_wrap=True)
    for one in (*_stand_ins(result), *_not_there(result)):
        talk().print(one, style="yellow", markup=False, soft_wrap=True)
    if result.ok:
        page().print(
            tr("nothing is wrong: every required pair passes at every point, no forbidden one does"), markup=False
        )


def _row(leg: Leg, way: str) -> tuple[str | int, ...]:
    passed, sent = sum(seen.shown for seen in leg.matrix), sum(loss.sent for loss in leg.losses)
    lost = sum(loss.lost for loss in leg.losses)
    longest = f"{max((loss.longest(leg.seconds) for loss in leg.losses), default=0.0):.2f} s"
    # Where nothing was sent nothing is known of what would have been lost.
    seen = (lost, longest) if sent else ("–", "–")
    done = sum(one.ok for one in leg.pushed)
    return (leg.folder, way, f"{done}/{len(leg.pushed)}", f"{passed}/{len(leg.matrix)}", sent, *seen)


def _not_there(result: Result) -> Iterable[str]:
    """Devices that do not run: nothing is said of them."""
    for one in result.skipped:
        yield tr("{device} ({platform}) does not run: {why}", device=one.device, platform=one.platform, why=one.why)


def _stand_ins(result: Result) -> Iterable[str]:
    """What runs in others' place, in one sentence a platform."""
    count: dict[tuple[str, str], int] = {}
    for one in result.substitutions:
        count[one.platform, one.stand_in] = count.get((one.platform, one.stand_in), 0) + 1
    for (platform, stand_in), number in count.items():
        yield tr(
            "{count} devices of platform {platform}: {stand_in} stands in for them in this lab",
            count=number,
            platform=platform,
            stand_in=stand_in,
        )
