"""Secrets as devices show them: cipher texts, hashes, type 7. Made here; only their shapes are the vendors'.

The same value on the same device always shows the same text, as far as the form allows, so that a configuration that
is sent twice does not change. The clear value is kept in memory and is never shown.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import string
import zlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error

# What a cipher text may contain: printable, no blank, nothing that a command line takes for itself.
_ALPHABET = string.ascii_letters + string.digits + "!#$&()*+,-./:;<=>@[]^_`{|}~"
# Cisco's type 7 is a published xor table: it hides from a glance, nothing more.
_XLAT = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_STORED = re.compile(r"%\^%#.+%\^%#|%@%@.+%@%@|%\$%\$.+%\$%\$|\$1[ac]?\$.+|\$[589]\$.+|\$[ch]\$\d\$.+")


class Vault:
    """One device's secrets: stored form → clear value."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._clear: dict[str, str] = {}

    def cipher(self, clear: str) -> str:
        """VRP's reversible form, `%^%#…%^%#`. What already is a stored form stays as it is."""
        return clear if is_stored(clear) else self._keep(f"%^%#{self._letters(clear, 'cipher', 48)}%^%#", clear)

    def irreversible(self, clear: str) -> str:
        """VRP's hashed form, `$1a$salt$hash$`."""
        if is_stored(clear):
            return clear
        text = self._letters(clear, "hash", 54).replace("$", "S")
        return self._keep(f"$1a${text[:10]}${text[10:]}$", clear)

    def comware_cipher(self, clear: str) -> str:
        """Comware's reversible form in shape: `$c$3$…`."""
        text = b64encode(self._digest(clear, "c")).decode()
        return clear if is_stored(clear) else self._keep(f"$c$3${text}", clear)

    def comware_hash(self, clear: str) -> str:
        """Comware's hashed form in shape: `$h$6$…`."""
        text = b64encode(self._digest(clear, "h") * 2).decode()
        return clear if is_stored(clear) else self._keep(f"$h$6${text}", clear)

    def type5(self, clear: str) -> str:
        """IOS type 5 in shape: `$1$salt$hash`."""
        text = b64encode(self._digest(clear, "5")).decode().replace("+", ".").replace("=", "")
        return clear if is_stored(clear) else self._keep(f"$1${text[:4]}${text[4:26]}", clear)

    def type9(self, clear: str) -> str:
        """IOS type 9 in shape: `$9$salt$hash`."""
        text = b64encode(self._digest(clear, "9") * 2).decode().replace("+", ".").replace("=", "")
        return clear if is_stored(clear) else self._keep(f"$9${text[:14]}${text[14:57]}", clear)

    def type7(self, clear: str) -> str:
        """IOS type 7: two digits of salt and the xor with Cisco's table."""
        salt = self._digest(clear, "7")[0] % 16
        mixed = "".join(f"{byte ^ _XLAT[(salt + index) % len(_XLAT)]:02X}" for index, byte in enumerate(clear.encode()))
        return self._keep(f"{salt:02d}{mixed}", clear)

    def digest(self, clear: str, use: str, length: int) -> str:
        """So many bytes in hexadecimal, as a key that was derived from a password looks."""
        return self._keep(self._digest(clear, use).hex().upper()[: length * 2], clear)

    def clear(self, stored: str) -> str | None:
        """The clear value of a stored form that this device made; None for one from elsewhere."""
        return self._clear.get(stored)

    def _keep(self, stored: str, clear: str) -> str:
        self._clear[stored] = clear
        return stored

    def _digest(self, clear: str, use: str) -> bytes:
        return hmac.new(self._seed, f"{use}:{clear}".encode(), hashlib.sha256).digest()

    def _letters(self, clear: str, use: str, length: int) -> str:
        raw = self._digest(clear, use) + self._digest(clear, use + "+")
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in raw[:length].ljust(length, b"\x55"))


def is_stored(text: str) -> bool:
    """Whether a text has the shape of a stored form."""
    return _STORED.fullmatch(text) is not None


def type7_clear(stored: str) -> str | None:
    """What a type 7 text hides; None if it is none."""
    if not re.fullmatch(r"\d\d([0-9A-Fa-f]{2})+", stored):
        return None
    salt = int(stored[:2])
    mixed = bytes.fromhex(stored[2:])
    return bytes(byte ^ _XLAT[(salt + index) % len(_XLAT)] for index, byte in enumerate(mixed)).decode(errors="replace")


def seal(clear: str, salt: bytes) -> str:
    """A reversible form that every device can read back: for vendors whose own form is not published.

    The salt has 4 bytes; another salt gives another text for the same value.
    """
    body = clear.encode()
    body += zlib.crc32(body).to_bytes(4, "big")
    return b64encode(salt + _mixed(body, salt)).decode()


def unseal(text: str) -> str | None:
    """What `seal` was given; None if the text was not made by it."""
    try:
        raw = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return None
    body = _mixed(raw[4:], raw[:4])
    if len(raw) < 8 or zlib.crc32(body[:-4]) != int.from_bytes(body[-4:], "big"):
        return None
    return body[:-4].decode(errors="replace")


def _mixed(body: bytes, salt: bytes) -> bytes:
    stream = hashlib.shake_256(b"sealed" + salt).digest(len(body))
    return bytes(byte ^ mask for byte, mask in zip(body, stream, strict=True))
