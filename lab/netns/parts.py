"""What a device's node is put together from: accounts, SSH, SNMP, FRR. Each part is files, folders and start lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.netns.spec import File, Folder


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `lines` are shell, run in order, each of which must succeed."""

    files: Mapping[str, File] = field(default_factory=dict)
    folders: Mapping[str, Folder] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


def joined(*parts: Part) -> Part:
    """The parts as one, in their order."""
    files: dict[str, File] = {}
    folders: dict[str, Folder] = {}
    lines: list[str] = []
    for part in parts:
        files |= part.files
        folders |= part.folders
        lines += part.lines
    return Part(files, folders, tuple(lines))
