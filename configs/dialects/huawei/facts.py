"""What a VRP or USG configuration says about the device's security, as vendor-independent facts.

Sources of the defaults, by the pages they stand on: "S Series Switches Command Reference" (local-aaa-user
wrong-password, info-center, idle-timeout; a10.tagan.ru/huawei/dc), "NetEngine 8000 Command Reference" (local-user
state, ssh server compatible-ssh1x), "AR1200 Configuration Guide - Basic Configuration" (user interfaces, ACL).
Whether the Telnet server is on by default differs by release and is not concluded from a missing line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.huawei.filters import access_lists, bindings, policy_rules
from configs.filters import covered, permits_any_source, permits_everything
from configs.reading import Command, Reading, Sheet, strangers
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.dialects.huawei.filters import AccessList, Binding, Key, PolicyRule
    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "huawei"
_DEFAULT_ACCOUNTS = frozenset({"admin", "root", "huawei", "administrator"})
_DEFAULT_COMMUNITIES = frozenset({"public", "private"})
_TOP_LEVELS = frozenset({"3", "15"})
_IDLE_LIMIT = 600  # seconds; GB/T 22239 names no number, assessors use 10 minutes (a profile may differ)
_MIN_LENGTH = 8
# VTY 16-20 exist for network management stations only; the device writes them into every configuration.
_NMS_TERMINAL = 16
_MASK = "***"
# A secret that the device has stored in its own form; "!!" ends the oldest one.
_STORED = re.compile(r"^(%\^%#|%\$%\$|%@%@|@%@%|%#%#|%@%##|\$1[a-z]\$|\$\$e:)|!!$")
# Major release → first R number whose default is known: local accounts are locked after 3 failures.
# 200: S switches (local-aaa-user wrong-password); 800: NE routers (local-user state).
_LOCKED_SINCE = {200: 10, 800: 0}
# SSH 1 compatibility is off without a line: NE8000 and USG references; S switches: off unless saved otherwise.
_SSH1_OFF_SINCE = {200: 10, 500: 0, 600: 0, 800: 0}
# The console asks for a password or AAA from the first login on (a line then says so).
_CONSOLE_GUARDED_SINCE = {200: 10, 500: 0, 600: 0, 800: 0}

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
    "l2tp-group", "l2vpn", "lacp", "language", "ldap-server", "lldp", "load-balance", "local-user",
    "local-aaa-user", "loopback-detect", "mac", "mac-access-profile", "mac-address", "mac-authen", "management",
    "md5-compatible", "mirror", "mld", "monitor", "mpls", "mqc", "msdp", "multicast", "multicast-vpn", "nat",
    "nat-policy", "nd", "ndp", "netconf", "netstream", "nqa", "ntdp", "ntp", "ntp-service", "observe-port", "oam",
    "ocsp", "openflow", "ospf", "ospfv3", "pads", "password", "password-policy", "patch", "peer", "pim",
    "pim-snooping", "pki", "pmu", "poe", "policy", "policy-based-route", "port", "port-group", "portal",
    "portal-access-profile", "pppoe-server", "prefix-limit", "profile", "ptp", "qos", "qos-profile",
    "queue-profile", "radius", "radius-attribute", "radius-server", "return", "right-manager", "rip", "ripng", "rmon", "route",
    "route-policy", "rsa", "router", "rpki", "rsvp-te", "sa", "sacl", "schedule", "script", "sdn", "security",
    "security-policy", "segment-routing", "server", "service", "set", "sflow", "sftp", "slot", "smart-link",
    "snmp-agent", "snetconf", "sntp", "soft-version", "source", "ssh", "ssl", "stack", "startup", "static-bfd", "static-route",
    "stelnet", "storm-control", "stp", "super", "supervlan", "switch", "sysname", "system", "system-resource",
    "tacacs", "task-group", "telnet", "time-range", "timer", "trace", "track", "traffic", "traffic-filter",
    "traffic-policy", "transceiver", "trill", "tunnel", "tunnel-policy", "tunnel-selector", "udp-helper", "undo",
    "unicast", "update", "url-filter", "user", "user-bind", "user-group", "user-interface", "user-manage",
    "user-security-policy", "vbst", "vcmp", "virtual-cluster", "vlan", "vm", "voice", "voice-vlan", "vpls",
    "vpn-group", "vpn-instance", "vrrp", "vsi", "vsys", "web", "web-manager", "web-server", "wlan", "xpl", "y1731",
    "zone",
})  # fmt: skip


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    reading = Reading(tree, "undo", lambda words: words[0] in _VIEWS)
    sheet = Sheet()
    release = _release(tree)
    lists = access_lists(reading)
    bound = tuple(bindings(reading))
    lines = tuple(
        line
        for line in reading.find("user-interface")
        if not line.negated and len(line.folded) > 2 and line.folded[1] not in ("maximum-vty", "current")
    )
    terminals = tuple(line for line in lines if line.folded[1] == "vty")
    _telnet(sheet, reading, terminals)
    _ssh(sheet, reading, release)
    _web_and_services(sheet, reading)
    _sources(sheet, reading, terminals, lists)
    _snmp(sheet, reading, lists)
    _passwords(sheet, reading)
    _sessions(sheet, lines, reading)
    _login(sheet, reading, lines, release)
    _records(sheet, reading)
    rules = policy_rules(reading)
    _permits(sheet, reading, lists, bound, rules)
    _hygiene(sheet, lists, bound, rules)
    _untrusted(sheet, reading)
    _crypto(sheet, reading)
    _accounts(sheet, reading)
    _ports(sheet, reading)
    return sheet.facts(PLATFORM, tree.encoding, strangers(reading, _ROOTS))


def _release(tree: Tree) -> tuple[int, int] | None:
    """(200, 9) for V200R009, from the head of the text (`!Software Version V200R009C00`)."""
    found = re.search(r"\bV(\d{3})R(\d{3})", "".join(tree.lines[:12]))
    return (int(found[1]), int(found[2])) if found else None


def _known(release: tuple[int, int] | None, table: dict[int, int]) -> bool:
    return release is not None and release[0] in table and release[1] >= table[release[0]]


def _last(commands: Iterable[Command]) -> Command | None:
    return next(iter(reversed(tuple(commands))), None)


def _is_on(command: Command) -> bool:
    """`… enable` and `undo … disable` switch on."""
    return command.negated == command.has("disable")


# --- how the device is reached -------------------------------------------------------------------------------


def _inbound(terminals: Iterable[Command]) -> list[Command]:
    """The `protocol inbound` in force of each terminal that has one."""
    found = (_last(command for command in line.find("protocol", "inbound")) for line in terminals)
    return [command for command in found if command is not None and not command.negated]


def _telnet_server(reading: Reading) -> list[Command]:
    return [
        command
        for command in reading.find("telnet")
        if command.has("server") and command.folded[-1] in ("enable", "disable")
    ]


def _telnet(sheet: Sheet, reading: Reading, terminals: tuple[Command, ...]) -> None:
    switches = _telnet_server(reading)
    states = {command.folded[:-1]: command for command in switches}.values()
    on = [command for command in states if _is_on(command)]
    inbound = _inbound(terminals)
    accepting = [command for command in inbound if not {"telnet", "all"}.isdisjoint(command.folded)]
    if switches and not on:
        sheet.line("telnet_mgmt", False, states, mark("the Telnet server is switched off"))
    elif terminals and len(inbound) == len(terminals) and not accepting:
        sheet.line("telnet_mgmt", False, inbound, mark("protocol inbound leaves Telnet out on every VTY"))
    elif on or accepting:
        sheet.line("telnet_mgmt", True, [*on, *accepting], mark("the Telnet server or protocol inbound lets Telnet in"))
    else:
        sheet.unknown(
            "telnet_mgmt", mark("no line says whether Telnet is served, and the default differs between releases")
        )


def _ssh(sheet: Sheet, reading: Reading, release: tuple[int, int] | None) -> None:
    command = _last(
        command for command in reading.find("ssh") if any(word.startswith("compatible-ssh1") for word in command.folded)
    )
    if command is not None:
        sheet.line("ssh_v1", _is_on(command), [command], mark("compatible-ssh1x says whether protocol 1 is served"))
    elif _known(release, _SSH1_OFF_SINCE):
        sheet.default("ssh_v1", False, mark("protocol 1 is off in this release unless a line says otherwise"))
    else:
        sheet.unknown("ssh_v1", mark("there is no compatible-ssh1x line, and the default depends on the release"))


def _web_and_services(sheet: Sheet, reading: Reading) -> None:
    web = [
        *(command for command in reading.find("http", "server") if command.folded[-1] in ("enable", "disable")),
        *(
            command
            for command in reading.find("web-manager")
            if len(command.folded) > 1 and command.folded[1] in ("enable", "http")
        ),
    ]
    last = _last(sorted(web, key=lambda command: command.line))
    if last is None:
        sheet.unknown(
            "http_mgmt", mark("no line says whether the web server is on, and the default depends on the model")
        )
    else:
        sheet.line("http_mgmt", _is_on(last), [last], mark("the plain web server is switched here"))
    services = [
        command
        for word in ("ftp", "tftp-server", "tftp")
        for command in reading.find(word)
        if command.has("server") and command.folded[-1] in ("enable", "disable")
    ]
    states = {command.folded[:-1]: command for command in services}.values()
    on = [command for command in states if _is_on(command)]
    if on:
        sheet.line("insecure_services", True, on, mark("a service that leaks or needs no password is switched on"))
    elif services:
        sheet.line("insecure_services", False, states, mark("these services are switched off by lines"))
    else:
        sheet.default("insecure_services", False, mark("the FTP server is off by default"))


def _sources(sheet: Sheet, reading: Reading, terminals: tuple[Command, ...], lists: dict[Key, AccessList]) -> None:
    servers = [
        command
        for word in ("ssh", "telnet")
        for command in reading.on(word)
        if command.has("server") and command.has("acl")
    ]
    if not terminals:
        sheet.unknown("vty_no_acl", mark("there is no user-interface vty in this text"))
        return
    people = [line for line in terminals if not _for_stations(line)] or list(terminals)
    opened: list[Command] = []
    closing: list[Command] = []
    for line in people:
        filters = [command for command in line.find("acl") if not command.negated and command.has("inbound")]
        if not filters and any(command.starts("ssh") for command in servers):
            filters = servers
        if not filters:
            opened.append(line)
        for command in filters:
            if _limited(command, lists):
                closing.append(command)
            else:
                opened += [line, command]
    if opened:
        sheet.line(
            "vty_no_acl",
            True,
            opened,
            mark("a VTY has no inbound access list, or its list is not defined or permits any source"),
        )
    else:
        sheet.line("vty_no_acl", False, closing, mark("every VTY is limited by an access list"))


def _for_stations(line: Command) -> bool:
    return line.folded[2].isdigit() and int(line.folded[2]) >= _NMS_TERMINAL


def _list_key(command: Command) -> Key:
    words = [word for word in command.after("acl") if word.lower() not in ("ipv6", "name", "inbound", "outbound")]
    return ("6" if command.has("ipv6") else "4", words[0] if words else "")


# --- SNMP ------------------------------------------------------------------------------------------------------


def _snmp(sheet: Sheet, reading: Reading, lists: dict[Key, AccessList]) -> None:
    off = reading.switch("snmp-agent")
    communities = [command for command in reading.on("snmp-agent", "community") if _community(command)]
    if off is not None and off.negated:
        communities = [command for command in communities if command.line > off.line]
    if not communities:
        why = mark("no community is configured")
        users = [*reading.on("snmp-agent", "usm-user"), *reading.on("snmp-agent", "group", "v3")]
        sheet.weighed("snmp_v1v2c", (), users, why="", sound_why=mark("only SNMPv3 is configured"), absent_why=why)
        for name in ("snmp_default_community", "snmp_rw_community", "snmp_no_acl"):
            sheet.absent(name, False, why)
        return
    versions = [
        command
        for command in reading.on("snmp-agent", "sys-info", "version")
        if not {"all", "v1", "v2c"}.isdisjoint(command.folded)
    ]
    sheet.line("snmp_v1v2c", True, [*versions, *communities], mark("a community gives access by SNMPv1/v2c"))
    names = {command: _community(command) for command in communities}
    default = [command for command, name in names.items() if name.lower() in _DEFAULT_COMMUNITIES]
    if not default and any(_MASK in name or _STORED.search(name) for name in names.values()):
        sheet.unknown("snmp_default_community", mark("the community is stored in cipher or masked in this text"))
    else:
        why = mark("the community is a well-known word") if default else mark("no community is a well-known word")
        sheet.line("snmp_default_community", bool(default), default or communities, why)
    sheet.weighed(
        "snmp_rw_community",
        [command for command in communities if "write" in command.folded[2:4]],
        (),
        why=mark("the community may write"),
        sound_why="",
        absent_why=mark("no community may write"),
    )
    common = reading.on("snmp-agent", "acl")
    sheet.weighed(
        "snmp_no_acl",
        [command for command in communities if not _limited(command if command.has("acl") else _last(common), lists)],
        [*communities, *common],
        why=mark("the community has no access list, or its list is not defined or permits any source"),
        sound_why=mark("every community is limited by an access list"),
        absent_why="",
    )


def _limited(command: Command | None, lists: dict[Key, AccessList]) -> bool:
    """Whether the list that a command names keeps somebody out."""
    entry = lists.get(_list_key(command)) if command is not None else None
    return entry is not None and bool(entry.rules) and permits_any_source(entry.rules) is None


def _community(command: Command) -> str:
    """The name in `snmp-agent community {read|write} [cipher|simple] NAME …`; empty for other community lines."""
    words = list(command.words[2:])
    if not words or words[0].lower() not in ("read", "write"):
        return ""
    words = words[1:]
    if len(words) > 1 and words[0].lower() in ("cipher", "simple"):
        words = words[1:]
    return words[0] if words else ""


# --- passwords ---------------------------------------------------------------------------------------------------


def _passwords(sheet: Sheet, reading: Reading) -> None:
    plain: list[Command] = []
    reversible: list[Command] = []
    hidden: list[Command] = []
    for command in reading.all:
        if command.negated or not _about_secret(command):
            continue
        if _clear(command):
            plain.append(command)
        elif _untyped(command) == _MASK:
            hidden.append(command)
        if _is_login(command) and command.has("cipher"):
            reversible.append(command)
    if plain:
        sheet.line("pwd_plain", True, plain, mark("a password or shared key stands in clear in this line"))
    elif hidden:
        sheet.unknown("pwd_plain", mark("a key is masked in this text, so its form cannot be seen"))
    else:
        sheet.absent("pwd_plain", False, mark("no line shows a password or shared key in clear"))
    if reversible:
        sheet.line("pwd_reversible", True, reversible, mark("cipher can be turned back into the password"))
    else:
        sheet.absent("pwd_reversible", False, mark("no login password is stored with cipher"))
    sheet.default("pwd_encryption_off", False, mark("VRP has no such switch: every line names the form it stores"))


def _about_secret(command: Command) -> bool:
    if command.starts("snmp-agent", "community") or command.folded[0] in ("description", "gre", "header", "sysname"):
        return False
    return any(
        word.endswith(("password", "key", "key-string", "shared-key-cipher")) or word == "authentication-mode"
        for word in command.folded
    )


def _clear(command: Command) -> bool:
    """`… simple SECRET`, `… plain SECRET`, or a key without any word for its form that is not in stored form."""
    for index, word in enumerate(command.folded):
        if word in ("simple", "plain"):
            rest = [other for other in command.words[index + 1 :] if other.lower() not in ("plain", "simple")]
            if rest and rest[0].lower() != "cipher":
                return True
    untyped = _untyped(command)
    return bool(untyped) and untyped != _MASK and not _STORED.search(untyped)


def _untyped(command: Command) -> str:
    """The key that stands directly behind its keyword, without `cipher` or `simple`; empty if there is none."""
    for words in (("pre-shared-key",), ("radius-server", "shared-key"), ("hwtacacs-server", "shared-key")):
        if command.starts(*words):
            rest = command.words[len(words) :]
            if rest and rest[0].lower() not in ("cipher", "simple"):
                return rest[0]
    return ""


def _is_login(command: Command) -> bool:
    return (
        (command.starts("local-user") and command.has("password"))
        or command.starts("set", "authentication", "password")
        or command.starts("super", "password")
        or command.starts("password", "cipher")
    )


# --- sessions and logins --------------------------------------------------------------------------------------------


def _sessions(sheet: Sheet, lines: tuple[Command, ...], reading: Reading) -> None:
    timeouts = [
        command for line in lines if (command := _last(line.find("idle-timeout"))) is not None and not command.negated
    ]
    timeouts += reading.on("web-manager", "timeout")
    if not lines:
        why = mark("there is no user-interface section in this text")
        sheet.unknown("idle_timeout_disabled", why)
        sheet.unknown("idle_timeout_over_10min", why)
        return
    endless = [command for command in timeouts if _seconds(command) == 0]
    long = [command for command in timeouts if _seconds(command) == 0 or _seconds(command) > _IDLE_LIMIT]
    for name, found in (("idle_timeout_disabled", endless), ("idle_timeout_over_10min", long)):
        if found:
            sheet.line(name, True, found, mark("idle-timeout says when an idle session ends"))
        elif timeouts:
            sheet.line(name, False, timeouts, mark("idle-timeout says when an idle session ends"))
        else:
            sheet.default(name, False, mark("idle-timeout is 10 minutes by default"))


def _seconds(command: Command) -> int:
    numbers = [int(word) for word in command.words[1:] if word.isdigit()]
    return sum(number * unit for number, unit in zip(numbers, (60, 1), strict=False))


def _login(sheet: Sheet, reading: Reading, lines: tuple[Command, ...], release: tuple[int, int] | None) -> None:
    modes = {line.line: _last(line.find("authentication-mode")) for line in lines}
    said = [command for command in modes.values() if command is not None and not command.negated]
    none = [command for command in said if command.folded[1:2] == ("none",)]
    none += _scheme_without_check(reading, said)
    silent_console = [line for line in lines if line.folded[1] in ("con", "console") and modes[line.line] is None]
    if none:
        sheet.line("auth_none", True, none, mark("this line lets anybody in"))
    elif silent_console and not _known(release, _CONSOLE_GUARDED_SINCE):
        sheet.unknown(
            "auth_none", mark("the console has no authentication-mode, and its default depends on the release")
        )
    elif said:
        sheet.line("auth_none", False, said, mark("every line asks for a login"))
    else:
        sheet.unknown("auth_none", mark("this text does not show how its lines authenticate"))
    _lockout(sheet, reading, release)
    _password_policy(sheet, reading)
    banners = [command for command in reading.on("header") if command.folded[1:2] in (("login",), ("shell",))]
    if banners:
        sheet.line("no_banner", False, banners, mark("a banner is shown at login"))
    else:
        sheet.absent("no_banner", True, mark("there is no header login or header shell"))


def _scheme_without_check(reading: Reading, said: list[Command]) -> list[Command]:
    """The AAA scheme of administrators, where user interfaces ask AAA and the scheme checks nothing."""
    if not any(command.has("aaa") for command in said):
        return []
    found = []
    for aaa in reading.find("aaa"):
        used = {"default"}
        for domain in aaa.find("domain", "default_admin"):
            used |= {command.words[1] for command in domain.find("authentication-scheme") if len(command.words) > 1}
        for scheme in aaa.find("authentication-scheme"):
            if len(scheme.words) > 1 and scheme.words[1] in used:
                found += [mode for mode in scheme.find("authentication-mode") if mode.folded[1:2] == ("none",)]
    return found


def _lockout(sheet: Sheet, reading: Reading, release: tuple[int, int] | None) -> None:
    command = _last(
        command
        for words in (("local-aaa-user", "wrong-password"), ("lock-authentication",), ("local-user", "authentication"))
        for command in reading.find(*words)
    )
    blocked = [
        command for command in reading.on("local-user") if command.has("fail-times") or command.has("retry-time")
    ]
    if command is not None:
        sheet.line("no_login_lockout", command.negated, [command], mark("a line says whether failures lock an account"))
    elif blocked:
        sheet.line("no_login_lockout", False, blocked, mark("failures lock the account"))
    elif _known(release, _LOCKED_SINCE):
        sheet.default(
            "no_login_lockout", False, mark("accounts are locked after 3 failures by default in this release")
        )
    else:
        sheet.unknown("no_login_lockout", mark("no line says it, and the default depends on the release"))


def _password_policy(sheet: Sheet, reading: Reading) -> None:
    lengths = [
        command
        for command in (
            *reading.on("user-password", "min-len"),
            *reading.on("set", "password", "min-length"),
            *reading.on("password-policy"),
            *reading.on("local-user", "policy"),
        )
        if command.words[-1].isdigit()
    ]
    off = [command for command in reading.find("user-password", "complexity-check") if command.negated]
    policies = [
        *reading.on("local-aaa-user", "password", "policy"),
        *reading.on("user-security-policy", "enable"),
        *reading.on("user-password", "complexity-check"),
        *(command for command in reading.on("password-policy", "level")),
    ]
    short = [command for command in lengths if int(command.words[-1]) < _MIN_LENGTH]
    why = mark("this line sets the password policy")
    if short or off:
        sheet.line("pwd_policy_weak_or_missing", True, [*short, *off], why)
    elif lengths or policies:
        sheet.line("pwd_policy_weak_or_missing", False, [*lengths, *policies], why)
    else:
        sheet.unknown(
            "pwd_policy_weak_or_missing", mark("no line sets a policy, and the default depends on the release")
        )


# --- records ------------------------------------------------------------------------------------------------------


def _records(sheet: Sheet, reading: Reading) -> None:
    switch = reading.switch("info-center", "enable")
    hosts = [
        command
        for command in reading.on("info-center", "loghost")
        if len(command.folded) > 2 and command.folded[2] != "source"
    ]
    if switch is not None and switch.negated:
        why = mark("the information center is switched off as a whole")
        sheet.line("logging_disabled", True, [switch], why)
        sheet.line("no_syslog_host", True, [switch], why)
    else:
        if switch is not None:
            sheet.line("logging_disabled", False, [switch], mark("the information center is switched on"))
        else:
            sheet.default("logging_disabled", False, mark("the information center is on by default"))
        if hosts:
            sheet.line("no_syslog_host", False, hosts, mark("logs go to this host"))
        else:
            sheet.absent("no_syslog_host", True, mark("there is no info-center loghost"))
    stamp = _last(reading.on("info-center", "timestamp", "log"))
    if stamp is None:
        sheet.default("no_log_timestamps", False, mark("log records carry the date by default"))
    else:
        bare = not {"none", "boot"}.isdisjoint(stamp.folded)
        sheet.line("no_log_timestamps", bare, [stamp], mark("info-center timestamp says what a record carries"))
    servers = [
        command
        for words in (
            ("ntp-service", "unicast-server"),
            ("ntp-service", "unicast-peer"),
            ("ntp-service", "ipv6", "unicast-server"),
            ("ntp", "unicast-server"),
            ("ntp", "ipv6", "unicast-server"),
            ("sntp", "server"),
            ("ntp-service", "multicast-client"),
            ("ntp-service", "broadcast-client"),
        )
        for command in reading.on(*words)
    ]
    if servers:
        sheet.line("no_ntp", False, servers, mark("time comes from this server"))
    else:
        sheet.absent("no_ntp", True, mark("there is no NTP server line"))
    sheet.unknown("log_retention_short", mark("how long logs are kept is decided on the log host"))
    accounting = [
        command for command in reading.on("accounting-mode") if not {"radius", "hwtacacs"}.isdisjoint(command.folded)
    ]
    accounting += reading.on("cmd", "recording-scheme")
    if accounting:
        sheet.line("no_accounting", False, accounting, mark("what administrators do is recorded"))
    else:
        sheet.absent("no_accounting", True, mark("there is no accounting or recording scheme"))


# --- packet filters ----------------------------------------------------------------------------------------------


def _permits(
    sheet: Sheet,
    reading: Reading,
    lists: dict[Key, AccessList],
    bound: tuple[Binding, ...],
    policy: list[PolicyRule],
) -> None:
    found: list[Command | int] = []
    filtering = [binding for binding in bound if binding.kind == "interface"]
    for binding in filtering:
        entry = lists.get(binding.key)
        open_rule = permits_everything(entry.rules) if entry else None
        if open_rule is not None:
            found += [open_rule.line, binding.command]
    for rule in policy:
        if rule.permit and rule.disabled is None and rule.any_any and rule.action is not None:
            found += [rule.command, rule.action]
    for section in reading.find("security-policy"):
        found += [command for command in section.find("default", "action") if command.has("permit")]
    found += [command for command in reading.on("firewall", "packet-filter", "default") if command.has("permit")]
    sheet.weighed(
        "any_any_permit_applied",
        found,
        [*(binding.command for binding in filtering), *(rule.command for rule in policy)],
        why=mark("this rule permits anything and is in force"),
        sound_why=mark("no rule in force permits anything"),
        absent_why=mark("no filter is bound to an interface or a zone"),
    )


def _hygiene(sheet: Sheet, lists: dict[Key, AccessList], bound: tuple[Binding, ...], rules: list[PolicyRule]) -> None:
    sheet.weighed(
        "acl_applied_undefined",
        [binding.command for binding in bound if binding.key not in lists],
        [binding.command for binding in bound],
        why=mark("the list that is bound here is not defined"),
        sound_why=mark("every list that is bound is defined"),
        absent_why=mark("no access list is bound"),
    )
    distinct = {id(entry): entry for entry in lists.values()}.values()
    lines: list[Command | int] = [rule.line for entry in distinct for pair in covered(entry.rules) for rule in pair]
    active = [rule for rule in rules if rule.disabled is None and rule.action is not None]
    for index, rule in enumerate(active):
        cover = next((earlier for earlier in active[:index] if earlier.covers(rule)), None)
        if cover is not None:
            lines += [cover.command, rule.command]
    sheet.weighed(
        "acl_shadowed_or_redundant",
        lines,
        (),
        why=mark("the later rule never decides anything, the earlier one covers it"),
        sound_why="",
        absent_why=mark("no rule covers a later one"),
    )
    sheet.weighed(
        "acl_disabled_rule",
        [line for rule in rules if rule.disabled is not None for line in (rule.command, rule.disabled)],
        (),
        why=mark("the rule is kept but disabled"),
        sound_why="",
        absent_why=mark("no rule is disabled"),
    )


_UNTRUSTED = re.compile(r"untrust|internet|wan|outside", re.IGNORECASE)
_SERVICE_SWITCHES = {
    "telnet": (("telnet", "server", "enable"), ("telnet", "ipv4", "server", "enable")),
    "ssh": (("stelnet", "server", "enable"), ("ssh", "server", "enable"), ("stelnet", "ipv4", "server", "enable")),
    "snmp": (("snmp-agent",),),
}


def _untrusted(sheet: Sheet, reading: Reading) -> None:
    zones = [zone for zone in reading.find("firewall", "zone") if not zone.negated]
    if not zones:
        sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))
        return
    outside = {
        "".join(member.folded[2:])
        for zone in zones
        if _UNTRUSTED.search(" ".join(zone.words[2:]))
        for member in zone.find("add", "interface")
    }
    found = []
    for interface in reading.find("interface"):
        if "".join(interface.folded[1:]) in outside:
            found += [
                command
                for command in interface.find("service-manage")
                if not command.negated and command.has("permit") and _served(reading, command.folded[1])
            ]
    if found:
        sheet.line("mgmt_service_on_untrust", True, found, mark("the service is permitted on an untrusted interface"))
    else:
        sheet.absent(
            "mgmt_service_on_untrust", False, mark("no management service is permitted on an untrusted interface")
        )


def _served(reading: Reading, service: str) -> bool:
    """Whether a service that an interface permits is served at all. The web server of a USG is on by default."""
    if service == "ping":
        return False
    switches = _SERVICE_SWITCHES.get(service)
    if switches is None:
        return True
    return any((command := reading.switch(*words)) is not None and not command.negated for words in switches)


# --- cryptography -------------------------------------------------------------------------------------------------

_WEAK_ALGORITHMS = frozenset({"des", "des-cbc", "3des", "3des-cbc", "des56", "3des168", "md5", "hmac-md5"})
_WEAK_TLS = re.compile(r"tls1\.[01]|tlsv1|tlsv1\.[01]|ssl3\.0|sslv3")
_WEAK_GROUPS = frozenset({"group1", "group2", "group5"})
_WEAK_SSH = re.compile(r"3des|(^|_)des(_|$)|arcfour|blowfish|md5|group1_sha1|group_exchange_sha1$")


def _crypto(sheet: Sheet, reading: Reading) -> None:
    """Channels only: IKE, IPsec, SSH, TLS, SNMPv3, WLAN. Keys of routing protocols are judged elsewhere."""
    judged = [*_vpn_algorithms(reading), *_channel_algorithms(reading)]
    sheet.weighed(
        "weak_crypto",
        [command for command, weak in judged if weak],
        [command for command, weak in judged if not weak],
        why=mark("the line allows a weak algorithm"),
        sound_why=mark("the algorithms that lines allow are not weak"),
        absent_why=mark("no line allows a weak algorithm"),
    )


def _vpn_algorithms(reading: Reading) -> Iterator[tuple[Command, bool]]:
    """Lines that allow algorithms of IKE and IPsec, and whether one of them is weak."""
    algorithms = {"encryption-algorithm", "authentication-algorithm", "integrity-algorithm", "prf"}
    for kind in ("ike", "ipsec"):
        for proposal in reading.on(kind, "proposal"):
            for command in proposal.inside:
                if not algorithms.isdisjoint(command.folded):
                    yield command, not _WEAK_ALGORITHMS.isdisjoint(command.folded)
                elif command.folded[0] == "dh":
                    yield command, not _WEAK_GROUPS.isdisjoint(command.folded)


def _channel_algorithms(reading: Reading) -> Iterator[tuple[Command, bool]]:
    """The same for SSH, SNMPv3, TLS and WLAN."""
    for kind in ("cipher", "hmac", "key-exchange"):
        for command in (*reading.on("ssh", "server", kind), *reading.on("ssh", "client", kind)):
            yield command, any(_WEAK_SSH.search(word) for word in command.folded[3:])
    for command in reading.on("snmp-agent", "usm-user"):
        if command.has("authentication-mode") or command.has("privacy-mode"):
            yield command, not _WEAK_ALGORITHMS.isdisjoint(command.folded)
    for command in (*reading.on("ssl", "minimum", "version"), *reading.on("web-manager", "security", "version")):
        yield command, any(_WEAK_TLS.fullmatch(word) for word in command.folded)
    for command in reading.on("security"):
        if not {"wep", "wpa", "wpa2", "wpa-wpa2"}.isdisjoint(command.folded):
            yield command, command.has("wep") or command.has("tkip")


# --- accounts and ports -------------------------------------------------------------------------------------------


def _users(reading: Reading) -> Iterator[tuple[str, Command]]:
    for word in ("local-user", "manager-user"):
        for command in reading.on(word):
            if len(command.words) > 1 and command.folded[1] not in ("policy", "authentication", "expire"):
                yield command.words[1], command


def _accounts(sheet: Sheet, reading: Reading) -> None:
    users: dict[str, list[Command]] = {}
    for name, command in _users(reading):
        users.setdefault(name, []).append(command)
    default = [commands[0] for name, commands in users.items() if name.split("@")[0].lower() in _DEFAULT_ACCOUNTS]
    if default:
        sheet.line("default_account", True, default, mark("the account has a name that everybody tries first"))
    elif users:
        sheet.line(
            "default_account",
            False,
            [commands[0] for commands in users.values()],
            mark("no local account has a well-known name"),
        )
    elif reading.find("aaa"):
        sheet.absent("default_account", False, mark("there is no local account"))
    else:
        sheet.unknown("default_account", mark("there is no aaa section in this text"))
    top = {
        name
        for name, commands in users.items()
        for command in (*commands, *(inner for outer in commands for inner in outer.inside))
        if command.after("level")[:1] and command.after("level")[0] in _TOP_LEVELS
    }
    if len(users) < 2:
        sheet.unknown("no_role_separation", mark("with fewer than two local accounts, roles are decided elsewhere"))
    else:
        sheet.line(
            "no_role_separation",
            len(top) == len(users),
            [commands[0] for commands in users.values()],
            mark("level says which rights a local account has"),
        )
    central = [
        command
        for scheme in reading.on("authentication-scheme")
        for command in scheme.find("authentication-mode")
        if not {"radius", "hwtacacs"}.isdisjoint(command.folded)
    ]
    if central:
        sheet.line("no_central_aaa", False, central, mark("logins are checked by a server group"))
    else:
        sheet.absent("no_central_aaa", True, mark("no authentication scheme names a server"))


_PHYSICAL = re.compile(r"(gigabitethernet|xgigabitethernet|ethernet|ge|xge|10ge|25ge|40ge|100ge)\d", re.IGNORECASE)
# Lines that say nothing about a port's use.
_IDLE_WORDS = frozenset({"shutdown", "negotiation", "speed", "duplex", "stp", "lldp", "ndp"})


def _ports(sheet: Sheet, reading: Reading) -> None:
    ports = [
        interface
        for interface in reading.find("interface")
        if len(interface.words) > 1 and _PHYSICAL.match("".join(interface.words[1:])) and "." not in interface.words[-1]
    ]
    idle = [
        interface
        for interface in ports
        if all(command.negated or command.folded[0] in _IDLE_WORDS for command in interface.inside)
    ]
    used = {
        "".join(member.folded[2:])
        for zone in reading.find("firewall", "zone")
        for member in zone.find("add", "interface")
    }
    idle = [interface for interface in idle if "".join(interface.folded[1:]) not in used]
    up = [
        interface
        for interface in idle
        if not any(c.folded == ("shutdown",) and not c.negated for c in interface.inside)
    ]
    if up:
        sheet.line("unused_ports_up", True, up, mark("the port has no use in this text and is not shut down"))
    elif idle:
        sheet.line("unused_ports_up", False, idle, mark("ports without a use are shut down"))
    elif ports:
        sheet.absent("unused_ports_up", False, mark("every port has a use"))
    else:
        sheet.unknown("unused_ports_up", mark("there is no physical port in this text"))
