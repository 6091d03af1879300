"""Who may reach whom: for each pair of zones what policies let through, what decides, and what becomes of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from configs.headers import PORTS, PROTOCOLS, protocol_name
from configs.intervals import ANYWHERE, Intervals, listed
from configs.meaning.statements import FilterKind
from configs.rulesets.boxes import TangledError, meets, without
from configs.rulesets.examine import implied

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.headers import Rule
    from configs.intervals import AddressSet
    from configs.rulesets.boxes import Box
    from configs.rulesets.model import RuleSet, RuleSets

ANY: Final = "any"
# Conditions that say which service a rule is for, in words that have no ports.
_SERVICE_WORDS: Final = frozenset({"service", "application", "app", "app-group", "application-group", "app-id"})
_MOST_ZONES: Final = 24  # of those that no rule names; with more of them, only named ones are shown
_MOST_BEFORE: Final = 100  # earlier rules that are cut out of one; behind more, it is taken to let something through


@dataclass(frozen=True, slots=True)
class Opening:
    """A rule that lets packets through. `conditions` are what else it asks for, in the device's words."""

    line: int
    policy: str
    services: tuple[str, ...]
    sources: str
    destinations: str
    conditions: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether it lets every packet through."""
        return self.services == (ANY,) and self.sources == self.destinations == ANY and not self.conditions

    def as_json(self) -> dict[str, Any]:
        """For a machine; `any` stands for every address and service."""
        return {
            "line": self.line,
            "policy": self.policy,
            "services": list(self.services),
            "sources": self.sources,
            "destinations": self.destinations,
            "conditions": list(self.conditions),
            "everything": self.everything,
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """What passes from one zone to another. `unknown` are the lines of rules that could not be read.

    `default` is what becomes of the rest: `permit`, `deny`, or `unknown`.
    """

    source: str
    destination: str
    openings: tuple[Opening, ...]
    default: str
    unknown: tuple[int, ...] = ()

    @property
    def verdict(self) -> str:
        """`open` (anything passes), `some`, `closed`, or `unknown`, where what was read cannot tell."""
        if self.default == "permit" or any(one.everything for one in self.openings):
            return "open"
        if self.openings:
            return "some"
        return "unknown" if self.unknown or self.default == "unknown" else "closed"

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "from": self.source,
            "to": self.destination,
            "verdict": self.verdict,
            "default": self.default,
            "rules": [one.as_json() for one in self.openings],
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True, slots=True)
class ZoneMatrix:
    """All pairs of zones of a device; a zone to itself only where a rule names it on both sides."""

    zones: tuple[str, ...]
    cells: tuple[Cell, ...]

    def cell(self, source: str, destination: str) -> Cell | None:
        """What passes from one zone to another; None for a pair that is not there."""
        return next((one for one in self.cells if (one.source, one.destination) == (source, destination)), None)

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {"zones": list(self.zones), "cells": [one.as_json() for one in self.cells]}


def matrix(found: RuleSets) -> ZoneMatrix | None:
    """The matrix of a device; None if it has no policies between zones."""
    policies = [one for one in found.sets if one.kind is FilterKind.SECURITY_POLICY and one.bound != ()]
    named = {name for one in policies for zones in (*one.zones.values(), *one.pairs) for side in zones for name in side}
    if not policies or not named:
        return None
    known = found.known if len(found.known) <= _MOST_ZONES else ()
    folded: dict[str, str] = {}
    for name in (*known, *sorted(named)):
        folded.setdefault(name.lower(), name)
    zones = tuple(folded.values())
    default = "unknown" if found.open_defaults is None else "permit" if found.open_defaults else "deny"
    cells = []
    for source in zones:
        for destination in zones:
            rows = list(_between(policies, source.lower(), destination.lower()))
            if source == destination and not any(one.names_source(rule.line) for one, rule in rows):
                continue
            unread = tuple(
                sorted(
                    {
                        line
                        for one in policies
                        for line in one.unclear
                        if one.meets_zones(line, source.lower(), destination.lower())
                    }
                )
            )
            openings = tuple(_openings(rows))
            cells.append(Cell(source, destination, openings, default, unread))
    return ZoneMatrix(zones, tuple(cells))


def _between(policies: Sequence[RuleSet], source: str, destination: str) -> Iterator[tuple[RuleSet, Rule]]:
    """The rules that speak of a pair of zones, in the order in which they are asked."""
    for one in policies:
        for rule in one.rules:
            if one.meets_zones(rule.line, source, destination):
                yield one, rule


def _openings(rows: Sequence[tuple[RuleSet, Rule]]) -> Iterator[Opening]:
    """The rules that let something through; those of one line as one."""
    lines: dict[int, list[tuple[RuleSet, Rule]]] = {}
    for place, (one, rule) in enumerate(rows):
        before = [
            other
            for each, other in rows[:place]
            if other.line != rule.line and each.space == one.space and each.ordered
        ]
        if one.permitting(rule) and _left(rule, before):
            lines.setdefault(rule.line, []).append((one, rule))
    for line, found in lines.items():
        one, rule = found[0]
        services = dict.fromkeys(text for _, each in found for text in services_of(each))
        conditions = dict.fromkeys(
            text for _, each in found for text in sorted(each.conditions) if text.split(" ")[0] not in _SERVICE_WORDS
        )
        yield Opening(
            line,
            one.name,
            (ANY,) if ANY in services else tuple(services),
            addresses_of(rule.source),
            addresses_of(rule.destination),
            tuple(conditions),
        )


def _left(rule: Rule, before: Sequence[Rule]) -> bool:
    """Whether earlier rules leave anything to a rule."""
    for version in (4, 6):
        box = rule.box(version)
        if not all(box):
            continue
        pieces: list[Box] = [box]
        near = [
            other.box(version)
            for other in before
            if implied(other.conditions, rule.conditions) and meets(box, other.box(version))
        ]
        if len(near) > _MOST_BEFORE:
            return True
        try:
            for cut in near:
                pieces = without(pieces, cut)
        except TangledError:
            return True
        if pieces:
            return True
    return False


def services_of(rule: Rule) -> tuple[str, ...]:
    """What a rule is for as people write it: `tcp/443`, `udp/53`, a service by its name, `any`."""
    words = [
        value
        for text in sorted(rule.conditions)
        if text.split(" ")[0] in _SERVICE_WORDS
        for value in text.partition(" ")[2].split(" | ")
    ]
    whole = rule.protocols == PROTOCOLS
    ports = "" if rule.destination_ports == PORTS else _ports(rule.destination_ports)
    origin = "" if rule.source_ports == PORTS else f" from {_ports(rule.source_ports)}"
    if whole and not ports and not origin:
        return tuple(words) or (ANY,)
    names = (
        [ANY] if whole else [protocol_name(number) for start, stop in rule.protocols for number in range(start, stop)]
    )
    return (*words, *(f"{name}/{ports}{origin}" if ports or origin else name for name in names))


def _ports(found: Intervals) -> str:
    return ",".join(str(start) if stop - start == 1 else f"{start}-{stop - 1}" for start, stop in found)


def addresses_of(found: AddressSet) -> str:
    """Addresses as people write them; `any` for all of a family and none of the other, too."""
    if found.v4 == ANYWHERE.v4 or (found.v6 == ANYWHERE.v6 and not found.v4):
        return ANY
    return ", ".join(listed(found.family(version), version) for version in (4, 6) if found.family(version)) or "-"
