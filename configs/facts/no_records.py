"""What is recorded, with which time, and who the accounts belong to."""

from __future__ import annotations

import re

from configs.reading import Command, Reading, Sheet, last
from inventory.text import mark

# Names that everybody tries first, whoever made the device; a dialect adds its vendor's.
_DEFAULT_ACCOUNTS = frozenset({"admin", "root", "administrator"})


def records(sheet: Sheet, reading: Reading) -> None:
    """`logging_disabled`, `no_syslog_host`, `no_ntp`, `log_retention_short`, `no_accounting`."""
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
    servers = [
        *reading.on("ntp", "server"),
        *reading.on("ntp", "peer"),
        *reading.on("sntp", "server"),
        *(one for view in reading.on("ntp") if len(view.words) == 1 for one in view.find("server")),
        *(one for view in reading.on("ntp") if len(view.words) == 1 for one in view.find("peer")),
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


def timestamps(sheet: Sheet, reading: Reading) -> None:
    """`no_log_timestamps`."""
    stamp = last(reading.find("service", "timestamps", "log"))
    why = mark("service timestamps says what a record carries")
    if stamp is None:
        sheet.absent("no_log_timestamps", True, mark("there is no service timestamps log datetime"))
    else:
        sheet.line("no_log_timestamps", stamp.negated or stamp.has("uptime"), [stamp], why)


def _log_host(command: Command) -> bool:
    words = command.folded
    if len(words) < 2:
        return False
    if words[1] in ("host", "server"):
        return len(words) > 2
    if words[1] == "vrf":
        return len(words) > 3 and words[3] != "source-interface"
    return re.fullmatch(r"\d+\.\d+\.\d+\.\d+", words[1]) is not None


def accounts(sheet: Sheet, reading: Reading, usual: frozenset[str]) -> None:
    """`default_account`, `no_role_separation`, `no_central_aaa`."""
    users: dict[str, list[Command]] = {}
    for command in reading.on("username"):
        if len(command.words) > 1:
            users.setdefault(command.words[1], []).append(command)
    for command in reading.on("webmaster"):  # the web page's accounts: `webmaster level N username NAME password …`
        for name in command.after("username")[:1]:
            users.setdefault(name, []).append(command)
    default = [commands[0] for name, commands in users.items() if name.lower() in _DEFAULT_ACCOUNTS | usual]
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
    top = {name for name, commands in users.items() if any(_is_top(command) for command in commands)}
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


_TOP_ROLES = frozenset({"network-admin", "vdc-admin", "root-lr", "root-system"})


def _is_top(command: Command) -> bool:
    """Whether an account has the highest rights: privilege 15, or a role or group with this meaning."""
    if command.after("privilege")[:1] == ("15",):
        return True
    own = (command, *command.inside)
    return any(not _TOP_ROLES.isdisjoint((*one.after("role"), *one.after("group"))) for one in own)
