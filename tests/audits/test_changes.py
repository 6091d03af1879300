"""What changed between runs: by device and fact, lines may move, and what is not known is not closed."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import changes, engine, pack
from audits.model import Attestation, Document, Observed, Source, Verdict, Waiver
from audits.report import json as report_json
from inventory.errors import InputError
from inventory.text import Message

MLPS = pack.shipped("mlps")
TELNET = "telnet server enable\n#\n"
QUIET = "undo telnet server enable\n#\n"


def text(*parts: str) -> bytes:
    return ("sysname a\n#\n" + "".join(parts) + "interface NULL0\n#\nreturn\n").encode()


def run(content: bytes, day: str = "2026-11-01", device: str = "a", **more: object) -> changes.Run:
    documents = [Document(f"{device}.cfg", content, device, "huawei")]
    return report_json.document(engine.run(documents, MLPS, 3, generated=day, **more))


def keys(found) -> list[tuple[str, str]]:
    return [(weakness.device, weakness.fact) for weakness in found]


WEAK, SOUND = run(text(TELNET)), run(text(QUIET), "2026-11-02")
WAIVED = run(
    text(TELNET),
    "2026-11-03",
    waivers=[Waiver("W", "r", "p", "2026-01-01", "2026-12-31", "active", fact="telnet_mgmt")],
)


def test_one_weakness_is_one_change_whatever_items_it_touches():
    """Telnet touches seven items and is closed once; its lines are those of the run that had it."""
    changed = changes.compare(WEAK, SOUND)
    assert keys(changed.closed) == [("a", "telnet_mgmt")]
    assert changed.closed[0].lines == (3,)
    assert len(changed.closed[0].items) > 3
    assert (changed.new, changed.came_back, changed.waived, changed.unknown) == ((), (), (), ())
    assert not changed.worse


def test_lines_may_move():
    """The same weakness further down is no change."""
    moved = run(text("acl number 2000\n rule 5 permit source 10.0.0.0 0.0.0.255\n#\n", TELNET))
    changed = changes.compare(WEAK, moved)
    assert ("a", "telnet_mgmt") in keys(changed.still_open)
    assert ("a", "telnet_mgmt") not in keys(changed.new) + keys(changed.closed)


def test_new_and_come_back():
    """What an older run had comes back; without it, it is new."""
    assert keys(changes.compare(SOUND, WEAK).new) == [("a", "telnet_mgmt")]
    back = changes.compare(SOUND, WEAK, [WEAK])
    assert keys(back.came_back) == [("a", "telnet_mgmt")]
    assert back.new == ()
    assert back.worse


def test_waivers_move_a_weakness_aside_and_their_end_brings_it_back():
    """Waived is not closed, and an ended waiver is a weakness that is back."""
    assert keys(changes.compare(WEAK, WAIVED).waived) == [("a", "telnet_mgmt")]
    assert keys(changes.compare(WAIVED, WEAK).came_back) == [("a", "telnet_mgmt")]
    assert keys(changes.compare(WAIVED, SOUND).closed) == [("a", "telnet_mgmt")]
    assert changes.compare(WAIVED, WAIVED).waived == ()


@pytest.mark.parametrize("after", [run(b"language-mode chinese\n"), run(text(QUIET), device="b")])
def test_what_is_not_known_any_more_is_not_closed(after):
    """A device that cannot be read, or was left out, closes nothing."""
    changed = changes.compare(WEAK, after)
    assert ("a", "telnet_mgmt") in keys(changed.unknown)
    assert ("a", "telnet_mgmt") not in keys(changed.closed)


def test_what_was_observed_and_what_was_stated_count_too():
    """A probe's finding on the system, and a person's statement about an item, are told apart and closed."""
    stated = Attestation("8.1.2.3", Verdict.FAIL, "s", "b", "2026-01-01", "valid", "2027-01-01")
    seen = Observed("", "rogue_dhcp", True, Source.PROBE, Message("seen"))
    unseen = Observed("", "rogue_dhcp", False, Source.PROBE, Message("not seen"))
    changed = changes.compare(SOUND, run(text(QUIET), attestations=[stated], observed=[seen]))
    assert [(entry.device, entry.fact, entry.items) for entry in changed.new] == [
        ("", "rogue_dhcp", ("8.1.3.1-b",)),
        ("", "", ("8.1.2.3",)),
    ]
    met = Attestation("8.1.2.3", Verdict.PASS, "s", "b", "2026-01-01", "valid", "2027-01-01")
    before = run(text(QUIET), attestations=[stated], observed=[seen])
    assert len(changes.compare(before, run(text(QUIET), attestations=[met], observed=[unseen])).closed) == 2
    assert len(changes.compare(before, SOUND).unknown) == 2


LINES = ("telnet server enable", "ftp server enable", "snmp-agent community read public")
# Every set of these weaknesses, judged once.
RUNS = {
    lines: run(text(*(f"{line}\n#\n" for line in lines)))
    for size in range(len(LINES) + 1)
    for lines in itertools.combinations(LINES, size)
}


@given(st.sampled_from(list(RUNS.values())), st.sampled_from(list(RUNS.values())))
def test_a_comparison_loses_nothing(before, after):
    """Every weakness of either run is in one group, and turning the runs round turns new into closed."""
    there, back = changes.compare(before, after), changes.compare(after, before)
    groups = [there.new, there.closed, there.came_back, there.waived, there.unknown, there.still_open]
    found = [key for group in groups for key in keys(group)]
    expected = {key[:2] for key in changes.weaknesses(before)} | {key[:2] for key in changes.weaknesses(after)}
    assert sorted(found) == sorted(expected)
    assert keys(there.still_open) == keys(back.still_open)
    assert set(keys(there.new)) == set(keys((*back.closed, *back.unknown)))


def test_runs_of_a_folder_in_their_order(tmp_path):
    """Reports below a folder, oldest first; other files are left alone; what changed counts from run to run."""
    for number, document in enumerate((WAIVED, WEAK, SOUND)):
        folder = tmp_path / f"run-{number}"
        folder.mkdir()
        (folder / changes.FILE).write_text(json.dumps(document), encoding="utf-8")
        (folder / "manifest.json").write_text("{}", encoding="utf-8")
    rows = changes.trend(changes.runs(tmp_path))
    assert [row["generated"] for row in rows] == ["2026-11-01", "2026-11-02", "2026-11-03"]
    assert [(row["new"], row["closed"], row["came_back"]) for row in rows] == [(None, None, None), (0, 1, 0), (0, 0, 0)]
    assert [row["waived"] > 0 for row in rows] == [False, False, True]
    assert changes.read(tmp_path / "run-1")["generated"] == "2026-11-01"


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"schema": "other"}', b"\xff\xfe"])
def test_what_is_no_report_is_said(tmp_path, content):
    """Another file is bad input, not a traceback."""
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        changes.read(path)
    assert caught.value.problems[0].code == "no-report"
    with pytest.raises(InputError):
        changes.read(tmp_path / "none.json")
