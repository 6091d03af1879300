"""What an ASA or PIX configuration says about the device's security, as vendor-independent facts.

Sources: Cisco "ASA Series Command Reference": telnet, ssh, http (each line names the sources of one interface; without
one nobody gets in), `http server` serves HTTPS only, `ssh version` (1 and 2 by default; 2 alone since 9.9, and 9.16
removed version 1: release notes, unverified on devices),
`console timeout` (0 by default), `ssh timeout` and `telnet timeout` (5 minutes), `aaa local authentication attempts
max-fail`, `password-policy`, `logging enable` (off by default), `snmp-server host` (only the hosts named may ask).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.cisco_asa import facts_controls, facts_filters, facts_secrets
from configs.facts import controls, judging
from configs.facts.judging import Community
from configs.reading import Command, Reading, Sheet, last
from inventory.text import mark

if TYPE_CHECKING:
    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "cisco_asa"
_VIEWS = frozenset({
    "interface", "object", "object-group", "router", "policy-map", "class-map", "tunnel-group", "route-map",
    "group-policy", "aaa-server",
})  # fmt: skip
_DEFAULT_ACCOUNTS = frozenset({"admin", "root", "cisco", "asa", "pix", "administrator"})
_ANY = ("0.0.0.0", "0")  # noqa: S104 - as the device writes any source
# The first release in which SSH version 1 has to be asked for by a line (ASA 9.9 release notes).
_SSH2_ONLY = (9, 9)


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    reading = Reading(tree, "no", lambda words: words[0] in _VIEWS)
    sheet = Sheet()
    _access(sheet, reading)
    _snmp(sheet, reading)
    facts_secrets.passwords(sheet, reading)
    _sessions(sheet, reading)
    _records(sheet, reading)
    facts_filters.filters(sheet, tree, reading)
    facts_secrets.crypto(sheet, reading)
    _accounts(sheet, reading)
    facts_controls.read(sheet, reading, list(facts_secrets.of_tunnels(reading)))
    return sheet.facts(PLATFORM, tree.encoding)


def _release(reading: Reading) -> tuple[int, int] | None:
    for command in reading.top[:12]:
        found = re.match(r"(?:asa|pix) version (\d+)\.(\d+)", " ".join(command.folded))
        if found:
            return int(found[1]), int(found[2])
    return None


def _admitted(reading: Reading, service: str) -> list[Command]:
    """`{ssh | telnet | http} ADDRESS MASK INTERFACE`: who may come."""
    return [
        command
        for command in reading.on(service)
        if len(command.words) >= 3 and (re.match(r"\d", command.words[1]) or ":" in command.words[1])
    ]


def _web(reading: Reading) -> Command | None:
    return last(one for one in reading.find("http", "server") if one.folded[2:3] == ("enable",))


def _access(sheet: Sheet, reading: Reading) -> None:
    telnet, ssh, http = (_admitted(reading, service) for service in ("telnet", "ssh", "http"))
    if telnet:
        sheet.line("telnet_mgmt", True, telnet, mark("Telnet is accepted from these sources"))
    else:
        sheet.absent("telnet_mgmt", False, mark("no line lets Telnet in"))
    version = last(one for one in reading.on("ssh", "version"))
    release = _release(reading)
    if version is not None:
        sheet.line("ssh_v1", version.words[2:3] == ("1",), [version], mark("ssh version says which protocol is served"))
    elif release is not None and release >= _SSH2_ONLY:
        sheet.default("ssh_v1", False, mark("the server speaks SSH version 2 only"))
    elif release is not None and ssh:
        sheet.default("ssh_v1", True, mark("without ssh version this release serves protocol 1 and 2"), ssh)
    else:
        sheet.unknown("ssh_v1", mark("there is no ssh version line, and the default depends on the release"))
    server = _web(reading)
    serving = server is not None and not server.negated
    if server is not None:
        sheet.line("http_mgmt", False, [server], mark("the web server is served by HTTPS only"))
    else:
        sheet.default("http_mgmt", False, mark("the web server is off by default and knows HTTPS only"))
    web = http if serving else []
    _sources(sheet, [*ssh, *telnet, *web])
    _outside(sheet, reading, [*ssh, *telnet, *web])
    judging.services(sheet, (), (), default_off=True)
    methods = [one for one in reading.on("aaa", "authentication") if one.folded[3:4] == ("console",)]
    serial = [one for one in methods if one.folded[2] == "serial"]
    ways = [one for one in methods if one.folded[2] in ("serial", "ssh", "telnet", "http")]
    controls.put(sheet, "shared_password_login", sound=ways)
    if serial:
        sheet.line("auth_none", False, methods, mark("every line asks for a login"))
    else:
        sheet.default("auth_none", True, mark("the console asks for nothing without aaa authentication serial console"))


def _sources(sheet: Sheet, admitted: list[Command]) -> None:
    opened = [one for one in admitted if one.words[1] in _ANY or one.words[1] == "::/0"]
    if opened:
        sheet.line("vty_no_acl", True, opened, mark("this line lets any source in"))
    elif admitted:
        sheet.line("vty_no_acl", False, admitted, mark("remote management is limited to listed sources"))
    else:
        sheet.absent("vty_no_acl", False, mark("no line lets anybody manage the device over the network"))


def _outside(sheet: Sheet, reading: Reading, admitted: list[Command]) -> None:
    names: dict[str, bool] = {}
    for interface in reading.find("interface"):
        name = last(interface.find("nameif"))
        level = last(interface.find("security-level"))
        if name is not None and not name.negated and len(name.words) > 1:
            zero = level is not None and level.words[1:2] == ("0",)
            names[name.words[1]] = zero or name.folded[1] in ("outside", "internet", "wan", "untrust")
    for command in reading.on("nameif"):  # PIX: `nameif ethernet0 outside security0`
        if len(command.words) > 3:
            names[command.words[2]] = command.folded[3] in ("security0", "0")
    found = [one for one in admitted if names.get(one.words[-1], one.folded[-1] == "outside")]
    if found:
        sheet.line(
            "mgmt_service_on_untrust", True, found, mark("a management service is allowed on an outer interface")
        )
    elif names:
        sheet.absent(
            "mgmt_service_on_untrust", False, mark("no management service is permitted on an untrusted interface")
        )
    else:
        sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))


def _snmp(sheet: Sheet, reading: Reading) -> None:
    hosts = [one for one in reading.on("snmp-server") if one.folded[1:2] in (("host",), ("host-group",))]
    found = []
    for command in reading.on("snmp-server"):
        name = command.words[2:3] if command.folded[1:2] == ("community",) else command.after("community")
        if not name or (command.folded[1:2] != ("community",) and command.folded[1] not in ("host", "host-group")):
            continue
        text = name[-1] if name[0] in ("0", "8") else name[0]
        hidden = set(text) == {"*"} or name[0] == "8"
        found.append(
            Community(command, "" if hidden else text, writes=False, limited=bool(hosts), sources=tuple(hosts))
        )
    judging.communities(sheet, found, reading.on("snmp-server", "user"))


def _sessions(sheet: Sheet, reading: Reading) -> None:
    timeouts: list[tuple[judging.Line, int]] = []
    for words in (
        ("telnet", "timeout"),
        ("ssh", "timeout"),
        ("console", "timeout"),
        ("http", "server", "idle-timeout"),
    ):
        command = last(reading.on(*words))
        if command is not None and command.words[-1].isdigit():
            timeouts.append((command, 60 * int(command.words[-1])))
    why = mark("timeout lines say when an idle session ends")
    judging.idle(sheet, timeouts, why, unknown_why=mark("no line says when an idle session ends"))
    limits = reading.on("aaa", "local", "authentication", "attempts", "max-fail")
    lack = mark("there is no limit of failed logins")
    judging.wanted(sheet, "no_login_lockout", limits, mark("failures lock the account"), lack)
    lengths = [one for one in reading.on("password-policy", "minimum-length") if one.words[-1].isdigit()]
    short = [one for one in lengths if int(one.words[-1]) < judging.MIN_LENGTH]
    name = "pwd_policy_weak_or_missing"
    if lengths:
        sheet.line(name, bool(short), short or lengths, mark("a minimum length of passwords is set"))
    else:
        sheet.absent(name, True, mark("no minimum length of passwords is set"))
    banners = [
        one for one in reading.on("banner") if one.folded[1:2] and one.folded[1] in ("login", "motd", "exec", "asdm")
    ]
    have, lack = mark("a banner is shown at login"), mark("there is no banner login or banner motd")
    judging.wanted(sheet, "no_banner", banners, have, lack)


def _records(sheet: Sheet, reading: Reading) -> None:
    switch = reading.switch("logging", "enable") or reading.switch("logging", "on")
    hosts = reading.on("logging", "host")
    on = switch is not None and not switch.negated
    if switch is not None:
        sheet.line(
            "logging_disabled", switch.negated, [switch], mark("logging enable says whether anything is recorded")
        )
    else:
        sheet.default("logging_disabled", True, mark("logging is off by default"))
    if hosts and switch is not None and not on:
        sheet.line("no_syslog_host", True, [switch], mark("logging is switched off as a whole"))
    else:
        judging.wanted(sheet, "no_syslog_host", hosts, mark("logs go to this host"), mark("there is no logging host"))
    judging.wanted(
        sheet, "no_log_timestamps", reading.on("logging", "timestamp"), mark("log records carry date and time"),
        mark("there is no logging timestamp"),
    )  # fmt: skip
    servers = reading.on("ntp", "server")
    judging.wanted(sheet, "no_ntp", servers, mark("time comes from this server"), mark("there is no ntp server"))
    sheet.unknown("log_retention_short", mark("how long logs are kept is decided on the log host"))
    accounting = [
        one for one in reading.on("aaa", "accounting") if one.folded[2:3] in (("command",), ("ssh",), ("enable",))
    ]
    judging.wanted(
        sheet, "no_accounting", accounting, mark("what administrators do is recorded"),
        mark("there is no aaa accounting of sessions or commands"),
    )  # fmt: skip


def _accounts(sheet: Sheet, reading: Reading) -> None:
    users: dict[str, judging.Line] = {}
    top = set()
    for command in reading.on("username"):
        if len(command.words) > 2 and command.folded[2] != "attributes":
            users.setdefault(command.words[1], command)
            if command.after("privilege")[:1] == ("15",):
                top.add(command.words[1])
    judging.accounts(sheet, users, _DEFAULT_ACCOUNTS, local=True)
    judging.roles(sheet, users, top)
    central = [
        one for one in reading.on("aaa", "authentication")
        if one.folded[3:4] == ("console",) and one.words[4:5] and one.words[4] != "LOCAL"
    ]  # fmt: skip
    have, lack = mark("logins are checked by a server group"), mark("no login method names a server group")
    judging.wanted(sheet, "no_central_aaa", central, have, lack)
