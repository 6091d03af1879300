"""Work on a great many objects without the garbage collector walking them again and again."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# After so many new objects they are looked through, 14 times as many as Python's own habit.
_SELDOM = 10_000


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection inside; afterwards what was made counts as old, as if it had been looked at.

    Without this the collector walks through a province's million objects while they are made, and once more right
    after. Where somebody has frozen objects (`gc.freeze`), they stay frozen and nothing is made old.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            # Into the permanent generation and back into the oldest one: no object is looked at.
            gc.freeze()
            gc.unfreeze()
        gc.enable()


@contextmanager
def seldom() -> Iterator[None]:
    """What there is when it begins stays, and is not looked through for garbage; what is made inside, less often.

    For work that makes many objects that live shortly and end without circles, as answers from the network do. Inside
    another use, and where somebody has frozen objects, what there is is not thawed at the end.
    """
    before, thaw = gc.get_threshold(), not gc.get_freeze_count()
    gc.freeze()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if thaw:
            gc.unfreeze()
