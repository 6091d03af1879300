"""The stages of a re-addressing as files: a folder a stage, an index for programs, a page for people in both languages.

    index.json                       everything, for whoever sends it (`configs.rollout.stages`)
    README.md, README.zh-CN.md       the same to read
    000-today/DEVICE.cfg             the configuration before the first stage
    001-add/DEVICE.PLATFORM.txt      the commands of a stage
    001-add/DEVICE.undo.txt          what takes them back
    001-add/DEVICE.cfg               the configuration behind the stage
    003-prefer/DEVICE.moved.cfg      the configuration where the stage's session ends with its address
    003-prefer/DEVICE.undo.moved.cfg the same on the way back

A remark in a text file says at which address the commands below it are sent. The texts hold what the devices' own
texts hold, stored secrets too: files are readable by their owner only.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from configs import dialects
from configs.equivalence import hiding
from configs.readdress.stages_model import Stage
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from configs.readdress.stages_model import DeviceStage, Part, Single, Staged, StageSet

VERSION: Final = 2
TODAY: Final = "000-today"
INDEX: Final = "index.json"
PAGES: Final = {"en": "README.md", "zh_CN": "README.zh-CN.md"}

WHAT: Final = {
    Stage.ADD: mark("The new addresses are added beside the old ones, everywhere. The old ones still speak."),
    Stage.VERIFY: mark("Nothing is sent. Every new address below must answer before anything goes on."),
    Stage.PREFER: mark("The new addresses speak: they become primary, routes go by them, single values change."),
    Stage.DRAIN: mark("Nothing is sent. Nobody may use the old addresses below any more."),
    Stage.REMOVE: mark("The old addresses go. What is left is the re-addressed configuration."),
    Stage.FIX: mark("What mends findings of an audit and touches no way to the devices."),
    Stage.DOORS: mark("What mends findings of an audit at the way to the devices: Telnet, sources, sessions."),
}
WHY: Final = {
    "one-value": mark("the command holds one address only"),
    "in-place": mark("the new prefix overlaps the old one on the same interface"),
    "no-number": mark("there is no free rule number for a second rule"),
    "names": mark("a name changes with it"),
}


def as_json(staged: Staged, names: Mapping[str, str]) -> dict[str, Any]:
    """Stable keys. `names` are the devices' names in the inventory by `DeviceStage.device`."""
    last: dict[str, str] = {}  # the folder of each device's last text
    return {
        "version": VERSION,
        "stages": [
            {
                "folder": each.folder,
                "pass": each.pass_ + 1,
                "wave": each.wave,
                "stage": each.stage.value,
                "temporary": each.temporary,
                "devices": [_device(each, row, last, names[row.device]) for row in each.devices],
            }
            for each in staged.stages
        ],
        "unbridged": [
            {
                "devices": list(line.devices),
                "address": str(line.address),
                "why": line.why,
                "reason": line.reason.in_language("en"),
            }
            for line in staged.unbridged
        ],
        "problems": [problem.as_json() for problem in staged.problems],
    }


def _device(stage: StageSet, row: DeviceStage, last: dict[str, str], name: str) -> dict[str, Any]:
    before = last.get(row.device, TODAY)
    if row.parts:
        last[row.device] = stage.folder
    return {
        "device": row.device,
        "name": name,
        "platform": row.platform,
        "home": str(row.home) if row.home is not None else None,
        "there": str(row.there) if row.there is not None else None,
        "before": f"{before}/{_text_file(row.device)}" if row.parts else None,
        "after": f"{stage.folder}/{_text_file(row.device)}" if row.parts else None,
        "commands": f"{stage.folder}/{_commands_file(row)}" if row.parts else None,
        "undo": f"{stage.folder}/{_undo_file(row)}" if row.undo else None,
        "parts": [_part(part, f"{stage.folder}/{_moved_file(row)}") for part in row.parts],
        "undo_parts": [_part(part, f"{stage.folder}/{_undo_moved_file(row)}") for part in row.undo],
        "single": [
            {
                "line": one.line,
                "old": hiding.mask(row.platform, one.old),
                "new": [hiding.mask(row.platform, text) for text in one.new],
                "why": one.why,
                "taken_back_first": one.listed,
            }
            for one in row.singles
        ],
        "check": list(row.check),
        "gone": list(row.gone),
        "together": list(row.together),
        "bridges": list(row.bridges),
    }


def _part(part: Part, moved: str) -> dict[str, Any]:
    arrive = str(part.arrive.ip) if part.arrive is not None else None
    return {
        "arrive": arrive,
        "ends_session": part.ends,
        "text": moved if part.ends else None,
        "commands": list(part.commands),
    }


def _name(device: str) -> str:
    """The device's name, or its file's without the ending, below the folder it came from."""
    path = PurePosixPath(*(part for part in PurePosixPath(device).parts if part not in ("/", "..")))
    return str(path.with_suffix("")) if path.suffix else str(path)


def _commands_file(row: DeviceStage) -> str:
    return f"{_name(row.device)}.{row.platform}.txt"


def _undo_file(row: DeviceStage) -> str:
    return f"{_name(row.device)}.undo.txt"


def _text_file(device: str) -> str:
    return f"{_name(device)}.cfg"


def _moved_file(row: DeviceStage) -> str:
    return f"{_name(row.device)}.moved.cfg"


def _undo_moved_file(row: DeviceStage) -> str:
    return f"{_name(row.device)}.undo.moved.cfg"


def files(staged: Staged, names: Mapping[str, str]) -> dict[str, bytes]:
    """All files by their path below the folder that they go to; `names` as for `as_json`."""
    found: dict[str, bytes] = {
        INDEX: (json.dumps(as_json(staged, names), ensure_ascii=False, indent=1) + "\n").encode()
    }
    found |= {page: ("\n".join(_page(staged, name)) + "\n").encode() for name, page in PAGES.items()}
    found |= {f"{TODAY}/{_text_file(device)}": text for device, text in staged.today.items()}
    for stage in staged.stages:
        for row in stage.devices:
            if row.parts:
                found[f"{stage.folder}/{_commands_file(row)}"] = _text(row, row.parts).encode()
                found[f"{stage.folder}/{_text_file(row.device)}"] = row.text
            if row.undo:
                found[f"{stage.folder}/{_undo_file(row)}"] = _text(row, row.undo).encode()
            for parts, name in ((row.parts, _moved_file(row)), (row.undo, _undo_moved_file(row))):
                found |= {f"{stage.folder}/{name}": part.text for part in parts if part.ends}
    return found


def _text(row: DeviceStage, parts: Sequence[Part]) -> str:
    """Commands as they are typed, with a remark where a session begins."""
    language = dialects.dialect(row.platform).language
    remark = language.remark if language is not None else "!"
    lines: list[str] = []
    for part in parts:
        if part.arrive is not None:
            lines.append(f"{remark} log in at {part.arrive.ip}")
        lines += part.commands
    return "\n".join(lines) + "\n"


def _page(staged: Staged, name: str) -> Iterator[str]:
    """The page for people, in Markdown, in a language."""

    def said(template: str, **parameters: Any) -> str:
        return Message(template, **parameters).in_language(name)

    yield f"# {said(mark('Stages of the re-addressing'))}"
    yield ""
    yield said(
        mark(
            "Do the folders in their order, the devices of each in the order below. A text goes to its device at the "
            "address that its remark names; a guard that brings the old configuration back if nobody confirms belongs "
            "to every part that ends the session. `DEVICE.undo.txt` takes a stage back; later stages must be taken "
            "back first."
        )
    )
    yield ""
    yield said(mark("A rollout sends a folder, guarded and in waves: `govnet rollout start --stage FOLDER`."))
    if staged.problems:
        yield from ("", f"## {said(mark('No stages are made for'))}", "")
        for problem in staged.problems:
            yield f"- {problem.in_language(name)}".replace("\n", " ")
    if staged.unbridged:
        yield from ("", f"## {said(mark('Where packets are lost while addresses change places'))}", "")
        text = mark(
            "Over these lines OSPF loses its neighbour in prefer, and no temporary routes are written that would carry "
            "packets until it has it again:"
        )
        yield from (said(text), "")
        for line in staged.unbridged:
            yield f"- {', '.join(line.devices)}, {line.address}: {line.reason.in_language(name)}"
    for stage in staged.stages:
        yield from ("", f"## {stage.folder}", "")
        if stage.temporary:
            yield said(mark("On the way to temporary prefixes: these subnets change places in a circle."))
        yield said(WHAT[stage.stage])
        if not stage.devices:
            yield from ("", said(mark("Nothing to do.")))
            continue
        yield ""
        for row in stage.devices:
            yield from _row(row, said)


def _row(row: DeviceStage, said: Any) -> Iterator[str]:
    count = sum(len(part.commands) for part in row.parts)
    at = " → ".join(str(part.arrive.ip) for part in row.parts if part.arrive is not None)
    if row.parts:
        text = (
            said(mark("{count} commands, sent at {address}"), count=count, address=at)
            if at
            else said(
                mark("{count} commands; nobody said at which address the device is managed, so the session may end"),
                count=count,
            )
        )
        yield f"- **{row.device}**: {text}"
    else:
        yield f"- **{row.device}**"
    if row.bridges:
        text = mark("{count} routes behind OSPF's carry packets while it has no neighbour; remove takes them away")
        yield f"  - {said(text, count=len(row.bridges))}"
    if row.check:
        yield f"  - {said(mark('must answer: {addresses}'), addresses=', '.join(row.check))}"
    if row.gone:
        yield f"  - {said(mark('nobody uses any more: {addresses}'), addresses=', '.join(row.gone))}"
    if row.together:
        text = said(
            mark("right after or before {devices}: between the two the routing protocols on their links are down"),
            devices=", ".join(row.together),
        )
        yield f"  - {text}"
    yield from _singles(row.singles, said, row.platform)


def _singles(singles: Iterable[Single], said: Any, platform: str) -> Iterator[str]:
    for one in singles:
        new = " / ".join(hiding.mask(platform, text) for text in one.new)
        yield f"  - `{hiding.mask(platform, one.old)}` → `{new}`: {said(WHY[one.why])}"
        if one.listed:
            yield f"    - {said(mark('taken back first, then given anew: look whether the device takes it so'))}"
