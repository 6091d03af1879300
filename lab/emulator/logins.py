"""What ends a session that nobody uses, and what locks out who guesses passwords: the same idea on several vendors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.timers import Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.emulator.terminal import Terminal
    from lab.emulator.timers import Clock


class Idle:
    """Hangs a session up when nothing has been typed for `minutes()` of the device's minutes; 0 is never."""

    def __init__(self, device: Clock, terminal: Terminal, minutes: Callable[[], float]) -> None:
        self._timer = Timer(device)
        self._terminal = terminal
        self._minutes = minutes

    def touch(self) -> None:
        """Something was typed."""
        minutes = self._minutes()
        if minutes:
            self._timer.arm(minutes * 60, self._terminal.hang_up)

    def end(self) -> None:
        """The session is over."""
        self._timer.cancel()


class Lockout:
    """Refuses every login for a while after several wrong passwords within a minute.

    The devices lock the address that they come from; here everybody comes from the management station.
    """

    def __init__(self, device: Clock) -> None:
        self._device = device
        self._failures: list[float] = []
        self._until = 0.0

    @property
    def locked(self) -> bool:
        """Whether nobody gets in now."""
        return self._device.uptime < self._until

    def failed(self, attempts: int, seconds: float) -> None:
        """One more wrong password; `seconds` are the device's own."""
        now = self._device.uptime
        self._failures = [*(when for when in self._failures if now - when < self._device.minute), now]
        if len(self._failures) >= attempts:
            self._failures = []
            self._until = now + seconds * self._device.minute / 60

    def forget(self) -> None:
        """After a right password, or a reboot."""
        self._failures = []
        self._until = 0.0
