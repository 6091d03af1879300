"""How sections differ: files are owned whole, so each is made equal to the intended one."""

from __future__ import annotations

import re

from configs.change import Language, Paths
from configs.dialects.linux.grammar import SECRETS


def normalise(path: tuple[str, ...], text: str) -> str:
    """Blanks do not count."""
    del path
    return " ".join(text.split())


LANGUAGE = Language(
    staged=True,
    # Files know no negation: the line is shown with this mark in the list of commands, for people.
    negation="-",
    leave="}",
    secrets=SECRETS,
    slots=(),
    paths=Paths(address=re.compile(r"address replace (?P<ip>[^/\s]+)/")),
    views=re.compile(r"### /"),
    owned=re.compile(r""),
    normalise=normalise,
)
