"""NAT in the second half of the proof: what becomes of every packet.

For every packet, the new network must make of the packet with its new addresses what today's makes of it, with *its*
new addresses: new(map(packet)) = map(old(packet)). Access lists, routes and policies are compared the same way, each by
itself: if every step of a packet's way through a device fulfils that, so does the whole way.

One address for one is compared as a distance: the piece of today's addresses that goes by one step of the mapping, and
whose translation goes by one step, must be translated by today's distance, corrected by both steps. A pool is compared
as a set, on the addresses that somebody has: hosts that a grown prefix will get some day are translated as the text
says, and the first half of the proof compares it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from configs.equivalence.carrier import Carriers
from configs.equivalence.model import Counterexample, Kind, site
from configs.headers import Rule, UndecidedError, differences
from configs.intervals import AddressSet, Intervals, everything, listed, shown
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configs.equivalence.carrier import Carrier
    from configs.equivalence.image import Images
    from configs.equivalence.model import Document, Findings
    from configs.headers import Difference, Packet
    from configs.meaning.statements import Meaning, Pool, Translated, Translation, TranslationList

SHOWN = 20  # counterexamples of one list
# From where on so many addresses are moved by so much: (first, number, distance), of one family.
Stretch: TypeAlias = "tuple[int, int, int]"


@dataclass(frozen=True, slots=True)
class _Put:
    """What is put in the place of an address: by a distance, or any of a set."""

    distance: int | None = None
    addresses: AddressSet | None = None
    ports: Intervals | None = None
    words: str = ""

    def said(self, value: int, version: int) -> str:
        """What an address becomes, as it is shown."""
        if self.distance is not None:
            text = shown(value + self.distance, version)
        elif self.addresses is not None and self.addresses.family(version):
            text = listed(self.addresses.family(version), version)
        else:
            text = self.words or shown(value, version)
        return text if self.ports is None else f"{text} ({_ports(self.ports)})"


@dataclass(frozen=True, slots=True)
class _Made:
    """What becomes of source and destination. `lines` are where it is said; they do not count."""

    source: _Put | None = None
    destination: _Put | None = None
    lines: tuple[int, ...] = field(default=(), compare=False)

    def said(self, packet: Packet) -> str:
        """The packet afterwards, as it is shown."""
        parts = [
            put.said(value, packet.version) if put is not None else shown(value, packet.version)
            for put, value in ((self.source, packet.source), (self.destination, packet.destination))
        ]
        return " → ".join(parts)


_NOTHING = _Made()


class Translations:
    """Compares what two texts of one device make of packets."""

    def __init__(self, old: Document, new: Document, images: Images, findings: Findings) -> None:
        self._old = old
        self._new = new
        self._findings = findings
        self._carrier = Carriers(images).of

    def check(self, old: Meaning, new: Meaning) -> None:
        """Everything of one device."""
        pairs = _matched(old.translations, new.translations)
        for before, after in pairs:
            self._list(before, after)
        if len(old.pools) == len(new.pools):
            for first, second in zip(old.pools, new.pools, strict=True):
                self._pool(first, second)

    # ---- lists of translations

    def _list(self, old: TranslationList, new: TranslationList) -> None:
        self._findings.checked["translations"] += len(old.rules)
        for line in old.unclear:
            message = Message("this translation is not a set of packets; only those around it are compared")
            self._findings.beyond(site(self._old, line), "translation-no-set", message)
        carrier = self._carrier(None)
        compared = self._compared(old.rules, new.rules)
        first = [rule for each in old.rules for rule in self._rules(each, compared, carry=True)]
        second = [rule for each in new.rules for rule in self._rules(each, compared, carry=False)]
        domain = [
            self._domain([pick(each.rule) for each in old.rules], [pick(each.rule) for each in new.rules], old.rules)
            for pick in (_source_of, _destination_of)
        ]
        default = (Rule(_NOTHING, old.line), Rule(_NOTHING, new.line))
        try:
            found = differences(
                _with_unclear(first, old.unclear),
                _with_unclear(second, new.unclear),
                default=default,
                source=domain[0],
                destination=domain[1],
            )
            for number, each in enumerate(found):
                if number == SHOWN:
                    break
                self._differs(each, carrier)
        except UndecidedError:
            message = Message("the rules of this list are too tangled to be compared")
            self._findings.beyond(site(self._old, old.line), "undecided", message)

    def _domain(self, old: Iterable[AddressSet], new: Iterable[AddressSet], rules: Sequence[Translation]) -> AddressSet:
        """Where the lists may be compared: without new hosts of what is translated one by one."""
        found = self._carrier(None).inhabited(old, new)
        sides = [self._new_hosts(rules, version) | self._unsure(rules, version) for version in (4, 6)]
        return found - AddressSet(*sides)

    def _unsure(self, rules: Sequence[Translation], version: int) -> Intervals:
        """The addresses of rules whose other side goes to different places in different VRFs, now and afterwards."""
        spans: list[tuple[int, int]] = []
        for each in rules:
            own = each.rule.source, each.rule.destination
            for mine, translated in zip(own, (each.source, each.destination), strict=True):
                goal = None if translated is None else self._carrier(translated.vrf).image(version).unsure
                if translated is None or not goal or not translated.addresses.family(version).meets(goal):
                    continue
                if mine.any:
                    continue
                carried = self._carrier(each.vrf).carried(mine)
                spans += (mine.family(version) | carried.family(version)).spans
        return Intervals.of(spans)

    def _new_hosts(self, rules: Sequence[Translation], version: int) -> Intervals:
        spans: list[tuple[int, int]] = []
        for each in rules:
            image = self._carrier(each.vrf).image(version)
            for own, translated in ((each.rule.source, each.source), (each.rule.destination, each.destination)):
                if translated is not None and translated.in_order:
                    mapped = own.family(version) & image.mapped
                    spans += (image.growth(mapped) - image.placed).spans
        return Intervals.of(spans)

    def _compared(self, old: Sequence[Translation], new: Sequence[Translation]) -> AddressSet:
        """The addresses on which pools are compared: those that somebody has."""
        sets = [
            [
                translated.addresses
                for each in rules
                for translated in (each.source, each.destination)
                if translated is not None and not translated.in_order
            ]
            for rules in (old, new)
        ]
        return self._had(None, *sets)

    def _had(self, vrf: str | None, old: Iterable[AddressSet], new: Iterable[AddressSet]) -> AddressSet:
        carrier = self._carrier(vrf)
        grown = [
            Intervals.of(span for each in carrier.image(version).grown for span in each.new)
            - carrier.image(version).placed
            for version in (4, 6)
        ]
        return carrier.inhabited(old, new) - AddressSet(*grown)

    def _rules(self, each: Translation, compared: AddressSet, *, carry: bool) -> Iterator[Rule]:
        """A translation as rules whose action is what becomes of the packet, in the new network's addresses."""
        lines = tuple(
            line
            for translated in (each.source, each.destination)
            if translated is not None
            for line in translated.lines
        )
        for source, first in self._side(each.rule.source, each.source, each.vrf, compared, carry=carry):
            for destination, second in self._side(
                each.rule.destination, each.destination, each.vrf, compared, carry=carry
            ):
                yield replace(each.rule, source=source, destination=destination, action=_Made(first, second, lines))

    def _side(
        self, own: AddressSet, translated: Translated | None, vrf: str | None, compared: AddressSet, *, carry: bool
    ) -> Iterator[tuple[AddressSet, _Put | None]]:
        """Sets of addresses, and what is put in their place."""
        carrier = self._carrier(vrf)
        if translated is None:
            yield (carrier.carried(own) if carry else own), None
            return
        ports, words = translated.ports, translated.words
        goal = self._carrier(translated.vrf)
        if translated.in_order and (version := _one_to_one(own, translated.addresses)):
            stretches = _stretches(own.family(version), translated.addresses.family(version))
            if carry:
                stretches = _moved(stretches, carrier, goal, version)
            for first, size, distance in stretches:
                spans = Intervals(((first, first + size),))
                yield AddressSet.single(version, spans), _Put(distance, None, ports, words)
            return
        addresses = (goal.carried(translated.addresses) if carry else translated.addresses) & compared
        yield (carrier.carried(own) if carry else own), _Put(None, addresses, ports, words)

    def _differs(self, found: Difference, carrier: Carrier) -> None:
        flow = carrier.flow(found.packet)
        version = found.packet.version
        made = [each.action for each in (found.first, found.second)]
        message = Message(
            "the packet {source} → {destination} (protocol {protocol}, port {port}) must become {wanted} and becomes "
            "{found}; today it is {old_source} → {old_destination}",
            source=shown(found.packet.source, version),
            destination=shown(found.packet.destination, version),
            protocol=found.packet.protocol,
            port=found.packet.destination_port,
            wanted=made[0].said(found.packet) if isinstance(made[0], _Made) else "?",
            found=made[1].said(found.packet) if isinstance(made[1], _Made) else "?",
            old_source=shown(flow.old.source, version),
            old_destination=shown(flow.old.destination, version),
        )
        sides = [
            tuple(
                site(document, line)
                for line in dict.fromkeys(
                    (rule.line, *rule.lines, *(action.lines if isinstance(action, _Made) else ()))
                )
            )
            for document, rule, action in ((self._old, found.first, made[0]), (self._new, found.second, made[1]))
        ]
        self._findings.against_list(Counterexample(Kind.TRANSLATION, message, sides[0], sides[1], flow))

    # ---- pools

    def _pool(self, old: Pool, new: Pool) -> None:
        self._findings.checked["pools"] += 1
        carrier = self._carrier(old.vrf)
        compared = self._had(old.vrf, [old.addresses], [new.addresses])
        wanted, found = carrier.carried(old.addresses) & compared, new.addresses & compared
        if wanted == found:
            return
        for version in (4, 6):
            odd = (wanted.family(version) - found.family(version)) | (found.family(version) - wanted.family(version))
            if not odd:
                continue
            message = Message(
                "the pool {name} must hold {wanted} and holds {found}: {address} differs",
                name=new.name,
                wanted=listed(wanted.family(version), version),
                found=listed(found.family(version), version),
                address=shown(odd.first, version),
            )
            sides = [
                tuple(site(document, line) for line in pool.lines)
                for document, pool in ((self._old, old), (self._new, new))
            ]
            self._findings.against_list(Counterexample(Kind.TRANSLATION, message, sides[0], sides[1]))


def _matched(
    old: Sequence[TranslationList], new: Sequence[TranslationList]
) -> Iterable[tuple[TranslationList, TranslationList]]:
    """The lists that stand for each other: in their order, or by name if there are more or fewer."""
    if len(old) == len(new):
        return zip(old, new, strict=True)
    named = {each.name: each for each in new}
    return [(each, named[each.name]) for each in old if each.name in named]


def _source_of(rule: Rule) -> AddressSet:
    return rule.source


def _destination_of(rule: Rule) -> AddressSet:
    return rule.destination


def _one_to_one(own: AddressSet, addresses: AddressSet) -> int:
    """The family in which every address of a set has its own one in another set; 0 if there is none."""
    for version in (4, 6):
        mine, theirs = own.family(version), addresses.family(version)
        if mine and mine.size == theirs.size and mine != everything(32 if version == 4 else 128):
            return version
    return 0


def _stretches(own: Intervals, addresses: Intervals) -> list[Stretch]:
    """Two sets of one size, side by side in their order."""
    found: list[Stretch] = []
    mine, theirs = list(own.spans)[::-1], list(addresses.spans)[::-1]
    while mine and theirs:
        (start, stop), (goal, end) = mine.pop(), theirs.pop()
        size = min(stop - start, end - goal)
        found.append((start, size, goal - start))
        if start + size < stop:
            mine.append((start + size, stop))
        if goal + size < end:
            theirs.append((goal + size, end))
    return found


def _moved(stretches: Iterable[Stretch], here: Carrier, there: Carrier, version: int) -> list[Stretch]:
    """Today's stretches in the new network: cut where the mapping takes another step on either side."""
    found: list[Stretch] = []
    for first, size, distance in stretches:
        cuts = {first, first + size}
        cuts |= here.image(version).cuts(first, first + size)
        goal = first + distance
        cuts |= {cut - distance for cut in there.image(version).cuts(goal, goal + size)}
        ordered = sorted(cuts)
        for start, stop in pairwise(ordered):
            place = here.image(version).place(start)
            to = there.image(version).place(start + distance)
            if place is not None and to is not None:
                found.append((place, stop - start, to - place))
    return found


def _with_unclear(rules: Sequence[Rule], unclear: Sequence[int]) -> list[Rule]:
    """The rules with the unclear ones in their places, each as a condition that nobody knows."""
    unknown = [
        Rule("?", line, conditions=frozenset((f"unclear rule {number}",))) for number, line in enumerate(unclear)
    ]
    return sorted((*rules, *unknown), key=lambda rule: rule.line) if unknown else list(rules)


def _ports(ports: Intervals) -> str:
    return ", ".join(str(start) if stop == start + 1 else f"{start}-{stop - 1}" for start, stop in ports)
