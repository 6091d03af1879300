"""VRP access lists and USG security policies as vendor-independent rules, and where lists are bound.

Syntax: "S Series Switches Command Reference" (acl, rule, traffic-filter, traffic-policy), "USG Series Command
Reference" (security-policy, firewall zone, service-manage). A wildcard bit of 0 must match; `0` alone is a host.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configs.meaning import keyword_rules
from configs.meaning.filters import FilterRule, permits_any_source
from configs.meaning.numbers import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.reading import Command, Reading

# The conditions of a security-policy rule; a rule that names none of a kind takes any of it.
_DIMENSIONS = (
    "source-zone", "destination-zone", "source-address", "destination-address", "service", "application", "user",
    "time-range", "schedule", "vlan-id", "url", "profile",
)  # fmt: skip


@dataclass(slots=True)
class AccessList:
    """A list by its family and name or number, with its rules."""

    command: Command
    rules: list[FilterRule] = field(default_factory=list)
    unclear: list[int] = field(default_factory=list)


Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Binding:
    """A place where a list is used. `kind` is `interface` (packets pass or not), `line`, `snmp` or `other`."""

    kind: str
    key: Key
    command: Command


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """A rule of a security policy. `permit` is None if the rule has no action line (it then denies)."""

    command: Command
    permit: bool | None
    disabled: Command | None
    action: Command | None
    conditions: dict[str, frozenset[str]]

    @property
    def any_any(self) -> bool:
        """Whether it takes any address and any service (between whatever zones)."""
        return not any(
            self.conditions[name] for name in _DIMENSIONS if name not in ("source-zone", "destination-zone", "profile")
        )


def access_lists(reading: Reading) -> dict[Key, AccessList]:
    """Every access list; a list with a name and a number is found by both."""
    lists: dict[Key, AccessList] = {}
    for command in reading.find("acl"):
        if command.negated:
            continue
        words = list(command.words[1:])
        family = "6" if words and words[0].lower() == "ipv6" else "4"
        if family == "6":
            words = words[1:]
        names = [
            word
            for index, word in enumerate(words)
            if word.isdigit() or (index > 0 and words[index - 1].lower() == "name")
        ]
        # `acl 2000 inbound` inside a user interface binds a list, it does not define one.
        if not names or words[-1].lower() in ("inbound", "outbound"):
            continue
        entry = lists.get((family, names[0])) or AccessList(command)
        for name in names[:2]:
            lists[(family, name)] = entry
        basic = any(name.isdigit() and 2000 <= int(name) < 3000 for name in names) or "basic" in words
        for inner in in_order(command.find("rule"), keyword_rules.rule_number):
            if inner.negated:
                continue
            rule = keyword_rules.rule(inner.line, inner.folded[1:], basic=basic)
            if rule is not None:
                entry.rules.append(rule)
            elif not keyword_rules.remarks(inner.folded[1:]):
                entry.unclear.append(inner.line)
    return lists


# Where a list is named: the words before it, and what it limits there.
_PLACES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("traffic-filter",), "interface"),
    (("packet-filter",), "interface"),
    (("http", "acl"), "other"),
    (("ftp", "acl"), "other"),
    (("ftp", "server", "acl"), "other"),
    (("nat", "outbound"), "other"),
    (("security", "acl"), "other"),
)
# Commands in which the list stands behind the word `acl`.
_BEHIND_ACL: tuple[tuple[str, str], ...] = (
    ("ssh", "line"),
    ("telnet", "line"),
    ("snmp-agent", "snmp"),
    ("if-match", "other"),
)


def bindings(reading: Reading) -> Iterator[Binding]:
    """Where access lists are bound."""
    for words, kind in _PLACES:
        for command in reading.on(*words):
            yield from _bound(kind, command, command.words[len(words) :])
    for line in reading.find("user-interface"):
        for command in line.find("acl"):
            yield from _bound("line", command, command.words[1:])
    for word, kind in _BEHIND_ACL:
        for command in reading.on(word):
            if command.has("acl"):
                yield from _bound(kind, command, command.after("acl"))


def _bound(kind: str, command: Command, words: Sequence[str]) -> Iterator[Binding]:
    """The first number or name after the words that are known not to be one."""
    if command.negated:
        return
    family = "6" if command.has("ipv6") else "4"
    if words[:1] and words[0].lower() == "any":
        return
    skip = {"inbound", "outbound", "acl", "ipv6", "name", "vlan", "interface"}
    previous = ""
    for word in words:
        folded = word.lower()
        if folded in skip or previous in ("vlan", "interface"):
            previous = folded
            continue
        yield Binding(kind, (family, word), command)
        return


def policy_rules(reading: Reading) -> list[PolicyRule]:
    """The rules of `security-policy`, in order."""
    found = []
    for policy in reading.find("security-policy"):
        gone = {(one.folded, one.line) for one in policy.find("rule") if one.negated}
        for rule in policy.find("rule"):
            if rule.negated or any(words == rule.folded and line > rule.line for words, line in gone):
                continue
            conditions: dict[str, frozenset[str]] = {}
            for name in _DIMENSIONS:
                values = [" ".join(inner.folded[1:]) for inner in rule.find(name) if not inner.negated]
                conditions[name] = frozenset() if "any" in values else frozenset(values)
            actions = [inner for inner in rule.find("action") if not inner.negated]
            off = [inner for inner in rule.find("disable") if not inner.negated]
            off += [inner for inner in rule.find("enable") if inner.negated]
            action = actions[-1] if actions else None
            found.append(
                PolicyRule(
                    rule,
                    action.has("permit") if action else None,
                    off[-1] if off else None,
                    action,
                    conditions,
                )
            )
    return found


def list_key(command: Command) -> Key:
    """The list that a command names behind `acl`."""
    words = [word for word in command.after("acl") if word.lower() not in ("ipv6", "name", "inbound", "outbound")]
    return ("6" if command.has("ipv6") else "4", words[0] if words else "")


def opening_rules(command: Command, lists: dict[Key, AccessList]) -> list[int]:
    """The line of the rule that lets every source in, in the list that a command names."""
    entry = lists.get(list_key(command))
    rule = permits_any_source(entry.rules) if entry is not None else None
    return [rule.line] if rule is not None else []


def limited(command: Command | None, lists: dict[Key, AccessList]) -> bool:
    """Whether the list that a command names keeps somebody out."""
    entry = lists.get(list_key(command)) if command is not None else None
    return entry is not None and bool(entry.rules) and permits_any_source(entry.rules) is None
