"""The copy of a workspace that a rehearsal works on: no real secret, nobody else's database, no log that is forwarded.

Stages, rollouts, their database and the lab's files come to lie in it, so that the workspace stays as it is.
"""

from __future__ import annotations

import csv
import ctypes
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from inventory.errors import LabError
from inventory.sources import read_bytes, write_atomically
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Interface, IPv6Interface

_FOLDERS: Final = ("inventory", "plan", "templates")
# What leads out of the copy: a database of others, where the log is forwarded to, whom alerts and queries go to.
_OUTSIDE: Final = ("database", "syslog", "prometheus", "prometheus_secret")
# What a rehearsal has no time for: hours of the night, and a second person.
_WAITING: Final = ("windows", "approval")
_REFERENCE: Final = re.compile(r"(?:file|env|age|vault):\S+")
SECRETS: Final = "secrets"
# Folders that every Linux has. What is mounted over one, this process and those that it starts alone can see.
_COVERED: Final = (Path("/dev/shm"), Path("/mnt"), Path("/media"))  # noqa: S108 - no file in a shared folder
_NEWNS: Final = 0x00020000  # CLONE_NEWNS (unshare(2))


@contextmanager
def place(*used: Path) -> Iterator[Path]:
    """An empty folder in memory for the copy. It is gone with this process, however that one ends. Needs root.

    What is `used` stays to be seen. From then on this thread has mounts of its own (mount_namespaces(7)): the file
    system in memory, which only they have, is removed by the kernel with the last process that has them. LabError if
    it cannot be had.
    """
    needed = [path.resolve() for path in (*used, Path.cwd(), Path(sys.prefix))]
    free = (one for one in _COVERED if one.is_dir() and not any(path.is_relative_to(one) for path in needed))
    memory = next(free, None)
    if memory is None:
        raise _no_place(", ".join(map(str, _COVERED)))
    if ctypes.CDLL(None, use_errno=True).unshare(_NEWNS):
        raise _no_place(os.strerror(ctypes.get_errno()))
    # What is mounted here is nobody else's business; what others mount still comes here.
    _mount("mount", "--make-rslave", "/")
    _mount("mount", "-t", "tmpfs", "-o", "mode=700,nosuid,nodev", "govnet", str(memory))
    try:
        yield memory
    finally:
        _mount("umount", "-l", str(memory))


def _mount(*argv: str) -> None:
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise _no_place(done.stderr.strip())


def _no_place(why: str) -> LabError:
    return LabError(Message("there is no folder in memory for the copy of the workspace: {why}", why=why))


def copy(root: Path, target: Path) -> None:
    """Copy what a rehearsal needs of the workspace at `root`. OSError if it cannot be read or written."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _FOLDERS:
        if (root / name).is_dir():
            shutil.copytree(root / name, target / name, symlinks=False, dirs_exist_ok=True)
    _without(root / "govnet.yaml", target / "govnet.yaml", _OUTSIDE)
    if (root / "rollout.yaml").exists():
        _without(root / "rollout.yaml", target / "rollout.yaml", _WAITING)
    for path in sorted((target / "inventory").glob("credentials.y*ml")):
        document = yaml.safe_load(path.read_bytes()) or {}
        path.write_text(yaml.safe_dump(_invented(document, target), allow_unicode=True), encoding="utf-8")


def _without(source: Path, target: Path, keys: tuple[str, ...]) -> None:
    document = yaml.safe_load(read_bytes(source, str(source))) or {}
    if isinstance(document, dict):
        document = {key: value for key, value in document.items() if key not in keys}
    target.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _invented(value: Any, root: Path) -> Any:
    """The document with every reference to a secret leading to an invented one, the same for the same reference."""
    if isinstance(value, dict):
        made = {key: _invented(item, root) for key, item in value.items() if key != "key_file"}
        if "key_file" in value and "password" not in made:  # who logs in with a key does so with a password here
            made["password"] = _secret(f"key {value['key_file']}", root)
        return made
    if isinstance(value, list):
        return [_invented(item, root) for item in value]
    if isinstance(value, str) and _REFERENCE.fullmatch(value):
        return _secret(value, root)
    return value


def _secret(reference: str, root: Path) -> str:
    digest = hashlib.sha256(reference.encode()).hexdigest()[:14]
    path = root / SECRETS / digest
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        # Letters of three kinds, for devices that ask for them; worth nothing anywhere else.
        path.write_text(f"Lab-{digest}\n", encoding="utf-8")
    return f"file:{SECRETS}/{digest}"


def managed_at(root: Path, addresses: Mapping[str, IPv4Interface | IPv6Interface]) -> None:
    """Write into the table of devices where some of them are managed from now on, as a person does between stages."""
    path = root / "inventory" / "devices.csv"
    if not addresses or not path.exists():
        return
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    for row in rows:
        if row["name"] in addresses:
            row["address"] = str(addresses[row["name"]])
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, stream.getvalue().encode())
