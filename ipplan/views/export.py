"""Writing views into a folder. Everything is made before anything is written; each file is replaced in one step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from inventory.errors import InputError, Problem
from inventory.nearest import nearest
from inventory.sources import write_atomically
from inventory.text import Message
from ipplan.views.registry import VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ipplan.views.material import File, Material

MANIFEST = "export.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: the files of each view, the views that were left out and why, files of an earlier export
    that are not made any more: `removed`, or `stale` if somebody has changed them since.
    """  # noqa: D205 - the summary needs both lines

    files: Mapping[str, tuple[File, ...]]
    skipped: Mapping[str, Message]
    removed: tuple[str, ...]
    stale: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "files": [
                {"view": view, "file": file.name, "bytes": len(file.data), "sha256": sha256(file.data).hexdigest()}
                for view, files in self.files.items()
                for file in files
            ],
            "skipped": [
                {"view": view, "reason": {"en": why.in_language("en"), "zh": why.in_language("zh_CN")}}
                for view, why in self.skipped.items()
            ],
            "removed": list(self.removed),
            "stale": list(self.stale),
        }


def views(names: str) -> tuple[str, ...]:
    """The views that a comma-separated list names, in the registry's order, each once; all of them for `all`.

    InputError if one does not exist.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in VIEWS and name != "all"]
    if unknown or not wanted:
        raise InputError([_unknown(name) for name in unknown] or [_unknown("")])
    return tuple(VIEWS) if "all" in wanted else tuple(name for name in VIEWS if name in wanted)


def _unknown(name: str) -> Problem:
    near = nearest(name, VIEWS) if name else ""
    message = Message("there is no view “{name}”", name=name)
    names = ", ".join((*VIEWS, "all"))
    hint = Message("did you mean “{name}”?", name=near) if near else Message("write one of: {names}", names=names)
    return Problem("unknown-view", message, hint, column="--format")


def make(
    material: Material, names: Iterable[str], *, asked: bool
) -> tuple[dict[str, tuple[File, ...]], dict[str, Any]]:
    """The files of the views, and the views that cannot be made.

    `asked` says that the views were named one by one: then a view that lacks its input is an InputError.
    """
    made: dict[str, tuple[File, ...]] = {}
    skipped: dict[str, Message] = {}
    problems: list[Problem] = []
    for name in names:
        view = VIEWS[name]
        if view.missing(material):
            message = Message("the view “{name}” cannot be made", name=name)
            problems.append(Problem("view-lacks-input", message, view.why(), column="--format"))
            skipped[name] = view.why()
            continue
        made[name] = tuple(view.files(material))
    if problems and asked:
        raise InputError(problems)
    return made, skipped


def export(material: Material, names: Sequence[str], out: Path, *, asked: bool = True) -> Exported:
    """Write the views below `out` and say what was written. Nothing is written if one of them has faults.

    `export.json` in the folder lists what the last export wrote. A file in that list that its view does not make any
    more is removed, unless somebody has changed it.
    """
    made, skipped = make(material, names, asked=asked)
    out.mkdir(parents=True, exist_ok=True)
    before = _manifest(out / MANIFEST)
    present = {file.name for files in made.values() for file in files}
    removed, stale = [], []
    for view, listed in before.items():
        if view not in names:
            continue
        for name, digest in listed.items():
            path = out / name
            if name in present or not _inside(path, out) or not path.is_file():
                continue
            if sha256(path.read_bytes()).hexdigest() == digest:
                path.unlink()
                removed.append(name)
            else:
                stale.append(name)
    for files in made.values():
        for file in files:
            path = out / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, file.data)
    now = {view: {file.name: sha256(file.data).hexdigest() for file in files} for view, files in made.items()}
    kept = {view: listed for view, listed in before.items() if view not in names and view in VIEWS}
    everything = {**kept, **now}
    ordered = {view: everything[view] for view in VIEWS if view in everything}
    write_atomically(out / MANIFEST, (json.dumps(ordered, ensure_ascii=False, indent=2) + "\n").encode())
    return Exported(made, skipped, tuple(removed), tuple(stale))


def _inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _manifest(path: Path) -> dict[str, dict[str, str]]:
    """What an earlier export wrote; nothing if there is no such list, or if it is not one of ours."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(document, dict):
        return {}
    return {
        str(view): {str(name): str(digest) for name, digest in files.items()}
        for view, files in document.items()
        if isinstance(files, dict)
    }
