"""Copies that only the holder of a key can read: configurations with their secrets, as age files (age-encryption.org).

Whoever makes backups needs only the recipients' public keys; the identity that opens a copy stays with the people who
may see secrets, and is never read but to open one. The package pyrage (the extra `age`) does it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from inventory.errors import InputError, MissingToolError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_AGE, _SSH = "age1", ("ssh-ed25519 ", "ssh-rsa ")


class Seal:
    """Encrypts for a set of recipients. Made before a device is asked, so that a wrong recipient is known by then."""

    def __init__(self, recipients: Iterable[str], root: Path) -> None:
        """`recipients` are age or SSH public keys, or files of them (from `root`), one a line.

        MissingToolError without pyrage, InputError for what is neither.
        """
        self._pyrage = _pyrage()
        self._recipients = [made for text in recipients for made in self._read(text, root)]

    def __call__(self, data: bytes) -> bytes:
        """`data`, encrypted. Twice the same data gives two texts."""
        return bytes(self._pyrage.encrypt(data, self._recipients))

    def _read(self, text: str, root: Path) -> list[Any]:
        if text.startswith((_AGE, *_SSH)):
            return [self._recipient(text)]
        try:
            lines = (root / text).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            raise _wrong(
                "bad-recipient",
                Message("“{text}” is neither a public key nor a file of them that can be read", text=text),
                Message("name what age-keygen shows as public key (age1…), an SSH public key, or a file of such lines"),
            ) from None
        found = [self._recipient(line.strip(), text) for line in lines if line.strip() and not line.startswith("#")]
        if not found:
            raise _wrong(
                "no-recipient",
                Message("there is no public key in the file"),
                Message("write one recipient a line: age1… or an SSH public key"),
                text,
            )
        return found

    def _recipient(self, text: str, file: str = "") -> Any:
        kind = self._pyrage.x25519 if text.startswith(_AGE) else self._pyrage.ssh
        try:
            return kind.Recipient.from_str(text)
        except self._pyrage.RecipientError:
            shown = text if len(text) < 30 else text[:24] + "…"
            raise _wrong(
                "bad-recipient",
                Message("“{text}” is no public key that age can encrypt for", text=shown),
                Message("write age1… as age-keygen shows it, or a key of ssh-ed25519 or ssh-rsa, whole"),
                file,
            ) from None


def unseal(data: bytes, identity: Path) -> bytes:
    """What was sealed. InputError if the identity cannot be read or does not fit; MissingToolError without pyrage."""
    pyrage = _pyrage()
    try:
        content = identity.read_bytes()
    except OSError as error:
        raise _wrong(
            "no-identity",
            Message("the identity cannot be read: {why}", why=error.strerror or ""),
            Message("name the file that age-keygen made, or an SSH private key without a passphrase"),
            str(identity),
        ) from None
    try:
        identities = _identities(pyrage, content)
    except Exception:  # noqa: BLE001 - pyrage's errors have no common base, and may carry the key
        identities = []
    if not identities:
        raise _wrong(
            "no-identity",
            Message("there is no identity in the file"),
            Message("name the file that age-keygen made, or an SSH private key without a passphrase"),
            str(identity),
        )
    try:
        return bytes(pyrage.decrypt(data, identities))
    except Exception:  # noqa: BLE001 - as above
        raise _wrong(
            "wrong-identity",
            Message("this identity does not open the copy"),
            Message("use the identity of one of the recipients it was sealed for"),
            str(identity),
        ) from None


def _identities(pyrage: Any, content: bytes) -> list[Any]:
    if b"PRIVATE KEY-----" in content:
        return [pyrage.ssh.Identity.from_buffer(content)]
    lines = content.decode().splitlines()
    return [pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.startswith("AGE-SECRET-KEY-")]


def _pyrage() -> Any:
    try:
        return import_module("pyrage")  # optional: the extra `age`; it has no types
    except ImportError:
        raise MissingToolError(
            Message("sealed copies need the Python package pyrage"),
            Message("install govnet with its extra “age”: pip install 'govnet[age]'"),
        ) from None


def _wrong(code: str, message: Message, hint: Message, file: str = "") -> InputError:
    return InputError([Problem(code=code, message=message, hint=hint, file=file)])
