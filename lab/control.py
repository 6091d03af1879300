"""What the command line and the demo call: start, find, ask and end the lab of a workspace."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from inventory.errors import LabError
from inventory.text import Message
from lab import runner
from lab.backend import Fault, NodeStatus, Quiet, backend
from lab.state import FOLDER, LabState, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from inventory.model import Workspace
    from lab.backend import Backend, Observer
    from lab.backends.emulated import Emulated
    from lab.topology import Topology

# -Z root: Debian's tcpdump would become a user that the node does not have.
TCPDUMP: Final = ("tcpdump", "-Z", "root", "-n", "-U")


def up(
    root: Path,
    *,
    backend_name: str = "",
    where: str = "",
    sliced: bool = False,
    faults: Mapping[str, Fault] | None = None,
    observer: Observer | None = None,
    owned: bool = False,
    hosts: int = 1,
) -> LabState:
    """Start the lab of the workspace at `root` and return when all of it is there.

    `backend_name` defaults to the workspace's own choice (`lab:` in govnet.yaml). `where` selects devices as
    everywhere; a `sliced` lab has one site of each pattern of them (`lab.slices`). An `owned` lab ends with this
    process, however this one ends. `hosts` stand in each LAN. InputError for a faulty workspace, LabError if a lab
    runs already or cannot run here.
    """
    observer = observer or Quiet()
    faults = faults or {}
    loaded = load_workspace(root)
    chosen = backend(backend_name or loaded.settings.lab)
    able(chosen)
    if hosts != 1 and chosen.name != "netns":
        raise LabError(
            Message("a {name} lab has one host in a LAN, or none", name=chosen.name),
            Message("start one with `govnet lab up --backend netns`"),
        )
    built = prepare(loaded, chosen.name, where, sliced=sliced, real_secrets=True, hosts=hosts)
    return start(root, chosen, built, observer, faults=faults, owned=owned)


def start(
    root: Path, chosen: Backend, built: Topology, observer: Observer, *, faults: Mapping[str, Fault], owned: bool
) -> LabState:
    """Start a topology of the workspace at `root` on a back end that can run here. LabError if a lab runs already."""
    names = {node.name for node in built.nodes}
    for name in faults:
        if name not in names:
            raise LabError(
                Message("no fault can be put on “{name}”: it is not in this lab", name=name),
                Message("see `govnet lab status`"),
            )
    directory = _directory(root)
    running = read(directory)
    if running is not None and running.alive():
        raise LabError(
            Message("a lab of this workspace is already there ({name})", name=running.backend)
            if running.held
            else Message("a lab of this workspace is already running (process {pid})", pid=running.pid),
            Message("run `govnet lab down` first, or use the running one"),
        )
    (directory / "state.json").unlink(missing_ok=True)
    return chosen.up(built, directory, observer, faults=faults, owned=owned)


def able(chosen: Backend) -> None:
    """LabError, with what would mend it, if a back end cannot run on this machine."""
    missing = chosen.missing()
    if missing:
        raise LabError(
            Message("this machine cannot run a {name} lab: {what}", name=chosen.name, what=missing[0]),
            Message("`govnet lab up --backend emulated` needs nothing but Python"),
        )


def load_workspace(root: Path) -> Workspace:
    """The workspace at `root`; InputError with every fault."""
    from configs.dialects import platforms  # noqa: PLC0415 - start-up time
    from inventory import workspace  # noqa: PLC0415 - start-up time

    return workspace.load(root, platforms=platforms())


def prepare(
    loaded: Workspace, name: str, where: str = "", *, sliced: bool = False, real_secrets: bool, hosts: int = 1
) -> Topology:
    """The topology of a workspace for a back end or a format, with the real secrets or invented ones. Errors: `up`."""
    from inventory import filters  # noqa: PLC0415 - start-up time
    from ipplan import plan  # noqa: PLC0415 - start-up time
    from lab import slices, startup, topology  # noqa: PLC0415 - start-up time

    path = loaded.root / "plan" / "plan.csv"
    if not path.exists():
        raise LabError(
            Message("there is no address plan at {path}", path=path), Message("run `govnet plan make` first")
        )
    only = frozenset(device.name for device in filters.select(loaded.inventory, where)) if where else None
    if only is not None and not only:
        raise LabError(Message("no device matches “{where}”", where=where), Message("see `govnet inventory list`"))
    if sliced:
        only = frozenset(slices.slice_of(loaded.inventory, only))
    if not real_secrets:
        loaded = startup.with_invented_secrets(loaded)
    return topology.build(loaded, plan.read(path), backend=name, devices=only, hosts=hosts)


def find(root: Path) -> LabState | None:
    """The running lab of the workspace at `root`; None if there is none. A stale state file counts as none."""
    state = read(root.absolute() / FOLDER)
    return state if state is not None and state.ready and state.alive() else None


def load(root: Path) -> LabState:
    """The running lab of the workspace at `root`; LabError if there is none."""
    state = find(root)
    if state is None:
        raise LabError(Message("no lab is running for this workspace"), Message("run `govnet lab up` first"))
    return state


def status(root: Path) -> tuple[LabState, tuple[NodeStatus, ...]]:
    """The running lab and each of its nodes as it is now."""
    state = load(root)
    return state, backend(state.backend).status(state)


def execute(root: Path, node: str, argv: Sequence[str]) -> int:
    """Run a command on a node; returns its exit status. LabError if the lab has no such node."""
    state = _with(root, node)
    return backend(state.backend).exec(state, node, argv)


@dataclass(frozen=True, slots=True)
class Tap:
    """What to capture: at which interface, how many packets (0: no end), which (an expression of pcap-filter(7))."""

    interface: str = "any"
    count: int = 0
    expression: str = ""


def capture(root: Path, node: str, tap: Tap, out: Path | None = None, *, raw: bool = True) -> int:
    """Run tcpdump in a node; returns its exit status. It shows the packets, or writes them to a new file `out`.

    Not `raw`, it writes there what it would show. LabError if the lab has no such node, has no real packets, or the
    file cannot be made.
    """
    state = _with(root, node)
    if state.backend == "emulated":
        raise LabError(
            Message("this lab has no real packets: its back end is {name}", name=state.backend),
            Message("start one with `govnet lab up --backend netns`"),
        )
    _demand_interface(state, node, tap.interface)
    argv = [*TCPDUMP, "-i", tap.interface, *(["-c", str(tap.count)] if tap.count else [])]
    argv += ["-w", "-"] if out is not None and raw else ["-l"]
    argv += tap.expression.split()
    if out is None:
        return backend(state.backend).exec(state, node, argv)
    try:
        file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LabError(
            Message("{path} cannot be written: {why}", path=out, why=error.strerror),
            Message("name a file that does not exist yet, in a folder that does"),
        ) from error
    # A back end gives the command this process's own output.
    own = os.dup(1)
    try:
        os.dup2(file, 1)
        return backend(state.backend).exec(state, node, argv)
    finally:
        os.dup2(own, 1)
        os.close(own)
        os.close(file)


def _demand_interface(state: LabState, node: str, name: str) -> None:
    """LabError, with those that there are, if a node has no interface of that name."""
    from lab.backends import netns  # noqa: PLC0415 - start-up time

    if name == "any" or state.backend not in (netns.Netns.name, netns.MACHINE):
        return
    asked = netns.command(state, node, ["ip", "-json", "link", "show"])
    done = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    try:
        names = [str(row["ifname"]) for row in json.loads(done.stdout)]
    except (ValueError, KeyError, TypeError):
        return  # tcpdump says what is wrong
    if name not in names:
        raise LabError(
            Message("“{node}” has no interface “{name}”", node=node, name=name),
            Message("write one of: {names}", names=", ".join(names[:30])),
        )


def faults(root: Path, node: str, text: str | None = None) -> str:
    """The faults of an emulated device, after giving it those of `text` and no others (an empty text clears them).

    LabError if the lab has no such node, if there is no such fault, or if this lab's devices are real daemons.
    """
    state = _with(root, node)
    emulated = _emulated(state)
    return emulated.faults(state, node) if text is None else emulated.set_faults(state, node, text)


def reboot(root: Path, node: str) -> float:
    """Reboot an emulated device to its saved configuration; returns the seconds it will be away. Errors as `faults`."""
    state = _with(root, node)
    return _emulated(state).reboot(state, node)


def _with(root: Path, node: str) -> LabState:
    state = load(root)
    if node not in state.nodes:
        raise LabError(
            Message("the lab has no node “{name}”", name=node),
            Message("write one of: {names}", names=", ".join(list(state.nodes)[:10])),
        )
    return state


def _emulated(state: LabState) -> Emulated:
    from lab.backends.emulated import Emulated  # noqa: PLC0415 - start-up time

    chosen = backend(state.backend)
    if not isinstance(chosen, Emulated):
        raise LabError(
            Message("the devices of a {name} lab run real software: they take no faults on demand", name=state.backend),
            Message("`govnet lab up --backend emulated` starts devices that do"),
        )
    return chosen


def down(root: Path) -> bool:
    """End the lab of the workspace at `root`. False if none was running; what a dead one left is removed."""
    directory = root.absolute() / FOLDER
    state = read(directory)
    if state is None:
        return False
    alive = state.alive()
    if alive or state.held:
        if state.ready or state.held:
            backend(state.backend).down(state)
        else:
            runner.end(state.pid, state.started)
    left = read(directory)
    if left is not None and (left.held or not left.alive()):
        left.path.unlink(missing_ok=True)
    return alive


def _directory(root: Path) -> Path:
    directory = root.absolute() / FOLDER
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        # The lab's files are nobody's business: host keys, logs, the state of a process on this machine.
        (directory / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise LabError(
            Message("{path} cannot be written: {why}", path=directory, why=error.strerror),
            Message("a lab keeps its state in the workspace"),
        ) from error
    return directory
