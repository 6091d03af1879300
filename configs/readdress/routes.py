"""A wide static route that becomes narrower ones: none may be as special as a route that it gave way to before.

The longest prefix decides, and between equal ones how a route was learned: a static one goes before a protocol's. Today
10.0.0.0/8 to Null0 gives way to every route inside of it. Cut down to the new places of just those subnets it would
stand beside their routes, or take their places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.intervals import BITS
from configs.readdress import text as texts
from configs.readdress.decide import Action, Outcome
from configs.readdress.usage import length_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.places.rows import Place
    from configs.readdress.decide import Decider
    from configs.readdress.result import Decisions
    from configs.tree import Tree

MEETS: Final = Outcome(Action.REVIEW, "meets-route")
_LEARNED: Final = re.compile(r"\b(?:ospf\w*|bgp|isis|is-is|rip|ripng|eigrp)\b")


class _Prefix(NamedTuple):
    vrf: str | None
    version: int
    first: int
    length: int


def meeting(found: Decisions, decider: Decider, tree: Tree) -> Iterator[tuple[int, int]]:
    """The places (the line's index, its number) of wide routes that would meet another one."""
    wide: list[tuple[int, int, _Prefix, set[_Prefix]]] = []
    others: set[_Prefix] = set()
    for index, fate in enumerate(found.fates()):
        if "route" not in fate.kinds:
            continue
        decided = found[index]
        for number, place in enumerate(decided.line.places):
            old = _read(place, decided.line.text) if place.kind == "route" else None
            if old is None:
                continue
            outcome = decided.outcomes[number]
            texts_ = [(one.address, one.size) for one in outcome.writings] or [(None, None)]
            news = {new for address, size in texts_ if (new := _read(place, decided.line.text, address, size))}
            if len(news) > 1 or outcome.reason == "covered":
                wide.append((index, number, old, news))
            else:
                others |= news
    if not wide:
        return
    learned = _LEARNED.search(tree.text.lower()) is not None
    for index, number, old, news in wide:
        inner = set(others)
        if learned:
            subnets = decider.scope.inner_subnets(old.first, old.length, old.version, old.vrf)
            inner |= {_Prefix(old.vrf, old.version, *new) for length, new in subnets if length > old.length}
            inner |= {_Prefix(old.vrf, old.version, *one) for one in decider.scope.written(old.version)}
        if news & inner:
            yield index, number


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
