"""The platforms' drivers, by name."""

from __future__ import annotations

from configs.dialects import dialect
from configs.driver import Driver
from inventory.errors import GovnetError
from inventory.text import Message


def driver_for(platform: str) -> type[Driver]:
    """The platform's driver class. GovnetError if it is rendered but not yet spoken to."""
    found = dialect(platform).driver()
    if found is None or not issubclass(found, Driver):
        raise GovnetError(
            Message("there is no driver for the platform “{platform}”", platform=platform),
            Message("its configuration can be rendered; put it on the device by hand"),
        )
    return found
