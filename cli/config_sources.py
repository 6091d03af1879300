"""Where the configurations of a network come from, for commands that must not leave one out in silence.

What cannot be read is there with its problem: an unreadable file, a link that leads nowhere, a name that is no text.
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cli.audit_common import ARCHIVE, gather
from inventory.errors import InputError, Problem, RefusedError
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configs.readdress.run import Done, Input
    from inventory.model import Workspace


class Gathered(NamedTuple):
    """The configurations, what cannot be read, the devices' names by path, and the workspace if it was needed."""

    inputs: list[Input]
    left_out: list[Done]
    names: dict[str, str]
    workspace: Workspace | None


def collect(sources: Sequence[str], platform: str, root: Path) -> Gathered:
    """The configurations of `sources`, a folder's sorted by path. InputError if a source is not there or empty.

    A file's network is the folder that it stands in, below the source or the source itself. Paths are relative to
    their source; where two sources give the same path, the later one keeps its source in front.
    """
    from configs.readdress.run import Input  # noqa: PLC0415 - start-up time

    archived = [source for source in sources if source == ARCHIVE]
    documents, workspace = gather(archived, platform, root) if archived else ([], None)
    if not archived and platform:
        known_platform(platform)
    found = Gathered([], [], {}, workspace)
    for document in documents:
        found.names[document.path] = document.device
        if document.problem is None:
            found.inputs.append(Input(document.path, "", document.content, document.platform))
        else:
            hint = Message("fetch it first: govnet config backup")
            found.left_out.append(_done(document.path, Problem("no-text", document.problem, hint, document.path)))
    _there(sources)
    folders = [Path(source) for source in sources if source != ARCHIVE and Path(source).is_dir()]
    default = _name(folders[0].resolve()) if folders else ""
    taken = set(found.names)
    for source in sources:
        if source == ARCHIVE:
            continue
        top = Path(source)
        own = _name(top.resolve()) if top.is_dir() else default
        for path in _files(top):
            name = path.relative_to(top if top.is_dir() else top.parent).as_posix()
            if name in taken:
                name = path.as_posix()
            if name in taken:
                continue  # the same file given twice
            taken.add(name)
            _add(found, path, name, own, platform)
    if not found.inputs and not found.left_out:
        message = Message("there is no file in it")
        hint = Message("name files or folders with configurations, or archive: for the workspace's archive")
        raise InputError([Problem("nothing-to-read", message, hint, ", ".join(sources))])
    return found


def known_platform(platform: str) -> None:
    """InputError if there is no dialect for `platform`."""
    from configs import dialects  # noqa: PLC0415 - start-up time

    if platform not in dialects.platforms():
        message = Message("there is no dialect for the platform “{platform}”", platform=platform)
        hint = Message("write one of: {names}", names=", ".join(sorted(dialects.platforms())))
        raise InputError([Problem("unknown-platform", message, hint, column="--platform")])


def _there(sources: Sequence[str]) -> None:
    """InputError with every source that is not there."""
    hint = Message("name files or folders with configurations, or archive: for the workspace's archive")
    problems = [
        Problem("no-such-source", Message("there is no such file or folder"), hint, shown(source))
        for source in sources
        if source != ARCHIVE and not Path(source).exists()
    ]
    if problems:
        raise InputError(problems)


def _add(found: Gathered, path: Path, name: str, own: str, platform: str) -> None:
    """A file's text, or why there is none."""
    from configs.readdress.run import Input  # noqa: PLC0415 - start-up time

    seen = shown(name)
    parent = Path(seen).parent.as_posix()
    network = own if parent == "." else parent
    found.names[seen] = Path(seen).stem
    problem = None
    if seen != name:
        message = Message("its name is not UTF-8 text")
        hint = Message(
            "rename it; names out of a ZIP file made on Windows: convmv -f gb18030 -t utf-8 --notest -r FOLDER"
        )
        problem = Problem("bad-file-name", message, hint, seen)
    elif path.is_symlink() and not path.exists():
        message = Message("it is a link that leads nowhere, to {target}", target=shown(str(path.readlink())))
        problem = Problem("dangling-link", message, Message("mend or remove the link"), seen)
    elif path.is_dir():
        message = Message("it is a link to a folder; such links are not followed")
        problem = Problem("linked-folder", message, Message("name that folder as a source, or remove the link"), seen)
    elif not path.is_file():
        problem = Problem("not-a-file", Message("it is not a plain file"), Message("put a file in its place"), seen)
    else:
        try:
            found.inputs.append(Input(seen, network, path.read_bytes(), platform))
        except OSError as error:
            from cli.faults import reason  # noqa: PLC0415 - start-up time

            message = Message("cannot be read: {reason}", reason=reason(error))
            problem = Problem("unreadable", message, Message("make it a file that you can read"), seen)
    if problem is not None:
        found.left_out.append(_done(seen, problem, network))


def _done(path: str, problem: Problem, network: str = "") -> Done:
    from configs.readdress.run import Done  # noqa: PLC0415 - start-up time

    return Done(path, network, problems=(problem,))


def _files(top: Path) -> Iterable[Path]:
    """Everything below a folder that is not a folder itself, without hidden files; a link counts as what it is."""
    if not top.is_dir():
        return [top]
    return sorted(_below(top))


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)
        else:
            yield path


def shown(name: str) -> str:
    """A file's name as text: one that is not UTF-8 as GB18030 if it is that, else with its odd bytes escaped."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            text = ""
        # Two odd bytes are soon a character of GB18030: only what reads as Chinese is taken for it.
        if text and re.fullmatch(r"[\x20-\x7e\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", text):
            return text
        return raw.decode("utf-8", "backslashreplace")
    return name


def _name(folder: Path) -> str:
    return shown(folder.name)


def apart(out: Path, sources: Sequence[str], root: Path) -> None:
    """RefusedError if what is written to `out` would lie in, be, or hold a source."""
    target = out.resolve()
    for source in sources:
        place = (root / "archive" if source == ARCHIVE else Path(source)).resolve()
        if target == place or place in target.parents or target in place.parents:
            where = (
                mark("{out} is the source {source} itself")
                if target == place
                else mark("{out} lies inside the source {source}")
                if place in target.parents
                else mark("{out} holds the source {source}")
            )
            raise RefusedError(
                Message(where, out=str(out), source=source),
                Message("name a folder beside the source: the originals must stay as they are"),
            )


def not_read(path: Path, read: Iterable[Path], out: Path | None) -> None:
    """RefusedError if a report would be written over something that was read; OSError if its folder is not there.

    A folder that the run makes, in `out`, counts as there.
    """
    made = out is not None and path.parent.resolve() == out.resolve()
    if not made and not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    target = path.resolve()
    for other in read:
        place = other.resolve()
        if target == place or (place in target.parents and path.exists()):
            raise RefusedError(
                Message(
                    "{file} is one of the files that are read: a report must not be written over it", file=str(path)
                ),
                Message("name another file"),
            )
