"""From today's configurations to the re-addressed ones in stages (RFC 4192): the commands of each and what undoes them.

    add      the new addresses beside the old ones, everywhere: interfaces, routes, filters, protocols, servers
    verify   nothing is sent: the new addresses must answer
    prefer   the new ones first: primary addresses, next hops, and what a language holds only once
    drain    nothing is sent: nobody may use the old ones any more
    remove   the old ones go; what is left is the re-addressed configuration

A stage's text is today's with each command in the state that the stage wants (`configs.readdress.turns`). Commands are
what the dialect computes between two such texts; what undoes them is the same, computed backwards. Between two stages a
device may pass through several texts, in an order that never cuts the session that the commands come by:

    1. routes over both next hops: whichever of an interface's addresses is away for a moment, one of them holds
    2. the interfaces that nobody arrives on: their new address leaves its second place and becomes the primary one
    3. the same on the interface we arrive on, last; its primary address goes with the session, so what follows is sent
       after a login at the new one
    4. routes over the old next hops go, and single values change

Moves whose new space is still taken wait for a later pass: each pass is these five stages again. Circles go to their
temporary prefixes first.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from configs import change
from configs.places.rows import Shape, Size
from configs.readdress import text as texts
from configs.readdress.decide import Action
from configs.readdress.engine import Engine
from configs.readdress.turns import Hold, State, Turn, Turner
from inventory.errors import InputError, Problem
from inventory.text import Message
from ipplan.mapping import Mapping, Mode
from ipplan.mapping_collisions import Migration, migration
from ipplan.names import DEFAULT_VRF
from ipplan.networks import BITS, Block, Network, network_of

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Mapping as Rows

    from configs.places.rows import Place
    from configs.readdress.engine import Result, Source
    from configs.readdress_policy import Policy
    from configs.tree import Tree
    from inventory.model import Interface
    from ipplan.mapping import Entry
    from ipplan.mapping_collisions import Key
    from ipplan.plan import Plan


class Stage(StrEnum):
    """The stages, in their order."""

    ADD = "add"
    VERIFY = "verify"
    PREFER = "prefer"
    DRAIN = "drain"
    REMOVE = "remove"


_MASKED: Final = "***"


class Part(NamedTuple):
    """Commands that are sent in one session, at `arrive` (None: nobody said where the device is managed).

    `ends`: the last of them ends the session; what follows is sent after a login at the next part's address.
    """

    arrive: Interface | None
    commands: tuple[str, ...]
    ends: bool = False


class Single(NamedTuple):
    """A command that holds one address only, and changes when the new one is preferred. `why`: see `Turn`."""

    line: int
    old: str
    new: tuple[str, ...]
    why: str
    listed: bool


@dataclass(frozen=True, slots=True)
class DeviceStage:
    """What one stage is on one device. `check` are the new addresses that must answer, `gone` the old ones that go.

    `together` are the devices that share a subnet whose addresses change places here: between the two of them their
    routing protocols have no neighbour.
    """

    device: str
    platform: str
    parts: tuple[Part, ...] = ()
    undo: tuple[Part, ...] = ()
    singles: tuple[Single, ...] = ()
    check: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    text: bytes = field(default=b"", repr=False)  # the configuration behind this stage

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do and nothing to look at."""
        return not (self.parts or self.check or self.gone)


@dataclass(frozen=True, slots=True)
class StageSet:
    """One stage of one pass, the devices in the order in which they are done."""

    number: int
    pass_: int
    stage: Stage
    temporary: bool
    devices: tuple[DeviceStage, ...]
    wave: int | None = None

    @property
    def folder(self) -> str:
        """The folder's name."""
        wave = f"w{self.wave:03}-" if self.wave is not None else ""
        return f"{self.number:03}-{wave}{self.stage.value}"


@dataclass(slots=True)
class Staged:
    """All stages of a network, and the devices that none are made for."""

    stages: list[StageSet] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def make(
    sources: Sequence[Source],
    mapping: Mapping,
    policy: Policy,
    *,
    plan: Plan | None = None,
    management: Rows[str, Interface] | None = None,
    order: Rows[str, int] | None = None,
    waves: Rows[Key, int] | None = None,
) -> Staged:
    """The stages of one network's configurations.

    `management` says at which address each device is managed, by path; `order` in which order devices are done (for
    removal and for what undoes a stage it is turned round); without it the sources' order. `waves` are the numbers of
    the waves in which the prefixes of today move: each wave is a pass, and what others know of its prefixes changes
    with it. InputError if a new prefix lies on one that stays, or a circle has no temporary prefix (`plan` has the
    pools), or a prefix has no wave.
    """
    moving = migration(mapping, plan)
    if moving.blocked:
        raise InputError(list(moving.blocked))
    legs = list(_legs(mapping, moving, waves))
    found = Staged()
    devices: list[_Device] = []
    for source in sorted(sources, key=lambda source: (order or {}).get(source.path, 0)):
        try:
            devices.append(_Device(source, legs, mapping, policy, (management or {}).get(source.path)))
        except _RefusedError as error:
            found.problems.append(error.problem)
    rows: dict[str, dict[tuple[int, int, Stage], DeviceStage]] = {}
    for device in devices:
        try:
            rows[device.source.path] = {
                (number, pass_, stage): device.stage(number, pass_, stage)
                for number, leg in enumerate(legs)
                for pass_ in range(leg.passes)
                for stage in Stage
            }
        except _RefusedError as error:
            found.problems.append(error.problem)
    for leg_number, leg in enumerate(legs):
        for pass_ in range(leg.passes):
            for stage in Stage:
                made = [row for each in rows.values() if not (row := each[leg_number, pass_, stage]).empty]
                in_turn = _with_partners(made[::-1] if stage is Stage.REMOVE else made, stage)
                temporary = leg_number == 0 and len(legs) > 1
                wave = leg.waves[pass_] if leg.waves else None
                found.stages.append(StageSet(len(found.stages) + 1, pass_, stage, temporary, tuple(in_turn), wave))
    return found


def _with_partners(rows: Sequence[DeviceStage], stage: Stage) -> Iterator[DeviceStage]:
    """The rows with the names of those that share a subnet with them."""
    from ipaddress import ip_interface  # noqa: PLC0415 - only here

    if stage is not Stage.PREFER:
        yield from rows
        return
    by_network: dict[object, list[str]] = {}
    for row in rows:
        for text in row.check:
            by_network.setdefault(ip_interface(text).network, []).append(row.device)
    for row in rows:
        names = [name for text in row.check for name in by_network[ip_interface(text).network] if name != row.device]
        yield replace(row, together=tuple(dict.fromkeys(names)))


# ---- legs: straight, or first to the temporary prefixes


@dataclass(frozen=True)
class _Leg:
    """A mapping that is carried out in so many passes; `level` says in which one a prefix of today moves."""

    mapping: Mapping
    level: dict[Key, int]
    waves: tuple[int, ...] = ()  # the number of the wave that each pass is, where somebody has planned waves

    @property
    def passes(self) -> int:
        return max(self.level.values(), default=0) + 1

    @cached_property
    def _spaces(self) -> dict[tuple[str, int], list[tuple[int, int, int]]]:
        """The moving prefixes of each VRF and family as (first, last, pass), by their first."""
        found: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
        for (vrf, prefix), level in self.level.items():
            row = (int(prefix.network_address), int(prefix.broadcast_address), level)
            found.setdefault((vrf, int(prefix.version)), []).append(row)
        return {space: sorted(rows) for space, rows in found.items()}

    def levels(self, ranges: Iterable[tuple[str | None, int, int, int]]) -> tuple[int, int]:
        """The first and the last pass that concern these (VRF, version, first, last) of addresses."""
        if self.passes == 1:
            return 0, 0
        found: list[int] = []
        for vrf, version, first, last in ranges:
            for (other, family), rows in self._spaces.items():
                if family != version or vrf not in (None, other, *(() if self._scoped else (vrf,))):
                    continue
                index = bisect_right(rows, (last, 1 << 128, 0)) - 1
                # Prefixes lie beside each other, but for the few that hold others.
                while index >= 0 and (rows[index][1] >= first or rows[index][0] > first - self._longest):
                    if rows[index][1] >= first:
                        found.append(rows[index][2])
                    index -= 1
        return (min(found), max(found)) if found else (0, self.passes - 1)

    @cached_property
    def _scoped(self) -> bool:
        """Whether the mapping tells VRFs apart; one that knows the default VRF only holds for every VRF."""
        return any(entry.vrf != DEFAULT_VRF for entry in self.mapping)

    @cached_property
    def _longest(self) -> int:
        return max((prefix.num_addresses for _, prefix in self.level), default=1)


def _legs(mapping: Mapping, moving: Migration, waves: Rows[Key, int] | None) -> Iterator[_Leg]:
    temporary = {move.key: move.temporary for move in moving.order if move.temporary is not None}
    if temporary:
        first = Mapping(tuple(_to_temporary(entry, temporary) for entry in mapping))
        yield _leg(first, dict.fromkeys(temporary, 0), waves)
    level: dict[Key, int] = {}
    for move in moving.order:
        before = [level[need] for need in move.needs if need in level and need not in temporary]
        level[move.key] = max(before, default=-1) + 1
    if temporary:
        mapping = Mapping(tuple(_from_temporary(entry, temporary) for entry in mapping))
    yield _leg(mapping, {(key[0], temporary.get(key, key[1])): found for key, found in level.items()}, waves)


def _leg(mapping: Mapping, level: dict[Key, int], waves: Rows[Key, int] | None) -> _Leg:
    """A leg whose passes are the planned waves, if there are any: all moves must have one."""
    if waves is None:
        return _Leg(mapping, level)
    missing = [key for key in level if key not in waves]
    if missing:
        message = Message("{prefix} moves and is in no wave", prefix=missing[0][1])
        hint = Message("make the stages of the plan again: govnet plan stages --out FILE")
        raise InputError([Problem("no-wave", message, hint)])
    numbers = sorted({waves[key] for key in level})
    return _Leg(mapping, {key: numbers.index(waves[key]) for key in level}, tuple(numbers))


def _to_temporary(entry: Entry, temporary: Rows[Key, Network]) -> Entry:
    """The entry's way to its temporary prefix; others stay."""
    whole = entry.old_subnet or entry.old
    goal = temporary.get((entry.vrf, whole))
    if goal is None:
        return replace(entry, new=entry.old, new_vrf=entry.vrf, new_subnet=whole, mode=Mode.KEEP)
    return replace(entry, new=_shifted(entry.old, whole, goal), new_vrf=entry.vrf, new_subnet=goal, mode=Mode.SAME_SIZE)


def _from_temporary(entry: Entry, temporary: Rows[Key, Network]) -> Entry:
    whole = entry.old_subnet or entry.old
    start = temporary.get((entry.vrf, whole))
    return entry if start is None else replace(entry, old=_shifted(entry.old, whole, start), old_subnet=start)


def _shifted(part: Network, whole: Network, goal: Network) -> Network:
    """The same part of another prefix of the same length."""
    start = int(goal.network_address) + int(part.network_address) - int(whole.network_address)
    return network_of(Block(start, part.prefixlen), int(part.version))


# ---- devices


class _RefusedError(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class _Step(NamedTuple):
    """One text to go to. `turned` says which turns are in which state, by their number in the list of turns."""

    states: dict[int, State]
    ends: bool = False  # the interface that we arrive on has nothing but its new address
    rank: int = 0  # where in the stage it stands


class _Chapter(NamedTuple):
    """One leg on one device: its text before, its turns, and where it is managed."""

    tree: Tree
    turns: tuple[Turn, ...]
    last: bytes
    arrival: Turn | None


class _Device:
    """One device's way through all stages."""

    def __init__(
        self, source: Source, legs: Sequence[_Leg], whole: Mapping, policy: Policy, management: Interface | None
    ) -> None:
        from configs import dialects  # noqa: PLC0415 - start-up time: the dialects

        self.source = source
        self.dialect = dialects.dialect(source.platform)
        language = self.dialect.language
        if language is None:
            message = Message("changes are not computed for the platform “{platform}”", platform=source.platform)
            hint = Message("stage this device by hand: its re-addressed text is the goal")
            raise _RefusedError(Problem("no-stages", message, hint, source.path, 1))
        self.language = replace(language, owned=change.NEVER, whole=True)
        self.arrive = management
        self.chapters: list[_Chapter] = []
        self._text = source.tree.to_bytes()
        goal = Engine(whole, policy).run(source)
        self._refuse_reviews(goal)
        tree, places = source.tree, source
        for number, leg in enumerate(legs):
            result = goal if len(legs) == 1 else Engine(leg.mapping, policy).run(places)
            turns = tuple(self._turns(result, leg))
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
            raise _RefusedError(Problem("review", message, hint, self.source.path, left[0].line))

    def _turns(self, result: Result, leg: _Leg) -> Iterator[Turn]:
        turner = Turner(result.tree, self.language)
        for decided in result.decided:
            new = result.changed.get(decided.line.number)
            if new is None:
                continue
            turn = turner.turn(decided.line, decided.outcomes, new)
            if turn is None:
                message = Message("the name of a view changes, and no text holds both: {text}", text=decided.line.text)
                hint = Message("change it by hand before or after, and make the stages again")
                raise _RefusedError(Problem("view-renamed", message, hint, self.source.path, decided.line.number))
            turn.first, turn.last = leg.levels(_ranges(decided.line.text, decided.line.places))
            yield turn

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
        parts = self._parts(chapter, steps, before, after)
        undo = self._parts(chapter, steps[::-1], after, before)
        self.arrive = after
        singles = tuple(
            Single(turn.number, turn.old.strip(), tuple(text.strip() for text in turn.new), turn.why, turn.listed)
            for turn in mine
            if turn.hold is Hold.SINGLE and stage is Stage.PREFER and turn.last == pass_
        )
        return replace(row, parts=parts, undo=undo, singles=singles, text=self._at(chapter, steps[-1]))

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
        elif stage is Stage.REMOVE:
            yield _Step(states(lambda _: State.PREFERRED))
            yield _Step(states(lambda _: State.NEW))
        else:
            yield _Step(states(lambda _: State.ADDED))
            yield _Step(states(lambda _: State.HOPS))
            yield _Step(states(lambda turn: State.HOPS if here(turn) else State.BARE))
            yield _Step(states(lambda turn: State.HOPS if here(turn) else State.FIRST))
            yield _Step(states(lambda turn: State.HOPS if here(turn) else State.SWAPPED))
            yield _Step(states(lambda turn: State.BARE if here(turn) else State.SWAPPED))
            yield _Step(states(lambda turn: State.FIRST if here(turn) else State.SWAPPED), ends=bool(arrival))
            yield _Step(states(lambda _: State.SWAPPED))
            yield _Step(states(lambda _: State.DROPPED))
            yield _Step(states(lambda _: State.PREFERRED))

    def _parts(
        self, chapter: _Chapter, steps: Sequence[_Step], before: Interface | None, after: Interface | None
    ) -> tuple[Part, ...]:
        """The commands along these texts, forwards or backwards, from an arrival at `before` to one at `after`."""
        parts: list[Part] = []
        commands: list[str] = []
        arrive = before
        along = [self._at(chapter, step) for step in steps]
        moves = before is not None and after is not None and before.ip != after.ip
        for (one, text), (other, following) in pairwise(zip(steps, along, strict=True)):
            commands += self._between(text, following, arrive)
            # Forwards the session ends with the step to the new address alone, backwards with the step from it.
            if moves and (other.ends if one.rank < other.rank else one.ends):
                while commands and commands[-1] == self.language.leave:
                    commands.pop()  # nobody is there to say it any more
                parts.append(Part(arrive, tuple(commands), ends=True))
                commands, arrive = [], after
        if commands:
            parts.append(Part(arrive, tuple(commands)))
        masked = next((command for part in parts for command in part.commands if _MASKED in command), None)
        if masked is not None:
            message = Message("a secret is masked in this text, so no command can be made from it: {text}", text=masked)
            hint = Message("make the stages from the devices' own texts, not from an archive")
            raise _RefusedError(Problem("masked", message, hint, self.source.path))
        return tuple(parts)

    def _between(self, before: bytes, after: bytes, arrive: Interface | None) -> list[str]:
        """The commands from one text to the next; lists that go only as a whole are written anew."""
        if before == after:
            return []
        old, new = self.dialect.parse(before), self.dialect.parse(after)
        commands: list[str] = []
        touched = _touched_lists(old, new, self.language.lists)
        if touched:
            without = self.dialect.parse(_without(old, self.language.lists, touched))
            commands += self._one_for_each(change.compute(old, without, self.language, arrive).commands)
            old = without
        commands += change.compute(old, new, self.language, arrive).commands
        return commands

    def _one_for_each(self, commands: Iterable[str]) -> list[str]:
        """Of the commands that take back lines of lists the first for each list: the others go with it."""
        found: dict[str, str] = {}
        for command in commands:
            match = self.language.lists.match(self.language.negated(command))
            found.setdefault(match["list"] if match is not None else command, command)
        return list(found.values())

    def _at(self, chapter: _Chapter, step: _Step) -> bytes:
        """The text of a step."""
        states = [step.states[number] for number in range(len(chapter.turns))]
        if states and all(state is State.NEW for state in states):
            return chapter.last
        changed = {turn.number: turn.text(state) for turn, state in zip(chapter.turns, states, strict=True)}
        for turn, state in zip(chapter.turns, states, strict=True):
            if state is State.DROPPED and turn.listed and turn.end:
                changed |= dict.fromkeys(range(turn.number, turn.end + 1), ())
        return _written(chapter.tree, changed)


def _effective(turn: Turn, pass_: int, state: State) -> State:
    """The state that a line takes in a pass: lines of several passes stay between the first and the last."""
    if pass_ < turn.first:
        return State.OLD
    if pass_ > turn.last:
        return State.NEW
    if pass_ < turn.last:
        return State.OLD if pass_ == turn.first and state is State.OLD else State.ADDED
    return State.ADDED if state is State.OLD and turn.first < turn.last else state


def _ranges(text: str, places: Iterable[Place]) -> Iterator[tuple[str | None, int, int, int]]:
    """The addresses that a line's places are about, as (VRF, version, first, last)."""
    for place in places:
        read = texts.read(text[place.start : place.end])
        if read is None:
            continue
        first, version = read
        last = first
        if place.last is not None:
            end = texts.read(text[slice(*place.last)])
            last = end[0] if end is not None else first
        elif place.size is not None and place.shape is Shape.PREFIX:
            size = text[slice(*place.size)]
            wild = texts.read(size)
            if size.isdigit():
                last = first | ((1 << (BITS[version] - min(int(size), BITS[version]))) - 1)
            elif wild is not None:
                inverse = place.form in (Size.MASK, Size.MUST)
                last = first | (wild[0] ^ 0xFFFFFFFF if inverse else wild[0])
        yield place.vrf, version, first, last


def _written(tree: Tree, changed: Rows[int, Sequence[str]]) -> bytes:
    """A tree's text with some lines as others; the bytes of the rest stay."""
    pieces: list[bytes] = []
    for index, line in enumerate(tree.lines):
        news = changed.get(index + 1)
        if news is None:
            pieces.append(tree.originals.get(index) or line.encode(tree.encoding))
            continue
        end = line[len(line.rstrip("\r\n")) :] or "\n"
        pieces += [(new + end).encode(tree.encoding) for new in news]
    return b"".join(pieces)


def _touched_lists(old: Tree, new: Tree, lists: re.Pattern[str]) -> set[str]:
    """The lists whose lines differ, of those that the device takes back only as a whole."""
    before, after = _by_list(old, lists), _by_list(new, lists)
    return {name for name in before if before[name] != after.get(name, before[name])}


def _by_list(tree: Tree, lists: re.Pattern[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in tree.children:
        match = lists.match(node.text)
        if match is not None:
            found.setdefault(match["list"], []).append(node.text)
    return found


def _without(tree: Tree, lists: re.Pattern[str], names: set[str]) -> bytes:
    gone: dict[int, tuple[str, ...]] = {}
    for node in tree.children:
        match = lists.match(node.text)
        if match is not None and match["list"] in names:
            gone[node.line] = ()
    return _written(tree, gone)
