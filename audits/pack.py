"""Rules as data: what a rule file may say.

A pack lists every item of a standard, also those that a configuration can never decide: a report shows all of them.
Texts are our own short paraphrases in both languages, never the standard's clauses. `audits.packs` finds packs by name
and puts several together.
"""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from audits.model import Severity, Source, Verdict, Words
from audits.vocabulary import CONFIGURED, FACTS
from inventory.errors import InputError, Problem
from inventory.sources import read_bytes
from inventory.sources import yaml as places
from inventory.text import Message
from inventory.validation import Refused, said

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

RULES = Path(__file__).parent / "rules"
_LIKE_OURS = Message("compare it with the rules that come with govnet")
LEVELS: tuple[Literal[2, 3], ...] = (2, 3)

Scope = Literal["device", "system"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(_Strict):
    """A text in both languages."""

    zh: str
    en: str

    def words(self) -> Words:
        """As the pure core takes it."""
        return Words(self.en, self.zh)


def matches(patterns: tuple[str, ...], name: str) -> bool:
    """Whether a name fits one of the patterns (`*` and `?`, letters as they are)."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


class Kind(StrEnum):
    """What can decide an item."""

    CONFIG = "config"  # the configuration decides
    EVIDENCE = "evidence"  # there is evidence; only a person says that the item is met
    SERIES = "series"  # measurements over time decide
    MANUAL = "manual"  # a person decides

    @property
    def decides(self) -> bool:
        """Whether sound facts alone mean that the item is met."""
        return self in (Kind.CONFIG, Kind.SERIES)


class Check(_Strict):
    """A fact that an item asks for. If `decisive`, this weakness alone means that the item is not met.

    `from` names who observes a fact that no configuration tells. `scope: system` asks for it once, of the network, and
    not of every device. One that is not `needed` counts where it is known, and the item is decided without it where
    it is not. A `hint` alone decides nothing: another device or a rule outside the configuration may make it good, so
    a person does.
    """

    fact: str
    severity: Severity = Severity.MEDIUM
    decisive: bool = False
    source: Source | None = Field(default=None, alias="from")
    scope: Scope | None = None
    needed: bool = True
    hint: bool = False

    @model_validator(mode="after")
    def _known(self) -> Check:
        if self.fact not in FACTS:
            raise Refused(Message("{fact} is no fact", fact=self.fact))
        if (self.source is None) != (self.fact in CONFIGURED):
            raise Refused(
                Message("{fact} is told by configurations", fact=self.fact)
                if self.fact in CONFIGURED
                else Message("{fact} needs `from`: who observes it", fact=self.fact)
            )
        return self


class HighRiskCase(_Strict):
    """A case of the guide for high-risk judgement: any of `facts` raises it, all of `eased_by` being false ease it.

    It is not raised at all where one of `unless` is shown to be false: then what it speaks of is not so.
    Where `mitigable` is false, the guide accepts no mitigation. `roles` are patterns of the inventory's roles: a case
    that the guide limits to what is important is raised only where the role says so.
    """

    case: str
    title: Text
    facts: tuple[str, ...]
    levels: tuple[Literal[2, 3], ...] = LEVELS
    eased_by: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    mitigable: bool = True
    ask: Text

    @model_validator(mode="after")
    def _known(self) -> HighRiskCase:
        strange = [name for name in (*self.facts, *self.eased_by, *self.unless) if name not in FACTS]
        if strange:
            raise Refused(Message("{facts}: no such fact", facts=", ".join(strange)))
        if self.eased_by and not self.mitigable:
            raise Refused(Message("{case}: nothing eases what is not mitigable", case=self.case))
        return self


class Example(_Strict):
    """Facts and the verdict that they must give; facts that are not named have the value `others`.

    `scope` says which half of an item is meant: the device's, as long as it has one, else the system's.
    """

    verdict: Verdict
    facts: dict[str, bool | None] = Field(default_factory=dict)
    others: bool | None = False
    scope: Scope | None = None


class Applies(_Strict):
    """Which devices an item speaks of, and why not of others.

    `except_roles` are patterns of the inventory's roles (`*-firewall`). Only what is named is sure: a device of which
    neither platform nor role is known is judged.
    """

    platforms: tuple[str, ...] = ()
    except_platforms: tuple[str, ...] = ()
    except_roles: tuple[str, ...] = ()
    why: Text

    def to(self, platform: str, role: str) -> bool:
        """Whether the item may concern such a device; True where it is not sure."""
        if platform and ((self.platforms and platform not in self.platforms) or platform in self.except_platforms):
            return False
        return not matches(self.except_roles, role)


class Item(_Strict):
    """One item of a standard. `level2` is its number at level 2 if that is another one."""

    id: str
    level2: str = ""
    levels: tuple[Literal[2, 3], ...] = LEVELS
    point: Text
    text: Text
    kind: Kind
    scope: Scope = "device"
    checks: tuple[Check, ...] = ()
    collect: Text | None = None
    not_applicable: Text | None = None
    applies: Applies | None = None
    thresholds: tuple[str, ...] = ()
    notes: dict[str, Text] = Field(default_factory=dict)
    high_risk: tuple[HighRiskCase, ...] = ()
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Item:
        for wrong, message in (
            (self.kind.decides and not self.checks, Message("only checks can decide it")),
            (
                self.kind is not Kind.CONFIG and self.collect is None and self.not_applicable is None,
                Message("say what a person collects, or why it is not applicable"),
            ),
            (self.checks and self.not_applicable is not None, Message("what is not applicable has no checks")),
            (self.checks and not any(check.needed for check in self.checks), Message("one check at least is needed")),
            (bool(self.checks) != bool(self.examples), Message("checks need examples")),
            (self.level2 and 2 not in self.levels, Message("it has a number at level 2 and is not of level 2")),
        ):
            if wrong:
                raise Refused(Message("{item}: {what}", item=self.id, what=message))
        return self

    def id_at(self, level: int) -> str:
        """The item's number at a level; empty if the level does not have it."""
        if level not in self.levels:
            return ""
        return self.level2 or self.id if level == 2 else self.id

    def checks_of(self, scope: Scope) -> tuple[Check, ...]:
        """The checks that are asked of a device, or of the system."""
        return tuple(check for check in self.checks if (check.scope or self.scope) == scope)

    @property
    def first_scope(self) -> Scope:
        """The half of the item that its examples mean if they do not say."""
        return "device" if self.checks_of("device") else "system"

    @property
    def weight(self) -> Severity:
        """How much the item matters: as much as the gravest weakness that it asks for; medium without any."""
        asked = {check.severity for check in self.checks}
        return next((severity for severity in Severity if severity in asked), Severity.MEDIUM)


class Category(_Strict):
    """A chapter of the standard, such as 安全通信网络."""

    title: Text
    items: tuple[Item, ...]


class Variant(_Strict):
    """The same rules under a name of their own: one level of them, or one vendor's platforms."""

    title: Text
    level: Literal[2, 3] | None = None
    platforms: tuple[str, ...] = ()


class Pack(_Strict):
    """A rule file."""

    name: str
    title: Text
    standard: str
    source: Text
    verified: bool
    categories: tuple[Category, ...]
    observations: tuple[Check, ...] = ()
    variants: dict[str, Variant] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _unique(self) -> Pack:
        for level in LEVELS:
            names = [item.id_at(level) for _, item in self.items(level)]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise Refused(Message("level {level}: {items} stands twice", level=level, items=", ".join(twice)))
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
        raise InputError([_problem(path, "unreadable", error.strerror or str(error))]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        places.parse(read_bytes(path, str(path)), str(path))  # it says the same with line and column
        raise InputError([_problem(path, "bad-yaml", " ".join(str(error).split()))]) from None
    except ValidationError as error:
        written = places.parse(read_bytes(path, str(path)), str(path))
        raise InputError([_fault(written, fault) for fault in error.errors(include_url=False)]) from None


def shipped(name: str) -> Pack:
    """A rule file that comes with govnet, by its name (`mlps`)."""
    return load(RULES / f"{name}.yml")


def _fault(written: places.Document, fault: ErrorDetails) -> Problem:
    """A fault with its line; what is missing is told of what should hold it."""
    place, message = fault["loc"], said(fault)
    if fault["type"] not in {"missing", "extra_forbidden"}:
        message = Message("this rule file cannot be used: {detail}", detail=message)
    return Problem("bad-rule", message, _LIKE_OURS, written.file, written.line(place), places.path_text(place))


def _problem(path: Path, code: str, detail: str) -> Problem:
    message = Message("this rule file cannot be used: {detail}", detail=detail)
    return Problem(code, message, _LIKE_OURS, str(path))
