"""What a device runs, compared with what it is to become, or with what commands that were made before begin with."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from configs import drift
from configs.guard import NAMED
from configs.masking import HIDDEN, hide_secrets
from configs.way_back import WayBack, way_back
from inventory.errors import RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from configs.change import Change
    from configs.driver import Driver
    from configs.push.jobs import Job, Typed
    from inventory.errors import GovnetError

NOTHING = WayBack(b"")


@dataclass(frozen=True, slots=True)
class Compared:
    """A device as it was found: its running configuration, and what it would take to change it."""

    before: bytes
    change: Change
    seconds: int = 0  # of a guard that a process which died has armed
    back: WayBack = NOTHING  # where it is the way back
    fault: GovnetError | None = None  # why its commands are not for this device


def compare(driver: Driver, job: Job) -> Compared:
    """Read the device and compare it with what is intended. The driver has that as its candidate then."""
    before = driver.running()
    if not job.exact:
        driver.load_merge_candidate(config=job.intended)
        return Compared(before, driver.change_from(before))
    if job.typed is not None:
        return _typed(driver, job, job.typed, before)
    back = way_back(job.target.platform, job.intended.encode(), before)
    driver.load_way_back(back.text)
    return Compared(before, driver.change_from(before), back=back)


def _typed(driver: Driver, job: Job, typed: Typed, before: bytes) -> Compared:
    """Compare a device for which the commands are there with what they begin with, and with what they lead to."""
    begins = way_back(job.target.platform, typed.before, before)
    driver.load_way_back(begins.text)
    astray = driver.change_from(before)
    ends = way_back(job.target.platform, job.intended.encode(), before)
    driver.load_way_back(ends.text, way_back(job.target.platform, typed.middle, before).text)
    change = driver.change_from(before)
    if change.empty:
        return Compared(before, change, back=ends)
    fault = None
    if not astray.empty or begins.lost or ends.lost:
        lines = [*hide_secrets(astray.diff, job.secrets).strip().splitlines(), *begins.lost, *ends.lost]
        fault = RefusedError(
            Message("{device}: it does not run what these commands begin with", device=job.device),
            Message(
                "do the stage before, or look who has changed it and make the stages again; lines that differ: {lines}",
                lines=" · ".join((*lines[:NAMED], *("…",) * (len(lines) > NAMED))),
            ),
        )
    elif typed.reconnect is not None and driver.target.endpoint == (job.after or job.target.endpoint):
        fault = RefusedError(
            Message("{device}: it answers only where these commands lead, not where they begin", device=job.device),
            Message("look why it is silent at the address where it is managed now"),
        )
    if any(HIDDEN in command for command in typed.commands):
        # A line with a secret is taken back. Whoever wrote the commands has never seen the secret; the device has it.
        return Compared(before, change, back=ends, fault=fault)
    return Compared(before, replace(change, commands=typed.commands, reconnect=typed.reconnect), back=ends, fault=fault)


def nowhere(job: Job, compared: Compared) -> GovnetError | None:
    """Why a way back is refused that takes away the address we come to, when nobody says where the device is then."""
    if not job.exact or job.after is not None or job.management is None:
        return None
    ours = str(job.management.ip)
    address = re.compile(rf"(?<![\w.:]){re.escape(ours)}(?![\w:]|\.\d)".encode())
    if not address.search(compared.before) or address.search(compared.back.text):
        return None
    return RefusedError(
        Message("{device}: on the way back it loses the address {address}", device=job.device, address=ours),
        Message("write the address that it had then into “former_address” in the table of devices"),
    )


def demand_unchanged(driver: Driver, job: Job, compared: Compared) -> None:
    """RefusedError if a device is not any more what it was found to be: then what would be restored is not what it ran.

    There is no lock on the device: it would be the session's, and a session that dies with its address would shut out
    the login that confirms the change or takes it back.
    """
    found = drift.between(job.device, job.target.platform, compared.before, driver.running())
    if found.state is drift.State.SAME:
        return
    lines = hide_secrets(found.diff, job.secrets).strip().splitlines()
    raise RefusedError(
        Message("{device}: somebody has changed it since it was read", device=job.device),
        Message(
            "look who works on it, then run the command again; lines: {lines}",
            lines=" · ".join((*lines[:NAMED], *("…",) * (len(lines) > NAMED))),
        ),
    )
