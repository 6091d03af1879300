"""What this machine lacks for the lab: tried out in a throw-away namespace, not concluded from versions."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.text import Message
from lab.netns.entering import SEARCH
from lab.netns.ipsec import CHARON
from lab.netns.router import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

# program → Debian's package
PROGRAMS = {
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "setsid": "util-linux",
    "setpriv": "util-linux",
    "mount": "mount",
    "ip": "iproute2",
    "sysctl": "procps",
    "hostname": "hostname",
    "ping": "iputils-ping",
    "nft": "nftables",
    "vtysh": "frr",
    f"{FOLDER}/zebra": "frr",
    f"{FOLDER}/ospfd": "frr",
    f"{FOLDER}/frr-reload.py": "frr-pythontools",
    "sshd": "openssh-server",
    "snmpd": "snmpd",
    "swanctl": "strongswan-swanctl",
    CHARON: "strongswan-charon",
}
# Folder, plug-in below it, Debian's package. On the way there is the architecture's name.
_PLUGINS = (
    ("/usr/lib/ipsec/plugins", "libstrongswan-kernel-libipsec.so", "libcharon-extra-plugins"),
    ("/usr/lib/ipsec/plugins", "libstrongswan-openssl.so", "libstrongswan-standard-plugins"),
    ("/usr/lib", "zebra_snmp.so", "frr-snmp"),
)
_ENTER = ["unshare", "-m", "-n", "-p", "-f", "--kill-child", "--mount-proc", "--propagation", "private"]
_RULES = """\
table inet probe {
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established accept
        iifname "a0" tcp dport { 22, 80 } limit rate 1/second log accept
    }
}
table ip probe {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        masquerade
    }
}
"""
# Each in the throw-away namespace; the first that fails is told.
_FEATURES = (
    ("mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add probe", Message("named network namespaces")),
    ("ip link add name probe0 type veth peer name probe1", Message("veth interfaces (module veth)")),
    ("ip link add name probebr0 type bridge", Message("software bridges (module bridge)")),
    ("ip tuntap add dev probetun0 mode tun", Message("TUN interfaces (module tun, /dev/net/tun)")),
    ("printf 1 >/proc/sys/net/ipv4/ip_forward", Message("network settings of its own below /proc/sys")),
    (f"nft -f - <<'END'\n{_RULES}END", Message("nftables with connection tracking, limits, logging and NAT")),
)


def missing() -> list[Message]:
    """What is lacking, each with what mends it; empty if the lab can run."""
    packages = sorted({package for program, package in PROGRAMS.items() if path_of(program) is None} | no_plugins())
    lacking = []
    if packages:
        lacking.append(
            Message("programs are not installed; as root: apt-get install {packages}", packages=" ".join(packages))
        )
    if path_of("unshare") is None or path_of("ip") is None:
        return lacking
    return lacking + features([(line, told) for line, told in _FEATURES if "nft" not in line or path_of("nft")])


def features(wanted: Sequence[tuple[str, Message]]) -> list[Message]:
    """Those of the wanted that the kernel does not offer; each is a command and what it shows, told if it fails."""
    entered = _try("true")
    if entered:
        unable = Message(
            "namespaces cannot be made here ({why}); run as root, in a container with CAP_SYS_ADMIN", why=entered
        )
        return [unable]
    lacking = []
    script = ""
    for command, feature in wanted:
        script = f"{script}{command}\n"
        why = _try(f"set -e\n{script}")
        if why:
            lacking.append(Message("the kernel does not offer {feature} ({why})", feature=feature, why=why))
            script = script.removesuffix(f"{command}\n")
    return lacking


def path_of(program: str) -> str | None:
    """Where a program is, None if it is not installed."""
    return shutil.which(program, path=SEARCH)


def no_plugins() -> set[str]:
    """The packages of plug-ins that are not installed."""
    return {package for folder, file, package in _PLUGINS if next(Path(folder).glob(f"**/{file}"), None) is None}


def _try(script: str) -> str:
    """Empty if a script succeeds in namespaces of its own, else the last line it said."""
    try:
        done = subprocess.run(
            [*_ENTER, "sh", "-c", script],
            capture_output=True, text=True, timeout=20, check=False, errors="replace",
            env={"PATH": SEARCH, "LC_ALL": "C"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "no answer in 20 s"
    if done.returncode == 0:
        return ""
    return next(iter(reversed(done.stderr.strip().splitlines())), f"status {done.returncode}")
