"""How a machine is booted: its orders, its kernel's arguments, its first script. Standard library only."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.netns.spec import LabSpec

KERNEL: Final = "linux.uml"
MODULES: Final = "/usr/lib/uml/modules"
# Ours alone: a tmpfs in the holder's own mounts, which the machine reads through hostfs.
FOLDER: Final = "/run/uml"
HERE, THERE, AGENT_PORT = "169.254.77.1", "169.254.77.2", 7
"""The cable between holder and agent: link-local addresses (RFC 3927), in no plan."""
AGENT_TAP, STATION_TAP = "tap0", "tap1"
AGENT_CARD, STATION_CARD = "vec0", "vec1"
MTU: Final = 1500
# What the kernel does not load by itself when it is asked for.
LOADED: Final = ("mpls_router", "mpls_iptunnel", "tun", "ip_gre", "vrf", "8021q", "act_mpls", "esp4", "dummy")
# Under an overlay, so that everything can be written and nothing is. /tmp is not a new one: our program may lie there.
_INIT = """\
#!/bin/sh
set -e
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
mount -t proc proc /proc
modules={modules}/$(uname -r)
insmod "$modules/kernel/fs/overlayfs/overlay.ko"
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
cd /mnt/root
mkdir -p lib/modules .before dev/pts
rm -rf "lib/modules/$(uname -r)"
ln -s "$modules" "lib/modules/$(uname -r)"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs devtmpfs dev
mkdir -p dev/pts dev/shm dev/net
mount -t devpts devpts dev/pts
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
pivot_root . .before
cd /
exec env PYTHONPATH={path} {python} -S -P -m lab.uml.agent </dev/null
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the holder is told: the lab, the machine's memory in MiB, the management station's side of the cable.

    `station` are lines for `ip -batch`, run where `tap1` is; `bridge` is the (node, bridge) that the cable is plugged
    into inside, ("", "") if the lab has no management network.
    """

    spec: LabSpec
    memory: int
    station: tuple[str, ...] = ()
    bridge: tuple[str, str] = ("", "")

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(
            {
                "spec": json.loads(self.spec.to_json()),
                "memory": self.memory,
                "station": self.station,
                "bridge": self.bridge,
            }
        )


def memory_for(nodes: int) -> int:
    """MiB for a machine with so many nodes: 64 for each (a router with three daemons needs 36), and 512 for the rest.

    The machine takes from this one only what it touches.
    """
    return 512 + 64 * nodes


def sources() -> str:
    """The folder that this package is imported from, for a Python that is to import the same one."""
    return str(Path(__file__).resolve().parents[2])


def inside(holder: int, node: str, argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` in a node of the machine that a process holds; without a node, beside all."""
    here = [f"PYTHONPATH={sources()}", sys.executable, "-S", "-P", "-m", "lab.uml.run"]
    return ["env", *here, str(holder), node, *argv]


def init(python: str) -> str:
    """The script that the machine's kernel starts as its process 1, and that becomes the agent."""
    return _INIT.format(modules=MODULES, path=shlex.quote(sources()), python=shlex.quote(python))


def arguments(memory: int) -> Sequence[str]:
    """The kernel's command line: UML's documentation (Documentation/virt/uml/user_mode_linux_howto_v2.rst)."""
    return (
        KERNEL,
        f"mem={memory}M",
        "rootfstype=hostfs", "rootflags=/", "ro", "init=/bin/sh",
        "con=null", "con0=null,fd:1", "ssl=null", "quiet",
        f"uml_dir={FOLDER}/", "umid=lab",
        f"{AGENT_CARD}:transport=tap,ifname={AGENT_TAP}",
        f"{STATION_CARD}:transport=tap,ifname={STATION_TAP}",
        "--", f"{FOLDER}/init",
    )  # fmt: skip
