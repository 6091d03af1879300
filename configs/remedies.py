"""What mends a weakness on a platform, or an SNMP agent that does not answer: lines that each dialect keeps as data
beside its code (`remedies.yml`, `snmp.yml`).
"""  # noqa: D205 - one sentence says it

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

    def filled(self, places: Mapping[str, str]) -> list[str]:
        """The lines with what is known in its places: `<POLLER>` → an address."""
        lines = list(self.commands)
        for place, value in places.items():
            lines = [line.replace(place, value) for line in lines] if value else lines
        return lines


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    remedies: dict[str, Remedy] = Field(default_factory=dict)


def remedies(platform: str) -> Mapping[str, Remedy]:
    """Fact → remedy for a platform; empty if its dialect keeps none. ValidationError if the data is faulty."""
    return _file(platform, "remedies.yml").remedies


# What a device's SNMP agent may lack: see it, have it run, let us in, a community, a user, a view, an engine ID of its
# own, larger answers; and whom it tells of events, by a community or as a user.
SNMP = ("look", "agent", "allow", "community", "user", "view", "engine", "size", "notify", "notify_user")


def snmp(platform: str) -> tuple[Mapping[str, Remedy], str]:
    """One of `SNMP` → lines, and where they are from; empty if the dialect keeps none (`snmp.yml`)."""
    file = _file(platform, "snmp.yml")
    return file.remedies, file.source


@cache
def _file(platform: str, name: str) -> _File:
    import yaml  # noqa: PLC0415 - start-up time

    folder = dialects.REGISTRY.get(platform)
    path = Path(dialects.__file__).parent / (folder or "") / name
    if folder is None or not path.is_file():
        return _File(source="")
    with path.open(encoding="utf-8") as stream:
        return _File.model_validate(yaml.safe_load(stream))
