"""Interfaces: what an agent shows of them, and how their names are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Interface


@dataclass(frozen=True, slots=True)
class Port:
    """An interface as the agent and the `brief` tables show it. `mbps` is its speed, `instance` its VPN instance."""

    index: int
    name: str
    description: str
    enabled: bool
    up: bool
    addresses: tuple[IPv4Interface, ...]
    mbps: int
    kind: int
    mtu: int = 1500
    instance: str = ""


# How an interface's name gives its speed in Mbit/s and its ifType (IANAifType-MIB).
_SPEEDS: Final = (
    ("fast", 100, 6),
    ("gigabit", 1000, 6),
    ("xgigabit", 10000, 6),
    ("tengigabit", 10000, 6),
    ("ten-gigabit", 10000, 6),
    ("10ge", 10000, 6),
    ("40ge", 40000, 6),
    ("100ge", 100000, 6),
    ("ethernet", 100, 6),
    ("eth", 1000, 6),
    ("loopback", 0, 24),
    ("lo", 0, 24),
    ("tunnel", 0, 131),
    ("vlan", 1000, 53),
    ("null", 0, 1),
)


def speed_and_type(interface: str) -> tuple[int, int]:
    """Speed in Mbit/s and ifType of an interface by its name; (1000, 6) for one that nobody knows."""
    name = interface.lower()
    for prefix, mbps, kind in _SPEEDS:
        if name.startswith(prefix):
            return mbps, kind
    return 1000, 6


def split_interface(text: str) -> tuple[str, str] | None:
    """Kind and number of an interface's name; None if it is none."""
    found = re.fullmatch(r"((?:\d+GE)|[A-Za-z][A-Za-z-]*)\s*(\d+(?:/\d+)*(?:\.\d+)?)", text, re.IGNORECASE)
    return (found[1], found[2]) if found else None


def kind_of(text: str, kinds: Iterable[str]) -> str | None:
    """The full kind that an abbreviation means; the exact one or the only one, else None."""
    given = text.lower()
    found = [kind for kind in kinds if kind.lower().startswith(given)]
    exact = [kind for kind in found if kind.lower() == given]
    if exact:
        return exact[0]
    return found[0] if len(found) == 1 or (found and given in ("g", "gi", "e", "l", "lo", "t", "v")) else None
