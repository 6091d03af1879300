"""How a rollout goes, as data: `rollout.yaml` of a workspace.

first: [lantian]            # sites that go first, whatever their place in the inventory
waves: [1, 5, 20%, rest]    # sites in each wave; a share is of all sites
by: county                  # what is left after the counted waves goes county by county
sites_in_flight: 10
stop_after_failures: 0      # one failed device more, and no further site is begun
windows: [{days: [sat, sun], from: "22:00", to: "06:00"}]
approval: true              # a second person must approve what `start` shows
before: [{check: snmp}]
after: [{check: snmp}, {check: ping, from: rt-core, to: 10.1.1.1}]
zones: {north: "county=431382"}  # whose devices a worker near them changes
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from inventory import cells
from inventory.errors import InputError
from inventory.model import Level
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "rollout.yaml"
IN_FLIGHT = 10
_DAY = timedelta(days=1)
_SIZE = re.compile(r"(?P<count>[1-9]\d{0,5})(?P<percent>%?)|(?P<rest>rest)", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Share:
    """How many sites a wave has: `count` sites, `percent` of all sites, or (both None) all that are left."""

    count: int | None = None
    percent: int | None = None

    def of(self, total: int, left: int) -> int:
        """The number of sites, of which `left` are not yet in a wave."""
        if self.count is not None:
            return min(self.count, left)
        if self.percent is not None:
            return min(max(1, -(-total * self.percent // 100)), left)
        return left

    def __str__(self) -> str:
        if self.count is not None:
            return str(self.count)
        return f"{self.percent}%" if self.percent is not None else "rest"


WAVES = (Share(count=1), Share(count=5), Share(percent=20), Share())


class Day(StrEnum):
    """A day of the week, Monday first as `datetime.weekday` counts."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


DAYS = tuple(Day)


@dataclass(frozen=True, slots=True)
class Window:
    """When sites may be begun: on these days (0 is Monday) from `begin` to `end`, local time.

    One that ends before it begins goes on into the next day.
    """

    days: frozenset[int]
    begin: time
    end: time

    def holds(self, moment: datetime) -> bool:
        """Whether it is open at a moment."""
        clock = moment.time()
        if self.begin < self.end:
            return moment.weekday() in self.days and self.begin <= clock < self.end
        late = moment.weekday() in self.days and clock >= self.begin
        return late or ((moment - _DAY).weekday() in self.days and clock < self.end)

    def __str__(self) -> str:
        days = ",".join(DAYS[day].value for day in sorted(self.days))
        return f"{days} {self.begin:%H:%M}-{self.end:%H:%M}"


class CheckKind(StrEnum):
    """What is looked at before and after a device's change."""

    SNMP = "snmp"  # the device answers a poll
    PING = "ping"  # `source` reaches the address `to`
    NEIGHBOURS = "neighbours"  # no fewer routing neighbours than before
    ROUTES = "routes"  # the routing table lost no more than a tenth of its routes
    LOG = "log"  # no new errors in the device's log


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `source` is a device; empty means the one that is changed. `to` is an address."""

    kind: CheckKind
    source: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a rollout goes. Without a file: one site, five, a fifth, the rest; ten at a time; no failure tolerated."""

    first: tuple[str, ...] = ()
    waves: tuple[Share, ...] = WAVES
    by: Level | None = None
    sites_in_flight: int = IN_FLIGHT
    stop_after_failures: int = 0
    windows: tuple[Window, ...] = ()
    approval: bool = False
    before: tuple[Check, ...] = ()
    after: tuple[Check, ...] = ()
    zones: Mapping[str, str] = field(default_factory=dict)

    def open(self, moment: datetime) -> bool:
        """Whether sites may be begun at a moment (local time)."""
        return not self.windows or any(window.holds(moment) for window in self.windows)


def load(path: Path, name: str = FILE) -> Policy:
    """The policy of a file; the usual one if there is none. InputError with every fault."""
    if not path.exists():
        return Policy()
    return parse(read_bytes(path, name), name)


def parse(content: bytes, name: str = FILE) -> Policy:
    """The policy that a file's content writes. InputError with every fault."""
    reader = Reader(yaml.parse(content, name))
    data = reader.document.data
    if not isinstance(data, dict):
        reader.top(tuple(_PolicyIn.model_fields))
    read = reader.read(_PolicyIn, data, ()) if isinstance(data, dict) else None
    if read is None or reader.problems:
        raise InputError(reader.problems)
    return Policy(
        read.first,
        read.waves,
        read.by,
        read.sites_in_flight,
        read.stop_after_failures,
        tuple(
            Window(
                frozenset(map(DAYS.index, window.days)) if window.days else frozenset(range(7)),
                window.begin,
                window.end,
            )
            for window in read.windows
        ),
        read.approval,
        tuple(Check(check.check, check.source, check.to) for check in read.before),
        tuple(Check(check.check, check.source, check.to) for check in read.after),
        dict(read.zones),
    )


def schema() -> dict[str, Any]:
    """The JSON schema of rollout.yaml."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_PolicyIn.model_json_schema()}


def _share(text: str) -> Share:
    match = _SIZE.fullmatch(text)
    if match is None or (match["percent"] and int(match["count"]) > 100):
        raise cells.Fault(
            "bad-wave",
            Message("“{text}” is not the size of a wave", text=text),
            Message("write a number of sites (5), a share (20%) or the word rest"),
        )
    if match["rest"]:
        return Share()
    return Share(percent=int(match["count"])) if match["percent"] else Share(count=int(match["count"]))


def clock(text: str) -> time:
    """A time of day. cells.Fault if it is none."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise cells.Fault(
            "bad-time", Message("“{text}” is not a time of day", text=text), Message('write it in quotes, like "22:00"')
        )
    return time(int(match[1]), int(match[2]))


def _read(convert: Any, form: Any = str) -> PlainValidator:
    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            raise cells.Fault("bad-type", Message("one text is expected here"), Message("write key: value"))
        return convert(value.strip())

    return PlainValidator(validate, json_schema_input_type=form)


Clock = Annotated[time, _read(clock)]
Number = Annotated[int, _read(cells.integer(0, 1_000_000), int)]
AtLeastOne = Annotated[int, _read(cells.integer(1, 1_000_000), int)]
Text = Annotated[str, _read(str)]


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _WindowIn(_Item):
    days: tuple[Annotated[Day, _read(cells.choice(Day, {}), Day)], ...] = ()
    begin: Clock = Field(alias="from")
    end: Clock = Field(alias="to")


class _CheckIn(_Item):
    check: Annotated[CheckKind, _read(cells.choice(CheckKind, {}), CheckKind)]
    source: Text = Field("", alias="from")
    to: Annotated[str, _read(lambda text: str(cells.address(text)))] = ""


class _PolicyIn(_Item):
    first: tuple[Text, ...] = ()
    waves: tuple[Annotated[Share, _read(_share, str | int)], ...] = WAVES
    by: Annotated[Level, _read(cells.choice(Level, {}), Level)] | None = None
    sites_in_flight: AtLeastOne = IN_FLIGHT
    stop_after_failures: Number = 0
    windows: tuple[_WindowIn, ...] = ()
    approval: Annotated[bool, _read(cells.boolean, bool)] = False
    before: tuple[_CheckIn, ...] = ()
    after: tuple[_CheckIn, ...] = ()
    zones: dict[str, Text] = Field(default_factory=dict)
