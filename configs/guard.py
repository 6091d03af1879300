"""What undoes a change if nobody confirms it, and when a change may be made without it.

A guard is armed on the device before the first line is sent, outlives the session, and is cancelled only by a new
login that found the device as it should be. A change that touches the path we arrive on is refused where no guard
can be had, unless the device can be reached another way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from inventory.errors import CommandError, RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.change import Change
    from inventory.errors import GovnetError

# Seconds: the shortest time in which a person's or a network's hiccup is not mistaken for a lost device.
SHORTEST = 120
# Seconds that a line may take on a slow device; the timer is three times the whole.
PER_LINE = 0.5
NAMED = 30  # lines that a hint names


class GuardKind(StrEnum):
    """How the device itself goes back."""

    NONE = "none"
    TRIAL = "trial"  # the platform's own: what is not committed in time is taken back
    REVERT_TIMER = "revert-timer"  # the platform's own: a timer beside the change
    TIMED_RESTORE = "timed-restore"  # a script of ours on a host with a shell
    SCHEDULED_RESTORE = "scheduled-restore"  # a job of ours in the device's own scheduler
    REBOOT = "reboot"  # the device boots what is saved: the site is down for minutes


@dataclass(frozen=True, slots=True)
class Guard:
    """What a device offers. The timer runs from `shortest` to `longest` seconds in steps of `step`.

    `reboot` says, of a device without a guard, that it has a reboot timer which nobody allowed to be used.
    """

    kind: GuardKind
    shortest: int = 1
    longest: int = 86_400
    step: int = 1
    reboot: bool = False

    def __bool__(self) -> bool:
        return self.kind is not GuardKind.NONE

    def seconds(self, wanted: int) -> int:
        """The timer the device can be given that is at least `wanted`, if it can be given one so long."""
        stepped = -(-wanted // self.step) * self.step
        return min(max(stepped, self.shortest), self.longest)


NO_GUARD = Guard(GuardKind.NONE)
REBOOT_NOT_ALLOWED = Guard(GuardKind.NONE, reboot=True)
# Every vendor's reboot timer counts whole minutes; ten hours are more than any change takes.
REBOOT = Guard(GuardKind.REBOOT, shortest=60, longest=36_000, step=60)


def timer(change: Change) -> int:
    """Seconds after which an unconfirmed change is to be undone: three times what applying it may take, at least."""
    return max(SHORTEST, round(3 * PER_LINE * len(change.commands)))


def check(device: str, change: Change, guard: Guard, *, out_of_band: bool) -> None:
    """RefusedError for a change that could lock us out and that nothing would undo."""
    if guard or out_of_band or not change.cuts:
        return
    raise RefusedError(
        Message(
            "{device}: nothing on the device would undo this change,"
            " and these lines touch the way we reach it: {lines}",
            device=device,
            lines=" · ".join(change.cuts),
        ),
        Message(
            "allow its reboot timer as the guard (--allow-reboot) while the site may be down for minutes,"
            " or set out_of_band to yes in inventory/devices.csv if the device can be reached another way"
        )
        if guard.reboot
        else Message(
            "set out_of_band to yes in inventory/devices.csv if the device can be reached another way,"
            " or make the change at its console"
        ),
    )


def how_left(error: GovnetError, sent: Sequence[str], *, back: bool, guarded: bool) -> Message:
    """How a device was left on which a change failed with `error`, and what mends it. `sent` is the change, masked."""
    if back:
        return Message("the device is back where it was and nothing was saved")
    if guarded:
        return Message(
            "the device undoes the change by itself when its timer ends, and nothing was saved; look whether it did"
        )
    lines: Sequence[str] = sent
    if isinstance(error, CommandError) and (error.accepted or error.behind):
        lines = (*error.accepted, *error.behind)
    return Message(
        "these lines may be applied; nothing was saved, a reboot takes them back: {lines}",
        lines=" · ".join((*lines[:NAMED], *("…",) * (len(lines) > NAMED))),
    )


def tell(error: GovnetError, more: Message) -> None:
    """Put one more sentence to an error's hint."""
    error.hint = Message("{first}; {second}", first=error.hint, second=more) if str(error.hint) else more
