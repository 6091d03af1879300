"""The second half of the proof, part two: the network as a graph.

Who shares a subnet with whom, who speaks to whose address, which next hops are on a link, which names are defined:
all this must be the same before and after, end by end. An end is an address of an interface, by device and position.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configs.equivalence.model import Counterexample, Kind, site
from configs.intervals import BITS, listed, prefix, shown
from configs.model import UseKind
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configs.equivalence.image import Images
    from configs.equivalence.model import Document, Findings, Site
    from configs.intervals import Intervals
    from configs.meaning.statements import Meaning, Partner
    from configs.model import AddressUse

_OWN = (UseKind.INTERFACE, UseKind.SECONDARY)
# A device's configuration before and after, with what it means.
Texts: TypeAlias = "tuple[Document, Meaning]"
Ends: TypeAlias = "frozenset[tuple[str, int]]"


class End(NamedTuple):
    """An address of an interface. `name` is the same before and after: the device and the how-manieth address."""

    name: tuple[str, int]
    document: Document
    use: AddressUse

    @property
    def network(self) -> tuple[int, int, int]:
        """Family, first address, length."""
        version = self.use.first.version
        bits = BITS[version]
        length = bits if self.use.length is None else self.use.length
        return version, prefix(int(self.use.first), length, bits).first, length


class Network:
    """All devices of one of the two networks."""

    def __init__(self, texts: Mapping[str, Texts]) -> None:
        self.ends: dict[tuple[str, int], End] = {}
        self.virtual: dict[tuple[str, int], End] = {}
        self.meanings = {path: meaning for path, (_, meaning) in texts.items()}
        self.documents = {path: document for path, (document, _) in texts.items()}
        for path, (document, meaning) in texts.items():
            own = [use for use in meaning.uses if use.kind in _OWN]
            shared = [use for use in meaning.uses if use.kind is UseKind.VIRTUAL]
            for uses, ends in ((own, self.ends), (shared, self.virtual)):
                for number, use in enumerate(uses):
                    ends[path, number] = End((path, number), document, use)
        self._owners: dict[tuple[int, int], set[tuple[str, int]]] = defaultdict(set)
        for name, end in self.ends.items():
            self._owners[end.use.first.version, int(end.use.first)].add(name)
        for (path, number), end in self.virtual.items():
            self._owners[end.use.first.version, int(end.use.first)].add((f"{path} virtual", number))
        self._local: dict[str, list[End]] = defaultdict(list)
        for end in self.ends.values():
            self._local[end.name[0]].append(end)

    def owners(self, version: int, address: int) -> Ends:
        """Whose address it is."""
        return frozenset(self._owners.get((version, address), ()))

    def on_link(self, path: str, version: int, address: int, vrf: str) -> Ends:
        """The addresses of a device, of those in one VRF, in whose subnets an address is."""
        bits = BITS[version]
        found = set()
        for end in self._local[path]:
            family, first, length = end.network
            if family == version and end.use.vrf == vrf and address >> (bits - length) == first >> (bits - length):
                found.add(end.name)
        return frozenset(found)

    def inside(self, path: str, version: int, spans: Intervals, vrf: str | None = None) -> Ends:
        """The addresses of a device, of those in one VRF if it is known, that lie in a set."""
        return frozenset(
            end.name
            for end in self._local[path]
            if end.use.first.version == version
            and int(end.use.first) in spans
            and (vrf is None or end.use.vrf.casefold() == vrf.casefold())
        )


def check(old: Mapping[str, Texts], new: Mapping[str, Texts], images: Images, findings: Findings) -> None:
    """Compare the two networks. Both have the same devices."""
    before, after = Network(old), Network(new)
    _Check(before, after, images, findings).run()


class _Check:
    def __init__(self, old: Network, new: Network, images: Images, findings: Findings) -> None:
        self.old = old
        self.new = new
        self.images = images
        self.findings = findings

    def run(self) -> None:
        self._shared(self.old.ends, self.new.ends, _network_of, Kind.LINK)
        self._shared(self.old.virtual, self.new.virtual, _address_of, Kind.PARTNER)
        self._virtual()
        for path, meaning in self.old.meanings.items():
            now = self.new.meanings[path]
            self._partners(path, meaning.partners, now.partners)
            self._covers(path, meaning, now)
            self._next_hops(path, meaning, now)
            self._names(path, meaning, now)

    # ---- links

    def _shared(
        self, old: Mapping[tuple[str, int], End], new: Mapping[tuple[str, int], End], key: object, kind: Kind
    ) -> None:
        """Ends that had something in common still have it, and have it with nobody else."""
        if old.keys() != new.keys():
            return  # a line is missing or added, and reported as such
        group = _network_of if key is _network_of else _address_of
        before: dict[tuple[int, ...], list[tuple[str, int]]] = defaultdict(list)
        after: dict[tuple[int, ...], list[tuple[str, int]]] = defaultdict(list)
        for name, end in old.items():
            before[group(end)].append(name)
            after[group(new[name])].append(name)
        self.findings.checked["links" if kind is Kind.LINK else "virtual"] += sum(
            len(names) - 1 for names in before.values()
        )
        for names in before.values():
            places: dict[tuple[int, ...], list[tuple[str, int]]] = defaultdict(list)
            for name in names:
                places[group(new[name])].append(name)
            if len(places) > 1:
                self._parted(sorted(places.values(), key=len), old, new, kind)
        for names in after.values():
            origins = {group(old[name]): name for name in names}
            if len(origins) > 1 and not self._merged([old[name] for name in origins.values()]):
                pair = sorted(origins.values())[:2]
                self._joined(pair, old, new, kind)

    def _parted(
        self,
        groups: Sequence[Sequence[tuple[str, int]]],
        old: Mapping[tuple[str, int], End],
        new: Mapping[tuple[str, int], End],
        kind: Kind,
    ) -> None:
        most = groups[-1][0]
        for group in groups[:-1]:
            for name in group:
                if name[0] == most[0] and old[name].use.vrf != old[most].use.vrf:
                    continue  # two VRFs of one device: no link was between them
                if not self._expected_together(old[name], old[most]):
                    place = site(old[name].document, old[name].use.line)
                    message = Message("the mapping sends the two ends of this subnet to different ones")
                    self.findings.beyond(place, "parted-by-mapping", message)
                    continue
                message = Message(
                    "{first} and {second} had a subnet in common, {third} and {fourth} have none",
                    first=old[name].use.first,
                    second=old[most].use.first,
                    third=new[name].use.first,
                    fourth=new[most].use.first,
                )
                self._pair(kind, message, (name, most), old, new)

    def _joined(
        self,
        pair: Sequence[tuple[str, int]],
        old: Mapping[tuple[str, int], End],
        new: Mapping[tuple[str, int], End],
        kind: Kind,
    ) -> None:
        message = Message(
            "{first} and {second} have a subnet in common now; {third} and {fourth} had none",
            first=new[pair[0]].use.first,
            second=new[pair[1]].use.first,
            third=old[pair[0]].use.first,
            fourth=old[pair[1]].use.first,
        )
        self._pair(kind, message, pair, old, new)

    def _pair(
        self,
        kind: Kind,
        message: Message,
        names: Sequence[tuple[str, int]],
        old: Mapping[tuple[str, int], End],
        new: Mapping[tuple[str, int], End],
    ) -> None:
        self.findings.against_list(
            Counterexample(
                kind,
                message,
                tuple(site(old[name].document, old[name].use.line) for name in names),
                tuple(site(new[name].document, new[name].use.line) for name in names),
            )
        )

    def _expected(self, end: End) -> tuple[int, ...] | None:
        """The subnet that the mapping itself gives an end; None where it does not decide."""
        version, first, length = end.network
        image = self.images.of(end.use.vrf, version)
        place = image.place(int(end.use.first))
        if place is None:
            return None
        for grown in image.network(first, length):
            if place in grown.new:
                return version, grown.new.first, grown.new_length
        return version, prefix(place, length, BITS[version]).first, length

    def _expected_together(self, one: End, other: End) -> bool:
        return self._expected(one) == self._expected(other)

    def _merged(self, ends: Sequence[End]) -> bool:
        """Whether the mapping itself brings subnets together."""
        return len({self._expected(end) for end in ends}) == 1

    def _virtual(self) -> None:
        """A virtual address is in a subnet of its interface, if it was."""
        if self.old.virtual.keys() != self.new.virtual.keys():
            return
        for name, end in self.old.virtual.items():
            now = self.new.virtual[name]
            before = self.old.on_link(name[0], end.use.first.version, int(end.use.first), end.use.vrf)
            after = self.new.on_link(name[0], now.use.first.version, int(now.use.first), now.use.vrf)
            if before and not before & after:
                message = Message("the virtual address {address} is in no subnet of its device", address=now.use.first)
                self.findings.against_list(
                    Counterexample(
                        Kind.LINK,
                        message,
                        (site(end.document, end.use.line),),
                        (site(now.document, now.use.line),),
                    )
                )

    # ---- partners

    def _partners(self, path: str, old: Sequence[Partner], new: Sequence[Partner]) -> None:
        if len(old) != len(new):
            return  # a line is missing or added, and reported as such
        for before, after in zip(old, new, strict=True):
            self.findings.checked["partners"] += 1
            sides = [
                (
                    self.old.owners(before.version, before.far),
                    self.new.owners(after.version, after.far),
                    before.far,
                    after.far,
                )
            ]
            if before.own is not None and after.own is not None:
                sides.append(
                    (
                        self.old.owners(before.version, before.own),
                        self.new.owners(after.version, after.own),
                        before.own,
                        after.own,
                    )
                )
            for was, is_, old_address, new_address in sides:
                if was == is_ or not (was or is_):
                    continue
                message = Message(
                    "{new} is an address of {found}; {old} was one of {wanted}",
                    new=shown(new_address, after.version),
                    found=_named(is_),
                    old=shown(old_address, before.version),
                    wanted=_named(was),
                )
                self.findings.against_list(
                    Counterexample(
                        Kind.PARTNER,
                        message,
                        (site(self.old.documents[path], before.line), *self._lines(was ^ is_)),
                        (site(self.new.documents[path], after.line),),
                    )
                )

    def _lines(self, names: Ends) -> list[Site]:
        """Today's lines of addresses."""
        found = []
        for path, number in sorted(names):
            end = self.old.ends.get((path, number)) or self.old.virtual.get((path.removesuffix(" virtual"), number))
            if end is not None:
                found.append(site(end.document, end.use.line))
        return found

    # ---- where a routing protocol runs

    def _covers(self, path: str, old: Meaning, new: Meaning) -> None:
        if len(old.covers) != len(new.covers):
            return  # one line became several; the line-by-line half compares them
        for before, after in zip(old.covers, new.covers, strict=True):
            self.findings.checked["covers"] += 1
            was = self.old.inside(path, before.version, before.spans, before.vrf)
            is_ = self.new.inside(path, after.version, after.spans, after.vrf)
            if was != is_:
                odd = min(was ^ is_)
                ends = self.new.ends if odd in self.new.ends else self.old.ends
                template = (
                    mark("the interface address {address} is no longer covered")
                    if odd in was
                    else mark("the interface address {address} is covered now, and was not")
                )
                self.findings.against_list(
                    Counterexample(
                        Kind.LINK,
                        Message(template, address=ends[odd].use.first),
                        (site(self.old.documents[path], before.line),),
                        (site(self.new.documents[path], after.line),),
                    )
                )

    # ---- next hops

    def _next_hops(self, path: str, old: Meaning, new: Meaning) -> None:
        known: dict[tuple[str, int, int], tuple[Ends, Ends, int]] = {}
        for route in old.routes:
            if route.hop is None:
                continue
            self.findings.checked["next_hops"] += 1
            place = self.images.of(route.hop_vrf, route.version).place(route.hop)
            links = self.old.on_link(path, route.version, route.hop, route.hop_vrf)
            owners = self.old.owners(route.version, route.hop)
            known[route.hop_vrf, route.version, route.hop if place is None else place] = (links, owners, route.line)
        for route in new.routes:
            if route.hop is None:
                continue
            found = known.get((route.hop_vrf, route.version, route.hop))
            links = self.new.on_link(path, route.version, route.hop, route.hop_vrf)
            line = found[2] if found is not None else self._old_line(old, new, route.line)
            if found is None and links:
                continue  # another neighbour on a link: the comparison of routes says so
            if found is not None and found[0] == links and found[1] == self.new.owners(route.version, route.hop):
                continue
            if found is not None and not found[0] and not links:
                continue
            text = listed(prefix(route.value, route.length, BITS[route.version]), route.version)
            message = Message(
                "the next hop {hop} of {destination} is not on the link that it was on",
                hop=shown(route.hop, route.version),
                destination=text,
            )
            # The link's own lines too: one of them may be left for a person.
            ends = [self.old.ends[name] for name in sorted(found[0] if found is not None else ())]
            self.findings.against_list(
                Counterexample(
                    Kind.NEXT_HOP,
                    message,
                    (
                        *((site(self.old.documents[path], line),) if line else ()),
                        *(site(end.document, end.use.line) for end in ends),
                    ),
                    (site(self.new.documents[path], route.line),),
                )
            )

    @staticmethod
    def _old_line(old: Meaning, new: Meaning, line: int) -> int:
        if len(old.routes) != len(new.routes):
            return 0
        return next(
            (before.line for before, after in zip(old.routes, new.routes, strict=True) if after.line == line), 0
        )

    # ---- names

    def _names(self, path: str, old: Meaning, new: Meaning) -> None:
        """Every name that was defined is defined, by the definition in the same place."""
        if len(old.references) != len(new.references):
            return  # a line is missing or became several
        defined = [_definitions(meaning) for meaning in (old, new)]
        for before, after in zip(old.references, new.references, strict=True):
            self.findings.checked["references"] += 1
            was = defined[0].get((before.kind, before.name))
            is_ = defined[1].get((after.kind, after.name))
            if was is None or was == is_:
                continue
            template = mark("“{name}” is not defined")
            if is_ is not None:
                template = mark("“{name}” is another one than before")
            self.findings.against_list(
                Counterexample(
                    Kind.REFERENCE,
                    Message(template, name=after.name),
                    (site(self.old.documents[path], before.line),),
                    (site(self.new.documents[path], after.line),),
                )
            )


def _definitions(meaning: Meaning) -> dict[tuple[str, str], int]:
    """Names by kind, with the how-manieth of its kind each is."""
    found: dict[tuple[str, str], int] = {}
    counts: dict[str, int] = defaultdict(int)
    for name in meaning.definitions:
        if (name.kind, name.name) not in found:
            found[name.kind, name.name] = counts[name.kind]
            counts[name.kind] += 1
    return found


def _network_of(end: End) -> tuple[int, ...]:
    return end.network


def _address_of(end: End) -> tuple[int, ...]:
    return end.use.first.version, int(end.use.first)


def _named(ends: Ends) -> str:
    return ", ".join(sorted({path for path, _ in ends})) or "—"
