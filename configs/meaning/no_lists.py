"""Access lists of the languages with `no` as vendor-independent filter rules, and where they are bound.

`access-list N …`, `ip | ipv4 | ipv6 access-list [standard | extended] NAME`; addresses have wildcards or lengths.

Syntax: Cisco "IP Addressing Services Command Reference" (access-list, ip access-list, permit, deny) and
"Security Command Reference" (ip access-group, access-class). A wildcard bit of 0 must match. A bound list that is not
defined permits everything ("Configuring IP Access Lists", document 23602).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from configs.meaning.filters import ALL_BITS, ANY, ANY_PORTS, Address, FilterRule, Ports
from configs.meaning.numbers import in_order, number, v4, v6

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.reading import Command, Reading

_V4_BITS = 0xFFFFFFFF
_ANY = ("any", "any4", "any6")
_PORT_WORDS = ("eq", "neq", "gt", "lt", "range")
# The well-known names that IOS writes instead of numbers, as far as filters of management traffic need them.
_PORT_NUMBERS = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "tacacs": 49, "domain": 53,
    "bootps": 67, "bootpc": 68, "tftp": 69, "www": 80, "pop3": 110, "sunrpc": 111, "ntp": 123, "netbios-ns": 137,
    "netbios-dgm": 138, "netbios-ss": 139, "snmp": 161, "snmptrap": 162, "bgp": 179, "isakmp": 500, "syslog": 514,
    "lpd": 515, "non500-isakmp": 4500,
}  # fmt: skip
_Words = tuple[str, ...]
# A rule without its line.
_Parts = tuple[bool, str, Address, Address, Ports, Ports, frozenset[str]]
_STANDARD = (range(1, 100), range(1300, 2000))


@dataclass(slots=True)
class AccessList:
    """A numbered or named list, with the lines that define it."""

    name: str
    lines: list[int] = field(default_factory=list)
    rules: list[FilterRule] = field(default_factory=list)
    # What decides something and is no rule of packets (`evaluate`, `dynamic`).
    unclear: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Binding:
    """A place where a list is used. `kind` is `interface`, `line`, `snmp` or `other`."""

    kind: str
    name: str
    command: Command


def access_lists(reading: Reading) -> dict[str, AccessList]:
    """Every IPv4 and IPv6 access list by its name."""
    lists: dict[str, AccessList] = {}
    for command in reading.find("access-list"):
        if command.negated or len(command.words) < 3:
            continue
        entry = lists.setdefault(command.words[1], AccessList(command.words[1]))
        entry.lines.append(command.line)
        _add(entry, command, 2, standard=_is_standard(command.words[1]))
    for command in [one for family in ("ip", "ipv4", "ipv6") for one in reading.find(family, "access-list")]:
        words = [word for word in command.words[2:] if word.lower() not in ("standard", "extended", "role-based")]
        if (
            command.negated
            or not words
            or words[0].lower() in ("resequence", "log-update", "logging", "cache", "capture", "log")
        ):
            continue
        entry = lists.setdefault(words[0], AccessList(words[0]))
        entry.lines.append(command.line)
        standard = command.has("standard") or (_is_standard(words[0]) and not command.has("extended"))
        for inner in in_order(command.inside, _number):
            if not inner.negated:
                _add(entry, inner, 0, standard=standard)
    return lists


def bindings(reading: Reading) -> Iterator[Binding]:
    """Where access lists are bound."""
    inside = reading.inside("interface")
    filters = [
        (interface.line, command)
        for words in (("ip", "access-group"), ("ipv6", "traffic-filter"), ("ipv4", "access-group"))
        for interface, command in inside.standing(*words)
        if len(command.words) > 2
    ]
    for _, command in sorted(filters, key=itemgetter(0)):
        yield Binding("interface", command.words[2], command)
    for line in reading.find("line"):
        for command in (*line.find("access-class"), *line.find("ipv6", "access-class")):
            name = terminal_list(command)
            if name and not command.negated:
                yield Binding("line", name, command)
    for community in reading.on("snmp-server", "community"):
        name = community_list(community)
        if name:
            yield Binding("snmp", name, community)
    yield from _other_bindings(reading)


def terminal_list(command: Command) -> str:
    """The list that `[ipv6] access-class [ingress | egress] NAME [in | out]` names; empty if it names none."""
    rest = [word for word in command.after("access-class") if word.lower() not in ("ingress", "egress")]
    return rest[0] if rest else ""


def _other_bindings(reading: Reading) -> Iterator[Binding]:
    """Where a list chooses something else than packets of an interface or logins of a line."""
    for before in (("ip", "http", "access-class"), ("ntp", "access-group"), ("match", "access-group")):
        for command in reading.on(*before):
            rest = [word for word in command.words[len(before) :] if word.lower() not in _NOT_NAMES]
            if rest:
                yield Binding("other", rest[0], command)
    for command in reading.on("ip", "nat"):
        rest = list(command.after("source", "list"))
        if rest:
            yield Binding("other", rest[0], command)
    for command in reading.on("snmp-server", "group"):
        rest = [word for word in command.after("access") if word.lower() != "ipv6"]
        if rest:
            yield Binding("snmp", rest[0], command)


_NOT_NAMES = ("name", "ipv4", "ipv6", "peer", "serve", "serve-only", "query-only", "kod")


_TYPES = frozenset({"0", "7", "8", "clear", "encrypted"})


def community_name(command: Command) -> tuple[str, str, int]:
    """The form and the name of `snmp-server community [FORM] NAME …`, and the place behind them. The form may be ""."""
    behind = command.folded[3:4]
    if command.folded[2] in _TYPES and behind and behind[0] not in _COMMUNITY_WORDS | {"view", "group", "host"}:
        return command.folded[2], command.words[3], 4
    return "", command.words[2], 3


def community_host(command: Command) -> str:
    """The only host that a community answers, where it stands in the line (`[RO|RW] host A`); else empty."""
    _, _, at = community_name(command)
    places = [index for index, word in enumerate(command.folded[at:-1], at) if word == "host"]
    return command.words[places[-1] + 1] if places else ""


def community_list(command: Command) -> str:
    """The access list of a community; empty if there is none.

    `snmp-server community [FORM] NAME [view V] [RO|RW] [host A] [ipv6 LIST] [LIST]`.
    """
    rest = list(command.words[community_name(command)[2] :])
    for word in ("view", "host"):
        place = next((index for index, one in enumerate(rest[:-1]) if one.lower() == word), None)
        if place is not None:
            del rest[place : place + 2]
    names = [word for word in rest if word.lower() not in _COMMUNITY_WORDS]
    if "group" in command.folded[3:]:
        names = list(command.after("use-ipv4acl") or command.after("use-acl"))[:1]
    return names[-1] if names else ""


_COMMUNITY_WORDS = frozenset({"ro", "rw", "ipv6", "ipv4", "trap", "systemowner", "sdrowner", "use-ipv4acl", "use-acl"})


def _is_standard(name: str) -> bool:
    return name.isdigit() and any(int(name) in numbers for numbers in _STANDARD)


def _add(entry: AccessList, command: Command, start: int, *, standard: bool) -> None:
    words = command.folded[start:] if start else command.folded
    found = _rule(words, standard)
    if found is not None:
        entry.lines.append(command.line)
        # A rule a line: made in the shortest way.
        entry.rules.append(tuple.__new__(FilterRule, (command.line, *found)))
    elif (words := _bare(words)) and words[0] not in ("remark", "exit", "statistics"):
        entry.unclear.append(command.line)


@lru_cache(1 << 14)  # the devices of a city have the same rules
def _rule(words: _Words, standard: bool) -> _Parts | None:
    """What a rule says, without its line; None if the words are none."""
    words = _bare(words)
    if len(words) < 2 or words[0] not in ("permit", "deny"):
        return None
    permit = words[0] == "permit"
    if standard:
        source, at = _address(words, 1, bare_host=True)
        return permit, "", source, ANY, ANY_PORTS, ANY_PORTS, _rest(words, at)
    protocol, at = words[1], 2
    if protocol in ("ip", "ipv6", "ipv4"):
        protocol = ""
    elif protocol == "object-group":
        protocol, at = f"object-group {words[2] if len(words) > 2 else ''}", 3
    source, at = _address(words, at)
    source_ports, at = _ports_at(words, at)
    destination, at = _address(words, at)
    destination_ports, at = _ports_at(words, at)
    return permit, protocol, source, destination, source_ports, destination_ports, _rest(words, at)


def _bare(words: _Words) -> _Words:
    """A rule without its number, the device's counter, and what makes it a dynamic one."""
    if words and words[-1][-1] == ")":  # in an answer that shows it
        words = words[: next((place for place, word in enumerate(words) if word[0] == "("), len(words))]
    if words and words[0] == "sequence":
        words = words[2:]
    elif words and words[0].isdigit():
        words = words[1:]
    if words and words[0] == "dynamic" and len(words) > 2:
        words = words[4 if words[2] == "timeout" else 2 :]
    return words


def _number(command: Command) -> int | None:
    """The number that a rule has in its list."""
    words = command.folded[1:] if command.folded[0] == "sequence" else command.folded
    return int(words[0]) if words and words[0].isdigit() else None


_NOTHING: frozenset[str] = frozenset()


def _address(words: _Words, at: int, *, bare_host: bool = False) -> tuple[Address, int]:
    """The address that stands at a place, and the place behind it."""
    if at >= len(words):
        return ANY, at
    word = words[at]
    if word in _ANY:
        return ANY, at + 1
    after = words[at + 1] if at + 1 < len(words) else ""
    if word == "host":
        return _host(after), at + 2
    found = _masked(word, after)
    if found is not None:
        return found, at + 2
    if word in ("object-group", "addrgroup"):
        return Address(f"{word} {after}", 0), at + 2
    return _alone(word, bare_host=bare_host), at + 1


def _alone(word: str, *, bare_host: bool) -> Address:
    """A word that says an address, or the name of one, without another."""
    if ":" in word:
        return _prefix(word)
    if "/" in word:
        return _short(word)
    value = v4(word) if bare_host else None
    return Address(word if value is None else value, 0)


def _ports_at(words: _Words, at: int) -> tuple[Ports, int]:
    """The ports that stand at a place, if any do, and the place behind them."""
    if at >= len(words) or words[at] not in _PORT_WORDS:
        return ANY_PORTS, at
    operator = words[at]
    end = at + (3 if operator == "range" else 2)
    if operator in ("eq", "neq"):
        while end < len(words) and _port(words[end]) is not None:
            end += 1
    names = words[at + 1 : end] or ("",)
    return _ports(operator, names), end


def _rest(words: _Words, at: int) -> frozenset[str]:
    """What is left are conditions, but for logging, which limits nothing."""
    if at >= len(words):
        return _NOTHING
    left = [word for word in words[at:] if word not in ("log", "log-input")]
    return frozenset({" ".join(left)}) if left else _NOTHING


@lru_cache(16384)
def _masked(word: str, free: str) -> Address | None:
    """`A WILDCARD`; None if it is none."""
    value, wildcard = number(word), v4(free) if free else None
    if value is None or wildcard is None:
        return None
    return ANY if wildcard == _V4_BITS else Address(value & ~wildcard, wildcard)


@lru_cache(16384)
def _ports(operator: str, names: tuple[str, ...]) -> Ports:
    numbers = [_port(name) for name in names]
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers):
        return Ports((), (operator, *names))
    if operator == "eq":
        return Ports(tuple((number, number) for number in known))
    if operator == "neq":
        starts = [0, *(number + 1 for number in sorted(known))]
        ends = [*(number - 1 for number in sorted(known)), 65535]
        return Ports(tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high))
    first, last = known[0], known[-1]
    return Ports(({"gt": (first + 1, 65535), "lt": (0, first - 1), "range": (first, last)}[operator],))


def _short(word: str) -> Address:
    """`A/L` of IPv4."""
    text, _, length = word.partition("/")
    value = v4(text)
    if value is None or not length.isdigit() or int(length) > 32:
        return Address(word, 0)
    bits = _V4_BITS >> int(length)
    return ANY if bits == _V4_BITS else Address(value & ~bits, bits)


@lru_cache(16384)
def _host(word: str) -> Address:
    if ":" in word:
        return _prefix(f"{word}/128")
    value = number(word)
    return Address(word if value is None else value, 0)


def _prefix(word: str) -> Address:
    """`A/L` of IPv6."""
    text, _, length = word.partition("/")
    value = v6(text)
    if value is None or not length.isdigit() or int(length) > 128:
        return Address(word, 0)
    bits = (1 << (128 - int(length))) - 1
    return ANY if bits == ALL_BITS else Address(value & ~bits, bits, 6)


def _port(word: str) -> int | None:
    return int(word) if word.isdigit() else _PORT_NUMBERS.get(word)
