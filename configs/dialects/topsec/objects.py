"""TOS's objects: hosts, subnets, ranges, groups, services, in both of its forms.

Forms as the line shapes that public converters, generators and notes show (no vendor manual was available): `define
host add name N ipaddr 'A B '`, `define subnet add name N ipaddr A mask M`, `define range add name N ip1 A ip2 B`,
`define group_address add name N member 'N N '`, `define service add name N protocol P port A [port2 B]`. `any`
is a range that every device has.
"""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.headers import PORTS
from configs.intervals import ANYWHERE, AddressSet, Intervals
from configs.meaning.objects import (
    Book,
    Content,
    Services,
    addresses,
    port_set,
    protocol_set,
    ranged,
    service_book,
    sized,
)
from configs.meaning.policies import ANY_SERVICE, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.meaning.statements import Name
    from configs.tree import Tree

_WORD: Final = re.compile(r"'([^']*)'|(\S+)")
_IDENTITY: Final = re.compile(r"ID \d+ ")


class Command(NamedTuple):
    """A command as words; a list in quotes is one word. `owner` is the virtual system ("": the device's own)."""

    line: int
    owner: str
    words: tuple[str, ...]

    def starts(self, *words: str) -> bool:
        """Whether it begins with these words."""
        return self.words[: len(words)] == words

    def value(self, *names: str) -> str:
        """What stands behind the first of these words; "" if none is there."""
        for name in names:
            if name in self.words[:-1]:
                return self.words[self.words.index(name) + 1]
        return ""

    def values(self, *names: str) -> tuple[str, ...]:
        """The members of a list."""
        return tuple(self.value(*names).split())


def read(tree: Tree) -> tuple[Command, ...]:
    """Every command, without its number, with the words of the submode that it stands in."""
    found = []
    for path, node in tree.walk():
        if node.children:
            continue
        owner = next((text.split()[-1] for text in path if text.startswith("vsys enter ")), "")
        views = [word for text in path if not text.startswith("vsys enter ") for word in text.split()]
        text = _IDENTITY.sub("", node.text, count=1)
        words = tuple(match[match.lastindex or 0] for match in _WORD.finditer(text))
        found.append(Command(node.line, owner, (*views, *words)))
    return tuple(found)


class Objects:
    """Every object of a configuration."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._networks = addresses("address", {"any": ANYWHERE, "any_ipv6": ANYWHERE})
        self._services: Book[Services] = service_book("service", {"any": ANY_SERVICE})
        for command in commands:
            if command.words[:1] != ("define",) or command.words[2:3] not in (("add",), ("modify",)):
                continue
            name, kind = command.value("name"), command.words[1].removeprefix("ipv6_")
            if kind in ("host", "subnet", "range", "group_address"):
                self._networks.open(name, command.line)
                for part in _parts(kind, command):
                    self._networks.put(name, part, command.line)
            elif kind in ("service", "group_service"):
                self._services.open(name, command.line)
                for services in _services(kind, command):
                    self._services.put(name, services, command.line)

    def address(self, name: str) -> Content[AddressSet] | None:
        """What a rule means by a name."""
        return self._networks.content(name)

    def found(self, name: str) -> AddressSet | None:
        """The addresses that a name means; None if it is more than that."""
        return self._networks.get(name)

    def has(self, name: str) -> bool:
        """Whether there is an address object of that name."""
        return name in self._networks

    def service(self, name: str) -> Content[Services] | None:
        """What a rule means by a service."""
        return self._services.content(name)

    def lines(self, name: str) -> tuple[int, ...]:
        """The lines that say what an object holds."""
        return self._networks.lines(name)

    def names(self) -> Iterator[Name]:
        """Every object."""
        yield from self._networks.names()
        yield from self._services.names()


def _parts(kind: str, command: Command) -> Iterator[AddressSet | str | None]:
    if kind == "group_address":
        yield from command.values("member")
    elif command.value("except"):
        yield None  # how it is taken out is not known
    elif kind == "host":
        parts = [sized(word) for word in command.values("ipaddr")]
        known = [part for part in parts if part is not None]
        yield reduce(or_, known) if known and len(known) == len(parts) else None
    elif kind == "subnet":
        yield sized(command.value("ipaddr"), command.value("mask", "prefix-len", "prefix"))
    else:
        yield ranged(command.value("ip1"), command.value("ip2"))


def _services(kind: str, command: Command) -> Iterator[Services | str | None]:
    if kind == "group_service":
        yield from command.values("member")
        return
    protocols = protocol_set(command.value("protocol"))
    first, last = command.value("port", "port1"), command.value("port2")
    texts = command.values("ports") or ((f"{first}-{last}" if last else first),)
    for text in texts:
        ports = port_set(text) if text else PORTS
        if protocols is None or ports is None:
            yield None
        elif protocols == Intervals.one(1) and text:
            yield None  # an ICMP type stands there
        else:
            yield (Service(protocols, PORTS, ports),)
