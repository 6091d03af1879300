"""A changed configuration put into a running stand-in, by difference: what stays the same is not touched.

The order is make before break: links and addresses that are new come first, then routing (frr-reload applies only the
lines that differ, https://docs.frrouting.org/en/stable-8.4/frr-reload.html), then the filter as one transaction of
nftables, or one for each table of iptables, which keeps established sessions; addresses that are gone go last.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from configs.forwarding.model import Left, PortKind
from inventory.errors import LabError
from inventory.text import Message, mark
from lab.netns.gateway import SWANCTL
from lab.netns.ipsec import ipsec
from lab.standin import nft
from lab.standin.compile import compile_device
from lab.standin.links import Link, change
from lab.standin.naming import LOOPBACK
from lab.standin.network import read
from lab.standin.ports import carries, is_up
from lab.standin.targets import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.forwarding.model import Forwarding, Port
    from lab.standin.compile import Built
    from lab.standin.network import Network

FRR = "/etc/frr/frr.conf"
RELOAD = "/usr/lib/frr/frr-reload.py"
DAEMONS = "/usr/lib/frr"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its status, and what it said on both channels together."""

    status: int
    said: str


class Run(Protocol):
    """Runs a command inside a node with `text` as its input, and waits for its end."""

    def __call__(self, node: str, argv: Sequence[str], text: str = "") -> Ran:
        """LabError if the node is not there; a command that fails is data."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a load. `left`: what the stand-in does not carry over of the whole text; `changed`: what was done.

    `changed` holds the commands' own words (`ip …`, lines of frr.conf with + and -, `nftables` or `iptables`); empty:
    nothing was to be done. `seconds` is how long it took.
    """

    left: tuple[Left, ...] = ()
    changed: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass
class Loader:
    """Loads texts into the devices of one running network. One load at a time for each device."""

    network: Network
    run: Run
    built: dict[str, Built] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.built = {**self.network.built, **self.built}

    def load(self, device: str, text: str) -> Loaded:
        """Compile a device's new text and bring its stand-in there. LabError, in a daemon's words, if that fails."""
        return self.load_model(device, read(self.network.devices[device].platform, text, device))

    def load_model(self, device: str, forwarding: Forwarding) -> Loaded:
        """The same with a model."""
        began = time.monotonic()
        network, old = self.network, self.built[device]
        new = compile_device(
            forwarding, network.target, network.wiring.lanes(device), fast=network.fast, spanning=network.spanning
        )
        new, missing = self._wired(device, forwarding, new)
        lines = list(change(old.links, new.links))
        going = [line for line in lines if _goes(line, lines)]
        coming = [line for line in lines if line not in going]
        self._check(device, old, new)
        changed = self._ip(device, coming)
        if new.frr != old.frr:
            changed += self._route(device, old, new)
        if new.nftables != old.nftables:
            self._do(device, ["nft", "-f", "-"], new.nftables or nft.nothing())
            changed.append("nftables")
        if new.iptables != old.iptables:
            self._do(device, ["sh", "-e"], new.iptables.load(old.iptables))
            changed.append("iptables")
        changed += self._tunnels(device, old, new)
        changed += self._ip(device, going)
        self.built[device] = new
        return Loaded((*new.left, *missing), tuple(changed), time.monotonic() - began)

    def _check(self, device: str, old: Built, new: Built) -> None:
        """Ask the daemons whether they understand the whole before anything of it is done."""
        if new.frr != old.frr:
            self._do(device, ["sh", "-c", f"cat >{FRR}"], new.frr)
            self._do(device, ["vtysh", "-C", "-f", FRR])
        if new.nftables != old.nftables and new.nftables:
            self._do(device, ["nft", "-c", "-f", "-"], new.nftables)
        if new.iptables != old.iptables and new.iptables:
            self._do(device, ["sh", "-e"], new.iptables.prepare(old.iptables))

    def _wired(self, device: str, forwarding: Forwarding, built: Built) -> tuple[Built, list[Left]]:
        """Without the cable ends that the network was not built with; each is said."""
        ends = {end[1] for cable in self.network.spec.cables for end in (cable.a, cable.b) if end[0] == device}
        ends.add(LOOPBACK)
        ports = {short: port for port, short in built.names.ports.items()}
        lost = {name for name, link in built.links.items() if not link.make and name not in ends}
        left = [
            Left(
                forwarding.ports[ports[name]].line if ports.get(name) in forwarding.ports else 0,
                Message("the port “{port}” has no cable in the running network", port=ports.get(name, name)),
                "routes",
            )
            for name in sorted(lost)
        ]
        left += self._new_vlans(device, forwarding)
        links = {name: link for name, link in built.links.items() if name not in lost}
        for name in ends - links.keys():
            # A port that has no address any more is still plugged in; one that is gone is not.
            port = forwarding.ports.get(ports.get(name, ""))
            if port is not None:
                links[name] = Link(name, up=is_up(forwarding, port))
        for short, port, why in self._unplugged(device, forwarding, built):
            if short in links:
                links[short] = replace(links[short], up=False)
                left.append(Left(port.line, why, "routes"))
        return replace(built, links=links), left

    def _unplugged(self, device: str, forwarding: Forwarding, built: Built) -> Iterator[tuple[str, Port, Message]]:
        """What hears nobody any more by the cables that were laid: their tags and aggregates are those of then."""
        before = self.network.devices[device].ports
        retagged = mark("“{port}” has another tag than the cable that was laid for it: it is down")
        for name, short in built.names.ports.items():
            old, new = before.get(name), forwarding.ports.get(name)
            if old is None or new is None or old.kind is not new.kind:
                continue
            if new.kind is PortKind.SUB and (new.vlan, new.parent) != (old.vlan, old.parent):
                yield short, new, Message(retagged, port=name)
            if new.kind is PortKind.AGGREGATE and old.members and not set(old.members) & set(new.members):
                yield short, new, Message("“{port}” has none of the ports that it had: it is down", port=name)
        for (name, vlan), short in built.names.lanes.items():
            old, new = before.get(name), forwarding.ports.get(name)
            if old is None or new is None or old.switched is None or new.switched is None:
                continue
            if carries(new, vlan) and (old.switched.untagged == vlan) != (new.switched.untagged == vlan):
                yield short, new, Message(retagged, port=f"{name} ({vlan})")

    def _new_vlans(self, device: str, forwarding: Forwarding) -> list[Left]:
        """VLANs that a switched port carries now, and did not when the cables were laid."""
        before = self.network.devices[device]
        there = {*before.vlans, *(port.vlan for port in before.ports.values() if port.kind is PortKind.VLAN)}
        now = {*forwarding.vlans, *(port.vlan for port in forwarding.ports.values() if port.kind is PortKind.VLAN)}
        lanes = self.network.wiring.lanes(device)
        cabled = {port for port, _ in lanes}
        return [
            Left(port.line, Message("VLAN {vlan} has no cable at “{port}”", vlan=vlan, port=name), "routes")
            for name, port in forwarding.ports.items()
            if name in cabled and port.switched is not None
            for vlan in sorted(now)
            if carries(port, vlan) and (name, vlan) not in lanes
            if vlan not in there or not carries(before.ports[name], vlan)
        ]

    def restart(self, device: str, text: str) -> Loaded:
        """What a reboot does: ports fall, so that what was learnt is forgotten; the text is loaded; ports rise."""
        ports = [name for name, link in self.built[device].links.items() if not link.make and name != "lo"]
        self._ip(device, [f"link set dev {name} down" for name in ports])
        loaded = self.load(device, text)
        up = [name for name, link in self.built[device].links.items() if not link.make and name != "lo" and link.up]
        self._ip(device, [f"link set dev {name} up" for name in up])
        return loaded

    def _ip(self, device: str, lines: Sequence[str]) -> list[str]:
        if lines:
            self._do(device, ["ip", "-batch", "-"], "\n".join(lines) + "\n")
        return [f"ip {line}" for line in lines]

    def _route(self, device: str, old: Built, new: Built) -> list[str]:
        for daemon in sorted(new.daemons - old.daemons):
            # One that ran before and was no longer needed still runs: it then speaks to nobody.
            socket = daemon.replace(" -n ", "-")
            start = f"[ -S /run/frr/{socket}.vty ] || {DAEMONS}/{daemon} -d -A 127.0.0.1"
            self._do(device, ["sh", "-c", start])
        for said in replaced(old.frr, new.frr):
            self._do(device, ["vtysh", *(word for line in ("configure terminal", *said) for word in ("-c", line))])
        self._do(device, [RELOAD, "--reload", "--stdout", FRR])
        before, after = set(_lines(old.frr)), set(_lines(new.frr))
        return [f"- {line}" for line in _lines(old.frr) if line not in after] + [
            f"+ {line}" for line in _lines(new.frr) if line not in before
        ]

    def _tunnels(self, device: str, old: Built, new: Built) -> list[str]:
        """Tunnels that stay the same stay up: swanctl takes away and adds only connections that differ."""
        if new.swanctl == old.swanctl:
            return []
        self._do(device, ["sh", "-c", f"mkdir -p /etc/swanctl && cat >{SWANCTL}"], new.swanctl)
        if not old.swanctl:
            part = ipsec(kernel=self.network.target.has_esp)
            for path, file in part.files.items():
                self._do(device, ["sh", "-c", f"[ -e {path} ] || cat >{path}"], file.text)
            self._do(device, ["sh", "-c", "set -e; [ -S /run/charon.vici ] && exit 0\n" + "\n".join(part.lines)])
        self._do(device, ["swanctl", "--load-all", "--noprompt"])
        return ["swanctl"]

    def _do(self, device: str, argv: Sequence[str], text: str = "") -> str:
        ran = self.run(device, argv, text)
        if ran.status:
            raise LabError(
                Message(
                    "the stand-in of “{device}” did not take its new configuration: {said}",
                    device=device,
                    said=f"{' '.join(argv)}: {ran.said.strip()[-600:]}",
                )
            )
        return ran.said


def _goes(line: str, lines: Sequence[str]) -> bool:
    """Whether a line takes something away for good: that waits until what replaces it is there."""
    if line.startswith("address delete"):
        # With another mask it is the same address.
        _, _, address, _, port = line.split()
        bare, ending = address.partition("/")[0], f" dev {port}"
        return not any(other.startswith(f"address add {bare}/") and other.endswith(ending) for other in lines)
    return line.startswith("link delete") and not any(
        other.startswith(f"link add name {line.rpartition(' ')[2]} ") for other in lines
    )


def _lines(text: str) -> list[str]:
    """The configuration's lines with the block that they stand in."""
    found: list[str] = []
    block = ""
    for line in text.splitlines():
        if not line or line in ("!", "exit", "end", " exit-address-family"):
            continue
        if not re.match(r"\s", line):
            block = line
            found.append(line)
        else:
            found.append(f"{block} / {line.strip()}")
    return found
