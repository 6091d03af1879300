"""How a device is reached and who gets in: Telnet, SSH, web, sources, idle sessions, logins.

An access list without a rule keeps nobody out, as one that is not defined. A console and an auxiliary port ask for
nothing unless a line says so, terminals (VTY) do ("Cisco IOS Terminal Services Command Reference", login).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.facts import controls
from configs.facts.judging import IDLE_LIMIT as _IDLE_LIMIT
from configs.facts.judging import MIN_LENGTH as _MIN_LENGTH
from configs.meaning.filters import permits_any_source
from configs.meaning.no_lists import terminal_list
from configs.reading import Command, Reading, Sheet, last
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.meaning.no_lists import AccessList


_INWARD = frozenset({"in", "ingress"})
# Small servers are off since 12.0, finger since 12.1(5) ("ip finger", Configuration Fundamentals Command Reference).
_SERVICES_OFF_SINCE = (12, 2)
# A VTY line without `transport input` accepts every protocol up to 16.x; later trains ship `transport input ssh`.
# Unverified for 17 and later, where nothing is concluded from a missing line.
_VTY_OPEN_UNTIL = (16, 99)
# SSH 1.99 (versions 1 and 2) is the default up to 15.x ("ip ssh version"); unverified for IOS XE.
_SSH_199_UNTIL = (15, 99)


def sources(sheet: Sheet, terminals: tuple[Command, ...], lists: dict[str, AccessList]) -> None:
    """`vty_no_acl`: who may reach the terminals."""
    reachable = tuple(line for line in terminals if _transports(line) != ())
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
    opening: list[int] = []
    closing: list[Command] = []
    for line in reachable:
        filters = [one for one in line.find("access-class") if not one.negated and not _INWARD.isdisjoint(one.folded)]
        filters += [command for command in line.find("ipv6", "access-class") if not command.negated]
        if all(command.starts("ipv6") for command in filters):
            open_lines.append(line)  # a list of IPv6 alone leaves IPv4 open
            continue
        for command in filters:
            entry = lists.get(terminal_list(command))
            rule = permits_any_source(entry.rules) if entry else None
            if entry is None or rule is not None or not (entry.rules or entry.unclear):
                open_lines += [line, command]
                opening += [rule.line] if rule is not None else []
            else:
                closing.append(command)
    if open_lines:
        sheet.line(
            "vty_no_acl",
            True,
            [*open_lines, *opening],
            mark("a VTY line has no access-class, or its list is not defined or permits any source"),
        )
    else:
        sheet.line("vty_no_acl", False, closing, mark("every VTY line is limited by an access list"))


def _transports(line: Command) -> tuple[str, ...] | None:
    """The protocols of `transport input`; () for none, None if the line does not say."""
    command = last(line.find("transport", "input"))
    if command is None:
        return None
    if command.negated or command.has("none"):
        return ()
    return command.folded[2:]


def _inputs(terminals: Iterable[Command]) -> Iterator[Command]:
    for line in terminals:
        yield from line.find("transport", "input")


def telnet(sheet: Sheet, terminals: tuple[Command, ...], release: tuple[int, int] | None) -> None:
    """`telnet_mgmt`: what the VTY lines let in."""
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


def ssh(sheet: Sheet, reading: Reading, terminals: tuple[Command, ...], release: tuple[int, int] | None) -> None:
    """`ssh_v1`."""
    command = last(reading.find("ip", "ssh", "version"))
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


def web_and_services(sheet: Sheet, reading: Reading, release: tuple[int, int] | None) -> None:
    """`http_mgmt`, `insecure_services`, `mgmt_service_on_untrust`."""
    server = reading.switch("ip", "http", "server")
    if server is None and release is not None:
        # Where it is on by default, and since 12.3 everywhere, the device writes the line.
        sheet.default("http_mgmt", False, mark("the plain web server is off where no line names it"))
    elif server is None:
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
        command = last(reading.find(*words))
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


def sessions(sheet: Sheet, lines: tuple[Command, ...]) -> None:
    """`idle_timeout_disabled` and `idle_timeout_over_10min`."""
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


def lockout(sheet: Sheet, reading: Reading) -> None:
    """`no_login_lockout`."""
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


def banner(sheet: Sheet, reading: Reading) -> None:
    """`no_banner`."""
    banners = [command for kind in ("login", "motd") for command in reading.on("banner", kind)]
    if banners:
        sheet.line("no_banner", False, banners, mark("a banner is shown at login"))
    else:
        sheet.absent("no_banner", True, mark("there is no banner login or banner motd"))


def no_authentication(sheet: Sheet, reading: Reading, lines: tuple[Command, ...]) -> None:
    """`auth_none`."""
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
        login = last(line.find("login"))
        if modern:
            evidence = _method(login, methods)
            # Only a list that begins with `none` needs nothing; behind other methods it is a fallback.
            free = bool(evidence) and evidence[0].folded[4] == "none"
            (unguarded if free else guarded).extend(evidence)
        elif login is not None:
            (unguarded if login.negated else guarded).append(login)
        elif kind in ("con", "console") or (kind == "aux" and not _without_sessions(line)):
            silent.append(line)
    shared = [one for one in guarded if one.folded == ("login",) and not modern]
    controls.put(sheet, "shared_password_login", weak=shared, sound=guarded)
    if silent and not unguarded:
        sheet.default("auth_none", True, mark("a console or AUX line without login asks for nothing"), silent)
    elif unguarded or guarded:
        why = mark("this line lets anybody in") if unguarded else mark("every line asks for a login")
        sheet.line("auth_none", bool(unguarded), unguarded or guarded, why)
    else:
        sheet.unknown("auth_none", mark("this text does not show how its lines authenticate"))


def _without_sessions(line: Command) -> bool:
    """`no exec`: nobody gets a session there."""
    command = last(line.find("exec"))
    return command is not None and command.negated


def _method(login: Command | None, methods: dict[str, Command]) -> list[Command]:
    """The AAA method list that a line uses, and the line's own command if it names one; empty if it is not there."""
    named = login is not None and login.starts("login", "authentication") and len(login.words) > 2
    name = login.words[2] if login is not None and named else "default"
    method = methods.get(name)
    if method is None:
        return []
    return [method] if login is None or login.negated else [method, login]


def password_policy(sheet: Sheet, reading: Reading) -> None:
    """`pwd_policy_weak_or_missing`."""
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
