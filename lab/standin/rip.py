"""RIP and RIPng as FRR's ripd and ripngd say them (https://docs.frrouting.org/en/stable-8.4/ripd.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.forwarding.model import RipPort
from inventory.text import Message
from lab.standin.naming import LOOPBACK
from lab.standin.redistributing import redistributed
from lab.standin.speaking import secret

if TYPE_CHECKING:
    from configs.forwarding.model import Port, Rip
    from lab.standin.speaking import Speaker


def write(speaker: Speaker) -> list[str]:
    """The blocks `router rip` and `router ripng`; what ports say goes into their blocks."""
    lines: list[str] = []
    taken: set[tuple[bool, str]] = set()
    for process in speaker.device.rip:
        if not speaker.has_vrf(process.vrf):
            speaker.leave(process.line, Message("this lab's kernel has no VRFs"))
        elif (process.ng, process.vrf) in taken:
            speaker.leave(process.line, Message("a second process of the same protocol in one routing table"))
        else:
            taken.add((process.ng, process.vrf))
            lines += _process(speaker, process)
    return lines


def _process(speaker: Speaker, process: Rip) -> list[str]:
    name = "ripng" if process.ng else "rip"
    speaker.daemons.add(f"{name}d")
    vrf = f" vrf {process.vrf}" if process.vrf else ""
    lines = [f"router {name}{vrf}"]
    if not process.ng:
        lines += [f" version {process.version}"] if process.version else []
        lines.append(f" distance {speaker.distance(speaker.habits.rip)}")
    lines += [" timers basic 5 30 20"] if speaker.fast else []
    for port, short in speaker.ports(process.vrf):
        if not port.up or not _speaks(process, port):
            continue
        lines.append(f" network {short}")
        spoken = (port.ripng if process.ng else port.rip) or RipPort()
        if "*" in process.passive or port.name in process.passive or not spoken.send:
            lines.append(f" passive-interface {short}")
        if not spoken.receive:
            speaker.leave(port.line, Message("a port that listens to no RIP"))
        if not process.ng and short != LOOPBACK:
            _port(speaker, spoken, short)
        if spoken.metric_in:
            lines += _offset(speaker, process, spoken.metric_in, "in", short)
        if spoken.metric_out > 1:
            lines += _offset(speaker, process, spoken.metric_out - 1, "out", short)
    lines += [" default-information originate"] if process.default else []
    lines += redistributed(speaker, process.redistributes, name, six=process.ng)
    return [*lines, "exit", "!"]


def _offset(speaker: Speaker, process: Rip, metric: int, way: str, short: str) -> list[str]:
    if process.ng:
        speaker.leave(process.line, Message("RIPng's metrics of a port"))
        return []
    return [f" offset-list govnet-any {way} {metric} {short}"]


def _speaks(process: Rip, port: Port) -> bool:
    if process.ng:
        return port.ripng is not None and port.ripng.process in ("", process.process)
    return any(
        address.version == network.version and address.ip in network
        for address in port.addresses
        for network in process.networks
    ) or (port.rip is not None and port.rip.process == process.process != "")


def _port(speaker: Speaker, spoken: RipPort, short: str) -> None:
    if spoken.version:
        speaker.on(short, f" ip rip send version {spoken.version}", f" ip rip receive version {spoken.version}")
    kind, _, rest = spoken.secret.partition(":")
    if kind == "simple":
        speaker.on(short, " ip rip authentication mode text", f" ip rip authentication string {secret(rest, 15)}")
    elif kind in ("md5", "sha256"):
        # FRR's ripd knows MD5 alone: the digest says that it is the other one, so only ends that agree meet.
        number, _, key = rest.partition(":")
        key = key if kind == "md5" else f"{kind}:{key}"
        chain = f"govnet-{short}"
        speaker.on(short, " ip rip authentication mode md5", f" ip rip authentication key-chain {chain}")
        speaker.chains[chain] = (number, secret(key, 15))
