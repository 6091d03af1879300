"""Whether a device is there at all: our route to it, a ping, a TCP port. Nothing of SNMP."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inventory.endpoints import Endpoint

_SECONDS = 2.0
# ICMP and ICMPv6 echo requests; over a datagram socket the kernel fills in the identifier and the checksum.
_ECHO = {
    socket.AF_INET: b"\x08\x00\x00\x00\x00\x00\x00\x01govnet",
    socket.AF_INET6: b"\x80\x00\x00\x00\x00\x00\x00\x01govnet",
}


def family_of(host: str) -> socket.AddressFamily:
    """The address family of an address as text."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def route(host: str, port: int) -> str | OSError:
    """Our address towards a host; the error if there is no route. Nothing is sent."""
    with socket.socket(family_of(host), socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((host, port))
        except OSError as error:
            return error
        return str(sock.getsockname()[0])


async def ping(host: str) -> bool | None:
    """Whether one of two echo requests is answered; None if this user may not send any (ping_group_range) and there is
    no `ping` that may.
    """  # noqa: D205 - one sentence says it
    family = family_of(host)
    protocol = socket.IPPROTO_ICMPV6 if family == socket.AF_INET6 else socket.IPPROTO_ICMP
    loop = asyncio.get_running_loop()
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM, protocol)
    except OSError:
        return await _ping_program(host)
    with sock:
        sock.setblocking(False)
        for _ in range(2):
            try:
                sock.connect((host, 0))
                sock.send(_ECHO[family])
                async with asyncio.timeout(_SECONDS / 2):
                    await loop.sock_recv(sock, 2048)
            except (TimeoutError, ConnectionRefusedError):
                continue
            except OSError:
                return False
            return True
    return False


async def _ping_program(host: str) -> bool | None:
    if shutil.which("ping") is None:
        return None
    process = await asyncio.create_subprocess_exec(
        *("ping", "-n", "-q", "-c", "2", "-i", "0.5", "-W", "1", host),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # 0: answered; 1: not; 2: it could not be tried.
    return {0: True, 1: False}.get(await process.wait())


async def connects(endpoint: Endpoint | None) -> bool | None:
    """Whether a TCP port accepts or refuses: both mean that somebody is there. None without an endpoint."""
    if endpoint is None:
        return None
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(endpoint.host, endpoint.port)
    except ConnectionRefusedError:
        return True
    except OSError:
        # A time-out is one too.
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
