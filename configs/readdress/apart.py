"""Places whose companion stands on another line: a range's other end, an address's mask.

Each line is decided by itself. Here is checked that the two still say one thing; where they do not, a person looks. A
table marks such places by their kind: `range-first` and `range-last`, `mask-apart`, `interface-apart`, `prefix-apart`.
The bounds of a prefix list's rule may stand below it, too.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.places.roles import Shape, Size
from configs.places.rows import Place
from configs.readdress import text as texts
from configs.readdress.outcomes import Action, Outcome, Writing
from configs.readdress.result import KEPT_NAME, UNKNOWN, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from configs.places.lines import Line
    from configs.readdress.decide import Decider
    from configs.readdress.result import Decisions
    from configs.tree import Node, Tree

_REVIEW: Final = Outcome(Action.REVIEW, "apart")
_DIFFER: Final = Outcome(Action.REVIEW, "sizes-differ")
_APART: Final = ("interface-apart", "prefix-apart")
_NETS: Final = ("inside-net", "outside-net")
# What lies in the subnet that a mask beside it is of; ranges do, too.
_SURE: Final = ("interface-apart", "prefix-apart", "gateway", "range-first")
_MASKS: Final = ("mask", "mask-apart")
KINDS: Final = frozenset({"range-first", "mask-apart", "length-apart", "prefix-list", "named", *_NETS, *_APART})
# `start-ip` and `end-ip`, `low` and `high`, `sip` and `eip` say the same of a range but for its side.
_SIDE: Final = re.compile(r"start|end|first|last|low|high|\bfrom\b|\bto\b|\b[se](?=ip\b)")
# A command that says nothing but a bound; and whether it is the lower one.
_BOUND: Final = re.compile(r"(?:set\s+)?(?:(ge|start-length)|le|(?:through|end)-length)\s+([1-9]\d*);?\s*")
_LENGTH: Final = re.compile(r"\b(?:prefix-length|mask-length|length)\s+\"?(\d{1,3})\"?;?\s*$")
# How many lines further a companion may stand.
_FAR: Final = 12


def check(found: Decisions, decider: Decider, tree: Tree) -> None:
    """Leave to a person what two lines would no longer say together; `found` are a text's lines in its order."""
    family = _Family(tree)
    kinds = KINDS if family.has_bounds() else KINDS - {"prefix-list"}
    named: dict[str, tuple[Line, Place]] = {}
    for index, _ in found.of_kinds(kinds):
        decided = found[index]
        for number, place in enumerate(decided.line.places):
            kind = place.kind
            if kind in _CHECKS:
                _CHECKS[kind](found, index, number, decider)
            elif kind == "prefix-list":
                _bounds(found, index, number, (decider, family))
            elif kind == "named":
                named[_name(decided.line, place)] = decided.line, place
            elif kind in _APART and not _fits(
                place, decided.line, family.length(decided.line, place), Size.LENGTH, decider
            ):
                refuse(found, index, number)
    if named:
        for index in range(len(found)):
            _named_masks(found, index, named, decider)


def names(found: Decisions) -> None:
    """Quoted names with blanks mean the same all over a device: where no row speaks of one, it is that name, too."""
    unknown = [
        index
        for index, (_, _, fate) in enumerate(found.found)
        if fate[5] and any(outcome is UNKNOWN for _, outcome in fate.loose)
    ]
    if not unknown:
        return
    known = {
        decided.line.text[place.start : place.end]
        for decided in found
        for place in decided.line.places
        if place.shape is Shape.NAME and _quoted(decided.line.text[place.start : place.end])
    }
    for index in unknown if known else ():
        decided = found[index]
        text = decided.line.text
        spans = [(low - 1, high + 1) for low, high in words(text) if low and text[low - 1 : high + 1] in known]
        loose = tuple(
            ("name", KEPT_NAME) if any(low < token.start < high for low, high in spans) else one
            for token, one in zip(decided.line.loose, decided.loose, strict=True)
        )
        found[index] = decided._replace(loose=loose)


def _quoted(text: str) -> bool:
    return text[:1] in ('"', "'") and " " in text


def refuse(found: Decisions, index: int, number: int, outcome: Outcome = _REVIEW) -> None:
    """Leave a place to a person."""
    decided = found[index]
    outcomes = (*decided.outcomes[:number], outcome, *decided.outcomes[number + 1 :])
    changes = any(outcome.writings for outcome in outcomes)
    # What else changes in the line is written anew: its text was made with this place in it.
    found[index] = decided._replace(outcomes=outcomes, new=None if changes else ())


def _near(found: Decisions, index: int, step: int) -> Iterator[int]:
    """The lines of the same view that come next, the nearest first."""
    line = found[index].line
    other = index + step
    while 0 <= other < len(found) and abs(found[other].line.number - line.number) <= _FAR:
        if found[other].line.path == line.path:
            yield other
        other += step


def _side(line: Line, place: Place) -> str:
    return _SIDE.sub("", line.text[: place.start])


def _below(line: Line, other: Line) -> bool:
    """Whether a line stands in `to {` below another one."""
    return other.path[:-2] == line.path and other.path[-1:] == ("to",) and other.number <= line.number + 2


def _range(found: Decisions, index: int, number: int, decider: Decider) -> None:
    """A range must go to one place as a whole, and each end to that place's end."""
    decided = found[index]
    first = decided.line.places[number]
    next_one = [index + 1] if index + 1 < len(found) and _below(decided.line, found[index + 1].line) else []
    for other in (*next_one, *_near(found, index, 1)):
        for place_number, last in enumerate(found[other].line.places):
            if last.kind != "range-last":
                continue
            if not _below(decided.line, found[other].line) and _side(decided.line, first) != _side(
                found[other].line, last
            ):
                continue
            low = decided.line.text[first.start : first.end]
            high = found[other].line.text[last.start : last.end]
            whole = Place(
                "range", Shape.RANGE, 0, len(low), last=(len(low) + 1, len(low) + 1 + len(high)), vrf=first.vrf
            )
            wanted = decider.place(whole, f"{low} {high}")
            news = [(writing.address, writing.last) for writing in wanted.writings]
            mine = [decided.outcomes[number], found[other].outcomes[place_number]]
            own = tuple(outcome.writings[0].address if outcome.writings else None for outcome in mine)
            if wanted.action is Action.REVIEW or len(news) > 1 or own != (news[0] if news else (None, None)):
                refuse(found, index, number)
                refuse(found, other, place_number)
            return


def _mask(found: Decisions, index: int, number: int, decider: Decider) -> None:
    """A mask or length must be that of the subnet whose address stands beside it: it follows if it is clear whose."""
    line = found[index].line
    mask = line.places[number]
    size = line.text[mask.start : mask.end]
    form = Size.LENGTH if mask.kind == "length-apart" else Size.MASK
    beside = sorted(_companions(found, index))
    if form is Size.MASK:
        beside = [one for one in beside if _in_dots(found[one.line].line, one.place)]
    if not beside:
        return
    surely = [one for one in beside if one.sure and one.words == beside[0].words]
    wanted: set[str] = set()
    for other, place_number in [(one.line, one.place) for one in surely or beside[:1]]:
        place = found[other].line.places[place_number]
        shape = Shape.PREFIX if place.kind == "prefix-apart" else Shape.INTERFACE
        outcome = _whole(place, found[other].line, size, form, (decider, shape))
        own = found[other].outcomes[place_number].writings
        together = place.kind not in _APART or [one.address for one in own] == [one.address for one in outcome.writings]
        if outcome.action is Action.REVIEW or len(outcome.writings) > 1 or not together:
            wanted.add("")
        else:
            wanted.add(next((writing.size for writing in outcome.writings if writing.size), size))
    if wanted == {size}:
        return
    if surely and len(wanted) == 1 and "" not in wanted:
        _rewrite(found, index, number, wanted.pop())
        return
    refuse(found, index, number)
    for one in beside:
        if found[one.line].line.places[one.place].kind in _APART and one.words == beside[0].words:
            refuse(found, one.line, one.place)


class _Companion(NamedTuple):
    """An address beside a mask; the smallest is the likeliest. `sure`: it lies in the subnet that the mask is of."""

    words: int  # in which the two lines do not begin alike, negative
    unsure: bool
    far: int
    line: int
    place: int
    sure: bool


def _companions(found: Decisions, index: int) -> Iterator[_Companion]:
    """The addresses that stand beside a mask: on its line, else in its view or below it."""
    line = found[index].line
    own = [*_of_line(found, index, index)]
    if own:
        yield from own
        return
    for step in (-1, 1):
        other = index + step
        while 0 <= other < len(found) and abs(found[other].line.number - line.number) <= _FAR:
            if found[other].line.path[: len(line.path)] == line.path:
                yield from _of_line(found, index, other)
            other += step


def _of_line(found: Decisions, index: int, other: int) -> Iterator[_Companion]:
    line, beside = found[index].line, found[other].line
    alike = sum(1 for _ in takewhile(_same, zip(line.text.split(), beside.text.split(), strict=False)))
    for number, place in enumerate(beside.places):
        if place.shape in (Shape.HOST, Shape.RANGE):
            far = 2 * abs(beside.number - line.number) + (beside.number > line.number)
            sure = other == index or place.shape is Shape.RANGE or place.kind in _SURE
            yield _Companion(-alike, not sure, far, other, number, sure)


def _in_dots(line: Line, number: int) -> bool:
    """Whether an address may have a mask in dots: of the other family none has."""
    place = line.places[number]
    return ":" not in line.text[place.start : place.end]


def _same(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _rewrite(found: Decisions, index: int, number: int, text: str) -> None:
    """Write something else in the place of a mask."""
    decided = found[index]
    outcome = Outcome(Action.REWRITTEN, "mapped", (Writing(text),))
    outcomes = (*decided.outcomes[:number], outcome, *decided.outcomes[number + 1 :])
    found[index] = decided._replace(outcomes=outcomes, new=None)


def _pair(found: Decisions, index: int, number: int, decider: Decider) -> None:
    """Two networks that are translated into each other must stay equal in size."""
    decided = found[index]
    line = decided.line
    numbers = [other for other, place in enumerate(line.places) if place.kind in _NETS]
    size = next(
        ((place.form, line.text[slice(*place.size)]) for place in map(line.places.__getitem__, numbers) if place.size),
        None,
    )
    if number != numbers[0] or len(numbers) != 2 or size is None:
        return
    if len({_becomes(line, line.places[other], decided.outcomes[other], size, decider) for other in numbers}) > 1:
        for other in numbers:
            refuse(found, index, other, _DIFFER)


def _becomes(line: Line, place: Place, outcome: Outcome, size: tuple[Size, str], decider: Decider) -> str:
    """The size that one of two networks gets; "" if there is none."""
    if outcome.action is Action.REVIEW or len(outcome.writings) > 1:
        return ""
    if place.shape is Shape.RANGE:
        writing = outcome.writings[0] if outcome.writings else Writing()
        low, high = line.text[place.start : place.end], line.text[slice(*(place.last or (0, 0)))]
        same = _width(low, high) == _width(writing.address or low, writing.last or high)
        return size[1] if same else ""
    if place.size is not None:
        return next((writing.size for writing in outcome.writings if writing.size), line.text[slice(*place.size)])
    whole = _whole(place, line, size[1], size[0], (decider, Shape.PREFIX))
    if whole.action is Action.REVIEW or len(whole.writings) > 1:
        return ""
    if [writing.address for writing in whole.writings] != [writing.address for writing in outcome.writings]:
        return ""
    return next((writing.size for writing in whole.writings if writing.size), size[1])


def _width(low: str, high: str) -> int:
    first, last = texts.read(low), texts.read(high)
    return last[0] - first[0] if first is not None and last is not None else -1


def _name(line: Line, place: Place) -> str:
    """The name that stands behind an address."""
    return (line.text[place.end :].split() or [""])[0]


def _named_masks(found: Decisions, index: int, named: Mapping[str, tuple[Line, Place]], decider: Decider) -> None:
    """A mask whose address is written as a name must be that of the prefix that the name means: it follows it."""
    line = found[index].line
    loose = [number for number, one in enumerate(found[index].loose) if one[0] == "mask"]
    spans = [(place.start, place.end) for place in line.places if place.kind in _MASKS]
    spans += [(line.loose[number].start, line.loose[number].end) for number in loose]
    for start, end in spans:
        size = line.text[start:end]
        wanted = _named_size(line.text[:start], size, named, decider)
        if wanted == size:
            continue
        number = _as_place(found, index, start, end)
        if wanted:
            _rewrite(found, index, number, wanted)
        else:
            refuse(found, index, number)


def _named_size(before: str, size: str, named: Mapping[str, tuple[Line, Place]], decider: Decider) -> str:
    """The mask that a mask behind a name becomes; "" if that is not clear, itself if no such name stands there."""
    name = next((word for word in reversed(before.split()) if word not in ("netmask", "mask")), "")
    if name not in named:
        return size
    line, place = named[name]
    outcome = _whole(place, line, size, Size.MASK, (decider, Shape.PREFIX))
    if outcome.action is Action.REVIEW or len(outcome.writings) > 1:
        return ""
    own = decider.place(place, line.text)
    if [writing.address for writing in own.writings] != [writing.address for writing in outcome.writings]:
        return ""
    return next((writing.size for writing in outcome.writings if writing.size), size)


def _as_place(found: Decisions, index: int, start: int, end: int) -> int:
    """The number of the place that a mask is; a loose one becomes a place."""
    decided = found[index]
    line = decided.line
    for number, place in enumerate(line.places):
        if (place.start, place.end) == (start, end):
            return number
    kept = [number for number, token in enumerate(line.loose) if token.start != start]
    places = sorted((*line.places, Place("mask", Shape.FIXED, start, end)), key=lambda place: place.start)
    number = next(at for at, place in enumerate(places) if place.start == start)
    outcomes = (*decided.outcomes[:number], Outcome(Action.KEPT, "mask"), *decided.outcomes[number:])
    line = line._replace(places=tuple(places), loose=tuple(line.loose[at] for at in kept))
    found[index] = decided._replace(line=line, outcomes=outcomes, loose=tuple(decided.loose[at] for at in kept))
    return number


def _section(before: str) -> list[str]:
    """The words that a command begins with, quoted or not."""
    return before.replace('"', " ").split()


class _Family:
    """The commands that belong to one: those below it, and those that stand in one view with it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._views: dict[int, tuple[tuple[Node, ...], ...]] = {}
        self._known: dict[int, tuple[str, str]] = {}

    def has_bounds(self) -> bool:
        """Whether there is a command anywhere that says nothing but a bound: in most texts there is none."""
        return any(_BOUND.fullmatch(text) is not None for text in self._tree.outline.texts)

    def bounds(self, line: Line) -> tuple[str, str]:
        """The lower and the upper bound that a command's family says; "" for none."""
        found = [self._said(nodes) for nodes in self._of(line)]
        return next((low for low, _ in found if low), ""), next((high for _, high in found if high), "")

    def length(self, line: Line, place: Place) -> str | None:
        """The length that a command of the same section gives to an address."""
        below, *beside = self._of(line)
        for nodes in [below] if below else beside:
            found = [(abs(node.line - line.number), match[1]) for node in nodes if (match := _LENGTH.search(node.text))]
            return min(found)[1] if found else None
        # Outside all views the section is what the commands begin with.
        sections = (_section(line.text[: place.start])[:-1], _section(line.text[: place.end]))
        for step in (0, 1, -1, 2, -2):
            if 0 < line.number + step <= len(self._tree.lines):
                text = self._tree.line_text(line.number + step)
                match = _LENGTH.search(text)
                if match is not None and _section(text[: match.start()]) in sections:
                    return match[1]
        return None

    def _of(self, line: Line) -> tuple[tuple[Node, ...], ...]:
        """The commands below a line, and those beside it if it stands in a view."""
        if not self._views:
            stack = [(self._tree.children, True)]
            while stack:
                nodes, outside = stack.pop()
                for node in nodes:
                    self._views[node.line] = (node.children,) if outside else (node.children, nodes)
                    if node.children:
                        stack.append((node.children, False))
        return self._views.get(line.number, ((),))

    def _said(self, nodes: tuple[Node, ...]) -> tuple[str, str]:
        """The bounds that are commands of a view; a view with many rules is read once."""
        known = self._known.get(id(nodes))
        if known is None:
            hits = [match for node in nodes if (match := _BOUND.fullmatch(node.text)) is not None]
            low = next((match[2] for match in hits if match[1]), "")
            high = next((match[2] for match in hits if not match[1]), "")
            known = self._known[id(nodes)] = low, high
        return known


def _bounds(found: Decisions, index: int, number: int, means: tuple[Decider, _Family]) -> None:
    """A prefix whose bounds are commands of their own: whether they, or its own length, would change."""
    decider, family = means
    decided = found[index]
    place = decided.line.places[number]
    if decided.outcomes[number].action is Action.KEPT and decided.outcomes[number].reason != "still-covers":
        return
    if place.size is None or place.ge is not None or place.le is not None:
        return
    low, high = family.bounds(decided.line)
    if not low and not high:
        return
    address, size = decided.line.text[place.start : place.end], decided.line.text[slice(*place.size)]
    spans = []
    at = 0
    for text in (address, size, low, high):
        spans.append((at, at + len(text)))
        at += len(text) + 1
    whole = place._replace(
        start=0, end=len(address), size=spans[1], ge=spans[2] if low else None, le=spans[3] if high else None
    )
    outcome = decider.place(whole, f"{address} {size} {low} {high}")
    own = [(writing.address, writing.size) for writing in decided.outcomes[number].writings]
    same = [(writing.address, writing.size) for writing in outcome.writings] == own and len(own) < 2
    if outcome.action is Action.REVIEW or not same or any(writing.ge or writing.le for writing in outcome.writings):
        refuse(found, index, number)


def _whole(place: Place, line: Line, size: str, form: Size, means: tuple[Decider, Shape]) -> Outcome:
    """What becomes of an address together with a size that stands elsewhere."""
    decider, shape = means
    address = line.text[place.start : place.end]
    span = (len(address) + 1, len(address) + 1 + len(size))
    return decider.place(Place(place.kind, shape, 0, len(address), form, span, vrf=place.vrf), f"{address} {size}")


def _fits(place: Place, line: Line, size: str | None, form: Size, decider: Decider, shape: Shape | None = None) -> bool:
    """Whether an address keeps the size that stands elsewhere."""
    if size is None:
        return True
    shape = shape or (Shape.PREFIX if place.kind == "prefix-apart" else Shape.INTERFACE)
    outcome = _whole(place, line, size, form, (decider, shape))
    if outcome.action is Action.REVIEW:
        return False
    return len(outcome.writings) < 2 and not any(writing.size for writing in outcome.writings)


_CHECKS: Final = {
    "range-first": _range,
    "mask-apart": _mask,
    "length-apart": _mask,
    "inside-net": _pair,
    "outside-net": _pair,
}
