"""PAN-OS's address and service objects, with those that all virtual systems share.

Forms as in Palo Alto Networks' web interface help, "Objects > Addresses", "Objects > Address Groups", "Objects >
Services" (PAN-OS 10.1). Names of hosts, dynamic groups, lists from outside and regions hold no addresses here. A rule
may also say addresses by themselves. A wildcard's 0 bits must match.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.dialects.paloalto_panos.statements import SHARED, Statement, listed
from configs.headers import PORTS
from configs.intervals import ANYWHERE, AddressSet, Intervals
from configs.meaning.objects import (
    Book,
    Content,
    Services,
    addresses,
    masked,
    port_set,
    protocol_set,
    service_book,
    written,
)
from configs.meaning.policies import ANY_SERVICE, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.meaning.statements import Name

_SERVICES: Final = ("service", "service-group")


class Objects:
    """Every object. An object of a virtual system hides the shared one of its name."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._networks = addresses("address")
        # "Objects > Services": the two that every device has.
        web = tuple(Service(Intervals.one(6), PORTS, Intervals.one(port)) for port in (80, 8080))
        known = {"service-http": web, "service-https": (Service(Intervals.one(6), PORTS, Intervals.one(443)),)}
        self._services: Book[Services] = service_book("service", known)
        self._texts: dict[str, str] = {}
        self._defined: dict[str, set[tuple[str, str]]] = {"address": set(), "service": set()}
        mine = [one for one in statements if len(one.words) > 1]
        for one in mine:
            if one.words[0] in ("address", "address-group"):
                self._defined["address"].add((one.owner, one.words[1]))
            elif one.words[0] in _SERVICES:
                self._defined["service"].add((one.owner, one.words[1]))
        for one in mine:
            if one.words[0] in ("address", "address-group"):
                self._address(one)
            elif one.words[0] in _SERVICES:
                self._service(one)

    def _qualified(self, kind: str, owner: str, name: str) -> str:
        """The name under which an object is kept."""
        if (owner, name) in self._defined[kind]:
            return f"{owner} {name}".strip()
        return name

    def address(self, owner: str, name: str) -> Content[AddressSet] | AddressSet | None:
        """What a rule means by a name or an address."""
        if name == "any":
            return ANYWHERE
        if not self.has(owner, name) and (found := written(name)) is not None:
            return found
        return self._networks.content(self._qualified("address", owner, name))

    def found(self, owner: str, name: str) -> AddressSet | None:
        """The addresses that a name or an address means; None if it is more than that."""
        content = self.address(owner, name)
        if isinstance(content, AddressSet) or content is None:
            return content
        return None if content.words else content.found

    def text(self, owner: str, name: str) -> str:
        """What an object says, as it is written: an interface's address has its length there."""
        return self._texts.get(self._qualified("address", owner, name), "")

    def lines(self, owner: str, name: str) -> tuple[int, ...]:
        """The lines that say what an object holds."""
        return self._networks.lines(self._qualified("address", owner, name))

    def has(self, owner: str, name: str) -> bool:
        """Whether there is an address object of a name."""
        return bool({(owner, name), (SHARED, name)} & self._defined["address"])

    def service(self, owner: str, name: str) -> Content[Services] | None:
        """What a rule means by a service."""
        if name == "any":
            return Content(ANY_SERVICE)
        return self._services.content(self._qualified("service", owner, name))

    def names(self) -> Iterator[Name]:
        """Every object."""
        yield from self._networks.names()
        yield from self._services.names()

    def reference(self, kind: str, owner: str, name: str) -> str:
        """The name of an object as `names` says it."""
        return self._qualified(kind, owner, name)

    def _address(self, one: Statement) -> None:
        name = self._qualified("address", one.owner, one.words[1])
        self._networks.open(name, one.line)
        rest = one.words[2:]
        if one.words[0] == "address-group" and rest[:1] == ("static",):
            for member in listed(rest[1:])[0]:
                self._networks.put(name, self._qualified("address", one.owner, member), one.line)
        elif rest[:1] in (("ip-netmask",), ("ip-range",)) and len(rest) > 1:
            self._texts[name] = rest[1]
            self._networks.put(name, written(rest[1]), one.line)
        elif rest[:1] == ("ip-wildcard",) and len(rest) > 1:
            address, _, wild = rest[1].partition("/")
            self._networks.put(name, masked(address, wild, must=False), one.line)

    def _service(self, one: Statement) -> None:
        name = self._qualified("service", one.owner, one.words[1])
        self._services.open(name, one.line)
        rest = one.words[2:]
        if one.words[0] == "service-group" and rest[:1] == ("members",):
            for member in listed(rest[1:])[0]:
                self._services.put(name, self._qualified("service", one.owner, member), one.line)
        elif rest[:1] == ("protocol",) and len(rest) > 3 and rest[2] == "port":
            self._services.put(name, _ports(rest[1], rest[3]), one.line)
        elif rest[:1] == ("protocol",) and "source-port" in rest:
            self._services.put(name, None, one.line)  # narrows what another line says


def _ports(protocol: str, text: str) -> Services | None:
    """`80`, `80-90`, `80,443,8000-8010`."""
    protocols = protocol_set(protocol)
    found = [port_set(part) for part in text.split(",")]
    known = [part for part in found if part is not None]
    if protocols is None or len(known) != len(found):
        return None
    return (Service(protocols, PORTS, Intervals.of(span for part in known for span in part)),)
