"""The mapping from today's table and the plan.

Each row goes to what the plan gives its owner, or to what its column `new` says. Rows that go to the same prefix are
merged into it. What cannot be mapped without losing a host or sending two to one place is refused, with the reason;
the other rows are mapped all the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from inventory.errors import Problem
from inventory.text import Message
from ipplan import current_checks, mapping_check
from ipplan.current_overlaps import overlaps
from ipplan.hosts import HostTable
from ipplan.mapping import Entry, HostRule, Mapping, Mode
from ipplan.mapping_file import by_length
from ipplan.mapping_owners import Owners
from ipplan.mapping_places import Leg, Place, first_usable, place, shown
from ipplan.mapping_targets import Landing, RowRefusedError, Targets, faulty, overlapping
from ipplan.networks import BITS, Block, in_order, network_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inventory.model import Inventory
    from ipplan.current import Current, Row, Target
    from ipplan.hosts import Host
    from ipplan.networks import Network
    from ipplan.plan import Allocation, Plan
    from ipplan.policy import Policy


@dataclass(frozen=True, slots=True)
class Built:
    """The mapping, the rows that it refuses, and what somebody should look at."""

    mapping: Mapping
    refused: tuple[Problem, ...] = ()
    findings: tuple[Problem, ...] = ()

    @property
    def faulty(self) -> bool:
        """Whether a refusal is a fault of the tables themselves, not a lack of room or order in the plan."""
        return faulty(self.refused)


class _Step(NamedTuple):
    """A row, or a part of one, on its way to a prefix. `fixed`: to this range of it, not to any."""

    row: Row
    part: Network
    subnet: Network
    fixed: Network | None
    allocation: Allocation | None


@dataclass(slots=True)
class _Work:
    """What has been found so far."""

    entries: list[Entry] = field(default_factory=list)
    refused: dict[Row, Problem] = field(default_factory=dict)
    more: list[Problem] = field(default_factory=list)  # further faulty hosts
    findings: list[Problem] = field(default_factory=list)
    landings: dict[Host, Landing] = field(default_factory=dict)  # of the hosts that leave their row's prefix

    def refuse(self, row: Row, error: RowRefusedError) -> None:
        """Note that a row cannot be mapped; the first reason stands, except that each faulty host is named."""
        if row not in self.refused:
            self.refused[row] = error.problem(row.source)
        elif error.place.file:
            self.more.append(error.problem(row.source))


def build(
    current: Current,
    plan: Plan,
    hosts: Sequence[Host] = (),
    *,
    inventory: Inventory | None = None,
    policy: Policy | None = None,
) -> Built:
    """The mapping of today's table to the plan. It is injective and invertible, whatever the input."""
    table = HostTable(hosts)
    work = _Work(refused=overlaps(current.rows))
    titles = {entry.title: name for name, entry in policy.functions.items() if entry.title} if policy else {}
    owners = Owners(plan, inventory, titles)
    targets = Targets(plan, owners, inventory, policy)
    steps: list[_Step] = []
    for row in current.rows:
        if row in work.refused:
            continue
        if row.mode in (Mode.KEEP, Mode.NAT_EDGE, Mode.RETIRE):
            work.entries.append(_staying(row, row.mode))
            work.more += _stayers(row, table)
            continue
        try:
            found = _steps(row, owners, table)
            work.findings += [targets.check_prefix(row, step.subnet) for step in found if step.allocation is None]
            steps += found
        except RowRefusedError as error:
            work.refuse(row, error)
    vrfs = _new_vrfs(steps)
    for row, why in overlapping((step.row, vrfs[step], step.subnet) for step in steps if step.allocation is None):
        work.refuse(row, why)
    _check_hosts(steps, vrfs, table, targets, work)
    _place_all([step for step in steps if step.row not in work.refused], vrfs, table, work)
    _strangers(current, table, work)
    mapping = _proven(current, work)
    registered = [prefix for pool in policy.pools.values() for prefix in pool.prefixes] if policy else []
    registered += [row.prefix for row in plan.pool_rows]
    work.findings += current_checks.findings(current, inventory, registered)
    order = {row: index for index, row in enumerate(current.rows)}
    return Built(
        mapping,
        (*(work.refused[row] for row in sorted(work.refused, key=lambda row: order[row])), *work.more),
        tuple(work.findings),
    )


def _staying(row: Row, mode: Mode) -> Entry:
    new = None if mode is Mode.RETIRE else row.prefix
    return Entry(row.space, row.prefix, new, mode, row.owner, row.function, note=row.note, source=row.source)


def _steps(row: Row, owners: Owners, hosts: HostTable) -> list[_Step]:
    """Where a row goes: one step, or one for each part of a split."""
    if not row.new:
        return [_to(row, row.prefix, _only(row, owners.of(row.owner, row) if row.owner else []))]
    parted = [target for target in row.new if target.part is not None]
    if parted and len(parted) < len(row.new):
        message = Message("some targets of {prefix} have a part and some have none", prefix=row.prefix)
        hint = Message("write all as PART=NEW, as in 10.1.1.0/25=10.20.0.0/25; 10.1.1.128/25=10.21.0.0/25")
        raise RowRefusedError("unclear-split", "new", message, hint)
    goals = [_goal(row, target, owners) for target in row.new]
    if len(goals) == 1 and not parted:
        return [_step(row, row.prefix, *goals[0])]
    parts = [target.part for target in row.new if target.part is not None] or _tiles(row, [goal[0] for goal in goals])
    _whole(row, parts, hosts)
    return [_step(row, part, *goal) for part, goal in zip(parts, goals, strict=True)]


def _only(row: Row, candidates: list[Allocation]) -> Allocation:
    """The one allocation that a row can mean."""
    if len(candidates) == 1:
        return candidates[0]
    if not row.owner:
        message = Message("{prefix} has neither an owner nor a new prefix", prefix=row.prefix)
        hint = Message("write the owner, or into the column new where it goes; or the mode keep or retire")
        raise RowRefusedError("no-owner", "owner", message, hint)
    if not candidates:
        message = Message("the plan has nothing for “{owner}” that fits {prefix}", owner=row.owner, prefix=row.prefix)
        hint = Message(
            "write the name of a device, line, site or unit, or into the column new where it goes; "
            "or the mode keep or retire"
        )
        raise RowRefusedError("no-allocation", "owner", message, hint)
    shown = "; ".join(f"{found.owner} {found.function} {found.prefix}" for found in candidates[:6])
    message = Message("“{owner}” has several prefixes in the plan: {found}", owner=row.owner, found=shown)
    hint = Message(
        "write one of these names, the function, or into the column new where it goes (PART=NEW; … for a split)"
    )
    raise RowRefusedError("several-allocations", "owner", message, hint)


def _goal(row: Row, target: Target, owners: Owners) -> tuple[Network, Network | None, Allocation | None]:
    """The plan's prefix that a target means, the range of it if it is a part, and the allocation."""
    if target.prefix is None:
        allocation = _only(replace(row, owner=target.name), owners.of(target.name, row))
        return allocation.prefix, None, allocation
    around = owners.at(target.prefix, row.vrf)
    if around is None or around.prefix == target.prefix:
        return target.prefix, None, around
    return around.prefix, target.prefix, around


def _step(row: Row, part: Network, subnet: Network, fixed: Network | None, allocation: Allocation | None) -> _Step:
    return _Step(row, part, subnet, fixed, allocation)


def _to(row: Row, part: Network, allocation: Allocation) -> _Step:
    return _Step(row, part, allocation.prefix, None, allocation)


def _tiles(row: Row, subnets: list[Network]) -> list[Network]:
    """The parts of a row that several prefixes take in their order, each as large as its prefix."""
    bits = BITS[row.prefix.version]
    at = int(row.prefix.network_address)
    parts: list[Network] = []
    for subnet in subnets:
        size = 1 << (bits - subnet.prefixlen)
        if at % size or at + size > int(row.prefix.broadcast_address) + 1:
            break
        parts.append(network_of(Block(at, subnet.prefixlen), row.prefix.version))
        at += size
    if len(parts) < len(subnets) or at != int(row.prefix.broadcast_address) + 1:
        message = Message(
            "{prefix} does not fall into parts as large as {subnets}, in this order",
            prefix=row.prefix,
            subnets=", ".join(map(str, subnets)),
        )
        hint = Message("write which part goes where, as in 10.1.1.0/25=10.20.0.0/25; 10.1.1.128/25=10.21.0.0/25")
        raise RowRefusedError("unclear-split", "new", message, hint)
    return parts


def _whole(row: Row, parts: list[Network], hosts: HostTable) -> None:
    """The parts of a split do not overlap, and together they have every address that may be in use."""
    ordered = sorted(parts, key=in_order)
    for before, after in pairwise(ordered):
        if before.overlaps(after):
            message = Message("the parts {first} and {second} overlap", first=before, second=after)
            raise RowRefusedError("unclear-split", "new", message, Message("give each address to one part"))
    if sum(part.num_addresses for part in parts) == row.prefix.num_addresses:
        return
    known = _known(row, row.prefix, hosts)
    if known is None:
        message = Message("the parts do not cover {prefix}, and its hosts are not known", prefix=row.prefix)
        hint = Message("name every part, or list the addresses in use in the column hosts (0: none)")
        raise RowRefusedError("hosts-unknown", "new", message, hint)
    left = [number for number in sorted(known) if not any(_holds(part, number) for part in parts)]
    if left:
        message = Message("the parts leave out hosts that are in use: {hosts}", hosts=shown(row.prefix, left))
        raise RowRefusedError("hosts-left-out", "new", message, Message("add the part that they are in"))


def _holds(network: Network, number: int) -> bool:
    return int(network.network_address) <= number <= int(network.broadcast_address)


def _known(row: Row, part: Network, hosts: HostTable) -> frozenset[int] | None:
    """The addresses of a part that are in use; None if nobody has listed them."""
    if row.hosts.addresses is None:
        return None
    known = {int(address) for address in row.hosts.addresses}
    known |= {int(host.old) for host in hosts.inside(row.space, part)}
    if row.gateway is not None:
        known.add(int(row.gateway))
    return frozenset(number for number in known if _holds(part, number))


def _new_vrfs(steps: Sequence[_Step]) -> dict[_Step, str]:
    """The VRF of tomorrow: the plan's, but where one prefix is seen from several VRFs, each goes on seeing it."""
    seen: dict[tuple[Network, Network], set[str]] = {}
    for step in steps:
        seen.setdefault((step.part, step.subnet), set()).add(step.row.vrf)
    return {
        step: step.row.vrf if step.allocation is None or len(seen[step.part, step.subnet]) > 1 else step.allocation.vrf
        for step in steps
    }


def _stayers(row: Row, hosts: HostTable) -> Iterable[Problem]:
    """Hosts that the host table gives places to, though their prefix goes nowhere."""
    for host in hosts.inside(row.space, row.prefix):
        if host.new is not None or host.offset is not None:
            mode = row.mode.value if row.mode is not None else ""
            message = Message(
                "{old} can have no new place: the mode of {prefix} is “{mode}”",
                old=host.old,
                prefix=row.prefix,
                mode=mode,
            )
            hint = Message("empty the mode in {file}, or take the place out", file=row.source.file)
            yield Problem("host-stays", message, hint, host.source.file, host.source.line, "old")


def _check_hosts(
    steps: Sequence[_Step], vrfs: dict[_Step, str], hosts: HostTable, targets: Targets, work: _Work
) -> None:
    """Whether the places of the host table exist, and which of them are in other subnets."""
    for step in steps:
        if step.allocation is None:
            targets.add_unplanned(step.row, step.subnet)
    for step in steps:
        for host in hosts.inside(step.row.space, step.part):
            try:
                landing = targets.check_host(host, step.row, step.subnet, vrfs[step])
            except RowRefusedError as error:
                work.refuse(step.row, error)
                continue
            if landing is not None:
                work.landings[host] = landing


def _place_all(steps: Sequence[_Step], vrfs: dict[_Step, str], hosts: HostTable, work: _Work) -> None:
    """Give every address of every step its place, prefix of the plan by prefix of the plan."""
    groups: dict[tuple[str, Network], list[_Step]] = {}
    for step in steps:
        groups.setdefault((vrfs[step], step.subnet), []).append(step)
    elsewhere: dict[tuple[str, int], list[tuple[int, Network]]] = {}  # hosts that leave their row's prefix
    for step in steps:
        for host in hosts.inside(step.row.space, step.part):
            landing = work.landings.get(host)
            if host.new is not None and landing is not None:
                elsewhere.setdefault((landing.vrf, step.part.version), []).append((int(host.new), step.subnet))
    for found in elsewhere.values():
        found.sort(key=lambda pair: pair[0])
    for (vrf, subnet), group in sorted(groups.items(), key=lambda item: (item[0][0], *in_order(item[0][1]))):
        group.sort(key=lambda step: (in_order(step.part), step.row.vrf))
        arriving = elsewhere.get((vrf, subnet.version), [])
        low = bisect_left(arriving, int(subnet.network_address), key=lambda pair: pair[0])
        high = bisect_right(arriving, int(subnet.broadcast_address), key=lambda pair: pair[0])
        try:
            _place_group(vrf, subnet, group, hosts, frozenset(new for new, _ in arriving[low:high]), work)
        except RowRefusedError as error:
            for step in group:
                work.refuse(step.row, error)


def _place_group(
    vrf: str,
    subnet: Network,
    group: list[_Step],
    hosts: HostTable,
    foreign: frozenset[int],
    work: _Work,
) -> None:
    merged = len(group) > 1
    legs = [_leg(step, hosts, subnet) for step in group]
    _ask_gateway(subnet, group, legs)
    done = place(subnet, legs, foreign)
    if done.failed is not None:
        code, message, hint = done.failed
        raise RowRefusedError(code, "hosts", message, hint)
    modes = [_mode(step, merged=merged) for step in group]
    for step, leg, mode in zip(group, legs, modes, strict=True):
        landings = {int(host.old): work.landings.get(host) for host in hosts.inside(step.row.space, step.part)}
        work.entries += _entries(vrf, step, leg, mode, done.places[id(leg)], landings)
        lost = [number for number, found in done.places[id(leg)].items() if found.new is None and found.doubtful]
        if lost:
            source = step.row.source
            message = Message(
                "{addresses} of {prefix} have no place in {subnet}",
                addresses=shown(step.part, lost),
                prefix=step.part,
                subnet=subnet,
            )
            hint = Message("if one of them is in use, list all hosts of the prefix in the column hosts")
            work.findings.append(Problem("no-place", message, hint, source.file, source.line, "hosts"))


def _ask_gateway(subnet: Network, group: list[_Step], legs: list[Leg]) -> None:
    """The gateway of the first leg that has one takes the plan's gateway: a prefix has only one."""
    goal = first_usable(subnet)
    if any(step.fixed is not None and not _holds(step.fixed, goal) for step in group):
        return
    for leg in legs:
        if leg.gateway is not None and leg.gateway not in leg.asked:
            leg.asked[leg.gateway] = goal
            leg.gateway_moved = True
            return


def _leg(step: _Step, hosts: HostTable, subnet: Network) -> Leg:
    row = step.row
    asked: dict[int, int] = {}
    for host in hosts.inside(row.space, step.part):
        if host.new is not None:
            asked[int(host.old)] = int(host.new)
        elif host.offset is not None:
            asked[int(host.old)] = int(subnet.network_address) + host.offset
    gateway = int(row.gateway) if row.gateway is not None and row.gateway in step.part else None
    return Leg(step.part, row.prefix, step.fixed, _known(row, step.part, hosts), row.hosts.count, gateway, asked)


def _mode(step: _Step, *, merged: bool) -> Mode:
    row = step.row
    if step.part != row.prefix:
        found = Mode.SPLIT
    elif merged or step.fixed is not None:
        found = Mode.MERGE
    else:
        found = by_length(step.part, step.subnet)
    if row.mode is not None and row.mode is not found:
        message = Message(
            "the row says {wanted}, the plan makes it {found} ({new})",
            wanted=row.mode.value,
            found=found.value,
            new=step.subnet,
        )
        raise RowRefusedError("other-mode", "mode", message, Message("empty the cell, or change where it goes"))
    return found


def _entries(
    vrf: str, step: _Step, leg: Leg, mode: Mode, places: dict[int, Place], landings: dict[int, Landing | None]
) -> Iterable[Entry]:
    row, allocation = step.row, step.allocation
    base = Entry(
        row.space,
        step.part,
        leg.new,
        mode,
        allocation.owner if allocation is not None else row.owner,
        allocation.function if allocation is not None else row.function,
        HostRule.TABLE if leg.by_table else HostRule.OFFSET,
        vrf,
        row.prefix,
        step.subnet,
        row.note,
        row.source,
    )
    bits = BITS[step.part.version]
    if step.part.prefixlen == bits:  # a single address is its own host
        number = int(step.part.network_address)
        found = places.get(number)
        if found is not None and found.new is not None:
            new = network_of(Block(found.new, bits), step.part.version)
            landed = replace(base, new=new, host_rule=found.rule)
            if mode in (Mode.KEEP, Mode.SAME_SIZE):
                landed = replace(landed, mode=by_length(step.part, new))
            yield _landed(landed, landings.get(number))
        elif found is not None or leg.by_table:
            yield replace(base, new=None, new_subnet=None, host_rule=HostRule.NONE)
        else:
            yield base
        return
    yield base
    for number, found in sorted(places.items()):
        goal = network_of(Block(found.new, bits), step.part.version) if found.new is not None else None
        host = replace(
            base,
            old=network_of(Block(number, bits), step.part.version),
            new=goal,
            host_rule=found.rule,
            new_subnet=step.subnet if goal is not None else None,
            note="",
        )
        yield _landed(host, landings.get(number))


def _landed(entry: Entry, landing: Landing | None) -> Entry:
    """The entry of a host as it is in the subnet that it comes to."""
    if landing is None:
        return entry
    vrf, subnet, owner, function = landing
    return replace(entry, new_vrf=vrf, new_subnet=subnet, owner=owner, function=function)


def _strangers(current: Current, hosts: HostTable, work: _Work) -> None:
    """Rows of the host table that are about no prefix of today."""
    rows = Mapping(tuple(_staying(row, Mode.KEEP) for row in current.rows))
    for host in hosts:
        if rows.find(host.old, host.vrf) is None:
            message = Message("{address} is in no row of the VRF “{vrf}”", address=host.old, vrf=host.vrf)
            hint = Message("add its prefix to {file}, or correct the address", file=current.file)
            source = host.source
            work.findings.append(Problem("host-not-covered", message, hint, source.file, source.line, "old"))


def _proven(current: Current, work: _Work) -> Mapping:
    """The mapping without whatever would send two addresses to one place: those rows are refused."""
    by_place = {(row.source.file, row.source.line, row.space, row.prefix): row for row in current.rows}

    def row_of(entry: Entry) -> Row:
        outer = entry.old_subnet or entry.old
        return by_place[entry.source.file, entry.source.line, entry.vrf, outer]

    while True:
        kept = [entry for entry in work.entries if row_of(entry) not in work.refused]
        mapping = Mapping(tuple(kept))
        clashes = list(mapping_check.clashes(mapping))
        if not clashes:
            break
        for clash in clashes:
            pair = (clash.first.entry, clash.second.entry)
            movers = [entry for entry in pair if entry.mode not in (Mode.KEEP, Mode.NAT_EDGE)]
            for entry in movers or pair:
                other = pair[1] if entry is pair[0] else pair[0]
                message = Message(
                    "{old} would go to {new}, where {other} goes as well",
                    old=entry.old,
                    new=entry.new,
                    other=other.old,
                )
                hint = (
                    Message(
                        "exclude {other} from the pool in the policy and plan again, or let it move too",
                        other=other.old,
                    )
                    if other.mode in (Mode.KEEP, Mode.NAT_EDGE)
                    else Message("write another prefix or place for one of them, or run: govnet plan make")
                )
                work.refuse(row_of(entry), RowRefusedError("clash", "prefix", message, hint))
    refused = [
        Entry(row.space, row.prefix, None, Mode.REFUSED, row.owner, row.function, note=problem.code, source=row.source)
        for row, problem in work.refused.items()
    ]
    taken: dict[tuple[str, Network], Entry] = {}
    for entry in refused:  # two rows with the same prefix: one entry says that neither has a place
        taken.setdefault((entry.vrf, entry.old), entry)
    return Mapping((*kept, *taken.values()))
