"""Where addresses stand in VRP's commands: VRP 5 (AR, S), VRP 8 (NE, CE), USG.

Sources: Huawei's configuration guides and command references (NE40E V800R012C10, CE6800 V300R023C00, AR EDOC1100203224
and EDOC1100034066, USG6000 V500R005). Most rows hold in every view: text from manuals and chats loses its indentation,
and VRP gives a command one meaning almost everywhere. Where it does not (`network`, `address`), the view decides.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.dialects.huawei import places_filters, places_network, places_services
from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(
        places_network.TABLE + places_filters.TABLE + places_services.TABLE,
        public=("_public_",),
        paired="address-to-address",
    )
