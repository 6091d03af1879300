"""One device's way through the stages: its texts, and the commands between them.

Between two stages a device may pass through several texts, in an order that never cuts the session that the commands
come by:

    1. routes over both next hops: whichever of an interface's addresses is away for a moment, one of them holds
    2. the interfaces that nobody arrives on, one by one: their new address leaves its second place and becomes the
       primary one, which overrides the old one (NetEngine 8000 command reference, “ip address”; IOS does the same), and
       the next command gives that again
    3. the same on the interface we arrive on, last; its primary address goes with the session, so what follows is sent
       after a login at the new one
    4. routes over the old next hops go, and single values change
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from ipaddress import IPv4Interface
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from configs import change, dialects
from configs.readdress.bridge_sides import Side, Speaker, speaker
from configs.readdress.engine import Engine
from configs.readdress.outcomes import Action
from configs.readdress.stages_legs import ranges
from configs.readdress.stages_model import DeviceStage, Part, Single, Stage
from configs.readdress.stages_texts import listed, passed_lists, touched_lists, without, written
from configs.readdress.turns import Hold, State, Turn, Turner
from inventory.errors import Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from configs.places.lines import Line
    from configs.readdress.engine import Result, Source
    from configs.readdress.stages_legs import Leg
    from configs.readdress_policy import Policy
    from configs.tree import Node, Tree
    from inventory.model import Interface
    from ipplan.mapping import Mapping

_SWAPS: Final = (State.HOPS, State.BARE, State.FIRST, State.SWAPPED)
_MASKED: Final = "***"


class RefusedError(Exception):
    """No stages can be made for a device; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class _Step(NamedTuple):
    """One text to go to. `turned` says which turns are in which state, by their number in the list of turns."""

    states: dict[int, State]
    bridged: bool = False  # with the routes that carry packets while a line's addresses change places
    swaps: bool = False  # between two such texts interfaces' addresses change places, which is done one by one
    ends: bool = False  # the interface that we arrive on has nothing but its new address
    rank: int = 0  # where in the stage it stands


class _Chapter(NamedTuple):
    """One leg on one device: its text before, its turns, and where it is managed."""

    tree: Tree
    turns: tuple[Turn, ...]
    last: bytes
    arrival: Turn | None


class DeviceWay:
    """One device's way through all stages."""

    def __init__(
        self, source: Source, legs: Sequence[Leg], whole: Mapping, policy: Policy, management: Interface | None
    ) -> None:
        self.source = source
        self.dialect = dialects.dialect(source.platform)
        language = self.dialect.language
        if language is None or not language.staged:
            message = Message("changes are not computed for the platform “{platform}”", platform=source.platform)
            hint = Message("stage this device by hand: its re-addressed text is the goal")
            raise RefusedError(Problem("no-stages", message, hint, source.path, 1))
        self.language = replace(language, owned=change.NEVER, whole=True)
        self.arrive = management
        self.chapters: list[_Chapter] = []
        # Commands of `configs.readdress.bridges` by leg and pass.
        self.bridges: dict[tuple[int, int], tuple[str, ...]] = {}
        self._text = source.tree.to_bytes()
        goal = Engine(whole, policy).run(source)
        self._refuse_reviews(goal)
        tree, places = source.tree, source
        for number, leg in enumerate(legs):
            result = goal if len(legs) == 1 else Engine(leg.mapping, policy).run(places)
            turns = tuple(self._turns(result, leg, management))
            last = goal.to_bytes() if number == len(legs) - 1 else result.to_bytes()
            arrival = next((turn for turn in turns if self._is_arrival(turn, management)), None)
            self.chapters.append(_Chapter(tree, turns, last, arrival))
            if arrival is not None:
                management = arrival.after
            tree = self.dialect.parse(last)
            places = source._replace(tree=tree)

    def _refuse_reviews(self, goal: Result) -> None:
        """A text in which addresses are left for a person is no goal that a device may be sent to."""
        left = [token for token in goal.tokens() if token.action is Action.REVIEW]
        if left:
            message = Message("{count} addresses are left for a person: {text}", count=len(left), text=left[0].text)
            hint = Message("settle them first; govnet config readdress lists them")
            raise RefusedError(Problem("review", message, hint, self.source.path, left[0].line))

    def _turns(self, result: Result, leg: Leg, management: Interface | None) -> Iterator[Turn]:
        turner = Turner(result.tree, self.language)
        passed = passed_lists(result.tree, self.language, management)
        for decided in result.decided:
            new = result.changed.get(decided.line.number)
            if new is None:
                continue
            turn = turner.turn(decided.line, decided.outcomes, new)
            if turn is None:
                message = Message("the name of a view changes, and no text holds both: {text}", text=decided.line.text)
                hint = Message("change it by hand before or after, and make the stages again")
                raise RefusedError(Problem("view-renamed", message, hint, self.source.path, decided.line.number))
            self._refuse_untried(decided.line, passed)
            turn.first, turn.last = leg.levels(ranges(decided.line.text, decided.line.places))
            yield turn

    def _refuse_untried(self, line: Line, passed: frozenset[str]) -> None:
        """No stage is guessed for a line of which nobody has tried how it changes, nor for one that cuts us off."""
        normal, path = self.language.normalise, line.path
        text = line.text.strip()
        heads = [normal(path[:depth], view) for depth, view in enumerate(path)]
        if not self.language.tried.match(" > ".join((*heads, normal(path, text)))):
            message = Message(
                "how this line changes has not been tried on the platform “{platform}”: {text}",
                platform=self.source.platform,
                text=text,
            )
        elif change.statement(self.language, path, text) and listed(self.language, path) in passed:
            message = Message(
                "our own session passes this list, and while a rule gets another's number neither is there: {text}",
                text=text,
            )
        else:
            return
        hint = Message("stage this device by hand: its re-addressed text is the goal")
        raise RefusedError(Problem("no-stages", message, hint, self.source.path, line.number))

    @staticmethod
    def _is_arrival(turn: Turn, management: Interface | None) -> bool:
        return management is not None and turn.before is not None and turn.before.ip == management.ip

    # ---- stages

    def stage(self, leg: int, pass_: int, stage: Stage) -> DeviceStage:
        """What a stage is on this device."""
        chapter = self.chapters[leg]
        mine = [turn for turn in chapter.turns if turn.first <= pass_ <= turn.last]
        interfaces = [turn for turn in mine if turn.before is not None and turn.after is not None]
        row = DeviceStage(self.source.path, self.source.platform)
        if not mine:
            return row
        if stage in (Stage.VERIFY, Stage.PREFER):
            row = replace(row, check=tuple(str(turn.after) for turn in interfaces if turn.why != "in-place"))
        if stage is Stage.DRAIN:
            row = replace(row, gone=tuple(str(turn.before) for turn in interfaces))
        if stage in (Stage.VERIFY, Stage.DRAIN):
            return row
        steps = list(self._steps(chapter, pass_, stage))
        arrival = chapter.arrival
        before = after = self.arrive
        if arrival is not None and stage is Stage.PREFER and arrival.last == pass_:
            after = arrival.after
        bridges = self.bridges.get((leg, pass_), ())
        along = [(step, self._at(chapter, step, bridges)) for step in steps]
        parts = self._parts(along, before, after)
        undo = self._parts(along[::-1], after, before)
        self.arrive = after
        singles = tuple(
            Single(turn.number, turn.old.strip(), tuple(text.strip() for text in turn.new), turn.why, turn.listed)
            for turn in mine
            if turn.hold is Hold.SINGLE and stage is Stage.PREFER and turn.last == pass_
        )
        text = along[-1][1]
        return replace(
            row, parts=parts, undo=undo, singles=singles, home=before, there=after, text=text,
            bridges=bridges if stage is Stage.ADD else (),
        )  # fmt: skip

    def _steps(self, chapter: _Chapter, pass_: int, stage: Stage) -> Iterator[_Step]:
        """The texts from the stage before to this one, both included."""
        for rank, step in enumerate(self._ways(chapter, pass_, stage)):
            yield step._replace(rank=rank)

    @staticmethod
    def _ways(chapter: _Chapter, pass_: int, stage: Stage) -> Iterator[_Step]:
        arrival = chapter.arrival.interface if chapter.arrival is not None else ""

        def here(turn: Turn) -> bool:
            return bool(arrival) and turn.interface == arrival

        def states(choose: Callable[[Turn], State]) -> dict[int, State]:
            return {number: _effective(turn, pass_, choose(turn)) for number, turn in enumerate(chapter.turns)}

        if stage is Stage.ADD:
            yield _Step(states(lambda _: State.OLD))
            yield _Step(states(lambda _: State.ADDED))
            yield _Step(states(lambda _: State.ADDED), bridged=True)
        elif stage is Stage.REMOVE:
            yield _Step(states(lambda _: State.PREFERRED), bridged=True)
            yield _Step(states(lambda _: State.PREFERRED))
            yield _Step(states(lambda _: State.NEW))
        else:
            for step in DeviceWay._swaps(states, here, ends=bool(arrival)):
                yield step._replace(bridged=True)

    @staticmethod
    def _swaps(
        states: Callable[[Callable[[Turn], State]], dict[int, State]], here: Callable[[Turn], bool], *, ends: bool
    ) -> Iterator[_Step]:
        """The texts of prefer."""
        yield _Step(states(lambda _: State.ADDED))
        for state in _SWAPS:
            yield _Step(states(_but(here, state)), swaps=True)
        yield _Step(states(lambda turn: State.BARE if here(turn) else State.SWAPPED))
        yield _Step(states(lambda turn: State.FIRST if here(turn) else State.SWAPPED), ends=ends)
        yield _Step(states(lambda _: State.SWAPPED))
        yield _Step(states(lambda _: State.DROPPED))
        yield _Step(states(lambda _: State.PREFERRED))

    def _parts(
        self, along: Sequence[tuple[_Step, bytes]], before: Interface | None, after: Interface | None
    ) -> tuple[Part, ...]:
        """The commands along these texts, forwards or backwards, from an arrival at `before` to one at `after`."""
        parts: list[Part] = []
        commands: list[str] = []
        swapping: list[list[str]] = []
        arrive = before
        moves = before is not None and after is not None and before.ip != after.ip
        for (one, text), (other, following) in pairwise(along):
            found = self._between(text, following, arrive)
            if one.swaps and other.swaps:
                swapping.append(found)
                if len(swapping) < len(_SWAPS) - 1:
                    continue
                found = self._one_by_one(swapping)
            commands += found
            # Forwards the session ends with the step to the new address alone, backwards with the step from it.
            if moves and (other.ends if one.rank < other.rank else one.ends):
                while commands and commands[-1] == self.language.leave:
                    commands.pop()  # nobody is there to say it any more
                parts.append(Part(arrive, tuple(commands), ends=True, text=following))
                commands, arrive = [], after
        if commands:
            parts.append(Part(arrive, tuple(commands), text=along[-1][1]))
        masked = next((command for part in parts for command in part.commands if _MASKED in command), None)
        if masked is not None:
            message = Message("a secret is masked in this text, so no command can be made from it: {text}", text=masked)
            hint = Message("make the stages from the devices' own texts, not from an archive")
            raise RefusedError(Problem("masked", message, hint, self.source.path))
        return tuple(parts)

    def _is_interface(self, node: Node) -> bool:
        return self.language.paths.interface.match(self.language.normalise((), node.text)) is not None

    def _between(self, before: bytes, after: bytes, arrive: Interface | None) -> list[str]:
        """The commands from one text to the next; lists that go only as a whole are written anew."""
        if before == after:
            return []
        old, new = self.dialect.parse(before), self.dialect.parse(after)
        commands: list[str] = []
        touched = touched_lists(old, new, self.language.lists)
        if touched:
            bare = self.dialect.parse(without(old, self.language.lists, touched))
            commands += self._one_for_each(change.compute(old, bare, self.language, arrive).commands)
            old = bare
        commands += change.compute(old, new, self.language, arrive).commands
        return commands

    def _one_by_one(self, found: Iterable[Sequence[str]]) -> list[str]:
        """Commands of several steps, interface by interface: each is without its old address for one command only."""
        by_view: dict[str, list[str]] = {}
        for commands in found:
            view = ""
            for command in commands:
                if not view:
                    view = command
                    by_view.setdefault(view, [])
                elif command == self.language.leave:
                    view = ""
                else:
                    by_view[view].append(command)
        return [command for view, said in by_view.items() for command in (view, *said, self.language.leave)]

    def _one_for_each(self, commands: Iterable[str]) -> list[str]:
        """Of the commands that take back lines of lists the first for each list: the others go with it."""
        found: dict[str, str] = {}
        for command in commands:
            match = self.language.lists.match(self.language.negated(command))
            found.setdefault(match["list"] if match is not None else command, command)
        return list(found.values())

    def sides(self, leg: int, pass_: int) -> Iterator[Side]:
        """The interfaces whose addresses change places in a pass, with both addresses there."""
        chapter = self.chapters[leg]

        @cache
        def read() -> Speaker | None:
            states = {number: _effective(turn, pass_, State.ADDED) for number, turn in enumerate(chapter.turns)}
            tree = self.dialect.parse(self._at(chapter, _Step(states)))
            return speaker(tree, self.language, dialects.forwarding(self.source.platform, tree, self.source.path))

        for turn in chapter.turns:
            if turn.last == pass_ and isinstance(turn.before, IPv4Interface) and turn.after is not None:
                beside = turn.hold is not Hold.SINGLE
                changes = turn.hold is not Hold.BESIDE
                yield Side(self.source.path, self.language, read, turn.before, turn.after, changes, beside)

    def _at(self, chapter: _Chapter, step: _Step, bridges: Sequence[str] = ()) -> bytes:
        """The text of a step."""
        states = [step.states[number] for number in range(len(chapter.turns))]
        if states and all(state is State.NEW for state in states):
            return chapter.last
        changed = {turn.number: turn.text(state) for turn, state in zip(chapter.turns, states, strict=True)}
        for turn, state in zip(chapter.turns, states, strict=True):
            if state is State.DROPPED and turn.listed and turn.end:
                changed |= dict.fromkeys(range(turn.number, turn.end + 1), ())
        if step.bridged and bridges:
            # Outside all views: before the first interface's.
            first = next(node.line for node in chapter.tree.children if self._is_interface(node))
            changed[first] = (*bridges, *changed.get(first, (chapter.tree.line_text(first),)))
        return written(chapter.tree, changed)


def _but(here: Callable[[Turn], bool], state: State) -> Callable[[Turn], State]:
    """A state for all turns but those on the interface that we arrive on, which wait with routes over both hops."""
    return lambda turn: State.HOPS if here(turn) else state


def _effective(turn: Turn, pass_: int, state: State) -> State:
    """The state that a line takes in a pass: lines of several passes stay between the first and the last."""
    if pass_ < turn.first:
        return State.OLD
    if pass_ > turn.last:
        return State.NEW
    if pass_ < turn.last:
        return State.OLD if pass_ == turn.first and state is State.OLD else State.ADDED
    return State.ADDED if state is State.OLD and turn.first < turn.last else state
