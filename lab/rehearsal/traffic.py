"""The prober seen from outside: which probes are sent, and what was lost of them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from inventory.errors import LabError
from inventory.text import Message
from lab.rehearsal import prober
from lab.rehearsal.model import Gap, Loss, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from lab.rehearsal.model import Flow, Host

INTERVAL = 0.1  # seconds between two probes of a flow
MOST = 3000.0  # probes a second, all flows together
GRACE = 1.5  # seconds for which the last answers are waited for
PATIENCE = 60.0  # seconds for an answer of the prober's


class Traffic:
    """The prober of a running lab, or another `program` of its kind; ends with it, or when it is closed.

    In a `machine` its holder is the keeper.
    """

    def __init__(self, keeper: int, log: Path, *, machine: bool = False, program: Path = Path(prober.__file__)) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                _command(keeper, program, machine=machine),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd="/",
            )  # fmt: skip
        self._flows: tuple[Flow, ...] = ()
        # The longest time in which nothing was sent, of the probes that were stopped last: from when on, seconds.
        self.pause = (0.0, 0.0)
        self._buffer = b""

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """End it."""
        self.close()

    def close(self) -> None:
        """End the prober."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # it has ended, and an order is still on its way
                    pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def open(self, hosts: Iterable[Host]) -> None:
        """Sockets for all addresses of the hosts. LabError if one cannot be had."""
        answer = self._tell({"open": {host.name: [str(home.address.ip) for home in host.homes] for host in hosts}})
        for address, why in answer["failed"].items():
            raise LabError(Message("no probes can be sent from {address}: {why}", address=address, why=why))

    def start(self, flows: Sequence[Flow]) -> float:
        """Begin to probe; returns the seconds between two probes of a flow: more where there are many flows."""
        self._flows = tuple(flows)
        interval = max(INTERVAL, len(flows) / MOST)
        self._tell({"start": [flow.as_probe() for flow in flows], "interval": interval})
        return interval

    def stop(self) -> tuple[float, tuple[Loss, ...]]:
        """End probing: how many seconds it went on, and what was lost."""
        answer = self._tell({"stop": GRACE})
        losses = tuple(_loss(flow, row) for flow, row in zip(self._flows, answer["flows"], strict=True))
        begin, seconds = answer["pause"] if self._flows else (0.0, 0.0)
        self.pause = (float(begin), float(seconds))
        self._flows = ()
        return float(answer["seconds"]), losses

    def ask(self, flows: Sequence[Flow], *, count: int = 3, wait: float = 1.0) -> list[bool]:
        """Whether any of a few probes of each flow passes: it is answered, or, where none may, has arrived."""
        if not flows:
            return []
        answer = self._tell({"ask": [flow.as_probe() for flow in flows], "count": count, "wait": wait})
        return [
            (arrived if flow.pair.wanted is Wanted.FORBIDDEN else answered) > 0
            for flow, answered, arrived in zip(flows, answer["answered"], answer["arrived"], strict=True)
        ]

    def trace(self, flow: Flow, *, hops: int = 8, wait: float = 0.3) -> tuple[tuple[str, ...], bool]:
        """The addresses of the routers that a probe of the flow passes, as they say themselves; did it arrive?"""
        answer = self._tell({"trace": flow.as_probe(), "hops": hops, "wait": wait})
        return tuple(answer["hops"]), bool(answer["arrived"])

    def _tell(self, order: Mapping[str, Any]) -> dict[str, Any]:
        orders, answers = self._process.stdin, self._process.stdout
        if orders is None or answers is None:
            raise self._died()
        try:
            orders.write(json.dumps(order).encode() + b"\n")
            orders.flush()
        except OSError:
            raise self._died() from None
        line = self._line(answers)
        found: dict[str, Any] = json.loads(line)
        return found

    def _line(self, answers: IO[bytes]) -> bytes:
        end = time.monotonic() + PATIENCE
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([answers], [], [], max(0.0, end - time.monotonic()))
            read = os.read(answers.fileno(), 1 << 20) if ready else b""
            if not read:
                raise self._died()
            self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _died(self) -> LabError:
        said = self._log.read_text(encoding="utf-8", errors="replace").strip()[-300:] if self._log.exists() else ""
        return LabError(Message("the process that sends the probes has ended: {said}", said=said or "-"))


def _command(keeper: int, program: Path, *, machine: bool) -> list[str]:
    """How a program is started beside the nodes."""
    argv = [sys.executable, "-S", "-P", str(program)]
    if machine:
        from lab.uml.machine import inside  # noqa: PLC0415 - only there

        return ["setpriv", "--pdeathsig", "KILL", *inside(keeper, "", argv)]
    return ["nsenter", "-t", str(keeper), "-m", "-p", "--", "setpriv", "--pdeathsig", "KILL", *argv]


def _loss(flow: Flow, row: Mapping[str, Any]) -> Loss:
    gaps = tuple(
        Gap(round(begin, 3), None if end is None else round(end, 3), int(count)) for begin, end, count in row["gaps"]
    )
    return Loss(flow, int(row["sent"]), int(row["lost"]), gaps)
