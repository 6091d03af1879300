"""Named objects of firewalls as sets, and policies that speak of them as rules (`configs.headers`).

A dialect puts down what it read: objects with their parts, rules with their fields. What has no addresses (a domain
name, a country, a predefined service) is a word, and a word is a condition that may hold or not. What was not
understood stays unknown, and a rule that rests on it is no set: `UnclearError`, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from itertools import product
from operator import or_
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeAlias, TypeVar

from configs.addressing import address_of, length_of
from configs.headers import PORTS, PROTOCOL_NUMBERS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, BITS, AddressSet, Intervals, prefix, wildcard
from configs.meaning.filter_sets import UnclearError
from configs.meaning.policies import Service, united
from configs.meaning.statements import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from configs.addressing import Address

# Something that may be an address, in words that nobody interpreted.
_ADDRESS: Final = re.compile(r"\d[._-]\d{1,3}[._-]\d|::|(?:[0-9a-fA-F]{1,4}:){3}")
_MOST_SERVICES: Final = 128  # of one rule; more are not written out
_WORD: Final = re.compile(r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'|(\S+)")
_NO_WORDS: Final[frozenset[str]] = frozenset()
_T = TypeVar("_T")

Services: TypeAlias = tuple[Service, ...]


class Content(NamedTuple, Generic[_T]):
    """What an object holds: a set, if it has addresses, and words for what has none. `lines` say so."""

    found: _T | None
    words: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()


@dataclass(slots=True)
class _Object(Generic[_T]):
    line: int
    parts: list[_T | str | None] = field(default_factory=list)
    without: list[_T | str | None] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


class Book(Generic[_T]):
    """Objects by name. A part is a set, the name of another object, or None for what was not understood.

    `kind` is what references to its objects are called. `join` makes one set of several; `cut` takes one from another.
    `known` are the objects that every device has.
    """

    def __init__(
        self,
        kind: str,
        join: Callable[[Iterable[_T]], _T],
        cut: Callable[[_T, _T], _T] | None = None,
        known: dict[str, _T] | None = None,
    ) -> None:
        self.kind = kind
        self._join = join
        self._cut = cut
        self._objects: dict[str, _Object[_T]] = {}
        self._lines: dict[str, tuple[int, ...]] = {}
        self._known = frozenset(known or ())
        self._found: dict[str, Content[_T] | None] = {name: Content(one) for name, one in (known or {}).items()}
        self._whole_of: dict[str, Content[_T] | None] = {}  # with the lines

    def open(self, name: str, line: int) -> None:
        """An object begins; one that is there already goes on. Without a part it is a word."""
        self._objects.setdefault(name, _Object(line))

    def put(self, name: str, part: _T | str | None, line: int = 0) -> None:
        """A part of an object, and where it stands."""
        one = self._objects.setdefault(name, _Object(line))
        one.parts.append(part)
        one.lines.append(line)

    def leave_out(self, name: str, part: _T | str | None, line: int = 0) -> None:
        """What an object does not hold although its other parts do."""
        one = self._objects.setdefault(name, _Object(line))
        one.without.append(part)
        one.lines.append(line)

    def __contains__(self, name: str) -> bool:
        return name in self._objects or name in self._known

    def content(self, name: str) -> Content[_T] | None:
        """What an object holds; None if that is not known. A name without a definition is a word."""
        if name in self._whole_of:
            return self._whole_of[name]
        found = self._content(name, frozenset())
        whole = found if found is None else Content(found.found, found.words, self.lines(name))
        self._whole_of[name] = whole
        return whole

    def get(self, name: str) -> _T | None:
        """The set that an object is; None if it is none, or more than one."""
        content = self.content(name)
        return None if content is None or content.words else content.found

    def lines(self, name: str) -> tuple[int, ...]:
        """The lines that say what an object holds, those of the objects in it too."""
        known = self._lines.get(name)
        if known is not None:
            return known
        found: dict[int, None] = {}
        waiting, seen = [name], set()
        while waiting:
            one = self._objects.get(at := waiting.pop())
            if one is not None and at not in seen:
                seen.add(at)
                found |= dict.fromkeys(one.lines)
                waiting += [part for part in (*one.parts, *one.without) if isinstance(part, str)]
        known = self._lines[name] = tuple(sorted(found))
        return known

    def names(self) -> Iterator[Name]:
        """The objects that are defined."""
        for name, one in self._objects.items():
            yield Name(self.kind, name, one.line)

    def _content(self, name: str, waiting: frozenset[str]) -> Content[_T] | None:
        if name in self._found:
            return self._found[name]
        one = self._objects.get(name)
        if name in waiting:
            return None
        if one is None or not (one.parts or one.without):
            title = self._title(name)
            found = None if title is None else Content[_T](None, (title,))
        else:
            found = self._whole(one, waiting | {name})
        self._found[name] = found
        return found

    def _whole(self, one: _Object[_T], waiting: frozenset[str]) -> Content[_T] | None:
        if len(one.parts) == 1 and not one.without:
            alone = one.parts[0]  # as in most objects
            return (
                self._content(alone, waiting) if isinstance(alone, str) else None if alone is None else Content(alone)
            )
        parts, less = (
            [
                self._content(part, waiting) if isinstance(part, str) else None if part is None else Content(part)
                for part in side
            ]
            for side in (one.parts, one.without)
        )
        known = [part for part in parts if part is not None]
        sets = [part.found for part in known if part.found is not None]
        words = tuple(dict.fromkeys(word for part in known for word in part.words))
        if len(known) != len(parts):
            return None
        whole = self._join(sets) if sets else None
        for part in less:
            if part is None or part.found is None or part.words or whole is None or self._cut is None or words:
                return None
            whole = self._cut(whole, part.found)
        return Content(whole, words)

    def _title(self, name: str) -> str | None:
        """A word for an object: its name, or its number where the name may follow the mapping."""
        if not _may_be_address(name):
            return name
        number = next((at for at, other in enumerate(self._objects) if other == name), None)
        return None if number is None else f"#{number}"


def addresses(kind: str, known: dict[str, AddressSet] | None = None) -> Book[AddressSet]:
    """A book of address objects."""
    return Book(kind, united, lambda one, less: one - less, known)


def service_book(kind: str, known: dict[str, Services] | None = None) -> Book[Services]:
    """A book of service objects."""
    return Book(kind, lambda parts: tuple(dict.fromkeys(one for part in parts for one in part)), None, known)


@dataclass(slots=True)
class Policy:
    """A rule of a policy as it is being read. Sources, destinations and services that are not said are any.

    `conditions` are its other words. `unclear` says why it is no set.
    """

    line: int
    action: Hashable = "deny"
    sources: list[AddressSet] = field(default_factory=list)
    destinations: list[AddressSet] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    conditions: set[str] = field(default_factory=set)
    without_sources: bool = False
    without_destinations: bool = False
    unclear: str = ""
    # Words for what has no addresses or ports: each is a rule of its own, with the word as a condition.
    source_words: list[str] = field(default_factory=list)
    destination_words: list[str] = field(default_factory=list)
    service_words: list[str] = field(default_factory=list)
    # Of the objects that the rule names.
    lines: list[int] = field(default_factory=list)

    def source(self, content: Content[AddressSet] | AddressSet | None) -> None:
        """Another source; None: one that was not understood."""
        self._address(content, self.sources, self.source_words, "source")

    def destination(self, content: Content[AddressSet] | AddressSet | None) -> None:
        """Another destination."""
        self._address(content, self.destinations, self.destination_words, "destination")

    def service(self, content: Content[Services] | None) -> None:
        """Another service."""
        if content is None:
            self.unclear = "service"
            return
        self.services += content.found or ()
        self.service_words += content.words

    def _address(
        self, content: Content[AddressSet] | AddressSet | None, sets: list[AddressSet], words: list[str], role: str
    ) -> None:
        if content is None:
            self.unclear = role
        elif isinstance(content, AddressSet):
            sets.append(content)
        else:
            sets += [content.found] if content.found is not None else []
            words += content.words
            self.lines += content.lines

    def rules(self) -> tuple[Rule, ...]:
        """The rules of the first that matches; several for one line if it has several services. UnclearError."""
        unclear = self.unclear or next((word for word in sorted(self.conditions) if _may_be_address(word)), "")
        services = list(dict.fromkeys(self.services)) if len(self.services) > 1 else self.services
        if unclear or len(services) > _MOST_SERVICES:
            raise UnclearError(unclear or "services")
        sources = _side(self.sources, self.source_words, "source", negated=self.without_sources)
        destinations = _side(
            self.destinations, self.destination_words, "destination", negated=self.without_destinations
        )
        asked = [(one, _NO_WORDS) for one in services]
        asked += [(Service(), frozenset((f"service {word}",))) for word in dict.fromkeys(self.service_words)]
        conditions, lines = frozenset(self.conditions), tuple(dict.fromkeys(self.lines))
        return tuple(
            Rule(
                self.action,
                self.line,
                source,
                destination,
                service.protocols,
                service.source_ports,
                service.destination_ports,
                conditions | service_words | source_words | destination_words,
                lines,
            )
            for (source, source_words), (destination, destination_words), (service, service_words) in product(
                sources, destinations, asked or [(Service(), _NO_WORDS)]
            )
        )


@lru_cache(1 << 14)
def _may_be_address(word: str) -> bool:
    return _ADDRESS.search(word) is not None


def _side(
    sets: Sequence[AddressSet], words: Sequence[str], role: str, *, negated: bool
) -> list[tuple[AddressSet, frozenset[str]]]:
    if negated:
        whole = ANYWHERE - united(sets) if sets else ANYWHERE
        return [(whole, frozenset(f"{role} not {word}" for word in words))]
    found = [(reduce(or_, sets) if sets else ANYWHERE, _NO_WORDS)] if sets or not words else []
    return found + [(ANYWHERE, frozenset((f"{role} {word}",))) for word in dict.fromkeys(words)]


# ---- words


@lru_cache(1 << 16)  # the devices of a city repeat each other's lines
def words_of(text: str) -> tuple[str, ...]:
    """The words of a command; quotes hold one together and are not part of it."""
    if "'" not in text and "\\" not in text:
        if '"' not in text:
            return tuple(text.split())
        parts = text.split('"')
        # One pair of quotes around a whole word: most of the commands that have any.
        if len(parts) == 3 and parts[0].endswith(" ") and (not parts[2] or parts[2][0] == " "):
            return (*parts[0].split(), parts[1], *parts[2].split())
    return tuple(match[match.lastindex or 0] for match in _WORD.finditer(text))


# ---- addresses as they are written


def host(address: Address | None) -> AddressSet | None:
    """One address."""
    return None if address is None else AddressSet.single(address.version, Intervals.one(int(address)))


@lru_cache(1 << 14)
def sized(text: str, size: str = "") -> AddressSet | None:
    """`A/L`, `A/M`, `A L`, `A M`, `A`; None if it is something else."""
    text, slash, length = text.partition("/")
    size = length if slash else size
    address = address_of(text)
    if address is None or not size:
        return host(address) if not slash else None
    found = length_of(address, size)
    bits = BITS[address.version]
    return None if found is None else AddressSet.single(address.version, prefix(int(address), found, bits))


def masked(text: str, mask: str, *, must: bool) -> AddressSet | None:
    """An address with a mask that may have holes; `must`: its 1 bits must match, else its 0 bits must."""
    address, pattern = address_of(text), address_of(mask)
    if address is None or pattern is None or address.version != pattern.version:
        return None
    bits = BITS[address.version]
    free = int(pattern) ^ ((1 << bits) - 1) if must else int(pattern)
    spans = wildcard(int(address), free, bits)
    return None if spans is None else AddressSet.single(address.version, spans)


def ranged(low: str, high: str) -> AddressSet | None:
    """A range; None if it is none, or ends before it begins."""
    first, last = address_of(low), address_of(high)
    if first is None or last is None or first.version != last.version or int(first) > int(last):
        return None
    return AddressSet.single(first.version, Intervals.inclusive(int(first), int(last)))


def written(text: str) -> AddressSet | None:
    """`A`, `A/L` or `A-B`."""
    low, dash, high = text.partition("-")
    return ranged(low, high) if dash else sized(text)


# ---- services as they are written


def protocol_set(word: str) -> Intervals | None:
    """A protocol by its name or number; None if it is unknown."""
    word = word.lower()
    if word in ("ip", "any", "ipv6"):
        return PROTOCOLS
    number = int(word) if word.isdecimal() else PROTOCOL_NUMBERS.get(word)
    return None if number is None or number > 255 else Intervals.one(number)


def port_set(text: str) -> Intervals | None:
    """`80`, `80-90`."""
    low, dash, high = text.partition("-")
    if not low.isdecimal() or (dash and not high.isdecimal()):
        return None
    found = Intervals.inclusive(int(low), int(high if dash else low))
    return found if found and found <= PORTS else None
