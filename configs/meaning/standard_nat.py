"""Address translation in the industry-standard form: `ip nat …`.

`ip nat pool NAME FIRST LAST …`, `ip nat inside source {list L {pool P | interface I} | static [tcp | udp] A [PORT] B
[PORT]}`, the same with `outside source` and `inside destination`; on interfaces of EOS `ip nat {source | destination}
{static A [PORT] [access-list L] B [PORT] | dynamic access-list L {overload | pool P}}`. A list of packets is one that
the configuration defines; what it denies goes on untranslated as far as its own command goes.

Sources: Cisco IOS IP Addressing Services Command Reference (ip nat), Nexus 9000 interfaces configuration guide (NAT),
RGOS command reference (NAT), EOS user manual (NAT).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configs.addressing import address_of, length_of
from configs.headers import PROTOCOLS, Rule
from configs.intervals import BITS, NOWHERE_AT_ALL, AddressSet, Intervals, prefix
from configs.meaning import objects
from configs.meaning.statements import Name, Pool, Translated, Translation, TranslationList
from configs.meaning.translations import both_ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from configs.meaning.statements import FilterList
    from configs.tree import Node

Words: TypeAlias = tuple[str, ...]
Walked: TypeAlias = "tuple[Words, Node, Words]"


class Read(NamedTuple):
    """The translations, the pools, the names that are defined and used, and the lines that could not be read."""

    lists: tuple[TranslationList, ...]
    pools: tuple[Pool, ...]
    definitions: tuple[Name, ...]
    references: tuple[Name, ...]
    unread: tuple[int, ...]


def read(nodes: Sequence[Walked], filters: Iterable[FilterList]) -> Read:
    """All translations of a configuration whose access lists are known."""
    pools = _pools(nodes)
    found = _Found({each.name: each for each in filters}, {pool.name: pool for pool in pools})
    for _, node, words in nodes:
        if words[:2] == ("ip", "nat") and words[2:3] != ("pool",):
            found.command(node.line, words[2:])
    fixed = found.fixed
    lists = [TranslationList("static", fixed[0].rule.line, tuple(fixed))] if fixed else []
    definitions = [Name("nat pool", pool.name, pool.lines[0]) for pool in pools]
    return Read((*lists, *found.lists), tuple(pools), tuple(definitions), tuple(found.references), tuple(found.unread))


def _pools(nodes: Sequence[Walked]) -> list[Pool]:
    """`ip nat pool NAME FIRST LAST …`; ranges on lines of their own, with `range` or `address`."""
    pools = []
    for _, node, words in nodes:
        if words[:3] != ("ip", "nat", "pool") or len(words) < 4:
            continue
        rows = [(node.line, words[4:])]
        rows += [(inner.line, tuple(inner.text.split())[1:]) for inner in node.children]
        whole, lines = NOWHERE_AT_ALL, [node.line]
        for line, row in rows:
            part = objects.ranged(row[0], row[1]) if len(row) > 1 else None
            if part is not None:
                whole |= part
                lines.append(line)
        pools.append(Pool(words[3], tuple(dict.fromkeys(lines)), whole))
    return pools


@dataclass(slots=True)
class _Static:
    """A static translation as it is being read."""

    protocols: Intervals
    addresses: list[AddressSet]
    ports: list[Intervals]
    length: int | None


class _Found:
    def __init__(self, filters: Mapping[str, FilterList], pools: Mapping[str, Pool]) -> None:
        self._filters = filters
        self._pools = pools
        self.fixed: list[Translation] = []
        self.lists: list[TranslationList] = []
        self.references: list[Name] = []
        self.unread: list[int] = []

    def command(self, line: int, words: Words) -> None:
        """`inside source …`, `outside source …`, `source …`; other commands of NAT have no addresses."""
        side = words[0] if words[:1] in (("inside",), ("outside",)) else ""
        rest = words[1:] if side else words
        if rest[:1] not in (("source",), ("destination",)):
            if any(address_of(word) is not None for word in words):
                self.unread.append(line)
            return
        vrf = next((after for word, after in pairwise(rest) if word == "vrf"), None)
        what = rest[0]
        if rest[1:2] == ("static",):
            self._static(line, side, what, rest[2:], vrf)
        else:
            self._dynamic(line, side, what, rest[1:], vrf)

    def _static(self, line: int, side: str, what: str, words: Words, vrf: str | None) -> None:
        read = _static(words)
        if read is None:
            self.unread.append(line)
            return
        first, second = read.addresses
        # Behind `outside source` and EOS's `destination` the outer address stands first.
        inside, outside = (second, first) if side == "outside" or what == "destination" else (first, second)
        ports = [*reversed(read.ports)] if inside is second else read.ports
        named = [after for word, after in pairwise(words) if word in ("access-list", "route-map")]
        if len(ports) == 2:
            self.fixed += both_ways(
                line, inside, outside, protocols=read.protocols, inside_ports=ports[0], outside_ports=ports[1],
                conditions=named, words=f"{side} {what}", vrf=vrf,
            )  # fmt: skip
        else:
            self.fixed += both_ways(
                line, inside, outside, protocols=read.protocols, conditions=named, words=f"{side} {what}", vrf=vrf
            )

    def _dynamic(self, line: int, side: str, what: str, words: Words, vrf: str | None) -> None:
        named = dict(pairwise(words))
        chosen = named.get("list") or named.get("access-list")
        pool = named.get("pool")
        rules: Sequence[Rule] = (Rule("permit", line, conditions=frozenset((f"route-map {named.get('route-map')}",))),)
        unclear: tuple[int, ...] = ()
        if chosen is not None:
            self.references.append(Name("acl", chosen, line))
            if chosen in self._filters:
                rules, unclear = self._filters[chosen].rules, self._filters[chosen].unclear
            else:
                rules = (Rule("permit", line, conditions=frozenset(("list of no entries",))),)
        elif "route-map" not in named:
            if any(address_of(word) is not None for word in words):
                self.unread.append(line)
            return
        if pool is not None:
            self.references.append(Name("nat pool", pool, line))
        known = self._pools.get(pool or "")
        kept = " ".join(word for word in words if word not in (chosen, pool) and address_of(word) is None)
        target = Translated(
            known.addresses if known is not None else AddressSet(),
            words=f"{side} {what} {kept}",
            lines=(line, *(known.lines if known is not None else ())),
        )
        translations = []
        for rule in rules:
            turned = target if rule.action == "permit" else None
            if what == "destination":
                translations.append(Translation(rule, destination=turned, vrf=vrf))
            else:
                translations.append(Translation(rule, source=turned, vrf=vrf))
        self.lists.append(TranslationList(f"{side} {what} {chosen}", line, tuple(translations), unclear))


def _static(words: Words) -> _Static | None:
    """`[network] [tcp | udp] A [PORT] [access-list L] B [PORT] … [/L | MASK]`, with an interface for B as well."""
    protocols, addresses, ports, length = PROTOCOLS, [], [], None
    found: list[str] = []
    for before, word in pairwise(("", *words)):
        if word in ("tcp", "udp"):
            protocols = Intervals.one(6 if word == "tcp" else 17)
        elif address_of(word) is not None and before not in ("vrf", "netmask", "access-list"):
            found.append(word)
        elif word.isdecimal() and address_of(before) is not None:
            ports.append(Intervals.one(int(word)))
        elif word.startswith("/") and word[1:].isdecimal():
            length = int(word[1:])
    if "network" in words and len(found) == 3 and length is None:
        size = address_of(found[0])
        length = None if size is None else length_of(size, found.pop())
    if "interface" in words and len(found) == 1:
        inside = _wide(found[0], length)
        return None if inside is None else _Static(protocols, [inside, AddressSet()], [], length)
    for text in found:
        wide = _wide(text, length)
        if wide is None:
            return None
        addresses.append(wide)
    return _Static(protocols, addresses, ports, length) if len(addresses) == 2 else None


def _wide(text: str, length: int | None) -> AddressSet | None:
    address = address_of(text)
    if address is None:
        return None
    bits = BITS[address.version]
    return AddressSet.single(address.version, prefix(int(address), bits if length is None else length, bits))
