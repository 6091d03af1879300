"""What a tree is made of, and how a dialect says the shape of its text: `Node`, `Comment`, `Grammar`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator, Mapping, Sequence

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Node:
    """A command and the commands of the view it opens.

    `text` is the command without indentation, trailing blanks and line end. `body` holds the lines of an opaque
    block (a banner), as they are, without line ends. `last` is the last line that belongs to the node itself:
    `line` but for opaque blocks.
    """

    line: int
    text: str
    children: tuple[Node, ...] = ()
    body: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        """The last line of the command itself (its opaque block included, its children not)."""
        return self.line + len(self.body)

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
        """This node and all below it, each with the texts of the views it stands in, in the file's order."""
        yield path, self
        if not self.children:
            return
        # A stack of our own: a text may nest deeper than Python calls.
        waiting = [((*path, self.text), iter(self.children))]
        while waiting:
            inner, rest = waiting[-1]
            for node in rest:
                yield inner, node
                if node.children:
                    waiting.append(((*inner, node.text), iter(node.children)))
                    break
            else:
                waiting.pop()

    def starting(self, prefix: str) -> tuple[Node, ...]:
        """The children whose text starts with `prefix` (a whole word)."""
        return starting(self.children, prefix)


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that is not a command: a separator, a remark, a blank line. `text` is stripped."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """An opaque block that a line opens: `ends` says of a later line that it is the last one.

    `required`: a text without that line was cut off; manuals leave out the end of some blocks, and nothing is lost.
    """

    ends: Callable[[str], bool]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """Views that words open and close; indentation means nothing.

    `opens` matches a line that opens a view. `closes` says of a whole line which view it ends: the innermost one whose
    header starts with the word given (all views inside it end too), or just the innermost one if that is empty.
    """

    opens: re.Pattern[str]
    closes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Flat:
    """How a text nests that has lost its indentation (manuals, pages, chats): by what a command is.

    `tops` matches commands that stand nowhere but at the top: they end every view. `levels` matches, by depth, the
    commands that open a view there; one of the first level opens only at the top, others also end what is as deep.
    """

    tops: re.Pattern[str]
    levels: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a dialect's text is built.

    `separators` stand at the left margin and close every view. `comments` are prefixes of remark lines at any depth.
    `leaves` are whole lines that end the view at whose depth they stand (`exit`, `}`). `opens` says whether a line
    starts an opaque block. `braces`: views open with a trailing `{` and end with `}`, indentation means nothing.
    `section` matches the line that begins one file in a text made of several; the next one ends it. `noise` matches
    lines that are not the device's configuration at all: prompts, a paging mark, the first line of an answer.
    `words` and `flat` say what makes a view where indentation does not; `flat` is used only for a text without any.
    """

    separators: frozenset[str] = frozenset()
    comments: tuple[str, ...] = ()
    leaves: frozenset[str] = frozenset()
    opens: Callable[[str], Block | None] | None = None
    braces: bool = False
    section: re.Pattern[str] | None = None
    noise: re.Pattern[str] | None = None
    words: Words | None = None
    flat: Flat | None = None


def starting(nodes: Sequence[Node], prefix: str) -> tuple[Node, ...]:
    """The nodes whose text is `prefix` or goes on after it with a blank."""
    return tuple(node for node in nodes if node.text == prefix or node.text.startswith(prefix + " "))
