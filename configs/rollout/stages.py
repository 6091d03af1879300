"""A stage of a re-addressing as a rollout sends it: what `config stages` wrote, by device.

A device takes a stage only if it runs the very text that the stage begins with: that is the end of the stage before. So
stages cannot be left out, done twice or mixed up, and what somebody has changed since the stages were made shows.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from ipaddress import ip_interface
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from configs import push as pushing
from configs.push import Typed
from configs.readdress.stages_files import INDEX
from configs.tree import decode
from inventory.errors import DeviceError, InputError, Problem, RefusedError
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from configs.push import Job
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Interface, Workspace

AGAIN: Final = Message("write the stages again: govnet config stages --out DIR")


@dataclass(frozen=True, slots=True)
class Step:
    """A stage on one device: from `before` to `after`, managed at `home` before it and at `there` behind it.

    `digest` is of all that: what an approval is of.
    """

    device: str
    platform: str
    home: Interface | None
    there: Interface | None
    digest: str
    forth: Typed = field(repr=False)
    back: Typed = field(repr=False)

    def job(self, workspace: Workspace, device: Device, endpoints: Endpoints, *, undo: bool = False) -> Job:
        """What brings the device from the stage's beginning to its end, or (`undo`) from its end to its beginning."""
        step = self.reversed() if undo else self
        former = step.home if step.home != step.there else None
        [job] = pushing.jobs(workspace, [replace(device, address=step.there, former_address=former)], {}, endpoints)
        fault = job.fault or step.unfit(device, taken_back=undo)
        intended = decode(step.back.before, device.name)[0]
        return replace(job, intended=intended, exact=True, typed=step.forth, fault=fault)

    def reversed(self) -> Step:
        """The way from the stage's end to its beginning."""
        return replace(
            self,
            home=self.there,
            there=self.home,
            digest=hashlib.sha256(f"undo {self.digest}".encode()).hexdigest(),
            forth=self.back,
            back=self.forth,
        )

    def unfit(self, device: Device, *, taken_back: bool) -> DeviceError | RefusedError | None:
        """Why the inventory does not fit the stage, if it does not: collectors would lose the device."""
        if self.home is None or self.there is None:
            return DeviceError(
                device.name,
                Message("nobody said where the device is managed when its stages were made"),
                Message("fill in “address” in {file}, then make the stages again", file=device.source.file),
            )
        if device.platform != self.platform:
            return DeviceError(
                device.name,
                Message("its stages were made for the platform {platform}", platform=self.platform),
                AGAIN,
            )
        if taken_back or device.address in {self.home, self.there}:
            return None
        return RefusedError(
            Message(
                "{device}: the table of devices says {found}; in this stage it is managed at {address}",
                device=device.name,
                found=device.address.ip if device.address else "–",
                address=self.there.ip,
            ),
            Message(
                "write {address} into “address” of its row, or everything that asks it there loses it",
                address=self.there,
            ),
        )


def steps(root: Path, folder: str, *, undo: bool = False) -> dict[str, Step]:
    """A stage's steps by device, or those that undo it. `folder` is the stage's, below the workspace `root`.

    InputError if it is none.
    """
    path = root / folder
    every = all_steps(path.parent)
    if path.name not in every:
        near = nearest(path.name, every)
        names = Message("there are: {names}", names=", ".join(every))
        hint = Message("did you mean “{name}”?", name=near) if near else names
        raise _bad(str(path), Message("there is no stage “{name}”", name=path.name), hint)
    found = every[path.name]
    if not found:
        raise InputError(
            [
                Problem(
                    "nothing-sent",
                    Message("nothing is sent in this stage"),
                    Message("its README.md says what must be seen before the next stage is begun"),
                    file=str(path),
                )
            ]
        )
    return {name: step.reversed() for name, step in found.items()} if undo else found


def all_steps(top: Path) -> dict[str, dict[str, Step]]:
    """The steps of all stages by folder and device, in the stages' order. InputError if they are not there."""
    index = top / INDEX
    if not index.is_file():
        raise _bad(str(top), Message("there are no stages here: there is no {file}", file=index))
    try:
        return {
            str(each["folder"]): {row["name"]: _step(top, row) for row in each["devices"] if row["parts"]}
            for each in json.loads(index.read_bytes())["stages"]
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _bad(
            str(index),
            Message("the stages are not as they were written ({why})", why=f"{type(error).__name__}: {error}"),
        ) from None


def relative(root: Path, folder: Path) -> str:
    """A stage's folder as seen from the workspace. InputError if it is not in it: others could not read it."""
    try:
        return folder.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        raise InputError(
            [
                Problem(
                    "outside",
                    Message("the stage's folder is not in the workspace"),
                    Message("whoever goes on with the rollout reads it there: govnet config stages --out {path}",
                            path=root / "stages"),
                    file=str(folder),
                )
            ]
        ) from None  # fmt: skip


def chosen(found: Mapping[str, Step], devices: Iterable[Device], named: Iterable[str], folder: str) -> list[Device]:
    """Those of the devices that have something to do in the stage. InputError for one that is named and has not."""
    missing = [name for name in named if name not in found]
    if missing:
        raise InputError(
            [
                Problem(
                    "not-in-stage",
                    Message("the stage has nothing for “{name}”", name=name),
                    Message("leave it out, or name another stage"),
                    file=folder,
                )
                for name in missing
            ]
        )
    return [device for device in devices if device.name in found]


def _step(top: Path, row: Mapping[str, Any]) -> Step:
    before, after = (_read(top, row[key]) for key in ("before", "after"))
    content = hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode())
    forth, back = _typed(top, row["parts"], before), _typed(top, row["undo_parts"], after)
    for text in (before, after, forth.middle, back.middle):
        content.update(hashlib.sha256(text).digest())
    return Step(
        row["name"],
        row["platform"],
        _address(row["home"]),
        _address(row["there"]),
        content.hexdigest(),
        forth,
        back,
    )


def _typed(top: Path, parts: list[Mapping[str, Any]], before: bytes) -> Typed:
    """The commands of a stage's sessions, one behind the other. A device moves once in a stage: two sessions."""
    sent = tuple(command for part in parts for command in part["commands"])
    ending = next((number for number, part in enumerate(parts) if part["ends_session"]), None)
    if ending is None:
        return Typed(before, sent)
    first = sum(len(part["commands"]) for part in parts[: ending + 1])
    return Typed(before, sent, first, _read(top, parts[ending]["text"]))


def _address(text: str | None) -> Interface | None:
    return ip_interface(text) if text is not None else None


def _read(top: Path, path: str) -> bytes:
    found = (top / path).resolve()
    if not found.is_relative_to(top.resolve()):
        raise ValueError(path)
    return found.read_bytes()


def _bad(file: str, message: Message, hint: Message = AGAIN) -> InputError:
    return InputError([Problem("bad-stages", message, hint, file=file)])
