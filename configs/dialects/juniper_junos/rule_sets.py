"""Junos's packet filters and the policies of SRX as rule sets.

Syntax: Juniper "Security Policies User Guide" (policies of two zones, `default-policy permit-all`, `scheduler-name`;
what no policy takes is denied), "Schedulers" (`start-date YYYY-MM-DD.HH:MM stop-date …`), "Routing Policies, Firewall
Filters, and Traffic Policers User Guide" (what no term takes is discarded).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.dialects.juniper_junos import filters, security, statements
from configs.dialects.juniper_junos.statements import below
from configs.rulesets import building
from configs.rulesets.building import Schedule
from configs.rulesets.model import Missing, RuleSet, RuleSets, Zones

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.dialects.juniper_junos.statements import Said
    from configs.meaning.statements import FilterList
    from configs.tree import Tree


_OFF: Final = re.compile(r"inactive: (?:policy|term|rule) |deactivate (?:security policies|firewall) ")


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    said = statements.read(tree).said
    books = security.Books(said)
    return of(tree, said, list(filters.filters(said)), list(security.policies(said, books)), books)


def disabled(tree: Tree) -> list[int]:
    """The lines of policies and terms that are switched off."""
    return [node.line for _, node in tree.walk() if _OFF.match(node.text)]


def of(
    tree: Tree,
    said: tuple[Said, ...],
    lists: Sequence[FilterList],
    policies: Sequence[FilterList],
    books: security.Books,
) -> RuleSets:
    """The same from what has been read already; `books` those of the policies."""
    used: dict[str, list[int]] = {}
    for each in said:
        words = each.words
        for before in ("filter", "input", "output", "input-list", "output-list"):
            if words[:1] != ("firewall",) and before in words[:-1]:
                for word in words[words.index(before) + 1 :]:
                    used.setdefault(word, []).append(each.line)
    sets = [
        RuleSet(one.kind, one.name, one.line, one.rules, unread=one.unclear, permits=frozenset({"accept"}),
                bound=tuple(dict.fromkeys(line for word in one.name.split() for line in used.get(word, ()))))
        for one in lists
    ]  # fmt: skip
    unbound = tuple(one.line for one in sets if not one.bound)
    for one in policies:
        left, arrow, destination = one.name.rpartition(" > ")
        zones = Zones(frozenset({left.split()[-1]}), frozenset({destination})) if arrow else Zones()
        sets.append(
            RuleSet(one.kind, one.name, one.line, one.rules, unread=one.unclear, permits=frozenset({"permit"}),
                    zones=dict.fromkeys((*(rule.line for rule in one.rules), *one.unclear), zones))
        )  # fmt: skip
    times = building.joined(_schedules(said))
    ends, open_ends, untold = building.endings(sets, times, ("scheduler-name",))
    names = tuple(dict.fromkeys(words[0] for _, words in below(said, "security", "zones", "security-zone") if words))
    opened = tuple(
        each.line for each in said if each.words[:4] == ("security", "policies", "default-policy", "permit-all")
    )
    whole = any(each.words[:1] == ("interfaces",) for each in said)
    return RuleSets(
        tuple(sets),
        missing=tuple(sorted({*(Missing(line, "scheduler", name) for line, name in untold), *_zones(said, names),
                              *_names(said, books)})) if whole else None,
        disabled=tuple(disabled(tree)),
        endings=ends,
        open_ends=open_ends,
        open_defaults=opened if policies or names else None,
        closed_defaults=tuple(
            each.line for each in said if each.words[:4] == ("security", "policies", "default-policy", "deny-all")
        ),
        unbound=unbound if whole else None,
        known=names,
    )  # fmt: skip


def _schedules(said: tuple[Said, ...]) -> Iterator[tuple[str, Schedule]]:
    """Dates, or days that come again; whether one of both has an end is not known."""
    dated = {words[0] for _, words in below(said, "schedulers", "scheduler") if "stop-date" in words[:-1]}
    for each, words in below(said, "schedulers", "scheduler"):
        if not words:
            continue
        if "stop-date" in words[:-1]:
            day = words[words.index("stop-date") + 1].partition(".")[0]
            yield words[0], building.until(each.line, (day,))
        elif len(words) > 1 and words[1] not in ("start-date", "description"):
            yield words[0], Schedule(each.line, None, read=words[0] not in dated)


def _names(said: tuple[Said, ...], books: security.Books) -> Iterator[Missing]:
    """Addresses and applications that policies name and nothing defines; `junos-…` come with the device."""
    for one in books.references:
        if one.kind == "address" and one.name not in books.addresses:
            yield Missing(one.line, "address", one.name.split()[-1])
    for each in said:
        words = each.words
        if words[:2] == ("security", "policies") and words[-2:-1] == ("application",) and "match" in words:
            name = words[-1]
            if name != "any" and not name.startswith("junos-") and name not in books.services:
                yield Missing(each.line, "application", name)


def _zones(said: tuple[Said, ...], names: Sequence[str]) -> Iterator[Missing]:
    """Zones that policies name and nothing defines."""
    known = {*names, "junos-host", "any", "junos-global"}
    seen = set()
    for each in said:
        words = each.words
        if words[:3] == ("security", "policies", "from-zone") and len(words) > 5:
            for name in (words[3], words[5]):
                if name not in known and name not in seen and names:
                    seen.add(name)
                    yield Missing(each.line, "zone", name)
