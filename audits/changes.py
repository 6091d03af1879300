"""What changed between two audits, by their JSON reports: new, closed, come back, waived, no longer known.

A weakness is known by its device and its fact, so that lines may move; a verdict without a fact (a person's statement)
by its device and its item. What the newer report does not know is never closed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from audits.model import Severity, Verdict
from audits.report.json import SCHEMA
from inventory.errors import InputError, Problem
from inventory.sources import read_bytes
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

Run: TypeAlias = "Mapping[str, Any]"  # a report as `audits.report.json.document` makes it
Key: TypeAlias = tuple[str, str, str]  # device, fact, item: the one or the other of the last two

FILE = "audit.json"
_UNMET = (Verdict.FAIL.value, Verdict.PARTIAL.value)
_GRAVITY = {severity.value: number for number, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Weakness:
    """Something that one run found: `device` is empty for the system, `fact` for what a person stated."""

    device: str
    fact: str
    items: tuple[str, ...]
    severity: str
    lines: tuple[int, ...] = ()
    waived: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "device": self.device or None,
            "fact": self.fact or None,
            "items": list(self.items),
            "severity": self.severity or None,
            "lines": list(self.lines),
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """`came_back` was open before and was closed or waived in between; of `unknown` the newer run does not tell.

    `still_open` was open before and is; `waived` is what a waiver covers now and did not before.
    """

    new: tuple[Weakness, ...]
    closed: tuple[Weakness, ...]
    came_back: tuple[Weakness, ...]
    waived: tuple[Weakness, ...]
    unknown: tuple[Weakness, ...]
    still_open: tuple[Weakness, ...]

    @property
    def worse(self) -> bool:
        """Whether something is open that was not."""
        return bool(self.new or self.came_back)

    def as_json(self) -> dict[str, Any]:
        """Plain data, every list there."""
        names = ("new", "closed", "came_back", "waived", "unknown", "still_open")
        return {name: [weakness.as_json() for weakness in getattr(self, name)] for name in names}


def read(path: Path) -> Run:
    """A report; `path` is the file or the folder that `audit run --out` wrote. InputError if it is none."""
    place = path / FILE if path.is_dir() else path
    try:
        document = json.loads(read_bytes(place, str(place)))
    except (UnicodeDecodeError, json.JSONDecodeError):
        document = None
    hint = Message("write one with: govnet audit run … --format json --out DIR")
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        message = Message("this is no JSON report of an audit")
        raise InputError([Problem("no-report", message, hint, file=str(place))])
    try:
        _row(str(place), document)
        weaknesses(document)
        frozenset(_sound(document))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = Message(
            "parts of this report are missing or changed ({what})", what=f"{type(error).__name__}: {error}"
        )
        raise InputError([Problem("bad-report", message, hint, file=str(place))]) from None
    return document


def runs(folder: Path) -> list[tuple[Path, Run]]:
    """Every report below a folder with its path, the oldest first; other files are left alone.

    InputError if one of them is damaged.
    """
    found = []
    for path in sorted(folder.rglob("*.json")):
        try:
            found.append((path, read(path)))
        except InputError as error:
            if error.problems[0].code == "bad-report":
                raise
    return sorted(found, key=lambda entry: (entry[1]["generated"], str(entry[0])))


def compare(old: Run, new: Run, history: Iterable[Run] = ()) -> Changes:
    """What changed from `old` to `new`. `history` are older runs, by which it is seen what has come back."""
    before, after = weaknesses(old), weaknesses(new)
    sound = set(_sound(new))
    earlier = {key for run in history for key in weaknesses(run)}
    groups: dict[str, list[Weakness]] = {}
    for key in before.keys() | after.keys():
        group = _group(before.get(key), after.get(key), key in sound, key in earlier)
        if group:
            groups.setdefault(group, []).append(after.get(key) or before[key])

    def sorted_group(name: str) -> tuple[Weakness, ...]:
        return tuple(
            sorted(
                groups.get(name, []),
                key=lambda entry: (_gravity(entry.severity), entry.device, entry.fact, entry.items),
            )
        )

    return Changes(
        sorted_group("new"),
        sorted_group("closed"),
        sorted_group("came_back"),
        sorted_group("waived"),
        sorted_group("unknown"),
        sorted_group("still_open"),
    )


def weaknesses(run: Run) -> dict[Key, Weakness]:
    """Everything that a run found, each weakness once, with the items that it touches. It is waived if it is in all."""
    found: dict[Key, list[tuple[str, Mapping[str, Any], bool]]] = {}
    for item in run["items"]:
        for finding in item["findings"]:
            device = finding["device"] or ""
            weak = [entry for entry in finding["evidence"] if entry["value"]]
            for entry in weak:
                found.setdefault((device, entry["fact"], ""), []).append((item["id"], entry, bool(entry["waiver"])))
            if not weak and finding["verdict"] in _UNMET:
                waived = finding["waiver"] is not None
                found.setdefault((device, "", item["id"]), []).append((item["id"], finding, waived))
    for entry in run["observations"]:
        found.setdefault((entry["device"], entry["fact"], ""), []).append(("", entry, bool(entry["waiver"])))
    return {key: _weakness(key, entries) for key, entries in found.items()}


def _weakness(key: Key, entries: Sequence[tuple[str, Mapping[str, Any], bool]]) -> Weakness:
    severities = [entry["severity"] for _, entry, _ in entries if entry.get("severity")]
    lines = {line["line"] for _, entry, _ in entries for line in entry.get("lines", ())}
    return Weakness(
        key[0],
        key[1],
        tuple(dict.fromkeys(item for item, _, _ in entries if item)),
        min(severities, key=_gravity, default=""),
        tuple(sorted(lines)),
        all(waived for _, _, waived in entries),
    )


def _group(before: Weakness | None, after: Weakness | None, sound: bool, earlier: bool) -> str:
    if after is None:
        assert before is not None  # noqa: S101 - the key is from one of both
        if sound:
            return "closed"
        return "" if before.waived else "unknown"
    if after.waived:
        return "waived" if before is None or not before.waived else ""
    if before is None:
        return "came_back" if earlier else "new"
    return "came_back" if before.waived else "still_open"


def _sound(run: Run) -> Iterator[Key]:
    """What a run knows not to be there."""
    for device in run["devices"]:
        if device.get("problems"):
            continue  # what is missing in a text that is not whole may stand in the rest
        for name, fact in device["facts"].items():
            if fact["value"] is False:
                yield device["name"], name, ""
    for item in run["items"]:
        for finding in item["findings"]:
            device = finding["device"] or ""
            if finding["verdict"] in (Verdict.PASS.value, Verdict.NOT_APPLICABLE.value):
                yield device, "", item["id"]
            for entry in finding["evidence"]:
                if entry["value"] is False:
                    yield device, entry["fact"], ""


def _gravity(severity: str) -> int:
    return _GRAVITY.get(severity, len(_GRAVITY))


def trend(reports: Iterable[tuple[Path, Run]]) -> list[dict[str, Any]]:
    """One row a run, the oldest first: what was counted, and what changed since the run before by the same rules."""
    rows = []
    before: dict[tuple[int, str], list[Run]] = {}
    for path, run in reports:
        earlier = before.setdefault((run["level"], run["pack"]["name"]), [])
        changes = compare(earlier[-1], run, earlier[:-1]) if earlier else None
        changed = {name: len(getattr(changes, name)) if changes else None for name in ("new", "closed", "came_back")}
        rows.append(_row(str(path), run) | changed)
        earlier.append(run)
    return rows


def _row(file: str, run: Run) -> dict[str, Any]:
    """What a run counted."""
    counts, score = run["counts"], run["score"] or {}
    names = ("devices", "devices_unread", "items", "findings", "waived", "high_risk")
    return {
        "file": file,
        "generated": run["generated"],
        "level": run["level"],
        "pack": run["pack"]["name"],
        **{name: counts[name] for name in names},
        "rate": score.get("rate"),
        "points": score.get("points"),
    }
