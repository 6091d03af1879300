"""Starting the lab's one background process, and being it.

`launch` runs `python -m MODULE DIRECTORY FD [OWNER]` in a session of its own, twice forked, so that it belongs to
nobody; with OWNER, a descriptor of the process that wanted it, it ends when that one is gone. The specification
(device texts, which hold secrets) goes through standard input, never through a file. The child answers on FD with JSON
lines: `{"pid": …}`, `{"step": message}`…, and last `{"ready": …}` or `{"error": …}`. The child writes the state file
itself, first with `ready` false: a starter that is killed in between leaves a lab that can be ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.errors import GovnetError, LabError
from inventory.text import Message
from lab.state import LabState, message_from, message_json, process_start, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.backend import Observer

LOG = "lab.log"
LOCK = "lock"


def launch(
    module: str,
    directory: Path,
    specification: Mapping[str, Any],
    *,
    timeout: float,
    observer: Observer,
    owned: bool = False,
) -> dict[str, Any]:
    """Start the background process and wait until it is ready; returns what it says then.

    `timeout` is in seconds. An `owned` process ends with this one, however this one ends. LabError, in the child's
    own words, if it cannot start; it is then ended.
    """
    reader, writer = os.pipe()
    # A descriptor of this very process: readable once it is gone, whatever becomes of its number.
    owner = [os.pidfd_open(os.getpid())] if owned else []
    log = os.open(directory / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        child = subprocess.Popen(
            # -P: the current folder is not a place to import from (a workspace may have a folder `lab`).
            [sys.executable, "-P", "-m", module, str(directory), str(writer), *map(str, owner)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=(writer, *owner),
            start_new_session=True,
            cwd="/",
        )
    finally:
        for descriptor in (log, writer, *owner):
            os.close(descriptor)
    try:
        try:
            child.communicate(json.dumps(specification).encode(), timeout=timeout)
        except BrokenPipeError:
            child.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise _failed(
                directory, Message("it did not take its orders within {seconds} s", seconds=timeout)
            ) from None
        return _await(reader, directory, timeout, observer)
    finally:
        os.close(reader)


def _await(reader: int, directory: Path, timeout: float, observer: Observer) -> dict[str, Any]:
    deadline = time.monotonic() + timeout
    pid = 0
    buffer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                end(pid, process_start(pid))
                raise _failed(directory, Message("it was not ready within {seconds} s", seconds=timeout))
            block = os.read(reader, 65536)
            if not block:
                raise _failed(directory, Message("it ended: {line}", line=_last_line(directory)))
            buffer += block
            *lines, buffer = buffer.split(b"\n")
            for line in lines:
                said = json.loads(line)
                if "pid" in said:
                    pid = said["pid"]
                if "step" in said:
                    observer.step(message_from(said["step"]))
                if "error" in said:
                    raise LabError(message_from(said["error"]["message"]), message_from(said["error"]["hint"]))
                if "ready" in said:
                    ready: dict[str, Any] = said["ready"]
                    return ready


def _failed(directory: Path, why: Message) -> LabError:
    return LabError(
        Message("the lab's process could not be started: {why}", why=why),
        Message("see {path}", path=directory / LOG),
    )


def _last_line(directory: Path) -> str:
    lines = (directory / LOG).read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "")


def end(pid: int, started: int, *, patience: float = 10.0) -> bool:
    """End the process with that start time: SIGTERM, after `patience` seconds SIGKILL. False if it is gone already."""
    if pid <= 0 or not started:
        return False
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        # The descriptor names the process itself, so the number cannot be reused between the check and the signal.
        if process_start(pid) != started:
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            for number in (signal.SIGTERM, signal.SIGKILL):
                signal.pidfd_send_signal(descriptor, number)
                if selector.select(patience):
                    return True
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


class Child:
    """The background process's side: what it was told, and its way to answer.

    `owner` is a descriptor that is readable once the process is gone with which this one ends; -1 if there is none.
    """

    def __init__(self, directory: Path, answer: int, owner: int = -1) -> None:
        self.directory = directory
        self.owner = owner
        self._answer = answer
        self._lock = -1
        self.specification: dict[str, Any] = {}

    @classmethod
    def begin(cls, arguments: list[str]) -> Child:
        """Read the orders, leave the starter behind, take the lab directory's lock."""
        directory, answer, *owner = Path(arguments[0]), *map(int, arguments[1:])
        orders = sys.stdin.buffer.read()
        if os.fork():
            os._exit(0)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        child = cls(directory, answer, *owner)
        child._say({"pid": os.getpid()})
        try:
            child.specification = json.loads(orders)
        except ValueError:  # the starter died while it spoke
            sys.exit(1)
        child._lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(child._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            child.refuse(
                LabError(
                    Message("another lab is running or being started in {path}", path=directory),
                    Message("run `govnet lab down` first"),
                )
            )
        return child

    def step(self, message: Message) -> None:
        """Tell the starter what happens."""
        self._say({"step": message_json(message)})

    def ready(self, state: LabState) -> None:
        """Write the state and let the starter go."""
        state.write()
        self._say({"ready": state.as_json()})
        os.close(self._answer)
        self._answer = -1

    def refuse(self, error: GovnetError) -> None:
        """Tell the starter what went wrong, and end."""
        self.forget()
        self._say({"error": {"message": message_json(error.message), "hint": message_json(error.hint)}})
        sys.exit(1)

    def forget(self) -> None:
        """Remove the state file if it is this process's own."""
        state = read(self.directory)
        if state is not None and state.pid == os.getpid():
            state.path.unlink(missing_ok=True)

    def _say(self, document: Mapping[str, Any]) -> None:
        if self._answer < 0:
            return
        try:
            os.write(self._answer, json.dumps(document).encode() + b"\n")
        except BrokenPipeError:  # the starter is gone; the lab goes on and can be ended by its state file
            os.close(self._answer)
            self._answer = -1
