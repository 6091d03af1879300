"""FortiOS's policies as rule sets.

Syntax: Fortinet's FortiOS CLI references, "config firewall policy", "config firewall schedule onetime" (`set end HH:MM
YYYY/MM/DD`), "… schedule recurring", "… schedule group", "config system zone". What no policy takes is denied. A policy
without a virtual IP does not see what goes to one, unless it denies with `match-vip enable` (Fortinet community,
"Technical Tip: DENY policy for Virtual IP firewall policy"; since 7.2.3 that is the default, which is not relied on).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from configs.dialects.fortinet import objects
from configs.dialects.fortinet.entries import Tables
from configs.dialects.fortinet.policies import POLICIES, Policies, asks_for
from configs.meaning.statements import FilterKind
from configs.rulesets import building
from configs.rulesets.building import Schedule
from configs.rulesets.model import Missing, RuleSet, RuleSets

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from configs.dialects.fortinet.entries import Entry
    from configs.tree import Tree

# What of a policy neither says for what it is nor what is done with it.
_SILENT: Final = frozenset({
    "name", "uuid", "status", "action", "comments", "logtraffic", "logtraffic-start", "srcaddr", "dstaddr", "srcaddr6",
    "dstaddr6", "service", "srcaddr-negate", "dstaddr-negate", "global-label", "label",
})  # fmt: skip
_ALWAYS: Final = ("always", "none", "default-darrp-optimize")
_TABLES: Final = ("policy", "policy6", "security-policy", "consolidated policy")


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    return of(Tables(tree))


def of(tables: Tables) -> RuleSets:
    """The same from what has been read already."""
    sets = []
    for one in Policies(tables, objects.read(tables)).lists(_TABLES):
        if one.kind is FilterKind.SECURITY_POLICY:
            boxes, zones = building.zoned(one.rules, "srcintf", "dstintf")
            table = f"firewall {one.name.split()[0]}"
            published, also = _published(tables, table)
            ordinary = RuleSet(
                one.kind, one.name, one.line, tuple(rule for rule in boxes if rule.line not in published),
                unread=one.unclear, zones=zones, permits=frozenset({"accept", "ipsec", "ssl-vpn"}),
                apart=_Besides(tables[table]),
            )  # fmt: skip
            sets.append(ordinary)
            if published:
                to_virtual = tuple(rule for rule in boxes if rule.line in published | also)
                sets.append(replace(ordinary, name=f"{one.name} (vip)", boxes=to_virtual, unread=(), space="vip"))
    ends, open_ends, untold = building.endings(sets, building.joined(_schedules(tables)), ("schedule",), _ALWAYS)
    lost = [Missing(line, "schedule", name) for line, name in untold]
    entries = [entry for name in POLICIES for entry in tables[f"firewall {name}"] if entry.name]
    return RuleSets(
        tuple(sets),
        missing=tuple(sorted({*lost, *_names(tables)})) if tables["firewall address"] else None,
        endings=ends,
        open_ends=open_ends,
        disabled=tuple(entry.line for entry in entries if entry.value("status") == "disable"),
        open_defaults=() if any(tables[f"firewall {name}"] for name in _TABLES) else None,
        unbound=(),
        known=tuple(dict.fromkeys(
            entry.name for name in ("system zone", "system interface") for entry in tables[name] if entry.name
        )),
    )  # fmt: skip


def _published(tables: Tables, table: str) -> tuple[set[int], set[int]]:
    """The lines of policies to virtual IPs, and of others that see what goes there."""
    virtual = {
        (entry.vrf, entry.name)
        for name in ("vip", "vip6", "vipgrp", "vipgrp6")
        for entry in tables[f"firewall {name}"]
        if entry.name
    }
    to, also = set(), set()
    for entry in tables[table]:
        named = {(entry.vrf, name) for name in (*entry.values("dstaddr"), *entry.values("dstaddr6"))}
        if named & virtual:
            to.add(entry.line)
        elif entry.on("match-vip") and entry.value("action", "deny") == "deny":
            also.add(entry.line)
    return to, also


class _Besides:
    """What a policy does besides letting through: its profiles, translation, shaping; asked of a few lines."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.line: entry for entry in entries}

    def __call__(self, line: int) -> Hashable:
        fields = self._entries[line].fields.items()
        return tuple(sorted((name, one.values) for name, one in fields if name not in _SILENT and not asks_for(name)))


def _schedules(tables: Tables) -> Iterator[tuple[str, Schedule]]:
    """Schedules by name; a group ends with the last of its members."""
    once = {entry.name: entry for entry in tables["firewall schedule onetime"] if entry.name}
    for name, entry in once.items():
        yield name, building.until(entry.line_of("end"), entry.values("end")[1:])
    for entry in tables["firewall schedule recurring"]:
        if entry.name:
            yield entry.name, Schedule(entry.line, None)
    for entry in tables["firewall schedule group"]:
        for member in entry.values("member"):
            one = once.get(member)
            line = entry.line_of("member")
            yield entry.name, building.until(line, one.values("end")[1:]) if one is not None else Schedule(line, None)


def _names(tables: Tables) -> Iterator[Missing]:
    """Services of one's own that policies name and nothing defines; addresses are another fact's."""
    custom = tables["firewall service custom"]
    if not custom:
        return
    known = {entry.name for name in ("custom", "group") for entry in tables[f"firewall service {name}"]}
    known |= {"ALL", "ANY"}
    for name in _TABLES:
        for entry in tables[f"firewall {name}"]:
            for service in entry.values("service"):
                if service not in known:
                    yield Missing(entry.line_of("service"), "service", service)
