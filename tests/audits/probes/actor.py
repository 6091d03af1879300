"""Stands in for machines on the link that do what they must not. Run inside a namespace; octets by hand, not by scapy.

actor.py dhcp INTERFACE SERVER_ID OFFERED | advertise INTERFACE SOURCE PREFIX | claim INTERFACE ADDRESS [COUNT]
actor.py listen PROTOCOL ADDRESS PORT WORDS
"""

from __future__ import annotations

import fcntl
import socket
import struct
import sys
import time
from ipaddress import ip_address, ip_network


def mac_of(name: str) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return fcntl.ioctl(sock.fileno(), 0x8927, struct.pack("256s", name.encode()))[18:24]


def checksum(data: bytes) -> int:
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return ~total & 0xFFFF


def dhcp(name: str, server: str, offered: str) -> None:
    """Offer one address to whoever discovers (RFC 2131)."""
    own, sid = mac_of(name), ip_address(server).packed
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as sock:
        sock.bind((name, 0x0800))
        ready()
        while True:
            frame = sock.recv(2048)
            if frame[23:24] != b"\x11" or frame[36:38] != b"\x00\x43" or b"\x63\x82\x53\x63\x35\x01\x01" not in frame:
                continue
            asked = frame[42:]
            boot = b"\2\1\6\0" + asked[4:8] + bytes(4) + b"\0\0\0\0" + ip_address(offered).packed + sid + bytes(4)
            boot += (
                asked[28:44]
                + bytes(192)
                + b"\x63\x82\x53\x63"
                + b"\x35\1\2"
                + b"\x36\4"
                + sid
                + b"\x03\4"
                + sid
                + b"\xff"
            )
            udp = struct.pack("!HHHH", 67, 68, 8 + len(boot), 0) + boot
            head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + sid + b"\xff" * 4
            head = head[:10] + checksum(head).to_bytes(2, "big") + head[12:]
            sock.send(b"\xff" * 6 + own + b"\x08\0" + head + udp)


def dhcpv6(name: str, only: str = "") -> None:
    """Advertise to whoever solicits, reply to whoever wants information (RFC 8415); with `only` to one kind of both."""
    duid = b"\0\3\0\1" + mac_of(name)
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind(("::", 547))
        group = ip_address("ff02::1:2").packed + struct.pack("=I", socket.if_nametoindex(name))
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
        ready()
        while True:
            asked, peer = sock.recvfrom(2048)
            answer = {1: 2, 11: 7}.get(asked[0])
            if answer is None or (only and asked[0] != int(only)):
                continue
            client = asked[4 : 8 + int.from_bytes(asked[6:8], "big")]  # the option that we write first
            servers = b"\0\x17\0\x10" + ip_address("2001:db8:bad::53").packed
            own = b"\0\2" + len(duid).to_bytes(2, "big") + duid
            sock.sendto(bytes((answer,)) + asked[1:4] + client + own + servers, peer)


def advertise(name: str, source: str, prefix: str) -> None:
    """Announce a router again and again (RFC 4861); without a prefix only a name server (RFC 8106)."""
    own = mac_of(name)
    body = b"\x86\0\0\0" + b"\x40\0" + (1800 if prefix else 0).to_bytes(2, "big") + bytes(8)
    if prefix:
        network = ip_network(prefix)
        body += b"\1\1" + own + b"\3\4" + bytes((network.prefixlen, 0xC0)) + struct.pack("!III", 3600, 1800, 0)
        body += network.network_address.packed
    else:
        body += b"\x19\3\0\0" + struct.pack("!I", 600) + ip_address("2001:db8:bad::53").packed
    to, me = ip_address("ff02::1").packed, ip_address(source).packed
    pseudo = me + to + len(body).to_bytes(4, "big") + b"\0\0\0\x3a"
    body = body[:2] + checksum(pseudo + body).to_bytes(2, "big") + body[4:]
    packet = b"\x60\0\0\0" + len(body).to_bytes(2, "big") + b"\x3a\xff" + me + to + body
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        sock.bind((name, 0x86DD))
        ready()
        while True:
            sock.send(b"\x33\x33\0\0\0\1" + own + b"\x86\xdd" + packet)
            time.sleep(0.05)


def claim(name: str, address: str, mac: str = "") -> None:
    """Announce an IPv4 address as ours, over and over (a gratuitous flood)."""
    own = bytes.fromhex(mac.replace(":", "")) if mac else mac_of(name)
    body = b"\0\1\x08\0\6\4\0\2" + own + ip_address(address).packed + b"\xff" * 6 + ip_address(address).packed
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        sock.bind((name, 0x0806))
        ready()
        while True:
            sock.send(b"\xff" * 6 + mac_of(name) + b"\x08\6" + body)
            time.sleep(0.02)


def listen(protocol: str, address: str, port: str, words: str) -> None:
    """A service that says something to whoever comes."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    with socket.socket(family, kind) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, int(port)))
        if protocol == "tcp":
            sock.listen(16)
        ready()
        while True:
            if protocol == "tcp":
                connection, _ = sock.accept()
                connection.sendall(words.encode())
                connection.close()
            else:
                _, peer = sock.recvfrom(2048)
                sock.sendto(words.encode(), peer)


def ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"dhcp": dhcp, "dhcpv6": dhcpv6, "advertise": advertise, "claim": claim, "listen": listen}[sys.argv[1]](
        *sys.argv[2:]
    )
