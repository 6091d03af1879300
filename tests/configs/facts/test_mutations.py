"""A clean configuration of each platform, and each weakness seeded alone: found at its line, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from audits.vocabulary import controls
from configs.dialects import dialect

# Controls stand beside: a device without a stand-by or a firewall's profiles is clean.
BESIDE = frozenset(meaning.name for meaning in controls.MEANINGS)
HERE = Path(__file__).parent / "mutations"
PLATFORMS = tuple(sorted(path.stem for path in HERE.glob("*.cfg")))
MUTATIONS = [
    pytest.param(platform, entry, id=f"{platform}-{number}-{entry['fact']}")
    for platform in PLATFORMS
    for number, entry in enumerate(yaml.safe_load((HERE / f"{platform}.yaml").read_text(encoding="utf-8")))
]


def weak(platform: str, text: str) -> dict[str, tuple[int, ...]]:
    speaker = dialect(platform)
    facts = speaker.facts(speaker.parse(text.encode()))
    return {name: fact.lines for name, fact in facts.facts.items() if fact.value and name not in BESIDE}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_clean_configuration_shows_no_weakness(platform):
    """Nothing is found in the configuration into which the weaknesses are seeded, and every line is understood."""
    text = (HERE / f"{platform}.cfg").read_text(encoding="utf-8")
    speaker = dialect(platform)
    assert weak(platform, text) == {}
    assert speaker.facts(speaker.parse(text.encode())).not_understood == ()
    assert speaker.recognises(text) >= 0.5


@pytest.mark.parametrize(("platform", "entry"), MUTATIONS)
def test_a_seeded_weakness_is_found_at_its_line_and_nothing_else(platform, entry):
    """One weakness in, one finding out; after the mutation is taken back the configuration is clean again."""
    text = (HERE / f"{platform}.cfg").read_text(encoding="utf-8")
    assert entry["replace"] in text
    if entry.get("only_last"):
        head, tail = text.rsplit(entry["replace"], 1)
        seeded = head + entry["by"] + tail
    else:
        seeded = text.replace(entry["replace"], entry["by"])
    if "and" in entry:
        seeded = seeded.replace(*entry["and"])
    found = weak(platform, seeded)
    assert set(found) == {entry["fact"], *entry.get("also", ())}
    if entry["line"]:
        assert entry["line"] in found[entry["fact"]]
    else:
        assert found[entry["fact"]] == ()


@pytest.mark.parametrize(
    ("platform", "kinds"),
    [
        ("cisco_asa", 18),
        ("cisco_ios", 30),
        ("cisco_nxos", 12),
        ("cisco_xr", 12),
        ("fortinet", 22),
        ("frr", 7),
        ("hillstone_stoneos", 12),
        ("hp_comware", 25),
        ("huawei", 31),
        ("juniper_junos", 18),
        ("linux", 10),
        ("ruijie_os", 14),
        ("topsec_tos", 5),
    ],
)
def test_the_seeded_weaknesses_are_of_many_kinds(platform, kinds):
    """At least this many different facts are seeded on each platform."""
    assert len({entry["fact"] for owner, entry in (case.values for case in MUTATIONS) if owner == platform}) >= kinds
