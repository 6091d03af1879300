"""Making a great many objects at once, all of which are kept, without the garbage collector walking them again."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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
