"""What is kept or sent in a form that others can read: SNMP communities, stored passwords, algorithms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.hp_comware.facts_lists import named
from configs.facts import judging
from configs.facts.judging import Community
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.dialects.hp_comware.facts_lists import Lists
    from configs.reading import Command, Reading, Sheet

_STORED = re.compile(r"\$[ch]\$\d+\$|!!$")


def snmp(sheet: Sheet, reading: Reading, lists: Lists) -> None:
    """The four facts about communities. A user of SNMPv1 or v2c is a community under another name."""
    found = []
    for command in reading.on("snmp-agent"):
        words = list(command.words[1:])
        folded = command.folded[1:]
        if folded[:1] == ("community",) and folded[1:2] in (("read",), ("write",)):
            writes, rest = folded[1] == "write", words[2:]
        elif folded[:1] == ("usm-user",) and folded[1:2] in (("v1",), ("v2c",)):
            writes, rest = False, words[2:]
        else:
            continue
        cipher = rest[:1] == ["cipher"]
        if rest and rest[0].lower() in ("simple", "cipher") and len(rest) > 1:
            rest = rest[1:]
        name = "" if not rest or cipher or _STORED.search(rest[0]) else rest[0]
        key = named(command, "acl")
        found.append(Community(command, name, writes, key is not None and lists.limits(key)))
    users = [*reading.on("snmp-agent", "usm-user", "v3"), *reading.on("snmp-agent", "group", "v3")]
    off = reading.switch("snmp-agent")
    versions = [
        one
        for one in reading.on("snmp-agent", "sys-info", "version")
        if not {"all", "v1", "v2c"}.isdisjoint(one.folded)
    ]
    judging.communities(sheet, [] if off is not None and off.negated else found, users, versions)


# Words behind which a secret stands, with or without its form.
_BEHIND = frozenset({
    "password", "key", "pre-shared-key", "pass-phrase", "key-string", "cak", "shared-key", "authentication-mode",
    "privacy-mode", "preshared-key",
})  # fmt: skip
# One of these texts is in each of them.
_PARTS = ("password", "key", "pass-phrase", "cak", "authentication-mode", "privacy-mode")
_FORMS = frozenset({"simple", "cipher", "hash", "plain", "plaintext", "ciphertext"})
_FORMLESS = frozenset({"pre-shared-key"})


def passwords(sheet: Sheet, reading: Reading) -> None:
    """`pwd_plain`, `pwd_reversible`, `pwd_encryption_off`."""
    plain: list[judging.Line] = []
    hidden: list[judging.Line] = []
    reversible: list[judging.Line] = []
    for command in reading.holding(*_PARTS):
        folded = command.folded
        if command.negated or folded[0] in ("description", "header", "sysname") or _BEHIND.isdisjoint(folded):
            continue
        if command.starts("snmp-agent", "community"):
            continue
        if command.starts("snmp-agent", "usm-user"):
            if judging.shows_user_key(command.words, _STORED):
                plain.append(command)
            continue
        form, secret = _secret(command)
        shown = not _STORED.search(secret) if not form else form in ("simple", "plain", "plaintext")
        if secret and shown:
            # A reference is what is to be typed: how the device stores it is not in this text.
            (hidden if judging.masked(secret) or judging.reference(secret) else plain).append(command)
        if form in ("cipher", "ciphertext") and _is_login(command):
            reversible.append(command)
    judging.secrets(sheet, plain=plain, hidden=hidden, reversible=reversible)
    sheet.default("pwd_encryption_off", False, mark("every line names the form in which it stores a password"))


def _secret(command: Command) -> tuple[str, str]:
    """The form and the secret of a line; ("", "") if it holds none."""
    for index, word in enumerate(command.folded):
        if word in _FORMS and index + 1 < len(command.words):
            secret = command.words[index + 1]
            if secret.lower() in _FORMS and index + 2 < len(command.words):
                return secret.lower(), command.words[index + 2]
            # `authentication-mode simple plain X`: the first word is the kind of authentication.
            return word, secret
    first = command.folded[0]
    if first == "key" and command.folded[1:2] in (("authentication",), ("accounting",), ("authorization",)):
        return "", command.words[2] if len(command.words) > 2 else ""
    if (
        first in _FORMLESS
        and len(command.words) > 1
        and command.folded[1] not in ("address", "hostname", "local", "remote")
    ):
        return "", command.words[1]
    return "", ""


def _is_login(command: Command) -> bool:
    return (
        command.folded[0] in ("password", "super")
        or command.starts("set", "authentication", "password")
        or (command.starts("local-user") and command.has("password"))
    )


_WEAK = frozenset({
    "des", "des-cbc", "3des", "3des-cbc", "des56", "3des168", "md5", "md5-96", "hmac-md5", "dh-group1-sha1",
    "dh-group1", "hmac-md5-96",
})  # fmt: skip
_GROUPS = frozenset({"group1", "group2", "group5", "dh-group1", "dh-group2", "dh-group5"})
_OLD_TLS = frozenset({"ssl3.0", "tls1.0", "tls1.1"})


def crypto(sheet: Sheet, reading: Reading) -> None:
    """Channels only: IKE, IPsec, SSH, TLS, SNMPv3, WLAN. Keys of routing protocols are judged elsewhere."""
    judging.algorithms(sheet, [*vpn_algorithms(reading), *_channels(reading)])


def vpn_algorithms(reading: Reading) -> Iterator[tuple[Command, bool]]:
    """Lines that allow algorithms of IKE and IPsec, and whether one of them is weak."""
    for word in ("ike", "ikev2", "ipsec"):
        for view in reading.on(word):
            for command in view.inside:
                head = command.folded[0]
                if command.negated:
                    continue
                if head in (
                    "encryption-algorithm",
                    "authentication-algorithm",
                    "encryption",
                    "integrity",
                    "prf",
                    "esp",
                    "ah",
                ):
                    yield command, not _WEAK.isdisjoint(command.folded)
                elif head in ("dh", "group", "pfs"):
                    weak = not _GROUPS.isdisjoint(command.folded) or (
                        head in ("dh", "group") and not {"1", "2", "5"}.isdisjoint(command.folded[1:])
                    )
                    yield command, weak


def _channels(reading: Reading) -> Iterator[tuple[Command, bool]]:
    for command in reading.on("ssh2", "algorithm"):
        yield command, not _WEAK.isdisjoint(command.folded[2:])
    for command in reading.on("snmp-agent", "usm-user", "v3"):
        if command.has("authentication-mode") or command.has("privacy-mode"):
            yield command, not _WEAK.isdisjoint(command.folded)
    for command in reading.find("ssl", "version"):
        if not _OLD_TLS.isdisjoint(command.folded):
            yield command, not command.has("disable") or command.negated
    for command in reading.on("version"):
        if len(command.words) == 2 and command.folded[1].startswith(("ssl", "tls")):
            yield command, command.folded[1] in _OLD_TLS
    for command in (*reading.on("cipher-suite"), *reading.on("wep")):
        yield command, not {"tkip", "wep40", "wep104", "wep128", "key"}.isdisjoint(command.folded)
