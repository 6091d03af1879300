"""Where addresses stand in Comware's commands, versions 5 and 7: switches, routers, firewalls.

Sources: H3C's Comware 7 command references (S6800, MSR, SecPath F1000/F5000: fundamentals, layer 3 IP services and
routing, ACL and QoS, security, NAT, VPN, network management) and the Comware 5 forms of the same commands.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.dialects.hp_comware import places_filters, places_network, places_services
from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(
        places_network.TABLE + places_filters.TABLE + places_services.TABLE,
        public=("public-instance", "public"),
        paired="action (?:snat static|dnat)",
    )
