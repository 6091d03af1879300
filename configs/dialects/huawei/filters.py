"""VRP access lists and USG security policies as vendor-independent rules, and where lists are bound.

Syntax: "S Series Switches Command Reference" (acl, rule, traffic-filter, traffic-policy), "USG Series Command
Reference" (security-policy, firewall zone, service-manage). A wildcard bit of 0 must match; `0` alone is a host.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from configs.meaning.filters import ALL_BITS, ANY, ANY_PORTS, Address, FilterRule, Ports, permits_any_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.reading import Command, Reading

_V4_BITS = 0xFFFFFFFF
_OPERATORS = ("eq", "neq", "gt", "lt", "range")
_PORT_NUMBERS = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "tacacs": 49, "dns": 53, "bootps": 67,
    "bootpc": 68, "tftp": 69, "www": 80, "ntp": 123, "netbios-ns": 137, "netbios-dgm": 138, "netbios-ssn": 139,
    "snmp": 161, "snmptrap": 162, "bgp": 179, "syslog": 514,
}  # fmt: skip
# What limits nothing: it only counts or records.
_NO_CONDITION = frozenset({"logging", "counting"})
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

    def covers(self, other: PolicyRule) -> bool:
        """Whether everything that `other` matches is matched by this rule."""
        return all(
            not mine or (theirs and theirs <= mine)
            for mine, theirs in ((self.conditions[name], other.conditions[name]) for name in _DIMENSIONS)
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
        for inner in command.find("rule"):
            if not inner.negated and (rule := _rule(inner, basic=basic)) is not None:
                entry.rules.append(rule)
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
        for rule in policy.find("rule"):
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


def limited(command: Command | None, lists: dict[Key, AccessList]) -> bool:
    """Whether the list that a command names keeps somebody out."""
    entry = lists.get(list_key(command)) if command is not None else None
    return entry is not None and bool(entry.rules) and permits_any_source(entry.rules) is None


def _rule(command: Command, *, basic: bool) -> FilterRule | None:
    words = list(command.folded[1:])
    if words and words[0].isdigit():
        words = words[1:]
    if len(words) > 2 and words[0] == "name":
        words = words[2:]
    if not words or words[0] not in ("permit", "deny"):
        return None
    permit = words[0] == "permit"
    words = words[1:]
    protocol = ""
    if not basic and words and words[0] not in ("source", "destination"):
        protocol = words.pop(0)
    parts = _Parts(words)
    parts.read()
    return FilterRule(
        command.line,
        permit,
        "" if protocol in ("ip", "ipv6") else protocol,
        parts.source,
        parts.destination,
        parts.source_ports,
        parts.destination_ports,
        frozenset(parts.conditions),
    )


class _Parts:
    """The keyword parts of a rule, in whatever order they stand."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self.source = ANY
        self.destination = ANY
        self.source_ports = ANY_PORTS
        self.destination_ports = ANY_PORTS
        self.conditions: list[str] = []

    def read(self) -> None:
        while self._words:
            word = self._words.pop(0)
            if word == "source":
                self.source = self._address()
            elif word == "destination":
                self.destination = self._address()
            elif word == "source-port":
                self.source_ports = self._ports()
            elif word == "destination-port":
                self.destination_ports = self._ports()
            elif word not in _NO_CONDITION:
                self.conditions.append(word)

    def _address(self) -> Address:
        word = self._words.pop(0) if self._words else "any"
        # On broadband gateways: `source ip-address A W`, `destination ipv6-address A/L`, `source user-group NAME`.
        if word in ("ip-address", "ipv6-address"):
            word = self._words.pop(0) if self._words else "any"
        if word in ("user-group", "service-group") and self._words:
            return Address(f"{word} {self._words.pop(0)}", 0)
        if word == "any":
            return ANY
        if ":" in word:
            return self._v6_address(word)
        value = _v4(word)
        if value is None:
            return Address(f"{word} {self._words.pop(0)}" if self._words and word.endswith("set") else word, 0)
        wildcard = self._words.pop(0) if self._words else "0"
        bits = 0 if wildcard == "0" else _v4(wildcard)
        if bits is None:
            return Address(f"{word} {wildcard}", 0)
        return ANY if bits == _V4_BITS else Address(value & ~bits, bits)

    def _v6_address(self, word: str) -> Address:
        """`A/L`, or `A L`."""
        text, slash, length = word.partition("/")
        if not slash and self._words and self._words[0].isdigit():
            length = self._words.pop(0)
        value = _v6(text)
        if value is None or not (length or "128").isdigit() or int(length or "128") > 128:
            return Address(word, 0)
        bits = (1 << (128 - int(length or "128"))) - 1
        return ANY if bits == ALL_BITS else Address(value & ~bits, bits, 6)

    def _ports(self) -> Ports:
        operator = self._words.pop(0) if self._words else ""
        if operator not in _OPERATORS or not self._words:
            return Ports((), (operator,))
        names = [self._words.pop(0)]
        if operator == "range" and self._words:
            names.append(self._words.pop(0))
        numbers = [int(name) if name.isdigit() else _PORT_NUMBERS.get(name) for name in names]
        known = [number for number in numbers if number is not None]
        if len(known) != len(numbers):
            return Ports((), (operator, *names))
        first, last = known[0], known[-1]
        if operator == "neq":
            return Ports(tuple((low, high) for low, high in ((0, first - 1), (first + 1, 65535)) if low <= high))
        ranges = {"eq": (first, first), "gt": (first + 1, 65535), "lt": (0, first - 1), "range": (first, last)}
        return Ports((ranges[operator],))


@lru_cache(4096)
def _v4(word: str) -> int | None:
    try:
        return int(IPv4Address(word))
    except (AddressValueError, ValueError):
        return None


@lru_cache(4096)
def _v6(word: str) -> int | None:
    try:
        return int(IPv6Address(word))
    except (AddressValueError, ValueError):
        return None
