"""The examples that stand beside each rule: whether the engine says what they say, and whether a rule's names exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audits.findings import judge
from audits.profile import shipped
from audits.vocabulary import FACTS
from configs import dialects
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audits.pack import Example, Item, Pack


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an item. `example` counts from 1; 0 if it is not about one."""

    item: str
    example: int
    expected: str
    got: str
    message: Message

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "item": self.item,
            "example": self.example or None,
            "expected": self.expected or None,
            "got": self.got or None,
            "message": {"en": self.message.in_language("en"), "zh": self.message.in_language("zh_CN")},
        }


def count(pack: Pack) -> int:
    """How many examples there are."""
    return sum(len(item.examples) for category in pack.categories for item in category.items)


def faults(pack: Pack) -> list[Fault]:
    """Every example that is not true, and every name that nobody knows."""
    return [fault for category in pack.categories for item in category.items for fault in _faults(item)]


def _faults(item: Item) -> Iterable[Fault]:
    for number, example in enumerate(item.examples, 1):
        yield from _example(item, number, example)
    known = shipped().thresholds
    for name in item.thresholds:
        if name not in known:
            yield Fault(item.id, 0, "", name, Message("there is no limit “{name}”", name=name))
    named = {*item.notes, *((*item.applies.platforms, *item.applies.except_platforms) if item.applies else ())}
    for name in sorted(named - dialects.platforms()):
        yield Fault(item.id, 0, "", name, Message("there is no dialect for the platform “{platform}”", platform=name))


def _example(item: Item, number: int, example: Example) -> Iterable[Fault]:
    asked = {check.fact for check in item.checks}
    for name in example.facts:
        if name not in asked:
            message = Message(
                "the example {number} names the fact {name}, which is not asked for", number=number, name=name
            )
            yield Fault(item.id, number, "", name, message)
    got = judge(item, dict.fromkeys(FACTS, example.others) | example.facts, example.scope)
    if got is not example.verdict:
        yield Fault(
            item.id,
            number,
            example.verdict.value,
            got.value,
            Message(
                "the example {number} expects “{expected}” and the rule gives “{got}”",
                number=number,
                expected=Message(example.verdict.label),
                got=Message(got.label),
            ),
        )
