"""Names that other programs can use: file names, NetBox slugs, DNS labels, sheet names."""

from __future__ import annotations

import re
import unicodedata

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?").fullmatch  # RFC 1123 section 2.1
_LONGEST_SHEET = 31


def label(text: str) -> str | None:
    """A name as a DNS label: lower case, `/ . : _` as hyphens. None if that gives no label (中文, or too long)."""
    made = re.sub(r"-{2,}", "-", re.sub(r"[\s/.:_]+", "-", text.lower())).strip("-")
    return made if _LABEL(made) else None


def is_label(text: str) -> bool:
    """Whether a text is a DNS label as it stands."""
    return bool(_LABEL(text))


def slug(text: str) -> str:
    """A name as NetBox slugs are: letters, digits, hyphens and underscores.

    What cannot be written so stands as its code points in hexadecimal, so that two names never give one slug by
    losing what tells them apart.
    """
    made = re.sub(r"[^A-Za-z0-9_-]", lambda found: f"-{ord(found[0]):x}-", text.lower())
    return re.sub(r"-{2,}", "-", made).strip("-") or "x"


def file_name(text: str) -> str:
    """A name as part of a file's name: no separators, no leading point, nothing that a shell or Windows refuses."""
    made = re.sub(r'[\x00-\x20/\\:*?"<>|\x7f]+', "-", unicodedata.normalize("NFC", text)).lstrip(".-").rstrip(". ")
    return made[:80] or "x"


def sheet_name(text: str, taken: set[str]) -> str:
    r"""A sheet's name: at most 31 characters, none of `[]:*?/\\`, no apostrophe at an end, each once."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", text).strip(" '")[:_LONGEST_SHEET] or "-"
    name, number = base, 2
    while name.casefold() in taken:
        tail = f" {number}"
        name, number = base[: _LONGEST_SHEET - len(tail)] + tail, number + 1
    taken.add(name.casefold())
    return name


def width(text: str) -> int:
    """How many columns of a fixed-width font a text takes: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
