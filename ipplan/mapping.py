"""The old → new mapping: where every address of today goes, inside its VRF, and back.

An `Entry` sends a range of today's addresses to a range of the plan: each address keeps its place (its offset) in the
range. Of two entries that hold an address the one with the longer `old` speaks, so a single host that takes another
place (a gateway, a server from the host table, whoever stood there before) is an entry of its own with a /32 or /128.
Where `new` is None, or behind the end of a smaller range, an address has no place: it is never silently kept.

An address that no entry holds is outside the mapping. `Mapping.find` tells the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from inventory.model import NOWHERE, Source
from ipplan.lookup import Table
from ipplan.names import DEFAULT_VRF
from ipplan.networks import BITS, Block, Network, block_of, in_order, network_of, within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FILE = "plan/mapping.csv"
# The namespace of a LAN behind a unit's own NAT: a colon is allowed in no VRF's name.
EDGE = "edge:"

Address: TypeAlias = IPv4Address | IPv6Address


class Mode(StrEnum):
    """What happens to a prefix of today."""

    SAME_SIZE = "same_size"  # a new prefix of the same length
    GROW = "grow"  # a new, larger one
    SHRINK = "shrink"  # a new, smaller one, which holds every host that is known
    SPLIT = "split"  # its parts go to several prefixes
    MERGE = "merge"  # it shares its new prefix with others
    NAT_EDGE = "nat_edge"  # a LAN behind the unit's NAT: it stays, only the edge changes
    KEEP = "keep"  # it stays
    RETIRE = "retire"  # it is given up; nothing takes its place
    REFUSED = "refused"  # no mapping was found; the note says why


class HostRule(StrEnum):
    """Why an address takes the place it takes."""

    OFFSET = "offset"  # each address keeps its offset in the range
    TABLE = "table"  # only the hosts that have entries of their own have places in the range
    GATEWAY = "gateway"  # one address: the gateway takes the plan's gateway
    HOST = "host"  # one address: its place is written in the host table
    PLACED = "placed"  # one address: its own offset is taken or too large, so it took a free place
    NONE = "none"  # there is no place


@dataclass(frozen=True, slots=True)
class Entry:
    """One range of today's addresses and where it goes.

    `owner` and `function` are the plan's. `old_subnet` is the whole prefix of today that `old` is a part of,
    `new_subnet` the plan's whole prefix around `new` (its length is the new mask); both are equal to `old` and `new`
    where there are no parts. `new_vrf` is where `new` is unique.
    """

    vrf: str
    old: Network
    new: Network | None
    mode: Mode
    owner: str = ""
    function: str = ""
    host_rule: HostRule = HostRule.OFFSET
    new_vrf: str = ""
    old_subnet: Network | None = None
    new_subnet: Network | None = None
    note: str = ""
    source: Source = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if not self.new_vrf:
            object.__setattr__(self, "new_vrf", self.vrf)
        if self.old_subnet is None:
            object.__setattr__(self, "old_subnet", self.old)
        if self.new_subnet is None:
            object.__setattr__(self, "new_subnet", self.new)

    @property
    def single(self) -> bool:
        """Whether it is about one host of a larger prefix, not about a prefix."""
        return self.host_rule not in (HostRule.OFFSET, HostRule.TABLE) and self.old != self.old_subnet

    @property
    def moves(self) -> bool:
        """Whether addresses change."""
        return self.new is not None and (self.new != self.old or self.new_vrf != self.vrf)

    def translate(self, address: int) -> int | None:
        """Where an address of `old` (as an integer) goes, None if it has no place."""
        if self.new is None or self.host_rule is HostRule.TABLE:
            return None
        offset = address - int(self.old.network_address)
        return int(self.new.network_address) + offset if offset < _size(self.new) else None


class Piece(NamedTuple):
    """`size` addresses from `old` on go to those from `new` on (None: to no place). `entry` says so."""

    old: int
    size: int
    new: int | None
    entry: Entry


Space: TypeAlias = tuple[str, int]  # VRF and family


@dataclass(frozen=True)
class Mapping:
    """The mapping of a whole network. Entries are kept in the order VRF, family, address, wider one first."""

    entries: tuple[Entry, ...] = ()
    # The family, the first address and the length of each entry's prefix of today.
    blocks: tuple[tuple[int, int, int], ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = sorted((entry.vrf, *in_order(entry.old), number) for number, entry in enumerate(self.entries))
        object.__setattr__(self, "entries", tuple([self.entries[key[4]] for key in keys]))
        object.__setattr__(self, "blocks", tuple([key[1:4] for key in keys]))

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    @cached_property
    def _tables(self) -> dict[Space, Table[Entry]]:
        spaces: dict[Space, list[tuple[int, int, Entry]]] = {}
        for entry in self.entries:
            start, length = block_of(entry.old)
            spaces.setdefault((entry.vrf, entry.old.version), []).append((start, length, entry))
        return {space: Table(rows, BITS[space[1]]) for space, rows in spaces.items()}

    def find(self, address: Address, vrf: str = DEFAULT_VRF) -> Entry | None:
        """The entry that speaks for an address of today; None if the address is outside the mapping."""
        table = self._tables.get((vrf, address.version))
        return table.longest(int(address)) if table is not None else None

    def translate(self, address: Address, vrf: str = DEFAULT_VRF) -> Address | None:
        """Where an address of today goes. None if it is outside the mapping (`find` is None too) or has no place."""
        entry = self.find(address, vrf)
        found = entry.translate(int(address)) if entry is not None else None
        return type(address)(found) if found is not None else None

    @cached_property
    def _shifts(self) -> dict[Space, Table[tuple[int, int]]]:
        """For each entry what it adds to an address, and before which address it ends."""
        spaces: dict[Space, list[tuple[int, int, tuple[int, int]]]] = {}
        for entry in self.entries:
            start, length = block_of(entry.old)
            spaces.setdefault((entry.vrf, entry.old.version), []).append((start, length, _shift(entry)))
        return {space: Table(rows, BITS[space[1]]) for space, rows in spaces.items()}

    def translate_all(self, addresses: Iterable[int], vrf: str = DEFAULT_VRF, version: int = 4) -> list[int | None]:
        """As `translate` for each of many addresses of one VRF and family, as integers, in their order."""
        table = self._shifts.get((vrf, version))
        wanted = list(addresses)
        if table is None:
            return [None] * len(wanted)
        return [
            address + shift[0] if shift is not None and address < shift[1] else None
            for address, shift in zip(wanted, table.longest_of(wanted), strict=True)
        ]

    @cached_property
    def prefixes(self) -> tuple[Entry, ...]:
        """The entries that are about prefixes: those for single hosts left out."""
        return tuple(entry for entry in self.entries if not entry.single)

    def hosts(self, entry: Entry) -> tuple[Entry, ...]:
        """The entries for single hosts of a prefix's entry."""
        found = self._hosts.get((entry.vrf, entry.old_subnet), ())
        return tuple(host for host in found if within(host.old, entry.old))

    @cached_property
    def _hosts(self) -> dict[tuple[str, Network | None], tuple[Entry, ...]]:
        hosts: dict[tuple[str, Network | None], list[Entry]] = {}
        for entry in self.entries:
            if entry.single:
                hosts.setdefault((entry.vrf, entry.old_subnet), []).append(entry)
        return {key: tuple(found) for key, found in hosts.items()}

    def pieces(self) -> dict[Space, list[Piece]]:
        """The mapping as intervals that do not overlap, in address order, by VRF and family of today."""
        return self._by_space

    @cached_property
    def _by_space(self) -> dict[Space, list[Piece]]:
        spaces: dict[Space, list[_Range]] = {}
        for entry, (version, start, length) in zip(self.entries, self.blocks, strict=True):
            found = spaces.setdefault((entry.vrf, version), [])
            found.append((entry, start, start + _SIZES[version][length]))
        return {space: list(_pieces(ranges)) for space, ranges in spaces.items()}

    def inverse(self) -> Mapping:
        """The way back: `m.inverse().translate(m.translate(a, v), w) == a`, and no place for what nothing came from.

        Entries without a place are left out; where swapping alone would give an address that did not come from there,
        an entry without a place says so.
        """
        swapped = [_swapped(entry) for entry in self.entries if entry.new is not None]
        wanted: dict[Space, list[Piece]] = {}
        for (_, version), pieces in self.pieces().items():
            for piece in pieces:
                if piece.new is not None:
                    turned = Piece(piece.new, piece.size, piece.old, piece.entry)
                    wanted.setdefault((piece.entry.new_vrf, version), []).append(turned)
        given = Mapping(tuple(swapped)).pieces()
        corrections = [
            entry
            for space, pieces in given.items()
            for entry in _corrections(space, pieces, sorted(wanted.get(space, []), key=lambda piece: piece.old))
        ]
        return Mapping((*swapped, *corrections))


# An entry, the beginning and the end of its range.
_Range: TypeAlias = tuple[Entry, int, int]


def _shift(entry: Entry) -> tuple[int, int]:
    start = int(entry.old.network_address)
    if entry.new is None or entry.host_rule is HostRule.TABLE:
        return 0, 0
    return int(entry.new.network_address) - start, start + min(entry.old.num_addresses, entry.new.num_addresses)


def _swapped(entry: Entry) -> Entry:
    opposite = {Mode.GROW: Mode.SHRINK, Mode.SHRINK: Mode.GROW, Mode.SPLIT: Mode.MERGE, Mode.MERGE: Mode.SPLIT}
    return replace(
        entry,
        vrf=entry.new_vrf,
        new_vrf=entry.vrf,
        old=entry.new or entry.old,
        new=entry.old,
        old_subnet=entry.new_subnet,
        new_subnet=entry.old_subnet,
        mode=opposite.get(entry.mode, entry.mode),
    )


_SIZES: Final = {version: tuple(1 << (bits - length) for length in range(bits + 1)) for version, bits in BITS.items()}


def _size(network: Network) -> int:
    """How many addresses a network has; `num_addresses` makes two address objects to count them."""
    return _SIZES[network.version][network.prefixlen]


def _pieces(ranges: Sequence[_Range]) -> Iterator[Piece]:
    """Intervals of one VRF and family from entries in address order, the wider ones first."""
    stack: list[_Range] = []  # the innermost last
    at = 0

    def cut(upto: int) -> Iterator[Piece]:
        nonlocal at
        while stack and at < upto:
            entry, start, end = stack[-1]
            stop = min(end, upto)
            if at < stop:
                yield from _placed(entry, start, at, stop)
                at = stop
            if end <= upto:
                stack.pop()

    for here, behind in zip_longest(ranges, ranges[1:]):
        entry, start, end = here
        if stack:
            yield from cut(start)
        while stack and stack[-1][2] <= start:
            stack.pop()
        at = start
        if not stack and (behind is None or behind[1] >= end):
            yield from _placed(entry, start, start, end)  # beside all others, as most are
        else:
            stack.append(here)
    yield from cut(1 << 129)


def _placed(entry: Entry, begin: int, start: int, stop: int) -> Iterator[Piece]:
    """The part of an entry from `start` to before `stop`: what has a place, then what has none.

    `begin` is where the entry's range begins.
    """
    make = tuple.__new__  # the shortest way
    if entry.new is None or entry.host_rule is HostRule.TABLE:
        yield make(Piece, (start, stop - start, None, entry))
        return
    room = _size(entry.new) - (start - begin)
    if room <= 0:
        yield make(Piece, (start, stop - start, None, entry))
        return
    first = int(entry.new.network_address) + start - begin
    yield make(Piece, (start, min(stop - start, room), first, entry))
    if stop - start > room:
        yield make(Piece, (start + room, stop - start - room, None, entry))


def _corrections(space: Space, given: list[Piece], wanted: list[Piece]) -> Iterator[Entry]:
    """What must be added to a mapping with the pieces `given` so that it has the pieces `wanted`."""
    bits = BITS[space[1]]
    index = 0
    for piece in given:
        at, end = piece.old, piece.old + piece.size
        while at < end:
            while index < len(wanted) and wanted[index].old + wanted[index].size <= at:
                index += 1
            right = wanted[index] if index < len(wanted) else None
            inside = right is not None and right.old <= at
            stop = end
            image: int | None = None
            if right is not None:
                stop = min(end, right.old + right.size if inside else right.old)
                if inside and right.new is not None:
                    image = right.new + at - right.old
            said = piece.new + at - piece.old if piece.new is not None else None
            if said != image:
                origin = _swapped(right.entry) if inside and right is not None else piece.entry
                yield from _exactly(space, origin, (at, stop, image), bits)
            at = stop


def _exactly(space: Space, origin: Entry, span: tuple[int, int, int | None], bits: int) -> Iterator[Entry]:
    """Entries that send the addresses from `span[0]` to before `span[1]` to those from `span[2]` on (None: nowhere)."""
    at, stop, image = span
    while at < stop:
        size = at & -at or 1 << bits
        if image is not None:
            size = min(size, image & -image or 1 << bits)
        while at + size > stop:
            size >>= 1
        length = bits - size.bit_length() + 1
        old = network_of(Block(at, length), space[1])
        new = network_of(Block(image, length), space[1]) if image is not None else None
        yield replace(
            origin,
            vrf=space[0],
            new_vrf="" if new is None else origin.new_vrf,
            old=old,
            new=new,
            new_subnet=None if new is None else origin.new_subnet,
            host_rule=HostRule.NONE if new is None else HostRule.PLACED,
        )
        at += size
        image = image + size if image is not None else None
