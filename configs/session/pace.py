"""The time that a guard leaves: what is sent behind it, nothing takes back."""

from __future__ import annotations

import asyncio
import math

from inventory.errors import DeviceError
from inventory.text import Message


class Pace:
    """How long the lines of a change take, and until when lines may be sent.

    `until` is the event loop's time at which a guard may go off. `sent` are how many lines are behind the block at
    work; None outside a change: then nothing is held back.
    """

    def __init__(self, device: str) -> None:
        self.until = math.inf
        self.sent: int | None = None
        self._device = device
        self._begun = 0.0

    def begin(self) -> None:
        """A change is about to be sent."""
        self._begun = asyncio.get_running_loop().time()

    def check(self, more: int, answered: int = 0, *, waiting: bool = False) -> bool:
        """Whether `more` lines may be sent, of which `answered` of the block at work were. DeviceError if never.

        `waiting` says that lines are under way, whose answers show the pace better: False then instead of the error.
        """
        if self.sent is None:
            return True
        done = self.sent + answered
        now = asyncio.get_running_loop().time()
        seconds = (now - self._begun) / done if done else 0.0
        if now + seconds * more <= self.until:
            return True
        if waiting:
            return False
        raise DeviceError(
            self._device,
            Message("it takes {pace} s a line: its guard would end before the change does", pace=round(seconds, 1)),
            Message("{count} lines were sent, no more; change it in smaller parts", count=done),
        )
