"""Boot 1,000 devices in this process and print what they take, as JSON: run by a test, or by hand."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import time
from ipaddress import IPv4Address
from pathlib import Path

import asyncssh

from lab.emulator.device import Spec
from lab.emulator.platforms import PLATFORMS
from lab.emulator.world import World, served_at

COUNT = 1000
VRP = """sysname {name}
aaa
 local-user govnet password irreversible-cipher Secret-123
 local-user govnet privilege level 15
 local-user govnet service-type ssh
interface GigabitEthernet0/0/0
 ip address {address} 255.255.0.0
stelnet server enable
user-interface vty 0 4
 authentication-mode aaa
"""
# platform → management interface and first text
TEXTS = {
    "cisco_ios": (
        "GigabitEthernet0/1",
        (
            "hostname {name}\nusername govnet privilege 15 secret Secret-123\nip domain-name example.net\n"
            "interface GigabitEthernet0/1\n ip address {address} 255.255.0.0\nline vty 0 15\n login local\n"
        ),
    ),
    "fortinet": (
        "port1",
        (
            "config system global\nset hostname {name}\nend\nconfig system interface\nedit port1\n"
            "set ip {address} 255.255.0.0\nset allowaccess ssh snmp\nnext\nend\nconfig system admin\nedit govnet\n"
            "set accprofile super_admin\nset password Secret-123\nnext\nend\n"
        ),
    ),
    "hillstone_stoneos": (
        "ethernet0/0",
        (
            "hostname {name}\ninterface ethernet0/0\nzone trust\nip address {address}/16\nmanage ssh\nexit\n"
            "admin user govnet\npassword Secret-123\nrole admin\naccess ssh\nexit\n"
        ),
    ),
    "frr": ("eth0", "hostname {name}\ninterface eth0\n ip address {address}/16\n"),
    "hp_comware": (
        "GigabitEthernet0/0",
        (
            "sysname {name}\ninterface GigabitEthernet0/0\n ip address {address} 255.255.0.0\nline vty 0 63\n"
            " authentication-mode scheme\nssh server enable\nlocal-user govnet class manage\n"
            " password simple Secret-123\n service-type ssh\n"
        ),
    ),
    "huawei": ("GigabitEthernet0/0/0", VRP),
    "huawei_vrpv8": ("GigabitEthernet0/0/0", VRP),
    "ruijie_os": (
        "GigabitEthernet 0/0",
        (
            "hostname {name}\nusername govnet privilege 15 password Secret-123\nenable service ssh-server\n"
            "interface GigabitEthernet 0/0\n ip address {address} 255.255.0.0\nline vty 0 4\n login local\n"
        ),
    ),
    "topsec_tos": (
        "eth0",
        (
            "network interface eth0 ip add {address} mask 255.255.0.0\nsystem sshd start\n"
            "define area add name area_eth0 attribute 'eth0 '\n"
            "pf service add name ssh area area_eth0 addressname any\n"
            "pf service add name snmp area area_eth0 addressname any\n"
        ),
    ),
}


def resident() -> float:
    """This process's resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def spec(number: int) -> Spec:
    platform = sorted(PLATFORMS)[number % len(PLATFORMS)]
    interface, text = TEXTS[platform]
    address = IPv4Address(int(IPv4Address("10.15.1.0")) + number)
    name = f"d{number}"
    login = ("govnet", "Secret-123")
    return Spec(
        name,
        platform,
        address,
        management_interface=interface,
        text=text.format(name=name, address=address),
        login=login,
        seed=b"thousand",
    )


async def main() -> None:
    before = resident()
    began = time.monotonic()
    world = World(map(spec, range(COUNT)))
    await world.boot()
    await world.open()
    seconds, megabytes = time.monotonic() - began, resident() - before
    last = served_at(spec(COUNT - 1).address)
    async with asyncssh.connect(
        last, world.ports[0], username="govnet", password="Secret-123", known_hosts=None, config=None
    ) as connection:
        answers = not connection.is_closed()
    listening = sum(bool(host.listening) for host in world.hosts.values())
    await world.close()
    figures = {"devices": COUNT, "listening": listening, "answers": answers, "megabytes": round(megabytes, 1)}
    print(json.dumps({**figures, "seconds": round(seconds, 1)}))  # noqa: T201 - what it is for


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(main())
