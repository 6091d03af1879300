"""Each case of cases/*.yaml: the old text, the mapping, the new text, and what a person must look at."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from configs.readdress.engine import Action
from configs.readdress_policy import Policy
from ipplan import mapping_file

CASES = [
    (path.stem, case)
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("platform", "case"), CASES, ids=[f"{stem}: {case['name']}" for stem, case in CASES])
def test_the_new_text_is_what_the_case_says(platform, case, readdress):
    """The text, and the reason for every token that is left for a person."""
    mapping = mapping_file.parse(case["mapping"])
    policy = Policy(**{key: value == "rewrite" for key, value in case.get("policy", {}).items()})
    result = readdress(case["old"].encode(), platform, mapping, policy)
    assert result.to_bytes().decode() == case["new"]
    reviews = {token.line: token.reason for token in result.tokens() if token.action is Action.REVIEW}
    assert reviews == case.get("review", {})


@pytest.mark.parametrize(("platform", "case"), CASES, ids=[f"{stem}: {case['name']}" for stem, case in CASES])
def test_a_mapping_of_nothing_changes_nothing(platform, case, readdress):
    """Lossless: without a mapping the very bytes come back, and everything is kept."""
    data = case["old"].replace("\n", "\r\n").encode()
    result = readdress(data, platform, mapping_file.parse("old,new\n192.0.2.255/32,192.0.2.255/32\n"))
    assert result.to_bytes() == data
    assert {token.action for token in result.tokens()} <= {Action.KEPT}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_only_the_characters_of_addresses_change(encoding, end, readdress):
    """Encoding, line ends, tabs, trailing blanks and a missing last line end stay as they are."""
    old = (
        f"sysname 核心{end}interface GigabitEthernet0/0/1{end} description 到政务外网 \t{end} ip address 10.1.1.1\t24  "
    )
    mapping = mapping_file.parse("old,new\n10.1.1.0/24,192.168.100.0/24\n")
    result = readdress(old.encode(encoding), "huawei", mapping)
    assert result.to_bytes() == old.replace("10.1.1.1", "192.168.100.1").encode(encoding)
    there_and_back = readdress(result.to_bytes(), "huawei", mapping.inverse())
    assert there_and_back.to_bytes() == old.encode(encoding)


def test_an_old_line_with_two_codes_keeps_its_bytes(readdress):
    """GB18030 writes a few characters in two ways: a line that does not change keeps the way it had."""
    odd = b" description \xa2\xe3 \x80\x80\xd6\xd0\n".replace(b"\x80\x80", b"")
    data = "sysname 核心\n".encode("gb18030") + odd + b"ntp-service unicast-server 10.1.1.1\n"
    result = readdress(data, "huawei", mapping_file.parse("old,new\n10.1.1.0/24,192.168.100.0/24\n"))
    assert result.to_bytes() == data.replace(b"10.1.1.1", b"192.168.100.1")


def test_a_last_line_without_end_becomes_several_with_those_of_the_others(readdress):
    """A text with CRLF has no line that ends otherwise, and no end where it had none."""
    old = b"sysname A\r\nacl number 3000\r\n rule permit ip source 10.1.1.0 0.0.0.255"
    mapping = mapping_file.parse("old,new\n10.1.1.0/25,172.20.4.0/25\n10.1.1.128/25,192.168.6.0/25\n")
    new = readdress(old, "huawei", mapping).to_bytes()
    assert new.split(b"\r\n")[2:] == [
        b" rule permit ip source 172.20.4.0 0.0.0.127",
        b" rule permit ip source 192.168.6.0 0.0.0.127",
    ]
