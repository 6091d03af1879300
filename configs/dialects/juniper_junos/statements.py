"""Junos's statements as a reader of meaning takes them: braces and `set` alike, groups applied, instances apart.

`groups NAME` is read as if it stood where `apply-groups NAME` is said, if that is at the top ("Junos OS CLI User
Guide", applying configuration groups). A group that is applied elsewhere, or one with wildcards (`<*>`), is not: its
lines with addresses are `unread`. What is inactive or deleted is not in force.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from configs import flat
from configs.addressing import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from configs.flat import Statement
    from configs.tree import Tree

_SKIP: Final = ("set", "protect:", "replace:", "active:", "protect")
_WITHOUT: Final = ("inactive:", "delete:", "delete", "deactivate", "annotate", "activate", "insert", "rename")
_SPACES: Final = ("logical-systems", "tenants", "logical-routers")


class Said(NamedTuple):
    """A statement in a routing instance ("" for none). `space` is the logical system it stands in."""

    line: int
    instance: str
    space: str
    words: tuple[str, ...]
    leaf: bool


class Read(NamedTuple):
    """All statements, and the lines with addresses that stand in groups that are not applied at the top."""

    said: tuple[Said, ...]
    unread: tuple[int, ...]


def read(tree: Tree) -> Read:
    """The statements of a configuration, in the file's order."""
    found = list(flat.statements(tree, _SKIP, _WITHOUT))
    off = _deactivated(tree)
    gone = _deleted(tree)
    applied = {each.words[1] for each in found if each.words[:1] == ("apply-groups",) and len(each.words) > 1}
    said, unread = [], []
    for each in found:
        words = each.words
        if any(words[: len(one)] == one for one in off):
            continue
        if any(each.line < line and words[: len(one)] == one for line, one in gone):
            continue
        if words[:1] == ("groups",):
            if len(words) < 3:
                continue
            name, words = words[1], words[2:]
            # `${node}` stands for the member's own name.
            member = name.startswith("node") and any("node" in one and "$" in one for one in applied)
            if (name not in applied and not member) or any(word.startswith("<") for word in words):
                if any(address_of(word.partition("/")[0]) is not None for word in words):
                    unread.append(each.line)
                continue
        said.append(_placed(each, words))
    return Read(tuple(said), tuple(dict.fromkeys(unread)))


def _deactivated(tree: Tree) -> list[tuple[str, ...]]:
    """What `deactivate …` takes out of force, and no later `activate …` brings back."""
    off: list[tuple[str, ...]] = []
    for node in tree.children:
        if node.text.startswith("deactivate ") and not node.children:
            off.append(flat.words_of(node.text)[1:])
        elif node.text.startswith("activate ") and not node.children:
            off = [one for one in off if one != flat.words_of(node.text)[1:]]
    return off


def _deleted(tree: Tree) -> list[tuple[int, tuple[str, ...]]]:
    """What `delete …` takes back of what was said above it, with its line."""
    return [
        (node.line, flat.words_of(node.text)[1:])
        for node in tree.children
        if node.text.startswith("delete ") and not node.children
    ]


def _placed(each: Statement, words: tuple[str, ...]) -> Said:
    space = ""
    if words[:1] and words[0] in _SPACES and len(words) > 1:
        space, words = words[1], words[2:]
    instance = ""
    if words[:1] == ("routing-instances",) and len(words) > 1:
        instance, words = words[1], words[2:]
    return Said(each.line, f"{space}/{instance}" if space and instance else instance or space, space, words, each.leaf)


def below(said: tuple[Said, ...], *head: str | tuple[str, ...] | None) -> Iterator[tuple[Said, tuple[str, ...]]]:
    """Leaves that begin with these words (one of several; None: any), with the words behind them."""
    fits: list[Callable[[str], bool]] = [_fit(word) for word in head]
    for each in said:
        words = each.words
        if each.leaf and len(words) >= len(fits) and all(fit(word) for fit, word in zip(fits, words, strict=False)):
            yield each, words[len(fits) :]


def _fit(word: str | tuple[str, ...] | None) -> Callable[[str], bool]:
    if word is None:
        return lambda _: True
    return word.__contains__ if isinstance(word, tuple) else word.__eq__
