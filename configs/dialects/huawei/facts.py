"""What a VRP or USG configuration says about the device's security, as vendor-independent facts.

Sources of the defaults, by the pages they stand on: "S Series Switches Command Reference" (local-aaa-user
wrong-password, info-center, idle-timeout; a10.tagan.ru/huawei/dc), "NetEngine 8000 Command Reference" (local-user
state, ssh server compatible-ssh1x), "AR1200 Configuration Guide - Basic Configuration" (user interfaces, ACL).
Whether the Telnet server is on by default differs by release and is not concluded from a missing line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.huawei import facts_access, facts_controls, facts_filters, facts_records, facts_secrets, rule_sets
from configs.dialects.huawei.filters import access_lists, bindings, policy_rules
from configs.reading import Reading, Sheet, strangers
from configs.rulesets import facts as rule_facts
from configs.shorthand import Shorthand

if TYPE_CHECKING:
    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "huawei"
_VIEWS = frozenset({
    "interface", "user-interface", "aaa", "acl", "ospf", "bgp", "isis", "rip", "vlan", "ike", "ipsec",
    "security-policy", "nat-policy", "traffic", "firewall", "vpn-instance", "route-policy", "radius-server",
    "hwtacacs-server",
})  # fmt: skip
_ROOTS = frozenset({
    "aaa", "access-user", "acl", "alarm", "anti-attack", "api", "arp", "arp-miss", "as-notation", "assign",
    "authentication", "authentication-profile", "autosave", "batch", "bfd", "bgp", "bridge-domain", "capwap",
    "cfm", "clear", "clock", "cluster", "command-privilege", "configuration", "controller", "cpu-defend",
    "cpu-defend-policy", "cpu-usage", "cwmp", "dampening", "dcn", "default", "device", "dfs-group", "dhcp",
    "dhcpv6", "diffserv", "dns", "domain", "dot1x", "dot1x-access-profile", "drop-profile", "dsa", "ecc", "efm",
    "energy-saving-mode", "epon", "error-down", "ethernet", "evpn", "evpn-overlay", "explicit-path", "fib",
    "file", "firewall", "flow", "free-rule-template", "ftp", "gmpls", "gre", "grpc", "gvrp", "header", "hrp",
    "http", "hwtacacs", "hwtacacs-server", "icmp", "icmpv6", "igmp", "igmp-snooping", "ike", "info-center",
    "install-module", "interface", "ip", "ip-link", "ipsec", "ipv4-family", "ipv6", "isis", "keychain", "l2tp",
    "l2tp-group", "l2vpn", "lacp", "language", "ldap-server", "lldp", "load-balance", "local-aaa-user",
    "local-user", "loopback-detect", "mac", "mac-access-profile", "mac-address", "mac-authen", "management",
    "md5-compatible", "mirror", "mld", "monitor", "mpls", "mqc", "msdp", "multicast", "multicast-vpn", "nat",
    "nat-policy", "nd", "ndp", "netconf", "netstream", "nqa", "ntdp", "ntp", "ntp-service", "oam", "observe-port",
    "ocsp", "openflow", "ospf", "ospfv3", "pads", "password", "password-policy", "patch", "peer", "pim",
    "pim-snooping", "pki", "pmu", "poe", "policy", "policy-based-route", "port", "port-group", "portal",
    "portal-access-profile", "pppoe-server", "prefix-limit", "profile", "ptp", "qos", "qos-profile",
    "queue-profile", "radius", "radius-attribute", "radius-server", "return", "right-manager", "rip", "ripng",
    "rmon", "route", "route-policy", "router", "rpki", "rsa", "rsvp-te", "sa", "sacl", "schedule", "script",
    "sdn", "security", "security-policy", "segment-routing", "server", "service", "set", "sflow", "sftp", "slot",
    "smart-link", "snetconf", "snmp-agent", "sntp", "soft-version", "source", "ssh", "ssl", "stack", "startup",
    "static-bfd", "static-route", "stelnet", "storm-control", "stp", "super", "supervlan", "switch", "sysname",
    "system", "system-resource", "tacacs", "task-group", "telnet", "time-range", "timer", "trace", "track",
    "traffic", "traffic-filter", "traffic-policy", "transceiver", "trill", "tunnel", "tunnel-policy",
    "tunnel-selector", "udp-helper", "undo", "unicast", "update", "url-filter", "user", "user-bind", "user-group",
    "user-interface", "user-manage", "user-security-policy", "vbst", "vcmp", "virtual-cluster", "vlan", "vm",
    "voice", "voice-vlan", "vpls", "vpn-group", "vpn-instance", "vrrp", "vsi", "vsys", "web", "web-manager",
    "web-server", "wlan", "xpl", "y1731", "zone",
})  # fmt: skip


# What people type short, in the views that facts are read from.
_TYPED = Shorthand(
    (
        "interface", "ip address", "ip route-static", "description", "shutdown", "sysname", "user-interface",
        "authentication-mode", "idle-timeout", "protocol inbound", "set authentication password cipher",
        "set authentication password simple", "local-user * password cipher", "local-user * password simple",
        "local-user * password irreversible-cipher", "local-user * privilege level", "local-user * service-type",
        "security-policy", "rule name", "action permit", "action deny", "source-zone", "destination-zone",
        "telnet server enable", "stelnet server enable", "snmp-agent community read", "snmp-agent community write",
        "traffic-filter inbound acl", "traffic-filter outbound acl", "pre-shared-key",
    ),
    _ROOTS,
)  # fmt: skip


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    reading = Reading(tree, "undo", lambda words: words[0] in _VIEWS, _TYPED)
    sheet = Sheet()
    release = _release(tree)
    lists = access_lists(reading)
    bound = tuple(bindings(reading))
    lines = tuple(
        line
        for line in reading.views("user-interface")
        if len(line.folded) > 2 and line.folded[1] not in ("maximum-vty", "current")
    )
    terminals = tuple(line for line in lines if line.folded[1] == "vty")
    facts_access.telnet(sheet, reading, terminals)
    facts_access.ssh(sheet, reading, release)
    facts_access.web_and_services(sheet, reading)
    facts_access.sources(sheet, reading, terminals, lists)
    facts_secrets.snmp(sheet, reading, lists)
    facts_secrets.passwords(sheet, reading)
    facts_access.sessions(sheet, lines, reading)
    facts_access.login(sheet, reading, lines, release)
    facts_records.records(sheet, reading)
    rules = policy_rules(reading)
    facts_filters.permits(sheet, reading, lists, bound, rules)
    facts_filters.hygiene(sheet, lists, bound, rules)
    rule_facts.put(sheet, rule_sets.of(tree, reading, lists, bound))
    facts_filters.untrusted(sheet, reading)
    facts_secrets.crypto(sheet, reading)
    facts_records.accounts(sheet, reading)
    facts_filters.ports(sheet, reading)
    facts_controls.read(sheet, reading, rules)
    return sheet.facts(PLATFORM, tree.encoding, strangers(reading, _ROOTS))


def _release(tree: Tree) -> tuple[int, int] | None:
    """(200, 9) for V200R009, from the head of the text (`!Software Version V200R009C00`)."""
    found = re.search(r"\bV(\d{3})R(\d{3})", "".join(tree.lines[:12]))
    return (int(found[1]), int(found[2])) if found else None
