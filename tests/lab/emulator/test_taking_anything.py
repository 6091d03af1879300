"""Whatever a text for a firewall looks like, cut off, mixed up or no configuration at all: it is shown as it was."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.emulator.device import LogoutError, Script, Spec
from lab.emulator.platforms import emulator
from lab.emulator.taking import ports_in, take

LINES = {
    "topsec_tos": (
        *("define", "firewall", "network", "end", "", "# remark", "vsys enter vsys-name v", "system sshd start"),
        *("ID 8002 define host add name H ipaddr '10.0.0.1 ' vsid 0", "host add name H ipaddr 10.0.0.1"),
        *(
            "define host add name",
            "define area add name a attribute 'eth0 '",
            "define subnet add name S ipaddr x mask 9",
        ),
        *("ID 8100 firewall policy add action accept src 'H ' vsid 0", "policy add action deny", "nat policy add x"),
        *("network interface eth0 ip add 10.0.0.1 mask 24", "network interface eth0 ip add 1 mask x", "ID x"),
        *("network route add dst 10.0.0.0/8 gw 10.0.0.9", "network route add dst x gw y", "pf service add name ssh"),
    ),
    "fortinet": (
        *(
            "config system global",
            "config system interface",
            "config firewall policy",
            "config x",
            "config",
            "config y z",
        ),
        *('edit "port1"', "edit 1", "edit", "edit a b", "next", "end", "", "#remark", "unset x", "set", 'set name "x'),
        *("set ip 10.0.0.1 255.255.255.0", "set ip x", "set hostname A", "set srcintf any", "set x 1 2", 'y"', "\\"),
        *("set password ENC eHl6", "set type physical", "set admintimeout 5", "set vdom root", "set action accept"),
    ),
    "hillstone_stoneos": (
        *("interface ethernet0/1", "interface bgroup9", "zone trust", 'zone "trust"', "exit", "", "End", "# remark"),
        *(
            "ip address 10.0.0.1/24",
            "ip address x",
            "rule id 1",
            "rule",
            "policy-global",
            "action permit",
            "x y",
            "no x",
        ),
        *('address "a b"', "ip 10.0.0.0/8", "ip vrouter trust-vr", "ip route 0.0.0.0/0 10.0.0.9", "manage ssh"),
        *("admin user hillstone", "password x", "admin host any any", "snatrule id 1 from x to y", "Version 5.5R9"),
    ),
}


def some(platform: str) -> st.SearchStrategy[str]:
    """Lines that the language has or nearly has, with any indentation, and others."""
    known = st.sampled_from(LINES[platform])
    other = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\n"), max_size=12)
    line = st.tuples(st.sampled_from(("", " ", "  ", "    ", "\t")), known | other).map("".join)
    return st.lists(line, max_size=25).map("\n".join)


@pytest.mark.parametrize("platform", sorted(LINES))
def test_any_text_is_kept_to_the_last_character(platform):
    """And the device can be asked what it has, typed at, saved and rebooted; what was typed does not break it."""

    @settings(max_examples=150, deadline=None)
    @given(some(platform), st.lists(st.sampled_from(LINES[platform]), max_size=4))
    def check(text: str, typed: list[str]) -> None:
        async def run() -> None:
            ports = ports_in(platform, text)
            device = emulator(platform)(Spec("d", platform, IPv4Address("10.0.0.1"), interfaces=ports, seed=b"test"))
            await take(device, text)
            assert device.saved is not None
            assert (device.show(device.running), device.show(device.saved)) == (text, text)
            assert isinstance(device.ports(), tuple)
            assert isinstance(device.routes(), tuple)
            assert device.admits(IPv4Address("10.0.0.9")) in (True, False)
            assert device.password_level("nobody", "nothing") is None
            session = device.session(Script(), "admin", 15)
            await session.configure()
            with suppress(LogoutError):
                for line in typed:
                    await session.execute(line)
            shown = device.show(device.running)
            assert device.show(device.running.copy()) == shown
            device.load(device.saved)
            assert device.show(device.running) == text

        asyncio.run(run())

    check()
