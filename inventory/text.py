"""Texts in 中文 and English: gettext catalogues, one a package, and messages that know both languages.

The English text is the message id. Parameters are named and filled by `str.format`, after translation:

    tr("{count} sites", count=3)
    Message("{name} has no address", name="rt-anping").in_language("zh_CN")
"""

from __future__ import annotations

import gettext
import os
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh_CN")
PACKAGES = ("inventory", "ipplan", "configs", "collectors", "audits", "lab", "cli")

_language = "en"


def language() -> str:
    """The language in use: `en` or `zh_CN`."""
    return _language


def set_language(name: str) -> None:
    """Choose the language by its name or by a locale's (`zh_CN.UTF-8`, `zh`, `en_GB` …)."""
    global _language  # noqa: PLW0603 - the language is the process's, as the locale is
    _language = canonical_language(name)


def canonical_language(name: str) -> str:
    """`zh_CN` for any Chinese locale name, else `en`."""
    return "zh_CN" if name.lower().startswith("zh") else "en"


def environment_language() -> str:
    """The language that GOVNET_LANG, LC_ALL, LC_MESSAGES or LANG asks for, in this order; `en` if none does."""
    for variable in ("GOVNET_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return canonical_language(value)
    return "en"


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    """All packages' catalogues for one language, one behind the other: of two translations the lower layer's holds."""
    root = Path(__file__).parent.parent
    merged = gettext.NullTranslations()
    for package in PACKAGES:
        path = root / package / "locale" / name / "LC_MESSAGES" / "govnet.mo"
        if path.exists():
            with path.open("rb") as stream:
                translations = gettext.GNUTranslations(stream)
            merged.add_fallback(translations)
    return merged


@lru_cache(1 << 13)  # a report says the same many times, and a miss asks every catalogue
def _translate(template: str, language_name: str) -> str:
    if language_name == "en" or not template:
        return template
    return _catalogue(language_name).gettext(template)


def tr(template: str, /, **parameters: Any) -> str:
    """`template` in the language in use, with its parameters filled in."""
    text = _translate(template, _language)
    return text.format(**parameters) if parameters else text


def mark(template: str) -> str:
    """Mark a text for translation where it is written; `tr` translates it where it is shown."""
    return template


LONGEST = 60  # characters of a name that a message shows
LONGEST_HINT = 200  # characters of a text that a hint says to write


def shortened(text: str) -> str:
    """A name as a message shows it: one of thousands of characters would push everything else out of sight."""
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


@dataclass(frozen=True, init=False)
class Message:
    """A text with its parameters, which can be shown in either language (an error, a finding, a label)."""

    template: str
    parameters: dict[str, Any] = field(default_factory=dict)

    def __init__(self, template: str, /, **parameters: Any) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "parameters", parameters)

    def __str__(self) -> str:
        return self.in_language(_language)

    def in_language(self, name: str) -> str:
        """The text in `name` (`en` or `zh_CN`); parameters that are messages follow."""
        filled = {
            key: value.in_language(name) if isinstance(value, Message) else self._shown(key, value)
            for key, value in self.parameters.items()
        }
        text = _translate(self.template, name)
        return text.format(**filled) if filled else text

    def _shown(self, key: str, value: Any) -> Any:
        """A parameter as it is shown: a quoted name is cut, a device's line and what a hint says to write are not."""
        quoted = key != "line" and f"“{{{key}}}”" in self.template
        if not isinstance(value, str) or not (quoted or (key == "text" and len(value) > LONGEST_HINT)):
            return value
        return shortened(value)

    def __hash__(self) -> int:
        return hash((self.template, tuple(sorted((key, str(value)) for key, value in self.parameters.items()))))
