"""How a device is reached and who gets in: Telnet, SSH, web, sources, idle sessions, logins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.hp_comware.facts_lists import named
from configs.facts import controls, judging
from configs.reading import Command, Reading, Sheet, last
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.dialects.hp_comware.facts_lists import Lists

_DEFAULTS_KNOWN = 7  # the release from which on a missing line about a server means that it is off


def read(sheet: Sheet, reading: Reading, lists: Lists, release: int) -> None:
    """The facts about reaching the device and logging in."""
    lines = [
        command
        for word in ("user-interface", "line")
        for command in reading.views(word)
        if len(command.folded) > 1 and command.folded[1] in ("con", "aux", "vty", "tty", "usb", "class")
    ]
    terminals = [line for line in lines if line.folded[1] == "vty"]
    telnet = _telnet(sheet, reading, terminals, release)
    _ssh(sheet, reading, release)
    _web(sheet, reading, release)
    _sources(sheet, reading, terminals, lists, telnet=telnet)
    _sessions(sheet, reading, lines)
    _no_login(sheet, lines)
    _password_control(sheet, reading)
    judging.wanted(
        sheet, "no_banner", [command for command in reading.on("header") if len(command.words) > 1],
        mark("a banner is shown at login"), mark("there is no header line"),
    )  # fmt: skip


def _is_on(command: Command) -> bool:
    """`… enable` and `undo … disable` switch on; `undo … enable` and `undo …` off."""
    return command.negated == command.has("disable")


def _switch(reading: Reading, first: str, *rest: str) -> Command | None:
    return last(
        command
        for command in reading.find(first)
        if command.folded[1 : 1 + len(rest)] == rest
        and (command.folded[-1] in ("enable", "disable") or (command.negated and len(command.folded) <= 1 + len(rest)))
    )


def _inbound(terminals: Iterable[Command]) -> list[Command]:
    found = (last(line.find("protocol", "inbound")) for line in terminals)
    return [command for command in found if command is not None and not command.negated]


def _telnet(sheet: Sheet, reading: Reading, terminals: list[Command], release: int) -> bool | None:
    switch = _switch(reading, "telnet", "server")
    inbound = _inbound(terminals)
    accepting = [command for command in inbound if not {"telnet", "all"}.isdisjoint(command.folded)]
    name = "telnet_mgmt"
    if switch is not None and not _is_on(switch):
        without = [] if accepting else inbound
        sheet.line(name, False, [switch, *without], mark("the Telnet server is switched off"))
        return False
    if terminals and len(inbound) == len(terminals) and not accepting:
        sheet.line(name, False, inbound, mark("protocol inbound leaves Telnet out on every VTY"))
        return False
    if switch is not None:
        sheet.line(name, True, [switch, *accepting], mark("the Telnet server or protocol inbound lets Telnet in"))
        return True
    if release >= _DEFAULTS_KNOWN:
        sheet.default(name, False, mark("the Telnet server is off by default"))
        return False
    if accepting and any(command.has("telnet") for command in accepting):
        sheet.line(name, True, accepting, mark("the Telnet server or protocol inbound lets Telnet in"))
        return True
    sheet.unknown(name, mark("no line says whether Telnet is served, and the default differs between releases"))
    return None


def _ssh(sheet: Sheet, reading: Reading, release: int) -> None:
    command = last(one for one in reading.find("ssh", "server") if "compatible-ssh1x" in one.folded)
    if command is not None:
        sheet.line("ssh_v1", _is_on(command), [command], mark("compatible-ssh1x says whether protocol 1 is served"))
    elif release >= _DEFAULTS_KNOWN:
        sheet.default("ssh_v1", False, mark("protocol 1 is off in this release unless a line says otherwise"))
    else:
        sheet.unknown("ssh_v1", mark("there is no compatible-ssh1x line, and the default depends on the release"))


def _web(sheet: Sheet, reading: Reading, release: int) -> None:
    switch = _switch(reading, "ip", "http")
    if switch is not None:
        sheet.line("http_mgmt", _is_on(switch), [switch], mark("the plain web server is switched here"))
    elif release >= _DEFAULTS_KNOWN:
        sheet.default("http_mgmt", False, mark("the plain web server is off by default"))
    else:
        sheet.unknown(
            "http_mgmt", mark("no line says whether the web server is on, and the default depends on the model")
        )
    switches = [
        one for one in (_switch(reading, "ftp", "server"), _switch(reading, "tftp", "server")) if one is not None
    ]
    on, off = [one for one in switches if _is_on(one)], [one for one in switches if not _is_on(one)]
    judging.services(sheet, on, off, default_off=True)


def _sources(sheet: Sheet, reading: Reading, terminals: list[Command], lists: Lists, *, telnet: bool | None) -> None:
    """`vty_no_acl`: lists of the servers, or of every terminal."""
    closing: dict[str, Command] = {}
    for server in ("telnet", "ssh"):
        for command in reading.on(server, "server"):
            key = named(command, "acl")
            if key is not None and key[0] == "4" and lists.limits(key):
                closing[server] = command
    if "ssh" in closing and (telnet is False or "telnet" in closing):
        sheet.line("vty_no_acl", False, closing.values(), mark("the servers are limited by an access list"))
        return
    if not terminals:
        sheet.unknown("vty_no_acl", mark("there is no VTY line in this text"))
        return
    opened: list[Command] = []
    limited: list[Command] = []
    for line in terminals:
        filters = [one for one in line.find("acl") if not one.negated and one.has("inbound") and not one.has("ipv6")]
        good = [one for one in filters if (key := named(one, "acl")) is not None and lists.limits(key)]
        limited += good
        if not good:
            opened += [line, *filters]
    if opened:
        rules = [number for one in opened if one.starts("acl") for number in lists.opening(named(one, "acl"))]
        why = mark("a VTY has no inbound access list, or its list is not defined or permits any source")
        sheet.line("vty_no_acl", True, [*opened, *rules], why)
    else:
        sheet.line("vty_no_acl", False, limited, mark("every VTY is limited by an access list"))


def _sessions(sheet: Sheet, reading: Reading, lines: list[Command]) -> None:
    timeouts: list[tuple[judging.Line, int]] = []
    for line in lines:
        command = last(line.find("idle-timeout"))
        if command is not None:
            numbers = [int(word) for word in command.words[1:3] if word.isdigit()]
            seconds = sum(number * unit for number, unit in zip(numbers, (60, 1), strict=False))
            if not command.negated:
                timeouts.append((command, seconds))
    web = last(reading.on("web", "idle-timeout"))  # minutes
    if web is not None and web.words[-1].isdigit():
        timeouts.append((web, 60 * int(web.words[-1])))
    judging.idle(
        sheet, timeouts, mark("idle-timeout says when an idle session ends"),
        default_why=mark("idle-timeout is 10 minutes by default") if lines else "",
        unknown_why=mark("there is no line section in this text"),
    )  # fmt: skip


def _no_login(sheet: Sheet, lines: list[Command]) -> None:
    """`auth_none`. Console and AUX ask for nothing unless a line, or one for their class, says otherwise."""
    classes = {
        line.folded[2]: last(line.find("authentication-mode"))
        for line in lines
        if line.folded[1] == "class" and len(line.folded) > 2
    }
    none: list[Command] = []
    said: list[Command] = []
    silent: list[Command] = []
    for line in lines:
        kind = line.folded[1]
        if kind == "class":
            continue
        mode = last(line.find("authentication-mode")) or classes.get({"con": "console"}.get(kind, kind))
        if mode is not None and not mode.negated:
            (none if mode.folded[1:2] == ("none",) else said).append(mode)
        elif kind in ("con", "aux"):
            silent.append(line)
    shared = [one for one in said if one.folded[1:2] == ("password",)]
    controls.put(sheet, "shared_password_login", weak=shared, sound=[one for one in said if one.has("scheme")])
    if none:
        sheet.line("auth_none", True, none, mark("this line lets anybody in"))
    elif silent:
        sheet.default(
            "auth_none", True, mark("a console or AUX line without authentication-mode asks for nothing"), silent
        )
    elif said:
        sheet.line("auth_none", False, said, mark("every line asks for a login"))
    elif any(line.folded[1] == "vty" for line in lines):
        sheet.default("auth_none", False, mark("VTY lines ask for a password by default"))
    else:
        sheet.unknown("auth_none", mark("this text does not show how its lines authenticate"))


def _password_control(sheet: Sheet, reading: Reading) -> None:
    switch = last(
        one
        for one in reading.find("password-control")
        if one.folded[1:] == ("enable",) or one.folded[1:2] == ("enable",)
    )
    on = [switch] if switch is not None and not switch.negated else []
    # `exceed unlock` counts failures and lets go on; without the word an account is locked for a minute.
    limits = reading.on("password-control", "login-attempt")
    free = [one for one in limits if one.has("unlock")]
    locks = [*limits, *on]
    if free and len(free) == len(limits):
        sheet.line("no_login_lockout", True, free, mark("failures are counted, and nobody is locked out"))
    elif locks:
        sheet.line("no_login_lockout", False, locks, mark("failures lock the account"))
    else:
        sheet.absent("no_login_lockout", True, mark("there is no password-control line about failed logins"))
    name, why = "pwd_policy_weak_or_missing", mark("this line sets the password policy")
    lengths = [one for one in reading.on("password-control", "length") if one.words[-1].isdigit()]
    short = [one for one in lengths if int(one.words[-1]) < judging.MIN_LENGTH]
    off = last(reading.find("password-control", "length", "enable"))
    if off is not None and off.negated:
        sheet.line(name, True, [off], mark("the length of passwords is not checked"))
    elif short:
        sheet.line(name, True, short, why)
    elif lengths and not on:
        sheet.line(name, True, lengths, mark("the length is checked only if password-control is switched on"))
    elif lengths or on:
        sheet.line(name, False, [*on, *lengths], why)
    else:
        sheet.absent(name, True, mark("password-control is not switched on"))
