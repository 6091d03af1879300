"""Why a device does not answer SNMP: the questions that tell the causes apart, in the order in which they help.

A closed port, an unknown user, a wrong password and a narrow view are said by the device or by the network. Silence
is not: a wrong community, a filter and a device that is off look the same. Then further questions are asked (the
engine ID, which an agent tells anybody; the other version; a longer wait; a ping; the management port), and what
remains is said as what remains.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from collectors import probes
from collectors.snmp import answers, ber, faults, walk
from collectors.snmp.bounds import Budget, Limits
from collectors.snmp.client import Agent
from collectors.snmp.faults import Fault
from collectors.snmp.memory import Memory
from collectors.snmp.session import Session, request
from collectors.snmp.user_session import UserSession
from collectors.snmp.usm import User
from inventory.errors import NO_HINT
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Generator

    from collectors.poll import Poller
    from collectors.snmp.client import Client
    from collectors.snmp.session import Reply, Request
    from collectors.targets import Access, Target
    from inventory.endpoints import Endpoint

# An agent that needs longer for one number is slow.
SLOW = 1.0
_DESCRIPTION = ber.encode_oid("1.3.6.1.2.1.1.1.0")
_INTERFACES = ber.encode_oid("1.3.6.1.2.1.2")

# Diagnoses beyond the reasons of a poll: (what is said, what to do, which of the device's lines mend it).
SILENT = (
    Message("nothing answers on the SNMP port, and nothing refuses"),
    Message("go through what remains, the cheapest first"),
)
DIAGNOSES: dict[str, tuple[Message, Message]] = {
    "no_route": (
        Message("this machine has no route to the device"),
        Message("add a route on this machine, or correct the device's address"),
    ),
    "wrong_community": (
        Message("the agent is there and keeps silent about this community"),
        Message("compare the community, its version and its access list with the device"),
    ),
    "silent_user": (
        Message("the agent is there and keeps silent about this user"),
        Message("compare the user, its group's access list and the context with the device"),
    ),
    "version": (
        Message("the device answers this community in another SNMP version"),
        Message("turn the version on, or correct `version` in credentials.yaml"),
    ),
    "silent": SILENT,
    "view": (
        Message("the view is too narrow: what every device has is not shown"),
        Message("widen the view of the community or of the user's group"),
    ),
    "too_slow": (
        Message("the device answers, but too slowly"),
        Message("look at the load of the device and of the line, or poll with a longer --timeout"),
    ),
    "unsteady": (
        Message("the device answers single questions, but not all of a poll's"),
        Message(
            "packets are lost on the way, or the device drops them under load: look for both, or lower --device-rate"
        ),
    ),
}
# Reason → which lines of the device mend it (`configs.remedies.SNMP`).
NEEDS: dict[str, tuple[str, ...]] = {
    "closed": ("look", "agent", "allow"),
    "silent": ("look", "agent", "allow", "community", "user"),
    "wrong_community": ("look", "community", "allow", "agent"),
    "silent_user": ("look", "user", "allow"),
    "version": ("agent",),
    "unknown_user": ("look", "user"),
    "unknown_engine": ("agent", "engine"),
    "wrong_digest": ("look", "user"),
    "decryption": ("look", "user"),
    "security_level": ("look", "user"),
    "no_access": ("look", "view", "user"),
    "view": ("look", "view"),
    "not_in_time_window": ("engine",),
    "too_big": ("size",),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its name for programs, what was asked, and what came of it. `good` is None if it tells nothing."""

    name: str
    asked: Message
    found: Message
    good: bool | None


@dataclass(slots=True)
class Diagnosis:
    """What is wrong with one device's SNMP. `reason` is empty if nothing is."""

    device: str
    reason: str = ""
    message: Message = NO_HINT
    hint: Message = NO_HINT
    steps: list[Step] = field(default_factory=list)
    remains: list[Message] = field(default_factory=list)
    # Our address as the device sees it, if no translation is in between.
    source: str = ""

    def because(self, reason: str, detail: str = "") -> Diagnosis:
        """Settle on a reason."""
        self.reason = reason
        message, self.hint = DIAGNOSES.get(reason) or faults.REASONS[reason]
        self.message = Message("{what} ({detail})", what=message, detail=detail) if detail else message
        return self

    @property
    def needs(self) -> tuple[str, ...]:
        """Which of the device's lines may mend it."""
        return NEEDS.get(self.reason, ())


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of a question: a value, or the fault's reason."""

    reason: str
    seconds: float
    value: object = None
    detail: str = ""


async def examine(
    client: Client,
    poller: Poller,
    target: Target,
    management: Endpoint | None = None,
    *,
    wait: float = 2.0,
    patience: float = 8.0,
) -> Diagnosis:
    """Ask a device until it is known why it does not answer.

    An answer is waited for `wait` seconds, and where nothing comes a last time for `patience` seconds.
    """
    made = Diagnosis(target.device)
    if target.problem is not None:
        made.reason, made.message, made.hint = target.problem.reason, target.problem.message, target.problem.hint
        return made
    way = probes.route(target.host, target.port)
    asked = Message("a route from this machine to {address}", address=target.host)
    if isinstance(way, OSError):
        made.steps.append(Step("route", asked, Message("{reason}", reason=way.strerror or str(way)), good=False))
        return made.because("no_route")
    made.source = way
    made.steps.append(Step("route", asked, Message("yes, our address is {address}", address=way), good=True))
    first = await _uptime(client, target, target.access.session(), wait, 2)
    made.steps.append(_step("credential", Message("sysUpTime, with the credential of the inventory"), first))
    if first.reason == "timeout":
        return await _silence(client, target, management, made, wait, patience)
    if first.reason:
        return made.because(first.reason, first.detail)
    if first.seconds > SLOW:
        return made.because("too_slow", f"{first.seconds:.1f} s")
    if not await _narrow(client, target, made):
        await _modules(client, poller, target, made)
    return made


# -- questions ------------------------------------------------------------------------------------------------


def _one(what: Request) -> Generator[Request, Reply, Reply]:
    reply = yield what
    if reply.status != answers.NO_SUCH_NAME:
        # Version 1 says so of an object that is hidden; that is asked about later.
        answers.check(reply)
    return reply


async def _ask(
    client: Client,
    target: Target,
    session: Session,
    steps: Generator[Request, Reply, object],
    wait: float,
    retries: int,
) -> _Answer:
    agent = Agent((target.host, target.port), session, timeout=wait, retries=retries)
    if not retries:
        # One question and one long wait.
        agent.trip = wait
    started = time.monotonic()
    try:
        value = await client.run(steps, agent)
    except Fault as fault:
        return _Answer(fault.reason, time.monotonic() - started, detail=fault.detail)
    return _Answer("", time.monotonic() - started, value)


async def _uptime(client: Client, target: Target, session: Session, wait: float, retries: int) -> _Answer:
    return await _ask(client, target, session, _one(request(ber.GET, (walk.UPTIME,))), wait, retries)


def _step(name: str, asked: Message, answer: _Answer) -> Step:
    if not answer.reason:
        shown = Message("answered after {seconds} s", seconds=f"{answer.seconds:.2f}")
        return Step(name, asked, shown, good=True)
    if answer.reason == "timeout":
        return Step(name, asked, Message("no answer in {seconds} s", seconds=f"{answer.seconds:.1f}"), good=False)
    return Step(name, asked, faults.REASONS[answer.reason][0], good=False)


# -- silence --------------------------------------------------------------------------------------------------


async def _silence(
    client: Client, target: Target, management: Endpoint | None, made: Diagnosis, wait: float, patience: float
) -> Diagnosis:
    """Nothing came, or nothing usable: what else answers?"""
    by_user = target.access.version == "3"
    other = replace(target.access, version="1" if target.access.version == "2c" else "2c")
    anybody = UserSession(User(""))
    slow, engine, version, ping, port = await asyncio.gather(
        _uptime(client, target, target.access.session(), patience, 0),
        _uptime(client, target, anybody, wait, 2),
        _uptime(client, target, other.session(), wait, 1) if not by_user else _nothing(),
        probes.ping(target.host),
        probes.connects(management),
    )
    made.steps.append(_step("patience", Message("the same, with a long wait"), slow))
    # An agent may tell its engine ID and say nothing to a user that it does not know.
    heard = bool(anybody.engine) or engine.reason not in {"timeout", "closed", "unreachable", "decode", "socket"}
    found = Message("the agent told it") if heard else Message("no answer")
    made.steps.append(
        Step("engine", Message("the SNMPv3 engine ID, which needs no credential"), found, good=heard or None)
    )
    if not by_user:
        name = Message("the same community in version {version}", version=other.version)
        made.steps.append(_step("version", name, version))
    alive = _alive(made, target, management, ping, port)
    if not slow.reason:
        return made.because("too_slow", f"{slow.seconds:.1f} s")
    if slow.reason != "timeout":
        return made.because(slow.reason, slow.detail)
    if not by_user and not version.reason:
        return made.because("version", other.version)
    if heard:
        made.remains.extend(_after_contact(target.access))
        return made.because("silent_user" if by_user else "wrong_community")
    made.remains.extend(_after_silence(alive=alive, by_user=by_user))
    return made.because("silent")


async def _nothing() -> _Answer:
    return _Answer("timeout", 0.0)


def _alive(made: Diagnosis, target: Target, management: Endpoint | None, ping: bool | None, port: bool | None) -> bool:
    """Whether anything else of the device answers."""
    words = {True: Message("yes"), False: Message("no answer"), None: Message("could not be tried")}
    made.steps.append(Step("ping", Message("a ping to {address}", address=target.host), words[ping], good=ping or None))
    if management is not None:
        asked = Message("TCP to the management port {endpoint}", endpoint=str(management))
        made.steps.append(Step("management", asked, words[port], good=port or None))
    return bool(ping or port)


def _after_contact(access: Access) -> list[Message]:
    """What silence can mean where the agent itself is reached."""
    lists = Message("an access list on the device that does not name our address")
    if access.version == "3":
        return [
            lists,
            Message("a context that the device does not have"),
            Message("an agent that keeps silent about unknown users"),
        ]
    return [
        Message("another community (a device keeps silent about a wrong one)"),
        lists,
        Message("version {version} is turned off", version=access.version),
    ]


def _after_silence(*, alive: bool, by_user: bool) -> list[Message]:
    found = [] if alive else [Message("the device is off, or the way there or back is broken")]
    found.append(Message("a filter between here and there that drops UDP port 161"))
    found.append(Message("an access list on the device that does not name our address"))
    found.append(Message("an agent that is turned off or listens on another interface"))
    found.append(
        Message("an agent that does not speak version 3")
        if by_user
        else Message("another community (a device keeps silent about a wrong one)")
    )
    return found


# -- answers --------------------------------------------------------------------------------------------------


async def _narrow(client: Client, target: Target, made: Diagnosis) -> bool:
    """Whether the system group and the interfaces are hidden; every agent has both (RFC 3418, RFC 2863)."""
    version = {"1": 0, "2c": 1, "3": 3}[target.access.version]
    memory, budget = Memory(version), Budget(Limits())
    wanted = [_DESCRIPTION, walk.UPTIME]
    scalars = await _ask(client, target, target.access.session(), walk.get(wanted, memory, budget), 2.0, 3)
    following = await _ask(client, target, target.access.session(), _below(_INTERFACES), 2.0, 3)
    hidden = []
    if scalars.reason in {"", "no_access"} and not scalars.value:
        hidden.append("system (1.3.6.1.2.1.1)")
    if following.reason in {"", "no_access"} and not following.value:
        hidden.append("interfaces (1.3.6.1.2.1.2)")
    asked = Message("the system group and the interfaces")
    if hidden:
        found = Message("not shown: {names}", names=", ".join(hidden))
        made.steps.append(Step("view", asked, found, good=False))
        made.because("view", ", ".join(hidden))
        return True
    fault = scalars if scalars.reason else following
    made.steps.append(_step("view", asked, fault))
    if fault.reason:
        made.because("unsteady" if fault.reason == "timeout" else fault.reason, fault.detail)
    return bool(fault.reason)


def _below(root: bytes) -> Generator[Request, Reply, bool]:
    """Whether anything follows `root` inside it."""
    reply = yield request(ber.GET_NEXT, (root,))
    if reply.status == answers.NO_SUCH_NAME:
        return False
    answers.check(reply)
    found = ber.varbinds(reply.data, reply.start, reply.end)
    return bool(found) and found[0][0].startswith(root) and found[0][1][0] not in ber.EXCEPTIONS


async def _modules(client: Client, poller: Poller, target: Target, made: Diagnosis) -> None:
    """A whole poll, as the collectors do it."""
    result = await poller.poll_one(client, target)
    for part in result.modules:
        asked = Message("the module {name}", name=part.module)
        if part.error is None:
            count = Message("{count} values in {packets} packets", count=part.values, packets=part.packets)
            made.steps.append(Step("module", asked, count, good=True))
        else:
            made.steps.append(Step("module", asked, part.error.message, good=False))
    if result.error is None:
        return
    reason = "unsteady" if result.reason == "timeout" else result.reason
    made.because(reason)
    if reason == result.reason:
        made.message = result.error.message
