"""Questions to the fronts of a running lab, from outside it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inventory.errors import LabError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SOCKET: Final = "/run/lab/fronts.sock"
_TIMEOUT: Final = 120.0


@dataclass(frozen=True, slots=True)
class Fronts:
    """The fronts of the lab that a keeper (its number on this machine) holds, or, in a `machine`, its holder."""

    keeper: int
    machine: bool = False

    def inspect(self, devices: Iterable[str] = ()) -> dict[str, Any]:
        """What devices (all by default) run and have gone through.

        For each: `text`, `saved`; `standing` (the stand-in does what the text says), `away` (it boots), `armed` (a
        guard runs), `logins`, `boots`; `loads` (see `loading.Load`), `late` (answers given before their load was
        done), `kept` (lines that were typed and kept without being known), `unknown` (how many lines no table knows).
        """
        return self._ask({"do": "inspect", "devices": list(devices)})

    def reboot(self, device: str) -> float:
        """Reboot a device, as a power cut does: nothing is saved or asked. How many seconds its ports stay down."""
        return float(self._ask({"do": "reboot", "device": device})["seconds"])

    def suffer(self, device: str, faults: str) -> None:
        """From now on a device has these faults (`lab.emulator.faults`); none for an empty text."""
        self._ask({"do": "faults", "device": device, "faults": faults})

    def console(self, device: str, lines: Sequence[str]) -> tuple[str, str]:
        """Type lines at a device's console, questions answered with yes: what it said, and what of it is a refusal."""
        answer = self._ask({"do": "console", "device": device, "lines": list(lines)})
        return answer["output"], answer["refused"]

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            said = self._said(json.dumps(question).encode() + b"\n")
            answer: dict[str, Any] = json.loads(said)
        except (OSError, ValueError) as error:
            raise LabError(
                Message("the lab's emulated command lines do not answer: {why}", why=error),
                Message(
                    "run `govnet lab status`; what they wrote is in {path} inside the lab", path="/run/lab/fronts.log"
                ),
            ) from error
        if "error" in answer:
            raise LabError(Message("the lab's emulated command lines do not answer: {why}", why=answer["error"]))
        return answer

    def _said(self, question: bytes) -> bytes:
        """The answer as it came. OSError if nobody gives one."""
        if self.machine:
            return self._relayed(question)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(_TIMEOUT)
            line.connect(f"/proc/{self.keeper}/root{SOCKET}")
            line.sendall(question)
            return b"".join(iter(lambda: line.recv(1 << 16), b""))

    def _relayed(self, question: bytes) -> bytes:
        """A socket of another kernel's is reached by a process there alone."""
        from lab.uml import machine  # noqa: PLC0415 - only there

        argv = [sys.executable, "-S", "-P", str(Path(__file__).with_name("relay.py")), SOCKET]
        try:
            done = subprocess.run(
                ["setpriv", "--pdeathsig", "KILL", *machine.inside(self.keeper, "", argv)],
                input=question, capture_output=True, check=False, timeout=_TIMEOUT,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(str(error)) from error
        if done.returncode:
            raise ConnectionError(done.stderr.decode(errors="replace").strip()[-300:])
        return done.stdout
