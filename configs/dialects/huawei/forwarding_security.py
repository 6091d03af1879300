"""Zones, security policies, NAT policies and IPsec of USG firewalls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.dialects.huawei.forwarding_ports import full
from configs.forwarding.draft import Draft
from configs.forwarding.phrases import UNREADABLE, Into, Leave, Phrases
from configs.forwarding.undo_family.common import NEGATION
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command, Reading

SYSTEM: Final = Phrases(NEGATION)
ZONE: Final = Phrases(NEGATION)
RULES: Final = Phrases(NEGATION)
RULE: Final = Phrases(NEGATION)
OBJECT: Final = Phrases(NEGATION)


@SYSTEM("firewall zone {}", "firewall zone name {}", "firewall zone name {} id {#}")
def _zone(draft: Draft, _: Command, name: str, *__: str) -> Outcome:
    return Into(ZONE, (draft, name))


@ZONE("set priority {#}")
def _priority(here: tuple[Draft, str], _: Command, value: str) -> Outcome:
    here[0].priorities[here[1]] = int(value)
    return None


@ZONE("add interface {}", "add interface {} {}")
def _member(here: tuple[Draft, str], command: Command, *words: str) -> Outcome:
    draft, zone = here
    name = full("".join(words))

    def bind() -> None:
        port = draft.ports.get(name)
        if port is None:
            draft.ledger.leave(command.line, Message("the port is not defined"), "filters")
        else:
            port.put(zone=zone)

    draft.later.append(bind)
    return None


ZONE.weak("description ...", "undo ...")


@SYSTEM("security-policy", "nat-policy")
def _policy(draft: Draft, command: Command) -> Outcome:
    return Into(RULES, command.folded[0])


@RULES("rule name ...")
def _rule(kind: str, command: Command, *_: str) -> Outcome:
    return Into(RULE, kind)


@RULES("default action {permit|deny}")
def _default(_: str, __: Command, ___: str) -> Outcome:
    return None


RULE.weak("description ...", "policy logging", "session logging", "counting ...", "traffic logging ...", "parent-group ...")


@RULE(
    "source-zone ...", "destination-zone ...", "source-address ...", "destination-address ...", "service ...", "action ...",
    "disable", "enable", "undo enable", "source-address-exclude ...", "destination-address-exclude ...",
)  # fmt: skip
def _condition(_: str, __: Command, *___: str) -> Outcome:
    return None


RULE.left(Message("what only a deeper look at packets tells is not in the model"), "filters", "profile ...", "application ...", "user ...")
RULE.left(Message("times of day are not in the model"), "filters", "time-range ...", "schedule ...")


@SYSTEM("ip address-set {} ...", "ip service-set {} ...")
def _object(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(OBJECT, draft)


@OBJECT("address ...", "service ...", "{#} ...")
def _part(_: Draft, __: Command, *___: str) -> Outcome:
    return None


OBJECT.weak("description ...")


@SYSTEM("nat server ...", "nat static ...")
def _server(draft: Draft, command: Command, *_: str) -> Outcome:
    draft.store.setdefault("translations", {})[str(command.line)] = True
    return Leave(UNREADABLE, "translations")  # settled when translations have been read


POOL: Final = Phrases(NEGATION)


@SYSTEM("nat address-group ...")
def _pool(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(POOL, draft)


@POOL("section ...", "mode pat", "mode no-pat ...", "route enable")
def _section(_: Draft, __: Command, *___: str) -> Outcome:
    return None
