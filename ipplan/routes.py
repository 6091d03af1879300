"""What routing makes of a plan: which VRFs see each other's prefixes, and where those overlap.

A VRF imports the routes of every VRF that exports one of its import targets (RFC 4364 section 4.3). What meets in one
table must not overlap: the two VRFs themselves, and two that a third one imports.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from inventory.errors import Problem
from inventory.model import NOWHERE
from inventory.text import Message
from ipplan.checks_rows import few
from ipplan.networks import BITS
from ipplan.plan import FILE, AsRow
from ipplan.targets import is_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.model import Inventory
    from ipplan.plan import Plan, VrfRow
    from ipplan.policy import Policy


def numbers(inventory: Inventory, policy: Policy) -> tuple[list[AsRow], list[Problem]]:
    """The AS numbers of regions that have their own, and what is wrong with the rules: unknown codes, one AS twice."""
    rows: list[AsRow] = []
    problems: list[Problem] = []
    owners: dict[int, str] = {} if policy.asn is None else {policy.asn: ""}
    for rule in policy.asns:
        source, column = rule.source, "routing.regions"
        for code in rule.numbers:
            region = inventory.regions.get(code)
            if region is None or region.level is not rule.level:
                message = Message("there is no region {code} of the level “{level}”", code=code, level=rule.level.value)
                hint = Message("write one that the inventory has, or take it out")
                problems.append(Problem("unknown-name", message, hint, source.file, source.line, column))
        for code, region in inventory.regions.items():
            asn = rule.number(code) if region.level is rule.level else None
            if asn is None:
                continue
            other = owners.setdefault(asn, code)
            if other != code:
                message = (
                    Message(
                        "the region {code} gets the AS number {asn}, which {other} has too",
                        code=code,
                        asn=asn,
                        other=other,
                    )
                    if other
                    else Message(
                        "the region {code} gets the AS number {asn}, which is that of all the others",
                        code=code,
                        asn=asn,
                    )
                )
                hint = Message("write another base, more digits, or the region's number under “numbers”")
                problems.append(Problem("duplicate-as", message, hint, source.file, source.line, column))
            elif asn >= 1 << 32:
                message = Message(
                    "the region {code} gets {asn}, which is more than an AS number can be", code=code, asn=asn
                )
                problems.append(
                    Problem(
                        "bad-as",
                        message,
                        Message("write a lower base, or fewer digits"),
                        source.file,
                        source.line,
                        column,
                    )
                )
            rows.append(AsRow(region.level, code, asn))
    return rows, problems


def distinguisher(plan: Plan, inventory: Inventory, vrf: str, region: str) -> str:
    """A VRF's route distinguisher on the routers of a region: with the AS of the lowest region above that has one.

    Its number stays that of the VRF, and so do the route targets: they must be the same wherever the VRF is. Empty for
    a VRF without a row. A distinguisher that begins with an address, or whose number is too large for an AS of four
    octets (RFC 4364 section 4.2), is the same in all regions.
    """
    row = plan.vrfs.get(vrf)
    if row is None:
        return ""
    own = {number.region: number.asn for number in plan.as_rows}
    asn = next((own[above.code] for above in inventory.region_chain(region) if above.code in own), None)
    made = f"{asn}:{row.rd.rpartition(':')[2]}"
    return made if asn is not None and "." not in row.rd and is_target(made) else row.rd


def duplicates(plan: Plan) -> Iterator[Problem]:
    """One AS number for two regions, one route distinguisher for two VRFs."""
    of_number: dict[int, AsRow] = {}
    for number in plan.as_rows:
        first = of_number.setdefault(number.asn, number)
        if first is not number:
            message = Message(
                "the region {code} gets the AS number {asn}, which {other} has too",
                code=number.region,
                asn=number.asn,
                other=first.region,
            )
            hint = Message("the first one is in line {line}; take one of them out", line=first.source.line)
            yield Problem("duplicate-as", message, hint, number.source.file or FILE, number.source.line, "asn")
    of_rd: dict[str, VrfRow] = {}
    for row in plan.vrf_rows:
        other = of_rd.setdefault(row.rd, row)
        if other is not row:
            message = Message("the route distinguisher {rd} is that of the VRF “{name}” too", rd=row.rd, name=other.vrf)
            yield Problem(
                "duplicate-rd",
                message,
                Message("give each VRF a number of its own"),
                row.source.file or FILE,
                row.source.line,
                "rd",
            )


def targets(plan: Plan, inventory: Inventory) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Import and export targets by VRF: the plan's, else the inventory's."""
    found = {vrf.name: (frozenset(vrf.import_rt), frozenset(vrf.export_rt)) for vrf in inventory.vrfs.values()}
    found.update({row.vrf: (frozenset(row.import_rt), frozenset(row.export_rt)) for row in plan.vrf_rows})
    return found


def tables(plan: Plan, inventory: Inventory) -> dict[str, tuple[str, ...]]:
    """For each VRF the VRFs whose prefixes are in its table: itself first, then those that it imports from."""
    known = targets(plan, inventory)
    return {
        vrf: (vrf, *(other for other, (_, exports) in known.items() if other != vrf and imports & exports))
        for vrf, (imports, _) in known.items()
    }


def overlaps(plan: Plan, inventory: Inventory) -> Iterator[Problem]:
    """Allocations that overlap in a VRF's table although they are of different VRFs."""
    seen: set[frozenset[str]] = set()
    spans: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
    for where, members in tables(plan, inventory).items():
        for pair in combinations(members, 2):
            if frozenset(pair) in seen:
                continue
            seen.add(frozenset(pair))
            if not spans:
                spans = _spans(plan)
            for version in BITS:
                one, other = (spans.get((vrf, version), []) for vrf in pair)
                yield from _problems(plan, where, _meetings(one, other))


def _spans(plan: Plan) -> dict[tuple[str, int], list[tuple[int, int, int]]]:
    """First address, end and number of the allocations, by VRF and family, in address order."""
    spans: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
    table = plan.table
    for number, key in enumerate(zip(table.vrfs, table.versions, strict=True)):
        start = table.starts[number]
        span = (start, start + (1 << (BITS[key[1]] - table.lengths[number])), number)
        spans.setdefault(key, []).append(span)
    for found in spans.values():
        found.sort()
    return spans


def _meetings(one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """The numbers of those that overlap; prefixes contain each other or are apart."""
    at = 0
    for start, end, number in one:
        while at < len(other) and other[at][1] <= start:
            at += 1
        here = at
        while here < len(other) and other[here][0] < end:
            yield number, other[here][2]
            here += 1


def _problems(plan: Plan, where: str, meetings: Iterator[tuple[int, int]]) -> Iterator[Problem]:
    """One problem for each pair, and one for all that a row covers alone."""
    pairs = list(meetings)
    of_first, of_second = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    wide: dict[int, list[int]] = {}
    for first, second in pairs:
        if of_first[first] > 1:
            wide.setdefault(first, []).append(second)
        elif of_second[second] > 1:
            wide.setdefault(second, []).append(first)
        else:
            yield _problem(plan, where, first, second)
    for number, others in wide.items():
        row, first_other = plan.allocation(number), plan.allocation(others[0])
        message = Message(
            "{prefix} (“{owner}”, VRF “{vrf}”) overlaps {count} rows of the VRF “{other_vrf}”: {others}; both are in "
            "the table of the VRF “{where}”",
            prefix=row.prefix,
            owner=row.owner,
            vrf=row.vrf,
            count=len(others),
            other_vrf=first_other.vrf,
            others=few([plan.allocation(other) for other in others]),
            where=where,
        )
        hint = Message("give the pools of the two VRFs different space, or stop exchanging their routes")
        yield Problem("exchanged-overlap", message, hint, row.source.file or FILE, row.source.line, "prefix")


def _problem(plan: Plan, where: str, first: int, second: int) -> Problem:
    one, other = plan.allocation(first), plan.allocation(second)
    message = Message(
        "{prefix} (“{owner}”, VRF “{vrf}”) overlaps {other} (“{other_owner}”, VRF “{other_vrf}”, line {line}): "
        "both are in the table of the VRF “{where}”",
        prefix=one.prefix,
        owner=one.owner,
        vrf=one.vrf,
        other=other.prefix,
        other_owner=other.owner,
        other_vrf=other.vrf,
        line=other.source.line,
        where=where,
    )
    hint = Message("give the pools of the two VRFs different space, or stop exchanging their routes")
    return Problem("exchanged-overlap", message, hint, one.source.file or FILE, one.source.line, "prefix")


def differences(plan: Plan, inventory: Inventory, policy: Policy) -> Iterator[Problem]:
    """AS numbers, route distinguishers and targets that are not what the policy's rules give."""
    wanted_numbers, faults = numbers(inventory, policy)
    yield from faults
    by_region = {row.region: row for row in wanted_numbers}
    for code in sorted(by_region.keys() | {number.region for number in plan.as_rows}):
        number = next((number for number in plan.as_rows if number.region == code), None)
        if number != by_region.get(code):
            message = Message("the plan's AS number of the region {code} is not up to date", code=code)
            place = number.source if number is not None else NOWHERE
            yield Problem(
                "as-differs", message, Message("run: govnet plan make"), place.file or FILE, place.line, "asn"
            )
    planned = plan.vrfs
    for rule in policy.vrfs.values():
        wanted = (rule.rd, rule.import_rt, rule.export_rt)
        row = planned.get(rule.vrf)
        if row is None or (row.rd, row.import_rt, row.export_rt) != wanted:
            message = Message(
                "the plan's route distinguisher and targets of the VRF “{name}” are not up to date", name=rule.vrf
            )
            source = row.source if row is not None else None
            file, line = (source.file, source.line) if source is not None else ("", 0)
            yield Problem("vrf-differs", message, Message("run: govnet plan make"), file or FILE, line, "rd")
        vrf = inventory.vrfs.get(rule.vrf)
        if vrf is None:
            continue
        for name, own, ours in (
            ("rd", (vrf.rd,) if vrf.rd else (), (rule.rd,)),
            ("import_rt", vrf.import_rt, rule.import_rt),
            ("export_rt", vrf.export_rt, rule.export_rt),
        ):
            if own and frozenset(own) != frozenset(ours):
                message = Message(
                    "the VRF “{vrf}” has {name} {own}, and the policy's rules give {ours}",
                    vrf=rule.vrf,
                    name=name,
                    own=" ".join(own),
                    ours=" ".join(ours),
                )
                hint = Message("correct one of the two; what the inventory leaves empty comes from the policy")
                yield Problem("rd-differs", message, hint, vrf.source.file, vrf.source.line, name)
    for row in plan.vrf_rows:
        if row.vrf not in policy.vrfs:
            message = Message("the policy has no rule for the VRF “{name}”", name=row.vrf)
            hint = Message("run: govnet plan make")
            yield Problem("vrf-differs", message, hint, row.source.file or FILE, row.source.line, "vrf")
