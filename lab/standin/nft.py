"""Steps as nftables says them (nft(8)): one table, replaced as a whole and at once, sessions kept."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from configs.headers import PORTS, PROTOCOLS
from configs.intervals import BITS
from lab.standin.steps import ANSWERS, OSPF, Place, Put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.intervals import Intervals
    from lab.standin.steps import Chain, Packets, Ports, Step

TABLE = "inet govnet"
_HOOKS: Final = {
    # What may come in by one port may still be kept from going out by another: each way has its own chain.
    Place.IN: "filter hook prerouting priority mangle",
    Place.OUT: "filter hook forward priority filter - 10",
    Place.FORWARD: "filter hook forward priority filter",
    Place.INPUT: "filter hook input priority filter",
    Place.OUTPUT: "filter hook output priority filter",
    Place.DESTINATIONS: "nat hook prerouting priority dstnat",
    Place.SOURCES: "nat hook postrouting priority srcnat",
}
_NAMED: Final = {ANSWERS.packets: "ct state established,related ", OSPF.packets: "ip protocol ospf "}


def write(chains: Sequence[Chain]) -> str:
    """The table; empty if nothing is filtered. It replaces what is there."""
    if not chains:
        return ""
    text = [f"table {TABLE}", f"delete table {TABLE}", f"table {TABLE} {{"]
    for chain in chains:
        text += [
            f"    chain {chain.place} {{",
            f"        type {_HOOKS[chain.place]}; policy accept;",
            *(f"        {_said(step)}" for step in chain.steps),
            "    }",
        ]
    return "\n".join([*text, "}", ""])


def nothing() -> str:
    """What takes the table away."""
    return f"table {TABLE}\ndelete table {TABLE}\n"


def _said(step: Step) -> str:
    return _match(step.packets) + (_translation(step.what) if isinstance(step.what, Put) else step.what)


def _match(packets: Packets) -> str:
    if packets in _NAMED:
        return _NAMED[packets]
    text = _ports("iifname", packets.into) + _ports("oifname", packets.out)
    text += f"meta nfproto ipv{packets.only} " if packets.only else ""
    word = "ip6" if packets.family == 6 else "ip"
    asked = [(packets.source, "saddr"), (packets.destination, "daddr")]
    named = "".join(f"{word} {side} {_addresses(found, packets.family)} " for found, side in asked if found is not None)
    return text + (named or (f"meta nfproto ipv{packets.family} " if packets.family else "")) + _protocols(packets)


def _ports(word: str, ports: Ports) -> str:
    if not ports:
        return ""
    return f'{word} "{ports}" ' if isinstance(ports, str) else f"{word} {_interfaces(ports)} "


def _interfaces(names: Sequence[str]) -> str:
    return "{ " + ", ".join(f'"{name}"' for name in names) + " }"


def _protocols(packets: Packets) -> str:
    ports = [(packets.source_ports, "sport"), (packets.destination_ports, "dport")]
    asked = [f"th {word} {_numbers(found)} " for found, word in ports if found != PORTS]
    text = "" if packets.protocols == PROTOCOLS else f"meta l4proto {_numbers(packets.protocols)} "
    if asked and not text:
        text = "meta l4proto { 6, 17 } "
    return text + "".join(asked)


def _numbers(found: Intervals) -> str:
    parts = [str(start) if stop - start == 1 else f"{start}-{stop - 1}" for start, stop in found.spans]
    return parts[0] if len(parts) == 1 else "{ " + ", ".join(parts) + " }"


def _addresses(found: Intervals, version: int) -> str:
    """Addresses as one, or as a set of ranges."""

    def shown(value: int) -> str:
        return str(ip_address(value.to_bytes(BITS[version] // 8, "big")))

    parts = [shown(start) if stop - start == 1 else f"{shown(start)}-{shown(stop - 1)}" for start, stop in found.spans]
    return parts[0] if len(parts) == 1 else "{ " + ", ".join(parts) + " }"


def _translation(put: Put) -> str:
    if put.addresses is None:
        return "masquerade"
    word, side = ("snat", "saddr") if put.source else ("dnat", "daddr")
    found = _addresses(put.addresses, 4)
    if put.instead_of is not None:
        return f"{word} ip prefix to ip {side} map {{ {_addresses(put.instead_of, 4)} : {found} }}"
    if put.ports is None:
        return f"{word} ip to {found}"
    first, last = put.ports
    return f"{word} ip to {found}:{first}" + (f"-{last}" if last != first else "")
