"""Links, partners, static routes and prefix lists of languages that differ in a few words only.

A dialect says its words (`Tongue`); everything else is the same: addresses below interfaces, `peer A …`, routes with a
prefix first and a next hop behind it. Filters are not read here: the line-by-line half of the proof compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from configs.addressing import View, address_of, host_of, network_of, views
from configs.intervals import BITS, wildcard
from configs.meaning.statements import Cover, Meaning, Partner, PrefixEntry, PrefixList, Route
from configs.model import AddressUse, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Node, Tree

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of a language.

    `vrf` stands before a VRF's name in routes and views, `binds` are the beginnings of the commands that put an
    interface into one. `virtual` are words behind which a group's shared address stands. `partners` are beginnings
    of commands with another device's address behind them, with the partner's kind. `bounds` are the words for the
    least and the most length of a prefix list, `number` the one before an entry's number.
    """

    vrf: str
    binds: tuple[Words, ...]
    addresses: tuple[Words, ...] = (("ip", "address"), ("ipv6", "address"))
    virtual: tuple[str, ...] = ()
    further: str = "secondary"
    routes: tuple[Words, ...] = (("ip", "route"), ("ipv6", "route"))
    stops: tuple[str, ...] = ("tag", "name", "track", "preference", "distance", "description", "permanent")
    partners: tuple[tuple[Words, str], ...] = ()
    prefix_lists: tuple[Words, ...] = (("ip", "prefix-list"), ("ipv6", "prefix-list"))
    number: str = "seq"
    bounds: tuple[str, str] = ("ge", "le")


def read(tree: Tree, tongue: Tongue) -> Meaning:
    """What a configuration in this language means."""
    nodes = [(path, node, tuple(node.text.split())) for path, node in tree.walk()]
    uses = [use for view in views(tree, "interface") for use in _uses(view, tongue)]
    return Meaning(
        uses=tuple(sorted(uses, key=lambda use: use.line)),
        prefix_lists=tuple(_prefix_lists(nodes, tongue)),
        routes=tuple(route for path, node, words in nodes for route in _routes(path, node.line, words, tongue)),
        partners=tuple(partner for path, node, words in nodes for partner in _partners(path, node.line, words, tongue)),
        covers=tuple(cover for path, node, words in nodes for cover in _covers(path, node.line, words, tongue)),
        filters_read=False,
    )


def _uses(view: View, tongue: Tongue) -> Iterator[AddressUse]:
    name = "".join(view.words[1:])
    vrf = ""
    for _, words in view.commands:
        for head in tongue.binds:
            if words[: len(head)] == head and len(words) > len(head):
                vrf = words[len(head)]
    for line, words in view.commands:
        for head in tongue.addresses:
            host = host_of(words[len(head) :]) if words[: len(head)] == head else None
            if host is not None:
                kind = UseKind.SECONDARY if words[-1] == tongue.further else UseKind.INTERFACE
                yield AddressUse(kind, host[0], host[0], line, host[1], vrf, name)
        for before, after in pairwise(words):
            shared = address_of(after.partition("/")[0]) if before in tongue.virtual else None
            if shared is not None and words[0] in ("vrrp", "standby", "glbp", "hsrp"):
                yield AddressUse(UseKind.VIRTUAL, shared, shared, line, None, vrf, name)


def _routes(path: Words, line: int, words: Words, tongue: Tongue) -> Iterator[Route]:
    head = next((head for head in tongue.routes if words[: len(head)] == head), None)
    if head is None:
        return
    rest, vrf = words[len(head) :], _vrf(path, tongue)
    if rest[:1] == (tongue.vrf,) and len(rest) > 1:
        vrf, rest = rest[1], rest[2:]
    host = host_of(rest)
    if host is None:
        return
    rest = rest[1 if "/" in rest[0] else 2 :]
    stop = next((index for index, word in enumerate(rest) if word in tongue.stops), len(rest))
    hop, hop_vrf, others = None, vrf, []
    for before, word in pairwise(("", *rest[:stop])):
        address = address_of(word)
        if address is not None and hop is None:
            hop = int(address)
        elif before == tongue.vrf:
            hop_vrf = word
        elif word != tongue.vrf:
            others.append(word)
    tail = " ".join(word for word in rest[stop:] if address_of(word) is None)
    value = int(network_of(*host)[0])
    yield Route(line, vrf, host[0].version, value, host[1], hop, " ".join(others), hop_vrf, tail)


def _partners(path: Words, line: int, words: Words, tongue: Tongue) -> Iterator[Partner]:
    for head, kind in tongue.partners:
        if words[: len(head)] == head and len(words) > len(head):
            far = address_of(words[len(head)])
            if far is not None:
                yield Partner(kind, line, far.version, int(far), _vrf(path, tongue))


def _vrf(path: Words, tongue: Tongue) -> str:
    for text in reversed(path):
        words = text.split()
        for before, after in pairwise(words):
            if before == tongue.vrf:
                return words[-1] if after == "context" else after
    return ""


def _covers(path: Words, line: int, words: Words, tongue: Tongue) -> Iterator[Cover]:
    """`network ADDRESS WILDCARD …` of OSPF."""
    if words[:1] != ("network",) or len(words) < 3 or not any("ospf" in text.split()[:2] for text in path):
        return
    address, free = address_of(words[1]), address_of(words[2])
    if address is None or free is None or address.version != 4 or free.version != 4:
        return
    spans = wildcard(int(address), int(free), 32)
    if spans is not None:
        yield Cover(line, 4, spans, _vrf(path, tongue))


def _prefix_lists(nodes: list[tuple[Words, Node, Words]], tongue: Tongue) -> Iterator[PrefixList]:
    found: dict[tuple[str, int], list[tuple[int, int, PrefixEntry]]] = {}
    for _, node, words in nodes:
        head = next((head for head in tongue.prefix_lists if words[: len(head)] == head), None)
        if head is None or len(words) < len(head) + 3:
            continue
        version = 6 if "6" in head[0] + head[1] else 4
        name, rest = words[len(head)], words[len(head) + 1 :]
        rows = found.setdefault((name, version), [])
        number = (rows[-1][0] if rows else 0) + 5
        if rest[0] == tongue.number and rest[1].isdigit():
            number, rest = int(rest[1]), rest[2:]
        entry = _entry(node.line, rest, version, tongue)
        if entry is not None:
            rows.append((number, node.line, entry))
    for (name, version), rows in found.items():
        if rows:
            entries = tuple(entry for _, _, entry in sorted(rows, key=lambda row: row[:2]))
            yield PrefixList(name, version, min(entry.line for entry in entries), entries)


def _entry(line: int, words: Words, version: int, tongue: Tongue) -> PrefixEntry | None:
    host = host_of(words[1:])
    if words[0] not in ("permit", "deny") or host is None or host[0].version != version:
        return None
    least_word, most_word = tongue.bounds
    bounds = {word: int(after) for word, after in pairwise(words) if word in tongue.bounds and after.isdigit()}
    least = bounds.get(least_word, host[1])
    most = bounds.get(most_word, BITS[version] if least_word in bounds else host[1])
    return PrefixEntry(line, words[0] == "permit", int(host[0]), host[1], least, most)
