"""Security policies and NAT of SRX: address books, applications, policies of two zones and global ones, rule sets.

Forms as in Juniper's "Security Policies User Guide" (address books and sets, `from-zone A to-zone B policy P`, `global
policy P`, `source-address-excluded`) and "NAT User Guide" (`source | destination | static rule-set RS rule R`, pools,
`interface`, `off`). A policy between two zones is asked before the global ones: each pair of zones, and the global
policies, are a list of their own. What no policy takes is denied. An address's name is looked for in the book of its
zone, then in the global one. Predefined applications (`junos-…`) are words.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from configs.addressing import address_of
from configs.dialects.juniper_junos.filters import port_set
from configs.dialects.juniper_junos.statements import below
from configs.headers import PORTS, PROTOCOLS
from configs.intervals import ANYWHERE, EMPTY, NOWHERE_AT_ALL, AddressSet, Intervals, everything
from configs.meaning import objects
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Content, Policy, Services
from configs.meaning.policies import Service
from configs.meaning.statements import FilterKind, FilterList, Name, Pool, Translated, Translation, TranslationList
from configs.meaning.translations import both_ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from configs.dialects.juniper_junos.statements import Said
    from configs.headers import Rule

_Words = tuple[str, ...]
_GLOBAL: Final = "global"
_KNOWN: Final = {
    "any": ANYWHERE,
    "any-ipv4": AddressSet(everything(32), EMPTY),
    "any-ipv6": AddressSet(EMPTY, everything(128)),
}


class Books:
    """Address books, by zone, and applications."""

    def __init__(self, said: tuple[Said, ...]) -> None:
        self.addresses = objects.addresses("address", _KNOWN)
        self.services = objects.service_book("application", {"any": (Service(),)})
        self.references: list[Name] = []
        self._zones: dict[str, list[str]] = defaultdict(list)
        for each, words in below(said, "security", "address-book", None):
            book = each.words[2]
            if words[:2] == ("attach", "zone") and len(words) > 2:
                self._zones[words[2]].append(book)
            self._put(each.line, book, words)
        for each, words in below(said, "security", "zones", "security-zone", None, "address-book"):
            book = f"zone {each.words[3]}"
            self._zones[each.words[3]] = [book]
            self._put(each.line, book, words)
        self._ranges(said)
        self._applications(said)

    def _put(self, line: int, book: str, words: _Words) -> None:
        if len(words) < 2:
            return
        name = f"{book} {words[1]}"
        if words[0] == "address":
            self.addresses.open(name, line)
            if words[2:3] in (("description",), ("dns-name",), ("range-address",), ()):
                return
            self.addresses.put(name, _object(words[2:]), line)
        elif words[0] == "address-set":
            self.addresses.open(name, line)
            if words[2:3] in (("address",), ("address-set",)) and len(words) > 3:
                self.references.append(Name("address", f"{book} {words[3]}", line))
                self.addresses.put(name, f"{book} {words[3]}", line)

    def _ranges(self, said: tuple[Said, ...]) -> None:
        """`range-address A to B`, on one line or with `to B` below it."""
        for each, words in (
            *below(said, "security", "address-book", None, "address", None, "range-address"),
            *below(said, "security", "zones", "security-zone", None, "address-book", "address", None, "range-address"),
        ):
            at = each.words.index("address-book")
            book = each.words[at + 1] if at == 1 else f"zone {each.words[3]}"
            name = each.words[each.words.index("range-address") - 1]
            found = objects.ranged(words[0], words[2]) if len(words) > 2 and words[1] == "to" else None
            self.addresses.put(f"{book} {name}", found, each.line)

    def _applications(self, said: tuple[Said, ...]) -> None:
        terms: dict[str, dict[str, dict[str, str]]] = {}
        lines: dict[str, int] = {}
        for each, words in below(said, "applications", "application"):
            if len(words) < 2:
                continue
            lines.setdefault(words[0], each.line)
            named = terms.setdefault(words[0], {})
            key, rest = (words[2], words[3:]) if words[1] == "term" and len(words) > 2 else ("", words[1:])
            term = named.setdefault(key, {})
            for index in range(0, len(rest) - 1, 2):
                term[rest[index]] = rest[index + 1]
        for name, found in terms.items():
            self.services.open(name, lines[name])
            for term in found.values():
                self.services.put(name, _service(term), lines[name])
        for each, words in below(said, "applications", "application-set"):
            if len(words) > 2 and words[1] in ("application", "application-set"):
                self.services.open(words[0], each.line)
                self.references.append(Name("application", words[2], each.line))
                self.services.put(words[0], words[2], each.line)

    def name(self, zone: str, name: str) -> str:
        """The name of an object with its book, as a zone's policies mean it."""
        if name in _KNOWN:
            return name
        books = [*self._zones.get(zone, ()), _GLOBAL]
        return next((f"{book} {name}" for book in books if f"{book} {name}" in self.addresses), f"{_GLOBAL} {name}")


def _object(words: _Words) -> AddressSet | None:
    """`A/L`, `A`, `wildcard-address A/MASK`; `ip-prefix A/L`."""
    if words[:1] == ("wildcard-address",) and len(words) > 1:
        value, _, mask = words[1].partition("/")
        return objects.masked(value, mask, must=True)
    return objects.sized(words[1] if words[:1] == ("ip-prefix",) and len(words) > 1 else words[0])


def _service(term: Mapping[str, str]) -> Services | None:
    """A term of an application; types of ICMP and the like are not compared. None if it is unclear."""
    protocols = objects.protocol_set(term["protocol"]) if "protocol" in term else PROTOCOLS
    ports = [port_set(term[word]) if word in term else PORTS for word in ("source-port", "destination-port")]
    if protocols is None or ports[0] is None or ports[1] is None:
        return None
    return (Service(protocols, ports[0], ports[1]),)


# ---- policies


@dataclass(slots=True)
class _Read:
    policy: Policy
    actions: list[str] = field(default_factory=list)


def policies(said: tuple[Said, ...], books: Books) -> Iterator[FilterList]:
    """The policies of each pair of zones, and the global ones."""
    lists: dict[str, dict[str, _Read]] = {}
    for each in said:
        words = each.words[2:]
        if each.words[:2] != ("security", "policies"):
            continue
        if words[:1] == ("from-zone",) and len(words) > 5 and words[2] == "to-zone" and words[4] == "policy":
            zones, name, rest = (words[1], words[3]), words[5], words[6:]
            title = f"{zones[0]} > {zones[1]}"
        elif words[:2] == ("global", "policy") and len(words) > 2:
            zones, name, rest, title = ("", ""), words[2], words[3:], _GLOBAL
        else:
            continue
        found = lists.setdefault(f"{each.space} {title}".strip(), {}).setdefault(name, _Read(Policy(each.line)))
        if each.leaf:
            _say(found, rest, zones, books, each.line)
    for title, rows in lists.items():
        rules: list[Rule] = []
        unclear = []
        for row in rows.values():
            row.policy.action = " ".join(sorted(row.actions)) or "deny"
            try:
                rules += row.policy.rules()
            except UnclearError:
                unclear.append(row.policy.line)
        line = min(row.policy.line for row in rows.values())
        yield FilterList(FilterKind.SECURITY_POLICY, title, line, tuple(rules), "deny", tuple(unclear))


def _say(found: _Read, words: _Words, zones: tuple[str, str], books: Books, line: int) -> None:
    policy = found.policy
    if words[:1] == ("then",) and len(words) > 1:
        if words[1] not in ("log", "count"):
            found.actions.append(" ".join(words[1:]))
    elif words[:1] == ("match",) and len(words) > 1:
        kind, rest = words[1], words[2:]
        if kind in ("source-address", "destination-address") and rest:
            zone = zones[0] if kind == "source-address" else zones[1]
            name = books.name(zone, rest[0])
            if name not in _KNOWN:
                books.references.append(Name("address", name, line))
            side = policy.source if kind == "source-address" else policy.destination
            side(books.addresses.content(name))
        elif kind == "source-address-excluded":
            policy.without_sources = True
        elif kind == "destination-address-excluded":
            policy.without_destinations = True
        elif kind == "application" and rest:
            policy.service(books.services.content(rest[0]))
        else:
            _together(policy, kind, " ".join(rest))
    elif words[:1] not in (("description",), ()):
        policy.conditions.add(" ".join(words))


def _together(policy: Policy, kind: str, value: str) -> None:
    """Several values of one kind: any of them."""
    before = next((one for one in policy.conditions if one.startswith(f"{kind} ")), None)
    policy.conditions.discard(before or "")
    policy.conditions.add(f"{kind} {value}" if before is None else f"{before} | {value}")


# ---- NAT


@dataclass(slots=True)
class Nat:
    """The translations of a configuration."""

    lists: list[TranslationList] = field(default_factory=list)
    pools: dict[tuple[str, str], Pool] = field(default_factory=dict)
    ports: dict[tuple[str, str], Intervals] = field(default_factory=dict)
    definitions: list[Name] = field(default_factory=list)
    references: list[Name] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


def nat(said: tuple[Said, ...], books: Books) -> Nat:
    """`security nat {source | destination | static}`: pools, and one list for each rule set."""
    found = Nat()
    for kind in ("source", "destination"):
        _pools(found, said, kind)
    sets: dict[tuple[str, str, str], dict[str, list[tuple[int, _Words]]]] = {}
    directions: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in said:
        words = each.words[2:]
        if each.words[:2] != ("security", "nat") or len(words) < 4 or words[1] != "rule-set":
            continue
        key = (each.space, words[0], words[2])
        rules = sets.setdefault(key, {})
        if words[3] in ("from", "to") and each.leaf:
            directions[key].append(" ".join(words[3:]))
        elif words[3] == "rule" and len(words) > 4:
            rows = rules.setdefault(words[4], [])
            if each.leaf:
                rows.append((each.line, words[5:]))
    for key, rules in sets.items():
        _rule_set(found, key, rules, directions[key], books)
    return found


def _pools(found: Nat, said: tuple[Said, ...], kind: str) -> None:
    parts: dict[str, list[tuple[int, AddressSet | None]]] = defaultdict(list)
    for each, words in below(said, "security", "nat", kind, "pool"):
        if len(words) < 3 or words[1] not in ("address", "address-range"):
            continue
        rest = words[2:]
        if rest[1:2] == ("to",) and len(rest) > 2:
            part = objects.ranged(rest[0].partition("/")[0], rest[2].partition("/")[0])
        else:
            part = objects.sized(rest[0]) if address_of(rest[0].partition("/")[0]) is not None else NOWHERE_AT_ALL
        parts[words[0]].append((each.line, part))
        port = [after for before, after in pairwise(words) if before == "port"]
        if port and port[0].isdigit():
            found.ports[kind, words[0]] = Intervals.one(int(port[0]))
    for name, rows in parts.items():
        whole = NOWHERE_AT_ALL
        for line, part in rows:
            if part is None:
                found.unread.append(line)
            else:
                whole |= part
        pool = Pool(f"{kind} {name}", tuple(line for line, _ in rows), whole)
        found.pools[kind, name] = pool
        found.definitions.append(Name("nat pool", pool.name, rows[0][0]))


def _rule_set(
    found: Nat,
    key: tuple[str, str, str],
    rules: Mapping[str, list[tuple[int, _Words]]],
    directions: Iterable[str],
    books: Books,
) -> None:
    translations: list[Translation] = []
    unclear = []
    for rows in rules.values():
        if not rows:
            continue
        policy = Policy(rows[0][0], "translate", conditions={_alternatives(directions)} if directions else set())
        then: tuple[int, _Words] | None = None
        for line, words in rows:
            if words[:1] == ("match",):
                _match(policy, words[1:], books, line)
            elif words[:1] == ("then",):
                then = then or (line, words[1:])
        made = None if then is None else _translations(found, key[1], policy, then, books)
        if made is None:
            unclear.append(policy.line)
        else:
            translations += made
    if translations or unclear:
        line = translations[0].rule.line if translations else unclear[0]
        title = f"{key[0]} {key[1]} {key[2]}".strip()
        found.lists.append(TranslationList(title, line, tuple(translations), tuple(unclear)))


def _alternatives(directions: Iterable[str]) -> str:
    return " | ".join(sorted(directions))


def _match(policy: Policy, words: _Words, books: Books, line: int) -> None:
    kind, rest = words[0], words[1:]
    if kind in ("source-address", "destination-address") and rest:
        (policy.source if kind == "source-address" else policy.destination)(objects.sized(rest[0]))
    elif kind in ("source-address-name", "destination-address-name") and rest:
        name = books.name("", rest[0])
        if name not in _KNOWN:
            books.references.append(Name("address", name, line))
        (policy.source if kind == "source-address-name" else policy.destination)(books.addresses.content(name))
    elif kind in ("source-port", "destination-port") and rest:
        low, high = rest[0], rest[2] if len(rest) > 2 and rest[1] == "to" else rest[0]
        numbers = port_set(f"{low}-{high}") if low.isdigit() and high.isdigit() else port_set(low)
        if numbers is None:
            policy.unclear = kind
        else:
            ports = (numbers, PORTS) if kind == "source-port" else (PORTS, numbers)
            policy.services.append(Service(PROTOCOLS, *ports))
    elif kind == "protocol" and rest and (protocols := objects.protocol_set(rest[0])) is not None:
        policy.conditions.add(f"protocols {sorted(protocols.spans)}")
    elif kind == "application" and rest:
        policy.service(Content[Services](None, (rest[0],)))
    elif kind != "description":
        _together(policy, kind, " ".join(rest))


def _translations(
    found: Nat, kind: str, policy: Policy, then: tuple[int, _Words], books: Books
) -> list[Translation] | None:
    """What a rule does: `source-nat {pool P | interface | off}`, `destination-nat …`, `static-nat prefix P`."""
    line, words = then
    try:
        rules = policy.rules()
    except UnclearError:
        return None
    what = words[1:]
    if words[:1] == ("static-nat",):
        return _static(policy, line, what, books)
    if words[:1] not in (("source-nat",), ("destination-nat",)) or not what:
        return None
    target: Translated | None = None
    if what[0] == "pool" and len(what) > 1:
        found.references.append(Name("nat pool", f"{kind} {what[1]}", line))
        pool = found.pools.get((kind, what[1]))
        addresses = pool.addresses if pool is not None else AddressSet()
        one = kind == "destination" and addresses.v4.size + addresses.v6.size == 1
        target = Translated(
            addresses,
            in_order=one,
            ports=found.ports.get((kind, what[1])),
            words=" ".join((*what[:1], *what[2:])),
            lines=pool.lines if pool is not None else (),
        )
    elif what[0] != "off":
        target = Translated(AddressSet(), words=" ".join(what))
    if kind == "source":
        return [Translation(rule, source=target) for rule in rules]
    return [Translation(rule, destination=target) for rule in rules]


def _static(policy: Policy, line: int, words: _Words, books: Books) -> list[Translation] | None:
    """`{prefix P | prefix-name N} [mapped-port A [to B]] [routing-instance V]`; `inet` has no addresses."""
    inside = objects.sized(words[1]) if words[:1] == ("prefix",) and len(words) > 1 else None
    lines = (line, *policy.lines)
    if words[:1] == ("prefix-name",) and len(words) > 1:
        name = books.name("", words[1])
        books.references.append(Name("address", name, line))
        content = books.addresses.content(name)
        if content is not None and not content.words:
            inside = content.found
            lines += content.lines
    if inside is None:
        return [] if words[:1] in (("prefix-name",), ("inet",)) else None
    outside = NOWHERE_AT_ALL
    for part in policy.destinations:
        outside |= part
    kept = " ".join(word for word in words[2:] if address_of(word.partition("/")[0]) is None)
    return list(both_ways(policy.line, inside, outside, conditions=policy.conditions, words=kept, lines=lines))
