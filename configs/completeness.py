"""Whether a text is the whole configuration: does it end inside a block, or without the mark that its head promises?

A fragment from a manual has no head and owes no mark; only what the text itself promises is asked of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.errors import Problem
from inventory.text import Message

if TYPE_CHECKING:
    from configs.tree import Tree

# The head stands in the first lines; a prompt, the echo of a command and a remark may come before it.
_HEAD_LINES = 40


@dataclass(frozen=True, slots=True)
class Ending:
    """A text with a line like `head` among its first ones has a line like `mark`, which people know as `shown`."""

    head: re.Pattern[str]
    mark: re.Pattern[str]
    shown: str


def ending(head: str, mark: str, shown: str) -> Ending:
    """An ending from two expressions that are matched at a line's beginning, the mark with the whole line."""
    return Ending(re.compile(head), re.compile(rf"(?:{mark})\s*$"), shown)


def lacking(tree: Tree, endings: tuple[Ending, ...], file: str = "") -> tuple[Problem, ...]:
    """What says that a text was cut off: one problem a block without its end, one for a missing last line."""
    problems = [
        Problem(
            code="truncated",
            message=Message("the block that begins here has no end: “{text}”", text=tree.line_text(line).strip()[:60]),
            hint=Message("the file was cut off; fetch the whole configuration again"),
            file=file,
            line=line,
        )
        for line in tree.unclosed
    ]
    for row in endings:
        if any(row.head.match(line) for line in tree.lines[:_HEAD_LINES]) and not any(
            row.mark.match(line) for line in reversed(tree.lines)
        ):
            problems.append(
                Problem(
                    code="truncated",
                    message=Message("the text ends without “{mark}”, which its first lines promise", mark=row.shown),
                    hint=Message("the file was cut off; fetch the whole configuration again"),
                    file=file,
                    line=len(tree.lines),
                )
            )
            break
    return tuple(problems)


_NAMES = ("sysname ", "hostname ")


def several(tree: Tree, text: str, file: str = "") -> tuple[Problem, ...]:
    """What says that a text was put together from several devices': their names; none if there is one at most."""
    if sum(text.count(f"\n{name}") + text.startswith(name) for name in _NAMES) < 2:
        return ()
    named: dict[str, int] = {}
    for node in tree.children:
        if node.text.startswith(_NAMES):
            named.setdefault(node.text.split()[1].strip('"'), node.line)
    if len(named) < 2:
        return ()
    shown = ", ".join(named)
    return (
        Problem(
            code="several-devices",
            message=Message("the text names several devices: {names}", names=shown),
            hint=Message("keep the configuration of each device in a file of its own"),
            file=file,
            line=list(named.values())[1],
        ),
    )
