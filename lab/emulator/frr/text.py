"""A configuration file of FRR: reading it as vtysh does, and what `frr-reload.py --test` finds different in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.grammar import LineError, Match
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.device import Device


def parse(device: Device, text: str) -> tuple[Entry | None, str]:
    """A configuration file as a tree; or None and vtysh's complaint about its first bad line."""
    root = Entry()
    path = [root]
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line or line.startswith(("!", "#")):
            continue
        if line in ("exit", "quit", "exit-address-family", "exit-vrf"):
            path = path[:-1] or [root]
            continue
        if line == "end":
            break
        if not _read(device, path, line, indented=raw[:1] == " "):
            return None, f"line {number}: % Unknown command:  {line}\n\n"
    return root, ""


def _read(device: Device, path: list[Entry], line: str, *, indented: bool) -> bool:
    """Put one line where it belongs: into the open view, or further out if that does not know it."""
    negated = line.startswith("no ")
    while True:
        rule = path[-1].rule
        view = device.views["config" if rule is None else rule.get("view")]
        try:
            match = view.match(line[3:] if negated else line, device, negated=negated)
        except LineError:
            if len(path) == 1:
                return False
            path.pop()
            continue
        if not negated or match.rule.has("on"):
            _keep(path, match, negated=negated)
        return bool(indented or path)


def difference(running: Entry, wanted: Entry) -> str:
    """What frr-reload.py --test prints: lines to delete, then lines to add, each in its context."""
    before, after = _lines(running), _lines(wanted)
    text = ""
    gone = [line for line in before if line not in after]
    new = [line for line in after if line not in before]
    if gone:
        text += "\nLines To Delete\n===============\n" + "".join(
            "\n".join([*line[:-1], f"{' ' if line[:-1] else ''}no {line[-1]}"]) + "\n" for line in gone
        )
    if new:
        text += "\nLines To Add\n============\n" + "".join(
            "\n".join([*line[:-1], f"{' ' if line[:-1] else ''}{line[-1]}"]) + "\n" for line in new
        )
    return text


def _keep(path: list[Entry], match: Match, *, negated: bool) -> None:
    """Store a line that was read from a file; a block is entered."""
    parent = path[-1]
    if match.rule.has("on"):
        if negated:
            words = ("no", *match.words)
            parent.put(Entry(words, words, match.rule))
        return
    if match.rule.get("do") == "nothing":
        return
    words = match.words
    if match.rule.get("do") == "prefix_list":
        words = with_sequence(parent, words)
    key = words[: match.identity] if match.rule.get("do") != "prefix_list" else words[:5]
    entry = parent.put(Entry(words, key, match.rule))
    if match.rule.get("view"):
        path.append(entry)


def with_sequence(parent: Entry, words: tuple[str, ...]) -> tuple[str, ...]:
    """A prefix-list line without a number gets the next five."""
    if words[3] == "seq":
        return words
    numbers = [int(line.words[4]) for line in parent.starting(*words[:3]) if line.words[3] == "seq"]
    return (*words[:3], "seq", str(max(numbers, default=0) // 5 * 5 + 5), *words[3:])


def _lines(root: Entry) -> list[tuple[str, ...]]:
    """Every line with the blocks around it; an empty interface is nothing."""
    found: list[tuple[str, ...]] = []

    def walk(entry: Entry, around: tuple[str, ...]) -> None:
        for child in entry.ordered():
            view = child.rule.get("view") if child.rule is not None else ""
            if view != "interface":
                found.append((*around, child.text))
            walk(child, (*around, child.text))

    walk(root, ())
    return found
