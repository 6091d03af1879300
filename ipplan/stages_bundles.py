"""Bundles: what is done on one device together, in rounds; and which bundles keep the way in to others open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from inventory.errors import InputError, Problem
from inventory.text import Message
from ipplan import graph
from ipplan.mapping import FILE as MAPPING_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ipplan.stages_items import Item, Waits
    from ipplan.stages_jobs import Job
    from ipplan.stages_tree import Paths


class Bundle(NamedTuple):
    """What is done on one device together. Of the changes that wait for others in the same wave a later round."""

    site: str
    phase: int
    round: int
    device: str
    management: bool


class Bundles:
    """The items of a renumbering by what is done together."""

    def __init__(self, items: Sequence[Item], waits: Waits, wave_of: Mapping[Job, int]) -> None:
        self.waits = waits
        self._rounds = _rounds(items, waits, wave_of)
        self.items: dict[Bundle, list[Item]] = {}
        for item in items:
            for device in item.devices:
                self.items.setdefault(self.of(item, device), []).append(item)
        self._together: dict[tuple[str, int, int], list[Bundle]] = {}
        for bundle in self.items:
            self._together.setdefault(bundle[:3], []).append(bundle)

    def of(self, item: Item, device: str) -> Bundle:
        """The bundle in which an item is done on one of its devices."""
        return Bundle(item.site, item.phase, self._rounds[item], device, device in item.managed)

    def beside(self, bundle: Bundle) -> Sequence[Bundle]:
        """The bundles of the same round at the same site, this one among them."""
        return self._together[bundle[:3]]

    def sharing(self, bundle: Bundle) -> Iterable[Bundle]:
        """The bundles that have an item in common with this one: on the other ends of its lines, and itself."""
        return dict.fromkeys(self.of(item, device) for item in self.items[bundle] for device in item.devices)

    def before(self, bundle: Bundle) -> Iterable[Bundle]:
        """The bundles that must be gone before this one may be added."""
        return dict.fromkeys(
            self.of(need, device)
            for item in self.items[bundle]
            for need in self.waits.of(item)
            for device in need.devices
        )


def _rounds(items: Sequence[Item], waits: Waits, wave_of: Mapping[Job, int]) -> dict[Item, int]:
    """Within a wave an item that waits for another one is done in a later round. InputError if that is a circle."""
    needs = {
        item: [
            need
            for need in waits.of(item)
            if need is not item
            and need.phase == item.phase
            and wave_of[need.site, need.phase] == wave_of[item.site, item.phase]
        ]
        for item in items
    }
    order, cycle = graph.ordered(needs)
    if cycle:
        raise circle(str(item.key[1]) for item in (*cycle, cycle[0]))
    rounds: dict[Item, int] = {}
    for item in order:
        rounds[item] = max((rounds[need] + 1 for need in needs[item]), default=0)
    return rounds


def circle(around: Iterable[str]) -> InputError:
    """The error that names those who wait for each other."""
    return InputError(
        [
            Problem(
                "cycle",
                Message("these wait for each other: {around}", around=" → ".join(around)),
                Message("give one of them a temporary prefix or another new one, then run: govnet plan map"),
                MAPPING_FILE,
            )
        ]
    )


# What is added to or removed from one device, or preferred in one round of a site's job.
_Node: TypeAlias = tuple[tuple[str, int, int] | Bundle, str]


def guards(bundles: Bundles, paths: Paths) -> dict[Bundle, list[Bundle]]:
    """For the bundles with lines, the management bundles of the devices behind them: those are verified first.

    But not where the new management address needs, directly or not, the very space that the line leaves: then the
    device goes on being reached at its old address, over the line's new one.
    """
    needs = _needs(bundles)
    management: dict[str, list[Bundle]] = {}  # by the device that is managed over it
    for bundle in sorted(bundle for bundle in bundles.items if bundle.management):
        found = management.setdefault(bundle.device, [])
        if not found or found[0].phase == bundle.phase:  # once at its temporary address it is safe as well
            found.append(bundle)
    guarding: dict[Bundle, list[Bundle]] = {}
    for bundle in sorted(bundles.items):
        lines = dict.fromkeys(item.line for item in bundles.items[bundle] if item.line and bundle.phase == 1)
        behind = dict.fromkeys(device for line in lines for device in paths.over(line))
        for other in (other for device in behind for other in management.get(device, ())):
            if (bundle, "remove") not in _reached(needs, (other, "add")):
                needs[bundle, "remove"][other, "add"] = None
                guarding.setdefault(bundle, []).append(other)
    return guarding


def _needs(bundles: Bundles) -> dict[_Node, dict[_Node, None]]:
    """What adding and removing bundles need of each other without any guards."""
    needs: dict[_Node, dict[_Node, None]] = {}
    for bundle in bundles.items:
        whole: _Node = (bundle[:3], "prefer")  # what is preferred on one device was verified on all
        needs.setdefault(whole, {})[bundle, "add"] = None
        needs[bundle, "remove"] = {whole: None}
        beside = bundle._replace(management=False)
        if bundle.management and beside in bundles.items:
            needs[bundle, "remove"][beside, "remove"] = None
        needs[bundle, "add"] = {(other, "remove"): None for other in bundles.before(bundle)}
    return needs


def _reached(needs: Mapping[_Node, Mapping[_Node, None]], start: _Node) -> set[_Node]:
    """Everything that a node needs, directly or not, itself included."""
    found = {start}
    stack = [start]
    while stack:
        for need in needs.get(stack.pop(), ()):
            if need not in found:
                found.add(need)
                stack.append(need)
    return found
