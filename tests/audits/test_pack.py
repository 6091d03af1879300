"""The rule files: every item of the standard once, every example true, every fault said with its place."""

from __future__ import annotations

import pytest

from audits import pack
from audits.findings import judge
from audits.model import Verdict
from audits.pack import Kind
from audits.vocabulary import CONFIGURED, FACTS
from inventory.errors import InputError

PACKS = {path.stem: pack.load(path) for path in sorted(pack.RULES.glob("*.yml"))}
EXAMPLES = [
    pytest.param(item, example, id=f"{name} {item.id} {number}")
    for name, loaded in PACKS.items()
    for category in loaded.categories
    for item in category.items
    for number, example in enumerate(item.examples)
]


@pytest.mark.parametrize(("item", "example"), EXAMPLES)
def test_every_example_gives_its_verdict(item, example):
    """The example beside a rule is what the engine says."""
    values = dict.fromkeys(FACTS, example.others) | example.facts
    assert judge(item, values, example.scope) is example.verdict


@pytest.mark.parametrize(
    "item", [item for loaded in PACKS.values() for _, item in loaded.items(3)], ids=lambda item: item.id
)
def test_the_unknown_is_never_met(item):
    """With every fact unknown, no item is met; with one unknown that it needs, none is met either."""
    for scope in ("device", "system"):
        assert judge(item, {}, scope) in (Verdict.MANUAL, Verdict.NOT_APPLICABLE)
        for check in item.checks_of(scope):
            if check.needed:
                values: dict[str, bool | None] = dict.fromkeys(FACTS, False)
                values[check.fact] = None
                assert judge(item, values, scope) is Verdict.MANUAL


def test_all_items_of_both_levels_are_listed():
    """74 items at level 3 and 42 at level 2, and not one without a text in both languages."""
    mlps = PACKS["mlps"]
    assert [len(mlps.items(level)) for level in (3, 2)] == [74, 42]
    for category, item in mlps.items(3):
        for text in (category.title, item.point, item.text):
            assert text.zh
            assert text.en
            assert text.zh != text.en
        assert item.id.startswith("8.1.")
        assert not item.level2 or item.level2.startswith("7.1.")
    assert mlps.verified is False
    assert mlps.source.zh


def test_the_kinds_of_items_are_those_of_the_survey():
    """Enough items can carry evidence of a machine, and those that cannot say what a person brings."""
    mlps = PACKS["mlps"]
    for level, bar in ((3, 55), (2, 31)):
        items = [item for _, item in mlps.items(level)]
        by_machine = [item for item in items if item.checks]
        assert len(by_machine) >= bar
        for item in items:
            assert item.checks or item.collect or item.not_applicable, item.id


def test_every_fact_is_asked_for_and_every_decided_item_is_told_by_an_example():
    """No fact is read from a configuration for nothing."""
    mlps = PACKS["mlps"]
    asked = {check.fact for _, item in mlps.items(3) for check in item.checks}
    assert asked | {check.fact for check in mlps.observations} >= set(CONFIGURED)
    for _, item in mlps.items(3):
        verdicts = {example.verdict for example in item.examples}
        assert all(check.hint for check in item.checks) or verdicts & {Verdict.FAIL, Verdict.PARTIAL}, item.id
        assert item.kind is not Kind.CONFIG or Verdict.PASS in verdicts, item.id


def rule(**changes: str) -> str:
    parts = {
        "fact": "telnet_mgmt",
        "kind": "config",
        "examples": "[{verdict: pass}]",
        "extra": "",
        "level2": "",
    } | changes
    return f"""
name: own
title: {{zh: 自定, en: Own}}
standard: own
source: {{zh: 测试, en: a test}}
verified: false
categories:
  - title: {{zh: 甲, en: A}}
    items:
      - id: a-1
        level2: "{parts["level2"]}"
        point: {{zh: 乙, en: B}}
        text: {{zh: 丙, en: C}}
        kind: {parts["kind"]}
        checks: [{{fact: {parts["fact"]}}}]
        examples: {parts["examples"]}
        {parts["extra"]}
"""


def test_a_rule_file_of_ones_own_is_read(tmp_path):
    """A person adds a rule file without code."""
    path = tmp_path / "own.yml"
    path.write_text(rule(), encoding="utf-8")
    assert [item.id for _, item in pack.load(path).items(3)] == ["a-1"]


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({"fact": "telnet"}, "bad-rule", "telnet is no fact"),
        ({"kind": "magic"}, "bad-rule", "magic"),
        ({"kind": "evidence"}, "bad-rule", "say what a person collects"),
        ({"examples": "[]"}, "bad-rule", "checks need examples"),
        (
            {"extra": "colour: red"},
            "bad-rule",
            "own.yml:17: categories[1].items[1].colour: the key “colour” is not known here",
        ),
        ({"extra": "levels: [3]", "level2": "b-1"}, "bad-rule", "it has a number at level 2"),
        ({"fact": "cpu_over_peak"}, "bad-rule", "who observes it"),
        ({"extra": "not_applicable: {zh: 甲, en: A}"}, "bad-rule", "what is not applicable has no checks"),
        ({"extra": "{"}, "bad-yaml", "own.yml:18"),
        ({"kind": ""}, "bad-rule", "own.yml:14"),
    ],
)
def test_a_faulty_rule_file_is_said_with_its_place(tmp_path, changes, code, told):
    """Unknown facts, unknown keys, missing examples and broken YAML name the file and what is wrong."""
    path = tmp_path / "own.yml"
    path.write_text(rule(**changes), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        pack.load(path)
    problem = caught.value.problems[0]
    assert problem.code == code
    assert problem.file == str(path)
    assert any(told in one.in_language("en") for one in caught.value.problems) or "magic" in told
    assert problem.in_language("zh_CN") != problem.in_language("en")


def test_a_missing_rule_file_is_said(tmp_path):
    """A rule file that is not there is bad input, not a traceback."""
    with pytest.raises(InputError):
        pack.load(tmp_path / "none.yml")
