"""Who reaches a FortiGate itself: `allowaccess`, local-in policies, SNMP communities and users."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from typing import TYPE_CHECKING

from lab.emulator.device import SnmpAccess, SnmpUser
from lab.emulator.fortios.device import FortiBox
from lab.emulator.fortios.entries import ANYWHERE, set_values, values_of
from lab.emulator.reach import EVERY_PORT, EVERYBODY, TCP, UDP, Filter, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.emulator.tree import Entry

_OPENED = {"ssh": (TCP, 22), "telnet": (TCP, 23), "http": (TCP, 80), "https": (TCP, 443), "snmp": (UDP, 161)}
# Built-in services, as far as they are about packets to the device: protocol and ports.
_SERVICES: dict[str, tuple[int | None, range]] = {
    "ALL": (None, EVERY_PORT),
    "ALL_TCP": (TCP, EVERY_PORT),
    "ALL_UDP": (UDP, EVERY_PORT),
    "ALL_ICMP": (1, EVERY_PORT),
    "PING": (1, EVERY_PORT),
    "SSH": (TCP, range(22, 23)),
    "TELNET": (TCP, range(23, 24)),
    "HTTP": (TCP, range(80, 81)),
    "HTTPS": (TCP, range(443, 444)),
    "SNMP": (UDP, range(161, 163)),
}


class FortiWall(FortiBox):
    """What packets to the device itself meet."""

    def filters(self, interface: str) -> tuple[Filter | None, Filter | None]:
        """`allowaccess`, behind the local-in policies; those can shut what it opens, not open what it does not."""
        row = self.row(interface, "system", "interface")
        names = set_values(row, "allowaccess") if row is not None else ()
        opened = [_OPENED[name] for name in names if name in _OPENED]
        lines = [
            line
            for policy in self.rows("firewall", "local-in-policy")
            for line in self._local_in(policy, interface, opened)
        ]
        lines += [Line(permit=True, protocol=one, destination_ports=range(port, port + 1)) for one, port in opened]
        return Filter(tuple(lines), default=False), None

    def _local_in(self, policy: Entry, interface: str, opened: list[tuple[int, int]]) -> Iterator[Line]:
        interfaces = set_values(policy, "intf")
        if set_values(policy, "status") == ("disable",) or not {interface, "any"} & set(interfaces):
            return
        permit = set_values(policy, "action") == ("accept",)
        for name in set_values(policy, "service"):
            for protocol, ports in self._services(name):
                spots = [(protocol, ports)]
                if permit:
                    spots = [
                        (one, range(port, port + 1))
                        for one, port in opened
                        if protocol in (None, one) and port in ports
                    ]
                for one, numbers in spots:
                    for source in self._places(set_values(policy, "srcaddr")):
                        for destination in self._places(set_values(policy, "dstaddr")):
                            yield Line(permit, one, source, destination, destination_ports=numbers)

    def _services(self, name: str) -> Iterator[tuple[int | None, range]]:
        group = self.row(name, "firewall", "service", "group")
        if group is not None:
            for member in set_values(group, "member"):
                yield from self._services(member)
            return
        custom = self.row(name, "firewall", "service", "custom")
        if custom is None:
            if name in _SERVICES:
                yield _SERVICES[name]
            return
        if set_values(custom, "protocol") == ("IP",):
            yield int((set_values(custom, "protocol-number") or ("0",))[0]) or None, EVERY_PORT
        for field, protocol in (("tcp-portrange", TCP), ("udp-portrange", UDP)):
            for word in set_values(custom, field):
                low, _, high = word.partition(":")[0].partition("-")
                yield protocol, range(int(low), int(high or low) + 1)

    def _places(self, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        for name in names:
            group = self.row(name, "firewall", "addrgrp")
            address = self.row(name, "firewall", "address")
            if group is not None:
                yield from self._places(set_values(group, "member"))
            elif name == "all":
                yield EVERYBODY
            elif address is not None and set_values(address, "type") == ("iprange",):
                ends = [set_values(address, field) for field in ("start-ip", "end-ip")]
                if all(ends):
                    first, last = sorted(IPv4Address(end[0]) for end in ends)
                    for net in summarize_address_range(first, last):
                        yield int(net.network_address), int(net.hostmask)
            elif address is not None and not set_values(address, "type"):
                net = IPv4Network("/".join(set_values(address, "subnet") or ANYWHERE), strict=False)
                yield int(net.network_address), int(net.hostmask)

    def snmp_access(self) -> SnmpAccess:
        """Communities with their hosts, and users; nobody while the agent is off."""
        if self.get("system", "snmp", "sysinfo", field="status") != "enable":
            return SnmpAccess()
        filters: dict[str, tuple[tuple[bool, int, int], ...]] = {}
        communities = []
        for row in self.rows("system", "snmp", "community"):
            if set_values(row, "status") == ("disable",) or set_values(row, "query-v2c-status") == ("disable",):
                continue
            name = set_values(row, "name")[0]
            hosts = row.child("config", "hosts")
            spots = [set_values(one, "ip") for one in hosts.children.values()] if hosts is not None else []
            networks = [IPv4Network("/".join(spot or ANYWHERE), strict=False) for spot in spots]
            communities.append(name)
            filters[name] = tuple((True, int(net.network_address), int(net.hostmask)) for net in networks)
        node = self.known.nodes["system", "snmp", "user"]
        users = []
        for row in self.rows("system", "snmp", "user"):
            level = values_of(node, row, "security-level")[0]
            auth, priv = level != "no-auth-no-priv", level == "auth-priv"
            users.append(
                SnmpUser(
                    row.key[1],
                    values_of(node, row, "auth-proto")[0].upper() if auth else "",
                    "".join(set_values(row, "auth-pwd")) if auth else "",
                    values_of(node, row, "priv-proto")[0].upper() if priv else "",
                    "".join(set_values(row, "priv-pwd")) if priv else "",
                )
            )
        contact, location = (
            self.get("system", "snmp", "sysinfo", field=field) for field in ("contact-info", "location")
        )
        return SnmpAccess(tuple(communities), tuple(users), filters, contact, location)
