"""Links, partners, static routes, prefix lists, filters and NAT of languages that differ in a few words only.

A dialect says its words (`Tongue`); everything else is the same: addresses below interfaces, `peer A …`, routes with a
prefix first and a next hop behind it, access lists of the industry-standard form (`configs.meaning.entries`), `ip nat`
(`configs.meaning.standard_nat`). A route or an entry of a prefix list with an address that is not of the form is
`Meaning.unread`.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from configs.addressing import View, address_of, host_of, network_of, views
from configs.intervals import BITS, prefix, wildcard
from configs.meaning import entries, standard_nat
from configs.meaning.statements import Cover, Meaning, Name, Partner, PrefixEntry, PrefixList, Route
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
    least and the most length of a prefix list, `number` the one before an entry's number. `shared` begin the views in
    which a group's shared address stands alone (`ip A`, `address A`).
    `route_views`: views whose commands are routes, prefix first. `filters`: the words of access lists; None if the
    language's own reader has them. `nat`: whether the language has `ip nat`. `sets`: an entry of a prefix list
    may be a prefix alone, of either family, and commas stand between entries.
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
    shared: tuple[str, ...] = ()
    route_views: tuple[str, ...] = ()
    filters: entries.Lists | None = None
    nat: bool = False
    sets: bool = False


def read(tree: Tree, tongue: Tongue) -> Meaning:
    """What a configuration in this language means."""
    nodes = [(path, node, tuple(node.text.split())) for path, node in tree.walk()]
    uses = [use for view in views(tree, "interface") for use in _uses(view, tongue)]
    uses += _shared(nodes, tongue)
    found = entries.read(nodes, tongue.filters) if tongue.filters is not None else entries.Read((), (), ())
    nat = standard_nat.read(nodes, found.lists) if tongue.nat else standard_nat.Read((), (), (), (), ())
    routes = list(_routes(nodes, tongue))
    prefixes = list(_prefix_lists(nodes, tongue))
    known = {route.line for route in routes} | {entry.line for each in prefixes for entry in each.entries}
    return Meaning(
        uses=tuple(sorted(uses, key=lambda use: use.line)),
        filters=found.lists,
        prefix_lists=tuple(prefixes),
        routes=tuple(routes),
        partners=tuple(_partners(nodes, tongue)),
        covers=tuple(cover for path, node, words in nodes for cover in _covers(path, node.line, words, tongue)),
        definitions=(*found.definitions, *nat.definitions, *_definitions(nodes, tongue)),
        references=(*found.references, *nat.references, *_references(nodes, tongue)),
        filters_read=tongue.filters is not None,
        translations=nat.lists,
        pools=nat.pools,
        translations_read=True,
        unread=(*nat.unread, *(line for line in _promised(nodes, tongue) if line not in known)),
    )


def _promised(nodes: list[tuple[Words, Node, Words]], tongue: Tongue) -> Iterator[int]:
    """The lines of routes and prefix lists that have an address."""
    for path, node, words in nodes:
        lists = any(words[: len(head)] == head for head in tongue.prefix_lists)
        inside = bool(path) and any(tuple(path[-1].split())[: len(head)] == head for head in tongue.prefix_lists)
        routes = any(words[: len(head)] == head for head in tongue.routes)
        if not (lists or inside or routes) or {"description", "remark", "hardware", "static", "default"} & {*words[:3]}:
            continue
        if any(address_of(word.partition("/")[0]) is not None for word in words):
            yield node.line


def _definitions(nodes: list[tuple[Words, Node, Words]], tongue: Tongue) -> Iterator[Name]:
    heads = [(head, "prefix-list") for head in tongue.prefix_lists] + [(("route-map",), "route-map")]
    for path, node, words in nodes:
        for head, kind in heads:
            if words[: len(head)] == head and len(words) > len(head) and not path:
                yield Name(kind, words[len(head)], node.line)


def _references(nodes: list[tuple[Words, Node, Words]], tongue: Tongue) -> Iterator[Name]:
    """Names behind `prefix-list` and `route-map` where a command uses them."""
    heads = {head[-1] for head in tongue.prefix_lists}
    for _, node, words in nodes:
        if words[0] in ("description", "remark", "hostname", "no", "route-map", "prefix-list"):
            continue
        for index, (word, after) in enumerate(pairwise(words)):
            if index and word == "route-map":
                yield Name("route-map", after, node.line)
            if index > 1 and word in heads and word == "prefix-list":
                yield Name("prefix-list", after, node.line)


def _uses(view: View, tongue: Tongue) -> Iterator[AddressUse]:
    name, vrf = _bound(view, tongue)
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


def _bound(view: View, tongue: Tongue) -> tuple[str, str]:
    """The name of an interface and its VRF."""
    vrf = ""
    for _, words in view.commands:
        for head in tongue.binds:
            if words[: len(head)] == head and len(words) > len(head):
                vrf = words[len(head)]
    return "".join(view.words[1:]), vrf


def _shared(nodes: list[tuple[Words, Node, Words]], tongue: Tongue) -> Iterator[AddressUse]:
    """Addresses that stand alone in the view of a group."""
    if not tongue.shared:
        return
    bound: dict[str, str] = {}
    for path, _, words in nodes:
        for head in tongue.binds:
            if path and words[: len(head)] == head and len(words) > len(head):
                bound.setdefault("".join(path[-1].split()[1:]), words[len(head)])
    for path, node, words in nodes:
        if len(path) < 2 or not path[-1].startswith(tongue.shared) or words[0] not in ("ip", "address", "ipv6"):
            continue
        interface = next((text for text in reversed(path) if text.startswith("interface ")), None)
        address = next((found for word in words[1:3] if (found := address_of(word.partition("/")[0]))), None)
        if interface is not None and address is not None:
            name = "".join(interface.split()[1:])
            yield AddressUse(UseKind.VIRTUAL, address, address, node.line, None, bound.get(name, ""), name)


def _routes(nodes: list[tuple[Words, Node, Words]], tongue: Tongue) -> Iterator[Route]:
    for path, node, words in nodes:
        head = next((head for head in tongue.routes if words[: len(head)] == head), None)
        if head is not None:
            yield from _route(path, node.line, words[len(head) :], tongue)
        elif path and tongue.route_views and path[0].startswith(tongue.route_views):
            yield from _route(path, node.line, words, tongue)


# For an address besides the next hop.
_SOME: Final = "@"


def _route(path: Words, line: int, rest: Words, tongue: Tongue) -> Iterator[Route]:
    vrf = _vrf(path, tongue)
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
            # Where BFD or a source stands is compared line by line.
            others.append(word if address_of(word.partition("/")[0]) is None else _SOME)
    tail = " ".join(word for word in rest[stop:] if address_of(word) is None)
    value = int(network_of(*host)[0])
    yield Route(line, vrf, host[0].version, value, host[1], hop, " ".join(others), hop_vrf, tail)


def _partners(nodes: list[tuple[Words, Node, Words]], tongue: Tongue) -> Iterator[Partner]:
    near: dict[Words, int] = {}
    for path, _, words in nodes:
        if words[0] in ("tunnel", "source") and "source" in words[:2] and (own := address_of(words[-1])) is not None:
            near[path] = int(own)
    for path, node, words in nodes:
        for head, kind in tongue.partners:
            if words[: len(head)] != head or len(words) <= len(head):
                continue
            if kind == "tunnel" and not (path and path[-1].lower().startswith("interface tunnel")):
                continue
            far = address_of(words[len(head)])
            if far is not None:
                own_end = near.get(path) if kind == "tunnel" else None
                yield Partner(kind, node.line, far.version, int(far), _vrf(path, tongue), own_end)


def _vrf(path: Words, tongue: Tongue) -> str:
    for text in reversed(path):
        words = text.split()
        for before, after in pairwise(words):
            if before == tongue.vrf:
                return words[-1] if after == "context" else after
    return ""


def _covers(path: Words, line: int, words: Words, tongue: Tongue) -> Iterator[Cover]:
    """`network ADDRESS WILDCARD …` and `network A/L …` of OSPF and EIGRP."""
    if words[:1] != ("network",) or len(words) < 2:
        return
    if not any({"ospf", "eigrp", "ospf6", "ospfv3"} & {*text.split()[:2]} for text in path):
        return
    host = host_of(words[1:2])
    if host is not None:
        bits = BITS[host[0].version]
        yield Cover(line, host[0].version, prefix(int(host[0]), host[1], bits), _vrf(path, tongue))
        return
    address, free = address_of(words[1]), address_of(words[2]) if len(words) > 2 else None
    if address is None or free is None or address.version != 4 or free.version != 4:
        return
    # A mask is taken for a wildcard where its first bits are ones.
    pattern = int(free) ^ 0xFFFFFFFF if int(free) >> 31 and int(free) != 0xFFFFFFFF else int(free)
    spans = wildcard(int(address), pattern, 32)
    if spans is not None:
        yield Cover(line, 4, spans, _vrf(path, tongue))


def _prefix_lists(nodes: list[tuple[Words, Node, Words]], tongue: Tongue) -> Iterator[PrefixList]:
    found: dict[tuple[str, int], list[tuple[int, int, PrefixEntry]]] = {}
    for _, node, words in nodes:
        head = next((head for head in tongue.prefix_lists if words[: len(head)] == head), None)
        if head is None or len(words) <= len(head):
            continue
        version = 6 if "6" in head[0] + head[-1] else 4
        name, rest = words[len(head)], words[len(head) + 1 :]
        lines = [(node.line, rest)] if rest else []
        lines += [(inner.line, tuple(inner.text.replace(",", " ").split())) for inner in node.children]
        for line, row in lines:
            plain = tongue.sets and row and row[0] not in ("permit", "deny")
            entry = _numbered(line, ("permit", *row) if plain else row, version, tongue)
            if entry is None:
                continue
            number, one, family = entry
            rows = found.setdefault((name, family), [])
            rows.append(((rows[-1][0] if rows else 0) + 5 if number is None else number, line, one))
    for (name, version), rows in found.items():
        entries_ = tuple(entry for _, _, entry in sorted(rows, key=lambda row: row[:2]))
        yield PrefixList(name, version, min(entry.line for entry in entries_), entries_)


def _numbered(line: int, words: Words, version: int, tongue: Tongue) -> tuple[int | None, PrefixEntry, int] | None:
    """An entry with its number, if it has one, and its family: that of the list, of its own in a set."""
    number = None
    if words[:1] == (tongue.number,) and len(words) > 1 and words[1].isdigit():
        number, words = int(words[1]), words[2:]
    elif words and words[0].isdigit():
        number, words = int(words[0]), words[1:]
    entry = _entry(line, words, tongue)
    if entry is None or (entry[1] != version and not tongue.sets):
        return None
    return number, entry[0], entry[1]


def _entry(line: int, words: Words, tongue: Tongue) -> tuple[PrefixEntry, int] | None:
    if len(words) < 2 or words[0] not in ("permit", "deny"):
        return None
    host = host_of(words[1:])
    if host is None and tongue.sets and (single := address_of(words[1])) is not None:
        host = (single, single.max_prefixlen)
    if words[1] == "any":
        host = (IPv4Address(0), 0)
    if host is None:
        return None
    least_word, most_word = tongue.bounds
    known = {least_word, most_word, "eq", "ge", "le"}
    bounds = {word: int(after) for word, after in pairwise(words) if word in known and after.isdigit()}
    bits = BITS[host[0].version]
    least = bounds.get("eq", bounds.get(least_word, bounds.get("ge", host[1])))
    most = bits if words[1] == "any" or {least_word, "ge"} & bounds.keys() else host[1]
    most = bounds.get("eq", bounds.get(most_word, bounds.get("le", most)))
    return PrefixEntry(line, words[0] == "permit", int(host[0]), host[1], least, most), host[0].version
