"""Where dialects find addresses: each form of each vendor, and every address of the published examples."""

from __future__ import annotations

import re
from ipaddress import ip_interface
from typing import TYPE_CHECKING

import pytest

from configs.dialects import dialect
from configs.model import UseKind

if TYPE_CHECKING:
    from pathlib import Path

HUAWEI = """\
#
sysname R1
#
ip pool office
 vpn-instance med
 gateway-list 10.9.0.1
 network 10.9.0.0 mask 255.255.255.0
#
interface GigabitEthernet 0/0/1
 ip binding vpn-instance med
 ip address 10.1.1.2 255.255.255.0
 ip address 10.1.2.2 24 sub
 vrrp vrid 1 virtual-ip 10.1.1.1
 ipv6 address 2001:db8::2/64
 ipv6 address 2001:db8:1::2 64
 ipv6 address FE80::1 link-local
 undo ip address 10.8.0.1 24
#
interface LoopBack0
 ip address 10.255.0.1 32
#
interface Dialer1
 ip address ppp-negotiate
#
interface GigabitEthernet0/0/2
ip address 10.3.1.2 255.255.255.252
nat outbound 2000
#
interface GigabitEthernet0/0/3
 ip address 10.6.55.1 255.255.2555.255
#
 ip route-static vpn-instance med 10.50.0.0 255.255.0.0 10.1.1.254 preference 70
ip route-static 0.0.0.0 0 GigabitEthernet0/0/2 10.3.1.1
ip route-static 10.60.0.0 16 NULL0
ipv6 route-static 2001:db8:50:: 48 2001:db8::9
#
nat address-group 1 203.0.113.10 203.0.113.20
nat server protocol tcp global 203.0.113.30 80 inside 10.1.1.80 8080
nat static global 203.0.113.31 inside 10.1.1.81 netmask 255.255.255.255
nat address-group outside
 section 0 203.0.113.40 203.0.113.41
 section 1 203.0.113.48 mask 29
#
return
"""

IOS = """\
!
hostname R1
!
ip dhcp pool office
 vrf med
 network 10.9.0.0 255.255.255.0
 default-router 10.9.0.1
!
interface GigabitEthernet0/1
 vrf forwarding med
 ip address 10.1.1.2 255.255.255.0
 ip address 10.1.2.2 255.255.255.0 secondary
 standby 1 ip 10.1.1.1
 vrrp 2 ip 10.1.1.4
 ipv6 address 2001:db8::2/64
 no ip address 10.8.0.1 255.255.255.0
!
interface Vlan10
 no ip address
!
ip route vrf med 10.50.0.0 255.255.0.0 10.1.1.254
ip route 0.0.0.0 0.0.0.0 GigabitEthernet0/1 10.3.1.1
ip nat pool outside 203.0.113.10 203.0.113.20 netmask 255.255.255.0
ip nat inside source static tcp 10.1.1.80 8080 203.0.113.30 80 extendable
ip nat inside source static 10.1.1.81 203.0.113.31 vrf med
!
end
"""

FRR = """\
frr version 8.4.4
frr defaults traditional
hostname r1
!
ip route 10.50.0.0/16 10.1.1.254
vrf med
 ip route 10.51.0.0/16 10.1.1.253
exit-vrf
!
interface eth0 vrf med
 ip address 10.1.1.2/24
 ip address 10.1.2.2/24
 ipv6 address 2001:db8::2/64
 vrrp 1 ip 10.1.1.1
exit
!
interface wg0
 ip address 10.7.0.1 peer 10.7.0.2/32
exit
!
end
"""


def uses(platform: str, text: str) -> list[tuple[object, ...]]:
    """Line, kind, first, last, length, VRF, interface, gateway of each use."""
    language = dialect(platform)
    found = language.addresses(language.parse(text.encode()))
    assert found is not None
    return [
        (
            use.line,
            use.kind.value,
            str(use.first),
            str(use.last),
            use.length,
            use.vrf,
            use.interface,
            str(use.gateway or ""),
        )
        for use in found.uses
    ]


def one(
    line: int,
    kind: UseKind,
    first: str,
    length: int | None = None,
    vrf: str = "",
    interface: str = "",
    *,
    last: str = "",
    gateway: str = "",
) -> tuple[object, ...]:
    """A use as `uses` shows it."""
    return (line, kind.value, first, last or first, length, vrf, interface, gateway)


def test_huawei():
    """Interfaces (flat ones too), secondary and virtual addresses, VPN instances, routes, NAT, pools."""
    port = "GigabitEthernet0/0/1"
    assert uses("huawei", HUAWEI) == [
        one(7, UseKind.DHCP, "10.9.0.0", 24, "med", last="10.9.0.255", gateway="10.9.0.1"),
        one(11, UseKind.INTERFACE, "10.1.1.2", 24, "med", port),
        one(12, UseKind.SECONDARY, "10.1.2.2", 24, "med", port),
        one(13, UseKind.VIRTUAL, "10.1.1.1", None, "med", port),
        one(14, UseKind.INTERFACE, "2001:db8::2", 64, "med", port),
        one(15, UseKind.INTERFACE, "2001:db8:1::2", 64, "med", port),
        one(20, UseKind.INTERFACE, "10.255.0.1", 32, "", "LoopBack0"),
        one(26, UseKind.INTERFACE, "10.3.1.2", 30, "", "GigabitEthernet0/0/2"),
        one(32, UseKind.ROUTE, "10.50.0.0", 16, "med", last="10.50.255.255", gateway="10.1.1.254"),
        one(33, UseKind.ROUTE, "0.0.0.0", 0, last="255.255.255.255", gateway="10.3.1.1"),  # noqa: S104 - a route
        one(34, UseKind.ROUTE, "10.60.0.0", 16, last="10.60.255.255"),
        one(35, UseKind.ROUTE, "2001:db8:50::", 48, last="2001:db8:50:ffff:ffff:ffff:ffff:ffff", gateway="2001:db8::9"),
        one(37, UseKind.NAT_POOL, "203.0.113.10", last="203.0.113.20"),
        one(38, UseKind.NAT_OUTSIDE, "203.0.113.30"),
        one(38, UseKind.NAT_INSIDE, "10.1.1.80"),
        one(39, UseKind.NAT_OUTSIDE, "203.0.113.31"),
        one(39, UseKind.NAT_INSIDE, "10.1.1.81"),
        one(41, UseKind.NAT_POOL, "203.0.113.40", last="203.0.113.41"),
        one(42, UseKind.NAT_POOL, "203.0.113.48", 29, last="203.0.113.55"),
    ]


def test_cisco_ios():
    """The same in IOS: HSRP and VRRP, both spellings of VRFs, DHCP pools, static NAT."""
    port = "GigabitEthernet0/1"
    assert uses("cisco_ios", IOS) == [
        one(6, UseKind.DHCP, "10.9.0.0", 24, "med", last="10.9.0.255", gateway="10.9.0.1"),
        one(11, UseKind.INTERFACE, "10.1.1.2", 24, "med", port),
        one(12, UseKind.SECONDARY, "10.1.2.2", 24, "med", port),
        one(13, UseKind.VIRTUAL, "10.1.1.1", None, "med", port),
        one(14, UseKind.VIRTUAL, "10.1.1.4", None, "med", port),
        one(15, UseKind.INTERFACE, "2001:db8::2", 64, "med", port),
        one(21, UseKind.ROUTE, "10.50.0.0", 16, "med", last="10.50.255.255", gateway="10.1.1.254"),
        one(22, UseKind.ROUTE, "0.0.0.0", 0, last="255.255.255.255", gateway="10.3.1.1"),  # noqa: S104 - a route
        one(23, UseKind.NAT_POOL, "203.0.113.10", last="203.0.113.20"),
        one(24, UseKind.NAT_INSIDE, "10.1.1.80"),
        one(24, UseKind.NAT_OUTSIDE, "203.0.113.30"),
        one(25, UseKind.NAT_INSIDE, "10.1.1.81", None, "med"),
        one(25, UseKind.NAT_OUTSIDE, "203.0.113.31"),
    ]


def test_frr():
    """The same in FRR: routes inside a VRF, the VRF in an interface's head, peers."""
    assert uses("frr", FRR) == [
        one(5, UseKind.ROUTE, "10.50.0.0", 16, last="10.50.255.255", gateway="10.1.1.254"),
        one(7, UseKind.ROUTE, "10.51.0.0", 16, "med", last="10.51.255.255", gateway="10.1.1.253"),
        one(11, UseKind.INTERFACE, "10.1.1.2", 24, "med", "eth0"),
        one(12, UseKind.SECONDARY, "10.1.2.2", 24, "med", "eth0"),
        one(13, UseKind.INTERFACE, "2001:db8::2", 64, "med", "eth0"),
        one(14, UseKind.VIRTUAL, "10.1.1.1", None, "med", "eth0"),
        one(18, UseKind.INTERFACE, "10.7.0.1", 32, "", "wg0"),
    ]


def test_an_address_that_cannot_be_read_is_said():
    """A slip in a mask is not silently left out."""
    language = dialect("huawei")
    found = language.addresses(language.parse(HUAWEI.encode()))
    assert found is not None
    assert [(strange.line, strange.text) for strange in found.not_understood] == [
        (30, "ip address 10.6.55.1 255.255.2555.255")
    ]


@pytest.mark.parametrize("platform", ["linux", "topsec_tos"])
def test_a_platform_that_cannot_be_read_says_so(platform: str):
    """None is not an empty list."""
    language = dialect(platform)
    assert language.addresses(language.parse(b"x\n")) is None


_ADDRESS = re.compile(r"\s*(?:ip|ipv6) address ([0-9a-fA-F:.]+)(?:/|\s+)([\d.]+)")


@pytest.mark.corpus
def test_every_interface_address_of_the_published_examples_is_found(corpus: Path):
    """3,400 addresses in 1,462 configurations: each with its line and its length, and no other.

    They are counted independently: every line that writes an address with a length, from `interface` to the next `#`.
    """
    language = dialect("huawei")
    total = 0
    for path in sorted((corpus / "scenarios").rglob("*.cfg")):
        data = path.read_bytes()
        found = language.addresses(language.parse(data))
        assert found is not None
        strange = {entry.line for entry in found.not_understood}
        wanted = set()
        inside = False
        for number, line in enumerate(data.decode().splitlines(), 1):
            if re.match(r"\s*interface\s+\S", line):
                inside = True
            elif line.strip() == "#":
                inside = False
            elif inside and (match := _ADDRESS.match(line)):
                try:
                    written = ip_interface(f"{match[1]}/{match[2]}")
                except ValueError:
                    assert number in strange, f"{path}:{number}"
                    continue
                wanted.add((number, str(written.ip), written.network.prefixlen))
        own = {
            (use.line, str(use.first), use.length)
            for use in found.uses
            if use.kind in (UseKind.INTERFACE, UseKind.SECONDARY)
        }
        assert own == wanted, path
        total += len(wanted)
    assert total > 3000
