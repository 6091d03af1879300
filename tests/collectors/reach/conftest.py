"""A network of our own for probes: a namespace with a TUN device, behind which a responder does as it is told.

It is written apart from the code under test: what it answers, when and how often, is the truth to compare with.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import itertools
import os
import select
import struct
import subprocess
import threading
import time
from ipaddress import ip_address
from pathlib import Path

import pytest

from collectors.reach.model import Probe, Train, What
from collectors.reach.prober import probe_all
from tests.patience import PATIENCE

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


class Responder(threading.Thread):
    """Answers echo requests on a TUN device. `behave(responder, request)` gives (delay, packet) pairs to send."""

    def __init__(self, descriptor, behave):
        super().__init__(daemon=True)
        self.descriptor = descriptor
        self.behave = behave
        self.seen = []
        # Destination → the answers as they left: the request's number, and how long it took from its arrival here.
        self.took = {}
        self.ended = False

    def run(self):
        waiting = []
        order = itertools.count()
        while not self.ended:
            wait = max(0.0, min(0.05, waiting[0][0] - time.monotonic())) if waiting else 0.05
            ready, _, _ = select.select([self.descriptor], [], [], wait)
            if ready:
                request = Request(os.read(self.descriptor, 4096))
                if request.echo:
                    self.seen.append(request)
                    for delay, packet in self.behave(self, request):
                        heapq.heappush(
                            waiting, (request.at + delay, next(order), self.number(request), request, packet)
                        )
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, number, request, packet = heapq.heappop(waiting)
                os.write(self.descriptor, packet)
                self.took.setdefault(request.destination, []).append((number, time.monotonic() - request.at))

    def number(self, request):
        """How many requests to this destination came before."""
        return sum(other.destination == request.destination for other in self.seen) - 1


class Request:
    """An IP packet that may be an echo request."""

    def __init__(self, packet):
        self.at = time.monotonic()
        self.packet = packet
        self.version = packet[0] >> 4
        if self.version == 4:
            self.head = (packet[0] & 15) * 4
            self.traffic_class = packet[1]
            self.source, self.destination = (str(ip_address(packet[at : at + 4])) for at in (12, 16))
            self.echo = packet[9] == 1 and packet[self.head] == 8
        else:
            self.head = 40
            self.traffic_class = (int.from_bytes(packet[:2], "big") >> 4) & 0xFF
            self.source, self.destination = (str(ip_address(packet[at : at + 16])) for at in (8, 24))
            self.echo = packet[6] == 58 and packet[40] == 128
        self.icmp = packet[self.head :]

    def answer(self, *, source=None, identifier=None, sequence=None, payload=None, spoil=False, kind=None):
        """The echo reply, or what the arguments make of it."""
        message = bytearray(self.icmp)
        message[0] = kind if kind is not None else (0 if self.version == 4 else 129)
        message[2:4] = b"\0\0"
        if identifier is not None:
            message[4:6] = identifier.to_bytes(2, "big")
        if sequence is not None:
            message[6:8] = sequence.to_bytes(2, "big")
        if payload is not None:
            message[8:] = payload
        return self.wrap(bytes(message), source or self.destination, spoil=spoil)

    def unreachable(self, router):
        """A router's word that the destination cannot be reached."""
        if self.version == 4:
            return self.wrap(b"\x03\x01\0\0\0\0\0\0" + self.packet[: self.head + 8], router)
        return self.wrap(b"\x01\x03\0\0\0\0\0\0" + self.packet[:100], router)

    def wrap(self, message, source, *, spoil=False):
        own, there = ip_address(source).packed, ip_address(self.source).packed
        if self.version == 4:
            total = internet_sum(message)
            message = message[:2] + (total ^ (1 if spoil else 0)).to_bytes(2, "big") + message[4:]
            head = struct.pack("!BBHHHBBH", 0x45, self.traffic_class, 20 + len(message), 1, 0, 64, 1, 0) + own + there
            head = head[:10] + internet_sum(head).to_bytes(2, "big") + head[12:]
            return head + message
        total = internet_sum(own + there + struct.pack("!II", len(message), 58) + message)
        message = message[:2] + (total ^ (1 if spoil else 0)).to_bytes(2, "big") + message[4:]
        return struct.pack("!IHBB", 6 << 28, len(message), 58, 64) + own + there + message


def internet_sum(data):
    """RFC 1071, written for these tests alone."""
    data = data + b"\0" * (len(data) % 2)
    total = sum(data[at] << 8 | data[at + 1] for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def in_namespace(work):
    """Call `work` in a thread that has a network of its own; its result, or its exception."""
    outcome = {}

    def body():
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            assert libc.unshare(CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            outcome["result"] = work()
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            outcome["error"] = error

    thread = threading.Thread(target=body)
    thread.start()
    thread.join(PATIENCE)
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


@pytest.fixture
def namespace():
    """Runs work in a network namespace."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    return in_namespace


@pytest.fixture
def network(namespace):
    """Runs work in a namespace behind whose TUN device 10.9.0.0/16 and fd09::/64 behave as a function says."""
    if not Path("/dev/net/tun").exists():
        pytest.skip("this machine has no TUN devices (/dev/net/tun)")

    def run(behave, work):
        def inside():
            descriptor = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", b"probe0", IFF_TUN | IFF_NO_PI))
            for command in (
                ["ip", "address", "add", "10.9.0.1/16", "dev", "probe0"],
                ["ip", "-6", "address", "add", "fd09::1/64", "dev", "probe0", "nodad"],
                ["ip", "link", "set", "probe0", "up"],
            ):
                subprocess.run(command, check=True)
            # The kernel finishes the addresses a moment later; until then it drops ICMPv6 errors that come in.
            time.sleep(0.3)
            responder = Responder(descriptor, behave)
            responder.start()
            try:
                return work(), responder
            finally:
                responder.ended = True
                responder.join(PATIENCE)
                os.close(descriptor)

        return namespace(inside)

    return run


@pytest.fixture
def may_ping():
    """This user may send echo requests."""
    found = probe_all([Probe("here", What.DEVICE, "127.0.0.1", 0, Train(1, 0.01, 1.0))])[0]
    if found.up is None:
        pytest.skip(f"this user cannot ping: {found.reason}")
