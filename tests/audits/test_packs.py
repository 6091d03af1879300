"""Packs by name: variants, levels, several together, the workspace's own; the examples of all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audits import engine, examples, packs
from audits.model import Document, Verdict
from audits.pack import RULES, load
from configs import dialects
from inventory.errors import InputError

OWN = """
name: own
title: {zh: 自定, en: Own}
standard: own
source: {zh: 测试, en: a test}
verified: true
categories:
  - title: {zh: 甲, en: A}
    items:
      - id: own-1
        point: {zh: 乙, en: B}
        text: {zh: 登录前必须显示警示, en: A warning must be shown at login}
        kind: config
        checks: [{fact: no_banner, severity: high}]
        notes: {huawei: {zh: header login, en: header login}}
        examples: [{verdict: pass}, {facts: {no_banner: true}, verdict: fail}]
"""


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / packs.OWN
    folder.mkdir(parents=True)
    (folder / "own.yml").write_text(OWN, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("path", sorted(RULES.glob("*.yml")), ids=lambda path: path.stem)
def test_every_shipped_example_is_true(path):
    """The examples beside each rule are what the engine says, and every name in a rule exists."""
    loaded = load(path)
    assert loaded.name == path.stem
    assert examples.count(loaded) > 40
    assert examples.faults(loaded) == []
    assert loaded.verified is False
    assert loaded.source.zh


def test_every_item_that_is_checked_has_an_example_that_fails():
    """No rule is shipped whose weakness nobody has tried; where facts decide, one example is met."""
    for loaded in packs.every().values():
        for category in loaded.categories:
            for item in category.items:
                tried = {example.verdict for example in item.examples}
                assert all(check.hint for check in item.checks) or tried & {Verdict.FAIL, Verdict.PARTIAL}, item.id
                assert not item.kind.decides or Verdict.PASS in tried, item.id


def test_an_observation_is_what_no_item_asks_for():
    """Otherwise the same weakness would stand in a report twice."""
    for loaded in packs.every().values():
        asked = {check.fact for category in loaded.categories for item in category.items for check in item.checks}
        assert not asked & {check.fact for check in loaded.observations}, loaded.name


def test_names_of_packs():
    """One data file serves both levels, and one every vendor."""
    assert {"mlps-2", "mlps-3", "egov-extranet", "baseline-huawei", "baseline-h3c", "baseline-cisco"} <= set(
        packs.names()
    )
    assert packs.names()["mlps-2"] == packs.names()["mlps-3"] == RULES / "mlps.yml"


@pytest.mark.parametrize(
    ("names", "level", "chosen", "items"),
    [
        ((), None, ("mlps-3", 3), 74),
        ((), 2, ("mlps-2", 2), 42),
        (("mlps-2",), None, ("mlps-2", 2), 42),
        (("mlps-3",), 3, ("mlps-3", 3), 74),
        (("mlps-2,egov-extranet",), None, ("mlps-2+egov-extranet", 2), 60),
        (("mlps-3", "egov-extranet"), None, ("mlps-3+egov-extranet", 3), 92),
        (("egov-extranet",), 2, ("egov-extranet", 2), 18),
        (("mlps-3", "mlps-3"), None, ("mlps-3", 3), 74),
    ],
)
def test_packs_are_chosen_and_put_together(names, level, chosen, items):
    """`--level` is a name of a pack; several packs are one."""
    found = packs.choose(names, level)
    assert (found.pack.name, found.level) == chosen
    assert len(found.pack.items(found.level)) == items
    assert all(path.is_file() for path in found.files)


@pytest.mark.parametrize(
    ("names", "level", "told"),
    [
        (("mlps-4",), None, "mlps-"),
        (("mlps-2", "mlps-3"), None, "different levels"),
        (("mlps-2",), 3, "different levels"),
        (("no/such.yml",), None, "cannot be used"),
    ],
)
def test_what_cannot_be_chosen_is_said(names, level, told):
    """Unknown names, levels that contradict each other and missing files are bad input."""
    with pytest.raises(InputError) as caught:
        packs.choose(names, level)
    assert any(told in problem.in_language("en") for problem in caught.value.problems)


def test_a_vendors_baseline_speaks_of_its_devices_only():
    """The same point for two vendors' packs is one item for both; other devices are said to be out of it."""
    devices = [
        Document("hw", b"sysname a\n#\ntelnet server enable\n#\n", platform="huawei"),
        Document(
            "h3c",
            b"#\n version 7.1.070, Release 6533\n#\n sysname b\n#\n telnet server enable\n#\n",
            platform="hp_comware",
        ),
    ]
    for names, expected in (
        (("baseline-huawei",), {"hw": Verdict.FAIL, "h3c": Verdict.NOT_APPLICABLE}),
        (("baseline-huawei", "baseline-h3c"), {"hw": Verdict.FAIL, "h3c": Verdict.FAIL}),
    ):
        chosen = packs.choose(names)
        report = engine.run(devices, chosen.pack, chosen.level)
        item = next(item for item in report.items if item.item == "base-telnet")
        assert {finding.device: finding.verdict for finding in item.findings} == expected
    assert next(finding for finding in item.findings if finding.device == "hw").note.en


def test_every_platform_of_a_variant_has_a_dialect():
    """A pack cannot promise what nobody reads."""
    for loaded in packs.every().values():
        for name, variant in loaded.variants.items():
            assert set(variant.platforms) <= dialects.platforms(), name


def test_a_workspace_has_rules_of_its_own(root):
    """A file in audits/rules is a pack by its name, without code; by its path it is one anywhere."""
    device = [Document("a", b"sysname a\n#\ninterface NULL0\n#\nreturn\n", platform="huawei")]
    for names in (("own",), (str(root / packs.OWN / "own.yml"),)):
        chosen = packs.choose(names, None, root)
        report = engine.run(device, chosen.pack, chosen.level)
        assert [(item.item, item.verdict) for item in report.items] == [("own-1", Verdict.FAIL)]
        assert report.items[0].findings[0].note.zh == "header login"
    both = packs.choose(("mlps-3,own",), None, root)
    assert len(both.pack.items(3)) == 75
    assert both.pack.verified is False
    assert [path.name for path in both.files] == ["mlps.yml", "own.yml"]


def test_two_packs_with_the_same_number_for_different_rules_are_refused(root):
    """Nobody could tell which of them a finding means."""
    folder = root / packs.OWN
    (folder / "other.yml").write_text(OWN.replace("no_banner", "no_ntp"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        packs.choose(("own", "other"), None, root)
    assert "own-1" in caught.value.problems[0].in_language("en")


def test_a_file_that_was_changed_is_read_again(root):
    """No old rule is used after an edit."""
    path = root / packs.OWN / "own.yml"
    assert packs.choose(("own",), None, root).pack.verified is True
    path.write_text(OWN.replace("verified: true", "verified: false "), encoding="utf-8")
    assert packs.choose(("own",), None, root).pack.verified is False


def test_wrong_examples_are_faults(tmp_path):
    """A verdict that the rule does not give, a fact it does not ask for, a limit and a platform nobody knows."""
    path = tmp_path / "own.yml"
    text = OWN.replace("{verdict: pass}", "{verdict: fail}, {facts: {no_ntp: true}, verdict: pass}")
    text = text.replace("huawei:", "hauwei:").replace("kind: config", "kind: config\n        thresholds: [cpu]")
    path.write_text(text, encoding="utf-8")
    faults = examples.faults(load(path))
    assert [(fault.item, fault.example, fault.expected, fault.got) for fault in faults] == [
        ("own-1", 1, "fail", "pass"),
        ("own-1", 2, "", "no_ntp"),
        ("own-1", 0, "", "cpu"),
        ("own-1", 0, "", "hauwei"),
    ]
    assert "expects “not met” and the rule gives “met”" in faults[0].message.in_language("en")


@pytest.mark.parametrize("page", ["audit.md", "audit.zh-CN.md"])
def test_the_rule_file_of_the_page_is_good(page, tmp_path):
    """What the documentation shows as a rule file of one's own is one, and its examples are true."""
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    path = tmp_path / "own.yml"
    path.write_text(re.findall(r"^```yaml\n(name: own.*?)^```", text, re.MULTILINE | re.DOTALL)[0], encoding="utf-8")
    assert examples.faults(load(path)) == []
