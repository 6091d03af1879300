"""What a report is about, in sentences: they stand before any number, on the page and in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audits.model import Report

_NAMED = 12  # devices named in one sentence


def sentences(report: Report) -> tuple[Message, ...]:
    """How much was judged, what was not and why, and whether these are the network's own devices."""
    return (_judged(report), *_not_judged(report), *_not_whole(report), *_lab(report))


def no_high_risk(report: Report) -> Message:
    """What the absence of high-risk cases means: nothing about what was not judged."""
    count = len(report.judged)
    if not count:
        return Message("Nothing was judged, so nothing is known about the cases of the high-risk guide.")
    return Message("Configurations judged: {count}; none of them shows a case of the high-risk guide.", count=count)


def _judged(report: Report) -> Message:
    judged, total = len(report.judged), len(report.devices) + len(report.scope.left_out)
    if report.scope.workspace:
        return Message("{judged} of the workspace's {total} devices were judged.", judged=judged, total=total)
    return Message("{judged} of {total} configurations were judged.", judged=judged, total=total)


def _not_judged(report: Report) -> Iterable[Message]:
    reasons: dict[Message, list[str]] = {}
    for entry in report.not_judged:
        reasons.setdefault(entry.why, []).append(entry.device)
    for why, names in reasons.items():
        yield Message("Not judged ({count}): {names}: {why}", count=len(names), names=_listed(names), why=why)


def _not_whole(report: Report) -> Iterable[Message]:
    for device in report.judged:
        if not device.whole:
            yield Message(
                "Judged by the weaknesses that it shows alone: {name}: {why}",
                name=device.name,
                why=device.faults[0].message,
            )


def _lab(report: Report) -> Iterable[Message]:
    if report.scope.lab == "emulated":
        yield Message(
            "These are emulated devices of the lab “{lab}”, not the network's own: they speak the vendors' command"
            " lines and hold the configurations that were pushed to them.",
            lab=report.scope.lab,
        )
    elif report.scope.lab:
        yield Message(
            "These are virtual devices of the lab “{lab}”, not the network's own: they hold the configurations that"
            " were pushed to them.",
            lab=report.scope.lab,
        )
    pairs: dict[tuple[str, str], list[str]] = {}
    for entry in report.substitutions:
        pairs.setdefault((entry.original, entry.actual), []).append(entry.device)
    for (original, actual), names in pairs.items():
        yield Message(
            "{actual} stands in for {original} in this lab ({count}): {names}",
            actual=actual,
            original=original,
            count=len(names),
            names=_listed(names),
        )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" … (+{len(names) - _NAMED})" if len(names) > _NAMED else "")
