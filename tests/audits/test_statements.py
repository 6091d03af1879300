"""What a unit writes: its profile, its attestations with their files, its waivers; how each stands on a day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import attestations, profile, waivers
from audits.model import Attestation, Severity, Verdict, Waiver
from inventory.errors import InputError

ATTESTATION = Attestation(
    "8.1.3.1-d", Verdict.PASS, "没有无线网络: 无", "张三", "2026-11-01", "", "2027-10-31", ("rt-*",), "evidence/a.pdf"
)
WAIVER = Waiver("W-1", "旧设备", "李四", "2026-11-01", "2026-12-31", "", "8.1.4.1-c", "telnet_mgmt", ("rt-*",))


@pytest.fixture
def root(tmp_path):
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a.pdf").write_bytes(b"proof")
    return tmp_path


def problems(read, *arguments) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(*arguments)
    assert all(problem.in_language("zh_CN") != problem.in_language("en") for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


def put(root, name: str, text: str):
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-10-31", "not_yet"), ("2026-11-01", "valid"), ("2027-10-31", "valid"), ("2027-11-01", "expired")],
)
def test_an_attestation_holds_from_its_day_to_its_end(root, day, state):
    """Both days belong to it."""
    attestations.write(root, ATTESTATION)
    (entry,) = attestations.load(root, day)
    assert entry.state == state
    assert (entry.item, entry.devices, entry.statement, entry.verdict) == (
        "8.1.3.1-d",
        ("rt-*",),
        "没有无线网络: 无",
        Verdict.PASS,
    )


def test_an_attestation_stands_and_falls_with_its_file(root):
    """A changed file, a missing one and one without a checksum decide nothing, and it is said which of them it is."""
    written = attestations.write(root, ATTESTATION)
    file = root / "evidence" / "a.pdf"
    assert written.sha256 == attestations.checksum(root, "evidence/a.pdf")
    file.write_bytes(b"other")
    assert attestations.load(root, "2026-11-22")[0].state == "checksum_differs"
    file.unlink()
    assert attestations.load(root, "2026-11-22")[0].state == "file_missing"
    file.write_bytes(b"proof")
    path = root / attestations.FILE
    path.write_text("".join(line for line in path.read_text("utf-8").splitlines(True) if "sha256" not in line), "utf-8")
    assert attestations.load(root, "2026-11-22")[0].state == "no_checksum"


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-10-31", "not_yet"), ("2026-11-01", "active"), ("2026-12-31", "active"), ("2027-01-01", "expired")],
)
def test_a_waiver_ends(root, day, state):
    """After its last day it waives nothing."""
    waivers.write(root, WAIVER)
    (entry,) = waivers.load(root, day)
    assert entry.state == state
    assert (entry.name, entry.item, entry.fact, entry.devices) == ("W-1", "8.1.4.1-c", "telnet_mgmt", ("rt-*",))


def test_nothing_written_is_nothing_stated(tmp_path):
    """Without files there are no statements, and the profile is the shipped one."""
    assert waivers.load(tmp_path, "2026-11-22") == ()
    assert attestations.load(tmp_path, "2026-11-22") == ()
    assert profile.load(tmp_path) is profile.shipped()


def test_what_stands_in_a_file_stays_when_something_is_added(root):
    """Comments and indentation of a person are kept; a list in one line is left alone, and that is said."""
    put(
        root,
        waivers.FILE,
        "# ours\nwaivers:\n- name: A  # the first\n  fact: ssh_v1\n  reason: r\n  approver: p\n"
        "  on: 2026-01-01\n  until: 2026-02-01\n",
    )
    before = (root / waivers.FILE).read_text("utf-8")
    waivers.write(root, WAIVER)
    assert (root / waivers.FILE).read_text("utf-8").startswith(before)
    assert [entry.name for entry in waivers.load(root, "2026-11-22")] == ["A", "W-1"]
    put(root, waivers.FILE, "waivers: [{name: A}]\n")
    assert problems(waivers.write, root, WAIVER) == ["cannot-append"]
    assert (root / waivers.FILE).read_text("utf-8") == "waivers: [{name: A}]\n"


def test_a_bad_waiver_leaves_the_file_as_it_was(root):
    """A second one of the same name is refused and nothing is written; neither is a file that was not there."""
    waivers.write(root, WAIVER)
    before = (root / waivers.FILE).read_bytes()
    assert problems(waivers.write, root, WAIVER) == ["duplicate-name"]
    assert (root / waivers.FILE).read_bytes() == before
    (root / waivers.FILE).unlink()
    assert problems(waivers.write, root, Waiver("W", "r", "a", "2026-02-01", "2026-01-01", "", "x")) == ["bad-date"]
    assert not (root / waivers.FILE).exists()


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ("{name: A, fact: ssh_v1, reason: r, approver: p, on: 2026-01-01}", ["missing-key"]),
        ("{name: A, reason: r, approver: p, on: 2026-01-01, until: 2026-02-01}", ["missing-key"]),
        ("{name: A, fact: ssh, reason: r, approver: p, on: 2026-01-01, until: 2026-02-01}", ["unknown-fact"]),
        ("{name: A, fact: ssh_v1, reason: r, approver: p, on: 2026-1-1, until: soon}", ["bad-date", "bad-date"]),
        ("{name: A, fact: ssh_v1, reason: r, approver: p, on: 2026-01-01, until: 2026-02-01, x: 1}", ["unknown-key"]),
    ],
)
def test_a_faulty_waiver_is_said_with_its_line(root, entry, codes):
    """Above all one without an end; every fault at once."""
    put(root, waivers.FILE, f"waivers:\n  - {entry}\n")
    assert problems(waivers.load, root, "2026-11-22") == codes


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ("{item: a, verdict: manual, statement: s, by: b, on: 2026-01-01, until: 2026-02-01, file: f}", ["bad-choice"]),
        ("{item: a, verdict: pass, statement: s, by: b, on: 2026-01-01, file: f}", ["missing-key"]),
        ("{item: a, verdict: pass, statement: s, by: b, on: 2026-01-01, until: 2026-02-01}", ["missing-key"]),
        (
            "{item: a, verdict: pass, statement: s, by: b, on: 2026-01-01, until: 2026-02-01, file: f, sha256: abc}",
            ["bad-checksum"],
        ),
    ],
)
def test_a_faulty_attestation_is_said_with_its_line(root, entry, codes):
    """Nobody attests that it is for a person to confirm; who, until when and a file are needed."""
    put(root, attestations.FILE, f"attestations:\n  - {entry}\n")
    assert problems(attestations.load, root, "2026-11-22") == codes


def test_an_attestation_needs_its_file(root):
    """Nothing is written about a file that is not there."""
    missing = Attestation("8.1.2.3", Verdict.PASS, "s", "b", "2026-01-01", "", "2026-02-01", (), "evidence/none")
    assert problems(attestations.write, root, missing) == ["no-such-file"]
    assert not (root / attestations.FILE).exists()


def test_a_profile_says_only_what_is_different(root):
    """Limits, weights and the rule of the conclusion may be the unit's own; all else stays."""
    put(
        root,
        profile.FILE,
        "packs: [mlps-2, egov-extranet]\nthresholds:\n  cpu_percent: {value: 70}\n  idle_minutes: {value: 10}\n"
        "weights: {high: 5, medium: 3, low: 1}\n"
        "conclusions:\n  - {title: {zh: 好, en: good}, from: 80.5, high_risks: 0}\n  - {title: {zh: 差, en: bad}}\n",
    )
    own = profile.load(root)
    assert (own.limit("cpu_percent"), own.limit("memory_percent")) == (70, 80)
    assert own.thresholds["cpu_percent"].source.zh == "本单位自定口径"
    assert own.weights[Severity.HIGH] == 5
    assert own.packs == ("mlps-2", "egov-extranet")
    assert [entry.title.en for entry in own.conclusions if entry.fits(80.5, 0)] == ["good", "bad"]
    assert [entry.title.en for entry in own.conclusions if entry.fits(80.5, 1)] == ["bad"]
    assert own.partial == profile.shipped().partial


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("thresholds: {cpu: {value: 70}}", ["unknown-key"]),
        ("thresholds: {cpu_percent: {value: much}}", ["bad-number"]),
        ("thresholds: {idle_minutes: {value: 5}}", ["fixed-limit"]),
        ("weights: {high: 1}", ["missing-key", "missing-key"]),
        ("colour: red", ["unknown-key"]),
        ("- a", ["bad-type"]),
    ],
)
def test_a_faulty_profile_is_said(root, text, codes):
    """A limit that nobody knows, or that is part of what a fact means, is no silent no-op."""
    put(root, profile.FILE, text + "\n")
    assert problems(profile.load, root) == codes


@pytest.mark.parametrize(
    ("rate", "risks", "conclusion"),
    [
        (95, 0, "met"),
        (90, 0, "mostly met"),
        (95, 1, "mostly met"),
        (60, 0, "mostly met"),
        (59.9, 0, "not met"),
        (0, 3, "not met"),
    ],
)
def test_the_shipped_conclusion(rate, risks, conclusion):
    """Over 90 % and no high risk; from 60 % on, or with one; below."""
    assert next(entry.title.en for entry in profile.shipped().conclusions if entry.fits(rate, risks)) == conclusion


@given(st.floats(0, 100), st.integers(0, 5))
def test_every_rate_has_a_conclusion(rate, risks):
    """The shipped profile leaves no gap."""
    assert any(entry.fits(rate, risks) for entry in profile.shipped().conclusions)
