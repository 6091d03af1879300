"""The text that edits lead to: equal to what was intended, and otherwise untouched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs import change
from configs.change import statements
from configs.change.applied import applied
from configs.dialects import dialect

VRP = (
    "#\nsysname r\n#\nacl number 2000\n rule 5 permit source 10.0.0.0 0.255.255.255\n#\n"
    "interface GigabitEthernet0/0/0\n description a\n#\nuser-interface vty 0 4\n idle-timeout 30 0\n#\nreturn\n"
)
FORTIOS = (
    'config system interface\n    edit "port1"\n        set ip 10.0.0.1 255.255.255.0\n'
    "        set allowaccess ping ssh\n    next\nend\nconfig system ntp\n    set ntpsync enable\nend\n"
)


def merged(platform: str, before: str, lines: str) -> str:
    """A text with lines merged in."""
    speaker = dialect(platform)
    assert speaker.language is not None
    language = replace(speaker.language, owned=change.NEVER)
    running, wanted = speaker.parse(before.encode()), speaker.parse(lines.encode())
    return applied(running, change.edits(running, wanted, language), language).decode()


def test_a_line_is_replaced_where_it_stood_and_nothing_else_changes():
    """A value takes the place of the one it replaces."""
    after = merged("huawei", VRP, "user-interface vty 0 4\n idle-timeout 10 0\n")
    assert after == VRP.replace("idle-timeout 30 0", "idle-timeout 10 0")


def test_a_new_view_stands_behind_what_belongs_to_the_last_one():
    """What is put into the last view is not cut off by a section that is new."""
    after = merged(
        "huawei",
        VRP,
        "user-interface vty 0 4\n acl 2001 inbound\n#\nacl number 2001\n rule 5 permit source 10.1.0.0 0\n",
    )
    assert after.index(" acl 2001 inbound") < after.index("acl number 2001\n rule 5 permit source 10.1.0.0 0\n")
    tree = dialect("huawei").parse(after.encode())
    assert [node.text for node in tree.children[-2].children] == ["idle-timeout 30 0", "acl 2001 inbound"]


def test_views_that_words_close_are_closed():
    """A new table of FortiOS ends with its words, and an entry that goes takes its word along."""
    after = merged("fortinet", FORTIOS, "config system dns\n    set primary 10.0.0.9\nend\n")
    assert after.endswith("config system dns\n    set primary 10.0.0.9\nend\n")
    gone = merged("fortinet", FORTIOS, 'config system interface\n    unset edit "port1"\nend\n')
    assert gone == "config system interface\nend\nconfig system ntp\n    set ntpsync enable\nend\n"


def test_line_ends_and_encoding_are_those_of_the_text():
    """A text from Windows in GB18030 stays one."""
    before = VRP.replace("description a", "description 到县局").replace("\n", "\r\n").encode("gb18030")
    speaker = dialect("huawei")
    assert speaker.language is not None
    running, wanted = speaker.parse(before), speaker.parse(b"ntp-service unicast-server 10.0.0.9\n")
    after = applied(running, change.edits(running, wanted, speaker.language), speaker.language)
    assert after == before.replace(b"#\r\nreturn", b"ntp-service unicast-server 10.0.0.9\r\n#\r\nreturn")


LINES = st.lists(
    st.sampled_from(
        [
            "ftp server enable",
            "info-center loghost 10.9.9.9",
            "ntp-service unicast-server 10.9.9.8",
            "interface GigabitEthernet0/0/0\n shutdown",
            "interface GigabitEthernet0/0/0\n description b",
            "acl number 2000\n rule 10 permit source 10.1.0.0 0",
            "acl number 2002\n rule 5 deny",
            "user-interface vty 0 4\n acl 2000 inbound",
            "undo sysname",
        ]
    ),
    unique=True,
    max_size=5,
)


@given(LINES)
def test_what_was_merged_is_no_difference_any_more(lines: list[str]):
    """Merged again they change nothing; the change between the two texts leads from the one to the other."""
    wanted = "#\n".join(f"{line}\n" for line in lines)
    after = merged("huawei", VRP, wanted)
    assert merged("huawei", after, wanted) == after
    speaker = dialect("huawei")
    assert speaker.language is not None
    whole = replace(speaker.language, owned=change.NEVER, whole=True)
    before, behind = speaker.parse(VRP.encode()), speaker.parse(after.encode())
    way = change.edits(before, behind, whole)
    assert change.edits(speaker.parse(applied(before, way, whole)), behind, whole) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "system {\n    services {\n        telnet;\n        ssh;\n    }\n}\n",
            "system {\n    services {\n        ssh;\n    }\n    ntp server 10.0.0.9;\n}\n",
        ),
        (
            "set system services telnet\nset system services ssh\n",
            "set system services ssh\nset system ntp server 10.0.0.9\n",
        ),
    ],
)
def test_statements_are_set_and_deleted_in_both_forms(text, expected):
    """`set` and `delete` do the same to braces and to a list of `set` commands."""
    parse = dialect("juniper_junos").parse
    after = statements.applied(
        parse(text.encode()), ["delete system services telnet", "set system ntp server 10.0.0.9"]
    )
    same = statements.difference(parse(after), parse(expected.encode()))
    assert same == ()
    assert statements.difference(parse(text.encode()), parse(after)) == (
        "delete system services telnet",
        "set system ntp server 10.0.0.9",
    )
