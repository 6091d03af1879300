r"""With what lines can begin that a regular expression matches: so that hundreds of expressions are not tried in vain.

A beginning is up to `MOST` characters behind the blanks that a line may begin with; however many these are, they count
as one blank. Of an expression only as much is read as is needed for that: characters, `\s`, escaped signs, groups
`(?:…)`, alternatives and the quantifiers `?`, `*` and `+`. Where something else stands, anything may follow.
"""

from __future__ import annotations

from typing import Final

MOST: Final = 3
_SPECIAL: Final = frozenset(".^$*+?{}[]|()\\\t")
# A beginning, and whether it is known what follows: what comes next in the expression.
_Head = tuple[str, bool]
_UNKNOWN: Final[_Head] = ("", False)
_MISSING: Final[_Head] = ("", True)


def of_line(line: str) -> str | None:
    """A line's beginning; None where it has characters in it that are not read here: there are more kinds of blanks."""
    text = line.lstrip(" \t")
    found = text[:MOST] if text == line else " " + text[:MOST]
    return found if found.isascii() and found.isprintable() else None


def of_expression(expression: str) -> frozenset[str]:
    """The beginnings of all lines that an expression without flags matches; a short one stands for all that go on."""
    heads, _ = _alternatives(expression, 0)
    return frozenset(text for text, _ in heads)


def _alternatives(text: str, at: int) -> tuple[set[_Head], int]:
    """The beginnings of the alternatives from `at` on, and where these end."""
    found: set[_Head] = set()
    while True:
        heads = {_MISSING}
        while at < len(text) and text[at] not in "|)" and any(known for _, known in heads):
            items, at = _item(text, at)
            heads = {_joined(head, item) for head in heads for item in items}
        found |= heads
        at = _end(text, at)
        if at == len(text) or text[at] == ")":
            return found, at
        at += 1


def _joined(head: _Head, item: _Head) -> _Head:
    text, known = head
    if not known:
        return head
    if text == " ":
        whole = text + item[0].lstrip(" ")
    elif text and item[0].startswith(" "):
        return text, False  # blanks inside a line stand as they are: there may be several
    else:
        whole = text + item[0]
    most = MOST + whole.startswith(" ")
    return whole[:most], item[1] and len(whole) < most


def _item(text: str, at: int) -> tuple[set[_Head], int]:
    """The beginnings of the item at `at`, and where the next one is."""
    if text.startswith("(?:", at):
        heads, at = _alternatives(text, at + 3)
        at += 1
    elif text[at] == "\\" and not text[at + 1].isalnum():
        heads, at = {(text[at + 1], True)}, at + 2
    elif text.startswith(r"\s", at):
        heads, at = {(" ", True)}, at + 2
    elif text[at] not in _SPECIAL:
        heads, at = {(text[at], True)}, at + 1
    else:
        return {_UNKNOWN}, at
    sign = text[at : at + 1]
    if sign == "{":
        return {_UNKNOWN}, at
    if sign and sign in "*+" and heads != {(" ", True)}:
        heads = {(head, False) for head, _ in heads}  # it may come again
    if sign and sign in "?*":
        heads.add(_MISSING)
    return heads, at + (sign != "" and sign in "?*+")


def _end(text: str, at: int) -> int:
    """Where an alternative ends: at a `|` or `)` of its own depth, or with the text."""
    depth = 0
    inside = False  # of a class in brackets
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
        elif inside:
            inside = sign != "]"
        elif sign == "[":
            inside = True
            at += text[at + 1 : at + 2] == "^"
            at += text[at + 1 : at + 2] == "]"  # as the first one it is a character
        elif sign == "(":
            depth += 1
        elif not depth and sign in "|)":
            return at
        elif sign == ")":
            depth -= 1
        at += 1
    return at
