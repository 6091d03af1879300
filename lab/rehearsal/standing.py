"""What stand-ins do behind a leg: whether each has taken what its device runs, and what of that it does not carry over.

A device answers when its stand-in has done what was committed, or has failed to: packets that go as before then show
nothing of the change.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from inventory.text import Message
from lab import checks
from lab.fronts.asking import Fronts
from lab.rehearsal import mixed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lab.state import LabState

# Each daemon that has written its number down and is no more.
_ENDED: Final = """
for file in /run/frr/*.pid /run/*.pid; do
  [ -f "$file" ] && ! kill -0 "$(cat "$file")" 2>/dev/null && basename "$file" .pid
done; true
"""
PATIENCE: Final = 60.0  # seconds in which a load that is under way comes to its end


def unlike(
    keeper: int, devices: Collection[str], *, machine: bool = False
) -> tuple[dict[str, Message], dict[str, list[Message]]]:
    """Devices whose stand-ins do not do what they run, with the reason; and what those do not carry over that do.

    The second is only of devices whose text has been loaded since the lab began, each line with its number and the
    reason. LabError if the lab does not answer.
    """
    if not devices:
        return {}, {}
    fronts = Fronts(keeper, machine)
    end = time.monotonic() + PATIENCE
    seen = fronts.inspect(devices)
    while (late := [name for name, one in seen.items() if _under_way(one)]) and time.monotonic() < end:
        time.sleep(0.2)
        seen |= fronts.inspect(late)
    wrong = {name: _why(one) for name, one in seen.items() if not one["standing"]}
    left = {name: _left(one) for name, one in seen.items() if one["standing"] and one["loads"]}
    return wrong, left


def ended(state: LabState, devices: Collection[str]) -> dict[str, Message]:
    """Devices of which a daemon has ended, and which: their routes stay in the kernel, and nothing changes them."""

    def look(name: str) -> list[str]:
        done = checks.run(state, name, "sh", "-c", _ENDED)
        return done.stdout.split()

    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(devices, pool.map(look, devices), strict=True))
    return {
        name: Message("it has no {names} any more", names=", ".join(daemons))
        for name, daemons in found.items()
        if daemons
    }


def _under_way(one: Mapping[str, Any]) -> bool:
    return not one["standing"] and (one["away"] or not one["loads"] or not one["loads"][-1]["error"])


def _why(one: Mapping[str, Any]) -> Message:
    error = one["loads"][-1]["error"] if one["loads"] else ""
    return (
        Message("loading it failed: {said}", said=error)
        if error
        else Message("it is not done within {seconds} s", seconds=PATIENCE)
    )


def _left(one: Mapping[str, Any]) -> list[Message]:
    text = str(one["text"]).encode(errors="replace")
    return [
        mixed.told(text, line["line"], Message(line["template"], **line["parameters"]))
        for line in one["loads"][-1]["left"]
    ]
