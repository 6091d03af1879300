"""The lab that needs nothing but Python: emulated devices, one process, addresses in 127.0.0.0/8.

A device with management address a.b.c.d is served at 127.b.c.d: SSH on TCP 10022, SNMP on UDP 10161, or on the next
pair of ports that is free at every address.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
from contextlib import contextmanager
from dataclasses import fields
from ipaddress import IPv4Address, ip_network
from typing import TYPE_CHECKING, Any

from inventory.errors import GovnetError, LabError, TemplateError
from inventory.text import Message
from lab import runner
from lab.backend import NodeStatus
from lab.emulator.faults import Faults
from lab.emulator.platforms import PLATFORMS
from lab.state import LabNode, LabState, Skipped, from_json, loopback_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from inventory.model import Credential, Device, Workspace
    from lab.backend import Fault, Observer, Topology

SEED = "seed"
CONTROL = "control"
TIMEOUT = 180.0


class Emulated:
    """The back end `emulated`."""

    name = "emulated"

    def missing(self) -> list[Message]:
        """Linux answers on the whole of 127.0.0.0/8 without further ado; others do not."""
        if sys.platform.startswith("linux"):
            return []
        return [Message("it needs Linux, where every address in 127.0.0.0/8 is there from the start")]

    def up(
        self,
        topology: Topology,
        directory: Path,
        observer: Observer,
        *,
        faults: Mapping[str, Fault],
        owned: bool = False,
    ) -> LabState:
        """Start it; LabError if two devices would share an address or a device refuses its first text."""
        workspace = topology.workspace
        addressed, unaddressed = _with_addresses(topology.devices)
        texts, untold = _texts(topology, addressed)
        devices = [device for device in addressed if device.name in texts]
        if not devices:
            raise LabError(
                Message("nothing of this selection can run in an emulated lab"),
                Message("there are emulators of: {names}", names=", ".join(sorted(PLATFORMS))),
            )
        _check_collisions(devices)
        observer.step(Message("starting {count} emulated devices", count=len(devices)))
        state = LabState(
            backend=self.name,
            workspace=workspace.root.absolute(),
            directory=directory,
            pid=0,
            started=0,
            ready=False,
            loopback=True,
            nodes={
                device.name: LabNode(
                    device.name,
                    device.platform,
                    next((item.platform for item in topology.substitutions if item.device == device.name), ""),
                    str(device.address.ip) if device.address is not None else "",
                )
                for device in devices
            },
            substitutions=topology.substitutions,
            skipped=(*topology.skipped, *unaddressed, *untold),
            faults={name: str(fault) for name, fault in faults.items()},
        )
        specification = {
            "state": state.as_json(),
            "seed": _seed(directory),
            "devices": [_device(topology, device, texts[device.name], faults.get(device.name)) for device in devices],
        }
        ready = runner.launch(
            "lab.backends.emulated_process",
            directory,
            specification,
            timeout=TIMEOUT,
            observer=observer,
            owned=owned,
        )
        return from_json(ready)

    def exec(self, state: LabState, node: str, argv: Sequence[str]) -> int:
        """A line at the device's console (no login, no network), or a command of a host's shell."""
        answer = _ask(state, {"do": "console", "device": node, "lines": " ".join(argv).split("\n")})
        sys.stdout.write(answer["output"])
        sys.stderr.write(answer["errors"])
        return int(answer["status"])

    def status(self, state: LabState) -> tuple[NodeStatus, ...]:
        """Every device as its process sees it."""
        answer = _ask(state, {"do": "status"})
        return tuple(NodeStatus(name, one["state"], one["detail"]) for name, one in answer["devices"].items())

    def set_faults(self, state: LabState, node: str, text: str) -> str:
        """Give a running device these faults, and no others: `drop-after=5,slow=2`, or an empty text for none.

        Returns them as the device has them. LabError for a fault that there is not.
        """
        try:
            faults = Faults.parse(text)
        except ValueError as error:
            raise LabError(
                Message("there is no fault “{text}”", text=error),
                Message(
                    "write some of: {names}", names=", ".join(field.name for field in fields(Faults)).replace("_", "-")
                ),
            ) from error
        answer = _ask(state, {"do": "faults", "device": node, "faults": str(faults)})
        return str(answer["faults"])

    def faults(self, state: LabState, node: str) -> str:
        """The faults that a running device has now; an empty text for none."""
        return str(_ask(state, {"do": "faults", "device": node, "faults": None})["faults"])

    def inspect(self, state: LabState) -> dict[str, dict[str, Any]]:
        """What every device has gone through: digests of what it runs and saved, each save, logins; its text."""
        answer: dict[str, dict[str, Any]] = _ask(state, {"do": "inspect"})["devices"]
        return answer

    def reboot(self, state: LabState, node: str) -> float:
        """Make a running device reboot to its saved configuration; returns how many seconds it will be away."""
        return float(_ask(state, {"do": "reboot", "device": node})["seconds"])

    def down(self, state: LabState) -> None:
        """End the process; it closes everything."""
        runner.end(state.pid, state.started)


BACKEND = Emulated


def _with_addresses(devices: Sequence[Device]) -> tuple[list[Device], tuple[Skipped, ...]]:
    """The devices that can be served at 127.b.c.d, and the others."""
    served, skipped = [], []
    for device in devices:
        if device.address is not None and isinstance(device.address.ip, IPv4Address):
            served.append(device)
        else:
            why = Message("it has no IPv4 management address, by which an emulated device is served")
            skipped.append(Skipped(device.name, device.platform, why))
    return served, tuple(skipped)


def _check_collisions(devices: Sequence[Device]) -> None:
    taken: dict[IPv4Address, Device] = {}
    for device in devices:
        assert device.address is not None  # noqa: S101 - only devices with one get here
        here = loopback_address(IPv4Address(device.address.ip))
        other = taken.setdefault(here, device)
        if other is not device and other.address is not None:
            raise LabError(
                Message(
                    "{first} ({first_address}) and {second} ({second_address}) would both be served at {here}",
                    first=other.name,
                    first_address=other.address.ip,
                    second=device.name,
                    second_address=device.address.ip,
                    here=here,
                ),
                Message("an emulated device a.b.c.d answers at 127.b.c.d: leave one of them out with --where"),
            )


def _seed(directory: Path) -> str:
    """What host keys and cipher texts are made from: kept with the lab directory, so that known_hosts stays valid."""
    path = directory / SEED
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text:
        text = secrets.token_hex(16)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text + "\n")
    return text


def _texts(topology: Topology, devices: Sequence[Device]) -> tuple[dict[str, str], tuple[Skipped, ...]]:
    """What is typed at each device's console first; a platform without such a template is not started."""
    from configs import render  # noqa: PLC0415 - start-up time

    texts, skipped = {}, []
    for device in devices:
        try:
            texts[device.name] = render.bootstrap(topology.workspace, topology.plan, device.name).reveal()
        except TemplateError as error:
            if {problem.code for problem in error.problems} != {"template-missing"}:
                raise
            why = Message(
                "nobody says what is typed at its console first: write templates/{platform}/bootstrap.j2",
                platform=device.platform,
            )
            skipped.append(Skipped(device.name, device.platform, why))
    return texts, tuple(skipped)


def _device(topology: Topology, device: Device, text: str, fault: Fault | None) -> dict[str, Any]:
    """What the process has to know about a device; it goes through a pipe, for it holds secrets."""
    assert device.address is not None  # noqa: S101 - only devices with one get here
    workspace = topology.workspace
    credential = workspace.inventory.credentials.get(device.credential)
    lines = workspace.inventory.lines_of(device.name)
    return {
        "name": device.name,
        "platform": device.platform,
        "address": str(device.address.ip),
        "management_interface": device.management_interface,
        "model": device.model,
        "text": text,
        "interfaces": list(dict.fromkeys(line.end_at(device.name).interface for line in lines)),
        "login": _login(workspace, credential),
        "snmp": _snmp(workspace, credential),
        "keys": _keys(workspace, credential),
        "manager": _manager(workspace),
        "wire": _wire(topology, device),
        "fault": str(fault or ""),
    }


def _login(workspace: Workspace, credential: Credential | None) -> list[str] | None:
    if credential is None or credential.password is None:
        return None
    return [credential.username, credential.password.resolve(workspace.root).reveal()]


def _snmp(workspace: Workspace, credential: Credential | None) -> dict[str, str] | None:
    access = credential.snmp if credential is not None else None
    if access is None:
        return None
    texts = {
        name: reference.resolve(workspace.root).reveal() if reference is not None else ""
        for name, reference in (
            ("community", access.community),
            ("auth_password", access.auth_password),
            ("priv_password", access.priv_password),
        )
    }
    return {
        **texts,
        "user": access.user,
        "auth_protocol": access.auth_protocol,
        "priv_protocol": access.priv_protocol,
    }


def _keys(workspace: Workspace, credential: Credential | None) -> dict[str, list[str]]:
    """The public half of the key that the credential names, as an operator would load it at the console."""
    if credential is None or not credential.key_file:
        return {}
    import asyncssh  # noqa: PLC0415 - start-up time

    path = workspace.root / credential.key_file
    try:
        public = asyncssh.read_private_key(path).export_public_key().decode()
    except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise LabError(
            Message(
                "the key {path} of the credential {name} cannot be read: {why}",
                path=path,
                name=credential.name,
                why=error,
            ),
            Message("the lab needs its public half; give a readable key without a passphrase"),
        ) from error
    return {credential.username: [public.strip()]}


def _manager(workspace: Workspace) -> str:
    """As whom this machine is seen by the devices' filters: the poller, else the first of the managers' network."""
    pollers = workspace.settings.services.get("snmp_manager", ())
    for text in pollers:
        return text
    for text in workspace.settings.managers:
        network = ip_network(text, strict=False)
        return str(network.network_address if network.num_addresses == 1 else network.network_address + 1)
    return ""


def _wire(topology: Topology, device: Device) -> dict[str, list[str]] | None:
    """What is on the wire of a device's management interface, as far as the workspace says so.

    Where the management station sits in the same network, or a gateway of that interface is known; elsewhere nobody can
    say which of a device's routes is wrong.
    """
    from ipplan.addresses import device_addresses  # noqa: PLC0415 - start-up time

    manager = _manager(topology.workspace)
    assert device.address is not None  # noqa: S101 - only devices with one get here
    planned = device_addresses(topology.plan, topology.workspace.inventory, device.name)
    gateway = planned.gateways.get(device.management_interface)
    network = device.address.network
    networks = {network, *(each.network for each in planned.interfaces.get(device.management_interface, ()))}
    if not manager or (gateway is None and IPv4Address(manager) not in network):
        return None
    return {
        "networks": sorted(str(each) for each in networks if each.version == 4),
        "gateways": [str(gateway)] if gateway is not None else [],
    }


@contextmanager
def _short_path(directory: Path) -> Iterator[str]:
    """The control socket by a path that fits: sun_path holds 107 bytes, a workspace's path may be longer."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{CONTROL}"
    finally:
        os.close(descriptor)


def _ask(state: LabState, question: Mapping[str, Any]) -> dict[str, Any]:
    """One question to the lab's process."""
    try:
        with _short_path(state.directory) as path, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(TIMEOUT)
            line.connect(path)
            line.sendall(json.dumps(question).encode() + b"\n")
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        document: dict[str, Any] = json.loads(answer)
    except (OSError, ValueError) as error:
        raise LabError(
            Message("the lab's process {pid} does not answer: {why}", pid=state.pid, why=error),
            Message("run `govnet lab down`, then `govnet lab up`"),
        ) from error
    if "error" in document:
        raise GovnetError(
            Message("the lab's process {pid} does not answer: {why}", pid=state.pid, why=document["error"])
        )
    return document
