"""What is known of a mark's beginnings leaves out no line that the mark matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from configs import beginnings, dialects, marks

ROWS = [row.pattern for name in sorted(dialects.languages()) for row in dialects.dialect(name).marks.rows]
WORDS = sorted({word for row in ROWS for word in re.findall(r"[\w#!:<>@/\"'-]+", row.pattern)})
pieces = st.one_of(st.sampled_from(WORDS), st.sampled_from((" ", "  ", "\t", "\xa0", "\x0b", ".", "{", ";", "1", "中")))
lines = st.lists(pieces, max_size=5).map("".join)


def may_match(expression: str, line: str) -> bool:
    """What the finder of marks makes of the two beginnings."""
    found = beginnings.of_line(line)
    return found is None or any(found.startswith(head) for head in beginnings.of_expression(expression))


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("sysname ", {"sys"}),
        ("!", {"!"}),
        (r"\s+nameif \S", {" nam"}),
        (r"\s*undo \S", {"und", " und"}),
        (" +x", {" x"}),
        (r"(?:no )?ip\b", {"no", "ip"}),
        (r"(?:a|bc(?:d|e)f|\[V)", {"a", "bcd", "bce", "[V"}),
        (r"[|)]x|y", {"", "y"}),
        ("ab*c", {"ab", "ac"}),
        ("ab{2}", {"a"}),
        (r"a\s+b", {"a"}),
        ("(?=x)y", {""}),
        (".*x", {""}),
        ("", {""}),
    ],
)
def test_of_expression(expression, found):
    """As far as it is read; what is not read stands for anything."""
    assert beginnings.of_expression(expression) == found


@settings(deadline=None, max_examples=500)
@given(lines)
@example("  \xa0undo x")
@example("\tundo x")
def test_no_row_is_left_out(line):
    """A row that matches a line is among those that are tried: of every language's marks."""
    assert all(may_match(row.pattern, line) for row in ROWS if row.match(line) is not None)


@settings(deadline=None, max_examples=300)
@given(st.lists(lines, max_size=4))
def test_the_same_evidence(text):
    """A language is found by the same marks as if each were tried on each line."""
    languages = tuple(dialects.dialect(name).marks for name in sorted(dialects.languages()))
    sample = marks.seen("\n".join(text))
    wanted = []
    for own in languages:
        counts = [
            sum(times for line, times in sample.lines.items() if row.pattern.match(line) is not None)
            for row in own.rows
        ]
        bits = sum(row.bits * min(row.most, count) for row, count in zip(own.rows, counts, strict=True))
        wanted.append(bits + sum(row.bits * min(row.most, row.times(sample.text)) for row in own.places))
    assert marks.evidence(sample, languages) == pytest.approx(wanted)
