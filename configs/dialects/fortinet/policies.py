"""FortiOS's policies, IPsec selectors and access lists as rules.

Forms as in Fortinet's FortiOS CLI references: firewall policy, policy6, local-in-policy, multicast-policy,
shaping-policy, central-snat-map; vpn ipsec phase2-interface; router access-list. A policy denies if it does not say
otherwise; what no policy takes is denied.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from configs.dialects.fortinet.objects import V4, V6, Domain
from configs.headers import Rule
from configs.intervals import ANYWHERE
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Policy, masked, ranged, sized
from configs.meaning.statements import FilterKind, FilterList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from configs.dialects.fortinet.entries import Entry, Tables
    from configs.intervals import AddressSet
    from configs.meaning.objects import Book, Content

    Put = Callable[[Content[AddressSet] | AddressSet | None], None]

# Tables of policies. What of them is IPv6 alone ends with 6.
POLICIES: Final = (
    "policy", "policy6", "security-policy", "proxy-policy", "multicast-policy", "multicast-policy6", "local-in-policy",
    "local-in-policy6", "interface-policy", "interface-policy6", "DoS-policy", "DoS-policy6", "shaping-policy", "acl",
    "acl6", "ttl-policy", "decrypted-traffic-mirror",
)  # fmt: skip
# Fields with addresses that have a kind of policy of their own which is not read: of one protocol into the other.
_UNREAD: Final = ("policy46", "policy64")
# Fields that say for whom or what a policy is. The others say what is done, or nothing.
_ASKED: Final = frozenset({
    "srcintf", "dstintf", "interface", "intf", "schedule", "users", "groups", "fsso-groups", "devices", "application",
    "app-category", "url-category", "internet-service", "internet-service-name", "internet-service-id",
    "internet-service-src", "internet-service-src-name", "internet-service-src-id", "internet-service-src-group",
    "internet-service-src-custom", "internet-service-group", "internet-service-custom",
    "internet-service-negate", "internet-service-src-negate", "service-negate", "src-vendor-mac", "ztna-tags",
    "ztna-ems-tag", "ztna-geo-tag", "rtp-nat", "tos", "tos-mask", "reputation-minimum", "sgt",
    "network-service-dynamic", "proxy", "protocol", "start-port", "end-port", "class-id",
    "dstintf-filter", "identity-based",
})  # fmt: skip

_ROLES: Final = {
    "srcaddr": "source", "orig-addr": "source", "dstaddr": "destination", "dst-addr": "destination",
    "srcaddr6": "source6", "orig-addr6": "source6", "dstaddr6": "destination6", "dst-addr6": "destination6",
    "service": "service",
}  # fmt: skip
# Fields of which any may hold: together they are one condition.
_ALTERNATIVES: Final = (
    ("users", "groups", "fsso-groups"),
    ("application", "app-category", "url-category"),
    ("internet-service-name", "internet-service-id", "internet-service-group", "internet-service-custom",
     "network-service-dynamic"),
    ("internet-service-src-name", "internet-service-src-id", "internet-service-src-group",
     "internet-service-src-custom"),
)  # fmt: skip
_TURNED: Final = {"internet-service-name": "internet-service-negate",
                  "internet-service-src-name": "internet-service-src-negate"}  # fmt: skip
_NOTHING_ASKED: Final = frozenset({("always",), ("any",), ("disable",)})
_SELECTORS: Final = tuple(
    f"{role}-{field}{six}"
    for role in ("src", "dst")
    for field in ("subnet", "start-ip", "end-ip", "name")
    for six in ("", "6")
)


def asks_for(field: str) -> bool:
    """Whether a field says for whom or what a policy is."""
    return field in _ASKED


class Policies:
    """The policies of a configuration, read once: translations ask for them again."""

    def __init__(self, tables: Tables, domains: dict[str, Domain]) -> None:
        self._tables = tables
        self._domains = domains
        self.unread = [entry.line for name in _UNREAD for entry in tables[f"firewall {name}"]]

    def domain(self, entry: Entry) -> Domain:
        """The objects that an entry may name."""
        return self._domains.get(entry.vrf) or Domain()

    def lists(self, names: Sequence[str] = ()) -> Iterator[FilterList]:
        """Every table of policies, by domain; the selectors of tunnels; access lists. Or these tables alone."""
        for name in names or POLICIES:
            for vrf, entries in self._tables.domains(f"firewall {name}").items():
                rules: list[Rule] = []
                unclear: list[int] = []
                for entry in entries:
                    if not entry.name:
                        continue
                    try:
                        rules += self.rules(entry, name)
                    except UnclearError:
                        unclear.append(entry.line)
                title = f"{name} {vrf}".strip()
                yield FilterList(
                    FilterKind.SECURITY_POLICY, title, entries[0].line, tuple(rules), "deny", tuple(unclear)
                )
        if not names:
            yield from self._selectors()
            yield from self._access_lists()

    def rules(self, entry: Entry, name: str = "policy") -> tuple[Rule, ...]:
        """A policy's rules; none if it is switched off. UnclearError."""
        if entry.value("status") == "disable":
            return ()
        domain = self.domain(entry)
        policy = Policy(entry.line, entry.value("action", "deny"))
        own = domain.v6 if name.endswith("6") else domain.v4
        to = domain.multicast if name == "multicast-policy" else own
        for field, (_, values) in entry.fields.items():
            role = _ROLES.get(field)
            if role is None:
                if field in _ASKED and values and values not in _NOTHING_ASKED:
                    policy.conditions.add(_condition(field, values))
            elif role == "source":
                add(policy.source, own, values)
            elif role == "destination":
                add(policy.destination, to, values)
            elif role == "source6":
                add(policy.source, domain.v6, values)
            elif role == "destination6":
                add(policy.destination, domain.v6, values)
            else:
                _services(policy, domain, values, negated=entry.on("service-negate"))
        policy.conditions = set(_together(frozenset(policy.conditions)))
        policy.without_sources = entry.on("srcaddr-negate")
        policy.without_destinations = entry.on("dstaddr-negate")
        return policy.rules()

    def _selectors(self) -> Iterator[FilterList]:
        for table in ("vpn ipsec phase2-interface", "vpn ipsec phase2"):
            for entry in self._tables[table]:
                if not entry.name:
                    continue
                policy = Policy(entry.line_of("src-subnet", "src-start-ip", "src-name"), "protect")
                policy.lines += entry.lines_of(*_SELECTORS)
                for role, put in (("src", policy.source), ("dst", policy.destination)):
                    self._selector(entry, role, put)
                if entry.value("protocol", "0") not in ("", "0"):
                    policy.conditions.add(f"protocol {entry.value('protocol')}")
                for side in ("src-port", "dst-port"):
                    if entry.value(side, "0") != "0":
                        policy.conditions.add(f"{side} {entry.value(side)}")
                name = f"selectors of {table} {entry.vrf}".strip()
                try:
                    yield FilterList(FilterKind.ACCESS_LIST, name, entry.line, policy.rules(), "clear")
                except UnclearError:
                    yield FilterList(FilterKind.ACCESS_LIST, name, entry.line, (), "clear", (policy.line,))

    def _selector(self, entry: Entry, role: str, put: Put) -> None:
        """One side of a phase 2: by its address type a subnet, a range, one address or a name; any without one."""
        six = "6" if entry.value(f"{role}-addr-type").endswith("6") else ""
        kind = entry.value(f"{role}-addr-type").removesuffix("6")
        domain = self.domain(entry)
        if kind in ("name", "") and f"{role}-name{six}" in entry.fields:
            add(put, domain.v6 if six else domain.v4, entry.values(f"{role}-name{six}"))
        elif kind == "range":
            put(ranged(entry.value(f"{role}-start-ip{six}"), entry.value(f"{role}-end-ip{six}")))
        elif kind == "ip":
            put(sized(entry.value(f"{role}-start-ip{six}")))
        elif f"{role}-subnet{six}" in entry.fields:
            put(sized(*entry.values(f"{role}-subnet{six}")[:2]))
        else:
            put(V6 if six else V4)

    def _access_lists(self) -> Iterator[FilterList]:
        for table, six in (("router access-list", False), ("router access-list6", True)):
            for entry in self._tables[table]:
                rules: list[Rule] = []
                unclear: list[int] = []
                for row in entry.tables.get("rule", ()):
                    found = _matched(row, six=six)
                    line = row.line_of("prefix", "prefix6", "wildcard")
                    if found is None:
                        unclear.append(line)
                    else:
                        exact = frozenset(("exact",)) if row.on("exact-match") else frozenset[str]()
                        rules.append(Rule(row.value("action", "permit"), line, found, conditions=exact))
                name = f"{table} {entry.name}"
                yield FilterList(FilterKind.ACCESS_LIST, name, entry.line, tuple(rules), "deny", tuple(unclear))


@lru_cache(1 << 14)
def _condition(field: str, values: tuple[str, ...]) -> str:
    return f"{field} {' | '.join(sorted(values))}"


def _services(policy: Policy, domain: Domain, names: Sequence[str], *, negated: bool) -> None:
    """The services that a policy is for; what all but some are is not computed."""
    if negated:
        policy.conditions.add(f"service not {' '.join(sorted(names))}")
    for name in () if negated else names:
        policy.service(domain.services.content(name))


@lru_cache(1 << 14)
def _together(written: frozenset[str]) -> frozenset[str]:
    """Conditions with those fields of which any may hold as one; those that are turned round too."""
    conditions = set(written)
    for names in _ALTERNATIVES:
        found = {one for one in conditions if one.partition(" ")[0] in names}
        turned = f"{_TURNED.get(names[0], '')} enable"
        if turned in conditions:
            conditions -= found | {turned}
            conditions.add(f"{names[0]} not {' '.join(sorted(found))}")
        elif found:
            conditions -= found
            values = sorted(
                value if field == names[0] else f"{field} {value}"
                for field, _, said in (one.partition(" ") for one in found)
                for value in said.split(" | ")
            )
            conditions.add(f"{names[0]} {' | '.join(values)}")
    return frozenset(conditions)


def _matched(row: Entry, *, six: bool) -> AddressSet | None:
    values = row.values("prefix6" if six else "prefix")
    if values[:1] == ("any",):
        return V6 if six else V4
    if values:
        return sized(*values[:2])
    values = row.values("wildcard")
    return masked(values[0], values[1], must=False) if len(values) > 1 else ANYWHERE


def add(put: Put, book: Book[AddressSet], names: tuple[str, ...]) -> None:
    """What objects hold, as sources or destinations."""
    for name in names:
        put(book.content(name))
