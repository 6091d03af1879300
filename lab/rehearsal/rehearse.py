"""A rehearsal from its beginning to its end: copy the workspace, start the lab, walk the stages, judge."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.text import Message
from lab.rehearsal import change as changes
from lab.rehearsal import faults as failing
from lab.rehearsal import pairs as pairing
from lab.rehearsal import result as judging
from lab.rehearsal import running, scratch
from lab.rehearsal.legs import LATE, Course, Walk, read
from lab.rehearsal.model import Finding
from lab.rehearsal.result import Result
from lab.rehearsal.traffic import INTERVAL, MOST, Traffic

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from lab.backend import Observer
    from lab.rehearsal.legs import Sender


@dataclass(frozen=True)
class Order:
    """What is to be rehearsed.

    `root` is the workspace, `texts` what its devices run today, `change` as `lab.rehearsal.change.write` has it.
    `place` is an empty folder for the copy. `tolerate` is how many seconds without an answer a pair may have in the
    stage prefer. `late`: seconds of traffic behind a stage sent first.
    `again`: each stage is also taken back and sent again. `faults` as people write them.
    """

    root: Path
    place: Path
    texts: Mapping[str, bytes]
    change: Path
    devices: Collection[str] = ()
    tolerate: float = 1.0
    late: float = LATE
    again: bool = True
    faults: Sequence[str] = ()


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
    chosen = set(order.devices) or set(workspace.inventory.devices)
    today = {name: text for name, text in order.texts.items() if name in chosen}
    lacking = sorted(name for name in chosen if name not in today)
    observer.step(Message("the stages of the change for {count} devices", count=len(today)))
    top = changes.write(order.place, order.change, workspace, plan, today)
    along = {name: [text, *_texts(top, name)] for name, text in today.items()}
    lab = running.up(workspace, plan, set(today), along, observer)
    notes = [Message("{count} devices have no text of today and do not run: {names}",
                     count=len(lacking), names=", ".join(lacking[:10]))] if lacking else []  # fmt: skip
    with Traffic(lab.keeper, lab.state.directory / "prober.log") as traffic:
        traffic.open(lab.hosts)
        names = {device.name for device in lab.topology.devices}
        wanted = pairing.pairs(lab.topology.workspace.inventory, names, lab.hosts)
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
            faults,
            order.again,
        )
        runs = read(course)
        if any(runs[name] != today[name] for name in runs) and not (order.change / "index.json").is_file():
            # A device writes its configuration in its own way: the stages begin with what it says that it runs.
            changes.write(order.place, order.change, workspace, plan, today | runs)
            if not order.change.is_dir():
                notes.append(Message("the stages were made from what the devices print once they run"))
        wrong = [fault.what for fault in faults if fault.kind is failing.Kind.WRONG_ADDRESS]
        notes += [failing.mistaken(top, device) for device in wrong]
        walk = Walk(course, today | runs)
        walk.look()
        walk.walk()
    mended = judging.mended(course.before, course.legs, walk)
    if mended:
        notes.append(Message("{count} pairs are not as wanted today, and are behind the change: {names}",
                             count=len(mended), names=", ".join(list(mended)[:10])))  # fmt: skip
    found = list(judging.findings(course.before, course.legs, walk, course.neighbours))
    if course.broken is not None:
        found.append(Finding("stopped", course.broken, course.legs[-1].name if course.legs else ""))
    interval = max(INTERVAL, len(wanted) / 2 / MOST)
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
        lab.left,
        notes=tuple(notes),
        mended=tuple(sorted(mended)),
    )


def _texts(top: Path, name: str) -> list[bytes]:
    """A device's texts behind each stage."""
    return [
        (top / row["after"]).read_bytes()
        for stage in changes.stages_of(top)
        for row in stage["devices"]
        if row["name"] == name and row["after"]
    ]
