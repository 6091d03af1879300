"""Bring many devices to what is intended, each by the same steps, none able to stop the others.

A step takes a device's own data and gives data (`Job`, `Compared`, `PushResult`), so that steps can be repeated:
whoever runs one again first reads the device, and a device that is as it should be is sent nothing and saved nothing.
The order of a change: read, compare, refuse what could lock us out, arm the guard, apply, log in anew at the address
the device has then, check, cancel the guard, save. If the new login or the check fails, the device is brought back, at
once or by its guard; the result says how it was left.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from configs.archive import masked
from configs.channel import Login, Target
from configs.dialects import dialect
from configs.guard import GuardKind, check, timer
from inventory.endpoints import Endpoint
from inventory.errors import DeviceError, GovnetError, RefusedError
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from configs.change import Change
    from configs.driver import Driver
    from configs.render import Rendered
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Interface, Workspace

R = TypeVar("R")

log = logging.getLogger(__name__)
GRACE = 10.0  # seconds that a restore may take after the timer
RETRY = 2.0  # seconds between two attempts to reach a device that is going back


class State(StrEnum):
    """How a device was left. Stable and English, for programs."""

    SAME = "same"  # it was as intended: nothing sent, nothing saved
    DIFFERENT = "different"  # dry run: there is something to do
    CHANGED = "changed"  # applied, found as intended by a new login, saved
    UNTOUCHED = "untouched"  # nothing was changed: unreachable, refused, a line that it did not take
    RESTORED = "restored"  # changed, not confirmed, and back where it was
    UNKNOWN = "unknown"  # changed, and not reached again


@dataclass(frozen=True, slots=True)
class Job:
    """One device and what it is to become. `after` is where it answers once changed, if that differs.

    `fault` is what already went wrong (no address, a secret that cannot be read): the device fails with it, the
    others go on.
    """

    target: Target
    intended: str = field(default="", repr=False)  # with secrets
    management: Interface | None = None
    out_of_band: bool = False
    after: Endpoint | None = None
    fault: GovnetError | None = None

    @property
    def device(self) -> str:
        """The device's name."""
        return self.target.device


@dataclass(frozen=True, slots=True)
class PushResult:
    """What became of one device. `commands` and `diff` are masked. `error` is None if all went well."""

    device: str
    state: State
    added: int = 0
    removed: int = 0
    commands: tuple[str, ...] = ()
    diff: str = ""
    seconds: float = 0.0
    guard: GuardKind = GuardKind.NONE
    error: GovnetError | None = None

    @property
    def ok(self) -> bool:
        """Whether the device is, or in a dry run could become, what is intended."""
        return self.error is None

    @property
    def changed(self) -> bool:
        """Whether there was (dry run: is) a difference that this run dealt with."""
        return self.state in {State.CHANGED, State.DIFFERENT}

    def as_json(self) -> dict[str, Any]:
        """Stable keys. `added` and `removed` count lines of the diff; `sent` counts the lines sent."""
        return {
            "name": self.device,
            "ok": self.ok,
            "state": self.state.value,
            "changed": self.changed,
            "added": self.added,
            "removed": self.removed,
            "sent": len(self.commands),
            "seconds": round(self.seconds, 3),
            "guard": self.guard.value,
            "diff": self.diff,
            "error": self.error.as_json() if self.error else None,
        }


class Observer(Protocol):
    """Is told how a rollout goes. Called from several threads, one call at a time a device."""

    def step(self, device: str, step: Message) -> None:
        """A device begins a step."""
        ...

    def done(self, result: PushResult | Backup) -> None:
        """A device is finished."""
        ...


class Quiet:
    """An observer that says nothing."""

    def step(self, device: str, step: Message) -> None:
        """Nothing to say."""

    def done(self, result: PushResult | Backup) -> None:
        """Nothing to say."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One device's running configuration, masked, in the encoding it has on the device; or what went wrong."""

    device: str
    platform: str
    text: bytes = b""
    seconds: float = 0.0
    error: GovnetError | None = None

    def as_json(self) -> dict[str, Any]:
        """Stable keys; the text is not among them."""
        return {
            "name": self.device,
            "ok": self.error is None,
            "bytes": len(self.text),
            "seconds": round(self.seconds, 3),
            "error": self.error.as_json() if self.error else None,
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """A device as it was found: its running configuration, and what it would take to change it."""

    before: bytes
    change: Change


def jobs(
    workspace: Workspace,
    devices: Iterable[Device],
    rendered: Mapping[str, Rendered],
    endpoints: Endpoints,
    *,
    known_hosts: Path | None = None,
) -> list[Job]:
    """A job for each device, its secrets read now. For a backup `rendered` may be empty.

    Host keys are recorded in `known_hosts`: by default where `endpoints` says (a lab), else in the workspace.
    """
    record = known_hosts or getattr(endpoints, "known_hosts", None) or workspace.root / "known_hosts"
    return [_job(workspace, device, rendered.get(device.name), endpoints, record) for device in devices]


def _job(
    workspace: Workspace, device: Device, rendered: Rendered | None, endpoints: Endpoints, known_hosts: Path
) -> Job:
    endpoint, login, intended = Endpoint("", 0), Login(""), ""
    fault: GovnetError | None = None
    try:
        endpoint = endpoints.ssh(device)
        login = _login(workspace, device)
        intended = rendered.reveal() if rendered is not None else ""
    except GovnetError as error:
        fault = error
    return Job(
        Target(device.name, device.platform, endpoint, login, known_hosts),
        intended,
        management=device.address,
        out_of_band=device.out_of_band,
        fault=fault,
    )


def _login(workspace: Workspace, device: Device) -> Login:
    credential = workspace.inventory.credentials.get(device.credential)
    if credential is None:
        raise DeviceError(
            device.name,
            Message("no credential is named for the device"),
            Message("fill in “credential” in {file}, line {line}", file=device.source.file, line=device.source.line),
        )
    root = workspace.root
    return Login(
        credential.username,
        credential.password.resolve(root) if credential.password else None,
        credential.enable.resolve(root) if credential.enable else None,
        root / credential.key_file if credential.key_file else None,
    )


def backup(jobs: Iterable[Job], *, parallel: int = 20, observer: Observer | None = None) -> list[Backup]:
    """Read every device's running configuration, masked for the archive; results come in the jobs' order."""
    watching = observer or Quiet()
    return _parallel(jobs, lambda job: _backed_up(job, watching), parallel, watching.done)


def _backed_up(job: Job, observer: Observer) -> Backup:
    start = time.monotonic()
    text, fault = b"", job.fault
    if fault is None:
        observer.step(job.device, Message(mark("reading")))
        try:
            driver = _driver(job, job.target)
            try:
                driver.open()
                text = masked(job.target.platform, driver.running())
            finally:
                driver.close()
        except GovnetError as error:
            fault = error
    return Backup(job.device, job.target.platform, text, time.monotonic() - start, fault)


def push(
    jobs: Iterable[Job], *, commit: bool, parallel: int = 20, observer: Observer | None = None
) -> list[PushResult]:
    """Bring every device to what its job intends; without `commit` only say what it would take.

    At most `parallel` devices at a time. One device failing is a result like any other; results come in the jobs'
    order.
    """
    watching = observer or Quiet()
    return _parallel(jobs, lambda job: push_one(job, commit=commit, observer=watching), parallel, watching.done)


def _parallel(jobs: Iterable[Job], work: Callable[[Job], R], parallel: int, done: Callable[[R], None]) -> list[R]:
    """Work on the jobs in threads; results in the jobs' order. After an interrupt no more are started."""
    waiting = list(jobs)
    results: dict[int, R] = {}
    size = max(1, min(parallel, len(waiting)))
    with ThreadPoolExecutor(size, thread_name_prefix="govnet-rollout") as pool:
        futures = {pool.submit(work, job): number for number, job in enumerate(waiting)}
        try:
            for future in as_completed(futures):
                results[futures[future]] = future.result()
                done(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [results[number] for number in range(len(waiting))]


def push_one(job: Job, *, commit: bool, observer: Observer) -> PushResult:
    """One device, from the first login to the last. Never raises a GovnetError: it becomes the result's `error`."""
    start = time.monotonic()
    result = PushResult(job.device, State.UNTOUCHED)
    try:
        if job.fault is not None:
            raise job.fault
        result = _pushed(job, commit=commit, observer=observer)
    except GovnetError as error:
        result = replace(result, error=error)
    return replace(result, seconds=time.monotonic() - start)


def compare(driver: Driver, job: Job) -> Compared:
    """Read the device and compare it with what is intended."""
    before = driver.running()
    return Compared(before, difference(job, before))


def difference(job: Job, running: bytes) -> Change:
    """What it takes from `running` to what the job intends. Pure."""
    language: Any = dialect(job.target.platform)  # every dialect that can be pushed knows `management`
    parsed = language.parse(running)
    return language.change(parsed, language.parse(job.intended.encode()), management=job.management)  # type: ignore[no-any-return]  # as above


def _pushed(job: Job, *, commit: bool, observer: Observer) -> PushResult:
    observer.step(job.device, Message(mark("reading")))
    driver = _driver(job, job.target)
    try:
        driver.open()
        compared = compare(driver, job)
        change = compared.change
        result = PushResult(job.device, State.SAME, change.added, change.removed, diff=change.diff)
        if change.empty:
            return result
        guard = driver.guard(compared.before)
        result = replace(result, guard=guard.kind)
        try:
            check(job.device, change, guard, out_of_band=job.out_of_band)
        except GovnetError as error:
            return replace(result, state=State.UNTOUCHED if commit else State.DIFFERENT, error=error)
        if not commit:
            return replace(result, state=State.DIFFERENT)
        if driver.has_pending_commit():
            raise RefusedError(
                Message("{device}: an earlier change waits to be confirmed", device=job.device),
                Message("wait until the device undoes it, then run the command again"),
            )
        seconds = guard.seconds(timer(change)) if guard else 0
        observer.step(job.device, Message(mark("applying {count} lines"), count=len(change.commands)))
        driver.load_merge_candidate(config=job.intended)
        driver.sent.clear()
        armed_until = time.monotonic() + seconds
        try:
            driver.apply(compared.before, change, seconds)
        except GovnetError as error:
            state = _left(job, compared.before, armed_until if seconds else 0.0, observer)
            return replace(result, state=state, commands=tuple(driver.sent), error=error)
        result = replace(result, commands=tuple(driver.sent))
    finally:
        driver.close()
    return _confirmed(job, compared, result, armed_until if seconds else 0.0, observer)


def _confirmed(job: Job, compared: Compared, result: PushResult, armed_until: float, observer: Observer) -> PushResult:
    """Log in anew, check, cancel the guard, save; or see to it that the device goes back."""
    observer.step(job.device, Message(mark("checking over a new login")))
    target = replace(job.target, endpoint=job.after) if job.after else job.target
    driver = _driver(job, target)
    try:
        driver.open()
        try:
            driver.load_merge_candidate(config=job.intended)
            driver.verify()
            observer.step(job.device, Message(mark("saving")))
            if armed_until:
                driver.confirm_commit()
            else:
                driver.save()
        finally:
            driver.close()
    except GovnetError as error:
        state = _left(job, compared.before, armed_until, observer)
        return replace(result, state=state, error=error)
    return replace(result, state=State.CHANGED)


def _left(job: Job, before: bytes, armed_until: float, observer: Observer) -> State:
    """Bring a device back whose change failed: at once if it can be reached, else by waiting for its guard."""
    if _bring_back(job, before):
        return State.RESTORED
    if armed_until:
        observer.step(job.device, Message(mark("waiting for the device to undo the change")))
    while armed_until and time.monotonic() < armed_until + GRACE:
        time.sleep(RETRY)
        if _bring_back(job, before):
            return State.RESTORED
    return State.UNKNOWN


def _bring_back(job: Job, before: bytes) -> bool:
    """Reach the device where it was or where it was to be, and see to it that it runs what it ran before."""
    for endpoint in dict.fromkeys((job.target.endpoint, job.after or job.target.endpoint)):
        driver = _driver(job, replace(job.target, endpoint=endpoint))
        try:
            driver.open()
            try:
                driver.restore(before)
            finally:
                driver.close()
        except GovnetError as error:
            log.info("%s: not brought back over %s: %s", job.device, endpoint, error)
        else:
            return True
    return False


def _driver(job: Job, target: Target) -> Driver:
    from configs.driver import driver_for  # noqa: PLC0415 - start-up time: NAPALM is heavy

    return driver_for(target.platform).for_target(
        target, management=job.management, out_of_band=job.out_of_band, after=job.after
    )
