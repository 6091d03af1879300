"""The operations log: whatever is changed in it shows."""

from __future__ import annotations

import errno
import json
import multiprocessing
import resource
import signal
import socket
from typing import TYPE_CHECKING

import pytest

from configs.operations import FILE, HEAD, Operations, syslog_message
from inventory.errors import GovnetError, InputError
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def written(root: Path, count: int = 5) -> Operations:
    """A log of some lines."""
    log = Operations(root)
    for number in range(count):
        log.write("rollout.device", {"device": f"rt-{number}", "说明": "改地址"}, who="li")
    return log


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Numbers from 1, who, what and about, in order."""
    entries = list(written(tmp_path).entries())
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[2].about == {"device": "rt-2", "说明": "改地址"}
    assert entries[2].who == "li"


def altered(lines: list[str]) -> list[str]:
    """One word is another."""
    return [*lines[:2], lines[2].replace("rt-2", "rt-9"), *lines[3:]]


def cut(lines: list[str]) -> list[str]:
    """The last two are gone."""
    return lines[:-2]


def left_out(lines: list[str]) -> list[str]:
    """One is gone from the middle."""
    return [*lines[:1], *lines[2:]]


def swapped(lines: list[str]) -> list[str]:
    """Two have changed places."""
    return [lines[1], lines[0], *lines[2:]]


def doubled(lines: list[str]) -> list[str]:
    """One stands twice."""
    return [*lines, lines[-1]]


def emptied(lines: list[str]) -> list[str]:
    """All are gone."""
    return lines[:0]


@pytest.mark.parametrize("harm", [altered, cut, left_out, swapped, doubled, emptied])
def test_harm_shows(tmp_path: Path, harm: Callable[[list[str]], list[str]]) -> None:
    """A line changed, cut off, left out, moved or doubled is found, with its place."""
    log = written(tmp_path)
    lines = (tmp_path / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / FILE).write_text("".join(harm(lines)), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        list(log.entries())
    assert caught.value.problems[0].code == "broken-log"


def test_an_altered_line_with_a_new_hash_shows_in_the_next(tmp_path: Path) -> None:
    """Whoever also makes the line's own hash right breaks the chain behind it."""
    log = written(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    forged = written(other, 2)
    forged.write("rollout.device", {"device": "forged"}, who="li")
    lines = (tmp_path / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    lines[2] = (other / FILE).read_text(encoding="utf-8").splitlines(keepends=True)[2]
    (tmp_path / FILE).write_text("".join(lines), encoding="utf-8")
    with pytest.raises(InputError):
        list(log.entries())


def test_a_process_that_died_before_the_head_was_written_is_no_harm(tmp_path: Path) -> None:
    """The chain says that the last line is whole; the next line goes on from it."""
    log = written(tmp_path, 3)
    head = (tmp_path / HEAD).read_bytes()
    log.write("x", {}, who="li")
    (tmp_path / HEAD).write_bytes(head)
    assert len(list(log.entries())) == 4
    log.write("y", {}, who="li")
    assert [entry.what for entry in log.entries()][-2:] == ["x", "y"]


@pytest.mark.parametrize("room", [5, 10_000])
def test_a_full_disk_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """A line, or the head, that finds no room is said, twice; then there is room, and the chain goes on from before."""
    log = written(tmp_path, 2)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("configs.operations.write_atomically", full)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / FILE).stat().st_size + room, limits[1]))
        try:
            for _ in range(2):
                with pytest.raises(GovnetError, match="cannot be written"):
                    log.write("x", {}, who="li")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, ignored)
    assert len(list(log.entries())) == 2
    log.write("y", {}, who="li")
    assert [entry.what for entry in log.entries()][-1] == "y"


def _many(root: Path) -> None:
    log = Operations(root)
    for _ in range(20):
        log.write("push", {})


def test_several_processes_write_one_chain(tmp_path: Path) -> None:
    """Four at a time, twenty lines each: one chain of eighty."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_many, args=(tmp_path,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    assert [entry.number for entry in Operations(tmp_path).entries()] == list(range(1, 81))


def test_lines_go_to_syslog(tmp_path: Path) -> None:
    """RFC 5424's header, and the line as JSON behind the byte order mark."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(PATIENCE)
        log = Operations(tmp_path, f"udp://127.0.0.1:{server.getsockname()[1]}")
        entry = log.write("rollout.start", {"原因": "CR-1"}, who="li")
        received = server.recv(65_535).decode()
    assert received == syslog_message(entry)
    head, _, text = received.partition(" - \ufeff")
    assert head.startswith("<109>1 ")
    assert len(head.split(" ")) == 6
    assert json.loads(text)["about"] == {"原因": "CR-1"}


def test_a_syslog_server_that_is_away_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The file has the line, the program's log says that it was not forwarded."""
    log = Operations(tmp_path, "tcp://127.0.0.1:1")
    log.write("push", {}, who="li")
    assert len(list(log.entries())) == 1
    assert "not forwarded" in caplog.text
