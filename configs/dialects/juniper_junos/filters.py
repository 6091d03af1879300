"""Junos's packet filters, prefix lists and route filters as sets.

`firewall [family F] filter NAME term T from … then …`: conditions of one kind are alternatives, kinds hold together; of
addresses the longest prefix decides, so that `except` takes out of wider ones. A term without a condition takes every
packet, `next term` decides nothing, and what no term takes is discarded ("Routing Policies, Firewall Filters, and
Traffic Policers User Guide": match conditions, how standard firewall filters evaluate packets). Of route filters the
one with the longest prefix that holds a route decides alone (same guide: route filter match types).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Final

from configs.addressing import address_of, host_of
from configs.dialects.juniper_junos.statements import below
from configs.headers import PORTS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, BITS, NOWHERE_AT_ALL, AddressSet, Intervals
from configs.meaning import objects
from configs.meaning.statements import FilterKind, FilterList, PrefixEntry, PrefixList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from configs.dialects.juniper_junos.statements import Said
    from configs.meaning.objects import Book

_Words = tuple[str, ...]
PORT_NUMBERS: Final = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "tacacs": 49, "domain": 53, "bootps": 67,
    "dhcp": 67, "bootpc": 68, "tftp": 69, "http": 80, "pop3": 110, "sunrpc": 111, "ntp": 123, "netbios-ns": 137,
    "netbios-dgm": 138, "netbios-ssn": 139, "imap": 143, "snmp": 161, "snmptrap": 162, "bgp": 179, "ldap": 389,
    "https": 443, "syslog": 514, "radius": 1812, "radacct": 1813, "ldp": 646, "msdp": 639,
}  # fmt: skip
# Where a condition's addresses, protocols and ports go. "" is both sides, either of which may be it.
_ADDRESSES: Final = {
    "source-address": "source", "ip-source-address": "source", "destination-address": "destination",
    "ip-destination-address": "destination", "address": "",
}  # fmt: skip
_LISTS: Final = {"source-prefix-list": "source", "destination-prefix-list": "destination", "prefix-list": ""}
_PORTS: Final = {"source-port": "source", "destination-port": "destination", "port": ""}
_PROTOCOLS: Final = ("protocol", "next-header", "payload-protocol", "ip-protocol")
# What is done besides, to a packet that goes on or not.
_BESIDES: Final = frozenset({"count", "log", "syslog", "sample", "port-mirror", "policer", "loss-priority"})


def prefix_sets(said: tuple[Said, ...]) -> Book[AddressSet]:
    """Prefix lists as sets of addresses; nothing is known of one whose prefixes stand elsewhere (`apply-path`)."""
    found = objects.addresses("prefix-list")
    for each, words in below(said, "policy-options", "prefix-list"):
        if len(words) > 1:
            found.put(words[0], objects.sized(words[1]), each.line)
    return found


@dataclass(slots=True)
class _Term:
    line: int
    family: str
    # Prefixes with whether they are taken out, by side.
    addresses: dict[str, list[tuple[_Words, bool]]] = field(default_factory=lambda: defaultdict(list))
    sets: dict[str, list[tuple[AddressSet, bool]]] = field(default_factory=lambda: defaultdict(list))
    # As they are written, with their sets; one without a set makes a condition of them all.
    ports: dict[str, list[tuple[str, Intervals | None]]] = field(default_factory=lambda: defaultdict(list))
    protocols: list[tuple[str, Intervals | None]] = field(default_factory=list)
    conditions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lines: list[int] = field(default_factory=list)  # of its addresses and the prefix lists that it names
    actions: list[str] = field(default_factory=list)
    unclear: bool = False


def filters(said: tuple[Said, ...]) -> Iterator[FilterList]:
    """Every packet filter."""
    lists = prefix_sets(said)
    terms: dict[tuple[str, str, str], dict[str, _Term]] = {}
    for each in said:
        words, family = each.words, "any"
        if words[:1] != ("firewall",):
            continue
        words = words[1:]
        if words[:1] == ("family",) and len(words) > 1:
            family, words = words[1], words[2:]
        if words[:1] not in (("filter",), ("simple-filter",)) or len(words) < 2:
            continue
        named = terms.setdefault((each.space, family, words[1]), {})
        if len(words) > 3 and words[2] == "term":
            term = named.setdefault(words[3], _Term(each.line, family))
            if each.leaf:
                _say(term, words[4:], lists, each.line)
        elif each.leaf and words[2:3] in (("from",), ("then",)):
            _say(named.setdefault("", _Term(each.line, family)), words[2:], lists, each.line)
    for (space, family, name), found in terms.items():
        if found:
            yield _list(f"{space} {family} {name}".strip(), found)


def _list(name: str, terms: Mapping[str, _Term]) -> FilterList:
    rules: list[Rule] = []
    unclear = []
    for term in terms.values():
        made = None if term.unclear else _rules(term)
        if made is None:
            unclear.append(term.line)
        else:
            rules += made
    line = min(term.line for term in terms.values())
    return FilterList(FilterKind.ACCESS_LIST, name, line, tuple(rules), "discard", tuple(unclear))


def _say(term: _Term, words: _Words, lists: Book[AddressSet], line: int) -> None:
    """`from CONDITION …` or `then ACTION …`."""
    if words[:1] == ("then",) and len(words) > 1:
        term.actions.append(" ".join(word for word in words[1:] if address_of(word.partition("/")[0]) is None))
        return
    if words[:1] != ("from",) or len(words) < 2:
        return
    kind, rest = words[1], words[2:]
    without = rest[-1:] == ("except",)
    rest = rest[:-1] if without else rest
    if kind in _ADDRESSES and rest:
        term.addresses[_ADDRESSES[kind]].append((rest, without))
        term.lines.append(line)
    elif kind in _LISTS and rest:
        known = lists.get(rest[0])
        term.lines += lists.lines(rest[0])
        if known is None:
            term.unclear = True
        else:
            term.sets[_LISTS[kind]].append((known, without))
    elif kind in _PORTS and rest:
        term.ports[_PORTS[kind]].append((rest[0], port_set(rest[0])))
    elif kind in _PROTOCOLS and rest:
        term.protocols.append((rest[0], objects.protocol_set(rest[0])))
    elif any(address_of(word.partition("/")[0]) is not None for word in rest):
        term.unclear = True
    else:
        term.conditions[kind].append(" ".join(rest))


def port_set(text: str) -> Intervals | None:
    """A port, by its name or number, or a range of them."""
    if text in PORT_NUMBERS:
        return Intervals.one(PORT_NUMBERS[text])
    return objects.port_set(text)


def _rules(term: _Term) -> list[Rule] | None:
    """A term as rules, one for each box; none if it decides nothing; None if it is no set."""
    action = _action(term)
    if action is None:
        return []
    sides = {}
    for side in ("source", "destination", ""):
        whole = _addresses(term.addresses.get(side, ()), term.sets.get(side, ()))
        if whole is None:
            return None
        sides[side] = whole
    asked = {f"{kind} {' | '.join(sorted(values))}".strip() for kind, values in term.conditions.items()}
    ports = {
        side: _joined(term.ports.get(side, ()), f"{side}-port".strip("-"), asked)
        for side in ("source", "destination", "")
    }
    protocols = _joined(term.protocols, "protocol", asked, PROTOCOLS)
    conditions = frozenset(asked)
    # `address` and `port` are met by either side.
    either = [(sides[""], ANYWHERE), (ANYWHERE, sides[""])] if not sides[""].any else [(ANYWHERE, ANYWHERE)]
    either_port = [(ports[""], PORTS), (PORTS, ports[""])] if ports[""] != PORTS else [(PORTS, PORTS)]
    return [
        Rule(
            action,
            term.line,
            sides["source"] & one,
            sides["destination"] & other,
            protocols,
            ports["source"] & first,
            ports["destination"] & second,
            conditions,
            tuple(dict.fromkeys(term.lines)),
        )
        for (one, other), (first, second) in product(either, either_port)
    ]


def _action(term: _Term) -> str | None:
    """What becomes of a packet; None if the next term is asked."""
    found = [text for text in term.actions if text.split()[0] not in _BESIDES]
    if any(text == "next term" for text in found):
        return None
    return " ".join(sorted(found)) or "accept"


def _joined(
    found: Sequence[tuple[str, Intervals | None]], kind: str, asked: set[str], nothing: Intervals = PORTS
) -> Intervals:
    """All of several sets; where one is not known they are a condition, any of them."""
    if not found:
        return nothing
    known = [each for _, each in found if each is not None]
    if len(known) < len(found):
        asked.add(f"{kind} {' | '.join(sorted(word for word, _ in found))}")
        return nothing
    return Intervals.of(span for each in known for span in each)


def _addresses(written: Iterable[tuple[_Words, bool]], sets: Iterable[tuple[AddressSet, bool]]) -> AddressSet | None:
    """The addresses of one side: longer prefixes decide over shorter ones; anywhere if nothing is said."""
    rows: list[tuple[int, bool, AddressSet]] = []
    for words, without in written:
        part = _one(words[0])
        if part is None:
            return None
        rows += [(size, without, each) for size, each in _by_length(part)]
    for part, without in sets:
        rows += [(size, without, each) for size, each in _by_length(part)]
    if not rows:
        return ANYWHERE
    if not any(without for _, without, _ in rows):
        return AddressSet(
            *(Intervals.of(span for row in rows for span in row[2].family(version)) for version in (4, 6))
        )
    whole = NOWHERE_AT_ALL
    for _, without, part in sorted(rows, key=lambda row: (-row[0], row[1])):
        whole = whole - part if without else whole | part
    return whole


def _one(text: str) -> AddressSet | None:
    """`A/L`, `A`, `A/MASK` with holes."""
    found = objects.sized(text)
    value, slash, mask = text.partition("/")
    return objects.masked(value, mask, must=True) if found is None and slash else found


def _by_length(part: AddressSet) -> Iterator[tuple[int, AddressSet]]:
    """A set by its prefixes, each with the number of its addresses."""
    for version in (4, 6):
        for start, length in part.family(version).blocks(BITS[version]):
            size = 1 << (BITS[version] - length)
            yield size, AddressSet.single(version, Intervals(((start, start + size),)))


# ---- prefixes of routes


def prefix_lists(said: tuple[Said, ...]) -> tuple[list[PrefixList], list[int]]:
    """Prefix lists, and the route filters of each policy's term; the lines that are no set of prefixes."""
    found: dict[tuple[str, int], list[list[PrefixEntry]]] = defaultdict(list)
    unread: list[int] = []
    for each, words in below(said, "policy-options"):
        if words[:1] == ("prefix-list",) and len(words) > 2:
            # Filters use it as a set, policies as prefixes or all inside them: read as the widest of these.
            _put(found, unread, words[1], each.line, (words[2], "orlonger"))
        elif words[:1] == ("route-filter-list",) and len(words) > 2:
            _put(found, unread, f"route-filter-list {words[1]}", each.line, words[2:])
        elif words[:1] == ("policy-statement",):
            for word in ("route-filter", "source-address-filter"):
                if word in words[:-1]:
                    at = words.index(word)
                    _put(found, unread, " ".join(words[1 : at + 1]), each.line, words[at + 1 :])
    lists = []
    for (name, version), rows in found.items():
        # The longest prefix first: it decides alone.
        rows.sort(key=lambda row: -row[0].length)
        permits = [row[0] for row in rows]
        entries: list[PrefixEntry] = []
        for length in dict.fromkeys(one.length for one in permits):
            entries += [one for one in permits if one.length == length]
            entries += [one for row in rows for one in row[1:] if one.length == length]
        lists.append(PrefixList(name, version, min(one.line for one in permits), tuple(entries)))
    return lists, unread


def _put(
    found: dict[tuple[str, int], list[list[PrefixEntry]]], unread: list[int], name: str, line: int, words: _Words
) -> None:
    entry = _entry(line, words)
    if entry is None:
        if words and address_of(words[0].partition("/")[0]) is not None:
            unread.append(line)
        return
    version, rows = entry
    found[name, version].append(rows)


def _entry(line: int, words: _Words) -> tuple[int, list[PrefixEntry]] | None:
    """`P exact | longer | orlonger | upto /L | prefix-length-range /L-/M`, and an action of its own."""
    host = (
        host_of((words[0] if "/" in words[0] else f"{words[0]}/{128 if ':' in words[0] else 32}",)) if words else None
    )
    if host is None:
        return None
    address, length = host
    bits = address.max_prefixlen
    kind = words[1] if len(words) > 1 else "exact"
    bounds = [int(text) for text in words[2].replace("/", "").split("-") if text.isdigit()] if len(words) > 2 else []
    if kind in ("exact", "accept", "reject"):
        least, most = length, length
    elif kind in ("orlonger", "longer"):
        least, most = length + (kind == "longer"), bits
    elif kind == "upto" and bounds:
        least, most = length, bounds[0]
    elif kind == "prefix-length-range" and len(bounds) == 2:
        least, most = bounds
    else:
        return None
    permit = "reject" not in words
    rows = [PrefixEntry(line, permit, int(address), length, least, most)]
    if (least, most) != (length, bits):
        rows.append(PrefixEntry(line, False, int(address), length, length, bits))
    return address.version, rows
