"""Masking over the vendors: every secret of the forms goes, whatever only looks like one stays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from configs import tree
from configs.detect import detect
from configs.dialects import dialect

FORMS = Path(__file__).parent / "forms"
SECRET = re.compile("«([^»]*)»")


def read() -> dict[str, dict[str, Any]]:
    """What the files hold, by platform."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FORMS.glob("*.yaml")):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        found |= dict.fromkeys(held.pop("platforms"), held)
    return found


HELD = read()
HIDDEN = [(platform, line) for platform, held in HELD.items() for line in held["hidden"].splitlines()]
STAYS = [(platform, line) for platform, held in HELD.items() for line in held["stays"].splitlines()]
TEXTS = [(platform, text["before"], text["after"]) for platform, held in HELD.items() for text in held.get("texts", ())]


@pytest.mark.parametrize(("platform", "line"), HIDDEN)
def test_hidden(platform, line):
    """What stands between the marks, and nothing else, becomes `***`."""
    assert SECRET.search(line), "a form says where its secret is"
    assert dialect(platform).mask(SECRET.sub(r"\1", line)) == SECRET.sub("***", line)


@pytest.mark.parametrize(("platform", "line"), STAYS)
def test_stays(platform, line):
    """No character of a line without a secret changes."""
    assert dialect(platform).mask(line) == line


@pytest.mark.parametrize(("platform", "before", "after"), TEXTS)
def test_texts(platform, before, after):
    """Secrets of several lines, and those whose place says what they are."""
    assert dialect(platform).mask(before) == after
    assert dialect(platform).mask(after) == after


def test_how_many():
    """The forms are many, over every vendor whose configurations are archived."""
    assert len({line for _, line in HIDDEN}) >= 600
    assert len({line for _, line in STAYS}) >= 400
    for platform, held in HELD.items():
        assert len(held["hidden"].splitlines()) >= 20, platform


LINES = [SECRET.sub(r"\1", line) for _, line in (*HIDDEN, *STAYS)]
WORDS = sorted({word for line in LINES for word in line.split()})
ENDS = st.sampled_from(["\n", "\r\n", "\r\r\n", "\r"])
ANY = st.one_of(
    st.sampled_from(LINES),
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=40),
)


@pytest.mark.parametrize("platform", sorted(HELD))
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(ANY, ENDS), max_size=6))
def test_only_stars_come_in(platform, rows):
    """Of any text: every line and its end stays, every other character stays, and masking again changes nothing."""
    text = "".join(line + end for line, end in rows)
    masked = dialect(platform).mask(text)
    assert dialect(platform).mask(masked) == masked
    before, after = tree.split(text), tree.split(masked)
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        kept = ".+".join(re.escape(part) for part in new.split("***"))
        assert re.fullmatch(kept, old, re.DOTALL), (old, new)


# What only a stored secret looks like, whatever vendor's it is.
LEFT = re.compile(
    r"%\^%#|%\$%\$|%@%[@#]|@%@%|%#%#|\$(?:\d{1,2}[a-z]?|[chy]|sha\d+)\$\S|ENC [^*\s]|-AQ==|\S{22}!!"
    r"|(?:key|password|secret|psk|cipher|auth|priv)\S* (?:(?:\S+ )?(?:0x)?[0-9a-fA-F]{16,}\b|[5-9] [0-9A-F]{6,})",
    re.MULTILINE,
)
FOLDERS = {
    "arista": "arista_eos",
    "cisco": "cisco_ios",
    "cisco-asa": "cisco_asa",
    "cisco-ios": "cisco_ios",
    "cisco-iosxr": "cisco_xr",
    "cisco-nxos": "cisco_nxos",
    "fortinet": "fortinet",
    "h3c": "hp_comware",
    "hillstone": "hillstone_stoneos",
    "huawei": "huawei",
    "juniper": "juniper_junos",
    "nokia": "nokia_sros",
    "paloalto": "paloalto_panos",
}


@pytest.mark.corpus
def test_published_configurations(corpus):
    """Nothing that looks like a stored secret is left in any of the published configurations."""
    left, before, files = [], 0, 0
    for path in sorted((*corpus.glob("configs/*/*"), *corpus.glob("audit/*/*"), *corpus.glob("scenarios/*/*.cfg"))):
        if path.suffix in {".yaml", ".json", ".md", ".csv"}:
            continue
        text, _ = tree.decode(path.read_bytes())
        platform = FOLDERS.get(path.parent.name) or detect(text).platform or "huawei"
        masked = dialect(platform).mask(text)
        assert len(tree.split(masked)) == len(tree.split(text)), path
        files += 1
        before += len(LEFT.findall(text))
        left += [f"{path.name}: {found[0]}" for found in LEFT.finditer(masked)]
    assert (files > 300, before > 100) == (True, True), (files, before)
    assert not left
