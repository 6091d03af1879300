"""What a lab could leave behind on this machine: processes, namespaces, mounts, interfaces, files."""

from __future__ import annotations

from pathlib import Path

from tests.patience import until


def belongings(root: Path) -> dict[str, set[str]]:
    """What the machine has that a lab could leave behind."""
    namespaces: set[str] = set()
    processes: set[str] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            namespaces |= {str((entry / "ns" / kind).readlink()) for kind in ("net", "mnt", "pid", "uts")}
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if any(
            name in words
            for name in ("lab.netns.keeper", "lab.uml", "linux.uml", "zebra", "ospfd", "snmpd", "charon", "sshd -E")
        ):
            processes.add(f"{entry.name} {words}")
    named = Path("/run/netns")
    files = {str(path) for path in root.rglob("*")} | {str(path) for path in Path("/run").glob("*")}
    return {
        "namespaces": namespaces,
        "named": {path.name for path in named.iterdir()} if named.is_dir() else set(),
        "mounts": set(Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()),
        "links": {path.name for path in Path("/sys/class/net").iterdir()},
        "processes": processes,
        "files": files,
    }


def assert_nothing_left(before: dict[str, set[str]], root: Path, allowed: tuple[str, ...] = ()) -> None:
    """Soon, because the kernel takes a moment to end hundreds of processes."""

    def left() -> dict[str, set[str]]:
        now = belongings(root)
        now["files"] = {path for path in now["files"] if not path.endswith(allowed)} if allowed else now["files"]
        return {kind: more for kind, found in now.items() if (more := found - before[kind])}

    until(lambda: not left(), lambda: f"left behind: {left()}", pause=0.1)


# The lab's own directory in the workspace: its log, its lock, the state of a process that is gone.
OWN = ("/.lab", "/.lab/.gitignore", "/.lab/lab.log", "/.lab/lock", "/.lab/state.json")
