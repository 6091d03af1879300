"""Facts × rules → verdicts. Pure: the same documents, rules and statements give the same report.

What is unknown never counts as met. An item whose facts are all known and sound is met only if they can decide it;
where they only give evidence, a person confirms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audits import risks, score
from audits.findings import Statements, findings
from audits.model import ItemResult, Observation, PackInfo, Report, Scope, Verdict, roll_up
from audits.profile import shipped
from audits.reading import assess
from audits.subjects import gather
from inventory.collecting import uncollected

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from audits.model import Attestation, Document, Finding, Observed, Substitution, Waiver
    from audits.pack import Category, Item, Pack
    from audits.profile import Profile
    from audits.subjects import Everything


def run(
    documents: Iterable[Document],
    pack: Pack,
    level: int,
    *,
    title: str = "",
    generated: str = "",
    substitutions: Iterable[Substitution] = (),
    scope: Scope | None = None,
    observed: Iterable[Observed] = (),
    attestations: Iterable[Attestation] = (),
    waivers: Iterable[Waiver] = (),
    profile: Profile | None = None,
    day: date | None = None,
) -> Report:
    """Judge every document by every item of `level` (2 or 3).

    `observed` is what others say about devices and the system: measurements, the archive, probes. `generated` is
    printed as it is; `day` says which rules' time is over, and nothing else in a report depends on time. Devices
    are sorted by name.
    """
    profile = profile or shipped()
    everything = gather(
        sorted((assess(document, day) for document in documents), key=lambda device: device.name), observed
    )
    with uncollected():  # a report is a great many small objects, and they stay
        statements = Statements(tuple(attestations), tuple(waivers))
        items = tuple(
            _result(category, item, level, findings(everything, item, level, statements))
            for category, item in pack.items(level)
        )
        cases = risks.with_ways(
            risk for _, item in pack.items(level) for risk in risks.risks(everything, item, level, statements)
        )
        return Report(
            pack=PackInfo(pack.name, pack.title.words(), pack.standard, pack.source.words(), pack.verified),
            level=level,
            devices=tuple(subject.device for subject in everything.devices if subject.device is not None),
            items=items,
            high_risks=cases,
            observations=tuple(_observations(everything, pack, statements)),
            title=title,
            generated=generated,
            substitutions=tuple(substitutions),
            scope=scope or Scope(),
            areas=score.areas(items, profile),
            score=score.score(items, cases, profile),
            waivers=statements.waivers,
            attestations=statements.attestations,
            thresholds=profile.limits(),
        )


def _result(category: Category, item: Item, level: int, found: tuple[Finding, ...]) -> ItemResult:
    return ItemResult(
        item.id_at(level),
        category.title.words(),
        item.point.words(),
        item.text.words(),
        item.kind.value,
        item.scope,
        roll_up(finding.verdict for finding in found) if found else Verdict.MANUAL,
        found,
        item.weight,
        item.thresholds,
    )


def _observations(everything: Everything, pack: Pack, statements: Statements) -> Iterable[Observation]:
    for subject in everything.devices:
        for check in pack.observations:
            evidence = subject.evidence(check)
            if evidence.value:
                waiver = statements.waiver((), subject.name, check.fact)
                waived = replace(evidence, waiver=waiver.name) if waiver is not None else evidence
                yield Observation(subject.name, waived, subject.fix(check.fact))
