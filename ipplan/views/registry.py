"""The views by name. Adding one is a module with `files(material)` and a line here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipplan.views.material import File, Material


@dataclass(frozen=True, slots=True)
class View:
    """A view: the module that makes it, what it is, and the file of the workspace that it cannot do without."""

    module: str
    summary: str
    needs: str = ""
    hint: str = ""

    def missing(self, material: Material) -> bool:
        """Whether the workspace lacks what the view needs."""
        return bool(self.needs) and getattr(material, self.needs) is None

    def why(self) -> Message:
        """What is lacking when it is missing, and what makes it."""
        return Message(self.hint)

    def files(self, material: Material) -> Iterator[File]:
        """The view's files."""
        made: Iterator[File] = import_module(self.module).files(material)
        return made


_NO_MAPPING = mark("there is no plan/mapping.csv; govnet plan map makes it")
_NO_DNS = mark("there is no plan/dns.yaml; write at least origin, serial, hostmaster and name_servers into it")

VIEWS = {
    "xlsx": View("ipplan.views.address_book", mark("address book: a workbook with a sheet for each area")),
    "csv": View("ipplan.views.csv_areas", mark("the same tables as CSV, a file for each area")),
    "mapping": View(
        "ipplan.views.old_new", mark("old → new addresses: workbook and CSV"), needs="mapping", hint=_NO_MAPPING
    ),
    "requests": View(
        "ipplan.views.requests",
        mark("who must change which firewall and NAT rules: workbook and CSV for other departments"),
        needs="mapping",
        hint=_NO_MAPPING,
    ),
    "dns": View("ipplan.views.dns", mark("DNS zones, forward and reverse"), needs="dns", hint=_NO_DNS),
    "kea": View("ipplan.views.kea", mark("Kea DHCPv4 and DHCPv6 configuration for the LANs")),
    "netbox": View("ipplan.views.netbox", mark("CSV files for NetBox's bulk import")),
    "map": View("ipplan.views.hilbert_map", mark("a map of each pool as a Hilbert curve: SVG and one HTML page")),
}
