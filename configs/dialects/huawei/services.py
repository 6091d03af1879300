"""USG's services as sets: what a rule writes down itself, and service sets.

Syntax: Huawei "USG6000E Command Reference", service protocol (security policy rule view, service set object view): TCP,
UDP and SCTP with lists of ports and ranges; types of ICMP are not compared. Predefined services are words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.headers import PORTS
from configs.intervals import Intervals
from configs.meaning.objects import Book, Content, Services, protocol_set, service_book
from configs.meaning.policies import ANY_SERVICE, Service

if TYPE_CHECKING:
    from configs.reading import Reading

_Words = tuple[str, ...]
_SIDES: Final = ("source-port", "destination-port")


def service_sets(reading: Reading) -> Book[Services]:
    """The service sets of a configuration."""
    book = service_book("service-set", {"any": ANY_SERVICE})
    for command in reading.find("ip", "service-set"):
        if command.negated or len(command.folded) < 3:
            continue
        name = command.folded[2]
        book.open(name, command.line)
        for inner in command.find("service"):
            words = inner.folded[1:]
            words = words[1:] if words and words[0].isdigit() else words
            if inner.negated:
                continue
            if words[:1] == ("service-set",) and len(words) > 1:
                book.put(name, words[1], inner.line)
            else:
                found = written(words)
                book.put(name, None if found is None else (found,), inner.line)
    return book


def of_rule(values: _Words, book: Book[Services]) -> list[Content[Services]]:
    """What the `service` lines of a rule ask for; a line that is no set is a word."""
    found: list[Content[Services]] = []
    for text in values:
        words = tuple(text.split())
        if words[:1] == ("protocol",):
            one = written(words)
            found.append(Content(None, (text,)) if one is None else Content((one,)))
        else:
            found += [book.content(name) or Content(None, (name,)) for name in words]
    return found


def written(words: _Words) -> Service | None:
    """`protocol P [source-port A [to B] …] [destination-port A [to B] …]`; None if it is something else."""
    protocols = protocol_set(words[1]) if words[:1] == ("protocol",) and len(words) > 1 else None
    if protocols is None:
        return None
    ports: dict[str, Intervals] = {}
    rest = words[2 : words.index("description") if "description" in words else len(words)]
    while rest:
        if rest[0] not in _SIDES:
            return None
        end = next((at for at, word in enumerate(rest) if at and word in _SIDES), len(rest))
        found = _ports(rest[1:end])
        if found is None:
            return None
        ports[rest[0]] = found
        rest = rest[end:]
    return Service(protocols, *(ports.get(side, PORTS) for side in _SIDES))


def _ports(words: _Words) -> Intervals | None:
    spans: list[tuple[int, int]] = []
    rest = list(words)
    while rest:
        low = rest.pop(0)
        high = low
        if rest[:1] == ["to"] and len(rest) > 1:
            high = rest[1]
            del rest[:2]
        if not (low.isdecimal() and high.isdecimal()) or not int(low) <= int(high) <= 65535:
            return None
        spans.append((int(low), int(high) + 1))
    return Intervals.of(spans) if spans else None
