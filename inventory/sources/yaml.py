"""YAML documents with the place of every value.

Only what a configuration file needs is read: text, lists and mappings, `null`. Scalars stay text as they were
written (`010`, `no`, `65001:1` are never turned into 8, false or a number of minutes); the schema says what they mean.
Anchors, aliases and `<<` merges work, within bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from inventory.errors import InputError, Problem
from inventory.sources import decode
from inventory.text import Message, mark

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

Path: TypeAlias = tuple[str | int, ...]

_DEEPEST: Final = 50

# libyaml's complaint → what to say. Its own text is never shown: it may quote what stands in the file.
_COMPLAINTS: Final = {
    "mapping values are not allowed in this context": (
        mark("there is a second colon in this line, or the line before is not finished"),
        mark("put quotation marks around a value that holds “: ”; check the indentation"),
    ),
    "found character that cannot start any token": (
        mark("a tab, or a sign that means something else in YAML, begins a value here"),
        mark("indent with spaces, and put quotation marks around a value that begins with @ % ` or a tab"),
    ),
    "found unexpected end of stream": (
        mark("a quotation mark is not closed"),
        mark("close it, or write the whole value in quotation marks"),
    ),
    "did not find expected ',' or '}'": (
        mark("a curly bracket is not closed, or a comma is missing"),
        mark("close it"),
    ),
    "did not find expected ',' or ']'": (
        mark("a square bracket is not closed, or a comma is missing"),
        mark("close it"),
    ),
    "found undefined alias": (
        mark("* begins an alias here, and there is no such anchor"),
        mark("put quotation marks around a value that begins with *"),
    ),
    "did not find expected key": (
        mark("the indentation does not fit what stands above"),
        mark("indent keys of the same level by the same number of spaces"),
    ),
    "did not find expected '-' indicator": (
        mark("the indentation does not fit what stands above"),
        mark("begin every item of a list with “- ” in the same column"),
    ),
    "but found another document": (mark("a second document begins here"), mark("remove the line ---")),
}
_UNKNOWN_COMPLAINT: Final = (
    mark("this is not YAML"),
    mark("check quotation marks, colons and indentation here and in the line above"),
)


@dataclass(slots=True)
class Document:
    """A document's content, and the line and column (both 1-based) of the value or key at each path."""

    file: str
    data: Any
    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a value; of the nearest thing that holds it, if it is not there itself."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))[0]


def path_text(path: Path) -> str:
    """A path as people read it: `vrfs[2].name`, items counted from 1."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else str(part)
    return text


def parse(data: bytes, file: str) -> Document:
    """The document in a file's bytes. InputError with line and column if it is not one."""
    import yaml  # noqa: PLC0415 - start-up time

    text = decode(data, file).text
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        # Composing is recursive, in C: a document too deep for it must not get there.
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise InputError([_too_deep(file, event.start_mark.line + 1 if event.start_mark else 0)])
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        raise InputError([_broken(error, text, file)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = Message("there is a control character that YAML does not allow")
        raise InputError([Problem("bad-yaml", message, Message("remove it"), file=file, line=line)]) from None
    builder = _Builder(file, 10_000 + 10 * len(text))
    document = Document(file, {} if node is None else builder.build(node, (), 0), builder.marks)
    if builder.problems:
        raise InputError(builder.problems)
    return document


def _broken(error: Any, text: str, file: str) -> Problem:
    place = error.problem_mark or error.context_mark
    # An unclosed quotation mark or bracket is noticed at the end; what begins it is what the reader must see.
    if error.context_mark is not None and error.context in _OPENED:
        place = error.context_mark
    what = error.problem or ""
    complaint, hint = next((texts for key, texts in _COMPLAINTS.items() if what.startswith(key)), _UNKNOWN_COMPLAINT)
    line, column = (place.line + 1, place.column + 1) if place is not None else (0, 0)
    written = text.splitlines()
    shown = written[line - 1] if 0 < line <= len(written) else ""
    above = written[line - 2] if 1 < line <= len(written) + 1 else ""
    for number, candidate in ((line, shown), (line - 1, above)):
        # A colon typed with a Chinese input method makes the line a plain text, noticed only in the next line.
        key = candidate.strip().removeprefix("- ").partition("：")[0]
        if "：" in candidate and ":" not in key and '"' not in key and "#" not in key:
            complaint, hint = mark("the colon is a full-width one"), mark("write : and a space after it")
            line, column = number, candidate.index("：") + 1
            break
    if "\t" in shown[: len(shown) - len(shown.lstrip())]:
        complaint, hint = mark("the line is indented with a tab"), mark("indent with spaces")
        column = shown.index("\t") + 1
    return Problem("bad-yaml", Message(complaint), Message(hint), file=file, line=line, column=str(column or ""))


_OPENED: Final = frozenset(
    {"while scanning a quoted scalar", "while parsing a flow mapping", "while parsing a flow sequence"}
)


def _too_deep(file: str, line: int) -> Problem:
    return Problem(
        "too-deep",
        Message("the document is nested too deeply"),
        Message("check the brackets and the indentation"),
        file=file,
        line=line,
    )


def _too_large(file: str, line: int) -> Problem:
    return Problem(
        "too-large",
        Message("aliases make the document too large"),
        Message("write it without aliases of aliases"),
        file=file,
        line=line,
    )


class _Builder:
    """Turns nodes into text, lists and mappings, and notes where each came from."""

    def __init__(self, file: str, most: int) -> None:
        self.file = file
        self.most = most  # values, after the aliases are followed
        self.marks: dict[Path, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._built = 0
        self._full = False

    def build(self, node: Node, path: Path, depth: int) -> Any:
        """The node's content. Faults go to `problems`."""
        from yaml.nodes import MappingNode, ScalarNode  # noqa: PLC0415 - start-up time

        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.marks.setdefault(path, (line, column))
        self._built += 1
        if depth > _DEEPEST or self._built > self.most:
            # An alias inside what its anchor names, or many aliases of aliases (“billion laughs”).
            if not self._full:
                self._full = True
                self.problems.append(_too_deep(self.file, line) if depth > _DEEPEST else _too_large(self.file, line))
            return None
        if isinstance(node, ScalarNode):
            if node.tag == "tag:yaml.org,2002:null":
                return None
            if node.tag.startswith("!"):
                self._add(
                    "yaml-tag",
                    line,
                    path,
                    Message("a value begins with ! here, which is a tag in YAML"),
                    Message("put quotation marks around the value"),
                )
                return None
            return node.value
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        return [self.build(item, (*path, index), depth + 1) for index, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, path: Path, depth: int) -> dict[str, Any]:
        from yaml.nodes import MappingNode, ScalarNode  # noqa: PLC0415 - start-up time

        built: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._add("bad-key", line, path, Message("a key must be a text"), Message("write key: value"))
                continue
            key = key_node.value
            if key_node.tag == "tag:yaml.org,2002:merge":
                nodes = [value_node] if isinstance(value_node, MappingNode) else value_node.value
                for each in nodes:
                    if isinstance(each, MappingNode):
                        merged = {**self.build(each, path, depth + 1), **merged}
                continue
            if key in lines:
                self._add(
                    "duplicate-key",
                    line,
                    (*path, key),
                    Message("the key “{key}” is already in line {line}", key=key, line=lines[key]),
                    Message("keep one of the two"),
                )
                continue
            lines[key] = line
            inner = (*path, key)
            # A value over several lines, or an alias, is looked for at its key.
            self.marks[inner] = (line, key_node.start_mark.column + 1)
            built[key] = self.build(value_node, inner, depth + 1)
        return {**merged, **built}

    def _add(self, code: str, line: int, path: Path, message: Message, hint: Message) -> None:
        self.problems.append(Problem(code, message, hint, file=self.file, line=line, column=path_text(path)))
