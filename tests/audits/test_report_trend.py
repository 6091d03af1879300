"""The trend over runs: charts as one HTML file without a script, and blocks on the terminal."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from audits.model import Verdict
from audits.report import json as report_json
from audits.report import trend
from cli.main import main


def run(day: str, fail: int, *, pack: str = "mlps-3", rate: float | None = None, new: int | None = 0) -> dict[str, Any]:
    """A row of `audits.changes.trend`."""
    counts = {verdict.value: 0 for verdict in Verdict} | {"fail": fail, "pass": 5}
    return {
        "file": "x",
        "generated": day,
        "level": 3,
        "pack": pack,
        "devices": 2,
        "devices_unread": 0,
        "items": counts,
        "findings": counts,
        "waived": 0,
        "high_risk": fail // 2,
        "rate": rate,
        "points": None,
        "new": new,
        "closed": None if new is None else 3,
        "came_back": None if new is None else 1,
    }


ROWS = [run("2026-01-31", 8, new=None), run("2026-02-28", 4), run("2026-03-31", 0, rate=50.0)]


def test_charts_hold_every_run_at_its_height():
    """The largest figure is at the top, none at the bottom; what is not known is a gap and no zero."""
    (one,) = trend.series(ROWS)
    assert [(dot.value, dot.y) for dot in one.open.dots] == [(8, 12), (4, 70), (0, 128)]
    assert one.open.paths[0].count("L") == 2
    assert [(dot.value, dot.day) for dot in one.rate.dots] == [(50.0, "2026-03-31")]
    assert [(dot.value, height) for dot, height in one.changed.came] == [(1, 19.33), (1, 19.33)]
    assert [(dot.value, dot.y) for dot, _ in one.changed.went] == [(3, 70), (3, 70)]
    gap = trend.line(ROWS, [1, None, 2])
    assert (len(gap.dots), gap.paths) == (2, (f"M{gap.dots[0].x} {gap.dots[0].y}", f"M{gap.dots[1].x} {gap.dots[1].y}"))


def test_runs_by_different_rules_stand_apart():
    """A run by other rules is no fall or rise."""
    found = trend.series([*ROWS, run("2026-04-30", 90, pack="own")])
    assert [(one.pack, len(one.rows)) for one in found] == [("mlps-3", 3), ("own", 1)]
    assert found[0].open.top == 8


class _Balanced(HTMLParser):
    """Notes what is opened, and that it is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        assert not {name for name, _ in attrs} & {"href", "src", "onload", "onclick"}
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_page_needs_nothing_else_and_runs_nothing(language):
    """No script, no link, no picture from elsewhere; what a report holds is text."""
    page = trend.render([*ROWS, run("<b>", 1, pack="<script>x")], language)
    reader = _Balanced()
    reader.feed(page)
    assert reader.open == []
    assert reader.seen.count("svg") > 8
    assert "script" not in reader.seen
    assert not re.search(r"url\(|https?:", page)
    assert ("自查" if language == "zh_CN" else "self-check") in page


@pytest.mark.parametrize(
    ("values", "shown"),
    [([1, 2, 3], "▁▅█"), ([5, 5], "▁▁"), ([None, 0, 7], " ▁█"), ([], ""), ([None], " ")],
)
def test_blocks(values, shown):
    """The lowest figure is the lowest block; what is not known is a blank."""
    assert trend.sparkline(values) == shown


def test_the_command_writes_the_page(capsys, report, tmp_path):
    """A table, blocks where there is more than one run, and the page; a place that cannot be written is bad input."""
    for name in ("a", "b"):
        report_json.write(report, tmp_path / f"{name}.json")
    for out, expected in ((tmp_path / "trend.html", 0), (tmp_path / "a.json" / "x", 2)):
        with pytest.raises(SystemExit) as ended:
            main(["--lang", "en", "audit", "trend", str(tmp_path), "--out", str(out)])
        assert int(ended.value.code or 0) == expected
    told = capsys.readouterr()
    assert "▁▁" in told.out
    assert (tmp_path / "trend.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "cannot write to" in told.err
