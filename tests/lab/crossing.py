"""The same packets sent through a device on either target: what arrived where, as a set that can be compared.

Each packet is told apart by its source port or echo identifier, which no other one has. A host sends its packets, then
asks the device for its hardware address a few times: that is never filtered and is answered in order, on one processor,
so that with the last answer all packets have arrived, and what was answered to them.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from ipaddress import ip_address, ip_interface
from itertools import count, product
from typing import TYPE_CHECKING, Any, Self

from lab.standin.loading import Loader
from lab.standin.network import Host, assembled
from lab.standin.running import start
from tests.lab.drawn import HOSTS, PUBLIC, SERVICES, SIDES, SOURCE_PORTS, device, first

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from lab.standin.target import Target

# Waits for a line: [source, destination, protocol, destination port, number, source port] of each packet, sends them,
# and says when all is quiet; at the next line it says what arrived: source, destination, protocol, ports.
AGENT = r"""
import json, os, select, socket, struct, sys

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
gateway, mine, card = sys.argv[1], sys.argv[2], "eth0"
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)
wire.bind((card, 0))
mac = wire.getsockname()[4]
raw = {4: socket.socket(socket.AF_INET, socket.SOCK_RAW, 255), 6: socket.socket(socket.AF_INET6, socket.SOCK_RAW, 255)}
seen = []
ECHO = (0, 8, 128, 129)


def total(data):
    data += b"\0" * (len(data) % 2)
    found = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while found >> 16:
        found = (found & 65535) + (found >> 16)
    return ~found & 65535


def packet(source, destination, protocol, port, number, own):
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    ends = socket.inet_pton(family, source) + socket.inet_pton(family, destination)
    if protocol in (1, 58):
        body = struct.pack("!BBHHH", 8 if protocol == 1 else 128, 0, 0, number, 1)
        place = 2
    elif protocol == 6:
        body = struct.pack("!HHIIBBHHH", own, port, 1, 0, 0x50, 2, 1000, 0, 0)
        place = 16
    else:
        body = struct.pack("!HHHH", own, port, 8, 0)
        place = 6
    summed = (b"" if protocol == 1 else ends + struct.pack("!II", len(body), protocol)) + body
    body = body[:place] + struct.pack("!H", total(summed) or 65535) + body[place + 2 :]
    if family == socket.AF_INET6:
        return struct.pack("!IHBB", 6 << 28, len(body), protocol, 64) + ends + body
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), number, 0, 64, protocol, 0) + ends + body


def take():
    # Whether the gateway's hardware address was among what came.
    answered = False
    while select.select([wire], [], [], 0)[0]:
        frame, (_, _, kind, *_) = wire.recvfrom(65535)
        if kind == 4:  # our own
            continue
        if frame[12:14] == b"\x08\x06":
            answered |= frame[20:22] == b"\0\2" and frame[28:32] == socket.inet_aton(gateway)
        elif frame[12:14] in (b"\x08\0", b"\x86\xdd"):
            old = frame[12] == 8
            head, protocol = (14 + (frame[14] & 15) * 4, frame[23]) if old else (54, frame[20])
            inner = frame[head : head + 8]
            first, second = struct.unpack("!HH", inner[:4])
            if protocol == 58 and inner[0] not in (1, 128, 129):
                continue  # neighbours
            if protocol in (1, 58):
                first, second = inner[0] << 8 | inner[1], struct.unpack("!H", inner[4:6])[0] if inner[0] in ECHO else 0
            size, start = (4, 26) if old else (16, 22)
            family = socket.AF_INET if old else socket.AF_INET6
            ends = [socket.inet_ntop(family, frame[n : n + size]) for n in (start, start + size)]
            if not ends[1].startswith(("224.", "ff")):
                seen.append([*ends, protocol, first, second])
    return answered


for line in sys.stdin:
    order = json.loads(line)
    if order is None:
        take()
        print(json.dumps(seen), flush=True)
        seen.clear()
        continue
    for one in order:
        raw[6 if ":" in one[0] else 4].sendto(packet(*one), (one[1], 0))
    ask = b"\xff" * 6 + mac + b"\x08\x06\0\1\x08\0\6\4\0\1" + mac + socket.inet_aton(mine)
    ask += b"\0" * 6 + socket.inet_aton(gateway)
    for _ in range(6):
        wire.send(ask)
        while not take():
            select.select([wire], [], [], 1)
    print("sent", flush=True)
"""
# At each line forgets all sessions (nfnetlink: IPCTNL_MSG_CT_DELETE of everything), and says 0 if it could.
FORGET = """\
import socket, struct, sys
for line in sys.stdin:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as s:
        s.send(struct.pack("=IHHIIBBH", 20, 1 << 8 | 2, 5, 1, 0, 0, 0, 0))
        print(struct.unpack("=i", s.recv(1000)[16:20])[0], flush=True)
"""
FAR = (*HOSTS, PUBLIC, PUBLIC + 6)
"""What is sent to. Where a translation does not have the last two, they are nobody's, but reach the host's card."""
QUIET = {"net.ipv4.icmp_ratemask": "0", "net.ipv4.icmp_ratelimit": "0", "net.ipv6.icmp.ratelimit": "0"}


def address(side: int, last: int, version: int = 4) -> str:
    """An address of a side."""
    return str(ip_address(first(version, side) | last))


def probes() -> dict[int, list[list[object]]]:
    """By side, packets to every host of another side, to what translations put before them, and to the device."""
    found: dict[int, list[list[object]]] = {side: [] for side in SIDES}
    numbers = count(1)
    for side, far, version in product(SIDES, SIDES, SERVICES):
        for last in (FAR if version == 4 else HOSTS) if far != side else (1,):
            for turn, (protocol, port) in enumerate(SERVICES[version]):
                number = next(numbers)
                own = SOURCE_PORTS[number % 2] + number
                source = address(side, HOSTS[(number + turn) % 2], version)
                found[side].append([source, address(far, last, version), protocol, port, number, own])
    return found


class Crossing:
    """On one target, a device between three hosts for each of some VRFs ("": in none), and what crosses it."""

    def __init__(self, target: Target, log: Path, vrfs: Sequence[str]) -> None:
        devices = {f"R{vrf}": replace(device(0, vrf), name=f"R{vrf}") for vrf in vrfs}
        hosts = [
            Host(_host(name, side), name, f"E{side}", ip_interface(f"{address(side, HOSTS[0])}/24"))
            for name, side in product(devices, SIDES)
        ]
        self.network = assembled(devices, cables=(), target=target, hosts=hosts)
        self.standing = start(self.network, log)
        self.loader = Loader(self.network, self.standing.run)
        self.agents: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        """Everybody knows everybody's hardware address, and answers as often as he is asked."""
        for name, built in self.network.built.items():
            cards = {one["ifname"]: one["address"] for one in json.loads(self._settle(name, []))}
            settled = []
            for side in SIDES:
                host, port = _host(name, side), built.names.ports[f"E{side}"]
                own = [f"address add {address(side, HOSTS[1])}/24 dev eth0"]
                own += [f"address add {address(side, last, 6)}/64 dev eth0 nodad" for last in HOSTS]
                for version in (4, 6):
                    by = address(side, 1, version)
                    own.append(f"neigh replace {by} lladdr {cards[port]} dev eth0 nud permanent")
                    own.append(f"route add default via {by}")
                found = {one["ifname"]: one["address"] for one in json.loads(self._settle(host, own))}
                settled += [
                    f"neigh replace {address(side, last, version)} lladdr {found['eth0']} dev {port} nud permanent"
                    for version, last in product((4, 6), FAR)
                ]
                self._begin(host, AGENT, address(side, 1), address(side, HOSTS[0]))
            self._settle(name, settled)
            self._begin(name, FORGET)
        return self

    def _settle(self, node: str, lines: Sequence[str]) -> str:
        """Run the lines of `ip`, make answers of ICMP as many as there are questions; returns the node's links."""
        quiet = " ".join(f"{name}={value}" for name, value in QUIET.items())
        script = f"ip -batch - && sysctl -qw {quiet} && ip -j link"
        ran = self.standing.run(node, ["sh", "-c", script], "\n".join([*lines, ""]))
        assert not ran.status, ran.said
        return ran.said

    def _begin(self, node: str, script: str, *arguments: str) -> None:
        argv = self.standing.command(node, ["python3", "-S", "-c", script, *arguments])
        self.agents[node] = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for agent in self.agents.values():
            with agent:
                agent.kill()
        self.standing.end()

    def pass_through(self, number: int, vrf: str = "") -> set[tuple[object, ...]]:
        """What arrives where, once the device is the one of this number: side, source, destination, protocol, ports.

        Which of several addresses and ports is put in place of a source is nobody's rule.
        """
        name = f"R{vrf}"
        self.loader.load_model(name, replace(device(number, vrf), name=name))
        assert self._tell(name, None) == "0"
        for side, packets in probes().items():
            assert self._tell(_host(name, side), packets) == "sent"
        return {_settled(side, *one) for side in SIDES for one in self._tell(_host(name, side), None)}

    def _tell(self, host: str, what: object) -> Any:
        agent = self.agents[host]
        assert agent.stdin is not None
        assert agent.stdout is not None
        agent.stdin.write(json.dumps(what) + "\n")
        agent.stdin.flush()
        said = agent.stdout.readline().strip()
        return json.loads(said) if said.startswith("[") else said


def _host(name: str, side: int) -> str:
    return f"{name}-h{side}"


def _settled(side: int, source: str, destination: str, protocol: int, one: int, other: int) -> tuple[object, ...]:
    if source.endswith("::1"):
        return side, "the device", destination, protocol, one, other
    if "." in source and int(source.rpartition(".")[2]) in (1, PUBLIC, PUBLIC + 1):
        if protocol != 1:
            return side, "put in place", destination, protocol, "any", other
        return side, "put in place", destination, protocol, one
    return side, source, destination, protocol, one, other
