"""Steps as a session types them, and as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.change.model import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.change.language import Language
    from configs.change.model import Edit
    from configs.masking import Secrets


def commands(edits: Sequence[Edit], language: Language) -> tuple[tuple[str, ...], int | None]:
    """The edits as a session would type them, and where the session has to be opened anew."""
    sent: list[str] = []
    views: tuple[str, ...] = ()
    reconnect: int | None = None
    has_address = any(edit.phase is Phase.ADDRESS for edit in edits)
    for edit in edits:
        if has_address and reconnect is None and edit.phase is Phase.AFTER:
            sent += language.leaving(views)
            views = ()
            reconnect = len(sent)
        common = _common(views, edit.path)
        sent += language.leaving(views[common:])
        sent += edit.path[common:]
        views = edit.path
        sent += edit.commands
        if edit.opens:
            views = (*edit.path, edit.new)
    sent += language.leaving(views)
    if has_address and reconnect is None:
        reconnect = len(sent)
    return tuple(sent), reconnect


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def difference(edits: Sequence[Edit], secrets: Secrets) -> tuple[str, int, int]:
    """The edits as people read them: each view's header once, `-` lines that go, `+` lines that come."""
    lines: list[str] = []
    views: tuple[str, ...] = ()
    added = removed = 0
    for edit in edits:
        common = _common(views, edit.path)
        lines += [f"  {' ' * depth}{secrets.mask(edit.path[depth])}" for depth in range(common, len(edit.path))]
        views = edit.path
        indent = " " * len(edit.path)
        old = [line for text in edit.old for line in secrets.mask(text).split("\n")]
        new = secrets.mask(edit.new).split("\n") if edit.new else []
        lines += [f"- {indent}{line}" for line in old] + [f"+ {indent}{line}" for line in new]
        removed += len(old)
        added += len(new)
        if edit.opens:
            views = (*edit.path, edit.new)
    return "".join(line + "\n" for line in lines), added, removed
