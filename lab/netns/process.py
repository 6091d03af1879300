"""The keeper seen from outside: starting it, running commands in its nodes, ending it."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from inventory.errors import LabError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lab.netns.spec import LabSpec

_UNSHARE = ("unshare", "-m", "-n", "-p", "-f", "--kill-child", "--mount-proc", "--propagation", "private")
NAMESPACES = "/run/netns"
KEEPER = "lab.netns.keeper"
# Where the lab looks for programs, whatever the caller's own path is.
SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Running:
    """A keeper that runs: its own number on this machine (`keeper`), and the one whose end ends it (`pid`)."""

    pid: int
    keeper: int
    seconds: Mapping[str, float]
    failed: Mapping[str, str]


def start(
    spec: LabSpec,
    log: Path,
    heard: Callable[[str], None],
    confirm: Callable[[Running], None],
    *,
    inherit: int,
    owned: bool = False,
) -> Running:
    """Build a lab. `heard` is told of each node; `confirm` runs when all is there, before the lab may outlive us.

    The descriptor `inherit` stays open as long as the lab runs; an `owned` lab ends with this process, however this
    one ends. LabError if the lab cannot be built; then, as after any exception of `confirm`, nothing of it is left.
    Nodes that did not start are in `failed`.
    """
    with log.open("ab") as errors, _launch(errors, inherit, owned=owned) as process:
        assert process.stdin is not None  # noqa: S101 - both were asked for as pipes
        assert process.stdout is not None  # noqa: S101 - as above
        line = process.stdout.readline().strip()
        if not line.isdigit():
            raise _died(log)
        pid = int(line)
        try:
            return _converse(pid, process.stdin, process.stdout, spec, log, heard, confirm)
        except BaseException:
            end(pid)
            raise


def _launch(errors: IO[bytes], inherit: int, *, owned: bool) -> subprocess.Popen[str]:
    """The keeper, in a session of its own and nobody's child. It first says the number of the process that holds it."""
    # A descriptor of this very process: readable once it is gone, from within any PID namespace.
    owner = [os.pidfd_open(os.getpid())] if owned else []
    keeper = [sys.executable, "-P", "-m", KEEPER, *map(str, owner)]
    try:
        return subprocess.Popen(
            ["setsid", "-f", "sh", "-c", 'echo $$; exec "$@"', "sh", *_UNSHARE, *keeper],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            pass_fds=(inherit, *owner),
            cwd="/",
            env={"PATH": SEARCH, "LC_ALL": "C.UTF-8"},
        )
    finally:
        for descriptor in owner:
            os.close(descriptor)


def _converse(
    pid: int,
    orders: IO[str],
    answers: IO[str],
    spec: LabSpec,
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


def inside(keeper: int, node: str, argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` in a node: in its network, and in its mounts and processes if it has any.

    The first step enters the lab, where the namespaces have their names; the second enters the node. nsenter forks to
    enter a PID namespace and passes no signal on: with `setpriv --pdeathsig` the command ends when nsenter is ended.
    """
    script = (
        f"PATH=$PATH:{SEARCH}; "
        f"pid=$(cat /run/lab/{shlex.quote(node)}/pid 2>/dev/null) && [ -d /proc/$pid ] || "
        f'exec nsenter --net={NAMESPACES}/{shlex.quote(node)} "$@"; '
        f"exec nsenter --net={NAMESPACES}/{shlex.quote(node)} --mount=/proc/$pid/ns/mnt --uts=/proc/$pid/ns/uts "
        '--pid=/proc/$pid/ns/pid_for_children -- setpriv --pdeathsig TERM "$@"'
    )
    enter = ["nsenter", "-t", str(keeper), "-m", "-n", "-p", "--", "setpriv", "--pdeathsig", "TERM"]
    return [*enter, "sh", "-c", script, "sh", *argv]
