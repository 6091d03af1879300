"""Places whose companion stands on another line: a range's other end, an address's mask.

Each line is decided by itself. Here is checked that the two still say one thing; where they do not, a person looks. A
table marks such places by their kind: `range-first` and `range-last`, `mask-apart`, `interface-apart`, `prefix-apart`.
The bounds of a prefix list's rule may stand below it, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.place_rows import Place, Shape, Size
from configs.readdress_decide import Action, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.places import Line
    from configs.readdress_decide import Decider
    from configs.readdress_result import Decided
    from configs.tree import Tree

_REVIEW: Final = Outcome(Action.REVIEW, "apart")
_APART: Final = ("interface-apart", "prefix-apart")
KINDS: Final = frozenset({"range-first", "mask-apart", "prefix-list", *_APART})
# `start-ip` and `end-ip`, `low` and `high`, `sip` and `eip` say the same of a range but for its side.
_SIDE: Final = re.compile(r"start|end|first|last|low|high|\bfrom\b|\bto\b|\b[se](?=ip\b)")
_BOUND: Final = re.compile(r"\b(?:ge|le|(?:through|start|end)-length)\s+[1-9]\d*\s*$")
_LENGTH: Final = re.compile(r"\b(?:prefix-length|mask-length|length)\s+\"?(\d{1,3})\"?;?\s*$")
# How many lines further a companion may stand.
_FAR: Final = 12


def check(found: list[Decided], decider: Decider, tree: Tree) -> None:
    """Leave to a person what two lines would no longer say together; `found` are a text's lines in its order."""
    for index, decided in enumerate(found):
        for number, place in enumerate(decided.line.places):
            if place.kind not in KINDS:
                continue
            if place.kind == "range-first":
                _range(found, index, number, decider)
            elif place.kind == "prefix-list":
                _bounds(found, index, number, tree)
            elif place.kind == "mask-apart":
                _mask(found, index, number, decider)
            elif not _fits(place, decided.line, _length(tree, decided.line), Size.LENGTH, decider):
                _refuse(found, index, number)


def _refuse(found: list[Decided], index: int, number: int) -> None:
    decided = found[index]
    outcomes = (*decided.outcomes[:number], _REVIEW, *decided.outcomes[number + 1 :])
    changes = any(outcome.writings for outcome in outcomes)
    found[index] = decided._replace(outcomes=outcomes, new=decided.new if changes or decided.new is None else ())


def _near(found: list[Decided], index: int, step: int) -> Iterator[int]:
    """The lines of the same view that come next, the nearest first."""
    line = found[index].line
    other = index + step
    while 0 <= other < len(found) and abs(found[other].line.number - line.number) <= _FAR:
        if found[other].line.path == line.path:
            yield other
        other += step


def _side(line: Line, place: Place) -> str:
    return _SIDE.sub("", line.text[: place.start])


def _range(found: list[Decided], index: int, number: int, decider: Decider) -> None:
    """A range must go to one place as a whole, and each end to that place's end."""
    decided = found[index]
    first = decided.line.places[number]
    for other in _near(found, index, 1):
        for place_number, last in enumerate(found[other].line.places):
            if last.kind != "range-last" or _side(decided.line, first) != _side(found[other].line, last):
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
                _refuse(found, index, number)
                _refuse(found, other, place_number)
            return


def _mask(found: list[Decided], index: int, number: int, decider: Decider) -> None:
    """A mask must still be that of the subnet or prefix whose address stands beside it."""
    line = found[index].line
    mask = line.places[number]
    size = line.text[mask.start : mask.end]
    for other in (index, *_near(found, index, -1), *_near(found, index, 1)):
        for place_number, place in enumerate(found[other].line.places):
            if place.shape not in (Shape.HOST, Shape.RANGE):
                continue
            if not _fits(place, found[other].line, size, Size.MASK, decider):
                _refuse(found, index, number)
                if place.kind in _APART:
                    _refuse(found, other, place_number)
            return


def _bounds(found: list[Decided], index: int, number: int, tree: Tree) -> None:
    """A prefix that gets another length while its bounds stand below it."""
    line = found[index].line
    place = line.places[number]
    sized = any(writing.size for writing in found[index].outcomes[number].writings)
    if not sized or place.ge is not None or place.le is not None:
        return
    below = range(line.number + 1, min(line.number + 4, len(tree.lines) + 1))
    if any(_BOUND.search(tree.line_text(other)) for other in below):
        _refuse(found, index, number)


def _fits(place: Place, line: Line, size: str | None, form: Size, decider: Decider) -> bool:
    """Whether an address keeps the size that stands elsewhere."""
    if size is None:
        return True
    address = line.text[place.start : place.end]
    shape = Shape.PREFIX if place.kind == "prefix-apart" else Shape.INTERFACE
    span = (len(address) + 1, len(address) + 1 + len(size))
    outcome = decider.place(Place(place.kind, shape, 0, len(address), form, span, vrf=place.vrf), f"{address} {size}")
    if outcome.action is Action.REVIEW:
        return False
    return len(outcome.writings) < 2 and not any(writing.size for writing in outcome.writings)


def _length(tree: Tree, line: Line) -> str | None:
    """The length that a line close by gives to an address."""
    for number in (line.number + 1, line.number - 1, line.number + 2, line.number - 2):
        if 0 < number <= len(tree.lines):
            match = _LENGTH.search(tree.line_text(number))
            if match is not None:
                return match[1]
    return None
