"""What an ASA or PIX configuration means: access lists and translations as sets, routes, partners, names.

Forms as in Cisco's "ASA Series Command Reference": `route IF NETWORK MASK GATEWAY [METRIC] …`, `ipv6 route IF A/L HOP`,
`ip address A M [standby A]`, `crypto map NAME N set peer A …`, `tunnel-group A type ipsec-l2l`, `prefix-list`, `router
{ospf | eigrp}` with netmasks. PIX 6 gives an interface's address outside of it: `ip address IF A M`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from configs.addressing import address_of, host_of
from configs.dialects.cisco_asa.filters import AccessLists
from configs.dialects.cisco_asa.objects import Objects
from configs.dialects.cisco_asa.objects import read as read_objects
from configs.dialects.cisco_asa.translations import Translations
from configs.intervals import BITS, prefix
from configs.meaning.statements import Cover, Meaning, Name, Partner, PrefixEntry, PrefixList, Route
from configs.model import AddressUse, UseKind
from configs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.reading import Command
    from configs.tree import Tree

_VIEWS = frozenset({
    "interface", "object", "object-group", "router", "policy-map", "class-map", "tunnel-group", "route-map",
})  # fmt: skip
_Words = tuple[str, ...]


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    reading = Reading(tree, "no", lambda words: words[0] in _VIEWS)
    objects = read_objects(reading)
    lists = AccessLists(reading, objects)
    translations = Translations(reading, objects, lists)
    return Meaning(
        uses=tuple(sorted(_uses(reading, objects), key=lambda use: use.line)),
        filters=tuple(lists.lists()),
        prefix_lists=tuple(_prefix_lists(reading)),
        routes=tuple(_routes(reading, objects)),
        partners=tuple(sorted(_partners(reading, objects), key=lambda partner: partner.line)),
        covers=tuple(_covers(reading)),
        definitions=tuple(_definitions(reading, lists)),
        references=tuple(_references(reading)),
        translations=tuple(translations.lists()),
        pools=tuple(translations.pools()),
        translations_read=True,
        unread=tuple(sorted((*lists.unread, *translations.unread))),
    )


# ---- interfaces and routes


def _uses(reading: Reading, objects: Objects) -> Iterator[AddressUse]:
    for interface in reading.find("interface"):
        name = " ".join(interface.words[1:])
        for command in interface.inside:
            if not command.negated and command.folded[:2] in (("ip", "address"), ("ipv6", "address")):
                yield from _use(command, tuple(map(objects.plain, command.words[2:])), name)
    for command in reading.find("ip", "address"):
        if not command.negated and len(command.words) > 4 and address_of(objects.plain(command.words[2])) is None:
            yield from _use(command, tuple(map(objects.plain, command.words[3:])), command.words[2])
    for command in reading.find("failover", "interface", "ip"):
        if not command.negated and len(command.words) > 4:
            yield from _use(command, tuple(map(objects.plain, command.words[4:])), command.words[3])


def _use(command: Command, words: _Words, interface: str) -> Iterator[AddressUse]:
    """`A M [standby A]`: both units are on one link."""
    host = host_of(words)
    if host is None:
        return
    yield AddressUse(UseKind.INTERFACE, host[0], host[0], command.line, host[1], "", interface)
    for before, after in pairwise(words):
        other = address_of(after) if before == "standby" else None
        if other is not None:
            yield AddressUse(UseKind.SECONDARY, other, other, command.line, host[1], "", interface)


def _routes(reading: Reading, objects: Objects) -> Iterator[Route]:
    for command in (*reading.find("route"), *reading.find("ipv6", "route")):
        start = 2 if command.folded[0] == "route" else 3
        rest = tuple(map(objects.plain, command.words[start:]))
        if rest and rest[0] == "0":
            rest = ("0.0.0.0", *rest[1:])  # noqa: S104 - the default route
        if len(rest) > 1 and rest[1] == "0":
            rest = (rest[0], "0.0.0.0", *rest[2:])  # noqa: S104 - its mask
        host = host_of(rest)
        if command.negated or host is None:
            continue
        rest = rest[1 if "/" in rest[0] else 2 :]
        hop = address_of(rest[0]) if rest else None
        others = rest[1:] if hop is not None else rest
        yield Route(
            command.line, "", host[0].version, int(host[0]), host[1], None if hop is None else int(hop),
            command.words[start - 1], "", " ".join(others),
        )  # fmt: skip


# ---- partners

_PARTNERS: tuple[tuple[_Words, str], ...] = (
    (("neighbor",), "bgp"),
    (("tunnel-group",), "ipsec"),
    (("tunnel", "destination"), "tunnel"),
    (("isakmp", "peer", "ip"), "ipsec"),
)


def _partners(reading: Reading, objects: Objects) -> Iterator[Partner]:
    for head, kind in _PARTNERS:
        for command in reading.find(*head):
            if not command.negated and len(command.words) > len(head):
                yield from _partner(kind, command, objects.plain(command.words[len(head)]))
    for command in (*reading.find("crypto", "map"), *reading.find("crypto", "dynamic-map")):
        if not command.negated:
            for word in command.after("set", "peer"):
                yield from _partner("ipsec", command, objects.plain(word))
    for command in (*reading.find("isakmp", "key"), *reading.find("crypto")):
        after = command.after("address") if "key" in command.folded else ()
        if not command.negated and after and after[-1] in (after[0], "255.255.255.255"):
            yield from _partner("ipsec", command, objects.plain(after[0]))


def _partner(kind: str, command: Command, word: str) -> Iterator[Partner]:
    far = address_of(word)
    if far is not None:
        yield Partner(kind, command.line, far.version, int(far), "")


def _covers(reading: Reading) -> Iterator[Cover]:
    """`network A M [area N]` of OSPF and EIGRP: a netmask here."""
    for router in (*reading.find("router", "ospf"), *reading.find("router", "eigrp")):
        for command in router.everything():
            host = host_of(command.words[1:3]) if command.starts("network") and len(command.words) > 2 else None
            if host is not None and not command.negated and host[0].version == 4:
                yield Cover(command.line, 4, prefix(int(host[0]), host[1], 32), "")


# ---- prefix lists


def _prefix_lists(reading: Reading) -> Iterator[PrefixList]:
    found: dict[tuple[str, int], list[tuple[int, PrefixEntry]]] = {}
    for command in (*reading.find("prefix-list"), *reading.find("ipv6", "prefix-list")):
        start = 1 if command.folded[0] == "prefix-list" else 2
        words = command.folded[start + 1 :]
        if command.negated or len(words) < 2:
            continue
        version = 4 if start == 1 else 6
        rows = found.setdefault((command.words[start], version), [])
        number = (rows[-1][0] if rows else 0) + 5
        if words[0] == "seq" and words[1].isdecimal():
            number, words = int(words[1]), words[2:]
        host = host_of(words[1:2])
        if not words or words[0] not in ("permit", "deny") or host is None:
            continue
        bounds = {word: int(after) for word, after in pairwise(words) if word in ("ge", "le") and after.isdecimal()}
        least = bounds.get("ge", host[1])
        most = bounds.get("le", BITS[host[0].version] if "ge" in bounds else host[1])
        rows.append((number, PrefixEntry(command.line, words[0] == "permit", int(host[0]), host[1], least, most)))
    for (name, version), rows in found.items():
        if rows:
            entries = tuple(entry for _, entry in sorted(rows, key=lambda row: row[0]))
            yield PrefixList(name, version, min(entry.line for entry in entries), entries)


# ---- names


def _definitions(reading: Reading, lists: AccessLists) -> Iterator[Name]:
    for command in (*reading.find("object"), *reading.find("object-group")):
        if not command.negated and len(command.words) > 2:
            yield Name("object", command.words[2], command.line)
    for name, line in lists.names.items():
        yield Name("access list", name, line)


def _references(reading: Reading) -> Iterator[Name]:
    for command in reading.find("access-group"):
        if not command.negated and len(command.words) > 1:
            yield Name("access list", command.words[1], command.line)
    for command in reading.all:
        if command.negated or command.folded[0] in ("description", "remark", "object-group", "object"):
            continue
        for before, after in pairwise(command.words):
            if before.lower() in ("object", "object-group", "group-object"):
                yield Name("object", after, command.line)
        if command.starts("crypto") and len(command.words) > 1:
            for word in command.after("match", "address")[:1]:
                yield Name("access list", word, command.line)
