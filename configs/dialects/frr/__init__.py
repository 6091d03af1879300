"""FRRouting: `frr.conf` as vtysh shows it: `!` and `exit` after a view, one blank a level, `no`, `end`.

Source: docs.frrouting.org, and `show running-config` of FRR 8.4.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from configs import change, tree
from configs.dialects.frr.grammar import GRAMMAR, SECRETS
from configs.dialects.frr.language import LANGUAGE

if TYPE_CHECKING:
    from napalm.base.base import NetworkDriver

    from configs.model import Addresses, Facts
    from inventory.model import Interface


class Frr:
    """FRR, as `configs.model.Dialect` asks."""

    name = "frr"
    platforms: tuple[str, ...] = ("frr",)
    templates = Path(__file__).parent / "templates"
    encoding = "utf-8"

    def parse(self, text: bytes) -> tree.Tree:
        """The configuration as a tree."""
        return tree.parse(text, GRAMMAR)

    def recognises(self, tree_text: str) -> float:
        """Its own first lines name it."""
        lines = tree_text.splitlines()
        if any(line.startswith(("frr version ", "frr defaults ")) for line in lines):
            return 1.0
        return 0.3 if any(line in {"service integrated-vtysh-config", "agentx"} for line in lines) else 0.0

    def change(self, running: tree.Tree, intended: tree.Tree, *, management: Interface | None = None) -> change.Change:
        """The commands from one to the other."""
        return change.compute(running, intended, LANGUAGE, management)

    def merged(self, running: tree.Tree, intended: tree.Tree) -> str:
        """The whole configuration after the change, as `frr-reload.py` takes it: running with `intended` merged in."""
        from configs.dialects.frr.merge import merged  # noqa: PLC0415 - only a push needs it

        return merged(running, intended)

    def mask(self, text: str) -> str:
        """The text without its secrets."""
        return SECRETS.mask(text)

    def facts(self, tree: tree.Tree) -> Facts:
        """The device's facts."""
        from configs.dialects.frr import facts  # noqa: PLC0415 - only audits need it

        return facts.read(tree)

    def addresses(self, tree: tree.Tree) -> Addresses:
        """Where the device uses addresses."""
        from configs.dialects.frr import addresses  # noqa: PLC0415 - only discovery needs it

        return addresses.read(tree)

    def driver(self) -> type[NetworkDriver]:
        """The NAPALM driver."""
        from configs.dialects.frr import driver  # noqa: PLC0415 - start-up time: NAPALM is heavy

        return driver.FrrDriver


DIALECT = Frr()
