"""The NAPALM driver for TOS: a command takes effect at once, and nothing known on the device takes it back by itself.

A change that could cut us off is refused unless the device can be reached another way. A complete dump cannot be
told from a cut one by its end, so what is applied is looked for afterwards like everywhere.
"""

from __future__ import annotations

import re
from ipaddress import ip_interface
from typing import TYPE_CHECKING

from configs.channel import wait
from configs.dialects.topsec import DIALECT
from configs.dialects.topsec.dialogue import DIALOGUE
from configs.dialects.topsec.language import LANGUAGE
from configs.driver_cli import CliDriver

if TYPE_CHECKING:
    from napalm.base import models

    from configs.model import Dialect
    from configs.tree import Tree
    from inventory.model import Interface

_VERSION = re.compile(r"^\s*TOS Version\s*:\s*(\S+)", re.MULTILINE)
_MODEL = re.compile(r"^\s*Model\s*:\s*(\S+)", re.MULTILINE)
_SERIAL = re.compile(r"^\s*Serial\s*:\s*(\S+)", re.MULTILINE)
_ADDRESS = re.compile(r"network interface (\S+) ip add (\d\S+) mask (\d\S+)")


class TopsecDriver(CliDriver):
    """TOS 3 in its one-line form."""

    platform = "topsec_tos"
    dialogue = DIALOGUE
    language = LANGUAGE
    show_running = "show-running nostop"
    save_command = "save"
    saved = re.compile(rb"")  # success prints nothing; a refusal is an error

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    def _addresses(self, tree: Tree) -> list[tuple[str, Interface]]:
        return [
            (match[1], ip_interface(f"{match[2]}/{match[3]}"))
            for node in tree.children
            if (match := _ADDRESS.match(node.text))
        ]

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from `system version show`, whose layout is unverified."""
        text = wait(self._text("system version show"))
        version, model, serial = _VERSION.search(text), _MODEL.search(text), _SERIAL.search(text)
        tree = self.dialect.parse(self.running())
        facts = self._facts(
            "Topsec",
            tree,
            self.session.name,
            {
                "model": model[1] if model else "",
                "os_version": version[1] if version else "",
                "serial_number": serial[1] if serial else "",
            },
        )
        facts["interface_list"] = list(dict.fromkeys(name for name, _ in self._addresses(tree)))
        return facts
