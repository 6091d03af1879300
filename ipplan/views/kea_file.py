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
from ipplan.views.dns_file import Domain, Host, Key  # noqa: TC001 - pydantic reads the annotations
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


_MOST_STATIC = 1 << 16

Seconds = Annotated[int, value(cells.integer(60, _LONGEST), Annotated[int, Field(ge=60, le=_LONGEST)])]
Static = Annotated[int, value(cells.integer(1, _MOST_STATIC), Annotated[int, Field(ge=1, le=_MOST_STATIC)])]


class Reservation(Item):
    """A host that always gets the same address: the `host`th of the LAN, counted from the prefix."""

    lan: Key = Field(description="the LAN's name in links.csv")
    mac: Annotated[str, value(_mac)] = Field(description="the hardware address: six bytes")
    host: Host = Field(description="20 is the address .20 of a LAN that begins at .0")
    name: Domain = Field(default="", description="the host name that it is given")


class DhcpSettings(Item):
    """plan/dhcp.yaml of a govnet workspace: what “govnet plan export --format kea” heeds."""

    interfaces: tuple[Annotated[str, value(cells.interface_name)], ...] = Field(
        default=(), description="the server's interfaces; none suits a check, not a server"
    )
    lifetime: Seconds = Field(default=86400, description="seconds for which an address is lent")
    migration_lifetime: Seconds | None = Field(
        default=None, description="seconds; in the LANs that move, as long as there is a plan/mapping.csv"
    )
    static: Static = Field(default=10, description="so many of the first addresses of each LAN are never lent")
    without: tuple[Key, ...] = Field(default=(), description="LANs without DHCP")
    virtual: dict[Key, tuple[Host, ...]] = Field(
        default_factory=dict, description="host numbers in a LAN that VRRP routers and the like have"
    )
    reservations: tuple[Reservation, ...] = Field(default=(), description="hosts that always get the same address")


def load(path: Path, *, name: str = FILE) -> DhcpSettings:
    """Read and check a dhcp.yaml. `name` is what the file is called in messages. InputError with every fault."""
    return settings_file.read(DhcpSettings, path, name)
