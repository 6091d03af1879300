"""The folder that a run writes into: only an empty one, or one that an earlier run has written.

A hidden file in it lists what was written with a checksum each. It is there before anything is written and is complete
when all is; so the next run knows what belongs to this one, also if this one was killed. What an earlier run wrote and
this one does not is removed: a result of yesterday must not stand beside those of today. A file that somebody has
worked on since is not lost: it is put aside under a hidden name.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inventory.errors import GovnetError, RefusedError
from inventory.sources import write_atomically
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INDEX: Final = ".govnet-written.json"
_TEMPORARY: Final = ".govnet-new.tmp"
_VERSION: Final = 1


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Errors of the system say `path`, not the temporary file behind it, or no file at all."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def replace_file(path: Path, data: bytes) -> None:
    """Write one file in one step; an error says its name."""
    with named(path):
        write_atomically(path, data)


def check(folder: Path) -> None:
    """RefusedError if `folder` holds files that no earlier run has written."""
    _earlier(folder)


def write(folder: Path, files: Iterable[tuple[str, bytes]], *, mode: int | None = None) -> list[Path]:
    """Write the files of a run (path below `folder`, content); the files that were put aside for it.

    All of them reach the disk at once in the end: one flush for a run, not one for each file.
    """
    before = _earlier(folder)
    wanted = [(_below(folder, name), data) for name, data in files]
    new = {path.relative_to(folder).as_posix(): sha256(data).hexdigest() for path, data in wanted}
    if len(new) < len(wanted):
        message = Message("two configurations would be written to one file")
        raise RefusedError(message, Message("name one folder that holds all of them as the source"))
    folder.mkdir(parents=True, exist_ok=True)
    _note(folder, {name: [*before.get(name, ()), *([new[name]] if name in new else ())] for name in {**before, **new}})
    aside = [path for name, sums in before.items() if (path := _put_aside(folder, name, sums)) is not None]
    for name in before.keys() - new.keys():
        _remove(folder, name)
    for path, data in wanted:
        with named(path):
            _write(folder, path, data, mode)
    os.sync()
    _note(folder, {name: [checksum] for name, checksum in new.items()})
    return aside


def _below(folder: Path, name: str) -> Path:
    return folder.joinpath(*(part for part in Path(name).parts if part not in ("/", "..")))


def _earlier(folder: Path) -> dict[str, list[str]]:
    """What an earlier run has written: checksums by path."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return {}
    hint = Message("name a new or an empty folder")
    with named(folder):
        names = [path.name for path in folder.iterdir()]
    if INDEX not in names:
        raise RefusedError(Message("{folder} holds files that no earlier run has written", folder=str(folder)), hint)
    try:
        document = json.loads((folder / INDEX).read_bytes())
        files = {str(name): [str(one) for one in sums] for name, sums in document["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise RefusedError(
            Message("{file} cannot be read: it says what an earlier run has written", file=str(folder / INDEX)), hint
        ) from None
    return {name: sums for name, sums in files.items() if not Path(name).is_absolute() and ".." not in Path(name).parts}


def _note(folder: Path, files: dict[str, list[str]]) -> None:
    document = {"version": _VERSION, "files": dict(sorted(files.items()))}
    replace_file(folder / INDEX, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())


def _inside(folder: Path, path: Path) -> bool:
    """Whether a file's folder really lies in `folder`: a link in it may lead to where the originals are."""
    return path.parent.resolve().is_relative_to(folder.resolve())


def _put_aside(folder: Path, name: str, sums: list[str]) -> Path | None:
    """Keep a file that is not as it was written."""
    path = folder / name
    if not _inside(folder, path) or path.is_symlink() or not path.is_file():
        return None
    with named(path):
        if sha256(path.read_bytes()).hexdigest() in sums:
            return None
        number = 1
        while (kept := path.with_name(f".{path.name}.edited-{number}")).exists():
            number += 1
        path.rename(kept)
    return kept


def _remove(folder: Path, name: str) -> None:
    """Remove a file of the earlier run, and the folders that are empty then."""
    path = folder / name
    if not _inside(folder, path):
        return
    with named(path):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # the folder holds something else
        for parent in path.relative_to(folder).parents:
            if parent != Path():
                (folder / parent).rmdir()


def _write(folder: Path, path: Path, data: bytes, mode: int | None) -> None:
    """Write a file beside its place and put it there. What a link would lead to is never touched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not _inside(folder, path):
        message = Message("{folder} is a link that leads out of {out}", folder=str(path.parent), out=str(folder))
        raise GovnetError(message, Message("remove the link"))
    temporary = folder / _TEMPORARY
    try:
        temporary.write_bytes(data)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):  # what went wrong first is what counts
            temporary.unlink(missing_ok=True)
        raise
