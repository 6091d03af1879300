"""How devices ask for a login over telnet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TelnetWords:
    """How a device asks for a login: what it shows first, its two questions, and what it says to a wrong answer."""

    greeting: str
    user: str
    password: str
    refused: str
