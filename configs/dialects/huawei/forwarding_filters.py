"""Access lists, prefix lists and traffic policies of VRP, as what they do to packets and routes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from configs.dialects.huawei import rule_sets, translations
from configs.dialects.huawei.filters import access_lists, bindings
from configs.dialects.huawei.meaning import _access_lists, _policy_rules, address_sets
from configs.dialects.huawei.services import service_sets
from configs.forwarding.draft import Draft, network
from configs.forwarding.model import ListRule, PrefixRule
from configs.forwarding.phrases import UNKNOWN, UNREADABLE, Into, Leave, Phrases
from configs.forwarding.undo_family.common import NEGATION, NOT_TOLD
from configs.meaning.statements import FilterKind
from configs.rulesets.model import RuleSet
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.forwarding.draft import PortSketch
    from configs.forwarding.phrases import Outcome
    from configs.headers import Rule
    from configs.reading import Command, Reading
    from configs.tree import Tree

SYSTEM: Final = Phrases(NEGATION)
LIST: Final = Phrases(NEGATION)


@SYSTEM("ip ip-prefix {} ...", "ip ipv6-prefix {} ...")
def _prefixes(draft: Draft, command: Command, name: str, *words: str) -> Outcome:
    rest = list(words)
    if rest[:1] == ["description"]:
        return Leave(UNKNOWN)
    rows = draft.prefix_lists.setdefault(name, [])
    number = (rows[-1][0] + 10) if rows else 10
    if rest[0] == "index":
        number, rest = int(rest[1]), rest[2:]
    kind = rest.pop(0)
    size = 1 if "/" in rest[0] else 2
    prefix, rest = network(*rest[:size]), rest[size:]
    bounds = {}
    while rest:
        word = rest.pop(0).lower()
        if word not in ("greater-equal", "less-equal"):
            return NOT_TOLD
        bounds[word] = int(rest.pop(0))
    least = bounds.get("greater-equal", prefix.prefixlen)
    most = bounds.get("less-equal", prefix.max_prefixlen if "greater-equal" in bounds else prefix.prefixlen)
    rows.append((number, PrefixRule(kind == "permit", prefix, least, most)))
    return None


@SYSTEM("ip as-path-filter {} {permit|deny} ...")
def _paths(draft: Draft, command: Command, name: str, kind: str, *words: str) -> Outcome:
    draft.as_path_lists.setdefault(name, []).append(ListRule(kind == "permit", " ".join(words), command.line))
    return None


@SYSTEM("ip as-path-filter {} index {#} {permit|deny} ...")
def _paths_numbered(draft: Draft, command: Command, name: str, _: str, kind: str, *words: str) -> Outcome:
    return _paths(draft, command, name, kind, *words)


@SYSTEM("ip community-filter {#} {permit|deny} ...", "ip community-filter basic {} {permit|deny} ...")
def _communities(draft: Draft, command: Command, name: str, kind: str, *words: str) -> Outcome:
    draft.community_lists.setdefault(name, []).append(ListRule(kind == "permit", " ".join(words), command.line))
    return None


@SYSTEM("ip community-filter basic {} index {#} {permit|deny} ...", "ip community-filter {#} index {#} {permit|deny} ...")
def _communities_numbered(draft: Draft, command: Command, name: str, _: str, kind: str, *words: str) -> Outcome:
    return _communities(draft, command, name, kind, *words)


# ---- access lists: their rules are read by `rule_sets`, what became of them is settled at the end


@SYSTEM("acl ...")
def _list(_: Draft, command: Command, *__: str) -> Outcome:
    return Into(LIST, None)


@LIST("rule ...")
def _rule(_: object, command: Command, *__: str) -> Outcome:
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
def _match_list(found: Traffic, command: Command, name: str, *_: str) -> Outcome:
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
def _elsewhere(found: Traffic, command: Command, *_: str) -> Outcome:
    found.plain = False
    return Leave(Message("traffic policies that send packets elsewhere are not in the model"), "routes")


@SYSTEM("traffic policy {} ...", "traffic policy {}")
def _policy(draft: Draft, command: Command, name: str, *_: str) -> Outcome:
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
    draft.rules = replace(
        found,
        sets=tuple(
            replace(one, default="permit") if one.kind is FilterKind.ACCESS_LIST else one for one in found.sets
        ),
    )
    ledger = draft.ledger
    for one in draft.rules.sets:
        for rule in one.rules:
            ledger.note(rule.line, None)
        for line in one.unclear:
            ledger.leave(line, UNREADABLE, "filters")
    if "nat" in reading.by_word or "nat-policy" in reading.by_word:
        objects = address_sets(reading)
        sets = service_sets(reading)
        read = translations.read(
            reading, tuple(_access_lists(reading, objects)), lambda rule: _policy_rules(rule, objects, sets)
        )
        draft.translations = read.lists
        for line in read.unread:
            ledger.leave(line, UNREADABLE, "translations")
        for each in read.lists:
            for line in each.unclear:
                ledger.leave(line, UNREADABLE, "translations")
    known = {one.name for one in draft.rules.sets} | {name for _, name in lists}
    for port in draft.ports.values():
        for way, name in port.get("filters", {}).items():
            if name not in known:
                ledger.leave(port.lines.get(f"filter {way}", port.get("line")), Message("the access list is not defined"), "filters")
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
    for one in () if draft.rules is None else draft.rules.sets:
        if one.name in asked.lists:
            for rule in one.rules:
                yield replace(rule, action="permit" if rule.action == done.action == "permit" else "deny")
