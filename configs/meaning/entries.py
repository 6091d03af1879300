"""Access lists of the industry-standard form, and the object groups that they name, as sets of packets.

`[N | seq N] {permit | deny} [PROTOCOL] SOURCE [PORTS] [DESTINATION] [PORTS] …` below `ip access-list NAME` or behind
`access-list NAME`; an address is `any`, `host A`, `A WILDCARD`, `A/L`, the name of a group, or a bare `A` where a list
knows sources only. A dialect says its words (`Lists`). An entry that is not of this form is unclear, never left out.

Sources: Cisco IOS Security Command Reference (permit, deny, object-group), Nexus 9000 security configuration guide (IP
ACLs, object groups), IOS XR IP addresses command reference (access lists, object-group network), EOS user manual (ACLs
and route maps), FRR user guide (filtering), RGOS command reference (ACL).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from configs.addressing import address_of, host_of
from configs.intervals import ANYWHERE, AddressSet
from configs.meaning import objects
from configs.meaning.filter_sets import UnclearError, rule_of
from configs.meaning.filters import ALL_BITS, ANY, ANY_PORTS, Address, FilterRule, Ports
from configs.meaning.policies import address_objects
from configs.meaning.statements import FilterKind, FilterList, Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from configs.headers import Rule
    from configs.tree import Node

Words: TypeAlias = tuple[str, ...]
# A command, the views it stands in, and its words.
Walked: TypeAlias = "tuple[Words, Node, Words]"

_V4_BITS: Final = 0xFFFFFFFF
_OPERATORS: Final = ("eq", "neq", "gt", "lt", "range")
# The port names of IOS, NX-OS, EOS and RGOS. Another name stays a word.
_PORT_NUMBERS: Final = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "tacacs": 49, "tacacs-ds": 65, "domain": 53,
    "bootps": 67, "bootpc": 68, "tftp": 69, "www": 80, "http": 80, "pop3": 110, "sunrpc": 111, "ntp": 123,
    "netbios-ns": 137, "netbios-dgm": 138, "netbios-ss": 139, "netbios-ssn": 139, "snmp": 161, "snmptrap": 162,
    "bgp": 179, "ldap": 389, "https": 443, "isakmp": 500, "syslog": 514, "lpd": 515, "non500-isakmp": 4500,
}  # fmt: skip
# In a list, but no entry that decides anything.
_NO_ENTRY: Final = frozenset({
    "remark", "statistics", "counters", "description", "resequence", "hardware", "list-remark", "time-range",
})  # fmt: skip
# Words behind an entry that limit nothing.
_NO_CONDITION: Final = frozenset({"log", "log-input", "logging", "counter", "capture", "set"})
_GROUPS: Final = ("object-group", "addrgroup", "net-group")
_NEXT_HOPS: Final = ("nexthop1", "nexthop2", "nexthop3", "next-hop")


@dataclass(frozen=True, slots=True)
class Lists:
    """A language's words for lists and groups.

    `heads` begin a list's command, `groups` a group's; the name follows. `wildcards`: a group's member `A B` has a
    wildcard, else a mask. `bare`: a flat list's entries may be below the command too.
    """

    heads: tuple[Words, ...] = (("ip", "access-list"), ("ipv6", "access-list"), ("access-list",))
    groups: tuple[Words, ...] = (("object-group", "network"),)
    wildcards: bool = False


class Entry(NamedTuple):
    """An entry as it is written, and its list."""

    version: int
    name: str
    line: int
    words: Words


class Read(NamedTuple):
    """What was found: lists, the names of lists and groups, their uses by each other, and what could not be read."""

    lists: tuple[FilterList, ...]
    definitions: tuple[Name, ...]
    references: tuple[Name, ...]


def read(nodes: Sequence[Walked], words: Lists) -> Read:
    """All lists of a configuration."""
    groups, lines_of, definitions, references = _groups(nodes, words)
    lists: dict[tuple[int, str], list[Entry]] = {}
    lines: dict[tuple[int, str], int] = {}
    for entry, opens in _entries(nodes, words.heads):
        key = entry.version, entry.name
        lines.setdefault(key, entry.line)
        lists.setdefault(key, [])
        if not opens:
            lists[key].append(entry)
    found = []
    for (version, name), entries in lists.items():
        one = _list(version, name, lines[version, name], entries, groups)
        found.append(replace(one, rules=tuple(_named(rule, entries, lines_of) for rule in one.rules)))
        definitions.append(Name("acl", name, lines[version, name]))
        references += [
            Name("object-group", after, entry.line)
            for entry in entries
            for word, after in zip(entry.words, entry.words[1:], strict=False)
            if word in _GROUPS and entry.words[0] != "remark"
        ]
    return Read(tuple(found), tuple(definitions), tuple(references))


def _named(rule: Rule, entries: Sequence[Entry], lines_of: Mapping[str, tuple[int, ...]]) -> Rule:
    """A rule with the lines of the groups that its entry names."""
    words = next(entry.words for entry in entries if entry.line == rule.line) if lines_of else ()
    found = [line for word in words for line in lines_of.get(word.lower(), ())]
    return replace(rule, lines=tuple(dict.fromkeys(found))) if found else rule


def _list(version: int, name: str, line: int, entries: Sequence[Entry], groups: Mapping[str, AddressSet]) -> FilterList:
    rules, unclear = [], []
    for entry in entries:
        words = _numbered(tuple(word.lower() for word in entry.words))
        if words and words[0] in _NO_ENTRY:
            continue
        try:
            rules.append(rule_of(_rule(entry.line, entry.words, groups), groups))
        except UnclearError:
            unclear.append(entry.line)
    title = f"ipv6 {name}" if version == 6 else name
    return FilterList(FilterKind.ACCESS_LIST, title, line, tuple(rules), "deny", tuple(unclear))


def _entries(nodes: Iterable[Walked], heads: Sequence[Words]) -> Iterator[tuple[Entry, bool]]:
    """Every entry of every list; also the commands that only name one."""
    for _, node, words in nodes:
        folded = tuple(word.lower() for word in words)
        head = next((head for head in heads if folded[: len(head)] == head), None)
        if head is None:
            continue
        rest = words[len(head) :]
        if rest[:1] and rest[0].lower() in ("standard", "extended"):
            rest = rest[1:]
        if not rest or rest[0].lower() in ("resequence", "log-update", "logging", "role-based", "commit"):
            continue
        version = 6 if head[0] == "ipv6" else 4
        name, entry = rest[0], rest[1:]
        yield Entry(version, name, node.line, ()), True
        if entry and entry[0].lower() in ("permit", "deny", "seq", "remark", "dynamic", "line"):
            yield Entry(version, name, node.line, entry), False
        elif len(head) > 1 or node.children:
            for inner in node.children:
                if not inner.text.startswith(("no ", "exit", "!")):
                    yield Entry(version, name, inner.line, tuple(inner.text.split())), False


def _numbered(words: Words) -> Words:
    """An entry's words behind its number."""
    if words[:1] in (("seq",), ("sequence",), ("line",)) and len(words) > 1 and words[1].isdigit():
        return words[2:]
    return words[1:] if words and words[0].isdigit() else words


def _rule(line: int, written: Words, groups: Mapping[str, AddressSet]) -> FilterRule:
    reader = _Reader(_numbered(written), groups)
    action = reader.take().lower()
    if action not in ("permit", "deny"):
        raise UnclearError(" ".join(written))
    protocol = ""
    if not reader.at_address() or reader.at_service():
        protocol = reader.protocol()
    source = reader.address(bare=not protocol)
    source_ports = reader.ports()
    destination = reader.address(bare=False) if reader.at_address() else ANY
    destination_ports = reader.ports()
    return FilterRule(
        line,
        action == "permit",
        "" if protocol in ("ip", "ipv4", "ipv6", "any") else protocol,
        source,
        destination,
        source_ports,
        destination_ports,
        reader.conditions(),
    )


class _Reader:
    """Takes the parts of an entry off the front of its words."""

    def __init__(self, words: Words, groups: Mapping[str, AddressSet]) -> None:
        self._words = list(words)
        self._groups = groups

    def take(self) -> str:
        return self._words.pop(0) if self._words else ""

    def _next(self, index: int = 0) -> str:
        return self._words[index] if len(self._words) > index else ""

    def at_address(self) -> bool:
        """Whether an address, or the name of a group of addresses, comes next."""
        word = self._next()
        if word.lower() in _GROUPS:
            return True
        return word.lower() in ("any", "any4", "any6", "host", "interface") or _address(word) is not None

    def at_service(self) -> bool:
        """Whether the group that comes next is one of services: it has no addresses, and another thing follows."""
        return self._next().lower() == "object-group" and f"object-group {self._next(1)}" not in self._groups

    def protocol(self) -> str:
        word = self.take()
        if word.lower() in ("object-group", "service-group"):
            return f"{word.lower()} {self.take()}"
        return word.lower()

    def address(self, *, bare: bool) -> Address:
        word = self.take()
        folded = word.lower()
        if folded in ("any", "any4", "any6"):
            return ANY
        if folded == "host":
            return _host(self.take())
        if folded in (*_GROUPS, "interface"):
            return Address(f"{folded} {self.take()}", 0)
        if "/" in word:
            return _prefix(word)
        free = address_of(self._next())
        if free is None and not bare:
            raise UnclearError(word)
        return _host(word) if free is None else _free(word, self.take())

    def ports(self) -> Ports:
        operator = self._next().lower()
        if operator in ("portgroup", "port-group") or (operator == "object-group" and self.at_service()):
            self.take()
            return Ports((), (operator, self.take()))
        if operator not in _OPERATORS:
            return ANY_PORTS
        self.take()
        names = [self.take().lower()]
        while operator in ("eq", "neq") and _port(self._next().lower()) is not None:
            names.append(self.take().lower())
        if operator == "range":
            names.append(self.take().lower())
        numbers = [_port(name) for name in names]
        known = sorted(number for number in numbers if number is not None)
        if len(known) != len(numbers):
            return Ports((), (operator, *names))
        if operator == "eq":
            return Ports(tuple((number, number) for number in known))
        if operator == "neq":
            starts, ends = [0, *(number + 1 for number in known)], [*(number - 1 for number in known), 65535]
            return Ports(tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high))
        first, last = known[0], known[-1]
        return Ports(({"gt": (first + 1, 65535), "lt": (0, first - 1), "range": (first, last)}[operator],))

    def conditions(self) -> frozenset[str]:
        """What is left: conditions, but for logging and for where a permitted packet is sent to."""
        found = []
        while self._words:
            word = self.take()
            if word.lower() in _NEXT_HOPS:
                # Where it is sent to is no question of which packets: the line-by-line half compares the address.
                found.append(word.lower())
                self._words = [other for other in self._words if address_of(other) is None]
            elif word.lower() not in _NO_CONDITION:
                found.append(word)
        return frozenset({" ".join(found)} if found else ())


def _address(word: str) -> object | None:
    return address_of(word.partition("/")[0]) if word else None


def _host(word: str) -> Address:
    address = address_of(word)
    return Address(word, 0) if address is None else Address(int(address), 0, address.version)


def _prefix(word: str) -> Address:
    found = host_of((word,))
    if found is None:
        raise UnclearError(word)
    address, length = found
    if length == 0:
        return ANY if address.version == 4 else Address(0, (1 << 128) - 1, 6)
    free = (1 << (address.max_prefixlen - length)) - 1
    return Address(int(address) & ~free, free, address.version)


def _free(word: str, wildcard: str) -> Address:
    address, free = address_of(word), address_of(wildcard)
    if address is None or free is None or address.version != free.version:
        raise UnclearError(word)
    bits = _V4_BITS if address.version == 4 else ALL_BITS
    return ANY if int(free) == bits else Address(int(address) & ~int(free), int(free), address.version)


def _port(word: str) -> int | None:
    return int(word) if word.isdigit() else _PORT_NUMBERS.get(word)


# ---- groups


def _groups(
    nodes: Sequence[Walked], words: Lists
) -> tuple[dict[str, AddressSet], dict[str, tuple[int, ...]], list[Name], list[Name]]:
    """Groups of addresses by the words with which entries name them; those with something unknown are left out.

    Also the lines of each by its name, those of groups in it too.
    """
    lines: dict[str, list[int]] = {}
    members: dict[str, list[AddressSet | str | None]] = {}
    definitions, references = [], []
    for _, node, found in nodes:
        head = next((head for head in words.groups if found[: len(head)] == head), None)
        if head is None or len(found) <= len(head):
            continue
        name = found[-1]
        definitions.append(Name("object-group", name, node.line))
        parts = members.setdefault(name, [])
        own = lines.setdefault(name.lower(), [])
        for inner in node.children:
            part = _member(_numbered(tuple(inner.text.split())), wildcards=words.wildcards)
            if isinstance(part, str):
                references.append(Name("object-group", part, inner.line))
            own.append(inner.line)
            if inner.text.split()[0] not in ("description", "exit"):
                parts.append(part)
    for _ in members:  # groups may hold groups
        for name, held in members.items():
            lines[name.lower()] += [
                line for part in held if isinstance(part, str) for line in lines.get(part.lower(), ())
            ]
            lines[name.lower()] = list(dict.fromkeys(lines[name.lower()]))
    sets = address_objects({name: parts or [None] for name, parts in members.items()})
    named = {f"{word} {name}": found for name, found in sets.items() for word in _GROUPS}
    return named, {name: tuple(found) for name, found in lines.items()}, definitions, references


def _member(words: Words, *, wildcards: bool) -> AddressSet | str | None:
    """`host A`, `A/L`, `A MASK` or `A WILDCARD`, `range A B`, another group's name; None if it is something else."""
    if words[:1] in (("group-object",), ("object-group",)) and len(words) > 1:
        return words[1]
    if words[:1] == ("any",):
        return ANYWHERE
    if words[:1] == ("range",) and len(words) > 2:
        return objects.ranged(words[1], words[2])
    if words[:1] in (("host",), ("subnet",), ("host-info",), ("network",)):
        words = words[1:]
    if len(words) > 1 and wildcards and "/" not in words[0]:
        return objects.masked(words[0], words[1], must=False)
    return objects.sized(words[0], words[1] if len(words) > 1 else "") if words else None
