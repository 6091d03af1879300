"""For any text: the bytes come back, lines keep their numbers, deeper lines stand in the view above them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.dialects import dialect, platforms
from configs.tree import split
from inventory.errors import InputError

PLATFORMS = sorted(platforms())
WORDS = sorted(
    {
        line.strip()
        for path in Path(__file__).parent.glob("cases/*/text.cfg")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
)
lines = st.tuples(
    st.sampled_from(["", "", "", " ", "  ", "    ", "\t"]),
    st.one_of(st.sampled_from(WORDS), st.text(max_size=20)),
    st.sampled_from(["\n", "\n", "\r\n", "\r", " \n"]),
).map("".join)


@pytest.mark.parametrize("platform", PLATFORMS)
@given(text=st.lists(lines, max_size=30).map("".join), final=st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_text(platform, text, final):
    """Every line is told apart once, with its own number; masking keeps the lines."""
    text = text if final else text.rstrip("\r\n")
    data = text.encode("utf-8", "surrogatepass") if not any("\ud800" <= char <= "\udfff" for char in text) else b""
    spoken = dialect(platform)
    tree = spoken.parse(data)
    assert tree.to_bytes() == data
    nodes = [(path, node) for path, node in tree.walk()]
    own = [number for _, node in nodes for number in range(node.line, node.last + 1)]
    assert sorted(own + [comment.line for comment in tree.comments]) == list(range(1, len(tree.lines) + 1))
    for path, node in nodes:
        assert tree.line_text(node.line).removeprefix("\ufeff").strip().startswith(node.text)
        if path:
            assert node.line > 1
    assert [node.line for _, node in nodes] == sorted(node.line for _, node in nodes)
    assert len(split(spoken.mask(tree.text))) == len(tree.lines)
    for problem in spoken.lacking(tree):
        assert 1 <= problem.line <= len(tree.lines)


@pytest.mark.parametrize("platform", PLATFORMS)
@given(data=st.binary(max_size=120))
@settings(max_examples=60, deadline=None)
def test_any_bytes(platform, data):
    """Bytes are read and given back, or refused; nothing else."""
    try:
        tree = dialect(platform).parse(data)
    except InputError:
        return
    assert tree.to_bytes() == data


@pytest.mark.parametrize(
    ("platform", "opener"), [("juniper_junos", "a {"), ("fortinet", "config a"), ("cisco_ios", "a")]
)
def test_depth_has_no_bound(platform, opener):
    """Five thousand views inside each other are read; nothing recurses."""
    text = "".join(f"{' ' * depth}{opener}\n" for depth in range(5000))
    tree = dialect(platform).parse(text.encode())
    assert max(len(path) for path, _ in tree.walk()) == 4999
