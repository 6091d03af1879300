"""Running probes: a train at a time for each target, all of them within one rate, over and over or once."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from typing import TYPE_CHECKING

from collectors.reach.connect import connect
from collectors.reach.echo import CannotSendError, Echo, Flight, Full
from collectors.reach.model import Probe, Reason, Round
from collectors.snmp.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

# Packets a second, all targets together.
RATE = 500.0
# So many TCP connects at once: each needs a socket.
_CONNECTS = 256
# A full buffer is tried again after so long, so often.
_PAUSE, _PATIENCE = 0.005, 400


class Prober:
    """Sends trains. Use as an asynchronous context manager inside one event loop."""

    def __init__(self, rate: float = RATE) -> None:
        self._pace = Pace(rate, max(1.0, rate / 10)) if rate else None
        self._connects = asyncio.Semaphore(_CONNECTS)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._echo = Echo(self._loop)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._echo.close()

    async def run(self, probe: Probe) -> Round:
        """One round. Never raises for what the network or this machine's rights do."""
        if probe.problem is not None:
            return Round(probe, reason=probe.problem)
        await self._turn(probe.train.count)
        try:
            return await (self._connecting(probe) if probe.port else self._echoing(probe))
        except CannotSendError as error:
            return Round(probe, reason=error.reason)

    async def _turn(self, packets: int) -> None:
        """Wait until so many packets fit into the rate. The train then goes with its own spacing."""
        if self._pace is None:
            return
        delay = self._pace.delay(self._loop.time())
        for _ in range(packets):
            self._pace.spend(self._loop.time())
        await asyncio.sleep(delay)

    async def _echoing(self, probe: Probe) -> Round:
        train = probe.train
        flight = Flight(probe.address, train)
        begun = self._loop.time()
        try:
            for number in range(train.count):
                await asyncio.sleep(begun + number * train.spacing - self._loop.time())
                await self._send(flight)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(flight.complete.wait(), train.timeout)
        finally:
            self._echo.land(flight)
        delays, order = flight.delays(), tuple(flight.arrived)
        return Round(probe, delays, order, flight.duplicates, _reason(flight), flight.told[1] if flight.told else "")

    async def _send(self, flight: Flight) -> None:
        for _ in range(_PATIENCE):
            try:
                self._echo.send(flight)
            except Full:
                await asyncio.sleep(_PAUSE)
            else:
                return
        raise CannotSendError(Reason.SOCKET)

    async def _connecting(self, probe: Probe) -> Round:
        delays: list[float | None] = []
        reason: Reason | None = None
        for number in range(probe.train.count):
            if number:
                await asyncio.sleep(probe.train.spacing)
            async with self._connects:
                found = await connect(probe.address, probe.port, probe.train)
            if isinstance(found, Reason):
                reason = found
                delays.append(None)
            else:
                delays.append(found)
        order = tuple(number for number, delay in enumerate(delays) if delay is not None)
        return Round(probe, tuple(delays), order, reason=reason if not order else None)


def _reason(flight: Flight) -> Reason | None:
    """Why nothing came back; None if something did."""
    if flight.arrived:
        return None
    if flight.told is None:
        return Reason.NO_ANSWER
    number, who = flight.told
    if not who and number in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return Reason.NO_ROUTE
    return Reason.UNREACHABLE


def probe_all(
    probes: Sequence[Probe], *, rate: float = RATE, observer: Callable[[Round], None] | None = None
) -> list[Round]:
    """One round of each, in their order. `observer` is told of each as it comes."""

    async def main() -> list[Round]:
        async with Prober(rate) as prober:

            async def one(probe: Probe) -> Round:
                done = await prober.run(probe)
                if observer is not None:
                    observer(done)
                return done

            return list(await asyncio.gather(*(one(probe) for probe in probes)))

    return asyncio.run(main())
