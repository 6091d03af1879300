"""What this machine lacks to run another one inside: tried out in throw-away namespaces."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from inventory.text import Message
from lab.netns import probe
from lab.uml.machine import KERNEL, MODULES

# program → Debian's package: what the machine itself needs, and what the nodes in it do, which filter by iptables.
PROGRAMS: Final = {
    KERNEL: "user-mode-linux",
    "modprobe": "kmod",
    "insmod": "kmod",
    "pivot_root": "util-linux",
    "/usr/lib/frr/ldpd": "frr",
    "/usr/lib/frr/bgpd": "frr",
    "iptables-legacy-restore": "iptables",
    "ip6tables-legacy-restore": "iptables",
    "ipset": "ipset",
} | {program: package for program, package in probe.PROGRAMS.items() if package != "nftables"}
# What of its kernel is in modules, so that another build of it may lack it.
_MODULES: Final = (
    "fs/overlayfs/overlay.ko",
    "net/ipv4/netfilter/ip_tables.ko",
    "net/netfilter/ipset/ip_set_hash_net.ko",
    "net/ipv4/esp4.ko",
    "net/xfrm/xfrm_user.ko",
)
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
    if not all(any(Path(MODULES).glob(f"*/kernel/{module}")) for module in _MODULES):
        packages.add("user-mode-linux")
    packages |= probe.no_plugins() - {"libcharon-extra-plugins"}  # ESP in userspace
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
