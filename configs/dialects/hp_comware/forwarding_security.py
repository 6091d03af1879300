"""Zones, security policies, object groups and NAT policies of Comware firewalls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.forwarding.draft import Draft
from configs.forwarding.phrases import UNREADABLE, Into, Leave, Phrases
from configs.forwarding.undo_family.common import NEGATION
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

SYSTEM: Final = Phrases(NEGATION)
ZONE: Final = Phrases(NEGATION)
RULES: Final = Phrases(NEGATION)
RULE: Final = Phrases(NEGATION)
OBJECT: Final = Phrases(NEGATION)
PAIR: Final = Phrases(NEGATION)


@SYSTEM("security-zone name {}")
def _zone(draft: Draft, _: Command, name: str) -> Outcome:
    return Into(ZONE, (draft, name))


@ZONE("import interface {} ...")
def _member(here: tuple[Draft, str], command: Command, *words: str) -> Outcome:
    draft, zone = here
    rest = list(words[: words.index("vlan")] if "vlan" in words else words)
    if "vlan" in words:
        return Leave(Message("this form of the command is not in the model"), "filters")
    name = "".join(rest)

    def bind() -> None:
        port = draft.ports.get(name)
        if port is None:
            draft.ledger.leave(command.line, Message("the port is not defined"), "filters")
        else:
            port.put(zone=zone)

    draft.later.append(bind)
    return None


@SYSTEM("security-policy ip", "security-policy ipv6", "object-policy ip {}", "object-policy ipv6 {}")
def _policy(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(RULES, draft)


@RULES("rule {#} name {}", "rule name {}", "rule {#}", "rule {#} ...")
def _rule(draft: Draft, command: Command, *_: str) -> Outcome:
    # An object policy's rule is one line, settled when the rule sets have been read.
    return Into(RULE, draft) if command.inside else Leave(UNREADABLE, "filters")


RULE.weak("description ...", "logging enable", "counting enable", "counting enable ...")


@RULE(
    "action ...", "source-zone ...", "destination-zone ...", "source-ip ...", "destination-ip ...", "service ...", "service-port ...",
    "source-ip-host ...", "source-ip-subnet ...", "source-ip-range ...", "destination-ip-host ...", "destination-ip-subnet ...",
    "destination-ip-range ...", "disable",
)  # fmt: skip
def _condition(_: Draft, __: Command, *___: str) -> Outcome:
    return None


RULE.left(Message("what only a deeper look at packets tells is not in the model"), "filters", "profile ...", "application ...", "app-group ...", "user ...")
RULE.left(Message("times of day are not in the model"), "filters", "time-range ...")
RULE.left(Message("sessions of this kind are not in the model"), "filters", "vrf ...", "session ...")


@SYSTEM("object-group ...")
def _object(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(OBJECT, draft)


@OBJECT("{#} network ...", "{#} service ...", "network ...", "service ...", "security-zone ...")
def _part(_: Draft, __: Command, *___: str) -> Outcome:
    return None


OBJECT.weak("description ...")


@SYSTEM("zone-pair security source {} destination {}")
def _pair(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(PAIR, draft)


@PAIR("object-policy apply ...", "packet-filter ...")
def _applied(_: Draft, __: Command, *___: str) -> Outcome:
    return None


@SYSTEM("nat server ...", "nat static ...", "nat outbound ...", "nat global-policy")
def _translation(draft: Draft, command: Command, *_: str) -> Outcome:
    draft.store.setdefault("translations", {})[str(command.line)] = True
    if command.folded[1] == "global-policy":
        return Into(NAT, draft)
    return Leave(UNREADABLE, "translations")  # settled when translations have been read


NAT: Final = Phrases(NEGATION)


@NAT("rule name {}")
def _nat_rule(draft: Draft, _: Command, __: str) -> Outcome:
    return Into(NAT, draft)


@NAT("source-zone ...", "destination-zone ...", "source-ip ...", "destination-ip ...", "service ...", "action ...", "outbound-interface ...")
def _nat_condition(_: Draft, __: Command, *___: str) -> Outcome:
    return None


NAT.weak("description ...", "counting enable")


@SYSTEM("nat address-group ...")
def _pool(draft: Draft, _: Command, *__: str) -> Outcome:
    return Into(POOL, draft)


POOL: Final = Phrases(NEGATION)


@POOL("address {} {}")
def _span(_: Draft, __: Command, *___: str) -> Outcome:
    return None
