"""整改清单: every weakness with what mends it, and who mends it until when; what people wrote there is carried over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from audits.report.grouping import weaknesses_by_device
from inventory.errors import InputError, Problem
from inventory.text import LANGUAGES, Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from audits.model import Report
    from audits.report.grouping import Weakness

# The headings of the columns that people fill in, and of the one that says which weakness a row is about.
OWNER, DUE, STATE, REMARK = mark("Responsible"), mark("Due"), mark("State"), mark("Remark")
KEY = mark("Key (leave as it is)")
STATES = (mark("open"), mark("in progress"), mark("done"), mark("accepted for a while"))
FOUND, GONE, UNSEEN = mark("still there"), mark("not found any more"), mark("not checked this time")


@dataclass(frozen=True, slots=True)
class Entry:
    """What people have written about one weakness. `state` is one of `STATES`."""

    owner: str = ""
    due: str = ""
    state: str = STATES[0]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. `weakness` is None for one of an earlier run that this run did not find."""

    key: str
    device: str
    fact: str
    weakness: Weakness | None
    entry: Entry
    checked: str = FOUND


def key(device: str, fact: str) -> str:
    """What a weakness is known by from run to run: its device and its fact; lines may move."""
    return f"{device or '*'}/{fact}"


def rows(report: Report, earlier: Mapping[str, Entry]) -> list[Row]:
    """This run's weaknesses, gravest first, then those of earlier runs that it did not find."""
    found = [weakness for entries in weaknesses_by_device(report).values() for weakness in entries]
    found.sort(
        key=lambda weakness: (
            weakness.waiver is not None,
            list(type(weakness.evidence.severity)).index(weakness.evidence.severity),
        )
    )
    made = {}
    for weakness in found:
        name = key(weakness.device, weakness.evidence.fact)
        made[name] = Row(name, weakness.device, weakness.evidence.fact, weakness, earlier.get(name, Entry()))
    judged = {device.name for device in report.judged} | {""}
    for name, entry in earlier.items():
        if name not in made:
            device, _, fact = name.rpartition("/")
            device = "" if device == "*" else device
            made[name] = Row(name, device, fact, None, entry, GONE if device in judged else UNSEEN)
    return list(made.values())


def read(paths: Iterable[Path]) -> dict[str, Entry]:
    """What people wrote into the lists of earlier workbooks; a later one wins. InputError if one cannot be read."""
    found: dict[str, Entry] = {}
    for path in paths:
        found |= _read(path)
    return found


def _read(path: Path) -> dict[str, Entry]:
    from io import BytesIO  # noqa: PLC0415 - start-up time
    from zipfile import BadZipFile  # noqa: PLC0415 - as above

    from openpyxl import load_workbook  # noqa: PLC0415 - as above

    try:
        book = load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
    except OSError as error:
        raise InputError(
            [_problem(path, Message("cannot be read: {reason}", reason=error.strerror or str(error)))]
        ) from None
    except (BadZipFile, KeyError, ValueError):
        raise InputError([_problem(path, Message("this is no workbook (.xlsx)"))]) from None
    try:
        for sheet in book.worksheets:
            lines = sheet.iter_rows(values_only=True)
            places = _places(next(lines, ()))
            if KEY in places:
                return {str(line[places[KEY]]): _entry(line, places) for line in lines if line[places[KEY]]}
    finally:
        book.close()
    raise InputError([_problem(path, Message("it has no sheet with the column “{name}”", name=Message(KEY)))])


def _places(headings: Iterable[object]) -> dict[str, int]:
    """Where the columns stand, whatever language the headings are in."""
    texts = {
        Message(name).in_language(language): name for name in (OWNER, DUE, STATE, REMARK, KEY) for language in LANGUAGES
    }
    return {texts[str(heading)]: number for number, heading in enumerate(headings) if str(heading) in texts}


def _entry(line: tuple[Any, ...], places: Mapping[str, int]) -> Entry:
    def cell(name: str) -> str:
        value = line[places[name]] if name in places and places[name] < len(line) else None
        if isinstance(value, date):  # a datetime is one
            return value.isoformat()[:10]
        return "" if value is None else str(value)

    known = {Message(state).in_language(language): state for state in STATES for language in LANGUAGES}
    entry = Entry(cell(OWNER), cell(DUE), remark=cell(REMARK))
    return replace(entry, state=known.get(cell(STATE), cell(STATE) or STATES[0]))


def _problem(path: Path, message: Message) -> Problem:
    return Problem(
        code="bad-earlier",
        message=message,
        hint=Message("name the audit.xlsx of an earlier run"),
        file=str(path),
        column="--earlier",
    )
