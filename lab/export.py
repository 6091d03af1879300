"""A workspace's lab as files for another program: what to write is the format's, where and whether is decided here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from inventory.errors import InputError, LabError, Problem, RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.state import Substitution
    from lab.topology import Topology

# format → module that satisfies `Format`
FORMATS = {
    "containerlab": "lab.backends.containerlab.document",
    "netlab": "lab.backends.netlab.document",
}


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a lab by their path in its folder, the one to begin with, and what to know about them."""

    files: Mapping[str, str]
    entry: str
    nodes: int
    links: int
    notes: tuple[Message, ...] = ()


class Format(Protocol):
    """A program's files. Beside `lab.backend.Backend`: a format can be written where its program is not installed."""

    def write(self, topology: Topology, texts: Path | None = None) -> Written:
        """The files. `texts` has configurations that devices run, to be used for those that run as themselves."""
        ...

    def check(self, entry: Path) -> object:
        """Read the written files back; InputError with file and line if they are not sound."""
        ...


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where."""

    directory: Path
    entry: Path
    files: tuple[str, ...]
    nodes: int
    links: int
    substitutions: tuple[Substitution, ...]
    notes: tuple[Message, ...]


def export(
    root: Path,
    name: str,
    directory: Path,
    *,
    where: str = "",
    texts: Path | None = None,
    real_secrets: bool = False,
) -> Exported:
    """Write the lab of the workspace at `root` into `directory`, which is new or empty, and check what was written.

    Without `real_secrets` every secret is an invented one. InputError for a faulty workspace or an unknown format,
    RefusedError if there is something in the folder.
    """
    from lab import control  # noqa: PLC0415 - start-up time

    if name not in FORMATS:
        hint = Message("write one of: {names}", names=", ".join(sorted(FORMATS)))
        raise InputError(
            [Problem("unknown-format", Message("there is no format “{name}”", name=name), hint, "--format")]
        )
    chosen = cast("Format", import_module(FORMATS[name]))
    topology = control.prepare(control.load_workspace(root), name, where, real_secrets=real_secrets)
    written = chosen.write(topology, texts)
    save(written, directory)
    entry = directory / written.entry
    chosen.check(entry)
    return Exported(
        directory,
        entry,
        tuple(sorted(written.files)),
        written.nodes,
        written.links,
        topology.substitutions,
        written.notes,
    )


def save(written: Written, directory: Path) -> None:
    """Write the files for their owner alone; RefusedError if there is something in the folder."""
    try:
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise RefusedError(
                Message("{path} is not empty", path=directory),
                Message("name a folder that does not exist yet: nothing is ever overwritten"),
            )
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in written.files.items():
            path = directory / name
            path.parent.mkdir(exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise LabError(
            Message("{path} cannot be written: {why}", path=directory, why=error.strerror),
            Message("choose another place"),
        ) from error
