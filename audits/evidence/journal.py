"""The operations log as evidence: what was done to which device, and whether the log is whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configs.operations import FILE, Operations
from inventory.errors import InputError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from configs.operations import Entry

CHANGES = ("push.device", "rollout.device", "rollout.undo")
BACKUP = "backup.done"
COMPARED = "drift.since"
# What of an entry stands in a report.
_SHOWN = ("device", "devices", "rollout", "state", "since", "commit", "approved", "lab")


@dataclass(frozen=True)
class Journal:
    """The entries up to a moment, the oldest first.

    `doubt` says why they cannot be believed, and there are none then; `broken` is true if that is because the log is
    not as it was written.
    """

    entries: tuple[Entry, ...] = ()
    by_device: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    doubt: Message | None = None
    broken: bool = False

    def of(self, device: str, *kinds: str) -> list[Entry]:
        """The entries of some kinds that name a device, the oldest first."""
        return [entry for entry in self.by_device.get(device, ()) if entry.what in kinds]


def journal(entries: Sequence[Entry]) -> Journal:
    """The journal of these entries."""
    by_device: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in _names(entry):
            by_device[name].append(entry)
    return Journal(tuple(entries), by_device)


def read(root: Path, at: datetime) -> Journal:
    """The log of a workspace up to `at`; of one that was altered no entry is believed."""
    try:
        return journal([entry for entry in Operations(root).entries() if entry.at <= at])
    except InputError as error:
        problem = error.problems[0]
        return Journal(
            doubt=Message("{where}: {what}", where=f"{FILE}:{problem.line}", what=problem.message), broken=True
        )
    except OSError as error:
        why = Message("cannot be read: {reason}", reason=error.strerror or type(error).__name__)
        return Journal(doubt=Message("{where}: {what}", where=FILE, what=why))


def record(entry: Entry) -> str:
    """An entry as a line of proof."""
    about = ", ".join(f"{key} {entry.about[key]}" for key in _SHOWN if entry.about.get(key, "") != "")
    return f"{FILE}:{entry.number} {entry.at.isoformat(timespec='seconds')} {entry.who} {entry.what} {about}".rstrip()


def _names(entry: Entry) -> Iterator[str]:
    """The devices that an entry speaks of."""
    keys = ("device",) if entry.what in CHANGES else ("names", "drifted") if entry.what in (BACKUP, COMPARED) else ()
    for key in keys:
        yield from filter(None, str(entry.about.get(key, "")).split(", "))
