"""The whole way: compare, say when each step is sent, write it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.change.binding import rebound
from configs.change.compare import edits
from configs.change.model import Change
from configs.change.path import Guarded, timed
from configs.change.writing import commands, difference
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.change.language import Language
    from configs.change.model import Edit
    from configs.tree import Tree
    from inventory.model import Interface


def compute(running: Tree, intended: Tree, language: Language, management: Interface | None = None) -> Change:
    """The change from `running` to `intended`. `management` is the address we arrive at, as far as it is known."""
    steps = edits(running, intended, language)
    notes = tuple(_foreign(running, intended, language))
    if all(_may_be_default(step, language) for step in steps):
        return Change(notes=notes)
    steps = rebound(timed(steps, Guarded(language, running, intended, management)), running, language)
    diff, added, removed = difference(steps, language.secrets)
    ordered = sorted(steps, key=lambda edit: edit.phase)
    sent, reconnect = commands(ordered, language)
    if management is None:
        reconnect = None  # nobody said which address is ours
    cuts = tuple(language.secrets.mask(command) for edit in ordered if edit.cut for command in edit.commands)
    return Change(sent, diff, added, removed, cuts, reconnect, notes)


def _may_be_default(step: Edit, language: Language) -> bool:
    """Whether a step only says what may be this release's default already."""
    return not step.old and language.unstored.match(language.normalise(step.path, step.new)) is not None


def _foreign(running: Tree, intended: Tree, language: Language) -> Iterator[Message]:
    """What differs and is not ours to change: lines of the intended text with another value, or none, in running."""
    shown = [node.text for node in running.children]
    for node in intended.children:
        match = language.foreign.match(node.text)
        if match is None or node.text in shown:
            continue
        yield Message(
            "“{wanted}” is intended and {found} is shown; it is the device's own and is not set here",
            wanted=language.secrets.mask(node.text),
            found=" · ".join(f"“{text}”" for text in shown if text.startswith(match[0])) or "–",
        )
