"""Addresses that are written as something else: bytes of a DHCP option, digits of an IS-IS system id.

Nothing rewrites them: what the bytes mean is the receiver's affair. Those that hold an address of the mapping are
listed for a person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.readdress.outcomes import Action
from configs.readdress.result import TokenResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.readdress.scope import Scope
    from configs.tree import Tree

_WORDS: Final = ("hex", "system-id", "set value")
# `option 43 hex f104.0a01.0963`, `option 43 hex 0x0A010963`, `hex-string 0a010963`, `set value "0A010963"`
_BYTES: Final = re.compile(
    r"\b(?:hex(?:-string)?|set\s+value)\s+\"?(?:0x)?([0-9A-Fa-f]{2,}(?:[.: ]?[0-9A-Fa-f]{2,})*)(?![0-9A-Za-z])"
)
# `system-id 0102.5500.0001`: four times three decimal digits
_SYSTEM: Final = re.compile(r"\bsystem-id\s+(\d{4}\.\d{4}\.\d{4})(?![\w.])")
_OCTETS: Final = 4


def find(tree: Tree, scope: Scope) -> tuple[TokenResult, ...]:
    """Every encoded address of a configuration that lies in the mapping, for a person."""
    text = tree.text
    words = [word for word in _WORDS if word in text]
    if not words:
        return ()
    return tuple(
        TokenResult(number, match.start(1) + 1, match[1], "encoded", Action.REVIEW, "", "encoded")
        for number, line in enumerate(tree.lines, 1)
        if any(word in line for word in words)
        for match in (_BYTES.search(line) or _SYSTEM.search(line),)
        if match is not None and any(scope.holds(value, _OCTETS) for value in _values(match))
    )


def _values(match: re.Match[str]) -> Iterator[int]:
    """The addresses that a text may hold."""
    if match.re is _SYSTEM:
        digits = match[1].replace(".", "")
        octets = [int(digits[at : at + 3]) for at in range(0, 12, 3)]
        if max(octets) <= 255:
            yield int.from_bytes(octets, "big")
        return
    digits = re.sub(r"[.: ]", "", match[1])
    data = bytes.fromhex(digits[: len(digits) // 2 * 2])
    for at in range(len(data) - _OCTETS + 1):
        yield int.from_bytes(data[at : at + _OCTETS], "big")
