"""What a change is: its steps, and what is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inventory.text import Message


@dataclass(frozen=True, slots=True)
class Change:
    """What to send, and what it means.

    `commands` are sent in configuration mode, in order; views are entered and left; one that holds line feeds (a
    banner of several lines) has a prompt only after its last line. `diff` is for people, masked.
    `added` and `removed` count its lines. `cuts` are those commands that touch the path, the address or the interface
    we arrive on. `reconnect` is an index into `commands`: what stands before it ends our session, the rest is
    sent after a login at the new address; None if the session survives. `notes` say what differs and is not ours to
    change; they are there also where there is nothing to do.
    """

    commands: tuple[str, ...] = field(default=(), repr=False)  # may hold secrets
    diff: str = ""
    added: int = 0
    removed: int = 0
    cuts: tuple[str, ...] = ()
    reconnect: int | None = None
    notes: tuple[Message, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.commands


class Phase(IntEnum):
    """When an edit is sent."""

    ADD = 0
    REMOVE = 1
    REMOTE = 2  # the door we came in by: after everything else
    ADDRESS = 3  # the floor we stand on: the last line of the session
    AFTER = 4  # only safe over the new path


@dataclass(frozen=True, slots=True)
class Edit:
    """One step: lines that go (`old`), a line that comes (`new`), the commands for it in the view `path`."""

    path: tuple[str, ...]
    old: tuple[str, ...]
    new: str
    commands: tuple[str, ...]
    opens: bool = False
    phase: Phase = Phase.ADD
    cut: bool = False
