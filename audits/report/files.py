"""Every form of a report by its name, and writing a set of them into a folder with a list of checksums."""

from __future__ import annotations

from dataclasses import dataclass
from errno import EISDIR
from importlib import import_module
from os import strerror
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from audits.report import manifest
from inventory.collecting import seldom

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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

    Nothing is written before every form is made, and no earlier report is touched before all of them are on the disk.
    A form that an earlier run wrote here and this one does not is removed, unless somebody has changed it since: it
    would speak of another day. `rules` are the rule files that judged. OSError if a file cannot be written, InputError
    if the template or an earlier workbook cannot be used.
    """
    with seldom():  # the report stays as it is, and there may be much of it
        made = {f"audit.{name}": import_module(FORMATS[name]).data(report, settings) for name in formats}
    made |= manifest.files(report, made, rules)
    outdated = [out / name for name in manifest.unchanged(out) if name not in made]
    put(out, made)
    for path in outdated:
        path.unlink(missing_ok=True)
    return [out / name for name in made]


def put(out: Path, made: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made: all of them, or none if there is no room or a folder is in the way."""
    out.mkdir(parents=True, exist_ok=True)
    taken = next((out / name for name in made if (out / name).is_dir()), None)
    if taken is not None:
        raise IsADirectoryError(EISDIR, strerror(EISDIR), str(taken))
    with TemporaryDirectory(prefix=".govnet-", dir=out) as new:
        for name, data in made.items():
            (Path(new) / name).write_bytes(data)
        for name in made:
            (Path(new) / name).replace(out / name)
