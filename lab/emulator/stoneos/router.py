"""A firewall that speaks StoneOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.stoneos.device import StoneBox
from lab.emulator.stoneos.session import StoneSession

if TYPE_CHECKING:
    from lab.emulator.terminal import Terminal


class StoneDevice(StoneBox):
    """A firewall that speaks StoneOS."""

    def session(self, terminal: Terminal, user: str, level: int) -> StoneSession:
        """A session in execution mode."""
        return StoneSession(self, terminal, user, level)
