"""The background process of an emulated lab: `python -m lab.backends.emulated_process DIRECTORY FD` (lab.runner)."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from inventory.collecting import lasting
from inventory.endpoints import Endpoint
from inventory.errors import LabError
from inventory.text import Message
from lab.backends.emulated import CONTROL
from lab.runner import Child
from lab.state import LabState, from_json, loopback_address, process_start

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.emulator.device import Device, SnmpAccess
    from lab.emulator.reach import Wire
    from lab.emulator.world import World

logger = logging.getLogger(__name__)
WATCH = 0.5


def main(arguments: list[str]) -> None:
    """Take the orders, become nobody's child, serve until told to end."""
    child = Child.begin(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # A failed login is the client's business, not the log's.
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
    asyncio.run(_serve(child))


async def _serve(child: Child) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if child.owner >= 0:
        loop.add_reader(child.owner, stop.set)
    pid = os.getpid()
    state = replace(from_json(child.specification["state"]), pid=pid, started=process_start(pid))
    state.write()
    world = await _build(child)
    try:
        control = await _control(child.directory, world)
        state = replace(state, ready=True, nodes=_nodes(state, world))
        child.ready(state)
        inode = child.directory.stat().st_ino
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), WATCH)
            except TimeoutError:
                if not _there(child.directory, inode):
                    break
        control.close()
    finally:
        await world.close()
        (child.directory / CONTROL).unlink(missing_ok=True)
        child.forget()


def _there(directory: Path, inode: int) -> bool:
    """Whether the lab directory is still the one in which this lab was started."""
    try:
        return directory.stat().st_ino == inode
    except OSError:
        return False


async def _build(child: Child) -> World:
    from lab.emulator.device import ConsoleError, Spec  # noqa: PLC0415 - after the fork
    from lab.emulator.faults import Faults  # noqa: PLC0415 - after the fork
    from lab.emulator.world import PortsTakenError, World  # noqa: PLC0415 - after the fork

    seed = bytes.fromhex(child.specification["seed"])
    world = World(
        Spec(
            name=one["name"],
            platform=one["platform"],
            address=IPv4Address(one["address"]),
            management_interface=one["management_interface"],
            model=one["model"],
            text=one["text"],
            interfaces=tuple(one["interfaces"]),
            login=(one["login"][0], one["login"][1]) if one["login"] else None,
            snmp=_access(one["snmp"]),
            keys={user: tuple(keys) for user, keys in one["keys"].items()},
            faults=Faults.parse(one["fault"]),
            seed=seed,
            manager=IPv4Address(one["manager"]) if one["manager"] else None,
            wire=_wire(one["wire"]),
        )
        for one in child.specification["devices"]
    )
    # The texts have been handed over; what holds secrets is not kept twice.
    child.specification = {}
    try:
        await world.boot()
    except ConsoleError as error:
        child.refuse(
            LabError(
                Message(
                    "{device} refused a line of its first configuration, “{line}”: {answer}",
                    device=error.device,
                    line=error.line,
                    answer=error.answer,
                ),
                Message("the template `bootstrap` of its platform makes that text"),
            )
        )
    try:
        await world.open()
        lasting()  # the devices stay: nobody looks through them for garbage
    except PortsTakenError:
        child.refuse(
            LabError(
                Message("no TCP and UDP ports are free at the addresses of this lab"),
                Message("`govnet lab down` in the other workspaces frees theirs"),
            )
        )
    except OSError as error:
        child.refuse(LabError(Message("the lab cannot listen: {why}", why=error)))
    return world


def _access(one: Mapping[str, str] | None) -> SnmpAccess | None:
    from lab.emulator.device import SnmpAccess, SnmpUser  # noqa: PLC0415 - after the fork

    if one is None:
        return None
    user = SnmpUser(one["user"], one["auth_protocol"], one["auth_password"], one["priv_protocol"], one["priv_password"])
    return SnmpAccess((one["community"],) if one["community"] else (), (user,) if one["user"] else ())


def _wire(one: Mapping[str, list[str]] | None) -> Wire | None:
    from lab.emulator.reach import Wire  # noqa: PLC0415 - after the fork

    if one is None:
        return None
    return Wire(tuple(map(IPv4Network, one["networks"])), frozenset(map(IPv4Address, one["gateways"])))


def _nodes(state: LabState, world: World) -> dict[str, Any]:
    ssh, snmp = world.ports
    nodes = {}
    for name, node in state.nodes.items():
        host = str(loopback_address(IPv4Address(node.address)))
        nodes[name] = replace(node, ssh=Endpoint(host, ssh), snmp=Endpoint(host, snmp))
    return nodes


async def _control(directory: Path, world: World) -> asyncio.Server:
    """The socket by which `lab status` and `lab exec` talk to this process; only this user can reach it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = json.loads(await asyncio.wait_for(reader.readline(), 10))
            document = await _answer(world, question)
        except Exception as error:  # whatever is asked, the lab stays up
            logger.exception("a question to the lab's process failed")
            document = {"error": str(error) or type(error).__name__}
        writer.write(json.dumps(document).encode())
        await writer.drain()
        writer.close()

    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        path = f"/proc/self/fd/{descriptor}/{CONTROL}"
        (directory / CONTROL).unlink(missing_ok=True)
        previous = os.umask(0o077)
        try:
            return await asyncio.start_unix_server(answer, path)
        finally:
            os.umask(previous)
    finally:
        os.close(descriptor)


async def _answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    if question["do"] == "status":
        return {"devices": {name: _status(world, name) for name in world.hosts}}
    if question["do"] == "inspect":
        return {"devices": {name: _inspected(host.device) for name, host in world.hosts.items()}}
    device = world.hosts[question["device"]].device
    if question["do"] == "faults":
        from lab.emulator.faults import Faults  # noqa: PLC0415 - only here

        if question["faults"] is not None:
            device.suffer(Faults.parse(question["faults"]))
        return {"faults": str(device.faults)}
    if question["do"] == "reboot":
        device.reboot()
        return {"seconds": device.spec.boot}
    run = getattr(device, "run_command", None)
    if run is not None:
        empty: asyncio.Queue[bytes | None] = asyncio.Queue()
        empty.put_nowait(None)
        status, output, errors = await run(" ".join(question["lines"]), empty, "root", 15)
        return {"status": status, "output": output.decode(), "errors": errors.decode()}
    output = await device.console(question["lines"])
    refused = device.refusal(output)
    return {"status": 1 if refused else 0, "output": output, "errors": ""}


def _inspected(device: Device) -> dict[str, Any]:
    """What a device has gone through, as only it knows."""
    return {
        "running": device.digest(device.running),
        "saved": device.digest(device.saved) if device.saved is not None else "",
        "saves": [{"text": text, "armed": armed} for text, armed in device.record],
        "armed": any(timer.armed for timer in device.timers.values()),
        "changes": device.changes,
        "logins": device.logins,
        "text": device.show(device.running),
    }


def _status(world: World, name: str) -> dict[str, str]:
    host = world.hosts[name]
    device = host.device
    if device.rebooting:
        state = "rebooting"
    elif str(device.faults):
        state = str(device.faults)
    elif host.listening and device.ssh_enabled:
        state = "up"
    else:
        state = "unreachable"
    return {"state": state, "detail": ", ".join(host.listening)}


if __name__ == "__main__":
    main(sys.argv[1:])
