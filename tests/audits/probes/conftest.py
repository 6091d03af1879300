"""A town in namespaces: an office link, servers, management, two exits, the outside; and an ear in each namespace."""

from __future__ import annotations

import itertools
import os
import socket
import struct
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from audits.probes import allow, form, run
from audits.probes.gate import Gate
from audits.probes.model import Aim, Protocol, Vantage
from audits.probes.place import entered
from audits.probes.wire import Network
from lab.netns import process
from lab.netns.entering import inside
from lab.netns.spec import Cable, LabSpec, NodeSpec
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from audits.probes.model import Result
    from inventory.model import Workspace

ACTOR = Path(__file__).parent / "actor.py"
GATEWAY_MAC, ROGUE_MAC = "02:00:00:00:01:01", "02:00:00:00:01:08"
QUIET = {
    "ipv4/conf/*/rp_filter": "0",
    "ipv6/conf/*/accept_ra": "0",
    "ipv6/conf/*/router_solicitations": "0",
    "ipv6/conf/*/dad_transmits": "0",
    "ipv6/conf/*/accept_dad": "0",
}
ROUTER = {**QUIET, "ipv4/ip_forward": "1", "ipv6/conf/all/forwarding": "1"}
# What passes the firewall in a clean town: management reaches the servers and the outside, the office neither.
RULES = """\
table inet filter {
    set open { type inet_service; }
    chain extra { }
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
        iifname "mgmt0" accept
        iifname "srv0" oifname "mgmt0" accept
        iifname "office0" ip daddr 198.51.100.7 icmp type echo-request accept
        jump extra
    }
}
"""


def _host(name: str, port: str, addresses: str, *routes: str, mac: str = "") -> NodeSpec:
    wires = [f"link set dev {port} address {mac}"] if mac else []
    wires += [f"address add {address} dev {port} nodad" if ":" in address else f"address add {address} dev {port}"
              for address in addresses.split()]  # fmt: skip
    return NodeSpec(name, wires=(*wires, *(f"route add {route}" for route in routes)), settings=QUIET)


def _switch(name: str, *ports: str) -> NodeSpec:
    wires = ["link add name br0 type bridge mcast_snooping 0", "link set dev br0 up"]
    return NodeSpec(name, wires=(*wires, *(f"link set dev {port} master br0" for port in ports)), settings=QUIET)


NODES = (
    _switch("swa", "pa", "pf", "p7", "p8"),
    _switch("swb", "pb7", "pb8", "pbx"),
    _host("office", "eth0", "10.1.0.9/24 fd00:1::9/64", "default via 10.1.0.1", "default via fd00:1::1"),
    _host("noc", "eth0", "10.9.0.10/24 fd00:9::10/64", "default via 10.9.0.1", "default via fd00:9::1"),
    _host("h7", "eth0", "10.1.0.7/24 fd00:1::7/64", "default via 10.1.0.1"),
    _host("h8", "eth0", "10.1.0.8/24 fd00:1::8/64", "default via 10.1.0.1", mac=ROGUE_MAC),
    _host("other", "eth0", "10.2.0.20/24", "10.1.0.0/24 via 10.2.0.8"),
    _host("srv", "eth0", "10.3.0.10/24 fd00:3::10/64", "default via 10.3.0.1", "default via fd00:3::1"),
    NodeSpec(
        "fw",
        wires=(
            f"link set dev office0 address {GATEWAY_MAC}",
            *(
                f"address add {address} dev {port}{' nodad' if ':' in address else ''}"
                for port, address in (
                    ("office0", "10.1.0.1/24"),
                    ("office0", "fd00:1::1/64"),
                    ("mgmt0", "10.9.0.1/24"),
                    ("mgmt0", "fd00:9::1/64"),
                    ("srv0", "10.3.0.1/24"),
                    ("srv0", "fd00:3::1/64"),
                    ("isp1", "10.8.0.1/30"),
                    ("isp2", "10.7.0.1/30"),
                )
            ),
            "route add 198.51.100.0/24 via 10.8.0.2",
        ),
        settings=ROUTER,
    ),
    NodeSpec(
        "isp1",
        wires=(
            "address add 10.8.0.2/30 dev fw0",
            "address add 10.81.0.1/30 dev out0",
            "route add 198.51.100.0/24 via 10.81.0.2",
            "route add 10.0.0.0/8 via 10.8.0.1",
        ),
        settings=ROUTER,
    ),
    NodeSpec(
        "isp2",
        wires=(
            "address add 10.7.0.2/30 dev fw0",
            "address add 10.71.0.1/30 dev out0",
            "route add 198.51.100.0/24 via 10.71.0.2",
            "route add 10.0.0.0/8 via 10.7.0.1",
        ),
        settings=ROUTER,
    ),
    NodeSpec(
        "outside",
        wires=(
            "address add 198.51.100.1/32 dev lo",
            "address add 198.51.100.7/32 dev lo",
            "address add 10.81.0.2/30 dev one",
            "address add 10.71.0.2/30 dev two",
            "route add 10.0.0.0/8 via 10.81.0.1",
        ),
        settings=QUIET,
    ),
)
CABLES = tuple(
    Cable((a, x), (b, y))
    for a, x, b, y in (
        ("office", "eth0", "swa", "pa"), ("fw", "office0", "swa", "pf"), ("h7", "eth0", "swa", "p7"),
        ("h8", "eth0", "swa", "p8"), ("h7", "leg0", "swb", "pb7"), ("h8", "leg0", "swb", "pb8"),
        ("other", "eth0", "swb", "pbx"), ("fw", "mgmt0", "noc", "eth0"), ("fw", "srv0", "srv", "eth0"),
        ("fw", "isp1", "isp1", "fw0"), ("fw", "isp2", "isp2", "fw0"), ("isp1", "out0", "outside", "one"),
        ("isp2", "out0", "outside", "two"),
    )
)  # fmt: skip
PROBES = """\
vantages:
  - {{name: office, namespace: {office}, interface: eth0}}
  - {{name: noc, namespace: {noc}, interface: eth0}}
probes:
  - name: servers-apart
    kind: isolation
    from: office
    to:
      - {{address: 10.3.0.10, ports: [icmp, tcp/8443, udp/8443]}}
      - {{address: 'fd00:3::10', ports: [icmp, tcp/8443, udp/8443]}}
    controls:
      - {{from: noc, address: 10.3.0.10, ports: [icmp, tcp/8443, udp/8443]}}
      - {{from: noc, address: 'fd00:3::10', ports: [icmp, tcp/8443, udp/8443]}}
      - {{from: office, address: 10.1.0.1, ports: [icmp]}}
      - {{from: office, address: 'fd00:1::1', ports: [icmp]}}
    {pace}
  - name: no-way-out
    kind: egress
    from: office
    to: [{{address: 198.51.100.1, ports: [tcp/8443, udp/53]}}]
    controls:
      - {{from: noc, address: 198.51.100.1, ports: [tcp/8443, udp/53]}}
      - {{from: office, address: 10.1.0.1, ports: [icmp]}}
    {pace}
  - name: management-apart
    kind: services
    from: office
    to: [{{address: 10.3.0.10, ports: [tcp/22, tcp/23, udp/161], device: core-city}}]
    controls:
      - {{from: noc, address: 10.3.0.10, ports: [tcp/22, tcp/23, udp/161]}}
      - {{from: office, address: 10.1.0.1, ports: [icmp]}}
    {pace}
  - {{name: planned-exit, kind: exit, from: office, to: [{{address: 198.51.100.7}}], known: [10.8.0.2], {flow}}}
  - {{name: two-networks, kind: dual-homed, from: office, to: [{{address: 10.1.0.7}}, {{address: 10.1.0.8}}],
      beyond: [10.2.0.7, 10.2.0.20], macs: {{10.1.0.1: '{gateway}'}}, alive: 10.1.0.1, {flow}}}
  - {{name: routers, kind: routers, from: office, known: ['fe80::ff:fe00:101'], alive: 'fd00:1::1',
      macs: {{'fe80::ff:fe00:101': '{gateway}'}}, {flow}}}
  - {{name: dhcp, kind: dhcp, from: office, known: [10.1.0.1], alive: 10.1.0.1, {flow}}}
  - {{name: dhcpv6, kind: dhcpv6, from: office, known: ['fe80::ff:fe00:101'], alive: 'fd00:1::1', {flow}}}
  - {{name: twice, kind: duplicates, from: office, to: [{{address: 10.1.0.7}}, {{address: 'fd00:1::7'}}], {flow}}}
  - {{name: gateways, kind: gateways, from: office, to: [{{address: 10.1.0.1}}, {{address: 'fd00:1::1'}}],
      macs: {{10.1.0.1: '{gateway}'}}, {flow}}}
  - {{name: ssh, kind: ssh, from: noc, to: [{{address: 10.3.0.10, device: core-city}}], {flow}}}
  - {{name: tls, kind: tls, from: noc, to: [{{address: 10.3.0.10, device: fw-border}}], {flow}}}
"""
FLOW = "timeout: '{timeout}', listen: '{listen}', tries: '1'"
ALLOW = """\
rate: {target: 50, all: 200}
targets:
  - {prefix: 10.3.0.10/32, ports: [icmp, tcp/22-23, tcp/443, tcp/8443, udp/8443, udp/161]}
  - {prefix: 'fd00:3::10/128', ports: [icmp, tcp/8443, udp/8443]}
  - {prefix: 198.51.100.0/24, ports: [icmp, tcp/8443, udp/53]}
  - {prefix: 10.1.0.1/32, ports: [icmp]}
  - {prefix: 'fd00:1::1/128', ports: [icmp]}
  - {prefix: 10.2.0.0/24, ports: [icmp]}
links:
  - vantage: office
    frames: [arp, nd, dhcp, dhcpv6, rs]
    prefixes: [10.1.0.0/24, 10.2.0.0/24, 'fd00:1::/64', 'fe80::/10']
  - {vantage: noc, frames: [arp, nd], prefixes: [10.9.0.0/24, 'fd00:9::/64', 'fe80::/10']}
"""


@dataclass
class Town:
    """The namespaces, what runs in them, and the probes' files."""

    keeper: int
    workspace: Workspace
    folder: Path
    allowed: allow.Allowed = field(default_factory=lambda: allow.parse(ALLOW.encode(), "allow.yaml"))
    timeout: float = 0.5
    listen: float = 0.6
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def network(self, node: str) -> str:
        """The path of a node's network namespace."""
        return f"/proc/{self.keeper}/root/run/netns/{node}"

    def do(self, node: str, *argv: str, text: str = "") -> None:
        """Run a command in a node; it must succeed."""
        done = subprocess.run(
            inside(self.keeper, node, argv),
            input=text,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, (node, argv, done.stderr)

    @contextmanager
    def running(self, node: str, *argv: str) -> Iterator[None]:
        """A program in a node, until the block ends; it has begun when it has said a line."""
        log = self.folder / f"{node}-{next(self.numbers)}.log"
        with log.open("wb") as stream:
            running = subprocess.Popen(inside(self.keeper, node, argv), stdout=stream, stderr=stream)
        try:
            until(lambda: log.stat().st_size or running.poll() is not None, str((node, argv)), pause=0.01)
            assert running.poll() is None, (node, argv)
            yield
        finally:
            running.terminate()
            running.wait(PATIENCE)

    def actor(self, node: str, *argv: str) -> object:
        """A machine that does what it must not."""
        return self.running(node, sys.executable, str(ACTOR), *argv)

    def text(self) -> str:
        """The probes' file."""
        flow = FLOW.format(timeout=self.timeout, listen=self.listen)
        pace = flow.replace(", ", "\n    ")
        return PROBES.format(
            office=self.network("office"), noc=self.network("noc"), gateway=GATEWAY_MAC, pace=pace, flow=flow
        )

    def probe(self, *only: str) -> dict[str, Result]:
        """Run the probes with these names, all of them if none is named; the results by name."""
        written = form.parse(self.text().encode(), self.workspace)
        chosen = run.choose(written.probes, only)
        run.check(chosen, self.allowed, "allow.yaml")
        gate = Gate(self.allowed)
        results = {result.probe: result for result in run.run(chosen, Network(gate))}
        planned: dict[tuple[str, Aim], int] = {}
        for send in (send for probe in chosen for send in run.sends(probe)):
            planned[send.vantage.name, send.aim] = planned.get((send.vantage.name, send.aim), 0) + send.count
        beyond = {place: count for place, count in gate.passed.items() if count > planned.get(place, 0)}
        assert not beyond, f"sent and not planned: {beyond}"
        return results

    @contextmanager
    def ears(self) -> Iterator[list[str]]:
        """Hear in every namespace what a vantage sends; after the block: whatever was for nobody in the allow file."""
        strays: list[str] = []
        sockets = []
        counted = [0]
        with ExitStack() as stack:
            for node in NODES:
                with entered(Vantage(node.name, namespace=self.network(node.name))):
                    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
                stack.enter_context(sock)
                sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE
                sockets.append((node.name, sock))
            stop = threading.Event()
            threads = [
                threading.Thread(target=self._hear, args=(name, sock, stop, strays, counted)) for name, sock in sockets
            ]
            for thread in threads:
                thread.start()
            try:
                yield strays
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
                # PACKET_STATISTICS (packet(7)): an ear that missed a packet has proven nothing.
                lost = {node: struct.unpack("=II", sock.getsockopt(263, 6, 8))[1] for node, sock in sockets}
            assert not any(lost.values()), lost
        assert counted[0] > 0, "nothing was heard at all"

    def _hear(
        self, node: str, sock: socket.socket, stop: threading.Event, strays: list[str], counted: list[int]
    ) -> None:
        sock.settimeout(0.05)
        while True:
            try:
                frame = sock.recv(4096)
            except TimeoutError:
                if stop.is_set():
                    return
                continue
            for vantage in SENDERS:
                aim = destination(frame, vantage)
                if aim is not None:
                    counted[0] += 1
                    if not self._permitted(vantage, aim):
                        strays.append(f"{node}: {vantage} → {aim}")

    def _permitted(self, vantage: str, aim: Aim | str) -> bool:
        return isinstance(aim, Aim) and self.allowed.covers(vantage, aim)


# Whose packets are the probes': by their IP addresses, or by the hardware address if they carry none.
SENDERS = {
    "office": (ip_address("10.1.0.9"), ip_address("fd00:1::9")),
    "noc": (ip_address("10.9.0.10"), ip_address("fd00:9::10")),
}
MACS: dict[str, bytes] = {}


def destination(frame: bytes, vantage: str) -> Aim | str | None:
    """Whom a frame of a vantage is for; None if it is another's, or no question (an answer to who asked us, MLD)."""
    kind, body = frame[12:14], frame[14:]
    ours = frame[6:12] == MACS[vantage]
    if kind == b"\x08\x06":
        return Aim(Protocol.ARP, IPv4Address(body[24:28])) if ours and body[6:8] == b"\0\1" else None
    if kind not in (b"\x08\0", b"\x86\xdd"):
        return "unknown ethertype" if ours else None
    six = kind == b"\x86\xdd"
    source, to = (
        (IPv6Address(body[8:24]), IPv6Address(body[24:40]))
        if six
        else (IPv4Address(body[12:16]), IPv4Address(body[16:20]))
    )
    if source not in SENDERS[vantage] and not ours:
        return None
    return _carried(to, body[6] if six else body[9], body[40:] if six else body[20:])


def _carried(to: IPv4Address | IPv6Address, protocol: int, rest: bytes) -> Aim | str | None:
    """The aim of an IP packet, by what it carries."""
    multicast_reports = protocol == 0 or (protocol == 58 and rest[0] in (136, 143))
    if multicast_reports:
        return None  # the kernel's MLD report; its advertisement to who asked for us
    if protocol == 58 and rest[0] in (133, 135):
        return Aim(Protocol.RS, to) if rest[0] == 133 else Aim(Protocol.ND, IPv6Address(rest[8:24]))
    if protocol in (1, 58):
        return Aim(Protocol.ICMP, to)
    port = int.from_bytes(rest[2:4], "big")
    served = {67: Protocol.DHCP, 547: Protocol.DHCPV6}.get(port)
    known = {6: Aim(Protocol.TCP, to, port), 17: Aim(served, to) if served else Aim(Protocol.UDP, to, port)}
    return known.get(protocol, f"protocol {protocol} to {to}")


@pytest.fixture(scope="session")
def lianyuan_workspace(lianyuan: Path) -> Workspace:
    """The example's workspace; its devices give names."""
    from configs.dialects import platforms
    from inventory import workspace

    return workspace.load(lianyuan, platforms=platforms())


@pytest.fixture(scope="session")
def bare_town(lianyuan_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The namespaces alone. They end with this process, however it ends."""
    folder = tmp_path_factory.mktemp("town")
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    spec = LabSpec(NODES, CABLES, workers=4)
    running = process.start(spec, folder / "log", lambda _: None, lambda _: None, inherit=lock, owned=True)
    try:
        town = Town(running.keeper, lianyuan_workspace, folder)
        for vantage in SENDERS:
            with entered(Vantage(vantage, namespace=town.network(vantage))):
                MACS[vantage] = bytes.fromhex(
                    next(name for name in _addresses() if name != "00:00:00:00:00:00").replace(":", "")
                )
        town.do("fw", "nft", "-f", "-", text=RULES)
        yield town
    finally:
        process.end(running.pid, running.keeper)
        os.close(lock)


def _addresses() -> list[str]:
    done = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True, timeout=PATIENCE)
    return [line.split("link/")[1].split()[1] for line in done.stdout.splitlines() if "link/ether" in line]


@pytest.fixture(scope="session")
def town(bare_town: Town) -> Iterator[Town]:
    """The town with what runs in it on a good day: canaries, management services, a listed DHCP server."""
    govnet = str(Path(sys.executable).parent / "govnet")
    canary = [govnet, "audit", "canary", "--listen"]
    with ExitStack() as stack:
        for service in (
            ("srv", *canary, "tcp/10.3.0.10:8443", "--listen", "udp/10.3.0.10:8443",
             "--listen", "tcp/[fd00:3::10]:8443", "--listen", "udp/[fd00:3::10]:8443"),
            ("outside", *canary, "tcp/198.51.100.1:8443"),
        ):  # fmt: skip
            stack.enter_context(bare_town.running(*service))
        for actor in (
            ("outside", "listen", "udp", "198.51.100.1", "53", "dns"),
            ("srv", "listen", "tcp", "10.3.0.10", "23", "login: "),
            ("srv", "listen", "udp", "10.3.0.10", "161", "report"),
            ("fw", "dhcp", "office0", "10.1.0.1", "10.1.0.100"),
        ):
            stack.enter_context(bare_town.actor(*actor))
        # A router's link-local address is tentative for a second or two: until then it asks for no IPv6 neighbour.
        for node, target in (("noc", "fd00:3::10"), ("office", "fd00:1::1")):
            bare_town.do(node, "ping", "-6", "-c", "1", "-w", "15", target)
        yield bare_town


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Path, Path]]:
    """Make a key and a certificate signed by itself: RSA with so many bits, else EC; days until it ends."""
    folder = tmp_path_factory.mktemp("keys")

    def make(name: str, *, bits: int = 0, days: int = 30) -> tuple[Path, Path]:
        private = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(subject, subject, private.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
        key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
        pem = serialization.Encoding.PEM
        key.write_bytes(private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        certificate.write_bytes(builder.sign(private, hashes.SHA256()).public_bytes(pem))
        return key, certificate

    return make
