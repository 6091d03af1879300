"""Where documents come from: files, folders, and the workspace's archive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from audits.model import Document
from configs.archive import Archive
from inventory.errors import InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inventory.model import Inventory, Workspace

ARCHIVE = "archive:"


def gather(sources: Sequence[str], *, platform: str = "", workspace: Workspace | None = None) -> list[Document]:
    """The documents of `sources`, in their order; a folder's files sorted by path.

    Paths are relative to the source that they came from; where two sources give the same path, the later one keeps
    its source in front. Hidden files are left out. InputError names every source that cannot be read.
    """
    documents: list[Document] = []
    problems: list[Problem] = []
    taken: set[str] = set()
    for source in sources:
        if source == ARCHIVE:
            documents += _archived(workspace, platform)
            continue
        root = Path(source)
        if not root.exists():
            problems.append(_problem("no-such-source", source, Message("there is no such file or folder")))
            continue
        for path in _files(root):
            name = path.relative_to(root if root.is_dir() else root.parent).as_posix()
            if name in taken:
                name = path.as_posix()
            taken.add(name)
            try:
                documents.append(Document(name, path.read_bytes(), platform=platform))
            except OSError as error:
                reason = error.strerror or str(error)
                problems.append(_problem("unreadable", str(path), Message("cannot be read: {reason}", reason=reason)))
    if not documents and not problems:
        problems.append(_problem("nothing-to-audit", ", ".join(sources), Message("there is no file in it")))
    if problems:
        raise InputError(problems)
    return documents


def named(documents: Sequence[Document], inventory: Inventory) -> list[Document]:
    """A file that is named after a device of the inventory is that device's, with its platform and role.

    Of two files with one device's name neither is: nobody can say which of them it runs.
    """
    names = [document.device or PurePosixPath(document.path).stem for document in documents]
    found = []
    for name, document in zip(names, documents, strict=True):
        row = inventory.devices.get(name)
        if row is None or document.device or names.count(name) > 1:
            found.append(document)
        else:
            platform = document.platform or row.platform
            found.append(replace(document, device=name, platform=platform, role=row.role))
    return found


def _files(root: Path) -> Iterable[Path]:
    if root.is_file():
        return [root]
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def _archived(workspace: Workspace | None, platform: str) -> Iterable[Document]:
    """The last archived text of every device of the inventory. A device without one is there, with its problem."""
    if workspace is None:
        raise InputError(
            [_problem("no-workspace", ARCHIVE, Message("the archive belongs to a workspace, and none is given"))]
        )
    archive = Archive(workspace.root / "archive")
    for device in workspace.inventory.devices.values():
        path = f"{device.name}/running.cfg"
        chosen = platform or device.platform
        try:
            yield Document(path, archive.read(device.name), device.name, chosen, role=device.role)
        except InputError as error:
            if not archive.path.exists() or any(problem.code != "not-in-archive" for problem in error.problems):
                raise
            absent = Message("it is not in the archive")
            yield Document(path, b"", device.name, chosen, problem=absent, absent=True, role=device.role)


def _problem(code: str, file: str, message: Message) -> Problem:
    return Problem(
        code=code,
        message=message,
        hint=Message("name files or folders with configurations, or archive: for the workspace's archive"),
        file=file,
    )
