"""The published configurations of all vendors: back byte for byte, recognised as what they are, none called cut off."""

from __future__ import annotations

import pytest

from configs.detect import detect
from configs.dialects import dialect

pytestmark = pytest.mark.corpus

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


def files(corpus):
    for path in sorted(corpus.glob("scenarios/*/*.cfg")):
        yield path, "huawei"
    for path in sorted([*corpus.glob("configs/*/*"), *corpus.glob("audit/*/*")]):
        # Fixtures of a program, in YAML: no device's text, though commands stand in them.
        yield path, "" if path.suffix == ".yaml" else FOLDERS[path.parent.name]


def test_recognised(corpus):
    """Every file is its own language's; what is no configuration is of none."""
    found = {path: detect(path.read_bytes()) for path, _ in files(corpus)}
    assert len(found) > 1400
    assert [(path, found[path]) for path, told in files(corpus) if found[path].platform != told] == []


def test_lossless_and_whole(corpus):
    """The bytes come back, lines are told apart once, and nothing is taken for cut off."""
    for path, told in files(corpus):
        data = path.read_bytes()
        spoken = dialect(told or "hp_comware")
        tree = spoken.parse(data)
        assert tree.to_bytes() == data, path
        own = [number for _, node in tree.walk() for number in range(node.line, node.last + 1)]
        assert sorted(own + [comment.line for comment in tree.comments]) == list(range(1, len(tree.lines) + 1)), path
        assert spoken.lacking(tree) == (), path


def test_a_part_is_of_the_same_language_or_of_none(corpus):
    """The first third and the last third of a file are never taken for another vendor's."""
    for path, told in files(corpus):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        third = len(lines) // 3
        for part in (lines[:third], lines[-third:]):
            assert detect("".join(part)).platform in {told, ""}, path


def test_masked_lines_stay_lines(corpus):
    """Masking keeps the line count and every line without a secret; doing it again changes nothing."""
    for path, told in files(corpus):
        if told:
            text = path.read_bytes().decode()
            masked = dialect(told).mask(text)
            assert masked.count("\n") == text.count("\n"), path
            assert dialect(told).mask(masked) == masked, path
