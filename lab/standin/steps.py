"""What becomes of packets, in the words of no packet filter: chains of steps, of which the first that matches decides.

`filtering` and `nat` say what they are; `nft` and `iptables` write them down, each in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from configs.headers import PORTS, PROTOCOLS
from configs.intervals import Intervals

Ports: TypeAlias = str | tuple[str, ...]
"""One interface, or several; empty: any."""


class Place(StrEnum):
    """Where a chain is asked. Its first words say by what it is decided, its last ones when."""

    IN = "ports_in_prerouting"
    OUT = "ports_out_forward"
    FORWARD = "zones_forward"
    INPUT = "zones_input"
    OUTPUT = "zones_output"
    LEAVING = "tunnels_postrouting"
    DESTINATIONS = "translated_in"
    SOURCES = "translated_out"


class Verdict(StrEnum):
    """What ends a chain for a packet. Accepted in one chain, it is still asked for in those behind it."""

    ACCEPT = "accept"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Packets:
    """A set of packets; `source` and `destination` are addresses of `family`, None: any.

    `only` is the family that the list is of, `family` that of the addresses that this rule names; 0: either. `answers`:
    those of sessions that were let through. `clear`: those that no tunnel carries.
    """

    into: Ports = ""
    out: Ports = ""
    only: int = 0
    family: int = 0
    source: Intervals | None = None
    destination: Intervals | None = None
    protocols: Intervals = PROTOCOLS
    source_ports: Intervals = PORTS
    destination_ports: Intervals = PORTS
    answers: bool = False
    clear: bool = False

    @property
    def families(self) -> frozenset[int]:
        """The families that it has packets of."""
        return frozenset({self.only or 4, self.only or 6} & {self.family or 4, self.family or 6})


@dataclass(frozen=True, slots=True)
class Put:
    """Other addresses in the place of a packet's; None: the port's own. `ports` are the first and last one.

    `instead_of`: the n-th of these addresses becomes the n-th of the others.
    """

    source: bool
    addresses: Intervals | None = None
    ports: tuple[int, int] | None = None
    instead_of: Intervals | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of a set of packets. `line` is where the configuration says so; 0: nowhere."""

    packets: Packets
    what: Verdict | Put
    line: int = 0


@dataclass
class Chain:
    """The steps of a place; what none of them decides passes."""

    place: Place
    steps: list[Step] = field(default_factory=list)


ALL: Final = Packets()
ANSWERS: Final = Step(Packets(answers=True), Verdict.ACCEPT)
OSPF: Final = Step(Packets(only=4, protocols=Intervals.one(89)), Verdict.ACCEPT)
