"""Packet filters as they are written: what a list lets in before it denies everything."""

from __future__ import annotations

import pytest

from configs.meaning.filters import FilterRule, permits_any_source, permits_everything


@pytest.mark.parametrize(
    ("permits", "expected"),
    [((True,), 1), ((False, True), None), ((False,), None), ((), None)],
)
def test_a_deny_of_everything_voids_what_follows(permits, expected):
    """Only the first rule that matches everything counts."""
    entries = [FilterRule(number, permit) for number, permit in enumerate(permits, 1)]
    for found in (permits_everything(entries), permits_any_source(entries)):
        assert (found.line if found else None) == expected
