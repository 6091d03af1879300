"""Files for NetBox's bulk import, numbered in the order in which they must be imported.

The columns are those of NetBox's import forms (github.com/netbox-community/netbox, `netbox/dcim/forms/bulk_import.py`,
`netbox/ipam/forms/…`, `netbox/tenancy/forms/…`, read in versions 4.2 to 4.6); `region.slug` names an object by another
field than its name, which the import allows. Where a prefix belongs (`scope_type` and its object) is left out: older
forms take the object's number in that NetBox only, `scope_name` came later (`netbox/dcim/forms/mixins.py`,
`ScopedImportForm`). The push sets it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.text import mark, tr
from ipplan.views.material import File
from ipplan.views.netbox_objects import KINDS, Ref, objects
from ipplan.views.tables import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipplan.views.material import Material
    from ipplan.views.netbox_objects import Object

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "regions": ("name", "slug", "parent.slug", "description"),
    "tenants": ("name", "slug", "description"),
    "sites": ("name", "slug", "status", "region.slug", "tenant.slug", "description"),
    "roles": ("name", "slug", "description"),
    "route_targets": ("name", "description"),
    "vrfs": ("name", "rd", "enforce_unique", "description", "import_targets", "export_targets"),
    "prefixes": ("prefix", "vrf", "tenant.slug", "status", "role.slug", "description"),
    "ip_addresses": ("address", "vrf", "tenant.slug", "status", "role", "dns_name", "description"),
    "rirs": ("name", "slug", "is_private", "description"),
    "asns": ("asn", "rir.slug", "description"),
}


def files(material: Material) -> Iterator[File]:
    """`netbox/1-regions.csv` … `netbox/10-asns.csv`, and `netbox/README.txt`."""
    by_kind: dict[str, list[Object]] = {}
    for found in objects(material):
        by_kind.setdefault(found.kind, []).append(found)
    listed = []
    for number, kind in enumerate(KINDS, 1):
        rows = by_kind.get(kind, [])
        if rows:
            columns = COLUMNS[kind]
            name = f"{number}-{kind.replace('_', '-')}.csv"
            listed.append(name)
            cells = ([_cell(row.fields.get(column.partition(".")[0])) for column in columns] for row in rows)
            # NetBox reads UTF-8 and would take a byte order mark for a part of the first heading.
            yield File(f"netbox/{name}", csv_bytes(columns, cells, mark=False))
    text = tr(
        mark(
            "Import these files in NetBox (Import, CSV) in this order:\n{files}\nThe prefixes of the VRF “default” go "
            "to the global table. A second import of the same rows is refused by NetBox; to bring changes, use: "
            "govnet plan netbox"
        ),
        files="\n".join(f"  {name}" for name in listed),
    )
    yield File("netbox/README.txt", (text + "\n").encode())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Ref):
        return value.key[-1]
    if isinstance(value, tuple):
        return ",".join(_cell(item) for item in value)
    return str(value)
