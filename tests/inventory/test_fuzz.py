"""Whatever stands in the files, reading ends with a workspace or with problems that have a place and a text."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.workspace import read

BASE = Path(__file__).parent / "base"
FILES = sorted(str(path.relative_to(BASE)) for path in BASE.rglob("*.*") if path.is_file())
# What breaks parsers, beside random bytes.
PIECES = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b":",
    b"#",
    b"[",
    b"{",
    b"*x",
    b"&x ",
    b"!t ",
    b"\t",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
]
PIECES += [
    b"- ",
    b"<<: ",
    b"? ",
    b"| ",
    b"%",
    b"---\n",
    "，".encode(),
    "０".encode(),
    b"9" * 50,
    b"null",
    b"~",
    b"\xe4\xb8",
]


def judge(replaced: dict[str, bytes]) -> None:
    """Read with some contents replaced; either there is a workspace or every problem can be shown."""
    workspace, problems = read(BASE, platforms=frozenset({"frr", "cisco_ios", "topsec_tos"}), replaced=replaced)
    assert (workspace is None) == bool(problems)
    for problem in problems:
        assert problem.file
        assert problem.in_language("en")
        assert problem.in_language("zh_CN")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The content with a few pieces put in, taken out or doubled."""
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data) + 1)
        end = min(len(data), place + chance.randint(0, 12))
        piece = chance.choice([*PIECES, data[place:end] * 2, bytes([chance.randrange(256)]), b""])
        data = data[:place] + piece + data[end if chance.random() < 0.6 else place :]
    return data


@pytest.mark.parametrize("file", FILES)
def test_mutated_files(file: str) -> None:
    """A hundred damaged versions of each file."""
    chance = random.Random(file)  # noqa: S311 - repeatable damage, no secret
    for _ in range(100):
        judge({file: mutated((BASE / file).read_bytes(), chance)})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.binary(max_size=200))
def test_any_bytes(file: str, data: bytes) -> None:
    """Bytes that never were a table or a document."""
    judge({file: data})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.text(max_size=200))
def test_any_text(file: str, text: str) -> None:
    """Text of any script."""
    judge({file: text.encode("utf-8", "surrogatepass")})


@pytest.mark.soak
def test_mutated_files_for_long() -> None:
    """Twenty thousand damaged versions, in many files at once."""
    chance = random.Random(1)  # noqa: S311 - as above
    for _ in range(20_000):
        judge({file: mutated((BASE / file).read_bytes(), chance) for file in FILES if chance.random() < 0.3})
