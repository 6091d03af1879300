"""The User-based Security Model: keys, digests and privacy (RFC 3414, 3826, 7860).

AES-192 and AES-256 are not in an RFC. Two ways of making their longer keys are in use: the Blumenthal draft
(draft-blumenthal-aes-usm-04, names AES192 and AES256) and the Reeder draft (draft-reeder-snmpv3-usm-3desede-00,
used by Cisco and others, names AES192C and AES256C).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from collectors.snmp.ber import DecodeError

if TYPE_CHECKING:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

# name → (hash, octets of the digest that are sent: RFC 3414 sections 6.3.1 and 7.3.1, RFC 7860 section 4.1)
AUTHENTICATION = {
    "MD5": ("md5", 12),
    "SHA": ("sha1", 12),
    "SHA224": ("sha224", 16),
    "SHA256": ("sha256", 24),
    "SHA384": ("sha384", 32),
    "SHA512": ("sha512", 48),
}
# name → (cipher, key octets, key extension)
PRIVACY = {
    "DES": ("des", 16, ""),
    "AES": ("aes", 16, ""),
    "AES192": ("aes", 24, "blumenthal"),
    "AES256": ("aes", 32, "blumenthal"),
    "AES192C": ("aes", 24, "reeder"),
    "AES256C": ("aes", 32, "reeder"),
}
_ALIASES = {"SHA1": "SHA", "SHA96": "SHA", "HMACSHA": "SHA", "HMACMD5": "MD5", "AES128": "AES", "DES56": "DES"}
_PASSWORD_OCTETS = 1 << 20


def protocol_name(text: str) -> str:
    """The canonical name of a protocol: `sha-256` → `SHA256`, `aes128` → `AES`."""
    name = text.upper().replace("-", "").replace("_", "")
    return _ALIASES.get(name, name)


@lru_cache(maxsize=4096)
def password_to_key(protocol: str, password: bytes) -> bytes:
    """RFC 3414 A.2: the digest of the password repeated to 1,048,576 octets. An empty password is refused."""
    if not password:
        raise ValueError("an SNMPv3 password must not be empty")
    repeated = password * (_PASSWORD_OCTETS // len(password) + 1)
    return hashlib.new(AUTHENTICATION[protocol][0], repeated[:_PASSWORD_OCTETS], usedforsecurity=False).digest()


def localize(protocol: str, key: bytes, engine_id: bytes) -> bytes:
    """RFC 3414 A.2: the key that belongs to one engine."""
    return hashlib.new(AUTHENTICATION[protocol][0], key + engine_id + key, usedforsecurity=False).digest()


def privacy_key(authentication: str, privacy: str, password: bytes, engine_id: bytes) -> bytes:
    """The localised privacy key, as long as the cipher needs it."""
    _, size, extension = PRIVACY[privacy]
    key = localize(authentication, password_to_key(authentication, password), engine_id)
    if extension == "reeder":
        # The localised key is taken as a password again, and the result is appended.
        while len(key) < size:
            key += localize(authentication, password_to_key(authentication, key), engine_id)
    else:
        name = AUTHENTICATION[authentication][0]
        while len(key) < size:
            key += hashlib.new(name, key, usedforsecurity=False).digest()
    return key[:size]


@dataclass(frozen=True, slots=True)
class User:
    """A v3 user: canonical protocol names, empty where the security level does not use them."""

    name: str
    auth_protocol: str = ""
    auth_password: bytes = field(default=b"", repr=False)
    priv_protocol: str = ""
    priv_password: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if self.auth_protocol and self.auth_protocol not in AUTHENTICATION:
            raise ValueError(f"unknown authentication protocol {self.auth_protocol}")
        if self.priv_protocol and self.priv_protocol not in PRIVACY:
            raise ValueError(f"unknown privacy protocol {self.priv_protocol}")
        if self.priv_protocol and not self.auth_protocol:
            raise ValueError("privacy needs authentication")


class Keys:
    """A user's localised keys for one engine, and what is done with them."""

    def __init__(self, user: User, engine_id: bytes) -> None:
        self._hash = ""
        self._auth_key = b""
        self.digest_size = 0
        self._cipher = ""
        self._priv_key = b""
        if user.auth_protocol:
            self._hash, self.digest_size = AUTHENTICATION[user.auth_protocol]
            key = password_to_key(user.auth_protocol, user.auth_password)
            self._auth_key = localize(user.auth_protocol, key, engine_id)
        if user.priv_protocol:
            self._cipher = PRIVACY[user.priv_protocol][0]
            self._priv_key = privacy_key(user.auth_protocol, user.priv_protocol, user.priv_password, engine_id)
        # RFC 3826 section 3.1.1.1: the salt starts at a random value and never repeats under a key.
        self._salt = count(int.from_bytes(os.urandom(7), "big"))

    def digest(self, message: bytes) -> bytes:
        """The digest of a whole message whose digest field is zeros."""
        return hmac.digest(self._auth_key, message, self._hash)[: self.digest_size]

    def encrypt(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """The encrypted scoped PDU and the privacy parameters (the salt)."""
        salt_number = next(self._salt)
        if self._cipher == "aes":
            salt = salt_number.to_bytes(8, "big")
            vector = boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt
            return _aes(self._priv_key, vector, plain, decrypt=False), salt
        # RFC 3414 section 8.1.1.1: the salt is boots and a counter, the vector its XOR with the key's second half.
        salt = boots.to_bytes(4, "big") + (salt_number & 0xFFFFFFFF).to_bytes(4, "big")
        padded = plain + bytes(-len(plain) % 8)
        return _des(self._priv_key[:8], _xor(salt, self._priv_key[8:16]), padded, decrypt=False), salt

    def decrypt(self, encrypted: bytes, salt: bytes, boots: int, time: int) -> bytes:
        """The scoped PDU (after DES with its padding); DecodeError if the sizes cannot be right."""
        if len(salt) != 8 or not 0 <= boots <= 0x7FFFFFFF or not 0 <= time <= 0x7FFFFFFF:
            raise DecodeError("wrong privacy parameters")
        if self._cipher == "aes":
            vector = boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt
            return _aes(self._priv_key, vector, encrypted, decrypt=True)
        if not encrypted or len(encrypted) % 8:
            raise DecodeError("encrypted part is not a multiple of 8 octets")
        return _des(self._priv_key[:8], _xor(salt, self._priv_key[8:16]), encrypted, decrypt=True)


@lru_cache(maxsize=65536)
def keys(user: User, engine_id: bytes) -> Keys:
    """The localised keys, made once for a user and an engine."""
    return Keys(user, engine_id)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _aes(key: bytes, vector: bytes, data: bytes, *, decrypt: bool) -> bytes:
    cipher, cfb, _, aes, _ = _ciphers()
    made = cipher(aes(key), cfb(vector))
    context = made.decryptor() if decrypt else made.encryptor()
    return context.update(data) + context.finalize()


def _des(key: bytes, vector: bytes, data: bytes, *, decrypt: bool) -> bytes:
    cipher, _, cbc, _, triple = _ciphers()
    # Triple DES with three equal keys is DES.
    made = cipher(triple(key * 3), cbc(vector))
    context = made.decryptor() if decrypt else made.encryptor()
    return context.update(data) + context.finalize()


@cache
def _ciphers() -> tuple[type[Cipher[Any]], type[CFB], type[CBC], type[AES], type[TripleDES]]:
    """What is used of `cryptography`."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES  # noqa: PLC0415 - start-up time
    from cryptography.hazmat.decrepit.ciphers.modes import CFB  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.ciphers import Cipher  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.ciphers.algorithms import AES  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.ciphers.modes import CBC  # noqa: PLC0415 - as above

    return Cipher, CFB, CBC, AES, TripleDES
