"""A router that speaks Comware 7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.comware.device import ComwareBox
from lab.emulator.comware.session import ComwareSession

if TYPE_CHECKING:
    from lab.emulator.terminal import Terminal


class ComwareDevice(ComwareBox):
    """A router that speaks Comware 7."""

    def session(self, terminal: Terminal, user: str, level: int) -> ComwareSession:
        """A session in the user view."""
        return ComwareSession(self, terminal, user, level)
