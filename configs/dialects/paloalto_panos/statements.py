"""PAN-OS's configuration as paths of words, in its form of `set` commands and in the one with braces.

Form as in Palo Alto Networks' "PAN-OS CLI Quick Start" (set, and `show` without and with `set cli
config-output-format set`): a line says a path and its values; a list stands in brackets. What belongs to a template, a
device group, a virtual system or all of them (`shared`) is written below it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Tree

_WORD: Final = re.compile(r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'|(\[|\]|[^\s;\[\]]+)")
# What stands before everything, and names whose it is.
_OWNERS: Final = ("template", "template-stack", "device-group", "vsys")
_PLAIN: Final = ("set", "config", "panorama")
SHARED: Final = ""
_ROUTERS: Final = ("virtual-router", "logical-router")


class Statement(NamedTuple):
    """The words of a line behind what names its owner. `owner` is a device group or a virtual system ("": shared)."""

    line: int
    owner: str
    words: tuple[str, ...]

    def starts(self, *words: str) -> bool:
        """Whether it begins with these words."""
        return self.words[: len(words)] == words

    def after(self, word: str) -> tuple[str, ...]:
        """What stands behind a word; () if it does not occur."""
        return self.words[self.words.index(word) + 1 :] if word in self.words else ()

    def value(self, word: str) -> str:
        """The word behind a word."""
        return next(iter(self.after(word)), "")


def read(tree: Tree) -> Iterator[Statement]:
    """Every line that says something: lines that open braces say nothing by themselves."""
    for path, node in tree.walk():
        if node.children:
            continue
        words = [word for text in (*path, node.text) for word in _words(text)]
        owner = SHARED
        while words:
            if words[0] in _PLAIN or words[0] == "shared":
                words = words[1:]
            elif words[0] == "devices" and len(words) > 1:
                words = words[2:]
            elif words[0] in _OWNERS and len(words) > 1:
                owner = words[1] if words[0] in ("device-group", "vsys") else owner
                words = words[2:]
            else:
                break
        if words and words[0] not in ("delete", "edit"):
            yield Statement(node.line, owner, tuple(words))


def _words(text: str) -> list[str]:
    return [match[match.lastindex or 0] for match in _WORD.finditer(text.removesuffix("{"))]


def listed(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values at the beginning, one or a list in brackets, and the words behind them."""
    if words[:1] == ("[",):
        end = words.index("]") if "]" in words else len(words)
        return words[1:end], words[end + 1 :]
    return words[:1], words[1:]


def router(one: Statement) -> tuple[str, tuple[str, ...]]:
    """The VRF of a line about a router, and the words behind its name; ("", ()) for other lines.

    The router that a device has from the start is the default VRF.
    """
    if one.words[:1] != ("network",) or len(one.words) < 3 or one.words[1] not in _ROUTERS:
        return "", ()
    name, rest = one.words[2], one.words[3:]
    if rest[:1] == ("vrf",) and len(rest) > 1:
        rest = rest[2:]
    return "" if name == "default" else name, rest
