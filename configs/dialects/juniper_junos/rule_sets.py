"""Junos's packet filters and the policies of SRX as rule sets.

Syntax: Juniper "Security Policies User Guide" (policies of two zones, `default-policy permit-all`, `scheduler-name`;
what no policy takes is denied), "Schedulers" (`start-date YYYY-MM-DD.HH:MM stop-date …`), "Routing Policies, Firewall
Filters, and Traffic Policers User Guide" (what no term takes is discarded).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    said = statements.read(tree).said
    return of(said, list(filters.filters(said)), list(security.policies(said, security.Books(said))))


def of(said: tuple[Said, ...], lists: Sequence[FilterList], policies: Sequence[FilterList]) -> RuleSets:
    """The same from what has been read already."""
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
                    zones={rule.line: zones for rule in one.rules})
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
        missing=tuple(sorted({*(Missing(line, "scheduler", name) for line, name in untold), *_zones(said, names)}))
        if whole else None,
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
    for each, words in below(said, "schedulers", "scheduler"):
        if not words:
            continue
        if "stop-date" in words[:-1]:
            day = words[words.index("stop-date") + 1].partition(".")[0]
            yield words[0], Schedule(each.line, building.day_of((day,)))
        elif len(words) > 1 and words[1] not in ("start-date", "description"):
            yield words[0], Schedule(each.line, None)


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
