"""Nothing leaves that the allow file does not name, whatever the rest of the program believes."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.probes import allow, frames
from audits.probes.gate import Gate, aim_of
from audits.probes.model import Aim, Protocol, Send, Vantage
from audits.probes.place import Interface
from audits.probes.wire import Network
from inventory.errors import InputError, RefusedError

FILE = """\
rate: {target: 50, all: 100}
targets:
  - {prefix: 127.0.0.1/32, ports: [icmp, tcp/22, udp/1000-1010]}
  - {prefix: '2001:db8::/64', ports: [tcp/443]}
  - {prefix: 10.3.0.0/24, ports: [icmp]}
  - {prefix: 'ff02::/16', ports: [icmp]}
  - {prefix: '::/16', ports: [icmp]}
links:
  - {vantage: office, frames: [arp, dhcp], prefixes: [10.1.0.0/24]}
  - {vantage: six, frames: [nd, dhcpv6, rs], prefixes: ['2001:db8::/64']}
"""
OFFICE, SIX = Vantage("office", "eth0"), Vantage("six", "eth0")
PLACE = Interface("eth0", 1, "02:00:00:00:00:09", ip_address("10.1.0.9"), ip_address("fe80::9"))


@pytest.fixture
def gate() -> Gate:
    return Gate(allow.parse(FILE.encode(), "allow.yaml"))


def aim(protocol: str, address: str, port: int = 0) -> Aim:
    return Aim(Protocol(protocol), ip_address(address), port)


@pytest.mark.parametrize(
    ("vantage", "to", "passes"),
    [
        (OFFICE, aim("tcp", "127.0.0.1", 22), True),
        (OFFICE, aim("tcp", "127.0.0.1", 23), False),
        (OFFICE, aim("udp", "127.0.0.1", 22), False),
        (OFFICE, aim("udp", "127.0.0.1", 1010), True),
        (OFFICE, aim("udp", "127.0.0.1", 1011), False),
        (OFFICE, aim("icmp", "127.0.0.1"), True),
        (OFFICE, aim("icmp", "127.0.0.2"), False),
        (OFFICE, aim("tcp", "2001:db8::5", 443), True),
        (OFFICE, aim("icmp", "2001:db8::5"), False),
        (OFFICE, aim("arp", "10.1.0.5"), True),
        (OFFICE, aim("arp", "10.2.0.5"), False),
        (SIX, aim("arp", "10.1.0.5"), False),
        (OFFICE, aim("dhcp", "255.255.255.255"), True),
        (OFFICE, aim("dhcp", "10.1.0.1"), False),
        (OFFICE, aim("rs", "ff02::2"), False),
        (SIX, aim("rs", "ff02::2"), True),
        (SIX, aim("rs", "ff02::1:2"), False),
        (SIX, aim("dhcpv6", "ff02::1:2"), True),
        (OFFICE, aim("dhcpv6", "ff02::1:2"), False),
        (OFFICE, aim("icmp", "10.3.0.10"), True),
        (OFFICE, aim("icmp", "10.3.0.255"), False),  # everybody there would answer
        (OFFICE, aim("icmp", "10.3.0.0"), False),
        (OFFICE, aim("icmp", "ff02::1"), False),
        (OFFICE, aim("icmp", "::ffff:10.9.9.9"), False),  # IPv4 in another dress
        (SIX, aim("nd", "2001:db8::7"), True),
        (SIX, aim("nd", "2001:db9::7"), False),
    ],
)
def test_the_allow_file_decides(gate: Gate, vantage: Vantage, to: Aim, passes: bool) -> None:
    """By vantage, protocol, address and port; what is not named is refused."""
    assert gate.allowed.covers(vantage.name, to) is passes
    if passes:
        gate.check(vantage, to)
    else:
        with pytest.raises(RefusedError, match="not in the allow file"):
            gate.check(vantage, to)


def test_one_target_outside_refuses_the_whole_run(gate: Gate) -> None:
    """Everything outside is named at once, and the hint says where to mend it."""
    sends = [Send(OFFICE, aim("tcp", "127.0.0.1", 22), 1), Send(OFFICE, aim("tcp", "10.9.9.9", 22), 1)]
    with pytest.raises(RefusedError) as refused:
        gate.allowed.refuse(sends, "allow.yaml")
    assert "office → tcp 10.9.9.9:22" in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)
    assert "allow.yaml" in str(refused.value.hint)


def test_a_socket_is_not_even_opened_for_what_is_not_allowed(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a plan be wrong, the sender itself refuses before there is a socket."""
    network = Network(gate)
    monkeypatch.setattr("socket.socket", lambda *_: pytest.fail("a socket was opened"))
    for to in (aim("tcp", "127.0.0.1", 23), aim("udp", "127.0.0.1", 22), aim("icmp", "127.0.0.2")):
        with pytest.raises(RefusedError):
            network._open(OFFICE, to, 1)


def test_frames_are_read_again_before_they_leave(gate: Gate) -> None:
    """What scapy built is read octet by octet: allowed neighbours pass, others do not."""
    assert gate.frame(OFFICE, frames.ask(PLACE, ip_address("10.1.0.5"))) == aim("arp", "10.1.0.5")
    assert gate.frame(SIX, frames.ask(PLACE, ip_address("2001:db8::7"))) == aim("nd", "2001:db8::7")
    assert gate.frame(OFFICE, frames.discover(PLACE, 7)) == aim("dhcp", "255.255.255.255")
    assert gate.frame(SIX, frames.solicit(PLACE)) == aim("rs", "ff02::2")
    assert [gate.frame(SIX, frame) for frame in frames.solicit6(PLACE, 7)] == [aim("dhcpv6", "ff02::1:2")] * 2
    echo = frames.echo(PLACE, "02:00:00:00:00:07", ip_address("127.0.0.1"), b"0123456789abcdef")
    assert gate.frame(OFFICE, echo) == aim("icmp", "127.0.0.1")
    for vantage, frame in (
        (OFFICE, frames.ask(PLACE, ip_address("10.2.0.5"))),
        (OFFICE, frames.solicit(PLACE)),
        (SIX, frames.discover(PLACE, 7)),
        (OFFICE, frames.echo(PLACE, "02:00:00:00:00:07", ip_address("127.0.0.9"), bytes(16))),
    ):
        with pytest.raises(RefusedError):
            gate.frame(vantage, frame)


def test_what_would_do_harm_is_no_frame_of_ours() -> None:
    """Replies, claims, requests for a lease, fragments, announcements of a router: nothing of that kind leaves."""
    ask = frames.ask(PLACE, ip_address("10.1.0.5"))
    reply = ask[:21] + b"\2" + ask[22:]
    forged = ask[:22] + b"\2\2\2\2\2\2" + ask[28:]
    discover = frames.discover(PLACE, 7)
    request = discover.replace(b"\x63\x82\x53\x63\x35\x01\x01", b"\x63\x82\x53\x63\x35\x01\x03")
    solicit = frames.solicit(PLACE)
    advert = solicit[:54] + b"\x86" + solicit[55:]
    echo = frames.echo(PLACE, "02:00:00:00:00:07", ip_address("127.0.0.1"), bytes(16))
    fragment = echo[:20] + b"\x20\x00" + echo[22:]
    to_all = b"\xff" * 6 + echo[6:]
    solicit6, inform = frames.solicit6(PLACE, 7)
    release = solicit6[:62] + b"\x08" + solicit6[63:]
    rapid = solicit6.replace(b"\0\x08\0\2\0\0", b"\0\x0e\0\2\0\0")
    to_one = inform[:38] + bytes.fromhex("fe800000000000000000000000000001") + inform[54:]
    for frame in (reply, forged, request, advert, fragment, to_all, b"", ask[:40], release, rapid, to_one, inform[:-1]):
        assert aim_of(frame) is None


@given(st.binary(max_size=400))
def test_any_octets_are_judged_without_an_error(data: bytes) -> None:
    """A frame is either for somebody or nothing of ours."""
    found = aim_of(data)
    assert found is None or found.protocol in Protocol


def test_the_pace_is_kept(gate: Gate) -> None:
    """Fifty a second to one target: ten packets take at least nine fiftieths of a second."""

    async def ten() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.gather(*(gate.turn(OFFICE, aim("tcp", "127.0.0.1", 22)) for _ in range(10)))
        return loop.time() - begun

    assert asyncio.run(ten()) >= 9 / 50 - 0.01
    assert gate.passed == {("office", aim("tcp", "127.0.0.1", 22)): 10}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("targets: []\n", "nothing-allowed", 1),
        ("rate: {target: 500}\ntargets:\n  - {prefix: 10.0.0.0/8, ports: [icmp]}\n", "out-of-range", 1),
        ("targets:\n  - {prefix: 0.0.0.0/0, ports: [icmp]}\n", "too-wide", 2),
        ("targets:\n  - {prefix: '::ffff:0.0.0.0/96', ports: [icmp]}\n", "mapped", 2),
        ("targets:\n  - {prefix: 10.1.0.1/24, ports: [icmp]}\n", "host-bits", 2),
        ("targets:\n  - {prefix: 10.1.0.0/24, ports: [tcp]}\n", "bad-ports", 2),
        ("targets:\n  - {prefix: 10.1.0.0/24, ports: [tcp/90-80]}\n", "bad-ports", 2),
        ("links:\n  - {vantage: office, frames: [apr]}\n", "bad-frames", 2),
        ("links:\n  - {vantage: office, frames: [arp], colour: red}\n", "unknown-key", 2),
    ],
)
def test_a_wrong_allow_file_says_where_and_what(text: str, code: str, line: int) -> None:
    """Each fault has its line; nothing is allowed by mistake."""
    with pytest.raises(InputError) as found:
        allow.parse(text.encode(), "allow.yaml")
    assert [(problem.code, problem.line) for problem in found.value.problems] == [(code, line)]
    assert str(found.value.problems[0].hint)
