"""The steps of the demo: each calls one package and tells what came of it.

One device failing leaves the others done.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from inventory.errors import DeviceError, ExitCode, GovnetError, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from audits.model import Report
    from collectors.results import PollResult
    from configs.push import Job, PushResult
    from configs.render import Rendered
    from inventory.model import Device, Workspace
    from ipplan.plan import Plan
    from lab.backend import Fault
    from lab.state import LabState
    from lab.topology import Topology

# How long the counters are watched between two polls, in seconds.
BETWEEN_POLLS = 3.0
# How long one device may take, in seconds, so that one that never answers does not hold up the story.
CONNECT_SECONDS = 5.0
LOGIN_SECONDS = 20.0
COMMAND_SECONDS = 30.0
POLL_SECONDS = 8.0


@dataclass
class Step:
    """One line of the story. `detail` has stable English keys; `told` is the same for people."""

    name: str
    title: str
    ok: bool = True
    seconds: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)
    told: str = ""
    code: ExitCode = ExitCode.DONE

    def fail(self, code: ExitCode = ExitCode.DEVICES_FAILED) -> None:
        """Mark the step as failed; the first reason decides the exit code."""
        self.ok = False
        self.code = self.code or code


@dataclass
class Demo:
    """What one step leaves for the next. `failed` are the devices that are left out from then on, with the reason."""

    directory: Path
    backend: str
    level: int
    faults: dict[str, Fault]
    workspace: Workspace | None = None
    plan: Plan | None = None
    topology: Topology | None = None
    state: LabState | None = None
    rendered: dict[str, Rendered] = field(default_factory=dict)
    pushable: tuple[str, ...] = ()
    failed: dict[str, Message] = field(default_factory=dict)
    hints: dict[str, Message] = field(default_factory=dict)
    # Is told how many devices of how many are done within a step.
    counted: Callable[[int, int], None] = lambda _done, _total: None
    archived: tuple[str, ...] = ()
    notes: list[Message] = field(default_factory=list)
    artifacts: dict[str, str] = field(default_factory=dict)

    @property
    def reports(self) -> Path:
        """Where the demo puts what it made."""
        return self.directory / "reports"

    @property
    def here(self) -> Workspace:
        """The workspace as it runs here: stand-ins in place of what cannot run."""
        assert self.topology is not None  # noqa: S101 - the step `render` has made it
        return self.topology.workspace

    def going(self, names: Iterable[str]) -> list[Device]:
        """Those devices that nothing has gone wrong with yet."""
        return [self.here.inventory.devices[name] for name in names if name not in self.failed]


def read_faults(given: Sequence[str]) -> dict[str, Fault]:
    """`DEVICE=FAULT` arguments; InputError for anything else."""
    from lab.backend import Fault  # noqa: PLC0415 - start-up time

    faults = {}
    for text in given:
        device, _, name = text.partition("=")
        try:
            faults[device] = Fault(name)
        except ValueError:
            raise InputError(
                [
                    Problem(
                        "bad-fault",
                        Message("“{text}” is no fault", text=text),
                        Message("write DEVICE=FAULT with one of: {names}", names=", ".join(Fault)),
                        column="--fault",
                    )
                ]
            ) from None
    return faults


def run_all(demo: Demo, tell: Callable[[Step, bool], None]) -> tuple[Step, ...]:
    """Run the steps in order. A step that cannot go on at all ends the story; what it left undone is in its detail."""
    done = []
    for name, title, function in STEPS:
        step = Step(name, title)
        tell(step, False)
        started = time.monotonic()
        try:
            function(demo, step)
        except GovnetError as error:
            step.fail(error.exit_code)
            step.told = "\n".join(part for part in (*_reasons(error, language()), _hint(error)) if part)
            step.detail["error"] = error.as_json()
        step.seconds = time.monotonic() - started
        tell(step, True)
        done.append(step)
        if "error" in step.detail:
            break
    return tuple(done)


def end_lab(demo: Demo) -> None:
    """End the lab, however the story went; also one that was only being started."""
    from lab.control import down  # noqa: PLC0415 - start-up time

    down(demo.directory)
    demo.state = None


def _reasons(error: GovnetError, in_language: str) -> list[str]:
    if isinstance(error, InputError):
        return [problem.in_language(in_language) for problem in error.problems]
    return [error.message.in_language(in_language)]


def _hint(error: GovnetError) -> str:
    return tr("hint: {hint}", hint=error.hint) if str(error.hint) else ""


class _Counter:
    """Counts the devices that a rollout or a poll has done with."""

    def __init__(self, demo: Demo, total: int) -> None:
        self._tell = demo.counted
        self._done, self._total = 0, total
        self._tell(0, total)

    def step(self, device: str, step: Message) -> None:
        """Only whole devices are counted."""

    def done(self, _result: object) -> None:
        """One more."""
        self._done += 1
        self._tell(self._done, self._total)


def _patient_enough(jobs: Iterable[Job]) -> list[Job]:
    """The jobs with the time-outs of a lab: its devices are on this machine, and one that is mute is to be mute."""
    return [
        replace(
            job,
            target=replace(
                job.target,
                connect_timeout=CONNECT_SECONDS,
                login_timeout=LOGIN_SECONDS,
                command_timeout=COMMAND_SECONDS,
            ),
        )
        for job in jobs
    ]


def _check(demo: Demo, step: Step) -> None:
    from cli.init import invent_secrets  # noqa: PLC0415 - start-up time
    from configs.dialects import platforms  # noqa: PLC0415 - start-up time
    from inventory.workspace import load  # noqa: PLC0415 - start-up time

    demo.workspace = load(demo.directory, platforms=platforms())
    invent_secrets(demo.workspace)
    inventory = demo.workspace.inventory
    step.detail = {
        "regions": len(inventory.regions),
        "units": len(inventory.units),
        "sites": len(inventory.sites),
        "devices": len(inventory.devices),
        "lines": len(inventory.lines),
    }
    step.told = tr("{regions} regions, {units} units, {sites} sites, {devices} devices, {lines} lines", **step.detail)


def _plan(demo: Demo, step: Step) -> None:
    from ipplan import allocate, checks, plan, policy_file  # noqa: PLC0415 - start-up time

    assert demo.workspace is not None  # noqa: S101 - the step before has made it
    path = demo.directory / "plan" / "plan.csv"
    rules = policy_file.load(demo.directory / "plan" / "policy.yaml")
    inventory = demo.workspace.inventory
    locked = plan.read(path) if path.exists() else None
    demo.plan = allocate.make(inventory, rules, locked)
    plan.write(demo.plan, path)
    first = path.read_bytes()
    plan.write(allocate.make(inventory, rules, plan.read(path)), path)
    problems = checks.check(demo.plan, inventory, rules)
    if problems:
        raise InputError(problems)
    stable = path.read_bytes() == first
    if not stable:
        step.fail(ExitCode.FINDINGS)
    demo.artifacts["plan"] = str(path)
    step.detail = {"allocations": len(demo.plan.allocations), "stable": stable}
    step.told = tr("{allocations} allocations; planning again changes nothing: {stable}", **_said(step.detail))


def _render(demo: Demo, step: Step) -> None:
    """The vendors' configurations of every device, and what runs here instead where a vendor's device cannot."""
    from configs.render import Renderer  # noqa: PLC0415 - start-up time
    from lab.topology import build  # noqa: PLC0415 - start-up time

    assert demo.workspace is not None  # noqa: S101 - earlier steps have made both
    assert demo.plan is not None  # noqa: S101 - as above
    demo.topology = build(demo.workspace, demo.plan, backend=demo.backend)
    folder = demo.reports / "configs"
    stand_ins = {item.device for item in demo.topology.substitutions}
    own, here = Renderer(demo.workspace, demo.plan), Renderer(demo.here, demo.plan)
    lines, notes = 0, 0
    for name in demo.workspace.inventory.devices:
        try:
            rendered = own.render(name)
            _write(folder / f"{name}.cfg", rendered.to_bytes())
            lines += rendered.text.count("\n")
            notes += len(rendered.notes)
            if name in demo.here.inventory.devices:
                demo.rendered[name] = here.render(name) if name in stand_ins else rendered
                if name in stand_ins:
                    _write(folder / "stand-ins" / f"{name}.cfg", demo.rendered[name].to_bytes())
        except (InputError, DeviceError) as error:
            step.fail(error.exit_code)
            demo.failed[name] = Message("{why}", why="\n".join(_reasons(error, language())))
    running = {device.name for device in demo.topology.devices}
    demo.pushable = tuple(name for name in demo.rendered if name in running and _can_be_pushed(demo, name))
    demo.artifacts["configurations"] = str(folder)
    step.detail = {
        "devices": len(demo.workspace.inventory.devices) - len(demo.failed),
        "lines": lines,
        "not_expressed": notes,
        "failed": _failures(demo, demo.failed),
    }
    step.told = tr("{devices} devices, {lines} lines", **step.detail)
    _tell_stand_ins(demo)


def _can_be_pushed(demo: Demo, name: str) -> bool:
    from configs.dialects import dialect  # noqa: PLC0415 - start-up time

    return dialect(demo.here.inventory.devices[name].platform).driver() is not None


def _tell_stand_ins(demo: Demo) -> None:
    assert demo.topology is not None  # noqa: S101 - the caller has made it
    by_pair: dict[tuple[str, str], int] = {}
    for item in demo.topology.substitutions:
        by_pair[item.platform, item.stand_in] = by_pair.get((item.platform, item.stand_in), 0) + 1
    for (platform, stand_in), count in by_pair.items():
        demo.notes.append(
            Message(
                "{count} devices of platform {platform}: {stand_in} stands in for them in this lab",
                count=count,
                platform=platform,
                stand_in=stand_in,
            )
        )
    skipped: dict[str, int] = {}
    for left in demo.topology.skipped:
        skipped[left.platform] = skipped.get(left.platform, 0) + 1
    for platform, count in skipped.items():
        demo.notes.append(
            Message(
                "{count} devices of platform {platform}: rendered, but not run in this lab",
                count=count,
                platform=platform,
            )
        )


def _lab_up(demo: Demo, step: Step) -> None:
    from lab.control import up  # noqa: PLC0415 - start-up time

    demo.state = up(demo.directory, backend_name=demo.backend, faults=demo.faults, owned=True)
    step.detail = {
        "backend": demo.backend,
        "nodes": len(demo.state.nodes),
        "substitutions": [
            {"device": item.device, "platform": item.platform, "stand_in": item.stand_in}
            for item in demo.state.substitutions
        ],
        "skipped": [item.device for item in demo.state.skipped],
    }
    step.told = tr("{nodes} devices and hosts run", **step.detail)


def _push_once(demo: Demo, step: Step, *, commit: bool) -> list[PushResult]:
    from configs import push as pushing  # noqa: PLC0415 - start-up time

    assert demo.state is not None  # noqa: S101 - the step before has made it
    devices = demo.going(demo.pushable)
    jobs = _patient_enough(pushing.jobs(demo.here, devices, demo.rendered, demo.state.endpoints()))
    with demo.state.entered():
        results = pushing.push(jobs, commit=commit, observer=_Counter(demo, len(jobs)))
    failed = {result.device: result.error for result in results if result.error is not None}
    _leave_out(demo, step, failed)
    step.detail = {
        "devices": len(results) - len(failed),
        "changed": sum(result.changed for result in results if result.ok),
        "added": sum(result.added for result in results if result.ok),
        "removed": sum(result.removed for result in results if result.ok),
        "failed": _failures(demo, failed),
    }
    step.told = tr("{devices} devices; {changed} differ: +{added} −{removed} lines", **step.detail)
    return results


def _compare(demo: Demo, step: Step) -> None:
    folder = demo.reports / "diffs"
    for result in _push_once(demo, step, commit=False):
        _write(folder / f"{result.device}.diff", result.diff.encode())
    demo.artifacts["diffs"] = str(folder)


def _push(demo: Demo, step: Step) -> None:
    _push_once(demo, step, commit=True)
    step.told = tr(
        "{devices} devices; {changed} changed, confirmed and saved: +{added} −{removed} lines", **step.detail
    )


def _push_again(demo: Demo, step: Step) -> None:
    _push_once(demo, step, commit=True)
    if step.detail["changed"]:
        step.fail(ExitCode.FINDINGS)
    step.told = tr("{devices} devices; {changed} changed: +{added} −{removed} lines", **step.detail)


def _backup(demo: Demo, step: Step) -> None:
    from configs import push as pushing  # noqa: PLC0415 - start-up time
    from configs.archive import Archive  # noqa: PLC0415 - start-up time

    assert demo.state is not None  # noqa: S101 - an earlier step has made it
    path = demo.directory / "archive"
    jobs = _patient_enough(pushing.jobs(demo.here, demo.going(demo.pushable), {}, demo.state.endpoints()))
    with demo.state.entered():
        backups = pushing.backup(jobs, observer=_Counter(demo, len(jobs)))
    failed = {backup.device: backup.error for backup in backups if backup.error is not None}
    _leave_out(demo, step, failed)
    texts = {backup.device: backup.text for backup in backups if backup.error is None}
    commit = Archive(path).store(texts, "govnet demo")
    demo.archived = tuple(texts)
    demo.artifacts["archive"] = str(path)
    step.detail = {"devices": len(texts), "commit": commit, "failed": _failures(demo, failed)}
    step.told = tr("{devices} devices in the archive, secrets masked", **step.detail)


def _network(demo: Demo, step: Step) -> None:
    from lab.verify import verify  # noqa: PLC0415 - start-up time

    assert demo.state is not None  # noqa: S101 - earlier steps have made both
    assert demo.topology is not None  # noqa: S101 - as above
    results = verify(demo.state, demo.topology, left_out=frozenset(demo.failed))
    if not results:
        step.detail = {"checked": False}
        step.told = tr("emulated devices forward no packets; --lab netns looks at routes, reachability and tunnels")
        return
    failed = [result for result in results if not result.ok]
    if failed:
        step.fail(ExitCode.FINDINGS)
    step.detail = {"checked": True, "checks": [result.as_json() for result in results]}
    step.told = "\n".join(str(result.told) for result in results)


def _configured(demo: Demo) -> Iterable[str]:
    """Who has all of its configuration: an emulated device begins with its first text, and only a push adds to it."""
    return demo.pushable if demo.backend == "emulated" else demo.rendered


def _poll(demo: Demo, step: Step) -> None:
    from collectors.poll import Poller  # noqa: PLC0415 - start-up time
    from collectors.results import combined  # noqa: PLC0415 - start-up time
    from collectors.snmp.bounds import Limits  # noqa: PLC0415 - start-up time
    from collectors.targets import targets  # noqa: PLC0415 - start-up time

    assert demo.state is not None  # noqa: S101 - an earlier step has made it
    devices = [
        device
        for device in demo.going(_configured(demo))
        if device.name in demo.state.nodes and demo.state.nodes[device.name].snmp is not None
    ]
    poller = Poller(limits=Limits(seconds=POLL_SECONDS))
    with demo.state.entered():
        wanted = targets(demo.here, devices, demo.state.endpoints())
        first = {result.device: result for result in poller.poll(wanted, _Counter(demo, len(wanted)).done)}
        time.sleep(BETWEEN_POLLS)
        results = poller.poll(wanted, _Counter(demo, len(wanted)).done)
    failed = {result.device: result.error for result in results if result.error is not None}
    _leave_out(demo, step, failed)
    path = demo.reports / "metrics.prom"
    _write(path, combined(results))
    grown = [
        result.device for result in results if result.error is None and _octets(result) > _octets(first[result.device])
    ]
    still = sorted({result.device for result in results if result.error is None} - set(grown))
    if still:
        step.fail(ExitCode.FINDINGS)
    demo.artifacts["metrics"] = str(path)
    step.detail = {
        "devices": len(results) - len(failed),
        "samples": sum(result.samples for result in results),
        "if_hc_in_octets_grew": len(grown),
        "did_not_grow": still,
        "failed": _failures(demo, failed),
    }
    step.told = tr("{devices} devices, {samples} samples; ifHCInOctets grew on {if_hc_in_octets_grew}", **step.detail)


def _octets(result: PollResult) -> float:
    return sum(result.values("ifHCInOctets").values())


def _audit(demo: Demo, step: Step) -> None:
    from audits import engine, pack  # noqa: PLC0415 - start-up time
    from audits.model import Document, LeftOut, Scope, Substitution, count  # noqa: PLC0415 - start-up time
    from audits.report import html, json  # noqa: PLC0415 - start-up time
    from configs.archive import Archive  # noqa: PLC0415 - start-up time

    assert demo.topology is not None  # noqa: S101 - an earlier step has made it
    archive = Archive(demo.directory / "archive")
    devices = demo.here.inventory.devices
    documents = [
        Document(f"{name}/running.cfg", archive.read(name), name, devices[name].platform) for name in demo.archived
    ]
    left_out = _not_archived(demo)
    report = engine.run(
        documents,
        pack.shipped("mlps"),
        demo.level,
        title=demo.here.settings.title,
        substitutions=[
            Substitution(item.device, item.platform, item.stand_in, str(item.why))
            for item in demo.topology.substitutions
        ],
        scope=Scope(workspace=True, left_out=tuple(LeftOut(*item) for item in left_out.items()), lab=demo.backend),
    )
    folder = demo.reports / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    json.write(report, folder / "audit.json")
    html.write(report, folder / "audit.html")
    demo.artifacts["audit"] = str(folder / "audit.html")
    demo.artifacts["audit_json"] = str(folder / "audit.json")
    counts = count(item.verdict for item in report.items)
    cited, wrong = _cited(report, {document.device: document.content for document in documents})
    if wrong:
        step.fail(ExitCode.FINDINGS)
    if not report.judged:
        step.fail()
    step.detail = {
        "devices": len(report.judged),
        "not_audited": {entry.device: str(entry.why) for entry in report.not_judged},
        "level": demo.level,
        "items": counts,
        "cited_lines": cited,
        "cited_lines_not_in_the_archive": wrong,
    }
    step.told = tr(
        "{devices} devices ({left} not audited), {items} items at level {level}: {passed} met, {partial} partly,"
        " {failed} not, {manual} for a person, {not_applicable} not applicable",
        devices=len(report.judged),
        left=len(report.not_judged),
        items=sum(counts.values()),
        level=demo.level,
        passed=counts["pass"],
        partial=counts["partial"],
        failed=counts["fail"],
        manual=counts["manual"],
        not_applicable=counts["not_applicable"],
    )


def _not_archived(demo: Demo) -> dict[str, Message]:
    """The devices of the workspace that have no configuration in the archive, and why."""
    assert demo.topology is not None  # noqa: S101 - an earlier step has made it
    assert demo.workspace is not None  # noqa: S101 - as above
    why = {
        **dict.fromkeys(
            demo.workspace.inventory.devices, Message("nothing is pushed to this platform or read from it")
        ),
        **{item.device: item.why for item in demo.topology.skipped},
        **dict.fromkeys(demo.failed, Message("it failed before it was in the archive")),
    }
    return {name: reason for name, reason in why.items() if name not in demo.archived}


def _cited(report: Report, archived: Mapping[str, bytes]) -> tuple[int, list[str]]:
    """How many lines the findings cite, and those of them that do not stand so in the archive."""
    from configs.tree import decode  # noqa: PLC0415 - start-up time

    texts = {device: decode(content)[0].splitlines() for device, content in archived.items()}
    cited, wrong = 0, []
    for item in report.items:
        for finding in item.findings:
            for line in (line for evidence in finding.evidence for line in evidence.lines if line.cited):
                cited += 1
                text = texts.get(finding.device, [])
                if line.number > len(text) or text[line.number - 1] != line.text:
                    wrong.append(f"{finding.device}:{line.number}")
    return cited, wrong


def _end(demo: Demo, step: Step) -> None:
    end_lab(demo)
    step.told = tr("nothing of the lab is left running")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _leave_out(demo: Demo, step: Step, failed: Mapping[str, GovnetError]) -> None:
    """These devices failed: the step did not succeed, and those behind it leave them out."""
    if failed:
        step.fail()
    demo.failed.update({name: error.message for name, error in failed.items()})
    demo.hints.update({name: error.hint for name, error in failed.items()})


def _failures(demo: Demo, names: Iterable[str]) -> list[dict[str, str]]:
    return [
        {"device": name, "error": str(demo.failed.get(name, "")), "hint": str(demo.hints.get(name, ""))}
        for name in names
    ]


def _said(detail: dict[str, Any]) -> dict[str, Any]:
    words = {True: tr(mark("yes")), False: tr(mark("no"))}
    return {key: words[value] if isinstance(value, bool) else value for key, value in detail.items()}


STEPS: tuple[tuple[str, str, Callable[[Demo, Step], None]], ...] = (
    ("workspace", mark("Copy and check the workspace"), _check),
    ("plan", mark("Plan the addresses"), _plan),
    ("render", mark("Render the configurations"), _render),
    ("lab", mark("Start the virtual devices"), _lab_up),
    ("compare", mark("Compare with what runs (dry run)"), _compare),
    ("push", mark("Push the configurations"), _push),
    ("push-again", mark("Push again: nothing may change"), _push_again),
    ("backup", mark("Archive the configurations"), _backup),
    ("network", mark("Look at the network"), _network),
    ("poll", mark("Poll the devices by SNMP"), _poll),
    ("audit", mark("Audit the archived configurations"), _audit),
    ("end", mark("End the virtual devices"), _end),
)
