"""What is rehearsed, as the stages that rollouts send: made from a mapping, from texts, or somebody's own folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from configs import change as changing
from configs import dialects
from configs.change.applied import applied, replaced
from configs.readdress import run as readdressing
from configs.readdress import stages as staging
from configs.readdress import stages_files
from configs.readdress.stages_model import DeviceStage, Part, Stage, Staged, StageSet
from configs.readdress_policy import Policy
from inventory.errors import InputError, Problem
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from configs.readdress.source import Source
    from inventory.model import Workspace
    from ipplan.plan import Plan

FOLDER: Final = "stages"
_TEXTS: Final = (".cfg", ".conf", ".txt")


def whole(workspace: Workspace, platform: str, text: bytes) -> bytes:
    """A text as a device can run it that runs as it is: with invented secrets for the names of those it needs."""
    if platform != "linux" or b"<secret:" not in text:
        return text
    from configs.render import filled  # noqa: PLC0415 - start-up time

    return filled(workspace, text.decode("utf-8")).encode()


def write(root: Path, change: Path, workspace: Workspace, plan: Plan, today: Mapping[str, bytes]) -> Path:
    """Put the stages of a change into the copy at `root`; returns their folder.

    `change` is a mapping (a file), a folder that `config stages` or `audit fix` wrote (it has an index.json), or a
    folder with the configurations that devices are to have, DEVICE.* each. `today` is what the devices run. InputError
    if no stages can be made, for a device whose stages cannot, or if the change names one that is not there.
    """
    top = root / FOLDER
    if top.exists():
        shutil.rmtree(top)
    if not change.exists():
        message = Message("there is no such file or folder")
        hint = Message("name a mapping, a folder of stages, or a folder of configurations: --change PATH")
        raise InputError([Problem("missing-file", message, hint, str(change))])
    if change.is_dir() and (change / stages_files.INDEX).is_file():
        _known(named(change), workspace, change)
        _taken(change, top, today)
        return top
    if change.is_dir():
        _known(named(change), workspace, change)
    staged = _of_texts(change, workspace, today) if change.is_dir() else _of_mapping(change, workspace, plan, today)
    if staged.problems:
        raise InputError(staged.problems)
    names = {path: path.partition(".")[0] for path in staged.today}
    names |= {row.device: row.device.partition(".")[0] for stage in staged.stages for row in stage.devices}
    for path, text in stages_files.files(staged, names).items():
        target = top / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(text)
    return top


def named(change: Path) -> set[str]:
    """The devices that a folder of stages or of configurations names; none of a mapping, which names networks."""
    if not change.is_dir():
        return set()
    if (change / stages_files.INDEX).is_file():
        return {row["name"] for stage in _index(change)["stages"] for row in stage["devices"]}
    return {path.name.partition(".")[0] for path in change.iterdir() if path.is_file() and path.suffix in _TEXTS}


def _index(folder: Path) -> dict[str, Any]:
    path = folder / stages_files.INDEX
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
        all(row["name"] for stage in document["stages"] for row in stage["devices"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = Message("the stages are not as they were written ({why})", why=f"{type(error).__name__}: {error}")
        hint = Message("write them anew with: govnet config stages")
        raise InputError([Problem("bad-stages", message, hint, str(path))]) from None
    return document


def _known(names: Iterable[str], workspace: Workspace, change: Path) -> None:
    """InputError for names that no device has: what is meant for them would not be rehearsed, and nobody would see."""
    devices = workspace.inventory.devices
    problems = []
    for name in sorted(set(names) - set(devices)):
        near = nearest(name, devices)
        hint = (
            Message("did you mean “{name}”?", name=near)
            if near
            else Message("a configuration's file is named after its device: DEVICE.cfg")
        )
        problems.append(Problem("unknown-name", Message("there is no device “{name}”", name=name), hint, str(change)))
    if problems:
        raise InputError(problems)


def _taken(change: Path, top: Path, today: Mapping[str, bytes]) -> None:
    """Somebody's stages, without the devices that do not run here."""
    shutil.copytree(change, top)
    index = top / stages_files.INDEX
    document = _index(top)
    for stage in document["stages"]:
        stage["devices"] = [row for row in stage["devices"] if row["name"] in today]
    if not any(stage["devices"] for stage in document["stages"]):
        message = Message("none of its devices is among those that run here")
        raise InputError([Problem("no-device", message, Message("choose others with --where"), str(change))])
    index.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _of_mapping(path: Path, workspace: Workspace, plan: Plan, today: Mapping[str, bytes]) -> Staged:
    from ipplan import mapping_file  # noqa: PLC0415 - start-up time

    devices = workspace.inventory.devices
    sources: list[Source] = []
    problems: list[Problem] = []
    for name, text in today.items():
        source, done = readdressing.read(
            readdressing.Input(f"{name}.cfg", workspace.root.name, text, devices[name].platform)
        )
        if source is not None:
            sources.append(source)
        problems += done.problems
    if problems:
        raise InputError(problems)
    homes = {f"{name}.cfg": home for name in today if (home := devices[name].address) is not None}
    return staging.make(sources, mapping_file.read(path), Policy(), plan=plan, management=homes)


def _of_texts(folder: Path, workspace: Workspace, today: Mapping[str, bytes]) -> Staged:
    """One stage: each device from what it runs to the text of its name."""
    staged = Staged()
    rows = []
    for path in sorted(folder.iterdir()):
        name = path.name.partition(".")[0]
        if not path.is_file() or name not in today:
            continue
        device = workspace.inventory.devices[name]
        wanted = whole(workspace, device.platform, path.read_bytes())
        row = _row(f"{name}.cfg", device.platform, today[name], wanted, device.address)
        if row is not None:
            rows.append(row)
            staged.today[row.device] = today[name]
    if not rows:
        message = Message("it changes nothing on the devices that run here")
        hint = Message("a configuration's file is named after its device: DEVICE.cfg")
        raise InputError([Problem("nothing-to-do", message, hint, str(folder))])
    staged.stages.append(StageSet(1, 0, Stage.FIX, temporary=False, devices=tuple(rows)))
    return staged


def _row(path: str, platform: str, before: bytes, wanted: bytes, home: Any) -> DeviceStage | None:
    dialect = dialects.dialect(platform)
    language = dialect.language
    if language is None:
        message = Message("changes are not computed for the platform “{platform}”", platform=platform)
        raise InputError([Problem("no-changes", message, Message("leave it out"), path)])
    old, new = dialect.parse(before), dialect.parse(wanted)
    forth = changing.compute(old, new, language, home)
    if forth.empty:
        return None
    # What a push leaves alone stays; the way back takes every line away that the change has brought.
    files = language.owned.pattern == ""  # every view is a file, and goes down as it is
    wanted = replaced(old, new) if files else applied(old, changing.edits(old, new, language), language)
    exact = replace(language, owned=changing.NEVER, whole=True)
    back = changing.compute(dialect.parse(wanted), old, exact, home)
    return DeviceStage(
        path,
        platform,
        (Part(home, forth.commands, text=wanted),),
        (Part(home, back.commands, text=before),),
        home=home,
        there=home,
        text=wanted,
    )


def stages_of(top: Path) -> list[dict[str, Any]]:
    """The stages as their index has them."""
    document: dict[str, Any] = json.loads((top / stages_files.INDEX).read_bytes())
    return list(document["stages"])


def devices_of(top: Path) -> Collection[str]:
    """The names of the devices that a change sends anything to."""
    return {row["name"] for stage in stages_of(top) for row in stage["devices"] if row["parts"]}
