"""What changes without the shape of an address is in the report, too."""

from __future__ import annotations

import json

from configs.dialects import dialect
from configs.equivalence.model import Document
from configs.equivalence.proof import prove
from configs.readdress import report
from configs.readdress.engine import Action
from configs.readdress.run import Input, run
from configs.readdress_policy import Policy
from ipplan import mapping_file

MAPPING = "old,new\n10.1.1.0/24,10.9.8.0/23\n10.1.2.0/24,10.9.4.0/25\n"


def told(readdress, platform, text, mapping=MAPPING):
    """Line, kind, old and new text of every rewritten token."""
    result = readdress(text.encode(), platform, mapping_file.parse(mapping))
    return [
        (token.line, token.column, token.kind, token.text, token.new)
        for token in result.tokens()
        if token.action is Action.REWRITTEN
    ]


def test_lengths(readdress):
    """A length that stands by itself, and one behind a slash."""
    text = "interface GigabitEthernet0/0/1\n ip address 10.1.1.2 24\n"
    assert told(readdress, "huawei", text) == [
        (2, 13, "interface", "10.1.1.2", "10.9.8.2"),
        (2, 22, "length", "24", "23"),
    ]


def test_bounds(readdress):
    """The bounds of a prefix list's rule, each where it stands."""
    found = told(readdress, "cisco_ios", "ip prefix-list L seq 5 permit 10.1.0.0/16 ge 24 le 24\n")
    assert [one[2:] for one in found if one[2] == "bound"] == [("bound", "24", "25 23"), ("bound", "24", "25 23")]
    assert [one[1] for one in found] == sorted(one[1] for one in found)


def test_rule_numbers(readdress):
    """One rule that becomes two: both numbers."""
    text = "acl number 3000\n rule 5 permit ip source 10.1.0.0 0.0.3.255\n"
    mapping = "old,new\n10.1.0.0/23,10.64.0.0/23\n10.1.2.0/23,10.200.0.0/23\n"
    found = told(readdress, "huawei", text, mapping)
    (number,) = [one for one in found if one[2] == "rule-number"]
    assert number[:2] == (2, 7)
    assert number[3] == "5"
    assert len(number[4].split()) == 2


def test_encoded(readdress):
    """Bytes and digits that hold an address of the mapping are for a person, and nothing else is."""
    text = "ip pool a\n option 43 hex 0A010163\n option 44 hex 0A070163\n"
    result = readdress(text.encode(), "huawei", mapping_file.parse(MAPPING))
    assert [(token.line, token.column, token.kind, token.action, token.reason) for token in result.tokens()] == [
        (2, 16, "encoded", Action.REVIEW, "encoded")
    ]
    assert result.to_bytes() == text.encode()


def test_a_length_in_a_name_follows(readdress):
    """A name of a prefix gets the new length, however it is joined to the address."""
    text = "object-group network N-10.1.1.0_24\n network-object 10.1.1.0 255.255.255.0\naccess-group 10-1-1-0__24 x\n"
    mapping = mapping_file.parse(MAPPING)
    result = readdress(text.encode(), "cisco_asa", mapping, Policy(names=True))
    assert result.to_bytes().decode().splitlines() == [
        "object-group network N-10.9.8.0_23",
        " network-object 10.9.8.0 255.255.254.0",
        "access-group 10-9-8-0__23 x",
    ]


def test_the_proof_takes_a_length_in_a_name_for_what_it_is(readdress):
    """A text whose length follows its prefix is proven; one whose length does not is a counter-example."""
    policy = Policy(names=True, descriptions=True)
    mapping = mapping_file.parse(MAPPING)
    text = 'config firewall address\nedit "L 10.1.1.0/24"\nset comment "hosts of 10.1.1.0/24"\nnext\nend\n'
    new = readdress(text.encode(), "fortinet", mapping, policy).to_bytes().decode()
    assert new == text.replace("10.1.1.0/24", "10.9.8.0/23")
    speaker = dialect("fortinet")

    def found(changed):
        documents = [Document("x", "fortinet", speaker.parse(one.encode())) for one in (text, changed)]
        return prove(documents[:1], documents[1:], mapping, policy).counterexamples

    assert not found(new)
    assert found(new.replace("/23", "/22"))


def test_the_written_report_is_the_report():
    """Whatever stands in a text, and also where a file has no tokens or could not be read."""
    description = ' description "10.1.1.2\\t\x01" \\'
    texts = {
        "quotes.cfg": f"#\nsysname 路由器\n#\ninterface GigabitEthernet0/0/1\n{description}\n#\nreturn\n",
        "none.cfg": "#\nsysname x\n#\nreturn\n",
        "broken.cfg": "?",
    }
    inputs = [Input(name, "", text.encode(), "huawei" if "sysname" in text else "") for name, text in texts.items()]
    document = report.as_json(run(inputs, {"": mapping_file.parse(MAPPING)}, Policy(descriptions=True)))
    assert document["summary"]["failed"] == 1
    assert document["summary"]["tokens"] == 1
    assert json.loads(report.as_text(document)) == document
    assert report.as_text({**document, "files": []}).startswith('{"files": [')
    assert json.loads(report.as_text({**document, "files": []})) == {**document, "files": []}
