"""What the archive says: is there a backup, how old is it, and does the device still run it.

A run that finds nothing changed makes no commit, so the day of a backup is that of the newest of two: the commit in
which the text last changed, and the run of `govnet config backup` in the operations log that named the device.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from audits.evidence.journal import BACKUP, COMPARED, record
from audits.model import Observed, Source
from configs.archive import FILE
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from audits.evidence.journal import Journal
    from audits.evidence.limits import Limits
    from configs.archive import Change


def observe(
    devices: Iterable[str],
    changes: Mapping[str, Sequence[Change]] | Message,
    journal: Journal,
    at: datetime,
    limits: Limits,
) -> Iterator[Observed]:
    """The facts of the devices. `changes` are those of the archive, the newest first, or why it cannot be read."""
    for name in devices:
        yield _none(name, changes)
        yield _backup(name, changes, journal, at, limits)
        yield _differs(name, journal)


def proof(device: str, change: Change) -> str:
    """A commit as a line of proof."""
    return f"{change.commit[:12]} {change.at.isoformat(timespec='seconds')} {device}/{FILE}"


def _none(name: str, changes: Mapping[str, Sequence[Change]] | Message) -> Observed:
    """Whether there is any backup at all, however old: that, and not its age, is the high risk."""
    fact = "no_backup"
    if isinstance(changes, Message):
        return Observed(name, fact, None, Source.ARCHIVE, changes)
    known = changes.get(name, ())
    if not known:
        return Observed(name, fact, True, Source.ARCHIVE, Message("the archive has no configuration of it"))
    return Observed(name, fact, False, Source.ARCHIVE, Message("the archive has it"), (proof(name, known[0]),))


def _backup(
    name: str, changes: Mapping[str, Sequence[Change]] | Message, journal: Journal, at: datetime, limits: Limits
) -> Observed:
    fact = "backup_old"
    if isinstance(changes, Message):
        return Observed(name, fact, None, Source.ARCHIVE, changes)
    known = changes.get(name, ())
    if not known:
        return Observed(name, fact, True, Source.ARCHIVE, Message("the archive has no configuration of it"))
    seen, records = known[0].at, [proof(name, known[0])]
    runs = journal.of(name, BACKUP)
    if runs:
        seen = max(seen, runs[-1].at)
        records.append(record(runs[-1]))
    age = at - seen
    why = Message(
        "the last backup is {age} days old; {limit} are allowed",
        age=f"{age / timedelta(days=1):.1f}",
        limit=limits.backup_days,
    )
    old: bool | None = age > timedelta(days=limits.backup_days)
    if old and journal.doubt is not None:  # a younger backup of an unchanged text would stand in the log alone
        old = None
        why = Message(
            "the text last changed {age} days ago, and the log does not tell whether it was backed up since: {why}",
            age=age.days,
            why=journal.doubt,
        )
    return Observed(name, fact, old, Source.ARCHIVE, why, tuple(records), seen.isoformat(timespec="seconds"))


def _differs(name: str, journal: Journal) -> Observed:
    """What `govnet config drift --since` found when it last asked the device, unless it was backed up again since."""
    fact = "config_differs_from_archive"
    if journal.doubt is not None:
        return Observed(name, fact, None, Source.ARCHIVE, journal.doubt)
    found = journal.of(name, BACKUP, COMPARED)
    if not found or found[-1].what == BACKUP:
        why = Message("nobody has compared it with the archive since its last backup")
        return Observed(name, fact, None, Source.ARCHIVE, why)
    last = found[-1]
    differs = name in str(last.about.get("drifted", "")).split(", ")
    ran = mark("it ran something else when it was compared")
    why = Message(ran if differs else mark("it ran the same when it was compared"))
    return Observed(name, fact, differs, Source.ARCHIVE, why, (record(last),), last.at.isoformat(timespec="seconds"))
