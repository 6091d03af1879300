"""Which stages have been done on which devices, by the rollouts' record: one is begun when those before it are done.

A device guards itself, and nobody else: an old address that is taken away is the way of whoever still uses it.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from configs.dialects import dialect
from configs.rollout import bundle as bundles
from configs.rollout import stages
from inventory.errors import RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from configs.rollout.store import Store

NAMED = 10  # devices that a refusal names


def demand_turn(root: Path, folder: str, store: Store, *, undo: bool, lab: bool) -> None:
    """RefusedError if devices have not done a stage before this one or, to undo it, have not undone a later one."""
    top = PurePosixPath(folder).parent
    every = stages.all_steps(root / top)
    names = list(every)
    if PurePosixPath(folder).name not in every:
        stages.steps(root, folder)  # says what there is instead
    done = _done(root, top, store, every, lab=lab)
    place = names.index(PurePosixPath(folder).name)
    for name in reversed(names[place + 1 :]) if undo else names[:place]:
        left = [device for device, step in every[name].items() if ((name, device) in done) is undo and _sent(step)]
        if left:
            raise _not_yet(str(top / name), left, undo=undo)


def _sent(step: stages.Step) -> bool:
    """Whether rollouts change devices of its platform; others are a person's, and nobody knows how far those are."""
    return dialect(step.platform).driver() is not None


def _done(
    root: Path, top: PurePosixPath, store: Store, every: dict[str, dict[str, stages.Step]], *, lab: bool
) -> set[tuple[str, str]]:
    """The stages and devices that the latest of their rollouts has done and not undone, as these stages are."""
    found: set[tuple[str, str]] = set()
    for rollout in bundles.names(root):
        bundle = bundles.read(root, rollout)
        path = PurePosixPath(bundle.stage)
        if not bundle.stage or path.parent != top or path.name not in every or bundle.lab is not lab:
            continue
        for row in store.devices(rollout):
            step = every[path.name].get(row.device)
            if step is None or not row.ok:
                continue
            if bundle.devices[row.device].digest != (step.reversed() if bundle.undo else step).digest:
                continue
            (found.discard if bundle.undo else found.add)((path.name, row.device))
    return found


def _not_yet(stage: str, devices: Iterable[str], *, undo: bool) -> RefusedError:
    names = list(devices)
    shown = ", ".join((*names[:NAMED], *("…",) * (len(names) > NAMED)))
    if undo:
        return RefusedError(
            Message("the later stage {stage} has not been taken back on: {devices}", stage=stage, devices=shown),
            Message("take it back first: govnet rollout start --stage {stage} --undo", stage=stage),
        )
    return RefusedError(
        Message("the stage {stage} has not been done on: {devices}", stage=stage, devices=shown),
        Message(
            "do it first (govnet rollout start --stage {stage}): an address that they use may go; or say --ahead",
            stage=stage,
        ),
    )
