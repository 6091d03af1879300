"""What a Comware configuration says about the device's security, as vendor-independent facts.

Sources of the defaults: H3C "Comware 7 Fundamentals Command Reference" (telnet server, ip http, lines: idle-timeout
10 minutes, authentication-mode none on console and AUX, password on VTY), "Security Command Reference" (ssh server
compatible-ssh1x, password-control: length 10 and 3 attempts once it is enabled), "Network Management and Monitoring
Command Reference" (snmp-agent, ntp-service, info-center). Comware 5 differs in its servers' defaults, so nothing is
concluded there from a missing line about them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.hp_comware import facts_access, facts_controls, facts_policies, facts_secrets
from configs.dialects.hp_comware.facts_lists import Lists
from configs.facts import judging
from configs.reading import Command, Reading, Sheet, last, strangers
from inventory.text import mark

if TYPE_CHECKING:
    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "hp_comware"
_VIEWS = frozenset({
    "interface", "user-interface", "line", "acl", "ospf", "bgp", "isis", "rip", "vlan", "ike", "ipsec", "local-user",
    "security-policy", "security-zone", "object-policy", "object-group", "zone-pair", "traffic", "radius", "hwtacacs",
    "domain", "route-policy",
})  # fmt: skip
_ROOTS = frozenset({
    "aaa", "acfp", "acl", "acsei", "advpn", "anti-virus", "app-group", "apply", "archive", "arp", "aspf",
    "attack-defense", "authentication", "autodeploy", "bfd", "bgp", "blacklist", "blacklist-global", "bootrom",
    "bootrom-update", "cfd", "clock", "cloud-management", "cluster", "command-alias", "command-privilege",
    "configuration", "connection-limit", "context", "controller", "copyright-info", "customer", "customlog", "cut",
    "cwmp", "dampening", "data-flow", "default", "dhcp", "dhcp-snooping", "diagnostic-logfile", "dialer",
    "dialer-group", "dldp", "dns", "domain", "dot1x", "dpi", "drni", "dslite", "easy-iot", "efm", "enable",
    "error-down", "ethernet", "evi", "evpn", "fib", "file", "flow-interval", "forwarding", "ftp", "garp",
    "geolocation", "global", "grpc", "gvrp", "hash", "header", "hotkey", "http", "hwtacacs", "icmp", "igmp",
    "igmp-snooping", "ike", "ikev2", "info-center", "inspect", "install", "interface", "interzone", "ip", "ipc",
    "ips", "ipsec", "ipv6", "irf", "irf-port", "irf-port-configuration", "isis", "issu", "job", "keychain", "l2tp",
    "l2tp-group", "l2vpn", "lacp", "lb", "ldap", "license", "line", "link-aggregation", "lldp", "load-balance",
    "loadbalance", "local-server", "local-user", "loghost", "loopback-detection", "mac", "mac-address",
    "mac-authentication", "mad", "mdc", "memory-threshold", "mirroring-group", "mld", "mld-snooping", "monitor",
    "monitor-link", "mpls", "msdp", "multicast", "mvrp", "nas-id", "nat", "nd", "ndp", "netconf", "netstream",
    "nqa", "ntdp", "ntp-service", "oap", "object-group", "object-policy", "openflow", "ospf", "ospfv3",
    "packet-capture", "packet-filter", "parity-error", "password-control", "password-recovery", "pbr", "pfc", "pim",
    "pki", "poe", "policy-based-route", "port", "port-group", "port-security", "portal", "ppp", "probe", "process",
    "proxy", "ptp", "public-key", "qinq", "qos", "quality-level", "radius", "rbac", "redundancy", "remote-backup",
    "resource-monitor", "restful", "return", "rib", "rip", "ripng", "rmon", "role", "rollback", "route-policy",
    "router", "rsa", "rtm", "rule", "sampler", "save", "scheduler", "secp", "security-enhanced", "security-policy",
    "security-zone", "service", "service-loopback", "session", "set", "sflow", "sftp", "shutdown", "slot",
    "smart-link", "snmp-agent", "sntp", "soft-version", "speed", "ssh", "ssh2", "ssl", "sslvpn", "stack", "standby",
    "static-routing", "stelnet", "storm-constrain", "stp", "subslot", "super", "switch-mode", "sysid", "sysname",
    "system", "system-guard", "system-view", "system-working-mode", "tap", "tcp", "telemetry", "telnet",
    "temperature-alarm", "tftp", "tftp-server", "time-range", "timer", "traceroute", "track", "traffic",
    "traffic-policy", "transceiver", "trill", "ttl", "tunnel", "tunnel-bundle", "udp-helper", "undelete", "undo",
    "undo-", "undo-vlan", "url-filter", "usb", "user", "user-group", "user-interface", "user-isolation",
    "user-profile", "userlog", "validate", "vcf-fabric", "vd", "version", "virtual-cable-test", "vlan",
    "vlan-group", "voice", "voice-vlan", "vpn", "vpn-instance", "vrrp", "vsi", "vtep", "vxlan", "wan-access", "web",
    "webui", "wlan", "xbar", "xmlcfg", "zone", "zone-pair",
})  # fmt: skip
_DEFAULT_ACCOUNTS = frozenset({"admin", "root", "h3c", "administrator"})
_TOP = frozenset({"network-admin", "level-15", "3", "15", "mdc-admin", "context-admin"})


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    reading = Reading(tree, "undo", lambda words: words[0] in _VIEWS)
    sheet = Sheet()
    release = _release(tree)
    lists = Lists(reading)
    facts_access.read(sheet, reading, lists, release)
    facts_secrets.snmp(sheet, reading, lists)
    facts_secrets.passwords(sheet, reading)
    _records(sheet, reading)
    facts_policies.read(sheet, tree, reading, lists)
    facts_secrets.crypto(sheet, reading)
    _accounts(sheet, reading)
    facts_controls.read(sheet, reading)
    return sheet.facts(PLATFORM, tree.encoding, strangers(reading, _ROOTS))


def _release(tree: Tree) -> int:
    """The major release (5, 7) from the head of the text (` version 7.1.070, Release 6533`); 0 if it is not there."""
    found = re.search(r"^\s*version (\d+)\.\d", "".join(tree.lines[:30]), re.MULTILINE)
    if found:
        return int(found[1])
    # Views that only one of the two has.
    return 7 if re.search(r"^line (?:vty|aux|con|class) ", tree.text, re.MULTILINE) else 0


def _records(sheet: Sheet, reading: Reading) -> None:
    switch = reading.switch("info-center", "enable")
    hosts = [
        command
        for command in reading.on("info-center", "loghost")
        if len(command.folded) > 2 and command.folded[2] != "source"
    ]
    off = switch is not None and switch.negated
    if switch is not None:
        why = mark(
            "the information center is switched off as a whole" if off else "the information center is switched on"
        )
        sheet.line("logging_disabled", off, [switch], why)
    else:
        sheet.default("logging_disabled", False, mark("the information center is on by default"))
    if off and switch is not None:
        sheet.line("no_syslog_host", True, [switch], mark("the information center is switched off as a whole"))
    else:
        have, lack = mark("logs go to this host"), mark("there is no info-center loghost")
        judging.wanted(sheet, "no_syslog_host", hosts, have, lack)
    stamp = last(reading.on("info-center", "timestamp"))
    if stamp is None:
        sheet.default("no_log_timestamps", False, mark("log records carry the date by default"))
    else:
        bare = not {"none", "boot"}.isdisjoint(stamp.folded)
        sheet.line("no_log_timestamps", bare, [stamp], mark("info-center timestamp says what a record carries"))
    servers = [
        command
        for first in ("ntp-service", "sntp")
        for command in reading.on(first)
        if not {"unicast-server", "unicast-peer", "multicast-client", "broadcast-client"}.isdisjoint(command.folded)
    ]
    have, lack = mark("time comes from this server"), mark("there is no NTP server line")
    judging.wanted(sheet, "no_ntp", servers, have, lack)
    sheet.unknown("log_retention_short", mark("how long logs are kept is decided on the log host"))
    accounting = [
        command
        for command in reading.on("accounting")
        if command.folded[1:2] and command.folded[1] in ("login", "command", "default")
        and not {"hwtacacs-scheme", "radius-scheme"}.isdisjoint(command.folded)
    ]  # fmt: skip
    accounting += reading.on("command", "accounting")
    judging.wanted(
        sheet, "no_accounting", accounting, mark("what administrators do is recorded"),
        mark("there is no accounting or recording scheme"),
    )  # fmt: skip


def _accounts(sheet: Sheet, reading: Reading) -> None:
    users: dict[str, Command] = {}
    top = set()
    for user in reading.on("local-user"):
        if len(user.words) < 2 or user.folded[1] == "password-display-mode" or user.folded[-2:] == ("class", "network"):
            continue
        users.setdefault(user.words[1].split("@")[0], user)
        if any(
            inner.starts("authorization-attribute") and not _TOP.isdisjoint(inner.folded) and not inner.negated
            for inner in user.inside
        ):
            top.add(user.words[1].split("@")[0])
    lines: dict[str, judging.Line] = dict(users)
    local = bool(reading.find("domain") or reading.find("line") or reading.find("user-interface"))
    judging.accounts(sheet, lines, _DEFAULT_ACCOUNTS, local=local)
    judging.roles(sheet, lines, top)
    central = [
        command
        for command in reading.on("authentication")
        if command.folded[1:2] and command.folded[1] in ("login", "default", "super")
        and not {"hwtacacs-scheme", "radius-scheme", "ldap-scheme"}.isdisjoint(command.folded)
    ]  # fmt: skip
    have, lack = mark("logins are checked by a server group"), mark("no authentication scheme names a server")
    judging.wanted(sheet, "no_central_aaa", central, have, lack)
