"""What the YAML files below `audits/` of a workspace share: texts, days, numbers, both languages, and reading them."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator

from audits.model import Words
from inventory import cells
from inventory.errors import InputError, Problem
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

FOLDER = "audits"  # of a workspace

_ITEM = re.compile(r"\s*- \S")
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


Read = TypeVar("Read")


def append(path: Path, name: str, key: str, item: Mapping[str, object], read: Callable[[], Sequence[Read]]) -> Read:
    """Add an item (keys without a value left out) to the list `key` of a file, which is made if it is not there.

    What stands in it stays as it is. Returns the item as `read` gives it; InputError, with the file as it was, if it
    is not good, or if the list is not written line by line.
    """
    before = read_bytes(path, name) if path.exists() else None
    text = before.decode("utf-8-sig") if before is not None and before.strip() else f"{key}:\n"
    count = len(yaml.parse(text.encode(), name).data.get(key) or ())
    indent = next((line[: len(line) - len(line.lstrip())] for line in text.splitlines() if _ITEM.match(line)), "  ")
    entries = [f"{word}: {json.dumps(value, ensure_ascii=False)}" for word, value in item.items() if value]
    lines = [f"{indent}{'- ' if number == 0 else '  '}{entry}" for number, entry in enumerate(entries)]
    after = (text if text.endswith("\n") else text + "\n") + "\n".join(lines) + "\n"
    try:
        good = len(yaml.parse(after.encode(), name).data.get(key) or ()) == count + 1
    except InputError:
        good = False
    if not good:
        message = Message("nothing can be added to the list “{key}” as it is written", key=key)
        hint = Message("write its items below each other, each begun by “- ”")
        raise InputError([Problem("cannot-append", message, hint, file=name)])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(after, encoding="utf-8", newline="\n")
    try:
        return read()[-1]
    except InputError:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)
        raise
