"""No garbage collection while a great many objects are made; afterwards everything is as it was."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from inventory import collecting
from inventory.collecting import lasting, seldom, uncollected

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _thawed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pollers of other tests in this process may be at work: here nothing is under way."""
    threshold = gc.get_threshold()
    monkeypatch.setattr(collecting, "_seldom", collecting._Seldom())
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*threshold)


def test_the_collector_rests_and_works_again() -> None:
    """Off inside, on afterwards, and what was made is not looked at again as young."""
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        made = [[number] for number in range(100_000)]
    assert gc.isenabled()
    assert gc.get_count()[0] < 1_000
    assert not any(one is made for one in gc.get_objects(0))
    assert gc.get_freeze_count() == 0


def test_a_fault_inside_and_nesting() -> None:
    """A fault does not leave the collector off; an inner use does not switch it on too early."""

    def nested() -> None:
        with uncollected():
            with uncollected():
                pass
            assert not gc.isenabled()
            raise LookupError

    with pytest.raises(LookupError):
        nested()
    assert gc.isenabled()


def test_seldom_leaves_everything_as_it_was() -> None:
    """Inside what there was is frozen and the young are let grow older; afterwards nothing of that is left."""
    before = gc.get_threshold()

    def nested() -> None:
        with seldom():
            frozen = gc.get_freeze_count()
            with seldom():
                pass
            assert gc.get_freeze_count() >= frozen > 0
            assert gc.get_threshold()[0] > before[0]
            raise LookupError

    with pytest.raises(LookupError):
        nested()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_uses_overlap_in_any_order() -> None:
    """One that begins inside another and ends after it leaves nothing behind."""
    before = gc.get_threshold()
    first, second = seldom(), seldom()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] > before[0]
    assert gc.get_freeze_count() > 0
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_seldom_is_not_never() -> None:
    """Circles that are made inside are found: memory does not grow for ever."""

    class Circle:
        """One that holds itself."""

        def __init__(self) -> None:
            self.itself = self

    with seldom():
        for _ in range(100_000):
            Circle()
        assert sum(type(one) is Circle for one in gc.get_objects()) < 20_000


def test_what_is_known_to_be_frozen_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python counts frozen objects one by one, a tenth of a second for some millions: nobody asks for it again."""

    def asked() -> int:
        raise AssertionError

    count = gc.get_freeze_count
    with seldom():
        monkeypatch.setattr(gc, "get_freeze_count", asked)
        with uncollected():
            pass
        monkeypatch.setattr(gc, "get_freeze_count", count)
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
    lasting()
    try:
        monkeypatch.setattr(gc, "get_freeze_count", asked)
        with uncollected(), seldom():
            pass
        with uncollected():
            pass
        monkeypatch.setattr(gc, "get_freeze_count", count)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
