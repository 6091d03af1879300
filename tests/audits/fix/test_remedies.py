"""The remedies of facts about controls and rule sets: each closes its weakness, and nothing else changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from audits import fixing
from audits.model import Document
from audits.reading import assess
from audits.vocabulary import CONFIGURED, controls, policy
from configs.dialects import platforms
from configs.remedies import remedies
from configs.remedy_lines import Lack, Values

HERE = Path(__file__).parent
FACTS = HERE.parents[1] / "configs" / "facts"
DAY = date(2026, 11, 22)
NEWER = frozenset(meaning.name for part in (controls, policy) for meaning in part.MEANINGS)
WITH_LINES = [
    (platform, fact)
    for platform in sorted(platforms())
    for fact, remedy in remedies(platform).items()
    if fact in NEWER and remedy.said
]

# What a remedy may close beside, by the other's definition: any rule about passwords is a policy, old TLS is a weak
# algorithm, a default that permits is a rule that permits anything.
_POLICY = ("pwd_policy_weak_or_missing",)
ALSO = {
    ("cisco_nxos", "pwd_no_complexity"): _POLICY,
    ("fortinet", "pwd_no_complexity"): _POLICY,
    ("fortinet", "pwd_no_aging"): _POLICY,
    ("huawei", "pwd_no_complexity"): _POLICY,
    ("huawei", "web_old_tls"): ("weak_crypto",),
    ("huawei", "zone_no_default_deny"): ("any_any_permit_applied",),
}


def texts(platform: str) -> list[str]:
    """The texts of a platform in which something is weak."""
    found = [
        row["text"] for row in yaml.safe_load((HERE / "weak.yaml").read_text("utf-8")) if row["platform"] == platform
    ]
    for path in (FACTS / "controls").glob("*.yaml"):
        if path.stem == platform:
            found += [row["text"] for row in yaml.safe_load(path.read_text("utf-8"))]
    clean = FACTS / "mutations" / f"{platform}.cfg"
    return [*found, *([clean.read_text("utf-8")] if clean.is_file() else [])]


def values(platform: str, text: bytes) -> dict[str, bool | None]:
    """What is known of every fact."""
    return {name: fact.value for name, fact in assess(Document("x", text, platform=platform), DAY).facts.facts.items()}


@pytest.mark.parametrize(
    ("platform", "fact"),
    # In a campaign each of them.
    [
        pytest.param(*row, marks=[pytest.mark.soak] * bool(at % 3))
        for at, row in enumerate(row for row in WITH_LINES if row[0] != "huawei_vrpv8")
    ],
)
def test_a_remedy_closes_its_weakness_and_nothing_else_changes(platform: str, fact: str) -> None:
    """It is tried on every text that has the weakness; the way back is the text as it was."""
    tried = 0
    for text in texts(platform):
        device = assess(Document("x", text.encode(), platform=platform), DAY)
        before = {name: known.value for name, known in device.facts.facts.items()}
        if not before[fact]:
            continue
        done = fixing.fix(device, {fact}, Values.of(None), named={fact}, day=DAY)
        if done.left:  # no line says what it is about: a person decides, and is told what to do
            assert (done.left[0].lack, bool(done.left[0].note)) == (Lack.DECISION, True), str(done.left[0].why)
            assert done.after == text.encode()
            continue
        tried += 1
        assert [each.fact for each in done.closed] == [fact]
        after = values(platform, done.after)
        assert after[fact] is not True
        weak = {name for name, value in after.items() if value} - set(done.closed[0].shows)
        rest = {name for name, value in before.items() if value} - {fact}
        assert rest - set(ALSO.get((platform, fact), ())) <= weak <= rest
        lines, old = done.after.decode().splitlines(), text.splitlines()
        assert len(set(lines) ^ set(old)) <= 12
    assert tried, "no text has this weakness"


@pytest.mark.parametrize("platform", sorted(platforms()))
def test_for_every_weakness_there_are_lines_or_a_reason(platform: str) -> None:
    """Nothing is left in silence: whatever a text can show has lines, or a sentence in both languages that says why."""
    known = remedies(platform)
    assert set(known) == set(CONFIGURED)
    assert all(remedy.said or (remedy.note.zh and remedy.note.en) for remedy in known.values())


@pytest.mark.parametrize("platform", sorted(platforms()))
def test_what_may_cut_off_others_says_so(platform: str) -> None:
    """A remedy that is done only where it is named tells a person what to look at first."""
    assert all(remedy.note.en for fact, remedy in remedies(platform).items() if remedy.named and fact in NEWER)
