"""Every run of characters that could be an address is a token, and nothing is read twice."""

from __future__ import annotations

import time
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.places.tokens import Form, has_tokens, may_have, scan
from configs.readdress.text import read, write

V4 = st.integers(0, 2**32 - 1).map(IPv4Address)
V6 = st.integers(0, 2**128 - 1).map(IPv6Address)
AROUND = st.sampled_from(["", " ", "/24", "-", ":22", "GW-", "_x", ",", ";", '"', "peer ", "描述", "]", "%"])


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        ("ip address 10.1.1.1/24", [("10.1.1.1", Form.IPV4)]),
        ("10.1.1.1-10.1.1.9 10.1.1.1:22", [("10.1.1.1", Form.IPV4), ("10.1.1.9", Form.IPV4), ("10.1.1.1", Form.IPV4)]),
        ("GW-10.1.1.1 x10_1_1_1", [("10.1.1.1", Form.IPV4), ("10_1_1_1", Form.JOINED)]),
        ("AS19679_Dropbox__108-160-160-0__20", [("108-160-160-0", Form.JOINED)]),
        ("49.0001.0100.0000.0001.00", [("49.0001.0100.0000.0001.00", Form.NET)]),
        ("1.3.6.1.4.1 10.300.1.1", [("1.3.6.1.4.1", Form.NUMBER), ("10.300.1.1", Form.NUMBER)]),
        ("010.001.000.001", [("010.001.000.001", Form.IPV4)]),
        ("fe80::1%eth0 ::ffff:10.1.1.1", [("fe80::1%eth0", Form.IPV6), ("::ffff:10.1.1.1", Form.IPV6)]),
        ("65000:10.1.1.1 [2001:db8::1]:80", [("10.1.1.1", Form.IPV4), ("2001:db8::1", Form.IPV6)]),
        ("00:11:22:33:44:55 12:00:00 2020-10-11 1.2.3 GE0/0/1", []),
        ("see 2001:db8::1: there", [("2001:db8::1", Form.IPV6)]),
    ],
)
def test_what_is_found(line, tokens):
    """The shapes that configurations have, with what stands around them."""
    assert [(token.text, token.form) for token in scan(line)] == tokens


@given(before=AROUND, address=st.one_of(V4, V6), after=AROUND)
def test_an_address_is_found_whatever_stands_around_it(before, address, after):
    """No address is skipped; a suffix that would make it longer is part of the token or beside it."""
    if address.version == 6 and (before in ("_x", ":22", "/24") or after in ("_x", ":22", "GW-", "peer ", "%")):
        return  # it is another word then
    line = f"{before}{address}{after}"
    assert any(str(address) in token.text for token in scan(line)), line


@given(st.text(alphabet="0123456789abcdef.:-_/% x", max_size=80))
def test_tokens_are_in_order_and_do_not_overlap(line):
    """Every token is the text at its place."""
    at = 0
    for token in scan(line):
        assert at <= token.start < token.end
        assert line[token.start : token.end] == token.text
        assert token.column == token.start + 1
        at = token.end


@pytest.mark.parametrize("part", ["1", "1.", "1:", "a:", "::", "1-", "1_1-", "10.1.1.1.", "aa.0000.", ":1", "fe80::1%"])
def test_time_is_linear_in_the_length(part):
    """A line made to hurt is read as quickly as any other."""
    line = part * (200_000 // len(part))
    begin = time.process_time()
    scan(line)
    assert time.process_time() - begin < 5.0


@given(st.one_of(V4, V6), st.one_of(V4, V6))
def test_a_new_address_is_written_like_the_old_one(old, new):
    """Written in any form, it reads back as itself."""
    for like in {str(old), old.exploded, str(old).upper()}:
        text = write(int(new), new.version, like if new.version == old.version else str(new))
        assert read(text) == (int(new), new.version)


@given(V6, st.sampled_from(["canonical", "upper", "exploded"]))
def test_writing_there_and_back_gives_the_same_text(address, style):
    """What lets a mapping and its inverse give the same bytes."""
    old = {"canonical": str(address), "upper": str(address).upper(), "exploded": address.exploded}[style]
    there = write(int(address) ^ (1 << 90), 6, old)
    back = write(int(address), 6, there)
    if style != "upper" or any(letter in "ABCDEF" for letter in there):
        assert back == old or (style == "exploded" and "0" not in {part[0] for part in old.split(":")})


@given(st.lists(st.text(st.sampled_from(".-_:a1 "))))
def test_all_lines_are_asked_at_once_as_one_by_one(lines):
    """Whichever marks a text has and lacks."""
    assert may_have(lines, "\n".join(lines)) == [number for number, line in enumerate(lines, 1) if has_tokens(line)]
