"""Access lists whose rules say their parts by keywords: `rule [N] {permit | deny} [PROTOCOL] [source A W] …`.

The form of VRP and Comware. A wildcard bit of 0 must match; `0` alone is a host; IPv6 has lengths. What is not known
stays a word, and words are conditions.

Sources: Huawei "S Series Switches Command Reference" (rule), H3C "Comware 7 ACL and QoS Command Reference" (rule of
IPv4 and IPv6 basic and advanced ACLs).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from configs.meaning.filters import ALL_BITS, ANY, ANY_PORTS, Address, FilterRule, Ports
from configs.meaning.numbers import number, v4, v6

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.reading import Command

_V4_BITS = 0xFFFFFFFF
_ACTIONS = ("permit", "deny")
_SIDES = ("source", "destination")
# A rule without its line.
_Parts = tuple[bool, str, Address, Address, Ports, Ports, frozenset[str]]
_OPERATORS = ("eq", "neq", "gt", "lt", "range")
_PORT_NUMBERS = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "tacacs": 49, "dns": 53, "bootps": 67,
    "bootpc": 68, "tftp": 69, "www": 80, "http": 80, "pop3": 110, "ntp": 123, "netbios-ns": 137, "netbios-dgm": 138,
    "netbios-ssn": 139, "snmp": 161, "snmptrap": 162, "bgp": 179, "https": 443, "syslog": 514,
}  # fmt: skip
# What limits nothing: it only counts or records.
_WITH_A_NAME = frozenset({"time-range", "vpn-instance"})
_NO_CONDITION = frozenset({"logging", "counting"})


def rule(line: int, folded: Sequence[str], *, basic: bool) -> FilterRule | None:
    """A rule from its words behind `rule`, in lower case; None if it is none. `basic`: it knows no protocol."""
    found = _rule(tuple(folded), basic)
    # A rule a line: made in the shortest way.
    return None if found is None else tuple.__new__(FilterRule, (line, *found))


@lru_cache(1 << 14)  # the devices of a city have the same rules
def _rule(folded: tuple[str, ...], basic: bool) -> _Parts | None:
    """What a rule says, without its line."""
    words, at = _numbered(folded)
    end = len(words)
    if at >= end or words[at] not in _ACTIONS:
        return None
    permit, at = words[at] == "permit", at + 1
    named = not basic and at < end and words[at] not in _SIDES
    protocol = words[at] if named else ""
    at += named
    source = destination = ANY
    source_ports = destination_ports = ANY_PORTS
    conditions: list[str] = []
    rest: list[str] = []  # which of them belong together is not known: `icmp-type 3 1`, `dscp ef fragment`
    while at < end:
        word = words[at]
        at += 1
        if word == "source":
            source, at = _address(words, at)
        elif word == "destination":
            destination, at = _address(words, at)
        elif word == "destination-port":
            destination_ports, at = _ports_at(words, at)
        elif word == "source-port":
            source_ports, at = _ports_at(words, at)
        elif word in _WITH_A_NAME and at < end:
            conditions.append(f"{word} {words[at]}")
            at += 1
        elif word not in _NO_CONDITION:
            rest.append(word)
    if rest:
        conditions.append(" ".join(rest))
    protocol = "" if protocol in ("ip", "ipv6") else protocol
    held = frozenset(conditions) if conditions else _NOTHING
    return permit, protocol, source, destination, source_ports, destination_ports, held


def rule_number(command: Command) -> int | None:
    """The number that a rule has in its list."""
    return int(command.folded[1]) if len(command.folded) > 1 and command.folded[1].isdigit() else None


def remarks(folded: Sequence[str]) -> bool:
    """Whether the words behind `rule` say something about a rule and decide nothing."""
    words, at = _numbered(folded)
    return at >= len(words) or words[at] in ("description", "comment", "remark")


def _numbered(words: Sequence[str]) -> tuple[Sequence[str], int]:
    """The words without the device's counter, and the place behind a rule's number and name."""
    if words and words[-1].endswith(")"):  # in an answer that shows it
        words = words[: next((place for place, word in enumerate(words) if word.startswith("(")), len(words))]
    at = 1 if words and words[0].isdigit() else 0
    return words, at + 2 if len(words) > at + 2 and words[at] == "name" else at


_NOTHING: frozenset[str] = frozenset()


def _address(words: Sequence[str], at: int) -> tuple[Address, int]:
    """The address that stands at a place, and the place behind it."""
    word = words[at] if at < len(words) else "any"
    if word == "any":
        return ANY, at + 1
    found = _masked(word, words[at + 1] if at + 1 < len(words) else "0")
    if found is not None:
        return found, at + 2
    # On broadband gateways: `source ip-address A W`, `destination ipv6-address A/L`, `source user-group NAME`.
    if word in ("ip-address", "ipv6-address"):
        return _address(words, at + 1)
    after = words[at + 1] if at + 1 < len(words) else ""
    if word in ("user-group", "service-group", "object-group") and after:
        return Address(f"{word} {after}", 0), at + 2
    if ":" in word:
        return _v6_address(word, after, at)
    named = bool(after) and word.endswith("set")
    return Address(f"{word} {after}" if named else word, 0), at + 1 + named


@lru_cache(16384)
def _masked(word: str, wildcard: str) -> Address | None:
    """`A WILDCARD`; None if it begins with no address."""
    value = number(word)
    if value is None:
        return None
    bits = 0 if wildcard == "0" else v4(wildcard)
    if bits is None:
        return Address(f"{word} {wildcard}", 0)
    return ANY if bits == _V4_BITS else Address(value & ~bits, bits)


def _v6_address(word: str, after: str, at: int) -> tuple[Address, int]:
    """`A/L`, or `A L`."""
    text, slash, length = word.partition("/")
    at += 1
    if not slash and after.isdigit():
        length = after
        at += 1
    value = v6(text)
    if value is None or not (length or "128").isdigit() or int(length or "128") > 128:
        return Address(word, 0), at
    bits = (1 << (128 - int(length or "128"))) - 1
    return (ANY if bits == ALL_BITS else Address(value & ~bits, bits, 6)), at


def _ports_at(words: Sequence[str], at: int) -> tuple[Ports, int]:
    """The ports that stand at a place, and the place behind them."""
    operator = words[at] if at < len(words) else ""
    if operator not in _OPERATORS or at + 1 >= len(words):
        return Ports((), (operator,)), at + 1
    end = at + (3 if operator == "range" else 2)
    return _ports(operator, tuple(words[at + 1 : end])), end


@lru_cache(16384)
def _ports(operator: str, names: tuple[str, ...]) -> Ports:
    numbers = [int(name) if name.isdigit() else _PORT_NUMBERS.get(name) for name in names]
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers):
        return Ports((), (operator, *names))
    first, last = known[0], known[-1]
    if operator == "neq":
        return Ports(tuple((low, high) for low, high in ((0, first - 1), (first + 1, 65535)) if low <= high))
    ranges = {"eq": (first, first), "gt": (first + 1, 65535), "lt": (0, first - 1), "range": (first, last)}
    return Ports((ranges[operator],))
