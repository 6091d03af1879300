"""A line of FortiOS as words, and what it answers to a word that is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.emulator.fortios.schema import Mistake


def split(text: str) -> list[str] | None:
    """The words of a line; quotes and backslashes as in a shell. None while a quote is open."""
    words: list[str] = []
    word: str | None = None
    quote = ""
    place = 0
    while place < len(text):
        letter = text[place]
        place += 1
        if letter == "\\" and quote != "'" and place < len(text):
            word = (word or "") + text[place]
            place += 1
        elif quote:
            if letter == quote:
                quote = ""
            else:
                word = (word or "") + letter
        elif letter in "\"'":
            quote = letter
            word = word or ""
        elif letter.isspace():
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + letter
    if quote:
        return None
    if word is not None:
        words.append(word)
    return words


def piped(text: str) -> tuple[str, str]:
    """A line and what stands behind its ` | grep `."""
    found = re.match(r"(\s*(?:sh|g)\S*(?:\s[^|\"]*)?)\|\s*grep\s+(.+)$", text)
    return (found[1], found[2].strip()) if found else (text, "")


def said(mistake: Mistake) -> str:
    """The device's answer to a value or a word that it refuses."""
    if mistake.code == -160:
        return "\nincomplete command in the end\nCommand fail. Return code -160\n"
    first = f"{mistake.first}\n" if mistake.first else "\n"
    return f"{first}{mistake.parse} parse error before '{mistake.word}'\nCommand fail. Return code {mistake.code}\n"
