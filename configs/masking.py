"""Secrets inside configuration lines: where they stand (a dialect's table), hiding them, and comparing around them.

A table row is a regular expression with a group `secret`; a group `type`, if there is one, is the vendor's number
for how the secret is stored. Rows see one line at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from inventory.secrets import Secret

HIDDEN = "***"
_PLACEHOLDER = re.compile(r"<secret:[^<>\s]+>")
_LINE_END = re.compile(r"(\r*\n|\r)")
# A value as commands take it: in double quotes, then it may hold blanks, or one word.
VALUE = r"(?:\"(?=[^\"]*\"))?+(?P<secret>(?<=\")[^\"]++(?=\")|(?<!\")\S++)"
# A value that goes on to the line's end.
REST = r"(?P<secret>\S(?:.*\S)?)"
# Words of which every line with a secret holds one, in the languages that have no narrower choice.
_HINT = (
    "pass|pwd|secret|key|community|auth|psk|priv|pre-share|enc |hash|user|snmp|trap|md5|sha|cipher|simple|plain"
    "|hex|wep|string|cak|bind"
)
# What no language writes but for a secret: crypt(3) and what vendors made of it, VRP's cipher texts, passwords in URLs.
_ANYWHERE = (
    re.compile(r"(?P<secret>\$1[a-z]\$\S+|\$(?:\d{1,2}|y|gy|sha1|sha512|2[abxy]|[ch])\$[^\s\";:,]+)"),
    re.compile(r"(?P<secret>%\^%#.*?%\^%#|%\$%\$.*?%\$%\$|%@%@.*?%@%@|@%@%.*?@%@%|%#%#.*?%#%#|%@%#.+?%@%#(?!#))"),
    re.compile(r"\b[a-z][a-z0-9+.-]{0,15}://[^\s/:@\"]*:(?P<secret>[^\s/\"]+)@"),
)
_SIGN = re.compile(r"\$|%[$@^#]|@%|://")
# What follows is for people.
_PROSE = re.compile(r"(?:^|\s)(?:description|remark)\s")
# A key's text between its BEGIN line and whatever is no part of it, also with line ends written as a backslash and n.
_PRIVATE_KEY = re.compile(r"(?<=PRIVATE KEY-----)(?P<body>(?:(?!-----)[\w+/=:,\s\\.*-])+)", re.ASCII)
_PEM_WORD = re.compile(r"[^\r\n]*[^\s][^\r\n]*")


@dataclass(frozen=True, slots=True)
class Secrets:
    """A dialect's table of secrets.

    `hint` is a cheap expression that every line with a secret matches in lower case (an expression that ignores case is
    several times as slow); on other lines no row is tried. `stored` matches a secret in a form only the device can have
    made (cipher text); `stored_types` are type numbers that say so.
    """

    rows: tuple[re.Pattern[str], ...]
    hint: re.Pattern[str]
    stored: re.Pattern[str]
    stored_types: frozenset[str] = frozenset()

    def spans(self, line: str) -> list[tuple[int, int]]:
        """Where the secrets of a line stand, from left to right, without overlaps."""
        found = sorted({match.span("secret") for match in self._matches(line)})
        apart: list[tuple[int, int]] = []
        for start, end in found:
            if start == end:
                continue
            if apart and start < apart[-1][1]:
                apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
            else:
                apart.append((start, end))
        return apart

    def mask(self, text: str) -> str:
        """`text` with every secret replaced by `***`; every other character as it was."""
        if "PRIVATE KEY-----" in text:
            text = _PRIVATE_KEY.sub(lambda key: _PEM_WORD.sub(HIDDEN, key["body"]), text)
        if "\n" not in text and "\r" not in text:
            return self.mask_line(text)
        parts = _LINE_END.split(text)
        return "".join(part if index % 2 else self.mask_line(part) for index, part in enumerate(parts))

    def mask_line(self, line: str) -> str:
        """One line with its secrets replaced; a placeholder of ours is no secret and stays."""
        if not self.hint.search(line.lower()) and not _SIGN.search(line):
            return line
        for start, end in reversed(self.spans(line)):
            if not _PLACEHOLDER.fullmatch(line[start:end]):
                line = line[:start] + HIDDEN + line[end:]
        return line

    def shape(self, line: str) -> str:
        """The line without what may differ in a stored secret: its text, and the number of its form."""
        spans = set(self.spans(line))
        types = (
            {match.span("type") for match in self._matches(line) if match.groupdict().get("type")} if spans else set()
        )
        for start, end in sorted(spans | types, reverse=True):
            line = line[:start] + (HIDDEN if (start, end) in spans else "") + line[end:]
        return " ".join(line.split())

    def is_stored(self, line: str) -> bool:
        """Whether every secret of the line is in a form that the device made (or that an archive masked)."""
        forms = [
            match.groupdict().get("type") in self.stored_types
            or match["secret"] == HIDDEN
            or self.stored.fullmatch(match["secret"]) is not None
            for match in self._rows(line) or self._anywhere(line)
            if match["secret"]
        ]
        return bool(forms) and all(forms)

    def _matches(self, line: str) -> Iterator[re.Match[str]]:
        yield from self._rows(line)
        yield from self._anywhere(line)

    def _rows(self, line: str) -> list[re.Match[str]]:
        """What the table finds, but for what stands in a remark for people."""
        if not self.hint.search(line.lower()):
            return []
        prose = _PROSE.search(line)
        end = prose.end() if prose else len(line)
        return [match for row in self.rows for match in row.finditer(line) if match.start("secret") < end]

    @staticmethod
    def _anywhere(line: str) -> list[re.Match[str]]:
        """What gives itself away wherever it stands, in any language."""
        return [match for row in _ANYWHERE for match in row.finditer(line)] if _SIGN.search(line) else []


def table(*rows: str, stored: str = r"(?!)", types: str = "", hint: str = "") -> Secrets:
    """A dialect's table from its expressions, with the hint that suits all of them; `hint` adds to it."""
    cheap = re.compile(f"{_HINT}|{hint}" if hint else _HINT)
    return Secrets(tuple(re.compile(row) for row in rows), cheap, re.compile(stored), frozenset(types))


def hide(text: str, values: Iterable[str]) -> str:
    """`text` with these values as `***`, wherever they stand; a short one only where it is a word of its own."""
    for value in sorted(filter(None, values), key=len, reverse=True):
        if value in text:
            exact = re.escape(value)
            text = re.sub(exact if len(value) >= 6 else rf"(?<!\w){exact}(?!\w)", HIDDEN, text)
    return text


def hide_secrets(text: str, secrets: Iterable[Secret]) -> str:
    """`text` without the secrets that were filled into it, also where no table knows the line."""
    return hide(text, (secret.reveal() for secret in secrets))


def answer(mask: Callable[[str], str], sent: str, said: str) -> str:
    """What a device said to `sent`, masked: a device may repeat a line in a form that no table knows."""
    return hide(mask(said), set(sent.split()) - set(mask(sent).split()))
