"""What a device shows of its neighbours, its routes, its log, and whom it reaches: commands and patterns as data.

Each dialect keeps them in `looks.yml`. An answer that is not understood is an error, never an empty one: a check that
was not made has not passed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict, field_validator

from configs import dialects
from inventory.errors import CommandError, DeviceError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "looks.yml"
SHOWN = 160  # characters of an answer that a message shows


class Asked(BaseModel):
    """One command. Of its answer `row` finds each line that counts; its named groups make the word that tells it.

    `shape` must be found in an answer that is understood; `nothing` in one that says that there is nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str
    shape: str
    row: str
    nothing: str = r"(?!)"

    @field_validator("shape", "row", "nothing")
    @classmethod
    def _pattern(cls, text: str) -> str:
        re.compile(text)
        return text


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    neighbours: tuple[Asked, ...] = ()
    routes: tuple[Asked, ...] = ()
    ping: tuple[Asked, ...] = ()
    log: tuple[Asked, ...] = ()


class Speaker(Protocol):
    """Whoever runs commands that only show something, as a NAPALM driver does."""

    def cli(self, commands: list[str]) -> Mapping[str, object]:
        """What they print, by command."""
        ...


@cache
def looks(platform: str) -> Mapping[str, tuple[Asked, ...]]:
    """Kind → what is asked on a platform; empty where its dialect has nothing. ValidationError for faulty data."""
    import yaml  # noqa: PLC0415 - start-up time

    folder = dialects.REGISTRY.get(platform)
    path = Path(dialects.__file__).parent / (folder or "") / FILE
    if folder is None or not path.is_file():
        return {}
    found = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    return {kind: asked for kind in ("neighbours", "routes", "ping", "log") if (asked := getattr(found, kind))}


def look(speaker: Speaker, device: str, platform: str, kind: str, to: str = "") -> frozenset[str]:
    """What a device shows now. `to` is whom it is to reach. DeviceError if it cannot be asked or not be understood."""
    asked = looks(platform).get(kind)
    if asked is None:
        raise DeviceError(
            device,
            Message(
                "nobody has written down how the check “{kind}” is made on {platform}", kind=kind, platform=platform
            ),
            Message("take it out of rollout.yaml; a check that was not made is not passed"),
        )
    return frozenset(word for one in asked for word in read(one, _answer(speaker, one, to), device))


def _answer(speaker: Speaker, asked: Asked, to: str) -> str:
    command = asked.command.format(to=to)
    try:
        return str(speaker.cli([command])[command])
    except CommandError as error:
        # A protocol that does not run is told as an error by some.
        if error.answer and re.search(asked.nothing, error.answer):
            return ""
        raise


def read(asked: Asked, answer: str, device: str) -> list[str]:
    """The words of an answer. DeviceError if it is not understood."""
    found = re.finditer(asked.row, answer, re.MULTILINE)
    words = [" ".join(part for part in match.groupdict().values() if part) for match in found]
    if words or re.search(asked.shape, answer) or re.search(asked.nothing, answer):
        return words
    raise DeviceError(
        device,
        Message(
            "the answer to “{command}” is not understood: {answer}",
            command=asked.command,
            answer=" ".join(answer.split())[:SHOWN],
        ),
        Message("take the check out of rollout.yaml; a check that was not made is not passed"),
    )
