"""Policies and ports of FortiOS: what is permitted, what is switched off, what can never match, what has no use.

A policy whose source, destination and service are all "any" is open whatever its interfaces are. Sources: Fortinet's
FortiOS CLI references, "config firewall policy" (action deny, status enable by default), "config system interface".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.fortinet import rule_sets
from configs.facts import controls, judging
from configs.facts.judging import Filtering
from configs.rulesets import facts as rule_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.dialects.fortinet.entries import Entry, Tables
    from configs.reading import Sheet

_TABLES = ("firewall policy", "firewall policy6", "firewall security-policy", "firewall consolidated policy")
# Tables of rules in which one may be switched off.
_SWITCHED = (
    *_TABLES, "firewall local-in-policy", "firewall local-in-policy6", "firewall proxy-policy", "firewall DoS-policy",
    "firewall multicast-policy", "firewall shaping-policy", "router policy",
)  # fmt: skip
# What asks for more than addresses and services: a policy that says it does not let anybody do anything.
_ASKED = frozenset({
    "users", "groups", "fsso-groups", "internet-service-name", "internet-service-id", "internet-service",
    "internet-service-src", "internet-service-src-name", "application", "devices", "ztna-ems-tag",
    "internet-service6", "internet-service6-src", "src-vendor-mac",
})  # fmt: skip
_ALL = frozenset({"all", "any"})


def policies(sheet: Sheet, tables: Tables) -> None:
    """The facts about policies, and `unused_ports_up`."""
    found = Filtering()
    for table in _TABLES:
        for entry in tables[table]:
            if not entry.name:
                continue
            found.bound.append(entry.line)
            if _open(entry):
                found.everything += [entry.line, *entry.lines_of("srcaddr", "dstaddr", "service", "action")]
    found.disabled += [
        line
        for table in _SWITCHED
        for entry in tables[table]
        if entry.name and entry.value("status") == "disable"
        for line in (entry.line, entry.line_of("status"))
    ]
    active = [line for line in found.bound if line not in found.disabled]
    controls.put(sheet, "no_access_rules", sound=active, lacking=bool(tables["system interface"]))
    for line, defined in _named(tables):
        (found.used if defined else found.undefined).append(line)
    judging.filters(sheet, found)
    rule_facts.put(sheet, rule_sets.of(tables))
    _ports(sheet, tables)


def _open(entry: Entry) -> bool:
    """Whether a policy accepts any service from anywhere to anywhere, for everybody and at any time."""
    if entry.value("action") != "accept" or entry.value("status") == "disable":
        return False
    if any(entry.values(name) not in ((), ("disable",)) for name in _ASKED & entry.fields.keys()):
        return False
    if entry.value("schedule", "always") != "always" or entry.on("srcaddr-negate") or entry.on("dstaddr-negate"):
        return False
    sources = (*entry.values("srcaddr"), *entry.values("srcaddr6"))
    destinations = (*entry.values("dstaddr"), *entry.values("dstaddr6"))
    services = entry.values("service")
    return (
        any(word.lower() in _ALL for word in sources)
        and any(word.lower() in _ALL for word in destinations)
        and any(word.upper() in ("ALL", "ANY") for word in services)
    )


def _named(tables: Tables) -> Iterator[tuple[int, bool]]:
    """The lines of policies that name addresses, and whether each name is defined; nothing without definitions."""
    if not tables["firewall address"]:
        return
    known = {entry.name for table in ("firewall address", "firewall addrgrp", "firewall vip", "firewall vipgrp",
             "firewall address6", "firewall addrgrp6", "firewall vip6", "firewall vipgrp6", "system external-resource",
             "firewall wildcard-fqdn custom", "firewall proxy-address", "firewall multicast-address",
             "system interface")
             for entry in tables[table]}  # fmt: skip
    for table in _TABLES:
        for entry in tables[table]:
            for name in ("srcaddr", "dstaddr"):
                values = entry.values(name)
                if values:
                    yield entry.line_of(name), all(value in known or _shipped(value) for value in values)


_SHIPPED = re.compile(
    r"all|any|none|login\.|gmail|wildcard|FIREWALL_AUTH|FABRIC_DEVICE|SSLVPN_TUNNEL|EMS_|FCTEMS|G Suite|Microsoft"
    r"|.* address$",
    re.IGNORECASE,
)


def _shipped(name: str) -> bool:
    """Whether a device has the object without a line: `all`, and those that releases bring along."""
    return _SHIPPED.match(name) is not None


# What says nothing about a port's use.
_IDLE = frozenset({
    "vdom", "type", "snmp-index", "status", "device-identification", "lldp-transmission", "role", "lldp-reception",
    "speed", "description", "alias", "stp", "src-check", "mtu-override", "mtu", "device-user-identification", "macaddr",
    "sample-direction", "trunk", "monitor-bandwidth",
})  # fmt: skip
_NOTHING = (("0.0.0.0", "0.0.0.0"), ("0.0.0.0/0",))  # noqa: S104 - no address
_PHYSICAL = re.compile(r"port\d+|wan\d*|dmz\d*|internal\d+|lan\d+|ha\d*|mgmt\d*|x\d+|s\d+|a|b", re.IGNORECASE)


# Tables and fields that use a port.
_USERS = (
    "system zone", "system virtual-switch", "system interface", "firewall policy", "system ha",
    "system virtual-wan-link", "system sdwan", "router static", "system switch-interface",
    "vpn ipsec phase1-interface", "system dhcp server", "vpn ssl settings", "system physical-switch",
)  # fmt: skip
_USED = frozenset({
    "interface", "member", "hbdev", "port", "device", "srcintf", "dstintf", "source-interface", "span-dest-port",
    "span-source-port", "monitor",
})  # fmt: skip


def _ports(sheet: Sheet, tables: Tables) -> None:
    ports = [
        entry
        for entry in tables["system interface"]
        if entry.name
        and (entry.value("type") == "physical" or (not entry.values("type") and _PHYSICAL.fullmatch(entry.name)))
    ]
    used = {
        value
        for table in _USERS
        for entry in tables[table]
        for one in _with_inner(entry)
        for name in _USED & one.fields.keys()
        for value in one.fields[name].values
    }
    used |= {inner.name for entry in tables["system virtual-switch"] for inner in entry.tables.get("port", ())}
    idle = [
        entry
        for entry in ports
        if entry.name not in used
        and not entry.tables
        and all(name in _IDLE or (name == "ip" and one.values in _NOTHING) for name, one in entry.fields.items())
    ]
    up = [entry.line for entry in idle if entry.value("status") != "down"]
    down = [entry.line_of("status") for entry in idle if entry.value("status") == "down"]
    judging.ports(sheet, up, down, seen=bool(ports))


def _with_inner(entry: Entry) -> Iterator[Entry]:
    yield entry
    for inner in entry.tables.values():
        for one in inner:
            yield from _with_inner(one)
