"""A rule's set of packets in the words of nftables (nft(8))."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from configs.headers import PORTS, PROTOCOLS
from configs.intervals import BITS, Intervals, everything

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.headers import Rule

# Services that firewalls know by name, as IANA's registries have them: protocol, and the port behind it.
SERVICES: Final = {
    "bgp": (6, 179), "dns": (17, 53), "dns-tcp": (6, 53), "ftp": (6, 21), "http": (6, 80), "https": (6, 443),
    "icmp": (1, None), "ike": (17, 500), "imap": (6, 143), "ldap": (6, 389), "mysql": (6, 3306), "ntp": (17, 123),
    "ospf": (89, None), "ping": (1, None), "pop3": (6, 110), "radius": (17, 1812), "rdp": (6, 3389),
    "smtp": (6, 25), "snmp": (17, 161), "snmptrap": (17, 162), "ssh": (6, 22), "syslog": (17, 514),
    "telnet": (6, 23), "tftp": (17, 69), "esp": (50, None), "gre": (47, None), "tcp": (6, None), "udp": (17, None),
}  # fmt: skip


def served(rule: Rule) -> Rule | None:
    """The rule with the service that its condition names as a set; None if it asks for anything else."""
    for condition in rule.conditions:
        word, _, name = condition.partition(" ")
        if word != "service" or name.casefold() not in SERVICES or len(rule.conditions) > 1:
            return None
        protocol, port = SERVICES[name.casefold()]
        ports = rule.destination_ports if port is None else Intervals.one(port)
        return replace(
            rule, conditions=frozenset(), protocols=Intervals.one(protocol) & rule.protocols, destination_ports=ports
        )
    return rule


def interfaces(names: Iterable[str]) -> str:
    """Interfaces as a set."""
    return "{ " + ", ".join(f'"{name}"' for name in names) + " }"


def matches(rule: Rule) -> Iterator[str]:
    """What a rule matches, a line for each family that it speaks of; each ends in a space, or is empty."""
    if not rule.protocols:
        return
    rest = _protocols(rule)
    if rule.source.any and rule.destination.any:
        yield rest
        return
    for version, word in ((4, "ip"), (6, "ip6")):
        source, destination = rule.source.family(version), rule.destination.family(version)
        if not source or not destination:
            continue
        whole = everything(BITS[version])
        text = "" if source == whole else f"{word} saddr {addresses(source, version)} "
        text += "" if destination == whole else f"{word} daddr {addresses(destination, version)} "
        yield (text or f"meta nfproto ipv{version} ") + rest


def _protocols(rule: Rule) -> str:
    ports = [(rule.source_ports, "sport"), (rule.destination_ports, "dport")]
    asked = [f"th {word} {_numbers(found)} " for found, word in ports if found != PORTS]
    text = "" if rule.protocols == PROTOCOLS else f"meta l4proto {_numbers(rule.protocols)} "
    if asked and not text:
        text = "meta l4proto { 6, 17 } "
    return text + "".join(asked)


def _numbers(found: Intervals) -> str:
    parts = [str(start) if stop - start == 1 else f"{start}-{stop - 1}" for start, stop in found.spans]
    return parts[0] if len(parts) == 1 else "{ " + ", ".join(parts) + " }"


def addresses(found: Intervals, version: int) -> str:
    """Addresses as one, or as a set of ranges."""

    def shown(value: int) -> str:
        return str(ip_address(value.to_bytes(BITS[version] // 8, "big")))

    parts = [shown(start) if stop - start == 1 else f"{shown(start)}-{shown(stop - 1)}" for start, stop in found.spans]
    return parts[0] if len(parts) == 1 else "{ " + ", ".join(parts) + " }"
