"""What a dialect says of its filters and policies: `RuleSets`, one `RuleSet` for each order of asking."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from configs.meaning.filter_sets import rule_of, unclear

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from configs.headers import Rule
    from configs.intervals import AddressSet
    from configs.meaning.filters import FilterRule
    from configs.meaning.statements import FilterKind
    from configs.model import Ending


class Zones(NamedTuple):
    """The zones or interfaces between which a rule decides; an empty side is any."""

    sources: frozenset[str] = frozenset()
    destinations: frozenset[str] = frozenset()


ANY_ZONES = Zones()


@dataclass(frozen=True)
class RuleSet:
    """Rules of which the first that matches decides.

    They are given as sets (`boxes`; one line may have several) or as the dialect's reader wrote them down (`written`,
    with the sets that `objects` names); those become sets when somebody asks. `unread` are lines of rules that are no
    sets. `zones` is by line, for policies between zones; `apart` says of a line what its rule does besides (inspection,
    translation): rules that differ in it are not one. `bound` are the lines that put it in force; None: it is by
    itself. `pairs`: the zones between which that is, where the rules name none; `space`: packets of another space are
    never asked of the same rules. `ordered`: False if the device asks in an order of its own. `default` is what happens
    to packets that no rule takes.
    """

    kind: FilterKind
    name: str
    line: int
    boxes: tuple[Rule, ...] = ()
    written: tuple[FilterRule, ...] | None = None
    objects: Mapping[str, AddressSet] = field(default_factory=dict)
    unread: tuple[int, ...] = ()
    default: str = "deny"
    permits: frozenset[str] = frozenset({"permit"})
    zones: Mapping[int, Zones] = field(default_factory=dict)
    apart: Callable[[int], Hashable] = lambda line: None  # noqa: ARG005 - nothing besides
    bound: tuple[int, ...] | None = None
    pairs: tuple[Zones, ...] = ()
    space: str = ""
    ordered: bool = True

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules as sets of packets, in order."""
        if self.written is None:
            return self.boxes
        lost = set(self.unclear)
        return tuple(rule_of(found, self.objects) for found in self.written if found.line not in lost)

    @cached_property
    def unclear(self) -> tuple[int, ...]:
        """The lines of rules that are no sets."""
        if self.written is None:
            return self.unread
        lost = [found.line for found in self.written if unclear(found, self.objects)]
        return tuple(sorted((*self.unread, *lost))) if lost else self.unread

    @property
    def size(self) -> int:
        """How many rules there are as sets; a line may have several."""
        return len(self.boxes) if self.written is None else len(self.written) + len(self.unread) - len(self.unclear)

    def between(self, line: int) -> Zones:
        """The zones of the rule at a line."""
        return self.zones.get(line, ANY_ZONES)

    def meets_zones(self, line: int, source: str, destination: str) -> bool:
        """Whether the rule at a line decides between these zones, which are in lower case."""
        return any(
            (not zones.sources or source in {name.lower() for name in zones.sources})
            and (not zones.destinations or destination in {name.lower() for name in zones.destinations})
            for zones in self.pairs or (self.between(line),)
        )

    def names_source(self, line: int) -> bool:
        """Whether the rule at a line says from which zone."""
        return any(zones.sources for zones in self.pairs or (self.between(line),))

    def permitting(self, rule: Rule) -> bool:
        """Whether a rule lets packets through."""
        return str(rule.action).partition(" ")[0] in self.permits


class Missing(NamedTuple):
    """A line that names what nothing defines. `kind` is the word for it: address, group, service, zone, schedule."""

    line: int
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class RuleSets:
    """All rule sets of one device.

    `missing`: names without a definition; None if the text has no definitions at all that could tell.
    `endings`: rules with an absolute end. `open_ends`: the lines of rules whose time range could not be read.
    `disabled`: rules that are kept and not in force. `open_defaults`: lines that let packets between zones pass which
    no rule takes; None if this text has no zones, or its default is not known. `closed_defaults`: lines that say that
    they do not. `hits`: by rule's line how often it matched, where the text has counters; None: it has none.
    `unbound`: lists that nothing puts in force; None if this text cannot show it. `known`: the zones that it has.
    """

    sets: tuple[RuleSet, ...] = ()
    missing: tuple[Missing, ...] | None = None
    endings: tuple[Ending, ...] = ()
    open_ends: tuple[int, ...] = ()
    disabled: tuple[int, ...] = ()
    open_defaults: tuple[int, ...] | None = None
    closed_defaults: tuple[int, ...] = ()
    hits: Mapping[int, int] | None = None
    unbound: tuple[int, ...] | None = None
    known: tuple[str, ...] = ()

    @property
    def untold_ends(self) -> tuple[int, ...]:
        """The lines of rules that may have an end which nobody could read."""
        return tuple(dict.fromkeys((*self.open_ends, *(line for one in self.sets for line in one.unread))))
