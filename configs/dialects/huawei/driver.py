"""The NAPALM driver for VRP 5: a line takes effect at once, and nothing but a reboot takes it back by itself.

A change that could cut us off is therefore refused (`configs.guard`); the rest is undone line by line if a line fails.
`schedule reboot` is not used as a guard: it would take the site down.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.channel import wait
from configs.dialects.huawei import DIALECT
from configs.dialects.huawei.dialogue import DIALOGUE
from configs.dialects.huawei.language import LANGUAGE
from configs.driver_cli import CliDriver

if TYPE_CHECKING:
    from napalm.base import models

    from configs.model import Dialect

# VRP (R) software, Version 5.170 (AR2200 V200R009C00SPC500)
_VERSION = re.compile(r"^VRP \(R\) software, Version (.+?)\s*$", re.MULTILINE)
# Huawei AR2220E Router uptime is 0 week, 3 days, 2 hours, 5 minutes
_MODEL = re.compile(r"^(?:Huawei|HUAWEI|Quidway) (\S+)(?: .*?)? uptime is (.+?)\s*$", re.MULTILINE)
_SERIAL = re.compile(r"^ESN(?: of \S+)?\s*:\s*(\S+)", re.MULTILINE)


class HuaweiDriver(CliDriver):
    """VRP 5 (AR routers, S switches)."""

    platform = "huawei"
    dialogue = DIALOGUE
    language = LANGUAGE
    show_running = "display current-configuration"
    save_command = "save"
    saved = re.compile(rb"(?i)(?:saved successfully|save the configuration successfully)")

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from `display version` and, where the device knows it, `display esn`."""
        version = wait(self._text("display version"))
        model = _MODEL.search(version)
        os_version = _VERSION.search(version)
        serial = _SERIAL.search(wait(self._text("display esn")))
        tree = self.dialect.parse(self.running())
        return self._facts(
            "Huawei",
            tree,
            self.session.name,
            {
                "model": model[1] if model else "",
                "uptime": model[2] if model else "",
                "os_version": os_version[1] if os_version else "",
                "serial_number": serial[1] if serial else "",
            },
        )
