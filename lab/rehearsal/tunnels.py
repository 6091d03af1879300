"""Tunnels that a stage opens anew: what one end says of them is another after it, so both have to agree again.

While they do, packets in them may be lost. For how long is measured; a rehearsal says it, and a pair may be away for as
long as in the stage prefer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from configs.encodings import decode
from lab.standin.network import read

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from configs.forwarding.model import Ipsec
    from inventory.model import Inventory


def renewed(
    inventory: Inventory,
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    ways: Mapping[str, Mapping[str, Collection[str]]],
) -> dict[str, tuple[str, ...]]:
    """The pairs of which a tunnel is opened anew between two points, with the devices that have another text of it.

    `ways` are the tunnels on each pair's way with the devices at their ends. A tunnel that a text calls by another name
    than the table of lines counts as opened anew if its device has any other text of one.
    """
    ends = {device for tunnels in ways.values() for several in tunnels.values() for device in several}
    changed = {
        device: _differing(inventory.devices[device].platform, before[device], after[device])
        for device in ends & before.keys() & after.keys()
        if before[device] != after[device]
    }
    found = {
        pair: tuple(
            sorted(
                {
                    device
                    for name, several in tunnels.items()
                    for device in several
                    if (names := changed.get(device)) and (name in names or not names & inventory.lines.keys())
                }
            )
        )
        for pair, tunnels in ways.items()
    }
    return {pair: devices for pair, devices in found.items() if devices}


def _differing(platform: str, before: bytes, after: bytes) -> set[str]:
    """The names of the tunnels that are another in two texts."""
    old, new = (_said(platform, text) for text in (before, after))
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _said(platform: str, text: bytes) -> dict[str, list[Ipsec]]:
    """A text's tunnels by name, wherever they stand in it."""
    found: dict[str, list[Ipsec]] = {}
    for tunnel in read(platform, decode(text, "")[0], "").ipsec:
        found.setdefault(tunnel.name, []).append(replace(tunnel, line=0))
    return found
