"""Facts on real configurations that stand beside the checkout: measured against labels, and never a crash."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from audits.model import Document
from audits.reading import assess
from audits.vocabulary import CONFIGURED

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
VENDORS = ("cisco", "fortinet", "h3c", "huawei")
PLATFORMS = (
    "cisco_asa", "cisco_ios", "cisco_nxos", "cisco_xr", "fortinet", "frr", "hillstone_stoneos", "hp_comware", "huawei",
    "juniper_junos", "linux", "ruijie_os", "topsec_tos",
)  # fmt: skip
# Files that every dialect reads, not only their own, have fewer bytes than this; in a campaign more of them are read.
SHORT, LONG = 4_000, 60_000
IN_A_CAMPAIGN = pytest.param(True, marks=pytest.mark.soak, id="campaign")
# What these rules reach on the labelled files; a change that reads worse fails here.
REACHED = {"cisco": 1.0, "fortinet": 1.0, "h3c": 1.0, "huawei": 1.0}

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the checkout"),
]


@pytest.mark.parametrize("vendor", VENDORS)
def test_facts_agree_with_the_labels(vendor, record_property, capsys):
    """Precision, recall, traps and evidence lines on the labelled files, printed and held at what was reached."""
    labels = json.loads((CORPUS / "audit-labels.json").read_text(encoding="utf-8"))["labels"]
    decided = right = wanted = traps = traps_right = cited = cited_right = 0
    wrong = []
    for name, label in labels.items():
        if not name.startswith(vendor + "/"):
            continue
        # As the command does it: nobody says the platform.
        facts = assess(Document(name, (CORPUS / "audit" / name).read_bytes())).facts.facts
        for fact, expected in label["facts"].items():
            if expected["v"] is None:
                assert facts[fact].value is None, (name, fact)
                continue
            found = facts[fact]
            hit = found.value is expected["v"]
            wanted += 1
            decided += found.value is not None
            right += hit
            traps += expected.get("hard", False)
            traps_right += hit and expected.get("hard", False)
            if expected["lines"]:
                cited += 1
                cited_right += set(expected["lines"]) <= set(found.lines)
            if not hit:
                wrong.append((name, fact, expected["v"], found.value))
    figures = {
        "precision": right / decided,
        "recall": right / wanted,
        "traps": f"{traps_right}/{traps}",
        "evidence": cited_right / cited,
        "decisions": wanted,
    }
    with capsys.disabled():
        sys.stdout.write(f"\n{vendor}: {figures}\n")
    for name, value in figures.items():
        record_property(name, value)
    assert not wrong
    assert min(figures["precision"], figures["recall"], figures["evidence"]) >= REACHED[vendor]


@pytest.mark.parametrize("campaign", [pytest.param(False, id="short"), IN_A_CAMPAIGN])
def test_every_file_is_read_by_every_dialect_without_a_crash(campaign):
    """Whatever the text and whoever reads it: the whole vocabulary comes back, lines are lines of the file."""
    files = [path for folder in ("configs", "audit") for path in sorted((CORPUS / folder).rglob("*")) if path.is_file()]
    assert len(files) > 30
    for path in files if campaign else files[::2]:
        content = path.read_bytes()
        last = content.count(b"\n") + 1
        # A long one is read by its own language alone: what it shows of the others, the short ones do.
        for platform in PLATFORMS if len(content) < (LONG if campaign else SHORT) else ("",):
            device = assess(Document(path.name, content, platform=platform))
            assert device.problem is None or not platform, (path, device.problem)
            assert set(device.facts.facts) == set(CONFIGURED)
            assert len(device.masked) <= last
            for fact in device.facts.facts.values():
                assert all(1 <= line <= last for line in fact.lines), (path, fact)


@pytest.mark.parametrize("campaign", [pytest.param(False, id="short"), IN_A_CAMPAIGN])
def test_every_published_example_is_read_and_recognised(campaign):
    """Each device of the scenarios is recognised and read; nothing is decided by accident."""
    files = sorted((CORPUS / "scenarios").rglob("*.cfg"))
    assert len(files) > 1000
    for path in files if campaign else files[::30]:
        device = assess(Document(path.name, path.read_bytes()))
        assert device.problem is None, path
        assert device.facts.platform == "huawei", path
        assert device.facts.facts["no_banner"].value is True, path


def test_texts_in_other_languages_are_not_taken_for_ours():
    """A configuration in a language whose facts nobody reads is said to be unread, not judged by another's rules."""
    strange = ["configs/arista", "configs/nokia", "configs/paloalto"]
    files = [path for folder in strange for path in sorted((CORPUS / folder).rglob("*")) if path.is_file()]
    assert len(files) >= 3
    for path in files:
        device = assess(Document(path.name, path.read_bytes()))
        assert device.problem is not None, (path, device.facts.platform)
        assert all(fact.value is None for fact in device.facts.facts.values())
