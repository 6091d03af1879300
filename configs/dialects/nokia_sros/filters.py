"""SR OS's IP filters and prefix lists as sets.

Classic: `configure filter ip-filter 10 create`, `default-action forward`, `entry 10 create`, `match [protocol P]`,
`src-ip A/L | A MASK | ip-prefix-list N`, `dst-port eq P`, `action [forward | drop]`. Model-driven: `filter ip-filter
"N" entry 10 match src-ip address A/L`, or `address A` with `mask M` beside it, `action accept`. Without a default
action packets are dropped. A mask's 1 bits must match. Sources: 7750 SR "Router Configuration Guide" (filter policies)
and MD-CLI command reference 20.10 to 23.10.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from configs.addressing import address_of, host_of
from configs.headers import PORTS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, AddressSet, Intervals
from configs.meaning import objects
from configs.meaning.statements import FilterKind, FilterList, PrefixEntry, PrefixList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.dialects.nokia_sros.statements import Said
    from configs.meaning.objects import Book

_Words = tuple[str, ...]
_FILTERS: Final = ("ip-filter", "ipv6-filter")
_SIDES: Final = {"src-ip": "source", "dst-ip": "destination"}
_PORTS: Final = {"src-port": "source", "dst-port": "destination"}
_SILENT: Final = frozenset({"description", "log", "sample", "collect-stats", "cflowd", "ip-filter-name", "create"})


@dataclass(slots=True)
class _Entry:
    line: int
    # What is said of a side's addresses: their words, without what says which side it is.
    sides: dict[str, list[tuple[int, _Words]]] = field(default_factory=lambda: defaultdict(list))
    ports: dict[str, list[Intervals]] = field(default_factory=lambda: defaultdict(list))
    protocols: list[Intervals] = field(default_factory=list)
    conditions: set[str] = field(default_factory=set)
    action: list[str] = field(default_factory=list)
    unclear: bool = False


@dataclass(slots=True)
class _Filter:
    line: int
    default: str = "drop"
    entries: dict[int, _Entry] = field(default_factory=dict)


def filters(said: Sequence[Said]) -> Iterator[FilterList]:
    """Every IP filter, its entries in the order of their numbers."""
    lists = match_lists(said)
    found: dict[tuple[str, str], _Filter] = {}
    for each in said:
        words = each.words
        if words[:1] != ("filter",) or words[1:2] not in ((_FILTERS[0],), (_FILTERS[1],)) or len(words) < 3:
            continue
        one = found.setdefault((words[1], words[2]), _Filter(each.line))
        rest = words[3:]
        if rest[:1] == ("default-action",) and len(rest) > 1 and each.leaf:
            one.default = " ".join(rest[1:])
        elif rest[:1] == ("entry",) and len(rest) > 1 and rest[1].isdigit():
            entry = one.entries.setdefault(int(rest[1]), _Entry(each.line))
            _say(entry, each, rest[2:])
    for (kind, name), one in found.items():
        rules: list[Rule] = []
        unclear = []
        for _, entry in sorted(one.entries.items()):
            rule = _rule(entry, lists)
            if rule is None:
                unclear.append(entry.line)
            else:
                rules.append(rule)
        yield FilterList(FilterKind.ACCESS_LIST, f"{kind} {name}", one.line, tuple(rules), one.default, tuple(unclear))


def _say(entry: _Entry, each: Said, words: _Words) -> None:
    """A command in an entry. In the classic form `match protocol tcp` begins a view, and says something itself."""
    if words[:1] == ("action",) and len(words) > 1:
        if each.leaf:
            entry.action.append(" ".join(word for word in words[1:] if address_of(word.partition("/")[0]) is None))
        return
    if words[:1] == ("match",):
        words = words[1:]
        if words[:1] in (("protocol",), ("next-header",)) and len(words) > 1:
            if not each.leaf or len(words) == 2:
                _protocol(entry, words[1])
            words = words[2:]
    if each.leaf and words and words[0] not in _SILENT:
        _condition(entry, each.line, words)


def _protocol(entry: _Entry, word: str) -> None:
    number = objects.protocol_set(word)
    if number is None:
        entry.conditions.add(f"protocol {word}")
    elif number not in entry.protocols:
        entry.protocols.append(number)


def _condition(entry: _Entry, line: int, words: _Words) -> None:
    """What a packet must be: addresses, ports, and whatever else is a word."""
    if words[0] in _SIDES:
        entry.sides[_SIDES[words[0]]].append((line, words[1:]))
        return
    ports = _port(words[1:]) if words[0] in _PORTS else None
    if ports is not None:
        entry.ports[_PORTS[words[0]]].append(ports)
    elif any(address_of(word.partition("/")[0]) is not None for word in words):
        entry.unclear = True
    else:
        entry.conditions.add(" ".join(words))


def _port(words: _Words) -> Intervals | None:
    """`eq 80`, `range 80 90`, `range start 80`, `lt 80`, `gt 80`."""
    rest = tuple(word for word in words if word not in ("start", "end"))
    numbers = [int(word) for word in rest[1:] if word.isdigit()]
    if not numbers or len(numbers) != len(rest) - 1:
        return None
    first, last = numbers[0], numbers[-1]
    spans = {"eq": (first, first), "range": (first, last), "lt": (0, first - 1), "gt": (first + 1, 65535)}
    return Intervals.inclusive(*spans[rest[0]]) if rest[0] in spans else None


def _rule(entry: _Entry, lists: Book[AddressSet]) -> Rule | None:
    if entry.unclear:
        return None
    sides = {}
    for side in ("source", "destination"):
        found = _side([words for _, words in entry.sides.get(side, ())], lists)
        if found is None:
            return None
        sides[side] = found
    ports = {side: reduce(or_, found) for side, found in entry.ports.items()}
    written = [(line, words) for rows in entry.sides.values() for line, words in rows]
    lines = [line for line, _ in written] + [line for _, words in written if words for line in lists.lines(words[-1])]
    return Rule(
        " ".join(sorted(entry.action)) or "none",
        entry.line,
        sides["source"],
        sides["destination"],
        reduce(or_, entry.protocols) if entry.protocols else PROTOCOLS,
        ports.get("source", PORTS),
        ports.get("destination", PORTS),
        frozenset(entry.conditions),
        tuple(dict.fromkeys(lines)),
    )


def _side(rows: Sequence[_Words], lists: Book[AddressSet]) -> AddressSet | None:
    """`A/L`, `A MASK`, `address A [mask M]`, `mask M` on a line of its own, `ip-prefix-list N`."""
    if not rows:
        return ANYWHERE
    words = tuple(word for row in rows for word in row if word not in ("address", "mask", "ipv6-mask"))
    if not words:
        return None
    if words[0] in ("ip-prefix-list", "ipv6-prefix-list") and len(words) > 1:
        return lists.get(words[1])
    if len(words) > 1 and "/" not in words[0]:
        return objects.masked(words[0], words[1], must=True)
    return objects.sized(words[0])


def match_lists(said: Sequence[Said]) -> Book[AddressSet]:
    """`filter match-list ip-prefix-list N prefix A/L`; of one with something else in it nothing is known."""
    found = objects.addresses("match-list")
    for each in said:
        words = each.words
        if words[:2] == ("filter", "match-list") and words[2:3] and words[2].endswith("prefix-list") and len(words) > 3:
            if words[4:5] == ("prefix",) and len(words) > 5:
                found.put(words[3], objects.sized(words[5]), each.line)
            elif each.leaf and len(words) > 4 and words[4] != "description":
                found.put(words[3], None, each.line)
    return found


def prefix_lists(said: Sequence[Said]) -> tuple[list[PrefixList], list[int]]:
    """`policy-options prefix-list N prefix A/L [longer | exact | through L | prefix-length-range A-B]`.

    Model-driven: `prefix A/L type T [through-length L | start-length A | end-length B]`, the lengths on lines of their
    own.
    """
    rows: dict[tuple[str, str], dict[tuple[str, str], tuple[int, list[str]]]] = {}
    for each in said:
        words = each.words
        if words[:1] != ("policy-options",) or "prefix-list" not in words or "prefix" not in words:
            continue
        at = words.index("prefix-list")
        if words[at + 2 : at + 3] != ("prefix",) or len(words) < at + 4:
            continue
        text, rest = words[at + 3], list(words[at + 4 :])
        kind = rest[1] if rest[:1] == ["type"] and len(rest) > 1 else ""
        key = (each.router, words[at + 1])
        row = rows.setdefault(key, {}).setdefault((text, kind), (each.line, []))
        row[1].extend(rest[2:] if kind else rest)
        if kind and kind not in row[1]:
            row[1].append(kind)
    found: dict[tuple[str, int], list[PrefixEntry]] = defaultdict(list)
    unread = []
    for (router, name), prefixes in rows.items():
        for (text, _), (line, words_) in prefixes.items():
            entry = _entry(line, text, words_)
            if entry is None:
                unread.append(line)
            else:
                found[f"{router} {name}".strip(), entry[0]].append(entry[1])
    return (
        [PrefixList(name, version, entries[0].line, tuple(entries)) for (name, version), entries in found.items()],
        unread,
    )


def _entry(line: int, text: str, words: Sequence[str]) -> tuple[int, PrefixEntry] | None:
    host = host_of((text,))
    if host is None or "address-mask" in words:
        return None
    address, length = host
    numbers = [int(part) for word in words for part in word.split("-") if part.isdigit()]
    least, most = length, length
    if "longer" in words:
        most = address.max_prefixlen
    elif ("through" in words or "through-length" in words) and numbers:
        most = numbers[-1]
    elif ("prefix-length-range" in words or "range" in words) and len(numbers) > 1:
        least, most = numbers[0], numbers[1]
    elif {"through", "range", "to"} & set(words):
        return None
    return address.version, PrefixEntry(line, True, int(address), length, least, most)
