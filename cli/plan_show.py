"""`govnet plan show`: the plan as a table, how full it is, and one owner's addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json, print_table
from cli.plan_common import load_inventory, load_plan
from inventory.errors import InputError, Problem
from inventory.model import Area
from inventory.nearest import nearest
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inventory.model import Inventory, Region
    from ipplan.addresses import DeviceAddresses
    from ipplan.plan import Allocation, Plan
    from ipplan.usage import Usage


def register(group: typer.Typer) -> None:
    """Add `plan show`."""

    @command(
        group,
        "show",
        mark(
            "Show the plan and how full its pools are. With OWNER only that device's or line's prefixes; of a device "
            "also the address of each of its interfaces."
        ),
        [
            "govnet plan show",
            "govnet plan show rt-anping",
            "govnet plan show --region 安平镇 --json",
            "govnet plan show --utilisation",
            "govnet plan show --routing",
        ],
    )
    def show(
        owner: Annotated[str, typer.Argument(help=tr(mark("A device or a line.")), metavar="OWNER")] = "",
        region: Annotated[
            str, typer.Option("--region", help=tr(mark("Only this region and what lies in it: code or name.")))
        ] = "",
        area: Annotated[str, typer.Option("--area", help=tr(mark("Only this area.")))] = "",
        utilisation: Annotated[
            bool,
            typer.Option(
                "--utilisation",
                help=tr(
                    mark("Show how full each pool and each region's block is, and how often it can double in place.")
                ),
            ),
        ] = False,
        routing: Annotated[
            bool,
            typer.Option(
                "--routing",
                help=tr(mark("Show AS numbers, and each VRF's route distinguisher and targets in each region's AS.")),
            ),
        ] = False,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from ipplan import addresses, usage  # noqa: PLC0415 - start-up time

        inventory, plan = load_inventory(workspace), load_plan(workspace)
        _expect("--area", area, [member.value for member in Area], few=True)
        codes = _regions(inventory, region)
        if utilisation:
            _utilisation(plan, inventory, area, codes, as_json=as_json)
            return
        if routing:
            _routing(plan, inventory, codes, as_json=as_json)
            return
        if owner:
            owners = [*inventory.devices, *inventory.lines, *inventory.units, *inventory.sites, *inventory.regions]
            _expect("OWNER", owner, owners)
        rows = [row for row in plan.allocations if _fits(row, inventory, owner, area, codes)]
        pools = [
            entry
            for entry in usage.pools(plan)
            if any(row.pool == entry.pool and (row.area == area or not area) for row in plan.pool_rows)
        ]
        device = addresses.device_addresses(plan, inventory, owner) if owner in inventory.devices else None
        room = usage.doublings(plan)
        if as_json:
            print_json(_document(rows, room, pools, device))
            return
        _print(rows, room, inventory)
        if device is not None:
            _print_device(device)
        if not owner and codes is None:
            _print_usage(pools, plan)


def _utilisation(plan: Plan, inventory: Inventory, area: str, codes: frozenset[str] | None, *, as_json: bool) -> None:
    """How full the pools and the regions' blocks are."""
    from ipplan import usage  # noqa: PLC0415 - start-up time

    wanted = {row.pool for row in plan.pool_rows if not area or row.area == area}
    pools = [entry for entry in usage.pools(plan) if entry.pool in wanted] if codes is None else []
    blocks = [
        entry for entry in usage.blocks(plan) if entry.pool in wanted and (codes is None or entry.region in codes)
    ]
    if as_json:
        print_json(
            {
                "ok": True,
                "pools": [entry.as_json() for entry in pools],
                "blocks": [entry.as_json() for entry in blocks],
            }
        )
        return
    columns = (
        mark("pool"),
        mark("region"),
        mark("prefixes"),
        mark("allocations"),
        mark("addresses"),
        mark("allocated"),
        mark("largest free"),
        mark("can double"),
    )
    rows = (
        (
            entry.pool,
            _name(inventory.regions.get(entry.region), entry.region),
            ", ".join(str(prefix) for prefix in entry.prefixes),
            entry.allocations,
            _count(entry.addresses),
            _percent(entry.share),
            f"/{entry.largest_free}" if entry.largest_free is not None else "—",
            "" if entry.doublings is None else entry.doublings,
        )
        for entry in (*pools, *blocks)
    )
    print_table(tr(mark("How full the pools and the regions' blocks are")), columns, rows)


def _routing(plan: Plan, inventory: Inventory, codes: frozenset[str] | None, *, as_json: bool) -> None:
    """The AS numbers, and the VRFs' distinguishers and targets, in general and in each AS."""
    from ipplan import routes  # noqa: PLC0415 - start-up time

    numbers = [row for row in plan.as_rows if codes is None or row.region in codes]
    rows = [
        {
            "vrf": row.vrf,
            "region": region,
            "rd": routes.distinguisher(plan, inventory, row.vrf, region),
            "import_rt": list(row.import_rt),
            "export_rt": list(row.export_rt),
        }
        for row in plan.vrf_rows
        for region in ("", *(number.region for number in numbers))
    ]
    if as_json:
        shown = [{"level": row.level.value, "region": row.region, "asn": row.asn} for row in numbers]
        print_json({"ok": True, "as_numbers": shown, "vrfs": rows})
        return
    regions = inventory.regions
    named = [(row.level.value, _name(regions.get(row.region), row.region), row.asn) for row in numbers]
    print_table(tr(mark("AS numbers")), (mark("level"), mark("region"), mark("AS number")), named)
    columns = (mark("VRF"), mark("region"), mark("RD"), mark("import RT"), mark("export RT"))
    cells = (
        (
            row["vrf"],
            _name(regions.get(str(row["region"])), str(row["region"])),
            row["rd"],
            " ".join(row["import_rt"]),
            " ".join(row["export_rt"]),
        )
        for row in rows
    )
    print_table(tr(mark("Route distinguishers and targets")), columns, cells)


def _expect(column: str, value: str, names: Iterable[str], *, few: bool = False) -> None:
    """Refuse a name that is not there, with the nearest one; all of them where they are few."""
    known = list(names)
    if not value or value in known:
        return
    near = nearest(value, known)
    if near:
        hint = Message("did you mean “{name}”?", name=near)
    elif few:
        hint = Message("write one of: {names}", names=", ".join(known))
    else:
        hint = Message("govnet inventory list shows what there is")
    raise InputError(
        [Problem("unknown-name", Message("there is no “{name}”", name=value), hint, file="", column=column)]
    )


def _regions(inventory: Inventory, wanted: str) -> frozenset[str] | None:
    """The codes of the region and of everything in it; None if no region is asked for."""
    if not wanted:
        return None
    named = {region.code for region in inventory.regions.values() if wanted in (region.code, region.name)}
    if not named:
        names = [text for region in inventory.regions.values() for text in (region.code, region.name)]
        _expect("--region", wanted, names)
    return frozenset(
        code for code in inventory.regions if any(above.code in named for above in inventory.region_chain(code))
    )


def _fits(row: Allocation, inventory: Inventory, owner: str, area: str, codes: frozenset[str] | None) -> bool:
    if area and row.area != area:
        return False
    if codes is not None and row.region not in codes:
        return False
    if not owner or row.owner == owner:
        return True
    return owner in inventory.devices and row.owner in {line.name for line in inventory.lines_of(owner)}


def _document(
    rows: Iterable[Allocation], room: dict[Allocation, int], pools: Iterable[Usage], device: DeviceAddresses | None
) -> dict[str, Any]:
    from ipplan import changes  # noqa: PLC0415 - start-up time

    document: dict[str, Any] = {
        "ok": True,
        "allocations": [{**changes.as_json(row), "doublings": room[row]} for row in rows],
        "pools": [entry.as_json() for entry in pools],
    }
    if device is not None:
        document["device"] = {
            "name": device.device,
            "loopbacks": [str(address) for address in device.loopbacks],
            "interfaces": {name: [str(address) for address in found] for name, found in device.interfaces.items()},
            "gateways": {name: str(address) for name, address in device.gateways.items()},
        }
    return document


def _print(rows: Iterable[Allocation], room: dict[Allocation, int], inventory: Inventory) -> None:
    columns = (
        mark("area"),
        mark("function"),
        mark("region"),
        mark("owner"),
        mark("prefix"),
        mark("can double"),
    )
    print_table(
        "",
        columns,
        (
            (
                row.area.value,
                row.function,
                _name(inventory.regions.get(row.region), row.region),
                row.owner,
                row.prefix,
                room[row],
            )
            for row in rows
        ),
    )


def _name(region: Region | None, code: str) -> str:
    return f"{code} {region.name}" if region else code


def _print_device(device: DeviceAddresses) -> None:
    rows = [
        (name, ", ".join(str(address) for address in found), device.gateways.get(name, ""))
        for name, found in device.interfaces.items()
    ]
    print_table(device.device, (mark("interface"), mark("addresses"), mark("gateway")), rows)


def _print_usage(pools: Iterable[Usage], plan: Plan) -> None:
    columns = (
        mark("pool"),
        mark("prefixes"),
        mark("allocations"),
        mark("addresses"),
        mark("allocated"),
        mark("largest free"),
    )
    rows = (
        (
            entry.pool,
            ", ".join(str(prefix) for prefix in entry.prefixes),
            entry.allocations,
            _count(entry.addresses),
            _percent(entry.share),
            f"/{entry.largest_free}" if entry.largest_free is not None else "—",
        )
        for entry in pools
    )
    print_table(tr(mark("How full the pools are")), columns, rows)
    page().print(
        tr("{count} allocations, {blocks} regions' blocks", count=len(plan.allocations), blocks=len(plan.blocks)),
        markup=False,
    )


def _count(addresses: int) -> str:
    """A number that people can read: an IPv6 pool's as a power of two."""
    power = addresses.bit_length() - 1
    return f"2^{power}" if addresses > 1 << 32 and addresses == 1 << power else str(addresses)


def _percent(share: float) -> str:
    """A share of what there is; little is not nothing."""
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"
