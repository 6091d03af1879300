"""The VPN targets of an instance, as both vendors take and show them.

`vpn-target TARGET &<1-8> [ both | export-extcommunity | import-extcommunity ]`, `both` where nothing is said, and `undo
vpn-target { all | TARGET &<1-8> [ … ] }` (S switches' command reference, “vpn-target (VPN instance view)”; HPE's for
Comware 7, “vpn-target”). No published configuration shows `both`: it is one line a direction, exporting first on VRP.
That a line which only adds targets stands by itself is unverified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.emulator.grammar import Rule

MOST = 8  # targets in one line
EXPORT, IMPORT = "export-extcommunity", "import-extcommunity"


def told(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The targets of a line, each once, and the directions that it is about."""
    targets = tuple(dict.fromkeys(word for word in words[1:] if ":" in word))
    ways = (words[-1],) if words[-1] in (EXPORT, IMPORT) else (EXPORT, IMPORT)
    return targets, ways


def assign(here: Entry, rule: Rule, words: tuple[str, ...]) -> tuple[str, ...]:
    """Put the targets that are new; the directions of the line."""
    targets, ways = told(words)
    for way in ways:
        held = {target for line in _lines(here, way) for target in line.words[1:-1]}
        new = [target for target in targets if target not in held]
        if new:
            _put(here, rule, new, way)
    return ways


def withdraw(here: Entry, words: tuple[str, ...]) -> bool:
    """Take the targets of a line out, or all; False if one of them is not there, and then none goes."""
    if words[1:] == ("all",):
        return bool(here.remove(("vpn-target",)))
    targets, ways = told(words)
    held = [(line, way) for way in ways for line in _lines(here, way)]
    if not set(targets) <= {target for line, _ in held for target in line.words[1:-1]}:
        return False
    for line, way in held:
        left = [target for target in line.words[1:-1] if target not in targets]
        if len(left) + 2 < len(line.words):
            del here.children[line.key]
            if left and line.rule is not None:
                _put(here, line.rule, left, way)
    return True


def _lines(here: Entry, way: str) -> list[Entry]:
    return [line for line in here.starting("vpn-target") if line.words[-1] == way]


def _put(here: Entry, rule: Rule, targets: Iterable[str], way: str) -> None:
    words = ("vpn-target", *targets, way)
    here.put(Entry(words, words, rule))
