"""What a PAN-OS configuration means: rules, selectors and translations as sets, routes, partners, names.

Forms as in Palo Alto Networks' CLI and web interface references (PAN-OS 9.1 to 11.1): `network interface … ip A/L`,
`network virtual-router V routing-table ip static-route N {destination A/L | nexthop ip-address A | interface E}`,
`protocol bgp … peer-address ip A`, `network ike gateway G`, `network tunnel ipsec T auto-key proxy-id P`. A virtual or
logical router is a VRF and lists its interfaces. A route stands on several lines; it is said to be at its next hop's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configs.addressing import address_of, host_of
from configs.dialects.paloalto_panos.objects import Objects
from configs.dialects.paloalto_panos.partners import partners, selectors
from configs.dialects.paloalto_panos.policies import Rules
from configs.dialects.paloalto_panos.statements import Statement, listed, router
from configs.dialects.paloalto_panos.statements import read as read_statements
from configs.intervals import BITS
from configs.meaning.objects import written
from configs.meaning.statements import Meaning, Name, Route
from configs.model import AddressUse, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.intervals import AddressSet
    from configs.tree import Tree


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    statements = tuple(read_statements(tree))
    objects = Objects(statements)
    rules = Rules(statements, objects)
    return Meaning(
        uses=tuple(sorted(_uses(statements, objects), key=lambda use: use.line)),
        filters=(*rules.filters(), *selectors(statements)),
        routes=tuple(_routes(statements, objects)),
        partners=tuple(sorted(partners(statements, objects, rules), key=lambda partner: partner.line)),
        definitions=tuple(objects.names()),
        references=tuple(_references(statements, objects, rules)),
        translations=tuple(rules.translations()),
        translations_read=True,
    )


# ---- interfaces


def _uses(statements: Iterable[Statement], objects: Objects) -> Iterator[AddressUse]:
    vrfs: dict[str, str] = {}
    for one in statements:
        vrf, rest = router(one)
        if rest[:1] == ("interface",):
            vrfs |= dict.fromkeys(listed(rest[1:])[0], vrf)
    masks = {one.owner: one.words[3] for one in statements if one.starts("deviceconfig", "system", "netmask")
             and len(one.words) > 3}  # fmt: skip
    first: set[str] = set()
    for one in statements:
        if one.starts("deviceconfig", "system", "ip-address") and len(one.words) > 3:
            host = host_of((one.words[3], one.value("netmask") or masks.get(one.owner, "")))
            if host is not None:
                yield AddressUse(UseKind.INTERFACE, host[0], host[0], one.line, host[1], "", "management")
        if not one.starts("network", "interface") or len(one.words) < 5:
            continue
        name = one.value("units") or one.words[3]
        for word in _addresses(one):
            host = host_of((word if "/" in word else objects.text(one.owner, word),))
            if host is not None:
                kind = UseKind.SECONDARY if name in first else UseKind.INTERFACE
                first.add(name)
                yield AddressUse(kind, host[0], host[0], one.line, host[1], vrfs.get(name, ""), name)


def _addresses(one: Statement) -> tuple[str, ...]:
    """What stands as an interface's addresses on a line: behind `ip`, or behind `ipv6 address`."""
    words = one.words
    if "arp" in words or "neighbor" in words:
        return ()
    if "ipv6" in words:
        return listed(one.after("address"))[0]
    return listed(one.after("ip"))[0] if "ip" in words and "dhcp-client" not in words else ()


# ---- routes


@dataclass(slots=True)
class _Route:
    line: int
    vrf: str
    owner: str
    version: int
    destination: AddressSet | None = None
    hop: str = ""
    interface: str = ""
    rest: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def _routes(statements: Iterable[Statement], objects: Objects) -> Iterator[Route]:
    found: dict[tuple[str, str, str, int], _Route] = {}
    for one in statements:
        vrf, rest = router(one)
        if rest[:1] != ("routing-table",) or rest[2:3] != ("static-route",) or len(rest) < 6:
            continue
        version = 6 if rest[1] == "ipv6" else 4
        route = found.setdefault((one.owner, vrf, rest[3], version), _Route(one.line, vrf, one.owner, version))
        _part(route, rest[4:], one, objects)
    for route in found.values():
        if route.destination is None:
            continue
        hop = address_of(route.hop.partition("/")[0])
        named = objects.found(route.owner, route.hop) if route.hop and hop is None else None
        value = int(hop) if hop is not None else named.family(route.version).first if named is not None else None
        for prefix, length in route.destination.family(route.version).blocks(BITS[route.version]):
            yield Route(
                route.line, route.vrf, route.version, prefix, length, value, route.interface, route.vrf,
                " ".join(route.rest), tuple(route.lines),
            )  # fmt: skip


def _part(route: _Route, words: tuple[str, ...], one: Statement, objects: Objects) -> None:
    """One or more fields of a static route."""
    while len(words) > 1:
        if words[0] == "destination":
            found = objects.found(one.owner, words[1])
            route.lines += [one.line, *objects.lines(one.owner, words[1])]
            route.destination = found if found is not None else written(words[1])
            words = words[2:]
        elif words[0] == "nexthop" and words[1] in ("ip-address", "ipv6-address", "ip", "ipv6") and len(words) > 2:
            route.hop, route.line = words[2], one.line
            words = words[3:]
        elif words[0] == "nexthop":
            route.rest += words
            return
        elif words[0] == "interface":
            route.interface = words[1]
            words = words[2:]
        elif words[0] in ("path-monitor", "bfd"):
            return  # whom it asks is no part of where it leads
        else:
            route.rest += words[:2]
            words = words[2:]


# ---- names


def _references(statements: Iterable[Statement], objects: Objects, rules: Rules) -> Iterator[Name]:
    for one in statements:
        kinds = {"address-group": ("static", "address"), "service-group": ("members", "service")}
        if one.words[0] in kinds and len(one.words) > 3 and one.words[2] == kinds[one.words[0]][0]:
            kind = kinds[one.words[0]][1]
            for member in listed(one.words[3:])[0]:
                yield Name(kind, objects.reference(kind, one.owner, member), one.line)
    for kind, owner, name, line in rules.references():
        yield Name(kind, objects.reference(kind, owner, name), line)
