"""What is kept or sent in a form that others can read: SNMP communities, stored passwords, algorithms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.huawei.filters import limited, opening_rules
from configs.facts import judging
from configs.reading import Command, Reading, Sheet, last
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.dialects.huawei.filters import AccessList, Key


_DEFAULT_COMMUNITIES = frozenset({"public", "private"})
# A secret that the device has stored in its own form; "!!" ends the oldest one.
_STORED = re.compile(r"^(%\^%#|%\$%\$|%@%@|@%@%|%#%#|%@%##|\$1[a-z]\$|\$\$e:)|!!$")


def snmp(sheet: Sheet, reading: Reading, lists: dict[Key, AccessList]) -> None:
    """The four facts about communities."""
    off = reading.switch("snmp-agent")
    communities = [command for command in reading.on("snmp-agent", "community") if _community(command)]
    if off is not None and off.negated:
        communities = [command for command in communities if command.line > off.line]
    if not communities:
        why = mark("no community is configured")
        users = [*reading.on("snmp-agent", "usm-user"), *reading.on("snmp-agent", "group", "v3")]
        sheet.weighed("snmp_v1v2c", (), users, why="", sound_why=mark("only SNMPv3 is configured"), absent_why=why)
        for name in ("snmp_default_community", "snmp_rw_community", "snmp_no_acl"):
            sheet.absent(name, False, why)
        return
    versions = [
        command
        for command in reading.on("snmp-agent", "sys-info", "version")
        if not {"all", "v1", "v2c"}.isdisjoint(command.folded)
    ]
    sheet.line("snmp_v1v2c", True, [*versions, *communities], mark("a community gives access by SNMPv1/v2c"))
    names = {command: _community(command) for command in communities}
    default = [command for command, name in names.items() if name.lower() in _DEFAULT_COMMUNITIES]
    if not default and any(judging.masked(name) or _STORED.search(name) for name in names.values()):
        sheet.unknown("snmp_default_community", mark("the community is stored in cipher or masked in this text"))
    else:
        why = mark("the community is a well-known word") if default else mark("no community is a well-known word")
        sheet.line("snmp_default_community", bool(default), default or communities, why)
    sheet.weighed(
        "snmp_rw_community",
        [command for command in communities if "write" in command.folded[2:4]],
        communities,
        why=mark("the community may write"),
        sound_why=mark("no community may write"),
        absent_why="",
    )
    common = reading.on("snmp-agent", "acl")
    opened = [command for command in communities if not limited(command if command.has("acl") else last(common), lists)]
    sheet.weighed(
        "snmp_no_acl",
        [*opened, *(line for command in opened for line in opening_rules(command, lists))],
        [*communities, *common],
        why=mark("the community has no access list, or its list is not defined or permits any source"),
        sound_why=mark("every community is limited by an access list"),
        absent_why="",
    )


def _community(command: Command) -> str:
    """The name in `snmp-agent community {read|write} [cipher|simple] NAME …`; empty for other community lines."""
    words = list(command.words[2:])
    if not words or words[0].lower() not in ("read", "write"):
        return ""
    words = words[1:]
    if len(words) > 1 and words[0].lower() in ("cipher", "simple"):
        words = words[1:]
    return words[0] if words else ""


def passwords(sheet: Sheet, reading: Reading) -> None:
    """`pwd_plain`, `pwd_reversible`, `pwd_encryption_off`."""
    plain: list[Command] = []
    reversible: list[Command] = []
    hidden: list[Command] = []
    users = {command.line for command in reading.on("local-user")}
    for command in reading.holding("password", "key", "authentication-mode"):
        if command.negated or not _about_secret(command):
            continue
        if command.starts("local-user") and command.line not in users:
            continue  # the account was removed again
        if _clear(command) or _clear_user(command):
            plain.append(command)
        elif judging.masked(_untyped(command)):
            hidden.append(command)
        if _is_login(command) and command.has("cipher"):
            reversible.append(command)
    if plain:
        sheet.line("pwd_plain", True, plain, mark("a password or shared key stands in clear in this line"))
    elif hidden:
        sheet.unknown("pwd_plain", mark("a key is masked in this text, so its form cannot be seen"))
    else:
        sheet.absent("pwd_plain", False, mark("no line shows a password or shared key in clear"))
    if reversible:
        sheet.line("pwd_reversible", True, reversible, mark("cipher can be turned back into the password"))
    else:
        sheet.absent("pwd_reversible", False, mark("no login password is stored with cipher"))
    sheet.default("pwd_encryption_off", False, mark("VRP has no such switch: every line names the form it stores"))


_SECRET_WORD = re.compile(r".*(?:password|key|key-string|shared-key-cipher)$|authentication-mode$").match


def _about_secret(command: Command) -> bool:
    if command.starts("snmp-agent", "community") or command.folded[0] in ("description", "gre", "header", "sysname"):
        return False
    return any(map(_SECRET_WORD, command.folded))


def _clear(command: Command) -> bool:
    """`… simple SECRET`, `… plain SECRET`, or a key without any word for its form that is not in stored form."""
    for index, word in enumerate(command.folded):
        if word in ("simple", "plain"):
            rest = [other for other in command.words[index + 1 :] if other.lower() not in ("plain", "simple")]
            if rest and rest[0].lower() != "cipher":
                return True
    untyped = _untyped(command)
    return bool(untyped) and not judging.masked(untyped) and not _STORED.search(untyped)


def _clear_user(command: Command) -> bool:
    return command.starts("snmp-agent", "usm-user") and judging.shows_user_key(command.words, _STORED)


def _untyped(command: Command) -> str:
    """The key that stands directly behind its keyword, without `cipher` or `simple`; empty if there is none."""
    for words in (("pre-shared-key",), ("radius-server", "shared-key"), ("hwtacacs-server", "shared-key")):
        if command.starts(*words):
            rest = command.words[len(words) :]
            if rest and rest[0].lower() not in ("cipher", "simple"):
                return rest[0]
    return ""


def _is_login(command: Command) -> bool:
    return (
        (command.starts("local-user") and command.has("password"))
        or command.starts("set", "authentication", "password")
        or command.starts("super", "password")
        or command.starts("password", "cipher")
    )


_WEAK_ALGORITHMS = frozenset({"des", "des-cbc", "3des", "3des-cbc", "des56", "3des168", "md5", "hmac-md5"})
_WEAK_TLS = re.compile(r"tls1\.[01]|tlsv1|tlsv1\.[01]|ssl3\.0|sslv3")
_WEAK_GROUPS = frozenset({"group1", "group2", "group5"})
_WEAK_SSH = re.compile(r"3des|(^|_)des(_|$)|arcfour|blowfish|md5|group1_sha1|group_exchange_sha1$")


def crypto(sheet: Sheet, reading: Reading) -> None:
    """Channels only: IKE, IPsec, SSH, TLS, SNMPv3, WLAN. Keys of routing protocols are judged elsewhere."""
    judged = [*vpn_algorithms(reading), *_channel_algorithms(reading)]
    sheet.weighed(
        "weak_crypto",
        [command for command, weak in judged if weak],
        [command for command, weak in judged if not weak],
        why=mark("the line allows a weak algorithm"),
        sound_why=mark("the algorithms that lines allow are not weak"),
        absent_why=mark("no line allows a weak algorithm"),
    )


def vpn_algorithms(reading: Reading) -> Iterator[tuple[Command, bool]]:
    """Lines that allow algorithms of IKE and IPsec, and whether one of them is weak."""
    algorithms = {"encryption-algorithm", "authentication-algorithm", "integrity-algorithm", "prf"}
    for kind in ("ike", "ipsec"):
        for proposal in reading.on(kind, "proposal"):
            for command in proposal.inside:
                if not algorithms.isdisjoint(command.folded):
                    yield command, not _WEAK_ALGORITHMS.isdisjoint(command.folded)
                elif command.folded[0] == "dh":
                    yield command, not _WEAK_GROUPS.isdisjoint(command.folded)


def _channel_algorithms(reading: Reading) -> Iterator[tuple[Command, bool]]:
    """The same for SSH, SNMPv3, TLS and WLAN."""
    for kind in ("cipher", "hmac", "key-exchange"):
        for command in (*reading.on("ssh", "server", kind), *reading.on("ssh", "client", kind)):
            yield command, any(_WEAK_SSH.search(word) for word in command.folded[3:])
    for command in reading.on("snmp-agent", "usm-user"):
        if command.has("authentication-mode") or command.has("privacy-mode"):
            yield command, not _WEAK_ALGORITHMS.isdisjoint(command.folded)
    for command in (*reading.on("ssl", "minimum", "version"), *reading.on("web-manager", "security", "version")):
        yield command, any(_WEAK_TLS.fullmatch(word) for word in command.folded)
    for command in reading.on("security"):
        if not {"wep", "wpa", "wpa2", "wpa-wpa2"}.isdisjoint(command.folded):
            yield command, command.has("wep") or command.has("tkip")
