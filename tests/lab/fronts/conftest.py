"""A management station, a router in between, and a device with its command line in front, in namespaces."""

from __future__ import annotations

import asyncio
import subprocess
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest

from inventory.errors import LabError
from inventory.text import Message
from lab.fronts.asking import Fronts
from lab.fronts.spec import FrontsSpec
from lab.netns import entering, process
from lab.netns.spec import Cable, LabSpec, NodeSpec
from lab.state import LabState, process_start
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.netns.process import Running

LOGIN = ("govnet", "Secret-123")
WIRES = {
    "noc": ("address add 10.0.1.9/24 dev eth0", "route add default via 10.0.1.1"),
    "between": (
        "address add 10.0.1.1/24 dev eth0",
        "address add 10.0.2.1/24 dev eth1",
        "address add 10.0.3.1/24 dev eth1",
    ),
    "dev": ("address add 10.0.2.2/24 dev g0", "route add default via 10.0.2.1"),
}
FORWARD = {"ipv4/ip_forward": "1"}


class Lab:
    """A running one, and how somebody at the management station logs in."""

    def __init__(self, running: Running) -> None:
        self.keeper = running.keeper
        self.fronts = Fronts(running.keeper)
        self.state = LabState(
            "netns",
            Path("/"),
            Path("/"),
            running.pid,
            process_start(running.pid),
            network=f"/proc/{running.keeper}/root/run/netns/noc",
        )

    def inside(self, node, *words):
        """What a command in a node says."""
        command = entering.inside(self.keeper, node, words)
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def run(self, talk):
        """Run something at the management station: what it opens is opened there."""
        with self.state.entered():
            return asyncio.run(asyncio.wait_for(talk, PATIENCE))

    def inspect(self, device="dev"):
        """What a device runs and has gone through."""
        return self.fronts.inspect([device])[device]


class Shell:
    """A session at a command line."""

    def __init__(self, process):
        self._process = process
        self.said = ""

    async def until(self, *marks, seconds=PATIENCE):
        """What is said until one of the marks ends it."""
        self.said = ""
        while not self.said.rstrip().endswith(marks):
            more = await asyncio.wait_for(self._process.stdout.read(4096), seconds)
            if not more:
                raise ConnectionError(self.said)
            self.said += more
        return self.said

    async def type(self, line, *marks, seconds=PATIENCE):
        """One line, and its answer."""
        self._process.stdin.write(line + "\n")
        return await self.until(*(marks or (">", "]", "#")), seconds=seconds)

    def send(self, line):
        """One line, without waiting."""
        self._process.stdin.write(line + "\n")


@asynccontextmanager
async def logged_in(address, user=LOGIN[0], password=LOGIN[1]):
    """A session at an address."""
    connection = await asyncssh.connect(
        address,
        22,
        username=user,
        password=password,
        known_hosts=None,
        client_keys=None,
        config=None,
        connect_timeout=5,
    )
    try:
        shell = Shell(await connection.create_process(term_type="vt100"))
        await shell.until(">", "#")
        yield shell
    finally:
        connection.abort()


def refuse(running):
    """A lab with a device that is not there is none."""
    if running.failed:
        raise LabError(Message("{failed}", failed=str(running.failed)))


@pytest.fixture
def network(tmp_path: Path) -> Iterator[object]:
    """Starts the three with a front for `dev`."""
    with ExitStack() as ends:

        def up(*devices, patience=30.0):
            spec = LabSpec(
                tuple(NodeSpec(name, wires, FORWARD) for name, wires in WIRES.items()),
                (Cable(("noc", "eth0"), ("between", "eth0")), Cable(("between", "eth1"), ("dev", "g0"))),
                fronts=FrontsSpec(
                    devices, "tests.lab.fronts.addresses:loader", {"for": "tests"}, patience=patience
                ).to_json(),
            )
            lock = ends.enter_context((tmp_path / "lock").open("w"))
            running = process.start(spec, tmp_path / "log", lambda _: None, refuse, inherit=lock.fileno(), owned=True)
            ends.callback(process.end, running.pid, running.keeper)
            return Lab(running)

        yield up
