"""Steps: for each bundle add, verify, prefer, drain, remove; what each of them needs, in an order that works."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ipplan import graph
from ipplan.networks import in_order
from ipplan.stages_bundles import circle
from ipplan.stages_model import Kind, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipplan.stages_bundles import Bundle, Bundles
    from ipplan.stages_jobs import Job
    from ipplan.stages_model import Change

_PLACES = {kind: number for number, kind in enumerate(Kind)}


def steps(bundles: Bundles, guards: Mapping[Bundle, Sequence[Bundle]], wave_of: Mapping[Job, int]) -> tuple[Step, ...]:
    """All steps, each after those that it needs. InputError if some wait for each other in a circle."""
    return _Drafts(bundles, guards, wave_of).steps()


@dataclass(slots=True)
class _Draft:
    """A step whose needs are still being found."""

    wave: int
    site: str
    device: str
    kind: Kind
    management: bool
    changes: dict[Change, None] = field(default_factory=dict)
    needs: dict[str, None] = field(default_factory=dict)


class _Drafts:
    """The steps by their ids."""

    def __init__(self, bundles: Bundles, guards: Mapping[Bundle, Sequence[Bundle]], wave_of: Mapping[Job, int]) -> None:
        self.bundles, self.guards, self.wave_of = bundles, guards, wave_of
        self.drafts: dict[str, _Draft] = {}
        for bundle in sorted(bundles.items, key=lambda bundle: (self.wave(bundle), *bundle)):
            for item in sorted(bundles.items[bundle], key=lambda item: (item.key[0], *in_order(item.key[1]))):
                for kind in item.kinds:
                    self.draft(bundle, kind).changes.update(dict.fromkeys(item.changes))
        for bundle in bundles.items:
            self.link(bundle)

    def steps(self) -> tuple[Step, ...]:
        """The steps in an order that works, otherwise by wave, site and kind."""
        in_turn = sorted(
            self.drafts.items(), key=lambda pair: (pair[1].wave, pair[1].site, _PLACES[pair[1].kind], pair[0])
        )
        order, cycle = graph.ordered({name: list(draft.needs) for name, draft in in_turn})
        if cycle:
            raise circle((*cycle, cycle[0]))
        return tuple(self.step(name, self.drafts[name]) for name in order)

    @staticmethod
    def step(name: str, draft: _Draft) -> Step:
        """A draft that is complete."""
        return Step(
            name,
            draft.wave,
            draft.site,
            draft.device,
            draft.kind,
            draft.management,
            tuple(draft.changes),
            tuple(sorted(draft.needs)),
        )

    def wave(self, bundle: Bundle) -> int:
        """The wave of a bundle's job."""
        return self.wave_of[bundle.site, bundle.phase]

    def name(self, bundle: Bundle, kind: Kind) -> str:
        """The id of a step on a device, for example w003/th-anping/rt-anping/management/add."""
        parts = [f"w{self.wave(bundle):03}", bundle.site, bundle.device]
        parts += ["temporary"] if bundle.phase == 0 else []
        parts += [f"round-{bundle.round + 1}"] if bundle.round else []
        parts += ["management"] if bundle.management else []
        return "/".join((*parts, kind.value))

    def draft(self, bundle: Bundle, kind: Kind) -> _Draft:
        """The step of one kind of a bundle."""
        new = _Draft(self.wave(bundle), bundle.site, bundle.device, kind, bundle.management)
        return self.drafts.setdefault(self.name(bundle, kind), new)

    def whole(self, bundle: Bundle, kind: Kind) -> str:
        """The id of the step of the whole site: TTLs and leases."""
        wave = self.wave(bundle)
        name = f"w{wave:03}/{bundle.site}{'/temporary' if bundle.phase == 0 else ''}/{kind.value}"
        self.drafts.setdefault(name, _Draft(wave, bundle.site, "", kind, management=False))
        return name

    def link(self, bundle: Bundle) -> None:
        """What the steps of a bundle need."""
        first = Kind.ADD if self.name(bundle, Kind.ADD) in self.drafts else Kind.DRAIN
        self.drafts[self.name(bundle, first)].needs[self.whole(bundle, Kind.LOWER)] = None
        for other in self.bundles.before(bundle):
            self.need(bundle, Kind.ADD, other, Kind.REMOVE)
        for other in self.bundles.sharing(bundle):
            self.need(bundle, Kind.VERIFY, other, Kind.ADD)
            self.need(bundle, Kind.REMOVE, other, Kind.DRAIN)
        for other in self.bundles.beside(bundle):
            self.need(bundle, Kind.PREFER, other, Kind.VERIFY)
            self.need(bundle, Kind.DRAIN, other, Kind.PREFER)
        self.keep_the_way_in(bundle)
        self.drafts[self.whole(bundle, Kind.RESTORE)].needs[self.name(bundle, Kind.REMOVE)] = None

    def need(self, bundle: Bundle, kind: Kind, other: Bundle, before: Kind) -> None:
        """One step needs another, as far as there are both: what is only given up is neither added nor preferred."""
        name, wanted = self.name(bundle, kind), self.name(other, before)
        if name in self.drafts and wanted in self.drafts:
            self.drafts[name].needs[wanted] = None

    def keep_the_way_in(self, bundle: Bundle) -> None:
        """The address that we come in by changes last, and no line goes before what is behind it has its new one."""
        if bundle.management:
            for other in self.bundles.beside(bundle):
                if other.device == bundle.device and not other.management:
                    self.need(bundle, Kind.PREFER, other, Kind.PREFER)
                    self.need(bundle, Kind.REMOVE, other, Kind.REMOVE)
        for other in self.guards.get(bundle, ()):
            self.need(bundle, Kind.REMOVE, other, Kind.VERIFY)
