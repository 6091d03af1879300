"""What a FortiOS configuration says about the device's security, as vendor-independent facts.

`show` prints only what differs from the defaults, so a missing field is a default. Sources: Fortinet's FortiOS CLI
references 6.0 to 7.4, "config system global" (admintimeout 5 minutes, admin-lockout-threshold 3, admin-ssh-v1 and
pre-login-banner disabled, admin-https-ssl-versions), "config system password-policy" (status disabled,
minimum-length 8), "config system snmp community" (hosts limit who may ask), "config system ntp", "config log syslogd
setting", "config log disk setting" (maximum-log-age), "config firewall policy" (a policy without an action denies).
Whether an interface that is not listed exists cannot be seen in a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.fortinet import facts_controls, facts_policies
from configs.dialects.fortinet.entries import Tables
from configs.facts import judging
from configs.facts.judging import Community
from configs.meaning.objects import words_of
from configs.model import NotUnderstood
from configs.reading import Sheet
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.dialects.fortinet.entries import Entry
    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "fortinet"
_DEFAULT_ACCOUNTS = frozenset({"admin", "root", "administrator", "maintainer"})
_MANAGEMENT = frozenset({"http", "https", "ssh", "telnet", "snmp"})
_OUTSIDE = re.compile(r"wan\d*|internet|untrust|outside", re.IGNORECASE)
_HOSTS = tuple(f"trusthost{number}" for number in range(1, 11))
_HOSTS6 = tuple(f"ip6-trusthost{number}" for number in range(1, 11))
_ANYWHERE = frozenset({("0.0.0.0", "0.0.0.0"), ("0.0.0.0/0",), ("::/0",)})  # noqa: S104 - any source
_WORDS = frozenset({"config", "edit", "set", "next", "end", "unset", "append", "delete"})


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    tables = Tables(tree)
    sheet = Sheet()
    settings = Settings(tables)
    _access(sheet, tables, settings)
    _snmp(sheet, tables)
    _sessions(sheet, tables, settings)
    _secrets(sheet, tree, tables)
    _records(sheet, tables)
    facts_policies.policies(sheet, tables)
    judging.algorithms(sheet, _algorithms(tables, settings))
    _accounts(sheet, tables)
    facts_controls.read(sheet, tables, list(_of_tunnels(tables)))
    return sheet.facts(PLATFORM, tree.encoding, _strange(tree))


class Settings:
    """The fields of `config system global`."""

    def __init__(self, tables: Tables) -> None:
        self.entries = [entry for entry in tables["system global"] if not entry.name]

    def get(self, name: str) -> tuple[int, str]:
        """The line and the first value of a field; (0, "") if it is not set."""
        found = (0, "")
        for entry in self.entries:
            if entry.values(name):
                found = (entry.line_of(name), entry.value(name))
        return found


def _strange(tree: Tree) -> Iterator[NotUnderstood]:
    for number, parent in enumerate(tree.outline.parents, 1):
        if parent == 0 and not set(words_of(tree.outline.texts[number - 1])[:1]) <= _WORDS:
            yield NotUnderstood(number, tree.outline.texts[number - 1])


def _allowed(tables: Tables) -> Iterator[tuple[Entry, int, frozenset[str]]]:
    """Interfaces with the line and the services of `allowaccess`, of IPv6 too."""
    for entry in tables["system interface"]:
        if entry.value("status") == "down":
            continue
        if entry.values("allowaccess"):
            yield entry, entry.line_of("allowaccess"), frozenset(entry.values("allowaccess"))
        for inner in entry.tables.get("ipv6", ()):
            if inner.values("ip6-allowaccess"):
                yield entry, inner.line_of("ip6-allowaccess"), frozenset(inner.values("ip6-allowaccess"))


def _access(sheet: Sheet, tables: Tables, settings: Settings) -> None:
    allowed = list(_allowed(tables))
    rows = [(line, services) for _, line, services in allowed]
    for name, service, why in (
        ("telnet_mgmt", "telnet", mark("Telnet is allowed on this interface")),
        ("http_mgmt", "http", mark("plain HTTP is allowed on this interface")),
    ):
        lines = [line for line, services in rows if service in services]
        off = settings.get(f"admin-{service}")
        if service == "telnet" and off[1] == "disable":
            sheet.line(name, False, [off[0]], mark("the service is switched off for the whole device"))
        elif lines:
            sheet.line(name, True, lines, why)
        elif rows:
            sheet.line(name, False, [line for line, _ in rows], mark("no interface allows it"))
        elif tables["system interface"]:
            sheet.absent(name, False, mark("no interface allows it"))
        else:
            sheet.unknown(name, mark("there is no interface in this text"))
    old = settings.get("admin-ssh-v1")
    if old[0]:
        sheet.line("ssh_v1", old[1] == "enable", [old[0]], mark("admin-ssh-v1 says whether protocol 1 is served"))
    else:
        sheet.default("ssh_v1", False, mark("protocol 1 is off by default"))
    _outside(sheet, allowed, tables)
    _trusted(sheet, tables)
    off_by_default = bool(tables["system global"] or tables["system interface"])
    judging.services(sheet, (), (), default_off=off_by_default)
    disabled = [entry.line_of("login") for entry in tables["system console"] if entry.value("login") == "disable"]
    empty = [entry.line_of("password") for entry in tables["system admin"] if entry.values("password") == ("",)]
    if disabled or empty:
        sheet.line("auth_none", True, [*disabled, *empty], mark("this line lets anybody in"))
    elif tables["system global"] or tables["system admin"]:
        sheet.default("auth_none", False, mark("console and network logins ask for an account by default"))
    else:
        sheet.unknown("auth_none", mark("there is no account in this text"))


def _outside(sheet: Sheet, allowed: list[tuple[Entry, int, frozenset[str]]], tables: Tables) -> None:
    """`mgmt_service_on_untrust`: by the interface's role, else by its name or alias."""
    far = [
        (line, services)
        for entry, line, services in allowed
        if entry.value("role") == "wan"
        or (entry.value("role") in ("", "undefined") and _OUTSIDE.match(f"{entry.name}"))
        or (entry.value("role") in ("", "undefined") and _OUTSIDE.search(entry.value("alias")))
    ]
    found = [line for line, services in far if not _MANAGEMENT.isdisjoint(services)]
    if found:
        sheet.line(
            "mgmt_service_on_untrust", True, found, mark("a management service is allowed on an outer interface")
        )
    elif far:
        sheet.line(
            "mgmt_service_on_untrust", False, [line for line, _ in far], mark("no management service is allowed there")
        )
    elif tables["system interface"]:
        sheet.absent(
            "mgmt_service_on_untrust", False, mark("no management service is permitted on an untrusted interface")
        )
    else:
        sheet.unknown("mgmt_service_on_untrust", mark("there is no interface in this text"))


def _trusted(sheet: Sheet, tables: Tables) -> None:
    """`vty_no_acl`: an administrator without trusted hosts may come from anywhere."""
    opened: list[int] = []
    closed: list[int] = []
    for admin in tables["system admin"]:
        if not admin.name:
            continue
        hosts = [name for name in (*_HOSTS, *_HOSTS6) if admin.values(name)]
        wide = [name for name in hosts if admin.values(name) in _ANYWHERE]
        if wide and len(wide) == len(hosts):
            opened += [admin.line, *admin.lines_of(*wide)]
        elif not hosts:
            opened.append(admin.line)
        else:
            closed += admin.lines_of(*hosts)
    if opened:
        sheet.line("vty_no_acl", True, opened, mark("an administrator may come from any address: no trusted host"))
    elif closed:
        sheet.line("vty_no_acl", False, closed, mark("every administrator has trusted hosts"))
    else:
        sheet.unknown("vty_no_acl", mark("there is no account in this text"))


def _snmp(sheet: Sheet, tables: Tables) -> None:
    found = []
    off = [entry for entry in tables["system snmp sysinfo"] if entry.value("status") == "disable"]
    for entry in tables["system snmp community"]:
        if not entry.name or off or entry.value("status") == "disable":
            continue
        if entry.value("query-v1-status") == "disable" == entry.value("query-v2c-status"):
            continue
        hosts = [host for name in ("hosts", "hosts6") for host in entry.tables.get(name, ())]
        limits = [host for host in hosts if host.values("ip") or host.values("ipv6")]
        wide = [host for host in limits if (host.values("ip") or host.values("ipv6")) in _ANYWHERE]
        found.append(
            Community(
                entry.line_of("name"),
                entry.value("name"),
                writes=False,
                limited=bool(limits) and not wide,
                sources=tuple(host.line_of("ip", "ipv6") for host in limits),
            )
        )
    users = [entry.line for entry in tables["system snmp user"] if entry.name]
    judging.communities(sheet, found, users)


def _sessions(sheet: Sheet, tables: Tables, settings: Settings) -> None:
    timeouts: list[tuple[judging.Line, int]] = [
        (line, int(value) * 60)
        for line, value in (settings.get("admintimeout"), settings.get("admin-console-timeout-minutes"))
        if value.isdigit()
    ]
    console = settings.get("admin-console-timeout")
    if console[1].isdigit() and int(console[1]):
        timeouts.append((console[0], int(console[1])))
    timeouts += _of_profiles(tables)
    known = bool(settings.entries)
    why = mark("admintimeout says when an idle session ends")
    unknown = mark("there are no global settings in this text")
    judging.idle(
        sheet, timeouts, why, default_why=mark("idle sessions end after 5 minutes by default") if known else "",
        unknown_why=unknown,
    )  # fmt: skip
    limits = [line for name in ("admin-lockout-threshold", "admin-lockout-duration")
              if (line := settings.get(name)[0])]  # fmt: skip
    if limits:
        sheet.line("no_login_lockout", False, limits, mark("failures lock the account"))
    elif known:
        sheet.default("no_login_lockout", False, mark("three failures lock an account for 60 seconds by default"))
    else:
        sheet.unknown("no_login_lockout", unknown)
    banners = [line for name in ("pre-login-banner", "post-login-banner")
               for line, value in (settings.get(name),) if value == "enable"]  # fmt: skip
    if banners or known:
        judging.wanted(
            sheet, "no_banner", banners, mark("a banner is shown at login"), mark("no login banner is switched on")
        )
    else:
        sheet.unknown("no_banner", unknown)
    _password_policy(sheet, tables, known=known)


def _of_profiles(tables: Tables) -> Iterator[tuple[judging.Line, int]]:
    """Idle times that a profile of administrators sets for itself (10 minutes by default)."""
    used = {admin.value("accprofile") for admin in tables["system admin"]}
    for profile in tables["system accprofile"]:
        minutes = profile.value("admintimeout", "10")
        if profile.on("admintimeout-override") and minutes.isdigit() and (not used or profile.name in used):
            yield profile.line_of("admintimeout", "admintimeout-override"), 60 * int(minutes)


def _password_policy(sheet: Sheet, tables: Tables, *, known: bool) -> None:
    name = "pwd_policy_weak_or_missing"
    entries = [entry for entry in tables["system password-policy"] if not entry.name]
    why = mark("this line sets the password policy")
    for entry in entries[-1:]:
        length = entry.value("minimum-length", "8")
        if not entry.on("status"):
            sheet.line(name, True, [entry.line_of("status")], mark("the password policy is not switched on"))
        elif "admin-password" not in (entry.values("apply-to") or ("admin-password",)):
            sheet.line(name, True, [entry.line_of("apply-to")], mark("the password policy is not for administrators"))
        elif length.isdigit() and int(length) < judging.MIN_LENGTH:
            sheet.line(name, True, [entry.line_of("minimum-length")], why)
        else:
            sheet.line(name, False, entry.lines_of("status", "minimum-length"), why)
    if not entries and known:
        sheet.absent(name, True, mark("there is no password policy, and it is off by default"))
    elif not entries:
        sheet.unknown(name, mark("there are no global settings in this text"))


# Fields with secrets, wherever they stand.
_SECRETS = frozenset({
    "password", "password2", "password3", "passwd", "psksecret", "secret", "key", "passphrase", "sae-password",
    "auth-pwd", "priv-pwd", "md5-key", "authentication-key", "ldap-password", "secondary-secret", "tertiary-secret",
})  # fmt: skip
_NOT_SECRET = frozenset({"", "enable", "disable"})


def _secrets(sheet: Sheet, tree: Tree, tables: Tables) -> None:
    """Administrators' passwords are hashed (`ENC` with SH2 or AK1); `ENC` elsewhere hides what is no login here."""
    plain: list[judging.Line] = []
    hidden: list[judging.Line] = []
    for number, (text, parent) in enumerate(zip(tree.outline.texts, tree.outline.parents, strict=True), 1):
        if parent <= 0 or not text.startswith("set ") or text.split(None, 2)[1] not in _SECRETS:
            continue
        words = words_of(text)
        if len(words) < 3 or words[2] in _NOT_SECRET:
            continue
        if words[1] in ("key", "secret") and len(words) > 3 and words[2] != "ENC":
            continue
        if judging.masked(words[2]):
            hidden.append(number)
        elif words[2] != "ENC":
            plain.append(number)
    judging.secrets(sheet, plain=plain, hidden=hidden, reversible=() if tables["system admin"] else None)
    sheet.default("pwd_encryption_off", False, mark("FortiOS stores passwords hashed or encrypted by itself"))


def _records(sheet: Sheet, tables: Tables) -> None:
    _hosts(sheet, tables)
    _clock(sheet, tables)
    _retention(sheet, tables)
    sheet.default("logging_disabled", False, mark("logging is on by default"))
    sheet.default("no_log_timestamps", False, mark("log records carry the date by default"))
    sheet.default("no_accounting", False, mark("system events record what administrators do by default"))


def _hosts(sheet: Sheet, tables: Tables) -> None:
    settings = [
        entry
        for table in ("log syslogd", "log fortianalyzer", "log fortianalyzer-cloud")
        for number in ("", "2", "3", "4")
        for kind in ("setting", "override-setting")
        for entry in tables[f"{table}{number} {kind}"]
        if entry.fields
    ]
    hosts = [line for entry in settings if entry.on("status") for line in entry.lines_of("status", "server")]
    if hosts:
        sheet.line("no_syslog_host", False, hosts, mark("logs go to this host"))
    elif settings:
        off = [entry.line_of("status") for entry in settings]
        sheet.line("no_syslog_host", True, off, mark("the remote log host is not switched on"))
    else:
        sheet.absent("no_syslog_host", True, mark("no remote log host is switched on"))


def _clock(sheet: Sheet, tables: Tables) -> None:
    clocks = [entry for entry in tables["system ntp"] if not entry.name]
    running = [line for entry in clocks if entry.on("ntpsync") for line in entry.lines_of("ntpsync")]
    servers = [server.line for entry in clocks for server in entry.tables.get("ntpserver", ())]
    if running:
        sheet.line("no_ntp", False, [*running, *servers], mark("time comes from a server"))
    elif any(entry.value("ntpsync") == "disable" for entry in clocks):
        sheet.line("no_ntp", True, [clocks[-1].line_of("ntpsync")], mark("ntpsync is switched off"))
    elif servers:
        sheet.line("no_ntp", False, servers, mark("time comes from this server"))
    else:
        sheet.absent("no_ntp", True, mark("there is no NTP server line"))


def _retention(sheet: Sheet, tables: Tables) -> None:
    ages = [
        (entry.line_of("maximum-log-age"), int(entry.value("maximum-log-age")))
        for entry in tables["log disk setting"]
        if entry.value("maximum-log-age").isdigit()
    ]
    if ages:
        line, days = ages[-1]
        sheet.line(
            "log_retention_short", days < judging.LOG_DAYS, [line], mark("maximum-log-age says how long logs are kept")
        )
    else:
        sheet.unknown("log_retention_short", mark("how long logs are kept is decided on the log host"))


_WEAK = re.compile(r"(?:^|-)(?:des|3des|md5|null)(?:-|$)")
_WEAK_GROUPS = frozenset({"1", "2", "5"})
_OLD_TLS = re.compile(r"tlsv1(?:-[01])?|tls-?1\.[01]|sslv3|ssl-?3.*", re.IGNORECASE)


def _algorithms(tables: Tables, settings: Settings) -> Iterator[tuple[judging.Line, bool]]:
    """Lines that allow algorithms, and whether one of them is weak."""
    yield from _of_the_device(settings)
    yield from _of_tunnels(tables)
    for entry in tables["system snmp user"]:
        for name in ("auth-proto", "priv-proto"):
            if entry.values(name):
                yield entry.line_of(name), entry.value(name) in ("md5", "des")
    for entry in tables["wireless-controller vap"]:
        if entry.values("security") and entry.value("security") != "open":
            yield entry.line_of("security"), entry.value("security").startswith("wep")
        if entry.values("encrypt"):
            yield entry.line_of("encrypt"), "TKIP" in entry.value("encrypt")


def _of_the_device(settings: Settings) -> Iterator[tuple[judging.Line, bool]]:
    for name, weak in (("strong-crypto", "disable"), ("ssh-hmac-md5", "enable"), ("ssh-cbc-cipher", "enable")):
        line, value = settings.get(name)
        if line:
            yield line, value == weak
    for name in ("admin-https-ssl-versions", "ssl-min-proto-version"):
        for entry in settings.entries:
            if entry.values(name):
                yield entry.line_of(name), any(_OLD_TLS.fullmatch(word) for word in entry.values(name))


def _of_tunnels(tables: Tables) -> Iterator[tuple[judging.Line, bool]]:
    for table in ("vpn ipsec phase1-interface", "vpn ipsec phase1", "vpn ipsec phase2-interface", "vpn ipsec phase2"):
        for entry in tables[table]:
            if entry.values("proposal"):
                yield entry.line_of("proposal"), any(_WEAK.search(word) for word in entry.values("proposal"))
            if entry.values("dhgrp"):
                yield entry.line_of("dhgrp"), not _WEAK_GROUPS.isdisjoint(entry.values("dhgrp"))
    for entry in tables["vpn ssl settings"]:
        for name in ("tlsv1-0", "tlsv1-1", "sslv3"):
            if entry.values(name):
                yield entry.line_of(name), entry.on(name)
        for name in ("ssl-min-proto-ver", "ssl-min-proto-version"):
            if entry.values(name):
                yield entry.line_of(name), entry.value(name) in ("tls1-0", "tls1-1")


def _accounts(sheet: Sheet, tables: Tables) -> None:
    admins = {entry.name: entry for entry in tables["system admin"] if entry.name}
    lines: dict[str, judging.Line] = {name: entry.line for name, entry in admins.items()}
    # An account of users with a well-known name is tried first all the same.
    users = {entry.name: entry.line for entry in tables["user local"] if entry.name.lower() in _DEFAULT_ACCOUNTS}
    judging.accounts(sheet, {**users, **lines}, _DEFAULT_ACCOUNTS, local=False)
    judging.roles(sheet, lines, [name for name, entry in admins.items() if entry.value("accprofile") == "super_admin"])
    central = [entry.line_of("remote-auth") for entry in admins.values() if entry.on("remote-auth")]
    if central:
        sheet.line("no_central_aaa", False, central, mark("logins are checked by a server group"))
    elif admins:
        sheet.absent("no_central_aaa", True, mark("no account is checked by a server"))
    else:
        sheet.unknown("no_central_aaa", mark("there is no account in this text"))
