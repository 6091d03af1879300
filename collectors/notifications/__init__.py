"""What notifications mean, as data: one file a source (`*.yml` in this folder).

source: IF-MIB (RFC 2863)               # where names and OIDs are from
notifications:
  - name: linkDown
    oid: 1.3.6.1.6.3.1.1.5.3            # the value of snmpTrapOID.0
    also: [...]                         # other OIDs by which it is sent
    under: 1.3.6.1.4.1.12356.101.1      # version 1: any enterprise below this, with the last number of `oid`
    severity: warning                   # critical, warning or info
    en: interface down
    zh: 接口断开
    index: 1.3.6.1.2.1.2.2.1            # a table's entry: what stands behind its columns says which row is meant …
    by: 1.3.6.1.4.1.12356.101.12.3.4    # … or an object whose value says it
    raises: InterfaceDown               # the alert that begins; it ends when it is cleared …
    lasts: 900                          # … or after so many seconds
    clears: [InterfaceDown]             # the alerts that end
    state: {object: …, good: [8]}       # with `raises`: it ends instead if this object's value is one of these
    unverified: true                    # known from public programs only

A notification without `raises` and `clears` is stored and counted, and is no alert.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Mapping

DIRECTORY = Path(__file__).parent
Severity = Literal["critical", "warning", "info"]
_OID = r"^\d+(\.\d+)+$"


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class State(_Item):
    """The object whose value says whether things are good."""

    object: str = Field(pattern=_OID)
    good: tuple[int, ...] = Field(min_length=1)


class Kind(_Item):
    """One kind of notification."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9]+$")
    oid: str = Field(pattern=_OID)
    also: tuple[str, ...] = ()
    under: str = ""
    severity: Severity
    en: str
    zh: str
    index: str = ""
    by: str = ""
    raises: str = ""
    lasts: int = Field(0, ge=0)
    clears: tuple[str, ...] = ()
    state: State | None = None
    unverified: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Kind:
        if self.raises and self.clears:
            raise ValueError(f"{self.name}: it either raises or clears")
        if (self.lasts or self.state) and not self.raises:
            raise ValueError(f"{self.name}: only what raises an alert lasts or has a state")
        if self.index and self.by:
            raise ValueError(f"{self.name}: either index or by")
        return self


class NotificationsFile(_Item):
    """One file."""

    source: str
    notifications: tuple[Kind, ...]


class Names:
    """Kinds by their OIDs."""

    def __init__(self, files: Mapping[str, NotificationsFile]) -> None:
        self.kinds: dict[str, Kind] = {}
        self.sources: dict[str, str] = {}
        self._by_oid: dict[str, Kind] = {}
        self._under: list[tuple[str, str, Kind]] = []
        for file in files.values():
            for kind in file.notifications:
                self.kinds[kind.name] = kind
                self.sources[kind.name] = file.source
                self._by_oid.update(dict.fromkeys((kind.oid, *kind.also), kind))
                if kind.under:
                    self._under.append((f"{kind.under}.", f".0.{kind.oid.rpartition('.')[2]}", kind))

    def find(self, oid: str) -> Kind | None:
        """The kind of an OID, whatever version it came in; None for one that is not known."""
        known = self._by_oid.get(oid)
        if known is not None:
            return known
        # RFC 3584 section 3.1 puts a zero between a version 1 trap's enterprise and number; some agents leave it out of
        # their version 2 OIDs, others have it there as well.
        head, _, last = oid.rpartition(".")
        other = f"{head.removesuffix('.0')}.{last}" if head.endswith(".0") else f"{head}.0.{last}"
        known = self._by_oid.get(other)
        if known is not None:
            return known
        return next((kind for begin, end, kind in self._under if oid.startswith(begin) and oid.endswith(end)), None)


@cache
def shipped() -> Names:
    """The kinds that come with govnet."""
    import yaml  # noqa: PLC0415 - start-up time

    files = {}
    for path in sorted(DIRECTORY.glob("*.yml")):
        files[path.stem] = NotificationsFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    return Names(files)
