"""The rows of a table of places (`configs.places.table` has the language), compiled to regular expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.places.roles import DEFAULT_KINDS, EXPRESSIONS, KINDS, SHAPES, SIZES, Shape, Size
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_END = r"(?![^\s;,\"')\]}])"
# Before a name: a bracket, or the quote before a list of names that ends with a blank.
_OPENING: Final = r"(?:[(\[]|[\"'](?=[^\"']*\s[\"']))?"
# A role inside a pattern: {form}, {form:kind}, {form@:kind}.
_ROLE = re.compile(r"\{([a-z]+)(@?)(?::([a-z0-9-]+))?\}")
_PIECE = re.compile(r"\.\.\.(?=[\s\])])|[\[\]()]|(?:\\.|[^\s\[\]()\\])+")
_PART = re.compile(r"\{[^}]*\}|\*|\\.|[^{*\\]+")


class Place(NamedTuple):
    """One thing in a command that an address (or what looks like one) says.

    Offsets are columns from 0 in the text that was classified. `size` is the mask's, wildcard's or length's place,
    `last` that of a range's last address, `bounds` those of `ge` and `le`. `vrf` is None where it may be any.
    `repeats`: the command may be written several times with other addresses. `seq` is the rule number's place.
    """

    kind: str
    shape: Shape
    start: int
    end: int
    form: Size = Size.NONE
    size: tuple[int, int] | None = None
    last: tuple[int, int] | None = None
    ge: tuple[int, int] | None = None
    le: tuple[int, int] | None = None
    vrf: str | None = DEFAULT_VRF
    repeats: bool = False
    seq: tuple[int, int] | None = None

    def moved(self, by: int) -> Place:
        """The place `by` characters further right."""
        return self._replace(
            start=self.start + by,
            end=self.end + by,
            size=_moved(self.size, by),
            last=_moved(self.last, by),
            ge=_moved(self.ge, by),
            le=_moved(self.le, by),
            seq=_moved(self.seq, by),
        )

    def spans(self) -> Iterator[tuple[int, int]]:
        """Every stretch of characters that the place speaks of."""
        yield self.start, self.end
        for span in (self.size, self.last, self.ge, self.le):
            if span is not None:
                yield span


def _moved(span: tuple[int, int] | None, by: int) -> tuple[int, int] | None:
    return (span[0] + by, span[1] + by) if span is not None else None


class _Slot(NamedTuple):
    """A role of a compiled row: its kind and the numbers of its groups."""

    kind: str
    shape: Shape
    group: int
    default_vrf: bool
    form: Size
    size: int
    last: int
    ge: int
    le: int
    vrfs: tuple[int, ...]  # the nearest first; the one that is written speaks
    many: bool
    either: bool


@dataclass(frozen=True)
class Row:
    """A row as expressions: of what stands at the beginning, and of what is looked for behind it ("" for nothing)."""

    text: str
    words: tuple[frozenset[str], ...]  # what the first two words may be; empty for anything
    expression: str
    slots: tuple[_Slot, ...]
    clause_expression: str = ""
    clause_slots: tuple[_Slot, ...] = ()
    seq: int = 0
    repeats: bool = False
    any_vrf: bool = False
    # Words without which neither of the two can match: looked for first, because that is quick.
    need: str = ""
    clause_need: str = ""

    @cached_property
    def head(self) -> re.Pattern[str]:
        """Matches the beginning of a command. Compiled when it is first asked for: a text needs few of the rows."""
        return re.compile(self.expression)

    @cached_property
    def clause(self) -> re.Pattern[str] | None:
        """Is looked for behind the head."""
        return re.compile(self.clause_expression) if self.clause_expression else None

    def places(self, text: str, vrf: str, public: frozenset[str]) -> list[Place]:
        """What the row says of a command; nothing if it does not fit."""
        if self.need not in text:
            return []
        match = self.head.match(text)
        if match is None:
            return []
        found: list[Place] = []
        seq = _span(match, self.seq)
        inherited = None if self.any_vrf else vrf
        for slot in self.slots:
            found += self._found(match, slot, inherited, seq, public)
        if self.clause_need in text and self.clause is not None:
            for hit in self.clause.finditer(text, match.end()):
                for slot in self.clause_slots:
                    found += self._found(hit, slot, inherited, seq, public)
        if found and ('"' in text or "'" in text):
            names = [match.span() for match in _QUOTED.finditer(text) if not _ADDRESSES.fullmatch(match.group())]
            found = [place for place in found if place.shape in _BY_WORD or not _inside(place, text, names)]
        return found

    def _found(
        self, match: re.Match[str], slot: _Slot, vrf: str | None, seq: tuple[int, int] | None, public: frozenset[str]
    ) -> list[Place]:
        start, end = match.span(slot.group)
        if start < 0:
            return []
        if slot.default_vrf:
            vrf = DEFAULT_VRF
        else:
            named = next((name for group in slot.vrfs if (name := match.group(group)) is not None), None)
            if named is not None:
                named = named.strip("\"'")
                vrf = DEFAULT_VRF if named in public else named
        if slot.many:
            return [
                Place(slot.kind, slot.shape, one.start(), one.end(), vrf=vrf, repeats=self.repeats)
                for one in _WORD.finditer(match.string, start, end)
            ]
        size = _span(match, slot.size)
        form = slot.form
        if size is None:
            form = Size.CLASSFUL if form is Size.CLASSFUL else Size.NONE
        elif form is Size.MASK and match.string.find(".", *size) < 0:
            form = Size.LENGTH
        elif slot.either and not match.string.startswith("0", size[0]):
            form = Size.MASK
        return [
            Place(
                slot.kind,
                slot.shape,
                start,
                end,
                form,
                size,
                _span(match, slot.last),
                _span(match, slot.ge),
                _span(match, slot.le),
                vrf,
                self.repeats,
                seq,
            )
        ]


# What may hold a name with blanks in it: no address stands there by itself.
_QUOTED: Final = re.compile(r"(?<![^\s\[({=,])(?:\"[^\"\s]+\s[^\"]*[^\"\s]\"|'[^'\s]+\s[^']*[^'\s]')")
_ADDRESSES: Final = re.compile(r"[\"'\s0-9A-Fa-f.:/,;%-]*")
_BY_WORD: Final = (Shape.NAME, Shape.TEXT, Shape.FIXED)


def _inside(place: Place, text: str, names: Iterable[tuple[int, int]]) -> bool:
    """Whether a place is a word of a quoted name; what is joined to other characters (a URL's host) is not."""
    before = text[place.start - 1] if place.start else " "
    return (before.isspace() or before in "\"'") and any(start < place.start < end for start, end in names)


def _span(match: re.Match[str], group: int) -> tuple[int, int] | None:
    """Where a group stands; None if there is none, or it did not take part."""
    if not group:
        return None
    span = match.span(group)
    return span if span[0] >= 0 else None


def named_vrf(match: re.Match[str]) -> str:
    """The VRF that a matched command names, "" for none."""
    return (match.groupdict().get("vrf1") or "").strip("\"'")


_WORD = re.compile(r"[^\s,]+")


def compile_row(text: str, *, whole: bool = False) -> Row:
    """Compile one row. ValueError if it is not in the language. `whole`: `...` does not start a search (views)."""
    body = text.lstrip("+?=")
    signs = text[: len(text) - len(body)]
    head, dots, clause = (body, "", "") if whole else f" {body} ".partition(" ... ")
    anchored = _Compiler(head, text)
    searched = _Compiler(clause, text) if dots and clause.strip() else None
    return Row(
        text=text,
        words=_literals(head),
        expression=anchored.expression,
        slots=anchored.slots(),
        clause_expression=searched.expression if searched is not None else "",
        clause_slots=searched.slots() if searched is not None else (),
        seq=anchored.group_of("seq"),
        repeats="+" in signs,
        any_vrf="?" in signs,
        need=_needed(head),
        clause_need=_needed(clause),
    )


def _needed(body: str) -> str:
    """The longest word that must be there as it is written; "" if there is none."""
    depth = 0
    words = [""]
    for piece in _PIECE.findall(body):
        depth += (piece in "[(") - (piece in "])")
        if piece == "|" and not depth:
            return ""
        if not depth and re.fullmatch(r"[\w-]+", piece):
            words.append(piece)
    return max(words, key=len)


def _literals(body: str) -> tuple[frozenset[str], ...]:
    """What the first two words may be; the empty set stands for a word that is not literal."""
    words: list[frozenset[str]] = []
    for word in body.split()[:2]:
        if word[0] in "[(":
            break
        words.append(frozenset() if "*" in word or "{" in word or "\\" in word else frozenset(word.split("|")))
    return tuple(words)


class _Compiler:
    """One pattern as a regular expression, with what its groups are."""

    def __init__(self, body: str, row: str) -> None:
        self._row = row
        self._groups: list[tuple[str, str, bool]] = []  # form, kind, whether in the default VRF
        self._vrfs = 0
        self._pieces = _PIECE.findall(body)
        self._at = 0
        self._first = True  # whether nothing that must be there has come yet
        # Behind a word that another one must follow, its end needs no look.
        self.expression = self._alternatives("").replace(_END + r"\s+", r"\s+")
        if self._at < len(self._pieces):
            raise self._fault("brackets do not match")

    def _fault(self, what: str) -> ValueError:
        return ValueError(f"{what}: {self._row}")

    def _alternatives(self, closer: str) -> str:
        """Sequences of words with `|` between them, up to the bracket that closes them."""
        first = self._first
        options = []
        while True:
            self._first = first
            options.append(self._words(closer))
            piece = self._pieces[self._at] if self._at < len(self._pieces) else ""
            if piece != "|":
                break
            self._at += 1
        if piece != closer:
            raise self._fault("brackets do not match")
        self._at += bool(closer)
        return options[0] if len(options) == 1 else "(?:" + "|".join(options) + ")"

    def _words(self, closer: str) -> str:
        """Words one after the other, each with the blanks before it."""
        out = ""
        while self._at < len(self._pieces):
            piece = self._pieces[self._at]
            if piece in ("|", closer):
                break
            self._at += 1
            if piece == "...":
                out += r"(?:\s+\S+)*?"
            elif piece == "[":
                first = self._first
                out += f"(?:{self._alternatives(']')})?"
                self._first = first
            elif piece == "(":
                out += f"(?:{self._alternatives(')')})"
            else:
                out += (r"(?:^|\s+)" if self._first else r"\s+") + self._word(piece) + _END
                self._first = False
        return out

    def _word(self, word: str) -> str:
        if word == "*":
            return r"(?:\"[^\"]*\"|'[^']*'|\S+)"
        options = [self._option(option) for option in word.split("|")]
        return options[0] if len(options) == 1 else "(?:" + "|".join(options) + ")"

    def _option(self, word: str) -> str:
        parts = _PART.findall(word)
        if "".join(parts) != word:
            raise self._fault(f"not in the language: {word}")
        # A name's quotes are its own: they hold its blanks together.
        opening = _OPENING if parts[0].startswith(("{name", "{vrf")) else r"[\"'(\[]?"
        quote = opening if parts[0].startswith("{") else ""
        return quote + "".join(map(self._part, parts))

    def _part(self, part: str) -> str:
        if part == "*":
            return r"\S*?"
        if not part.startswith("{"):
            return re.escape(part.removeprefix("\\"))
        match = _ROLE.fullmatch(part)
        if match is None or match[1] not in EXPRESSIONS:
            raise self._fault(f"there is no role {part}")
        form, kind = match[1], match[3] or DEFAULT_KINDS.get(match[1], match[1])
        if form in SHAPES and kind not in KINDS:
            raise self._fault(f"there is no kind {kind}")
        self._groups.append((form, kind, bool(match[2])))
        if form == "vrf":
            self._vrfs += 1
            return f"(?P<vrf{self._vrfs}>{EXPRESSIONS[form]})"
        return f"({EXPRESSIONS[form]})"

    def group_of(self, form: str) -> int:
        """The number of the first group of a form, 0 if there is none."""
        return next((number for number, group in enumerate(self._groups, 1) if group[0] == form), 0)

    def slots(self) -> tuple[_Slot, ...]:
        """The roles that stand for something, each with its companions' groups."""
        starts = [number for number, group in enumerate(self._groups) if group[0] in SHAPES]
        stops = [*starts[1:], len(self._groups)]
        return tuple(self._slot(number, stop) for number, stop in zip(starts, stops[: len(starts)], strict=True))

    def _slot(self, number: int, stop: int) -> _Slot:
        form, kind, default_vrf = self._groups[number]
        near = {self._groups[other][0]: other + 1 for other in range(number + 1, stop)}
        size = next((name for name in SIZES if name in near), "")
        if (form == "first") != ("last" in near):
            raise self._fault("{first} and {last} belong together")
        if size and form not in ("interface", "prefix"):
            raise self._fault("only {interface} and {prefix} have a size")
        if form == "interface" and not size:
            raise self._fault("{interface} needs its size")
        vrfs = [other for other, group in enumerate(self._groups, 1) if group[0] == "vrf"]
        before = [other for other in vrfs if other <= number]
        after = [other for other in vrfs if other > number]
        return _Slot(
            kind,
            SHAPES[form],
            number + 1,
            default_vrf,
            SIZES[size] if size else Size.CLASSFUL if form == "classful" else Size.NONE,
            near.get(size, 0),
            near.get("last", 0),
            near.get("ge", 0),
            near.get("le", 0),
            tuple(reversed(before)) or tuple(after[:1]),
            form == "hosts",
            size == "either",
        )
