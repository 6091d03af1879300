"""The words of the trade as types: regions, units, sites, devices, lines, zones, VRFs, systems, credentials.

Everything is frozen; addresses are objects. `name` is the key that other rows refer to; `title` is for people
(中文). `source` says where a row came from, so that a later complaint can point at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Interface, IPv6Interface
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from inventory.secrets import SecretRef

Interface: TypeAlias = IPv4Interface | IPv6Interface


@dataclass(frozen=True, slots=True)
class Source:
    """The place of a row: a file of the workspace, as the user wrote its name, and a 1-based line."""

    file: str
    line: int


NOWHERE = Source("", 0)


class Level(StrEnum):
    """Administrative levels, from the top down. A city may have no counties."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


class Area(StrEnum):
    """The logical areas of the extranet, and the two that carry it."""

    PUBLIC = "public"  # 公用网络区
    VPN = "vpn"  # 专用网络区, one VRF per business system
    INTERNET = "internet"  # 互联网接入区
    MANAGEMENT = "management"  # 设备管理
    INTERCONNECT = "interconnect"  # 互联


class LineKind(StrEnum):
    """What a line of links.csv is."""

    CIRCUIT = "circuit"  # carrier circuit or cable between two devices; gets an interconnect prefix
    TUNNEL = "tunnel"  # IPsec between two devices, over their internet lines
    LAN = "lan"  # one device's port into a site's LAN; gets that site's LAN prefix
    INTERNET = "internet"  # one device's port to the internet; the carrier gives the addresses


@dataclass(frozen=True, slots=True)
class Region:
    """An administrative division. `code` is its GB/T 2260 or statistical code."""

    code: str
    name: str
    level: Level
    parent: str = ""
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Unit:
    """A department in a region. `vrfs` are the business systems' VRFs that it takes part in, beside the default one."""

    name: str
    title: str
    region: str
    source: Source = NOWHERE
    vrfs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A place where equipment stands. `hosts` is how many end systems its LAN must hold."""

    name: str
    title: str
    region: str
    unit: str = ""
    hosts: int = 0
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Device:
    """A router, switch, firewall or VPN gateway. `address` is where it is managed.

    While it moves, `former_address` is where it is managed until it has been given `address`.
    """

    name: str
    site: str
    role: str
    platform: str
    model: str = ""
    address: Interface | None = None
    management_interface: str = ""
    port: int = 22
    credential: str = ""
    out_of_band: bool = False
    source: Source = NOWHERE
    via: str = ""  # the way to it, by name; empty: directly
    former_address: Interface | None = None

    @property
    def before_move(self) -> Device | None:
        """The device as it is managed until it has moved; None if it does not move."""
        return None if self.former_address is None else replace(self, address=self.former_address, former_address=None)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a line. `address` is set only where somebody else gives it (a carrier)."""

    device: str
    interface: str
    address: Interface | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A circuit, tunnel, LAN or internet port.

    `b` is None for kinds with one device; then `peer` may hold the address at the other side (a carrier's gateway).
    """

    name: str
    kind: LineKind
    a: End
    b: End | None = None
    peer: Interface | None = None
    mbps: int = 0
    carrier: str = ""
    circuit: str = ""
    source: Source = NOWHERE

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices at its ends."""
        return (self.a.device,) if self.b is None else (self.a.device, self.b.device)

    def end_at(self, device: str) -> End:
        """The end that belongs to `device`; KeyError if the line does not touch it."""
        for end in (self.a, self.b):
            if end is not None and end.device == device:
                return end
        raise KeyError(device)

    def far_end(self, device: str) -> End | None:
        """The end at the other side, None for a line with one device."""
        return self.b if self.a.device == device else self.a


@dataclass(frozen=True, slots=True)
class Vrf:
    """A routing table: `default`, or one per business system in 专用网络区. `rd`/`rt` as RFC 4364 writes them."""

    name: str
    title: str
    area: Area
    rd: str = ""
    import_rt: tuple[str, ...] = ()
    export_rt: tuple[str, ...] = ()
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Zone:
    """A security domain: interfaces of devices (`device:interface`) in one VRF.

    `scope` says whose addresses are there: `central` (the province's and the country's networks lie behind it),
    `national` (ours, 国家公共IP), `local` (ours, 地方公共IP), or nothing.
    """

    name: str
    title: str
    area: Area
    vrf: str = "default"
    interfaces: tuple[tuple[str, str], ...] = ()
    source: Source = NOWHERE
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Traffic that may start in one zone and end in another. `services` are names (`https`, `icmp`, `any`)."""

    name: str
    from_zone: str
    to_zone: str
    services: tuple[str, ...]
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class System:
    """A business system and its protection level under GB/T 22240 (1 to 4; 0 = not graded)."""

    name: str
    title: str
    unit: str
    zone: str
    level: int = 0
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class SnmpAccess:
    """How a device is polled: v2c by community, v3 by user. Secrets are references."""

    version: str
    community: SecretRef | None = None
    user: str = ""
    auth_protocol: str = ""
    auth_password: SecretRef | None = None
    priv_protocol: str = ""
    priv_password: SecretRef | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """How a device is logged into. `secrets` are further references that templates name (a tunnel's key …)."""

    name: str
    username: str = ""
    password: SecretRef | None = None
    enable: SecretRef | None = None
    key_file: str = ""
    snmp: SnmpAccess | None = None
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    source: Source = NOWHERE


class WayKind(StrEnum):
    """What stands at a station on the way to devices."""

    JUMP = "jump"  # an OpenSSH jump host
    JUMPSERVER = "jumpserver"  # JumpServer's SSH entry
    MENU = "menu"  # another bastion host, with a menu


@dataclass(frozen=True, slots=True)
class Way:
    """A station over which devices are reached. `through` is the station before it, `account` whom a bastion is to
    log in as on the device, `steps` what a menu shows (a regular expression) and what it is told then.
    """  # noqa: D205 - one sentence

    name: str
    kind: WayKind
    host: str
    port: int
    credential: str
    account: str = ""
    through: str = ""
    steps: tuple[tuple[str, str], ...] = ()
    source: Source = NOWHERE


@dataclass(frozen=True)
class Inventory:
    """What we have. Mappings are by key (`code` for regions, `name` elsewhere), in the files' order."""

    regions: Mapping[str, Region]
    units: Mapping[str, Unit]
    sites: Mapping[str, Site]
    devices: Mapping[str, Device]
    lines: Mapping[str, Line]
    vrfs: Mapping[str, Vrf]
    zones: Mapping[str, Zone]
    flows: tuple[Flow, ...]
    systems: Mapping[str, System]
    credentials: Mapping[str, Credential]
    ways: Mapping[str, Way] = field(default_factory=dict)

    def way_to(self, device: Device) -> tuple[Way, ...]:
        """The stations on the way to a device, the nearest to us first; none if it is reached directly."""
        stations: list[Way] = []
        name = device.via
        while name in self.ways and self.ways[name] not in stations:
            stations.insert(0, self.ways[name])
            name = stations[0].through
        return tuple(stations)

    @cached_property
    def _lines_by_device(self) -> dict[str, list[Line]]:
        by_device: dict[str, list[Line]] = {}
        for line in self.lines.values():
            for end in (line.a, line.b):
                if end is not None:
                    by_device.setdefault(end.device, []).append(line)
        return by_device

    def lines_of(self, device: str) -> tuple[Line, ...]:
        """The lines that touch `device`, in the files' order."""
        return tuple(self._lines_by_device.get(device, ()))

    def region_chain(self, code: str) -> tuple[Region, ...]:
        """The region and its ancestors, from the region up."""
        chain = []
        while code in self.regions:
            region = self.regions[code]
            chain.append(region)
            code = region.parent
        return tuple(chain)

    def region_of(self, device: Device) -> Region:
        """The region in which the device stands."""
        return self.regions[self.sites[device.site].region]

    def zone_of(self, device: str, interface: str) -> Zone | None:
        """The security zone of an interface, None if it is in none."""
        return self._zone_by_interface.get((device, interface))

    def vrf_of(self, line: Line) -> str:
        """The VRF of a line: that of the zone which one of its ends is in, else `default`."""
        ends = [end for end in (line.a, line.b) if end is not None]
        zones = [self.zone_of(end.device, end.interface) for end in ends]
        return next((zone.vrf for zone in zones if zone is not None and zone.vrf != "default"), "default")

    @cached_property
    def _zone_by_interface(self) -> dict[tuple[str, str], Zone]:
        return {member: zone for zone in self.zones.values() for member in zone.interfaces}


@dataclass(frozen=True)
class Settings:
    """govnet.yaml: what holds for the whole workspace."""

    title: str = ""
    language: str = ""
    lab: str = "emulated"
    # Addresses that every device is told: names are those of the service (`ntp`, `syslog`, `snmp_manager`, `dns`).
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Prefixes from which devices may be managed.
    managers: tuple[str, ...] = ()
    # Where rollouts are kept: sqlite:///FILE or postgresql://…; empty: state.db in the workspace.
    database: str = ""
    # Where the operations log is forwarded to: udp://HOST[:PORT] or tcp://HOST[:PORT].
    syslog: str = ""
    # The Prometheus that an audit asks for measurements: http(s)://[USER@]HOST…; the password or token is a reference.
    prometheus: str = ""
    prometheus_secret: SecretRef | None = None


@dataclass(frozen=True)
class Workspace:
    """A folder with a city's network in it: where it is, its settings and its inventory."""

    root: Path
    settings: Settings
    inventory: Inventory
