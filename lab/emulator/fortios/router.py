"""A firewall that speaks FortiOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.fortios.session import FortiSession
from lab.emulator.fortios.wall import FortiWall

if TYPE_CHECKING:
    from lab.emulator.terminal import Terminal


class FortiDevice(FortiWall):
    """A firewall that speaks FortiOS."""

    def session(self, terminal: Terminal, user: str, level: int) -> FortiSession:
        """A session at the root prompt."""
        return FortiSession(self, terminal, user, level)
