"""How a device is reached and who gets in: Telnet, SSH, web, sources, idle sessions, logins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.huawei.filters import limited, opening_rules
from configs.facts import controls
from configs.reading import Command, Reading, Sheet, last
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.dialects.huawei.filters import AccessList, Key


_IDLE_LIMIT = 600  # seconds; GB/T 22239 names no number, assessors use 10 minutes (a profile may differ)
_MIN_LENGTH = 8
# VTY 16-20 exist for network management stations only; the device writes them into every configuration.
_NMS_TERMINAL = 16
# Major release → first R number whose default is known: local accounts are locked after 3 failures.
# 200: S switches (local-aaa-user wrong-password); 800: NE routers (local-user state).
_LOCKED_SINCE = {200: 10, 800: 0}
# SSH 1 compatibility is off without a line: NE8000 and USG references; S switches: off unless saved otherwise.
_SSH1_OFF_SINCE = {200: 10, 500: 0, 600: 0, 800: 0}
# The console asks for a password or AAA from the first login on (a line then says so).
_CONSOLE_GUARDED_SINCE = {200: 10, 500: 0, 600: 0, 800: 0}


def _known(release: tuple[int, int] | None, table: dict[int, int]) -> bool:
    return release is not None and release[0] in table and release[1] >= table[release[0]]


def _is_on(command: Command) -> bool:
    """`… enable` and `undo … disable` switch on."""
    return command.negated == command.has("disable")


def _inbound(terminals: Iterable[Command]) -> list[Command]:
    """The `protocol inbound` in force of each terminal that has one."""
    found = (last(command for command in line.find("protocol", "inbound")) for line in terminals)
    return [command for command in found if command is not None and not command.negated]


def _telnet_server(reading: Reading) -> list[Command]:
    return [
        command
        for command in reading.find("telnet")
        if command.has("server") and command.folded[-1] in ("enable", "disable")
    ]


def telnet(sheet: Sheet, reading: Reading, terminals: tuple[Command, ...]) -> None:
    """`telnet_mgmt`: the server and what the terminals let in."""
    terminals = _for_people(terminals)
    switches = _telnet_server(reading)
    states = {command.folded[:-1]: command for command in switches}.values()
    on = [command for command in states if _is_on(command)]
    inbound = _inbound(terminals)
    accepting = [command for command in inbound if not {"telnet", "all"}.isdisjoint(command.folded)]
    if switches and not on:
        without = [] if accepting else inbound
        sheet.line("telnet_mgmt", False, [*states, *without], mark("the Telnet server is switched off"))
    elif terminals and len(inbound) == len(terminals) and not accepting:
        sheet.line("telnet_mgmt", False, inbound, mark("protocol inbound leaves Telnet out on every VTY"))
    elif on or accepting:
        sheet.line("telnet_mgmt", True, [*on, *accepting], mark("the Telnet server or protocol inbound lets Telnet in"))
    else:
        sheet.unknown(
            "telnet_mgmt", mark("no line says whether Telnet is served, and the default differs between releases")
        )


def ssh(sheet: Sheet, reading: Reading, release: tuple[int, int] | None) -> None:
    """`ssh_v1`."""
    command = last(
        command for command in reading.find("ssh") if any(word.startswith("compatible-ssh1") for word in command.folded)
    )
    if command is not None:
        sheet.line("ssh_v1", _is_on(command), [command], mark("compatible-ssh1x says whether protocol 1 is served"))
    elif _known(release, _SSH1_OFF_SINCE):
        sheet.default("ssh_v1", False, mark("protocol 1 is off in this release unless a line says otherwise"))
    else:
        sheet.unknown("ssh_v1", mark("there is no compatible-ssh1x line, and the default depends on the release"))


def web_and_services(sheet: Sheet, reading: Reading) -> None:
    """`http_mgmt` and `insecure_services`."""
    web = [
        *(command for command in reading.find("http", "server") if command.folded[-1] in ("enable", "disable")),
        *(
            command
            for command in reading.find("web-manager")
            if len(command.folded) > 1 and command.folded[1] in ("enable", "http")
        ),
    ]
    switch = last(sorted(web, key=lambda command: command.line))
    if switch is None:
        sheet.unknown(
            "http_mgmt", mark("no line says whether the web server is on, and the default depends on the model")
        )
    else:
        sheet.line("http_mgmt", _is_on(switch), [switch], mark("the plain web server is switched here"))
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


def sources(sheet: Sheet, reading: Reading, terminals: tuple[Command, ...], lists: dict[Key, AccessList]) -> None:
    """`vty_no_acl`: who may reach the terminals. A list of IPv6 alone leaves IPv4 open."""
    servers = {
        word: [one for one in reading.on(word) if one.has("server") and one.has("acl") and not one.has("ipv6")]
        for word in ("ssh", "telnet")
    }
    if not terminals:
        sheet.unknown("vty_no_acl", mark("there is no user-interface vty in this text"))
        return
    people = _for_people(terminals)
    opened: list[Command] = []
    opening: list[int] = []
    closing: list[Command] = []
    for line in people:
        filters = [one for one in line.find("acl") if not one.negated and one.has("inbound") and not one.has("ipv6")]
        if not filters and servers["ssh"] and (servers["telnet"] or not _takes_telnet(reading, line)):
            filters = [*servers["ssh"], *servers["telnet"]]
        if not filters:
            opened.append(line)
        for command in filters:
            if limited(command, lists):
                closing.append(command)
            else:
                opened += [line, command]
                opening += opening_rules(command, lists)
    if opened:
        sheet.line(
            "vty_no_acl",
            True,
            [*opened, *opening],
            mark("a VTY has no inbound access list, or its list is not defined or permits any source"),
        )
    else:
        sheet.line("vty_no_acl", False, closing, mark("every VTY is limited by an access list"))


def _takes_telnet(reading: Reading, line: Command) -> bool:
    """Whether a line switches the Telnet server on and this terminal lets Telnet in."""
    states = {command.folded[:-1]: command for command in _telnet_server(reading)}.values()
    inbound = last(line.find("protocol", "inbound"))
    closed = inbound is not None and not inbound.negated and {"telnet", "all"}.isdisjoint(inbound.folded)
    return any(map(_is_on, states)) and not closed


def _for_people(terminals: tuple[Command, ...]) -> tuple[Command, ...]:
    return tuple(line for line in terminals if not _for_stations(line)) or terminals


def _for_stations(line: Command) -> bool:
    return line.folded[2].isdigit() and int(line.folded[2]) >= _NMS_TERMINAL


def sessions(sheet: Sheet, lines: tuple[Command, ...], reading: Reading) -> None:
    """`idle_timeout_disabled` and `idle_timeout_over_10min`."""
    timeouts = [
        command for line in lines if (command := last(line.find("idle-timeout"))) is not None and not command.negated
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


def login(sheet: Sheet, reading: Reading, lines: tuple[Command, ...], release: tuple[int, int] | None) -> None:
    """`auth_none`, `no_login_lockout`, `pwd_policy_weak_or_missing`, `no_banner`."""
    modes = {line.line: last(line.find("authentication-mode")) for line in lines}
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
    shared = [one for one in said if one.folded[1:2] == ("password",)]
    controls.put(sheet, "shared_password_login", weak=shared, sound=[one for one in said if one.has("aaa")])
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
    command = last(
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
        *reading.on("password-policy", "level"),
        *(level for view in reading.on("password-policy") for level in view.find("level")),
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
