"""Topsec TOS 3 (NGFW4000): one command a line, objects by name, GBK.

Only line shapes that public material shows are written (converters, generators and notes of other projects; no
vendor manual was available, and nothing was tried on a device). What is not documented is never made up: the
template says so in the notes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from configs import change, tree
from configs.dialects.topsec.grammar import GRAMMAR, SECRETS
from configs.dialects.topsec.language import LANGUAGE
from configs.model import Facts, NotUnderstood

if TYPE_CHECKING:
    from inventory.model import Interface


class Topsec:
    """TOS 3, as `configs.model.Dialect` asks."""

    name = "topsec"
    platforms = ("topsec_tos",)
    templates = Path(__file__).parent / "templates"
    encoding = "gb18030"

    def parse(self, text: bytes) -> tree.Tree:
        """The configuration as a tree."""
        return tree.parse(text, GRAMMAR)

    def recognises(self, tree_text: str) -> float:
        """`define host add name`, `firewall policy add`, `network interface`."""
        words = ("define host add name", "firewall policy add", "network interface ", "pf service add name")
        return min(1.0, 0.4 * sum(1 for word in words if word in tree_text))

    def change(self, running: tree.Tree, intended: tree.Tree, *, management: Interface | None = None) -> change.Change:
        """The commands from one to the other."""
        return change.compute(running, intended, LANGUAGE, management)

    def mask(self, text: str) -> str:
        """The text without its secrets."""
        return SECRETS.mask(text)

    def facts(self, tree: tree.Tree) -> Facts:
        """No fact is read from this platform yet: every line is reported as not understood."""
        lines = tuple(NotUnderstood(node.line, node.text) for _, node in tree.walk())
        return Facts(self.name, tree.encoding, {}, lines)

    def addresses(self, tree: tree.Tree) -> None:
        """Addresses are not read from this platform yet."""

    def driver(self) -> None:
        """The platform is rendered, not yet spoken to."""


DIALECT = Topsec()
