"""Polling devices: many at a time, from one event loop, in the calling thread.

One device failing is data (`PollResult.reason`), not an exception. The sockets are opened in the thread that calls
(a lab's network namespace belongs to a thread).
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collectors import modules as shipped_modules
from collectors.exposition import Family, Series
from collectors.plan import compile_module
from collectors.reading import Known, read_module
from collectors.results import ModuleResult, PollResult
from collectors.snmp import ber, faults
from collectors.snmp.bounds import Budget, Limits
from collectors.snmp.client import Agent, Client
from collectors.snmp.faults import Fault
from collectors.snmp.memory import Memory
from collectors.snmp.pace import Pace
from collectors.targets import Access, Target, target_of, targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from collectors.modules.schema import Module
    from collectors.plan import Plan
    from inventory.errors import SnmpError

__all__ = ["Access", "ModuleResult", "PollResult", "Poller", "Target", "poll", "target_of", "targets"]

# After these nothing else of the device will answer either.
_DEAD = frozenset(
    {"timeout", "closed", "unreachable", "socket", "unknown_user", "wrong_digest", "decryption", "security_level"}
)

# Packets a second to one device.
DEVICE_RATE = 100.0
# After a pause so many seconds' worth may go to it at once: a poll of some modules. A device that never comes to an end
# must not take all our time first.
_DEVICE_BURST = 0.2
# To all devices together so many seconds' worth may go at once.
_ALL_BURST = 0.1

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _State:
    """What is kept of one device between polls."""

    agent: Agent
    memory: Memory
    modules: dict[Plan, Known] = field(default_factory=dict)


class Poller:
    """Polls targets, and remembers what their answers taught from one poll to the next.

    `modules` are names of shipped modules or of those in `files` (snmp.yml); without them each target is polled with
    its own (`Target.modules`), or else with `modules.DEFAULT`. `parallel` is how many requests may be on their way at
    once, `rate` how many packets a second to all devices (0: as many as they answer), `device_rate` how many to one.
    `timeout` (seconds) and `retries` replace what the modules say.
    """

    def __init__(
        self,
        modules: Sequence[str] = (),
        *,
        files: Sequence[Path] = (),
        parallel: int = 64,
        timeout: float | None = None,
        retries: int | None = None,
        wrap: bool = True,
        limits: Limits | None = None,
        rate: float = 0.0,
        device_rate: float = DEVICE_RATE,
    ) -> None:
        self.modules: Mapping[str, Module] = (
            shipped_modules.find(modules, files) if modules else shipped_modules.every(files)
        )
        self._chosen = tuple(modules)
        self._parallel = parallel
        self._timeout = timeout
        self._retries = retries
        self._wrap = wrap
        self._limits = limits or Limits()
        self._rate = rate
        self._device_rate = device_rate
        self._states: dict[Target, _State] = {}

    def client(self) -> Client:
        """A client for these polls, to be entered inside an event loop."""
        pace = Pace(self._rate, max(1.0, self._rate * _ALL_BURST)) if self._rate else None
        return Client(window=self._parallel, pace=pace)

    def poll(self, wanted: Sequence[Target], observer: Callable[[PollResult], None] | None = None) -> list[PollResult]:
        """Poll all targets; the results in their order. `observer` is told of each as it comes."""
        return asyncio.run(self._poll_all(wanted, observer))

    async def _poll_all(
        self, wanted: Sequence[Target], observer: Callable[[PollResult], None] | None
    ) -> list[PollResult]:
        async def one(client: Client, target: Target) -> PollResult:
            result = await self.poll_one(client, target)
            if observer is not None:
                observer(result)
            return result

        async with self.client() as client:
            return await asyncio.gather(*(one(client, target) for target in wanted))

    async def poll_one(self, client: Client, target: Target, modules: Iterable[str] = ()) -> PollResult:
        """Poll one target for `modules` (by default those chosen for this poller, else the target's own).

        Never raises for a device's fault.
        """
        started = time.perf_counter()
        if target.problem is not None:
            return PollResult(target.device, (), 0.0, target.problem)
        try:
            state = self._state(target)
        except ValueError as error:
            return PollResult(target.device, (), 0.0, faults.error(target.device, "no_credential", str(error)))
        results: list[ModuleResult] = []
        dead: SnmpError | None = None
        for name in modules or self._chosen or target.modules or shipped_modules.DEFAULT:
            if dead is not None:
                results.append(ModuleResult(name, dead.reason, dead, [], 0.0, 0.0, 0, 0, 0))
                continue
            result = await self._poll_module(client, target, state, name)
            results.append(result)
            if result.reason in _DEAD and not any(part.families for part in results):
                dead = result.error
        first = next((part.error for part in results if part.error is not None), None)
        return PollResult(target.device, tuple(results), time.perf_counter() - started, first)

    def forget(self, target: Target) -> None:
        """Keep nothing of a target: it will not be polled again, or not soon."""
        self._states.pop(target, None)

    def _state(self, target: Target) -> _State:
        state = self._states.get(target)
        if state is None:
            ipaddress.ip_address(target.host.partition("%")[0])
            session = target.access.session()
            version = {"1": 0, "2c": 1, "3": 3}[target.access.version]
            address = (target.host, target.port)
            pace = Pace(self._device_rate, max(1.0, self._device_rate * _DEVICE_BURST)) if self._device_rate else None
            state = self._states[target] = _State(Agent(address, session, pace=pace), Memory(version))
        return state

    async def _poll_module(self, client: Client, target: Target, state: _State, name: str) -> ModuleResult:
        plan = compile_module(name, self.modules[name])
        agent = state.agent
        agent.timeout = self._timeout or plan.timeout
        agent.retries = plan.retries if self._retries is None else self._retries
        known = state.modules.get(plan)
        if known is None:
            known = state.modules[plan] = Known(Series(plan, wrap=self._wrap))
        limits = self._limits
        if plan.max_repetitions or plan.nonincreasing:
            limits = Limits(limits.rows, limits.packets, limits.seconds, plan.max_repetitions, plan.nonincreasing)
        budget = Budget(limits)
        started = time.perf_counter()
        sent, retried = agent.packets, agent.retried
        families: list[Family] = []
        fault: SnmpError | None = None
        walked = started
        try:
            found, problems = await client.run(read_module(plan, state.memory, known, budget), agent)
            walked = time.perf_counter()
            families = known.series.render(found)
            if problems:
                fault = faults.error(target.device, problems[0].reason, problems[0].detail)
            else:
                state.memory.recover()
        except Fault as error:
            known.complete = False
            fault = faults.error(target.device, error.reason, error.detail)
        except (ber.DecodeError, ValueError, OverflowError) as error:
            # A value that its own type does not allow: the device's fault, not ours.
            log.info("%s: %s", target.device, error)
            known.complete = False
            fault = faults.error(target.device, "decode", str(error))
        ended = time.perf_counter()
        return ModuleResult(
            name,
            fault.reason if fault else "",
            fault,
            families,
            ended - started,
            (walked if families else ended) - started,
            agent.packets - sent,
            agent.retried - retried,
            budget.varbinds,
        )


def poll(
    wanted: Sequence[Target],
    *,
    modules: Sequence[str] = (),
    files: Sequence[Path] = (),
    parallel: int = 64,
    timeout: float | None = None,
    retries: int | None = None,
    observer: Callable[[PollResult], None] | None = None,
) -> list[PollResult]:
    """Poll targets once. Keep a `Poller` instead to poll them again: it knows more the second time."""
    poller = Poller(modules, files=files, parallel=parallel, timeout=timeout, retries=retries)
    return poller.poll(wanted, observer)
