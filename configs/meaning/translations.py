"""Address translation without a vendor: what readers of NAT commands need to say what a command means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.headers import PORTS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE
from configs.meaning.statements import Translated, Translation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.intervals import AddressSet, Intervals


def both_ways(
    line: int,
    inside: AddressSet,
    outside: AddressSet,
    *,
    protocols: Intervals = PROTOCOLS,
    inside_ports: Intervals = PORTS,
    outside_ports: Intervals = PORTS,
    conditions: Iterable[str] = (),
    words: str = "",
    lines: tuple[int, ...] = (),
    vrf: str | None = None,
    outside_vrf: str | None = None,
) -> tuple[Translation, Translation]:
    """Static NAT, one address for one: outwards the source is replaced, inwards the destination.

    The n-th address of `inside` belongs to the n-th of `outside`. With ports (a published server) only those are
    translated: `outside_ports` become `inside_ports`. `lines` are lines of objects that the command names.
    """
    held = frozenset(conditions)
    ports = inside_ports, outside_ports
    fixed = ports != (PORTS, PORTS)
    outwards = Rule("translate", line, inside, ANYWHERE, protocols, ports[0], PORTS, held)
    inwards = Rule("translate", line, ANYWHERE, outside, protocols, PORTS, ports[1], held)
    return (
        Translation(
            outwards,
            source=Translated(outside, in_order=True, ports=ports[1] if fixed else None, words=words, lines=lines,
                              vrf=outside_vrf),
            vrf=vrf,
        ),
        Translation(
            inwards,
            destination=Translated(inside, in_order=True, ports=ports[0] if fixed else None, words=words, lines=lines,
                                   vrf=vrf),
            vrf=outside_vrf,
        ),
    )  # fmt: skip


def published(
    line: int,
    outside: AddressSet,
    inside: AddressSet,
    *,
    protocols: Intervals = PROTOCOLS,
    outside_ports: Intervals = PORTS,
    inside_ports: Intervals | None = None,
    conditions: Iterable[str] = (),
    words: str = "",
    lines: tuple[int, ...] = (),
    vrf: str | None = None,
    outside_vrf: str | None = None,
) -> Translation:
    """A server that is reached at an outside address: inwards only. `inside_ports` None: the port stays."""
    rule = Rule("translate", line, ANYWHERE, outside, protocols, PORTS, outside_ports, frozenset(conditions))
    target = Translated(inside, in_order=True, ports=inside_ports, words=words, lines=lines, vrf=vrf)
    return Translation(rule, destination=target, vrf=outside_vrf)


def hidden(
    line: int,
    inside: AddressSet,
    outside: AddressSet,
    *,
    destination: AddressSet = ANYWHERE,
    conditions: Iterable[str] = (),
    words: str = "",
    lines: tuple[int, ...] = (),
    vrf: str | None = None,
    outside_vrf: str | None = None,
) -> Translation:
    """Sources behind a pool: any of `outside`; empty: what `words` name, as an interface's own address."""
    rule = Rule("translate", line, inside, destination, conditions=frozenset(conditions))
    return Translation(rule, source=Translated(outside, words=words, lines=lines, vrf=outside_vrf), vrf=vrf)
