"""The backbone's configuration for FRR: OSPF for the loopbacks, LDP for their labels, VPNv4 between the edges.

FRR's documentation: https://docs.frrouting.org/en/stable-8.4/ (OSPFv2, LDP, "L3VPN VRFs" below BGP). Timers are those
of a lab: OSPF says hello every second and LDP too, so that the backbone stands in seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.vpn.network import Network, Router, Table


def daemons(router: Router) -> tuple[str, ...]:
    """Which of FRR's daemons it runs: a provider's router has no BGP (RFC 4364, section 5)."""
    return ("zebra", "ospfd", "ldpd", "bgpd") if router.edge else ("zebra", "ospfd", "ldpd")


def config(network: Network, router: Router) -> str:
    """The router's configuration."""
    lines = ["frr defaults traditional", f"hostname {router.name}", "!"]
    for port in router.ports:
        if port.table:
            continue
        lines += [f"interface {port.name}", " ip ospf area 0.0.0.0"]
        if port.core:
            lines += [" ip ospf network point-to-point", " ip ospf hello-interval 1", " ip ospf dead-interval 4"]
        else:
            lines += [" ip ospf passive"]
        lines += ["exit", "!"]
    lines += ["interface lo", " ip ospf area 0.0.0.0", " ip ospf passive", "exit", "!"]
    lines += ["router ospf", f" ospf router-id {router.loopback}", " timers throttle spf 50 100 1000", "exit", "!"]
    lines += ["mpls ldp", f" router-id {router.loopback}", " discovery hello interval 1", " !"]
    lines += [" address-family ipv4", f"  discovery transport-address {router.loopback}"]
    for port in router.ports:
        if port.core:
            lines += [f"  interface {port.name}", "  exit"]
    lines += [" exit-address-family", "exit", "!"]
    if router.edge:
        lines += _bgp(network, router)
    return "\n".join(lines) + "\n"


def _bgp(network: Network, router: Router) -> list[str]:
    others = [other.loopback for other in network.routers if other.edge and other.name != router.name]
    lines = [f"router bgp {network.asn}", f" bgp router-id {router.loopback}", " no bgp default ipv4-unicast"]
    for other in others:
        lines += [
            f" neighbor {other} remote-as {network.asn}",
            f" neighbor {other} update-source lo",
            f" neighbor {other} timers connect 1",
        ]
    lines += [" !", " address-family ipv4 vpn"]
    for other in others:
        lines += [f"  neighbor {other} activate"]
    lines += [" exit-address-family", "exit", "!"]
    here = {port.table for port in router.ports}
    # A VPN's last route, that nothing else is known, is each edge's own.
    lines += ["ip prefix-list lans seq 5 permit 0.0.0.0/0 ge 1", "!"]
    lines += ["route-map lans permit 10", " match ip address prefix-list lans", "exit", "!"]
    for name, table in network.tables.items():
        if name in here:
            lines += _vrf(network.asn, router, table)
    return lines


def _vrf(asn: int, router: Router, table: Table) -> list[str]:
    """One VPN at this edge. The departments' LANs are routes of the kernel's, the circuits are connected ones."""
    return [
        f"router bgp {asn} vrf {table.interface}",
        f" bgp router-id {router.loopback}",
        " !",
        " address-family ipv4 unicast",
        "  redistribute kernel route-map lans",
        "  redistribute connected",
        "  label vpn export auto",
        f"  rd vpn export {table.rd}",
        f"  rt vpn import {' '.join(sorted(table.imports))}",
        f"  rt vpn export {' '.join(sorted(table.exports))}",
        "  export vpn",
        "  import vpn",
        " exit-address-family",
        "exit",
        "!",
    ]
