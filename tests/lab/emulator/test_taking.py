"""A device that begins with a text from elsewhere keeps it to the last character; what is typed later has its place."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.emulator.device import Script, Spec
from lab.emulator.platforms import PLATFORMS, emulator, takes_texts
from lab.emulator.taking import ports_in, take

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
SCENARIOS = sorted((CORPUS / "scenarios").glob("*/*.cfg"))
TEXTS = {
    "huawei": """\
[V200R009C00SPC500]
#
 sysname A
 header login information "one
 two"
#
 unheard-of thing
#
vlan batch 10 20
#
aaa
 local-user admin password irreversible-cipher ***
 local-user admin privilege level 15
 domain unheard
  of-lines 7
#
interface GigabitEthernet0/0/0
 ip address 10.0.0.1 255.255.255.0
 ip address 10.0.1.1 255.255.255.0 sub
 unheard-of thing
#
interface MultiGE0/0/9
 ip address 10.0.9.1 255.255.255.0
#
bgp 65001
 peer 10.0.0.2 as-number 65002
 #
 ipv4-family unicast
  undo synchronization
  peer 10.0.0.2 enable
#
return
""",
    "hp_comware": """\
#
 version 7.1.064, Release 0821P13
#
 sysname A
#
 unheard-of thing
#
interface GigabitEthernet0/0
 port link-mode route
 ip address 10.0.0.1 255.255.255.0
 unheard-of thing
#
 ip route-static 0.0.0.0 0 10.0.0.2
#
return
""",
    "cisco_ios": """\
Building configuration...

Current configuration : 812 bytes
!
version 15.1
no service pad
hostname A
!
crypto pki certificate chain X
 certificate self-signed 01
  3082024F 308201B8
  \tquit
!
interface GigabitEthernet0/0
 ip address 10.0.0.1 255.255.255.0
 unheard-of thing
 no ip redirects
!
ip route 0.0.0.0 0.0.0.0 10.0.0.2
!
banner motd ^C
 hello
!
^C
!
end
""",
    "ruijie_os": """\
version S5750_RGOS 11.4(1)B42
hostname A
!
unheard-of thing
!
interface GigabitEthernet 0/1
 no switchport
 ip address 10.0.0.1 255.255.255.0
 unheard-of thing
!
end
""",
}
TEXTS["huawei_vrpv8"] = TEXTS["huawei"].replace("[V200R009C00SPC500]", "!Software Version V800R010C10SPC500")
# They have tests of their own: `test_taking_topsec.py` and its like.
FIREWALLS = {"fortinet", "hillstone_stoneos", "topsec_tos"}
CONFIGURE = dict.fromkeys(("cisco_ios", "ruijie_os"), "configure terminal")


def taken(platform, text):
    """A device that runs a text."""
    device = emulator(platform)(
        Spec("d", platform, IPv4Address("10.0.0.1"), interfaces=ports_in(platform, text), seed=b"test")
    )
    asyncio.run(take(device, text))
    return device


def typed(device, *lines):
    """What a device says to lines of its configuration; the last one takes effect."""

    async def run():
        session = device.session(script := Script(), "admin", 15)
        await session.execute(CONFIGURE.get(device.spec.platform, "system-view"))
        for line in lines:
            script.output.clear()
            await session.execute(line)
            refused = session.refusal("".join(script.output))
            if refused:
                return refused
        await session.finish()
        return ""

    return asyncio.run(run())


@pytest.mark.parametrize("platform", sorted(TEXTS))
def test_a_text_is_kept_to_the_last_character(platform):
    """What is known means something, what is not known stays where it stands; saved is what runs."""
    text = TEXTS[platform]
    device = taken(platform, text)
    assert device.show(device.running) == text
    assert device.show(device.saved) == text
    assert device.name == "A"
    assert IPv4Address("10.0.0.1") in {address.ip for port in device.ports() for address in port.addresses}


@pytest.mark.parametrize("platform", sorted(TEXTS))
def test_a_line_no_table_knows_goes_and_comes_back(platform):
    """Its negation takes it away, and it comes back to its place; one of a kind that never stood there is refused."""
    text = TEXTS[platform]
    device = taken(platform, text)
    port = next(line for line in text.splitlines() if line.startswith("interface"))
    negation = "no" if platform in CONFIGURE else "undo"
    assert not typed(device, port, f"{negation} unheard-of thing")
    assert device.show(device.running).count("unheard-of") == text.count("unheard-of") - 1
    assert not typed(device, port, "unheard-of thing")
    assert device.show(device.running) == text
    assert not typed(device, port, "unheard-of other")
    assert " unheard-of thing\n unheard-of other\n" in device.show(device.running)
    assert device.strange.kept[-1] == (device.strange.kept[-1][0], "unheard-of other")
    before = device.show(device.running)
    assert typed(device, port, "never-heard-of it")
    assert typed(device, port, f"{negation} never-heard-of it")
    assert device.show(device.running) == before


def test_addresses_change_and_come_back_to_their_places():
    """The first one is replaced where it stands; new lines stand behind those of their kind; back is back."""
    text = TEXTS["huawei"]
    device = taken("huawei", text)
    port = "interface GigabitEthernet0/0/0"
    line = " ip address 10.0.0.1 255.255.255.0\n"
    assert not typed(device, port, "ip address 10.0.0.9 255.255.255.0", "ip address 10.0.2.1 255.255.255.0 sub")
    assert device.show(device.running) == text.replace(line, line.replace(".1 ", ".9 ")).replace(
        "10.0.1.1 255.255.255.0 sub\n", "10.0.1.1 255.255.255.0 sub\n ip address 10.0.2.1 255.255.255.0 sub\n"
    )
    assert not typed(device, port, "undo ip address 10.0.2.1 24 sub", "ip address 10.0.0.1 24")
    assert device.show(device.running) == text


def test_new_lines_of_the_system_view_have_separators():
    """A route where there was none gets a run of its own; a block too; a second route joins the first."""
    text = TEXTS["huawei"]
    device = taken("huawei", text)
    assert not typed(
        device, "ip route-static 10.8.0.0 16 10.0.0.2", "ip route-static 10.9.0.0 16 10.0.0.2", "interface LoopBack7"
    )
    shown = device.show(device.running)
    assert "#\nip route-static 10.8.0.0 255.255.0.0 10.0.0.2\nip route-static 10.9.0.0 255.255.0.0 10.0.0.2\n#" in shown
    assert "\n#\ninterface LoopBack7\n#" in shown
    assert not typed(
        device,
        *("undo ip route-static 10.8.0.0 16 10.0.0.2", "undo ip route-static 10.9.0.0 16 10.0.0.2"),
        "undo interface LoopBack7",
    )
    assert device.show(device.running) == text


def test_a_view_no_table_knows_is_entered_and_left():
    """Its lines are its own; a line of the system view, typed in it, is the system view's."""
    device = taken("huawei", TEXTS["huawei"].replace("vlan batch 10 20\n", "unheard view\n line 1\n"))
    assert not typed(device, "unheard view", "line 2", "undo line 1", "interface GigabitEthernet0/0/0", "description x")
    shown = device.show(device.running)
    assert "unheard view\n line 2\n#" in shown
    assert "interface GigabitEthernet0/0/0\n description x\n ip address" in shown


def test_a_candidate_of_vrp8_has_such_lines_too():
    """Nothing of it runs before the commit; then all of it does."""
    device = taken("huawei_vrpv8", TEXTS["huawei_vrpv8"])

    async def run():
        session = device.session(Script(), "admin", 15)
        for line in ("system-view", "undo unheard-of thing", "interface GigabitEthernet0/0/0", "unheard-of 2"):
            await session.execute(line)
        before = device.show(device.running)
        await session.execute("commit")
        return before, device.show(device.running)

    before, after = asyncio.run(run())
    assert before == TEXTS["huawei_vrpv8"]
    assert "\n unheard-of thing\n#\nvlan" not in after
    assert " unheard-of thing\n unheard-of 2\n" in after


@pytest.mark.parametrize("platform", sorted(TEXTS))
def test_a_text_that_says_nothing_of_terminal_lines_shuts_nobody_out(platform):
    """A part of a configuration, or one whose lines are as they came."""
    assert taken(platform, "interface X0/1\n mtu 1400\n").admits(IPv4Address("192.0.2.1"))


def test_a_platform_that_shows_no_text_as_it_was_says_so():
    """Rather than a configuration with lines left out."""
    assert {platform for platform in PLATFORMS if takes_texts(platform)} == {*TEXTS, *FIREWALLS}
    assert not takes_texts("nobody's")


def test_new_lines_stand_where_their_neighbours_stand():
    """Behind a line that was replaced, several new ones of its kind: none of them looks like a part of it."""
    text = "#\nsysname A\n#\nsnmp-agent\nsnmp-agent sys-info version v2c\n#\nreturn\n"
    lines = ["system-view", "undo snmp-agent sys-info version v2c", "snmp-agent sys-info version v3"]
    lines += ["snmp-agent trap enable", "snmp-agent mib-view included all iso"]

    async def typed() -> str:
        device = emulator("huawei")(Spec("A", "huawei", IPv4Address(0)))
        await take(device, text)
        session = device.session(Script(), "console", 15)
        for line in lines:
            await session.execute(line)
        return device.show(device.running)

    shown = [line for line in asyncio.run(typed()).splitlines() if "snmp-agent" in line]
    assert len(shown) >= 4
    assert not [line for line in shown if line.startswith(" ")]
    with pytest.raises(TypeError):
        taken("frr", "")


@pytest.mark.corpus
@pytest.mark.skipif(not SCENARIOS, reason="no published networks beside the checkout")
@pytest.mark.parametrize("platform", ["huawei", "huawei_vrpv8"])
def test_published_texts_are_kept(platform):
    """One in thirty of the published networks' texts (`-m soak`: all of them)."""
    _keeps_all(platform, SCENARIOS[::30])


@pytest.mark.soak
@pytest.mark.corpus
@pytest.mark.skipif(not SCENARIOS, reason="no published networks beside the checkout")
@pytest.mark.parametrize("platform", ["huawei", "huawei_vrpv8"])
def test_all_published_texts_are_kept(platform):
    """All of them, and each can be asked what it means."""
    _keeps_all(platform, SCENARIOS)


def _keeps_all(platform, paths):
    for path in paths:
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
        device = taken(platform, text)
        assert device.show(device.running) == text, path
        assert device.show(device.saved) == text, path
        assert isinstance(device.routes(), tuple)
        assert isinstance(device.snmp_access().communities, tuple)
        # Known: an interface with an address that the text gives has it.
        assert len(device.ports()) >= len(ports_in(platform, text)) * bool(text)
