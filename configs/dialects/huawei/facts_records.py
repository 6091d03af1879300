"""What is recorded, with which time, and who the accounts belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.reading import Command, Reading, Sheet, last
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator


_DEFAULT_ACCOUNTS = frozenset({"admin", "root", "huawei", "administrator"})
_TOP_LEVELS = frozenset({"3", "15"})


def records(sheet: Sheet, reading: Reading) -> None:
    """`logging_disabled`, `no_syslog_host`, `no_log_timestamps`, `no_ntp`, `log_retention_short`, `no_accounting`."""
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
    stamp = last(reading.on("info-center", "timestamp", "log"))
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


def _users(reading: Reading) -> Iterator[tuple[str, Command]]:
    for word in ("local-user", "manager-user"):
        for command in reading.on(word):
            if len(command.words) > 1 and command.folded[1] not in ("policy", "authentication", "expire"):
                yield command.words[1], command


def accounts(sheet: Sheet, reading: Reading) -> None:
    """`default_account`, `no_role_separation`, `no_central_aaa`."""
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
