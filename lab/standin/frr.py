"""A device as FRR's configuration, in the order in which FRR itself shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.forwarding.model import PortKind
from inventory.text import Message
from lab.standin import bgp, isis, ospf, policies, rip

if TYPE_CHECKING:
    from configs.forwarding.model import Static
    from lab.standin.speaking import Speaker

_WITH_LABELS = frozenset({"vpnv4", "vpnv6", "ipv4-labelled"})


def write(speaker: Speaker) -> str:
    """The integrated configuration. `speaker.daemons` then has what must run beside zebra and staticd."""
    blocks: list[str] = []
    for writer in (ospf.write, isis.write, rip.write, bgp.write):
        blocks += writer(speaker)
    lists = policies.write(speaker)
    if speaker.device.rip:
        lists.insert(0, "access-list govnet-any seq 5 permit any")
    _virtual_routers(speaker)
    labels = _labels(speaker)
    head = ["frr defaults traditional", f"hostname {speaker.device.name}", "!"]
    keys = [
        line
        for name, (number, key) in speaker.chains.items()
        for line in (f"key chain {name}", f" key {number}", f"  key-string {key}", " exit", "exit", "!")
    ]
    statics = [line for static in speaker.device.statics if (line := _static(speaker, static))]
    interfaces = [
        line for name, block in speaker.interfaces.items() for line in (f"interface {name}", *block, "exit", "!")
    ]
    return "\n".join([*head, *keys, *statics, "!", *interfaces, *blocks, *labels, *lists, "end", ""])


def _static(speaker: Speaker, static: Static) -> str:
    if not speaker.has_vrf(static.vrf) or not speaker.has_vrf(static.via_vrf or ""):
        speaker.leave(static.line, Message("this lab's kernel has no VRFs"))
        return ""
    preference = static.distance or speaker.habits.static
    family = "ip" if static.network.version == 4 else "ipv6"
    words = [family, "route", str(static.network)]
    port = speaker.names.port(static.port) if static.port else ""
    null = not static.port or _is_null(speaker, static.port)
    if static.via is None and null:
        words.append("blackhole")
    else:
        if static.port and not port and static.via is None:
            speaker.leave(static.line, Message("the port “{port}” is not there", port=static.port))
            return ""
        words += [str(static.via)] if static.via is not None else []
        words += [port] if port and port in _built(speaker) else []
    if static.tag:
        words += ["tag", str(static.tag)]
    words.append(str(speaker.distance(preference)))
    if static.vrf:
        words += ["vrf", static.vrf]
    if static.via_vrf is not None and static.via_vrf != static.vrf:
        words += ["nexthop-vrf", static.via_vrf or "default"]
    return " ".join(words)


def _built(speaker: Speaker) -> frozenset[str]:
    return frozenset(speaker.names.ports.values())


def _is_null(speaker: Speaker, name: str) -> bool:
    port = speaker.device.ports.get(name)
    return name.casefold().startswith("null") if port is None else port.kind is PortKind.NULL


def _virtual_routers(speaker: Speaker) -> None:
    for name, port in speaker.device.ports.items():
        short = speaker.names.ports.get(name, "")
        own = {address.ip for address in port.addresses}
        for group in port.vrrp:
            if not short or own & set(group.addresses) or not group.addresses:
                continue
            speaker.daemons.add("vrrpd")
            version = 3 if group.version == 3 or any(one.version == 6 for one in group.addresses) else 2
            word = f" vrrp {group.number}"
            lines = [f"{word} version {version}", f"{word} priority {group.priority}"]
            lines.append(f"{word} advertisement-interval 1000")
            lines += [] if group.preempt else [f" no vrrp {group.number} preempt"]
            lines += [f"{word} {'ip' if one.version == 4 else 'ipv6'} {one}" for one in group.addresses]
            speaker.on(short, *lines)
            for track in group.tracks:
                speaker.leave(track.line, Message("a VRRP group that follows a port"))


def _labelled(speaker: Speaker) -> None:
    """Ports that take packets with labels, where anything on the device has any.

    Said to FRR and not to the kernel: a reload takes away what the kernel has and the text has not.
    """
    device = speaker.device
    families = {family.family for family in device.bgp.families} if device.bgp is not None else set()
    used = any(port.mpls or port.ldp for port in device.ports.values()) or families & _WITH_LABELS
    if not used or not speaker.target.has_vrf:
        return
    for name, port in device.ports.items():
        short = speaker.names.ports.get(name, "")
        if short and (port.mpls or port.ldp or (port.addresses and port.kind is not PortKind.LOOPBACK)):
            speaker.on(short, " mpls enable")


def _labels(speaker: Speaker) -> list[str]:
    """LDP on the ports that learn labels (https://docs.frrouting.org/en/stable-8.4/ldpd.html)."""
    ports = [
        (short, port)
        for name, port in speaker.device.ports.items()
        if port.ldp and (short := speaker.names.ports.get(name, ""))
    ]
    _labelled(speaker)
    if not ports:
        return []
    if not speaker.target.has_vrf:
        for _, port in ports:
            speaker.leave(port.line, Message("this lab's kernel has no labels"), "tunnels")
        return []
    speaker.daemons.add("ldpd")
    router = speaker.device.label_id or speaker.device.router_id
    lines = ["mpls ldp", *([f" router-id {router}"] if router else []), " address-family ipv4"]
    if router:
        lines.append(f"  discovery transport-address {router}")
    for short, _ in ports:
        lines += [f"  interface {short}", "  exit"]
    return [*lines, " exit-address-family", "exit", "!"]
