"""What a Junos configuration says about the device's security, as vendor-independent facts.

Sources: Juniper's "Junos OS CLI Reference": system services (each is off until it is named), ssh protocol-version
(v2 by default), login idle-timeout ("a user is never forced off" without it), retry-options, password minimum-length (6
by default), snmp community clients; "Security Zones" (host-inbound-traffic), "Routing Policies" (a filter on lo0 guards
the device itself). Ports that no statement names cannot be seen in a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.juniper_junos import facts_controls, facts_policies, statements
from configs.dialects.juniper_junos.statements import below
from configs.facts import controls, judging
from configs.facts.judging import Community
from configs.reading import Sheet
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.dialects.juniper_junos.statements import Said
    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "juniper_junos"
_DEFAULT_ACCOUNTS = frozenset({"admin", "root", "juniper", "administrator"})
_ANYWHERE = ("0.0.0.0/0", "::/0")


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    said = statements.read(tree).said
    sheet = Sheet()
    _services(sheet, said)
    _snmp(sheet, said)
    _login(sheet, said)
    _secrets(sheet, said)
    _records(sheet, said)
    facts_policies.policies(sheet, tree, said)
    judging.algorithms(sheet, _algorithms(said))
    facts_controls.read(sheet, said, list(_of_tunnels(said)))
    return sheet.facts(PLATFORM, tree.encoding)


def lines(said: tuple[Said, ...], *head: str) -> list[int]:
    """The lines of the statements that begin with these words, views too."""
    return sorted({each.line for each in said if each.words[: len(head)] == head})


def _services(sheet: Sheet, said: tuple[Said, ...]) -> None:
    for name, service, why in (
        ("telnet_mgmt", ("telnet",), mark("system services switches Telnet on")),
        ("http_mgmt", ("web-management", "http"), mark("system services switches plain HTTP on")),
    ):
        found = lines(said, "system", "services", *service)
        if found:
            sheet.line(name, True, found[:1], why)
        else:
            sheet.absent(name, False, mark("a service is off until a statement names it"))
    versions = list(below(said, "system", "services", "ssh", "protocol-version"))
    if versions:
        old = [each.line for each, words in versions if "v1" in words]
        why = mark("protocol-version says which protocol is served")
        sheet.line("ssh_v1", bool(old), old or [each.line for each, _ in versions], why)
    else:
        sheet.default("ssh_v1", False, mark("the server speaks SSH version 2 only"))
    on = [line for name in ("ftp", "tftp-server", "finger") for line in lines(said, "system", "services", name)[:1]]
    judging.services(sheet, on, (), default_off=True)
    guarded = [(each.line, words[-1]) for each, words in below(said, "interfaces", "lo0") if "filter" in words]
    opened = facts_policies.opened(said, [name for _, name in guarded])
    if guarded and opened is None:
        sheet.unknown("vty_no_acl", mark("the filter on lo0 does not stand in this text"))
    elif opened:
        why = mark("the filter on lo0 lets any source reach the management services")
        sheet.line("vty_no_acl", True, [*(line for line, _ in guarded), *opened], why)
    elif guarded:
        sheet.line("vty_no_acl", False, [line for line, _ in guarded], mark("a filter on lo0 guards the device itself"))
    elif lines(said, "system", "services"):
        sheet.absent("vty_no_acl", True, mark("no filter on lo0 limits who may manage the device"))
    else:
        sheet.unknown("vty_no_acl", mark("this text does not show how the device is reached"))
    roots = lines(said, "system", "root-authentication")
    if roots:
        controls.accounts_always(sheet)
        sheet.line("auth_none", False, roots, mark("every line asks for a login"))
    else:
        controls.put(sheet, "shared_password_login")
        sheet.unknown("auth_none", mark("this text does not show how its lines authenticate"))


def _snmp(sheet: Sheet, said: tuple[Said, ...]) -> None:
    names: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for each in said:
        if each.words[:2] == ("snmp", "community") and len(each.words) > 2:
            names.setdefault(each.words[2], []).append((each.line, each.words[3:]))
    found = []
    for name, rows in names.items():
        clients = [
            (line, words)
            for line, words in rows
            if words[:1] in (("clients",), ("client-list-name",)) and len(words) > 1
        ]
        allowed = [row for row in clients if "restrict" not in row[1]]
        wide = [row for row in allowed if row[1][1] in _ANYWHERE]
        found.append(
            Community(
                rows[0][0],
                name.strip('"'),
                writes=any(words[:2] == ("authorization", "read-write") for _, words in rows),
                limited=bool(allowed) and not wide,
                sources=tuple(line for line, _ in allowed),
                rights=tuple(line for line, words in rows if words[:1] == ("authorization",) and len(words) > 1),
            )
        )
    judging.communities(sheet, found, lines(said, "snmp", "v3")[:3])


def _login(sheet: Sheet, said: tuple[Said, ...]) -> None:
    timeouts: list[tuple[judging.Line, int]] = [
        (each.line, 60 * int(words[-1]))
        for each, words in below(said, "system", "login")
        if len(words) > 1 and words[-2] == "idle-timeout" and words[-1].isdigit()
    ]
    known = bool(lines(said, "system", "login"))
    if timeouts or not known:
        unknown = mark("there are no logins in this text")
        judging.idle(sheet, timeouts, mark("idle-timeout says when an idle session ends"), unknown_why=unknown)
    else:
        for name in ("idle_timeout_disabled", "idle_timeout_over_10min"):
            sheet.default(name, True, mark("without idle-timeout a session never ends"))
    limits = lines(said, "system", "login", "retry-options")
    judging.wanted(
        sheet,
        "no_login_lockout",
        limits,
        mark("logins are blocked after failures"),
        mark("there is no limit of failed logins"),
    )
    lengths = [
        (each.line, int(words[0]))
        for each, words in below(said, "system", "login", "password", "minimum-length")
        if words and words[0].isdigit()
    ]
    name = "pwd_policy_weak_or_missing"
    if lengths:
        line, length = lengths[-1]
        sheet.line(name, length < judging.MIN_LENGTH, [line], mark("a minimum length of passwords is set"))
    else:
        sheet.absent(name, True, mark("no minimum length of passwords is set"))
    banners = [line for word in ("message", "announcement") for line in lines(said, "system", "login", word)]
    judging.wanted(sheet, "no_banner", banners, mark("a banner is shown at login"), mark("there is no login message"))
    users: dict[str, judging.Line] = {}
    top = set()
    for each in said:
        if each.words[:3] == ("system", "login", "user") and len(each.words) > 3:
            users.setdefault(each.words[3], each.line)
            if each.words[4:6] == ("class", "super-user"):
                top.add(each.words[3])
    judging.accounts(sheet, users, _DEFAULT_ACCOUNTS, local=known)
    judging.roles(sheet, users, top)
    order = [
        each.line for each, words in below(said, "system", "authentication-order") if {"radius", "tacplus"} & set(words)
    ]
    judging.wanted(
        sheet, "no_central_aaa", order, mark("logins are checked by a server group"),
        mark("no login method names a server group"),
    )  # fmt: skip


_KEYED = frozenset({"secret", "authentication-key", "ascii-text", "hexadecimal", "simple-password", "key",
                    "authentication-password", "privacy-password", "chap-secret"})  # fmt: skip


def _secrets(sheet: Sheet, said: tuple[Said, ...]) -> None:
    plain: list[judging.Line] = []
    hidden: list[judging.Line] = []
    for each in said:
        words = each.words
        if not each.leaf or len(words) < 3 or words[-2] not in _KEYED:
            continue
        if judging.masked(words[-1]) or words[-1] in ("/*", "##"):
            hidden.append(each.line)
        elif words[-2] == "key" and "authentication" not in words and "md5" not in words:
            continue
        elif not words[-1].startswith("$"):
            plain.append(each.line)
    judging.secrets(sheet, plain=plain, hidden=hidden, reversible=())
    sheet.default("pwd_encryption_off", False, mark("the device encrypts what it stores by itself"))


def _records(sheet: Sheet, said: tuple[Said, ...]) -> None:
    hosts = lines(said, "system", "syslog", "host")
    judging.wanted(sheet, "no_syslog_host", hosts[:4], mark("logs go to this host"), mark("there is no syslog host"))
    servers = [line for word in ("server", "peer") for line in lines(said, "system", "ntp", word)]
    judging.wanted(sheet, "no_ntp", servers, mark("time comes from this server"), mark("there is no ntp server"))
    sheet.unknown("log_retention_short", mark("how long logs are kept is decided on the log host"))
    logs = lines(said, "system", "syslog")
    if logs:
        sheet.line("logging_disabled", False, logs[:1], mark("logs are written here"))
    else:
        sheet.default("logging_disabled", False, mark("logging is on by default"))
    sheet.default("no_log_timestamps", False, mark("log records carry the date by default"))
    accounting = lines(said, "system", "accounting")
    accounting += [each.line for each, words in below(said, "system", "syslog") if "interactive-commands" in words]
    judging.wanted(
        sheet, "no_accounting", accounting[:4], mark("what administrators do is recorded"),
        mark("there is no accounting or recording scheme"),
    )  # fmt: skip


_WEAK = re.compile(
    r"(?:3?des)(?:-cbc)?|(?:hmac-)?md5(?:-96)?(?:-etm@openssh\.com)?|arcfour\d*|group[125]|dh-group1-sha1|rc4.*"
)
_WHERE = frozenset(
    {"encryption-algorithm", "authentication-algorithm", "dh-group", "keys", "ciphers", "macs", "key-exchange"}
)


def _of_tunnels(said: tuple[Said, ...]) -> Iterator[tuple[judging.Line, bool]]:
    """Lines that allow algorithms of IKE and IPsec, and whether one of them is weak."""
    for each in said:
        words = each.words
        ours = words[:2] in (("security", "ike"), ("security", "ipsec"), ("services", "ipsec-vpn"))
        if each.leaf and ours and len(words) > 2 and words[-2] in _WHERE:
            yield each.line, _WEAK.fullmatch(words[-1]) is not None


def _algorithms(said: tuple[Said, ...]) -> Iterator[tuple[judging.Line, bool]]:
    """Lines that allow algorithms of IKE, IPsec, SSH and SNMPv3, and whether one of them is weak."""
    yield from _of_tunnels(said)
    for each in said:
        words = each.words
        if not each.leaf:
            continue
        if words[:3] == ("system", "services", "ssh") and len(words) > 4 and words[3] in _WHERE:
            yield each.line, _WEAK.fullmatch(words[-1]) is not None
        elif words[:3] == ("snmp", "v3", "usm"):
            kinds = {"authentication-md5", "authentication-sha", "privacy-des", "privacy-3des", "privacy-aes128"} & set(
                words
            )
            if kinds:
                yield each.line, not kinds.isdisjoint({"authentication-md5", "privacy-des", "privacy-3des"})
