"""Views that take no two lines that say the same (rules of an access list): which line has to go before another comes.

Where a line says what another one of the view says until now (a rule that gets another one's number), that one goes
right before it. In between none of them is there: that is the price of such a device, for one command.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.change.language import Language
    from configs.change.model import Edit


def statement(language: Language, path: tuple[str, ...], text: str) -> str:
    """What no other line of the view may say beside this one; nothing for a line that may stand beside any."""
    header = language.normalise(path[:-1], path[-1]) if path else ""
    match = language.unique.match(f"{header} > {language.normalise(path, text)}")
    return str(match["said"]) if match is not None else ""


def behind_rivals(steps: Sequence[Edit], language: Language) -> list[Edit]:
    """The steps, each no earlier than those that make room for it."""
    room: dict[tuple[tuple[str, ...], str], Edit] = {}
    found = []
    for step in steps:
        said = statement(language, step.path, step.new) if step.new else ""
        before = room.get((step.path, said)) if said else None
        moved = step
        if before is not None and before.phase > step.phase:
            moved = replace(step, phase=before.phase, cut=step.cut or before.cut)
        for line in moved.old:
            gone = statement(language, step.path, line)
            if gone:
                room[step.path, gone] = moved
        found.append(moved)
    return found
