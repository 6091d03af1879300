"""A workspace of three Linux gateways, each with a tunnel to both others, a LAN and a line to the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects import platforms
from inventory import workspace
from ipplan import allocate, plan, policy_file

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "govnet.yaml": "title: two tunnels\nlab: netns\nservices: {}\nmanagers: [10.250.0.240/28]\n",
    "inventory/regions.csv": "code,name,level,parent\n41,省,province,\n4190,市,city,41\n",
    "inventory/units.csv": "name,title,region\nzwb,中心,4190\n",
    "inventory/sites.csv": "name,title,region,unit,hosts\na,甲,4190,zwb,20\nb,乙,4190,zwb,20\nm,丙,4190,zwb,20\n",
    "inventory/devices.csv": (
        "name,site,role,platform,model,address,management_interface,port,credential,out_of_band\n"
        "gw-a,a,unit-vpn-gateway,linux,,10.250.0.1/24,eth2,22,vpn,yes\n"
        "gw-b,b,unit-vpn-gateway,linux,,10.250.0.2/24,eth2,22,vpn,yes\n"
        "gw-m,m,unit-vpn-gateway,linux,,10.250.0.3/24,eth2,22,vpn,no\n"
    ),
    "inventory/links.csv": (
        "name,kind,a_device,a_interface,a_address,b_device,b_interface,peer\n"
        "isp-a,internet,gw-a,eth0,203.0.113.1/24,,,203.0.113.254/24\n"
        "isp-b,internet,gw-b,eth0,203.0.113.2/24,,,203.0.113.254/24\n"
        "isp-m,internet,gw-m,eth0,203.0.113.3/24,,,203.0.113.254/24\n"
        "lan-a,lan,gw-a,eth1,,,,\nlan-b,lan,gw-b,eth1,,,,\nlan-m,lan,gw-m,eth1,,,,\n"
        "vpn-ab,tunnel,gw-a,ipsec0,,gw-b,ipsec0,\nvpn-bm,tunnel,gw-b,ipsec0,,gw-m,ipsec0,\n"
        "vpn-ma,tunnel,gw-m,ipsec0,,gw-a,ipsec0,\n"
    ),
    "inventory/systems.csv": "name,title,unit,level,zone\n",
    "inventory/zones.yaml": (
        "vrfs: [{name: default, title: d, area: public}]\n"
        "zones:\n"
        "  - {name: far-a, title: f, area: public, interfaces: ['gw-a:ipsec0']}\n"
        "  - {name: in-a, title: i, area: public, interfaces: ['gw-a:eth1']}\n"
        "  - {name: far-b, title: f, area: public, interfaces: ['gw-b:ipsec0']}\n"
        "  - {name: in-b, title: i, area: public, interfaces: ['gw-b:eth1']}\n"
        "  - {name: far-m, title: f, area: public, interfaces: ['gw-m:ipsec0']}\n"
        "  - {name: in-m, title: i, area: public, interfaces: ['gw-m:eth1']}\n"
        "flows:\n"
        "  - {name: to-a, from: far-a, to: in-a, services: [icmp]}\n"
        "  - {name: of-a, from: in-a, to: far-a, services: [icmp]}\n"
        "  - {name: to-b, from: far-b, to: in-b, services: [icmp]}\n"
        "  - {name: of-b, from: in-b, to: far-b, services: [icmp]}\n"
        "  - {name: to-m, from: far-m, to: in-m, services: [icmp]}\n"
        "  - {name: of-m, from: in-m, to: far-m, services: [icmp]}\n"
    ),
    "inventory/credentials.yaml": (
        "credentials:\n  - name: vpn\n    username: govnet\n    password: file:secrets/vpn\n"
        "    secrets: {ipsec_psk: file:secrets/psk}\n"
    ),
    "secrets/vpn": "Lab-password-1\n",
    "secrets/psk": "Lab-shared-key-1\n",
    "plan/policy.yaml": (
        "pools:\n"
        "  - {name: units, title: u, area: public, prefixes: [10.160.0.0/20]}\n"
        "functions:\n"
        "  - {name: unit, title: u, pool: units, for: lan, where: role = unit-vpn-gateway, ipv4: {length: /26}}\n"
    ),
}


def make(root: Path) -> Path:
    """The workspace below a folder, with its plan."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in (root / "secrets").iterdir():
        path.chmod(0o600)
    found = workspace.load(root, platforms=platforms())
    rules = policy_file.load(root / "plan" / "policy.yaml")
    plan.write(allocate.make(found.inventory, rules, None), root / "plan" / "plan.csv")
    return root
