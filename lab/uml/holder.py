"""The process that holds a machine: makes its taps, boots it, hands it the lab, then waits.

It is process 1 of a PID namespace with mounts and a network of its own, so its end, however it comes, ends the machine
with every process, file and interface of it; and it ends when the machine does. It speaks as `lab.netns.keeper` does:

    in:  the orders (`lab.uml.machine.Machine`), then `keep`
    out: {"step": …}, {"node": …, "seconds": …} or {"node": …, "error": …}, at the end {"done": true}

The one argument, if it is given, is a descriptor of the process with which the machine ends. Standard library only.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

from lab.uml import machine

# The machine's card drops segments that its peer has put together for it (GSO); one by one, a megabyte takes half a
# second instead of twenty.
_BATCH = f"""\
link set dev lo up
tuntap add dev {machine.AGENT_TAP} mode tap
tuntap add dev {machine.STATION_TAP} mode tap
link set dev {machine.AGENT_TAP} gso_max_segs 1
link set dev {machine.STATION_TAP} gso_max_segs 1
address add {machine.HERE}/30 dev {machine.AGENT_TAP}
link set dev {machine.AGENT_TAP} up
link set dev {machine.STATION_TAP} up
"""


def main() -> NoReturn:
    """Boot the machine that standard input describes, then hold it."""
    orders: dict[str, Any] = json.loads(sys.stdin.readline())
    kept = threading.Event()
    threading.Thread(target=_follow, args=(kept,), daemon=True).start()
    threading.Thread(target=_end_with, args=sys.argv[1:], daemon=True).start()
    _cover(orders["memory"])
    batch = _BATCH + "".join(f"{line}\n" for line in orders["station"])
    done = subprocess.run(["ip", "-batch", "-"], input=batch, capture_output=True, text=True, check=False)
    if done.returncode:
        _say(error=f"ip -batch: {done.stderr.strip()}")
        os._exit(1)
    with socket.create_server((machine.HERE, machine.AGENT_PORT)) as server:
        kernel = subprocess.Popen(
            machine.arguments(orders["memory"]),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            stderr=sys.stderr.fileno(),
            cwd="/",
            env={"PATH": os.environ["PATH"], "HOME": machine.FOLDER, "TMPDIR": machine.FOLDER},
        )
        threading.Thread(target=_end_after, args=(kernel,), daemon=True).start()
        _say(step="machine")
        agent, _ = server.accept()
    _hand_over(agent, orders, kept)
    quiet = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(quiet, descriptor)
    threading.Event().wait()
    raise AssertionError  # the event never comes; the process is ended


def _hand_over(agent: socket.socket, orders: dict[str, Any], kept: threading.Event) -> None:
    """Tell the agent what to build, pass on what it says, and at last that it is to stay."""
    with agent, agent.makefile("rw", encoding="utf-8") as talk:
        talk.write(json.dumps({"spec": orders["spec"], "bridge": orders["bridge"]}) + "\n")
        talk.flush()
        for line in talk:
            sys.stdout.write(line)
            sys.stdout.flush()
            event = json.loads(line)
            if event.get("done"):
                break
            if "error" in event and "node" not in event:
                os._exit(1)
        else:
            os._exit(1)
        kept.wait()
        talk.write("keep\n")
        talk.flush()
        talk.readline()  # the agent says that it has passed it on, or is gone


def _cover(memory: int) -> None:
    """Where the machine may write: a file system in memory, for its own memory and its names. All else is read-only."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=700,size={memory + 64}m", "tmpfs", "/run"], check=True)
    folder = Path(machine.FOLDER)
    folder.mkdir()
    (folder / "init").write_text(machine.init(sys.executable), encoding="utf-8")
    subprocess.run(["mount", "-o", "remount,bind,ro", "/"], check=False, stderr=subprocess.DEVNULL)


def _follow(kept: threading.Event) -> None:
    """Wait for `keep`; whoever asked for the lab may die before that, and then nobody wants it."""
    if sys.stdin.readline().strip() != "keep":
        os._exit(1)
    kept.set()


def _end_with(owner: str = "") -> None:
    """Wait until the process is gone that this descriptor (pidfd_open(2)) is of, then end. Without one, do nothing."""
    if owner:
        select.select([int(owner)], [], [])
        os._exit(0)


def _end_after(kernel: subprocess.Popen[bytes]) -> None:
    kernel.wait()
    os._exit(1)


def _say(**document: Any) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
