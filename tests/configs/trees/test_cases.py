"""Each language's own constructs: views, opaque blocks, remarks, secrets. A case is a folder: a text and its tree."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from configs.detect import detect
from configs.dialects import dialect, languages
from configs.tree import split

CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/case.yaml"))
VARIANTS = {
    "as it is": lambda text: text.encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR alone": lambda text: text.replace("\n", "\r").encode(),
    "CR CR LF": lambda text: text.replace("\n", "\r\r\n").encode(),
    "GBK": lambda text: text.encode("gb18030"),
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "no final newline": lambda text: text.rstrip("\n").encode(),
    "trailing blanks": lambda text: text.replace("\n", " \t \n").encode(),
}


@pytest.fixture(params=CASES, ids=lambda path: path.name)
def case(request):
    return (request.param / "text.cfg").read_text(encoding="utf-8"), yaml.safe_load(
        (request.param / "case.yaml").read_text(encoding="utf-8")
    )


def outline(tree):
    return [[node.line, len(path), node.text, *([len(node.body)] if node.body else [])] for path, node in tree.walk()]


def test_every_language_has_a_case():
    """No dialect without a text of its own."""
    told = {yaml.safe_load((path / "case.yaml").read_text(encoding="utf-8"))["platform"] for path in CASES}
    assert told == set(languages())


@pytest.mark.parametrize("variant", VARIANTS)
def test_tree(case, variant):
    """Depths and line numbers are right, and the bytes come back, however the file was written."""
    text, told = case
    data = VARIANTS[variant](text)
    tree = dialect(told["platform"]).parse(data)
    assert tree.to_bytes() == data
    assert outline(tree) == told["nodes"]


def test_every_line_is_told_apart_once(case):
    """A line is a command, a remark, or part of an opaque block: exactly one of them."""
    text, told = case
    tree = dialect(told["platform"]).parse(text.encode())
    nodes = [number for _, node in tree.walk() for number in range(node.line, node.last + 1)]
    remarks = [comment.line for comment in tree.comments]
    assert sorted(nodes + remarks) == list(range(1, len(split(text)) + 1))
    assert all(tree.line_text(node.line).strip().startswith(node.text) for _, node in tree.walk())


def test_recognised(case):
    """The text is its own language's, in bytes and as text."""
    text, told = case
    found = detect(text.encode())
    assert (found.platform, detect(text)) == (told["platform"], found)
    assert 0.8 <= found.sure <= 1
    assert dialect(told["platform"]).recognises(text) > 0.8


def test_masked(case):
    """Secrets are hidden, a private key's lines too; all else stays, and masking again changes nothing."""
    text, told = case
    mask = dialect(told["platform"]).mask
    lines = split(text)
    expected = [
        line.replace(line.strip(), told["masked"][number]) if number in told["masked"] else line
        for number, line in enumerate(lines, 1)
    ]
    assert split(mask(text)) == expected
    assert mask(mask(text)) == mask(text)


def test_whole(case):
    """Nothing says that the text was cut off."""
    text, told = case
    spoken = dialect(told["platform"])
    assert spoken.lacking(spoken.parse(text.encode())) == ()
