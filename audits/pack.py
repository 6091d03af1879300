"""Rules as data: what a rule file may say, and reading it.

A pack lists every item of a standard, also those that a configuration can never decide: a report shows all of them.
Texts are our own short paraphrases in both languages, never the standard's clauses.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from audits.model import Severity, Verdict, Words
from audits.vocabulary import FACTS
from inventory.errors import InputError, Problem
from inventory.text import Message

RULES = Path(__file__).parent / "rules"
LEVELS: tuple[Literal[2, 3], ...] = (2, 3)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Strict):
    """A text in both languages."""

    zh: str
    en: str

    def words(self) -> Words:
        """As the pure core takes it."""
        return Words(self.en, self.zh)


class Kind(StrEnum):
    """What can decide an item."""

    CONFIG = "config"  # the configuration decides
    EVIDENCE = "evidence"  # the configuration gives evidence; only a person says that the item is met
    SERIES = "series"  # measurements over time decide
    MANUAL = "manual"  # a person decides


class Check(_Strict):
    """A fact that an item asks for. If `decisive`, this weakness alone means that the item is not met."""

    fact: str
    severity: Severity = Severity.MEDIUM
    decisive: bool = False

    @model_validator(mode="after")
    def _known(self) -> Check:
        if self.fact not in FACTS:
            message = f"{self.fact} is no fact"
            raise ValueError(message)
        return self


class HighRiskCase(_Strict):
    """A case of the guide for high-risk judgement: any of `facts` raises it, all of `eased_by` being false ease it."""

    case: str
    title: Text
    facts: tuple[str, ...]
    levels: tuple[Literal[2, 3], ...] = LEVELS
    eased_by: tuple[str, ...] = ()
    ask: Text

    @model_validator(mode="after")
    def _known(self) -> HighRiskCase:
        strange = [name for name in (*self.facts, *self.eased_by) if name not in FACTS]
        if strange:
            message = f"{', '.join(strange)}: no such fact"
            raise ValueError(message)
        return self


class Example(_Strict):
    """Facts and the verdict that they must give; facts that are not named have the value `others`."""

    verdict: Verdict
    facts: dict[str, bool | None] = Field(default_factory=dict)
    others: bool | None = False


class Item(_Strict):
    """One item of the standard. `level2` is empty if the item exists at level 3 only."""

    id: str
    level2: str = ""
    point: Text
    text: Text
    kind: Kind
    scope: Literal["device", "system"] = "device"
    checks: tuple[Check, ...] = ()
    collect: Text | None = None
    not_applicable: Text | None = None
    high_risk: tuple[HighRiskCase, ...] = ()
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Item:
        if self.kind is Kind.CONFIG and not self.checks:
            message = f"{self.id}: a configuration can only decide it by checks"
            raise ValueError(message)
        if self.kind is not Kind.CONFIG and self.collect is None and self.not_applicable is None:
            message = f"{self.id}: say what a person collects, or why it is not applicable"
            raise ValueError(message)
        if self.checks and (self.scope != "device" or self.not_applicable is not None):
            message = f"{self.id}: facts belong to devices"
            raise ValueError(message)
        if bool(self.checks) != bool(self.examples):
            message = f"{self.id}: checks need examples"
            raise ValueError(message)
        return self

    def id_at(self, level: int) -> str:
        """The item's number at a level; empty if the level does not have it."""
        return self.id if level == 3 else self.level2


class Category(_Strict):
    """A chapter of the standard, such as 安全通信网络."""

    title: Text
    items: tuple[Item, ...]


class Pack(_Strict):
    """A rule file."""

    name: str
    title: Text
    standard: str
    source: Text
    verified: bool
    categories: tuple[Category, ...]
    observations: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Pack:
        for level in LEVELS:
            names = [item.id_at(level) for _, item in self.items(level)]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                message = f"level {level}: {', '.join(twice)} stands twice"
                raise ValueError(message)
        return self

    def items(self, level: int) -> list[tuple[Category, Item]]:
        """The items of a level with their categories, in the standard's order."""
        return [(category, item) for category in self.categories for item in category.items if item.id_at(level)]


def load(path: Path) -> Pack:
    """Read a rule file. InputError names every fault by its place."""
    import yaml  # noqa: PLC0415 - start-up time

    try:
        with path.open(encoding="utf-8") as stream:
            document = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
        return Pack.model_validate(document)
    except OSError as error:
        raise InputError([_problem(path, "unreadable", "", error.strerror or str(error))]) from None
    except yaml.YAMLError as error:
        raise InputError([_problem(path, "bad-yaml", "", " ".join(str(error).split()))]) from None
    except ValidationError as error:
        raise InputError(
            _problem(path, "bad-rule", ".".join(map(str, fault["loc"])), fault["msg"])
            for fault in error.errors(include_url=False)
        ) from None


def shipped(name: str) -> Pack:
    """A pack that comes with govnet, by its name (`mlps`)."""
    return load(RULES / f"{name}.yml")


def _problem(path: Path, code: str, column: str, detail: str) -> Problem:
    return Problem(
        code=code,
        message=Message("this rule file cannot be used: {detail}", detail=detail),
        hint=Message("compare it with the rules that come with govnet"),
        file=str(path),
        column=column,
    )
