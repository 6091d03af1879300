"""What a FortiOS configuration means: policies, selectors and translations as sets, routes, partners, names.

Forms as in Fortinet's FortiOS CLI references (6.0 to 7.4): system interface, router static, router bgp, router ospf,
router prefix-list, vpn ipsec phase1-interface. A virtual domain counts as a VRF. A route, a range, a rule stand on
several lines; a route is said to be at its gateway's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.addressing import address_of, host_of
from configs.dialects.fortinet import objects
from configs.dialects.fortinet.entries import Tables
from configs.dialects.fortinet.policies import Policies
from configs.dialects.fortinet.translations import Translations
from configs.intervals import BITS, prefix
from configs.meaning.statements import Cover, Meaning, Name, Partner, PrefixEntry, PrefixList, Route
from configs.model import AddressUse, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.dialects.fortinet.entries import Entry
    from configs.dialects.fortinet.objects import Domain
    from configs.tree import Tree


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    tables = Tables(tree)
    domains = objects.read(tables)
    policies = Policies(tables, domains)
    translations = Translations(tables, policies)
    return Meaning(
        uses=tuple(sorted(_uses(tables), key=lambda use: use.line)),
        filters=tuple(policies.lists()),
        prefix_lists=tuple(_prefix_lists(tables)),
        routes=tuple(_routes(tables, domains)),
        partners=tuple(sorted(_partners(tables), key=lambda partner: partner.line)),
        covers=tuple(_covers(tables)),
        definitions=tuple(_definitions(tables)),
        references=tuple(_references(tables)),
        translations=tuple(translations.lists()),
        pools=translations.pools(),
        translations_read=True,
        unread=tuple(sorted((*policies.unread, *translations.unread))),
    )


# ---- interfaces and routes


def _uses(tables: Tables) -> Iterator[AddressUse]:
    for entry in tables["system interface"]:
        vrf = entry.value("vdom", entry.vrf)
        vrf = "" if vrf == "root" else vrf
        yield from _use(entry, ("ip",), vrf, entry.name, UseKind.INTERFACE)
        yield from _use(entry, ("management-ip",), vrf, entry.name, UseKind.SECONDARY)
        for inner in entry.tables.get("secondaryip", ()):
            yield from _use(inner, ("ip",), vrf, entry.name, UseKind.SECONDARY)
        for inner in entry.tables.get("ipv6", ()):
            yield from _use(inner, ("ip6-address",), vrf, entry.name, UseKind.INTERFACE)
            for extra in inner.tables.get("ip6-extra-addr", ()):
                host = host_of((extra.name,))
                if host is not None:
                    yield AddressUse(UseKind.SECONDARY, host[0], host[0], extra.line, host[1], vrf, entry.name)
            yield from _virtual(inner.tables.get("vrrp6", ()), vrf, entry.name)
        yield from _virtual(entry.tables.get("vrrp", ()), vrf, entry.name)


def _use(entry: Entry, names: tuple[str, ...], vrf: str, interface: str, kind: UseKind) -> Iterator[AddressUse]:
    for name in names:
        host = host_of(entry.values(name))
        if host is not None and int(host[0]):
            yield AddressUse(kind, host[0], host[0], entry.line_of(name), host[1], vrf, interface)


def _virtual(entries: Iterable[Entry], vrf: str, interface: str) -> Iterator[AddressUse]:
    for entry in entries:
        address = address_of(entry.value("vrip", entry.value("vrip6")))
        if address is not None:
            line = entry.line_of("vrip", "vrip6")
            yield AddressUse(UseKind.VIRTUAL, address, address, line, None, vrf, interface)


_DEFAULTS: Final = {4: "0.0.0.0/0", 6: "::/0"}


def _routes(tables: Tables, domains: dict[str, Domain]) -> Iterator[Route]:
    for table, version in (("router static", 4), ("router static6", 6)):
        for entry in tables[table]:
            if entry.name and entry.value("status") != "disable":
                yield from _route(entry, version, domains)


def _route(entry: Entry, version: int, domains: dict[str, Domain]) -> Iterator[Route]:
    """One route; several if an address object holds several prefixes."""
    hop = address_of(entry.value("gateway"))
    rest = [f"{name} {entry.value(name)}" for name in ("distance", "priority", "weight", "vrf") if name in entry.fields]
    rest += ["blackhole"] if entry.on("blackhole") else []
    rest += [f"{name} {entry.value(name)}" for name in ("internet-service", "link-monitor-exempt") if entry.value(name)]
    line = entry.line_of("gateway", "dst", "dstaddr")
    found: list[tuple[int, int]] = []
    name = entry.value("dstaddr")
    if name:
        book = domains.get(entry.vrf)
        content = None if book is None else (book.v4 if version == 4 else book.v6).get(name)
        if content is None:
            rest.append("to an object")
        else:
            found = list(content.family(version).blocks(BITS[version]))
    else:
        host = host_of(entry.values("dst") or (_DEFAULTS[version],))
        found = [] if host is None else [(int(host[0]), host[1])]
    for value, length in found:
        yield Route(
            line, entry.vrf, version, value, length, int(hop) if hop is not None and int(hop) else None,
            " ".join((*entry.values("device"), *entry.values("sdwan-zone"))), entry.vrf, " ".join(rest),
            entry.lines_of("dst", "dstaddr"),
        )  # fmt: skip


# ---- partners


# Tables, the fields (or "" for the entry's name) with another device's address, the partner's kind.
_PARTNERS: Final = (
    (("vpn ipsec phase1-interface", "vpn ipsec phase1", "vpn ipsec manualkey", "vpn ipsec manualkey-interface"),
     ("remote-gw", "remote-gw6"), "ipsec"),
    (("system gre-tunnel", "system ipip-tunnel", "system sit-tunnel", "system ipv6-tunnel"),
     ("remote-gw", "remote-gw6", "destination"), "tunnel"),
    (("system interface",), ("remote-ip",), "link"),
)  # fmt: skip
_NEIGHBORS: Final = {"router bgp": "bgp", "router bfd": "bfd", "router bfd6": "bfd"}


def _partners(tables: Tables) -> Iterator[Partner]:
    for table, kind in _NEIGHBORS.items():
        for entry in tables[table]:
            for inner in entry.tables.get("neighbor", ()):
                yield from _partner(kind, inner, inner.name, inner.line)
    for names, fields, kind in _PARTNERS:
        for entry in (one for name in names for one in tables[name]):
            for field in fields:
                yield from _partner(kind, entry, entry.value(field), entry.line_of(field))


def _partner(kind: str, entry: Entry, text: str, line: int) -> Iterator[Partner]:
    far = address_of(text.partition("/")[0])
    if far is not None and int(far):
        own = address_of(entry.value("local-gw") or entry.value("local-gw6") or entry.value("source"))
        near = int(own) if own is not None and int(own) and own.version == far.version else None
        yield Partner(kind, line, far.version, int(far), entry.vrf, near)


def _covers(tables: Tables) -> Iterator[Cover]:
    for table in ("router ospf", "router rip"):
        for entry in tables[table]:
            for inner in entry.tables.get("network", ()):
                host = host_of(inner.values("prefix"))
                if host is not None:
                    spans = prefix(int(host[0]), host[1], BITS[host[0].version])
                    yield Cover(inner.line_of("prefix"), host[0].version, spans, entry.vrf)


# ---- prefix lists


def _prefix_lists(tables: Tables) -> Iterator[PrefixList]:
    for table, version in (("router prefix-list", 4), ("router prefix-list6", 6)):
        for entry in tables[table]:
            rows = [_prefix_entry(row, version) for row in entry.tables.get("rule", ())]
            known = tuple(row for row in rows if row is not None)
            if known:
                yield PrefixList(f"{entry.name} {entry.vrf}".strip(), version, known[0].line, known)


def _prefix_entry(row: Entry, version: int) -> PrefixEntry | None:
    values = row.values("prefix" if version == 4 else "prefix6") or row.values("prefix")
    whole = values[:1] == ("any",)
    host = host_of((_DEFAULTS[version],) if whole else values)
    if host is None:
        return None
    lower, upper = row.value("ge"), row.value("le")
    bits = BITS[version]
    least = int(lower) if lower.isdecimal() else 0 if whole else host[1]
    most = int(upper) if upper.isdecimal() else bits if lower.isdecimal() or whole else host[1]
    line = row.line_of("prefix", "prefix6")
    return PrefixEntry(line, row.value("action", "permit") == "permit", int(host[0]), host[1], least, most)


# ---- names

_ADDRESSES: Final = (
    "firewall address", "firewall addrgrp", "firewall vip", "firewall vipgrp", "firewall proxy-address",
    "firewall proxy-addrgrp", "firewall multicast-address", "firewall address6", "firewall addrgrp6", "firewall vip6",
    "firewall vipgrp6",
)  # fmt: skip
_DEFINED: Final = {
    **dict.fromkeys(_ADDRESSES, "address"),
    "firewall service custom": "service",
    "firewall service group": "service",
    "firewall ippool": "pool",
    "firewall ippool6": "pool",
    "vpn ipsec phase1-interface": "phase1",
    "router prefix-list": "prefix-list",
    "router access-list": "access-list",
    "router route-map": "route-map",
}
_USED: Final = (
    (("firewall policy", "firewall policy6", "firewall central-snat-map", "firewall local-in-policy",
      "firewall security-policy", "firewall proxy-policy", "firewall shaping-policy", "router policy"),
     ("srcaddr", "dstaddr", "srcaddr6", "dstaddr6", "orig-addr", "dst-addr"), "address"),
    (("firewall addrgrp", "firewall addrgrp6", "firewall vipgrp", "firewall vipgrp6"),
     ("member", "exclude-member"), "address"),
    (("router static", "router static6"), ("dstaddr",), "address"),
    (("vpn ipsec phase2-interface", "vpn ipsec phase2"), ("src-name", "dst-name"), "address"),
    (("vpn ipsec phase2-interface",), ("phase1name",), "phase1"),
    (("firewall policy", "firewall policy6"), ("service",), "service"),
    (("firewall service group",), ("member",), "service"),
    (("firewall policy", "firewall policy6"), ("poolname", "poolname6"), "pool"),
    (("firewall central-snat-map",), ("nat-ippool", "nat-ippool6"), "pool"),
)  # fmt: skip


def _definitions(tables: Tables) -> Iterator[Name]:
    for table, kind in _DEFINED.items():
        for entry in tables[table]:
            if entry.name:
                yield Name(f"{kind} {entry.vrf}".strip(), entry.name, entry.line)


def _references(tables: Tables) -> Iterator[Name]:
    for names, fields, kind in _USED:
        for table in names:
            for entry in tables[table]:
                for field in fields:
                    for value in entry.values(field):
                        yield Name(f"{kind} {entry.vrf}".strip(), value, entry.line_of(field))
