"""FortiOS's address translation: by policies with their pools, by the central table, by virtual IPs.

Forms as in Fortinet's FortiOS CLI references: firewall ippool, firewall policy (nat, ippool, poolname, natip), firewall
central-snat-map, firewall vip (extip, mappedip, portforward, realservers). A virtual IP without port forwarding works
both ways.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from configs.dialects.fortinet.objects import several
from configs.headers import PORTS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, NOWHERE_AT_ALL, AddressSet, Intervals
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import port_set, protocol_set, ranged, sized
from configs.meaning.statements import Pool, Translated, Translation, TranslationList
from configs.meaning.translations import both_ways, published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.dialects.fortinet.entries import Entry, Tables
    from configs.dialects.fortinet.policies import Policies

_POLICIES: Final = ("policy", "policy6", "security-policy", "proxy-policy")
_POOLS: Final = ("firewall ippool", "firewall ippool6")
_VIPS: Final = ("firewall vip", "firewall vip6")
# Of one protocol into the other, or for a purpose of their own.
_OTHERS: Final = ("firewall vip46", "firewall vip64", "firewall dnstranslation")


class Translations:
    """Everything that translates addresses. `unread` are lines of it that are not understood."""

    def __init__(self, tables: Tables, policies: Policies) -> None:
        self._tables = tables
        self._policies = policies
        self.unread = [entry.line for name in _OTHERS for entry in tables[name] if entry.name]
        self._pools: dict[tuple[str, str], Pool] = {}
        self._words: dict[tuple[str, str], str] = {}
        for name in _POOLS:
            for entry in tables[name]:
                self._pool(entry)

    def pools(self) -> tuple[Pool, ...]:
        """Every pool."""
        return tuple(self._pools.values())

    def _pool(self, entry: Entry) -> None:
        if not entry.name:
            return
        lines = entry.lines_of("startip", "endip", "source-startip", "source-endip")
        found = ranged(entry.value("startip"), entry.value("endip"))
        own = ranged(entry.value("source-startip"), entry.value("source-endip"))
        if found is None:
            self.unread.append(entry.line_of("startip"))
            return
        self._pools[entry.vrf, entry.name] = Pool(entry.name, lines, found)
        self._words[entry.vrf, entry.name] = entry.value("type", "overload")
        if own is not None:
            self._pools[entry.vrf, f"{entry.name} (inside)"] = Pool(entry.name, lines, own)

    def lists(self) -> Iterator[TranslationList]:
        """Policies by domain, the central tables, the virtual IPs."""
        for name in (*_POLICIES, "central-snat-map"):
            for vrf, entries in self._tables.domains(f"firewall {name}").items():
                found = self._by_policies(name, [entry for entry in entries if entry.name])
                if found.rules or found.unclear:
                    yield replace(found, name=f"{name} {vrf}".strip())
        for name in _VIPS:
            for vrf, entries in self._tables.domains(name).items():
                rules: list[Translation] = []
                unclear: list[int] = []
                for entry in entries:
                    if entry.name and entry.value("status") != "disable":
                        try:
                            rules += _virtual(entry)
                        except UnclearError:
                            unclear.append(entry.line_of("extip"))
                yield TranslationList(f"{name} {vrf}".strip(), entries[0].line, tuple(rules), tuple(unclear))

    def _by_policies(self, name: str, entries: list[Entry]) -> TranslationList:
        """What policies translate; those that do not are exempt, since the first policy decides."""
        if name != "central-snat-map" and not any(entry.on("nat") or "natip" in entry.fields for entry in entries):
            return TranslationList(name, 0, ())
        rules: list[Translation] = []
        unclear: list[int] = []
        for entry in entries:
            try:
                boxes = self._policies.rules(entry, name)
                given = self._given(entry, central=name == "central-snat-map")
            except UnclearError:
                unclear.append(entry.line)
                continue
            taken = [replace(box, action="translate") for box in boxes]
            rules += (
                [Translation(box, source=one) for box in taken for one in given] if given else map(Translation, taken)
            )
        return TranslationList(name, entries[0].line if entries else 0, tuple(rules), tuple(unclear))

    def _given(self, entry: Entry, *, central: bool) -> list[Translated]:
        """What is put in the place of sources: pools, a network, or the interface's own address."""
        if "natip" in entry.fields and entry.value("natip") != "0.0.0.0":  # noqa: S104 - none
            found = sized(*entry.values("natip")[:2])
            if found is None:
                raise UnclearError("natip")
            return [Translated(found, words="natip", lines=entry.lines_of("natip"))]
        if entry.value("nat", "enable" if central else "disable") != "enable":
            return []
        names = [*entry.values("poolname"), *entry.values("poolname6")] if entry.on("ippool") else []
        names += [*entry.values("nat-ippool"), *entry.values("nat-ippool6")]
        if not names:
            return [Translated(NOWHERE_AT_ALL, words="interface")]
        pools = [self._pools.get((entry.vrf, name)) for name in names]
        known = [pool for pool in pools if pool is not None]
        if len(known) != len(pools):
            raise UnclearError("poolname")
        words = sorted({self._words[entry.vrf, name] for name in names})
        lines = tuple(sorted({line for pool in known for line in pool.lines}))
        return [Translated(reduce(or_, (pool.addresses for pool in known)), words=" ".join(words), lines=lines)]


def _virtual(entry: Entry) -> tuple[Translation, ...]:
    """What a virtual IP does."""
    lines = entry.lines_of("extip", "mappedip", "ipv4-mappedip", "ipv6-mappedip")
    line = entry.line_of("extip")
    outside = several(entry.values("extip")) if "extip" in entry.fields else ANYWHERE
    if outside is None:
        raise UnclearError("extip")
    conditions = {f"extintf {entry.value('extintf', 'any')}"}
    sources = several(entry.values("src-filter")) if "src-filter" in entry.fields else ANYWHERE
    if sources is None:
        raise UnclearError("src-filter")
    if entry.tables.get("realservers"):
        return (_balanced(entry, line, sources, outside, conditions),)
    if (
        entry.value("type", "static-nat") in ("fqdn", "access-proxy", "dns-translation")
        or "mappedip" not in entry.fields
    ):
        if "mappedip" in entry.fields:
            raise UnclearError("type")
        return ()
    inside = several(entry.values("mappedip"))
    if inside is None:
        raise UnclearError("mappedip")
    if not entry.on("portforward"):
        pair = both_ways(line, inside, outside, conditions=conditions, lines=lines)
        return tuple(_from(one, sources) if one.destination is not None else one for one in pair)
    ports = port_set(entry.value("extport", "0-65535"))
    targets = port_set(entry.value("mappedport", entry.value("extport", "0-65535")))
    protocols = protocol_set(entry.value("protocol", "tcp"))
    if ports is None or targets is None or protocols is None:
        raise UnclearError("ports")
    one = published(
        line, outside, inside, protocols=protocols, outside_ports=ports, inside_ports=targets, conditions=conditions,
        lines=lines,
    )  # fmt: skip
    return (_from(one, sources),)


def _from(one: Translation, sources: AddressSet) -> Translation:
    return replace(one, rule=replace(one.rule, source=sources))


def _balanced(entry: Entry, line: int, sources: AddressSet, outside: AddressSet, conditions: set[str]) -> Translation:
    """A server that stands for several: any of them."""
    servers = [one for one in entry.tables["realservers"] if one.value("type", "ip") == "ip"]
    found = [several(one.values("ip")) for one in servers]
    known = [one for one in found if one is not None]
    if len(known) != len(found) or not known:
        raise UnclearError("realservers")
    protocols, ports = PROTOCOLS, PORTS
    if "extport" in entry.fields:
        ports = port_set(entry.value("extport")) or Intervals()
        protocols = protocol_set("udp" if entry.value("server-type") == "udp" else "tcp") or PROTOCOLS
    if not ports:
        raise UnclearError("extport")
    rule = Rule("translate", line, sources, outside, protocols, PORTS, ports, frozenset(conditions))
    lines = tuple(sorted({one.line_of("ip") for one in servers}))
    words = " ".join(f"{one.value('port')}:{one.value('weight')}" for one in servers)
    return Translation(rule, destination=Translated(reduce(or_, known), words=words, lines=lines))
