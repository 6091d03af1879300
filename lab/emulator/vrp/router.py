"""A router that speaks VRP5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.vrp.device import VrpBox
from lab.emulator.vrp.session import VrpSession

if TYPE_CHECKING:
    from lab.emulator.terminal import Terminal


class VrpDevice(VrpBox):
    """A router that speaks VRP5."""

    def session(self, terminal: Terminal, user: str, level: int) -> VrpSession:
        """A session in the user view."""
        return VrpSession(self, terminal, user, level)
