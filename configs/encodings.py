"""Bytes to text and lines: UTF-8 or GB18030, strictly; what is neither, or both in one file, is an error by line."""

from __future__ import annotations

import re

from inventory.errors import InputError, Problem
from inventory.text import Message

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_OLD_MAC_LINE = re.compile(r"[^\r]*\r|[^\r]+")
# Where Python ends a line of ASCII text besides a line feed.
_OTHER_ENDS = "\r\v\f\x1c\x1d\x1e"
_RAW_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_RAW_OLD_MAC_LINE = re.compile(rb"[^\r]*\r|[^\r]+")
_HIGH = re.compile(rb"[\x80-\xff]+")
# UTF-8's three-byte characters in which Chinese text is written: ideographs, CJK and full-width punctuation.
_UTF8_CHINESE = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}|\xe3\x80[\x80-\xbf]|\xef[\xbc-\xbf][\x80-\xbf]")
# GB 2312's punctuation (rows 1 to 3) and its first level of ideographs (rows 16 to 55): what a GBK text mostly holds.
_GB_COMMON = re.compile(rb"(?:[\xa1-\xa3\xb0-\xd7][\xa1-\xfe])+")


def decode(data: bytes, file: str = "") -> tuple[str, str]:
    """The text and its encoding: UTF-8, else GB18030, both strictly.

    InputError names the undecodable line, or the line at which a second encoding starts: much UTF-8 text is also valid
    GB18030 and would become other characters without a word.
    """
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        first = error
    mixed = _second_encoding(data)
    if mixed is not None:
        place, before = mixed
        raise _problem(
            "mixed-encodings",
            Message("two encodings in one file: up to here it is {encoding}, from here it is not", encoding=before),
            file,
            data,
            place,
        )
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        # The later of the two places is where the likelier encoding broke.
        place = max(first.start, error.start)
        message = Message("bytes that are neither UTF-8 nor GB18030 text")
        raise _problem("undecodable", message, file, data, place) from None


def _second_encoding(data: bytes) -> tuple[int, str] | None:
    """Where the second encoding starts and which one was there before; None if GB18030 explains all or nothing does.

    Judged run by run: a run of bytes above 0x7F that is whole UTF-8 with Chinese characters, and is not common
    Chinese in GB 2312 too, was written as UTF-8.
    """
    before = ""
    for run in _HIGH.finditer(data):
        kind = _kind(run[0], data, run.start())
        if before and kind and kind != before:
            return run.start(), before
        before = before or kind
    return None


def _kind(run: bytes, data: bytes, start: int) -> str:
    """`UTF-8`, `GB18030`, or nothing where a run may be either or is neither."""
    try:
        run.decode("utf-8")
    except UnicodeDecodeError:
        # The last byte may be the first half of a character whose second half is an ASCII byte.
        whole = data[start : start + len(run) + (len(run) % 2)]
        try:
            whole.decode("gb18030")
        except UnicodeDecodeError:
            return ""
        return "GB18030"
    return "UTF-8" if _UTF8_CHINESE.search(run) and not _GB_COMMON.fullmatch(run) else ""


def _problem(code: str, message: Message, file: str, data: bytes, place: int) -> InputError:
    end = b"\n" if b"\n" in data else b"\r"
    return InputError(
        [
            Problem(
                code=code,
                message=message,
                hint=Message("save the configuration again in one of the two encodings"),
                file=file,
                line=data.count(end, 0, place) + 1,
            )
        ]
    )


def split(text: str) -> list[str]:
    """The lines of `text` with their ends: LF (a CR before it belongs to the end), or CR in a text without LF."""
    if text.isascii() and not any(mark in text for mark in _OTHER_ENDS):
        return text.splitlines(keepends=True)  # the same, three times as fast
    if "\n" not in text and "\r" in text:
        return _OLD_MAC_LINE.findall(text)
    return _LINE.findall(text)


def count(text: str) -> int:
    """How many lines `split` finds."""
    end = "\r" if "\n" not in text else "\n"
    return text.count(end) + (text != "" and not text.endswith(end))


def odd_lines(data: bytes, lines: list[str], encoding: str) -> dict[int, bytes]:
    """The lines whose bytes their text would not give back, by index: GB18030 has a few characters with two codes."""
    if encoding == "utf-8" or "".join(lines).encode(encoding) == data:
        return {}
    raws = (_RAW_LINE if b"\n" in data else _RAW_OLD_MAC_LINE).findall(data)
    return {
        index: raw for index, (line, raw) in enumerate(zip(lines, raws, strict=True)) if line.encode(encoding) != raw
    }
