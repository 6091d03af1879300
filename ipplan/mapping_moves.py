"""A move: what becomes of one prefix of today, and whom it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ipplan.networks import Network

Key: TypeAlias = tuple[str, Network]  # VRF and prefix of today


@dataclass(frozen=True, slots=True)
class Move:
    """A prefix of today with all its parts. It may begin when `needs` are gone from their places.

    `in_place`: the new prefix begins where the old one does, so only the mask changes. `temporary`: it goes there
    first, so that those that wait for its place can go on; it still waits for `needs` before its last step.
    """

    vrf: str
    old: Network
    new: tuple[tuple[str, Network], ...]  # VRF and prefix of the plan
    owner: str = ""
    needs: tuple[Key, ...] = ()
    in_place: bool = False
    temporary: Network | None = None

    @property
    def key(self) -> Key:
        """What it is known by."""
        return (self.vrf, self.old)

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "vrf": self.vrf,
            "old": str(self.old),
            "new": [{"vrf": vrf, "prefix": str(prefix)} for vrf, prefix in self.new],
            "owner": self.owner,
            "needs": [{"vrf": vrf, "old": str(prefix)} for vrf, prefix in self.needs],
            "in_place": self.in_place,
            "temporary": str(self.temporary) if self.temporary is not None else None,
        }
