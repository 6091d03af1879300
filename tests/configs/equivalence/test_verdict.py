"""What a proof says of itself: how far it goes, what is left for people, and nothing secret."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.equivalence.proof import Document, prove
from configs.readdress_policy import Policy
from ipplan import mapping_file

MAPPING = mapping_file.parse("old,new\n10.1.1.0/24,172.16.1.0/24\n10.1.2.0/24,172.16.2.0/24\n")
VRP = "#\nsysname A\n#\ninterface GigabitEthernet0/0/2\n ip address 10.1.1.1 255.255.255.0\n#\n{line}\n#\nreturn\n"


def _document(text: str, platform: str = "huawei", path: str = "a.cfg") -> Document:
    return Document(path, platform, dialects.dialect(platform).parse(text.encode()))


def _moved(text: str) -> str:
    return text.replace("10.1.1.", "172.16.1.").replace("10.1.2.", "172.16.2.")


def test_a_proof_says_how_far_it_goes():
    """Everything read twice; lines for a person; a language without a reader; refuted."""
    text = VRP.format(line="ntp-service unicast-server 10.1.2.9")
    assert prove([_document(text)], [_document(_moved(text))], MAPPING).level == "meaning"
    left = VRP.format(line="ntp-service unicast-server 10.1.2.9").replace("10.1.1.", "172.16.1.")
    assert prove([_document(text)], [_document(left)], MAPPING).level == "refuted"
    proof = prove([_document(text)], [_document(left)], MAPPING, left={("a.cfg", 7)})
    assert (proof.ok, proof.level, proof.people) == (True, "lines", 1)
    assert [row.reason for row in proof.outside] == ["for-a-person"]
    assert proof.as_json()["level"] == "lines"
    linux = "auto eth0\niface eth0 inet static\n    address 10.1.2.9/24\n"
    sides = [_document(each, "linux") for each in (linux, _moved(linux))]
    assert prove(sides[:1], sides[1:], MAPPING).level == "lines"


def test_a_line_for_a_person_must_stay_as_it_is():
    """Only what stayed is excused, not what became something wrong."""
    text = VRP.format(line="ntp-service unicast-server 10.1.2.9")
    wrong = _moved(text).replace("172.16.2.9", "172.16.2.8")
    assert not prove([_document(text)], [_document(wrong)], MAPPING, left={("a.cfg", 7)}).ok


@pytest.mark.parametrize("second", ["10.1.2.1", "10.1.2.2"])
@pytest.mark.parametrize("mode", ["", "merge"])
def test_two_subnets_do_not_become_one_unasked(second, mode):
    """Subnets that go to one new subnet: told unless the mapping says merge; a duplicate address always is."""
    mapping = mapping_file.parse(f"old,new,mode\n10.1.1.0/24,172.16.0.0/24,{mode}\n10.1.2.0/24,172.16.0.0/24,{mode}\n")
    texts = [VRP.format(line="#"), VRP.format(line="#").replace("10.1.1.1", second)]
    old = [_document(text, path=path) for text, path in zip(texts, ("a.cfg", "b.cfg"), strict=True)]
    new = [
        _document(text.replace("10.1.1.", "172.16.0.").replace("10.1.2.", "172.16.0."), path=path)
        for text, path in zip(texts, ("a.cfg", "b.cfg"), strict=True)
    ]
    found = prove(old, new, mapping).counterexamples
    said = [each.message.in_language("en").split(" ")[0] for each in found]
    assert said == (["10.1.1.1"] if second == "10.1.2.1" else [] if mode else ["the"])
    for each in found:
        assert {(place.path, place.line) for place in each.old} == {("a.cfg", 5), ("b.cfg", 5)}


@pytest.mark.parametrize(
    ("rows", "met"),
    [
        ("10.1.1.0/24,172.16.0.0/24,\n10.1.2.0/24,172.16.0.0/23,\n", 1),  # one lies in the other
        ("10.1.1.0/24,172.16.0.0/24,merge\n10.1.2.0/24,172.16.0.0/24,\n", 1),  # one row says so, the other does not
        ("10.1.0.0/16,172.16.0.0/16,\n10.1.2.0/24,172.16.2.0/24,\n", 0),  # a row about a part
        ("10.1.1.0/24,172.16.0.0/24,\n10.1.2.0/24,172.16.1.0/24,\n", 0),
    ],
)
def test_new_subnets_that_overlap_are_told(rows, met):
    """Whoever has addresses in them, and whether or not anybody has."""
    text = _document("#\nsysname A\n#\nreturn\n")
    found = prove([text], [text], mapping_file.parse(f"old,new,mode\n{rows}")).counterexamples
    assert [each.kind.value for each in found] == ["link"] * met


def test_a_message_has_no_secret():
    """Where a secret holds an address the message about it does not say it."""
    ios = "hostname A\n!\nenable secret 9 $9$Zx10.1.1.1\n!\nend\n"
    sides = [_document(each, "cisco_ios") for each in (ios, ios.replace("10.1.1.1", "172.99.1.1"))]
    proof = prove(sides[:1], sides[1:], MAPPING, Policy())
    assert not proof.ok
    assert "99" not in " ".join(str(found.message) for found in proof.counterexamples)


@pytest.mark.parametrize("line", ["snmp-agent target-host trap address udp-domain 10.1.1.9 params securityname public"])
def test_a_doubled_line_is_found(line):
    """The same line twice says nothing new: one of them was added."""
    text = VRP.format(line=line)
    doubled = _moved(VRP.format(line=f"{line}\n{line}"))
    found = prove([_document(text)], [_document(doubled)], MAPPING).counterexamples
    assert [(each.kind.value, each.new[0].line) for each in found] == [("line", 8)]


def test_what_nobody_was_told_to_look_at_may_not_stay():
    """A wide entry that one command cannot say anew stays for a person; if it is known who looks at what, only then."""
    text = VRP.format(line="acl number 3000\n rule 5 permit ip source 10.1.0.0 0.0.3.255")
    new = text.replace("10.1.1.1 ", "172.16.1.1 ")
    sides = [_document(text)], [_document(new)]
    assert prove(*sides, MAPPING).level == "lines"
    assert prove(*sides, MAPPING, left={("a.cfg", 8)}).level == "lines"
    proof = prove(*sides, MAPPING, left=set())
    assert {(found.kind.value, found.new[0].line) for found in proof.counterexamples} >= {("old_address", 8)}


def test_a_line_may_become_several_beside_what_is_left_in_it():
    """A route to several places over a next hop that a person looks at: the hop stays in each, and only it."""
    mapping = mapping_file.parse(
        "old,new\n10.1.1.0/25,172.16.1.0/25\n10.1.1.128/25,172.16.9.0/25\n10.1.3.0/25,172.16.3.0/25\n"
        "10.1.3.128/25,172.16.8.0/25\n10.1.2.0/24,172.16.2.0/24\n"
    )
    old = (
        "hostname A\ninterface GigabitEthernet0/0\n ip address 10.1.1.4 255.255.255.0\n"
        "ip route 10.1.3.0 255.255.255.0 10.1.1.1\nip route 10.1.2.0 255.255.255.0 10.1.1.1\n"
    )
    new = (
        "hostname A\ninterface GigabitEthernet0/0\n ip address 10.1.1.4 255.255.255.0\n"
        "ip route 172.16.3.0 255.255.255.128 10.1.1.1\nip route 172.16.8.0 255.255.255.128 10.1.1.1\n"
        "ip route 172.16.2.0 255.255.255.0 10.1.1.1\n"
    )
    left = {("a.cfg", 3), ("a.cfg", 4), ("a.cfg", 5)}

    def found(text: str) -> list[tuple[str, int]]:
        sides = [_document(each, "cisco_ios") for each in (old, text)]
        proof = prove(sides[:1], sides[1:], mapping, left=left)
        return [(each.kind.value, (each.new or each.old)[0].line) for each in proof.counterexamples]

    assert found(new) == []
    assert found(new.replace("172.16.8.0", "172.16.7.0")) != []
    assert found(new.replace("172.16.8.0 255.255.255.128 10.1.1.1", "172.16.8.0 255.255.255.128 10.1.1.2")) != []
