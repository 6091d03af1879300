"""rollout.yaml: what it says, and what is said about its faults."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.rollout import policy
from configs.rollout.policy import Check, CheckKind, Share
from inventory.errors import InputError
from inventory.model import Level

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = b"""
first: [lantian]
waves: [1, 5, 20%, rest]
by: county
sites_in_flight: 3
stop_after_failures: 2
windows:
  - {days: [sat, sun], from: "22:00", to: "06:00"}
approval: yes
before: [{check: snmp}]
after: [{check: ping, from: rt-core, to: 10.1.1.1}]
zones: {north: "county=431382"}
"""


def test_everything_is_read() -> None:
    """Each key means what its name says."""
    read = policy.parse(WHOLE)
    assert read.first == ("lantian",)
    assert read.waves == (Share(count=1), Share(count=5), Share(percent=20), Share())
    assert (read.by, read.sites_in_flight, read.stop_after_failures, read.approval) == (Level.COUNTY, 3, 2, True)
    assert read.before == (Check(CheckKind.SNMP),)
    assert read.after == (Check(CheckKind.PING, "rt-core", "10.1.1.1"),)
    assert read.zones == {"north": "county=431382"}


def test_without_a_file_the_policy_is_the_usual_one(tmp_path: Path) -> None:
    """Nothing written means the defaults: one site first, and no failure tolerated."""
    assert policy.load(tmp_path / policy.FILE) == policy.Policy() == policy.parse(b"# nothing yet\n")
    assert policy.Policy().waves[0] == Share(count=1)
    assert policy.Policy().stop_after_failures == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"waves: [0]", 1),
        (b"waves: [120%]", 1),
        (b"waves: [one]", 1),
        (b"\nby: town", 2),
        (b"sites_in_flight: 0", 1),
        (b"windows: [{from: 25:00, to: '06:00'}]", 1),
        (b"windows: [{from: '22:00'}]", 1),
        (b"after: [{check: prayer}]", 1),
        (b"after: [{check: ping, to: 10.1.1}]", 1),
        (b"aproval: yes", 1),
        (b"- a", 0),
    ],
)
def test_faults_are_said_with_their_line(text: bytes, line: int) -> None:
    """Each fault is an InputError that names the file, the line, and what to do, in both languages."""
    with pytest.raises(InputError) as caught:
        policy.parse(text)
    [problem] = caught.value.problems
    assert problem.file == policy.FILE
    assert line in {problem.line, 0}
    assert problem.in_language("zh_CN") != problem.in_language("en")


@given(total=st.integers(1, 500), percent=st.integers(1, 100))
def test_a_share_is_at_least_one_site_and_at_most_what_is_left(total: int, percent: int) -> None:
    """20 % of three sites is one site."""
    share = Share(percent=percent).of(total, total)
    assert 1 <= share <= total
    assert share * 100 >= total * percent


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-11-21T23:00", True),  # Saturday
        ("2026-11-22T05:59", True),  # the night from Saturday
        ("2026-11-23T05:59", True),  # the night from Sunday
        ("2026-11-22T06:00", False),
        ("2026-11-24T23:00", False),  # Tuesday
        ("2026-11-21T05:00", False),  # the night from Friday
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins(moment: str, holds: bool) -> None:
    """`sat 22:00–06:00` is Saturday night."""
    assert policy.parse(WHOLE).open(datetime.fromisoformat(moment)) is holds


def test_the_schema_is_one() -> None:
    """The JSON schema names every key."""
    assert set(policy.schema()["properties"]) >= {"waves", "windows", "approval", "zones"}
