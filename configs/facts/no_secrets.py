"""What is kept or sent in a form that others can read: SNMP communities, stored passwords, algorithms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.facts import judging
from configs.meaning.filters import permits_any_source
from configs.meaning.no_lists import community_host, community_list, community_name
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.meaning.no_lists import AccessList
    from configs.reading import Command, Reading, Sheet


_DEFAULT_COMMUNITIES = frozenset({"public", "private"})
# What says that the keys of an SNMPv3 user are stored in another form.
_LOCALIZED = frozenset({"encrypted", "localizedkey", "localized", "localizedv2key"})
_HASHES = frozenset({"sha512", "md5", "sha256", "scrypt", "encrypted"})
_HIDING = frozenset({"7", "8", "encrypted"})  # forms in which a community cannot be read
_WRITING = frozenset({"rw", "network-admin", "vdc-admin"})


def snmp(sheet: Sheet, reading: Reading, lists: dict[str, AccessList]) -> None:
    """The four facts about communities."""
    communities = [command for command in reading.on("snmp-server", "community") if len(command.words) > 2]
    if not communities:
        version3 = [*reading.on("snmp-server", "group"), *reading.on("snmp-server", "user")]
        if version3:
            version3 += [command for command in reading.on("snmp-server", "host") if command.has("3")]
        why = mark("no community is configured")
        sheet.weighed("snmp_v1v2c", (), version3, why="", sound_why=mark("only SNMPv3 is configured"), absent_why=why)
        for name in ("snmp_default_community", "snmp_rw_community", "snmp_no_acl"):
            sheet.absent(name, False, why)
        return
    sheet.line("snmp_v1v2c", True, communities, mark("a community gives access by SNMPv1/v2c"))
    named = [(command, *community_name(command)[:2]) for command in communities]
    default = [command for command, _, name in named if name.strip('"').lower() in _DEFAULT_COMMUNITIES]
    if not default and any(form in _HIDING or judging.masked(name) for _, form, name in named):
        sheet.unknown("snmp_default_community", mark("the community is stored in cipher or masked in this text"))
    else:
        why = mark("the community is a well-known word") if default else mark("no community is a well-known word")
        sheet.line("snmp_default_community", bool(default), default or communities, why)
    sheet.weighed(
        "snmp_rw_community",
        [command for command in communities if not _WRITING.isdisjoint(command.folded[3:])],
        communities,
        why=mark("the community may write (RW)"),
        sound_why=mark("no community may write"),
        absent_why="",
    )
    # One language has the list on a line of its own, so a list on any of a community's lines counts for all.
    limited = {
        name for command, _, name in named if community_host(command) or _limited(lists.get(community_list(command)))
    }
    opened = [command for command, _, name in named if name not in limited]
    # The rule that opens a list shows it.
    rules = [permits_any_source(entry.rules) for one in opened if (entry := lists.get(community_list(one))) is not None]
    sheet.weighed(
        "snmp_no_acl",
        [*opened, *(rule.line for rule in rules if rule is not None)],
        communities,
        why=mark("the community has no access list, or its list is not defined or permits any source"),
        sound_why=mark("every community is limited by an access list"),
        absent_why="",
    )


def _limited(entry: AccessList | None) -> bool:
    rules = entry is not None and bool(entry.rules or entry.unclear)
    return entry is not None and rules and permits_any_source(entry.rules) is None


def passwords(sheet: Sheet, reading: Reading, lines: tuple[Command, ...]) -> None:
    """`pwd_plain` and `pwd_reversible`."""
    logins = [command for command in _login_passwords(reading, lines) if not command.negated]
    plain = [command for command in logins if _storage(command) == "plain"]
    plain += _plain_keys(reading)
    masked = [command for command in logins if any(map(judging.masked, command.words[1:]))]
    hidden = [command for command in masked if _storage(command) == "hidden"]
    judging.secrets(
        sheet, plain=plain, hidden=hidden, reversible=[command for command in logins if _storage(command) == "7"]
    )


def encryption(sheet: Sheet, reading: Reading) -> None:
    """`pwd_encryption_off`."""
    switch = reading.switch("service", "password-encryption")
    why = mark("service password-encryption hides the passwords that lines store")
    if switch is None:
        sheet.absent("pwd_encryption_off", True, mark("there is no service password-encryption"))
    else:
        sheet.line("pwd_encryption_off", switch.negated, [switch], why)


def _login_passwords(reading: Reading, lines: tuple[Command, ...]) -> Iterator[Command]:
    for command in reading.on("username"):
        if command.has("password") or command.has("secret"):
            yield command
        yield from (*command.find("password"), *command.find("secret"))
    yield from reading.find("enable", "password")
    yield from reading.find("enable", "secret")
    for line in lines:
        yield from line.find("password")


def _storage(command: Command) -> str:
    """How the password of a login line is stored: `plain`, or the type's number."""
    own = command.starts("password") or not command.has("secret")  # `password secret`: that is the password
    rest = command.after("password") if own else command.after("secret")
    if not rest:
        return ""
    if rest[0].lower() == "level":
        rest = rest[2:]
    if len(rest) < 2:
        return "hidden" if judging.masked(rest[0]) or rest[0].startswith("$") else "plain"
    if rest[0].lower() in _HASHES:
        return "hash"
    if judging.reference(rest[1]):
        return "hidden"  # what is to be typed: how the device stores it is not in this text
    return "plain" if rest[0] == "0" or not rest[0].isdigit() else rest[0]


# Where shared keys stand: the words before the key. A key is preceded by its type; without one it is in clear.
_KEYS = (
    (("radius-server",), "key"),
    (("tacacs-server",), "key"),
    (("crypto", "isakmp", "key"), "key"),
    (("neighbor",), "password"),
    (("ppp", "chap"), "password"),
    (("ppp", "pap"), "password"),
    (("ip", "ospf", "authentication-key"), "authentication-key"),
    (("ip", "ospf", "message-digest-key"), "md5"),
    (("area",), "authentication-key"),
    (("standby",), "key-string"),
    (("vrrp",), "key-string"),
    (("glbp",), "key-string"),
    (("area-password",), "area-password"),
    (("domain-password",), "domain-password"),
    (("isis", "password"), "password"),
    (("l2tp", "tunnel", "password"), "password"),
    (("mpls", "ldp", "neighbor"), "password"),
    (("key-string",), "key-string"),
    (("pre-shared-key",), "key"),
    (("ntp", "authentication-key"), "md5"),
    (("ip", "ftp", "password"), "password"),
    (("wpa-psk",), "ascii"),
    (("server-private",), "key"),
)


def _plain_keys(reading: Reading) -> list[Command]:
    found: list[Command] = []
    for words, before in _KEYS:
        for command in reading.on(*words):
            rest = command.after(before)
            if rest and _in_clear(rest):
                found.append(command)
    for words in (("tacacs", "server"), ("radius", "server"), ("tacacs-server", "host"), ("radius-server", "host")):
        for server in reading.on(*words):
            found += [key for key in server.find("key") if len(key.words) > 1 and _in_clear(key.words[1:])]
    for user in reading.on("snmp-server", "user"):
        # The running configuration of IOS never shows v3 users; where a text does, the secrets are in clear unless
        # `encrypted` stands before them.
        if (user.has("auth") or user.has("priv")) and _LOCALIZED.isdisjoint(user.folded):
            found.append(user)
    found += _group_keys(reading)
    for command in reading.on("pre-shared-key"):
        key = [word for word in command.words[1:] if word.lower() not in ("local", "remote")]
        if key and not command.has("address") and not command.has("hostname") and _in_clear(key):
            found.append(command)
    return found


def _group_keys(reading: Reading) -> Iterator[Command]:
    for word in ("standby", "vrrp", "glbp", "authentication"):
        for command in reading.on(word):
            shown = _group_key(command)
            if shown and not judging.masked(shown):
                yield command


def _group_key(command: Command) -> str:
    """The key of `standby | vrrp | glbp [N] authentication [text] KEY`; in a view without the first words."""
    rest = command.words[1:] if command.folded[0] == "authentication" else command.after("authentication")
    if not rest or rest[0].lower() == "md5":
        return ""
    if rest[0].lower() == "text":
        return rest[1] if len(rest) > 1 else ""
    return "" if command.folded[0] == "authentication" else rest[0]


def _in_clear(rest: Iterable[str]) -> bool:
    words = list(rest)
    if words[0] == "0":
        return True
    if judging.masked(words[0]) or (words[0].lower() in ("encrypted", "password") and len(words) > 1):
        return False
    if words[0] in ("5", "6", "7", "8", "9") and len(words) > 1:
        return False
    # `ntp authentication-key 1 md5 HASH 7`: the type stands behind the key.
    return words[-1] != "7"


_WEAK_TRANSFORMS = frozenset({"esp-des", "esp-3des", "esp-null", "esp-md5-hmac", "ah-md5-hmac"})
_WEAK_SSH = re.compile(r"3des|(^|-)des(-|$)|arcfour|md5|group1-sha1|group-exchange-sha1")
_WEAK_TLS = re.compile(r"tlsv1\.[01]|3des|rc4|-des-|md5")
_WEAK_WORDS = frozenset({"des", "3des", "md5"})
_WEAK_GROUPS = frozenset({"1", "2", "5", "group1", "group2", "group5"})


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


_IKE_WEAKNESSES = {
    "encr": _WEAK_WORDS,
    "encryption": _WEAK_WORDS,
    "hash": _WEAK_WORDS,
    "integrity": _WEAK_WORDS,
    "prf": _WEAK_WORDS,
    "group": _WEAK_GROUPS,
}


def vpn_algorithms(reading: Reading) -> Iterator[tuple[Command, bool]]:
    """Lines that allow algorithms of IKE and IPsec, and whether one of them is weak."""
    for words in (("crypto", "isakmp", "policy"), ("crypto", "ikev2", "proposal"), ("crypto", "ikev1", "policy")):
        for policy in reading.on(*words):
            for command in policy.inside:
                if command.folded[0] in _IKE_WEAKNESSES:
                    yield command, not _IKE_WEAKNESSES[command.folded[0]].isdisjoint(command.folded[1:])
    for command in reading.on("crypto", "ipsec", "transform-set"):
        yield command, not _WEAK_TRANSFORMS.isdisjoint(command.folded)
    for command in reading.on("set", "pfs"):
        yield command, not _WEAK_GROUPS.isdisjoint(command.folded)


def _channel_algorithms(reading: Reading) -> Iterator[tuple[Command, bool]]:
    """The same for SSH, SNMPv3, TLS and WLAN."""
    for command in reading.on("ip", "ssh", "server", "algorithm"):
        yield command, any(_WEAK_SSH.search(word) for word in command.folded[4:])
    for command in reading.on("snmp-server", "user"):
        if command.has("auth") or command.has("priv"):
            yield command, not {"md5", "des", "des56", "3des"}.isdisjoint(command.folded[4:])
    for command in (*reading.on("ip", "http", "tls-version"), *reading.on("ip", "http", "secure-ciphersuite")):
        yield command, any(_WEAK_TLS.search(word) for word in command.folded)
    for command in (*reading.on("encryption"), *reading.on("dot11")):
        if command.has("ciphers") or command.has("wep"):
            yield command, not {"wep", "wep40", "wep128", "tkip"}.isdisjoint(command.folded)
