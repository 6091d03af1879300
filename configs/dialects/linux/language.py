"""How sections differ: files are owned whole, so each is made equal to the intended one."""

from __future__ import annotations

import re

from configs.change import Language, Paths
from configs.dialects.linux.grammar import SECRETS

_NEVER = re.compile(r"(?!)")


def normalise(path: tuple[str, ...], text: str) -> str:
    """Blanks do not count."""
    del path
    return " ".join(text.split())


LANGUAGE = Language(
    # Files know no negation: the line is shown with this mark in the list of commands, for people.
    negation="-",
    leave="}",
    secrets=SECRETS,
    slots=(),
    paths=Paths(
        address=re.compile(r"address replace (?P<ip>[^/\s]+)/"),
        interface=_NEVER,
        touches=_NEVER,
        route=_NEVER,
        remote=_NEVER,
        remote_lines=_NEVER,
        remote_list=re.compile(r"(?P<list>(?!))"),
        list_header=re.compile(r"(?P<list>(?!))"),
        server=_NEVER,
    ),
    views=re.compile(r"### /"),
    owned=re.compile(r""),
    ordered=_NEVER,
    explicit=_NEVER,
    hidden=_NEVER,
    normalise=normalise,
)
