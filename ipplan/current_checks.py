"""What today's table says that cannot be, and what somebody should look at, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.errors import Problem
from inventory.text import Message
from ipplan.lookup import Table
from ipplan.mapping import EDGE, Mode
from ipplan.networks import BITS, Block, in_order, network_of, squats, unusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.model import Inventory
    from ipplan.current import Current, Row
    from ipplan.networks import Network

_MOST_GAPS = 1 << 16


def _problem(code: str, row: Row, column: str, message: Message, hint: Message) -> Problem:
    return Problem(code, message, hint, row.source.file, row.source.line, column)


def findings(
    current: Current, inventory: Inventory | None = None, registered: Iterable[Network] = ()
) -> tuple[Problem, ...]:
    """What somebody should look at, in the order of the rows: squatted and unusable space, gaps, devices in no row.

    `registered` is public space that is known to be ours: the policy's pools.
    """
    known = tuple(dict.fromkeys(registered))
    found = [*_squatted(current, known), *_behind_nat(current), *_gaps(current)]
    if inventory is not None:
        found += _uncovered(current, inventory)
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column, problem.code)))


def _squatted(current: Current, registered: tuple[Network, ...]) -> Iterator[Problem]:
    for row in current.rows:
        why = unusable(row.prefix)
        if why is not None:
            message = Message("no LAN has {prefix}: these are {why}", prefix=row.prefix, why=why)
            yield _problem("unusable-space", row, "prefix", message, Message("correct the row, or take it out"))
        elif squats(row.prefix, registered):
            message = Message(
                "{prefix} is public address space; unless it is registered for you, it belongs to somebody else",
                prefix=row.prefix,
            )
            hint = Message("leave it to be renumbered, or put the block into a pool of the policy if it is yours")
            yield _problem("squatted", row, "prefix", message, hint)


def _behind_nat(current: Current) -> Iterator[Problem]:
    """Public space behind a unit's NAT hides a part of the internet from the unit."""
    repeated: dict[tuple[str, Network], list[Row]] = {}
    for row in current.rows:
        if row.mode is Mode.NAT_EDGE:
            repeated.setdefault((row.vrf, row.prefix), []).append(row)
            if not row.prefix.is_private:
                message = Message("{prefix} behind NAT is not private address space", prefix=row.prefix)
                hint = Message("use 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 behind NAT (RFC 1918)")
                yield _problem("nat-not-private", row, "prefix", message, hint)
    for (_, prefix), rows in repeated.items():
        if len(rows) > 1:
            lines = ", ".join(str(row.source.line) for row in rows[1:21])
            message = Message(
                "{prefix} stands behind the NAT of {count} units (also lines {lines})",
                prefix=prefix,
                count=len(rows),
                lines=lines,
            )
            hint = Message("nothing to do: each has a namespace of its own in the mapping")
            yield _problem("nat-repeated", rows[0], "prefix", message, hint)


def _gaps(current: Current) -> Iterator[Problem]:
    """Holes between neighbours that are not larger than the larger neighbour: somebody may be forgotten there."""
    before: Row | None = None
    end = 0
    for row in sorted(current.rows, key=lambda row: (row.space, *in_order(row.prefix))):
        if row.space.startswith(EDGE):
            continue
        start = int(row.prefix.network_address)
        same = before is not None and (before.space, before.prefix.version) == (row.space, row.prefix.version)
        if same and before is not None and start > end:
            hole = start - end
            if hole <= min(_MOST_GAPS, max(before.prefix.num_addresses, row.prefix.num_addresses)):
                first = network_of(Block(end, before.prefix.max_prefixlen), before.prefix.version).network_address
                message = Message(
                    "nothing is said about the {count} addresses from {first} on, between {before} (line {line}) "
                    "and {prefix}",
                    count=hole,
                    first=first,
                    before=before.prefix,
                    line=before.source.line,
                    prefix=row.prefix,
                )
                hint = Message("add a row if they are in use")
                yield _problem("gap", row, "prefix", message, hint)
        last = start + row.prefix.num_addresses
        end = max(end, last) if same else last
        before = row


def _uncovered(current: Current, inventory: Inventory) -> Iterator[Problem]:
    """Management addresses of devices that no row holds, in whichever VRF."""
    tables = {
        version: Table(
            [
                (int(row.prefix.network_address), row.prefix.prefixlen, row)
                for row in current.rows
                if row.prefix.version == version
            ],
            bits,
        )
        for version, bits in BITS.items()
    }
    for device in inventory.devices.values():
        if device.address is None:
            continue
        address = device.address.ip
        if tables[address.version].longest(int(address)) is None:
            message = Message(
                "“{device}” is managed at {address}, which is in no row ({file}:{line})",
                device=device.name,
                address=address,
                file=device.source.file,
                line=device.source.line,
            )
            hint = Message("add the row {prefix}", prefix=device.address.network)
            yield Problem("device-not-covered", message, hint, current.file)
