"""The rule sets of each language: findings with their lines and who may reach whom; a case is a piece of YAML."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from audits.model import Document
from audits.policy import KINDS, examine
from audits.reading import assess

DAY = date(2026, 11, 22)
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
# The facts that a kind of finding makes true.
FACTS = {
    "shadowed": "acl_shadowed_or_redundant",
    "repeated": "acl_shadowed_or_redundant",
    "redundant": "acl_redundant",
    "mergeable": "acl_mergeable",
    "expired": "acl_expired",
    "unbound": "acl_unbound",
    "undefined": "acl_undefined_object",
    "open_default": "zone_no_default_deny",
    "never_used": "acl_never_used",
}


@pytest.mark.parametrize(("platform", "case"), CASES)
def test_each_finding_has_its_line(platform, case):
    """Exactly these findings, the rest is known to be sound or said to be unknown; the pairs of zones fit."""
    document = Document("x.cfg", case["text"].encode(), platform=platform)
    report = examine(document, DAY)
    found = [[one.kind, one.line, list(one.others), one.detail] for one in report.all()]
    assert sorted(found) == sorted(case["findings"])
    assert list(report.unknown) == case["unknown"]
    for pair, lines in case.get("openings", {}).items():
        cell = report.matrix.cell(*pair.split(" > "))
        assert [one.line for one in cell.openings] == lines, pair
    assert {one.kind for one in report.all()} <= set(KINDS)


@pytest.mark.parametrize(("platform", "case"), CASES)
def test_the_facts_say_the_same(platform, case):
    """What the command finds is what the facts say, where the language has facts."""
    facts = assess(Document("x.cfg", case["text"].encode(), platform=platform), DAY)
    if facts.problem is not None:
        pytest.skip("no facts are read from this language")
    expected = {FACTS[kind] for kind, *_ in case["findings"] if kind in FACTS}
    assert {name for name in FACTS.values() if facts.facts.facts[name].value} == expected


def test_without_a_day_nothing_is_over():
    """The reference day is given, never today."""
    text = next(case.values[1] for case in CASES if case.values[0] == "cisco_asa")["text"].encode()
    document = Document("x.cfg", text, platform="cisco_asa")
    report = examine(document)
    assert "expired" in report.unknown
    assert not any(one.kind == "expired" for one in report.all())
    assert assess(document).facts.facts["acl_expired"].value is None
    assert assess(document, date(2020, 12, 31)).facts.facts["acl_expired"].value is False


def test_an_unreadable_rule_leaves_the_set_unknown():
    """A rule that is no set keeps the whole from being called sound."""
    text = b"acl number 3000\n rule 5 permit tcp destination-port eq 22\n rule 10 nonsense here\n#\n"
    facts = assess(Document("x.cfg", text, platform="huawei")).facts.facts
    assert facts["acl_shadowed_or_redundant"].value is None
    assert [one.line for one in examine(Document("x.cfg", text, platform="huawei")).all()] == [3]
