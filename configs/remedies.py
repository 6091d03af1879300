"""What mends a weakness on a platform, or an SNMP agent that does not answer: lines that each dialect keeps as data
beside its code (`remedies.yml`, `snmp.yml`). `configs.remedy_lines` makes commands for one device of them.
"""  # noqa: D205 - one sentence says it

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from configs import dialects
from configs.change import Language, Paths, slot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configs.masking import Secrets

_STRICT = ConfigDict(frozen=True, extra="forbid")
# `{name}` in a command, with what is done to its value behind bars.
PLACE = re.compile(r"\{(\w+)((?:\|[^{}|]*)*)\}")


_LEFT = Path(__file__).parent / "left.yml"


def _compiled(text: object) -> object:
    return re.compile(text) if isinstance(text, str) else text


_Pattern = Annotated[re.Pattern[str], BeforeValidator(_compiled)]


class Note(BaseModel):
    """A sentence for a person, where lines alone do not do it."""

    model_config = _STRICT

    zh: str = ""
    en: str = ""


class Need(BaseModel):
    """A line without which the remedy is refused, and what a person does then. Lines stand behind their views and
    ` > `.
    """  # noqa: D205 - as above

    model_config = _STRICT

    line: _Pattern
    note: Note


class Step(BaseModel):
    """Commands for each line that `where` matches, among those that prove the weakness (`anywhere`: among all).

    A line is seen behind its views and ` > `. Where none matches there is nothing to do; without `where` the commands
    are said once.
    """

    model_config = _STRICT

    where: _Pattern | None = None
    anywhere: bool = False
    commands: tuple[str, ...]


class Remedy(BaseModel):
    """Lines to enter in configuration mode, each level of a view indented by one blank.

    `<UPPER-CASE>` stands for what only a person can say; such lines are shown and never sent. `{name}` is a value of
    the workspace, of the line that a step is for, or of `free`: the first number of a range that the text does not use.
    `shows` are lesser weaknesses that may come to light with it: a time server without authentication, where there was
    none at all. `named`: it may cut off somebody else than us (a poller, a port's users), so it is done only where it
    is named.
    """

    model_config = _STRICT

    commands: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    needs: tuple[Need, ...] = ()
    free: dict[str, tuple[int, int]] = Field(default_factory=dict)
    shows: tuple[str, ...] = ()
    named: bool = False
    note: Note = Note()

    @property
    def said(self) -> tuple[Step, ...]:
        """All steps; plain commands are one."""
        return (*((Step(commands=self.commands),) if self.commands else ()), *self.steps)

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines for a person who looks at no device: every value by its name."""
        return self.filled({})

    def filled(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The lines with the values that are known: `{poller}` becomes an address, or `<POLLER>` without one."""
        lines = (command for step in self.said for command in step.commands)
        return tuple(PLACE.sub(lambda place: values.get(place[1]) or _by_name(place[1]), line) for line in lines)


def _by_name(place: str) -> str:
    return f"<{place.upper().replace('_', '-')}>"


class _Slot(BaseModel):
    model_config = _STRICT

    view: str
    line: str
    remove: str = ""


class _Form(BaseModel):
    """How a language is changed whose dialect only reads: enough to put lines into a text."""

    model_config = _STRICT

    negation: str
    leave: str
    views: str
    explicit: str = r"(?!)"
    slots: tuple[_Slot, ...] = ()


class _File(BaseModel):
    model_config = _STRICT

    source: str
    form: _Form | None = None
    statements: bool = False  # the commands are `set …` and `delete …`
    remedies: dict[str, Remedy] = Field(default_factory=dict)


@cache
def remedies(platform: str) -> Mapping[str, Remedy]:
    """Fact → remedy for a platform, in the order in which they are done; empty if there is no such platform.

    Where its dialect keeps none, it is a sentence for a person (`left.yml`). ValidationError if the data is faulty.
    """
    if platform not in dialects.REGISTRY:
        return {}
    own = _file(platform, "remedies.yml").remedies
    return {**own, **{fact: remedy for fact, remedy in _read(_LEFT).remedies.items() if fact not in own}}


def by_statements(platform: str) -> bool:
    """Whether the platform's commands are `set …` and `delete …` (`configs.change.statements`)."""
    return _file(platform, "remedies.yml").statements


@cache
def language(platform: str) -> Language | None:
    """How lines are put into the platform's texts; None where nobody has written that down."""
    speaker = dialects.dialect(platform)
    form = _file(platform, "remedies.yml").form
    if form is None:
        return speaker.language
    return Language(
        negation=form.negation,
        leave=form.leave,
        secrets=_secrets(platform),
        slots=tuple(slot(row.view, row.line, remove=row.remove) for row in form.slots),
        paths=Paths(),
        normalise=lambda _path, text: " ".join(text.split()),
        views=re.compile(form.views),
        explicit=re.compile(form.explicit),
    )


def _secrets(platform: str) -> Secrets:
    from importlib import import_module  # noqa: PLC0415 - only here

    return import_module(f"configs.dialects.{dialects.REGISTRY[platform]}.grammar").SECRETS  # type: ignore[no-any-return]


# What a device's SNMP agent may lack: see it, have it run, let us in, a community, a user, a view, an engine ID of its
# own, larger answers; and whom it tells of events, by a community or as a user.
SNMP = ("look", "agent", "allow", "community", "user", "view", "engine", "size", "notify", "notify_user")


def snmp(platform: str) -> tuple[Mapping[str, Remedy], str]:
    """One of `SNMP` → lines, and where they are from; empty if the dialect keeps none (`snmp.yml`)."""
    file = _file(platform, "snmp.yml")
    return file.remedies, file.source


def _file(platform: str, name: str) -> _File:
    folder = dialects.REGISTRY.get(platform)
    path = Path(dialects.__file__).parent / (folder or "") / name
    return _read(path) if folder is not None and path.is_file() else _File(source="")


@cache
def _read(path: Path) -> _File:
    import yaml  # noqa: PLC0415 - start-up time

    with path.open(encoding="utf-8") as stream:
        return _File.model_validate(yaml.safe_load(stream))
