"""Where each site stands on its way to the users: line delivered, installed, configured, accepted, handed over.

`rollouts/sites.csv` holds a row for each step that somebody has recorded: site, step, day, who, note. That a site is
configured follows from the rollouts as well: every device of it was found as intended by the newest one it was in.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from inventory.errors import InputError, Problem, RefusedError
from inventory.nearest import nearest
from inventory.sources import read_bytes, write_atomically
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from configs.rollout.bundle import Bundle
    from configs.rollout.store import Row
    from inventory.model import Inventory

PLACE: Final = ("rollouts", "sites.csv")
COLUMNS: Final = ("site", "step", "day", "by", "note")


class Step(StrEnum):
    """The steps, in their order. Stable and English, for files and programs."""

    DELIVERED = "delivered"  # the carrier has handed over the line
    INSTALLED = "installed"  # the equipment is in its rack and has power
    CONFIGURED = "configured"  # it runs what is intended
    ACCEPTED = "accepted"  # the site's acceptance is signed
    HANDED_OVER = "handed-over"  # whoever runs it from now on has it


TITLES: Final = {
    Step.DELIVERED: mark("line delivered"),
    Step.INSTALLED: mark("equipment installed"),
    Step.CONFIGURED: mark("configured"),
    Step.ACCEPTED: mark("accepted"),
    Step.HANDED_OVER: mark("handed over"),
}
# Steps that nobody records before those that come before them.
STRICT: Final = (Step.ACCEPTED, Step.HANDED_OVER)


@dataclass(frozen=True, slots=True)
class Record:
    """A step that was done. `by` is who says so; a rollout's name where a rollout did it."""

    site: str
    step: Step
    day: date
    by: str
    note: str = ""

    def as_json(self) -> dict[str, str]:
        """Stable keys."""
        return {"day": self.day.isoformat(), "by": self.by, "note": self.note}


@dataclass(frozen=True, slots=True)
class Place:
    """A site and what was done there."""

    site: str
    title: str
    region: str
    unit: str
    devices: tuple[str, ...]
    done: Mapping[Step, Record]

    @property
    def next(self) -> Step | None:
        """The first step that is not done; None if all are."""
        return next((step for step in Step if step not in self.done), None)

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "name": self.site,
            "title": self.title,
            "region": self.region,
            "unit": self.unit,
            "devices": list(self.devices),
            "next": self.next.value if self.next else None,
            "steps": {step.value: self.done[step].as_json() if step in self.done else None for step in Step},
        }


def read(root: Path, inventory: Inventory) -> list[Record]:
    """What is recorded in a workspace. InputError with every faulty row."""
    path = root.joinpath(*PLACE)
    name = "/".join(PLACE)
    if not path.exists():
        return []
    text = read_bytes(path, name).decode("utf-8-sig", "replace")
    table = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in COLUMNS if column not in (table.fieldnames or ())]
    if missing:
        raise InputError(
            [
                Problem(
                    "missing-column",
                    Message("the column “{name}” is missing", name=column),
                    Message("the first line names the columns: {names}", names=",".join(COLUMNS)),
                    file=name,
                    line=1,
                    column=column,
                )
                for column in missing
            ]
        )
    problems: list[Problem] = []
    records: dict[tuple[str, Step], Record] = {}
    for row in table:
        fault = _fault(row, inventory)
        if fault is not None:
            column, message, hint = fault
            problems.append(Problem("bad-record", message, hint, file=name, line=table.line_num, column=column))
            continue
        record = Record(
            row["site"], Step(row["step"]), date.fromisoformat(row["day"]), row["by"] or "", row["note"] or ""
        )
        records[record.site, record.step] = record
    if problems:
        raise InputError(problems)
    return list(records.values())


def _fault(row: Mapping[str, str | None], inventory: Inventory) -> tuple[str, Message, Message] | None:
    """What is wrong with a row: the column, what, and what to do."""
    site, step, day = (row[column] or "" for column in COLUMNS[:3])
    if site not in inventory.sites:
        return ("site", *_unknown_site(site, inventory))
    if step not in list(Step):
        message = Message("“{text}” is no step", text=step)
        return "step", message, Message("write one of: {names}", names=", ".join(Step))
    try:
        date.fromisoformat(day)
    except ValueError:
        return "day", Message("“{text}” is not a day", text=day), Message("write it like 2026-11-22")
    return None


def _unknown_site(name: str, inventory: Inventory) -> tuple[Message, Message]:
    near = nearest(name, inventory.sites)
    return (
        Message("there is no site “{name}”", name=name),
        Message("did you mean “{name}”?", name=near) if near else Message("see: govnet inventory list sites"),
    )


def write(root: Path, records: Iterable[Record]) -> None:
    """Write the records, by site and step."""
    order = list(Step)
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(COLUMNS)
    for record in sorted(records, key=lambda record: (record.site, order.index(record.step))):
        table.writerow((record.site, record.step.value, record.day.isoformat(), record.by, record.note))
    path = root.joinpath(*PLACE)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Spreadsheet programs take a file without the mark for one in the machine's own encoding.
    write_atomically(path, lines.getvalue().encode("utf-8-sig"))


def configured(rollouts: Iterable[tuple[Bundle, Sequence[Row]]], inventory: Inventory) -> dict[str, Record]:
    """The sites that rollouts, the oldest first, have brought to what is intended: each device by its newest result."""
    newest: dict[str, tuple[Bundle, Row]] = {}
    for bundle, rows in rollouts:
        newest.update({row.device: (bundle, row) for row in rows if row.over})
    found = {}
    for site, devices in _devices(inventory).items():
        results = [newest[device] for device in devices if device in newest]
        if len(results) == len(devices) and all(row.ok for _, row in results):
            bundle, row = max(results, key=lambda result: result[1].ended or 0)
            day = datetime.fromtimestamp(row.ended or 0, UTC).astimezone().date()
            found[site] = Record(site, Step.CONFIGURED, day, bundle.name, bundle.reason)
    return found


def places(
    inventory: Inventory, records: Iterable[Record], done: Mapping[str, Record], devices: Iterable[str]
) -> list[Place]:
    """The sites of the devices, in the inventory's order. `done` are those that rollouts have configured."""
    by_site: dict[str, dict[Step, Record]] = {site: {Step.CONFIGURED: record} for site, record in done.items()}
    for record in records:
        by_site.setdefault(record.site, {})[record.step] = record
    wanted = {inventory.devices[name].site for name in devices}
    every = _devices(inventory)
    return [
        Place(
            name,
            site.title,
            inventory.regions[site.region].name if site.region in inventory.regions else site.region,
            site.unit,
            tuple(every.get(name, ())),
            by_site.get(name, {}),
        )
        for name, site in inventory.sites.items()
        if name in wanted
    ]


def _devices(inventory: Inventory) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for device in inventory.devices.values():
        found.setdefault(device.site, []).append(device.name)
    return found


def check_site(inventory: Inventory, name: str) -> None:
    """InputError if there is no such site."""
    if name not in inventory.sites:
        raise InputError([Problem("unknown-name", *_unknown_site(name, inventory), column="NAME")])


def check_order(place: Place, step: Step) -> None:
    """RefusedError for an acceptance or a handing over before what comes first."""
    before = list(Step)[: list(Step).index(step)]
    left = [each.value for each in before if each not in place.done] if step in STRICT else []
    if left:
        raise RefusedError(
            Message("{site}: “{step}” comes after: {names}", site=place.site, step=step.value, names=", ".join(left)),
            Message("record those first, with the day on which they were done (--on)"),
        )
