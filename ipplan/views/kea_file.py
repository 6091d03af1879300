"""plan/dhcp.yaml: which LANs get addresses by DHCP, and what is left out of their pools. Without the file: all LANs.

interfaces: [eth0]               # of the server; empty: none, which suits a check
lifetime: 86400
migration_lifetime: 3600         # while addresses move (plan/mapping.csv is there): in the LANs that move
static: 10                       # the first addresses of each LAN are never given out
without: [lan-servers]           # LANs without DHCP
virtual: {lan-anping: [2, 3]}    # host numbers of VRRP routers and the like
reservations: [{lan: lan-anping, mac: "02:00:00:00:00:01", host: 20, name: printer}]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from inventory import cells
from inventory.text import Message
from ipplan.views import settings_file
from ipplan.views.dns_file import Domain, Key  # noqa: TC001 - pydantic reads the annotations
from ipplan.views.settings_file import Item, value

if TYPE_CHECKING:
    from pathlib import Path

FILE = "plan/dhcp.yaml"
_LONGEST = (1 << 32) - 2  # all ones means infinity (RFC 2131 section 3.3)


def _mac(text: str) -> str:
    plain = re.sub(r"[:.-]", "", text).lower()
    if re.fullmatch(r"[0-9a-f]{12}", plain):
        return ":".join(plain[at : at + 2] for at in range(0, 12, 2))
    raise cells.Fault(
        "bad-mac",
        Message("“{text}” is not a hardware address", text=text),
        Message("write six bytes, for example 02:00:00:00:00:01"),
    )


Seconds = Annotated[int, value(cells.integer(60, _LONGEST), int)]
Host = Annotated[int, value(cells.integer(1, (1 << 63) - 1), int)]


class Reservation(Item):
    """A host that always gets the same address: the `host`th of the LAN, counted from the prefix."""

    lan: Key
    mac: Annotated[str, value(_mac)]
    host: Host
    name: Domain = ""


class DhcpSettings(Item):
    """plan/dhcp.yaml of a govnet workspace."""

    interfaces: tuple[Annotated[str, value(cells.interface_name)], ...] = ()
    lifetime: Seconds = 86400
    migration_lifetime: Seconds | None = None
    static: Annotated[int, value(cells.integer(1, 1 << 16), int)] = 10
    without: tuple[Key, ...] = ()
    virtual: dict[Key, tuple[Host, ...]] = Field(default_factory=dict)
    reservations: tuple[Reservation, ...] = ()


def load(path: Path, *, name: str = FILE) -> DhcpSettings:
    """Read and check a dhcp.yaml. `name` is what the file is called in messages. InputError with every fault."""
    return settings_file.read(DhcpSettings, path, name)
