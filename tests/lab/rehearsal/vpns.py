"""Two business VPNs over a small MPLS backbone of VRP routers: LANs at both edges, all managed out of band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

ASN: Final = 64900
VPNS: Final = {"jinbao": (101, 36), "bianban": (103, 40)}  # the number in RD and RTs, the second octet of the LANs
# What one of them becomes: only jinbao's LANs move, and the backbone stays.
MAPPING: Final = "old,new,vrf\n" + "".join(f"10.36.{n}.0/24,59.193.{n}.0/24,jinbao\n" for n in (1, 2))


def edge(number: int, *, core: bool) -> str:
    """An edge router's text: LDP and OSPF inwards, a LAN in each VPN, BGP to the other edge.

    Commands as in Huawei's "NE40E Configuration Guide - VPN" (BGP/MPLS IP VPN), in the order in which VRP shows them.
    """
    blocks = [f"sysname pe{number}"]
    for vpn, (target, _) in VPNS.items():
        blocks.append(
            f"ip vpn-instance {vpn}\n ipv4-family\n  route-distinguisher {ASN}:{target}\n"
            f"  vpn-target {ASN}:{target} export-extcommunity\n  vpn-target {ASN}:{target} import-extcommunity"
        )
    near = f"10.254.0.{4 * number - 3}" if core else f"10.254.0.{number}"
    blocks += [
        f"mpls lsr-id 10.255.0.{number}\nmpls",
        "mpls ldp",
        f"interface GigabitEthernet0/0/0\n ip address 10.200.0.{number} 255.255.255.0",
        _backbone("GigabitEthernet0/0/1", near),
    ]
    blocks += [
        f"interface GigabitEthernet0/0/{port}\n ip binding vpn-instance {vpn}\n"
        f" ip address 10.{octet}.{number}.1 255.255.255.0"
        for port, (vpn, (_, octet)) in enumerate(VPNS.items(), 2)
    ]
    other = f"10.255.0.{3 - number}"
    families = "".join(f"\n #\n ipv4-family vpn-instance {vpn}\n  import-route direct" for vpn in VPNS)
    blocks += [
        f"interface LoopBack0\n ip address 10.255.0.{number} 255.255.255.255",
        (
            f"bgp {ASN}\n router-id 10.255.0.{number}\n peer {other} as-number {ASN}\n"
            f" peer {other} connect-interface LoopBack0\n #\n ipv4-family unicast\n  peer {other} enable\n #\n"
            f" ipv4-family vpnv4\n  policy vpn-target\n  peer {other} enable{families}"
        ),
        _ospf(number),
    ]
    return "\n#\n".join([*blocks, "return"]) + "\n"


def core() -> str:
    """The router in the middle: it swaps labels and knows no VPN."""
    blocks = [
        "sysname p",
        "mpls lsr-id 10.255.0.3\nmpls",
        "mpls ldp",
        "interface GigabitEthernet0/0/0\n ip address 10.200.0.3 255.255.255.0",
        _backbone("GigabitEthernet0/0/1", "10.254.0.2"),
        _backbone("GigabitEthernet0/0/2", "10.254.0.6"),
        "interface LoopBack0\n ip address 10.255.0.3 255.255.255.255",
        _ospf(3),
        "return",
    ]
    return "\n#\n".join(blocks) + "\n"


def _backbone(port: str, address: str) -> str:
    return f"interface {port}\n ip address {address} 255.255.255.252\n ospf network-type p2p\n mpls\n mpls ldp"


def _ospf(number: int) -> str:
    return (
        f"ospf 1 router-id 10.255.0.{number}\n area 0.0.0.0\n  network 10.254.0.0 0.0.0.255\n"
        f"  network 10.255.0.{number} 0.0.0.0"
    )


def write(root: Path, *, core_router: bool) -> None:
    """The workspace, today's texts in its folder `today`, the mapping beside it."""
    for folder in ("inventory", "plan", "secrets", "today"):
        (root / folder).mkdir(parents=True)
    texts = {f"pe{number}": edge(number, core=core_router) for number in (1, 2)}
    texts |= {"p": core()} if core_router else {}
    devices = ["name,site,role,platform,model,address,management_interface,port,credential,out_of_band"]
    numbers = {"pe1": 1, "pe2": 2, "p": 3}
    devices += [
        f"{name},s0,core,huawei,NE40E-X3,10.200.0.{numbers[name]}/24,GigabitEthernet0/0/0,22,routers,yes"
        for name in texts
    ]
    links = ["name,kind,a_device,a_interface,a_address,b_device,b_interface,b_address,peer,mbps,carrier,circuit"]
    ends = [("pe1", 1, "p", 1), ("pe2", 1, "p", 2)] if core_router else [("pe1", 1, "pe2", 1)]
    links += [
        f"ln-{a}-{b},circuit,{a},GigabitEthernet0/0/{one},,{b},GigabitEthernet0/0/{other},,,1000,,"
        for a, one, b, other in ends
    ]
    zones = ["vrfs:", "  - {name: default, area: public}"]
    for vpn, (target, _) in VPNS.items():
        both = f'["{ASN}:{target}"]'
        zones.append(f'  - {{name: {vpn}, area: vpn, rd: "{ASN}:{target}", import_rt: {both}, export_rt: {both}}}')
    zones.append("zones:")
    for port, vpn in enumerate(VPNS, 2):
        links += [f"lan-{vpn}-{n},lan,pe{n},GigabitEthernet0/0/{port},,,,,,1000,," for n in (1, 2)]
        members = ", ".join(f'"pe{n}:GigabitEthernet0/0/{port}"' for n in (1, 2))
        zones.append(f"  - {{name: {vpn}, area: vpn, vrf: {vpn}, interfaces: [{members}]}}")
    files = {
        "govnet.yaml": [
            *("title: 试验市", "lab: netns", "managers: [10.200.0.0/24]"),
            "services: {ntp: [10.200.0.250], syslog: [], snmp_manager: [10.200.0.250], dns: []}",
        ],
        "inventory/regions.csv": ["code,name,level,parent", "4313,试验市,city,"],
        "inventory/units.csv": ["name,title,region", "office,办公室,4313"],
        "inventory/sites.csv": ["name,title,region,unit,hosts", "s0,中心,4313,office,10"],
        "inventory/devices.csv": devices,
        "inventory/links.csv": links,
        "inventory/zones.yaml": zones,
        "inventory/credentials.yaml": [
            "credentials:",
            "  - {name: routers, username: govnet, password: file:secrets/password}",
        ],
        "plan/plan.csv": ["kind,area,vrf,pool,function,family,level,region,owner,prefix,rd,import_rt,export_rt,asn"],
        "rollout.yaml": ["waves: [rest]"],
    }
    for path, lines in files.items():
        (root / path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, text in texts.items():
        (root / "today" / f"{name}.cfg").write_text(text, encoding="utf-8")
    (root / "mapping.csv").write_text(MAPPING, encoding="utf-8")
