"""The second half of the proof, part one: filters, routes and prefix lists as sets.

For every packet, what the new list says of the packet with its new addresses must be what the old list said of it with
today's. The old list is therefore carried over by the mapping, rule by rule, and compared with the new one as sets of
packets, exactly. Left out are addresses that nobody has (today's that moved away) and those that only a rule wider
than the mapping spoke of: there the rule itself says which addresses it means now, and the first half checks it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from configs.equivalence.carrier import Carrier, Carriers
from configs.equivalence.model import Counterexample, Kind, site
from configs.headers import Rule, UndecidedError, differences
from configs.intervals import ANYWHERE, BITS, EMPTY, AddressSet, prefix, shown
from configs.places import tokens
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from configs.equivalence.image import Images
    from configs.equivalence.model import Document, Findings
    from configs.headers import Difference
    from configs.meaning.statements import FilterList, Meaning, PrefixList, Route

SHOWN = 20  # counterexamples of one list


class Flows:
    """Compares what two texts of one device say about packets and routes."""

    def __init__(self, old: Document, new: Document, images: Images, findings: Findings) -> None:
        self._old = old
        self._new = new
        self._images = images
        self._findings = findings
        self._carrier = Carriers(images).of

    def check(self, old: Meaning, new: Meaning) -> None:
        """Everything of one device."""
        for before, after in _matched(old.filters, new.filters, lambda each: (each.kind, each.name)):
            self._filter(before, after)
        for first, second in _matched(old.prefix_lists, new.prefix_lists, lambda each: (each.version, each.name)):
            self._prefix_list(first, second)
        spaces = {(route.vrf, route.version) for route in (*old.routes, *new.routes)}
        for vrf, version in sorted(spaces):
            here = [
                [route for route in meaning.routes if (route.vrf, route.version) == (vrf, version)]
                for meaning in (old, new)
            ]
            self._routes(vrf, version, *here)

    # ---- filters

    def _filter(self, old: FilterList, new: FilterList) -> None:
        carrier = self._carrier(None)
        self._findings.checked["filters"] += 1
        self._findings.checked["rules"] += len(old.rules)
        for line in old.unclear:
            message = Message("this rule is not a set of packets; only the rules around it are compared")
            self._findings.beyond(site(self._old, line), "rule-no-set", message)
        carried = []
        for rule in old.rules:
            own = self._carrier(self._vrf_of(rule))
            carried.append(replace(rule, source=own.carried(rule.source), destination=own.carried(rule.destination)))
        first = _with_unclear(carried, old.unclear)
        second = _with_unclear(new.rules, new.unclear)
        self._compare(
            (first, Rule(old.default, old.line)),
            (second, Rule(new.default, new.line)),
            carrier,
            carrier.inhabited([rule.source for rule in old.rules], [rule.source for rule in new.rules]),
            carrier.inhabited([rule.destination for rule in old.rules], [rule.destination for rule in new.rules]),
        )

    def _vrf_of(self, rule: Rule) -> str | None:
        """The VRF that a rule names itself (its words are folded); None if it names none that the mapping knows."""
        if not {"vpn-instance", "vrf"} & rule.conditions:
            return None
        named = [vrf for vrf in self._images.vrfs if vrf.casefold() in rule.conditions]
        return named[0] if len(named) == 1 else None

    def _compare(
        self,
        old: tuple[Sequence[Rule], Rule],
        new: tuple[Sequence[Rule], Rule],
        carrier: Carrier,
        source: AddressSet,
        destination: AddressSet,
        kind: Kind = Kind.FILTER,
    ) -> None:
        try:
            found = differences(old[0], new[0], default=(old[1], new[1]), source=source, destination=destination)
            for number, each in enumerate(found):
                if number == SHOWN:
                    break
                self._differs(each, carrier, kind)
        except UndecidedError:
            message = Message("the rules of this list are too tangled to be compared")
            self._findings.beyond(site(self._old, old[1].line), "undecided", message)

    def _differs(self, found: Difference, carrier: Carrier, kind: Kind) -> None:
        flow = carrier.flow(found.packet)
        version = found.packet.version
        if kind is Kind.ROUTE:
            message = Message(
                "{destination} (today {old}) is reached another way",
                destination=shown(flow.new.destination, version),
                old=shown(flow.old.destination, version),
            )
        else:
            message = Message(
                "the packet {source} → {destination} (protocol {protocol}, port {port}) met “{old}” and meets “{new}”; "
                "today it is {old_source} → {old_destination}",
                source=shown(flow.new.source, version),
                destination=shown(flow.new.destination, version),
                protocol=flow.new.protocol,
                port=flow.new.destination_port,
                old=found.first.action,
                new=found.second.action,
                old_source=shown(flow.old.source, version),
                old_destination=shown(flow.old.destination, version),
            )
        sides = [
            tuple(site(document, line) for line in dict.fromkeys((rule.line, *rule.lines)))
            for document, rule in ((self._old, found.first), (self._new, found.second))
        ]
        self._findings.against_list(Counterexample(kind, message, sides[0], sides[1], flow))

    # ---- routes

    def _routes(self, vrf: str, version: int, old: Sequence[Route], new: Sequence[Route]) -> None:
        carrier = self._carrier(vrf)
        self._findings.checked["routes"] += len(old)
        first = _table(old, version, lambda route: self._hop(route, version), carrier.carried)
        second = _table(new, version, lambda route: route.hop, lambda found: found)
        inhabited = carrier.inhabited([_destination(route) for route in old], [_destination(route) for route in new])
        nothing = (Rule("none"), Rule("none"))
        self._compare((first, nothing[0]), (second, nothing[1]), carrier, ANYWHERE, inhabited, Kind.ROUTE)
        self._side_by_side(old, new, version)

    def _side_by_side(self, old: Sequence[Route], new: Sequence[Route], version: int) -> None:
        """Routes to one prefix share its packets: those that do now must have done so before."""
        known = [_ways(same, lambda route: self._hop(route, version)) for same in _together(old, version).values()]
        for (length, first), same in _together(new, version).items():
            ways = _ways(same, lambda route: route.hop)
            if len(ways) == 1 or ways in known:
                continue
            message = Message(
                "routes that lead to different places are for the same prefix now: {prefix}",
                prefix=f"{shown(first, version)}/{length}",
            )
            sites = tuple(site(self._new, line) for line in dict.fromkeys(route.line for route in same))
            self._findings.against_list(Counterexample(Kind.ROUTE, message, (), sites))

    def _hop(self, route: Route, version: int) -> int | None:
        if route.hop is None:
            return None
        place = self._images.of(route.hop_vrf, version).place(route.hop)
        return route.hop if place is None else place

    # ---- prefix lists

    def _prefix_list(self, old: PrefixList, new: PrefixList) -> None:
        self._findings.checked["prefix_lists"] += 1
        routes = self._images.of(None, old.version).routes
        try:
            for found in routes.differences(old.entries, new.entries):
                message = Message(
                    "the route {new} (today {old}) is treated differently",
                    new=f"{shown(found.new.value, old.version)}/{found.new.length}",
                    old=f"{shown(found.old.value, old.version)}/{found.old.length}",
                )
                lines = (found.first.line if found.first else old.line, found.second.line if found.second else new.line)
                sites = (site(self._old, lines[0]),), (site(self._new, lines[1]),)
                self._findings.against_list(Counterexample(Kind.PREFIX_LIST, message, *sites))
        except UndecidedError:
            message = Message("the rules of this list are too tangled to be compared")
            self._findings.beyond(site(self._old, old.line), "undecided", message)


_T = TypeVar("_T")


def _matched(old: Sequence[_T], new: Sequence[_T], key: Callable[[_T], object]) -> Iterable[tuple[_T, _T]]:
    """The lists that stand for each other: in their order, or by name if their numbers are not the same."""
    if len(old) == len(new):
        return zip(old, new, strict=True)
    named = {key(each): each for each in new}
    return [(each, named[key(each)]) for each in old if key(each) in named]


def _with_unclear(rules: Sequence[Rule], unclear: Sequence[int]) -> list[Rule]:
    """The rules with the unclear ones in their places, each as a condition that nobody knows."""
    if not unclear:
        return list(rules)
    unknown = [
        Rule("?", line, conditions=frozenset((f"unclear rule {number}",))) for number, line in enumerate(unclear)
    ]
    return sorted((*rules, *unknown), key=lambda rule: rule.line)


def _destination(route: Route) -> AddressSet:
    return AddressSet.single(route.version, prefix(route.value, route.length, BITS[route.version]))


def _unnamed(text: str) -> str:
    """What a route says besides, without addresses: in descriptions and names they follow by policy, line by line."""
    parts, at = [], 0
    for token in tokens.scan(text):
        parts.append(text[at : token.start])
        at = token.end
    return "*".join((*parts, text[at:]))


def _together(routes: Sequence[Route], version: int) -> dict[tuple[int, int], list[Route]]:
    """Routes by their prefix: its length and its first address."""
    together: dict[tuple[int, int], list[Route]] = {}
    for route in routes:
        together.setdefault((route.length, prefix(route.value, route.length, BITS[version]).first), []).append(route)
    return together


def _ways(same: Sequence[Route], hop: Callable[[Route], int | None]) -> frozenset[tuple[int | None, str, str, str]]:
    """Where routes lead."""
    return frozenset((hop(route), route.interface, route.hop_vrf, _unnamed(route.rest)) for route in same)


def _table(
    routes: Sequence[Route],
    version: int,
    hop: Callable[[Route], int | None],
    carried: Callable[[AddressSet], AddressSet],
) -> list[Rule]:
    """A routing table as rules: the longest prefix first, routes to one prefix together."""
    rules = []
    for _, same in sorted(_together(routes, version).items(), key=lambda row: -row[0][0]):
        action = _ways(same, hop)
        found = carried(_destination(same[0]))
        if found.family(version) != EMPTY:
            lines = tuple(line for route in same for line in (route.line, *route.lines))
            rules.append(Rule(action, same[0].line, destination=found, lines=lines))
    return rules
