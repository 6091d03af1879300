"""The NAPALM driver for StoneOS: lines take effect at once, and nothing on the device takes them back by itself.

There is a transaction (`exec configuration start`, `commit`, `rollback`), but no timer, and what becomes of it when the
session is lost is not described (V5.5R12F2 manual): it is no guard. A change that could cut us off is refused unless
the device can be reached another way; a change that fails is taken back line by line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.channel import wait
from configs.dialects.hillstone_stoneos import DIALECT
from configs.dialects.hillstone_stoneos.dialogue import DIALOGUE
from configs.dialects.hillstone_stoneos.language import LANGUAGE
from configs.driver_cli import CliDriver

if TYPE_CHECKING:
    from napalm.base import models

    from configs.model import Dialect

# Hillstone StoneOS software, Version 5.5R9
_VERSION = re.compile(r"StoneOS software,? Version (\S+)")
# Product name: SG-6000-E1600 S/N: … Assembly number: 0000
_MODEL = re.compile(r"Product name:\s*(\S+)\s+S/N:\s*(\S+)")
_UPTIME = re.compile(r"^Uptime is (.+?)\s*$", re.MULTILINE)


class StoneosDriver(CliDriver):
    """StoneOS."""

    platform = "hillstone_stoneos"
    dialogue = DIALOGUE
    language = LANGUAGE
    show_running = "show configuration"
    save_command = "save"
    saved = re.compile(rb"(?i)sav\w+ .*(?:finished|success)|" + "保存.*(?:完成|成功)".encode())

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from `show version`."""
        text = wait(self._text("show version"))
        version, model, since = _VERSION.search(text), _MODEL.search(text), _UPTIME.search(text)
        return self._facts(
            "Hillstone",
            self.dialect.parse(self.running()),
            self.session.name,
            {
                "model": model[1] if model else "",
                "serial_number": model[2] if model else "",
                "os_version": version[1] if version else "",
                "uptime": since[1] if since else "",
            },
        )
