"""How one command goes over from its old address to its new one while both are in use (RFC 4192 calls it make before
break): beside each other, first the one and then the other, or at one moment where the language holds only one.
"""  # noqa: D205 - one sentence

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from ipaddress import ip_interface
from itertools import product
from typing import TYPE_CHECKING, Final

from configs.places.roles import Shape
from configs.readdress.rule_numbers import RuleNumbers
from configs.readdress.text import mask_length

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Interface, IPv6Interface

    from configs.change import Language, Slot
    from configs.places.lines import Line
    from configs.places.rows import Place
    from configs.readdress.outcomes import Outcome, Writing
    from configs.tree import Node, Tree


class State(IntEnum):
    """How far a command has gone."""

    OLD = 0
    ADDED = 1  # both, the old one speaks
    HOPS = 2  # routes over the old and the new next hop
    BARE = 3  # an interface's new address is taken away again, to come back as the primary one
    FIRST = 4  # the new primary address alone
    SWAPPED = 5  # the old one behind it
    DROPPED = 6  # a value that must be taken back before the next one is given
    PREFERRED = 7  # both, the new one speaks
    NEW = 8


class Hold(StrEnum):
    """How a command holds the old and the new address."""

    BESIDE = "beside"  # both at the same time
    PRIMARY = "primary"  # an interface's address: both, and they change places
    SINGLE = "single"  # one of them: it changes when the new one is preferred


@dataclass(slots=True)
class Turn:
    """A line that changes. `old` and `new` are its texts before and after, `first` and `last` the passes it is in.

    `why` says for a single one why it is: `one-value`, `in-place`, `no-number`, `names`. `listed`: no table of the
    dialect says how the command is replaced, so it is taken back and given anew, with the view it opens up to line
    `end`. `interface` is the header of the interface whose primary address it is, `before` and `after` that address.
    """

    number: int
    path: tuple[str, ...]
    old: str
    new: tuple[str, ...]
    hold: Hold
    why: str = ""
    listed: bool = False
    end: int = 0
    interface: str = ""
    before: IPv4Interface | IPv6Interface | None = None
    after: IPv4Interface | IPv6Interface | None = None
    first: int = 0
    last: int = 0
    _texts: dict[State, tuple[str, ...]] = field(default_factory=dict)

    def text(self, state: State) -> tuple[str, ...]:
        """The line's texts in a state."""
        if state is State.OLD:
            return (self.old,)
        if state is State.NEW:
            return self.new
        found = self._texts.get(state)
        if found is not None:
            return found
        if self.hold is Hold.SINGLE:
            return self._single(state)
        # What lies between two states that are kept is the earlier one.
        return self._texts[max(known for known in self._texts if known <= state)]

    def _single(self, state: State) -> tuple[str, ...]:
        """The texts of a line that holds one address."""
        if self.why == "in-place":
            return self.new if state >= State.FIRST else (self.old,)
        if state is State.DROPPED and self.listed:
            return ()
        return self.new if state is State.PREFERRED else (self.old,)


class Turner:
    """Makes the turns of one configuration's lines."""

    def __init__(self, tree: Tree, language: Language) -> None:
        self._language = language
        self._numbers = RuleNumbers(tree)
        self._views = {node.line: _end(node) for _, node in tree.walk() if node.children}

    def turn(self, line: Line, outcomes: Sequence[Outcome], new: tuple[str, ...]) -> Turn | None:
        """How a line goes over to `new`; None for a view of which no text holds both names or first the one."""
        turn = self._turn(line, outcomes, new)
        end = self._views.get(line.number)
        if end is not None and (turn.hold is not Hold.SINGLE or turn.listed):
            if turn.hold is not Hold.SINGLE or turn.before is not None:
                return None
            turn.end = end
        return turn

    def _turn(self, line: Line, outcomes: Sequence[Outcome], new: tuple[str, ...]) -> Turn:
        places, writings = [], []
        for place, outcome in zip(line.places, outcomes, strict=True):
            if outcome.writings and place.shape not in _TEXTS:
                places.append(place)
                writings.append(outcome.writings)
        listed = not self._has_slot(line)
        whole = Turn(line.number, line.path, line.text, new, Hold.SINGLE, "one-value", listed=listed)
        made = [_written(line.text, places, chosen) for chosen in product(*writings)] if places else []
        if len(made) != len(new) or any(
            one != other and not any(place.seq for place in places) for one, other in zip(made, new, strict=True)
        ):
            whole.why = "names"
            return whole
        own = [place for place in places if place.shape is Shape.INTERFACE]
        if own:
            return self._interface(line, whole, own[0])
        if len(new) == 1 and self._behind_views(line, self._language.within):
            return _within_turn(line, whole, places, writings)
        if not (all(place.repeats for place in places) or self._behind_views(line, self._language.beside)):
            return whole
        return self._beside_turn(line, whole, places, writings)

    def _behind_views(self, line: Line, pattern: re.Pattern[str]) -> bool:
        path = line.path
        normal = self._language.normalise(path, line.text.strip())
        return pattern.match(" > ".join((*path, normal))) is not None

    def _has_slot(self, line: Line) -> bool:
        return _slot(self._language, line.path, line.text.strip()) is not None

    def _interface(self, line: Line, whole: Turn, place: Place) -> Turn:
        """An interface's address: a second one beside the primary, where they can be there together."""
        second = self._language.second
        whole.before, whole.after = _address(line.text, place), _address(whole.new[0], place)
        if whole.before is None or whole.after is None or len(whole.new) > 1:
            return whole
        whole.interface = line.path[-1] if line.path else ""
        if whole.before.network.overlaps(whole.after.network):
            whole.why = "in-place"
            whole.listed = False
            return whole
        new = whole.new[0]
        if whole.before.version == 6 or second == "" or (second and line.text.rstrip().endswith(f" {second}")):
            whole.hold = Hold.BESIDE
            whole.interface = ""
            whole._texts = {State.ADDED: (line.text, new)}  # noqa: SLF001 - it is made here
            return whole
        if second is None:
            return whole
        old = line.text.rstrip()
        whole.hold = Hold.PRIMARY
        whole._texts = {  # noqa: SLF001 - as above
            State.ADDED: (old, f"{new.rstrip()} {second}"),
            State.BARE: (old,),
            State.FIRST: (new,),
            State.SWAPPED: (new, f"{old} {second}"),
        }
        return whole

    def _beside_turn(
        self, line: Line, whole: Turn, places: Sequence[Place], writings: Sequence[tuple[Writing, ...]]
    ) -> Turn:
        """Old and new lines together; a route's next hop changes when the new one is preferred, first to both."""
        hops = [place.kind == "next-hop" for place in places]
        both: list[tuple[Writing | None, ...]] = [(None, *found) for found in writings]
        olds: list[tuple[Writing | None, ...]] = [(None,) for _ in writings]
        states = {
            State.ADDED: [old if hop else two for hop, old, two in zip(hops, olds, both, strict=True)],
            State.HOPS: both,
            State.PREFERRED: [new if hop else two for hop, new, two in zip(hops, writings, both, strict=True)],
        }
        texts = {
            state: tuple(dict.fromkeys(_written(line.text, places, chosen) for chosen in product(*choices)))
            for state, choices in states.items()
        }
        seq = next((place.seq for place in places if place.seq is not None), None)
        if seq is not None:
            wanted = list(dict.fromkeys(text for found in texts.values() for text in found if text != line.text))
            steps = self._numbers.behind(line, seq, whole.new, len(wanted))
            if steps is None:
                whole.why = "no-number"
                return whole
            numbered = {line.text: line.text}
            for text, step in zip(wanted, steps, strict=True):
                numbered[text] = f"{text[: seq[0]]}{step}{text[seq[1] :]}"
            texts = {state: tuple(numbered[text] for text in found) for state, found in texts.items()}
        whole.hold, whole.listed, whole._texts = Hold.BESIDE, False, texts  # noqa: SLF001 - it is made here
        return whole


def _within_turn(line: Line, whole: Turn, places: Sequence[Place], writings: Sequence[tuple[Writing, ...]]) -> Turn:
    """Old and new addresses together in one line, each new one behind its old one."""
    text = line.text
    for place, (writing, *_) in sorted(zip(places, writings, strict=True), key=lambda row: -row[0].start):
        end = max(span[1] for span in ((place.start, place.end), place.size, place.last) if span is not None)
        alone = _written(line.text, (place,), (writing,))
        new = alone[place.start : end + len(alone) - len(line.text)]
        text = f"{text[:end]}, {new}{text[end:]}"
    whole.hold, whole.listed = Hold.BESIDE, False
    whole._texts = {State.ADDED: (text,)}  # noqa: SLF001 - it is made here
    return whole


_TEXTS: Final = (Shape.TEXT, Shape.NAME)


def _written(text: str, places: Sequence[Place], chosen: Sequence[Writing | None]) -> str:
    """A line with these texts in its places; None leaves a place as it is."""
    edits: list[tuple[int, int, str]] = []
    for place, writing in zip(places, chosen, strict=True):
        if writing is None:
            continue
        spans = ((place.start, place.end), place.size, place.last, place.ge, place.le)
        edits += [
            (*span, new) for span, new in zip(spans, writing, strict=True) if span is not None and new is not None
        ]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _address(text: str, place: Place) -> IPv4Interface | IPv6Interface | None:
    """The interface address of a line in which it begins where `place` does."""
    match = re.match(r"([0-9A-Fa-f.:]+)[/\s]+([\d.]+)", text[place.start :])
    if match is None:
        return None
    length = mask_length(match[2]) if "." in match[2] else match[2]
    try:
        return ip_interface(f"{match[1]}/{length}")
    except ValueError:
        return None


def _end(node: Node) -> int:
    """The last line of a view."""
    return max(below.last for _, below in node.walk())


def _slot(language: Language, path: tuple[str, ...], text: str) -> Slot | None:
    """The row of the dialect's table that says how a command is replaced."""
    header = language.normalise(path[:-1], path[-1]) if path else ""
    normal = language.normalise(path, text)
    return next((slot for slot in language.slots if slot.view.match(header) and slot.line.match(normal)), None)
