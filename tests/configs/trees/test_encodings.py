"""One file, one encoding: two of them are reported with the line where the second starts, never read as garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.encodings import count, decode, split
from inventory.errors import InputError

UTF8 = "description 蓝田街道办事处\n".encode()
GBK = "description 蓝田街道办事处\n".encode("gbk")
PLAIN = b"interface GigabitEthernet0/0/1\n"
# What Chinese configurations hold: GB 2312's first level, and names of places with rarer characters.
names = st.text(
    st.sampled_from("中国电信联通移动政务外网出口核心交换机路由器涟源市蓝田街道鄞州区亳县砀山睢宁盱眙邳州"), min_size=1
)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (PLAIN + UTF8 + PLAIN + GBK, 4),
        (PLAIN + GBK + UTF8, 3),
        (UTF8 + PLAIN * 100 + GBK + UTF8, 102),
        (UTF8.rstrip(b"\n") + b" / " + GBK, 1),
        ((PLAIN + UTF8 + GBK).replace(b"\n", b"\r\n"), 3),
        ((PLAIN + UTF8 + GBK).replace(b"\n", b"\r"), 3),
    ],
)
def test_two_encodings(data, line):
    """The first line in the other encoding is named."""
    with pytest.raises(InputError) as caught:
        decode(data, "a.cfg")
    [problem] = caught.value.problems
    assert (problem.code, problem.file, problem.line) == ("mixed-encodings", "a.cfg", line)
    assert "编码" in problem.in_language("zh_CN")


@given(st.lists(names, min_size=1))
def test_gbk_is_gbk(texts):
    """A text in GBK is read as such, whichever characters stand beside each other."""
    text = "".join(f"description {name}\n" for name in texts)
    data = text.encode("gbk")
    got, encoding = decode(data)
    assert got.encode(encoding) == data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        assert (got, encoding) == (text, "gb18030")


@given(st.lists(names, min_size=1), names)
def test_mixtures_are_never_read(texts, name):
    """UTF-8 text with one GBK line among it is refused, or the line is the same in both."""
    data = "".join(f"description {text}\n" for text in texts).encode() + f"description {name}\n".encode("gbk")
    try:
        text, encoding = decode(data)
    except InputError as error:
        problems = error.problems
    else:
        problems = ()
    if problems:
        assert problems[0].line == len(texts) + 1
        return
    assert encoding == "utf-8"
    assert text.encode() == data


def test_undecodable():
    """Bytes of neither encoding are named with their line."""
    with pytest.raises(InputError) as caught:
        decode(PLAIN * 2 + b"description \xff\xfe\xff\n", "a.cfg")
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == ("undecodable", 3)


@given(st.text(st.sampled_from("ab \t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u4e2d")))
def test_lines_end_at_line_feeds_alone(text):
    """Whatever else Python takes for a line's end is part of a line; a CR ends one in a text without line feeds."""
    end = "\r" if "\n" not in text else "\n"
    lines = split(text)
    assert "".join(lines) == text
    assert len(lines) == count(text)
    assert all(line.endswith(end) and end not in line[:-1] for line in lines[:-1])
    assert all(line and end not in line[:-1] for line in lines[-1:])
