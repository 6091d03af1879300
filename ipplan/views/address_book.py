"""The address book as a workbook: what it is, how full everything is, a sheet for each area, the interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.text import mark, tr
from ipplan.views import book
from ipplan.views.material import File
from ipplan.views.sheets import Book

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipplan.views.material import Material

OWN_PLAN = mark(
    "This is the city's own plan: govnet made it from the inventory and the policy in the workspace. Its pools, block "
    "sizes and growth factors are those of plan/policy.yaml; nothing in it is a national or a provincial plan."
)
_LOCK = mark(
    "The plan itself is plan/plan.csv. Changes in this workbook change nothing there: change the policy or the "
    "inventory, run “govnet plan make”, and export again."
)
_HEADING = mark("Address book")
_POOLS = mark("Pools")
_BLOCKS = mark("Regions' blocks")
_PORTS = mark("Interfaces")


def files(material: Material) -> Iterator[File]:
    """`address-book.xlsx`."""
    areas = book.areas(material)
    blocks = list(book.block_fills(material))
    contents = [
        (tr(_POOLS), tr(mark("how full the address pools are"))),
        *(
            [(tr(_BLOCKS), tr(mark("the block of each region, which can be summarised, and how full it is")))]
            * bool(blocks)
        ),
        *((book.area_title(area), tr(mark("{count} allocations"), count=len(rows))) for area, rows in areas.items()),
        (tr(_PORTS), tr(mark("the addresses of every device, interface by interface"))),
    ]
    made = Book(f"{material.title} {tr(_HEADING)}")
    made.cover(material.title, tr(_HEADING), [tr(OWN_PLAN), tr(_LOCK)], contents, material.version)
    made.table(tr(_POOLS), book.FILLS, book.pool_fills(material))
    if blocks:
        made.table(tr(_BLOCKS), book.FILLS, blocks)
    for area, rows in areas.items():
        said = [column for column in book.ALLOCATIONS if any(column.value(row) not in (None, "") for row in rows)]
        made.table(book.area_title(area), said, rows)  # a loopback has neither gateway nor hosts
    made.table(tr(_PORTS), book.PORTS, book.ports(material))
    yield File("address-book.xlsx", made.data())
