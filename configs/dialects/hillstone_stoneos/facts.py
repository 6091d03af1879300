"""What a StoneOS configuration says about the device's security, as vendor-independent facts.

Source: Hillstone's "StoneOS CLI User Guide", release 5.5R12: `manage SERVICE` on an interface, `admin host`, idle times
of 10 minutes for console, SSH and Telnet, a lock after 3 failures, `default-action`, passwords of 4 characters unless
complexity is on, the administrator `hillstone`. How passwords are stored is not written there: unknown. Other releases
are unverified.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.hillstone_stoneos import facts_controls, rule_sets
from configs.facts import controls, judging
from configs.facts.judging import Community, Filtering
from configs.reading import Command, Reading, Sheet
from configs.rulesets import facts as rule_facts
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "hillstone_stoneos"
_DEFAULT_ACCOUNTS = frozenset({"hillstone", "admin", "root", "administrator"})
_MANAGED = frozenset({"ssh", "telnet", "http", "https", "snmp", "netconf"})
_UNTRUSTED = re.compile(r"untrust|internet|wan|outside", re.IGNORECASE)
_ANY = frozenset({"any"})
_STORED = re.compile(r"[A-Za-z0-9+/=]{22,}")
# What a rule asks for, besides zones.
_ASKED = frozenset({
    "src-addr", "dst-addr", "src-ip", "dst-ip", "src-range", "dst-range", "src-host", "dst-host", "service",
    "application", "user", "role", "schedule", "user-group",
})  # fmt: skip
# What of a rule shows that it is open.
_SHOWN = frozenset({"action", "src-addr", "dst-addr", "src-ip", "dst-ip", "service"})
# What says nothing about a port's use.
_IDLE = frozenset({"shutdown", "exit", "speed", "duplex", "description"})


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    reading = Reading(tree, "no", lambda words: words[0] in rule_sets.VIEWS)
    sheet = Sheet()
    _access(sheet, reading)
    _snmp(sheet, reading)
    _login(sheet, reading)
    _records(sheet, reading)
    _policies(sheet, tree, reading)
    judging.algorithms(sheet, _algorithms(reading))
    _secrets(sheet, reading)
    facts_controls.read(sheet, reading, list(_algorithms(reading)))
    return sheet.facts(PLATFORM, tree.encoding)


def _plain(word: str) -> str:
    return word.strip('"').lower()


def _access(sheet: Sheet, reading: Reading) -> None:
    rows = [(interface, one) for interface in reading.find("interface") for one in _managed(interface)]
    seen = bool(reading.find("interface"))
    for name, service, why in (
        ("telnet_mgmt", "telnet", mark("Telnet is allowed on this interface")),
        ("http_mgmt", "http", mark("plain HTTP is allowed on this interface")),
    ):
        found = [one for _, one in rows if one.folded[1] == service]
        if found:
            sheet.line(name, True, found, why)
        elif rows:
            sheet.line(name, False, [one for _, one in rows], mark("no interface allows it"))
        elif seen:
            sheet.absent(name, False, mark("no interface allows it"))
        else:
            sheet.unknown(name, mark("there is no interface in this text"))
    outside = [
        one for interface, one in rows
        if one.folded[1] in _MANAGED
        and any(_UNTRUSTED.search(" ".join(zone.words[1:])) for zone in interface.find("zone"))
    ]  # fmt: skip
    if outside:
        sheet.line(
            "mgmt_service_on_untrust", True, outside, mark("a management service is allowed on an outer interface")
        )
    elif seen:
        sheet.absent(
            "mgmt_service_on_untrust", False, mark("no management service is permitted on an untrusted interface")
        )
    else:
        sheet.unknown("mgmt_service_on_untrust", mark("there is no interface in this text"))
    hosts = reading.on("admin", "host")
    wide = [one for one in hosts if one.folded[2:3] in (("any",), ("0.0.0.0/0",))]
    if wide:
        sheet.line("vty_no_acl", True, wide, mark("this line lets any source in"))
    elif hosts:
        sheet.line("vty_no_acl", False, hosts, mark("remote management is limited to listed sources"))
    else:
        sheet.unknown("vty_no_acl", mark("there is no admin host line, and its default is not documented"))
    sheet.unknown("ssh_v1", mark("which SSH protocols are served is not documented"))
    judging.services(sheet, [one for _, one in rows if one.folded[1] == "ftp"], (), default_off=seen)
    controls.accounts_always(sheet)
    sheet.default("auth_none", False, mark("console and network logins ask for an account by default"))


def _managed(interface: Command) -> Iterator[Command]:
    """The services that an interface permits in the end: the last line about each decides."""
    said = {one.folded[1]: one for one in interface.find("manage") if len(one.folded) > 1}
    return (one for one in said.values() if not one.negated)


def _snmp(sheet: Sheet, reading: Reading) -> None:
    found = []
    for command in reading.on("snmp-server", "host"):
        name = command.after("community")
        if name:
            wide = command.words[2] in ("any", "0.0.0.0/0")
            found.append(Community(command, name[0].strip('"'), command.has("rw"), limited=not wide))
    judging.communities(sheet, found, reading.on("snmp-server", "user"))


def _login(sheet: Sheet, reading: Reading) -> None:
    timeouts: list[tuple[judging.Line, int]] = [
        (one, 60 * int(one.words[2]))
        for word in ("console", "ssh", "telnet", "web", "https", "http")
        for one in reading.on(word, "timeout")
        if len(one.words) > 2 and one.words[2].isdigit()
    ]
    known = len(reading.top) > 0
    judging.idle(
        sheet, timeouts, mark("timeout lines say when an idle session ends"),
        default_why=mark("idle sessions end after 10 minutes by default") if known else "",
        unknown_why=mark("no line says when an idle session ends"),
    )  # fmt: skip
    limits = [*reading.on("admin", "max-login-failure"), *reading.on("admin", "lockout-duration")]
    if limits:
        sheet.line("no_login_lockout", False, limits, mark("failures lock the account"))
    else:
        sheet.default(
            "no_login_lockout", False, mark("accounts are locked after 3 failures by default in this release")
        )
    views = ("admin", "password")
    lengths = [*reading.on("min-length"), *(one for view in views for one in reading.on(view, "min-length"))]
    lengths = [one for one in lengths if one.words[-1].isdigit()]
    strong = [*reading.on("complexity"), *(one for view in views for one in reading.on(view, "complexity"))]
    strong = [one for one in strong if one.words[-1] != "0"]
    short = [one for one in lengths if int(one.words[-1]) < judging.MIN_LENGTH]
    name, why = "pwd_policy_weak_or_missing", mark("this line sets the password policy")
    if short:
        sheet.line(name, True, short, why)
    elif lengths or strong:
        sheet.line(name, False, [*lengths, *strong], why)
    else:
        sheet.default(name, True, mark("passwords of 4 characters are taken by default"))
    banners = reading.on("banner")
    if banners:
        sheet.line("no_banner", False, banners, mark("a banner is shown at login"))
    else:
        sheet.unknown("no_banner", mark("this language's login warning is not documented"))
    users: dict[str, judging.Line] = {
        one.words[2].strip('"'): one for one in reading.on("admin", "user") if len(one.words) > 2
    }
    top = {_plain(user.words[2]) for user in reading.on("admin", "user") if len(user.words) > 2
           and any(one.folded[-1] == "admin" for one in user.find("role"))}  # fmt: skip
    judging.accounts(sheet, users, _DEFAULT_ACCOUNTS, local=False)
    judging.roles(sheet, users, top)
    servers = reading.on("admin", "auth-server")
    if servers:
        sheet.line("no_central_aaa", False, servers, mark("logins are checked by a server group"))
    else:
        sheet.unknown("no_central_aaa", mark("this text does not show how its lines authenticate"))


def _records(sheet: Sheet, reading: Reading) -> None:
    hosts = [
        *reading.on("logging", "syslog-server"),
        *(one for one in reading.on("logging", "syslog") if len(one.words) > 2),
    ]
    judging.wanted(
        sheet, "no_syslog_host", hosts, mark("logs go to this host"), mark("no remote log host is switched on")
    )
    servers = reading.on("ntp", "server")
    switch = reading.switch("ntp", "enable")
    if switch is not None and switch.negated:
        sheet.line("no_ntp", True, [switch], mark("the NTP client is switched off"))
    else:
        have, lack = mark("time comes from this server"), mark("there is no NTP server line")
        judging.wanted(sheet, "no_ntp", servers, have, lack)
    sheet.unknown("log_retention_short", mark("how long logs are kept is decided on the log host"))
    sheet.default("logging_disabled", False, mark("logging is on by default"))
    sheet.default("no_log_timestamps", False, mark("log records carry the date by default"))
    sheet.unknown("no_accounting", mark("this text does not show what is recorded of administrators"))


def _policies(sheet: Sheet, tree: Tree, reading: Reading) -> None:
    found = Filtering()
    for rule in reading.on("rule"):
        found.bound.append(rule)
        off = [one for one in rule.inside if one.folded == ("disable",) and not one.negated]
        if off or "disable" in rule.folded:
            found.disabled += [rule, *off]
        elif _open(rule):
            found.everything += [rule, *(one for one in rule.inside if one.folded[0] in _SHOWN)]
    opened = reading.on("default-action", "permit")
    active = [one for one in found.bound if one not in found.disabled]
    controls.put(
        sheet, "no_access_rules", weak=opened, sound=active, lacking=bool(reading.find("interface"))
    )  # fmt: skip
    found.everything += opened
    judging.filters(sheet, found)
    rule_facts.put(sheet, rule_sets.of(tree, reading))
    ports = [
        one
        for one in reading.top  # other views name interfaces too
        if one.folded[0] == "interface" and one.words[1:] and re.match(r"(?:x?ethernet|xe|ge)\d", one.folded[1])
    ]
    parents = judging.parents(reading.find("interface"))
    idle = [
        one for one in ports
        if one.folded[1] not in parents and all(inner.negated or inner.folded[0] in _IDLE for inner in one.inside)
    ]  # fmt: skip
    down = [one for one in idle if any(inner.folded == ("shutdown",) and not inner.negated for inner in one.inside)]
    judging.ports(sheet, [one for one in idle if one not in down], down, seen=bool(ports))


def _open(rule: Command) -> bool:
    """Whether a rule permits any service from anywhere to anywhere, in its own view or on one line."""
    words = rule.folded
    if "from" in words and "to" in words:
        values = {_plain(word) for before in ("from", "to", "service") for word in rule.after(before)[:1]}
        return words[-1] == "permit" and values <= _ANY
    if not any(one.folded[:2] == ("action", "permit") for one in rule.inside):
        return False
    limits = [one for one in rule.inside if one.folded[0] in _ASKED and _plain(one.words[-1]) not in _ANY]
    return not limits


def _secrets(sheet: Sheet, reading: Reading) -> None:
    """`pwd_plain`: a saved text holds keys as long base64, what is shorter was typed; the form is undocumented."""
    keys = [(one, one.words[-1].strip('"')) for word in ("pre-share", "password", "secret") for one in reading.on(word)
            if len(one.words) == 2]  # fmt: skip
    plain = [one for one, key in keys if not judging.masked(key) and not _STORED.fullmatch(key)]
    unknown = mark("this language's stored forms of passwords are not documented")
    if plain:
        sheet.line("pwd_plain", True, plain, mark("a password or shared key stands in clear in this line"))
    elif keys:
        sheet.absent("pwd_plain", False, mark("no line shows a password or shared key in clear"))
    else:
        sheet.unknown("pwd_plain", unknown)
    for name in ("pwd_reversible", "pwd_encryption_off"):
        sheet.unknown(name, unknown)


def _algorithms(reading: Reading) -> Iterator[tuple[judging.Line, bool]]:
    for word in ("isakmp", "ipsec"):
        for proposal in reading.on(word, "proposal"):
            for one in proposal.inside:
                if one.folded[0] in ("hash", "encryption"):
                    yield one, not {"md5", "des", "3des", "null"}.isdisjoint(one.folded)
                elif one.folded[0] == "group":
                    yield one, not {"1", "2", "5"}.isdisjoint(one.folded[1:])
