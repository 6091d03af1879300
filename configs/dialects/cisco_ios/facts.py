"""What an IOS configuration says about the device's security, as vendor-independent facts.

Sources of the defaults: "Cisco IOS Security Command Reference", "Cisco IOS Terminal Services Command Reference"
(transport input, exec-timeout), "Cisco Guide to Harden Cisco IOS Devices" (document 13608). Defaults that depend on
the release are in the tables below; what they rest on stands beside them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.cisco_ios.filters import access_lists, bindings, community_list
from configs.filters import covered, permits_any_source, permits_everything
from configs.reading import Command, Reading, Sheet, strangers
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.dialects.cisco_ios.filters import AccessList, Binding
    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "cisco_ios"
_DEFAULT_ACCOUNTS = frozenset({"admin", "root", "cisco", "administrator"})
_DEFAULT_COMMUNITIES = frozenset({"public", "private"})
_IDLE_LIMIT = 600  # seconds; GB/T 22239 names no number, assessors use 10 minutes (a profile may differ)
_MIN_LENGTH = 8
# Small servers are off since 12.0, finger since 12.1(5) ("ip finger", Configuration Fundamentals Command Reference).
_SERVICES_OFF_SINCE = (12, 2)
# A VTY line without `transport input` accepts every protocol up to 16.x; later trains ship `transport input ssh`.
# Unverified for 17 and later, where nothing is concluded from a missing line.
_VTY_OPEN_UNTIL = (16, 99)
# SSH 1.99 (versions 1 and 2) is the default up to 15.x ("ip ssh version"); unverified for IOS XE.
_SSH_199_UNTIL = (15, 99)
_MASK = "***"

_VIEWS = frozenset({
    "interface", "line", "router", "vlan", "class-map", "policy-map", "crypto", "ip access-list", "route-map",
    "key", "vrf", "aaa group", "archive", "control-plane", "redundancy", "tacacs", "radius",
})  # fmt: skip
_ROOTS = frozenset({
    "aaa", "aal2-profile", "access-list", "access-session", "alias", "archive", "arp", "authentication", "auto",
    "banner", "boot", "boot-end-marker", "boot-start-marker", "bridge", "buffers", "building", "call", "cdp",
    "chat-script", "class-map", "clns", "clock", "cns", "config-register", "control-plane", "crypto", "current",
    "default", "default-value", "device-tracking", "diagnostic", "dial-peer", "dialer", "dialer-list", "dot11",
    "dot1x", "downloadable", "enable", "end", "endpoint-tracker", "epm", "errdisable", "eigrp", "ethernet", "event",
    "exception", "fabric", "fhrp", "file", "flow", "frame-relay", "gatekeeper", "gateway", "global-address-family",
    "hostname", "hw-module", "ida", "identity", "interface", "ip", "ipc", "ipv6", "isdn", "ipx", "ixi", "kerberos",
    "key", "l2", "l2tp", "lacp", "last", "ldap", "license", "line", "lldp", "logging", "login", "mab", "mac",
    "mac-address-table", "macro", "map-class", "map-list", "memory", "memory-size", "mls", "mmi", "module",
    "monitor", "mpls", "multilink", "mvrp", "nat", "nat64", "netconf", "netconf-yang", "network-clock-participate",
    "ntp", "nvram", "object-group", "parameter-map", "parser", "partition", "performance", "platform",
    "policy-map", "port-channel", "power", "priority-list", "privilege", "process", "prompt", "qos", "queue-list",
    "radius", "radius-server", "redundancy", "restconf", "rmon", "route-map", "route-tag", "router", "rtr",
    "sampler", "scheduler", "sdm", "security", "service", "service-policy", "setup", "sfcm", "shutdown", "snmp",
    "snmp-server", "sntp", "source", "spanning-tree", "stack-power", "stackwise", "standby", "storm-control",
    "subscriber", "switch", "system", "table-map", "tacacs", "tacacs-server", "telemetry", "template", "terminal",
    "tftp-server", "time-range", "track", "transceiver", "tunnel", "udld", "upgrade", "username", "version",
    "virtual-service", "vlan", "voice", "voice-card", "voice-port", "vpdn", "vpdn-group", "vrf", "vstack", "vtp",
    "wrr-queue", "wsma", "xconnect", "xdr", "yum", "zone", "zone-pair",
})  # fmt: skip


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    reading = Reading(tree, "no", lambda words: words[0] in _VIEWS or " ".join(words[:2]) in _VIEWS)
    sheet = Sheet()
    lists = access_lists(reading)
    bound = tuple(bindings(reading))
    release = _release(reading)
    lines = reading.find("line")
    terminals = tuple(line for line in lines if len(line.folded) > 1 and line.folded[1] == "vty")
    _management(sheet, reading, terminals, lists, release)
    _web_and_services(sheet, reading, release)
    _snmp(sheet, reading, lists)
    _passwords(sheet, reading, lines)
    _sessions(sheet, lines)
    _login(sheet, reading, lines)
    _records(sheet, reading)
    _access_lists(sheet, reading, lists, bound)
    _crypto(sheet, reading)
    _accounts(sheet, reading)
    _ports(sheet, reading)
    return sheet.facts(PLATFORM, tree.encoding, strangers(reading, _ROOTS))


def _release(reading: Reading) -> tuple[int, int] | None:
    for command in reading.find("version"):
        found = re.match(r"(\d+)\.(\d+)", command.words[1]) if len(command.words) > 1 else None
        if found:
            return int(found[1]), int(found[2])
    return None


def _last(commands: Iterable[Command]) -> Command | None:
    return next(iter(reversed(tuple(commands))), None)


# --- how the device is reached -------------------------------------------------------------------------------


def _management(
    sheet: Sheet,
    reading: Reading,
    terminals: tuple[Command, ...],
    lists: dict[str, AccessList],
    release: tuple[int, int] | None,
) -> None:
    reachable = tuple(line for line in terminals if _transports(line) != ())
    _telnet(sheet, terminals, release)
    _ssh(sheet, reading, terminals, release)
    if not terminals:
        sheet.unknown("vty_no_acl", mark("there is no VTY line in this text"))
        return
    if not reachable:
        sheet.line(
            "vty_no_acl",
            False,
            _inputs(terminals),
            mark("the VTY lines accept no protocol for remote management"),
        )
        return
    open_lines: list[Command] = []
    closing: list[Command] = []
    for line in reachable:
        filters = [command for command in line.find("access-class") if not command.negated and command.has("in")]
        filters += [command for command in line.find("ipv6", "access-class") if not command.negated]
        if not filters:
            open_lines.append(line)
            continue
        for command in filters:
            name = command.words[1] if command.folded[0] == "access-class" else command.words[2]
            entry = lists.get(name)
            rule = permits_any_source(entry.rules) if entry else None
            if entry is None or rule is not None:
                open_lines += [line, command]
            else:
                closing.append(command)
    if open_lines:
        sheet.line(
            "vty_no_acl",
            True,
            open_lines,
            mark("a VTY line has no access-class, or its list is not defined or permits any source"),
        )
    else:
        sheet.line("vty_no_acl", False, closing, mark("every VTY line is limited by an access list"))


def _transports(line: Command) -> tuple[str, ...] | None:
    """The protocols of `transport input`; () for none, None if the line does not say."""
    command = _last(line.find("transport", "input"))
    if command is None:
        return None
    if command.negated or command.has("none"):
        return ()
    return command.folded[2:]


def _inputs(terminals: Iterable[Command]) -> Iterator[Command]:
    for line in terminals:
        yield from line.find("transport", "input")


def _telnet(sheet: Sheet, terminals: tuple[Command, ...], release: tuple[int, int] | None) -> None:
    if not terminals:
        sheet.unknown("telnet_mgmt", mark("there is no VTY line in this text"))
        return
    said = [(line, _transports(line)) for line in terminals]
    explicit = [line for line, protocols in said if protocols and not {"telnet", "all"}.isdisjoint(protocols)]
    if explicit:
        sheet.line("telnet_mgmt", True, _inputs(explicit), mark("a VTY line accepts Telnet by transport input"))
        return
    silent = [line for line, protocols in said if protocols is None]
    if not silent:
        sheet.line(
            "telnet_mgmt",
            False,
            _inputs(terminals),
            mark("transport input leaves Telnet out on every VTY line"),
        )
    elif release is None or release <= _VTY_OPEN_UNTIL:
        sheet.default(
            "telnet_mgmt",
            True,
            mark("a VTY line without transport input accepts every protocol, Telnet too"),
            silent,
        )
    else:
        sheet.unknown("telnet_mgmt", mark("the default of transport input in this release is not known"))


def _ssh(sheet: Sheet, reading: Reading, terminals: tuple[Command, ...], release: tuple[int, int] | None) -> None:
    command = _last(reading.find("ip", "ssh", "version"))
    if command is not None and not command.negated:
        sheet.line(
            "ssh_v1",
            command.words[3:4] == ("1",),
            [command],
            mark("ip ssh version says which protocol is served"),
        )
        return
    serving = [line for line in terminals if "ssh" in (_transports(line) or ())]
    if serving and release is not None and release <= _SSH_199_UNTIL:
        sheet.default(
            "ssh_v1",
            True,
            mark("without ip ssh version this release serves protocol 1 and 2 (1.99)"),
            serving,
        )
    else:
        sheet.unknown("ssh_v1", mark("there is no ip ssh version line, and the default depends on release and image"))


def _web_and_services(sheet: Sheet, reading: Reading, release: tuple[int, int] | None) -> None:
    server = reading.switch("ip", "http", "server")
    if server is None:
        sheet.unknown("http_mgmt", mark("there is no ip http server line, and the default depends on the platform"))
    else:
        sheet.line("http_mgmt", not server.negated, [server], mark("ip http server switches the plain web server"))
    on: list[Command] = []
    off: list[Command] = []
    for words in (
        ("service", "tcp-small-servers"),
        ("service", "udp-small-servers"),
        ("ip", "finger"),
        ("service", "finger"),
        ("tftp-server",),
        ("ftp-server", "enable"),
        ("ip", "ftp", "server"),
        ("ip", "identd"),
        ("ip", "rcmd", "rsh-enable"),
        ("ip", "rcmd", "rcp-enable"),
    ):
        command = _last(reading.find(*words))
        if command is not None:
            (off if command.negated else on).append(command)
    if on:
        sheet.line("insecure_services", True, on, mark("a service that leaks or needs no password is switched on"))
    elif off:
        sheet.line("insecure_services", False, off, mark("these services are switched off by lines"))
    elif release is not None and release >= _SERVICES_OFF_SINCE:
        sheet.default("insecure_services", False, mark("these services are off by default in this release"))
    else:
        sheet.unknown("insecure_services", mark("their default depends on the release, which this text does not give"))
    sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))


# --- SNMP ------------------------------------------------------------------------------------------------------


def _snmp(sheet: Sheet, reading: Reading, lists: dict[str, AccessList]) -> None:
    communities = [command for command in reading.on("snmp-server", "community") if len(command.words) > 2]
    if not communities:
        version3 = [*reading.on("snmp-server", "group"), *reading.on("snmp-server", "user")]
        if version3:
            version3 += [command for command in reading.on("snmp-server", "host") if command.has("3")]
        why = mark("no community is configured")
        sheet.weighed("snmp_v1v2c", (), version3, why="", sound_why=mark("only SNMPv3 is configured"), absent_why=why)
        for name in ("snmp_default_community", "snmp_rw_community", "snmp_no_acl"):
            sheet.absent(name, False, why)
        return
    sheet.line("snmp_v1v2c", True, communities, mark("a community gives access by SNMPv1/v2c"))
    default = [command for command in communities if command.folded[2].strip('"') in _DEFAULT_COMMUNITIES]
    if not default and any(_MASK in command.words[2] for command in communities):
        sheet.unknown("snmp_default_community", mark("the community is masked in this text"))
    else:
        why = mark("the community is a well-known word") if default else mark("no community is a well-known word")
        sheet.line("snmp_default_community", bool(default), default or communities, why)
    sheet.weighed(
        "snmp_rw_community",
        [command for command in communities if "rw" in command.folded[3:]],
        (),
        why=mark("the community may write (RW)"),
        sound_why="",
        absent_why=mark("no community may write"),
    )
    opened = []
    for command in communities:
        entry = lists.get(community_list(command))
        if entry is None or permits_any_source(entry.rules) is not None:
            opened.append(command)
    sheet.weighed(
        "snmp_no_acl",
        opened,
        communities,
        why=mark("the community has no access list, or its list is not defined or permits any source"),
        sound_why=mark("every community is limited by an access list"),
        absent_why="",
    )


# --- passwords ---------------------------------------------------------------------------------------------------


def _passwords(sheet: Sheet, reading: Reading, lines: tuple[Command, ...]) -> None:
    logins = [command for command in _login_passwords(reading, lines) if not command.negated]
    plain = [command for command in logins if _storage(command) == "plain"]
    plain += _plain_keys(reading)
    if plain:
        sheet.line("pwd_plain", True, plain, mark("a password or shared key stands in clear in this line"))
    else:
        sheet.absent("pwd_plain", False, mark("no line shows a password or shared key in clear"))
    reversible = [command for command in logins if _storage(command) == "7"]
    if reversible:
        sheet.line("pwd_reversible", True, reversible, mark("type 7 can be turned back into the password"))
    else:
        sheet.absent("pwd_reversible", False, mark("no login password is stored as type 7"))
    switch = reading.switch("service", "password-encryption")
    why = mark("service password-encryption hides the passwords that lines store")
    if switch is None:
        sheet.absent("pwd_encryption_off", True, mark("there is no service password-encryption"))
    else:
        sheet.line("pwd_encryption_off", switch.negated, [switch], why)


def _login_passwords(reading: Reading, lines: tuple[Command, ...]) -> Iterator[Command]:
    for command in reading.find("username"):
        if command.has("password") or command.has("secret"):
            yield command
    yield from reading.find("enable", "password")
    yield from reading.find("enable", "secret")
    for line in lines:
        yield from line.find("password")


def _storage(command: Command) -> str:
    """How the password of a login line is stored: `plain`, or the type's number."""
    rest = command.after("secret") if command.has("secret") else command.after("password")
    if not rest:
        return ""
    if rest[0].lower() == "level":
        rest = rest[2:]
    if len(rest) < 2:
        return "plain" if rest and not command.has("secret") else "secret"
    return "plain" if rest[0] == "0" else rest[0]


# Where shared keys stand: the words before the key. A key is preceded by its type; without one it is in clear.
_KEYS = (
    (("radius-server",), "key"),
    (("tacacs-server",), "key"),
    (("crypto", "isakmp", "key"), "key"),
    (("neighbor",), "password"),
    (("ppp", "chap"), "password"),
    (("ppp", "pap"), "password"),
    (("ip", "ospf", "authentication-key"), "authentication-key"),
    (("ip", "ospf", "message-digest-key"), "md5"),
    (("area",), "authentication-key"),
    (("key-string",), "key-string"),
    (("pre-shared-key",), "key"),
    (("ntp", "authentication-key"), "md5"),
    (("ip", "ftp", "password"), "password"),
    (("wpa-psk",), "ascii"),
    (("server-private",), "key"),
)


def _plain_keys(reading: Reading) -> list[Command]:
    found: list[Command] = []
    for words, before in _KEYS:
        for command in reading.on(*words):
            rest = command.after(before)
            if rest and _in_clear(rest):
                found.append(command)
    for words in (("tacacs", "server"), ("radius", "server")):
        for server in reading.on(*words):
            found += [key for key in server.find("key") if len(key.words) > 1 and _in_clear(key.words[1:])]
    for user in reading.on("snmp-server", "user"):
        # The running configuration of IOS never shows v3 users; where a text does, the secrets are in clear unless
        # `encrypted` stands before them.
        if (user.has("auth") or user.has("priv")) and not user.has("encrypted"):
            found.append(user)
    for command in reading.on("pre-shared-key"):
        key = [word for word in command.words[1:] if word.lower() not in ("local", "remote")]
        if key and not command.has("address") and not command.has("hostname") and _in_clear(key):
            found.append(command)
    return found


def _in_clear(rest: Iterable[str]) -> bool:
    words = list(rest)
    if words[0] == "0":
        return True
    if words[0] in ("5", "6", "7", "8", "9") and len(words) > 1:
        return False
    # `ntp authentication-key 1 md5 HASH 7`: the type stands behind the key.
    return words[-1] != "7"


# --- sessions and logins --------------------------------------------------------------------------------------------


def _sessions(sheet: Sheet, lines: tuple[Command, ...]) -> None:
    timeouts = [(command, _seconds(command)) for line in lines for command in line.find("exec-timeout")]
    if not lines:
        why = mark("there is no line section in this text")
        sheet.unknown("idle_timeout_disabled", why)
        sheet.unknown("idle_timeout_over_10min", why)
        return
    endless = [command for command, seconds in timeouts if seconds == 0]
    long = [command for command, seconds in timeouts if seconds == 0 or seconds > _IDLE_LIMIT]
    for name, found in (("idle_timeout_disabled", endless), ("idle_timeout_over_10min", long)):
        if found:
            sheet.line(name, True, found, mark("exec-timeout says when an idle session ends"))
        elif timeouts:
            sheet.line(
                name,
                False,
                [command for command, _ in timeouts],
                mark("exec-timeout says when an idle session ends"),
            )
        else:
            sheet.default(name, False, mark("exec-timeout is 10 minutes by default"))


def _seconds(command: Command) -> int:
    if command.negated:
        return 0
    numbers = [int(word) for word in command.words[1:3] if word.isdigit()]
    return sum(number * unit for number, unit in zip(numbers, (60, 1), strict=False))


def _login(sheet: Sheet, reading: Reading, lines: tuple[Command, ...]) -> None:
    _no_authentication(sheet, reading, lines)
    limits = [
        *reading.on("login", "block-for"),
        *reading.on("aaa", "local", "authentication", "attempts", "max-fail"),
        *reading.on("aaa", "authentication", "rejected"),
    ]
    retries = [
        *reading.on("ip", "ssh", "authentication-retries"),
        *reading.on("aaa", "authentication", "attempts"),
    ]
    if limits:
        sheet.line("no_login_lockout", False, limits, mark("logins are blocked after failures"))
    elif retries:
        sheet.unknown(
            "no_login_lockout",
            mark("only the tries of one session are limited; whether that is enough, a person says"),
        )
    else:
        sheet.absent("no_login_lockout", True, mark("there is neither login block-for nor a limit of AAA"))
    _password_policy(sheet, reading)
    banners = [command for kind in ("login", "motd") for command in reading.on("banner", kind)]
    if banners:
        sheet.line("no_banner", False, banners, mark("a banner is shown at login"))
    else:
        sheet.absent("no_banner", True, mark("there is no banner login or banner motd"))


def _no_authentication(sheet: Sheet, reading: Reading, lines: tuple[Command, ...]) -> None:
    methods = {
        command.words[3]: command for command in reading.on("aaa", "authentication", "login") if len(command.words) > 4
    }
    switch = reading.switch("aaa", "new-model")
    modern = switch is not None and not switch.negated
    unguarded: list[Command] = []
    guarded: list[Command] = []
    silent: list[Command] = []
    for line in lines:
        kind = line.folded[1] if len(line.folded) > 1 else ""
        if kind not in ("con", "console", "aux", "vty"):
            continue
        login = _last(line.find("login"))
        if modern:
            evidence = _method(login, methods)
            # Only a list that begins with `none` needs nothing; behind other methods it is a fallback.
            free = bool(evidence) and evidence[0].folded[4] == "none"
            (unguarded if free else guarded).extend(evidence)
        elif login is not None:
            (unguarded if login.negated else guarded).append(login)
        elif kind in ("con", "console"):
            silent.append(line)
    if silent and not unguarded:
        sheet.default("auth_none", True, mark("a console without login asks for nothing"), silent)
    elif unguarded or guarded:
        why = mark("this line lets anybody in") if unguarded else mark("every line asks for a login")
        sheet.line("auth_none", bool(unguarded), unguarded or guarded, why)
    else:
        sheet.unknown("auth_none", mark("this text does not show how its lines authenticate"))


def _method(login: Command | None, methods: dict[str, Command]) -> list[Command]:
    """The AAA method list that a line uses, and the line's own command if it names one; empty if it is not there."""
    name = login.words[2] if login is not None and login.starts("login", "authentication") else "default"
    method = methods.get(name)
    if method is None:
        return []
    return [method] if login is None or login.negated else [method, login]


def _password_policy(sheet: Sheet, reading: Reading) -> None:
    lengths = [*reading.on("security", "passwords", "min-length")]
    for policy in reading.on("aaa", "common-criteria", "policy"):
        lengths += policy.find("min-length")
    numbered = [(command, int(command.words[-1])) for command in lengths if command.words[-1].isdigit()]
    if not numbered:
        sheet.absent("pwd_policy_weak_or_missing", True, mark("no minimum length of passwords is set"))
        return
    short = [command for command, length in numbered if length < _MIN_LENGTH]
    sheet.line(
        "pwd_policy_weak_or_missing",
        bool(short),
        short or [command for command, _ in numbered],
        mark("a minimum length of passwords is set"),
    )


# --- records ------------------------------------------------------------------------------------------------------


def _records(sheet: Sheet, reading: Reading) -> None:
    switch = reading.switch("logging", "on")
    off = switch is not None and switch.negated
    hosts = [command for command in reading.on("logging") if _log_host(command)]
    if switch is not None and off:
        sheet.line("logging_disabled", True, [switch], mark("logging is switched off as a whole"))
        sheet.line("no_syslog_host", True, [switch], mark("logging is switched off as a whole"))
    else:
        sheet.default("logging_disabled", False, mark("logging is on by default"))
        if hosts:
            sheet.line("no_syslog_host", False, hosts, mark("logs go to this host"))
        else:
            sheet.absent("no_syslog_host", True, mark("there is no logging host"))
    stamp = _last(reading.find("service", "timestamps", "log"))
    why = mark("service timestamps says what a record carries")
    if stamp is None:
        sheet.absent("no_log_timestamps", True, mark("there is no service timestamps log datetime"))
    else:
        sheet.line("no_log_timestamps", stamp.negated or stamp.has("uptime"), [stamp], why)
    servers = [
        *reading.on("ntp", "server"),
        *reading.on("ntp", "peer"),
        *reading.on("sntp", "server"),
        *(command for command in reading.on("ntp", "multicast", "client")),
    ]
    if servers:
        sheet.line("no_ntp", False, servers, mark("time comes from this server"))
    else:
        sheet.absent("no_ntp", True, mark("there is no ntp server"))
    sheet.unknown("log_retention_short", mark("how long logs are kept is decided on the log host"))
    accounting = [*reading.on("aaa", "accounting", "exec"), *reading.on("aaa", "accounting", "commands")]
    archive = [
        command
        for view in reading.on("archive")
        for command in view.everything()
        if command.starts("logging", "enable")
    ]
    if accounting or archive:
        sheet.line("no_accounting", False, [*accounting, *archive], mark("what administrators do is recorded"))
    else:
        sheet.absent("no_accounting", True, mark("there is no aaa accounting of sessions or commands"))


def _log_host(command: Command) -> bool:
    words = command.folded
    if len(words) < 2:
        return False
    if words[1] == "host":
        return len(words) > 2
    return re.fullmatch(r"\d+\.\d+\.\d+\.\d+", words[1]) is not None


# --- packet filters ----------------------------------------------------------------------------------------------


def _access_lists(sheet: Sheet, reading: Reading, lists: dict[str, AccessList], bound: tuple[Binding, ...]) -> None:
    everything: list[Command | int] = []
    interfaces = [binding for binding in bound if binding.kind == "interface"]
    for binding in interfaces:
        entry = lists.get(binding.name)
        rule = permits_everything(entry.rules) if entry else None
        if rule is not None:
            everything += [rule.line, binding.command]
    sheet.weighed(
        "any_any_permit_applied",
        everything,
        [binding.command for binding in interfaces],
        why=mark("the list permits any packet and is bound here"),
        sound_why=mark("no list that is bound to an interface permits any packet"),
        absent_why=mark("no access list is bound to an interface"),
    )
    sheet.weighed(
        "acl_applied_undefined",
        [binding.command for binding in bound if binding.name not in lists],
        [binding.command for binding in bound],
        why=mark("the list that is bound here is not defined"),
        sound_why=mark("every list that is bound is defined"),
        absent_why=mark("no access list is bound"),
    )
    sheet.weighed(
        "acl_shadowed_or_redundant",
        [rule.line for entry in lists.values() for pair in covered(entry.rules) for rule in pair],
        (),
        why=mark("the later rule never decides anything, the earlier one covers it"),
        sound_why="",
        absent_why=mark("no rule of an access list covers a later one"),
    )
    sheet.weighed(
        "acl_disabled_rule",
        [
            inner
            for command in (*reading.find("access-list"), *reading.find("ip", "access-list"))
            for inner in (command, *command.inside)
            if inner.folded[-1] == "inactive"
        ],
        (),
        why=mark("the rule is kept but inactive"),
        sound_why="",
        absent_why=mark("no rule is inactive"),
    )


# --- cryptography -------------------------------------------------------------------------------------------------

_WEAK_TRANSFORMS = frozenset({"esp-des", "esp-3des", "esp-null", "esp-md5-hmac", "ah-md5-hmac"})
_WEAK_SSH = re.compile(r"3des|(^|-)des(-|$)|arcfour|md5|group1-sha1|group-exchange-sha1")
_WEAK_TLS = re.compile(r"tlsv1\.[01]|3des|rc4|-des-|md5")
_WEAK_WORDS = frozenset({"des", "3des", "md5"})
_WEAK_GROUPS = frozenset({"1", "2", "5", "group1", "group2", "group5"})


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


_IKE_WEAKNESSES = {
    "encr": _WEAK_WORDS,
    "encryption": _WEAK_WORDS,
    "hash": _WEAK_WORDS,
    "integrity": _WEAK_WORDS,
    "prf": _WEAK_WORDS,
    "group": _WEAK_GROUPS,
}


def _vpn_algorithms(reading: Reading) -> Iterator[tuple[Command, bool]]:
    """Lines that allow algorithms of IKE and IPsec, and whether one of them is weak."""
    for words in (("crypto", "isakmp", "policy"), ("crypto", "ikev2", "proposal"), ("crypto", "ikev1", "policy")):
        for policy in reading.on(*words):
            for command in policy.inside:
                if command.folded[0] in _IKE_WEAKNESSES:
                    yield command, not _IKE_WEAKNESSES[command.folded[0]].isdisjoint(command.folded[1:])
    for command in reading.on("crypto", "ipsec", "transform-set"):
        yield command, not _WEAK_TRANSFORMS.isdisjoint(command.folded)
    for command in reading.on("set", "pfs"):
        yield command, not _WEAK_GROUPS.isdisjoint(command.folded)


def _channel_algorithms(reading: Reading) -> Iterator[tuple[Command, bool]]:
    """The same for SSH, SNMPv3, TLS and WLAN."""
    for command in reading.on("ip", "ssh", "server", "algorithm"):
        yield command, any(_WEAK_SSH.search(word) for word in command.folded[4:])
    for command in reading.on("snmp-server", "user"):
        if command.has("auth") or command.has("priv"):
            yield command, not {"md5", "des", "des56", "3des"}.isdisjoint(command.folded[4:])
    for command in (*reading.on("ip", "http", "tls-version"), *reading.on("ip", "http", "secure-ciphersuite")):
        yield command, any(_WEAK_TLS.search(word) for word in command.folded)
    for command in (*reading.on("encryption"), *reading.on("dot11")):
        if command.has("ciphers") or command.has("wep"):
            yield command, not {"wep", "wep40", "wep128", "tkip"}.isdisjoint(command.folded)


# --- accounts and ports -------------------------------------------------------------------------------------------


def _accounts(sheet: Sheet, reading: Reading) -> None:
    users: dict[str, list[Command]] = {}
    for command in reading.on("username"):
        if len(command.words) > 1:
            users.setdefault(command.words[1], []).append(command)
    default = [commands[0] for name, commands in users.items() if name.lower() in _DEFAULT_ACCOUNTS]
    if default:
        sheet.line("default_account", True, default, mark("the account has a name that everybody tries first"))
    elif users:
        sheet.line(
            "default_account",
            False,
            [commands[0] for commands in users.values()],
            mark("no local account has a well-known name"),
        )
    else:
        sheet.absent("default_account", False, mark("there is no local account"))
    top = {
        name
        for name, commands in users.items()
        if any(command.after("privilege")[:1] == ("15",) for command in commands)
    }
    why = mark("privilege says which rights a local account has")
    if len(users) < 2:
        sheet.unknown("no_role_separation", mark("with fewer than two local accounts, roles are decided elsewhere"))
    else:
        evidence = [commands[0] for name, commands in users.items() if name in top or len(top) < len(users)]
        sheet.line("no_role_separation", len(top) == len(users), evidence, why)
    central = [
        command
        for command in reading.on("aaa", "authentication", "login")
        if command.has("group") and not command.has("local-case")
    ]
    if central:
        sheet.line("no_central_aaa", False, central, mark("logins are checked by a server group"))
    else:
        sheet.absent("no_central_aaa", True, mark("no login method names a server group"))


_PHYSICAL = re.compile(
    r"(fastethernet|gigabitethernet|tengigabitethernet|twogigabitethernet|ethernet)\S*\d", re.IGNORECASE
)
# Lines that say nothing about a port's use.
_IDLE_WORDS = frozenset({"shutdown", "duplex", "speed", "negotiation", "mop", "switchport", "media-type", "ip", "cdp"})


def _ports(sheet: Sheet, reading: Reading) -> None:
    ports = [
        interface
        for interface in reading.find("interface")
        if len(interface.words) > 1 and _PHYSICAL.match("".join(interface.words[1:])) and "." not in interface.words[-1]
    ]
    idle = [interface for interface in ports if not any(_uses(command) for command in interface.inside)]
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


def _uses(command: Command) -> bool:
    if command.negated:
        return False
    word = command.folded[0]
    return word not in _IDLE_WORDS or (word in ("switchport", "ip") and len(command.folded) > 1)
