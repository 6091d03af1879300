"""The engine: the polls that share the sockets (`sockets`: one for each address family).

A poll is a generator (`Steps`) that yields a `Request` and is sent its `Reply`; the client drives thousands of them
from the sockets' reader. A request costs one `sendto`, one `recvfrom`, one entry in a dictionary and one in the list of
those whose wait ends in the same moment: no task, future or timer of its own.

Waiting: the first wait follows the agent's measured round trip (RFC 6298, as TCP does), each further one is twice as
long, none is longer than the agent's `timeout`. The request goes again with half the repetitions and the same
identifier, so that a late answer to the first is still good.

Not flooding: at most `window` requests are young (sent less than `YOUNG` seconds ago and unanswered); what a dead
device leaves unanswered stops counting, and at the next poll it never counts, so it delays nobody. An agent may have
a pace of its own, and the client one for all: whoever is ahead of it waits for its turn. Repetitions are not held
back, but they count.
"""

from __future__ import annotations

import asyncio
import errno
import heapq
import itertools
import logging
import random
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from collectors.snmp.ber import DecodeError
from collectors.snmp.faults import Fault
from collectors.snmp.session import ForeignError, Reply, Request, ResendError, Session, identifier_of
from collectors.snmp.sockets import CLOSED, UNREACHABLE, Address, Sockets
from inventory.collecting import seldom

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Self

    from collectors.snmp.pace import Pace

Steps: TypeAlias = "Generator[Request, Reply, Any]"

YOUNG = 0.25
FIRST_WAIT = 0.5
LEAST_WAIT = 0.2
# Waits end at so many moments in a second.
_SLOTS = 64
_MAX_RESENDS = 4
# Why an answer was not accepted, where it says more than `decode`.
_PROBLEMS = frozenset({"wrong_digest", "not_in_time_window"})
_FIRST_ID, _LAST_ID = 0x01000000, 0x7E000000

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Agent:
    """One SNMP agent: where it is, how it is spoken to, and what its answers have taught about its pace."""

    address: Address
    session: Session
    timeout: float = 2.0
    retries: int = 4
    pace: Pace | None = None
    trip: float = 0.0
    jitter: float = 0.0
    packets: int = 0
    retried: int = 0
    # It was given up last time: until it answers again it takes no place in the window.
    silent: bool = False

    def first_wait(self) -> float:
        """Seconds to wait for an answer before asking again."""
        if not self.trip:
            return min(FIRST_WAIT, self.timeout)
        return min(max(self.trip + 4 * self.jitter, LEAST_WAIT), self.timeout)

    def measured(self, seconds: float) -> None:
        """A round trip was measured (only of requests that were sent once)."""
        if not self.trip:
            self.trip, self.jitter = seconds, seconds / 2
        else:
            self.jitter += (abs(self.trip - seconds) - self.jitter) / 4
            self.trip += (seconds - self.trip) / 8


@dataclass(slots=True, eq=False)
class _Job:
    """A poll under way and the request that it waits for."""

    steps: Steps
    agent: Agent
    done: asyncio.Future[Any]
    request: Request | None = None
    identifier: int = 0
    sent_at: float = 0.0
    first_at: float = 0.0
    wait: float = 0.0
    tries: int = 0
    resends: int = 0
    young: bool = False
    problem: str = ""


@dataclass(slots=True)
class Counts:
    """What passed through the sockets since the start."""

    sent: int = 0
    retried: int = 0
    received: int = 0
    # Datagrams that answered nothing: other source, community, identifier; or not SNMP at all.
    dropped: int = 0
    dropped_reasons: dict[str, int] = field(default_factory=dict)


class Client:
    """Shared by all polls of a process. Use as an asynchronous context manager inside one event loop."""

    def __init__(self, *, window: int = 64, pace: Pace | None = None) -> None:
        self._window = window
        self._pace = pace
        self._pending: dict[int, _Job] = {}
        # By the moment at which their waits end: the requests' identifiers, and how often they had been sent.
        self._slots: dict[int, list[tuple[int, int]]] = {}
        self._recent: deque[tuple[float, _Job, int]] = deque()
        self._waiting: deque[_Job] = deque()
        # Those whose device is to have a pause first: when, a number that keeps their order, who.
        self._resting: list[tuple[float, int, _Job]] = []
        self._order = itertools.count()
        self._young = 0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._next_id = random.randrange(_FIRST_ID, _LAST_ID)  # noqa: S311 - an identifier, not a secret
        self._inside = ExitStack()
        self.counts = Counts()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._sockets = Sockets(self._loop, self._take, self._refused, self._fill)
        self._inside.enter_context(seldom())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._inside.close()
        self.close()

    def close(self) -> None:
        """Close the sockets; polls under way end with the reason `closed`."""
        if self._timer is not None:
            self._timer.cancel()
        self._sockets.close()
        for job in [*self._pending.values(), *self._waiting, *(job for _, _, job in self._resting)]:
            self._fail(job, Fault("socket", "the client was closed"))
        self._pending.clear()
        self._waiting.clear()
        self._resting.clear()

    async def run(self, steps: Steps, agent: Agent) -> Any:
        """Drive `steps` against `agent` to its end; its return value, or `Fault`."""
        job = _Job(steps, agent, self._loop.create_future())
        self._advance(job, None, self._loop.time())
        try:
            return await job.done
        finally:
            if not job.done.done() or job.done.cancelled():
                self._forget(job)
                job.request = None
                steps.close()

    # -- a job's way ------------------------------------------------------------------------------------------

    def _advance(self, job: _Job, reply: Reply | None, now: float) -> None:
        """Hand the generator its reply and take its next request, or its end."""
        try:
            job.request = next(job.steps) if reply is None else job.steps.send(reply)
        except StopIteration as end:
            self._finish(job, end.value)
            return
        except Fault as fault:
            self._fail(job, fault)
            return
        except DecodeError as error:
            self._fail(job, Fault("decode", str(error)))
            return
        except Exception as error:
            # One poll's fault must not end the others.
            log.exception("a poll failed")
            self._fail(job, Fault("internal", type(error).__name__))
            return
        job.tries = job.resends = 0
        job.problem = ""
        job.first_at = 0.0
        if job.agent.pace is not None:
            delay = job.agent.pace.delay(now)
            if delay:
                heapq.heappush(self._resting, (now + delay, next(self._order), job))
                self._wake_at(now + delay)
                return
        self._queue(job, now)

    def _queue(self, job: _Job, now: float) -> None:
        """Send, or wait for room in the window and for the common pace."""
        if self._young >= self._window:
            self._waiting.append(job)
            if self._recent:
                self._wake_at(self._recent[0][0])
        elif self._pace is not None and (self._waiting or self._pace.delay(now)):
            self._waiting.append(job)
            self._wake_at(now + self._pace.delay(now))
        else:
            self._send(job, now)

    def _finish(self, job: _Job, value: object) -> None:
        if not job.done.done():
            job.done.set_result(value)

    def _fail(self, job: _Job, fault: Fault) -> None:
        job.request = None
        job.steps.close()
        if not job.done.done():
            job.done.set_exception(fault)

    def _forget(self, job: _Job) -> None:
        """The request is answered or given up."""
        if self._pending.get(job.identifier) is job:
            del self._pending[job.identifier]
        if job.young:
            job.young = False
            self._young -= 1

    def _send(self, job: _Job, now: float) -> None:
        """Send a job's request for the first time, under a new identifier."""
        identifier = self._next_id
        self._next_id = identifier + 1 if identifier < _LAST_ID else _FIRST_ID
        job.identifier = identifier
        job.wait = job.agent.first_wait()
        if not job.first_at:
            job.first_at = now
        self._pending[identifier] = job
        self._transmit(job, now)

    def _transmit(self, job: _Job, now: float) -> None:
        agent, request = job.agent, job.request
        if request is None:
            return
        try:
            data = agent.session.datagram(request, job.identifier)
        except (ValueError, OverflowError) as error:
            self._forget(job)
            self._fail(job, Fault("internal", str(error)))
            return
        problem = self._sockets.put(data, agent.address)
        if problem is not None and problem not in (errno.EAGAIN, errno.ENOBUFS):
            self._forget(job)
            reason = "unreachable" if problem in UNREACHABLE else "socket"
            self._fail(job, Fault(reason, errno.errorcode.get(problem, str(problem))))
            return
        # A full send buffer is a lost packet: it is sent again after the wait.
        job.sent_at = now
        if agent.pace is not None:
            agent.pace.spend(now)
        if self._pace is not None:
            self._pace.spend(now)
        agent.packets += 1
        self.counts.sent += 1
        slot = int((now + job.wait) * _SLOTS) + 1
        ending = self._slots.get(slot)
        if ending is None:
            ending = self._slots[slot] = []
            self._wake_at(slot / _SLOTS)
        ending.append((job.identifier, job.tries))
        if job.tries == 0 and not job.young and not agent.silent:
            # A repetition goes to a device that is probably dead: it does not count, or the dead would hold the window.
            job.young = True
            self._young += 1
            self._recent.append((now + YOUNG, job, job.identifier))
            if self._waiting:
                self._wake_at(now + YOUNG)

    # -- what comes in ----------------------------------------------------------------------------------------

    def _take(self, data: bytes, source: tuple[Any, ...]) -> None:
        """One datagram: find whose it is, check it, go on with that poll."""
        self.counts.received += 1
        try:
            job = self._pending.get(identifier_of(data))
        except DecodeError:
            self._drop("decode")
            return
        if job is None or source[0] != job.agent.address[0] or source[1] != job.agent.address[1]:
            self._drop("identifier" if job is None else "source")
            return
        try:
            reply = job.agent.session.receive(data, job.identifier)
        except ForeignError:
            self._drop("session")
        except DecodeError as error:
            # It may be somebody else's forgery or damage on the way: the real answer may still come.
            detail = str(error)
            job.problem = detail if detail in _PROBLEMS else "decode"
            self._drop(job.problem)
        except ResendError:
            self._forget(job)
            self._again(job)
        except Fault as fault:
            self._forget(job)
            self._fail(job, fault)
        else:
            self._forget(job)
            now = self._loop.time()
            if job.tries == 0:
                job.agent.measured(now - job.sent_at)
            reply.lost = job.tries
            job.agent.silent = False
            self._advance(job, reply, now)

    def _again(self, job: _Job) -> None:
        """The session has learnt something: the same request, under a new identifier."""
        job.resends += 1
        if job.resends > _MAX_RESENDS:
            self._fail(job, Fault("not_in_time_window"))
            return
        job.tries = 0
        self._send(job, self._loop.time())

    def _drop(self, reason: str) -> None:
        self.counts.dropped += 1
        self.counts.dropped_reasons[reason] = self.counts.dropped_reasons.get(reason, 0) + 1

    def _refused(self, data: bytes, source: tuple[Any, ...], number: int) -> None:
        """A router or the device itself said that a datagram of ours did not arrive."""
        try:
            job = self._pending.get(identifier_of(data))
        except DecodeError:
            return
        if job is None or not source or source[0] != job.agent.address[0]:
            return
        if number in CLOSED or number in UNREACHABLE:
            self._forget(job)
            self._fail(job, Fault("closed" if number in CLOSED else "unreachable"))

    # -- time -------------------------------------------------------------------------------------------------

    def _wake_at(self, when: float) -> None:
        if self._timer is not None:
            if self._timer_at <= when:
                return
            self._timer.cancel()
        self._timer_at = when
        self._timer = self._loop.call_at(when, self._tick)

    def _tick(self) -> None:
        """Age the young, send again what was not answered, start what waits."""
        self._timer = None
        now = self._loop.time()
        until = now + 0.001
        slots = self._slots
        for slot in sorted(slot for slot in slots if slot <= until * _SLOTS):
            for identifier, tries in slots.pop(slot):
                job = self._pending.get(identifier)
                if job is not None and job.tries == tries:
                    self._late(job, now)
        while self._resting and self._resting[0][0] <= until:
            job = heapq.heappop(self._resting)[2]
            if job.request is not None:
                self._queue(job, now)
        self._fill()
        self._wake_next(now)

    def _wake_next(self, now: float) -> None:
        if not self._pending:
            # Answered requests leave their entries behind.
            self._slots.clear()
        times = [min(self._slots) / _SLOTS] if self._slots else []
        if self._resting:
            times.append(self._resting[0][0])
        if self._waiting:
            if self._recent:
                times.append(self._recent[0][0])
            if self._pace is not None:
                times.append(now + self._pace.delay(now))
        if times:
            self._wake_at(max(min(times), now))

    def _late(self, job: _Job, now: float) -> None:
        """No answer in time: again, or give up."""
        agent = job.agent
        job.tries += 1
        enough = job.tries > agent.retries
        if enough and (not agent.trip or now - job.first_at >= agent.timeout) and not agent.session.doubt():
            agent.silent = True
            self._forget(job)
            self._fail(job, Fault(job.problem or "timeout"))
            return
        agent.retried += 1
        self.counts.retried += 1
        job.wait = min(job.wait * 2, agent.timeout)
        if job.request is not None and job.tries > 1:
            # One loss is chance; two may be answers that are too large for the way.
            job.request = job.request.smaller()
        self._transmit(job, now)

    def _fill(self) -> None:
        """Let waiting jobs send while the window has room."""
        recent = self._recent
        now = self._loop.time()
        while recent:
            when, job, identifier = recent[0]
            current = job.young and job.identifier == identifier
            if current and when > now:
                break
            recent.popleft()
            if current and self._pending.get(identifier) is job:
                job.young = False
                self._young -= 1
        while self._waiting and self._young < self._window:
            if self._pace is not None and (delay := self._pace.delay(now)):
                self._wake_at(now + delay)
                break
            job = self._waiting.popleft()
            if job.request is not None:
                self._send(job, now)
