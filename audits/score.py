"""A self-assessment in numbers, by the unit's profile: for the whole and each chapter. Never an official result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audits.model import Area, Score, Severity, Verdict, Words, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audits.model import HighRisk, ItemResult
    from audits.profile import Profile


def areas(items: Sequence[ItemResult], profile: Profile) -> tuple[Area, ...]:
    """The chapters in the order of the items, each with its verdicts and figures; a conclusion is drawn of none."""
    chapters: dict[Words, list[ItemResult]] = {}
    for item in items:
        chapters.setdefault(item.category, []).append(item)
    return tuple(
        Area(category, count(item.verdict for item in found), _score(found, profile, Words()))
        for category, found in chapters.items()
    )


def score(items: Sequence[ItemResult], risks: Sequence[HighRisk], profile: Profile) -> Score:
    """The whole, with the conclusion that the profile draws as far as the open items cannot change it."""
    verdicts = _rated(items)
    met, still_open = verdicts.count(Verdict.PASS), verdicts.count(Verdict.MANUAL)
    high = sum(1 for risk in risks if risk.final is Severity.HIGH)
    conclusion = profile.undecided
    if verdicts:
        least, most = (100 * number / len(verdicts) for number in (met, met + still_open))
        ends = {_conclusion(rate, high, profile) for rate in (least, most)}
        conclusion = ends.pop() if len(ends) == 1 else profile.undecided
    return _score(items, profile, conclusion)


def _conclusion(rate: float, high_risks: int, profile: Profile) -> Words:
    return next((entry.title for entry in profile.conclusions if entry.fits(rate, high_risks)), profile.undecided)


def _score(items: Sequence[ItemResult], profile: Profile, conclusion: Words) -> Score:
    verdicts = _rated(items)
    decided = [verdict for verdict in verdicts if verdict is not Verdict.MANUAL]
    return Score(
        rate=round(100 * decided.count(Verdict.PASS) / len(decided), 1) if decided else None,
        points=_points(items, profile),
        conclusion=conclusion,
        profile=profile.title,
        decided=len(decided),
        applicable=len(verdicts),
    )


def _points(items: Sequence[ItemResult], profile: Profile) -> float | None:
    worth = {Verdict.PASS: 1.0, Verdict.PARTIAL: profile.partial, Verdict.FAIL: 0.0}
    weighed = [(profile.weights.get(item.weight, 0.0), worth[item.rated]) for item in items if item.rated in worth]
    total = sum(weight for weight, _ in weighed)
    return round(100 * sum(weight * value for weight, value in weighed) / total, 1) if total else None


def _rated(items: Sequence[ItemResult]) -> list[Verdict]:
    """The verdicts that count: not of what is waived altogether, not of what does not apply."""
    return [verdict for item in items if (verdict := item.rated) is not None and verdict is not Verdict.NOT_APPLICABLE]
