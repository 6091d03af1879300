"""What rests on a line that is left for a person, whole or half, is outside the proof; what does not is in it."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.equivalence.proof import Document, prove
from configs.readdress.engine import Action, Engine, Source
from ipplan import mapping_file

# A subnet of which a half is in the mapping, and a tunnel from it.
TUNNEL = """sysname A
interface GigabitEthernet0/0/1
 ip address 10.1.1.1 255.255.255.0
interface Tunnel0/0/0
 ip address 10.1.7.1 255.255.255.252
 tunnel-protocol gre
 source 10.1.1.1
 destination 10.1.8.8
"""
HALF = "old,new\n10.1.1.0/25,172.20.1.128/25\n"
# One side of a pair has no place in the smaller subnet.
PAIR = """ip nat inside source static 10.1.2.11 10.1.10.31
ip nat outside source static 10.1.12.5 10.1.2.200 add-route
"""
SMALLER = "old,new\n10.1.12.0/24,172.20.12.128/25\n10.1.2.0/24,172.20.2.128/25\n"
CASES = {"tunnel": ("huawei", TUNNEL, HALF, 3), "pair": ("cisco_ios", PAIR, SMALLER, 2)}


def _run(platform, text, rows):
    language, mapping = dialects.dialect(platform), mapping_file.parse(rows)
    old = language.parse(text.encode())
    engine = Engine(mapping)
    source = Source("d", platform, old, language.places(), language.mask)
    engine.learn([source])
    result = engine.run(source)
    left = {("d", token.line) for token in result.tokens() if token.action is Action.REVIEW}

    def proven(new):
        documents = Document("d", platform, old), Document("d", platform, language.parse(new.encode()))
        return prove(documents[:1], documents[1:], mapping, None, left)

    return result.to_bytes().decode(), left, proven


@pytest.mark.parametrize("name", CASES)
def test_what_rests_on_such_a_line_is_no_counterexample(name):
    """It is listed beside the line itself."""
    platform, text, rows, line = CASES[name]
    new, left, proven = _run(platform, text, rows)
    assert left == {("d", line)}
    proof = proven(new)
    assert [str(found.message) for found in proof.counterexamples] == []
    assert {(each.reason, each.site.line) for each in proof.outside} >= {("depends-on-review", line)}
    assert proof.level == "lines"


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("tunnel", "source 172.20.1.129", "source 172.20.1.130"),
        ("pair", "172.20.12.133 10.1.2.200", "172.20.12.134 10.1.2.200"),
        ("pair", "172.20.2.139 10.1.10.31", "172.20.2.138 10.1.10.31"),
    ],
)
def test_a_fault_in_it_is_still_found(name, right, wrong):
    """What was rewritten in such a line, or beside it, is compared like everything."""
    platform, text, rows, _ = CASES[name]
    new, _, proven = _run(platform, text, rows)
    assert right in new
    lines = {place.line for found in proven(new.replace(right, wrong)).counterexamples for place in found.new}
    assert new[: new.index(right)].count("\n") + 1 in lines
