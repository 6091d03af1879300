"""Stored passwords and algorithms of ASA.

A saved text shows shared keys as asterisks; `encrypted`, `pbkdf2`, `nt-encrypted`, `mschap` stand behind hashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.facts import judging
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.reading import Command, Reading, Sheet

_HASHED = frozenset({"encrypted", "pbkdf2", "nt-encrypted", "mschap", "nopassword"})
# Commands with shared keys, and which word is the key.
_KEYS = (("ikev1", 2), ("pre-shared-key", 1), ("ikev2", 3), ("isakmp", 2))


def passwords(sheet: Sheet, reading: Reading) -> None:
    """`pwd_plain`, `pwd_reversible`, `pwd_encryption_off`."""
    plain: list[judging.Line] = []
    hidden: list[judging.Line] = []
    for command, secret in _stored(reading):
        if judging.masked(secret):
            hidden.append(command)
        elif not secret.startswith(("8", "$sha")):
            plain.append(command)
    judging.secrets(sheet, plain=plain, hidden=hidden, reversible=())
    sheet.default("pwd_encryption_off", False, mark("the device encrypts what it stores by itself"))


def _stored(reading: Reading) -> Iterator[tuple[Command, str]]:
    for word in ("username", "enable", "passwd"):
        for command in reading.on(word):
            rest = command.after("password") if word != "passwd" else command.words[1:]
            if rest and _HASHED.isdisjoint(command.folded):
                yield command, rest[0]
    for server in reading.on("aaa-server"):
        for command in server.find("key"):
            if len(command.words) > 1:
                yield command, command.words[1]
    for word, at in _KEYS:
        for command in reading.on(word):
            named = "pre-shared-key" in command.folded[:3] or command.starts("isakmp", "key")
            if named and len(command.words) > at:
                yield command, command.words[at]


_WEAK = frozenset({"des", "3des", "md5", "esp-des", "esp-3des", "esp-md5-hmac", "esp-null", "null"})
_GROUPS = frozenset({"1", "2", "5"})
_OLD = frozenset({"any", "tlsv1", "tlsv1-only", "sslv3", "tlsv1.1", "group1", "group2", "group5"})
_POLICIES = (("crypto", "ikev1", "policy"), ("crypto", "ikev2", "policy"), ("crypto", "isakmp", "policy"),
             ("isakmp", "policy"), ("crypto", "ipsec", "ikev2", "ipsec-proposal"))  # fmt: skip


def crypto(sheet: Sheet, reading: Reading) -> None:
    """Algorithms of IKE, IPsec, SSH, TLS and SNMPv3."""
    judging.algorithms(sheet, [*of_tunnels(reading), *_of_channels(reading)])


def of_tunnels(reading: Reading) -> Iterator[tuple[judging.Line, bool]]:
    """Lines that allow algorithms of IKE and IPsec, and whether one of them is weak."""
    for words in _POLICIES:
        for policy in reading.on(*words):
            rows = [(one, one.folded) for one in policy.inside] or [(policy, policy.folded[len(words) + 1 :])]
            for command, folded in rows:
                if folded[:1] in (("encryption",), ("hash",), ("integrity",), ("prf",), ("protocol",)):
                    yield command, not _WEAK.isdisjoint(folded)
                elif folded[:1] == ("group",):
                    yield command, not _GROUPS.isdisjoint(folded[1:])
    for command in reading.on("crypto", "ipsec"):
        if command.has("transform-set"):
            yield command, not _WEAK.isdisjoint(command.folded)


def _of_channels(reading: Reading) -> Iterator[tuple[judging.Line, bool]]:
    for command in reading.on("ssh", "key-exchange"):
        yield command, command.has("dh-group1-sha1")
    for command in reading.on("ssl"):
        words = command.folded[1:]
        if words[:1] == ("encryption",):
            yield command, any("des" in word or "rc4" in word or "null" in word for word in words[1:])
        elif words[:1] in (("server-version",), ("client-version",), ("dh-group",)):
            yield command, not _OLD.isdisjoint(words[1:2])
    for command in reading.on("snmp-server", "user"):
        if command.has("auth") or command.has("priv"):
            yield command, not {"md5", "des", "3des"}.isdisjoint(command.folded)
