"""Stored passwords and algorithms of ASA.

A saved text shows shared keys as asterisks; `encrypted`, `pbkdf2`, `nt-encrypted`, `mschap` stand behind hashes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.facts import judging
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.reading import Command, Reading, Sheet

_HASHED = frozenset({"encrypted", "pbkdf2", "nt-encrypted", "mschap", "nopassword"})
_STARS = re.compile(r"\*+")


def passwords(sheet: Sheet, reading: Reading) -> None:
    """`pwd_plain`, `pwd_reversible`, `pwd_encryption_off`."""
    plain: list[judging.Line] = []
    hidden: list[judging.Line] = []
    for command, secret in _stored(reading):
        if _STARS.fullmatch(secret) or judging.MASK in secret:
            hidden.append(command)
        elif not (secret == "8" or secret.startswith("$sha")):
            plain.append(command)
    judging.secrets(sheet, plain=plain, hidden=[] if not hidden else hidden, reversible=())
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
    for word, at in (("ikev1", 2), ("pre-shared-key", 1), ("ikev2", 3), ("isakmp", 2)):
        for command in reading.on(word):
            if "pre-shared-key" in command.folded[:3] and len(command.words) > at:
                yield command, command.words[at]
            elif word == "isakmp" and command.folded[1:2] == ("key",) and len(command.words) > at:
                yield command, command.words[at]


_WEAK = frozenset({"des", "3des", "md5", "esp-des", "esp-3des", "esp-md5-hmac", "esp-null", "null"})
_GROUPS = frozenset({"1", "2", "5"})
_POLICIES = (("crypto", "ikev1", "policy"), ("crypto", "ikev2", "policy"), ("crypto", "isakmp", "policy"),
             ("isakmp", "policy"), ("crypto", "ipsec", "ikev2", "ipsec-proposal"))  # fmt: skip


def crypto(sheet: Sheet, reading: Reading) -> None:
    """Algorithms of IKE, IPsec, SSH, TLS and SNMPv3."""
    judging.algorithms(sheet, _judged(reading))


def _judged(reading: Reading) -> Iterator[tuple[judging.Line, bool]]:
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
    for command in reading.on("ssh", "key-exchange"):
        yield command, command.has("dh-group1-sha1")
    for command in reading.on("ssl"):
        if command.folded[1:2] == ("encryption",):
            yield command, any("des" in word or "rc4" in word or "null" in word for word in command.folded[2:])
        elif command.folded[1:2] in (("server-version",), ("client-version",)):
            yield command, command.folded[2:3] != () and command.folded[2] in ("any", "tlsv1", "tlsv1-only", "sslv3", "tlsv1.1")
        elif command.folded[1:2] == ("dh-group",):
            yield command, command.folded[2:3] in (("group1",), ("group2",), ("group5",))
    for command in reading.on("snmp-server", "user"):
        if command.has("auth") or command.has("priv"):
            yield command, not {"md5", "des", "3des"}.isdisjoint(command.folded)
