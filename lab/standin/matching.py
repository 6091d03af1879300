"""A rule of a configuration as sets of packets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from configs.intervals import BITS, Intervals, everything
from lab.standin.steps import Packets

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def matches(rule: Rule) -> Iterator[Packets]:
    """What a rule matches, a set for each family that it speaks of."""
    if not rule.protocols:
        return
    rest = Packets(protocols=rule.protocols, source_ports=rule.source_ports, destination_ports=rule.destination_ports)
    if rule.source.any and rule.destination.any:
        yield rest
        return
    for version in (4, 6):
        source, destination = rule.source.family(version), rule.destination.family(version)
        if source and destination:
            whole = everything(BITS[version])
            yield replace(
                rest,
                family=version,
                source=None if source == whole else source,
                destination=None if destination == whole else destination,
            )
