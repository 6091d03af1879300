"""What the YAML files below `audits/` of a workspace share: texts, days, numbers, both languages, and reading them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, PlainValidator

from audits.model import Words
from inventory import cells
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = "audits"  # of a workspace

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


class Form(BaseModel):
    """A part of a file: no key but those that are known."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def field(convert: Callable[[str], Any]) -> PlainValidator:
    """A value that is one text, read by `convert`."""

    def validate(value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            raise cells.Fault("bad-type", Message("one text is expected here"), Message("write key: value"))
        return convert(value.strip())

    return PlainValidator(validate)


def _day(text: str) -> str:
    if is_day(text):
        return text
    raise cells.Fault(
        "bad-date",
        Message("“{text}” is not a day, like 2026-11-21", text=text),
        Message("write year, month and day with hyphens"),
    )


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise cells.Fault("bad-number", Message("“{text}” is not a number", text=text), Message("write digits only"))
    return float(text)


def _whole(text: str) -> int:
    number = _number(text)
    if not number.is_integer():
        raise cells.Fault(
            "bad-number", Message("“{text}” is not a whole number", text=text), Message("write digits only")
        )
    return int(number)


def one_of(names: tuple[str, ...]) -> Callable[[str], str]:
    """A converter that takes these names only."""

    def convert(text: str) -> str:
        if text not in names:
            shown = ", ".join(names)
            raise cells.Fault(
                "bad-choice",
                Message("“{text}” is none of: {names}", text=text, names=shown),
                Message("write one of: {names}", names=shown),
            )
        return text

    return convert


Plain: TypeAlias = Annotated[str, field(str)]
Day: TypeAlias = Annotated[str, field(_day)]
Number: TypeAlias = Annotated[float, field(_number)]
Whole: TypeAlias = Annotated[int, field(_whole)]
YesNo: TypeAlias = Annotated[bool, field(lambda text: one_of(("true", "false"))(text) == "true")]


class WordsIn(Form):
    """A text in both languages."""

    zh: Plain
    en: Plain

    def words(self) -> Words:
        """As the pure core takes it."""
        return Words(self.en, self.zh)


def reader(path: Path, name: str) -> Reader:
    """A reader of a file that is called `name` in messages. InputError if it cannot be read as YAML."""
    return Reader(yaml.parse(read_bytes(path, name), name))


def is_day(text: str) -> bool:
    """Whether a text is a day of ISO 8601, such as 2026-11-21."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
