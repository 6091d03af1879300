"""ASA's and PIX's objects: networks, services, protocols, ICMP types, and names for addresses.

Forms as in Cisco's "ASA Series Command Reference" (object, object-group, network-object, service-object, port-object,
names) and "ASA Series General Operations CLI Configuration Guide" (objects for access control). An `object network` may
be written in two places, its translation in the second one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from configs.addressing import address_of
from configs.headers import PORTS, PROTOCOLS
from configs.intervals import ANYWHERE, AddressSet, Intervals, everything
from configs.meaning.objects import Book, Services, addresses, host, protocol_set, ranged, service_book, sized
from configs.meaning.policies import Service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.reading import Command, Reading

_Words = tuple[str, ...]

# Cisco, "ASA Series Command Line Interface Configuration Guide", appendix "Addresses, Protocols, and Ports".
PORT_NUMBERS: Final = {
    "aol": 5190, "bgp": 179, "biff": 512, "bootpc": 68, "bootps": 67, "chargen": 19, "cifs": 3020, "citrix-ica": 1494,
    "cmd": 514, "ctiqbe": 2748, "daytime": 13, "discard": 9, "dnsix": 195, "domain": 53, "echo": 7, "exec": 512,
    "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "h323": 1720, "hostname": 101, "http": 80, "https": 443,
    "ident": 113, "imap4": 143, "irc": 194, "isakmp": 500, "kerberos": 88, "klogin": 543, "kshell": 544, "ldap": 389,
    "ldaps": 636, "login": 513, "lotusnotes": 1352, "lpd": 515, "mobile-ip": 434, "nameserver": 42, "netbios-dgm": 138,
    "netbios-ns": 137, "netbios-ssn": 139, "nfs": 2049, "nntp": 119, "ntp": 123, "pcanywhere-data": 5631,
    "pcanywhere-status": 5632, "pim-auto-rp": 496, "pop2": 109, "pop3": 110, "pptp": 1723, "radius": 1645,
    "radius-acct": 1646, "rip": 520, "rsh": 514, "rtsp": 554, "secureid-udp": 5510, "sip": 5060, "smtp": 25,
    "snmp": 161, "snmptrap": 162, "sqlnet": 1521, "ssh": 22, "sunrpc": 111, "syslog": 514, "tacacs": 49, "talk": 517,
    "telnet": 23, "tftp": 69, "time": 37, "uucp": 540, "vxlan": 4789, "who": 513, "whois": 43, "www": 80, "xdmcp": 177,
}  # fmt: skip
OPERATORS: Final = ("eq", "neq", "gt", "lt", "range")
_BOTH: Final = Intervals(((6, 7), (17, 18)))


@dataclass(slots=True)
class Objects:
    """All objects of a configuration. `names` are the names that commands may say for addresses."""

    names: dict[str, str] = field(default_factory=dict)
    networks: Book[AddressSet] = field(default_factory=lambda: addresses("object"))
    services: Book[Services] = field(default_factory=lambda: service_book("object"))
    # Groups of ports alone (`object-group service NAME tcp`).
    ports: Book[Intervals] = field(default_factory=lambda: Book("object", _joined))
    others: dict[str, str] = field(default_factory=dict)  # users, security tags, ICMP types: what they are

    def plain(self, word: str) -> str:
        """An address where a name for it may stand."""
        return self.names.get(word, word)


def _joined(parts: Iterable[Intervals]) -> Intervals:
    return Intervals.of(span for part in parts for span in part)


def read(reading: Reading) -> Objects:
    """Every object."""
    found = Objects()
    for command in reading.find("name"):
        if not command.negated and len(command.words) > 2 and address_of(command.words[1]) is not None:
            found.names[command.words[2]] = command.words[1]
    for command in reading.find("object"):
        if not command.negated and len(command.words) > 2:
            _object(command, found)
    for command in reading.find("object-group"):
        if not command.negated and len(command.words) > 2:
            _group(command, found)
    return found


def _object(command: Command, objects: Objects) -> None:
    kind, name = command.folded[1], command.words[2]
    if kind == "network":
        objects.networks.open(name, command.line)
        for inner in command.inside:
            if not inner.negated and inner.folded[0] in ("host", "subnet", "range"):
                objects.networks.put(name, network(inner.words, objects), inner.line)
    elif kind == "service":
        for inner in command.inside:
            if not inner.negated and inner.folded[0] == "service":
                objects.services.put(name, _service(inner.words[1:]), inner.line)


def _group(command: Command, objects: Objects) -> None:
    kind, name = command.folded[1], command.words[2]
    inside = [inner for inner in command.inside if not inner.negated and inner.folded[0] != "description"]
    if kind == "network":
        objects.networks.open(name, command.line)
        for inner in inside:
            objects.networks.put(name, _member(inner, objects), inner.line)
    elif kind == "service" and len(command.words) > 3:
        objects.ports.open(name, command.line)
        objects.others[name] = command.folded[3]
        for inner in inside:
            objects.ports.put(name, _port_member(inner), inner.line)
    elif kind == "service":
        objects.services.open(name, command.line)
        for inner in inside:
            objects.services.put(name, _service_member(inner), inner.line)
    elif kind == "protocol":
        objects.services.open(name, command.line)
        for inner in inside:
            objects.services.put(name, _protocol_member(inner), inner.line)
    else:
        objects.others[name] = kind


def network(words: _Words, objects: Objects) -> AddressSet | None:
    """`host A`, `subnet A M`, `subnet A/L`, `range A B`, `A M`, `A/L`."""
    rest = [objects.plain(word) for word in words[1:]]
    if words[0].lower() == "host" and rest:
        return host(address_of(rest[0]))
    if words[0].lower() == "range" and len(rest) > 1:
        return ranged(rest[0], rest[1])
    if words[0].lower() != "subnet":
        rest = [objects.plain(words[0]), *rest]
    return sized(rest[0], rest[1] if len(rest) > 1 else "") if len(rest) > 1 or "/" in rest[0] else None


def _member(command: Command, objects: Objects) -> AddressSet | str | None:
    words = command.words
    if command.folded[0] == "group-object" and len(words) > 1:
        return words[1]
    if command.folded[0] != "network-object" or len(words) < 2:
        return None
    if command.folded[1] == "object" and len(words) > 2:
        return words[2]
    return network(words[1:], objects)


def ports(words: _Words) -> tuple[Intervals | None, int]:
    """The ports of `eq P`, `neq P`, `gt P`, `lt P`, `range A B`, and how many words that are; (PORTS, 0) for none."""
    if not words or words[0].lower() not in OPERATORS:
        return PORTS, 0
    operator, size = words[0].lower(), 3 if words[0].lower() == "range" else 2
    numbers = [_port(word) for word in words[1:size]]
    if len(numbers) != size - 1 or None in numbers:
        return None, min(size, len(words))
    first, last = numbers[0] or 0, numbers[-1] or 0
    found = {
        "eq": Intervals.inclusive(first, first),
        "neq": PORTS - Intervals.inclusive(first, first),
        "gt": Intervals.inclusive(first + 1, 65535),
        "lt": Intervals.inclusive(0, first - 1),
        "range": Intervals.inclusive(first, last),
    }[operator]
    return (found or None), size


def _port(word: str) -> int | None:
    number = int(word) if word.isdecimal() else PORT_NUMBERS.get(word.lower())
    return None if number is None or number > 65535 else number


def protocol(word: str) -> Intervals | None:
    """A protocol's numbers; `tcp-udp` are two."""
    return _BOTH if word.lower() == "tcp-udp" else protocol_set(word)


def _service(words: _Words) -> Services | None:
    """`PROTOCOL [source OP …] [destination OP …]`, `icmp [TYPE [CODE]]`: types are not told apart."""
    protocols = protocol(words[0]) if words else None
    if protocols is None:
        return None
    if words[0].lower() in ("icmp", "icmp6"):
        return (Service(protocols),) if len(words) == 1 else None
    source, destination, rest = PORTS, PORTS, words[1:]
    while rest:
        role = rest[0].lower()
        found, size = ports(rest[1:] if role in ("source", "destination") else rest)
        if found is None or not size:
            return None
        if role == "source":
            source = found
        else:
            destination = found
        rest = rest[size + (role in ("source", "destination")) :]
    return (Service(protocols, source, destination),)


def _service_member(command: Command) -> Services | str | None:
    words = command.words
    if command.folded[0] == "group-object" and len(words) > 1:
        return words[1]
    if command.folded[0] != "service-object" or len(words) < 2:
        return None
    return words[2] if command.folded[1] == "object" and len(words) > 2 else _service(words[1:])


def _protocol_member(command: Command) -> Services | str | None:
    words = command.words
    if len(words) < 2:
        return None
    if command.folded[0] == "group-object":
        return words[1]
    protocols = protocol(words[1])
    return None if protocols is None else (Service(protocols),)


def _port_member(command: Command) -> Intervals | str | None:
    words = command.words
    if command.folded[0] == "group-object" and len(words) > 1:
        return words[1]
    found, size = ports(words[1:])
    return found if size else None


ANY_V4: Final = AddressSet(everything(32))
ANY_V6: Final = AddressSet(Intervals(), everything(128))
ANY: Final = {"any": ANYWHERE, "any4": ANY_V4, "any6": ANY_V6}
PROTOCOL_ANY: Final = PROTOCOLS
