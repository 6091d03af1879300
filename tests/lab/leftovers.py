"""What a lab could leave behind on this machine: processes, namespaces, mounts, interfaces, files.

Other labs, and other daemons, run on this machine beside it. A process belongs to a lab if it has that lab's lock open,
or is in a PID namespace of one that has, or in one below. No other is counted, or touched.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from lab import control
from tests.patience import until

KINDS = ("net", "mnt", "pid", "uts")
# The lab's own directory in the workspace: its log, its lock, the state of a process that is gone.
OWN = ("/.lab", "/.lab/.gitignore", "/.lab/lab.log", "/.lab/lock", "/.lab/state.json")
_GET_PARENT = 0xB702  # NS_GET_PARENT, ioctl_ns(2)


class Belongings:
    """What the lab of one workspace has; begun before the lab, it knows what was there already."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before = self._around()
        self._spaces: set[int] = set()
        self._held: set[str] = set()
        # They stay open: the kernel gives the number of a namespace that is gone to the next lab's.
        self._pins: dict[str, int] = {}

    def members(self) -> set[int]:
        """Its processes; their namespaces are remembered."""
        here = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        mine = {process for process in here if _holds(process, self.root / ".lab" / "lock")} - {os.getpid()}
        ours = set(_spaces_of(os.getpid()))
        for process in mine:
            self._pin(process)
            self._spaces |= set(_spaces_of(process)) - ours
        mine |= {process for process in here if self._spaces & set(_spaces_of(process))}
        for process in mine:
            self._pin(process)
        self._held |= set(self._pins) - _namespaces({os.getpid()})
        return mine

    def assert_nothing_left(self, allowed: tuple[str, ...] = ()) -> None:
        """Soon, because the kernel takes a moment to end hundreds of processes."""
        until(lambda: not self._left(allowed), lambda: f"left behind: {self._left(allowed)}", pause=0.1)
        until(lambda: control.find(self.root) is None)

    def _pin(self, process: int) -> None:
        """Hold each namespace that it is in."""
        for kind in KINDS:
            path = Path(f"/proc/{process}/ns/{kind}")
            with suppress(OSError):
                pin = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                name = f"{kind}:[{os.fstat(pin).st_ino}]"
                if name in self._pins:
                    os.close(pin)
                else:
                    self._pins[name] = pin

    def __del__(self) -> None:
        """Let go of the namespaces."""
        for pin in self._pins.values():
            os.close(pin)

    def _left(self, allowed: tuple[str, ...]) -> dict[str, set[str]]:
        now = {kind: found - self._before[kind] for kind, found in self._around().items()}
        now["files"] = {path for path in now["files"] if not path.endswith(allowed)} if allowed else now["files"]
        now["processes"] = {f"{process} {_words(process)}" for process in self.members()}
        everybody = {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
        now["namespaces"] = self._held & _namespaces(everybody)
        return {kind: more for kind, more in now.items() if more}

    def _around(self) -> dict[str, set[str]]:
        named = Path("/run/netns")
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
        return {
            "named": {path.name for path in named.iterdir()} if named.is_dir() else set(),
            "mounts": set(mounts),
            "links": {path.name for path in Path("/sys/class/net").iterdir()},
            "files": {
                str(path) for path in (*self.root.rglob("*"), *Path("/run").glob("*"), *Path.home().glob(".uml*"))
            },
        }


def _holds(process: int, lock: Path) -> bool:
    """Whether it has the file open."""
    with suppress(OSError):
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                if descriptor.readlink() == lock:
                    return True
    return False


def _spaces_of(process: int) -> list[int]:
    """Its PID namespace and those above as far as they can be seen; nothing if it is gone."""
    found: list[int] = []
    try:
        space = os.open(f"/proc/{process}/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return found
    while True:
        found.append(os.fstat(space).st_ino)
        try:
            above = fcntl.ioctl(space, _GET_PARENT)
        except OSError:
            return found
        finally:
            os.close(space)
        space = above


def _namespaces(processes: set[int]) -> set[str]:
    found = set()
    for process in processes:
        for kind in KINDS:
            with suppress(OSError):
                found.add(str(Path(f"/proc/{process}/ns/{kind}").readlink()))
    return found


def _words(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
