"""Whether the places that people write into their tables exist: prefixes in the column `new`, addresses of hosts.

A place must be one that the plan knows: an allocation or a part of one, or at least free space of a pool. No host may
have a network's own, the broadcast or the router's address, whatever subnet it is sent to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from inventory.errors import Problem
from inventory.model import NOWHERE, LineKind
from inventory.text import Message
from ipplan.mapping_places import first_usable, reserved
from ipplan.networks import BITS, Block, in_order, network_of, within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.model import Inventory, Source
    from ipplan.current import Row
    from ipplan.hosts import Host
    from ipplan.mapping import Address
    from ipplan.mapping_owners import Owners
    from ipplan.networks import Network
    from ipplan.plan import Allocation, Plan
    from ipplan.policy import Policy


class RowRefusedError(Exception):
    """A row cannot be mapped. `place`: the line that is wrong, if it is not the row's own."""

    def __init__(self, code: str, column: str, message: Message, hint: Message, place: Source = NOWHERE) -> None:
        super().__init__(code)
        self.code, self.column, self.message, self.hint, self.place = code, column, message, hint, place

    def problem(self, row: Source) -> Problem:
        """It as a problem of the row at `row`."""
        place = self.place if self.place.file else row
        return Problem(self.code, self.message, self.hint, place.file, place.line, self.column)


class Landing(NamedTuple):
    """The subnet that a host comes to which leaves its row's prefix, and whose it is."""

    vrf: str
    subnet: Network
    owner: str
    function: str


class Targets:
    """What the plan knows of places."""

    def __init__(self, plan: Plan, owners: Owners, inventory: Inventory | None, policy: Policy | None) -> None:
        self._owners = owners
        self._lines = inventory.lines if inventory is not None else None
        self._pools: dict[str, dict[Network, None]] = {}
        for row in plan.pool_rows:
            self._pools.setdefault(row.vrf, {})[row.prefix] = None
        for pool in policy.pools.values() if policy is not None else ():
            self._pools.setdefault(pool.vrf, {}).update(dict.fromkeys(pool.prefixes))
        self._unplanned: list[Landing] = []

    def check_prefix(self, row: Row, prefix: Network) -> Problem:
        """A prefix that no allocation holds: what to look at if it is free space; RowRefusedError if it is not."""
        covered = self._owners.inside(prefix, row.vrf)
        if covered:
            shown = "; ".join(f"{found.prefix} {found.owner}" for found in covered[:4])
            message = Message("{new} covers what the plan gives to others: {found}", new=prefix, found=shown)
            hint = Message("write one of these prefixes, or a part of one")
            raise RowRefusedError("covers-others", "new", message, hint)
        if not any(within(prefix, pool) for pool in self._pools.get(row.vrf, ())):
            message = Message("{new} is in no pool of the VRF “{vrf}”", new=prefix, vrf=row.vrf)
            hint = Message("write a prefix of the plan, or add its space to a pool of the policy")
            raise RowRefusedError("outside-plan", "new", message, hint)
        message = Message("{new} is given to nobody in the plan, which may give it to somebody else later", new=prefix)
        hint = Message("exclude it from the pool in the policy, or let the owner's own prefix be taken")
        return Problem("not-planned", message, hint, row.source.file, row.source.line, "new")

    def add_unplanned(self, row: Row, prefix: Network) -> None:
        """A prefix that a row goes to though the plan does not have it: hosts may go there too."""
        self._unplanned.append(Landing(row.vrf, prefix, row.owner, row.function))

    def check_host(self, host: Host, row: Row, subnet: Network, vrf: str) -> Landing | None:
        """The subnet that a host comes to if it is not `subnet`, its row's own. RowRefusedError if it cannot.

        `vrf` is the one of tomorrow.
        """
        if host.offset is not None:
            first, last = _offsets(subnet)
            if not first <= host.offset <= last:
                message = Message(
                    "{old} cannot have the offset {offset} in {subnet}", old=host.old, offset=host.offset, subnet=subnet
                )
                hint = Message("write an offset from {first} to {last}", first=first, last=last)
                raise RowRefusedError("reserved-place", "offset", message, hint, host.source)
            place = subnet.network_address + host.offset
            self._check_router(host, row, Landing(vrf, subnet, row.owner, row.function), place, "offset")
        if host.new is None:
            return None
        landing = None
        if host.new not in subnet:
            landing = self._landing(host, vrf)
            if landing is None:
                message = Message("{new} is in no subnet of the plan in the VRF “{vrf}”", new=host.new, vrf=vrf)
                hint = Message("write an address of {subnet}, or of another LAN of the plan", subnet=subnet)
                raise RowRefusedError("outside-plan", "new", message, hint, host.source)
            subnet = landing.subnet
        if int(host.new) in reserved(subnet):
            message = Message(
                "{old} cannot have {new}: no host may have this address in {subnet}",
                old=host.old,
                new=host.new,
                subnet=subnet,
            )
            raise RowRefusedError("reserved-place", "new", message, _another(subnet), host.source)
        self._check_router(host, row, landing or Landing(vrf, subnet, row.owner, row.function), host.new, "new")
        return landing

    def _check_router(self, host: Host, row: Row, landing: Landing, place: Address, column: str) -> None:
        """RowRefusedError if a host would get the address of a LAN's router, and is not known to be it."""
        if int(place) != first_usable(landing.subnet) or not self._is_lan(landing) or row.gateway == host.old:
            return
        message = Message(
            "{old} cannot have {new}: it is the router's address in {subnet}",
            old=host.old,
            new=place,
            subnet=landing.subnet,
        )
        hint = Message("write another one; or, if {old} is the router, write it into the column gateway", old=host.old)
        raise RowRefusedError("reserved-place", column, message, hint, host.source)

    def _landing(self, host: Host, vrf: str) -> Landing | None:
        assert host.new is not None  # noqa: S101 - asked only for hosts that have a place
        alone = network_of(Block(int(host.new), BITS[host.new.version]), host.new.version)
        around: Allocation | None = self._owners.at(alone, vrf)
        if around is not None:
            return Landing(around.vrf, around.prefix, around.owner, around.function)
        return next((found for found in self._unplanned if found.vrf == vrf and host.new in found.subnet), None)

    def _is_lan(self, landing: Landing) -> bool:
        """Whether the subnet's first address is a router's: in a LAN. Of a circuit it is an end's, as any other."""
        if self._lines is not None and landing.owner in self._lines:
            return self._lines[landing.owner].kind is LineKind.LAN
        return landing.subnet.max_prefixlen - landing.subnet.prefixlen > 2


def overlapping(goals: Iterable[tuple[Row, str, Network]]) -> Iterator[tuple[Row, RowRefusedError]]:
    """The rows whose new prefixes, which no plan keeps apart, overlap without being one: a LAN inside another LAN.

    Each row comes with its VRF of tomorrow and its new prefix. No two addresses need to meet for that to be wrong.
    """
    stack: list[tuple[Row, str, Network]] = []
    for goal in sorted(goals, key=lambda goal: (goal[1], *in_order(goal[2]), goal[0].source.line)):
        row, vrf, subnet = goal
        while stack and not (stack[-1][1] == vrf and within(subnet, stack[-1][2])):
            stack.pop()
        for other, _, outer in stack:
            if outer != subnet:
                yield row, _overlap(subnet, outer, other)
                yield other, _overlap(outer, subnet, row)
        stack.append(goal)


def _overlap(subnet: Network, other: Network, owner: Row) -> RowRefusedError:
    message = Message(
        "{new} overlaps {other}, to which {old} goes (line {line})",
        new=subnet,
        other=other,
        old=owner.prefix,
        line=owner.source.line,
    )
    hint = Message("write the same prefix in both rows, or two that do not overlap")
    return RowRefusedError("goals-overlap", "new", message, hint)


def _offsets(subnet: Network) -> tuple[int, int]:
    """The first and the last offset that a host may have."""
    taken = reserved(subnet)
    first = int(subnet.network_address)
    last = subnet.num_addresses - 1
    return int(first in taken), last - int(first + last in taken)


def _another(subnet: Network) -> Message:
    first, last = _offsets(subnet)
    kind = type(subnet.network_address)
    start = int(subnet.network_address)
    return Message("write an address from {first} to {last}", first=kind(start + first), last=kind(start + last))


def faulty(problems: Iterable[Problem]) -> bool:
    """Whether one of the refusals is a fault of the tables themselves, not a lack of room or order in the plan."""
    return any(problem.code in _OF_THE_TABLES for problem in problems)


# A line that contradicts itself, another one, or the plan: no other plan would help.
_OF_THE_TABLES = frozenset(
    {
        "covers-others",
        "duplicate-prefix",
        "goals-overlap",
        "host-stays",
        "hosts-left-out",
        "outside-plan",
        "overlap",
        "place-twice",
        "reserved-place",
        "unclear-split",
    }
)
