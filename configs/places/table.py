r"""Where addresses stand in a dialect's commands, as data: a table of rows in a small pattern language.

A row is the beginning of a command. Words stand for themselves, and:

    one|two            one of several words             *      any one word or part of one (quotes hold it together)
    [word {role}]      may be missing                   ...    any words, none included
    (a b | c {role})   one of several groups of words   {role} what stands here; also inside a word: {prefix}/{len}
    \[                 the character itself

A row need not reach the end of its command. What comes after the first `...` is looked for everywhere behind what
comes before it, as often as it is there. Every row that fits gives its places; where two speak of the same
characters, the row of the inner view speaks, then the one that is written first.

Roles, each with a kind (a stable English name; `{host:next-hop}`) or the one of `KINDS` by itself:

    {host} {hosts}              one address; one or more, blanks or commas between
    {interface}                 an interface's own address; the size of its subnet follows
    {prefix}                    a network; its size follows: {mask}, {len}, {size} (either), {wild} (wildcard mask, 0 =
                                must match; or `0`), {must} (wildcard mask, 1 = must match), {either} (a wildcard mask
                                if it begins with 0, else a mask), {netmask} (a mask where a host may stand: it begins
                                with 255 or 0). No size: one address
    {classful}                  a network whose size is that of its class
    {first} {last}              a range
    {ge} {le}                   bounds of a prefix's length, shifted with it
    {id}                        shaped like an address by custom (router id): by policy
    {title}                     an IS-IS network entity title: by policy
    {rd}                        an RD or RT of the form address:number: by policy
    {fixed}                     looks like an address and is none; its kind is the reason why it stays
    {name} {text}               the name of an object; free text up to the line's end: by policy
    {vrf}                       the VRF of the addresses behind it (of those before it, if none is behind)
    {seq}                       the number of a rule
    {host@:next-hop}            `@`: in the default VRF, whatever the row and the view say

Before the row: `+` the command may be repeated with other addresses, `?` the row's addresses may be of any VRF (an
ACL: who uses it decides), `=` the command gives the VRF of the view it stands in.

A line `[view]` says where the rows below it stand: the beginning of the view's command in the same language, outer
views before inner ones: `[bgp > ipv4-family vpn-instance {vrf}]`. The last one is the view that the command stands in.
Several such lines one after the other share their rows; `[]` is every view, `[.]` is outside all of them. A line that
begins with `#` is a comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from configs.places import shapes
from configs.places.rows import Row, compile_row, named_vrf
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from configs.places.groups import Groups
    from configs.places.rows import Place
    from configs.places.tokens import Token
    from configs.tree import Tree


_NUMBER = re.compile(r"\d+")
_DIGITS = str.maketrans("012345689", "777777777")
# What is remembered between configurations is forgotten beyond this.
MOST_KNOWN: Final = 100_000


@dataclass(frozen=True, slots=True)
class Section:
    """Rows and where they stand. `views` are the views' patterns, outer ones first; none is everywhere.

    `vrf_rows` are the commands that give the VRF of the view. `outside`: only outside all views.
    """

    views: tuple[Row, ...]
    rows: tuple[Row, ...]
    vrf_rows: tuple[Row, ...] = ()
    outside: bool = False
    _starting: dict[str, tuple[Row, ...]] = field(default_factory=dict, compare=False, repr=False)

    def starting(self, first: str) -> tuple[Row, ...]:
        """The rows of commands that may begin with a word."""
        found = self._starting.get(first)
        if found is None:
            rows = [row for row in self.rows if not row.words or not row.words[0] or first in row.words[0]]
            found = self._starting[first] = tuple(rows)
        return found


# Rows by their first word: those of a certain second word, and the others.
_Firsts = dict[str, tuple[dict[str, tuple[Row, ...]], tuple[Row, ...]]]


class _Told(NamedTuple):
    """What holds in a view: its sections, its VRF if its path says one, and the rows by which a command may say one.

    `views` are those that were made of it, by their VRF.
    """

    numbers: tuple[int, ...]
    vrf: str
    binding: tuple[Row, ...]
    views: dict[str, View]


# What a line means: its places, its loose tokens, and the view whose VRF holds.
Read: TypeAlias = "tuple[tuple[Place, ...], tuple[Token, ...], View]"


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What lines of one form mean; no form if what varies in them says too much. `view` is the one whose VRF holds."""

    form: shapes.Form | None
    view: View


class View:
    """A view of one configuration: the rows that hold in it, by their first two words, and its VRF."""

    __slots__ = ("_firsts", "_sections", "forms", "lines", "public", "vrf")

    def __init__(self, sections: Sequence[Section], firsts: _Firsts, vrf: str, public: frozenset[str]) -> None:
        self._sections = sections
        self._firsts = firsts  # filled as words are met; views that differ only in their VRF share it
        self.vrf = vrf
        self.public = public
        # What was found in a line before: configurations repeat themselves.
        self.lines: dict[str, Read] = {}
        # The same of lines in their general form (`configs.places.shapes`).
        self.forms: dict[str, Known] = {}

    def candidates(self, text: str) -> tuple[Row, ...]:
        """The rows that may fit a command."""
        words = text.split(None, 2)
        first = words[0] if words else ""
        found = self._firsts.get(first)
        if found is None:
            found = self._firsts[first] = self._starting(first)
        seconds, others = found
        return seconds.get(words[1], others) if len(words) > 1 else others

    def _starting(self, first: str) -> tuple[dict[str, tuple[Row, ...]], tuple[Row, ...]]:
        # A row that several of the fitting sections share stands once.
        rows = {id(row): row for section in self._sections for row in section.starting(first)}.values()
        literal = {word for row in rows if len(row.words) > 1 for word in row.words[1]}
        open_ = [row for row in rows if len(row.words) < 2 or not row.words[1]]
        seconds = {
            word: tuple(row for row in rows if len(row.words) < 2 or not row.words[1] or word in row.words[1])
            for word in literal
        }
        return seconds, tuple(open_)


@dataclass(frozen=True)
class Places:
    """A dialect's table, compiled.

    `public` are the words that name the default VRF. `flat`: the views' commands are written before the command, so
    that a language with braces is read by the same rows as its form of one line each. In a flat table, `skip` is left
    out where a command begins (`set`, `inactive:`), and `lead` matches what may stand before a row, with the VRF.
    `groups` says which objects may become groups of objects, if the language has such. `paired` finds the words of
    translations of one address for one whose sides stand in several commands. `nearest` are the kinds of prefixes of
    which, in one list, the longest decides whatever its order. `addresses` finds the lines of a text whose prefixes
    mean addresses by who names them, though their kind be that of routes.
    """

    sections: tuple[Section, ...]
    public: frozenset[str] = frozenset({DEFAULT_VRF})
    flat: bool = False
    lead: Row | None = None
    skip: re.Pattern[str] | None = None
    groups: Groups | None = None
    paired: re.Pattern[str] | None = None
    nearest: frozenset[str] = frozenset()
    addresses: Callable[[Tree], frozenset[int]] | None = None
    _views: dict[tuple[tuple[int, ...], str], View] = field(default_factory=dict, compare=False, repr=False)
    _known: dict[tuple[str, ...], _Told] = field(default_factory=dict, compare=False, repr=False)
    _indexes: dict[tuple[int, ...], tuple[tuple[Section, ...], _Firsts]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _outer: dict[tuple[tuple[str, ...], str, bool], tuple[tuple[int, str], ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def view(self, path: tuple[str, ...], commands: Sequence[str] = (), outer: str = DEFAULT_VRF) -> View:
        """The view below the commands `path` (outer ones first).

        Its VRF is what one of the `commands` in it says, else what `path` says, else `outer`: that of the view around.
        """
        known = self._known.get(path)
        if known is None:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            known = self._known[path] = self._told(path)
        _, said, binding, views = known
        vrf = (self._bound(binding, commands) if binding and commands else None) or said or outer
        found = views.get(vrf)
        if found is None:
            found = views[vrf] = self._of(known.numbers, vrf)
        return found

    def _of(self, numbers: tuple[int, ...], vrf: str) -> View:
        """The view in which these sections hold, in a VRF: one for all paths."""
        found = self._views.get((numbers, vrf))
        if found is None:
            index = self._indexes.get(numbers)
            if index is None:
                index = self._indexes[numbers] = (tuple(self.sections[number] for number in numbers), {})
            found = self._views[numbers, vrf] = View(*index, vrf, self.public)
        return found

    def compile(self) -> None:
        """Compile the expressions of all rows now; else each is when it is first needed."""
        for section in self.sections:
            for row in (*section.views, *section.rows, *section.vrf_rows):
                _ = row.head, row.clause

    def _told(self, path: tuple[str, ...]) -> _Told:
        """The sections that hold in a view, its VRF if its path says one, and the rows by which a command may say one.

        Views differ in a port's number and in nothing that a row could tell.
        """
        last = path[-1] if path else ""
        alike = last.translate(_DIGITS) if "." not in last and ":" not in last else last
        general = alike != last and self.numbers.isdisjoint(_NUMBER.findall(last))
        key = (*path[:-1], alike)
        if general and (found := self._known.get(key)) is not None and not found.vrf:
            return found
        numbers, vrf = self._fits(path)
        binding = tuple(row for number in numbers for row in self.sections[number].vrf_rows)
        found = _Told(numbers, vrf, binding, {})
        if general and not vrf:
            self._known[key] = found
        return found

    def bare(self, command: str) -> str:
        """A command without what is left out at its beginning."""
        match = self.skip.match(command) if self.skip is not None else None
        return command[match.end() :] if match is not None else command

    def led(self, text: str) -> tuple[View, str]:
        """The view and the rest of a flat command, behind what may stand before a row."""
        match = self.lead.head.match(text) if self.lead is not None else None
        if match is None:
            return self.view(()), text
        vrf = self._vrf(named_vrf(match) or DEFAULT_VRF)
        found = self._views.get(((), vrf))
        if found is None:
            found = self._views[(), vrf] = View(self.sections, {}, vrf, self.public)
        return found, text[match.end() :].lstrip()

    def _bound(self, rows: tuple[Row, ...], commands: Iterable[str]) -> str | None:
        for text in commands:
            for row in rows:
                match = row.head.match(text) if row.need in text else None
                if match is not None:
                    return self._vrf(named_vrf(match))
        return None

    def _vrf(self, name: str) -> str:
        return DEFAULT_VRF if name in self.public else name

    @cached_property
    def binding(self) -> re.Pattern[str]:
        """Finds a word without which no command gives the VRF of the view that it stands in."""
        words = {row.need for section in self.sections for row in section.vrf_rows}
        return re.compile("|".join(map(re.escape, sorted(words))) if words else "(?!)")

    @cached_property
    def general(self) -> shapes.General:
        """The general forms of what varies in its lines."""
        return shapes.General(self.numbers)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers that its rows tell from others."""
        rows = [row for section in self.sections for row in (*section.views, *section.rows, *section.vrf_rows)]
        texts = [row.text for row in rows] + [self.lead.text if self.lead is not None else ""]
        return shapes.numbers((*texts, *self.public, self.skip.pattern if self.skip is not None else ""))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of all its rows' places."""
        rows = [row for section in self.sections for row in section.rows]
        return frozenset(slot.kind for row in rows for slot in (*row.slots, *row.clause_slots))

    @cached_property
    def _by_word(self) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...]]:
        """The numbers of the sections that a view's first word selects, and of those that hold for any word."""
        words: dict[str, list[int]] = {}
        always: list[int] = []
        for number, section in enumerate(self.sections):
            literal = section.views[-1].words[:1] if section.views else ()
            if literal and literal[0]:
                for word in literal[0]:
                    words.setdefault(word, []).append(number)
            else:
                always.append(number)
        return {word: tuple(numbers) for word, numbers in words.items()}, tuple(always)

    def _fits(self, path: tuple[str, ...]) -> tuple[tuple[int, ...], str]:
        """The sections that hold in a view, the most special first, and the VRF that the commands around say, or ""."""
        found: list[tuple[int, int]] = []
        vrf = ""
        depth = 0
        for number, outer in self._possible(path):
            section = self.sections[number]
            if not section.views:
                found.append((-section.outside, number))
                continue
            match = section.views[-1].head.match(path[-1])
            if match is None:
                continue
            found.append((-len(section.views), number))
            if (hit := named_vrf(match) or outer) and len(section.views) >= depth:
                depth = len(section.views)
                vrf = self._vrf(hit)
        return tuple(number for _, number in sorted(found)), vrf

    def _possible(self, path: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
        """The sections whose outer views fit those of a view, each with the VRF that these give, if any.

        Many views stand in the same ones, so that this is kept.
        """
        first = path[-1].split(None, 1)[0] if path and path[-1] else ""
        key = (path[:-1], first, bool(path))
        found = self._outer.get(key)
        if found is None:
            words, always = self._by_word
            numbers = [number for number in always + words.get(first, ()) if self._may(self.sections[number], path)]
            hits = [(number, _outer(self.sections[number].views[:-1], path[:-1])) for number in numbers]
            found = self._outer[key] = tuple((number, hit) for number, hit in hits if hit is not None)
        return found

    @staticmethod
    def _may(section: Section, path: tuple[str, ...]) -> bool:
        return not path if section.outside else not section.views or bool(path)


def _outer(views: tuple[Row, ...], path: tuple[str, ...]) -> str | None:
    """The VRF that outer views name ("" for none) if they stand in `path` in this order; None if they do not."""
    vrf = ""
    at = len(path) - 1
    for row in reversed(views):
        while at >= 0:
            match = row.head.match(path[at])
            at -= 1
            if match is not None:
                vrf = vrf or named_vrf(match)
                break
        else:
            return None
    return vrf


def classify(view: View, text: str) -> tuple[Place, ...]:
    """What the table says of a command that stands in `view`, in the command's order, without overlaps."""
    found: list[Place] = []
    for row in view.candidates(text):
        for place in row.places(text, view.vrf, view.public):
            if found and _overlaps(place, found):
                continue
            found.append(place)
    if len(found) > 1:
        found.sort(key=_start)
    return tuple(found)


def _start(place: Place) -> int:
    return place.start


def _overlaps(place: Place, others: Iterable[Place]) -> bool:
    taken = [span for other in others for span in other.spans()]
    return any(start < stop and begin < end for start, end in place.spans() for begin, stop in taken)


def table(
    text: str,
    *,
    public: Iterable[str] = (),
    flat: bool = False,
    lead: str = "",
    skip: Iterable[str] = (),
    groups: Groups | None = None,
    paired: str = "",
    nearest: Iterable[str] = (),
    addresses: Callable[[Tree], frozenset[int]] | None = None,
) -> Places:
    """Compile a table. ValueError names the row that is wrong: a table is code.

    For a flat table: `skip` are words that are left out where a command begins, `lead` is a row (all of it optional)
    of what may stand before one.
    """
    sections: list[Section] = []
    heads: list[str] = []
    rows: list[str] = []
    for raw in (*text.splitlines(), "[]"):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if not _is_head(line):
            rows.append(line)
            continue
        if rows:
            common = _section(rows)
            sections += [_headed(head, common) for head in heads or [""]]
            heads, rows = [], []
        heads.append(line[1:-1].strip())
    return Places(
        tuple(sections),
        frozenset({DEFAULT_VRF, *public}),
        flat,
        compile_row(lead, whole=True) if lead else None,
        re.compile(rf"(?:(?:{'|'.join(map(re.escape, skip))})\s+)+") if skip else None,
        groups,
        re.compile(paired) if paired else None,
        frozenset(nearest),
        addresses,
    )


def _is_head(line: str) -> bool:
    """Whether a line is one pair of brackets: a row may begin with an optional word."""
    return line.startswith("[") and line.endswith("]") and "[" not in line[1:] and "]" not in line[:-1]


def _section(rows: Sequence[str]) -> Section:
    return Section(
        (),
        tuple(compile_row(row) for row in rows if not row.startswith("=")),
        tuple(compile_row(row, whole=True) for row in rows if row.startswith("=")),
    )


def _headed(head: str, section: Section) -> Section:
    """The section's rows in the views of a head."""
    views = tuple(compile_row(part, whole=True) for part in head.split(" > ")) if head not in ("", ".") else ()
    return replace(section, views=views, outside=head == ".")
