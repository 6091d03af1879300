"""Recorded SSH host keys: a file in OpenSSH's known_hosts form, one device's key a line, under the device's name.

The name, not the address, is the key's owner (as `HostKeyAlias` of ssh_config(5) does it), because giving devices new
addresses is what govnet is for: the same device must be recognised at its new address, and another device at the old
address must not be. A first key is recorded; another key is never accepted in its place.
"""

from __future__ import annotations

import fcntl
import threading
from typing import TYPE_CHECKING

from inventory.errors import DeviceError
from inventory.text import Message

if TYPE_CHECKING:
    from pathlib import Path

_lock = threading.Lock()


def read(path: Path, name: str) -> tuple[str, ...]:
    """The keys recorded for `name`, each as `ssh-ed25519 AAAA…`; empty if none is. OSError if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    return tuple(
        " ".join(fields[1:3])
        for fields in (line.split() for line in text.splitlines() if name in line)
        if len(fields) >= 3 and not fields[0].startswith(("#", "@")) and name in fields[0].split(",")
    )


def record(path: Path, name: str, key: str) -> None:
    """Append a key to the file, unless it is there. Safe beside other threads and other processes.

    DeviceError if it cannot be written: a key that is not recorded would be trusted anew at every visit.
    """
    try:
        with _lock:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX)
                if key not in read(path, name):
                    stream.write(f"{name} {key}\n")
    except OSError as error:
        raise DeviceError(
            name,
            Message("its host key cannot be recorded in {path}: {reason}", path=path, reason=error.strerror),
            Message("make room on the disk, and make that file writable"),
        ) from None
