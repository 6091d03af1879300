"""A wide route that becomes narrower ones: none may be as special as one that it gave way to before.

The longest prefix decides, and between equal ones how a route was learned: a static one goes before a protocol's. Today
10.0.0.0/8 to Null0 gives way to every route inside of it. Cut down to the new places of just those subnets it would
stand beside their routes, or take their places. So with the commands that say in which area a protocol runs on a
subnet: a wide one speaks for what no narrower one does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.intervals import BITS
from configs.readdress import text as texts
from configs.readdress.outcomes import Action, Outcome
from configs.readdress.usage import length_of

if TYPE_CHECKING:
    from configs.places.rows import Place
    from configs.readdress.decide import Decider
    from configs.readdress.fates import Fate
    from configs.readdress.result import Decisions
    from configs.tree import Tree

MEETS: Final = Outcome(Action.REVIEW, "meets-route")
_LEARNED: Final = re.compile(r"\b(?:ospf\w*|bgp|isis|is-is|rip|ripng|eigrp)\b")


KINDS: Final = ("route", "igp-network")


class _Prefix(NamedTuple):
    vrf: str | None
    version: int
    first: int
    length: int


class _Said(NamedTuple):
    """What a command says: of what kind its prefix is, what stands before it (the views too) and behind it."""

    kind: str
    before: tuple[str, ...]
    behind: str


class _Wide(NamedTuple):
    """A place that becomes others: the line's index, its number, what it was and is, and what the command says."""

    at: int
    number: int
    old: _Prefix
    news: set[_Prefix]
    said: _Said


def meeting(
    found: Decisions, decider: Decider, tree: Tree, nearest: frozenset[str] = frozenset()
) -> list[tuple[int, int]]:
    """The places (the line's index, its number) of wide routes that would meet another one.

    `nearest` are kinds of which, in one list, the longest prefix decides.
    """
    kinds = frozenset((*KINDS, *nearest))
    lines = found.of_kinds(kinds)
    if not any(map(_may, lines)):
        return []
    wide: list[_Wide] = []
    others: dict[tuple[str, _Prefix], set[_Said]] = {}
    for index, _ in lines:
        decided = found[index] if index in found.made else found.put_together(index)
        for number, place in enumerate(decided.line.places):
            old = _read(place, decided.line.text) if place.kind in kinds else None
            if old is None:
                continue
            outcome = decided.outcomes[number]
            pairs = [(one.address, one.size) for one in outcome.writings] or [(None, None)]
            news = {new for address, size in pairs if (new := _read(place, decided.line.text, address, size))}
            before, behind = _around(place, decided.line.text)
            said = _Said(place.kind, (*decided.line.path, before), behind)
            if len(news) > 1 or outcome.reason == "covered":
                wide.append(_Wide(index, number, old, news, said))
            else:
                for new in news:
                    others.setdefault((place.kind, new), set()).add(said)
    learned = bool(wide) and _LEARNED.search(tree.text.lower()) is not None
    return [(one.at, one.number) for one in wide if _meets(one, others, decider, learned=learned)]


def _may(line: tuple[int, Fate]) -> bool:
    """Whether a line may have become narrower ones; most texts have none, which is found quickly."""
    return any(len(outcome[2]) > 1 or outcome[1] == "covered" for outcome in line[1][0])


def _meets(one: _Wide, others: dict[tuple[str, _Prefix], set[_Said]], decider: Decider, *, learned: bool) -> bool:
    """Whether a wide route's narrower ones meet another command, or what a protocol may know."""
    same = {said for new in one.news for said in others.get((one.said.kind, new), ())}
    if one.said.kind in KINDS and same - {one.said}:
        return True
    if one.said.kind not in KINDS:
        return any(said.before == one.said.before for said in same)
    if not learned or one.said.kind != "route":
        return False
    vrf, version, first, length = one.old
    inner = {new for size, new in decider.scope.inner_subnets(first, length, version, vrf) if size > length}
    inner |= decider.scope.written(version)
    return any((new.first, new.length) in inner for new in one.news)


def _around(place: Place, text: str) -> tuple[str, str]:
    """What a command says besides a prefix."""
    end = max(stop for _, stop in place.spans())
    return text[: place.start].strip(), text[end:].strip()


def _read(place: Place, text: str, address: str | None = None, size: str | None = None) -> _Prefix | None:
    """The prefix of a place, or the one that is written for it."""
    read = texts.read(address or text[place.start : place.end])
    if read is None:
        return None
    value, version = read
    said = size or (text[slice(*place.size)] if place.size is not None else "")
    length = length_of(place.form, said, version, value)
    if length is None:
        return None
    return _Prefix(place.vrf, version, value >> (BITS[version] - length) << (BITS[version] - length), length)
