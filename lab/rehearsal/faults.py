"""What goes wrong on demand: a device or a line that is down in the middle of a stage, a wrong address in the plan."""

from __future__ import annotations

import json
import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_interface
from typing import TYPE_CHECKING, Any, Final

from inventory.errors import InputError, LabError, Problem
from inventory.model import LineKind
from inventory.text import Message
from lab import checks

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from inventory.model import Inventory
    from lab.rehearsal.running import Lab
    from lab.topology import Link

_FORM: Final = re.compile(r"(?P<what>[^=@]+)=(?P<kind>[a-z-]+)(?:@(?P<stage>[\w-]+))?")
_LOOK: Final = 0.1  # seconds between two looks whether the stage is in its middle
OPERATIONS: Final = "operations.log"


class Kind(StrEnum):
    """What happens."""

    DOWN = "down"
    WRONG_ADDRESS = "wrong-address"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to which device or line, in which stage (a folder, its end, or a stage's word; empty: the first)."""

    what: str
    kind: Kind
    stage: str = ""

    def concerns(self, folder: str, stage: str) -> bool:
        """Whether it happens in a stage."""
        return self.kind is Kind.DOWN and (self.stage in ("", folder, stage))


def read(texts: Sequence[str], inventory: Inventory) -> list[Fault]:
    """`NAME=down@STAGE` and `DEVICE=wrong-address`. InputError for anything else."""
    found = []
    for text in texts:
        match = _FORM.fullmatch(text)
        kinds = {kind.value for kind in Kind}
        if match is None or match["kind"] not in kinds:
            message = Message("“{text}” is no fault", text=text)
            hint = Message("write NAME=down@STAGE for a device or a line, or DEVICE=wrong-address")
            raise InputError([Problem("bad-fault", message, hint, column="--fault")])
        if match["what"] not in inventory.devices and match["what"] not in inventory.lines:
            message = Message("there is no device and no line “{name}”", name=match["what"])
            hint = Message("see them with: govnet inventory list")
            raise InputError([Problem("unknown-name", message, hint, column="--fault")])
        found.append(Fault(match["what"], Kind(match["kind"]), match["stage"] or ""))
    return found


def demand(
    faults: Sequence[Fault], stages: Sequence[Mapping[str, Any]], inventory: Inventory, ran: Collection[str]
) -> None:
    """InputError for a fault that could never happen: in no stage that anything is sent in, or at nothing that runs."""
    sent = [stage for stage in stages if any(row["parts"] for row in stage["devices"])]
    for fault in faults:
        line = inventory.lines.get(fault.what)
        ends = {fault.what} if line is None else set(line.devices)
        plugged = line is None or line.kind in (LineKind.CIRCUIT, LineKind.INTERNET)
        if not ends <= set(ran) or not plugged:
            message = Message("“{name}” does not run in this lab", name=fault.what)
            hint = Message("name a device that runs, a circuit between two of them, or a line to the internet")
            raise InputError([Problem("bad-fault", message, hint, column="--fault")])
        if fault.kind is Kind.DOWN and not any(fault.concerns(one["folder"], one["stage"]) for one in sent):
            message = Message("nothing is sent in a stage “{stage}”", stage=fault.stage)
            names = ", ".join(dict.fromkeys(str(stage["stage"]) for stage in sent))
            hint = Message("write one of: {names}", names=names)
            raise InputError([Problem("bad-fault", message, hint, column="--fault")])


def mistaken(top: Path, device: str) -> Message:
    """Give a device a wrong address in all stages at `top`: one host bit too high, as a slip of the finger has it.

    InputError if the stages give it no new address.
    """
    path = top / "index.json"
    document = json.loads(path.read_bytes())
    rows = [row for stage in document["stages"] for row in stage["devices"] if row["name"] == device]
    right = next((ip_interface(text) for row in rows for text in row["check"]), None)
    if right is None:
        message = Message("“{device}” gets no new address", device=device)
        raise InputError([Problem("bad-fault", message, Message("name a device that does"), column="--fault")])
    wrong = right.ip + 4 if int(right.ip) + 4 < 1 << 32 else right.ip - 4
    pattern = re.compile(rf"(?<![\d.]){re.escape(str(right.ip))}(?![\d.])")
    files = {file for row in rows for file in (row["before"], row["after"], row["commands"], row["undo"]) if file}
    for file in files:
        target = top / file
        target.write_text(pattern.sub(str(wrong), target.read_text(encoding="utf-8")), encoding="utf-8")
    for stage in document["stages"]:
        stage["devices"] = [
            json.loads(pattern.sub(str(wrong), json.dumps(row))) if row["name"] == device else row
            for row in stage["devices"]
        ]
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return Message("{device} was given {wrong} instead of {right}", device=device, wrong=wrong, right=right.ip)


class Middle:
    """Makes something happen in the middle of a leg: when the first device is done, in a thread of its own."""

    def __init__(self, root: Path, happen: Callable[[], None]) -> None:
        self._log = root / OPERATIONS
        self._happen = happen
        self._end = threading.Event()
        self.happened = False
        self._seen = self._count()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _count(self) -> int:
        """How many devices rollouts have finished, by the operations log."""
        if not self._log.exists():
            return 0
        text = self._log.read_text(encoding="utf-8", errors="replace")
        return text.count('"rollout.device"') + text.count('"rollout.undo"')

    def _watch(self) -> None:
        while not self._end.wait(_LOOK):
            if self._count() > self._seen:
                # What cannot be done has not happened; whoever closes this says so.
                with suppress(LabError):
                    self._happen()
                    self.happened = True
                return

    def close(self) -> None:
        """Stop waiting for the middle."""
        self._end.set()
        self._thread.join()


def put(lab: Lab, fault: Fault, *, down: bool) -> None:
    """Take a device's or a line's cables off, or put them back. LabError if that cannot be done."""
    ends = [
        end
        for link in lab.topology.links
        if fault.what == link.line or fault.what in (link.a[0], link.b[0])
        for end in _ends(lab, link, fault.what)
    ]
    for node, port in ends:
        done = checks.run(lab.state, node, "ip", "link", "set", "dev", port, "down" if down else "up")
        if done.returncode:
            raise LabError(
                Message("{name} cannot be taken down or up: {said}", name=fault.what, said=done.stderr.strip())
            )


def _ends(lab: Lab, link: Link, what: str) -> tuple[tuple[str, str], ...]:
    """The ends of a cable that are taken down.

    Linux forgets the routes of a port that is taken down, and has nobody who would put them back: there the far end is
    taken down, and the port is without a carrier, as on a real host.
    """
    own = (link.a, link.b) if what == link.line else ((link.a,) if link.a[0] == what else (link.b,))
    platforms = {device.name: device.platform for device in lab.topology.devices}
    far = {link.a: link.b, link.b: link.a}
    return tuple(dict.fromkeys(far[end] if platforms.get(end[0]) == "linux" else end for end in own))
