"""The archive of device configurations: a bare git repository, one commit a run, secrets masked.

The tree is `<device>/running.cfg`. A text is decoded strictly, masked, and stored in the encoding it came in, so that
whatever is not a secret is byte for byte what the device printed. Nothing changed means no commit.

If it was asked for, `<device>/running.cfg.age` stands beside it in the same commit: what the device printed, secrets
and all, encrypted for people (`configs.sealing`). So a sealed copy has the date of its masked one. Encrypting twice
gives two texts, and comparing what is inside would need the key or a digest of the secrets: a run that seals always
makes a commit.
"""

from __future__ import annotations

import fcntl
import re
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from configs.dialects import dialect
from inventory.errors import GovnetError, InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pygit2

AUTHOR = ("govnet", "govnet@localhost")
BRANCH = "refs/heads/main"
FILE = "running.cfg"
SEALED = "running.cfg.age"
LOCK = "govnet.lock"
_COMMIT = re.compile(r"[0-9a-f]{7,40}")


@dataclass(frozen=True, slots=True)
class Change:
    """A commit in which a device's text changed, and the one that had the text before; empty for the first text."""

    commit: str
    at: datetime
    before: str = ""


def masked(platform: str, text: bytes) -> bytes:
    """`text` with its secrets as `***`, in its own encoding. InputError if it cannot be decoded."""
    language = dialect(platform)
    tree = language.parse(text)
    hidden = language.mask(tree.text)
    if hidden == tree.text:
        return text
    lines, kept = hidden.splitlines(keepends=True), tree.text.splitlines(keepends=True)
    raw = text.splitlines(keepends=True) if len(text.splitlines()) == len(kept) else None
    if raw is None or len(lines) != len(kept):
        return hidden.encode(tree.encoding)
    # Lines without a secret keep their very bytes: GB18030 has characters with two codes.
    return b"".join(
        old if new_text == old_text else new_text.encode(tree.encoding)
        for old, old_text, new_text in zip(raw, kept, lines, strict=True)
    )


class Archive:
    """The repository at `path`; it is made when something is first stored."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def store(self, texts: Mapping[str, bytes], message: str, sealed: Mapping[str, bytes] | None = None) -> str:
        """Put masked texts in, by device name, and sealed copies; devices that are not among them stay as they are.

        Returns the id of the new commit, or that of the last one if nothing changed; empty if there is none at all.
        Runs that end at the same time store one after the other.
        """
        repository = self._open(make=True)
        files = {f"{device}/{FILE}": text for device, text in texts.items()}
        files |= {f"{device}/{SEALED}": text for device, text in (sealed or {}).items()}
        with self._alone():
            return self._commit(repository, files, message)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.path / LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _commit(self, repository: pygit2.Repository, files: Mapping[str, bytes], message: str) -> str:
        import pygit2  # noqa: PLC0415 - start-up time
        from pygit2.enums import FileMode  # noqa: PLC0415 - as above

        head = repository.references.get(BRANCH)
        last = head.peel(pygit2.Commit) if head is not None else None
        index = pygit2.Index()
        if last is not None:
            index.read_tree(last.tree)
        known = {entry.path: entry.id for entry in index}
        for place, text in files.items():
            if known.get(place) == pygit2.hash(text):  # nothing to write: neither the text nor its folder
                continue
            index.add(pygit2.IndexEntry(place, repository.create_blob(text), FileMode.BLOB))
        tree = index.write_tree(repository)
        if last is not None and last.tree.id == tree:
            return str(last.id)
        if last is None and not files:
            return ""
        who = pygit2.Signature(*AUTHOR, time=int(datetime.now(UTC).timestamp()), offset=0)
        parents = [last.id] if last is not None else []
        return str(repository.create_commit(BRANCH, who, who, message, tree, parents))

    def read(self, device: str, at: str | datetime | None = None, *, file: str = FILE) -> bytes:
        """A device's text (or its sealed copy): the last one, that of a commit, or that of a moment.

        `at` is a commit's id, a `datetime`, or a date or time in ISO 8601 (a date means its end; without a zone, local
        time). InputError if there is none.
        """
        for commit in self._commits(at):
            number = self._blob(commit, device, file)
            if number is None:
                break
            self._whole(number)
            try:
                return bytes(commit.tree[f"{device}/{file}"].data)  # type: ignore[union-attr]  # a path of ours is a blob
            except KeyError:
                break
        if file == SEALED:
            raise _missing(
                "not-sealed",
                Message("there is no sealed copy of {device} in the archive", device=device),
                Message("make one with: govnet config backup --sealed-for RECIPIENT"),
            )
        raise _missing(
            "not-in-archive",
            Message("there is no configuration of {device} in the archive", device=device)
            if at is None
            else Message("there is no configuration of {device} in the archive at {when}", device=device, when=at),
            Message("run `govnet config backup`, or choose a later time"),
        )

    def devices(self, at: str | datetime | None = None) -> frozenset[str]:
        """The devices that have a text, now or at a moment; none if there is no archive."""
        if not self.path.exists():
            return frozenset()
        for commit in self._commits(at):
            return frozenset(entry.name for entry in commit.tree if entry.name and self._blob(commit, entry.name, FILE))
        return frozenset()

    def history(self, device: str, *, file: str = FILE) -> list[tuple[str, datetime, str]]:
        """The commits in which the device's text changed, the newest first: id, time, message."""
        found = []
        commits = list(self._commits(None))
        for number, commit in enumerate(commits):
            now = self._blob(commit, device, file)
            before = self._blob(commits[number + 1], device, file) if number + 1 < len(commits) else None
            if now is not None and now != before:
                moment = datetime.fromtimestamp(commit.commit_time, UTC)
                found.append((str(commit.id), moment, commit.message.strip()))
        return found

    def changes(self, at: str | datetime | None = None) -> dict[str, list[Change]]:
        """The changes of every device's text up to a moment, the newest first; nothing if there is no archive."""
        if not self.path.exists():
            return {}
        with self._reading():
            return self._changes(at)

    def _changes(self, at: str | datetime | None) -> dict[str, list[Change]]:
        found: dict[str, list[Change]] = {}
        after: pygit2.Commit | None = None
        for commit in self._commits(at):
            if after is not None:
                self._compare(found, after, commit)
            after = commit
        if after is not None:
            self._compare(found, after, None)
        return found

    def _commits(self, at: str | datetime | None) -> Iterator[pygit2.Commit]:
        """The commits from the one that was in force at `at`, back to the first."""
        with self._reading():
            yield from self._walk(at)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Damage that shows only when something is read: a branch without its commit, half an object."""
        import pygit2  # noqa: PLC0415 - start-up time

        try:
            yield
        except (pygit2.GitError, KeyError) as error:
            raise self._damaged(error) from error

    def _damaged(self, why: object) -> GovnetError:
        return GovnetError(
            Message("the archive at {path} is damaged: {why}", path=self.path, why=why),
            Message("`git fsck` names what is broken; put the folder back from its copy"),
        )

    def _walk(self, at: str | datetime | None) -> Iterator[pygit2.Commit]:
        import pygit2  # noqa: PLC0415 - start-up time

        repository = self._open(make=False)
        head = repository.references.get(BRANCH)
        if head is None:
            return
        self._whole(head.target)
        start = head.peel(pygit2.Commit)
        if isinstance(at, str) and _COMMIT.fullmatch(at) and at in repository:
            found = repository.get(at)
            if isinstance(found, pygit2.Commit):
                start, at = found, None
        limit = _moment(at) if at is not None else None
        for commit in self._line(repository, start.id):
            if limit is None or commit.commit_time <= limit:
                yield commit

    def _line(self, repository: pygit2.Repository, start: pygit2.Oid) -> Iterator[pygit2.Commit]:
        """The commits from one back to the first: each has one parent."""
        import pygit2  # noqa: PLC0415 - start-up time

        waiting = [start]
        while waiting:
            self._whole(waiting[0])
            commit = repository[waiting.pop()].peel(pygit2.Commit)
            self._whole(commit.tree_id)
            yield commit
            waiting = commit.parent_ids[:1]

    def _whole(self, number: object) -> None:
        """GovnetError for an object of which only the beginning is there: libgit2 1.9.7 would read it for ever."""
        name = str(number)
        path = self.path / "objects" / name[:2] / name[2:]
        try:
            content = path.read_bytes()
        except OSError:  # in a pack, or not there at all, which libgit2 says
            return
        stream = zlib.decompressobj()
        try:
            while content and not stream.eof:
                content = stream.decompress(content, 1 << 20) and stream.unconsumed_tail
        except zlib.error:
            raise self._damaged(name) from None
        if not stream.eof:
            raise self._damaged(name)

    def _compare(self, found: dict[str, list[Change]], commit: pygit2.Commit, before: pygit2.Commit | None) -> None:
        """Put down which devices' texts a commit changed; folders that stayed as they were are not looked into."""
        older = {entry.name: entry.id for entry in before.tree} if before is not None else {}
        moment = datetime.fromtimestamp(commit.commit_time, UTC)
        for entry in commit.tree:
            name = entry.name or ""
            if older.get(name) == entry.id:
                continue
            now = self._blob(commit, name, FILE)
            then = self._blob(before, name, FILE) if before is not None else None
            if now is not None and now != then:
                last = str(before.id) if before is not None and then is not None else ""
                found.setdefault(name, []).append(Change(str(commit.id), moment, last))

    def _blob(self, commit: pygit2.Commit, device: str, file: str) -> str | None:
        try:
            self._whole(commit.tree[device].id)  # which is not read for its name
            return str(commit.tree[f"{device}/{file}"].id)
        except KeyError:
            return None

    def _open(self, *, make: bool) -> pygit2.Repository:
        import pygit2  # noqa: PLC0415 - start-up time

        try:
            if self.path.exists() and any(self.path.iterdir()):
                return pygit2.Repository(str(self.path))
            if make:
                return pygit2.init_repository(str(self.path), bare=True, initial_head="main")
        except (pygit2.GitError, OSError) as error:
            raise GovnetError(
                Message("the archive at {path} cannot be used: {why}", path=self.path, why=error),
                Message("mend or move the folder; an empty one is made when a configuration is stored"),
            ) from error
        raise _missing(
            "no-archive",
            Message("there is no archive at {path}", path=self.path),
            Message("run `govnet config backup` first"),
        )


def _moment(at: str | datetime) -> float:
    """The last second that `at` means. InputError if it is no time."""
    if not isinstance(at, str):
        return at.timestamp()
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise _missing(
            "bad-time",
            Message("“{text}” is neither a time nor a commit of the archive", text=at),
            Message("write a date (2026-11-21), a time (2026-11-21T08:30) or a commit's id"),
        ) from None
    if re.fullmatch(r"\d{4}-\d\d-\d\d|\d{8}", at):
        moment = moment.replace(hour=23, minute=59, second=59)
    return moment.timestamp()  # without a zone: local time, as the person who typed it means


def _missing(code: str, message: Message, hint: Message) -> InputError:
    return InputError([Problem(code=code, message=message, hint=hint)])
