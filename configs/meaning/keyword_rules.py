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
from configs.meaning.numbers import v4, v6

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.reading import Command

_V4_BITS = 0xFFFFFFFF
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
    words = _numbered(folded)
    if words[:1] not in (["permit"], ["deny"]):
        return None
    permit = words[0] == "permit"
    words = words[1:]
    protocol = ""
    if not basic and words and words[0] not in ("source", "destination"):
        protocol, words = words[0], words[1:]
    source = destination = ANY
    source_ports = destination_ports = ANY_PORTS
    conditions: list[str] = []
    rest: list[str] = []  # which of them belong together is not known: `icmp-type 3 1`, `dscp ef fragment`
    at, end = 0, len(words)
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
    return FilterRule(
        line,
        permit,
        "" if protocol in ("ip", "ipv6") else protocol,
        source,
        destination,
        source_ports,
        destination_ports,
        frozenset((*conditions, " ".join(rest)) if rest else conditions) if conditions or rest else _NOTHING,
    )


def number(command: Command) -> int | None:
    """The number that a rule has in its list."""
    return int(command.folded[1]) if len(command.folded) > 1 and command.folded[1].isdigit() else None


def remarks(folded: Sequence[str]) -> bool:
    """Whether the words behind `rule` say something about a rule and decide nothing."""
    words = _numbered(folded)
    return not words or words[0] in ("description", "comment", "remark")


def _numbered(folded: Sequence[str]) -> list[str]:
    """The words behind a rule's number and name."""
    words = list(folded)
    if words and words[-1].endswith(")"):  # the device's counter, in an answer that shows it
        words = words[: next((place for place, word in enumerate(words) if word.startswith("(")), len(words))]
    if words and words[0].isdigit():
        words = words[1:]
    return words[2:] if len(words) > 2 and words[0] == "name" else words


_NOTHING: frozenset[str] = frozenset()


def _address(words: list[str], at: int) -> tuple[Address, int]:
    """The address that stands at a place, and the place behind it."""
    word = words[at] if at < len(words) else "any"
    # On broadband gateways: `source ip-address A W`, `destination ipv6-address A/L`, `source user-group NAME`.
    if word in ("ip-address", "ipv6-address"):
        at += 1
        word = words[at] if at < len(words) else "any"
    after = words[at + 1] if at + 1 < len(words) else ""
    if word in ("user-group", "service-group", "object-group") and after:
        return Address(f"{word} {after}", 0), at + 2
    if word == "any":
        return ANY, at + 1
    if ":" in word:
        return _v6_address(word, after, at)
    value = v4(word)
    if value is None:
        named = bool(after) and word.endswith("set")
        return Address(f"{word} {after}" if named else word, 0), at + 1 + named
    return _masked(word, value, after or "0"), at + 2


@lru_cache(16384)
def _masked(word: str, value: int, wildcard: str) -> Address:
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


def _ports_at(words: list[str], at: int) -> tuple[Ports, int]:
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
