"""From today's configurations to the re-addressed ones in stages (RFC 4192): the commands of each and what undoes them.

    add      the new addresses beside the old ones, everywhere: interfaces, routes, filters, protocols, servers
    verify   nothing is sent: the new addresses must answer
    prefer   the new ones first: primary addresses, next hops, and what a language holds only once
    drain    nothing is sent: nobody may use the old ones any more
    remove   the old ones go; what is left is the re-addressed configuration

A stage's text is today's with each command in the state that the stage wants (`configs.readdress.turns`). Commands are
what the dialect computes between two such texts; what undoes them is the same, computed backwards
(`configs.readdress.stages_device`). Moves whose new space is still taken wait for a later pass: each pass is these five
stages again (`configs.readdress.stages_legs`).
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_interface
from typing import TYPE_CHECKING

from configs.readdress.bridges import bridge
from configs.readdress.stages_device import DeviceWay, RefusedError
from configs.readdress.stages_legs import legs_of
from configs.readdress.stages_model import WAY, DeviceStage, Stage, Staged, StageSet
from inventory.errors import InputError
from ipplan.mapping_collisions import migration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Rows

    from configs.readdress.engine import Source
    from configs.readdress.stages_legs import Leg
    from configs.readdress_policy import Policy
    from inventory.model import Interface
    from ipplan.mapping import Mapping
    from ipplan.mapping_moves import Key
    from ipplan.networks import Network
    from ipplan.plan import Plan


def make(
    sources: Sequence[Source],
    mapping: Mapping,
    policy: Policy,
    *,
    plan: Plan | None = None,
    management: Rows[str, Interface] | None = None,
    order: Rows[str, int] | None = None,
    waves: Rows[Key, int] | None = None,
    foreign: Sequence[Network] = (),
) -> Staged:
    """The stages of one network's configurations.

    `management` says at which address each device is managed, by path; `order` in which order devices are done (for
    removal and for what undoes a stage it is turned round); without it the sources' order. `waves` are the numbers of
    the waves in which the prefixes of today move: each wave is a pass, and what others know of its prefixes changes
    with it. `foreign` is what no temporary prefix may be (`mapping_temporaries.untouchable`). InputError if a new
    prefix lies on one that stays, or a circle has no temporary prefix (`plan` has the pools), or a prefix has no
    wave.
    """
    moving = migration(mapping, plan, foreign)
    if moving.blocked:
        raise InputError(list(moving.blocked))
    legs = list(legs_of(mapping, moving, waves))
    found = Staged()
    devices: list[DeviceWay] = []
    for source in sorted(sources, key=lambda source: (order or {}).get(source.path, 0)):
        try:
            devices.append(DeviceWay(source, legs, mapping, policy, (management or {}).get(source.path)))
        except RefusedError as error:
            found.problems.append(error.problem)
    _bridge(devices, legs, found)
    rows: dict[str, dict[tuple[int, int, Stage], DeviceStage]] = {}
    for device in devices:
        try:
            found.today[device.source.path] = device.source.tree.to_bytes()
            rows[device.source.path] = {
                (number, pass_, stage): device.stage(number, pass_, stage)
                for number, leg in enumerate(legs)
                for pass_ in range(leg.passes)
                for stage in WAY
            }
        except RefusedError as error:
            found.problems.append(error.problem)
    for leg_number, leg in enumerate(legs):
        for pass_ in range(leg.passes):
            for stage in WAY:
                made = [row for each in rows.values() if not (row := each[leg_number, pass_, stage]).empty]
                in_turn = _with_partners(made[::-1] if stage is Stage.REMOVE else made, stage)
                temporary = leg_number == 0 and len(legs) > 1
                wave = leg.waves[pass_] if leg.waves else None
                found.stages.append(StageSet(len(found.stages) + 1, pass_, stage, temporary, tuple(in_turn), wave))
    return found


def _bridge(devices: Sequence[DeviceWay], legs: Sequence[Leg], found: Staged) -> None:
    """Give each device its routes for the time in which a line's addresses change places, pass by pass."""
    for number, leg in enumerate(legs):
        for pass_ in range(leg.passes):
            made = bridge([side for device in devices for side in device.sides(number, pass_)])
            found.unbridged += made.unbridged
            for device in devices:
                device.bridges[number, pass_] = tuple(made.routes.get(device.source.path, ()))


def _with_partners(rows: Sequence[DeviceStage], stage: Stage) -> Iterator[DeviceStage]:
    """The rows with the names of those that share a subnet with them."""
    if stage is not Stage.PREFER:
        yield from rows
        return
    by_network: dict[object, list[str]] = {}
    for row in rows:
        for text in row.check:
            by_network.setdefault(ip_interface(text).network, []).append(row.device)
    for row in rows:
        names = [name for text in row.check for name in by_network[ip_interface(text).network] if name != row.device]
        yield replace(row, together=tuple(dict.fromkeys(names)))
