"""What the operations log and the rollouts' database say: who changed what, and how it ended.

A change of the archive belongs to somebody if the log has a push or a rollout of the device between the backup before
it and the backup that shows it. Whatever else was changed at the same time on the same device does not show here.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from audits.evidence.archive import proof
from audits.evidence.journal import BACKUP, CHANGES, record
from audits.model import Observed, Source
from configs.push import State
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from audits.evidence.journal import Journal
    from audits.evidence.limits import Limits
    from configs.archive import Change
    from configs.operations import Entry

# States in which a device was, or may have been, changed.
_TOUCHED = frozenset({State.CHANGED, State.RESTORED, State.UNKNOWN})
_MOST = 5  # changes of one device that a report names


def observe(
    devices: Iterable[str],
    changes: Mapping[str, Sequence[Change]] | Message,
    journal: Journal,
    half: Mapping[str, str] | Message,
    at: datetime,
    limits: Limits,
    *,
    same: Callable[[str, Change], bool],
) -> Iterator[Observed]:
    """The facts of the devices and of the log.

    `half` are devices that a dead rollout left in the middle, with what proves it, or why that is not known. `same`
    tells whether a change of the
    archive means nothing (time stamps, stored secrets).
    """
    yield _log(journal)
    for name in devices:
        yield _outside(name, changes, journal, at, limits, same)
        yield _confirmed(name, journal, half)


def _log(journal: Journal) -> Observed:
    if journal.doubt is not None:
        value = True if journal.broken else None
        return Observed("", "operations_log_broken", value, Source.ROLLOUT, journal.doubt)
    if not journal.entries:
        why = Message("there is no operations log")
        return Observed("", "operations_log_broken", None, Source.ROLLOUT, why)
    last = journal.entries[-1]
    why = Message("{count} lines, each chained to the one before", count=last.number)
    return Observed("", "operations_log_broken", False, Source.ROLLOUT, why, (record(last), last.hash), _iso(last.at))


def _outside(
    name: str,
    changes: Mapping[str, Sequence[Change]] | Message,
    journal: Journal,
    at: datetime,
    limits: Limits,
    same: Callable[[str, Change], bool],
) -> Observed:
    fact = "changed_outside_rollout"
    doubt = changes if isinstance(changes, Message) else journal.doubt
    if doubt is None and not journal.entries:
        doubt = Message("there is no operations log")
    if doubt is not None or isinstance(changes, Message):
        return Observed(name, fact, None, Source.ROLLOUT, doubt or Message(""))
    begin = max(at - timedelta(days=limits.changes_days), journal.entries[0].at)
    known = changes.get(name, ())
    looked = at - timedelta(days=limits.changes_days)
    rows = [(one, before) for one, before in pairwise(known) if one.before and one.at >= looked]
    told, alone = [], []
    for change, before in rows:
        cause = _cause(name, change, before, journal)
        if cause is not None:
            told.append(f"{proof(name, change)} ← {record(cause)}")
        elif change.at >= begin and not same(name, change):
            alone.append(proof(name, change))
    unwritten = sum(change.at < begin for change, _ in rows)  # nobody could have written them down
    if alone:
        why = Message("{count} changes in the archive that no push and no rollout explains", count=len(alone))
        return Observed(name, fact, True, Source.ROLLOUT, why, tuple(alone[:_MOST]), _iso(known[0].at))
    if not known:
        why = Message("the archive has no configuration of it")
        return Observed(name, fact, None, Source.ROLLOUT, why)
    if unwritten:
        why = Message("{count} changes are older than the operations log, which begins on {day}", count=unwritten,
                      day=begin.date().isoformat())  # fmt: skip
        return Observed(name, fact, None, Source.ROLLOUT, why, tuple(told[:_MOST]), _iso(known[0].at))
    why = Message(
        "{count} changes since {day}, each by a push or a rollout", count=len(told), day=begin.date().isoformat()
    )
    return Observed(name, fact, False, Source.ROLLOUT, why, tuple(told[:_MOST]), _iso(known[0].at))


def _cause(name: str, change: Change, before: Change, journal: Journal) -> Entry | None:
    """The push or rollout between the last backup that had the old text and the change; for a lab's, the lab's."""
    runs = journal.of(name, BACKUP)
    began = max(
        [before.at, *(run.at for run in runs if run.at < change.at and run.about.get("commit") != change.commit)]
    )
    lab = next((run.about.get("lab") for run in runs if run.about.get("commit") == change.commit), False)
    end = change.at + timedelta(seconds=1)  # a commit's time has no fraction
    causes = (
        entry
        for entry in journal.of(name, *CHANGES)
        if began <= entry.at <= end
        and entry.about.get("state") in _TOUCHED
        and bool(entry.about.get("lab")) == bool(lab)
    )
    return max(causes, key=lambda entry: entry.at, default=None)


def _confirmed(name: str, journal: Journal, half: Mapping[str, str] | Message) -> Observed:
    fact = "change_not_confirmed"
    if not isinstance(half, Message) and name in half:
        why = Message("a rollout that nobody conducts any more left it in the middle of its change")
        return Observed(name, fact, True, Source.ROLLOUT, why, (half[name],))
    if journal.doubt is not None:
        return Observed(name, fact, None, Source.ROLLOUT, journal.doubt)
    found = [entry for entry in journal.of(name, *CHANGES) if entry.about.get("state") in _TOUCHED]
    if not found:
        why = Message("no push and no rollout has changed it")
        return Observed(name, fact, None, Source.ROLLOUT, why)
    last = found[-1]
    state = last.about["state"]
    value: bool | None
    if state == State.UNKNOWN:
        value, why = True, Message("it was not reached again, or its change was not saved")
    elif isinstance(half, Message):
        value, why = None, half
    elif state == State.RESTORED:
        value, why = False, Message("its change was not confirmed and was taken back")
    else:
        value, why = False, Message("it was found as intended over a new login, and saved")
    return Observed(name, fact, value, Source.ROLLOUT, why, (record(last),), _iso(last.at))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
