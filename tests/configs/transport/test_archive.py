"""The archive: one commit a run, none for nothing, the bytes of any day."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pygit2
import pytest

from configs.archive import SEALED, Archive, masked
from inventory.errors import GovnetError, InputError
from tests.patience import PATIENCE

GBK = "sysname RT\n#\ninterface LoopBack0\n description 端口0 上联  \r\n#\nreturn\n".encode("gb18030")


def test_what_is_stored_is_read(tmp_path):
    """Byte for byte, in a bare repository, in one commit for all devices."""
    archive = Archive(tmp_path / "archive")
    commit = archive.store({"rt-1": GBK, "rt-2": b"hostname x\n"}, "first")
    assert archive.read("rt-1") == GBK
    repository = pygit2.Repository(str(tmp_path / "archive"))
    assert repository.is_bare
    head = repository.head.peel(pygit2.Commit)
    assert (str(head.id), head.message, head.author.name) == (commit, "first", "govnet")
    assert [entry.name for entry in head.tree] == ["rt-1", "rt-2"]


def test_nothing_new_is_no_commit(tmp_path):
    """The id is that of the last commit; devices that are not in a run stay as they are."""
    archive = Archive(tmp_path / "archive")
    first = archive.store({"rt-1": b"a\n", "rt-2": b"b\n"}, "first")
    assert archive.store({"rt-1": b"a\n"}, "again") == first
    second = archive.store({"rt-1": b"c\n"}, "second")
    assert second != first
    assert archive.read("rt-2") == b"b\n"
    assert archive.read("rt-1", first) == b"a\n"
    assert [entry[0] for entry in archive.history("rt-1")] == [second, first]
    assert [entry[0] for entry in archive.history("rt-2")] == [first]


def test_any_day_can_be_asked_for(tmp_path, monkeypatch):
    """A date means its end, a time that moment; before the first backup there is nothing."""
    import configs.archive

    archive = Archive(tmp_path / "archive")
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):  # noqa: ARG003 - as datetime has it
            return now

    monkeypatch.setattr(configs.archive, "datetime", Clock)
    archive.store({"rt-1": b"old\n"}, "old")
    now += timedelta(days=2)
    archive.store({"rt-1": b"new\n"}, "new")
    assert archive.read("rt-1", "2026-11-21") == b"old\n"
    assert archive.read("rt-1", "2026-11-23") == b"new\n"
    assert archive.read("rt-1", datetime(2026, 11, 22, 11, tzinfo=UTC)) == b"old\n"
    assert archive.read("rt-1", "2026-11-22T12:00:01+00:00") == b"new\n"
    with pytest.raises(InputError, match="problems"):
        archive.read("rt-1", "2026-11-01")


@pytest.mark.parametrize("at", ["yesterday", "abcdef1", "2026-13-01"])
def test_what_is_no_time_is_said(tmp_path, at):
    """Neither a time nor a commit."""
    archive = Archive(tmp_path / "archive")
    archive.store({"rt-1": b"a\n"}, "first")
    with pytest.raises(InputError) as caught:
        archive.read("rt-1", at)
    assert caught.value.problems[0].code == "bad-time"


def test_what_is_not_there_is_said(tmp_path):
    """No archive, an unknown device, a folder that is something else."""
    with pytest.raises(InputError) as caught:
        Archive(tmp_path / "none").read("rt-1")
    assert caught.value.problems[0].code == "no-archive"
    archive = Archive(tmp_path / "archive")
    archive.store({"rt-1": b"a\n"}, "first")
    with pytest.raises(InputError) as caught:
        archive.read("rt-9")
    assert caught.value.problems[0].code == "not-in-archive"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("x")
    with pytest.raises(GovnetError, match="cannot be used"):
        Archive(tmp_path / "other").store({"rt-1": b"a\n"}, "first")


def test_secrets_are_masked_and_nothing_else():
    """Only the secret's characters change; line ends, trailing blanks and GBK stay."""
    secret = b"snmp-agent community read cipher %^%#x%^%#\n"
    assert masked("huawei", GBK + secret) == GBK + secret.replace(b"%^%#x%^%#", b"***")
    assert masked("huawei", GBK) == GBK


def test_sealed_copies_stand_beside(tmp_path):
    """In the same commit, found by its date; a device without one says so, and masked copies do not mind."""
    archive = Archive(tmp_path / "archive")
    assert archive.devices() == frozenset()
    first = archive.store({"rt-1": b"a ***\n", "rt-2": b"b\n"}, "first", {"rt-1": b"age 1"})
    second = archive.store({"rt-1": b"a ***\n"}, "second", {"rt-1": b"age 2"})
    assert second != first
    assert archive.read("rt-1", file=SEALED) == b"age 2"
    assert archive.read("rt-1", first, file=SEALED) == b"age 1"
    assert archive.read("rt-1") == b"a ***\n"
    assert [entry[0] for entry in archive.history("rt-1", file=SEALED)] == [second, first]
    assert [entry[0] for entry in archive.history("rt-1")] == [first]
    assert archive.devices() == {"rt-1", "rt-2"}
    with pytest.raises(InputError) as caught:
        archive.read("rt-2", file=SEALED)
    assert caught.value.problems[0].code == "not-sealed"


def test_runs_that_end_together(tmp_path):
    """Each run's devices are there afterwards, in a commit of its own, one behind the other."""
    archive = Archive(tmp_path / "archive")
    archive.store({"rt-0": b"0\n"}, "first")

    def run(number):
        return Archive(tmp_path / "archive").store({f"rt-{number}": b"x\n"}, f"run {number}")

    with ThreadPoolExecutor(8) as pool:
        commits = list(pool.map(run, range(1, 17)))
    assert len(set(commits)) == 16
    assert len(archive.devices()) == 17
    repository = pygit2.Repository(str(tmp_path / "archive"))
    assert sum(1 for _ in repository.walk(repository.head.target)) == 17


def test_git_finds_nothing_wrong(tmp_path):
    """What is stored is a repository like any other."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    archive = Archive(tmp_path / "archive")
    archive.store({"rt-1": GBK, "机房-2": b"b\n"}, "first", {"rt-1": b"age"})
    archive.store({"rt-1": GBK + b"!\n"}, "second")
    done = subprocess.run(
        ["git", "-C", str(tmp_path / "archive"), "fsck", "--strict"], capture_output=True, check=False, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
