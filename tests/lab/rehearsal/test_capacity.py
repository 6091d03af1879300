"""The load on lines: what was measured, who sends how much for it, what is too much. No lab."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inventory.errors import InputError
from inventory.text import Message
from lab.rehearsal.capacity import demands, judge, measured, shaping, watch
from lab.rehearsal.capacity.generator import HEADERS, size_of
from lab.rehearsal.capacity.measured import Measured
from lab.rehearsal.capacity.model import Capacity
from lab.rehearsal.loads import LineLoad, Moment, PairLoad, Window

if TYPE_CHECKING:
    from pathlib import Path

MBPS = {"ln-a": 100, "ln-b": 50, "ln-blank": 0}
DOWN = Message("{name} is down", name="ln-a")


# ---- what was measured


def table(path: Path, text: str) -> Path:
    """A table of loads."""
    path.write_text("\ufefftime,device,line,percent\n" + text, encoding="utf-8")
    return path


def test_a_line_has_the_percentile_of_the_device_that_shows_most(tmp_path: Path) -> None:
    """As carriers bill: of 1 … 100 the 95th percentile is 95.05, whatever the order of the rows."""
    rows = [f"{hour},r1,ln-a,{101 - hour}" for hour in range(1, 101)] + ["1,core,ln-a,94", "1,r1,ln-b,0"]
    found = measured.read(table(tmp_path / "lines.csv", "\n".join(rows)), MBPS)
    assert (round(found["ln-a"].percent, 2), found["ln-a"].device, found["ln-a"].rows) == (95.05, "r1", 100)
    assert found["ln-b"].percent == 0
    assert set(found) == {"ln-a", "ln-b"}


def test_every_fault_of_a_table_is_said(tmp_path: Path) -> None:
    """Where it is and what was meant."""
    path = table(tmp_path / "lines.csv", "1,r1,ln-aa,5\n2,r1,ln-a,much\n3,r1,ln-a,-1\n4,r1,ln-a,nan\n")
    with pytest.raises(InputError) as caught:
        measured.read(path, MBPS)
    assert [(one.code, one.line) for one in caught.value.problems] == [
        ("bad-value", 3),
        ("bad-value", 4),
        ("bad-value", 5),
        ("unknown-name", 0),
    ]
    assert "ln-a" in str(caught.value.problems[-1].hint)
    path.write_text("line,percent\nln-a,5\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        measured.read(path, MBPS)
    assert str(caught.value.problems[0].message) == "the table has no column time, device"


# ---- who sends how much


def ways_of(lines: dict[str, tuple[str, ...]]) -> dict[str, list[tuple[str, str]]]:
    """The ways between hosts behind these lines of a tree; the first of a host's lines is nearest to it."""
    found = {}
    for a, up in lines.items():
        for b, down in lines.items():
            if a != b:
                there = [(line, "up") for line in up if line not in down]
                found[f"{a}{b}"] = there + [(line, "down") for line in reversed(down) if line not in up]
    return found


def test_lines_have_what_was_measured_on_them() -> None:
    """A tree of three lines whose loads can be had together: each has its own, in both directions."""
    ways = ways_of({"a": ("ln-a",), "b": ("ln-b", "ln-a"), "c": ("ln-c",)})
    loads = {"ln-a": 80.0, "ln-b": 6.0, "ln-c": 80.0}
    found = demands.on_lanes(ways, demands.fit(ways, loads))
    for (line, _), load in found.items():
        assert load == pytest.approx(loads[line], rel=0.01)


def test_a_load_that_cannot_be_had_here_takes_nothing_from_the_others() -> None:
    """Most of what a backbone carries belongs to devices that do not run."""
    ways = ways_of({"a": ("ln-a",), "b": ("ln-b", "ln-a"), "c": ("ln-c",), "d": ("ln-d",)})
    loads = {"ln-a": 80.0, "ln-b": 6.0, "ln-c": 80.0, "ln-d": 1600.0}
    found = demands.on_lanes(ways, demands.fit(ways, loads))
    assert found["ln-b", "up"] == pytest.approx(6.0, rel=0.02)
    assert found["ln-a", "down"] == pytest.approx(80.0, rel=0.02)
    assert found["ln-d", "up"] <= 160.1


@given(some.dictionaries(some.sampled_from("abcde"), some.floats(0, 1000), min_size=1), some.randoms())
def test_no_line_is_given_more_than_was_measured(loads: dict[str, float], chance: Any) -> None:
    """Whatever the loads and the ways are."""
    ways = {f"p{number}": [(line, "up") for line in "abcde" if chance.random() < 0.5] for number in range(8)}
    sent = demands.fit(ways, loads)
    for (line, _), load in demands.on_lanes(ways, sent).items():
        assert load <= loads.get(line, float("inf")) * 1.001 + 1e-9
    assert set(sent) == {pair for pair, lanes in ways.items() if any(line in loads for line, _ in lanes)}


# ---- at which scale


@pytest.mark.parametrize(("megabits", "factor"), [(0.5, 1), (8, 1), (9, 2), (320, 50), (800, 100), (801, 200)])
def test_the_scale_is_round_and_enough(megabits: float, factor: int) -> None:
    """1, 2, 5, 10 …: all hosts together send no more than the lab bears."""
    assert shaping.scale(megabits) == factor
    assert megabits * 1e6 / factor <= shaping.MOST


def test_packets_are_small_where_little_is_sent() -> None:
    """So that a pair's loss can be told; large ones are not larger than a frame."""
    assert size_of(2e6) == 1400
    assert size_of(100) == 64
    assert size_of(80_000) + HEADERS == 400


# ---- what is too much


def seen(*lanes: tuple[str, str, float, float], lost: float | None = 0.0, moment: Moment = Moment.BEHIND) -> Window:
    """A window: (line, device, offered, dropped) each; a pair that goes over the fullest, and the pair's loss."""
    lines = tuple(
        LineLoad(line, device, MBPS[line], offered, offered * (1 - dropped), dropped)
        for line, device, offered, dropped in lanes
    )
    way = [(one.line, one.device) for one in sorted(lines, key=lambda one: one.offered)[-1:]]
    return Window(moment, 4.0, lines, (PairLoad("pc-a", "pc-b", 80.0, lost),), {"pc-a → pc-b": way})


def known(today: Window, **loads: float) -> Capacity:
    """What is known, with a limit of 80 %."""
    peaks = {f"ln-{name}": Measured(percent, "r1", 720) for name, percent in loads.items()}
    return Capacity("measured/lines.csv", 50, 80.0, MBPS, peaks, {"pc-a → pc-b": 80.0}, {}, (), today)


TODAY = seen(("ln-a", "core", 81.0, 0.0), ("ln-b", "core", 0.0, 0.0), moment=Moment.TODAY)


def test_a_line_that_is_full_today_is_listed_and_no_finding_until_it_is_fuller() -> None:
    """81 % of today are today's; 95 % are the change's."""
    capacity = known(TODAY, a=80.6)
    assert capacity.full_today == ["ln-a"]
    assert list(judge.findings(capacity, TODAY, "today")) == []
    assert list(judge.findings(capacity, seen(("ln-a", "core", 82.5, 0.0)), "001-fix")) == []
    [found] = judge.findings(capacity, seen(("ln-a", "core", 95.0, 0.0)), "001-fix")
    assert (found.kind, found.device, found.line, found.pair) == ("line-full", "core", "ln-a", "pc-a → pc-b")


def test_what_does_not_fit_has_line_device_and_pair() -> None:
    """In the direction that it goes in; with the fault that led it there."""
    window = seen(("ln-b", "r1", 1.0, 0.0), ("ln-b", "core", 80.0, 0.38), lost=0.38, moment=Moment.DURING)
    full, lost = judge.findings(known(TODAY, a=80.6), window, "001-fix", [DOWN])
    assert (full.kind, lost.kind) == ("line-full", "load-lost")
    for found in (full, lost):
        assert (found.device, found.line, found.pair) == ("core", "ln-b", "pc-a → pc-b")
        assert "ln-a is down" in str(found.told)
    assert "160 %" in str(full.told)
    assert "today ? %" in str(full.told)
    assert "38.0 %" in str(lost.told)


def test_a_load_that_was_not_sent_is_never_one_that_fits() -> None:
    """A machine that was too busy has not shown that a line is wide enough; what it did show still counts."""
    window = replace(seen(("ln-a", "core", 40.0, 0.0)), sent=0.6)
    [found] = judge.findings(known(TODAY, a=80.6), window, "001-fix", [DOWN])
    assert (found.kind, found.leg) == ("load-not-sent", "001-fix")
    assert "60 % of it" in str(found.told)
    assert "ln-a is down" in str(found.told)
    full = replace(seen(("ln-a", "core", 95.0, 0.0)), sent=0.9)
    assert [one.kind for one in judge.findings(known(TODAY), full, "001-fix")] == ["load-not-sent", "line-full"]


def test_what_was_sent_is_counted_but_for_a_packet_at_the_edge() -> None:
    """Of a large and a small load: all of it, half of the large one, and nothing."""
    rates, each = [80_000.0, 1_000.0], 80_000 * 4 // (400 * 8)
    assert watch._share(rates, [(1, 0, each, each), (1, 1, 4, 4), (0, 0, 9, 9)], 4.0) == 1
    assert watch._share(rates, [(1, 0, each // 2, 0), (1, 1, 4, 4)], 4.0) == pytest.approx(0.5, abs=0.02)
    assert watch._share(rates, [], 4.0) == pytest.approx(0, abs=0.02)
    assert watch._share([], [], 4.0) == 1


def test_a_loss_that_no_line_has_made_blames_none() -> None:
    """And one that is there today is said of today alone; too few packets say nothing."""
    capacity = known(replace(TODAY, pairs=(PairLoad("pc-a", "pc-b", 80.0, 0.2),)))
    [found] = judge.findings(capacity, capacity.today, "today")
    assert (found.kind, found.device, found.line) == ("load-lost", "", "")
    assert list(judge.findings(capacity, seen(("ln-a", "core", 60.0, 0.0), lost=0.2), "001-fix")) == []
    assert list(judge.findings(capacity, seen(("ln-a", "core", 60.0, 0.0), lost=None), "001-fix")) == []


def test_what_is_not_known_is_said_and_never_zero() -> None:
    """No measurement, no bandwidth: null in the JSON, a sentence in the notes."""
    capacity = replace(known(TODAY, a=80.6), wanted={"ln-a": 17.0}, narrow=("ln-b",))
    rows = {row["line"]: row for row in capacity.as_json()["lines"]}
    assert rows["ln-b"]["measured_percent"] is rows["ln-b"]["offered_mbps"] is None
    assert (rows["ln-blank"]["mbps"], rows["ln-blank"]["judged"], rows["ln-b"]["judged"]) == (None, False, False)
    today = {row["line"]: row for row in capacity.as_json()["today"]["lines"]}
    assert (today["ln-a"]["at_least"], today["ln-b"]["at_least"]) == (False, True)
    told = "\n".join(map(str, judge.notes(capacity)))
    for part in (
        "95th percentile of measured/lines.csv, lines and traffic at 1:50",
        "full today already: ln-a (81 %)",
        "not measured, so only what others bring is on them: ln-b, ln-blank",
        "without a bandwidth in the inventory, of which nothing is said: ln-blank",
        "too narrow at this scale to be judged: ln-b",
        "ln-a: 17.0 of the measured 80.6 Mbit/s are sent",
    ):
        assert part in told
