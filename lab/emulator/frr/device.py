"""FRR's language on a host with its links: the configuration as text."""

from __future__ import annotations

from abc import ABC

from lab.emulator.device import Device
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry, natural

VERSION = "8.4.4"
ENDS = {"vrf": "exit-vrf", "bgp-family": " exit-address-family"}


class FrrSoftware(Device, ABC):
    """A host's FRR, as far as vtysh knows it."""

    grammar = ("frr/frr",)
    factory_name = "localhost"
    pager = Pager("--More--", "\r        \r")

    def factory(self) -> Entry:
        """An empty FRR on a host with the links that it has."""
        return Entry()

    @property
    def name(self) -> str:
        """The host name."""
        return self.running.value("hostname") or self.spec.name

    def body(self, entry: Entry) -> str:
        """A configuration as `write` stores it."""
        lines = ["!", f"frr version {VERSION}"]
        if not entry.starting("frr", "defaults"):
            lines.append("frr defaults traditional")
        if not entry.value("hostname"):
            lines.append(f"hostname {self.spec.name}")
        block = False
        section = None
        for child in entry.ordered():
            assert child.rule is not None  # noqa: S101 - only the root has none
            view = child.rule.get("view")
            if view == "interface" and not child.children:
                continue
            if view or block or (section is not None and child.rule.section != section):
                lines.append("!")
            block, section = bool(view), child.rule.section
            lines.append(child.text)
            if view:
                lines.extend(self._inside(child, 1))
                lines.append(ENDS.get(view, "exit"))
        return "\n".join([*lines, "!", "end", ""])

    def _inside(self, entry: Entry, depth: int) -> list[str]:
        lines = []
        for child in entry.ordered():
            view = child.rule.get("view") if child.rule is not None else ""
            if view:
                lines.append(" !")
            lines.append(" " * depth + child.text)
            if view:
                lines.extend(self._inside(child, depth + 1))
                lines.append(ENDS.get(view, "exit"))
        return lines

    def show(self, entry: Entry) -> str:
        """As `show running-config` writes it."""
        return f"Building configuration...\n\nCurrent configuration:\n{self.body(entry)}"

    def interface_name(self, text: str) -> str | None:
        """FRR takes any name: an interface may come later."""
        return text if len(text) < 16 and text[:1].isalpha() else None

    def exists(self, interface: str) -> bool:
        """Whether the host has the link now."""
        return interface in self._links

    @property
    def _links(self) -> tuple[str, ...]:
        names = dict.fromkeys(("lo", *self.spec.interfaces, self.spec.management_interface))
        return tuple(sorted((name for name in names if name), key=natural))
