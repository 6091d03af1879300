"""A network of stand-ins that runs: started, asked, ended."""

from __future__ import annotations

import fcntl
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.errors import LabError
from inventory.text import Message
from lab.netns import process
from lab.standin.loading import Ran

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from lab.netns.process import Running
    from lab.netns.spec import LabSpec


@dataclass(frozen=True)
class Standing:
    """A running network. It ends with this process, when `end` is called, or with the block that it is opened in."""

    running: Running

    def run(self, node: str, argv: Sequence[str], text: str = "", timeout: float = 60.0) -> Ran:
        """Run a command in a node; `lab.standin.loading.Run`. What takes longer than `timeout` seconds has failed."""
        command = process.inside(self.running.keeper, node, argv)
        try:
            done = subprocess.run(
                command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                timeout=timeout, errors="replace",
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Ran(124, "")
        return Ran(done.returncode, done.stdout)

    def end(self) -> None:
        """End it; the kernel removes the rest."""
        process.end(self.running.pid, self.running.keeper)

    def __enter__(self) -> Standing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def start(spec: LabSpec, log: Path) -> Standing:
    """Build a network; `log` is where its process writes errors. LabError if a node does not start."""

    def confirm(running: Running) -> None:
        if running.failed:
            name, why = next(iter(running.failed.items()))
            raise LabError(Message("“{device}” did not start: {why}", device=name, why=why))

    lock = os.open(log.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return Standing(process.start(spec, log, lambda _: None, confirm, inherit=lock, owned=True))
    finally:
        os.close(lock)
