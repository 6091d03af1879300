"""A workspace's lab as files for another program: what to write is the format's, where and whether is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from inventory.errors import InputError, Problem
from inventory.text import Message
from lab.files import Written, save

if TYPE_CHECKING:
    from pathlib import Path

    from lab.state import Substitution
    from lab.topology import Topology

# format → module that satisfies `Format`
FORMATS = {
    "containerlab": "lab.backends.containerlab.document",
    "netlab": "lab.backends.netlab.document",
}


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
