"""A firewall that speaks TOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.topsec.device import TosBox
from lab.emulator.topsec.session import TosSession

if TYPE_CHECKING:
    from lab.emulator.terminal import Terminal


class TosDevice(TosBox):
    """A firewall that speaks TOS."""

    def session(self, terminal: Terminal, user: str, level: int) -> TosSession:
        """A session: there is no mode to enter."""
        return TosSession(self, terminal, user, level)
