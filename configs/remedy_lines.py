"""A remedy on one device: its commands with the values of this device's lines and of the workspace filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from configs import change, tree
from configs.change import statements
from configs.change.applied import applied
from configs.masking import HIDDEN
from configs.remedies import PLACE, by_statements, language
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from configs.model import Dialect
    from configs.remedies import Note, Remedy, Step
    from configs.tree import Tree
    from inventory.model import Settings

_PERSONAL = re.compile(r"<[A-Z][A-Z0-9-]*>")
_COUNTED: Final = ("number", "rule")  # of a list's values: 1, 2, 3 … and 5, 10, 15 …
_RULE_STEP: Final = 5
_FIRST: Final = "|first}"  # only the first value of a list
# Values of the workspace → where they are written, for whoever is asked for one.
ASKED: Final = {
    "log_host": "services: {syslog: […]}",
    "ntp_server": "services: {ntp: […]}",
    "snmp_manager": "services: {snmp_manager: […]}",
    "manager": "managers: […]",
}


@dataclass(frozen=True)
class Values:
    """What is known beside the text. Where a name has several values, the line is said for each."""

    known: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings | None) -> Values:
        """The values of a workspace; none are known without one."""
        if settings is None:
            return cls()
        services = settings.services
        found: dict[str, tuple[Mapping[str, str], ...]] = {
            "log_host": tuple({"log_host": host} for host in services.get("syslog", ())),
            "ntp_server": tuple({"ntp_server": host} for host in services.get("ntp", ())),
            "snmp_manager": tuple({"snmp_manager": host} for host in services.get("snmp_manager", ())),
        }
        networks = (ip_network(text, strict=False) for text in settings.managers)
        found["manager"] = tuple(
            {
                "manager": str(network),
                "manager_network": str(network.network_address),
                "manager_mask": str(network.netmask),
                "manager_wildcard": str(network.hostmask),
            }
            for network in networks
            if network.version == 4
        )
        return cls({name: rows for name, rows in found.items() if rows})

    def rows(self, name: str) -> tuple[str, tuple[Mapping[str, str], ...]]:
        """What is listed under a name, and the name of the list."""
        whole = "manager" if name.startswith("manager") else name
        return whole, self.known.get(whole, ())


class Lack(StrEnum):
    """What is missing where a remedy makes no lines. Stable and English, for programs."""

    VALUE = "value"  # of the workspace
    DECISION = "decision"  # a person's
    NEED = "need"  # a line that has to be there first
    SECRET = "secret"  # masked in this text  # noqa: S105 - no secret
    NAMED = "named"  # nobody has named it, and others may be cut off
    LINES = "lines"  # nothing to say to this text


class UnfitError(Exception):
    """A remedy makes no lines for a text; `note` is the remedy's own sentence for a person."""

    def __init__(self, lack: Lack, message: Message, note: Note | None = None) -> None:
        super().__init__(str(message))
        self.lack = lack
        self.message = message
        self.note = note


@dataclass(frozen=True, slots=True)
class Mended:
    """A text with a remedy in it, and the lines that the remedy says."""

    text: bytes = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)


def mend(dialect: Dialect, running: Tree, remedy: Remedy, proof: Sequence[int], values: Values) -> Mended:
    """The text of `running` once the remedy is in it; `proof` are the lines that prove the weakness.

    UnfitError if the remedy has no lines for it.
    """
    platform = dialect.platforms[0]
    form, said = language(platform), by_statements(platform)
    if form is None and not said:
        raise UnfitError(Lack.DECISION, Message("lines cannot be put into a text of this platform"), remedy.note)
    seen = statements.chains(running) if said else _chains(running)
    lines = _Filling(seen, running.text, remedy, frozenset(proof), values).lines()
    if not lines:
        raise UnfitError(Lack.DECISION, Message("no lines mend it; a person decides"), remedy.note)
    if form is None:
        return Mended(statements.applied(running, lines), lines)
    # What the lines do not name stays, in lists too; and nothing is taken for granted.
    merging = replace(form, owned=change.NEVER, hidden=change.NEVER)
    steps = change.edits(running, _joined(lines), merging)
    if any(HIDDEN in step.new for step in steps):
        message = Message("a secret in the line is masked in this text: give the device's own text, or mend it there")
        raise UnfitError(Lack.SECRET, message, remedy.note)
    if not steps:
        raise UnfitError(Lack.LINES, Message("the text has these lines already"), remedy.note)
    return Mended(applied(running, steps, form), lines)


def _joined(lines: Iterable[str]) -> Tree:
    """The lines as a tree, in which every view stands once."""
    top: dict[str, Any] = {}
    open_views = [top]
    for line in lines:
        depth = len(line) - len(line.lstrip(" "))
        del open_views[depth + 1 :]
        open_views.append(open_views[-1].setdefault(line.strip(), {}))
    return tree.parse("\n".join(_indented(top, 0)).encode(), tree.Grammar())


def _indented(views: Mapping[str, Any], depth: int) -> Iterator[str]:
    for line, below in views.items():
        yield " " * depth + line
        yield from _indented(below, depth + 1)


def _chains(running: Tree) -> Iterator[tuple[int, str]]:
    """Every command with its line: its views before it."""
    for path, node in running.walk():
        yield node.line, " > ".join((*path, node.text))


class _Filling:
    """One remedy and one text."""

    def __init__(
        self, seen: Iterable[tuple[int, str]], text: str, remedy: Remedy, proof: frozenset[int], values: Values
    ) -> None:
        self._remedy = remedy
        self._proof = proof
        self._values = values
        self._seen = tuple(seen)
        self._free = {name: _free(first, last, text) for name, (first, last) in remedy.free.items()}

    def lines(self) -> tuple[str, ...]:
        """The lines of all steps. UnfitError if something is missing."""
        for need in self._remedy.needs:
            if not any(need.line.match(chain) for _, chain in self._seen):
                raise UnfitError(Lack.NEED, Message("a line that has to be there first is missing"), need.note)
        return tuple(line for step in self._remedy.said for line in self._said(step))

    def _said(self, step: Step) -> Iterator[str]:
        """A step's commands for each line that it is for, but not twice."""
        done: set[tuple[str, ...]] = set()
        for own in self._matches(step):
            lines = tuple(line for command in step.commands for line in self._filled(command, own))
            if lines not in done:
                done.add(lines)
                yield from lines

    def _matches(self, step: Step) -> Iterator[Mapping[str, str]]:
        """The values of the lines that a step is for."""
        if step.where is None:
            yield self._free
            return
        for line, chain in self._seen:
            if not step.anywhere and line not in self._proof:
                continue
            match = step.where.match(chain)
            if match is not None:
                yield {**self._free, **match.groupdict("")}

    def _filled(self, command: str, own: Mapping[str, str]) -> Iterator[str]:
        """A command for each value of the list that it names, or once."""
        personal = _PERSONAL.search(command)
        if personal is not None:
            message = Message("only a person can say what {name} is to be", name=personal[0])
            raise UnfitError(Lack.DECISION, message, self._remedy.note)
        rows: tuple[Mapping[str, str], ...] = ({},)
        for place in PLACE.finditer(command):
            if place[1] not in own and place[1] not in _COUNTED:
                name, rows = self._values.rows(place[1])
                if not rows:
                    message = Message(
                        "“{name}” is not known: write {where} into govnet.yaml", name=name, where=ASKED.get(name, name)
                    )
                    raise UnfitError(Lack.VALUE, message, self._remedy.note)
        if _FIRST in command:
            rows = rows[:1]
        for number, row in enumerate(rows, 1):
            known = {**own, **row, "number": str(number), "rule": str(number * _RULE_STEP)}
            yield from PLACE.sub(partial(_value, known), command).split("\n")


def _free(first: int, last: int, text: str) -> str:
    """The first number of a range that does not stand in the text."""
    for number in range(first, last + 1):
        if not re.search(rf"\b{number}\b", text):
            return str(number)
    message = Message("no number between {first} and {last} is free", first=first, last=last)
    raise UnfitError(Lack.DECISION, message)


def _value(known: Mapping[str, str], place: re.Match[str]) -> str:
    return _changed(known[place[1]], place[2])


def _changed(value: str, how: str) -> str:
    """A value without some of its words, or another in place of an empty one."""
    for part in how.split("|")[1:]:
        word, _, rest = part.partition(" ")
        value = _WAYS[word](value, rest)
    return value


def _without(value: str, pattern: str) -> str:
    """The words of a value that the expression does not match as a whole."""
    gone = re.compile(pattern)
    return " ".join(word for word in value.split() if gone.fullmatch(word.strip('"')) is None)


def _or(value: str, rest: str) -> str:
    return value or rest


def _first(value: str, _rest: str) -> str:
    return value


_WAYS: Final[Mapping[str, Callable[[str, str], str]]] = {"without": _without, "or": _or, "first": _first}
