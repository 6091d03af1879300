"""A node's specification as one shell script that a container runs: the same files and lines as in a namespace.

The containers' image has the programs of a netns lab (`image/Dockerfile`); the script holds the rest, secrets too.
"""

from __future__ import annotations

import base64
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lab.netns.spec import File, NodeSpec

IMAGE: Final = "govnet-node:1"
# What routing, packet filters and tunnels need; with these a container need not be privileged.
CAPABILITIES: Final = ("NET_ADMIN", "NET_RAW", "SYS_ADMIN")
# userspace ESP and WireGuard move packets through it
DEVICES: Final = ("/dev/net/tun",)
_RELAXED: Final = {"net.ipv4.conf.all.rp_filter": "0", "net.ipv4.conf.default.rp_filter": "0"}
_FORWARDING: Final = {"net.ipv4.ip_forward": "1", "net.ipv6.conf.all.forwarding": "1"}
_SETTINGS: Final = "/etc/sysctl.d/"


def dockerfile() -> str:
    """How the image of such nodes is made."""
    return (Path(__file__).parent / "image" / "Dockerfile").read_text(encoding="utf-8")


def sysctls(spec: NodeSpec) -> dict[str, str]:
    """What the engine sets when it creates the container: inside, /proc/sys cannot be written."""
    found = dict(_RELAXED)
    if spec.settings.get("ipv4/ip_forward") == "1":
        found |= _FORWARDING
    for path, file in spec.files.items():
        if path.startswith(_SETTINGS):
            pairs = (line.partition("=") for line in file.text.splitlines() if not line.lstrip().startswith("#"))
            found |= {key.strip(): value.strip() for key, equals, value in pairs if equals and key.startswith("net.")}
    return found


def script(spec: NodeSpec) -> str:
    """Everything that makes a started container the node."""
    lines = ["#!/bin/sh", "set -e", "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    lines.append("for port in /sys/class/net/*; do ip link set dev ${port##*/} up || true; done")
    lines += [
        f"mkdir -p {shlex.quote(path)}; chown {one.user}:{one.group} {shlex.quote(path)};"
        f" chmod {one.mode:o} {shlex.quote(path)}"
        for path, one in sorted(spec.folders.items())
    ]
    for path, file in spec.files.items():
        lines += _written(path, file)
    if spec.wires:
        lines += ["ip -batch - <<'END'", *spec.wires, "END"]
    lines += [line for line in spec.script.splitlines() if not line.startswith(f"sysctl -q -p {_SETTINGS}")]
    if spec.serves:
        lines.append("mkdir -p /srv/page; cd /srv/page; hostname >index.html")
        lines.append("python3 -m http.server 80 </dev/null >/dev/null 2>&1 &")
    return "\n".join(lines) + "\n"


def _written(path: str, file: File) -> list[str]:
    """A file by way of base64: its text may hold anything."""
    quoted = shlex.quote(path)
    encoded = base64.b64encode(file.text.encode()).decode()
    return [
        f"mkdir -p {shlex.quote(str(Path(path).parent))}",
        f"(umask 077; printf %s {encoded} | base64 -d >{quoted})",
        f"chown {file.user}:{file.group} {quoted}; chmod {file.mode:o} {quoted}",
    ]
