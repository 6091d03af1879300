"""Reading and writing the files of a workspace: tables (CSV, XLSX) and structured documents (YAML).

What comes out is text with its place; meaning is `inventory.tables` and `inventory.schema`. A file that cannot be
read at all gives problems in place of content.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inventory.errors import InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST: Final = 256 << 20  # bytes of one file; far above a province's tables


@dataclass(slots=True)
class Table:
    """A table as it was written. `lines[i]` is the 1-based line (in a sheet: row) of `rows[i]`.

    `foreign` holds what a sheet's cell really is where it is not text, by (row index, column index): a number,
    a truth value, or (None) a date. `rows` has its text. `unread` says of cells whose value the file does not have what
    they are (code, message, hint): merged with another one, or a formula without a result.
    """

    file: str
    headings: list[str]
    heading_line: int
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    foreign: dict[tuple[int, int], float | bool | None] = field(default_factory=dict)
    unread: dict[tuple[int, int], tuple[str, Message, Message]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text and how it was stored, so that it can be written back the same way."""

    text: str
    encoding: str
    mark: bool = False  # begins with a byte order mark


def read_bytes(path: Path, file: str) -> bytes:
    """The content of a file; InputError for whatever stands in the way. `file` is its name in messages."""
    try:
        if path.is_dir():
            raise InputError(
                [_whole(file, "not-a-file", Message("this is a directory"), Message("put a file in its place"))]
            )
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise InputError(
            [
                _whole(
                    file,
                    "missing-file",
                    Message("there is no such file"),
                    Message("write it, or make a workspace with: govnet init"),
                )
            ]
        ) from None
    except OSError as error:
        raise InputError(
            [
                _whole(
                    file,
                    "unreadable-file",
                    Message("the file cannot be read: {reason}", reason=error.strerror),
                    Message("make it a file that you can read"),
                )
            ]
        ) from None
    if len(data) > LARGEST:
        raise InputError(
            [
                _whole(
                    file,
                    "file-too-large",
                    Message("the file is larger than 256 MiB"),
                    Message("check that it is the right file"),
                )
            ]
        )
    return data


def decode(data: bytes, file: str) -> Text:
    """Text from bytes: UTF-8 with or without a byte order mark, else GBK in its superset GB18030 (what Excel in
    China writes). InputError for UTF-16, NUL bytes, and bytes that are neither.
    """  # noqa: D205 - the summary needs both lines
    save = Message("save it as “CSV UTF-8”, or as plain text in UTF-8")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError([_whole(file, "utf-16", Message("the file is UTF-16 text"), save)])
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise InputError(
            [_whole(file, "empty-file", Message("the file is empty"), Message("write its first line, or remove it"))]
        )
    position = data.find(0)
    if position >= 0:
        message = Message("there is a NUL byte: this is not a text file")
        raise InputError([Problem("nul-byte", message, save, file=file, line=_line_of(data, position))])
    mark = data.startswith(b"\xef\xbb\xbf")
    try:
        return Text(data.decode("utf-8-sig"), "utf-8", mark)
    except UnicodeDecodeError:
        pass
    faults = list(_not_utf8(data, file)) if not mark else []
    if faults:
        raise InputError(faults)
    try:
        return Text(data.decode("gb18030"), "gb18030")
    except UnicodeDecodeError as error:
        message = Message("this line is neither UTF-8 nor GBK text")
        raise InputError(
            [Problem("bad-encoding", message, save, file=file, line=_line_of(data, error.start))]
        ) from None


def _not_utf8(data: bytes, file: str) -> Iterable[Problem]:
    """The lines that are not UTF-8 in a file that mostly is. GB18030 would read the others as wrong characters."""
    good, bad = 0, []
    for number, line in enumerate(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            line.decode()
        except UnicodeDecodeError:
            bad.append(number)
        else:
            good += 1
    if good <= len(bad):
        return []
    message = Message("this line is not UTF-8 text, the other lines are")
    hint = Message("type the line again, or save the whole file in UTF-8")
    return [Problem("mixed-encoding", message, hint, file=file, line=number) for number in bad]


def universal_lines(text: str) -> str:
    """The text with every line end (CR LF, CR, LF) as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _line_of(data: bytes, position: int) -> int:
    return universal_lines(data[:position].decode("latin-1")).count("\n") + 1


def _whole(file: str, code: str, message: Message, hint: Message) -> Problem:
    return Problem(code, message, hint, file=file)


def half_width(text: str) -> str:
    """The text with full-width letters, digits and signs as the plain ones, and 。 as a point."""
    return unicodedata.normalize("NFKC", text).replace("。", ".").replace("、", ",")


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's content in one step: a reader sees the old or the new one, never a part.

    Its mode stays as it is, and a symbolic link stays one: what it points to is replaced. OSError if that cannot be.
    """
    path = Path(os.path.realpath(path))
    _tidy(path.parent)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.{os.getpid()}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):  # what went wrong first is what counts
            Path(name).unlink(missing_ok=True)
        raise
    with suppress(OSError):  # some file systems refuse to sync a folder; the file itself is safe
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


_TEMPORARY: Final = re.compile(r"\..+\.([1-9][0-9]{0,9})(?:\.[a-z0-9_]{8})?\.tmp").fullmatch
_STALE: Final = 60  # seconds; the folder may be another machine's too, whose processes cannot be seen from here


@cache
def _tidy(folder: Path) -> None:
    """Remove what writers that were killed have left in a folder; looked for once in the life of a process."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found = _TEMPORARY(entry.name)
            if found and time.time() - entry.stat().st_mtime > _STALE and not _alive(int(found[1])):
                Path(entry.path).unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)  # asks only
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
