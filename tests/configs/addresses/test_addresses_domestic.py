"""Where the dialects of H3C and Ruijie find addresses, and what an audit concludes from them about exits."""

from __future__ import annotations

import pytest

from configs.dialects import dialect
from configs.model import UseKind

COMWARE = """\
#
 version 7.1.064, Release 0605P20
#
 sysname R1
#
dhcp server ip-pool office
 vpn-instance med
 gateway-list 10.9.0.1
 network 10.9.0.0 mask 255.255.255.0
#
interface GigabitEthernet0/1
 ip binding vpn-instance med
 ip address 10.1.1.2 255.255.255.0
 ip address 10.1.2.2 255.255.255.0 sub
 vrrp vrid 1 virtual-ip 10.1.1.1
 ipv6 address 2001:db8::2/64
#
interface GigabitEthernet0/2
 ip address 203.0.113.2 255.255.255.252
 nat outbound 2000 address-group 1
 nat server protocol tcp global 203.0.113.30 80 inside 10.1.1.80 8080
 nat server protocol tcp global current-interface 443 inside 10.1.1.82 443
#
interface GigabitEthernet0/3
 ip address 10.6.55.1 255.255.2555.255
#
 ip route-static 0.0.0.0 0 GigabitEthernet0/2 203.0.113.1 preference 70
 ip route-static vpn-instance med 10.50.0.0 16 vpn-instance out 10.1.1.254
 ip route-static 10.60.0.0 16 NULL0
#
nat address-group 1
 address 203.0.113.10 203.0.113.20
#
 nat address-group 2 203.0.113.40 203.0.113.41
 nat static outbound 10.1.1.81 203.0.113.31
#
return
"""

RGOS = """\
!
hostname R1
!
ip dhcp pool office
 network 10.9.0.0 255.255.255.0
 default-router 10.9.0.1
!
interface GigabitEthernet 0/1
 ip vrf forwarding med
 ip address 10.1.1.2 255.255.255.0
 ip address 10.1.2.2 255.255.255.0 secondary
 vrrp 1 ip 10.1.1.1
!
interface GigabitEthernet 0/2
 ip address 203.0.113.2 255.255.255.252
 ip nat outside
!
ip nat pool outside 203.0.113.10 203.0.113.20 netmask 255.255.255.0
ip nat inside source static tcp 10.1.1.80 8080 203.0.113.30 80
ip route 0.0.0.0 0.0.0.0 GigabitEthernet 0/2 203.0.113.1
ip route vrf med 10.50.0.0 255.255.0.0 10.1.1.254
!
end
"""


def uses(platform: str, text: str) -> list[str]:
    """Each use in one line: its place, what it is, the addresses, the routing table, interface and next hop."""
    language = dialect(platform)
    found = language.addresses(language.parse(text.encode()))
    assert found is not None
    return [
        f"{use.line} {use.kind.value} {use.first}-{use.last} {use.length} {use.vrf} {use.interface} {use.gateway or ''}"
        for use in found.uses
    ]


def test_comware() -> None:
    """Interfaces, secondary and virtual addresses, VPN instances, routes with their next hops, NAT, pools."""
    interface, secondary, virtual = UseKind.INTERFACE.value, UseKind.SECONDARY.value, UseKind.VIRTUAL.value
    route, pool = UseKind.ROUTE.value, UseKind.NAT_POOL.value
    inside, outside = UseKind.NAT_INSIDE.value, UseKind.NAT_OUTSIDE.value
    assert uses("hp_comware", COMWARE) == [
        f"9 {UseKind.DHCP.value} 10.9.0.0-10.9.0.255 24 med  10.9.0.1",
        f"13 {interface} 10.1.1.2-10.1.1.2 24 med GigabitEthernet0/1 ",
        f"14 {secondary} 10.1.2.2-10.1.2.2 24 med GigabitEthernet0/1 ",
        f"15 {virtual} 10.1.1.1-10.1.1.1 None med GigabitEthernet0/1 ",
        f"16 {interface} 2001:db8::2-2001:db8::2 64 med GigabitEthernet0/1 ",
        f"19 {interface} 203.0.113.2-203.0.113.2 30  GigabitEthernet0/2 ",
        f"21 {outside} 203.0.113.30-203.0.113.30 None   ",
        f"21 {inside} 10.1.1.80-10.1.1.80 None   ",
        f"22 {inside} 10.1.1.82-10.1.1.82 None   ",
        f"27 {route} 0.0.0.0-255.255.255.255 0   203.0.113.1",
        f"28 {route} 10.50.0.0-10.50.255.255 16 med  10.1.1.254",
        f"29 {route} 10.60.0.0-10.60.255.255 16   ",
        f"32 {pool} 203.0.113.10-203.0.113.20 None   ",
        f"34 {pool} 203.0.113.40-203.0.113.41 None   ",
        f"35 {inside} 10.1.1.81-10.1.1.81 None   ",
        f"35 {outside} 203.0.113.31-203.0.113.31 None   ",
    ]


def test_rgos() -> None:
    """The same in RGOS, whose interfaces' names are two words."""
    assert uses("ruijie_os", RGOS) == [
        f"5 {UseKind.DHCP.value} 10.9.0.0-10.9.0.255 24   10.9.0.1",
        f"10 {UseKind.INTERFACE.value} 10.1.1.2-10.1.1.2 24 med GigabitEthernet0/1 ",
        f"11 {UseKind.SECONDARY.value} 10.1.2.2-10.1.2.2 24 med GigabitEthernet0/1 ",
        f"12 {UseKind.VIRTUAL.value} 10.1.1.1-10.1.1.1 None med GigabitEthernet0/1 ",
        f"15 {UseKind.INTERFACE.value} 203.0.113.2-203.0.113.2 30  GigabitEthernet0/2 ",
        f"18 {UseKind.NAT_POOL.value} 203.0.113.10-203.0.113.20 None   ",
        f"19 {UseKind.NAT_INSIDE.value} 10.1.1.80-10.1.1.80 None   ",
        f"19 {UseKind.NAT_OUTSIDE.value} 203.0.113.30-203.0.113.30 None   ",
        f"20 {UseKind.ROUTE.value} 0.0.0.0-255.255.255.255 0   203.0.113.1",
        f"21 {UseKind.ROUTE.value} 10.50.0.0-10.50.255.255 16 med  10.1.1.254",
    ]


@pytest.mark.parametrize(
    ("platform", "text", "line"),
    [("hp_comware", COMWARE, 25), ("ruijie_os", RGOS.replace("255.255.255.252", "255.255.2555.252"), 15)],
)
def test_a_slip_in_a_mask_is_said(platform: str, text: str, line: int) -> None:
    """An address that cannot be read is listed, never left out."""
    language = dialect(platform)
    found = language.addresses(language.parse(text.encode()))
    assert found is not None
    assert [strange.line for strange in found.not_understood] == [line]
