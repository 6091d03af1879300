"""What an FRR configuration says about the device's security, as vendor-independent facts.

FRR is a routing program on a host: SSH, SNMP, logs, time and accounts are the host's (sshd, snmpd, rsyslog, chrony,
PAM) and cannot be decided from this text. Source: FRRouting User Guide, "Basic Setup and Commands" (password, enable
password, service password-encryption, line vty, banner motd, log) and the chapters of the protocols.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.frr import rule_sets
from configs.reading import Command, Reading, Sheet, strangers
from configs.rulesets import facts as rule_facts
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "frr"
_IDLE_LIMIT = 600  # seconds
_VIEWS = frozenset({"interface", "router", "line", "route-map", "vrf", "key", "address-family", "pseudowire"})
_ROOTS = frozenset({
    "access-list", "agentx", "allow-external-route-update", "babel", "banner", "bfd", "bgp", "building", "current",
    "debug", "domainname", "dump", "enable", "end", "evpn", "exit", "fpm", "frr", "hostname", "interface", "ip",
    "ipv6", "key", "l2vpn", "line", "log", "mac", "mpls", "netns", "nexthop-group", "ospf6", "password", "pbr-map",
    "pim", "prefix-list", "pseudowire", "rip", "route-map", "router", "router-id", "rpki", "segment-routing",
    "service", "srv6", "username", "version", "vni", "vrf", "vrrp", "watchfrr", "zebra",
})  # fmt: skip
_HOST = mark("this is decided on the host, not in FRR's text")
# Facts that an FRR text never decides.
_HOST_FACTS = (
    "ssh_v1", "http_mgmt", "snmp_v1v2c", "snmp_default_community", "snmp_rw_community", "snmp_no_acl",
    "no_syslog_host", "no_ntp", "no_login_lockout", "pwd_policy_weak_or_missing", "any_any_permit_applied",
    "default_account", "insecure_services", "acl_disabled_rule", "mgmt_service_on_untrust", "log_retention_short",
    "no_accounting", "no_central_aaa", "no_role_separation", "unused_ports_up", "weak_crypto",
)  # fmt: skip


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary; most of what concerns the host is undecidable here."""
    reading = Reading(tree, "no", lambda words: words[0] in _VIEWS)
    sheet = Sheet()
    for name in _HOST_FACTS:
        sheet.unknown(name, _HOST)
    _terminal(sheet, reading)
    _passwords(sheet, reading)
    _records(sheet, reading)
    _lists(sheet, tree, reading)
    return sheet.facts(PLATFORM, tree.encoding, strangers(reading, _ROOTS))


def _terminal(sheet: Sheet, reading: Reading) -> None:
    """The daemons' own terminals: they listen on 127.0.0.1 unless the daemon is started with another address."""
    lines = [line for line in reading.find("line") if line.folded[1:2] == ("vty",)]
    timeouts = [command for line in lines for command in line.find("exec-timeout")]
    passwords = [*reading.on("password"), *reading.on("enable", "password")]
    sheet.unknown("telnet_mgmt", mark("where the daemons' terminals listen stands in the start options of the daemons"))
    filters = [command for line in lines for command in line.find("access-class") if not command.negated]
    if filters:
        sheet.line("vty_no_acl", False, filters, mark("the daemons' terminals are limited by an access list"))
    else:
        sheet.unknown("vty_no_acl", _HOST)
    endless = [command for command in timeouts if _seconds(command) == 0]
    long = [command for command in timeouts if _seconds(command) == 0 or _seconds(command) > _IDLE_LIMIT]
    for name, found in (("idle_timeout_disabled", endless), ("idle_timeout_over_10min", long)):
        if found:
            sheet.line(name, True, found, mark("exec-timeout says when an idle session ends"))
        elif timeouts:
            sheet.line(name, False, timeouts, mark("exec-timeout says when an idle session ends"))
        else:
            sheet.unknown(name, _HOST)
    unguarded = [command for line in lines for command in line.find("login") if command.negated]
    if unguarded:
        sheet.line("auth_none", True, unguarded, mark("this line lets anybody in"))
    elif passwords:
        sheet.line("auth_none", False, passwords, mark("the daemons' terminals ask for a password"))
    else:
        sheet.unknown("auth_none", _HOST)
    banners = reading.on("banner", "motd")
    if banners:
        sheet.line("no_banner", False, banners, mark("a banner is shown at login"))
    else:
        sheet.unknown("no_banner", _HOST)


def _seconds(command: Command) -> int:
    if command.negated:
        return 0
    numbers = [int(word) for word in command.words[1:3] if word.isdigit()]
    return sum(number * unit for number, unit in zip(numbers, (60, 1), strict=False))


# Where keys of protocols stand: the words before the key's keyword, and the keyword.
_KEYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("neighbor",), "password"),
    (("ip", "ospf", "authentication-key"), "authentication-key"),
    (("ip", "ospf", "message-digest-key"), "md5"),
    (("key-string",), "key-string"),
    (("ip", "rip", "authentication", "string"), "string"),
    (("area-password",), "md5"),
    (("domain-password",), "md5"),
    (("isis", "password"), "md5"),
)
_LOGINS: tuple[tuple[str, ...], ...] = (("password",), ("enable", "password"))


def _secrets(reading: Reading) -> Iterator[tuple[Command, str, bool]]:
    """Every line with a secret: the line, the first word of the secret, and whether it is a login's."""
    for words in _LOGINS:
        for command in reading.on(*words):
            rest = command.words[len(words) :]
            if rest:
                yield command, rest[0], True
    for words, before in _KEYS:
        for command in reading.on(*words):
            rest = command.after(before)
            if rest:
                yield command, rest[0], False


def _passwords(sheet: Sheet, reading: Reading) -> None:
    plain = [command for command, first, login in _secrets(reading) if not (login and first == "8")]
    hashed = [command for command, first, login in _secrets(reading) if login and first == "8"]
    if plain:
        sheet.line("pwd_plain", True, plain, mark("a password or shared key stands in clear in this line"))
    else:
        sheet.absent("pwd_plain", False, mark("no line shows a password or shared key in clear"))
    if hashed:
        sheet.line("pwd_reversible", False, hashed, mark("the password is stored as a hash"))
    else:
        sheet.absent("pwd_reversible", False, mark("FRR has no reversible form of passwords"))
    switch = reading.switch("service", "password-encryption")
    logins = [command for command, _, login in _secrets(reading) if login]
    if switch is not None:
        why = mark("service password-encryption hides the passwords that lines store")
        sheet.line("pwd_encryption_off", switch.negated, [switch], why)
    elif logins:
        sheet.absent("pwd_encryption_off", True, mark("there is no service password-encryption"), logins)
    else:
        sheet.absent("pwd_encryption_off", False, mark("FRR keeps no password here"))


def _records(sheet: Sheet, reading: Reading) -> None:
    logs = [command for command in reading.on("log") if command.folded[1:2] in (("syslog",), ("file",), ("stdout",))]
    if logs:
        sheet.line("logging_disabled", False, logs, mark("logs are written here"))
    else:
        sheet.unknown("logging_disabled", mark("without a log line, the daemons' start options decide"))
    sheet.default("no_log_timestamps", False, mark("records carry date and time by default"))


# Where a filter is used: the words before it, the kind of list, and which word names it.
_USES: tuple[tuple[tuple[str, ...], str, int], ...] = (
    (("distribute-list",), "access-list", 1),
    (("access-class",), "access-list", 1),
    (("match", "ip", "address", "prefix-list"), "prefix-list", 4),
    (("match", "ipv6", "address", "prefix-list"), "prefix-list", 4),
)
_DEFINITIONS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("access-list",), "access-list"),
    (("ip", "access-list"), "access-list"),
    (("ipv6", "access-list"), "access-list"),
    (("ip", "prefix-list"), "prefix-list"),
    (("ipv6", "prefix-list"), "prefix-list"),
    (("route-map",), "route-map"),
)
_OF_NEIGHBORS = {"prefix-list": "prefix-list", "route-map": "route-map", "distribute-list": "access-list"}


def _lists(sheet: Sheet, tree: Tree, reading: Reading) -> None:
    defined = {
        (kind, command.words[len(words)])
        for words, kind in _DEFINITIONS
        for command in reading.on(*words)
        if len(command.words) > len(words)
    }
    used = list(_uses(reading))
    sheet.weighed(
        "acl_applied_undefined",
        [command for kind, name, command in used if (kind, name) not in defined],
        [command for _, _, command in used],
        why=mark("the list that is bound here is not defined"),
        sound_why=mark("every list that is bound is defined"),
        absent_why=mark("no access list is bound"),
    )
    seen: dict[tuple[str, ...], Command] = {}
    repeated: list[Command] = []
    for words, kind in _DEFINITIONS:
        for command in reading.on(*words):
            key = _without_sequence(command.folded)
            if kind != "route-map" and key in seen:
                repeated += [seen[key], command]
            seen.setdefault(key, command)
    rule_facts.put(sheet, rule_sets.read(tree), repeated)


def _uses(reading: Reading) -> Iterator[tuple[str, str, Command]]:
    """Kind, name and line of every list that something refers to."""
    for words, kind, index in _USES:
        for command in reading.on(*words):
            if len(command.words) > index:
                yield kind, command.words[index], command
    for command in reading.on("neighbor"):
        if len(command.folded) > 3 and command.folded[2] in _OF_NEIGHBORS:
            yield _OF_NEIGHBORS[command.folded[2]], command.words[3], command


def _without_sequence(words: tuple[str, ...]) -> tuple[str, ...]:
    if "seq" in words:
        index = words.index("seq")
        return words[:index] + words[index + 2 :]
    return words
