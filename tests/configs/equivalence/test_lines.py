"""Line by line: what is compared besides addresses, and what an old line may have become."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.equivalence.align import Pair, align, skeleton
from configs.equivalence.proof import Document, prove
from ipplan import mapping_file
from ipplan.mapping import Mapping

TEXT = "#\nsysname A\n#\ninterface GigabitEthernet0/0/0\n description 总部\n ip address 10.1.1.1 24\n#\nreturn\n"


def _document(data: bytes) -> Document:
    return Document("a.cfg", "huawei", dialects.dialect("huawei").parse(data))


def test_line_ends_and_the_encoding_belong_to_the_text():
    """A converted file is not the same file."""
    old = _document(TEXT.encode())
    assert prove([old], [_document(TEXT.encode())], Mapping()).ok
    crlf = prove([old], [_document(TEXT.replace("\n", "\r\n").encode())], Mapping())
    assert {found.kind.value for found in crlf.counterexamples} == {"text"}
    gbk = prove([old], [_document(TEXT.encode("gb18030"))], Mapping())
    assert [found.kind.value for found in gbk.counterexamples] == ["text"]


def test_skeletons_are_lines_without_addresses_and_numbers():
    """Lines that differ in addresses, masks and numbers only are alike; others are not."""
    assert skeleton(" rule 5 permit ip source 10.1.1.0 0.0.0.255") == skeleton(
        " rule 15 permit ip source 10.9.0.0 0.0.3.255"
    )
    assert skeleton("ipv6 address 2001:DB8::1/64") == skeleton("ipv6 address fd00::aa:1/48")
    assert skeleton("rule 5 permit ip") != skeleton("rule 5 deny ip")


def test_alignment_finds_what_became_several_what_is_lost_and_what_is_new():
    """Pairs come in order; every line of both texts is in exactly one of them."""
    old = ["a", "permit 10.0.0.1", "permit 10.0.0.2", "b", "lost", "c", "d"]
    new = ["a", "permit 10.1.0.1", "permit 10.1.0.9", "permit 10.1.0.2", "b", "c", "d", "added"]
    pairs = list(
        align(old, new, lambda before, after, taken: (before, after) in ((1, 1), (1, 2), (2, 3)) and taken != (3,))
    )
    assert Pair((1,), (1, 2)) in pairs
    assert Pair((2,), (3,)) in pairs
    assert [index for pair in pairs for index in pair.old] == list(range(len(old)))
    assert [index for pair in pairs for index in pair.new] == list(range(len(new)))
    assert Pair((4,), ()) in pairs
    assert Pair((), (7,)) in pairs


@pytest.mark.parametrize(
    ("policy_mapping", "old", "new", "kinds"),
    [
        ("10.1.1.0/24,10.8.1.0/24", "router id 10.1.1.1", "router id 10.1.1.1", []),
        ("10.1.1.0/24,10.8.1.0/24", "router id 10.1.1.1", "router id 10.8.1.1", []),
        ("10.1.1.0/24,10.8.1.0/24", "router id 10.1.1.1", "router id 10.8.1.2", ["address"]),
        ("10.1.1.0/24,10.8.1.0/24", "router id 10.2.1.1", "router id 10.8.1.1", ["address"]),
    ],
)
def test_without_a_policy_identities_stay_or_follow(policy_mapping, old, new, kinds):
    """Either is right, a third thing is not."""
    mapping = mapping_file.parse(f"old,new\n{policy_mapping}\n")
    texts = [_document(f"#\nsysname A\n#\n{line}\n#\nreturn\n".encode()) for line in (old, new)]
    assert [found.kind.value for found in prove(texts[:1], texts[1:], mapping).counterexamples] == kinds
