"""How a dialect reads facts from a tree: commands found by their words, and a sheet on which facts are put down.

Nothing here knows a vendor. A dialect says how a command is taken back (`no`, `undo`) and which lines open a view;
`Reading` finds commands whatever their indentation, tabs or repeated blanks, also in texts that were typed flat.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cache, cached_property, lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from configs.model import Basis, Ending, Fact, Facts, NotUnderstood

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from configs.shorthand import Shorthand
    from configs.tree import Comment, Tree


class Command(NamedTuple):
    """A line as words. `words` are without the negating word, `folded` the same in lower case.

    `inside` are the commands of the view it opens, in the file's order.
    """

    line: int
    words: tuple[str, ...]
    folded: tuple[str, ...]
    negated: bool
    inside: tuple[Command, ...] = ()
    body: tuple[str, ...] = ()

    def starts(self, *words: str) -> bool:
        """Whether the command begins with these (lower-case) words."""
        return self.folded[: len(words)] == words

    def after(self, *words: str) -> tuple[str, ...]:
        """The words that follow the first occurrence of the sequence `words`; () if it does not occur."""
        size = len(words)
        for index in range(len(self.folded) - size + 1):
            if self.folded[index : index + size] == words:
                return self.words[index + size :]
        return ()

    def has(self, word: str) -> bool:
        """Whether `word` (lower-case) is one of the command's words."""
        return word in self.folded

    def find(self, *words: str) -> tuple[Command, ...]:
        """The commands directly inside this view that begin with these words, negated ones included."""
        size = len(words)
        return tuple(one for one in self.inside if one.folded[:size] == words)

    def everything(self) -> Iterator[Command]:
        """The commands inside this view, at any depth, in the file's order."""
        for command in self.inside:
            yield command
            yield from command.everything()


_LINE = attrgetter("line")
# So many lines are remembered with their words: the devices of a city repeat each other's.
_MOST_KNOWN = 1 << 16
_FEW = 8  # commands with the same first word that are looked through
_Said = tuple[tuple[str, ...], tuple[str, ...], bool]


@cache
def _sayer(negation: str) -> Callable[[str], _Said]:
    """What tells the words of a line, the same in lower case, and whether they are taken back."""

    @lru_cache(maxsize=_MOST_KNOWN)
    def said(text: str) -> _Said:
        words = folded = tuple(text.split())
        lower = text.lower()
        if lower != text:
            folded = tuple(lower.split())
        if folded[0] == negation and len(words) > 1:
            return words[1:], folded[1:], True
        return words, folded, False

    return said


class Inside:
    """What stands directly inside the views of one kind, by its words: asked once for all views, not for each."""

    def __init__(self, views: Sequence[Command]) -> None:
        self._index: dict[str, list[tuple[Command, Command]]] = {}
        for view in views:
            for command in view.inside:
                self._index.setdefault(command.folded[0], []).append((view, command))

    @property
    def words(self) -> AbstractSet[str]:
        """The first words of what stands inside."""
        return self._index.keys()

    def find(self, *words: str) -> Sequence[tuple[Command, Command]]:
        """Every command that begins with these (lower-case) words, behind its view; negated ones included."""
        found = self._index.get(words[0], ())
        size = len(words)
        return found if size == 1 else [row for row in found if row[1].folded[:size] == words]

    def on(self, *words: str) -> Sequence[tuple[Command, Command]]:
        """As `find`, without the negated ones."""
        return [row for row in self.find(*words) if not row[1].negated]

    def standing(self, *words: str) -> Sequence[tuple[Command, Command]]:
        """As `on`, without what a later command of the same view takes back."""
        kept: list[tuple[Command, Command]] = []
        for view, command in self.find(*words):
            if command.negated:
                size = len(command.folded)
                kept = [row for row in kept if row[0] is not view or row[1].folded[:size] != command.folded]
            else:
                kept.append((view, command))
        return kept

    def having(self, *words: str) -> set[int]:
        """The lines of the views in which exactly these words stand as a command, not negated."""
        return {view.line for view, one in self.find(*words) if not one.negated and len(one.folded) == len(words)}


class Reading:
    """A configuration as commands, indexed by their first word.

    `negation` is the word that takes a command back. `opens` says of the folded words of a command whether it opens a
    view: only used for texts without any indentation, where a view holds what follows until the next separator or
    the next opener. `shorthand` spells out what somebody typed, in texts that begin a command with a short form.
    """

    def __init__(
        self,
        tree: Tree,
        negation: str,
        opens: Callable[[tuple[str, ...]], bool],
        shorthand: Shorthand | None = None,
    ) -> None:
        self.encoding = tree.encoding
        self._tree = tree
        self._negation = negation
        self._spelled = False
        commands, self.all = self._commands(tree)
        self._index = _indexed(self.all)
        if shorthand is not None and any(map(shorthand.short, self._index)):
            self._spelled = True
            commands = self._put([_spelled(command, shorthand) for command in commands])
        if self._tangled(commands):
            commands = self._put(_mended(commands, opens))
        if commands and len(commands) == len(self.all):
            commands = self._put(_grouped(commands, tree.comments, opens))
        self.top = tuple(commands)
        self._inside: dict[str, Inside] = {}
        self._seconds: dict[str, dict[str, list[Command]]] = {}
        # `no snmp-server`: everything that begins with the word and stands above it is gone.
        self._cleared = {one.folded[0]: one.line for one in self.top if one.negated and len(one.folded) == 1}

    def _put(self, commands: list[Command]) -> list[Command]:
        """These commands in the place of those that were there."""
        self.all = tuple(one for command in commands for one in (command, *command.everything()))
        self._index = _indexed(self.all)
        return commands

    def _tangled(self, commands: Sequence[Command]) -> bool:
        """Whether a view stands in one of its own kind or in something negated: what `_mended` puts right."""
        views = [command for command in commands if command.inside]
        tops = Counter([command.folded[0] for command in commands])
        deeper = {first for first in {view.folded[0] for view in views} if len(self._index[first]) > tops[first]}
        return any(
            view.negated or (view.folded[0] in deeper and any(view.folded[0] == one.folded[0] for one in view.inside))
            for view in views
        )

    @property
    def by_word(self) -> Mapping[str, Sequence[Command]]:
        """All commands by their first word, in lower case."""
        return self._index

    def _commands(self, tree: Tree) -> tuple[list[Command], tuple[Command, ...]]:
        """The commands outside all views, and all of them, in the file's order."""
        parents, texts, bodies = tree.outline
        below: dict[int, list[Command]] = {}
        everything: list[Command] = []
        said, make = _sayer(self._negation), tuple.__new__
        for number in range(len(parents), 0, -1):
            parent = parents[number - 1]
            if parent < 0:
                continue
            words, folded, negated = said(texts[number - 1])
            held = tuple(below.pop(number)[::-1]) if number in below else ()
            count = bodies.get(number, 0) if bodies else 0
            body = tuple(line.rstrip("\r\n") for line in tree.lines[number : number + count]) if count else ()
            # A command a line: made in the shortest way.
            command = make(Command, (number, words, folded, negated, held, body))
            if parent in below:
                below[parent].append(command)
            else:
                below[parent] = [command]
            everything.append(command)
        return below.get(0, [])[::-1], tuple(reversed(everything))

    def find(self, *words: str) -> tuple[Command, ...]:
        """Every command that begins with these (lower-case) words, wherever it stands, negated ones included."""
        found: Sequence[Command] = self._index.get(words[0], ())
        size = len(words)
        if size > 1 and len(found) > _FEW:
            found = self._behind(words[0]).get(words[1], ())
        return tuple(found) if size == 1 else tuple([one for one in found if one.folded[:size] == words])

    def _behind(self, first: str) -> dict[str, list[Command]]:
        """The commands with a first word by their second one: many begin with the same (`ip`)."""
        known = self._seconds.get(first)
        if known is None:
            known = self._seconds[first] = {}
            for command in self._index[first]:
                if len(command.folded) > 1:
                    known.setdefault(command.folded[1], []).append(command)
        return known

    def inside(self, word: str) -> Inside:
        """What stands inside the views that begin with a (lower-case) word."""
        found = self._inside.get(word)
        if found is None:
            found = self._inside[word] = Inside(self._index.get(word, ()))
        return found

    def says(self, *parts: str) -> bool:
        """Whether one of these (lower-case) texts may stand somewhere: False if none does."""
        return self._spelled or any(part in self._lower for part in parts)

    @cached_property
    def _lower(self) -> str:
        return self._tree.text.lower()

    @cached_property
    def _ends(self) -> list[int]:
        """Where each line ends in the text."""
        return list(accumulate(map(len, self._tree.lines)))

    def holding(self, *parts: str) -> Iterator[Command]:
        """The commands in whose line one of these (lower-case) texts stands, in the file's order; few of many lines."""
        text, ends = self._lower, self._ends
        if self._spelled or (ends and ends[-1] != len(text)):  # a character that is two in lower case
            yield from self.all
            return
        found = set()
        for part in parts:
            at = text.find(part)
            while at >= 0:
                number = bisect_right(ends, at)
                found.add(number + 1)
                at = text.find(part, ends[number])
        for number in sorted(found):
            place = bisect_left(self.all, number, key=_LINE)
            if place < len(self.all) and self.all[place].line == number:
                yield self.all[place]

    def on(self, *words: str) -> tuple[Command, ...]:
        """As `find`, without the negated ones and without those that a later negation of the same words takes back."""
        standing: list[Command] = []
        for command in self.find(*words):
            if not command.negated:
                standing.append(command)
            else:
                standing = [earlier for earlier in standing if earlier.folded[: len(command.folded)] != command.folded]
        cleared = self._cleared.get(words[0], 0)
        return tuple(one for one in standing if one.line > cleared) if cleared else tuple(standing)

    def views(self, *words: str) -> tuple[Command, ...]:
        """The views that begin with these words; one that is entered again goes on where it stood."""
        merged: dict[tuple[str, ...], Command] = {}
        for one in self.find(*words):
            if not one.negated:
                first = merged.get(one.folded)
                merged[one.folded] = one if first is None else first._replace(inside=(*first.inside, *one.inside))
        return tuple(merged.values())

    def switch(self, *words: str) -> Command | None:
        """The last command that is exactly these words, negated or not: the one that is in force."""
        found = [command for command in self.find(*words) if command.folded == words]
        return found[-1] if found else None


def _indexed(commands: Iterable[Command]) -> dict[str, list[Command]]:
    """Commands by their first word."""
    index: dict[str, list[Command]] = {}
    for command in commands:
        first = command.folded[0]
        if first in index:
            index[first].append(command)
        else:
            index[first] = [command]
    return index


def _mended(commands: Sequence[Command], opens: Callable[[tuple[str, ...]], bool]) -> list[Command]:
    """The commands with views put right that lie in each other because a blank is missing or too many.

    A view never holds an empty one of its own kind (`interface` inside `interface`): what follows is the other's. A
    negated command holds nothing.
    """
    result: list[Command] = []
    for command in commands:
        if not command.inside:
            result.append(command)
            continue
        if command.negated and result and opens(result[-1].folded):
            above = result.pop()
            inside = (*above.inside, command._replace(inside=()), *command.inside)
            result.append(above._replace(inside=inside))
            continue
        first = command.folded[0]
        if any(one.folded[0] == first and not one.inside for one in command.inside) and opens(command.folded):
            result += _split(command, opens)
        else:
            result.append(command)
    return result


def _split(command: Command, opens: Callable[[tuple[str, ...]], bool]) -> list[Command]:
    """A view and those of its own kind inside it, one after the other."""
    views: list[tuple[Command, list[Command]]] = [(command, [])]
    for one in command.inside:
        same = one.folded[0] == command.folded[0] and not one.inside and not one.negated
        if same and opens(one.folded):
            views.append((one, []))
        else:
            views[-1][1].append(one)
    return [view._replace(inside=tuple(inside)) for view, inside in views]


def _spelled(command: Command, shorthand: Shorthand) -> Command:
    folded = shorthand.spell(command.folded)
    words = tuple(
        word if full == was else full for word, was, full in zip(command.words, command.folded, folded, strict=True)
    )
    inside = tuple(_spelled(one, shorthand) for one in command.inside)
    return Command(command.line, words, folded, command.negated, inside, command.body)


def _grouped(
    commands: Iterable[Command], comments: Iterable[Comment], opens: Callable[[tuple[str, ...]], bool]
) -> list[Command]:
    """Views of a flat text: an opener holds the commands up to the next comment line or the next opener."""
    breaks = sorted(comment.line for comment in comments)
    result: list[Command] = []
    pending: list[Command] = []
    opener: Command | None = None
    position = 0

    def close() -> None:
        nonlocal opener
        if opener is not None:
            result.append(
                Command(opener.line, opener.words, opener.folded, opener.negated, tuple(pending), opener.body)
            )
            pending.clear()
            opener = None

    for command in commands:
        separated = False
        while position < len(breaks) and breaks[position] < command.line:
            position += 1
            separated = True
        if separated:
            close()
        if not command.negated and opens(command.folded):
            close()
            opener = command
        elif opener is not None:
            pending.append(command)
        else:
            result.append(command)
    close()
    return result


def lines_of(evidence: Iterable[Command | int]) -> tuple[int, ...]:
    """The line numbers of commands, sorted, each once."""
    return tuple(sorted({entry if isinstance(entry, int) else entry.line for entry in evidence}))


def last(commands: Iterable[Command]) -> Command | None:
    """The last of the commands: where one command overrides another, the one in force."""
    found = None
    for command in commands:
        found = command
    return found


class Sheet:
    """Facts as they are found. Each fact is put down once.

    `why` is an English message id without parameters, marked for translation where it is written.
    """

    def __init__(self) -> None:
        self._facts: dict[str, Fact] = {}
        self.endings: tuple[Ending, ...] = ()

    def line(self, name: str, value: bool, evidence: Iterable[Command | int], why: str) -> None:
        """A line (or several) says so."""
        self._put(Fact(name, value, Basis.LINE, lines_of(evidence), why))

    def weighed(
        self,
        name: str,
        weak: Iterable[Command | int],
        sound: Iterable[Command | int],
        *,
        why: str,
        sound_why: str,
        absent_why: str,
    ) -> None:
        """True by the lines `weak`, else False by the lines `sound`, else False because there is no such line."""
        weak, sound = tuple(weak), tuple(sound)
        if weak:
            self.line(name, True, weak, why)
        elif sound:
            self.line(name, False, sound, sound_why)
        else:
            self.absent(name, False, absent_why)

    def absent(self, name: str, value: bool, why: str, evidence: Iterable[Command | int] = ()) -> None:
        """The line that would decide otherwise is missing; `evidence` are the views in which it is."""
        self._put(Fact(name, value, Basis.ABSENT, lines_of(evidence), why))

    def default(self, name: str, value: bool, why: str, evidence: Iterable[Command | int] = ()) -> None:
        """The platform's default says so, for the version at hand."""
        self._put(Fact(name, value, Basis.DEFAULT, lines_of(evidence), why))

    def unknown(self, name: str, why: str) -> None:
        """This text cannot decide it."""
        self._put(Fact(name, None, Basis.UNDECIDABLE, (), why))

    def take(self, fact: Fact) -> None:
        """A fact that another sheet holds."""
        self._put(fact)

    def _put(self, fact: Fact) -> None:
        if fact.name in self._facts:
            raise ValueError(fact.name)
        self._facts[fact.name] = fact

    def facts(self, platform: str, encoding: str, not_understood: Iterable[NotUnderstood] = ()) -> Facts:
        """The sheet as `Facts`, in the order in which they were put down."""
        return Facts(platform, encoding, dict(self._facts), tuple(not_understood), self.endings)


def strangers(reading: Reading, known: Collection[str]) -> Iterator[NotUnderstood]:
    """The top-level commands whose first word the dialect does not know."""
    for command in reading.top:
        if command.folded[0] not in known:
            yield NotUnderstood(command.line, " ".join(command.words))
