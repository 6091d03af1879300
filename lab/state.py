"""What a running lab is: its process, its devices and where they answer, what stands in for what.

The state is one JSON file, `<workspace>/.lab/state.json`, written whole or not at all. A state whose process is gone
(or whose process number now belongs to somebody else) is recognised by the process's start time and counts as no lab.
"""

from __future__ import annotations

import ctypes
import json
import os
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.endpoints import Endpoint
from inventory.errors import DeviceError, LabError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inventory.endpoints import Endpoints
    from inventory.model import Device

FOLDER = ".lab"
OWN_LANGUAGES = "own-languages"
"""In `LabState.extra`: devices are what the inventory says, with their own command lines, whatever runs them."""
VERSION = 1
CLONE_NEWNET = 0x40000000


@dataclass(frozen=True, slots=True)
class Substitution:
    """A device whose platform cannot run here, and what stands in its place."""

    device: str
    platform: str
    stand_in: str
    why: Message


@dataclass(frozen=True, slots=True)
class Skipped:
    """A device that is not started, and why."""

    device: str
    platform: str
    why: Message


@dataclass(frozen=True, slots=True)
class LabNode:
    """One running device: what it runs as, where it is managed from here, and its address in the real network."""

    name: str
    platform: str
    stands_in_for: str = ""
    address: str = ""
    ssh: Endpoint | None = None
    snmp: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class LabState:
    """A lab as its state file tells it.

    `pid` is the one background process; `started` is that process's start time in clock ticks since boot (field 22 of
    /proc/PID/stat, proc(5)). `ready` is False while it is being built. `network` is the path of the management
    station's network namespace (`/proc/PID/ns/net`), empty if there is none. `loopback` says that a device with
    address a.b.c.d is served at 127.b.c.d. `held` says that another program (an engine, a server) holds the lab: `pid`
    is a process of its, or 0 if none can be named, and then the lab counts as there until it is ended. `extra` is the
    back end's own.
    """

    backend: str
    workspace: Path
    directory: Path
    pid: int
    started: int
    ready: bool = True
    nodes: Mapping[str, LabNode] = field(default_factory=dict)
    substitutions: tuple[Substitution, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    network: str = ""
    loopback: bool = False
    held: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The state file."""
        return self.directory / "state.json"

    def alive(self) -> bool:
        """Whether the lab's process is there and is the one that was started."""
        if self.held and not self.pid:
            return True
        return self.pid > 0 and process_start(self.pid) == self.started

    def endpoints(self) -> Endpoints:
        """Where the lab's devices answer; asking for a device that is not in the lab raises DeviceError."""
        return _LabEndpoints(self)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Put the calling thread, and threads it starts, into the management station's network; then back.

        setns(2) with CLONE_NEWNET moves one thread. Where the lab has no network of its own this does nothing.
        """
        if not self.network:
            yield
            return
        own = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            try:
                target = os.open(self.network, os.O_RDONLY | os.O_CLOEXEC)
            except OSError as error:
                raise LabError(
                    Message("the lab's network {path} cannot be entered: {why}", path=self.network, why=error.strerror),
                    Message("run `govnet lab status`; netns labs are entered by root"),
                ) from error
            try:
                _setns(target, self.network)
            finally:
                os.close(target)
            try:
                yield
            finally:
                _setns(own, self.network)
        finally:
            os.close(own)

    def write(self) -> None:
        """Write the state file, whole or not at all."""
        text = json.dumps(self.as_json(), ensure_ascii=False, indent=1)
        scratch = self.path.with_suffix(f".{os.getpid()}.new")
        scratch.write_text(text + "\n", encoding="utf-8")
        scratch.replace(self.path)

    def as_json(self) -> dict[str, Any]:
        """Stable keys. Texts are kept as template and parameters, so that they can be shown in either language."""
        return {
            "version": VERSION,
            "backend": self.backend,
            "workspace": str(self.workspace),
            "directory": str(self.directory),
            "pid": self.pid,
            "started": self.started,
            "ready": self.ready,
            "network": self.network,
            "loopback": self.loopback,
            "held": self.held,
            "nodes": {name: asdict(node) for name, node in self.nodes.items()},
            "substitutions": [
                {"device": item.device, "platform": item.platform, "stand_in": item.stand_in, "why": _plain(item.why)}
                for item in self.substitutions
            ],
            "skipped": [
                {"device": item.device, "platform": item.platform, "why": _plain(item.why)} for item in self.skipped
            ],
            "faults": dict(self.faults),
            "extra": dict(self.extra),
        }


def from_json(document: Mapping[str, Any]) -> LabState:
    """The state from what `as_json` gave; KeyError, TypeError or ValueError if it is not one."""
    if document["version"] != VERSION:
        raise ValueError(document["version"])
    return LabState(
        backend=document["backend"],
        workspace=Path(document["workspace"]),
        directory=Path(document["directory"]),
        pid=int(document["pid"]),
        started=int(document["started"]),
        ready=bool(document["ready"]),
        network=document["network"],
        loopback=bool(document["loopback"]),
        held=bool(document.get("held")),
        nodes={name: _node(node) for name, node in document["nodes"].items()},
        substitutions=tuple(
            Substitution(item["device"], item["platform"], item["stand_in"], message_from(item["why"]))
            for item in document["substitutions"]
        ),
        skipped=tuple(
            Skipped(item["device"], item["platform"], message_from(item["why"])) for item in document["skipped"]
        ),
        faults=dict(document["faults"]),
        extra=dict(document["extra"]),
    )


def read(directory: Path) -> LabState | None:
    """The state that is written in a lab directory, running or not; None if there is none that can be read."""
    try:
        return from_json(json.loads((directory / "state.json").read_text(encoding="utf-8")))
    except (OSError, KeyError, TypeError, ValueError, AttributeError):
        return None


def process_start(pid: int) -> int:
    """Start time of a process in clock ticks since boot; 0 if there is no such process or it is a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    # The command name stands in parentheses and may hold anything; what follows the last one is regular.
    fields = text.rpartition(")")[2].split()
    if fields[0] in ("Z", "X"):
        return 0
    return int(fields[19])


def loopback_address(address: IPv4Address) -> IPv4Address:
    """127.b.c.d for a.b.c.d: where an emulated device is served."""
    return IPv4Address((127 << 24) | (int(address) & 0xFFFFFF))


def message_from(document: Mapping[str, Any]) -> Message:
    """A message from its template and parameters, as a state file or a runner's answer holds it."""
    parameters = {
        key: message_from(value) if isinstance(value, dict) else value for key, value in document["parameters"].items()
    }
    return Message(document["template"], **parameters)


def message_json(message: Message) -> dict[str, Any]:
    """A message as template and parameters: what `message_from` reads."""
    return _plain(message)


def _plain(message: Message) -> dict[str, Any]:
    parameters = {
        key: _plain(value) if isinstance(value, Message) else value if isinstance(value, int) else str(value)
        for key, value in message.parameters.items()
    }
    return {"template": message.template, "parameters": parameters}


def _node(document: Mapping[str, Any]) -> LabNode:
    return LabNode(
        name=document["name"],
        platform=document["platform"],
        stands_in_for=document["stands_in_for"],
        address=document["address"],
        ssh=Endpoint(**document["ssh"]) if document["ssh"] else None,
        snmp=Endpoint(**document["snmp"]) if document["snmp"] else None,
    )


def _setns(descriptor: int, path: str) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(descriptor, CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise LabError(
            Message("the lab's network {path} cannot be entered: {why}", path=path, why=os.strerror(code)),
            Message("run `govnet lab status`; netns labs are entered by root"),
        )


@dataclass(frozen=True, slots=True)
class _LabEndpoints:
    state: LabState

    @property
    def known_hosts(self) -> Path:
        """Where this lab's host keys are recorded: never among those of the real devices."""
        return self.state.directory / f"known_hosts.{self.state.started}"

    def ssh(self, device: Device) -> Endpoint:
        """Where the device's SSH server answers in the lab."""
        return self._of(device, self._node(device).ssh)

    def snmp(self, device: Device) -> Endpoint:
        """Where the device's SNMP agent answers in the lab."""
        return self._of(device, self._node(device).snmp)

    def absent(self) -> Mapping[str, Message]:
        """What the lab cannot play, such as platforms without an emulator."""
        return {item.device: item.why for item in self.state.skipped}

    def _node(self, device: Device) -> LabNode:
        node = self.state.nodes.get(device.name)
        if node is None:
            why = next((item.why for item in self.state.skipped if item.device == device.name), None)
            raise DeviceError(
                device.name,
                Message("is not in the running lab: {why}", why=why) if why else Message("is not in the running lab"),
                Message("choose devices with --where, or start the lab with this one in it"),
            )
        return node

    def _of(self, device: Device, endpoint: Endpoint | None) -> Endpoint:
        if endpoint is None:
            raise DeviceError(device.name, Message("offers no such service in the lab"))
        if device.address is None:
            return endpoint
        # A device that has been re-addressed answers where its new address puts it.
        if str(device.address.ip) == self.state.nodes[device.name].address:
            return endpoint
        moved = ip_address(device.address.ip)
        if self.state.loopback and isinstance(moved, IPv4Address):
            return Endpoint(str(loopback_address(moved)), endpoint.port)
        return Endpoint(str(moved), endpoint.port)
