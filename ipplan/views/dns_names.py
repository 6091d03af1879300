"""The names that a network has by the rules of dns.yaml, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventory.errors import InputError, Problem
from inventory.model import LineKind
from inventory.text import Message
from ipplan.addresses import end_addresses
from ipplan.names import DEFAULT_VRF
from ipplan.views import dns_file, names

if TYPE_CHECKING:
    from inventory.model import Device, End, Line
    from ipplan.addresses import Address
    from ipplan.views.dns_file import DnsSettings
    from ipplan.views.material import Material

_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Named:
    """A name (relative to the VRF's zone) and an address. `rank` chooses an address's one PTR, `what` is its origin.

    `given`: the address is in the inventory, not from the plan. `device` has it.
    """

    vrf: str
    name: str
    address: Address
    rank: int
    what: str
    aliases: tuple[str, ...] = ()
    given: bool = False
    device: str = ""


@dataclass(slots=True)
class Collector:
    """The names of a network, and what is wrong with them."""

    material: Material
    settings: DnsSettings
    found: list[Named] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, code: str, message: Message, hint: Message) -> None:
        """Note a fault that dns.yaml can mend."""
        problem = Problem(code, message, hint, dns_file.FILE)
        if problem not in self.problems:
            self.problems.append(problem)

    def label(self, text: str) -> str:
        """The label of something; a complaint if it has none."""
        made = self.settings.labels.get(text) or names.label(text)
        if made is None:
            self.complain(
                "no-label",
                Message("“{name}” gives no DNS label", name=text),
                Message("add it to “labels” with a name of letters, digits and hyphens"),
            )
            return "x"
        return made

    def add(self, named: Named) -> None:
        """Keep a name if it is not too long."""
        whole = f"{named.name}.{zone_origin(self.settings, named.vrf)}"
        if len(whole) > _LONGEST_NAME or any(not names.is_label(part) for part in named.name.split(".")):
            self.complain(
                "bad-name",
                Message("“{name}” is no name that DNS can hold", name=whole),
                Message("change the rule for names, or give “{name}” a shorter label", name=named.what),
            )
            return
        self.found.append(named)

    def by_rule(self, rule: str, vrf: str, address: Address, rank: int, *, given: bool = False, **values: str) -> None:
        """Add the name that a rule makes."""
        if rule:
            used = {key: self.label(text) for key, text in values.items() if f"{{{key}}}" in rule}
            what = values.get("line") or values.get("device", "")
            if "{interface}" in rule:
                what = f"{values['device']} {values['interface']}"
            missing = [key for key in dns_file.PLACEHOLDERS if f"{{{key}}}" in rule and key not in used]
            if missing:
                self.complain(
                    "bad-name-rule",
                    Message("the rule “{rule}” names what is not there: {names}", rule=rule, names=", ".join(missing)),
                    Message("take it out of the rule"),
                )
                return
            device = values.get("device", "")
            self.add(Named(vrf, rule.format(**used), address, rank, what, given=given, device=device))

    def collect(self) -> list[Named]:
        """Every name. InputError with every fault."""
        inventory, plan, rules = self.material.inventory, self.material.plan, self.settings.names
        for device in inventory.devices.values():
            place = self.place(device)
            for row in plan.of(device.name):
                if row.prefix.num_addresses == 1:
                    self.by_rule(
                        rules.loopback, row.vrf, row.prefix.network_address, 0, given=False, device=device.name, **place
                    )
        for line in inventory.lines.values():
            for end in (line.a, line.b):
                if end is not None and end.device in inventory.devices and line.kind is not LineKind.TUNNEL:
                    self.end(line, end)
        for device in inventory.devices.values():
            if device.address is not None:
                values = {"device": device.name, "interface": device.management_interface, **self.place(device)}
                self.by_rule(rules.management, DEFAULT_VRF, device.address.ip, 3, given=True, **values)
        self.servers()
        self.collisions()
        if self.problems:
            raise InputError(self.problems)
        return self.found

    def place(self, device: Device) -> dict[str, str]:
        """What rules may say about where a device stands."""
        site = self.material.inventory.sites.get(device.site)
        return {"site": device.site, "region": site.region if site else ""}

    def end(self, line: Line, end: End) -> None:
        """The names of one end of a line: the gateway's in a LAN, else the interface's."""
        device = self.material.inventory.devices[end.device]
        vrfs = {row.prefix: row.vrf for row in self.material.plan.of(line.name)}
        rules = self.settings.names
        rule, rank = (rules.gateway, 1) if line.kind is LineKind.LAN else (rules.interface, 2)
        values = {"device": device.name, "interface": end.interface, "line": line.name, **self.place(device)}
        for address in end_addresses(self.material.plan, line, end):
            vrf, given = vrfs.get(address.network, DEFAULT_VRF), address.network not in vrfs
            self.by_rule(rule, vrf, address.ip, rank, given=given, **values)

    def servers(self) -> None:
        """The names of dns.yaml's servers."""
        for server in self.settings.servers:
            line = self.material.inventory.lines.get(server.lan)
            rows = self.material.plan.of(server.lan) if line is not None and line.kind is LineKind.LAN else ()
            fitting = [row for row in rows if server.host < row.prefix.num_addresses - (row.prefix.version == 4)]
            if not fitting:
                self.complain(
                    "no-place",
                    Message(
                        "the server “{name}” has no place: the plan has no LAN “{lan}” with an address {host}",
                        name=server.name,
                        lan=server.lan,
                        host=server.host,
                    ),
                    Message("write a LAN's line and a number that fits into its prefix"),
                )
            for row in fitting:
                address = row.prefix.network_address + server.host
                device = line.a.device if line is not None else ""
                self.add(Named(row.vrf, server.name, address, 1, server.name, server.aliases, device=device))

    def collisions(self) -> None:
        """Two things with one name, and an alias that is a name already."""
        owners: dict[tuple[str, str], str] = {}
        for named in self.found:
            first = owners.setdefault((named.vrf, named.name), named.what)
            if first != named.what:
                self.twice(named.name, first, named.what)
        for key in [
            (named.vrf, name) for named in self.found for name in self.settings.name_servers if "." not in name
        ]:
            owners.setdefault(key, key[1])
        aliases: dict[tuple[str, str], str] = {}
        for named in self.found:
            for alias in named.aliases:
                key = (named.vrf, alias)
                first = owners.get(key) or aliases.setdefault(key, named.what)
                if key in owners or first != named.what:
                    self.twice(alias, first, named.what)

    def twice(self, name: str, first: str, second: str) -> None:
        """Complain about a name that two things have."""
        self.complain(
            "name-twice",
            Message("“{first}” and “{second}” both get the name “{name}”", first=first, second=second, name=name),
            Message("give one of them another label, or change the rule for names"),
        )


def zone_origin(settings: DnsSettings, vrf: str) -> str:
    """The forward zone of a VRF: the origin, what dns.yaml says, or the VRF's name below the origin."""
    if vrf == DEFAULT_VRF:
        return settings.origin
    return settings.vrfs.get(vrf) or f"{names.label(vrf) or names.slug(vrf)}.{settings.origin}"
