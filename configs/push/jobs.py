"""What is asked of a device and what becomes of it: jobs, results, and who is told. Data; nothing talks to a device."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from configs.channel import Hop, HopKind, Login, Target
from configs.guard import GuardKind
from inventory.endpoints import Direct, Endpoint
from inventory.errors import DeviceError, GovnetError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from configs.render import Rendered
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Interface, Source, Workspace
    from inventory.secrets import Secret


LOCKS = ".locks"


class State(StrEnum):
    """How a device was left. Stable and English, for programs."""

    SAME = "same"  # it was as intended: nothing sent, nothing saved
    DIFFERENT = "different"  # dry run: there is something to do
    CHANGED = "changed"  # applied, found as intended by a new login, saved
    UNTOUCHED = "untouched"  # nothing was changed: unreachable, refused, a line that it did not take
    RESTORED = "restored"  # changed, not confirmed, and back where it was
    UNKNOWN = "unknown"  # perhaps changed, and not reached again or not saved; the error's hint says what mends it


def _nothing() -> None:
    """What is done before and after a change where nobody wants more."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Commands that were computed, and looked at, before: for a device that runs `before`, and for no other.

    Those up to `reconnect` end the session, behind which the device runs `middle`; None if the session survives.
    """

    before: bytes = field(repr=False)
    commands: tuple[str, ...] = field(repr=False)
    reconnect: int | None = None
    middle: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """One device and what it is to become.

    `after` is where it answers once changed, if that differs, and `moved` its management address there.

    `fault` is what already went wrong (no address, a secret that cannot be read): the device fails with it, the
    others go on. `secrets` are those in `intended`: nothing that is shown holds them. `lock` is a file that a push of
    the device holds, so that there is one at a time. `allow_reboot` lets the device's reboot timer be its guard.

    `exact` means that whatever differs from `intended` goes, also what no template says: the way back. `typed` are the
    commands that bring it there, where they are not computed from what it runs. `keep` is where
    what the device ran is written, masked, before anything is changed, unless it stands there. `before` is called
    before the device is changed, `accept` after it was found as intended over a new login and before its guard is
    cancelled; a GovnetError of the first leaves it untouched, one of the second brings it back.
    """

    target: Target
    intended: str = field(default="", repr=False)  # with secrets
    management: Interface | None = None
    out_of_band: bool = False
    after: Endpoint | None = None
    fault: GovnetError | None = None
    secrets: tuple[Secret, ...] = field(default=(), repr=False)
    lock: Path | None = None
    allow_reboot: bool = False
    moved: Interface | None = None
    exact: bool = False
    typed: Typed | None = None
    keep: Path | None = None
    before: Callable[[], None] = _nothing
    accept: Callable[[], None] = _nothing

    @property
    def device(self) -> str:
        """The device's name."""
        return self.target.device

    def managed_at(self, endpoint: Endpoint) -> Interface | None:
        """The management address that the device has where it answers at `endpoint`."""
        return self.management if endpoint == self.target.endpoint else self.moved or self.management

    def there(self) -> Job:
        """The same device once it has moved."""
        if self.after is None:
            return self
        target = replace(self.target, endpoint=self.after)
        return replace(self, target=target, after=None, management=self.moved or self.management, moved=None)

    def backwards(self) -> Job:
        """The same device, from where it goes to where it was."""
        if self.after is None:
            return self
        return replace(self.there(), after=self.target.endpoint, moved=self.management)


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
    notes: tuple[Message, ...] = ()

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
            "notes": [{"en": note.in_language("en"), "zh": note.in_language("zh_CN")} for note in self.notes],
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
    sealed: bytes = b""  # the text with its secrets, encrypted, if that was asked for

    def as_json(self) -> dict[str, Any]:
        """Stable keys; the text is not among them."""
        return {
            "name": self.device,
            "ok": self.error is None,
            "bytes": len(self.text),
            "sealed": bool(self.sealed),
            "seconds": round(self.seconds, 3),
            "error": self.error.as_json() if self.error else None,
        }


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
    home = device.before_move or device
    endpoint, login, intended = Endpoint("", 0), Login(""), ""
    after: Endpoint | None = None
    secrets: tuple[Secret, ...] = ()
    via: tuple[Hop, ...] = ()
    fault: GovnetError | None = None
    try:
        endpoint = endpoints.ssh(home)
        after = endpoints.ssh(device) if home is not device else None
        login = _login(workspace, device.name, device.credential, device.source)
        via = _via(workspace, device, endpoints)
        if rendered is not None:
            intended, secrets = rendered.reveal_with()
    except GovnetError as error:
        fault = error
    return Job(
        Target(device.name, device.platform, endpoint, login, known_hosts, via=via),
        intended,
        management=home.address,
        out_of_band=device.out_of_band,
        after=after,
        moved=device.address if home is not device else None,
        fault=fault,
        secrets=secrets,
        lock=known_hosts.parent / LOCKS / quote(device.name, safe=""),
    )


def _login(workspace: Workspace, name: str, credential_name: str, source: Source) -> Login:
    credential = workspace.inventory.credentials.get(credential_name)
    if credential is None:
        raise DeviceError(
            name,
            Message("no credential is named for the device"),
            Message("fill in “credential” in {file}, line {line}", file=source.file, line=source.line),
        )
    root = workspace.root
    return Login(
        credential.username,
        credential.password.resolve(root) if credential.password else None,
        credential.enable.resolve(root) if credential.enable else None,
        root / credential.key_file if credential.key_file else None,
    )


def _via(workspace: Workspace, device: Device, endpoints: Endpoints) -> tuple[Hop, ...]:
    """The stations on the way to a device; none where it is served elsewhere than on the real network (a lab)."""
    if not isinstance(endpoints, Direct):
        return ()
    return tuple(
        Hop(
            HopKind(way.kind.value),
            way.name,
            Endpoint(way.host, way.port),
            _login(workspace, way.name, way.credential, way.source),
            way.account,
            way.steps,
        )
        for way in workspace.inventory.way_to(device)
    )
