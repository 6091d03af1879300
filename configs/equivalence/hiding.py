"""Lines as people may see them: what re-addressing and the proof show of a text has no secret in it.

A dialect's table knows where its secrets stand. A report also shows lines that no table knows, so here the value behind
a word for a secret is hidden too, whatever the command: better a word too many than a password in a report.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from configs import dialects
from configs.masking import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from configs.equivalence.model import Counterexample, Proof, Site

_BEHIND: Final = re.compile(
    r"(?<![\w-])(?:password|passwd|passphrase|pwd|psk|pre-shared-key|pre-shared-secret|shared-secret|secret|community"
    r"|auth-?key|key-string|(?:traps?|informs?)\s+version\s+(?:1|2c))"
    r"(?:\s+(?:cipher|irreversible-cipher|simple|plain|plaintext|hash|sha256|md5|encrypted|\d{1,2})(?=\s))?[\s=:]+"
    r"(?P<secret>\"[^\"]*\"|'[^']*'|(?!\d+:\d)[^\s;]+)",
    re.IGNORECASE,
)


def mask(platform: str, line: str) -> str:
    """A line without its secrets. Other characters stay, so that a person finds the line again."""
    shown = dialects.dialect(platform).mask(line) if platform in dialects.platforms() else line
    return _BEHIND.sub(_hidden, shown)


def _hidden(match: re.Match[str]) -> str:
    start = match.start("secret") - match.start()
    return match.group()[:start] + HIDDEN + match.group()[match.end("secret") - match.start() :]


def proof(found: Proof, platforms: Mapping[str, str]) -> Proof:
    """A proof whose lines may be shown. `platforms` says in which language each file is."""

    def site(each: Site) -> Site:
        return each._replace(text=mask(platforms.get(each.path, ""), each.text)) if each.text else each

    return replace(
        found,
        counterexamples=tuple(_counterexample(each, site) for each in found.counterexamples),
        outside=tuple(replace(each, site=site(each.site)) for each in found.outside),
    )


def _counterexample(found: Counterexample, site: Callable[[Site], Site]) -> Counterexample:
    return replace(found, old=_sites(found.old, site), new=_sites(found.new, site))


def _sites(sites: Iterable[Site], site: Callable[[Site], Site]) -> tuple[Site, ...]:
    return tuple(site(each) for each in sites)
