"""The files of a lab that another program runs, and writing them into a folder of their own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.errors import LabError, RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a lab by their path in its folder, the one to begin with, and what to know about them."""

    files: Mapping[str, str]
    entry: str
    nodes: int
    links: int
    notes: tuple[Message, ...] = ()


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
