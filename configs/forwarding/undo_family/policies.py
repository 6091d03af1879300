"""Route policies of the languages with `undo`: steps with `if-match` and `apply`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from configs.forwarding.draft import address, as_number
from configs.forwarding.model import PolicyStep
from configs.forwarding.phrases import Into, Phrases
from configs.forwarding.undo_family.common import NEGATION, NOT_TOLD

if TYPE_CHECKING:
    from configs.forwarding.draft import Draft
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command


@dataclass
class Step:
    """A step in the making."""

    matches: list[tuple[str, str]] = field(default_factory=list)
    sets: list[tuple[str, str]] = field(default_factory=list)


STEP: Final = Phrases(NEGATION)


def opened(draft: Draft, command: Command, name: str, kind: str, number: str) -> Into:
    """`route-policy NAME {permit | deny} node N`."""
    step = Step()

    def finish() -> None:
        draft.policies.setdefault(name, []).append(
            PolicyStep(kind == "permit", int(number), tuple(step.matches), tuple(step.sets), command.line)
        )

    draft.later.append(finish)
    return Into(STEP, step)


@STEP("if-match ip-prefix {}", "if-match ip address prefix-list {}", "if-match ip address ip-prefix {}")
def _prefixes(step: Step, _: Command, name: str) -> Outcome:
    step.matches.append(("prefix-list", name))
    return None


@STEP("if-match ipv6 address prefix-list {}", "if-match ipv6-prefix {}")
def _prefixes6(step: Step, _: Command, name: str) -> Outcome:
    step.matches.append(("prefix-list6", name))
    return None


@STEP("if-match acl {}", "if-match ip address acl {}")
def _list(step: Step, _: Command, name: str) -> Outcome:
    step.matches.append(("access-list", name))
    return None


@STEP("if-match ip next-hop ip-prefix {}", "if-match ip next-hop prefix-list {}")
def _hop(step: Step, _: Command, name: str) -> Outcome:
    step.matches.append(("next-hop-prefix-list", name))
    return None


@STEP("if-match {tag|cost} {#}")
def _number(step: Step, _: Command, word: str, value: str) -> Outcome:
    step.matches.append(("metric" if word == "cost" else word, value))
    return None


@STEP("if-match community-filter {}", "if-match community {}")
def _community(step: Step, _: Command, name: str) -> Outcome:
    step.matches.append(("community-list", name))
    return None


@STEP("if-match as-path-filter {}", "if-match as-path {}")
def _path(step: Step, _: Command, name: str) -> Outcome:
    step.matches.append(("as-path-list", name))
    return None


@STEP("if-match interface {}", "if-match interface {} {}")
def _port(step: Step, _: Command, *name: str) -> Outcome:
    step.matches.append(("port", "".join(name)))
    return None


@STEP("apply {cost|tag|local-preference|preferred-value|preference} {#}")
def _set(step: Step, _: Command, word: str, value: str) -> Outcome:
    names = {"cost": "metric", "preferred-value": "weight", "preference": "distance"}
    step.sets.append((names.get(word, word), value))
    return None


@STEP("apply cost {+|-} {#}")
def _more(step: Step, _: Command, sign: str, value: str) -> Outcome:
    step.sets.append(("metric", sign + value))
    return None


@STEP("apply cost-type {type-1|type-2}")
def _type(step: Step, _: Command, kind: str) -> Outcome:
    step.sets.append(("metric-type", kind[-1]))
    return None


@STEP("apply community {} ...")
def _communities(step: Step, _: Command, *words: str) -> Outcome:
    step.sets.append(("community", " ".join(word.lower() for word in words)))
    return None


@STEP("apply as-path {} ...")
def _prepend(step: Step, _: Command, *words: str) -> Outcome:
    if words[-1] != "additive":
        return NOT_TOLD
    step.sets.append(("as-path-prepend", " ".join(str(as_number(word)) for word in words[:-1])))
    return None


@STEP("apply origin {igp|incomplete}", "apply origin egp {}")
def _origin(step: Step, _: Command, word: str) -> Outcome:
    step.sets.append(("origin", word if word in ("igp", "incomplete") else f"egp {word}"))
    return None


@STEP("apply ip-address next-hop {}", "apply ipv6 next-hop {}")
def _next(step: Step, _: Command, hop: str) -> Outcome:
    step.sets.append(("next-hop", "peer" if hop == "peer-address" else str(address(hop))))
    return None


@STEP("apply extcommunity rt {} ...")
def _target(step: Step, _: Command, *words: str) -> Outcome:
    step.sets.append(("extcommunity", "rt " + " ".join(words)))
    return None


@STEP("if-match mpls-label")
def _labelled(step: Step, _: Command) -> Outcome:
    step.matches.append(("labelled", ""))
    return None


@STEP("apply mpls-label")
def _label(step: Step, _: Command) -> Outcome:
    step.sets.append(("label", ""))
    return None


STEP.weak("description ...")
