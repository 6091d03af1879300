"""What an IOS configuration means: access lists as sets, prefix lists, static routes, partners, names.

Forms as in Cisco's command references: `ip prefix-list NAME [seq N] {permit | deny} A/L [ge G] [le L]`,
`ip route [vrf V] NETWORK MASK [INTERFACE] [HOP] …`, `object-group network NAME`, `neighbor A remote-as N`,
`set peer A` in a crypto map, `tunnel destination A`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from configs.addressing import address_of, host_of
from configs.dialects.cisco_ios import addresses
from configs.intervals import BITS, AddressSet, Intervals, prefix, wildcard
from configs.meaning import standard_nat
from configs.meaning.filter_sets import UnclearError, rule_of
from configs.meaning.no_lists import access_lists, bindings
from configs.meaning.statements import (
    Cover,
    FilterKind,
    FilterList,
    Meaning,
    Name,
    Partner,
    PrefixEntry,
    PrefixList,
    Route,
)
from configs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Tree

_VIEWS = frozenset({"interface", "router", "line", "ip access-list", "crypto map", "object-group", "route-map"})
_Words = tuple[str, ...]


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    reading = Reading(tree, "no", lambda words: words[0] in _VIEWS or " ".join(words[:2]) in _VIEWS)
    objects = _objects(reading)
    filters = tuple(_filters(reading, objects))
    nat = standard_nat.read([(path, node, tuple(node.text.split())) for path, node in tree.walk()], filters)
    return Meaning(
        uses=addresses.read(tree).uses,
        filters=filters,
        prefix_lists=tuple(_prefix_lists(reading)),
        routes=tuple(_routes(reading)),
        partners=tuple(_partners(tree)),
        covers=tuple(_covers(tree)),
        definitions=tuple(_definitions(reading)),
        references=tuple(_references(reading)),
        translations=nat.lists,
        pools=nat.pools,
        translations_read=True,
        unread=nat.unread,
    )


def _filters(reading: Reading, objects: dict[str, AddressSet]) -> Iterator[FilterList]:
    lines = _object_lines(reading)
    for name, entry in access_lists(reading).items():
        rules, unclear = [], list(entry.unclear)
        for found in entry.rules:
            try:
                rule = rule_of(found, objects)
                said = [line for side in (found.source, found.destination) for line in lines.get(side.value, ())]
                rules.append(replace(rule, lines=tuple(dict.fromkeys(said))) if said else rule)
            except UnclearError:
                unclear.append(found.line)
        yield FilterList(FilterKind.ACCESS_LIST, name, min(entry.lines), tuple(rules), "deny", tuple(unclear))


def _object_lines(reading: Reading) -> dict[str | int, tuple[int, ...]]:
    """The lines of network object groups by the words with which rules name them."""
    found: dict[str | int, tuple[int, ...]] = {}
    for command in (*reading.find("object-group", "network"), *reading.find("object-group", "ip", "address")):
        name = command.folded[2 if command.folded[1] == "network" else 3]
        for word in ("object-group", "addrgroup"):
            found[f"{word} {name}"] = tuple(inner.line for inner in command.inside)
    return found


def _objects(reading: Reading) -> dict[str, AddressSet]:
    """Network object groups by the words with which rules name them (folded, as rules are read)."""
    lines: dict[str, list[_Words]] = {}
    for command in (*reading.find("object-group", "network"), *reading.find("object-group", "ip", "address")):
        if not command.negated:
            name = command.folded[2 if command.folded[1] == "network" else 3]
            lines[name] = [inner.folded for inner in command.inside if inner.folded[0] != "description"]
    found: dict[str, AddressSet] = {}
    for _ in range(len(lines)):  # groups may hold groups
        for name, members in lines.items():
            if name in found:
                continue
            parts = [_member(words, found) for words in members]
            known = [part for part in parts if part is not None]
            if parts and len(known) == len(parts):
                whole = AddressSet()
                for part in known:
                    whole |= part
                found[name] = whole
    return {f"{word} {name}": part for name, part in found.items() for word in ("object-group", "addrgroup")}


def _member(words: _Words, found: dict[str, AddressSet]) -> AddressSet | None:
    """`host A`, `A MASK`, `A/L`, `range A B`, `group-object NAME`; the name must be known already."""
    if words[0].isdigit() and len(words) > 1:
        words = words[1:]
    if words[0] == "group-object" and len(words) > 1:
        return found.get(words[1])
    if words[0] == "range" and len(words) > 2:
        first, last = address_of(words[1]), address_of(words[2])
        if first is None or last is None or first.version != last.version:
            return None
        return AddressSet.single(first.version, Intervals.inclusive(int(first), int(last)))
    if words[0] == "host" and len(words) > 1:
        address = address_of(words[1])
        return None if address is None else AddressSet.single(address.version, Intervals.one(int(address)))
    host = host_of(words)
    if host is None:
        return None
    version = host[0].version
    return AddressSet.single(version, prefix(int(host[0]), host[1], BITS[version]))


def _prefix_lists(reading: Reading) -> Iterator[PrefixList]:
    found: dict[tuple[str, int], list[tuple[int, PrefixEntry]]] = {}
    for command in (*reading.find("ip", "prefix-list"), *reading.find("ipv6", "prefix-list")):
        version = 4 if command.folded[0] == "ip" else 6
        words = command.folded[3:]
        if command.negated or len(words) < 2:
            continue
        rows = found.setdefault((command.words[2], version), [])
        number = (rows[-1][0] if rows else 0) + 5
        if words[0] == "seq" and words[1].isdigit():
            number, words = int(words[1]), words[2:]
        entry = _entry(command.line, words, version)
        if entry is not None:
            rows.append((number, entry))
    for (name, version), rows in found.items():
        if rows:
            entries = tuple(entry for _, entry in sorted(rows, key=lambda row: row[0]))
            yield PrefixList(name, version, min(entry.line for entry in entries), entries)


def _entry(line: int, words: _Words, version: int) -> PrefixEntry | None:
    host = host_of(words[1:2])
    if words[0] not in ("permit", "deny") or host is None or host[0].version != version:
        return None
    value, length = int(host[0]), host[1]
    bounds = {word: int(after) for word, after in pairwise(words) if word in ("ge", "le") and after.isdigit()}
    least = bounds.get("ge", length)
    most = bounds.get("le", BITS[version] if "ge" in bounds else length)
    return PrefixEntry(line, words[0] == "permit", value, length, least, most)


def _routes(reading: Reading) -> Iterator[Route]:
    for command in (*reading.find("ip", "route"), *reading.find("ipv6", "route")):
        if command.negated:
            continue
        rest, vrf = command.words[2:], ""
        if rest[:1] == ("vrf",) and len(rest) > 1:
            vrf, rest = rest[1], rest[2:]
        host = host_of(rest)
        if host is None:
            continue
        rest = rest[1 if "/" in rest[0] else 2 :]
        hop, interface, others = None, "", []
        for index, word in enumerate(rest):
            address = address_of(word) if index < 2 else None
            if address is not None:
                hop = int(address)
            elif index == 0:
                interface = word
            else:
                others.append(word)
        hop_vrf = "" if "global" in others else vrf
        yield Route(
            command.line, vrf, host[0].version, int(host[0]), host[1], hop, interface, hop_vrf, " ".join(others)
        )


# A command's first words, the partner's kind; the far end's address is the first word behind them.
_PARTNERS: tuple[tuple[_Words, str], ...] = (
    (("set", "peer"), "ipsec"),
    (("tunnel", "destination"), "tunnel"),
    (("mpls", "ldp", "neighbor"), "ldp"),
    (("xconnect",), "l2vc"),
)


def _partners(tree: Tree) -> Iterator[Partner]:
    sources: dict[_Words, int] = {}
    for path, node in tree.walk():
        words = tuple(node.text.split())
        if words[:2] == ("tunnel", "source") and len(words) > 2 and (near := address_of(words[2])) is not None:
            sources[path] = int(near)
    for path, node in tree.walk():
        words = tuple(node.text.split())
        vrf = next((text.split()[-1] for text in reversed(path) if " vrf " in text), "")
        if words[0] == "neighbor" and len(words) > 2 and (far := address_of(words[1])) is not None:
            yield Partner("bgp", node.line, far.version, int(far), vrf)
        for head, kind in _PARTNERS:
            if words[: len(head)] == head and len(words) > len(head):
                far = address_of(words[len(head)])
                if far is not None:
                    own = sources.get(path) if kind == "tunnel" else None
                    yield Partner(kind, node.line, far.version, int(far), vrf, own)


def _covers(tree: Tree) -> Iterator[Cover]:
    """`network ADDRESS WILDCARD area A` of OSPF, `network ADDRESS WILDCARD` of EIGRP."""
    for path, node in tree.walk():
        words = tuple(node.text.split())
        if (
            words[:1] != ("network",)
            or len(words) < 3
            or not path
            or not path[0].startswith(("router ospf", "router eigrp"))
        ):
            continue
        address, free = address_of(words[1]), address_of(words[2])
        spans = wildcard(int(address), int(free), 32) if address is not None and free is not None else None
        if spans is not None:
            yield Cover(node.line, 4, spans, _after(path, "vrf"))


def _after(path: _Words, word: str) -> str:
    """What stands behind a word in the innermost view that has it."""
    for text in reversed(path):
        words = text.split()
        if word in words[:-1]:
            return words[words.index(word) + 1]
    return ""


def _definitions(reading: Reading) -> Iterator[Name]:
    for name, entry in access_lists(reading).items():
        yield Name("acl", name, min(entry.lines))
    for head, kind in ((("ip", "prefix-list"), "prefix-list"), (("ipv6", "prefix-list"), "prefix-list"),
                       (("route-map",), "route-map"), (("object-group", "network"), "object-group"),
                       (("ip", "nat", "pool"), "nat pool")):  # fmt: skip
        for command in reading.find(*head):
            if not command.negated and len(command.words) > len(head):
                yield Name(kind, command.words[len(head)], command.line)


def _references(reading: Reading) -> Iterator[Name]:
    for bound in bindings(reading):
        yield Name("acl", bound.name, bound.command.line)
    for command in reading.all:
        if command.negated or command.folded[0] in ("description", "remark", "hostname"):
            continue
        for word, kind in (("prefix-list", "prefix-list"), ("route-map", "route-map"), ("pool", "nat pool")):
            if word in command.folded[1:-1] and command.folded[:2] not in (("ip", word), ("ipv6", word)):
                if word == "pool" and command.folded[:2] != ("ip", "nat"):
                    continue
                if word == "pool" and command.folded[2] == word:
                    continue
                yield Name(kind, command.words[command.folded.index(word, 1) + 1], command.line)
        for index, word in enumerate(command.folded[:-1]):
            if word == "object-group" and index > 0:
                yield Name("object-group", command.words[index + 1], command.line)
