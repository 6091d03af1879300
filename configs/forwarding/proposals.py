"""Algorithms of IKE and ESP in strongSwan's words (strongSwan "IKEv2 Cipher Suites"): `aes256-sha256-modp2048`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROUPS: Final = {
    1: "modp768", 2: "modp1024", 5: "modp1536", 14: "modp2048", 15: "modp3072", 16: "modp4096", 19: "ecp256", 20: "ecp384",
    21: "ecp521",
}  # fmt: skip
_HASHES: Final = {
    "md5": "md5", "sha1": "sha1", "sha": "sha1", "sha2-256": "sha256", "sha2-384": "sha384", "sha2-512": "sha512",
    "sha256": "sha256", "sha384": "sha384", "sha512": "sha512", "aes-xcbc-96": "aesxcbc",
}  # fmt: skip
_CIPHER: Final = re.compile(r"aes(?:-(cbc|gcm|ctr))?-?(128|192|256)|aes-?(128|192|256)-?(cbc|gcm|ctr)?")


def cipher(text: str) -> str:
    """`aes-256`, `aes-cbc-256`, `aes256-gcm-128`, `3des` as `aes256`, `aes256gcm16`; ValueError for what is not known."""
    low = text.lower()
    if low in ("3des", "3des-cbc"):
        return "3des"
    if low == "aes":
        return "aes128"
    match = _CIPHER.match(low)
    if match is None:
        raise ValueError(text)
    size = match.group(2) or match.group(3)
    return f"aes{size}gcm16" if "gcm" in low else f"aes{size}ctr" if "ctr" in low else f"aes{size}"


def digest(text: str) -> str:
    """A hash's name; ValueError for what is not known."""
    low = text.lower().removeprefix("hmac-")
    if low not in _HASHES:
        raise ValueError(text)
    return _HASHES[low]


def group(text: str) -> str:
    """`group14` or `14` as `modp2048`; ValueError for what is not known."""
    number = int(text.lower().removeprefix("group"))
    if number not in _GROUPS:
        raise ValueError(text)
    return _GROUPS[number]


def proposal(ciphers: str, hashes: str, groups: str = "") -> str:
    """One proposal. With GCM the hash is that of the pseudo-random function."""
    middle: Sequence[str] = (f"prf{hashes}",) if "gcm" in ciphers and groups else () if "gcm" in ciphers else (hashes,)
    return "-".join(word for word in (ciphers, *middle, groups) if word)
