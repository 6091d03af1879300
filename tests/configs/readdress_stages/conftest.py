"""A small network of two languages as its devices show it, emulated devices, and mappings for it."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, ip_interface
from typing import TYPE_CHECKING

import pytest

from configs import change, dialects
from configs.readdress.engine import Source
from configs.readdress.stages_model import Part
from ipplan.mapping import Entry, Mapping, Mode
from ipplan.mapping_file import by_length
from lab.emulator.comware import ComwareDevice
from lab.emulator.device import Script, Spec
from lab.emulator.ios import IosDevice
from lab.emulator.reach import answering
from lab.emulator.vrp import VrpDevice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from lab.emulator.device import Device

HUAWEI = """\
sysname rt-branch
acl number 2000
 description managers
 rule 5 permit source 10.9.0.0 0.0.0.255
 rule 10 permit source 10.1.12.0 0.0.0.255
 rule 20 deny
acl number 3000
 rule 5 permit tcp source 10.1.12.0 0.0.0.255 destination 10.9.0.10 0 destination-port eq 443
 rule 10 deny ip source 10.1.12.32 0.0.0.31 destination 10.9.0.0 0.0.0.255
 rule 11 permit ip source 10.1.12.0 0.0.0.255
 rule 100 deny ip
interface GigabitEthernet0/0/0
 description uplink
 ip address 10.1.0.2 255.255.255.252
 ospf cost 10
interface GigabitEthernet0/0/1
 description lan
 ip address 10.1.12.1 255.255.255.0
 ip address 10.1.13.1 255.255.255.0 sub
 traffic-filter inbound acl 3000
 dhcp select relay
 dhcp relay server-ip 10.9.0.10
interface LoopBack0
 ip address 10.255.0.2 255.255.255.255
interface Tunnel0/0/0
 ip address 10.1.8.2 255.255.255.252
 tunnel-protocol gre
 source 10.1.0.2
 destination 10.1.0.1
bgp 65001
 router-id 10.255.0.2
 peer 10.1.0.1 as-number 65000
 peer 10.1.0.1 description head
 ipv4-family unicast
  peer 10.1.0.1 enable
  network 10.1.12.0 255.255.255.0
ospf 1 router-id 10.255.0.2
 area 0.0.0.0
  network 10.1.0.0 0.0.0.3
  network 10.1.12.0 0.0.0.255
  network 10.255.0.2 0.0.0.0
ip route-static 0.0.0.0 0.0.0.0 10.1.0.1
ip route-static 10.9.0.0 255.255.255.0 10.1.0.1
ip ip-prefix SITES index 10 permit 10.1.12.0 24
ip ip-prefix SITES index 20 permit 10.9.0.0 24 less-equal 32
info-center loghost 10.9.0.10
ntp-service unicast-server 10.9.0.11
user-interface vty 0 4
 acl 2000 inbound
 authentication-mode aaa
"""

COMWARE = """\
sysname rt-town
ip vpn-instance CAMERAS
 route-distinguisher 65001:7
 vpn-target 65001:7 export-extcommunity
 vpn-target 65001:7 import-extcommunity
ospf 1 router-id 10.255.0.3
 silent-interface GigabitEthernet0/1
 area 0.0.0.0
  network 10.1.0.4 0.0.0.3
  network 10.1.16.0 0.0.0.255
  network 10.255.0.3 0.0.0.0
acl basic 2000
 description managers
 rule 0 permit source 10.9.0.0 0.0.0.255
 rule 5 permit source 10.1.16.0 0.0.0.255
 rule 10 permit source 10.1.12.0 0.0.0.255
 rule 20 deny
acl advanced 3000
 rule 0 permit tcp source 10.1.16.0 0.0.0.255 destination 10.9.0.10 0 destination-port eq 443
 rule 5 deny ip source 10.1.16.32 0.0.0.31 destination 10.9.0.0 0.0.0.255
 rule 6 permit ip source 10.1.16.0 0.0.0.255
 rule 100 deny ip
acl advanced name HOSTS
 rule 0 permit ip source 10.1.16.7 0 destination 10.9.0.0 0.0.0.255
 rule 5 deny ip
interface GigabitEthernet0/0
 description uplink
 ip address 10.1.0.6 255.255.255.252
 ospf cost 10
interface GigabitEthernet0/1
 description lan
 ip address 10.1.16.1 255.255.255.0
 ip address 10.1.17.1 255.255.255.0 sub
 packet-filter 3000 inbound
interface GigabitEthernet0/2
 description cameras
 ip binding vpn-instance CAMERAS
 ip address 10.1.18.1 255.255.255.0
interface LoopBack0
 ip address 10.255.0.3 255.255.255.255
bgp 65002
 router-id 10.255.0.3
 peer 10.1.0.5 as-number 65000
 peer 10.1.0.5 description head
 address-family ipv4 unicast
  network 10.1.16.0 255.255.255.0
  peer 10.1.0.5 enable
ip route-static 0.0.0.0 0 10.1.0.5
ip route-static 10.9.0.0 24 10.1.0.5 preference 70 tag 7
ip route-static vpn-instance CAMERAS 10.1.19.0 24 10.1.18.2
ip prefix-list SITES index 10 permit 10.1.16.0 24
ip prefix-list SITES index 20 permit 10.9.0.0 24 less-equal 32
dns server 10.9.0.10
info-center loghost 10.9.0.10 facility local6
snmp-agent
snmp-agent target-host trap address udp-domain 10.9.0.10 params securityname govnet v2c
ntp-service enable
ntp-service unicast-server 10.9.0.11
radius scheme town
 primary authentication 10.9.0.12 key cipher $c$3$ZXhhbXBsZQ==
 secondary authentication 10.9.0.13 1645
 primary accounting 10.9.0.12
domain town
 authentication lan-access radius-scheme town
line vty 0 63
 acl 2000 inbound
 authentication-mode scheme
"""

IOS = """\
hostname core
interface GigabitEthernet0/0
 description downlink
 ip address 10.1.0.1 255.255.255.252
interface GigabitEthernet0/2
 description town
 ip address 10.1.0.5 255.255.255.252
interface GigabitEthernet0/1
 description servers
 ip address 10.9.0.1 255.255.255.0
 ip helper-address 10.9.0.10
interface Loopback0
 ip address 10.255.0.1 255.255.255.255
router ospf 1
 router-id 10.255.0.1
 network 10.1.0.0 0.0.0.3 area 0
 network 10.9.0.0 0.0.0.255 area 0
router bgp 65000
 neighbor 10.1.0.2 remote-as 65001
 neighbor 10.1.0.2 description branch
ip access-list standard MANAGERS
 permit 10.9.0.0 0.0.0.255
 permit 10.1.12.0 0.0.0.255
ip access-list extended FILTER
 permit tcp 10.1.12.0 0.0.0.255 host 10.9.0.10 eq 443
 deny ip 10.1.12.0 0.0.0.255 10.9.0.0 0.0.0.255
 permit ip any any
ip route 0.0.0.0 0.0.0.0 10.9.0.2
ip route 10.1.12.0 255.255.255.0 10.1.0.2
access-list 10 permit 10.9.0.10
access-list 10 permit 10.1.12.0 0.0.0.255
access-list 10 deny any
logging host 10.9.0.10
ntp server 10.9.0.11
line vty 0 4
 access-class MANAGERS in
 login local
"""

KINDS = {"huawei": VrpDevice, "hp_comware": ComwareDevice, "cisco_ios": IosDevice}
NETWORK = {
    "rt-branch": ("huawei", HUAWEI, "GigabitEthernet0/0/0", ip_interface("10.1.0.2/30")),
    "rt-town": ("hp_comware", COMWARE, "GigabitEthernet0/0", ip_interface("10.1.0.6/30")),
    "core": ("cisco_ios", IOS, "GigabitEthernet0/1", ip_interface("10.9.0.1/24")),
}
SUBNETS = (
    "10.1.0.0/30",
    "10.1.0.4/30",
    "10.1.8.0/30",
    "10.1.12.0/24",
    "10.1.13.0/24",
    "10.1.16.0/24",
    "10.1.17.0/24",
    "10.1.18.0/24",
    "10.9.0.0/24",
    "10.255.0.1/32",
    "10.255.0.2/32",
    "10.255.0.3/32",
)
MANAGEMENT: dict[str, IPv4Interface] = {name: row[3] for name, row in NETWORK.items()}


def device(name: str, interface: str = "") -> Device:
    """A device that has booted with its text; managed at an interface."""
    platform, text, usual, address = NETWORK[name]
    ports = tuple(line.split()[1] for line in text.splitlines() if line.startswith("interface Gigabit"))
    return KINDS[platform](
        Spec(
            name=name,
            platform=platform,
            address=IPv4Address(address.ip),
            management_interface=interface or usual,
            text=text,
            interfaces=ports,
        )
    )


def source(name: str, text: str) -> Source:
    """A device's text as the engine takes it."""
    platform = NETWORK[name][0]
    spoken = dialects.dialect(platform)
    places = spoken.places()
    assert places is not None
    return Source(name, platform, spoken.parse(text.encode()), places, spoken.mask)


def random_mapping(mode: str, seed: int) -> Mapping:
    """Each subnet kept, moved, grown or shrunk; `mixed` draws for each; `swap` lets the two /24 change places."""
    chance = random.Random(seed)  # noqa: S311 - a test's reproducible choice
    entries = []
    cursor = int(IPv4Address("59.1.0.0"))
    for old in map(IPv4Network, SUBNETS):
        wanted = chance.choice(("keep", "move", "grow", "shrink", "in-place")) if mode == "mixed" else mode
        length = old.prefixlen
        if wanted == "grow" and length < 32:
            length -= 1
        elif wanted == "shrink" and length == 24:
            length += chance.choice((1, 2))
        if wanted == "swap":
            other = {"10.1.12.0/24": "10.1.13.0/24", "10.1.13.0/24": "10.1.12.0/24"}
            new = IPv4Network(other.get(str(old), str(old)))
        elif wanted == "keep":
            new = old
        elif wanted == "in-place":
            new = IPv4Network((int(old.network_address), 25)) if length == 24 else old
        else:
            size = 1 << (32 - length)
            cursor = -(-cursor // size) * size + size * chance.randrange(4)
            new = IPv4Network((cursor, length))
            cursor += size
        entries.append(Entry("default", old, new, by_length(old, new) if new != old else Mode.KEEP))
    return Mapping(tuple(entries))


def reached(device):
    """The addresses at which a device answers SSH now."""
    return answering(device, 6, 22)


def same(dialect, left, right):
    """What still differs between two texts, in any direction."""
    exact = replace(dialect.language, owned=change.NEVER, whole=True)
    return change.compute(dialect.parse(left), dialect.parse(right), exact).diff


async def send(device, parts, name):
    """Type parts; the address we arrive at answers until the command that ends the session, then the next one does."""
    for number, part in enumerate(parts):
        assert part.arrive is None or part.arrive.ip in reached(device), f"{name}: nobody answers at {part.arrive}"
        session = Session(device)
        await session.open()
        for index, command in enumerate(part.commands):
            await session.say(command)
            if part.arrive is None or (part.ends and index == len(part.commands) - 1):
                continue
            assert part.arrive.ip in reached(device), f"{name}: {command} cuts {part.arrive}"
        if part.ends and number + 1 == len(parts):
            assert reached(device)


class Session:
    """A console that stays in the view where the last command left it."""

    def __init__(self, device):
        self._device = device
        self._lines = None

    async def open(self):
        """Get to where configuration commands are taken."""
        self._script = Script()
        self._session = self._device.session(self._script, "console", 15)
        await self._session.configure()

    async def say(self, command):
        """One command; a refusal fails the test."""
        self._script.output.clear()
        await self._session.execute(command)
        refused = self._session.refusal("".join(self._script.output))
        assert not refused, f"{command}: {refused}"


def parts(rows):
    """The parts of a stage as its index has them."""
    return [
        Part(ip_interface(row["arrive"]) if row["arrive"] else None, tuple(row["commands"]), row["ends_session"])
        for row in rows
    ]


@pytest.fixture
def network() -> ModuleType:
    """This module, for tests that cannot import it."""
    return sys.modules[__name__]


@pytest.fixture(autouse=True)
def _comware_is_tried() -> Iterator[None]:
    """Comware's stages are tried here; nobody is given them yet, as rollouts and rehearsals of them are not through."""
    language = dialects.dialect("hp_comware").language
    assert language is not None
    before = language.staged
    object.__setattr__(language, "staged", True)
    yield
    object.__setattr__(language, "staged", before)
