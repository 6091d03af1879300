"""The unit's profile (`audits/profile.yaml` of its workspace): limits, weights, and how a conclusion is drawn.

Only what differs from the profile that comes with govnet stands there. What it leads to is a self-assessment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from pydantic import Field

from audits import forms
from audits.model import Severity, Threshold, Words
from inventory.errors import InputError
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inventory.schema import Reader

FILE = f"{forms.FOLDER}/profile.yaml"
_SHIPPED = Path(__file__).parent / "profile.yaml"
_OWN = Words("The unit's profile", "本单位自定口径")


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is concluded from a rate (in percent) and the number of cases that stay a high risk."""

    title: Words
    over: float | None = None
    at_least: float | None = None
    high_risks: int | None = None

    def fits(self, rate: float, high_risks: int) -> bool:
        """Whether this is the conclusion."""
        return (
            (self.over is None or rate > self.over)
            and (self.at_least is None or rate >= self.at_least)
            and (self.high_risks is None or high_risks <= self.high_risks)
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """How a unit judges itself. `packs` are what it is judged by if nothing else is asked for."""

    title: Words
    source: Words
    verified: bool
    thresholds: Mapping[str, Threshold]
    weights: Mapping[Severity, float]
    partial: float
    conclusions: tuple[Conclusion, ...]
    undecided: Words
    packs: tuple[str, ...] = field(default=())

    def limit(self, name: str) -> float:
        """A limit's figure; KeyError if there is none of that name."""
        return self.thresholds[name].value

    def limits(self) -> tuple[Threshold, ...]:
        """All limits, in the order of the shipped profile."""
        return tuple(self.thresholds.values())


class _ThresholdIn(forms.Form):
    value: forms.Number
    unit: Annotated[str, forms.field(str)] = ""
    title: forms.WordsIn | None = None
    source: forms.WordsIn | None = None
    fixed: forms.YesNo = False


class _ConclusionIn(forms.Form):
    title: forms.WordsIn
    over: forms.Number | None = None
    from_: forms.Number | None = Field(None, alias="from")
    high_risks: forms.Whole | None = None


class _WeightsIn(forms.Form):
    high: forms.Number
    medium: forms.Number
    low: forms.Number


class _FileIn(forms.Form):
    title: forms.WordsIn | None = None
    source: forms.WordsIn | None = None
    verified: forms.YesNo = False
    thresholds: dict[str, _ThresholdIn] = Field(default_factory=dict)
    weights: _WeightsIn | None = None
    partial: forms.Number | None = None
    conclusions: tuple[_ConclusionIn, ...] = ()
    undecided: forms.WordsIn | None = None
    packs: tuple[forms.Plain, ...] = ()


@cache
def shipped() -> Profile:
    """The profile that comes with govnet."""
    empty = Profile(Words(), Words(), False, {}, {}, 0.0, (), Words())
    return _read(forms.reader(_SHIPPED, "profile.yaml"), empty)


def load(root: Path) -> Profile:
    """The profile of a workspace; the shipped one where it says nothing. InputError with every fault."""
    path = root / FILE
    return _read(forms.reader(path, FILE), shipped()) if path.exists() else shipped()


def _read(reader: Reader, base: Profile) -> Profile:
    reader.top(tuple(_FileIn.model_fields))
    read = reader.read(_FileIn, reader.document.data, ()) if not reader.problems else None
    if read is None:
        raise InputError(reader.problems)
    thresholds = dict(base.thresholds)
    for name, entry in read.thresholds.items():
        if not base.thresholds:
            thresholds[name] = Threshold(
                name, entry.value, entry.unit, _words(entry.title), _words(entry.source), entry.fixed
            )
        elif _may_change(reader, name, entry, base):
            source = entry.source.words() if entry.source else _OWN
            thresholds[name] = replace(base.thresholds[name], value=entry.value, source=source)
    if reader.problems:
        raise InputError(reader.problems)
    return replace(
        base,
        title=read.title.words() if read.title else base.title,
        source=read.source.words() if read.source else base.source,
        verified=read.verified,
        thresholds=thresholds,
        weights={severity: cast("float", getattr(read.weights, severity.value)) for severity in Severity}
        if read.weights
        else base.weights,
        partial=base.partial if read.partial is None else read.partial,
        conclusions=tuple(
            Conclusion(entry.title.words(), entry.over, entry.from_, entry.high_risks) for entry in read.conclusions
        )
        or base.conclusions,
        undecided=read.undecided.words() if read.undecided else base.undecided,
        packs=read.packs or base.packs,
    )


def _may_change(reader: Reader, name: str, entry: _ThresholdIn, base: Profile) -> bool:
    known = base.thresholds.get(name)
    if known is None:
        near = nearest(name, tuple(base.thresholds))
        names = ", ".join(base.thresholds)
        hint = Message("did you mean “{name}”?", name=near) if near else Message("write one of: {names}", names=names)
        reader.complain(("thresholds", name), "unknown-key", Message("there is no limit “{name}”", name=name), hint)
    elif known.fixed and known.value != entry.value:
        reader.complain(
            ("thresholds", name),
            "fixed-limit",
            Message("this limit is part of what a fact means and stays {value:g}", value=known.value),
            Message("remove it; stricter rules belong into a rule file of your own"),
        )
    else:
        return True
    return False


def _words(read: forms.WordsIn | None) -> Words:
    return read.words() if read else Words()
