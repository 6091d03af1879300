"""What all writers of FRR's configuration share: the device, its Linux names, and what they could not say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from configs.forwarding.model import Left, PortKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.forwarding.model import Forwarding, Port
    from inventory.text import Message
    from lab.standin.habits import Habits
    from lab.standin.naming import Names
    from lab.standin.target import Target


@dataclass
class Speaker:
    """One device whose FRR configuration is written. `fast`: protocols' default timers are shortened."""

    device: Forwarding
    names: Names
    target: Target
    habits: Habits
    fast: bool = True
    interfaces: dict[str, list[str]] = field(default_factory=dict)
    daemons: set[str] = field(default_factory=set)
    chains: dict[str, tuple[str, str]] = field(default_factory=dict)  # key chains: number and key
    left: list[Left] = field(default_factory=list)

    @cached_property
    def instances(self) -> bool:
        """Whether OSPF needs a daemon for each of its processes: FRR has one for a routing table otherwise."""
        plain = [one for one in self.device.ospf if one.version == 2]
        return len(plain) > 1 and not any(one.vrf for one in plain) and all(one.process.isdigit() for one in plain)

    def leave(self, line: int, reason: Message, touches: str = "routes") -> None:
        """Say that a line is not carried over."""
        self.left.append(Left(line, reason, touches))

    def on(self, interface: str, *lines: str) -> None:
        """Lines for an interface's block, each once."""
        block = self.interfaces.setdefault(interface, [])
        block += [line for line in lines if line not in block]

    def distance(self, preference: int) -> int:
        """A preference in FRR's words."""
        return self.habits.distance(preference, fixed=bool(self.device.isis))

    def has_vrf(self, vrf: str) -> bool:
        """Whether a routing table can be had here."""
        return not vrf or self.target.has_vrf

    def ports(self, vrf: str) -> Iterator[tuple[Port, str]]:
        """The ports of a routing table that exist here, with their Linux names."""
        for name, port in self.device.ports.items():
            short = self.names.ports.get(name, "")
            if short and port.vrf == vrf and port.kind is not PortKind.NULL:
                yield port, short


def secret(text: str, longest: int) -> str:
    """A key that is the same at both ends if theirs is: FRR's are shorter than the vendors', so it is a digest."""
    return hashlib.sha256(text.encode()).hexdigest()[:longest]
