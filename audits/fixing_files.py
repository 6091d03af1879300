"""What mends devices as stages that rollouts send: their files, and a page that says what is closed and what is left.

The folder has the form of `config stages` (`configs.readdress.stages_files`). What touches no way to a device is the
first stage, what does the second.
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

    from audits.fixing import Fixed, Left, Leg
    from inventory.model import Interface

LACKS: Final = {
    Lack.VALUE: mark("a value is not known"),
    Lack.DECISION: mark("left for a person"),
    Lack.NEED: mark("refused: something has to be there first"),
    Lack.SECRET: mark("refused: a secret is masked"),
    Lack.NAMED: mark("only where it is named"),
    Lack.LINES: mark("its lines do not close it"),
}


def staged(fixed: Sequence[Fixed], homes: Mapping[str, Interface | None]) -> Staged:
    """The stages; `homes` is where each device is managed."""
    found = Staged(today={device.device: device.inside.before for device in fixed if not device.empty})
    for number, (stage, legs) in enumerate(
        (
            (Stage.FIX, [(device, device.inside) for device in fixed]),
            (Stage.DOORS, [(device, device.doors) for device in fixed]),
        ),
        1,
    ):
        rows = tuple(_row(device, leg, homes.get(device.device)) for device, leg in legs if not leg.empty)
        if rows:
            found.stages.append(StageSet(number, 0, stage, temporary=False, devices=rows))
    return found


def files(fixed: Sequence[Fixed], stages: Staged) -> dict[str, bytes]:
    """All files by their path below the folder."""
    found = stages_files.files(stages, {device.device: device.device for device in fixed})
    pages = {page: ("\n".join(_page(fixed, stages, name)) + "\n").encode() for name, page in stages_files.PAGES.items()}
    return found | pages


def _row(device: Fixed, leg: Leg, home: Interface | None) -> DeviceStage:
    return DeviceStage(
        device.device,
        device.platform,
        (Part(home, leg.forth.commands, text=leg.after),),
        (Part(home, leg.back.commands, text=leg.before),),
        home=home,
        there=home,
        text=leg.after,
    )


def _page(fixed: Sequence[Fixed], stages: Staged, name: str) -> Iterator[str]:
    """The page for people, in Markdown, in a language."""

    def said(template: str, **parameters: Any) -> str:
        return Message(template, **parameters).in_language(name)

    yield f"# {said(mark('What mends the findings of an audit'))}"
    yield ""
    yield said(
        mark(
            "Look at each device's commands, then have a rollout send each folder, guarded and in waves. "
            "Back the devices up and audit again after that."
        )
    )
    yield ""
    for stage in stages.stages:
        yield f"- `govnet rollout start --stage FOLDER/{stage.folder}`: {said(stages_files.WHAT[stage.stage])}"
    for device in fixed:
        yield from ("", f"## {device.device}", "")
        for closed in device.closed:
            yield f"- [x] {said(FACTS[closed.fact].weak)}"
            yield from (f"      `{line}`" for line in closed.lines)
            for fact in closed.shows:
                yield f"      {said(mark('comes to light: {weakness}'), weakness=said(FACTS[fact].weak))}"
        for left in device.left:
            yield f"- [ ] {said(FACTS[left.fact].weak)}: {left.why.in_language(name)}"
            yield from _left(left, name)


def _left(left: Left, name: str) -> Iterator[str]:
    if left.note is not None and left.note.en:
        yield f"      {left.note.zh if name == 'zh_CN' else left.note.en}"
    yield from (f"      `{line}`" for line in left.shown)
