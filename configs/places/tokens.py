"""What in a line could be an address: every run of characters of that shape, none left out.

A token is not yet an address: `configs.places.table` says what it means where it stands. Versions, object
identifiers and IS-IS titles are found too, so that they are classified instead of skipped. Time is linear in the
line's length.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Form(StrEnum):
    """The shape of a token."""

    IPV4 = "ipv4"  # four numbers up to 255
    IPV6 = "ipv6"
    NUMBER = "number"  # dotted numbers that are no address: five parts, or one above 255
    NET = "net"  # an IS-IS network entity title or the like: groups of four hexadecimal digits
    JOINED = "joined"  # four numbers joined by `-` or `_`, as names have them


class Token(NamedTuple):
    """`text` stands at `start` (from 0) to before `end` of a line."""

    start: int
    end: int
    text: str
    form: Form

    @property
    def column(self) -> int:
        """The column for people, from 1."""
        return self.start + 1


_HEX = "[0-9A-Fa-f]"
_TOKEN = re.compile(
    rf"(?P<net>(?<![0-9A-Za-z.])(?:{_HEX}{{2}}\.)(?:{_HEX}{{4}}\.){{3,9}}{_HEX}{{2}}(?![0-9A-Za-z]|\.\d))"
    rf"|(?P<v6>(?<![0-9A-Za-z:.])(?:{_HEX}{{1,4}}(?=:)|(?=::)):[0-9A-Fa-f:]*+(?:\d*\.\d+\.\d+\.\d+)?(?:%[A-Za-z][\w/.-]*)?)"
    r"|(?P<dotted>(?<!\d)\d++(?:\.\d++){3,})"
    r"|(?P<joined>(?<![0-9.])\d{1,3}([-_])\d{1,3}\5\d{1,3}\5\d{1,3}(?![0-9.]))"
)
_OCTETS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
# The usual ones among them, whose numbers need not be read.
_QUAD = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[0-9]{1,2})(?:\.(?!$)|$)){4}")
_GROUPS = 8


def has_tokens(line: str) -> bool:
    """Whether a line may have tokens; quick, and never False where there is one."""
    count = line.count
    return count(".") > 2 or "::" in line or count(":") > 5 or count("-") > 2 or count("_") > 2


def may_have(lines: Sequence[str], text: str) -> list[int]:
    """The numbers (from 1) of the lines of a text that may have tokens: `has_tokens` of all of them, without the calls.

    Most texts have few of the marks that make a token, so that lines are asked for the others only.
    """
    found = _with(lines, ".", 2)
    more: set[int] = set()
    for mark, most in (("-", 2), ("_", 2), (":", 5)):
        if text.count(mark) > most:
            more.update(_with(lines, mark, most))
    if "::" in text:
        more.update(_with(lines, "::", 0))
    return sorted(more.union(found)) if more else found


def _with(lines: Sequence[str], mark: str, most: int) -> list[int]:
    """The numbers of the lines that have a mark more often than so: most lines have none, which is seen quickly."""
    return [number for number, line in enumerate(lines, 1) if mark in line and line.count(mark) > most]


def scan(line: str) -> tuple[Token, ...]:
    """Every token of a line, in order; they do not overlap."""
    return tuple(_tokens(line)) if has_tokens(line) else ()


def _tokens(line: str) -> Iterator[Token]:
    at = 0
    while (match := _TOKEN.search(line, at)) is not None:
        start, end = match.span()
        kind = match.lastgroup
        text = match.group()
        at = end
        if kind == "dotted":
            yield Token(start, end, text, Form.IPV4 if _is_quad(text) else Form.NUMBER)
        elif kind == "net":
            yield Token(start, end, text, Form.NET)
        elif kind == "joined":
            if _is_quad(re.sub("[-_]", ".", text)):
                yield Token(start, end, text, Form.JOINED)
            else:
                at = start + 1
        elif _is_v6(text, line, end):
            # A colon that ends a sentence or a label does not belong to the address.
            if text.endswith(":") and not text.endswith("::"):
                text, end = text[:-1], end - 1
            yield Token(start, end, text, Form.IPV6)
        else:
            # A time, a MAC address, an RD: what follows its first colon may still be one (`65000:10.1.1.1`).
            at = start + text.index(":") + 1


def _is_quad(text: str) -> bool:
    if _QUAD.fullmatch(text) is not None:
        return True
    return _OCTETS.fullmatch(text) is not None and all(int(part) <= 255 for part in text.split("."))


def _is_v6(text: str, line: str, end: int) -> bool:
    if end < len(line) and line[end].isascii() and (line[end].isalnum() or line[end] == "_"):
        return False
    if "::" in text:
        return ":::" not in text and text.count("::") == 1 and text.count(":") <= _GROUPS
    return text.rstrip(":").count(":") == _GROUPS - 1 or (text.count(":") == _GROUPS - 2 and "." in text)
