"""When what changes in a migration: which wave a site is in, and which addresses a device has after a wave.

Both are read from plan/stages.yaml, which `govnet plan stages --out` writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

from inventory.errors import InputError, Problem
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ipplan.addresses import Address
    from ipplan.networks import Network

FILE = "plan/stages.yaml"


class Move(NamedTuple):
    """What changes on a device in a wave: a prefix of a VRF becomes another one (None: it is given up)."""

    wave: int
    vrf: str
    old: Network
    new: Network | None


@dataclass(frozen=True, slots=True)
class Moves:
    """How many waves there are, and what changes on each device, the first wave first."""

    last: int
    by_device: Mapping[str, tuple[Move, ...]] = field(default_factory=dict)

    def after(self, wave: int, device: str, vrf: str, before: Address, planned: Address | None) -> Address | None:
        """The address that a device has after a wave, in place of today's; None if it has none any more.

        `planned` is the one that it has in the end. Until then it may have one in a temporary prefix, in its order.
        """
        address = before
        for move in self._of(device, vrf, before):
            if move.wave > wave or move.vrf != vrf or address not in move.old:
                continue
            if move.new is None:
                return None
            if planned is not None and planned in move.new:
                return planned
            offset = int(address) - int(move.old.network_address)
            if offset >= move.new.num_addresses:
                return None
            address = move.new[offset]
        return address

    def _of(self, device: str, vrf: str, address: Address) -> tuple[Move, ...]:
        """The moves of a device; of whichever device has the address if this one has no move for it."""

        def fits(moves: tuple[Move, ...]) -> bool:
            return any(move.vrf == vrf and address in move.old for move in moves)

        own = self.by_device.get(device, ())
        return own if fits(own) else next((moves for moves in self.by_device.values() if fits(moves)), ())


def read(path: Path, *, name: str = FILE) -> tuple[Mapping[str, int], Moves]:
    """The wave of each site and the changes of the stages, of the file that `govnet plan stages --out` writes.

    InputError if it is another one. A city's file has megabytes: it is parsed once for both.
    """
    data = yaml.parse(read_bytes(path, name), name).data
    return _waves(data, name), _moves(data, name)


def _moves(data: Any, name: str) -> Moves:
    found: dict[str, dict[Move, None]] = {}
    try:
        for step in data["steps"]:
            for change in step["changes"]:
                found.setdefault(step["device"], {})[_move(int(step["wave"]), change)] = None
        last = max((int(wave["wave"]) for wave in data["waves"]), default=0)
    except (KeyError, TypeError, ValueError) as error:
        raise _other(name) from error
    # Of the moves of one wave those to temporary prefixes are written first.
    return Moves(last, {device: tuple(sorted(own, key=lambda move: move.wave)) for device, own in found.items()})


def _move(wave: int, change: Any) -> Move:
    new = change["new"]
    return Move(wave, change["vrf"], ip_network(change["old"]), ip_network(new) if "/" in (new or "") else None)


def _other(name: str) -> InputError:
    message = Message("this is not what “govnet plan stages” writes")
    return InputError(
        [Problem("bad-stages", message, Message("run: govnet plan stages --out {file}", file=FILE), name)]
    )


def _waves(data: Any, name: str) -> Mapping[str, int]:
    waves = data.get("waves") if isinstance(data, dict) else None
    found: dict[str, int] = {}
    for wave in waves if isinstance(waves, list) else [None]:
        number = wave.get("wave") if isinstance(wave, dict) else None
        sites = wave.get("sites") if isinstance(wave, dict) else None
        if not isinstance(number, str) or not number.isdecimal() or not isinstance(sites, list):
            raise _other(name)
        found |= {str(site): int(number) for site in sites}
    return found
