"""What is looked at before and after a device's change, and what counts as worse.

A look gives a set of words: the neighbours that are up, the prefixes that are known, the errors in the log; for a
yes-or-no question one word for yes. What was seen before the change is kept beside the bundle, so that a process that
goes on with a change compares with what was there before it, not with what it finds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from configs.rollout.policy import CheckKind
from inventory.errors import DeviceError
from inventory.sources import write_atomically
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from configs.rollout.policy import Check

    # Gives what a check sees now at a device. GovnetError if it cannot be seen.
    Look: TypeAlias = Callable[[Check, str], frozenset[str]]

# Of the routes that were known before, so many may be missing after: tables move while a network is changed.
ROUTES_LOST = 0.1
# Checks that need nothing to be compared with.
ABSOLUTE = (CheckKind.SNMP, CheckKind.PING)
NAMED = 5  # words that a message names


def demand(checks: Iterable[Check], looks: Mapping[CheckKind, Look], device: str) -> None:
    """DeviceError if one of the checks fails now; those that only compare say nothing alone."""
    for check in checks:
        _seen(check, looks, device)


def before(checks: Iterable[Check], looks: Mapping[CheckKind, Look], device: str, kept: Path) -> None:
    """Look, and keep what is seen, unless it was kept by an earlier attempt. DeviceError if that cannot be seen.

    What only has to hold afterwards (an answer to a poll, a ping) is not asked: the change may be what brings it.
    """
    if kept.exists():
        return
    seen = [[] if check.kind in ABSOLUTE else sorted(_look(check, looks, device)) for check in checks]
    write_atomically(kept, json.dumps(seen, ensure_ascii=False).encode())


def after(checks: Iterable[Check], looks: Mapping[CheckKind, Look], device: str, kept: Path) -> None:
    """Look again. DeviceError with what has become worse."""
    wanted = list(checks)
    earlier: list[list[str]] = json.loads(kept.read_bytes()) if kept.exists() else [[] for _ in wanted]
    for check, words in zip(wanted, earlier, strict=False):
        fault = _worse(check, frozenset(words), _look(check, looks, device))
        if fault is not None:
            raise DeviceError(
                device,
                Message("after the change: {what}", what=fault),
                Message("the change is taken back; look why before it is tried again"),
            )


def _seen(check: Check, looks: Mapping[CheckKind, Look], device: str) -> frozenset[str]:
    words = _look(check, looks, device)
    if check.kind in ABSOLUTE and not words:
        raise DeviceError(
            device,
            Message("before the change: {what}", what=_missing(check)),
            Message("mend that first, or take the check out of rollout.yaml; nothing was changed"),
        )
    return words


def _look(check: Check, looks: Mapping[CheckKind, Look], device: str) -> frozenset[str]:
    look = looks.get(check.kind)
    if look is None:
        raise DeviceError(
            device,
            Message("the check “{kind}” cannot be made here", kind=check.kind.value),
            Message("take it out of rollout.yaml; a check that was not made is not passed"),
        )
    return look(check, device)


def _worse(check: Check, earlier: frozenset[str], now: frozenset[str]) -> Message | None:
    """What is worse than before, if anything."""
    match check.kind:
        case CheckKind.SNMP | CheckKind.PING:
            return None if now else _missing(check)
        case CheckKind.LOG:
            return _named(mark("new errors in the log: {names}"), now - earlier)
        case CheckKind.NEIGHBOURS:
            if len(now) < len(earlier):
                return _named(mark("routing neighbours are gone: {names}"), earlier - now)
            return None
        case CheckKind.ROUTES:
            if len(now) < len(earlier) * (1 - ROUTES_LOST):
                return Message("of {count} routes {left} are left", count=len(earlier), left=len(now))
            return None


def _missing(check: Check) -> Message:
    if check.kind is CheckKind.SNMP:
        return Message("it does not answer a poll")
    return Message("{source} does not reach {address}", source=check.source or "–", address=check.to)


def _named(template: str, words: frozenset[str]) -> Message | None:
    if not words:
        return None
    shown = sorted(words)
    return Message(template, names=", ".join((*shown[:NAMED], *("…",) * (len(shown) > NAMED))))
