"""A TOS firewall that begins with a text from elsewhere keeps it; what is typed later changes it the vendor's way."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

import pytest

from lab.emulator.device import Script, Spec
from lab.emulator.platforms import emulator
from lab.emulator.taking import ports_in, take

NUMBERED = """\
# a remark
system devname set FW-A
ID 8001 define range add name any ip1 0.0.0.0 ip2 255.255.255.255 vsid 0
ID 8002 define area add name area_eth0 attribute 'eth0 ' vsid 0
ID 8003 define area add name area_lan attribute 'eth1.20 ' vsid 0
ID 8040 define host add name 网站 ipaddr '10.1.1.10 ' macaddr 00:00:00:00:00:00 vsid 0
ID 8041 define host add name H:b ipaddr '10.1.1.11' vsid 0
ID 8042 define subnet add name NET:a ipaddr 10.1.0.0 mask 255.255.0.0 vsid 0
ID 8043 define mac add name M macaddr 00:11:22:33:44:55 vsid 0
ID 8572 firewall policy add action accept src 'NET:a ' dst '网站 ' service 'HTTP RTSP ' vsid 0
ID 8573 firewall policy add action deny src 'NET:a ' dst 'any ' slog on log off vsid 0
ID 8575 firewall policy add action accept src 'H:b ' dst 'any ' vsid 0
ID 8600 nat policy add orig_src 'NET:a ' trans_src eth0 vsid 1
network interface eth0 ip add 10.0.0.1 mask 255.255.255.0 label 0
network interface eth1.20 ip add 10.1.0.1 mask 16
network interface eth1.20 no shutdown
network route add dst 0.0.0.0/0 gw 10.0.0.254 metric 1 weight 1 id 100
log log set ipaddr 10.1.5.14 port 514
system sshd start
pf service add name ssh area area_eth0 addressname NET:a
"""
SUBMODES = """\
define
  host add name web ipaddr 10.1.1.10
  subnet add name lan ipaddr 10.1.0.0 mask 16
end

firewall
  policy add name P1 action accept src 'lan ' dst 'web '
end
network interface eth0 ip add 10.0.0.1 mask 255.255.255.0
"""


def taken(text):
    """A firewall that runs a text."""
    ports = ports_in("topsec_tos", text)
    device = emulator("topsec_tos")(Spec("d", "topsec_tos", IPv4Address("10.0.0.1"), interfaces=ports, seed=b"test"))
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


def lines_of(device):
    """What it shows."""
    return device.show(device.running).splitlines()


@pytest.mark.parametrize("text", [NUMBERED, SUBMODES, NUMBERED.replace("\n", "\r\n"), "", NUMBERED.rstrip("\n")])
def test_a_text_is_kept_to_the_last_character(text):
    """What is known means something, what is not known stays where it stands; saved is what runs."""
    device = taken(text)
    assert device.show(device.running) == text.replace("\r\n", "\n")
    assert device.show(device.saved) == text.replace("\r\n", "\n")
    if text:
        addresses = {str(address.ip) for port in device.ports() for address in port.addresses}
        assert "10.0.0.1" in addresses


def test_ports_are_those_that_the_text_names():
    """Of interfaces and of areas; a sub-interface has the address that its line gives."""
    assert ports_in("topsec_tos", NUMBERED) == ("eth0", "eth1.20")
    found = {port.name: [str(one) for one in port.addresses] for port in taken(NUMBERED).ports()}
    assert found["eth1.20"] == ["10.1.0.1/16"]


def test_what_is_typed_stands_behind_lines_of_its_kind_with_the_next_number():
    """An object behind those of its kind, a rule behind the rules; numbers go on from the highest."""
    device = taken(NUMBERED)
    rule = "firewall policy add action accept src 'H:c ' dst '网站 ' service 'RTSP '"
    assert not typed(device, "define host add name H:c ipaddr '10.1.1.12 '", rule)
    lines = lines_of(device)
    place = lines.index("ID 8601 define host add name H:c ipaddr '10.1.1.12 ' vsid 0")
    assert lines[place - 1].startswith("ID 8041 ")
    assert lines[lines.index(f"ID 8602 {rule} vsid 0") - 1].startswith("ID 8575 ")
    assert typed(device, "define host delete name H:c")  # a rule uses it
    assert not typed(device, "firewall policy delete id 8602", "define host delete name H:c")
    assert device.show(device.running) == NUMBERED


def test_rules_change_places_and_fields_and_come_back():
    """Moved, a rule takes its text with it; a field that is given replaces what it was, unknown fields stay."""
    device = taken(NUMBERED)
    assert not typed(device, "firewall policy move 8575 before 8572")
    rules = [line.split()[1] for line in lines_of(device) if "firewall policy" in line]
    assert rules == ["8575", "8572", "8573"]
    assert not typed(device, "firewall policy move 8575 after 8573")
    assert device.show(device.running) == NUMBERED
    assert not typed(device, "firewall policy modify id 8573 action accept")
    assert "ID 8573 firewall policy add action accept src 'NET:a ' dst 'any ' slog on vsid 0" in lines_of(device)
    assert not typed(device, "firewall policy modify id 8573 action deny")
    assert device.show(device.running) == NUMBERED


def test_forms_that_no_table_knows_are_deleted_by_name_and_number():
    """An object, a rule with a field more, an address with a label, a route with a weight; others are refused."""
    device = taken(NUMBERED)
    assert not typed(
        device, "firewall policy delete id 8572", "define host delete name 网站", "define mac delete name M"
    )
    assert not typed(device, "network interface eth0 ip delete 10.0.0.1 mask 255.255.255.0")
    assert not typed(device, "network route delete dst 0.0.0.0/0 gw 10.0.0.254")
    gone = ("8572", "8040", "8043", " eth0 ip ", "network route")
    assert lines_of(device) == [line for line in NUMBERED.splitlines() if not any(one in line for one in gone)]
    before = device.show(device.running)
    assert typed(device, "define mac delete name M")
    assert typed(device, "define vip add name v ipaddr 10.0.0.9")
    assert typed(device, "firewall policy add action accept src 'NET:a ' unheard-of 1")
    assert typed(device, "firewall policy add action accept src 'NET:unknown '")
    assert device.show(device.running) == before


def test_forms_that_no_table_knows_are_typed_where_the_text_has_them():
    """A line that begins as one of the text does is kept, with a number if it is an object."""
    device = taken(NUMBERED)
    assert not typed(device, "define mac add name N macaddr 00:11:22:33:44:66")
    assert not typed(device, "define mac modify name M macaddr 00:11:22:33:44:77")
    assert not typed(device, "firewall policy add action deny src 'NET:a ' slog off")
    lines = lines_of(device)
    assert "ID 8601 define mac add name N macaddr 00:11:22:33:44:66 vsid 0" in lines
    assert "ID 8043 define mac add name M macaddr 00:11:22:33:44:77 vsid 0" in lines
    assert "ID 8602 firewall policy add action deny src 'NET:a ' slog off vsid 0" in lines
    assert device.strange.kept == [("", "define mac add name N macaddr 00:11:22:33:44:66")]


def test_a_port_that_is_spelled_to_be_up_goes_down_and_comes_back():
    """The line that says so gives way to the other, and stands again where it stood."""
    device = taken(NUMBERED)
    assert not typed(device, "network interface eth1.20 shutdown")
    assert "network interface eth1.20 no shutdown" not in lines_of(device)
    assert not device.enabled("eth1.20")
    assert not typed(device, "network interface eth1.20 no shutdown")
    assert device.show(device.running) == NUMBERED


def test_in_submodes_new_lines_stand_in_them():
    """Without the word of the submode and without numbers; what belongs into none stands behind it."""
    device = taken(SUBMODES)
    assert not typed(
        device, "define host add name db ipaddr '10.1.1.13 '", "network route add dst 0.0.0.0/0 gw 10.0.0.9"
    )
    assert not typed(device, "define", "host add name dns ipaddr '10.1.1.14 '", "end")
    lines = lines_of(device)
    assert lines[2:4] == ["  host add name db ipaddr '10.1.1.13 '", "  host add name dns ipaddr '10.1.1.14 '"]
    assert lines[-1].startswith("network route add dst 0.0.0.0/0 gw 10.0.0.9")
    assert not typed(device, "define host delete name db", "define host delete name dns")
    assert not typed(device, "network route delete dst 0.0.0.0/0 gw 10.0.0.9")
    assert device.show(device.running) == SUBMODES


def test_a_text_that_opens_no_way_in_shuts_nobody_out():
    """One that does decides: without its last entry nobody gets in by SSH."""
    assert taken(SUBMODES).admits(IPv4Address("192.0.2.1"))
    assert not taken(SUBMODES).ssh_enabled
    device = taken(NUMBERED)
    assert device.ssh_enabled
    assert not typed(device, "pf service delete name ssh area area_eth0 addressname NET:a")
    assert not device.ssh_enabled
    assert not device.admits(IPv4Address("10.1.0.9"))
