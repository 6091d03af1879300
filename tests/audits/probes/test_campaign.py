"""Faults seeded one by one in a town of namespaces: found where they are, and nothing else, and nothing sent astray."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from audits.probes.model import Result

pytestmark = pytest.mark.lab
ROGUE = "02:00:00:00:01:08"
STRONG = """\
ListenAddress 10.3.0.10
PidFile none
UsePAM no
HostKey {key}
KexAlgorithms curve25519-sha256,ecdh-sha2-nistp256
"""


@pytest.fixture(scope="module")
def keys_of_town(keys: Callable[..., tuple[Path, Path]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the servers use: good and bad certificates, an SSH host key."""
    import subprocess

    host = tmp_path_factory.mktemp("ssh") / "host"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(host)], check=True, timeout=PATIENCE)
    return {"good": keys("good"), "short": keys("short", bits=1024), "old": keys("old", days=-1), "host": host}


class Seeds:
    """Each seed puts one fault into the town until its block ends."""

    def __init__(self, town: Any, keys: dict[str, Any]) -> None:
        self.town, self.keys = town, keys

    @contextmanager
    def rule(self, text: str) -> Iterator[None]:
        """The firewall lets something through that it must not."""
        self.town.do("fw", "nft", "add", "rule", "inet", "filter", "extra", *text.split(), "accept")
        try:
            yield
        finally:
            self.town.do("fw", "nft", "flush", "chain", "inet", "filter", "extra")

    @contextmanager
    def ip(self, node: str, *steps: str) -> Iterator[None]:
        """A machine is wired otherwise; every second step takes the one before back."""
        for step in steps[::2]:
            self.town.do(node, *step.split())
        try:
            yield
        finally:
            for step in reversed(steps[1::2]):
                self.town.do(node, *step.split())

    @contextmanager
    def exit(self) -> Iterator[None]:
        """Traffic leaves through the second line, and comes back that way."""
        with (
            self.ip(
                "fw", "ip route replace 198.51.100.0/24 via 10.7.0.2", "ip route replace 198.51.100.0/24 via 10.8.0.2"
            ),
            self.ip(
                "outside", "ip route replace 10.0.0.0/8 via 10.71.0.1", "ip route replace 10.0.0.0/8 via 10.81.0.1"
            ),
        ):
            yield

    @contextmanager
    def forwarder(self) -> Iterator[None]:
        """A machine answers for its own link only, and yet hands packets over to the other network."""
        with self.ip(
            "h8",
            "ip address add 10.2.0.8/24 dev leg0",
            "ip address delete 10.2.0.8/24 dev leg0",
            "sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.conf.all.arp_ignore=1",
            "sysctl -q -w net.ipv4.ip_forward=0 net.ipv4.conf.all.arp_ignore=0",
        ):
            yield

    def sshd(self, more: str = "") -> Any:
        """A server of SSH; without more a sound one."""
        config = self.town.folder / f"sshd-{abs(hash(more))}"
        config.write_text(more + STRONG.format(key=self.keys["host"]), encoding="ascii")
        return self.town.running(
            "srv", "sh", "-c", f"mkdir -p /run/sshd; echo ready; exec /usr/sbin/sshd -D -f {config}"
        )

    def web(self, certificate: str = "good", *more: str) -> Any:
        """A server of TLS; without more a sound one."""
        key, chain = self.keys[certificate]
        command = ["openssl", "s_server", "-accept", "10.3.0.10:443", "-key", str(key), "-cert", str(chain), "-www"]
        return self.town.running("srv", *command, *(more or ("-no_tls1", "-no_tls1_1")))


# name: (the probe that finds it, how it is seeded). `ssh` and `tls` replace the sound server.
FAULTS: dict[str, tuple[str, Callable[[Seeds], Any]]] = {
    "icmp to the servers": ("servers-apart", lambda s: s.rule("ip daddr 10.3.0.10 icmp type echo-request")),
    "tcp to the servers": ("servers-apart", lambda s: s.rule("ip daddr 10.3.0.10 tcp dport 8443")),
    "udp to the servers": ("servers-apart", lambda s: s.rule("ip daddr 10.3.0.10 udp dport 8443")),
    "icmpv6 to the servers": ("servers-apart", lambda s: s.rule("ip6 daddr fd00:3::10 icmpv6 type echo-request")),
    "tcp over ipv6 to the servers": ("servers-apart", lambda s: s.rule("ip6 daddr fd00:3::10 tcp dport 8443")),
    "udp over ipv6 to the servers": ("servers-apart", lambda s: s.rule("ip6 daddr fd00:3::10 udp dport 8443")),
    "a web port outside": ("no-way-out", lambda s: s.rule("ip daddr 198.51.100.1 tcp dport 8443")),
    "names asked for outside": ("no-way-out", lambda s: s.rule("ip daddr 198.51.100.1 udp dport 53")),
    "ssh from the office": ("management-apart", lambda s: s.rule("ip daddr 10.3.0.10 tcp dport 22")),
    "telnet from the office": ("management-apart", lambda s: s.rule("ip daddr 10.3.0.10 tcp dport 23")),
    "snmp from the office": ("management-apart", lambda s: s.rule("ip daddr 10.3.0.10 udp dport 161")),
    "another exit": ("planned-exit", lambda s: s.exit()),
    "a second leg": (
        "two-networks",
        lambda s: s.ip("h7", "ip address add 10.2.0.7/24 dev leg0", "ip address delete 10.2.0.7/24 dev leg0"),
    ),
    "a forwarding machine": ("two-networks", lambda s: s.forwarder()),
    "a rogue dhcp server": ("dhcp", lambda s: s.town.actor("h8", "dhcp", "eth0", "10.1.0.8", "10.1.0.200")),
    "a forged dhcp server": ("dhcp", lambda s: s.town.actor("h8", "dhcp", "eth0", "10.1.0.1", "10.1.0.200")),
    "a rogue dhcpv6 server": ("dhcpv6", lambda s: s.town.actor("h8", "dhcpv6", "eth0")),
    "a dhcpv6 server of names": ("dhcpv6", lambda s: s.town.actor("h8", "dhcpv6", "eth0", "11")),
    "a router of names": ("routers", lambda s: s.town.actor("h8", "advertise", "eth0", "fe80::ff:fe00:108", "")),
    "a rogue router": (
        "routers",
        lambda s: s.town.actor("h8", "advertise", "eth0", "fe80::ff:fe00:108", "2001:db8:bad::/64"),
    ),
    "a forged router": (
        "routers",
        lambda s: s.town.actor("h8", "advertise", "eth0", "fe80::ff:fe00:101", "2001:db8:bad::/64"),
    ),
    "an address twice": (
        "twice",
        lambda s: s.ip("h8", "ip address add 10.1.0.7/32 dev eth0", "ip address delete 10.1.0.7/32 dev eth0"),
    ),
    "an ipv6 address twice": (
        "twice",
        lambda s: s.ip(
            "h8",
            "ip address add fd00:1::7/128 dev eth0 nodad",
            "ip address delete fd00:1::7/128 dev eth0",
        ),
    ),
    "a second gateway": (
        "gateways",
        lambda s: s.ip("h8", "ip address add 10.1.0.1/32 dev eth0", "ip address delete 10.1.0.1/32 dev eth0"),
    ),
    "a second ipv6 gateway": (
        "gateways",
        lambda s: s.ip(
            "h8",
            "ip address add fd00:1::1/128 dev eth0 nodad",
            "ip address delete fd00:1::1/128 dev eth0",
        ),
    ),
    "a flood of claims": ("gateways", lambda s: s.town.actor("h8", "claim", "eth0", "10.1.0.1")),
    "a flood in the gateway's name": (
        "gateways",
        lambda s: s.town.actor("h8", "claim", "eth0", "10.1.0.1", "02:00:00:00:01:01"),
    ),
    "an old key exchange": ("ssh", lambda s: s.sshd("KexAlgorithms curve25519-sha256,diffie-hellman-group1-sha1\n")),
    "an old cipher of ssh": ("ssh", lambda s: s.sshd("Ciphers aes256-ctr,3des-cbc\n")),
    "an expired certificate": ("tls", lambda s: s.web("old")),
    "a short key": ("tls", lambda s: s.web("short", "-no_tls1", "-no_tls1_1", "-cipher", "ALL:@SECLEVEL=0")),
    "an old version of tls": ("tls", lambda s: s.web("good", "-tls1", "-cipher", "ALL:@SECLEVEL=0")),
    "a cipher without a name": ("tls", lambda s: s.web("good", "-tls1_2", "-cipher", "aNULL:@SECLEVEL=0")),
}
CLEAN = 20


@contextmanager
def _servers(seeds: Seeds, without: str = "") -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(seeds.sshd() if without != "ssh" else nullcontext())
        stack.enter_context(seeds.web() if without != "tls" else nullcontext())
        yield


def _states(results: dict[str, Result]) -> dict[str, set[str]]:
    return {name: {answer.state for answer in result.answers} for name, result in results.items()}


def _told(results: dict[str, Result], name: str) -> list[Any]:
    return [(str(answer.why), answer.records) for answer in results[name].answers]


def test_a_clean_town_and_a_fault_of_each_layer(town: Any, keys_of_town: dict[str, Any]) -> None:
    """Nothing is found in a clean town; an open port, a rogue server and a second owner are; no packet strays."""
    seeds = Seeds(town, keys_of_town)
    with town.ears() as strays:
        with _servers(seeds):
            results = town.probe()
            found = {name: _told(results, name) for name, states in _states(results).items() if states != {"sound"}}
            assert not found, "\n".join(map(str, found.items()))
        for name in (
            "tcp over ipv6 to the servers",
            "a rogue dhcp server",
            "a rogue dhcpv6 server",
            "an address twice",
        ):
            probe, seed = FAULTS[name]
            with seed(seeds):
                assert _states(town.probe(probe))[probe] == {"weak"}, name
    assert not strays, sorted(set(strays))


def test_the_ears_hear_what_strays(town: Any) -> None:
    """One packet to a neighbour that is not in the allow file, and whoever listens says so."""
    with town.ears() as strays:
        town.do("office", "ping", "-c", "1", "-W", "1", "10.1.0.7")
    assert "office: office → icmp 10.1.0.7" in strays
    assert "h7: office → icmp 10.1.0.7" in strays


@pytest.mark.soak
def test_every_seeded_fault_is_found_and_a_clean_town_is_clean(town: Any, keys_of_town: dict[str, Any]) -> None:
    """Each fault is found by its probe and by no other; twenty clean runs find nothing; not one packet strays."""
    seeds = Seeds(town, keys_of_town)
    missed, alarms = [], []
    with town.ears() as strays:
        for name, (probe, seed) in FAULTS.items():
            with _servers(seeds, without=probe), seed(seeds):
                results = town.probe()
            for other, states in _states(results).items():
                if other == probe and states != {"weak"}:
                    missed.append((name, _told(results, probe)))
                if other != probe and "weak" in states:
                    alarms.append((name, other, _told(results, other)))
        for number in range(CLEAN):
            with _servers(seeds):
                results = town.probe()
            alarms += [
                (number, other, _told(results, other))
                for other, found in _states(results).items()
                if found != {"sound"}
            ]
    assert not missed, "\n".join(map(str, missed))
    assert not alarms, "\n".join(map(str, alarms))
    assert not strays, sorted(set(strays))
    sys.stderr.write(f"{len(FAULTS)} of {len(FAULTS)} faults found, 0 in {CLEAN} clean runs, no stray packet\n")
