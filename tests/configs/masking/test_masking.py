"""Masking hides every secret of a table of forms, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from configs.dialects import dialect
from configs.dialects.cisco_ios.grammar import SECRETS as IOS
from configs.dialects.huawei.grammar import SECRETS as VRP

TABLE = yaml.safe_load((Path(__file__).parent / "secrets.yaml").read_text(encoding="utf-8"))
ROWS = [(platform, line, masked) for platform, rows in TABLE.items() for line, masked in rows]


@pytest.mark.parametrize(("platform", "line", "masked"), ROWS)
def test_table(platform, line, masked):
    """Each form is hidden; each line that only looks like one stays."""
    spoken = dialect(platform)
    assert spoken.mask(line) == masked
    assert spoken.mask(masked) == masked


@pytest.mark.parametrize("platform", sorted(TABLE))
@given(ends=st.lists(st.sampled_from(["\n", "\r\n", "\r\r\n"]), min_size=3, max_size=3))
def test_lines_and_ends_stay(platform, ends):
    """A whole text keeps its line count, its line ends and every other character."""
    rows = TABLE[platform]
    text = "".join(line + ends[index % 3] for index, (line, _) in enumerate(rows))
    expected = "".join(masked + ends[index % 3] for index, (_, masked) in enumerate(rows))
    assert dialect(platform).mask(text) == expected


def test_enough_forms():
    """The table holds at least sixty forms over the vendors."""
    assert sum(1 for _, line, masked in ROWS if line != masked) >= 60


def test_shape_ignores_how_a_secret_is_stored():
    """The typed form and the stored form of a line have one shape; only the stored one counts as stored."""
    typed, stored = "username a secret 0 Hello", "username a secret 5 $1$x$y"
    assert IOS.shape(typed) == IOS.shape(stored)
    assert IOS.is_stored(stored)
    assert not IOS.is_stored(typed)
    assert VRP.is_stored("local-user a password irreversible-cipher $1a$x$")
    assert not VRP.is_stored("local-user a password irreversible-cipher Hello")
    assert VRP.is_stored("local-user a password irreversible-cipher ***")
    assert not VRP.is_stored("sysname a")
