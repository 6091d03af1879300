"""A router or switch that speaks RGOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.ruijie.device import RgosBox
from lab.emulator.ruijie.session import RgosSession

if TYPE_CHECKING:
    from lab.emulator.terminal import Terminal


class RgosDevice(RgosBox):
    """A router or switch that speaks RGOS."""

    def session(self, terminal: Terminal, user: str, level: int) -> RgosSession:
        """A session: at `#` for level 15, else at `>`."""
        return RgosSession(self, terminal, user, level)
