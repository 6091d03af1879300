"""What a probe concludes from what came back: silence proves something only if the controls were heard."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.probes import frames, run
from audits.probes.allow import Allowed
from audits.probes.gate import Gate
from audits.probes.model import Aim, CannotRunError, Control, Kind, Probe, Protocol, Target, Vantage
from audits.probes.place import Interface
from audits.probes.wire import Attempt, Hop
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

OFFICE, NOC = Vantage("office", "eth0"), Vantage("noc")
PLACE = Interface("eth0", 1, "02:00:00:00:00:09", ip_address("10.1.0.9"), ip_address("fe80::9"))


def aim(text: str) -> Aim:
    protocol, host, port = text.split()
    return Aim(Protocol(protocol), ip_address(host), int(port))


SERVER, GATEWAY = aim("tcp 10.3.0.10 8443"), aim("icmp 10.1.0.1 0")


@dataclass
class Told:
    """A wire that only tells what it was told: who is reached from where, what the link says, who is on the way."""

    reached: set[tuple[str, Aim]] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    greets: set[str] = field(default_factory=set)
    heard: list[bytes] = field(default_factory=list)
    hops: tuple[Hop, ...] = ()
    dies: bool = False
    gate: Gate = field(default_factory=lambda: Gate(Allowed()))
    asked: list[tuple[str, Aim]] = field(default_factory=list)

    def interface(self, vantage: Vantage) -> Interface:
        if vantage.name in self.broken:
            raise CannotRunError(Message("there is no interface “{name}” here", name=vantage.interface))
        return PLACE

    async def attempt(self, vantage: Vantage, to: Aim, probe: Probe) -> Attempt:
        del probe
        if vantage.name in self.broken:
            return Attempt(vantage.name, to, None, "not sent: Network is unreachable")
        again = (vantage.name, to) in self.asked
        self.asked.append((vantage.name, to))
        found = (vantage.name, to) in self.reached and not (self.dies and again)
        said = b"govnet-canary" if vantage.name in self.greets else b""
        return Attempt(vantage.name, to, found, "connected" if found else "no answer", said)

    async def frames(self, vantage: Vantage, sent: Sequence[bytes], seconds: float) -> list[bytes]:
        del vantage, sent, seconds
        return self.heard

    async def trace(self, vantage: Vantage, to: Aim, probe: Probe) -> Sequence[Hop]:
        del vantage, to, probe
        return self.hops


def isolation(kind: Kind = Kind.ISOLATION) -> Probe:
    controls = (Control(NOC, SERVER), Control(OFFICE, GATEWAY))
    return Probe("apart", kind, OFFICE, (Target(SERVER, "core"),), controls)


WORKS = {("noc", SERVER), ("office", GATEWAY)}


@pytest.mark.parametrize(
    ("wire", "state"),
    [
        (Told(WORKS), "sound"),
        (Told({*WORKS, ("office", SERVER)}), "weak"),
        (Told({("office", SERVER)}), "weak"),  # it was reached: no control can talk that away
        (Told({("office", GATEWAY)}), "unknown"),  # the canary is dead
        (Told({("noc", SERVER)}), "unknown"),  # the vantage's cable is out
        (Told(WORKS, dies=True), "unknown"),  # the canary died meanwhile
        (Told(WORKS, broken={"office"}), "not_run"),
        (Told(WORKS, broken={"noc"}), "unknown"),
        (Told({*WORKS, ("office", SERVER)}, greets={"noc", "office"}), "weak"),
        (Told({*WORKS, ("office", SERVER)}, greets={"noc"}), "unknown"),  # a proxy answered, not the canary
    ],
)
@pytest.mark.parametrize("kind", [Kind.ISOLATION, Kind.EGRESS, Kind.SERVICES])
def test_silence_needs_its_controls(wire: Told, state: str, kind: Kind) -> None:
    """Apart is only what is not reached while the vantage works and the target lives, before and after."""
    (result,) = run.run([isolation(kind)], replace(wire, asked=[]))
    assert [(answer.device, answer.state) for answer in result.answers] == [("core", state)]
    assert result.answers[0].records


def test_a_dead_control_speaks_of_its_own_target_only() -> None:
    """One device that is off does not make unknown what is known of the others."""
    other = aim("tcp 10.3.0.11 8443")
    controls = (Control(NOC, SERVER), Control(NOC, other), Control(OFFICE, GATEWAY))
    probe = Probe("apart", Kind.SERVICES, OFFICE, (Target(SERVER, "core"), Target(other, "edge")), controls)
    (result,) = run.run([probe], Told(WORKS))
    assert {answer.device: answer.state for answer in result.answers} == {"core": "sound", "edge": "unknown"}


@pytest.mark.parametrize(
    ("hops", "state"),
    [
        ((Hop(1, "10.1.0.1"), Hop(2, "10.8.0.2"), Hop(3, "198.51.100.1", arrived=True)), "sound"),
        ((Hop(1, "10.1.0.1"), Hop(2, "10.7.0.2"), Hop(3, "198.51.100.1", arrived=True)), "weak"),
        ((Hop(1, "10.1.0.1"), Hop(2, ""), Hop(3, "198.51.100.1", arrived=True)), "unknown"),
        ((Hop(1, "10.1.0.1"), Hop(2, ""), Hop(3, "")), "unknown"),
        ((Hop(1, "10.1.0.1"), Hop(2, "10.8.0.2"), Hop(3, "")), "sound"),
    ],
)
def test_the_exit_is_known_only_by_its_router(hops: tuple[Hop, ...], state: str) -> None:
    """A silent router on the way could be the planned one: then nothing is concluded."""
    probe = Probe("exit", Kind.EXIT, OFFICE, (Target(aim("icmp 198.51.100.1 0")),), known=(ip_network("10.8.0.2"),))
    (result,) = run.run([probe], Told(hops=hops))
    assert [answer.state for answer in result.answers] == [state]


def test_nobody_heard_is_unknown_and_no_interface_is_not_run() -> None:
    """A dead link looks as clean as a sound one, and is told apart."""
    alive = ip_address("10.1.0.1")
    targets = (Target(Aim(Protocol.ARP, alive)),)
    probes = [
        Probe("dhcp", Kind.DHCP, OFFICE, known=(ip_network("10.1.0.1"),), alive=alive),
        Probe("dhcpv6", Kind.DHCPV6, OFFICE, alive=alive),
        Probe("routers", Kind.ROUTERS, OFFICE, alive=alive),
        Probe("twice", Kind.DUPLICATES, OFFICE, targets),
        Probe("gateways", Kind.GATEWAYS, OFFICE, targets),
        Probe("two", Kind.DUAL_HOMED, OFFICE, targets, beyond=(aim("icmp 10.2.0.1 0"),)),
    ]
    for result in run.run(probes, Told()):
        assert [answer.state for answer in result.answers] == ["unknown"], result
    for result in run.run(probes, Told(broken={"office"})):
        assert [answer.state for answer in result.answers] == ["not_run"], result


def test_without_scapy_or_ssh_audit_probes_are_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not installed is named, with what installs it; the result is never that nothing was found."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    probes = [
        Probe("dhcp", Kind.DHCP, OFFICE),
        Probe("twice", Kind.DUPLICATES, OFFICE, (Target(GATEWAY),)),
        Probe("ssh", Kind.SSH, OFFICE, (Target(aim("tcp 10.3.0.10 22"), "core"),)),
    ]
    answers = [answer for result in run.run(probes, Told()) for answer in result.answers]
    assert [answer.state for answer in answers] == ["not_run"] * 3
    assert [str(answer.why) for answer in answers] == [
        "not run: scapy is not installed",
        "not run: scapy is not installed",
        "not run: ssh-audit is not installed",
    ]


def neighbour(address: str, mac: str) -> bytes:
    """Somebody's answer to an ARP question of ours."""
    who = bytes.fromhex(mac.replace(":", ""))
    own = bytes.fromhex(PLACE.mac.replace(":", ""))
    body = who + ip_address(address).packed + own + ip_address("10.1.0.9").packed
    return own + who + b"\x08\x06\0\1\x08\0\6\4\0\2" + body


def advert(router: str, mac: str, lifetime: int, *, names: bool = False) -> bytes:
    """A router advertisement, with name servers if asked for."""
    from scapy.layers.inet6 import ICMPv6ND_RA, ICMPv6NDOptRDNSS, IPv6
    from scapy.layers.l2 import Ether

    told = IPv6(src=router, dst="ff02::1", hlim=255) / ICMPv6ND_RA(routerlifetime=lifetime)
    return bytes(
        Ether(src=mac, dst="33:33:00:00:00:01") / (told / ICMPv6NDOptRDNSS(dns=["fd00::53"]) if names else told)
    )


A, B, GATE = "02:00:00:00:00:aa", "02:00:00:00:00:bb", neighbour("10.1.0.1", "02:00:00:00:00:01")


@pytest.mark.parametrize(
    ("heard", "state"),
    [
        ([advert("fe80::1", A, 1800), GATE], "sound"),
        ([advert("fe80::2", B, 1800), GATE], "weak"),
        ([advert("fe80::2", B, 0), GATE], "sound"),  # it withdraws itself
        ([advert("fe80::2", B, 0, names=True), GATE], "weak"),  # no way out, but whoever asks it for names
        ([advert("fe80::1", A, 1800), advert("fe80::1", B, 1800)], "weak"),  # one address, two machines
        ([GATE], "sound"),
        ([], "unknown"),
    ],
)
def test_a_router_is_known_by_its_address_and_has_one_machine(heard: list[bytes], state: str) -> None:
    """Whoever teaches hosts something and is not listed is found, also behind a listed router's address."""
    probe = Probe("ra", Kind.ROUTERS, OFFICE, known=(ip_network("fe80::1"),), alive=ip_address("10.1.0.1"))
    (result,) = run.run([probe], Told(heard=heard))
    assert [answer.state for answer in result.answers] == [state]


@pytest.mark.parametrize(
    ("server", "macs", "state"),
    [("fe80::1", [A], "sound"), ("fe80::2", [B], "weak"), ("fe80::1", [A, B], "weak"), ("", [], "unknown")],
)
@pytest.mark.parametrize("kind", [2, 7])
def test_a_dhcpv6_server_is_known_by_its_address(
    server: str, macs: list[str], state: str, kind: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An advertisement or a reply to our own question, by who is listed or not; nothing heard is nothing known."""
    from scapy.layers import dhcp6
    from scapy.layers.inet import UDP
    from scapy.layers.inet6 import IPv6
    from scapy.layers.l2 import Ether

    def said(mac: str, number: int) -> bytes:
        message = (dhcp6.DHCP6_Advertise if kind == 2 else dhcp6.DHCP6_Reply)(trid=number)
        packet = IPv6(src=server, dst="fe80::9") / UDP(sport=547, dport=546) / message
        return bytes(Ether(src=mac, dst=PLACE.mac) / packet / dhcp6.DHCP6OptServerId(duid=dhcp6.DUID_LL(lladdr=mac)))

    monkeypatch.setattr("secrets.randbits", lambda _: 77)
    probe = Probe("dhcpv6", Kind.DHCPV6, OFFICE, known=(ip_network("fe80::1"),))
    (result,) = run.run([probe], Told(heard=[said(mac, 77) for mac in macs] + [said(B, 78) for _ in macs]))
    assert [answer.state for answer in result.answers] == [state]


def test_a_machine_that_is_off_is_not_known_to_stand_in_one_network() -> None:
    """That the gateway answers says nothing about the machine that is asked for."""
    targets = (Target(Aim(Protocol.ARP, ip_address("10.1.0.7"))),)
    probe = Probe(
        "two", Kind.DUAL_HOMED, OFFICE, targets, beyond=(aim("icmp 10.2.0.1 0"),), alive=ip_address("10.1.0.1")
    )
    for heard, state in (([GATE], "unknown"), ([GATE, neighbour("10.1.0.7", A)], "sound")):
        (result,) = run.run([probe], Told(heard=heard))
        assert [answer.state for answer in result.answers] == [state]


def test_damaged_frames_are_nobodys_answer() -> None:
    """Whatever a link carries, reading it raises nothing."""
    address = ip_address("10.1.0.1")
    good = [
        *frames.solicit6(PLACE, 7),
        frames.ask(PLACE, address),
        frames.ask(PLACE, ip_address("fd00::1")),
        frames.discover(PLACE, 7),
        frames.solicit(PLACE),
    ]

    @settings(max_examples=40)
    @given(
        st.lists(st.binary(max_size=200), max_size=3), st.sampled_from(good), st.integers(0, 90), st.integers(0, 255)
    )
    def any_frames(junk: list[bytes], frame: bytes, at: int, octet: int) -> None:
        damaged = frame[:at] + bytes([octet]) + frame[at + 1 :]
        seen = [*junk, damaged, damaged[:at]]
        assert list(frames.offers(seen, 7)) == []
        list(frames.claims(seen))
        assert list(frames.offers6(seen, 7)) == []
        list(frames.adverts(seen))
        list(frames.echoed(seen, bytes(16)))

    any_frames()
