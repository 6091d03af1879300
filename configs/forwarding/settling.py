"""Which lines of filters and translations a device's rule sets carry: what the readers of those say of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.forwarding.phrases import UNREADABLE
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.forwarding.draft import Draft
    from configs.meaning.statements import Pool, TranslationList
    from configs.reading import Command
    from configs.rulesets.model import RuleSets


def filters(draft: Draft, rules: RuleSets) -> None:
    """Take rule sets over: their rules' lines are carried, those that are no sets are left."""
    draft.rules = rules
    for one in rules.sets:
        for rule in one.rules:
            draft.ledger.note(rule.line, None)
    lost = {line for one in rules.sets for line in one.unclear} | set(rules.open_ends)
    for line in sorted(lost):
        draft.ledger.leave(line, UNREADABLE, "filters")


def in_depth_order(draft: Draft, lists: Iterable[Command]) -> None:
    """Leave the lists of several rules that say `match-order auto`: the narrowest rule is asked first, not the first.

    Huawei "S Series Switches Command Reference" (acl), H3C "ACL and QoS Command Reference" (acl).
    """
    for command in lists:
        if "auto" in command.words:
            why = Message("rules that are asked by their depth, not in their order")
            draft.ledger.leave(command.line, why, "filters")


def translations(
    draft: Draft, lists: tuple[TranslationList, ...], pools: Iterable[Pool], unread: Iterable[int]
) -> None:
    """Take translations over. A command below a port that no translation comes from is left."""
    draft.translations = lists
    known = {line for pool in pools for line in pool.lines}
    lost = set(unread)
    for each in lists:
        known.add(each.line)
        lost |= set(each.unclear)
        for row in each.rules:
            known |= {row.rule.line, *(line for side in (row.source, row.destination) if side for line in side.lines)}
    bound = {line for port in draft.ports.values() for line in port.get("translations", ())}
    said = {int(line) for line in draft.store.get("translations", {})}
    for line in sorted(known & said - lost):
        draft.ledger.note(line, None)
    for line in sorted(lost | ((bound | said) - known)):
        draft.ledger.leave(line, UNREADABLE, "translations")


def bound(draft: Draft) -> None:
    """Filters of ports that name no rule set are left."""
    names = {one.name for one in draft.rules.sets} if draft.rules is not None else set()
    for port in draft.ports.values():
        for way, name in list(port.get("filters", {}).items()):
            if f"ipv6 {name}" in names and (name not in names or way.endswith("6")):
                port.filter(way, f"ipv6 {name}")
            elif name not in names:
                line = port.lines.get(f"filter {way}", port.get("line"))
                draft.ledger.leave(line, Message("the access list is not defined"), "filters")
                del port.said["filters"][way]
