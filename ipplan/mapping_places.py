"""Who takes which place in one prefix of the plan: a permutation with few exceptions, found without listing it.

Every address keeps its offset, except those that are asked to go elsewhere (a gateway, a host of the table), those
that stood where these go, and those whose offset does not exist or must not be used in the new prefix.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from inventory.text import Message
from ipplan.mapping import HostRule
from ipplan.networks import Block, network_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipplan.networks import Network


class Place(NamedTuple):
    """Where one address goes. `doubtful`: it has no place, and nobody has said that it is not in use."""

    new: int | None
    rule: HostRule
    doubtful: bool = False


@dataclass(slots=True)
class Leg:
    """A range of today on its way into the prefix.

    `known` are its addresses in use (None: any may be), `count` how many there are if only that is known, `asked`
    where some of them must go. `new` is filled in: the range that it goes to; with `by_table` only the known ones.
    """

    old: Network
    row: Network
    fixed: Network | None
    known: frozenset[int] | None
    count: int | None
    gateway: int | None
    asked: dict[int, int]
    gateway_moved: bool = False
    new: Network | None = None
    by_table: bool = False

    @property
    def first(self) -> int:
        """Its first address, as an integer."""
        return int(self.old.network_address)

    @property
    def room(self) -> int:
        """How many of its addresses keep their offset."""
        return 0 if self.by_table or self.new is None else min(self.old.num_addresses, self.new.num_addresses)

    def image(self, number: int) -> int | None:
        """Where an address goes that keeps its offset; None if there is no such place."""
        offset = number - self.first
        if self.new is None or not 0 <= offset < self.room:
            return None
        return int(self.new.network_address) + offset

    def origin(self, image: int) -> int | None:
        """Which address goes to `image` by keeping its offset."""
        if self.new is None:
            return None
        offset = image - int(self.new.network_address)
        return self.first + offset if 0 <= offset < self.room else None

    def in_use(self, number: int) -> bool:
        """Whether a host may have the address today."""
        return number in self.known if self.known is not None else number not in reserved(self.row)


class Placed(NamedTuple):
    """The places by leg (its identity) and address; or why there are none: code, message, hint."""

    places: dict[int, dict[int, Place]]
    failed: tuple[str, Message, Message] | None = None


def reserved(network: Network) -> frozenset[int]:
    """The addresses that no host may have: IPv4's network and broadcast addresses, IPv6's subnet-router anycast
    address (RFC 4291 section 2.6.1); none in prefixes of two addresses or one (RFC 3021, RFC 6164).
    """  # noqa: D205 - the summary needs both lines
    if network.max_prefixlen - network.prefixlen < 2:
        return frozenset()
    first = int(network.network_address)
    return frozenset({first, int(network.broadcast_address)} if network.version == 4 else {first})


def first_usable(network: Network) -> int:
    """The address that the plan gives to the router of a LAN and to the a end of a circuit."""
    return int(network.network_address) + (1 if network.max_prefixlen - network.prefixlen > 1 else 0)


def usable_count(network: Network) -> int:
    """How many hosts the prefix holds, the router among them."""
    return network.num_addresses - len(reserved(network))


def place(subnet: Network, legs: Sequence[Leg], foreign: frozenset[int]) -> Placed:
    """Give every address of the legs its place in `subnet`. `foreign` are places taken by hosts from elsewhere."""
    failed = _ranges(subnet, legs) or _askable(subnet, legs, foreign)
    if failed is not None:
        return Placed({}, failed)
    return _Places(subnet, legs, foreign).find()


def shown(network: Network, numbers: Iterable[int]) -> str:
    """Addresses of a prefix's family, given as integers, for messages."""
    from ipplan.current import hosts_text  # noqa: PLC0415 - only for messages

    kind = type(network.network_address)
    return hosts_text(kind(number) for number in numbers)


def _ranges(subnet: Network, legs: Sequence[Leg]) -> tuple[str, Message, Message] | None:
    """Fill in where each leg goes: beside each other if they fit as they are, else host by host."""
    for leg in legs:
        leg.new = leg.fixed or subnet
    loose = [leg for leg in legs if leg.fixed is None]
    total = sum(leg.old.num_addresses for leg in legs)
    if len(legs) > 1 and len(loose) == len(legs) and total <= subnet.num_addresses:
        at = int(subnet.network_address)
        for leg in sorted(legs, key=lambda leg: (leg.old.prefixlen, leg.first)):
            leg.new = network_of(Block(at, leg.old.prefixlen), subnet.version)
            at += leg.old.num_addresses
        return None
    for leg in legs:
        leg.by_table = len(legs) > 1 and leg.fixed is None
        assert leg.new is not None  # noqa: S101 - filled in above
        if (leg.by_table or leg.old.num_addresses > leg.new.num_addresses) and leg.known is None:
            return _unlisted(subnet, leg, total)
    if any(leg.known is None for leg in legs):
        return None
    first, last = int(subnet.network_address), int(subnet.broadcast_address)
    staying = [old for leg in legs for old in sorted(leg.known or ()) if first <= leg.asked.get(old, first) <= last]
    return _too_many(subnet, staying) if len(staying) > usable_count(subnet) else None


def _unlisted(subnet: Network, leg: Leg, total: int) -> tuple[str, Message, Message]:
    """`total`: how many addresses go there, those of the other legs among them."""
    goal = leg.fixed or subnet
    hint = Message("list the addresses in use in the column hosts (0: none), or make the new prefix larger")
    if leg.by_table and leg.old.num_addresses <= subnet.num_addresses:
        message = Message(
            "{old} shares {new} with others, together {total} addresses, and it is not known which of its own are in "
            "use",
            old=leg.old,
            new=subnet,
            total=total,
        )
    elif leg.count is not None:
        message = Message(
            "{old} goes to {new}, which is smaller: it has {count} hosts, "
            "but it is not known which addresses they have",
            old=leg.old,
            new=goal,
            count=leg.count,
        )
    else:
        message = Message(
            "{old} goes to {new}, which is smaller, and it is not known which of its addresses are in use",
            old=leg.old,
            new=goal,
        )
    return "hosts-unknown", message, hint


def _too_many(subnet: Network, hosts: Sequence[int]) -> tuple[str, Message, Message]:
    room = usable_count(subnet)
    message = Message(
        "{new} has room for {room} hosts, there are {hosts}; too many: {list}",
        new=subnet,
        room=room,
        hosts=len(hosts),
        list=shown(subnet, hosts[room:]),
    )
    return "too-small", message, Message("make the new prefix larger, or move hosts elsewhere in plan/hosts.csv")


def _askable(subnet: Network, legs: Sequence[Leg], foreign: frozenset[int]) -> tuple[str, Message, Message] | None:
    """Whether the places that are asked for can be given, each to one host."""
    taken: dict[int, int] = dict.fromkeys(foreign, -1)
    for leg in legs:
        for old, new in leg.asked.items():
            if new in taken:
                message = Message(
                    "{address} is asked for twice in {subnet}", address=shown(subnet, [new]), subnet=subnet
                )
                return "place-twice", message, Message("write another address into plan/hosts.csv")
            taken[new] = old
    return None


@dataclass(slots=True)
class _Places:
    """The search for places in one prefix."""

    subnet: Network
    legs: Sequence[Leg]
    foreign: frozenset[int]
    taken: set[int] = field(default_factory=set)
    back: dict[int, tuple[Leg, int]] = field(default_factory=dict)  # place → who asked for it
    found: dict[int, dict[int, Place]] = field(default_factory=dict)

    def find(self) -> Placed:
        """The places of all legs."""
        forbidden = reserved(self.subnet)
        for leg in self.legs:
            self.found[id(leg)] = {
                old: Place(new, HostRule.GATEWAY if leg.gateway_moved and old == leg.gateway else HostRule.HOST)
                for old, new in leg.asked.items()
            }
        self.back = {new: (leg, old) for leg in self.legs for old, new in leg.asked.items()}
        self.taken = {*self.foreign, *(new for leg in self.legs for new in leg.asked.values())}
        asked = set(self.taken)
        homeless = [(leg, old) for leg in self.legs for old in sorted(self._homeless(leg, asked | forbidden))]
        vacated = sorted(
            {image for leg in self.legs for old in leg.asked if (image := leg.image(old)) is not None}
            - self.taken
            - forbidden
        )
        # A host that can keep its offset keeps it, also where its range has no place of its own.
        gateway = first_usable(self.subnet)
        free = self._free(homeless, forbidden | {gateway})
        left: list[int] = []
        waiting: list[tuple[Leg, int]] = []
        for leg, old in homeless:
            if not leg.in_use(old):
                self.found[id(leg)][old] = Place(None, HostRule.NONE)
                continue
            new = self._own(leg, old, forbidden) if leg.by_table else self._chain(leg, old, forbidden)
            if new is None:
                waiting.append((leg, old))
                continue
            self.taken.add(new)
            self.found[id(leg)][old] = Place(new, HostRule.PLACED)
        for leg, old in waiting:
            new = next((image for image in vacated if image not in self.taken), None)
            if new is None:
                new = next(free, None)
            if new is None:
                self.found[id(leg)][old] = Place(None, HostRule.NONE, doubtful=True)
                if leg.known is not None:
                    left.append(old)
                continue
            self.taken.add(new)
            self.found[id(leg)][old] = Place(new, HostRule.PLACED)
        if left:
            message = Message("{subnet} has no place for {hosts}", subnet=self.subnet, hosts=shown(self.subnet, left))
            return Placed({}, ("too-small", message, Message("make the new prefix larger")))
        self._evict(homeless)
        return Placed({key: self._needed(key, places) for key, places in self.found.items()})

    def _homeless(self, leg: Leg, blocked: set[int]) -> set[int]:
        """The addresses that cannot keep their offset and were not asked to go anywhere."""
        found = {old for image in blocked if (old := leg.origin(image)) is not None and old not in leg.asked}
        # The network's own and the broadcast address go to each other: nobody has them.
        found -= {old for old in reserved(leg.row) if leg.image(old) not in self.taken}
        if leg.known is not None:
            found |= {old for old in leg.known if leg.image(old) is None and old not in leg.asked}
        return found

    def _own(self, leg: Leg, old: int, forbidden: frozenset[int]) -> int | None:
        """The same offset in the whole prefix, if nobody has it."""
        new = int(self.subnet.network_address) + old - leg.first
        if new > int(self.subnet.broadcast_address) or new in forbidden or new in self.taken:
            return None
        return None if self._image_in_use(new) else new

    def _chain(self, leg: Leg, old: int, forbidden: frozenset[int]) -> int | None:
        """The place that whoever took ours has left; if that is taken too, the one that its taker has left …."""
        image = leg.image(old)
        while image is not None and image in self.back:
            other, was = self.back[image]
            image = other.image(was)
        if image is None or image in self.taken or image in forbidden:
            return None
        return image

    def _image_in_use(self, new: int) -> bool:
        """Whether somebody who keeps his offset stands there."""
        for leg in self.legs:
            old = leg.origin(new)
            if old is not None and old not in leg.asked and old not in self.found[id(leg)] and leg.in_use(old):
                return True
        return False

    def _free(self, homeless: Sequence[tuple[Leg, int]], forbidden: frozenset[int]) -> Iterator[int]:
        """Places where nobody stands, the lowest first."""
        moving = {(id(leg), old) for leg, old in homeless}
        last = int(self.subnet.broadcast_address)
        new = int(self.subnet.network_address)
        while new <= last:
            jump = 0
            for leg in self.legs:
                old = leg.origin(new)
                if old is None or old in leg.asked or (id(leg), old) in moving:
                    continue
                if leg.known is None:  # every address of it may be in use
                    assert leg.new is not None  # noqa: S101 - it has an image
                    jump = max(jump, int(leg.new.network_address) + leg.room - new)
                elif old in leg.known:
                    jump = max(jump, 1)
            if jump:
                new += jump
                continue
            if new not in forbidden and new not in self.taken:
                yield new
            new += 1

    def _evict(self, homeless: Sequence[tuple[Leg, int]]) -> None:
        """Addresses that nobody uses and whose places were given away have none."""
        moving = {(id(leg), old) for leg, old in homeless}
        for leg in self.legs:
            for new in self.taken:
                old = leg.origin(new)
                if old is None or old in leg.asked or (id(leg), old) in moving:
                    continue
                self.found[id(leg)].setdefault(old, Place(None, HostRule.NONE))

    def _needed(self, key: int, places: dict[int, Place]) -> dict[int, Place]:
        """Without what the offset says anyway."""
        leg = next(leg for leg in self.legs if id(leg) == key)
        return {old: found for old, found in places.items() if found.new is None or leg.image(old) != found.new}
