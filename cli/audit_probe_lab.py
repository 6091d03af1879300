"""Probes inside labs: `govnet audit probe --lab` enters the namespaces of their hosts, and nothing leaves these."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audits.probes.model import HOPS, Aim, CannotRunError, Kind, Protocol
from inventory.errors import RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from audits.probes.form import Written
    from audits.probes.gate import Gate
    from audits.probes.model import Answer, Probe, Result, Vantage
    from inventory.model import Workspace
    from lab.inside import Inside

_CROSSING = (Kind.ISOLATION, Kind.EGRESS)


@dataclass(frozen=True)
class Labs:
    """The running labs that probes may enter, the first of them the workspace's own."""

    backend: str
    inside: Inside

    def probes(self, root: Path, loaded: Workspace) -> Written:
        """The workspace's probes for labs. InputError with every fault; a vantage outside the labs is one."""
        from audits.probes import form  # noqa: PLC0415 - start-up time

        return form.load(root / form.LAB_FILE, loaded, self.inside.hosts())

    def allow(self, probes: Sequence[Probe]) -> str:
        """The allow file that is made from the labs' own addresses."""
        return self.inside.allow([vantage for probe in probes for vantage in _vantages(probe)])

    def confine(self, probes: Sequence[Probe]) -> None:
        """RefusedError if a vantage is in none of the labs' networks."""
        networks = set(self.inside.networks.values())
        for vantage in (vantage for probe in probes for vantage in _vantages(probe)):
            if vantage.namespace not in networks:
                raise RefusedError(
                    Message("the vantage “{name}” is in no lab, so nothing was sent", name=vantage.name),
                    Message("write `node:` and a name that `govnet lab status` lists"),
                )

    def canaries(self, probes: Sequence[Probe]) -> list[tuple[Vantage, Aim]]:
        """Where something listens while they run."""
        found = {(place.name, aim): (place, aim) for probe in probes for place, aim in self.inside.canaries(probe)}
        return list(found.values())

    def told(self, probes: Sequence[Probe], found: Sequence[Result], gate: Gate) -> list[Result]:
        """The results, each weakness with the way that packets took and the names of the nodes that it speaks of."""
        by_name = {probe.name: probe for probe in probes}
        return [
            replace(result, answers=tuple(self._told(by_name[result.probe], one, gate) for one in result.answers))
            for result in found
        ]

    def _told(self, probe: Probe, answer: Answer, gate: Gate) -> Answer:
        if answer.value is not True:
            return answer
        ways = tuple(self._ways(probe, answer, gate)) if probe.kind in _CROSSING else ()
        texts = [*answer.records, answer.why.in_language("en"), *ways]
        stands = f"in the lab the vantage {probe.vantage.name} is {self.inside.node_of(probe.vantage)}"
        return replace(answer, records=(*answer.records, *ways, stands, *self.inside.named(texts)))

    def _ways(self, probe: Probe, answer: Answer, gate: Gate) -> Iterator[str]:
        """Through whom the reached addresses are reached, by echo requests; at most one line for each of them."""
        from audits.probes.wire import Network  # noqa: PLC0415 - start-up time

        reached = dict.fromkeys(
            target.aim.address
            for target in probe.targets
            if (target.device or probe.device) == answer.device
            and any(f"→ {target.aim}:" in record for record in answer.records)
        )
        for address in reached:
            aim = Aim(Protocol.ICMP, address)
            try:
                hops = asyncio.run(Network(gate).trace(probe.vantage, aim, probe))
            except CannotRunError:
                continue
            yield f"the way to {address}: {' '.join(hop.who or '*' for hop in hops[:HOPS])}"


def enter(root: Path, beside: Sequence[Path]) -> Labs:
    """The running lab of a workspace, and those of others. LabError if one does not run or has no real packets."""
    from lab import control, inside  # noqa: PLC0415 - start-up time

    states = [control.load(path) for path in (root, *beside)]
    return Labs(states[0].backend, inside.look(*states))


def _vantages(probe: Probe) -> Iterator[Vantage]:
    yield probe.vantage
    yield from (control.vantage for control in probe.controls)
