"""What probes found, as a file: `govnet audit probe --out` writes it, `govnet audit run --probes` reads it.

A result holds for as many days as the reader says; an older one, or one from the future, is read as unknown. So is
“nothing found” in a lab: a weakness seen there is one of the configurations, but that a way is closed there says
nothing about cables that nobody drew.
"""

from __future__ import annotations

import json
import string
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from audits.model import Observed, Source
from audits.probes.model import Kind  # noqa: TC001 - pydantic reads the annotations when it runs
from inventory.errors import InputError, Problem
from inventory.sources import read_bytes, write_atomically
from inventory.text import Message
from inventory.validation import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from audits.probes.model import Answer, Result

FORMAT = "govnet-probes/1"
FILE = "probes.json"
DAYS = 30  # that a result holds, unless the reader says otherwise


def document(results: Sequence[Result], *, sent: int, allow: str, lab: str = "") -> dict[str, Any]:
    """The results as plain data. `sent` is how many packets and connections passed the gate, `allow` its checksum.

    `lab` is the back end of the lab in which the probes ran; empty for the real network.
    """
    return {
        "format": FORMAT,
        **({"lab": lab} if lab else {}),
        "allow_sha256": allow,
        "sent": sent,
        "results": [
            {
                "probe": result.probe,
                "kind": result.kind.value,
                "fact": result.kind.fact,
                "vantage": result.vantage,
                "at": result.at,
                "answers": [_answer(answer) for answer in result.answers],
            }
            for result in results
        ],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "device": answer.device,
        "state": answer.state,
        "value": answer.value,
        # The texts are for whoever reads the file; it is read back by template and parameters.
        "why": {
            "en": answer.why.in_language("en"),
            "zh": answer.why.in_language("zh_CN"),
            **_text(answer.why),
        },
        "records": list(answer.records),
    }


def _text(message: Message) -> dict[str, Any]:
    """A message so that it can be shown in either language later."""
    parameters = {
        key: _text(value) if isinstance(value, Message) else value if isinstance(value, int | float) else str(value)
        for key, value in message.parameters.items()
    }
    return {"template": message.template, "parameters": parameters}


def write(results: Sequence[Result], folder: Path, *, sent: int, allow: str, lab: str = "") -> Path:
    """Write `probes.json` into a folder, which is made. OSError if that cannot be."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    text = json.dumps(document(results, sent=sent, allow=allow, lab=lab), ensure_ascii=False, indent=2) + "\n"
    write_atomically(path, text.encode())
    return path


def read(path: Path, on: date, *, days: int = DAYS) -> tuple[Observed, ...]:
    """What a file says on the day `on`: one observation for each device and fact. InputError for a damaged file."""
    content = read_bytes(path, str(path))
    try:
        found = _FileIn.model_validate_json(content)
        observed = [
            _observed(result, answer, on, days, found.lab) for result in found.results for answer in result.answers
        ]
    except (ValidationError, ValueError, KeyError, IndexError, AttributeError) as error:
        what = said(error.errors(include_url=False)[0]) if isinstance(error, ValidationError) else str(error)
        raise InputError(
            [
                Problem(
                    "bad-probes",
                    Message("this is no file of `govnet audit probe`: {why}", why=what),
                    Message("run the probes again with --commit --out"),
                    file=str(path),
                )
            ]
        ) from None
    return merged(observed)


def observations(results: Iterable[Result]) -> tuple[Observed, ...]:
    """What was found just now: one observation for each device and fact."""
    return merged(
        Observed(
            answer.device,
            result.kind.fact,
            answer.value,
            Source.PROBE,
            _named(result.probe, answer.why),
            tuple(f"{result.probe}: {record}" for record in answer.records),
            result.at,
        )
        for result in results
        for answer in result.answers
    )


def merged(observed: Iterable[Observed]) -> tuple[Observed, ...]:
    """One for each device and fact: a weakness outweighs the unknown, and the unknown outweighs what is sound.

    All records stay; the time is the earliest, because the whole is only as fresh as its oldest part.
    """
    together: dict[tuple[str, str], list[Observed]] = {}
    for one in observed:
        together.setdefault((one.device, one.fact), []).append(one)
    return tuple(_merge(group) for _, group in sorted(together.items()))


def _merge(group: list[Observed]) -> Observed:
    chief = min(group, key=lambda one: {True: 0, None: 1, False: 2}[one.value])
    records = tuple(record for one in (chief, *(one for one in group if one is not chief)) for record in one.records)
    at = min(one.at for one in group)
    return Observed(chief.device, chief.fact, chief.value, Source.PROBE, chief.why, records, at)


def _observed(result: _ResultIn, answer: _AnswerIn, on: date, days: int, lab: str) -> Observed:
    when = datetime.fromisoformat(result.at)
    if when.tzinfo is None:
        raise ValueError(result.at)
    value, why = answer.value, _named(result.probe, answer.why.message())
    day = when.astimezone(UTC).date()
    if not on - timedelta(days=days) <= day <= on + timedelta(days=1):
        value = None
        why = Message("{probe}: the probe ran on {day}, too far from the day of the check", probe=result.probe, day=day)
    if lab:  # what virtual devices showed must never pass for what the real ones would have shown
        value = value or None
        why = Message("seen in a lab ({name}), not in the network: {why}", name=lab, why=why)
    records = tuple(f"{result.probe}: {record}" for record in answer.records)
    return Observed(answer.device, result.kind.fact, value, Source.PROBE, why, records, result.at)


def _named(probe: str, why: Message) -> Message:
    return Message("{probe}: {why}", probe=probe, why=why)


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _TextIn(_In):
    template: str
    parameters: dict[str, _TextIn | str | int | float] = {}

    def message(self) -> Message:
        """The message; ValueError if its template wants more than its parameters are."""
        fields = {name for _, name, _, _ in string.Formatter().parse(self.template) if name is not None}
        if not fields <= set(self.parameters):
            raise ValueError(self.template)
        values = {
            key: value.message() if isinstance(value, _TextIn) else value for key, value in self.parameters.items()
        }
        return Message(self.template, **values)


class _ReasonIn(_TextIn):
    en: str
    zh: str


class _AnswerIn(_In):
    device: str
    state: Literal["weak", "sound", "unknown", "not_run"]
    value: bool | None
    why: _ReasonIn
    records: list[str]

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """The value is the state's."""
        if {"weak": True, "sound": False}.get(self.state) is not self.value:
            raise ValueError(self.state)
        return self


class _ResultIn(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    probe: str
    kind: Kind
    fact: str
    vantage: str
    at: str
    answers: list[_AnswerIn]


class _FileIn(_In):
    format: Literal["govnet-probes/1"]
    lab: str = ""
    allow_sha256: str
    sent: int
    results: list[_ResultIn]
