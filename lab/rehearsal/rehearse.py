"""A rehearsal from its beginning to its end: copy the workspace, start the lab, walk the stages, judge."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audits import profile
from inventory.errors import LabError
from inventory.model import LineKind
from inventory.text import Message, mark
from lab.backends.netns import Netns
from lab.rehearsal import change as changes
from lab.rehearsal import faults as failing
from lab.rehearsal import mixed, running, scratch
from lab.rehearsal import outside as outsiders
from lab.rehearsal import pairs as pairing
from lab.rehearsal import result as judging
from lab.rehearsal.capacity import judge
from lab.rehearsal.capacity import measured as measuring
from lab.rehearsal.capacity.watch import Load, Watch
from lab.rehearsal.legs import LATE, SLOW, Course, Walk, read
from lab.rehearsal.loads import Moment
from lab.rehearsal.matrix import SETTLE
from lab.rehearsal.model import Finding
from lab.rehearsal.result import Result
from lab.rehearsal.traffic import INTERVAL, MOST, Traffic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from inventory.model import Workspace
    from lab.backend import Observer
    from lab.rehearsal.capacity.measured import Measured
    from lab.rehearsal.capacity.model import Capacity
    from lab.rehearsal.legs import Sender
    from lab.rehearsal.model import Leg, Pair
    from lab.rehearsal.running import Lab
    from lab.rehearsal.vrfs import Bound


@dataclass(frozen=True)
class Order:
    """What is to be rehearsed.

    `root` is the workspace, `texts` what its devices run today, `change` as `lab.rehearsal.change.write` has it.
    `place` is an empty folder for the copy. `tolerate` is how many seconds without an answer a pair may have in the
    stage prefer. `late`: seconds of traffic behind a stage sent first; `settle`: seconds that routing may then take.
    `again`: each stage is also taken back and sent again. `faults` as people write them. `backend` is `netns` or `uml`.
    `measured`: the table of the lines' load, None for no load.
    """

    root: Path
    place: Path
    texts: Mapping[str, bytes]
    change: Path
    devices: Collection[str] = ()
    tolerate: float = 1.0
    late: float = LATE
    settle: float = SETTLE
    again: bool = True
    faults: Sequence[str] = ()
    measured: Path | None = None
    backend: str = Netns.name


def rehearse(order: Order, sender: Sender, observer: Observer) -> Result:
    """Rehearse. InputError for a change that cannot be made, LabError if the lab cannot run here.

    Whatever happens, nothing of the lab is left behind.
    """
    began = time.monotonic()
    scratch.copy(order.root, order.place)
    try:
        found = _rehearse(order, sender, observer)
    finally:
        running.ended(order.place)
    found.seconds = time.monotonic() - began
    return found


def _rehearse(order: Order, sender: Sender, observer: Observer) -> Result:
    from ipplan import plan as plans  # noqa: PLC0415 - start-up time
    from lab.control import load_workspace  # noqa: PLC0415 - as above

    workspace = load_workspace(order.place)
    path = order.place / "plan" / "plan.csv"
    plan = plans.read(path)
    faults = failing.read(order.faults, workspace.inventory)
    measured = measuring.read(order.measured, workspace.inventory.lines) if order.measured is not None else {}
    chosen = set(order.devices) or set(workspace.inventory.devices)
    devices = workspace.inventory.devices
    today = {
        name: changes.whole(workspace, devices[name].platform, text)
        for name, text in order.texts.items()
        if name in chosen
    }
    lacking = sorted(name for name in chosen if name not in today)
    able = {name: text for name, text in today.items() if mixed.runnable(devices[name].platform, order.backend) is None}
    observer.step(Message("the stages of the change for {count} devices", count=len(able)))
    top = changes.write(order.place, order.change, workspace, plan, able)
    failing.demand(faults, changes.stages_of(top), workspace.inventory, able)
    along = {name: [text, *_texts(top, name)] for name, text in today.items()}
    lab = running.up(workspace, plan, set(today), along, observer, order.backend)
    notes = _notes(workspace, lab, lacking, changes.named(order.change) - set(able)) + _soon(order.late)
    with ExitStack() as stack:
        traffic = stack.enter_context(Traffic(lab.keeper, lab.state.directory / "prober.log", machine=lab.machine))
        traffic.open(lab.everybody)
        watch = _watch(order, lab, measured, traffic, stack)
        wanted, untold = _pairs(workspace, lab)
        course = Course(
            order.place,
            workspace,
            lab,
            traffic,
            wanted,
            sender,
            observer,
            order.tolerate,
            order.late,
            order.settle,
            faults,
            order.again,
            watch=watch,
        )
        runs, unread = read(course)
        for device, why in unread.items():
            raise LabError(Message("{device} cannot be read: {why}", device=device, why=why))
        if any(runs[name] != today[name] for name in runs) and not (order.change / "index.json").is_file():
            # A device writes its configuration in its own way: the stages begin with what it says that it runs.
            changes.write(order.place, order.change, workspace, plan, able | runs)
            if not order.change.is_dir():
                notes.append(Message("the stages were made from what the devices print once they run"))
        wrong = [fault.what for fault in faults if fault.kind is failing.Kind.WRONG_ADDRESS]
        notes += [failing.mistaken(top, device) for device in wrong]
        walk = Walk(course, today | runs)
        walk.look()
        walk.walk()
    mended = judging.mended(course.before, course.legs, walk)
    notes += judging.renewals(course.legs)
    found = list(judging.uncarried(untold, order.backend))
    found += list(judging.findings(course.before, course.legs, walk, course.neighbours))
    notes += _of_pairs(course, mended)
    if course.broken is not None:
        found.append(Finding("stopped", course.broken, course.legs[-1].name if course.legs else ""))
    capacity = watch.capacity if watch is not None else None
    found += _overloaded(capacity, course.legs)
    notes += judge.notes(capacity) if capacity is not None else _unmeasured(lab, measured)
    interval = max(INTERVAL, len(wanted) / 2 / MOST)
    left = {name: lines for name, lines in {**lab.left, **walk.left}.items() if lines}
    rests = {pair.name: on for pair in wanted if (on := [name for name in walk.way(pair) if left.get(name)])}
    return Result(
        workspace.settings.title,
        order.change.name,
        lab,
        course.before,
        tuple(course.legs),
        tuple(found),
        interval,
        lab.topology.substitutions,
        lab.topology.skipped,
        left,
        rests,
        notes=tuple(notes),
        mended=tuple(sorted(mended)),
        capacity=capacity,
        backend=order.backend,
        untold=untold,
    )


def _soon(late: float) -> list[Message]:
    """That traffic does not go on for long enough behind a stage to show what routing says late."""
    if late >= SLOW:
        return []
    return [Message("traffic goes on for {seconds} s behind a stage; OSPF may take longer to say what is gone "
                    "(RFC 2328, MinLSInterval: 5 s), so pairs may still pass that soon do not: "
                    "--late 6 or more shows them", seconds=late)]  # fmt: skip


def _of_pairs(course: Course, mended: Collection[str]) -> list[Message]:
    """What is to be known of pairs beside the findings."""
    text = Message("{count} pairs are not as wanted today, and are behind the change: {names}",
                   count=len(mended), names=", ".join(list(mended)[:10]))  # fmt: skip
    without = judging.uncontrolled([course.before, *(leg.matrix for leg in course.legs)])
    return [*([text] if mended else []), *without]


def _watch(
    order: Order, lab: Lab, measured: Mapping[str, Measured], traffic: Traffic, stack: ExitStack
) -> Watch | None:
    """What puts the measured load on the lines, until the stack ends; None if no line that runs was measured.

    Nor is there any inside a machine, whose one processor would be what is measured.
    """
    if lab.machine or not any(link.line in measured for link in lab.topology.links):
        return None
    load = stack.enter_context(Load(lab.keeper, lab.state.directory / "load.log"))
    load.open(lab.hosts)
    return Watch(lab, load, traffic, measured, profile.load(order.root).limit("bandwidth_percent"), _named(order))


def _unmeasured(lab: Lab, measured: Mapping[str, Measured]) -> list[Message]:
    if measured and lab.machine:
        return [Message("capacity is not looked at inside a machine: leave out --backend uml for that")]
    text = Message("none of the lines whose load was measured runs here: nothing is said of capacity")
    return [text] if measured else []


def _overloaded(capacity: Capacity | None, legs: Sequence[Leg]) -> Iterator[Finding]:
    """The lines that have too much to carry, today and along the way."""
    if capacity is None:
        return
    yield from judge.findings(capacity, capacity.today, "today")
    for leg in legs:
        for window in leg.windows:
            faulty = leg.faults if window.moment is Moment.DURING else ()
            yield from judge.findings(capacity, window, leg.name, faulty)


def _named(order: Order) -> str:
    """The table of the lines' load as people know it: below the workspace, or by its path."""
    path = order.measured or order.root
    return str(path.relative_to(order.root)) if path.is_relative_to(order.root) else str(path)


def _pairs(workspace: Workspace, lab: Lab) -> tuple[list[Pair], Mapping[Pair, Bound]]:
    """The pairs that are asked, and those that this back end does not carry."""
    names = {device.name for device in lab.topology.devices}
    every = pairing.pairs(workspace.inventory, names, lab.hosts)
    roads = pairing.Roads(workspace.inventory, names)
    untold = pairing.uncarried(lab.flat, roads, {host.name: host for host in lab.hosts}, every)
    wanted = [pair for pair in every if pair not in untold]
    if lab.somebody is not None:
        inside = [host for host in lab.hosts if host.hop is None]
        wanted += outsiders.pairs(workspace.inventory, inside, lab.somebody)
    return wanted, untold


def _notes(workspace: Workspace, lab: Lab, lacking: Sequence[str], untouched: Collection[str]) -> list[Message]:
    """What of the network and the change is not in this rehearsal."""
    ran = {device.name for device in lab.topology.devices}
    with_host = {host.line for host in lab.hosts}
    empty = [
        line.name
        for line in workspace.inventory.lines.values()
        if line.kind is LineKind.LAN and line.a.device in ran and line.name not in with_host
    ]
    told = (
        (mark("{count} devices have no text of today and do not run: {names}"), lacking),
        (mark("{count} devices of the change do not run here, so theirs is not rehearsed: {names}"), sorted(untouched)),
        (mark("{count} LANs have no IPv4 address in the texts, and nothing is said of them: {names}"), empty),
    )
    return [Message(text, count=len(names), names=", ".join(names[:10])) for text, names in told if names]


def _texts(top: Path, name: str) -> list[bytes]:
    """A device's texts behind each stage."""
    return [
        (top / row["after"]).read_bytes()
        for stage in changes.stages_of(top)
        for row in stage["devices"]
        if row["name"] == name and row["after"]
    ]
