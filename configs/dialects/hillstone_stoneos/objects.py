"""StoneOS's address and service books.

Forms as in Hillstone's "StoneOS CLI User Guide", release 5.5R10, chapters "Address" and "Service and Application": an
address entry has `ip A/L`, `ip A M`, `range A B`, `wildcard A W` (a 1 bit must match), `host NAME`, `member NAME`,
`exclude …`; a service entry has `tcp dst-port A [B] [src-port A [B]]`, `udp …`, `icmp …`, `protocol N`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.headers import PORTS
from configs.intervals import ANYWHERE, AddressSet, Intervals, everything
from configs.meaning.objects import (
    Content,
    Services,
    addresses,
    masked,
    protocol_set,
    ranged,
    service_book,
    sized,
    words_of,
    written,
)
from configs.meaning.policies import ANY_SERVICE, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.meaning.statements import Name
    from configs.tree import Node, Tree

ANY: Final = {
    "any": ANYWHERE,
    "Any": ANYWHERE,
    "any-ipv4": AddressSet(everything(32)),
    "IPv6-any": AddressSet(Intervals(), everything(128)),
}
_NO_SET: Final = ("host", "host-name", "country", "region", "reference-zone", "description", "wildcard-host")


class Objects:
    """Every address and service of a configuration."""

    def __init__(self, tree: Tree) -> None:
        self._networks = addresses("address", dict(ANY))
        self._services = service_book("service", dict.fromkeys(("any", "Any"), ANY_SERVICE))
        for _, node in tree.walk():
            words = words_of(node.text)
            if len(words) < 2:
                continue
            if words[0] == "address" and (node.children or len(words) == 2):
                self._address(node, _named(words))
            elif words[0] in ("service", "servgroup") and node.children:
                self._service(node, words[1])

    def address(self, name: str) -> Content[AddressSet] | AddressSet | None:
        """What a rule means by a name, or by an address where one may stand."""
        if name not in self._networks and (found := written(name)) is not None:
            return found
        return self._networks.content(name)

    def found(self, name: str) -> AddressSet | None:
        """The addresses that a name or an address means; None if it is more than that."""
        content = self.address(name)
        if isinstance(content, AddressSet) or content is None:
            return content
        return None if content.words else content.found

    def has(self, name: str) -> bool:
        """Whether there is an address of that name."""
        return name in self._networks

    def service(self, name: str) -> Content[Services] | None:
        """What a rule means by a service."""
        return self._services.content(name)

    def lines(self, name: str) -> tuple[int, ...]:
        """The lines that say what an address holds."""
        return self._networks.lines(name)

    def names(self) -> Iterator[Name]:
        """Every object."""
        yield from self._networks.names()
        yield from self._services.names()

    def _address(self, node: Node, name: str) -> None:
        self._networks.open(name, node.line)
        for inner in node.children:
            words = words_of(inner.text)
            if words[0] == "exclude":
                for line, part in _excluded(inner, words[1:]):
                    self._networks.leave_out(name, part, line)
            elif words[0] not in _NO_SET and words[0] != "no":
                self._networks.put(name, _member(words), inner.line)

    def _service(self, node: Node, name: str) -> None:
        self._services.open(name, node.line)
        for inner in node.children:
            words = words_of(inner.text)
            if words[0] == "service" and len(words) > 1:
                self._services.put(name, words[1], inner.line)
            elif words[0] not in ("description", "no"):
                self._services.put(name, _service(words), inner.line)


def _named(words: tuple[str, ...]) -> str:
    """`address NAME`, `address id N NAME`."""
    return words[3] if words[1] == "id" and len(words) > 3 else words[1]


def _excluded(node: Node, words: tuple[str, ...]) -> Iterator[tuple[int, AddressSet | str | None]]:
    """`exclude ip A/L`, or a view of such lines."""
    if words:
        yield node.line, _member(words)
    for inner in node.children:
        yield inner.line, _member(words_of(inner.text))


def _member(words: tuple[str, ...]) -> AddressSet | str | None:
    if words[0] in ("member", "exclude-member") and len(words) > 1:
        return words[1]
    return network(words)


def network(words: tuple[str, ...]) -> AddressSet | None:
    """`ip A/L`, `ip A M`, `range A B`, `wildcard A W`."""
    if len(words) < 2:
        return None
    if words[0].endswith("range"):
        return ranged(words[1], words[2] if len(words) > 2 else words[1])
    if words[0].endswith("wildcard"):
        return masked(words[1], words[2], must=True) if len(words) > 2 else None
    if words[0].rpartition("-")[2] in ("ip", "ipv6"):
        return sized(*words[1:3])
    return None


def _service(words: tuple[str, ...]) -> Services | None:
    if words[0] == "protocol" and len(words) > 1:
        protocols = protocol_set(words[1])
        return None if protocols is None else (Service(protocols),)
    protocols = protocol_set(words[0])
    if protocols is None:
        return None
    if words[0] not in ("tcp", "udp", "sctp"):
        return (Service(protocols),) if len(words) == 1 else None
    sides = {"dst-port": PORTS, "src-port": PORTS}
    rest = words[1:]
    while rest:
        if rest[0] == "timeout":
            break
        numbers = [int(word) for word in rest[1:3] if word.isdecimal()]
        if rest[0] not in sides or not numbers or max(numbers) > 65535:
            return None
        sides[rest[0]] = Intervals.inclusive(numbers[0], numbers[-1])
        rest = rest[1 + len(numbers) :]
    return (Service(protocols, sides["src-port"], sides["dst-port"]),)
