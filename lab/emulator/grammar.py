"""Commands as data: a table of patterns becomes an automaton a view, and lines are matched against it.

A table is text. `[name]` begins a view, `## name` a section of it (what stands together between two separators of the
configuration). Every other line is a pattern and, after ` => `, its attributes:

    sysname / <word:246>
    interface <interface>                         => view=interface
    rule [<number:0-4294967294>] {permit|deny} ip (source {any|<ip> <wildcard>}|destination {any|<ip> <wildcard>})*

Words stand for themselves and may be shortened while they stay unique; `<kind:limits>` is a value (parameters.py);
`[x]` may be missing; `{a|b}` is one of; `(a|b)*` any number in any order. A `/` ends what identifies the line: a second
line with the same words before it replaces the first, and the negation may stop there. Without `/` the whole line is
its identity. Attributes: `view=NAME` (the command opens that view), `prompt=TEXT` ({0}, {1}… are the words), `do=NAME`
(a method that carries it out), `on` (a default that is on: its negation is what the configuration shows),
`sort` (entries by their numbers), `hidden` (never in the configuration), `level=N`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from lab.emulator import parameters

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from lab.emulator.parameters import Names


class Kind(Enum):
    """How a line is wrong."""

    UNRECOGNIZED = "unrecognized"
    WRONG = "wrong parameter"
    INCOMPLETE = "incomplete"
    AMBIGUOUS = "ambiguous"
    TOO_MANY = "too many parameters"


class LineError(Exception):
    """A line that no pattern matches. `column` is the 0-based place in the line."""

    def __init__(self, kind: Kind, column: int) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.column = column


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a line and where it begins."""

    text: str
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One pattern of the table. `order` is its place, `section` the number of its section."""

    pattern: str
    view: str
    order: int
    section: int
    attributes: Mapping[str, str]

    def get(self, name: str, default: str = "") -> str:
        """An attribute; `default` if the pattern does not have it."""
        return self.attributes.get(name, default)

    def has(self, name: str) -> bool:
        """Whether the pattern has a bare attribute."""
        return name in self.attributes


@dataclass(frozen=True, slots=True)
class Match:
    """A line that matched: its canonical words, how many of them identify it, which of them are secrets."""

    rule: Rule
    words: tuple[str, ...]
    identity: int
    secrets: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What identifies the line."""
        return self.words[: self.identity]


@dataclass(slots=True, eq=False)
class _State:
    words: dict[str, _State] = field(default_factory=dict)
    values: list[tuple[str, str, _State]] = field(default_factory=list)
    silent: list[_State] = field(default_factory=list)
    rule: Rule | None = None
    mark: bool = False
    # See `_reached`; empty until somebody asks.
    reached: tuple[tuple[_State, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class _Thread:
    state: _State
    words: tuple[str, ...] = ()
    mark: int = -1
    secrets: tuple[int, ...] = ()
    keywords: int = 0
    rule: Rule | None = None


REMEMBERED = 4096  # lines that a view remembers


class _Asked:
    """What a device says about its interfaces, taken down."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.spaced, self.quoted = names.spaced, names.quoted
        self.answers: dict[str, str | None] = {}

    def interface_name(self, text: str) -> str | None:
        """As the device says."""
        self.answers[text] = self._names.interface_name(text)
        return self.answers[text]


class View:
    """The patterns that hold in one view."""

    def __init__(self, name: str, rules: Iterable[Rule]) -> None:
        self.name = name
        self.rules = tuple(rules)
        self._first: dict[str, list[tuple[_State, Rule]]] = {}
        # Patterns that may begin with a value.
        self._valued: list[tuple[_State, Rule]] = []
        # Where lines that begin with these keywords, all of them whole, have got; whether they are negated in front.
        self._known: dict[tuple[bool | str, ...], list[_Thread]] = {}
        # Lines that matched, and what the device then said about the interfaces in them.
        self._matched: dict[Hashable, tuple[Match, Mapping[str, str | None]]] = {}
        for rule in self.rules:
            start = _compile(rule)
            threads = list(_closure([_Thread(start)]))
            for word in dict.fromkeys(word for thread in threads for word in thread.state.words):
                self._first.setdefault(word, []).append((start, rule))
            if any(thread.state.values for thread in threads):
                self._valued.append((start, rule))

    def match(self, line: str, names: Names, *, negated: bool = False, offset: int = 0) -> Match:
        """The pattern that `line` is, in canonical words. LineError if none is.

        With `negated` a line may stop anywhere behind its identity. `offset` is added to columns.
        """
        mark = (line, negated, names.spaced, names.quoted)
        known = self._matched.get(mark)
        if known is not None and all(names.interface_name(text) == name for text, name in known[1].items()):
            return known[0]
        asked = _Asked(names)
        match = self._match(line, asked, negated=negated, offset=offset)
        if len(self._matched) >= REMEMBERED:
            self._matched.clear()
        self._matched[mark] = match, asked.answers
        return match

    def _match(self, line: str, names: Names, *, negated: bool, offset: int) -> Match:
        tokens = tokenize(line, names.spaced, quoted=names.quoted)
        if not tokens:
            raise LineError(Kind.INCOMPLETE, offset)
        threads: list[_Thread] = []
        path: tuple[bool | str, ...] = (negated,)
        for index, token in enumerate(tokens):
            word = token.text.lower()
            whole = len(path) == index + 1
            if whole and (known := self._known.get((*path, word))) is not None:
                threads, path = known, (*path, word)
                continue
            threads = threads if index else self._start(token, offset)
            whole = whole and any(word in thread.state.words for thread in threads)
            threads, stop = _advance(threads, tokens, index, line, names, negated=negated, offset=offset)
            if whole:
                path = (*path, word)
                self._known[path] = threads
            if stop:
                break
        found = [thread for thread in threads if thread.state.rule is not None]
        if not found:
            raise LineError(Kind.INCOMPLETE, offset + len(line.rstrip()))
        best = max(found, key=lambda thread: thread.keywords)
        assert best.rule is not None  # noqa: S101 - every thread begins with its rule
        return Match(
            best.rule,
            best.words,
            len(best.words) if best.mark < 0 else best.mark,
            best.secrets,
            tuple(token.column for token in tokens),
        )

    def _start(self, token: Token, offset: int) -> list[_Thread]:
        given = token.text.lower()
        words = [given] if given in self._first else [word for word in self._first if word.startswith(given)]
        if not words and self._valued:
            return list(_closure(_Thread(state, rule=rule) for state, rule in self._valued))
        if not words:
            raise LineError(Kind.UNRECOGNIZED, offset + token.column)
        if len(words) > 1:
            raise LineError(Kind.AMBIGUOUS, offset + token.column)
        return list(_closure(_Thread(state, rule=rule) for state, rule in self._first[words[0]]))

    def completions(self, line: str, names: Names) -> list[str]:
        """What may follow: words, and kinds of values in `<>`; for the `?` of a command line."""
        tokens = tokenize(line, names.spaced, quoted=names.quoted)
        partial = tokens.pop() if tokens and not line.endswith(" ") else None
        if not tokens:
            words = sorted(self._first)
            return [word for word in words if partial is None or word.startswith(partial.text.lower())]
        threads = self._start(tokens[0], 0)
        for index in range(len(tokens)):
            threads, stop = _advance(threads, tokens, index, line, names, negated=False, offset=0)
            if stop:
                return ["<cr>"]
        found: dict[str, None] = {}
        for thread in threads:
            for word in thread.state.words:
                if partial is None or word.startswith(partial.text.lower()):
                    found[word] = None
            for kind, limits, _ in thread.state.values:
                found[f"<{kind}{':' + limits if limits else ''}>"] = None
            if thread.state.rule is not None and partial is None:
                found["<cr>"] = None
        return sorted(found)


def _advance(
    threads: list[_Thread],
    tokens: list[Token],
    index: int,
    line: str,
    names: Names,
    *,
    negated: bool,
    offset: int,
) -> tuple[list[_Thread], bool]:
    """One word further; the second value says that a `<rest>` has taken all that is left."""
    token = tokens[index]
    given = token.text.lower()
    exact = [thread for thread in threads if given in thread.state.words]
    following: list[_Thread] = []
    stop = False
    if exact:
        following = [_word(thread, given) for thread in exact]
    else:
        begun = {word for thread in threads for word in thread.state.words if word.startswith(given)}
        if len(begun) == 1:
            (only,) = begun
            following = [_word(thread, only) for thread in threads if only in thread.state.words]
        valued = []
        for thread in threads:
            for kind, limits, state in thread.state.values:
                text = line[token.column :].rstrip() if kind == "rest" else token.text
                value = parameters.check(kind, limits, text, names)
                if value is not None:
                    valued.append(_value(thread, kind, value, state))
                    stop = stop or kind == "rest"
        if len(begun) > 1 and not valued:
            raise LineError(Kind.AMBIGUOUS, offset + token.column)
        following = valued if stop else following + valued
    if not following:
        raise _wrong(threads, token, index, negated=negated, offset=offset)
    return list(_closure(following, negated=negated)), stop


def _wrong(threads: list[_Thread], token: Token, index: int, *, negated: bool, offset: int) -> LineError:
    column = offset + token.column
    words = any(thread.state.words for thread in threads)
    values = any(thread.state.values for thread in threads)
    if not words and not values and not negated:
        return LineError(Kind.TOO_MANY, column)
    if values and (not words or not token.text[:1].isalpha()):
        return LineError(Kind.WRONG, column)
    if not words and index:
        return LineError(Kind.TOO_MANY, column)
    return LineError(Kind.UNRECOGNIZED, column)


def _word(thread: _Thread, word: str) -> _Thread:
    return _Thread(
        thread.state.words[word],
        (*thread.words, word),
        thread.mark,
        thread.secrets,
        thread.keywords + 1,
        thread.rule,
    )


def _value(thread: _Thread, kind: str, value: str, state: _State) -> _Thread:
    secrets = (*thread.secrets, len(thread.words)) if kind == "secret" else thread.secrets
    return _Thread(state, (*thread.words, value), thread.mark, secrets, thread.keywords, thread.rule)


def _closure(threads: Iterable[_Thread], *, negated: bool = False) -> Iterator[_Thread]:
    """The threads and wherever they get without a word. Behind the mark a negated line may end anywhere."""
    seen: set[tuple[int, tuple[str, ...]]] = set()
    for thread in reversed(list(threads)):
        words = thread.words
        for state, marked in _reached(thread.state):
            if (id(state), words) in seen:
                continue
            seen.add((id(state), words))
            mark = len(words) if marked else thread.mark
            if negated and mark >= 0 and state.rule is None:
                ended = _State(state.words, state.values, state.silent, thread.rule)
                yield _Thread(ended, words, mark, thread.secrets, thread.keywords, thread.rule)
            elif state is thread.state and mark == thread.mark:
                yield thread
            else:
                yield _Thread(state, words, mark, thread.secrets, thread.keywords, thread.rule)


def _reached(state: _State) -> tuple[tuple[_State, bool], ...]:
    """The states that a state gets to without a word, itself first; whether the mark is passed on the way there."""
    if not state.reached:
        found: dict[int, tuple[_State, bool]] = {}
        waiting = [(state, False)]
        while waiting:
            one, marked = waiting.pop()
            if id(one) in found:
                continue
            marked = marked or one.mark
            found[id(one)] = (one, marked)
            waiting.extend((silent, marked) for silent in one.silent)
        state.reached = tuple(found.values())
    return state.reached


def tokenize(line: str, spaced: tuple[str, ...] = (), *, quoted: bool = False) -> list[Token]:
    """The words of a line with their columns; `interface Gigabitethernet 0/0/1` is two words, not three.

    `spaced` are kinds of interfaces whose number may stand apart in any place. With `quoted`, `'a b '` is one word.
    """
    tokens = [Token(found[0], found.start()) for found in re.finditer(r"'[^']*'|\S+" if quoted else r"\S+", line)]
    joined: list[Token] = []
    for token in tokens:
        if token.text[0].isdigit() and _apart(joined, spaced):
            before = joined.pop()
            token = Token(before.text + token.text, before.column)  # noqa: PLW2901 - both are one word
        joined.append(token)
    return joined


def _apart(before: list[Token], spaced: tuple[str, ...]) -> bool:
    """Whether what stands before a number is the kind of an interface."""
    if len(before) < 2 or not before[-1].text[-1:].isalpha():
        return False
    kind, word = before[-1].text.lower(), before[-2].text.lower()
    if len(word) >= 3 and any(each.startswith(word) for each in ("interface", "silent-interface")):
        return True
    if len(kind) < 2 or not any(each.lower().startswith(kind) for each in spaced):
        return False
    # `switchport access vlan 10` names a VLAN, `passive-interface vlan 10` an interface.
    return not kind.startswith("v") or word.endswith(("interface", "source")) or word.count(".") == 3


def load(*tables: str) -> dict[str, View]:
    """The views of tables. A view `[any]` is added to every other; `[user+system]` names two views at once.

    A later table adds to the views of an earlier one: a pattern that is there already gets the new attributes, and
    `! PATTERN` takes one away.
    """
    rules: dict[str, list[Rule]] = {}
    order = section = 0
    for table in tables:
        current: list[str] = []
        for raw in table.split("\n"):
            order += 1
            line = raw.strip()
            if not line or line.startswith("# "):
                continue
            if line.startswith("## "):
                section += 1
            elif line.startswith("[") and line.endswith("]") and " " not in line:
                current = line[1:-1].split("+")
                section += 1
            else:
                for view in current:
                    _add(rules.setdefault(view, []), line, view, order, section)
    common = rules.pop("any", [])
    return {name: View(name, [*own, *common]) for name, own in rules.items()}


def _add(rules: list[Rule], line: str, view: str, order: int, section: int) -> None:
    pattern, _, rest = line.partition(" => ")
    removed = pattern.startswith("! ")
    pattern = pattern.removeprefix("! ").strip()
    present = next((index for index, rule in enumerate(rules) if rule.pattern == pattern), None)
    if removed:
        if present is None:
            raise ValueError(line)
        del rules[present]
        return
    attributes = dict(_attribute(text) for text in rest.split(", ") if text.strip())
    if present is None:
        rules.append(Rule(pattern, view, order, section, attributes))
    else:
        before = rules[present]
        rules[present] = Rule(pattern, view, before.order, before.section, attributes)


def _attribute(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return name, value


_ELEMENT = re.compile(r"\s*(<[a-z0-9-]+(?::[^>]*)?>|[\[\]{}()|*/]|[^\s\[\]{}()|*/<>]+)")


def _compile(rule: Rule) -> _State:
    elements = _ELEMENT.findall(rule.pattern)
    if "".join(elements).replace(" ", "") != rule.pattern.replace(" ", ""):
        raise ValueError(rule.pattern)
    start = _State()
    end, rest = _sequence(elements, 0, start, rule)
    if rest != len(elements):
        raise ValueError(rule.pattern)
    end.rule = rule
    return start


def _sequence(elements: list[str], index: int, state: _State, rule: Rule) -> tuple[_State, int]:
    while index < len(elements):
        element = elements[index]
        if element in ("|", "]", "}", ")"):
            break
        if element in ("[", "{", "("):
            state, index = _group(elements, index, state, rule)
            continue
        following = _State()
        if element == "/":
            following.mark = True
            state.silent.append(following)
        elif element.startswith("<"):
            kind, _, limits = element[1:-1].partition(":")
            if not parameters.known(kind):
                raise ValueError(rule.pattern)
            state.values.append((kind, limits, following))
        else:
            state.words[element.lower()] = following
        state = following
        index += 1
    return state, index


def _group(elements: list[str], index: int, state: _State, rule: Rule) -> tuple[_State, int]:
    opening = elements[index]
    end = _State()
    index += 1
    # A loop comes back to a state of its own, so that what stood before it is not repeated.
    entry = _State()
    state.silent.append(entry)
    while True:
        branch = _State()
        entry.silent.append(branch)
        last, index = _sequence(elements, index, branch, rule)
        last.silent.append(entry if opening == "(" else end)
        if index >= len(elements):
            raise ValueError(rule.pattern)
        closing = elements[index]
        index += 1
        if closing != "|":
            break
    if opening in ("[", "("):
        entry.silent.append(end)
    if opening == "(":
        if index >= len(elements) or elements[index] != "*":
            raise ValueError(rule.pattern)
        index += 1
    return end, index
