"""StoneOS's policies as rule sets.

Syntax: Hillstone "StoneOS CLI User Guide", release 5.5R10, "Policy" (rule, default-action; what no rule takes is
denied), "Schedule" (`absolute [start MM/DD/YYYY HH:MM] end MM/DD/YYYY HH:MM`, `periodic …`), "Zone".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.dialects.hillstone_stoneos.objects import Objects
from configs.dialects.hillstone_stoneos.policies import Policies
from configs.reading import Reading
from configs.rulesets import building
from configs.rulesets.building import Schedule
from configs.rulesets.model import Missing, RuleSet, RuleSets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Tree

_ANY: Final = ("any", "any-ipv4", "ipv6-any")
VIEWS: Final = frozenset(
    {"interface", "zone", "address", "service", "servgroup", "rule", "isakmp", "ipsec", "tunnel", "aaa-server"}
)


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    return of(tree, Reading(tree, "no", lambda words: words[0] in VIEWS))


def of(tree: Tree, reading: Reading) -> RuleSets:
    """The same from what has been read already."""
    policies = Policies(tree, objects := Objects(tree))
    sets = []
    for one in policies.filters():
        boxes, zones = building.zoned(one.rules, "src-zone", "dst-zone", any_zone=("any", "Any"))
        sets.append(
            RuleSet(one.kind, one.name, one.line, boxes, unread=one.unclear, default=str(one.default), zones=zones,
                    permits=frozenset({"permit", "webauth", "tunnel", "fromtunnel", "secured"}),
                    apart=_besides(reading).get)
        )  # fmt: skip
    ends, open_ends, untold = building.endings(sets, building.joined(_schedules(reading)), ("schedule",))
    lost = [Missing(line, "schedule", name) for line, name in untold]
    zones_here = [one.words[1].strip('"') for one in reading.on("zone") if len(one.words) > 1]
    opened = tuple(one.line for one in reading.on("default-action", "permit"))
    return RuleSets(
        tuple(sets),
        missing=tuple(sorted({*lost, *_names(policies, objects)})) if reading.find("interface") else None,
        endings=ends,
        open_ends=open_ends,
        disabled=tuple(
            rule.line
            for rule in reading.on("rule")
            if "disable" in rule.folded or any(one.folded == ("disable",) and not one.negated for one in rule.inside)
        ),
        open_defaults=opened if sets or opened else None,
        closed_defaults=tuple(one.line for one in reading.on("default-action", "deny")),
        unbound=(),
        known=tuple(dict.fromkeys(zones_here)),
    )


def _besides(reading: Reading) -> dict[int, tuple[str, ...]]:
    """By rule the profiles that its packets go through."""
    words = ("ips", "av", "url", "profile", "traffic-profile", "sandbox", "content-filter", "qos-tag")
    return {
        rule.line: tuple(sorted(" ".join(inner.folded) for inner in rule.inside if inner.folded[0] in words))
        for rule in reading.on("rule")
    }


def _schedules(reading: Reading) -> Iterator[tuple[str, Schedule]]:
    for view in reading.on("schedule"):
        if len(view.words) < 2 or not view.inside:  # a rule names one in the same words
            continue
        ends = [building.until(inner.line, inner.after("end")) for inner in view.find("absolute") if inner.has("end")]
        yield view.words[1].strip('"'), ends[-1] if ends else Schedule(view.line, None)


def _names(policies: Policies, objects: Objects) -> Iterator[Missing]:
    """Addresses that rules name and nothing defines; services come with the device."""
    for kind, name, line in policies.references():
        if kind == "address" and name.lower() not in _ANY and not name[:1].isdigit() and not objects.has(name):
            yield Missing(line, kind, name)
