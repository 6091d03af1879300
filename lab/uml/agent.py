"""Process 1 of a machine: has the lab built by `lab.netns.keeper`, then runs commands in its nodes for whoever asks.

It calls the holder and reads its orders there; it listens for commands (`lab.uml.frames`) on the cable between the two,
which nobody else has. When it ends, the kernel panics, the machine is gone, and its holder with it.

Standard library only.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
from contextlib import suppress
from typing import IO, Any, NoReturn, cast

from lab.netns.entering import KEEPER, SEARCH, UNSHARE, inside
from lab.uml import frames, machine


def main() -> NoReturn:
    """Build, then serve."""
    os.environ["PATH"] = SEARCH
    for name in machine.LOADED:
        subprocess.run(["modprobe", name], check=False)
    batch = (
        f"link set dev lo up\naddress add {machine.THERE}/30 dev {machine.AGENT_CARD}\n"
        f"link set dev {machine.AGENT_CARD} up\n"
    )
    subprocess.run(["ip", "-batch", "-"], input=batch, text=True, check=True)
    server = socket.create_server((machine.THERE, machine.AGENT_PORT), backlog=128)
    with socket.create_connection((machine.HERE, machine.AGENT_PORT)) as holder:
        keeper = _build(holder)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=_serve, args=(connection, keeper), daemon=True).start()


def _build(holder: socket.socket) -> int:
    """The keeper's number in this machine, once the lab is built and wanted."""
    with holder.makefile("rw", encoding="utf-8") as talk:
        orders: dict[str, Any] = json.loads(talk.readline())
        process = subprocess.Popen(
            [*UNSHARE, sys.executable, "-S", "-P", "-m", KEEPER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/",
        )  # fmt: skip
        into, out = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        into.write(json.dumps(orders["spec"]) + "\n")
        into.flush()
        keeper = 0
        for line in out:
            if json.loads(line).get("done"):
                keeper = _child_of(process.pid)
                _plug(keeper, *orders["bridge"])
            talk.write(line)
            talk.flush()
            if keeper:
                break
        into.write(talk.readline())
        into.flush()
        talk.write("kept\n")
        return keeper


def _child_of(pid: int) -> int:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:  # noqa: PTH123 - starts sooner
        return int(children.read().split()[0])


def _plug(keeper: int, node: str, bridge: str) -> None:
    """The management cable's inner end goes into the node's bridge."""
    if not node:
        return
    card = machine.STATION_CARD
    subprocess.run(["ip", "link", "set", "dev", card, "netns", str(keeper)], check=True)
    enter = ["nsenter", "-t", str(keeper), "-m", "-n", "--"]
    subprocess.run([*enter, "ip", "link", "set", "dev", card, "netns", node], check=True)
    subprocess.run([*enter, "ip", "-n", node, "link", "set", "dev", card, "master", bridge, "up"], check=True)


def _serve(connection: socket.socket, keeper: int) -> None:
    """One command: its input, output and end over one connection; it ends when the connection does."""
    with connection, connection.makefile("rb") as orders, suppress(OSError, ValueError):
        asked = json.loads(orders.readline())
        if asked["terminal"]:
            _serve_terminal(connection, orders, inside(keeper, asked["node"], asked["argv"]), asked["terminal"])
            return
        try:
            process = subprocess.Popen(
                inside(keeper, asked["node"], asked["argv"]),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            connection.sendall(frames.frame(frames.ERRORS, f"{error}\n".encode()) + frames.frame(frames.EXIT, b"127"))
            return
        threading.Thread(target=_obey, args=(orders, process), daemon=True).start()
        sending = threading.Lock()
        pumps = [
            threading.Thread(target=_pump, args=(stream, kind, connection, sending), daemon=True)
            for stream, kind in ((process.stdout, frames.OUTPUT), (process.stderr, frames.ERRORS))
        ]
        for pump in pumps:
            pump.start()
        for pump in pumps:
            pump.join()
        connection.sendall(frames.frame(frames.EXIT, _status(process)))


def _status(process: subprocess.Popen[bytes]) -> bytes:
    """Its exit status as a shell tells it."""
    status = process.wait()
    return str(status if status >= 0 else 128 - status).encode()


def _serve_terminal(connection: socket.socket, orders: IO[bytes], argv: list[str], size: list[int]) -> None:
    """A command with a terminal of so many rows and columns: what is typed goes in, what it shows comes out."""
    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    with os.fdopen(ours, "r+b", buffering=0) as screen:
        try:
            # setsid -c: the terminal is the one that the command's keys for interrupting come from.
            process = subprocess.Popen(["setsid", "-c", "-w", *argv], stdin=its, stdout=its, stderr=its)
        finally:
            os.close(its)
        threading.Thread(target=_type, args=(orders, screen), daemon=True).start()
        # Its reading fails once nobody has the other side open any more.
        with suppress(OSError):
            while data := screen.read(frames.BLOCK):
                connection.sendall(frames.frame(frames.OUTPUT, data))
        connection.sendall(frames.frame(frames.EXIT, _status(process)))


def _type(orders: IO[bytes], screen: IO[bytes]) -> None:
    """What is typed; a user who goes away hangs up."""
    with suppress(EOFError, OSError, ValueError):
        while True:
            kind, data = frames.read(orders)
            if kind == frames.INPUT:
                screen.write(data)
    with suppress(OSError, ValueError):
        screen.close()


def _pump(stream: IO[bytes], kind: bytes, connection: socket.socket, sending: threading.Lock) -> None:
    with stream, suppress(OSError):
        while data := os.read(stream.fileno(), frames.BLOCK):
            with sending:
                connection.sendall(frames.frame(kind, data))


def _obey(orders: IO[bytes], process: subprocess.Popen[bytes]) -> None:
    """Input and signals for a command, until whoever asked for it is gone; then it ends."""
    into = cast("IO[bytes]", process.stdin)
    try:
        while True:
            kind, data = frames.read(orders)
            if kind == frames.SIGNAL:
                _signal(process, int(data))
            elif data:
                with suppress(OSError):
                    into.write(data)
                    into.flush()
            else:
                with suppress(OSError):
                    into.close()
    except (EOFError, OSError, ValueError):
        _signal(process, signal.SIGTERM)


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    # The first process enters a PID namespace and passes no signal on: its end is the inner one's SIGTERM.
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)


if __name__ == "__main__":
    main()
