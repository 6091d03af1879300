"""A router or switch that speaks IOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.ios.device import IosBox
from lab.emulator.ios.session import IosSession

if TYPE_CHECKING:
    from lab.emulator.terminal import Terminal


class IosDevice(IosBox):
    """A router or switch that speaks IOS."""

    def session(self, terminal: Terminal, user: str, level: int) -> IosSession:
        """A session: at `#` for level 15, else at `>`."""
        return IosSession(self, terminal, user, level)
