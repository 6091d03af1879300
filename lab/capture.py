"""Packets of a running lab, captured by tcpdump inside a node while something else is done."""

from __future__ import annotations

import subprocess
import threading
from typing import IO, TYPE_CHECKING, Self, cast

from inventory.errors import LabError
from inventory.text import Message
from lab.backends.netns import command
from lab.control import TCPDUMP
from lab.packets import Datagram, datagrams

if TYPE_CHECKING:
    from types import TracebackType

    from lab.state import LabState


class Capture:
    """A capture that runs between entering and leaving; what has been seen so far can be asked for at any time."""

    def __init__(self, state: LabState, node: str, interface: str, expression: str = "") -> None:
        self._command = command(state, node, [*TCPDUMP, "-i", interface, "-w", "-", *expression.split()])
        self._node = node
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = bytearray()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Start it; returns when it listens. LabError, in tcpdump's words, if it cannot."""
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        said = []
        errors = cast("IO[bytes]", self._process.stderr)
        for line in errors:
            said.append(line.decode(errors="replace").strip())
            if b"listening on" in line:
                break
        else:
            self._end()
            raise LabError(
                Message("{node} cannot capture packets: {why}", node=self._node, why=" ".join(said[-2:]) or "-")
            )
        # What it says at its end must not fill the pipe.
        self._threads = [
            threading.Thread(target=errors.read, daemon=True),
            threading.Thread(target=self._read, args=(cast("IO[bytes]", self._process.stdout),), daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; everything that it had seen is there then."""
        self._end()

    def _end(self) -> None:
        if self._process is None:
            return
        with self._process as process:
            process.terminate()
            for thread in self._threads:
                thread.join()

    def packets(self) -> list[Datagram]:
        """The UDP datagrams seen so far."""
        return list(datagrams(bytes(self._seen)))

    def _read(self, stream: IO[bytes]) -> None:
        while block := stream.read1(65536):  # type: ignore[attr-defined]  # a buffered reader
            self._seen += block
