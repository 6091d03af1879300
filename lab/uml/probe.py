"""What this machine lacks to run another one inside: tried out in throw-away namespaces."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from inventory.text import Message
from lab.netns import probe
from lab.uml.machine import KERNEL, MODULES

# program → Debian's package: what the machine itself needs, and what the nodes in it do that have no packet filter.
PROGRAMS: Final = {
    KERNEL: "user-mode-linux",
    "modprobe": "kmod",
    "insmod": "kmod",
    "pivot_root": "util-linux",
    "/usr/lib/frr/ldpd": "frr",
    "/usr/lib/frr/bgpd": "frr",
} | {
    program: package
    for program, package in probe.PROGRAMS.items()
    if not package.startswith(("nftables", "strongswan"))
}
_FEATURES: Final = (
    (
        "mount -t tmpfs tmpfs /run",
        Message("file systems of its own in memory (tmpfs)"),
    ),
    ("ip tuntap add dev probetap0 mode tap", Message("TAP interfaces (module tun, /dev/net/tun)")),
)


def missing() -> list[Message]:
    """What is lacking, each with what mends it; empty if a machine can be booted."""
    packages = {package for program, package in PROGRAMS.items() if probe.path_of(program) is None}
    if not any(Path(MODULES).glob("*/kernel/fs/overlayfs/overlay.ko")):
        packages.add("user-mode-linux")
    packages |= {package for package in probe.no_plugins() if package.startswith("frr")}
    lacking = []
    if packages:
        lacking.append(
            Message(
                "programs are not installed; as root: apt-get install {packages}", packages=" ".join(sorted(packages))
            )
        )
    if probe.path_of("unshare") is None or probe.path_of("ip") is None:
        return lacking
    return lacking + probe.features(_FEATURES)
