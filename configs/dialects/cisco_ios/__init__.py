"""Cisco IOS and IOS-XE: `!` between sections, one blank a level, `no`, banners between delimiters, `end`.

Sources: Cisco's public configuration guides and command references, and published configurations. What no page
confirmed is marked where it is used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from configs import change, tree
from configs.dialects.cisco_ios.grammar import GRAMMAR, SECRETS
from configs.dialects.cisco_ios.language import LANGUAGE

if TYPE_CHECKING:
    from napalm.base.base import NetworkDriver

    from configs.model import Addresses, Facts
    from inventory.model import Interface

# Languages of the same form: FRR, ASA, IOS XR, NX-OS, EOS.
_FOREIGN = (
    "frr version",
    "frr defaults",
    ": Saved",
    "ASA Version",
    "!! IOS XR",
    "feature ",
    "!RANCID-CONTENT-TYPE: arista",
    "! device: ",
    "daemon TerminAttr",
    "management api http-commands",
    "vpc domain ",
)


class CiscoIos:
    """IOS, as `configs.model.Dialect` asks."""

    name = "cisco_ios"
    platforms: tuple[str, ...] = ("cisco_ios",)
    templates = Path(__file__).parent / "templates"
    encoding = "utf-8"

    def parse(self, text: bytes) -> tree.Tree:
        """The configuration as a tree."""
        return tree.parse(text, GRAMMAR)

    def recognises(self, tree_text: str) -> float:
        """`!` alone on lines, `hostname`, `version 12.2`, `line vty`; marks of its relatives speak against it."""
        lines = [line.rstrip() for line in tree_text.splitlines()]
        marks = sum(1 for line in lines if line == "!")
        named = any(line.startswith("hostname ") for line in lines)
        versioned = any(line.startswith(("version 1", "Building configuration")) for line in lines)
        lined = any(line.startswith("line vty ") for line in lines)
        foreign = any(line.startswith(_FOREIGN) for line in lines)
        return 0.0 if foreign else min(1.0, 0.3 * (marks > 2) + 0.3 * named + 0.2 * versioned + 0.2 * lined)

    def change(self, running: tree.Tree, intended: tree.Tree, *, management: Interface | None = None) -> change.Change:
        """The commands from one to the other."""
        return change.compute(running, intended, LANGUAGE, management)

    def mask(self, text: str) -> str:
        """The text without its secrets."""
        return SECRETS.mask(text)

    def facts(self, tree: tree.Tree) -> Facts:
        """The device's facts."""
        from configs.dialects.cisco_ios import facts  # noqa: PLC0415 - only audits need it

        return facts.read(tree)

    def addresses(self, tree: tree.Tree) -> Addresses:
        """Where the device uses addresses."""
        from configs.dialects.cisco_ios import addresses  # noqa: PLC0415 - only discovery needs it

        return addresses.read(tree)

    def driver(self) -> type[NetworkDriver]:
        """The NAPALM driver."""
        from configs.dialects.cisco_ios import driver  # noqa: PLC0415 - start-up time: NAPALM is heavy

        return driver.CiscoIosDriver


DIALECT = CiscoIos()
