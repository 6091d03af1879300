"""What probes do to the network, behind one seam: ordinary sockets here, frames in `link`, programs in `ssh`.

Nothing is sent but through the gate, and every socket is connected to its one aim, so that it cannot send elsewhere.
What could not be tried is told apart from what was tried in vain: only the latter can mean that a way is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import ssl
import struct
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol

from audits.probes import payloads
from audits.probes.link import listen_and_send
from audits.probes.model import HOPS, Aim, CannotRunError
from audits.probes.model import Protocol as Sent
from audits.probes.place import entered, interface
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audits.probes.gate import Gate
    from audits.probes.model import Probe, Vantage
    from audits.probes.place import Interface

_SAID = 200  # octets of an answer that are kept
_IP_RECVERR, _IPV6_RECVERR, _MSG_ERRQUEUE, _SOL_RAW, _ICMP_FILTER = 11, 25, 0x2000, 255, 1
_NO_RIGHT = frozenset({errno.EPERM, errno.EACCES})
_STREAM, _DATAGRAM, _RAW = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to reach an aim. `reached` is None if nothing could be sent; `said` is what the other side sent.

    `hindrance` says why it could not be tried, for people, if that is known.
    """

    vantage: str
    aim: Aim
    reached: bool | None
    what: str
    said: bytes = b""
    hindrance: Message | None = None

    @property
    def record(self) -> str:
        """One line for the report."""
        shown = self.said.decode("ascii", "replace").strip().splitlines()[:1]
        line = "".join(char if char.isprintable() else "?" for char in shown[0])[:80] if shown else ""
        return f"{self.vantage} → {self.aim}: {self.what}" + (f", said “{line}”" if line else "")


@dataclass(frozen=True, slots=True)
class Hop:
    """Who answered to a packet that was allowed `distance` steps; empty if nobody did."""

    distance: int
    who: str
    arrived: bool = False


class Wire(Protocol):
    """What a probe may do. `Network` does it; tests have one that only tells."""

    @property
    def gate(self) -> Gate:
        """What everything passes before it leaves."""
        ...

    def interface(self, vantage: Vantage) -> Interface:
        """The vantage's interface and its addresses. CannotRunError if there is none."""
        ...

    async def attempt(self, vantage: Vantage, aim: Aim, probe: Probe) -> Attempt:
        """Try to reach an aim: connect, ask, or echo. CannotRunError without the right or the network."""
        ...

    async def exchange(
        self, vantage: Vantage, aim: Aim, sent: bytes, probe: Probe, enough: Callable[[bytes], bool]
    ) -> tuple[bytes | None, str]:
        """Say something over TCP and hear the answer until it is enough, or the other side ends it.

        None if there is no connection, or neither an answer nor an end in time, and why: that tells nothing.
        """
        ...

    async def certificate(self, vantage: Vantage, aim: Aim, probe: Probe) -> bytes:
        """The certificate (DER) that a TLS server shows to whoever agrees on keys with it; empty if there is none."""
        ...

    async def trace(self, vantage: Vantage, aim: Aim, probe: Probe) -> Sequence[Hop]:
        """Who stands on the way, as far as they tell. CannotRunError as above."""
        ...

    async def frames(self, vantage: Vantage, sent: Sequence[bytes], seconds: float) -> list[bytes]:
        """Send frames on the vantage's link and return what came in until `seconds` after the last."""
        ...


class Network:
    """The real network."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def interface(self, vantage: Vantage) -> Interface:
        """See `place.interface`."""
        return interface(vantage)

    async def attempt(self, vantage: Vantage, aim: Aim, probe: Probe) -> Attempt:
        """One attempt, with as many tries as the probe says; the first that is answered counts."""
        ways = {Sent.TCP: self._connect, Sent.UDP: self._ask, Sent.ICMP: self._echo}
        attempt = Attempt(vantage.name, aim, None, "not tried")
        for _ in range(probe.tries):
            await self.gate.turn(vantage, aim)
            attempt = await ways[aim.protocol](vantage, aim, probe.timeout)
            if attempt.reached is not False:
                break
        return attempt

    async def frames(self, vantage: Vantage, sent: Sequence[bytes], seconds: float) -> list[bytes]:
        """See `link.listen_and_send`."""
        return await listen_and_send(self.gate, vantage, sent, seconds)

    async def trace(self, vantage: Vantage, aim: Aim, probe: Probe) -> Sequence[Hop]:
        """Echo requests with a growing hop limit, until the target answers or three in a row are answered by nobody."""
        hops: list[Hop] = []
        for distance in range(1, HOPS + 1):
            await self.gate.turn(vantage, aim)
            attempt = await self._echo(vantage, aim, probe.timeout, distance)
            if attempt.reached is None:
                raise CannotRunError(Message("nothing could be sent: {why}", why=attempt.what))
            who = attempt.said.decode("ascii", "replace")
            hops.append(Hop(distance, str(aim.address) if attempt.reached else who, attempt.reached))
            if attempt.reached or (len(hops) > 2 and not any(hop.who for hop in hops[-3:])):
                break
        return hops

    async def exchange(
        self, vantage: Vantage, aim: Aim, sent: bytes, probe: Probe, enough: Callable[[bytes], bool]
    ) -> tuple[bytes | None, str]:
        """One connection, one question, and what comes until it is enough, the end, or the time is over."""
        await self.gate.turn(vantage, aim)
        with self._open(vantage, aim, _STREAM) as sock:
            reached, how = await _connected(sock, aim, probe.timeout)
            if not reached:
                return None, how
            data = b""
            until = time.monotonic() + probe.timeout
            with contextlib.suppress(OSError):
                sock.send(sent)
                while not enough(data):
                    left = until - time.monotonic()
                    if left <= 0 or not await _ready(sock, left):
                        return data or None, f"{how}, then no answer in {probe.timeout:g} s"
                    more = sock.recv(65536)
                    if not more:
                        break
                    data += more
            return data, how

    async def certificate(self, vantage: Vantage, aim: Aim, probe: Probe) -> bytes:
        """A whole handshake by Python's ssl, whose only use is the certificate; nothing is believed because of it."""
        await self.gate.turn(vantage, aim)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # what it is worth is what we want to know
        with self._open(vantage, aim, _STREAM) as sock:
            if not (await _connected(sock, aim, probe.timeout))[0]:
                return b""
            try:
                async with asyncio.timeout(probe.timeout):
                    _, writer = await asyncio.open_connection(sock=sock.dup(), ssl=context, server_hostname="")
            except (OSError, TimeoutError):
                return b""
            shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            writer.transport.abort()
            return bytes(shown or b"")

    async def _connect(self, vantage: Vantage, aim: Aim, seconds: float) -> Attempt:
        """A TCP connection, what the other side says first, and an orderly end."""
        with self._open(vantage, aim, _STREAM) as sock:
            reached, how = await _connected(sock, aim, seconds)
            said = await _first_words(sock, aim, seconds) if reached else b""
            return Attempt(vantage.name, aim, reached, how, said)

    async def _ask(self, vantage: Vantage, aim: Aim, seconds: float) -> Attempt:
        """One datagram with a question that the port's service answers without knowing us."""
        with self._open(vantage, aim, _DATAGRAM) as sock:
            try:
                sock.connect((str(aim.address), aim.port))
                sock.send(payloads.question(aim.port))
            except OSError as error:
                return Attempt(vantage.name, aim, None, f"not sent: {error.strerror}")
            if not await _ready(sock, seconds):
                return Attempt(vantage.name, aim, False, f"no answer in {seconds:g} s")
            try:
                said = sock.recv(_SAID)
            except OSError as error:
                return Attempt(vantage.name, aim, False, error.strerror or str(error))
            words = said if said.startswith(payloads.TAG) else b""
            return Attempt(vantage.name, aim, True, f"answered with {len(said)} octets", words)

    async def _echo(self, vantage: Vantage, aim: Aim, seconds: float, distance: int = 0) -> Attempt:
        """One echo request (RFC 792, RFC 4443); with `distance` allowed so many steps, and `said` is who refused it."""
        six = aim.address.version == 6
        with self._open_icmp(vantage, aim) as sock:
            if distance:
                level, option = (
                    (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if six else (socket.IPPROTO_IP, socket.IP_TTL)
                )
                sock.setsockopt(level, option, distance)
            sock.setsockopt(*((socket.IPPROTO_IPV6, _IPV6_RECVERR) if six else (socket.IPPROTO_IP, _IP_RECVERR)), 1)
            nonce = os.urandom(16)
            begun = time.monotonic()
            try:
                sock.connect((str(aim.address), 0))
                sock.send(payloads.echo_request(nonce, six=six))
            except OSError as error:
                return Attempt(vantage.name, aim, None, f"not sent: {error.strerror}")
            while (left := begun + seconds - time.monotonic()) > 0 and await _ready(sock, left):
                try:
                    answer = sock.recv(2048)
                except OSError:
                    who = _refused_by(sock)
                    if who is not None:
                        return Attempt(vantage.name, aim, False, f"refused by {who}", who.encode())
                    continue
                if payloads.is_echo_answer(answer, nonce, six=six):
                    took = (time.monotonic() - begun) * 1000
                    return Attempt(vantage.name, aim, True, f"answered in {took:.1f} ms")
            return Attempt(vantage.name, aim, False, f"no answer in {seconds:g} s")

    def _open(self, vantage: Vantage, aim: Aim, kind: int, protocol: int = 0) -> socket.socket:
        """A socket in the vantage's network, bound to its source; the gate is asked once more."""
        self.gate.check(vantage, aim)
        family = socket.AF_INET6 if aim.address.version == 6 else socket.AF_INET
        with entered(vantage):
            sock = socket.socket(family, kind | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, protocol)
        source = vantage.source(aim.address.version)
        try:
            if vantage.interface:
                # Else the routing table would choose, and a machine with two legs would probe from the wrong one.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, vantage.interface.encode())
            if source is not None:
                sock.bind((str(source), 0))
        except OSError as error:
            sock.close()
            raise CannotRunError(
                Message("the vantage “{name}” cannot be used: {why}", name=vantage.name, why=error.strerror),
                Message("correct its `interface` and `sources` in audits/probes.yaml"),
            ) from None
        return sock

    def _open_icmp(self, vantage: Vantage, aim: Aim) -> socket.socket:
        """A socket for echoes: one that needs no right where the kernel gives it, else a raw one."""
        protocol = socket.IPPROTO_ICMPV6 if aim.address.version == 6 else socket.IPPROTO_ICMP
        for kind in (_DATAGRAM, _RAW):
            try:
                return self._open(vantage, aim, kind, protocol)
            except OSError as error:
                if error.errno not in _NO_RIGHT | {errno.EPROTONOSUPPORT}:
                    raise
        raise CannotRunError(
            Message("this user may not send echo requests"),
            Message("run it as root or with CAP_NET_RAW, or set net.ipv4.ping_group_range"),
        )


async def _connected(sock: socket.socket, aim: Aim, seconds: float) -> tuple[bool | None, str]:
    """Whether a connection came about, and how; None if nothing could be sent."""
    begun = time.monotonic()
    code = sock.connect_ex((str(aim.address), aim.port))
    if code not in (0, errno.EINPROGRESS):
        return None, f"not sent: {os.strerror(code)}"
    if not await _ready(sock, seconds, writing=True):
        return False, f"no answer in {seconds:g} s"
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        return False, os.strerror(code)
    return True, f"connected in {(time.monotonic() - begun) * 1000:.1f} ms"


async def _ready(sock: socket.socket, seconds: float, *, writing: bool = False) -> bool:
    """Whether a socket can be written or read (or has an error to tell) within so many seconds."""
    loop = asyncio.get_running_loop()
    happened = loop.create_future()

    def wake() -> None:
        if not happened.done():
            happened.set_result(None)

    number = sock.fileno()
    (loop.add_writer if writing else loop.add_reader)(number, wake)
    try:
        await asyncio.wait_for(happened, seconds)
    except TimeoutError:
        return False
    finally:
        (loop.remove_writer if writing else loop.remove_reader)(number)
    return True


async def _first_words(sock: socket.socket, aim: Aim, seconds: float) -> bytes:
    """What a server says first; a web server is asked for its page's head, no other is told anything."""
    try:
        if aim.port in payloads.WEB:
            sock.send(payloads.HEAD)
        return sock.recv(_SAID) if await _ready(sock, min(seconds, 1.0)) else b""
    except OSError:
        return b""


def _refused_by(sock: socket.socket) -> str | None:
    """Who said in an ICMP error that our packet went no further (recverr in ip(7)); None if nobody did."""
    try:
        _, control, _, _ = sock.recvmsg(2048, 512, _MSG_ERRQUEUE)
    except OSError:
        return None
    for _, kind, body in control:
        if kind in (_IP_RECVERR, _IPV6_RECVERR) and len(body) >= 16 + 8:
            family = struct.unpack_from("=H", body, 16)[0]
            where = body[20:24] if family == socket.AF_INET else body[24:40]
            if family in (socket.AF_INET, socket.AF_INET6) and len(where) in (4, 16):
                return str(ip_address(where))
    return None
