"""The lab's one process: builds the namespaces, starts the nodes, then waits; when it ends, the kernel removes it all.

It is process 1 of a PID namespace with mounts of its own (see `lab.netns.process`), so its end, however it comes, ends
every process of the lab, and with them the namespaces, the cables and the in-memory files. It speaks JSON lines:

    in:  the specification, then `keep`. End of input before `keep` means that whoever wanted the lab is gone: it ends.
    out: {"step": …}, {"node": …, "seconds": …} or {"node": …, "error": …}, at the end {"done": true}

The one argument, if it is given, is a descriptor of the process with which the lab ends.

Standard library only, so that it starts quickly and stays small.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, cast

from lab.netns.spec import Folder, LabSpec, NodeSpec, from_json

if TYPE_CHECKING:
    from collections.abc import Iterable

RUN = Path("/run")
NODES = RUN / "lab"
# What a node's own /etc takes over from the machine: how programs are found and linked, never accounts or keys.
ETC = (
    *(
        "alternatives",
        "debian_version",
        "environment",
        "gai.conf",
        "host.conf",
        "iproute2",
        "locale.alias",
        "localtime",
    ),
    *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "login.defs", "nsswitch.conf", "os-release", "pam.conf", "pam.d"),
    *("bash.bashrc", "inputrc", "profile", "profile.d", "protocols", "rpc", "security", "services", "shells"),
    "ssl/openssl.cnf",
)
SHARED_ETC = RUN / "etc"
# Process 1 of a node: starts it, says on its standard output how that went, then only collects what children leave.
INIT = """\
set -e
hostname {name}
mount -a -T {here}/fstab
if sh /run/lab/start </dev/null >>/run/lab/log 2>&1; then echo ready; else echo "status $?"; fi
exec </dev/null >/dev/null 2>&1
cd /
while :; do sleep 1000000 & wait; done
"""


class NodeError(Exception):
    """A node that did not start, and what it said."""


def main() -> NoReturn:
    """Build what standard input describes, then keep it."""
    spec = from_json(sys.stdin.readline())
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(RUN)], check=True)
    for folder in (RUN / "netns", NODES):
        folder.mkdir()
    if Path("/dev/log").exists():
        # The routers log; the machine's own log is none of their business.
        subprocess.run(["mount", "--bind", "/dev/null", "/dev/log"], check=True)
    threading.Thread(target=_follow, daemon=True).start()
    threading.Thread(target=_end_with, args=sys.argv[1:], daemon=True).start()
    _copy_etc()
    _say(step="cables")
    wire(spec)
    _say(step="nodes")
    with ThreadPoolExecutor(spec.workers) as pool:
        for stage in sorted({node.stage for node in spec.nodes}):
            starting = [node for node in spec.nodes if node.script and node.stage == stage]
            list(pool.map(lambda node: _boot(node, spec.timeout), starting))
    with ThreadPoolExecutor(1) as beside:
        warming = beside.submit(_warm, spec)
        _serve_all(spec)
        warming.result()
    _say(done=True)
    _KEPT.wait()
    quiet = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(quiet, descriptor)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: os._exit(0))
    while True:
        try:
            os.wait()
        except ChildProcessError:
            time.sleep(1)


_KEPT = threading.Event()


def _follow() -> None:
    """Wait for `keep`; whoever asked for the lab may die before that, and then nobody wants it."""
    if sys.stdin.readline().strip() != "keep":
        os._exit(1)
    _KEPT.set()


def _end_with(owner: str = "") -> None:
    """Wait until the process is gone that this descriptor (pidfd_open(2)) is of, then end. Without one, do nothing."""
    if owner:
        select.select([int(owner)], [], [])
        os._exit(0)


def _say(**document: Any) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def _copy_etc() -> None:
    """One copy in memory, which every node's /etc is then hard-linked from."""
    for name in ETC:
        source, target = Path("/etc") / name, SHARED_ETC / name
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore_dangling_symlinks=True)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target, follow_symlinks=source.name == "os-release")


def wire(spec: LabSpec) -> None:
    """Make the namespaces and the cables, in one process; then the addresses of each node."""
    lines = [f"netns add {node.name}" for node in spec.nodes]
    lines += [
        f"link add name {cable.a[1]} netns {cable.a[0]} type veth peer name {cable.b[1]} netns {cable.b[0]}"
        for cable in spec.cables
    ]
    _ip([], lines)
    ends: dict[str, list[str]] = {node.name: ["lo"] for node in spec.nodes}
    for cable in spec.cables:
        for name, interface in (cable.a, cable.b):
            ends[name].append(interface)

    def one(node: NodeSpec) -> None:
        _ip(
            ["-n", node.name],
            [f"link set dev {interface} up" for interface in ends[node.name]] + list(node.wires),
        )
        if node.settings:
            # What a kernel does not have (IPv6, say) needs no setting.
            writes = " && ".join(
                f"for f in /proc/sys/net/{path}; do [ ! -e $f ] || echo {shlex.quote(value)} >$f; done"
                for path, value in node.settings.items()
            )
            _run(["nsenter", f"--net={RUN}/netns/{node.name}", "sh", "-c", writes])

    with ThreadPoolExecutor(spec.workers) as pool:
        list(pool.map(one, spec.nodes))


def _ip(options: Iterable[str], lines: list[str]) -> None:
    _run(["ip", *options, "-batch", "-"], "\n".join(lines) + "\n")


def _run(command: list[str], text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        _say(error=f"{shlex.join(command)}: {done.stderr.strip()}")
        os._exit(1)


def _boot(node: NodeSpec, timeout: float) -> None:
    began = time.monotonic()
    try:
        prepare(node)
        start(node.name, timeout)
    except (NodeError, OSError) as error:
        _say(node=node.name, error=str(error))
    else:
        _say(node=node.name, seconds=round(time.monotonic() - began, 3))


def _warm(spec: LabSpec) -> None:
    """Let the routers meet with short timers, if that is wanted, and give them back their own."""
    if not spec.warm:
        return
    from lab.netns.warming import Warming  # noqa: PLC0415 - start-up time

    _say(step="warming")
    nodes = {node.name: NODES / node.name / "root/run/frr" for node in spec.nodes if node.script}
    warming = Warming(nodes, spec.cables, spec.workers)
    warming.run()
    for name, why in warming.failed.items():
        _say(node=name, error=why)


def _serve_all(spec: LabSpec) -> None:
    """What runs beside the nodes' own programs."""
    for node in spec.nodes:
        if node.serves:
            _serve(node.name)
    if spec.fronts:
        _say(step="fronts")
        _front(spec.fronts)


def _serve(name: str) -> None:
    """A small web server in a host, the same for everybody who asks."""
    folder = NODES / name
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(f"<!doctype html><title>{name}</title><p>{name}\n", encoding="utf-8")
    subprocess.Popen(
        ["nsenter", f"--net={RUN}/netns/{name}", sys.executable, "-P", "-m", "http.server", "80", "-d", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _front(orders: str) -> None:
    """Start the process of the emulated command lines; pass on which of them cannot be served."""
    with (NODES / "fronts.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "lab.fronts.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    ended = False
    with cast("IO[bytes]", process.stdin) as told, cast("IO[bytes]", process.stdout) as answers:
        told.write(orders.encode() + b"\n")
        told.flush()
        for line in answers:
            answer = json.loads(line)
            if answer.get("done"):
                ended = True
                break
            _say(**answer)
    if not ended:
        _say(error=f"lab.fronts.process: {_tail(NODES / 'fronts.log').strip()}")
        os._exit(1)


def prepare(node: NodeSpec) -> None:
    """Write a node's private files, and the table of what covers what."""
    here = NODES / node.name
    root = here / "root"
    folders = dict(sorted({"/etc": Folder(), str(RUN): Folder(), **node.folders}.items()))
    shutil.copytree(SHARED_ETC, root / "etc", symlinks=True, copy_function=_link)
    for path, folder in folders.items():
        place = root / path.lstrip("/")
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(folder.mode)
        os.chown(place, folder.user, folder.group)
    for path, file in node.files.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_text(file.text, encoding="utf-8")
        place.chmod(file.mode)
        os.chown(place, file.user, file.group)
    (root / "run/lab").mkdir(parents=True, exist_ok=True)
    (root / "run/lab/start").write_text(node.script, encoding="utf-8")
    covers = [path for path in (*folders, *node.files) if not any(path.startswith(f"{other}/") for other in folders)]
    # /run last: what is mounted is taken from below it.
    covers.sort(key=lambda path: path == str(RUN))
    (here / "fstab").write_text("".join(f"{root}{path} {path} none bind 0 0\n" for path in covers), encoding="utf-8")
    (here / "init").write_text(INIT.format(name=node.name, here=here), encoding="utf-8")


def _link(source: str, target: str) -> None:
    os.link(source, target, follow_symlinks=False)


def start(name: str, timeout: float) -> None:
    """Start a node whose files are there. NodeError if it says that it failed, or says nothing."""
    here = NODES / name
    command = [
        "nsenter", f"--net={RUN}/netns/{name}",
        "unshare", "-m", "-u", "-p", "-f", "--kill-child", "--mount-proc", "--propagation", "private",
        "sh", str(here / "init"),
    ]  # fmt: skip
    with (here / "boot.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    (here / "pid").write_text(f"{process.pid}\n", encoding="utf-8")
    answer = _first_line(process, timeout)
    if answer != "ready":
        said = f"{_tail(here / 'boot.log')}\n{_tail(here / 'root/run/lab/log')}".strip()
        why = "it has not started in time" if answer is None else answer or "its first process ended"
        raise NodeError(f"{why}: {said}")


def _first_line(process: subprocess.Popen[bytes], timeout: float) -> str | None:
    """What the process says first; empty if it ended without a word, None if it said nothing in time."""
    with cast("IO[bytes]", process.stdout) as answers:
        ready, _, _ = select.select([answers], [], [], timeout)
        return answers.readline().decode().strip() if ready else None


def _tail(path: Path) -> str:
    try:
        return path.read_text(errors="replace")[-800:]
    except OSError:
        return ""


if __name__ == "__main__":
    main()
