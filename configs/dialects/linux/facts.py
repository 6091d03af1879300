"""What a Linux host's files say about its security: sshd, PAM, rsyslog, chrony, snmpd, the firewall.

Sources: sshd_config(5) (MaxAuthTries 6, ClientAliveInterval 0 by default; protocol 1 was removed in OpenSSH 7.6),
pam_faillock(8), pam_tally2(8), pam_pwquality(8), login.defs(5), rsyslog.conf(5), chrony.conf(5), snmpd.conf(5),
nft(8), vsftpd.conf(5). Each file stands below a line `### /…`; one that is not in the text decides nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from configs.dialects.linux.grammar import SECTION
from configs.facts import controls, judging
from configs.facts.judging import Community
from configs.reading import Sheet
from configs.rulesets import facts as rule_facts
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "linux"
_NOT_HERE = mark("the file that decides it is not in this text")
_UNDECIDED = (
    "http_mgmt", "pwd_plain", "pwd_reversible", "unused_ports_up", "acl_applied_undefined",
    "acl_disabled_rule", "mgmt_service_on_untrust", "pwd_encryption_off", "no_log_timestamps", "no_accounting",
    "no_central_aaa", "no_role_separation",
)  # fmt: skip


class Line(NamedTuple):
    """A line of one of the files, as words. `file` is its path."""

    number: int
    file: str
    words: tuple[str, ...]
    text: str


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as the files in this text decide it."""
    lines = list(_lines(tree))
    sheet = Sheet()
    for name in _UNDECIDED:
        sheet.unknown(name, _NOT_HERE)
    rule_facts.none(sheet, _NOT_HERE)
    _sshd(sheet, [line for line in lines if "/ssh/sshd_config" in line.file])
    _logins(sheet, lines)
    _snmp(sheet, [line for line in lines if "snmpd" in line.file])
    _records(sheet, lines)
    _firewall(sheet, [line for line in lines if "nftables" in line.file or "iptables" in line.file])
    _services(sheet, lines)
    return sheet.facts(PLATFORM, tree.encoding)


# What shows which file a text without a heading is.
_KINDS = (
    (re.compile(r"(?:PermitRootLogin|PasswordAuthentication|PubkeyAuthentication|UsePAM|ClientAlive|Subsystem|HostKey)\b"),
     "/etc/ssh/sshd_config"),
    (re.compile(r"(?:auth|account|password|session)\s+\S.*pam_\w+\.so"), "/etc/pam.d/"),
    (re.compile(r"\$(?:ModLoad|IncludeConfig)|module\(load=|\S+\s+-?/var/log/"), "/etc/rsyslog.conf"),
    (re.compile(r"(?:driftfile|makestep|rtcsync|leapsectz)\b"), "/etc/chrony.conf"),
    (re.compile(r"(?:r[ow]community6?|com2sec6?|agentAddress|r[ow]user)\s"), "/etc/snmp/snmpd.conf"),
    (re.compile(r"table \w+ \w+ \{|\*filter$|-A \w+ -|:INPUT "), "/etc/nftables.conf"),
    (re.compile(r"PASS_(?:MAX|MIN)_\w+\s"), "/etc/login.defs"),
)  # fmt: skip


def _kind(texts: list[str]) -> str:
    """The path where a single file would stand, by the lines that only it has; empty if none is there."""
    counted = [(sum(1 for text in texts if kind.match(text)), path) for kind, path in _KINDS]
    most, path = max(counted, key=lambda row: row[0])
    return path if most else ""


def _lines(tree: Tree) -> Iterator[Line]:
    texts = [line.strip() for line in tree.lines]
    file = "" if any(map(SECTION.match, texts)) else _kind(texts)
    for number, raw in enumerate(tree.lines, 1):
        text = raw.strip()
        section = SECTION.match(text)
        if section is not None:
            file = section["path"]
        elif text and not text.startswith(("#", ";")):
            yield Line(number, file, tuple(text.split()), text)


def _options(lines: list[Line], name: str) -> list[Line]:
    """The lines of an option of sshd; the first of them is in force."""
    return [line for line in lines if line.words[0].lower() == name and len(line.words) > 1]


def _sshd(sheet: Sheet, lines: list[Line]) -> None:
    names = ("ssh_v1", "vty_no_acl", "idle_timeout_disabled", "idle_timeout_over_10min", "no_banner", "weak_crypto",
             "auth_none", "default_account")  # fmt: skip
    if not lines:
        for name in names:
            sheet.unknown(name, _NOT_HERE)
        controls.put(sheet, "shared_password_login")
        return
    controls.accounts_always(sheet)
    protocol = _options(lines, "protocol")[:1]
    if protocol:
        why = mark("Protocol says which protocols are served")
        sheet.line("ssh_v1", "1" in protocol[0].words[1].split(","), [protocol[0].number], why)
    else:
        sheet.default("ssh_v1", False, mark("the server speaks SSH version 2 only"))
    _sources(sheet, _options(lines, "allowusers"))
    _idle(sheet, lines)
    banner = [line for line in _options(lines, "banner") if line.words[1].lower() != "none"]
    judging.wanted(
        sheet,
        "no_banner",
        [line.number for line in banner],
        mark("a banner is shown at login"),
        mark("there is no Banner line"),
    )
    judging.algorithms(sheet, _algorithms(lines))
    _accounts(sheet, lines)


def _sources(sheet: Sheet, allowed: list[Line]) -> None:
    """`vty_no_acl` by AllowUsers: a pattern without a host lets that user in from anywhere.

    A `Match Address` only says which options hold; whether it keeps anybody out, a person sees.
    """
    limited = [line for line in allowed if all(_of_a_host(word) for word in line.words[1:])]
    if allowed and len(limited) == len(allowed):
        sheet.line(
            "vty_no_acl", False, [one.number for one in allowed], mark("remote management is limited to listed sources")
        )
    else:
        sheet.unknown("vty_no_acl", mark("whether a firewall limits the sources is not decided here"))


def _of_a_host(pattern: str) -> bool:
    _, _, host = pattern.partition("@")
    return bool(host.strip("*?"))


def _accounts(sheet: Sheet, lines: list[Line]) -> None:
    """`auth_none` by empty passwords, `default_account` by root's login."""
    empty = _options(lines, "permitemptypasswords")[:1]
    if empty:
        free = empty[0].words[1].lower() == "yes"
        why = mark("this line lets anybody in") if free else mark("every line asks for a login")
        sheet.line("auth_none", free, [empty[0].number], why)
    else:
        sheet.default("auth_none", False, mark("empty passwords are refused by default"))
    root = _options(lines, "permitrootlogin")[:1]
    if root:
        sheet.line(
            "default_account", root[0].words[1].lower() != "no", [root[0].number],
            mark("PermitRootLogin says whether root may log in"),
        )  # fmt: skip
    else:
        sheet.unknown("default_account", mark("no line says whether root may log in, and the default differs"))


def _idle(sheet: Sheet, lines: list[Line]) -> None:
    interval, count = _options(lines, "clientaliveinterval")[:1], _options(lines, "clientalivecountmax")[:1]
    timeouts: list[tuple[judging.Line, int]] = []
    why, unknown = (
        mark("ClientAliveInterval says when a silent session ends"),
        mark("no line says when an idle session ends"),
    )
    seconds = _seconds(interval[0].words[1]) if interval else None
    if interval and seconds is not None:
        times = int(count[0].words[1]) if count and count[0].words[1].isdigit() else 3
        timeouts.append((interval[0].number, seconds * times))
        if seconds and not times:  # ended sessions before OpenSSH 8.2, ends none since
            timeouts, unknown = [], mark("what ClientAliveCountMax 0 means depends on the release")
    judging.idle(sheet, timeouts, why, unknown_why=unknown)


_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _seconds(text: str) -> int | None:
    """A time as sshd_config(5) writes it (`600`, `10m`, `1h30m`); None if it is none."""
    if not re.fullmatch(r"(?:\d+[smhdw]?)+", text.lower()):
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([smhdw]?)", text.lower()))


_WEAK = re.compile(r"3des|arcfour|blowfish|md5|group1-sha1|group-exchange-sha1|(?:^|,)des")


def _algorithms(lines: list[Line]) -> Iterator[tuple[judging.Line, bool]]:
    for name in ("ciphers", "macs", "kexalgorithms"):
        for line in _options(lines, name)[:1]:
            removed = line.words[1].startswith("-")
            yield line.number, not removed and _WEAK.search(line.words[1].lower()) is not None


def _logins(sheet: Sheet, lines: list[Line]) -> None:
    _lockout(sheet, lines)
    # Where PAM checks the length, PASS_MIN_LEN is not asked (login.defs(5)).
    rows = list(_lengths(lines, ("/pam.d/", "pwquality"), r"minlen\s*=\s*(\d+)"))
    rows = rows or list(_lengths(lines, ("login.defs",), r"PASS_MIN_LEN\s+(\d+)"))
    name = "pwd_policy_weak_or_missing"
    if rows:
        short = [number for number, length in rows if length < judging.MIN_LENGTH]
        sheet.line(
            name, bool(short), short or [number for number, _ in rows], mark("a minimum length of passwords is set")
        )
    else:
        sheet.unknown(name, _NOT_HERE)


def _lengths(lines: list[Line], files: tuple[str, ...], pattern: str) -> Iterator[tuple[int, int]]:
    for line in lines:
        found = re.search(pattern, line.text) if any(file in line.file for file in files) else None
        if found is not None:
            yield line.number, int(found[1])


def _lockout(sheet: Sheet, lines: list[Line]) -> None:
    """`no_login_lockout`: faillock.conf counts only where PAM asks the module; `deny=0` never locks."""
    pam = [line for line in lines if "/pam.d/" in line.file]
    asked = [line for line in pam if "pam_faillock" in line.text or "pam_tally" in line.text]
    conf = [line for line in lines if "faillock.conf" in line.file and line.words[0].startswith("deny")]
    counted = [*asked, *conf]
    never = [line.number for line in counted if re.search(r"\bdeny\s*=\s*0(?!\d)", line.text)]
    if pam and not asked:
        sheet.absent("no_login_lockout", True, mark("there is no pam_faillock line"))
    elif never:
        sheet.line("no_login_lockout", True, never, mark("failures are counted, and nobody is locked out"))
    elif counted:
        sheet.line("no_login_lockout", False, [one.number for one in counted], mark("failures lock the account"))
    else:
        sheet.unknown("no_login_lockout", _NOT_HERE)


def _snmp(sheet: Sheet, lines: list[Line]) -> None:
    found = []
    for line in lines:
        word = line.words[0].lower()
        if word in ("rocommunity", "rwcommunity", "rocommunity6", "rwcommunity6") and len(line.words) > 1:
            source = line.words[2] if len(line.words) > 2 else "default"
            limited = source not in ("default", "0.0.0.0/0", "::/0")
            found.append(Community(line.number, line.words[1].strip('"'), word.startswith("rw"), limited))
        elif word in ("com2sec", "com2sec6") and len(line.words) > 3:
            found.append(
                Community(
                    line.number,
                    line.words[3].strip('"'),
                    writes=False,
                    limited=line.words[2] not in ("default", "0.0.0.0/0"),
                )
            )
    if lines:
        judging.communities(
            sheet, found, [line.number for line in lines if line.words[0].lower() in ("createuser", "rouser", "rwuser")]
        )
        return
    for name in ("snmp_v1v2c", "snmp_default_community", "snmp_rw_community", "snmp_no_acl"):
        sheet.unknown(name, _NOT_HERE)


def _records(sheet: Sheet, lines: list[Line]) -> None:
    logs = [line for line in lines if "rsyslog" in line.file or "syslog" in line.file or "journal-upload" in line.file]
    hosts = [line.number for line in logs if re.search(r"\s@@?[\w\[(]|omfwd|target=|^URL=", line.text)]
    clocks = [line for line in lines if re.search(r"chrony|ntp\.conf|timesyncd", line.file)]
    servers = [
        line.number
        for line in clocks
        if line.words[0].lower() in ("server", "pool", "peer") or line.text.startswith("NTP=")
    ]
    for name, rows, found, have, lack in (
        ("no_syslog_host", logs, hosts, mark("logs go to this host"), mark("no remote log host is switched on")),
        ("no_ntp", clocks, servers, mark("time comes from this server"), mark("there is no NTP server line")),
    ):
        if rows:
            judging.wanted(sheet, name, found, have, lack)
        else:
            sheet.unknown(name, _NOT_HERE)
    if logs:
        sheet.line("logging_disabled", False, [logs[0].number], mark("logs are written here"))
    else:
        sheet.unknown("logging_disabled", _NOT_HERE)
    sheet.unknown("log_retention_short", mark("how long logs are kept is decided on the log host"))


def _firewall(sheet: Sheet, lines: list[Line]) -> None:
    if not lines:
        sheet.unknown("any_any_permit_applied", _NOT_HERE)
        controls.put(sheet, "no_access_rules")
        return
    opened = [
        line.number
        for line in lines
        if re.search(r"hook (?:input|forward)\b.*policy accept|^:(?:INPUT|FORWARD) ACCEPT", line.text)
    ]
    opened += [
        line.number
        for line in lines
        if line.text in ("accept", "accept;") or re.fullmatch(r"-A (?:INPUT|FORWARD) -j ACCEPT", line.text)
    ]
    closed = [
        line.number
        for line in lines
        if re.search(r"hook (?:input|forward)\b.*policy drop|^:(?:INPUT|FORWARD) DROP", line.text)
    ]
    controls.put(sheet, "no_access_rules", weak=opened, sound=closed, lacking=True)
    sheet.weighed(
        "any_any_permit_applied", opened, closed,
        why=mark("this rule permits anything and is in force"),
        sound_why=mark("no rule in force permits anything"),
        absent_why=mark("no rule in force permits anything"),
    )  # fmt: skip


def _services(sheet: Sheet, lines: list[Line]) -> None:
    telnet = [line.number for line in lines if re.search(r"/xinetd\.d/telnet|inetd\.conf", line.file)
              and re.match(r"telnet\b|disable\s*=\s*no", line.text)]  # fmt: skip
    others = [line.number for line in lines if re.search(r"vsftpd|proftpd|tftpd|inetd\.conf", line.file)
              and re.match(r"ftp\b|tftp\b|finger\b|listen(?:_ipv6)?=YES|TFTP_ADDRESS", line.text)]  # fmt: skip
    if telnet:
        sheet.line("telnet_mgmt", True, telnet, mark("the Telnet server is switched on"))
    else:
        sheet.unknown("telnet_mgmt", _NOT_HERE)
    judging.services(sheet, others, (), default_off=False)
