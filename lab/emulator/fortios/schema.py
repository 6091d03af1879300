"""What can be configured, as data: objects and tables with their fields (fortios.grammar)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Rows that are there without being shown.
BUILT_IN = {
    ("system", "vdom"): ("root",),
    ("system", "interface"): ("any",),
    ("system", "accprofile"): ("super_admin", "prof_admin", "super_admin_readonly"),
    ("firewall", "address"): ("all", "none"),
    ("firewall", "schedule", "recurring"): ("always", "none"),
    ("firewall", "service", "custom"): (
        *("ALL", "ALL_TCP", "ALL_UDP", "ALL_ICMP", "BGP", "DNS", "FTP", "HTTP", "HTTPS", "NTP", "OSPF", "PING"),
        *("RADIUS", "SMTP", "SNMP", "SSH", "SYSLOG", "TELNET", "TFTP", "TRACEROUTE"),
    ),
}


@dataclass(frozen=True, slots=True)
class Mistake(Exception):  # noqa: N818 - it is the device's answer, not an error of ours
    """A value that is refused: what stands before the usual lines, the word that is wrong, and the return code."""

    word: str
    code: int
    first: str = ""
    parse: str = "value"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object or a row. `limits` are the options, the tables, or the bounds of its kind.

    Of a field that no table knows (kind `free`) they say whether its values stand in quotes.
    """

    name: str
    kind: str
    limits: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    needed: bool = False

    @property
    def tables(self) -> tuple[tuple[str, ...], ...]:
        """The tables whose rows it names."""
        return tuple(tuple(path.split()) for path in self.limits) if self.kind in ("row", "rows") else ()

    @property
    def many(self) -> bool:
        """Whether it takes several values, so that `append` means something."""
        return self.kind in ("options", "rows", "free")

    def read(self, words: list[str]) -> tuple[str, ...]:
        """The canonical values. Mistake for what FortiOS refuses; that a row exists is not looked at."""
        many = self.many or self.kind in ("mask", "ports", "raw") or (self.kind == "secret" and words[:1] == ["ENC"])
        if len(words) > 1 and not many:
            raise Mistake(words[1], -61, parse="command")
        return getattr(self, f"_{self.kind}")(words)  # type: ignore[no-any-return]  # one method a kind

    def _text(self, words: list[str]) -> tuple[str, ...]:
        if len(words[0]) > int(self.limits[0]):
            raise Mistake(words[0], -651, "The string is too long")  # unverified wording
        return tuple(words)

    def _raw(self, words: list[str]) -> tuple[str, ...]:
        return self._text(words)

    def _free(self, words: list[str]) -> tuple[str, ...]:
        return tuple(words)

    def _secret(self, words: list[str]) -> tuple[str, ...]:
        return tuple(words[:2])

    def _ports(self, words: list[str]) -> tuple[str, ...]:
        for word in words:
            if not re.fullmatch(r"\d{1,5}(-\d{1,5})?(:\d{1,5}(-\d{1,5})?)?", word):
                raise Mistake(word, -651)
        return tuple(words)

    def _number(self, words: list[str]) -> tuple[str, ...]:
        low, high = map(int, self.limits[0].split("-"))
        if not words[0].isdecimal():
            raise Mistake(words[0], -651, f"invalid unsigned integer value: {words[0]}\n")
        if not low <= int(words[0]) <= high:
            raise Mistake(words[0], -651)
        return (str(int(words[0])),)

    def _option(self, words: list[str]) -> tuple[str, ...]:
        found = [option for option in self.limits if option == words[0]] or [
            option for option in self.limits if option.lower().startswith(words[0].lower())
        ]
        if len(found) != 1:
            raise Mistake(words[0], -61, parse="command")
        return (found[0],)

    def _options(self, words: list[str]) -> tuple[str, ...]:
        chosen = {self._option([word])[0] for word in words}
        return tuple(option for option in self.limits if option in chosen)

    def _row(self, words: list[str]) -> tuple[str, ...]:
        return tuple(words)

    def _rows(self, words: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(words))

    def _ip(self, words: list[str]) -> tuple[str, ...]:
        try:
            return (str(IPv4Address(words[0])),)
        except AddressValueError:
            raise Mistake(words[0], -8, "invalid ip address") from None  # unverified wording

    def _mask(self, words: list[str]) -> tuple[str, ...]:
        address, slash, mask = words[0].partition("/")
        rest = words[1:]
        if not slash:
            if not rest:
                raise Mistake("", -160)
            mask, rest = rest[0], rest[1:]
        if rest:
            raise Mistake(rest[0], -61, parse="command")
        (ip,) = self._ip([address])
        try:
            network = IPv4Network(f"0.0.0.0/{mask}")
        except (NetmaskValueError, AddressValueError, ValueError):
            raise Mistake(mask, -9, "invalid netmask.") from None
        return ip, str(network.netmask)

    def shown(self, values: tuple[str, ...]) -> str:
        """The values as `show` has them."""
        if self.kind in ("text", "row", "rows") or (self.kind == "free" and self.limits):
            return " ".join(quoted(value) for value in values)
        return " ".join(values)


@dataclass(slots=True)
class Node:
    """An object, or a table: `key` is then `name:N`, `id:A-B` or `ip`. `order` is its place among its siblings."""

    path: tuple[str, ...]
    key: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    nodes: dict[tuple[str, ...], Node] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a prompt shows of it."""
        return self.path[-1]

    def valid(self, row: str) -> bool:
        """Whether a row may have that name."""
        kind, _, limits = self.key.partition(":")
        if kind == "id":
            low, high = map(int, limits.split("-"))
            return row.isdecimal() and low <= int(row) <= high
        if kind == "ip":
            return re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", row) is not None
        return 0 < len(row) <= int(limits)

    def label(self, row: str) -> str:
        """A row's name as `show` has it."""
        return row if self.key.startswith(("id", "ip")) and self.path[-1] != "neighbor" else quoted(row)

    def walk(self) -> Iterator[Node]:
        """This node and those below it."""
        yield self
        for node in self.nodes.values():
            yield from node.walk()


def quoted(text: str) -> str:
    """A value in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@cache
def schema() -> Node:
    """Everything; read once a process."""
    root = Node(())
    nodes = [root]
    text = resources.files("lab.emulator.fortios").joinpath("fortios.grammar").read_text(encoding="utf-8")
    for raw in text.split("\n"):
        if not raw.strip() or raw.startswith("#"):
            continue
        depth = (len(raw) - len(raw.lstrip())) // 4
        words = raw.split()
        del nodes[depth + 1 :]
        parent = nodes[depth]
        if words[0] in ("object", "table"):
            key = words.pop() if words[0] == "table" else ""
            node = Node(tuple(words[1:]), key)
            parent.nodes[node.path] = node
            parent.order[" ".join(node.path)] = len(parent.order)
            nodes.append(node)
        else:
            one = _field(raw.strip())
            parent.fields[one.name] = one
            parent.order[one.name] = len(parent.order)
    return root


def _field(line: str) -> Field:
    head, _, default = line.partition(" = ")
    name, kind = head.split(" ", 1)
    needed = name.endswith("!")
    kind, limits = _kind(kind)
    return Field(name.rstrip("!"), kind, limits, tuple(default.split()), needed)


def _kind(text: str) -> tuple[str, tuple[str, ...]]:
    if text[0] in "{[":
        return ("option" if text[0] == "{" else "options"), tuple(text[1:-1].split("|"))
    if text[0] in "@*":
        return ("row" if text[0] == "@" else "rows"), tuple(text[1:].split(","))
    kind, _, limits = text.partition(":")
    return kind, (limits,) if limits else ()
