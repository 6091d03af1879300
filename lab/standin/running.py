"""A network of stand-ins that runs: started, asked, ended."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from inventory.errors import LabError
from inventory.text import Message
from lab.netns import process
from lab.netns.entering import KEEPER, inside
from lab.standin.loading import Ran
from lab.standin.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from lab.netns.process import Orders, Running
    from lab.standin.network import Network


MACHINE = "lab.uml.holder"
LIMIT = 180.0
"""Seconds in which a network of stand-ins is there, or is given up."""


@dataclass(frozen=True)
class Standing:
    """A running network. It ends with this process, by `end`, or with the block that it is opened in."""

    running: Running
    machine: bool = False  # a User-mode Linux machine

    def command(self, node: str, argv: Sequence[str]) -> list[str]:
        """The command line that runs `argv` in a node."""
        if not self.machine:
            return inside(self.running.keeper, node, argv)
        from lab.uml import machine  # noqa: PLC0415 - only there

        return machine.inside(self.running.keeper, node, argv)

    def run(self, node: str, argv: Sequence[str], text: str = "", timeout: float = 60.0) -> Ran:
        """Run a command in a node; `lab.standin.loading.Run`. What takes longer than `timeout` seconds has failed."""
        try:
            done = subprocess.run(
                self.command(node, argv),
                input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                timeout=timeout, errors="replace",
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Ran(124, "")
        return Ran(done.returncode, done.stdout)

    def end(self) -> None:
        """End it; the kernel removes the rest."""
        process.end(self.running.pid, self.running.keeper)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def start(network: Network, log: Path) -> Standing:
    """Build a network; `log` is where its process writes errors. LabError if a node does not start."""

    def confirm(running: Running) -> None:
        if running.failed:
            name, why = next(iter(running.failed.items()))
            raise LabError(Message("“{device}” did not start: {why}", device=name, why=why))

    machine = network.target is Target.UML
    orders: Orders = network.spec
    if machine:
        from lab.backends.uml import machine_of  # noqa: PLC0415 - only there

        orders = machine_of(network.spec, [], ("", ""))
    lock = os.open(log.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        keeper = MACHINE if machine else KEEPER
        running = process.start(
            orders, log, lambda _: None, confirm, inherit=lock, owned=True, keeper=keeper, limit=LIMIT
        )
        return Standing(running, machine)
    finally:
        os.close(lock)
