"""Access lists, prefix lists and traffic policies of VRP, as what they do to packets and routes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from configs.dialects.huawei import rule_sets, translations
from configs.dialects.huawei.filters import access_lists, bindings
from configs.dialects.huawei.meaning import _access_lists, _policy_rules, address_sets
from configs.dialects.huawei.services import service_sets
from configs.forwarding import settling
from configs.forwarding.phrases import UNREADABLE, Into, Leave, Phrases
from configs.forwarding.undo_family.common import NEGATION, NOT_TOLD
from configs.meaning.statements import FilterKind
from configs.rulesets.model import RuleSet
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.forwarding.draft import Draft, PortSketch
    from configs.forwarding.phrases import Outcome
    from configs.headers import Rule
    from configs.reading import Command, Reading
    from configs.tree import Tree

SYSTEM: Final = Phrases(NEGATION)
LIST: Final = Phrases(NEGATION)


# ---- access lists: their rules are read by `rule_sets`, what became of them is settled at the end


@SYSTEM("acl ...")
def _list(_: Draft, _command: Command, *__: str) -> Outcome:
    return Into(LIST, None)


@LIST("rule ...")
def _rule(_: object, _command: Command, *__: str) -> Outcome:
    return Leave(UNREADABLE, "filters")


LIST.weak("description ...", "step ...", "undo rule ...")

# ---- traffic policies


@dataclass
class Traffic:
    """A classifier's lists or a behaviour's actions; `lines` are theirs."""

    lines: list[int] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    action: str = "permit"
    plain: bool = True


CLASS: Final = Phrases(NEGATION)
BEHAVIOUR: Final = Phrases(NEGATION)
POLICY: Final = Phrases(NEGATION)


@SYSTEM("traffic classifier {} ...")
def _classifier(draft: Draft, command: Command, name: str, *_: str) -> Outcome:
    found = Traffic([command.line])
    _store(draft, "classifier")[name] = found
    return Into(CLASS, found)


@CLASS("if-match acl {}", "if-match acl {} precedence {#}")
def _match_list(found: Traffic, _command: Command, name: str, *_: str) -> Outcome:
    found.lists.append(name)
    return None


CLASS.weak("description ...")


@CLASS("if-match ...")
def _match(found: Traffic, _: Command, *__: str) -> Outcome:
    found.plain = False
    return None


@SYSTEM("traffic behavior {}")
def _behaviour(draft: Draft, command: Command, name: str) -> Outcome:
    found = Traffic([command.line])
    _store(draft, "behavior")[name] = found
    return Into(BEHAVIOUR, found)


@BEHAVIOUR("{permit|deny}", "{permit|deny} ...")
def _decides(found: Traffic, _: Command, action: str, *__: str) -> Outcome:
    found.action = action
    return None


BEHAVIOUR.weak("description ...", "statistic enable", "remark ...", "statistics enable", "service-class ...")
# Packets of a rate that is higher than allowed are lost here.
BEHAVIOUR.left(Message("rates are not in the model"), "other", "car ...")


@BEHAVIOUR("redirect ...", "nat ...")
def _elsewhere(found: Traffic, _command: Command, *_: str) -> Outcome:
    found.plain = False
    return Leave(Message("traffic policies that send packets elsewhere are not in the model"), "routes")


@SYSTEM("traffic policy {} ...", "traffic policy {}")
def _policy(draft: Draft, _command: Command, name: str, *_: str) -> Outcome:
    rows: list[tuple[int, str, str]] = []
    _store(draft, "policy")[name] = rows
    return Into(POLICY, rows)


@POLICY("classifier {} behavior {} ...")
def _pair(rows: list[tuple[int, str, str]], command: Command, classifier: str, behaviour: str, *_: str) -> Outcome:
    rows.append((command.line, classifier, behaviour))
    return None


POLICY.weak("description ...", "share-mode", "statistics enable", "statistic enable", "undo share-mode")


def _store(draft: Draft, kind: str) -> dict[str, object]:
    return draft.store.setdefault(f"traffic {kind}", {})


# ---- what became of it


def settle(draft: Draft, tree: Tree, reading: Reading) -> None:
    """Rule sets and translations as the audits read them, and which of their lines that carries."""
    lists = access_lists(reading)
    found = rule_sets.of(tree, reading, lists, tuple(bindings(reading)))
    # What no rule of a list takes goes on where the list is a port's filter.
    sets = tuple(replace(one, default="permit") if one.kind is FilterKind.ACCESS_LIST else one for one in found.sets)
    settling.filters(draft, replace(found, sets=sets))
    settling.in_depth_order(draft, (entry.command for entry in lists.values() if len(entry.rules) > 1))
    if "nat" in reading.by_word or "nat-policy" in reading.by_word:
        objects = address_sets(reading)
        services = service_sets(reading)
        filters = tuple(_access_lists(reading, objects))
        read = translations.read(reading, filters, lambda rule: _policy_rules(rule, objects, services))
        settling.translations(draft, read.lists, read.pools, read.unread)
    # A list with a name and a number goes by one of them.
    titles = {one.line: one.name for one in sets}
    for port in draft.ports.values():
        for way, name in list(port.get("filters", {}).items()):
            entry = lists.get(("6" if way.endswith("6") else "4", name.removeprefix("ipv6 ")))
            if entry is not None:
                port.filter(way, titles.get(entry.command.line, name))
    settling.bound(draft)
    for port in draft.ports.values():
        _traffic(draft, port)


def _traffic(draft: Draft, port: PortSketch) -> None:
    """A traffic policy on a port: a filter, if one of its lists or behaviours drops packets."""
    for direction, name in port.said.pop("policies", {}).items():
        line = port.lines[f"policy {direction}"]
        rows = _store(draft, "policy").get(name)
        pairs = [
            (_store(draft, "classifier").get(classifier), _store(draft, "behavior").get(behaviour))
            for _, classifier, behaviour in (rows if isinstance(rows, list) else [])
        ]
        whole = [(asked, done) for asked, done in pairs if isinstance(asked, Traffic) and isinstance(done, Traffic)]
        if not isinstance(rows, list) or len(whole) != len(pairs):
            draft.ledger.leave(line, Message("the traffic policy is not defined"), "filters")
            continue
        found = [box for asked, done in whole for box in _boxes(draft, asked, done)]
        if all(box.action == "permit" for box in found) and all(done.action == "permit" for _, done in whole):
            continue
        if any(not asked.plain for asked, _ in whole):
            draft.ledger.leave(line, Message("not all that the classifier matches is in the model"), "filters")
            continue
        title = f"traffic-policy {name}"
        way = "in" if direction == "inbound" else "out"
        if way in port.get("filters", {}):
            draft.ledger.leave(line, NOT_TOLD.reason, "filters")
            continue
        port.filter(way, title)
        rules = draft.rules
        if rules is not None and all(one.name != title for one in rules.sets):
            one = RuleSet(FilterKind.ACCESS_LIST, title, line, boxes=tuple(found), default="permit")
            draft.rules = replace(rules, sets=(*rules.sets, one))


def _boxes(draft: Draft, asked: Traffic, done: Traffic) -> Iterator[Rule]:
    """What a classifier's lists take. What a list denies is dropped whatever the behaviour says of the rest."""
    for one in draft.rules.sets if draft.rules is not None else ():
        if one.name in asked.lists:
            for rule in one.rules:
                yield replace(rule, action="permit" if rule.action == done.action == "permit" else "deny")
