"""The one process that sends and answers the lab's probes: a UDP socket for each address of each host, in its network.

It runs inside the lab (its names of networks, its processes), so it ends with it, and when its input ends. Standard
library only: it is started as a file, and stays small. It speaks JSON lines, each answered by one line:

    {"open": {HOST: [ADDRESS, …]}}                      → {"opened": N, "failed": {ADDRESS: why}}
    {"start": [FLOW, …], "interval": SECONDS}           → {"started": N}
    {"stop": GRACE}                                     → {"seconds": S, "flows": [{"sent", "lost", "gaps"}, …],
                                                           "pause": [FROM, SECONDS]}
    {"ask": [FLOW, …], "count": N, "wait": SECONDS}     → {"answered": [N, …], "arrived": [N, …]}
    {"trace": FLOW, "hops": N, "wait": SECONDS}         → {"hops": [ADDRESS or "", …], "arrived": true}

A FLOW is [HOST, ADDRESS, HOST, ADDRESS, PORT], where port 0 is one that no service has. A gap is [from, to, count]:
seconds since the start at which the first probe was lost and at which the next one was answered again (to: null if none
was), and how many were lost. The pause is the longest time in which nothing was sent though it was due.

A probe counts only at the host that it is for, whatever address brought it there. What is asked and what is
started comes from a port that nobody has used before: a firewall would let it pass as a part of a session that a probe
before it has begun, in either direction, whatever its policies say by now.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import socket
import struct
import sys
import time
from array import array
from typing import Any

PORT = 40007
DNS = 53  # policies that let nothing else of UDP through let this (RFC 1035, 4.2.1)
_ASKING = range(40100, 60100)  # the ports that questions of `ask` come from, one after the other
_CLONE_NEWNET = 0x40000000
_IP_RECVERR = 11
_IP_FREEBIND = 15
_SO_EE_ORIGIN_ICMP = 2
_UNREACHABLE = 3  # the ICMP type (RFC 792)
_MSG_ERRQUEUE = 0x2000
_PACKET = struct.Struct("!BIII")  # question or answer, which run, which flow, which number
_QUESTION, _ANSWER = 1, 2
_LONGEST = 0.2  # seconds between two looks at the orders
_SILENT = 3  # distances in a row from which nobody answers: a probe is not followed any farther


class _Flow:
    """What was sent along one flow and what came back."""

    __slots__ = ("arrived", "came", "host", "sent", "sock", "to")

    def __init__(self, sock: socket.socket, host: str, to: str, port: int) -> None:
        self.sock = sock
        self.host = host
        self.to = (to, port or PORT)
        self.arrived: set[int] = set()  # what the host has heard; its answers may be lost
        self.sent = array("d")
        self.came = bytearray()

    def send(self, run: int, number: int) -> None:
        """One probe; what the kernel refuses to send counts as sent and lost."""
        self.sent.append(time.monotonic())
        self.came.append(0)
        with contextlib.suppress(OSError):
            self.sock.sendto(_PACKET.pack(_QUESTION, run, number, len(self.sent) - 1), self.to)

    def gaps(self, began: float) -> list[list[float | None]]:
        """Where probes were lost, one after the other."""
        found: list[list[float | None]] = []
        first = None
        for index, came in enumerate(self.came):
            if not came and first is None:
                first = index
            elif came and first is not None:
                found.append([self.sent[first] - began, self.sent[index] - began, index - first])
                first = None
        if first is not None:
            found.append([self.sent[first] - began, None, len(self.came) - first])
        return found


class Prober:
    """The sockets and what is under way."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._of: dict[tuple[str, str], socket.socket] = {}
        self._whose: dict[int, str] = {}
        # Those from which the flows under way are sent.
        self._own: dict[tuple[str, str], socket.socket] = {}
        self._run = 0
        self._flows: list[_Flow] = []
        self._interval = 0.0
        self._began = 0.0
        self._next = 0.0
        self._last = 0.0
        self._pause = (0.0, 0.0)
        self._turn = 0
        self._orders = b""

    def serve(self) -> None:
        """Follow the orders until there are no more."""
        orders = sys.stdin.fileno()
        self._poll.register(orders, select.EPOLLIN)
        while True:
            self._send_due()
            wait = _LONGEST if not self._interval else max(0.0, min(_LONGEST, self._next - time.monotonic()))
            for descriptor, _ in self._poll.poll(wait):
                if descriptor != orders:
                    if descriptor in self._sockets:
                        self._receive(self._sockets[descriptor])
                    continue
                read = os.read(orders, 1 << 20)
                if not read:
                    return
                self._orders += read
                while b"\n" in self._orders:
                    line, _, self._orders = self._orders.partition(b"\n")
                    sys.stdout.write(json.dumps(self._follow(json.loads(line))) + "\n")
                    sys.stdout.flush()

    def _follow(self, order: dict[str, Any]) -> dict[str, Any]:
        if "open" in order:
            return self._open(order["open"])
        if "start" in order:
            self._begin(order["start"])
            self._interval = float(order["interval"])
            return {"started": len(self._flows)}
        if "stop" in order:
            return self._stop(float(order["stop"]))
        if "ask" in order:
            return self._ask(order["ask"], int(order["count"]), float(order["wait"]))
        return self._trace(order["trace"], int(order["hops"]), float(order["wait"]))

    def _open(self, hosts: dict[str, list[str]]) -> dict[str, Any]:
        failed = {}
        for host, addresses in hosts.items():
            _enter(f"/run/netns/{host}")
            for address in addresses:
                if (host, address) in self._of:
                    continue
                try:
                    several = [_socket(address, PORT), _socket(address, DNS)]
                except OSError as error:
                    failed[address] = error.strerror or str(error)
                    continue
                self._of[host, address] = several[0]
                for sock in several:
                    self._listen_to(sock, host)
        return {"opened": len(self._of), "failed": failed}

    def _listen_to(self, sock: socket.socket, host: str) -> None:
        self._sockets[sock.fileno()] = sock
        self._whose[sock.fileno()] = host
        self._poll.register(sock, select.EPOLLIN)

    def _begin(self, flows: list[list[Any]]) -> None:
        self._end()
        port = _ASKING[self._run % len(_ASKING)]
        self._run += 1
        for host, address in dict.fromkeys((host, address) for host, address, *_ in flows):
            _enter(f"/run/netns/{host}")
            self._own[host, address] = _socket(address, port)
            self._listen_to(self._own[host, address], host)
        self._flows = [_Flow(self._own[host, address], other, to, asked) for host, address, other, to, asked in flows]
        self._began = self._next = self._last = time.monotonic()
        self._pause = (0.0, 0.0)
        self._turn = 0

    def _end(self) -> None:
        self._flows = []
        for sock in self._own.values():
            self._poll.unregister(sock)
            del self._sockets[sock.fileno()], self._whose[sock.fileno()]
            sock.close()
        self._own = {}

    def _send_due(self) -> None:
        """The probes whose time has come: each flow once an interval, spread evenly over it."""
        if not self._interval or not self._flows:
            return
        now = time.monotonic()
        step = self._interval / len(self._flows)
        burst = 0
        if self._next <= now:
            self._note_pause(now)
        while self._next <= now and burst < len(self._flows):
            self._flows[self._turn].send(self._run, self._turn)
            self._turn = (self._turn + 1) % len(self._flows)
            self._next += step
            burst += 1
        # Whoever was held up does not catch up in one burst: it goes on from now.
        self._next = max(self._next, now - self._interval)

    def _note_pause(self, now: float) -> None:
        if now - self._last > self._pause[1]:
            self._pause = (self._last - self._began, now - self._last)
        self._last = now

    def _receive(self, sock: socket.socket) -> None:
        """Answer questions, note answers."""
        for _ in range(64):
            try:
                packet, sender = sock.recvfrom(64)
            except BlockingIOError:
                return
            except OSError:
                continue  # somebody's ICMP error
            if len(packet) != _PACKET.size:
                continue
            kind, run, flow, number = _PACKET.unpack(packet)
            if kind == _QUESTION:
                if run == self._run and flow < len(self._flows):
                    if self._flows[flow].host != self._whose[sock.fileno()]:
                        continue  # it came to somebody else
                    self._flows[flow].arrived.add(number)
                with contextlib.suppress(OSError):
                    sock.sendto(_PACKET.pack(_ANSWER, run, flow, number), sender)
            elif kind == _ANSWER and run == self._run and flow < len(self._flows):
                came = self._flows[flow].came
                if number < len(came):
                    came[number] = 1

    def _listen(self, seconds: float, *, enough: bool = False) -> None:
        """Take what comes for a while; no longer than until everything has come, if that is `enough`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if enough and all(0 not in flow.came for flow in self._flows):
                return
            for descriptor, _ in self._poll.poll(min(left, 0.05)):
                if descriptor in self._sockets:
                    self._receive(self._sockets[descriptor])
                else:
                    time.sleep(0.001)  # the next order waits

    def _stop(self, grace: float) -> dict[str, Any]:
        now = time.monotonic()
        seconds = now - self._began
        self._note_pause(now)
        self._interval = 0.0
        self._listen(grace, enough=True)
        flows = [
            {"sent": len(flow.sent), "lost": flow.came.count(0), "gaps": flow.gaps(self._began)} for flow in self._flows
        ]
        self._end()
        return {"seconds": seconds, "flows": flows, "pause": list(self._pause)}

    def _ask(self, flows: list[list[Any]], count: int, wait: float) -> dict[str, Any]:
        self._begin(flows)
        for _ in range(count):
            for number, flow in enumerate(self._flows):
                flow.send(self._run, number)
                if number % 32 == 31:
                    self._listen(0.002)
            self._listen(wait / count, enough=True)
        found = {
            "answered": [sum(flow.came) for flow in self._flows],
            "arrived": [len(flow.arrived) for flow in self._flows],
        }
        self._end()
        return found

    def _trace(self, flow: list[Any], hops: int, wait: float) -> dict[str, Any]:
        """Which routers say that a probe's time to live has ended there (RFC 792), hop by hop."""
        host, address, _, to, port = flow
        _enter(f"/run/netns/{host}")
        sock = _socket(address, 0)
        found: list[str] = []
        try:
            sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            for ttl in range(1, hops + 1):
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
                said, over = "", False
                for _ in range(2):
                    with contextlib.suppress(OSError):
                        sock.sendto(_PACKET.pack(_QUESTION, 0, 0, ttl), (to, port or PORT))
                    said, over = self._said(sock, wait)
                    if said:
                        break
                if said == to:
                    return {"hops": found, "arrived": True}
                found.append(said)
                if over or (len(found) >= _SILENT and not any(found[-_SILENT:])):
                    break
        finally:
            sock.close()
        while found and not found[-1]:
            found.pop()
        return {"hops": found, "arrived": False}

    def _said(self, sock: socket.socket, wait: float) -> tuple[str, bool]:
        """Who answered: a router by ICMP, or the other host; and whether the packet cannot go on from there."""
        end = time.monotonic() + wait
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                _, ancillary, _, _ = sock.recvmsg(64, 512, _MSG_ERRQUEUE)
                for level, kind, data in ancillary:
                    # struct sock_extended_err, then the address of the offender (ip(7)).
                    if level == socket.IPPROTO_IP and kind == _IP_RECVERR and data[4] == _SO_EE_ORIGIN_ICMP:
                        return socket.inet_ntoa(data[20:24]), data[5] == _UNREACHABLE
            with contextlib.suppress(OSError):
                _, sender = sock.recvfrom(64)
                return str(sender[0]), False
            self._listen(0.01)
        return "", False


def _socket(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    try:
        sock.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
        sock.bind((address, port))
    except OSError:
        sock.close()
        raise
    return sock


def _enter(path: str) -> None:
    """Put this process into a network (setns(2))."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {path}")
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    # A socket for every address of every host, and as many again while questions are under way.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    Prober().serve()
