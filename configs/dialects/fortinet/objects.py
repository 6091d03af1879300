"""FortiOS's address and service objects.

Forms as in Fortinet's FortiOS CLI references: firewall address (https://docs.fortinet.com/document/fortigate/6.2.3/
cli-reference/197620/firewall-address), firewall addrgrp (…/6.0.6/cli-reference/843701), firewall service custom,
firewall vip. Objects of types that hold no addresses (names, countries, what an agent tells) are words. A wildcard's
1 bits must match. A policy that names a virtual IP means its outside addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from configs.headers import PORTS
from configs.intervals import AddressSet, Intervals, everything
from configs.meaning.objects import (
    Book,
    Services,
    addresses,
    masked,
    port_set,
    protocol_set,
    ranged,
    service_book,
    sized,
    written,
)
from configs.meaning.policies import ANY_SERVICE, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.dialects.fortinet.entries import Entry, Tables

V4: Final = AddressSet(everything(32))
V6: Final = AddressSet(Intervals(), everything(128))
_WITH_ADDRESSES: Final = ("", "ipmask", "iprange", "wildcard", "interface-subnet", "ipprefix", "broadcastmask",
                          "multicastrange")  # fmt: skip
_ALL: Final = ("ALL", "ANY")
_PORTS: Final = re.compile(r"[\d:-]+")


@dataclass(slots=True)
class Domain:
    """The objects of one virtual domain."""

    v4: Book[AddressSet] = field(default_factory=lambda: addresses("address", {"all": V4, "any": V4}))
    v6: Book[AddressSet] = field(default_factory=lambda: addresses("address6", {"all": V6, "any": V6}))
    multicast: Book[AddressSet] = field(default_factory=lambda: addresses("multicast address", {"all": V4}))
    services: Book[Services] = field(default_factory=lambda: service_book("service", dict.fromkeys(_ALL, ANY_SERVICE)))


def read(tables: Tables) -> dict[str, Domain]:
    """The objects of every domain that has any."""
    found: dict[str, Domain] = {}
    for name, put in _READERS.items():
        for entry in tables[name]:
            if entry.name:
                domain = found.get(entry.vrf)
                if domain is None:
                    domain = found[entry.vrf] = Domain()
                put(entry, domain)
    return found


def _address(entry: Entry, book: Book[AddressSet]) -> None:
    book.open(entry.name, entry.line)
    kind = entry.value("type")
    if kind not in _WITH_ADDRESSES:
        for inner in entry.tables.get("list", ()):
            line = inner.line_of("ip")
            book.put(entry.name, written(inner.value("ip", inner.name)), line)
        return
    if kind in ("iprange", "multicastrange") or "start-ip" in entry.fields:
        _range(entry, book)
    elif kind == "wildcard" or "wildcard" in entry.fields:
        values = entry.values("wildcard")
        part = masked(values[0], values[1], must=True) if len(values) > 1 else None
        book.put(entry.name, part, entry.line_of("wildcard"))
    else:
        values = entry.values("subnet") or ("0.0.0.0", "0.0.0.0")  # noqa: S104 - what the device takes for none
        book.put(entry.name, sized(*values[:2]), entry.line_of("subnet"))


def _range(entry: Entry, book: Book[AddressSet]) -> None:
    first, last = entry.value("start-ip"), entry.value("end-ip")
    for line in entry.lines_of("start-ip", "end-ip") or (entry.line,):
        book.put(entry.name, ranged(first, last or first), line)


def _address6(entry: Entry, book: Book[AddressSet]) -> None:
    book.open(entry.name, entry.line)
    if entry.value("type") == "iprange":
        _range(entry, book)
    elif entry.value("type") in ("", "ipprefix"):
        book.put(entry.name, sized(entry.value("ip6", "::/0")), entry.line_of("ip6"))
    elif "host" in entry.fields and entry.value("host-type", "any") == "specific":
        book.put(entry.name, None, entry.line_of("host"))  # a part of a template's addresses


def _group(entry: Entry, book: Book[AddressSet] | Book[Services]) -> None:
    book.open(entry.name, entry.line)
    for name in entry.values("member"):
        book.put(entry.name, name, entry.line_of("member"))
    if entry.on("exclude"):
        for name in entry.values("exclude-member"):
            book.leave_out(entry.name, name, entry.line_of("exclude-member"))


def _vip(entry: Entry, book: Book[AddressSet]) -> None:
    book.open(entry.name, entry.line)
    if "extip" in entry.fields:
        book.put(entry.name, several(entry.values("extip")), entry.line_of("extip"))


def several(values: tuple[str, ...]) -> AddressSet | None:
    """All of several `A`, `A/L`, `A-B`; 0.0.0.0 is any."""
    found = [V4 if value == "0.0.0.0" else written(value) for value in values]  # noqa: S104 - any address
    known = [part for part in found if part is not None]
    return reduce(or_, known) if known and len(known) == len(found) else None


def _service(entry: Entry, book: Book[Services]) -> None:
    book.open(entry.name, entry.line)
    if "iprange" in entry.fields and entry.value("iprange") != "0.0.0.0":  # noqa: S104 - any address
        book.put(entry.name, None, entry.line_of("iprange"))
        return
    number = entry.value("protocol-number")
    for name, protocol in (("tcp-portrange", "tcp"), ("udp-portrange", "udp"), ("sctp-portrange", "sctp")):
        for value in entry.values(name):
            book.put(entry.name, _ports(protocol, value), entry.line_of(name))
    if entry.value("protocol") == "IP" and number not in ("", "0"):
        protocols = protocol_set(number)
        book.put(entry.name, None if protocols is None else (Service(protocols),), entry.line_of("protocol-number"))
    elif entry.value("protocol") == "IP":
        book.put(entry.name, ANY_SERVICE, entry.line)


def _ports(protocol: str, value: str) -> Services | None:
    """`DST[-DST][:SRC[-SRC]]`."""
    destination, _, source = value.partition(":")
    protocols = protocol_set(protocol)
    found, own = port_set(destination), port_set(source) if source else PORTS
    if not _PORTS.fullmatch(value) or protocols is None or found is None or own is None:
        return None
    return (Service(protocols, own, found),)


_READERS: Final[dict[str, Callable[[Entry, Domain], None]]] = {
    "firewall address": lambda entry, domain: _address(entry, domain.v4),
    "firewall multicast-address": lambda entry, domain: _address(entry, domain.multicast),
    "firewall address6": lambda entry, domain: _address6(entry, domain.v6),
    "firewall proxy-address": lambda entry, domain: domain.v4.open(entry.name, entry.line),
    "firewall addrgrp": lambda entry, domain: _group(entry, domain.v4),
    "firewall proxy-addrgrp": lambda entry, domain: _group(entry, domain.v4),
    "firewall addrgrp6": lambda entry, domain: _group(entry, domain.v6),
    "firewall vip": lambda entry, domain: _vip(entry, domain.v4),
    "firewall vip6": lambda entry, domain: _vip(entry, domain.v6),
    "firewall vipgrp": lambda entry, domain: _group(entry, domain.v4),
    "firewall vipgrp6": lambda entry, domain: _group(entry, domain.v6),
    "firewall service custom": lambda entry, domain: _service(entry, domain.services),
    "firewall service group": lambda entry, domain: _group(entry, domain.services),
}
