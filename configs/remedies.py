"""What mends a weakness on a platform: lines that each dialect keeps as data beside its code (`remedies.yml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from configs import dialects

if TYPE_CHECKING:
    from collections.abc import Mapping


class Note(BaseModel):
    """A sentence for a person, where lines alone do not do it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str = ""
    en: str = ""


class Remedy(BaseModel):
    """Lines to enter in configuration mode. `<UPPER-CASE>` stands for what the site decides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commands: tuple[str, ...] = ()
    note: Note = Note()


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    remedies: dict[str, Remedy] = Field(default_factory=dict)


@cache
def remedies(platform: str) -> Mapping[str, Remedy]:
    """Fact → remedy for a platform; empty if its dialect keeps none. ValidationError if the data is faulty."""
    import yaml  # noqa: PLC0415 - start-up time

    folder = dialects.REGISTRY.get(platform)
    path = Path(dialects.__file__).parent / (folder or "") / "remedies.yml"
    if folder is None or not path.is_file():
        return {}
    with path.open(encoding="utf-8") as stream:
        return _File.model_validate(yaml.safe_load(stream)).remedies
