"""Prefix lists, path and community lists and route policies as FRR says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.forwarding.model import PolicyStep, PrefixRule
    from lab.standin.speaking import Speaker

_MATCHES = {
    "prefix-list": "ip address prefix-list",
    "prefix-list6": "ipv6 address prefix-list",
    "access-list": "ip address",
    "next-hop-prefix-list": "ip next-hop prefix-list",
    "tag": "tag",
    "metric": "metric",
    "community-list": "community",
    "as-path-list": "as-path",
}
_SETS = {
    "metric": "metric",
    "tag": "tag",
    "local-preference": "local-preference",
    "community": "community",
    "as-path-prepend": "as-path prepend",
    "next-hop": "ip next-hop",
    "weight": "weight",
    "origin": "origin",
    "distance": "distance",
    "extcommunity": "extcommunity",
}


def write(speaker: Speaker) -> list[str]:
    """All lists and policies, used or not."""
    device = speaker.device
    lines: list[str] = []
    for name, prefixes in device.prefix_lists.items():
        lines += [_prefix(name, number, rule) for number, rule in enumerate(prefixes, 1)]
    for name, rules in device.as_path_lists.items():
        lines += [f"bgp as-path access-list {name} {_word(rule.permit)} {rule.value}" for rule in rules]
    for name, rules in device.community_lists.items():
        kind = "" if name.isdigit() else "standard " if all(_plain(rule.value) for rule in rules) else "expanded "
        lines += [f"bgp community-list {kind}{name} {_word(rule.permit)} {rule.value}" for rule in rules]
    for name, steps in device.policies.items():
        for step in steps:
            lines += [f"route-map {name} {_word(step.permit)} {step.number}"]
            lines += _step(speaker, step)
            lines += ["exit", "!"]
    return lines


def _word(permit: bool) -> str:
    return "permit" if permit else "deny"


def _plain(value: str) -> bool:
    return all(character.isalnum() or character in ": -" for character in value)


def _prefix(name: str, number: int, rule: PrefixRule) -> str:
    family = "ip" if rule.network.version == 4 else "ipv6"
    length = rule.network.prefixlen
    bounds = ""
    if rule.least > length:
        bounds += f" ge {rule.least}"
    if rule.most > length and (rule.most, rule.least) != (length, length):
        bounds += f" le {rule.most}"
    return f"{family} prefix-list {name} seq {number * 5} {_word(rule.permit)} {rule.network}{bounds}"


def _step(speaker: Speaker, step: PolicyStep) -> Iterator[str]:
    for word, value in step.matches:
        if word in _MATCHES:
            yield f" match {_MATCHES[word]} {value}"
        elif word == "port" and speaker.names.port(value):
            yield f" match interface {speaker.names.port(value)}"
        else:
            speaker.leave(step.line, Message("a policy that asks for “{word}”", word=f"{word} {value}"))
    for word, value in step.sets:
        if word in _SETS:
            yield f" set {_SETS[word]} {value}"
        elif word == "metric-type":
            yield f" set metric-type type-{value}"
        else:
            speaker.leave(step.line, Message("a policy that sets “{word}”", word=f"{word} {value}"))
