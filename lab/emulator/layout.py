"""A configuration that was given as a text, written as it was, with what has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.emulator.tree import Entry


def laid_out(root: Entry, separator: str, indent: str = "") -> str:
    """The text. Between new lines and others stands `separator`; new lines of the outermost view begin with `indent`.

    As long as nothing was changed it is the text that was given, to the last character (but carriage returns).
    """
    assert root.given is not None  # noqa: S101 - asked of such configurations only
    lines = [*root.given.gap]
    _write(root, 0, separator, indent, lines)
    return "\n".join([*lines, *root.given.tail])


def _write(parent: Entry, depth: int, separator: str, indent: str, lines: list[str]) -> None:
    group: object = None
    previous: Entry | None = None
    before = ""  # the blanks that the one before begins with
    for child in parent.ordered():
        given = child.given
        if given is not None:
            if given.group != group:
                lines.extend(given.gap)
                group = given.group
        elif not depth and not (previous is not None and _alike(previous, child)):
            lines.append(separator)
            group = child
        if given is not None and given.words == child.words:
            lines.append(given.raw)
            before = _blanks(given.raw)
        else:
            together = previous is not None and _alike(previous, child)
            before = _indent(child, parent, before if together else None, depth, indent)
            lines.append(before + child.text)
        _write(child, depth + 1, separator, indent, lines)
        previous = child


def _alike(one: Entry, other: Entry) -> bool:
    """Whether two neighbours stand together without a separator."""
    if one.rule is None or other.rule is None or one.rule.get("view") or other.rule.get("view"):
        return False
    if one.strange or other.strange:
        return one.text.partition(" ")[0] == other.text.partition(" ")[0]
    return one.rule.section == other.rule.section


def _indent(child: Entry, parent: Entry, before: str | None, depth: int, indent: str) -> str:
    """The blanks in front of a new line; `before` are those of the one before, where both stand together."""
    if child.given is not None:
        return _blanks(child.given.raw)
    if depth:
        spelled = [one.given.raw for one in parent.children.values() if one.given is not None]
        if spelled:
            return _blanks(spelled[0])
        return (_blanks(parent.given.raw) if parent.given is not None else " " * (depth - 1)) + " "
    if before is not None:
        return before
    rule = child.rule
    return "" if rule is None or rule.get("view") or rule.has("flush") else indent


def _blanks(raw: str) -> str:
    return raw[: len(raw) - len(raw.lstrip())]
