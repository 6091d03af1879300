"""What a renumbering consists of: steps with what each needs and what undoes it, and waves of sites."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from inventory.errors import Problem
    from ipplan.networks import Network

VERSION = 1


class Kind(StrEnum):
    """What a step does."""

    LOWER = "lower"  # lower DNS TTLs and DHCP leases; then wait for one old TTL and one old lease
    ADD = "add"
    VERIFY = "verify"
    PREFER = "prefer"
    DRAIN = "drain"
    REMOVE = "remove"
    RESTORE = "restore"  # raise TTLs and leases again


class Undo(StrEnum):
    """What takes a step back."""

    NOTHING = "nothing"  # it changed nothing
    RAISE = "raise"  # raise TTLs and leases again
    WITHDRAW = "withdraw"  # remove the new prefixes again
    PREFER_OLD = "prefer_old"  # prefer the old ones again
    ADD_OLD = "add_old"  # add the old prefixes again beside the new


UNDO = {
    Kind.LOWER: Undo.RAISE,
    Kind.ADD: Undo.WITHDRAW,
    Kind.VERIFY: Undo.NOTHING,
    Kind.PREFER: Undo.PREFER_OLD,
    Kind.DRAIN: Undo.NOTHING,
    Kind.REMOVE: Undo.ADD_OLD,
    Kind.RESTORE: Undo.NOTHING,
}
ON_DEVICE = (Kind.ADD, Kind.VERIFY, Kind.PREFER, Kind.DRAIN, Kind.REMOVE)


class Change(NamedTuple):
    """One prefix that a step is about: from `old` to `new` (VRF and prefix of both; None: it is given up)."""

    vrf: str
    old: Network
    new_vrf: str
    new: Network | None
    owner: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step on one device (`device` empty: of the whole site). `needs` are the ids of the steps that come before."""

    id: str
    wave: int
    site: str
    device: str
    kind: Kind
    management: bool
    changes: tuple[Change, ...]
    needs: tuple[str, ...]

    @property
    def undo(self) -> Undo:
        """What takes it back."""
        return UNDO[self.kind]

    def as_json(self) -> dict[str, Any]:
        """Stable keys, the same as in stages.yaml."""
        return {
            "id": self.id,
            "wave": self.wave,
            "site": self.site,
            "device": self.device,
            "kind": self.kind.value,
            "management": self.management,
            "changes": [
                {
                    "vrf": change.vrf,
                    "old": str(change.old),
                    "new_vrf": change.new_vrf,
                    "new": str(change.new) if change.new is not None else None,
                    "owner": change.owner,
                }
                for change in self.changes
            ],
            "needs": list(self.needs),
            "undo": self.undo.value,
        }


@dataclass(frozen=True, slots=True)
class Wave:
    """Sites that are in flight together. `regions` are the codes of their counties (or of what is above counties)."""

    number: int
    regions: tuple[str, ...]
    name: str
    sites: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {"wave": self.number, "regions": list(self.regions), "name": self.name, "sites": list(self.sites)}


@dataclass(frozen=True, slots=True)
class Stages:
    """The whole renumbering. `steps` are in an order in which they can be done one after the other.

    `unplaced` says what is in no step though it should be, and where a step alone is not enough.
    """

    max_in_flight: int
    root: str
    waves: tuple[Wave, ...] = ()
    steps: tuple[Step, ...] = ()
    unplaced: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Stable keys, the same as in stages.yaml."""
        return {
            "version": VERSION,
            "max_in_flight": self.max_in_flight,
            "root": self.root,
            "waves": [wave.as_json() for wave in self.waves],
            "steps": [step.as_json() for step in self.steps],
        }
