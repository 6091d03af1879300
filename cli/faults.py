"""What the operating system refuses, as errors that say which file, why, and what to do."""

from __future__ import annotations

import errno

from inventory.errors import GovnetError
from inventory.text import Message, mark

# errno → (why, what to do)
_REASONS = {
    errno.ENOSPC: (mark("no space is left on the disk"), mark("free some space, then run the command again")),
    errno.EDQUOT: (mark("your disk quota is used up"), mark("free some space, then run the command again")),
    errno.EROFS: (
        mark("the file system is read-only"),
        mark("work in a folder that you may write to, or mount the file system for writing"),
    ),
    errno.EACCES: (
        mark("permission denied"),
        mark("look at the owner and the permissions of this path, or name another one"),
    ),
    errno.EPERM: (
        mark("permission denied"),
        mark("look at the owner and the permissions of this path, or name another one"),
    ),
    errno.ENOENT: (mark("there is no such file or folder"), mark("check the path; a folder must be made first")),
    errno.ENOTDIR: (mark("it, or a part of its path, is a file and not a folder"), mark("name a folder")),
    errno.EISDIR: (mark("it is a folder and not a file"), mark("name a file")),
    errno.EEXIST: (mark("it is there already"), mark("name another one, or remove it first")),
    errno.ENAMETOOLONG: (mark("the name is too long"), mark("name a shorter one")),
    errno.EMFILE: (mark("too many files are open"), mark("allow more with: ulimit -n 4096")),
}
_UNKNOWN = mark("run the command again with -vv to see where it happened")


def reason(error: OSError) -> Message:
    """Why it failed, in both languages where the reason is one of the usual ones."""
    if not error.errno and error.args and isinstance(error.args[0], list) and error.args[0]:
        # shutil gathers what went wrong with several files; the first says enough.
        return Message("{why}", why=str(error.args[0][0][2]))
    if error.errno in _REASONS:
        return Message(_REASONS[error.errno][0])
    return Message("{why}", why=error.strerror or str(error) or type(error).__name__)


def from_system(error: OSError) -> GovnetError:
    """The error of a call to the operating system: the file, the reason, a hint."""
    hint = Message(_REASONS[error.errno][1] if error.errno in _REASONS else _UNKNOWN)
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    if not names:
        return GovnetError(Message("the system refused: {why}", why=reason(error)), hint)
    return GovnetError(Message("{file}: {why}", file=" → ".join(names), why=reason(error)), hint)


def from_encoding(error: UnicodeError) -> GovnetError:
    """Bytes that are no text in their encoding, or a text that an encoding cannot hold."""
    encoding = getattr(error, "encoding", "?")
    why = getattr(error, "reason", "") or str(error)
    if isinstance(error, UnicodeDecodeError):
        return GovnetError(
            Message("a file is not text in {encoding}: {why}", encoding=encoding, why=why),
            Message("save the files of the workspace as UTF-8"),
        )
    return GovnetError(
        Message("a text cannot be written as {encoding}: {why}", encoding=encoding, why=why),
        Message("use names without broken characters, and a UTF-8 locale such as LANG=C.UTF-8"),
    )
