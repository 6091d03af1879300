"""Comware's filters as sets of packets: access lists, object groups, security policies, object policies.

Forms as in H3C's command references: "03-Security policy commands" of the SecPath series (h3c.com d_202209/1688290:
`rule ID name N`, `action`, `source-ip`, `source-ip-host | -subnet | -range`, `service`, `service-port`), "19-Object
policy commands" of the VSR series (d_202010/1350262: `rule ID {pass | drop | inspect} [source-ip G] …`, `rule ID
append`), "Object group commands" (`[ID] network {host | subnet | range | group-object}`, `[ID] service …`), "ACL
commands".
Names of groups are not case-sensitive. A rule that has no action drops.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from configs.headers import PORTS
from configs.intervals import ANYWHERE, AddressSet, Intervals
from configs.meaning import keyword_rules, objects
from configs.meaning.filter_sets import UnclearError, rule_of
from configs.meaning.objects import Content, Policy, Services
from configs.meaning.policies import Service
from configs.meaning.statements import FilterKind, FilterList, Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configs.headers import Rule
    from configs.tree import Node

_Words = tuple[str, ...]
_GROUP: Final = "object-group"
_PORTS: Final = {
    "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "dns": 53, "tftp": 69, "http": 80, "www": 80, "pop3": 110,
    "ntp": 123, "snmp": 161, "snmptrap": 162, "bgp": 179, "https": 443, "syslog": 514,
}  # fmt: skip
# What a rule of a policy says besides, that limits no packets.
_SILENT: Final = frozenset({"description", "logging", "counting", "session", "profile", "append", "name"})
# Words of which any may hold.
_ALTERNATIVES: Final = {"user-group": "user", "app-group": "application"}


class Groups:
    """Object groups of addresses and services."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.addresses = objects.addresses(_GROUP, {"any": ANYWHERE})
        self.services = objects.service_book(_GROUP, {"any": (Service(),)})
        self.references: list[Name] = []
        for node in nodes:
            words = tuple(node.text.split())
            if words[:3] in ((_GROUP, "ip", "address"), (_GROUP, "ipv6", "address")) and len(words) > 3:
                self._addresses(node, words[3].lower())
            elif words[:2] == (_GROUP, "service") and len(words) > 2:
                self._services(node, words[2].lower())

    def _addresses(self, node: Node, name: str) -> None:
        self.addresses.open(name, node.line)
        for inner in node.children:
            words = _behind_number(tuple(inner.text.split()))
            if words[:1] != ("network",):
                continue
            if words[1:2] == ("exclude",):
                self.addresses.leave_out(name, _written(words[2:]), inner.line)
                continue
            if words[1:2] == ("group-object",) and len(words) > 2:
                self.references.append(Name(_GROUP, words[2].lower(), inner.line))
                self.addresses.put(name, words[2].lower(), inner.line)
            elif words[1:3] in (("host", "name"), ("user",), ("user-group",)) or words[1:2] == ("domain-name",):
                self.addresses.put(name, " ".join(words[1:]), inner.line)
            else:
                self.addresses.put(name, _written(words[1:]), inner.line)

    def _services(self, node: Node, name: str) -> None:
        self.services.open(name, node.line)
        for inner in node.children:
            words = _behind_number(tuple(inner.text.split()))
            if words[:2] == ("service", "group-object") and len(words) > 2:
                self.references.append(Name(_GROUP, words[2].lower(), inner.line))
                self.services.put(name, words[2].lower(), inner.line)
            elif words[:1] == ("service",):
                found = service(words[1:])
                self.services.put(name, None if found is None else (found,), inner.line)

    def lines(self, words: Iterable[str]) -> tuple[int, ...]:
        """The lines of the groups of addresses among these words."""
        return tuple(
            dict.fromkeys(line for word in words if word in self.addresses for line in self.addresses.lines(word))
        )

    def sets(self) -> dict[str, AddressSet]:
        """The sets that access lists name, by the words with which they do."""
        known = {name.name: self.addresses.get(name.name) for name in self.addresses.names()}
        return {f"{_GROUP} {name}": found for name, found in known.items() if found is not None}


def _behind_number(words: _Words) -> _Words:
    return words[1:] if words and words[0].isdigit() else words


def _written(words: _Words) -> AddressSet | None:
    """`host [address] A`, `subnet A {L | M}`, `subnet A wildcard W`, `range A B`, `A`."""
    if words[:2] == ("host", "address"):
        words = words[1:]
    if words[:1] in (("host",), ("address",)) and len(words) > 1:
        return objects.sized(words[1])
    if words[:1] == ("range",) and len(words) > 2:
        return objects.ranged(words[1], words[2])
    if words[:1] == ("subnet",):
        words = words[1:]
    if words[1:2] == ("wildcard",) and len(words) > 2:
        return objects.masked(words[0], words[2], must=False)
    return objects.sized(words[0], words[1] if len(words) > 1 else "") if words else None


def service(words: _Words) -> Service | None:
    """`{tcp | udp | N} [source OPERATOR PORT [PORT]] [destination …]`, `icmp [TYPE CODE]`; None if unclear.

    Types and codes of ICMP are not compared.
    """
    protocols = objects.protocol_set(words[0]) if words else None
    if protocols is None:
        return None
    ports = {"source": PORTS, "destination": PORTS}
    index = 1
    while index < len(words):
        if words[index] not in ports:
            break
        found = _ports(words[index + 1 : index + 4])
        if found is None:
            return None
        ports[words[index]] = found
        index += 4 if words[index + 1] == "range" else 3
    if index < len(words) and not words[0].lower().startswith("icmp"):
        return None
    return Service(protocols, ports["source"], ports["destination"])


def _ports(words: _Words) -> Intervals | None:
    numbers = [int(word) if word.isdigit() else _PORTS.get(word.lower()) for word in words[1:]]
    first = numbers[0] if numbers else None
    if first is None:
        return None
    last = numbers[1] if len(numbers) > 1 and words[0] == "range" else first
    spans = {"eq": (first, first), "gt": (first + 1, 65535), "lt": (0, first - 1), "range": (first, last)}
    if words[0] == "neq":
        return PORTS - Intervals.one(first)
    low, high = spans.get(words[0], (1, None))
    return None if high is None else Intervals.inclusive(low, high)


# ---- access lists


def access_lists(nodes: Iterable[Node], groups: Groups) -> Iterator[tuple[_Words, FilterList]]:
    """Every access list with its names: `acl [ipv6] [number | basic | advanced | mac | user-defined] {N | name N}`."""
    sets = groups.sets()
    for node in nodes:
        words = tuple(node.text.lower().split())
        if words[0] != "acl" or words[-1] in ("inbound", "outbound"):
            continue
        rest = [word for word in words[1:] if word not in ("match-order", "auto", "config")]
        family = 6 if rest[:1] == ["ipv6"] else 4
        names = tuple(
            word for before, word in zip(("", *rest), rest, strict=False) if word.isdigit() or before == "name"
        )
        if not names:
            continue
        basic = "basic" in rest or any(name.isdigit() and 2000 <= int(name) < 3000 for name in names)
        rules, unclear = [], []
        for inner in node.children:
            behind = tuple(inner.text.lower().split())
            if behind[0] != "rule" or keyword_rules.remarks(behind[1:]):
                continue
            found = keyword_rules.rule(inner.line, behind[1:], basic=basic)
            try:
                rules += [] if found is None else [replace(rule_of(found, sets), lines=groups.lines(behind))]
            except UnclearError:
                found = None
            if found is None:
                unclear.append(inner.line)
        title = f"ipv6 {names[0]}" if family == 6 else names[0]
        rules.sort(key=lambda rule: rule.line)
        yield (
            tuple(f"ipv6 {name}" if family == 6 else name for name in names),
            FilterList(FilterKind.ACCESS_LIST, title, node.line, tuple(rules), "deny", tuple(unclear)),
        )


# ---- policies


def policies(nodes: Sequence[Node], groups: Groups) -> Iterator[FilterList]:
    """`security-policy {ip | ipv6}` and every `object-policy {ip | ipv6} NAME`."""
    for node in nodes:
        words = tuple(node.text.split())
        if words[:1] == ("security-policy",) and node.children:
            yield _security_policy(node, groups)
        elif words[:2] in (("object-policy", "ip"), ("object-policy", "ipv6")) and len(words) > 2:
            yield _object_policy(node, groups)


def _finished(kind: str, node: Node, policies_: Iterable[Policy]) -> FilterList:
    rules: list[Rule] = []
    unclear = []
    for policy in policies_:
        try:
            rules += policy.rules()
        except UnclearError:
            unclear.append(policy.line)
    return FilterList(FilterKind.SECURITY_POLICY, kind, node.line, tuple(rules), "drop", tuple(unclear))


def _security_policy(node: Node, groups: Groups) -> FilterList:
    found = []
    for rule in node.children:
        lines = [tuple(inner.text.split()) for inner in rule.children]
        if not rule.text.startswith("rule ") or ("disable",) in lines:
            continue
        policy = Policy(rule.line, "drop")
        for words in lines:
            condition(policy, words, groups)
        found.append(policy)
    return _finished(" ".join(node.text.split()[:2]), node, found)


def condition(policy: Policy, words: _Words, groups: Groups) -> None:
    """A line of a security policy's rule."""
    head, rest = words[0], words[1:]
    role, _, form = head.partition("-ip")
    if role in ("source", "destination") and head.startswith(f"{role}-ip"):
        side = policy.source if role == "source" else policy.destination
        if form in ("-host", "-subnet", "-range"):
            side(_written((form[1:], *rest)))
        else:
            side(groups.addresses.content(" ".join(rest).lower()))
    elif head == "service":
        policy.service(groups.services.content(" ".join(rest).lower()))
    elif head == "service-port":
        found = service(rest)
        policy.service(None if found is None else Content[Services]((found,)))
    elif head == "action":
        policy.action = rest[0] if rest else "drop"
    elif head not in _SILENT and head != "undo":
        _together(policy, head, " ".join(rest))


def _together(policy: Policy, head: str, value: str) -> None:
    """Several lines of one kind: any of them."""
    kind = _ALTERNATIVES.get(head, head)
    head, value = kind, value if kind == head else f"{head} {value}"
    before = next((one for one in policy.conditions if one.startswith(f"{head} ")), None)
    if before is None:
        policy.conditions.add(f"{head} {value}")
    else:
        policy.conditions.discard(before)
        policy.conditions.add(f"{before} | {value}")


def _object_policy(node: Node, groups: Groups) -> FilterList:
    found: dict[str, Policy] = {}
    off: set[str] = set()
    for rule in node.children:
        words = tuple(rule.text.split())
        if words[0] != "rule" or len(words) < 2:
            continue
        number = words[1] if words[1].isdigit() else f"line {rule.line}"
        rest = words[2:] if words[1].isdigit() else words[1:]
        policy = found.setdefault(number, Policy(rule.line, "drop"))
        if "disable" in rest:
            off.add(number)
        _object_rule(policy, rest, groups)
    return _finished(" ".join(node.text.split()[:3]), node, [one for name, one in found.items() if name not in off])


def _object_rule(policy: Policy, words: _Words, groups: Groups) -> None:
    if words[:1] == ("comment",):
        return
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word in ("pass", "drop"):
            policy.action = word
        elif word == "inspect":
            policy.action = f"inspect {waiting.pop(0) if waiting else ''}"
        elif word in ("source-ip", "destination-ip", "service", "vrf", "application", "app-group", "time-range"):
            value = waiting.pop(0) if waiting else ""
            if word in ("vrf", "application", "app-group", "time-range"):
                _together(policy, word, value)
            else:
                condition(policy, (word, value), groups)
        elif word == "track":  # `track [negative | positive] N`: in force or not, as something else is reached
            policy.conditions.add(" ".join(("track", *waiting)))
            waiting = []
        elif word not in ("disable", *_SILENT):
            policy.conditions.add(word)
