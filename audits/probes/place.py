"""Where a probe stands: an interface of this machine or of one of its network namespaces, and what it is called there.

A socket belongs for ever to the namespace in which it was opened (network_namespaces(7)), so a thread enters one only
while it opens a socket or starts a program, and everything else may run side by side.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import TYPE_CHECKING

from audits.probes.model import CannotRunError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audits.probes.model import Vantage

NAMESPACES = Path("/run/netns")
_CLONE_NEWNET = 0x40000000
_SIOCGIFADDR, _SIOCGIFHWADDR = 0x8915, 0x8927  # netdevice(7)
_ETHERNET = 1  # ARPHRD_ETHER
_LINK_SCOPE = "20"  # IPV6_ADDR_LINKLOCAL in /proc/net/if_inet6


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface with its own addresses; `link_local` and `ipv4` are None if it has none."""

    name: str
    index: int
    mac: str
    ipv4: IPv4Address | None
    link_local: IPv6Address | None


@contextmanager
def entered(vantage: Vantage) -> Iterator[None]:
    """Put the calling thread into the vantage's network, then back. Never await in here."""
    if not vantage.namespace:
        yield
        return
    path = vantage.namespace if "/" in vantage.namespace else str(NAMESPACES / vantage.namespace)
    own = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            target = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise _not_entered(path, error.strerror or str(error)) from None
        try:
            _setns(target, path)
        finally:
            os.close(target)
        try:
            yield
        finally:
            _setns(own, path)
    finally:
        os.close(own)


def _setns(descriptor: int, path: str) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(descriptor, _CLONE_NEWNET) != 0:
        raise _not_entered(path, os.strerror(ctypes.get_errno()))


def _not_entered(path: str, why: str) -> CannotRunError:
    return CannotRunError(
        Message("the network namespace {path} cannot be entered: {why}", path=path, why=why),
        Message("`ip netns list` shows those that there are; they are entered by root"),
    )


def interface(vantage: Vantage) -> Interface:
    """The vantage's interface as it is now; CannotRunError if there is none, or if it is no Ethernet."""
    if not vantage.interface:
        raise CannotRunError(
            Message("the vantage “{name}” names no interface", name=vantage.name),
            Message("write `interface: eth1` below the vantage in audits/probes.yaml"),
        )
    with entered(vantage):
        try:
            index = socket.if_nametoindex(vantage.interface)
        except OSError:
            raise CannotRunError(
                Message("there is no interface “{name}” here", name=vantage.interface),
                Message("`ip link` shows those that there are; correct the vantage in audits/probes.yaml"),
            ) from None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            hardware = _ioctl(sock, _SIOCGIFHWADDR, vantage.interface)
            address = _ioctl(sock, _SIOCGIFADDR, vantage.interface)
        link_local = _link_local(vantage.interface)
    family = struct.unpack_from("=H", hardware, 16)[0] if hardware else 0
    if family != _ETHERNET:
        raise CannotRunError(Message("“{name}” is no Ethernet interface", name=vantage.interface))
    mac = ":".join(f"{octet:02x}" for octet in hardware[18:24])
    return Interface(vantage.interface, index, mac, IPv4Address(address[20:24]) if address else None, link_local)


def _ioctl(sock: socket.socket, request: int, name: str) -> bytes:
    """What the kernel says about an interface (`struct ifreq`); empty if it has none of that."""
    try:
        return fcntl.ioctl(sock.fileno(), request, struct.pack("256s", name.encode()[:15]))
    except OSError:
        return b""


def _link_local(name: str) -> IPv6Address | None:
    try:
        # Not /proc/net: that is the first thread's network, not this one's.
        lines = Path(f"/proc/self/task/{threading.get_native_id()}/net/if_inet6").read_text("ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        digits, _, _, scope, _, device = line.split()
        if device == name and scope == _LINK_SCOPE:
            return IPv6Address(bytes.fromhex(digits))
    return None
