"""What persons state (`audits/attestations.yaml` of a workspace): who, until when, and a file that shows it.

attestations:
  - item: 8.1.3.1-d                 # or a case of the high-risk guide, such as 6.4.1.3, which it eases
    devices: ["rt-*"]               # patterns of names; without them the item as a whole
    verdict: pass                   # pass, partial, fail, not_applicable
    statement: 本单位未部署无线网络
    by: 张三
    on: 2026-11-01
    until: 2027-10-31
    file: evidence/no-wireless.pdf  # below the workspace
    sha256: 9f86d0…                 # govnet audit attest computes it

A statement decides only while it is valid: not before its day, not after its end, and with the file as it was.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated

from audits import forms
from audits.model import Attestation, Verdict
from inventory import cells
from inventory.errors import InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from pathlib import Path

FILE = f"{forms.FOLDER}/attestations.yaml"
VERDICTS = tuple(verdict.value for verdict in Verdict if verdict is not Verdict.MANUAL)
_DIGEST_LENGTH = 64  # hexadecimal digits of SHA-256


def _digest(text: str) -> str:
    if len(text) == _DIGEST_LENGTH and all(sign in "0123456789abcdef" for sign in text.lower()):
        return text.lower()
    raise cells.Fault(
        "bad-checksum",
        Message("this is no SHA-256 checksum: 64 hexadecimal digits"),
        Message("write what this prints: sha256sum FILE"),
    )


class _AttestationIn(forms.Form):
    item: forms.Plain
    verdict: Annotated[str, forms.field(forms.one_of(VERDICTS))]
    statement: forms.Plain
    by: forms.Plain
    on: forms.Day
    until: forms.Day
    file: forms.Plain
    sha256: Annotated[str, forms.field(_digest)] = ""
    devices: tuple[forms.Plain, ...] = ()


class _FileIn(forms.Form):
    attestations: tuple[_AttestationIn, ...] = ()


def load(root: Path, day: str) -> tuple[Attestation, ...]:
    """The statements of a workspace as they stand on `day` (ISO 8601). InputError with every fault."""
    path = root / FILE
    if not path.exists():
        return ()
    reader = forms.reader(path, FILE)
    data = reader.top(tuple(_FileIn.model_fields))
    found = []
    for place, item in reader.items(data, "attestations"):
        read = reader.read(_AttestationIn, item, place)
        if read is not None:
            if read.until < read.on:
                reader.complain((*place, "until"), "bad-date", *ENDS_BEFORE)
            found.append(_attestation(read, root, day))
    if reader.problems:
        raise InputError(reader.problems)
    return tuple(found)


def write(root: Path, attestation: Attestation) -> Attestation:
    """Add a statement, with the checksum of its file as it is now. InputError if there is no such file."""
    sha256 = checksum(root, attestation.file)
    if not sha256:
        message = Message("there is no file “{name}” below the workspace", name=attestation.file)
        raise InputError([Problem("no-such-file", message, Message("put it there first"), file="--file")])
    words = {
        "item": attestation.item,
        "devices": list(attestation.devices),
        "verdict": attestation.verdict.value,
        "statement": attestation.statement,
        "by": attestation.by,
        "on": attestation.on,
        "until": attestation.until,
        "file": attestation.file,
        "sha256": sha256,
    }
    return forms.append(root / FILE, FILE, "attestations", words, lambda: load(root, attestation.on))


ENDS_BEFORE = (Message("it ends before it begins"), Message("write a later day"))


def checksum(root: Path, name: str) -> str:
    """The SHA-256 of a file below the workspace; empty if it cannot be read, or stands elsewhere."""
    path = root / name
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return ""
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _attestation(read: _AttestationIn, root: Path, day: str) -> Attestation:
    now = checksum(root, read.file)
    return Attestation(
        read.item,
        Verdict(read.verdict),
        read.statement,
        read.by,
        read.on,
        _state(read, now, day),
        read.until,
        read.devices,
        read.file,
        now,
    )


def _state(read: _AttestationIn, now: str, day: str) -> str:
    if day < read.on:
        return "not_yet"
    if day > read.until:
        return "expired"
    if not now:
        return "file_missing"
    if not read.sha256:
        return "no_checksum"
    return "valid" if read.sha256 == now else "checksum_differs"
