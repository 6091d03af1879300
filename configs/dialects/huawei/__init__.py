"""Huawei VRP 5 (AR and S series): `#` between sections, one blank a level, `undo`, `return` at the end.

Sources: the shapes collected from published configurations and Huawei's own manuals (NE40E V800R012C10, AR
command references EDOC1100203224 and EDOC1100034066). What no page confirmed is marked where it is used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from configs import change, tree
from configs.dialects.huawei.grammar import GRAMMAR, SECRETS
from configs.dialects.huawei.language import LANGUAGE

if TYPE_CHECKING:
    from napalm.base.base import NetworkDriver

    from configs.model import Addresses, Facts
    from inventory.model import Interface

# The same family of languages: its configurations also have `sysname`, `#` and `undo`.
_COMWARE = (
    "version 5.",
    "version 7.",
    "line vty ",
    "line class ",
    "irf ",
    "header legal",
    "dhcp server ip-pool ",
    "password-control ",
    "authorization-attribute ",
    "security-zone name ",
)


class Huawei:
    """VRP 5, as `configs.model.Dialect` asks."""

    name = "huawei"
    platforms: tuple[str, ...] = ("huawei",)
    templates = Path(__file__).parent / "templates"
    encoding = "utf-8"

    def parse(self, text: bytes) -> tree.Tree:
        """The configuration as a tree."""
        return tree.parse(text, GRAMMAR)

    def recognises(self, tree_text: str) -> float:
        """`sysname`, `#` alone on lines, `undo`, `return`; what only Comware writes speaks against it."""
        lines = [line.strip() for line in tree_text.splitlines()]
        hashes = sum(1 for line in lines if line == "#")
        named = any(line.startswith("sysname ") for line in lines)
        undone = any(line.startswith("undo ") for line in lines)
        foreign = any(line.startswith(_COMWARE) for line in lines)
        return 0.0 if foreign else min(1.0, 0.3 * (hashes > 2) + 0.5 * named + 0.2 * undone)

    def change(self, running: tree.Tree, intended: tree.Tree, *, management: Interface | None = None) -> change.Change:
        """The commands from one to the other."""
        return change.compute(running, intended, LANGUAGE, management)

    def mask(self, text: str) -> str:
        """The text without its secrets."""
        return SECRETS.mask(text)

    def facts(self, tree: tree.Tree) -> Facts:
        """The device's facts."""
        from configs.dialects.huawei import facts  # noqa: PLC0415 - only audits need it

        return facts.read(tree)

    def addresses(self, tree: tree.Tree) -> Addresses:
        """Where the device uses addresses."""
        from configs.dialects.huawei import addresses  # noqa: PLC0415 - only discovery needs it

        return addresses.read(tree)

    def driver(self) -> type[NetworkDriver]:
        """The NAPALM driver."""
        from configs.dialects.huawei import driver  # noqa: PLC0415 - start-up time: NAPALM is heavy

        return driver.HuaweiDriver


DIALECT = Huawei()
