"""The keeper seen from outside: starting it, running commands in its nodes, ending it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol

from inventory.errors import LabError
from inventory.text import Message
from lab.netns.entering import KEEPER, SEARCH, UNSHARE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# A keeper imports what its caller does, wherever that one was started.
_SOURCES: Final = str(Path(__file__).resolve().parents[2])


class Orders(Protocol):
    """What a keeper is told to build."""

    def to_json(self) -> str:
        """One line of JSON."""
        ...


@dataclass(frozen=True, slots=True)
class Running:
    """A keeper that runs: its own number on this machine (`keeper`), and the one whose end ends it (`pid`)."""

    pid: int
    keeper: int
    seconds: Mapping[str, float]
    failed: Mapping[str, str]


def start(
    spec: Orders,
    log: Path,
    heard: Callable[[str], None],
    confirm: Callable[[Running], None],
    *,
    inherit: int,
    owned: bool = False,
    keeper: str = KEEPER,
    limit: float = 0.0,
) -> Running:
    """Build a lab. `heard` is told of each node; `confirm` runs when all is there, before the lab may outlive us.

    The descriptor `inherit` stays open as long as the lab runs; an `owned` lab ends with this process, however this
    one ends. LabError if the lab cannot be built; then, as after any exception of `confirm`, nothing of it is left.
    Nodes that did not start are in `failed`. `keeper` is the module that builds and holds it. What is not
    there after `limit` seconds has failed; 0: it takes as long as it takes.
    """
    with log.open("ab") as errors, _launch(errors, inherit, keeper, owned=owned) as process:
        assert process.stdin is not None  # noqa: S101 - both were asked for as pipes
        assert process.stdout is not None  # noqa: S101 - as above
        line = process.stdout.readline().strip()
        if not line.isdigit():
            raise _died(log)
        pid = int(line)
        watch = threading.Timer(limit, end, (pid,))
        if limit:
            watch.start()
        try:
            return _converse(pid, process.stdin, process.stdout, spec, log, heard, confirm)
        except BaseException:
            end(pid)
            raise
        finally:
            watch.cancel()


def _launch(errors: IO[bytes], inherit: int, module: str, *, owned: bool) -> subprocess.Popen[str]:
    """The keeper, in a session of its own and nobody's child. It first says the number of the process that holds it."""
    # A descriptor of this very process: readable once it is gone, from within any PID namespace.
    owner = [os.pidfd_open(os.getpid())] if owned else []
    keeper = [sys.executable, "-P", "-m", module, *map(str, owner)]
    try:
        return subprocess.Popen(
            ["setsid", "-f", "sh", "-c", 'echo $$; exec "$@"', "sh", *UNSHARE, *keeper],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            pass_fds=(inherit, *owner),
            cwd="/",
            env={"PATH": SEARCH, "LC_ALL": "C.UTF-8", "PYTHONPATH": _SOURCES},
        )
    finally:
        for descriptor in owner:
            os.close(descriptor)


def _converse(
    pid: int,
    orders: IO[str],
    answers: IO[str],
    spec: Orders,
    log: Path,
    heard: Callable[[str], None],
    confirm: Callable[[Running], None],
) -> Running:
    seconds: dict[str, float] = {}
    failed: dict[str, str] = {}
    try:
        orders.write(spec.to_json() + "\n")
        orders.flush()
        for line in answers:
            event = json.loads(line)
            if "node" in event and "error" in event:
                failed[event["node"]] = event["error"]
            elif "node" in event:
                seconds[event["node"]] = event["seconds"]
                heard(event["node"])
            elif "error" in event:
                raise LabError(Message("the lab cannot be wired: {why}", why=event["error"]))
            elif event.get("done"):
                break
        else:
            raise _died(log)
        running = Running(pid, _child_of(pid), seconds, failed)
        confirm(running)
        orders.write("keep\n")
        orders.flush()
    except BrokenPipeError:
        raise _died(log) from None
    return running


def _died(log: Path) -> LabError:
    said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:] if log.exists() else ""
    return LabError(
        Message("the lab's process ended while it was being built: {said}", said=said or "-"),
        Message("its log is {path}; `govnet doctor` says what this machine lacks", path=str(log)),
    )


def _child_of(pid: int) -> int:
    """The only child of a process; LabError if it has none any more."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                return int(entry.name)
    raise LabError(Message("the lab's process ended while it was being built: {said}", said="-"))


def end(pid: int, keeper: int = 0, timeout: float = 60.0) -> None:
    """Kill the keeper's parent, and wait until the kernel has ended everything below it."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + timeout
    while keeper and time.monotonic() < deadline and Path(f"/proc/{keeper}/ns").exists() and _has_life(keeper):
        time.sleep(0.01)


def _has_life(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in ("Z", "X")
