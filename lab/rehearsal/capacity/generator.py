"""The process that sends the measured load through the lab: UDP of even pace from host to host, and counts it.

It runs inside the lab as the prober does (`lab.rehearsal.prober`), apart from it so that probes keep their time.
Standard library only. It speaks JSON lines, each answered by one line:

    {"open": {HOST: [ADDRESS, …]}}              → {"opened": N, "failed": {ADDRESS: why}}
    {"load": [[HOST, ADDRESS, HOST, ADDRESS, BITS], …]} → {"started": N}  these alone, BITS a second
    {"window": N}                               → {"window": N}      what is sent from now on belongs to this window
    {"count": SECONDS}                          → {"rows": [[window, flow, sent, arrived], …]} in packets, of all
                                                  windows; what is under way is waited for so long, and nothing is
                                                  sent meanwhile
    {"quiet": 1}                                → {"quiet": 1}       nothing is sent any more

BITS are those of Ethernet frames. It goes before other processes where it may. Held up all the same, it catches up a
tenth of a second at most, for which the lines' queues have room: a burst of ours is never taken for a full line. What
was not sent is missing in the count.
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
from collections import Counter
from typing import Any

PORT = 40008
HEADERS = 42  # bytes of Ethernet, IPv4 and UDP around a payload
_LARGEST, _SMALLEST = 1400, 64  # bytes of payload
_PACE = 25.0  # packets a second of a flow at least, unless they would be smaller than the smallest
_BURST = 0.1  # seconds that may be caught up: less than half of a line's queue (`lab.rehearsal.capacity.shaping`)
_CLONE_NEWNET = 0x40000000
_IP_FREEBIND = 15
_HEAD = struct.Struct("!III")  # which run, which window, which flow
_LONGEST = 0.2


class _Flow:
    """Packets from one host to another."""

    __slots__ = ("every", "next", "padding", "sock", "to")

    def __init__(self, sock: socket.socket, to: str, bits: float, now: float) -> None:
        size = size_of(bits)
        self.sock = sock
        self.to = (to, PORT)
        self.padding = bytes(size - _HEAD.size)
        self.every = (size + HEADERS) * 8 / bits
        self.next = now


def size_of(bits: float) -> int:
    """The payload of a flow's packets: as large as may be with enough of them a second to be even."""
    return max(_SMALLEST, min(_LARGEST, int(bits / 8 / _PACE) - HEADERS))


class Generator:
    """The sockets, the flows, and what was sent and has arrived."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._of: dict[tuple[str, str], socket.socket] = {}
        self._flows: list[_Flow] = []
        self._run = 0
        self._window = 0
        self._sent: Counter[tuple[int, int]] = Counter()
        self._arrived: Counter[tuple[int, int]] = Counter()
        self._orders = b""

    def serve(self) -> None:
        """Follow the orders until there are no more."""
        orders = sys.stdin.fileno()
        self._poll.register(orders, select.EPOLLIN)
        while True:
            due = self._send_due()
            for descriptor, _ in self._poll.poll(max(0.0, min(_LONGEST, due - time.monotonic()))):
                if descriptor != orders:
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
        if "load" in order:
            return self._load(order["load"])
        if "window" in order:
            self._window = int(order["window"])
            return {"window": self._window}
        if "count" in order:
            return self._count(float(order["count"]))
        self._flows = []
        return {"quiet": 1}

    def _open(self, hosts: dict[str, list[str]]) -> dict[str, Any]:
        failed = {}
        for host, addresses in hosts.items():
            _enter(f"/run/netns/{host}")
            for address in addresses:
                try:
                    sock = _socket(address)
                except OSError as error:
                    failed[address] = error.strerror or str(error)
                    continue
                self._of[host, address] = sock
                self._sockets[sock.fileno()] = sock
                self._poll.register(sock, select.EPOLLIN)
        return {"opened": len(self._of), "failed": failed}

    def _load(self, rows: list[list[Any]]) -> dict[str, Any]:
        self._run += 1
        self._window = 0
        self._sent.clear()
        self._arrived.clear()
        now = time.monotonic()
        flows = [_Flow(self._of[host, address], to, float(bits), now) for host, address, _, to, bits in rows]
        for number, flow in enumerate(flows):  # not all at the same moment
            flow.next += flow.every * number / max(1, len(flows))
        self._flows = flows
        return {"started": len(flows)}

    def _send_due(self) -> float:
        """Send what is due; when the next is."""
        now = time.monotonic()
        soonest = now + _LONGEST
        for number, flow in enumerate(self._flows):
            flow.next = max(flow.next, now - _BURST)
            while flow.next <= now:
                packet = _HEAD.pack(self._run, self._window, number) + flow.padding
                # What the kernel refuses to send was offered and is lost.
                self._sent[self._window, number] += 1
                with contextlib.suppress(OSError):
                    flow.sock.sendto(packet, flow.to)
                flow.next += flow.every
            soonest = min(soonest, flow.next)
        return soonest

    def _receive(self, sock: socket.socket) -> None:
        for _ in range(64):
            try:
                packet = sock.recv(2048)
            except BlockingIOError:
                return
            except OSError:
                continue  # somebody's ICMP error
            if len(packet) < _HEAD.size:
                continue
            run, window, flow = _HEAD.unpack_from(packet)
            if run == self._run:
                self._arrived[window, flow] += 1

    def _count(self, grace: float) -> dict[str, Any]:
        end = time.monotonic() + grace
        while (left := end - time.monotonic()) > 0:
            for descriptor, _ in self._poll.poll(min(left, 0.05)):
                if descriptor in self._sockets:
                    self._receive(self._sockets[descriptor])
                else:
                    time.sleep(0.001)  # the next order waits
        rows = [[window, flow, sent, self._arrived[window, flow]] for (window, flow), sent in self._sent.items()]
        return {"rows": rows}


def _socket(address: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    try:
        sock.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind((address, PORT))
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


def _first() -> None:
    """Go before other processes (sched(7)); whoever may not sends less while the machine is busy, and it is counted."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        return
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)


if __name__ == "__main__":
    _first()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    Generator().serve()
