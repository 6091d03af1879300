"""What mends devices as a stage that rollouts send: its files, and a page that says what it closes and what is left.

The folder has the form of `config stages` (`configs.readdress.stages_files`), with one stage in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from audits.vocabulary import FACTS
from configs.readdress import stages_files
from configs.readdress.stages_model import DeviceStage, Part, Stage, Staged, StageSet
from configs.remedy_lines import Lack
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from audits.fixing import Fixed, Left
    from inventory.model import Interface

FOLDER: Final = "001-fix"
LACKS: Final = {
    Lack.VALUE: mark("a value is not known"),
    Lack.DECISION: mark("left for a person"),
    Lack.NEED: mark("refused: something has to be there first"),
    Lack.SECRET: mark("refused: a secret is masked"),
    Lack.NAMED: mark("only where it is named"),
    Lack.LINES: mark("its lines do not close it"),
}


def files(fixed: Sequence[Fixed], homes: Mapping[str, Interface | None]) -> dict[str, bytes]:
    """All files by their path below the folder; `homes` is where each device is managed."""
    changed = [device for device in fixed if not device.forth.empty]
    rows = tuple(_row(device, homes.get(device.device)) for device in changed)
    staged = Staged(
        [StageSet(1, 0, Stage.FIX, temporary=False, devices=rows)] if rows else [],
        {device.device: device.before for device in changed},
    )
    found = stages_files.files(staged, {device.device: device.device for device in changed})
    pages = {page: ("\n".join(_page(fixed, name)) + "\n").encode() for name, page in stages_files.PAGES.items()}
    return found | pages


def _row(device: Fixed, home: Interface | None) -> DeviceStage:
    return DeviceStage(
        device.device,
        device.platform,
        (Part(home, device.forth.commands, text=device.after),),
        (Part(home, device.back.commands, text=device.before),),
        home=home,
        there=home,
        text=device.after,
    )


def _page(fixed: Sequence[Fixed], name: str) -> Iterator[str]:
    """The page for people, in Markdown, in a language."""

    def said(template: str, **parameters: Any) -> str:
        return Message(template, **parameters).in_language(name)

    yield f"# {said(mark('What mends the findings of an audit'))}"
    yield ""
    yield said(
        mark(
            "Look at each device's commands, then have a rollout send them, guarded and in waves: "
            "`govnet rollout start --stage FOLDER/{folder}`. Audit again after that and after the next backup."
        ),
        folder=FOLDER,
    )
    for device in fixed:
        yield from ("", f"## {device.device}", "")
        for closed in device.closed:
            yield f"- [x] {said(FACTS[closed.fact].weak)}"
            yield from (f"      `{line}`" for line in closed.lines)
        for left in device.left:
            yield f"- [ ] {said(FACTS[left.fact].weak)}: {left.why.in_language(name)}"
            yield from _left(left, name)


def _left(left: Left, name: str) -> Iterator[str]:
    if left.note is not None and left.note.en:
        yield f"      {left.note.zh if name == 'zh_CN' else left.note.en}"
    yield from (f"      `{line}`" for line in left.shown)
