"""`python -m lab.uml.run HOLDER NODE COMMAND…`: a command in a node of a machine, as if it ran here.

HOLDER is the number of the process that holds the machine. Input, output, exit status, SIGINT and SIGTERM are passed;
if this process is killed, the command ends. Standard library only: it starts once for each command.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import sys
import termios
import threading
import tty
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from lab.uml import frames, machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CLONE_NEWNET: Final = 0x40000000
_PASSED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A machine that is killed says nothing: after so many quiet seconds it is asked, so often, then taken for gone. What
# was sent and not acknowledged lasts no longer (milliseconds). A busy machine acknowledges late, but it does.
_NOTICED: Final = (
    (socket.TCP_KEEPIDLE, 15),
    (socket.TCP_KEEPINTVL, 5),
    (socket.TCP_KEEPCNT, 9),
    (socket.TCP_USER_TIMEOUT, 60_000),
)
GONE: Final = 125
"""The exit status where the machine is gone, or went while the command ran; env(1) and docker(1) use it so."""


def main(arguments: Sequence[str]) -> int:
    """Run it; returns its exit status."""
    holder, node, *argv = arguments
    try:
        connection = connect(int(holder))
    except OSError as error:
        sys.stderr.write(f"{node}: {error.strerror}\n")
        return GONE
    size = list(os.get_terminal_size(0)) if os.isatty(0) and os.isatty(1) else []
    with connection, connection.makefile("rb") as answers, _raw(bool(size)):
        asked = {"node": node, "argv": argv, "terminal": size[::-1]}
        connection.sendall(json.dumps(asked).encode() + b"\n")
        sending = threading.Lock()

        # One thread takes them, so that none comes in the middle of a frame.
        signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED)
        threading.Thread(target=_pass_on, args=(connection, sending), daemon=True).start()
        threading.Thread(target=_feed, args=(connection, sending), daemon=True).start()
        try:
            while True:
                kind, data = frames.read(answers)
                if kind == frames.EXIT:
                    return int(data)
                _write(2 if kind == frames.ERRORS else 1, data)
        except (EOFError, OSError):
            return GONE


def connect(holder: int) -> socket.socket:
    """A connection to the agent, made in the holder's network. OSError if there is no such machine any more.

    This process stays in that network.
    """
    descriptor = os.open(f"/proc/{holder}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.setns(descriptor, _CLONE_NEWNET) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(descriptor)
    connection = socket.create_connection((machine.THERE, machine.AGENT_PORT))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _NOTICED:
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    return connection


@contextmanager
def _raw(terminal: bool) -> Iterator[None]:
    """Our own terminal hands on every key, for as long as this lasts, if there is one."""
    if not terminal:
        yield
        return
    before = termios.tcgetattr(0)
    tty.setraw(0, termios.TCSADRAIN)  # what was typed before is not thrown away
    try:
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


def _feed(connection: socket.socket, sending: threading.Lock) -> None:
    with suppress(OSError):
        while True:
            try:
                data = os.read(0, frames.BLOCK)
            except OSError:  # no input at all
                data = b""
            with sending:
                connection.sendall(frames.frame(frames.INPUT, data))
            if not data:
                return


def _pass_on(connection: socket.socket, sending: threading.Lock) -> None:
    with suppress(OSError):
        while True:
            number = signal.sigwait(_PASSED)
            with sending:
                connection.sendall(frames.frame(frames.SIGNAL, str(int(number)).encode()))


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
