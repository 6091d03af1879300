"""Every form of a report by its name, and writing a set of them into a folder with a list of checksums."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from audits.report import manifest
from inventory.collecting import seldom

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from audits.model import Report

# Name of the form → module with `data(report, settings) -> bytes`. A module is imported when its form is asked for.
FORMATS = {
    "json": "audits.report.json",
    "html": "audits.report.html",
    "xlsx": "audits.report.xlsx",
    "docx": "audits.report.docx",
    "sarif": "audits.report.sarif",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a form needs beside the report.

    `template` is the unit's own DOCX template. `earlier` are workbooks of earlier runs, the newest last: what people
    wrote into their rectification lists is carried over.
    """

    language: str
    template: Path | None = None
    earlier: tuple[Path, ...] = ()


def write(
    report: Report, out: Path, formats: Sequence[str], settings: Settings, rules: Iterable[Path] = ()
) -> list[Path]:
    """Write `audit.<form>` for each form, then `manifest.json` and `SHA256SUMS`; returns the paths.

    Nothing is written before every form is made. `rules` are the rule files that judged. OSError if a file cannot be
    written, InputError if the template or an earlier workbook cannot be used.
    """
    with seldom():  # the report stays as it is, and there may be much of it
        made = {f"audit.{name}": import_module(FORMATS[name]).data(report, settings) for name in formats}
    made |= manifest.files(report, made, rules)
    out.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (out / name).write_bytes(data)
    return [out / name for name in made]
