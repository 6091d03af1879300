"""What a tree is made of, and how a dialect says the shape of its text: `Outline`, `Node`, `Comment`, `Grammar`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

BOM = "\ufeff"
# What a line is that is not a command: `Outline.parents`.
COMMENT = -1
BODY = -2


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


class Outline(NamedTuple):
    """Which line stands in which view, without a node for each.

    `parents` has for each line the number (from 1) of the line that opens the view it stands in, 0 outside all views,
    COMMENT for one that is no command, BODY inside an opaque block. `texts` are the commands and comments as `Node` and
    `Comment` have them. `bodies`: how many lines of an opaque block follow a line, by its number.
    """

    parents: Sequence[int]
    texts: Sequence[str]
    bodies: Mapping[int, int]

    def path(self, number: int) -> tuple[str, ...]:
        """The commands of the views around a line and its own, outer ones first; none for 0."""
        found: list[str] = []
        while number > 0:
            found.append(self.texts[number - 1])
            number = self.parents[number - 1]
        return tuple(reversed(found))

    def without(self, numbers: Iterable[int]) -> Outline:
        """The outline in which the commands of these lines, and what stands below them, are not there."""
        parents = list(self.parents)
        for number in numbers:
            parents[number - 1] = BODY
        return self._replace(parents=parents)

    def nodes(self, lines: Sequence[str]) -> tuple[Node, ...]:
        """The nodes outside all views, with all that is below them. `lines` are the text's."""
        below: dict[int, list[Node]] = {}
        for number in range(len(self.parents), 0, -1):
            parent = self.parents[number - 1]
            if parent < 0:
                continue
            children = below.pop(number, None)
            count = self.bodies.get(number, 0)
            body = tuple(line.rstrip("\r\n") for line in lines[number : number + count]) if count else ()
            node = Node(number, self.texts[number - 1], tuple(reversed(children)) if children else (), body)
            below.setdefault(parent, []).append(node)
        return tuple(reversed(below.get(0, [])))

    def below(self) -> dict[int, list[int]]:
        """By the line of a view the lines of the commands directly in it, in their order; 0: outside all views."""
        found: dict[int, list[int]] = {}
        for number, parent in enumerate(self.parents, 1):
            if parent >= 0:
                if parent in found:
                    found[parent].append(number)
                else:
                    found[parent] = [number]
        return found

    def comments(self) -> tuple[Comment, ...]:
        """The lines that are no commands, in their order."""
        parents, texts = self.parents, self.texts
        return tuple(Comment(number, texts[number - 1]) for number, one in enumerate(parents, 1) if one == COMMENT)


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
    starts an opaque block; one of the words `openers` is in every such line. `braces`: views open with a trailing `{`
    and end with `}`, indentation means nothing.
    `section` matches the line that begins one file in a text made of several; the next one ends it. `noise` matches
    lines that are not the device's configuration at all: prompts, a paging mark, the first line of an answer; one of
    the texts `signs` is in every such line, if there are any.
    `words` and `flat` say what makes a view where indentation does not; `flat` is used only for a text without any.
    """

    separators: frozenset[str] = frozenset()
    comments: tuple[str, ...] = ()
    leaves: frozenset[str] = frozenset()
    opens: Callable[[str], Block | None] | None = None
    openers: tuple[str, ...] = ()
    braces: bool = False
    section: re.Pattern[str] | None = None
    noise: re.Pattern[str] | None = None
    signs: tuple[str, ...] = ()
    words: Words | None = None
    flat: Flat | None = None


def starting(nodes: Sequence[Node], prefix: str) -> tuple[Node, ...]:
    """The nodes whose text is `prefix` or goes on after it with a blank."""
    return tuple(node for node in nodes if node.text == prefix or node.text.startswith(prefix + " "))
