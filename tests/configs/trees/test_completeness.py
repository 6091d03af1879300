"""A text that was cut off is told from a fragment that never promised an end."""

from __future__ import annotations

import pytest

from configs.dialects import dialect

CUT = [
    ("huawei", "!Software Version V200R010C00\n#\n sysname A\n#\nbgp 1\n peer 10.0.0.1 as-nu", "return", 6),
    ("huawei", "<A>display current-configuration\n[V200R010C00SPC600]\n#\nsysname A\n", "return", 4),
    ("hp_comware", "#\n version 7.1.070, Release 6728\n#\n sysname A\n", "return", 4),
    ("cisco_ios", "Building configuration...\n\nCurrent configuration : 99 bytes\n!\nhostname A\n!\n", "end", 6),
    ("cisco_ios", "hostname A\nbanner motd ^C\n10.1.1.1\n", "banner motd", 2),
    ("cisco_asa", ": Saved\n:\nASA Version 9.8(2)\nhostname A\n", ": end", 4),
    ("cisco_xr", "!! IOS XR Configuration 7.1\nhostname A\n", "end", 2),
    ("arista_eos", "! Command: show running-config\n! device: a (EOS-4.2)\nhostname A\n", "end", 3),
    ("ruijie_os", "Building configuration...\nCurrent configuration : 9 bytes\nhostname A\n", "end", 3),
    ("frr", "Building configuration...\n\nCurrent configuration:\n!\nfrr version 8.4\n", "end", 5),
    ("fortinet", 'config system interface\n    edit "a"\n        set ip 10.0.0.1 255.0.0.0\n    next\n', "config", 1),
    ("fortinet", 'config system global\n    set banner "one\ntwo\nend\n', "set banner", 2),
    (
        "juniper_junos",
        "system {\n    host-name a;\n}\ninterfaces {\n    ge-0/0/0 {\n        unit 0;\n    }\n",
        "int",
        4,
    ),
    ("juniper_junos", "system {\n}\n/* a remark\ninterfaces {\n}\n", "/* a", 3),
    ("nokia_sros", "# TiMOS-B-22.10.R1 both\nconfigure {\n}\n", "# Finished", 3),
    (
        "paloalto_panos",
        'set deviceconfig system hostname a\nset shared certificate A public-key "-----BEGIN\n',
        "set",
        2,
    ),
    ("topsec_tos", "define\nhost add name a ipaddr 10.0.0.1\n", "define", 1),
]
FRAGMENTS = [
    ("huawei", "#\nsysname A\n#\nbgp 1\n peer 10.0.0.1 as-number 1\n#\n"),
    ("hp_comware", "sysname A\n#\ndhcp enable\n"),
    ("cisco_ios", "hostname A\n!\ninterface Vlan1\n ip address 10.0.0.1 255.0.0.0\n"),
    ("cisco_asa", "ASA Version 9.8(2)\nhostname A\n"),
    ("cisco_nxos", "!Command: show running-config\nversion 9.3(5)\nhostname A\n"),
    ("frr", "frr version 8.4\nhostname A\n"),
    ("fortinet", "edit 1\n    set prefix any\nnext\n"),
    ("fortinet", "    next\nend\nconfig system global\nend\n"),
    ("juniper_junos", "        address 10.0.0.1/24;\n    }\n}\nsystem {\n}\n"),
    ("juniper_junos", "set version 18.4R1.8\nset system host-name a\n"),
    ("hillstone_stoneos", "interface ethernet0/0\n  zone trust\n"),
    ("topsec_tos", "define host add name a ipaddr '10.0.0.1 '\n"),
]


@pytest.mark.parametrize(("platform", "text", "told", "line"), CUT)
def test_cut_off(platform, text, told, line):
    """The block without its end, or the missing last line, is named with file and line, in both languages."""
    spoken = dialect(platform)
    problems = spoken.lacking(spoken.parse(text.encode()), "net/a.cfg")
    assert (problems[0].code, problems[0].file, problems[0].line) == ("truncated", "net/a.cfg", line)
    assert told in str(problems[0])
    assert any("\u4e00" <= char <= "\u9fff" for char in problems[0].in_language("zh_CN"))


@pytest.mark.parametrize(("platform", "text"), FRAGMENTS)
def test_fragments(platform, text):
    """A part from a manual promises no end and is not called cut off."""
    spoken = dialect(platform)
    assert spoken.lacking(spoken.parse(text.encode())) == ()


@pytest.mark.parametrize(("platform", "text", "told", "line"), CUT)
def test_still_lossless(platform, text, told, line):
    """What was cut off is read all the same, and comes back as it was."""
    del told, line
    assert dialect(platform).parse(text.encode()).to_bytes() == text.encode()
