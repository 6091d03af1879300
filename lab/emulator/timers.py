"""Guards: what a device does by itself later unless somebody prevents it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


class Clock(Protocol):
    """What a guard has to know of its device."""

    @property
    def uptime(self) -> float:
        """Seconds since it booted."""
        ...

    @property
    def minute(self) -> float:
        """How many seconds a minute of its timers has here."""
        ...

    def after(self, seconds: float, action: Callable[[], None]) -> asyncio.Task[None]:
        """Do something later."""
        ...


class Timer:
    """One guard of a device. Seconds are the device's own: its `minute` says how long they last here.

    A reboot ends it, as it ends whatever is not in the saved configuration.
    """

    def __init__(self, device: Clock) -> None:
        self._device = device
        self._task: asyncio.Task[None] | None = None
        self._at = 0.0

    @property
    def armed(self) -> bool:
        """Whether it runs."""
        return self._task is not None

    @property
    def left(self) -> float:
        """The device's seconds until it fires; 0 if it does not run."""
        if self._task is None:
            return 0.0
        return max(0.0, self._at - self._device.uptime) * 60 / self._device.minute

    def arm(self, seconds: float, action: Callable[[], None]) -> None:
        """Do `action` after so many seconds, instead of what was to be done before."""
        self.cancel()
        here = seconds * self._device.minute / 60

        def fire() -> None:
            self._task = None
            action()

        self._at = self._device.uptime + here
        self._task = self._device.after(here, fire)

    def cancel(self) -> bool:
        """Whether there was something to cancel."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task is not None
