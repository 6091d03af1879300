"""A FortiGate that begins with a text from elsewhere keeps it; what is typed later changes it the vendor's way."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.emulator.device import Script, Spec
from lab.emulator.platforms import emulator
from lab.emulator.taking import ports_in, take

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
PUBLISHED = sorted([*(CORPUS / "configs" / "fortinet").glob("*.conf"), *(CORPUS / "audit" / "fortinet").glob("*.cfg")])
TEXT = """\
#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin
#global_vdom=1
config system global
    set hostname "A"
    set gui-theme jade
    set admintimeout 5
end
config system interface
    edit "wan1"
        set vdom "root"
        set ip 10.0.0.1 255.255.255.0
        set allowaccess ping ssh
        set type physical
        config ipv6
            set ip6-address 2001:db8::1/64
        end
        set snmp-index 1
    next
    edit "lan"
        set ip 10.1.0.1/24
        set role lan
    next
    edit "vpn9"
        set type tunnel
        set interface "wan1"
    next
end
config system admin
    edit "admin"
        set accprofile "super_admin"
        set vdom "root"
        set password ENC bm90LW91cnM=
    next
end

config system unheard-of
    set thing one "two words"
    config part
        edit 1
            set more 2
        next
    end
end
config vpn certificate local
    edit "c"
        set certificate "-----BEGIN CERTIFICATE-----
MIID
-----END CERTIFICATE-----"
    next
end
config firewall address
    edit "inner"
        set uuid 11111111-2222-3333-4444-555555555555
        set subnet 10.1.0.0 255.255.255.0
    next
end
config firewall policy
    edit 1
        set name "out"
        set srcintf "lan"
        set dstintf "wan1"
        set action accept
        set srcaddr "inner"
        set dstaddr "all"
        set schedule "always"
        set service "GRE" "PING"
        set logtraffic all
    next
    edit 2
        set srcintf "lan"
        set dstintf "wan1"
        set srcaddr "all"
        set dstaddr "all"
        set schedule "always"
        set service "ALL"
    next
end
"""


def taken(text):
    """A firewall that runs a text."""
    ports = ports_in("fortinet", text)
    device = emulator("fortinet")(Spec("d", "fortinet", IPv4Address("10.0.0.1"), interfaces=ports, seed=b"test"))
    asyncio.run(take(device, text))
    return device


def typed(device, *lines):
    """What a firewall says to lines; the first refusal."""

    async def run():
        session = device.session(script := Script(), "admin", 15)
        for line in lines:
            script.output.clear()
            await session.execute(line)
            refused = session.refusal("".join(script.output))
            if refused:
                return refused
        return ""

    return asyncio.run(run())


def said(device, line):
    """What it answers to a line."""

    async def run():
        script = Script()
        await device.session(script, "admin", 15).execute(line)
        return "".join(script.output)

    return asyncio.run(run())


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.replace("\n", "\r\n"), TEXT.replace("    ", "\t"), "", TEXT.rstrip("\n"), TEXT + TEXT]
)
def test_a_text_is_kept_to_the_last_character(text):
    """Blocks, rows and fields that no table knows stand where they stood, and `show` shows the whole."""
    device = taken(text)
    wanted = text.replace("\r\n", "\n")
    assert device.show(device.running) == wanted
    assert device.show(device.saved) == wanted
    assert device.show(device.running) == wanted  # secrets do not change from look to look
    if text:
        assert wanted.rstrip("\n") in said(device, "show")
        assert device.name == "A"
        found = {port.name: [str(one) for one in port.addresses] for port in device.ports()}
        assert (found["wan1"], found["lan"]) == (["10.0.0.1/24"], ["10.1.0.1/24"])


def test_ports_are_the_rows_that_are_ports_of_the_box():
    """Not tunnels and VLANs; one without a type is one."""
    assert ports_in("fortinet", TEXT) == ("wan1", "lan")


def test_fields_change_and_come_back_to_their_places():
    """A default that the text spells out is spelled again, one that it does not goes away."""
    device = taken(TEXT)
    lines = ("config system global", "set hostname B", "set admintimeout 10", "set admin-port 8080", "end")
    assert not typed(device, *lines)
    shown = device.show(device.running)
    assert 'set hostname "B"\n    set gui-theme jade\n    set admintimeout 10\n' in shown
    assert "    set admin-port 8080\n" in shown
    assert not typed(device, "config system global", "set hostname A", "unset admintimeout", "unset admin-port", "end")
    assert device.show(device.running) == TEXT


def test_rows_are_made_moved_and_deleted():
    """A new one stands behind the others; a policy that is moved takes its text with it."""
    device = taken(TEXT)
    row = ('set name "p3"', "set srcintf lan", "set dstintf wan1", "set srcaddr inner", "set dstaddr all")
    rest = ("set schedule always", "set service GRE", "set logtraffic all", "next")
    assert not typed(device, "config firewall policy", "edit 3", *row, *rest, "move 3 before 1", "end")
    shown = device.show(device.running)
    assert "config firewall policy\n    edit 3\n" in shown
    assert '        set service "GRE"\n' in shown.replace("    edit 1\n", "X")
    assert shown.index("edit 3") < shown.index('set name "out"')
    assert not typed(device, "config firewall policy", "delete 3", "move 2 before 1", "move 1 before 2", "end")
    assert device.show(device.running) == TEXT
    assert typed(device, "config firewall address", "delete inner")  # a policy uses it


def test_what_no_table_knows_is_typed_where_the_text_has_it():
    """A field and a block of the text; others are refused, as is a name that nothing defines."""
    device = taken(TEXT)
    block = (
        "config system unheard-of",
        'set thing "other"',
        "config part",
        "edit 2",
        "set more 3",
        "next",
        "end",
        "end",
    )
    assert not typed(device, *block)
    shown = device.show(device.running)
    assert 'config system unheard-of\n    set thing "other"\n    config part\n        edit 1\n' in shown
    assert "        edit 2\n            set more 3\n        next\n" in shown
    back = ('set thing one "two words"', "config part", "delete 2", "end", "end")
    assert not typed(device, block[0], *back)
    assert not typed(device, "config system interface", "edit wan1", "set role wan", "unset role", "end")
    assert device.show(device.running) == TEXT
    assert typed(device, "config system never-heard-of")
    assert typed(device, "config system global", "set never-heard-of 1")
    assert typed(device, "config firewall policy", "edit 1", "set service NEVER")
    assert device.show(device.running) == TEXT


def test_secrets_of_a_real_device_are_kept_and_read_back():
    """Nobody gets in by one; its stored form is taken again, as the device that made it takes it."""
    device = taken(TEXT)
    assert device.password_level("admin", "bm90LW91cnM=") is None
    block = ("config system admin", "edit admin")
    assert not typed(device, *block, "set password Secret-123", "end")
    assert device.password_level("admin", "Secret-123") == 15
    assert device.show(device.running) == device.show(device.running) != TEXT
    assert not typed(device, *block, "set password ENC bm90LW91cnM=", "end")
    assert device.show(device.running) == TEXT


def test_an_interface_that_no_longer_takes_ssh_lets_nobody_in():
    """One must; a text in which none does, or that has no administrators, shuts nobody out of the lab."""
    device = taken(TEXT)
    assert device.ssh_enabled
    assert not typed(device, "config system interface", "edit wan1", "set allowaccess ping", "end")
    assert not device.ssh_enabled
    bare = taken("config system dns\n    set primary 10.0.0.9\nend\n")
    assert not bare.ssh_enabled
    assert bare.admits(IPv4Address("192.0.2.1"))


@pytest.mark.corpus
@pytest.mark.skipif(not PUBLISHED, reason="no published texts beside the checkout")
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_published_texts_are_kept(path):
    """To the last character."""
    text = path.read_text(encoding="utf-8")
    assert taken(text).show(taken(text).running) == text
