"""Work on a great many objects without the garbage collector walking them again and again."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from threading import Lock
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
        _seldom.make_old()
        gc.enable()


class _Seldom:
    """Uses of `seldom` that are under way: they may overlap, so the first begins it and the last ends it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._before = gc.get_threshold()
        self._thaw = False
        self._kept = False

    def make_old(self) -> None:
        """What there is goes into the oldest generation, by way of the permanent one: no object is looked at."""
        with self._lock:
            # Frozen objects are counted one by one: that is not asked for where it is known.
            if not self._inside and not self._frozen():
                gc.freeze()
                gc.unfreeze()

    def keep(self) -> None:
        """What there is stays as long as the process."""
        with self._lock:
            self._kept, self._thaw = True, False
            gc.freeze()

    def _frozen(self) -> bool:
        return self._kept or bool(gc.get_freeze_count())

    def begin(self) -> None:
        """What there is stays, and the young are looked through less often."""
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._before, self._thaw = gc.get_threshold(), not self._frozen()
                gc.set_threshold(max(_SELDOM, self._before[0]), *self._before[1:])
            gc.freeze()

    def end(self) -> None:
        """The last one leaves everything as the first one found it."""
        with self._lock:
            self._inside -= 1
            if not self._inside:
                gc.set_threshold(*self._before)
                if self._thaw:
                    gc.unfreeze()


_seldom = _Seldom()


@contextmanager
def seldom() -> Iterator[None]:
    """What there is when it begins stays, and is not looked through for garbage; what is made inside, less often.

    For work that makes many objects that live shortly and end without circles, as answers from the network do. Uses may
    overlap, also in several threads. Where somebody else has frozen objects, nothing is thawed at the end.
    """
    uses = _seldom
    uses.begin()
    try:
        yield
    finally:
        uses.end()


def lasting() -> None:
    """What is there by now stays as long as the process, and is never looked through for garbage again."""
    _seldom.keep()
