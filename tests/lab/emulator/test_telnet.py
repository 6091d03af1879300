"""Telnet in front of emulated devices: the virtual terminal of RFC 854, and the vendors' logins."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.emulator.telnet import Nvt
from lab.emulator.world import World, served_at

IAC, DONT, DO, WONT, WILL, SB, SE = b"\xff", b"\xfe", b"\xfd", b"\xfc", b"\xfb", b"\xfa", b"\xf0"
# How a first text of a device that takes SSH becomes one of a device that takes telnet.
TEXTS = {
    "cisco_ios": (("transport input ssh", "transport input telnet"),),
    "huawei": (("stelnet server enable", "telnet server enable"), ("inbound ssh", "inbound telnet")),
    "hp_comware": (("ssh server enable", "telnet server enable"), ("inbound ssh", "inbound telnet")),
}


@pytest.mark.parametrize(
    ("sent", "typed", "answered"),
    [
        (b"save\r\n", b"save\r", b""),
        (b"save\r\x00", b"save\r", b""),
        (b"save\n", b"save", b""),
        (b"a" + IAC + IAC + b"b", b"a\xffb", b""),
        (IAC + DO + b"\x01", b"", b""),
        (IAC + DO + b"\x18", b"", IAC + WONT + b"\x18"),
        (IAC + WILL + b"\x1f", b"", IAC + DONT + b"\x1f"),
        (IAC + DONT + b"\x01x", b"x", b""),
        (IAC + SB + b"\x18\x01vt100" + IAC + SE + b"x", b"x", b""),
        (IAC + b"\xf1x", b"x", b""),
        ("市\r\n".encode("gb18030"), "市\r".encode("gb18030"), b""),
    ],
)
def test_what_is_typed(sent, typed, answered):
    """Line ends, commands and data bytes; an option that is not ours is refused."""
    assert Nvt().take(sent) == (typed, answered)


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=4))
def test_however_it_is_cut(data, cuts):
    """Packets may end anywhere: the outcome is the same."""
    whole = Nvt().take(data)
    pieces = Nvt()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    found = [pieces.take(data[a:b]) for a, b in itertools.pairwise(places)]
    assert (b"".join(typed for typed, _ in found), b"".join(answer for _, answer in found)) == whole


@pytest.fixture
def where(spec, texts):
    """A world with one device that takes telnet, and its telnet address."""

    def make(platform):
        text = texts[platform].replace("service-type ssh", "service-type telnet")
        for old, new in TEXTS[platform]:
            text = text.replace(old, new)
        made = spec(platform, text=text)
        return World([made], snmp=False, telnet=True), served_at(made.address)

    return make


async def talk(world, address, *lines):
    """What comes back when these lines are sent, each after the device has said something; until it is quiet."""
    await world.boot()
    await world.open()
    try:
        reader, writer = await asyncio.open_connection(address, world.ports[0] + 1)
        try:
            return await said_to(reader, writer, lines)
        finally:
            writer.close()
            await writer.wait_closed()
    finally:
        await world.close()
        await asyncio.sleep(0.05)


async def said_to(reader, writer, lines):
    """As `talk`, over a connection."""
    said = b""
    for line in (*lines, None):
        try:
            while True:
                async with asyncio.timeout(0.3):
                    data = await reader.read(4096)
                said += data
                if not data:
                    return said
        except TimeoutError:
            pass
        if line is not None:
            writer.write(line.encode() + b"\r\n")
    return said


@pytest.mark.parametrize("platform", TEXTS)
def test_three_wrong_answers_end_it(platform, where):
    """Echo is announced first; no password is echoed; after the third the connection is closed."""
    world, address = where(platform)
    said = asyncio.run(talk(world, address, *("govnet", "wrong-one") * 3, "x"))
    assert said.startswith(IAC + WILL + b"\x01" + IAC + WILL + b"\x03")
    words = world.hosts["dev"].device.telnet
    assert said.count(words.refused.strip().encode()) == 3
    assert b"govnet" in said
    assert b"wrong-one" not in said
    assert world.hosts["dev"].device.logins == 0
