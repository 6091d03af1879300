"""Facts of the dialects: cases as data, one YAML file a platform; adding a case needs no code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from audits.vocabulary import CONFIGURED, configured, controls
from configs.dialects import dialect, languages

CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
    for folder in ("cases", "controls")
    for path in sorted((Path(__file__).parent / folder).glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("platform", "case"), CASES)
def test_a_fact_has_its_value_its_basis_and_its_lines(platform, case):
    """Each fact that a case names is read with exactly this value, basis and these 1-based lines."""
    speaker = dialect(platform)
    content = case["text"].encode(case.get("encoding", "utf-8"))
    facts = speaker.facts(speaker.parse(content)).facts
    found = {name: [facts[name].value, facts[name].basis.value, list(facts[name].lines)] for name in case["facts"]}
    assert found == case["facts"]


PLATFORMS = sorted(
    platform for platform in languages() if dialect(platform).facts(dialect(platform).parse(b"hostname a\n")).facts
)


def test_the_languages_that_the_audit_promises_are_read():
    """Facts are read from the languages of the devices that a city has."""
    assert PLATFORMS == [
        "cisco_asa", "cisco_ios", "cisco_nxos", "cisco_xr", "fortinet", "frr", "hillstone_stoneos", "hp_comware",
        "huawei", "juniper_junos", "linux", "ruijie_os", "topsec_tos",
    ]  # fmt: skip


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_fact_of_the_vocabulary_is_there_and_no_other(platform):
    """Whatever the text, a dialect speaks of access, accounts, records and services, and of nothing without a name."""
    speaker = dialect(platform)
    facts = speaker.facts(speaker.parse(b"hostname a\n")).facts
    assert {meaning.name for meaning in configured.MEANINGS} <= set(facts) <= set(CONFIGURED)
    for fact in facts.values():
        assert fact.why, fact.name
        assert (fact.value is None) == (fact.basis == "undecidable"), fact.name


@pytest.mark.parametrize(
    ("platform", "needed"),
    [("huawei", 23), ("hp_comware", 22), ("cisco_ios", 17), ("fortinet", 19), ("cisco_asa", 14), ("juniper_junos", 16),
     ("hillstone_stoneos", 10)],
)  # fmt: skip
def test_the_controls_are_shown_present_and_missing(platform, needed):
    """At least this many controls of a platform are decided both ways."""
    names = {meaning.name for meaning in controls.MEANINGS}
    seen = {value: {
        name for owner, case in (case.values for case in CASES) if owner == platform
        for name, expected in case["facts"].items() if name in names and expected[0] is value
    } for value in (True, False)}  # fmt: skip
    assert len(seen[True] & seen[False]) >= needed, (seen[True] ^ seen[False], len(seen[True] & seen[False]))


@pytest.mark.parametrize(
    ("platform", "needed"), [("huawei", 12), ("cisco_ios", 12), ("frr", 6), ("hp_comware", 10), ("fortinet", 10)]
)
def test_the_cases_decide_enough_facts(platform, needed):
    """The cases of a platform decide at least this many facts by a line, true and false counted apart."""
    for value in (True, False):
        decided = {
            name
            for case_platform, case in (case.values for case in CASES)
            if case_platform == platform
            for name, expected in case["facts"].items()
            if expected[0] is value
        }
        assert len(decided) >= (needed if value else needed // 2), decided


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"aaa new-model\nline con 0\n login authentication\n",
        b"security {\n zones {\n  security-zone;\n }\n}\n",
        b"\n",
        b"no\n",
        b"undo\n",
        b"\xef\xbb\xbfhostname a\r\n",
        b"a" * 5000,
        b"\x00\x01\n",
    ],
)
def test_odd_texts_are_read_without_an_error(platform, content):
    """Empty, one-word and binary texts give facts, not exceptions."""
    speaker = dialect(platform)
    assert speaker.facts(speaker.parse(content)).facts
