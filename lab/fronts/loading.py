"""What a device runs is brought to its stand-in: in order, one load at a time, the newest text only; and reboots."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from lab.fronts.sockets import ports_down

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Executor

    from inventory.text import Message
    from lab.emulator.device import Device
    from lab.fronts.loader import Loaded, Loader

logger = logging.getLogger(__name__)
KEPT = 200
"""How many loads of a device are remembered."""


class Left(Protocol):
    """A line that a stand-in does not do; `weak`: packets go the same way without it."""

    @property
    def line(self) -> int:
        """Its number; 0 if it is none."""
        ...

    @property
    def reason(self) -> Message:
        """Why."""
        ...

    @property
    def weak(self) -> bool:
        """Whether nothing depends on it."""
        ...


@dataclass(frozen=True, slots=True)
class Load:
    """One load: when it was done (seconds since the epoch), how long it took, what was done and left, or the error.

    `left` are the lines that something depends on: `line`, and the reason as `template` and `parameters`.
    """

    at: float
    seconds: float
    changed: tuple[str, ...] = ()
    left: tuple[Mapping[str, Any], ...] = ()
    error: str = ""
    restarted: bool = False


@dataclass
class Loading:
    """One device's loads. `running` is the text that the stand-in has now; None: nobody knows, as after an error."""

    device: Device
    loader: Loader
    pool: Executor
    patience: float
    down: Callable[[str], None] = ports_down
    running: str | None = None
    loads: list[Load] = field(default_factory=list)
    # How many answers were given before their load was done.
    late: int = 0
    _failed: str | None = None
    _away: bool = False
    _looking: bool = False
    _task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """The stand-in has been started with what the device runs now."""
        self.running = self.device.show(self.device.running)
        self.device.watch(self.changed)
        self.device.settled = self.settled

    def changed(self) -> None:
        """Something about the device has changed: look once, when whoever changed it is done."""
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._looking = False
        if self._task is None and self._wanting():
            # Not one of the device's own tasks: a reboot ends those.
            self._task = asyncio.get_running_loop().create_task(self._work())

    def _wanting(self) -> bool:
        if self.device.away or self._away:
            return self.device.away != self._away
        text = self.device.show(self.device.running)
        # What could not be loaded is tried again with the next change, not for ever.
        return text not in (self.running, self._failed)

    async def settled(self) -> None:
        """Wait until the stand-in does what the device runs, or failed to; no longer than `patience`."""
        self._look()
        if self._task is not None:
            _, waiting = await asyncio.wait([self._task], timeout=self.patience)
            self.late += len(waiting)

    async def _work(self) -> None:
        try:
            while self._wanting():
                await self._step()
        except Exception:  # the loop must not die of a load: it is said in the lab's log
            logger.exception("%s: its stand-in cannot be brought up to date", self.device.spec.name)
        finally:
            self._task = None

    async def _step(self) -> None:
        loop, name = asyncio.get_running_loop(), self.device.spec.name
        if self.device.away:
            self._away = True
            await loop.run_in_executor(self.pool, self.down, name)
            # Nobody hears the end of his session: no packet leaves.
            for breaker in self.device.breakers:
                breaker()
            return
        text, restarted = self.device.show(self.device.running), self._away
        act = self.loader.restart if restarted else self.loader.load
        began = time.monotonic()
        loaded: Loaded | None = None
        error = ""
        try:
            loaded = await loop.run_in_executor(self.pool, act, name, text)
        except Exception as raised:  # data: whoever asks for the loads sees it
            logger.exception("%s: a load failed", name)
            error = str(raised) or type(raised).__name__
        self._away = False
        self.running, self._failed = (text, None) if loaded is not None else (None, text)
        changed, left = ((), ()) if loaded is None else (tuple(loaded.changed), _strong(loaded.left))
        self.loads = [
            *self.loads[1 - KEPT :],
            Load(time.time(), time.monotonic() - began, changed, left, error, restarted),
        ]


def _strong(left: Iterable[object]) -> tuple[Mapping[str, Any], ...]:
    """What is left and matters, as plain data."""
    return tuple(
        {
            "line": one.line,
            "template": one.reason.template,
            "parameters": {key: str(value) for key, value in one.reason.parameters.items()},
        }
        for one in (cast("Left", each) for each in left)
        if not one.weak
    )
