"""Stand-ins in User-mode Linux filter, translate and encrypt: each with a packet that passes and one that does not."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from ipaddress import IPv4Network, ip_address, ip_interface
from typing import TYPE_CHECKING

import pytest

from configs.forwarding.model import Ipsec
from lab.standin.loading import Loader
from lab.standin.network import Host, Network, assembled, read
from lab.standin.running import Standing, start
from lab.standin.target import Target
from tests.lab.uml.conftest import lacking
from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.forwarding.model import Forwarding

pytestmark = pytest.mark.lab
VRF = """\
ip vpn-instance red
 ipv4-family
  route-distinguisher 65000:1
#
"""
ROUTER = """\
sysname {name}
#
{vrf}acl number 3000
 rule 5 deny tcp destination 10.{net}.2.10 0 destination-port eq 23
 rule 10 deny ip source 10.{net}.1.11 0
 rule 15 permit ip
#
interface GigabitEthernet0/0/1
{bind} ip address 10.{net}.1.1 255.255.255.0
 vrrp vrid 1 virtual-ip 10.{net}.1.254
 traffic-filter inbound acl 3000
#
interface GigabitEthernet0/0/2
{bind} ip address 10.{net}.2.1 255.255.255.0
#
return
"""
FIREWALL = """\
sysname {name}
#
{vrf}interface GigabitEthernet1/0/1
 undo shutdown
{bind} ip address 192.168.{net}.1 255.255.255.0
#
interface GigabitEthernet1/0/2
 undo shutdown
{bind} ip address 203.0.{net}.1 255.255.255.0
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet1/0/1
#
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/2
#
nat address-group pool 0
 mode pat
 section 0 203.0.{net}.10 203.0.{net}.10
#
nat server web protocol tcp global 203.0.{net}.5 80 inside 192.168.{net}.10 8080
#
security-policy
 rule name out
  source-zone trust
  destination-zone untrust
  source-address 192.168.{net}.0 mask 255.255.255.0
  action permit
 rule name in
  source-zone untrust
  destination-zone trust
  destination-address 192.168.{net}.10 mask 255.255.255.255
  service protocol tcp destination-port 8080
  action permit
#
nat-policy
 rule name hide
  source-zone trust
  destination-zone untrust
  source-address 192.168.{net}.0 mask 255.255.255.0
  action source-nat address-group pool
#
return
"""
GATEWAY = """\
sysname A
#
acl number 3000
 rule 5 permit ip source 192.168.1.0 0.0.0.255 destination 192.168.2.0 0.0.0.255
#
ike proposal 10
 encryption-algorithm aes-256
 dh group14
 authentication-algorithm sha2-256
 authentication-method pre-share
 integrity-algorithm hmac-sha2-256
 prf hmac-sha2-256
#
ike peer far
 undo version 1
 pre-shared-key Lab-Key-2026
 ike-proposal 10
 remote-address 198.51.100.2
#
ipsec proposal p1
 encapsulation-mode tunnel
 transform esp
 esp authentication-algorithm sha2-256
 esp encryption-algorithm aes-256
#
ipsec policy map1 10 isakmp
 security acl 3000
 ike-peer far
 proposal p1
#
interface GigabitEthernet1/0/1
 undo shutdown
 ip address 198.51.100.1 255.255.255.0
 ipsec policy map1
#
interface GigabitEthernet1/0/2
 undo shutdown
 ip address 192.168.1.1 255.255.255.0
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet1/0/2
#
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/1
#
ip route-static 0.0.0.0 0.0.0.0 198.51.100.2
#
security-policy
 rule name out
  source-zone trust
  destination-zone untrust
  action permit
 rule name in
  source-zone untrust
  destination-zone trust
  source-address 192.168.2.0 mask 255.255.255.0
  service protocol icmp
  action permit
 rule name own
  source-zone local
  action permit
 rule name ike
  source-zone untrust
  destination-zone local
  action permit
#
return
"""
# Its reader has no IPsec: the tunnel is the model's.
FAR = """\
hostname B
!
ip access-list extended IN
 permit udp host 198.51.100.1 host 198.51.100.2 eq 500
 permit udp host 198.51.100.1 host 198.51.100.2 eq 4500
 permit esp host 198.51.100.1 host 198.51.100.2
 deny   ip any any
!
interface GigabitEthernet0/0
 ip address 198.51.100.2 255.255.255.0
 ip access-group IN in
!
interface GigabitEthernet0/1
 ip address 192.168.2.1 255.255.255.0
!
ip route 192.168.1.0 255.255.255.0 198.51.100.1
!
end
"""
TUNNEL = Ipsec(
    "map", ip_address("198.51.100.1"), port="GigabitEthernet0/0", secret="Lab-Key-2026", version=2,
    ike="aes256-sha256-modp2048", esp="aes256-sha256",
    selectors=((IPv4Network("192.168.2.0/24"), IPv4Network("192.168.1.0/24")),),
)  # fmt: skip
TUNNELED = {"A": "GigabitEthernet1/0/1", "B": "GigabitEthernet0/0"}
# Asks all of them at a time.
ASK = """\
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
def ask(where):
    try:
        with socket.create_connection(tuple(where[:2]), 1, (where[2], 0)) as c:
            return c.makefile().readline().strip()
    except OSError:
        return ""
print(json.dumps(list(ThreadPoolExecutor(8).map(ask, json.load(sys.stdin)))))
"""
# Says whom it hears, then says again what it is told.
SERVE = """\
import socket, sys, threading
def talk(c, host):
    with c:
        c.sendall(f"{host}\\n".encode())
        while data := c.recv(100):
            c.sendall(data)
s = socket.create_server(("", int(sys.argv[1])))
while True:
    c, (host, _) = s.accept()
    threading.Thread(target=talk, args=(c, host), daemon=True).start()
"""
HOLD = """\
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 60) as c:
    lines = c.makefile("rw")
    print(lines.readline(), end="", flush=True)
    for line in sys.stdin:
        lines.write(line)
        lines.flush()
        print(lines.readline(), end="", flush=True)
"""


def router(name: str, net: int, vrf: bool) -> tuple[str, str]:
    """A router with a filter on a routed port."""
    return "huawei", ROUTER.format(
        name=name, net=net, vrf=VRF if vrf else "", bind=" ip binding vpn-instance red\n" if vrf else ""
    )


def firewall(name: str, net: int, vrf: bool) -> tuple[str, str]:
    """A firewall with policies and both translations."""
    return "huawei", FIREWALL.format(
        name=name, net=net, vrf=VRF if vrf else "", bind=" ip binding vpn-instance red\n" if vrf else ""
    )


TEXTS = {
    "R": router("R", 31, vrf=False), "RV": router("RV", 32, vrf=True),
    "F": firewall("F", 41, vrf=False), "FV": firewall("FV", 42, vrf=True),
    "A": ("huawei", GATEWAY), "B": ("cisco_ios", FAR),
}  # fmt: skip


def hosts() -> Iterator[Host]:
    """A computer at each port that leads nowhere else."""
    for device, net in (("R", 31), ("RV", 32)):
        for side in (1, 2):
            near = f"10.{net}.{side}"
            yield Host(
                f"{device}{side}", device, f"GigabitEthernet0/0/{side}",
                ip_interface(f"{near}.10/24"), ip_address(f"{near}.254" if side == 1 else f"{near}.1"),
            )  # fmt: skip
    for device, net in (("F", 41), ("FV", 42)):
        for side, near in ((1, f"192.168.{net}"), (2, f"203.0.{net}")):
            yield Host(
                f"{device}{side}", device, f"GigabitEthernet1/0/{side}",
                ip_interface(f"{near}.99/24" if side == 2 else f"{near}.10/24"), ip_address(f"{near}.1"),
            )  # fmt: skip
    for device, side, own in (("A", "GigabitEthernet1/0/2", 1), ("B", "GigabitEthernet0/1", 2)):
        near = f"192.168.{own}"
        yield Host(f"{device}1", device, side, ip_interface(f"{near}.10/24"), ip_address(f"{near}.1"))


def models() -> dict[str, Forwarding]:
    """The devices; the far gateway's tunnel is added."""
    found = {name: read(platform, text, name) for name, (platform, text) in TEXTS.items()}
    return found | {"B": replace(found["B"], ipsec=(TUNNEL,))}


class Lab:
    """The network that runs, and the servers in it."""

    def __init__(self, network: Network, standing: Standing) -> None:
        self.network, self.standing = network, standing
        self.loader = Loader(network, standing.run)
        self.children: list[subprocess.Popen[str]] = []

    def serve(self, node: str, *ports: int) -> None:
        """Servers that say whom they hear."""
        for number in ports:
            self.child(node, "python3", "-S", "-c", SERVE, str(number))
        until(lambda: all(self.standing.run(node, ["ss", "-Hltn", f"sport = {one}"]).said for one in ports))

    def child(self, node: str, *argv: str) -> subprocess.Popen[str]:
        """A process that ends with the module."""
        self.children.append(
            subprocess.Popen(
                self.standing.command(node, argv),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                bufsize=1,
            )
        )
        return self.children[-1]

    def hears(self, node: str, *where: tuple[str, int] | tuple[str, int, str], wanted: list[str]) -> None:
        """What each server says, which is whom it hears; empty if it cannot be reached, which stays so.

        A server is an address and a port, and the address to ask from. Where all is slow, it is asked again.
        """
        asked = json.dumps([[*one, ""][:3] for one in where])
        said: list[list[str]] = []

        def answered() -> bool:
            ran = self.standing.run(node, ["python3", "-S", "-c", ASK], asked)
            assert not ran.status, ran.said
            said.append(json.loads(ran.said))
            assert all(want or not found for want, found in zip(wanted, said[-1], strict=True)), said[-1]
            return said[-1] == wanted

        until(answered, lambda: (wanted, said[-1]))

    def pings(self, node: str, address: str) -> bool:
        """Whether an answer came."""
        return not self.standing.run(node, ["ping", "-n", "-c", "1", "-W", "1", address]).status

    def hold(self, node: str, address: str, port: int) -> subprocess.Popen[str]:
        """A session that stays open."""
        child = self.child(node, "python3", "-S", "-c", HOLD, address, str(port))
        assert child.stdout is not None
        assert child.stdout.readline().strip()
        return child

    def leaving(self, node: str, port: str, what: str, *options: str) -> subprocess.Popen[str]:
        """What leaves by a port; Linux shows what came out of a tunnel as coming in there once more."""
        child = self.child(node, "tcpdump", "-Z", "root", "-n", "-l", "-Q", "out", "-i", port, *options, what)
        assert child.stdout is not None
        while "listening on" not in child.stdout.readline():
            assert child.poll() is None
        return child


def echoes(session: subprocess.Popen[str], word: str) -> bool:
    """Whether a session still carries."""
    assert session.stdin is not None
    assert session.stdout is not None
    session.stdin.write(f"{word}\n")
    session.stdin.flush()
    return session.stdout.readline() == f"{word}\n"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """All of them in one machine."""
    if lacking:
        pytest.skip(str(lacking[0]))
    network = assembled(models(), target=Target.UML, hosts=list(hosts()))
    left = [one for built in network.built.values() for one in built.left if not one.weak]
    assert not left, left
    with start(network, tmp_path_factory.mktemp("filtering") / "log") as standing:
        found = Lab(network, standing)
        try:
            yield found
        finally:
            for child in found.children:
                with child:
                    child.kill()


@pytest.mark.parametrize(
    ("name", "net"), [pytest.param("R", 31, marks=pytest.mark.soak), ("RV", 32)], ids=["plain", "vrf"]
)
def test_a_filter_of_a_routed_port(lab: Lab, name: str, net: int) -> None:
    """Rules decide in their order, for what comes in there and not for what comes in elsewhere; then it is changed.

    The host's gateway is the port's VRRP group: what is sent to the group's MAC address comes in by that port, too.
    """
    lab.serve(f"{name}2", 22, 23)
    lab.serve(f"{name}1", 23)
    lab.standing.run(f"{name}1", ["ip", "address", "add", f"10.{net}.1.11/24", "dev", "eth0"])
    far, own = f"10.{net}.2.10", f"10.{net}.1.10"
    lab.hears(f"{name}1", (far, 22), wanted=[own])
    shut = (far, 22, f"10.{net}.1.11")
    lab.hears(f"{name}1", (far, 22), (far, 23), shut, wanted=[own, "", ""])
    lab.hears(f"{name}2", (own, 23), wanted=[far])  # only what comes in by that port is asked
    _, text = TEXTS[name]
    loaded = lab.loader.load(name, text.replace("eq 23", "eq 22"))
    assert loaded.changed == ("iptables",)
    lab.hears(f"{name}1", (far, 22), (far, 23), wanted=["", own])
    loaded = lab.loader.load(name, text.replace(" traffic-filter inbound acl 3000\n", ""))
    assert loaded.changed == ("iptables",)
    lab.hears(f"{name}1", shut, wanted=[f"10.{net}.1.11"])  # taken away


@pytest.mark.parametrize(
    ("name", "net"), [("F", 41), pytest.param("FV", 42, marks=pytest.mark.soak)], ids=["plain", "vrf"]
)
def test_policies_between_zones_and_translations(lab: Lab, name: str, net: int) -> None:
    """Hidden outwards, published inwards, shut otherwise; a changed policy holds for sessions that begin afterwards."""
    inner, outer = f"{name}1", f"{name}2"
    far = f"203.0.{net}.99"
    lab.serve(inner, 22, 8080)
    lab.serve(outer, 80)
    hidden, published, server = f"203.0.{net}.10", (f"203.0.{net}.5", 80), f"192.168.{net}.10"
    lab.hears(inner, (far, 80), wanted=[hidden])
    # The published server, what the policy permits, and a session that it does not.
    lab.hears(outer, published, (server, 8080), (server, 22), wanted=[far, far, ""])
    session, other = lab.hold(inner, far, 80), lab.hold(outer, *published)
    _, text = TEXTS[name]
    inwards = "  service protocol tcp destination-port 8080\n  action "
    outwards = f"  destination-zone untrust\n  source-address 192.168.{net}.0 mask 255.255.255.0\n  action "
    shut = text.replace(f"{inwards}permit", f"{inwards}deny").replace(f"{outwards}permit", f"{outwards}deny")
    assert shut.count("action deny") == 2
    assert lab.loader.load(name, shut).changed == ("iptables",)
    assert echoes(session, "still"), "a session that was let through goes on"
    assert echoes(other, "still"), "so does one whose destination was translated"
    lab.hears(inner, (far, 80), wanted=[""])
    lab.hears(outer, published, wanted=[""])
    assert lab.loader.load(name, text).changed == ("iptables",)
    lab.hears(inner, (far, 80), wanted=[hidden])
    assert echoes(session, "again")


def test_a_tunnel_between_two_makes(lab: Lab) -> None:
    """ESP on the wire and nothing in clear, from the first packet on; zones and the port's filter hold inside it."""
    ends = {name: lab.network.built[name].names.ports[TUNNELED[name]] for name in "AB"}
    wires = [lab.leaving(name, port, "ip") for name, port in ends.items()]
    until(lambda: lab.pings("A1", "192.168.2.10"), lambda: lab.standing.run("A", ["cat", "/var/log/charon.log"]).said)
    assert lab.pings("B1", "192.168.1.10")
    lab.serve("A1", 80)
    lab.serve("B1", 80)
    lab.hears("A1", ("192.168.2.10", 80), wanted=["192.168.1.10"])  # B's filter of the port sees ESP, not what is in it
    lab.hears("B1", ("192.168.1.10", 80), wanted=[""])  # the policy asks what came out of the tunnel
    for wire in wires:
        wire.terminate()
        assert wire.stdout is not None
        seen = wire.stdout.read().splitlines()
        assert sum("ESP(spi=" in line for line in seen) >= 4
        assert not [line for line in seen if "192.168." in line]
    assert lab.standing.run("A", ["ip", "link", "show", "ipsec0"]).status, "the kernel itself encrypts"


def test_what_a_tunnel_is_to_carry_never_leaves_in_clear(lab: Lab) -> None:
    """With the far end gone, it waits; what is not the tunnel's leaves as it is."""
    port = lab.network.built["A"].names.ports[TUNNELED["A"]]
    until(lambda: lab.pings("A1", "192.168.2.10"))
    lab.standing.run("B", ["sh", "-c", "kill $(pidof charon)"])
    lab.standing.run("A", ["swanctl", "--terminate", "--ike", "t0", "--force"])
    wire = lab.leaving("A", port, "icmp", "-c", "1")
    assert not lab.pings("A1", "192.168.2.10")
    lab.pings("A1", "198.51.100.2")
    assert wire.stdout is not None
    assert "192.168.1.10 > 198.51.100.2" in wire.stdout.read()
