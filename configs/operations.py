"""The operations log: who did what, when, on which device, by whose approval, and what came of it.

`operations.log` in the workspace holds one JSON document a line. Each carries its number, the hash of the line before
it and its own, so that a line that was changed, left out or put in shows; `operations.head` beside it holds the last
number and hash, so that lines cut off at the end show too. Whoever can write both files can forge both: where that
matters, the lines are forwarded to a syslog server as they are written (RFC 5424; over UDP as RFC 5426, over TCP as
RFC 6587 section 3.4.1 frame them). No secret stands in it: what is logged are counts and digests, not lines.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import json
import logging
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from inventory.errors import GovnetError, InputError, Problem
from inventory.sources import write_atomically
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import RawIOBase
    from pathlib import Path

log = logging.getLogger(__name__)
FILE = "operations.log"
HEAD = "operations.head"
OPERATOR = "GOVNET_OPERATOR"
SYSLOG_PORT = 514
SYSLOG_SECONDS = 3.0
_FIRST = "0" * 64
# RFC 5424 section 6.2.1: facility 13 (log audit), severity 5 (notice).
_PRIORITY = 13 * 8 + 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `number` counts from 1; `about` are facts about it, without secrets."""

    number: int
    at: datetime
    who: str
    what: str
    about: Mapping[str, Any]
    before: str
    hash: str

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "who": self.who,
            "what": self.what,
            "about": dict(self.about),
            "before": self.before,
            "hash": self.hash,
        }


def operator() -> str:
    """Who works here: GOVNET_OPERATOR where a shared account is used, else the account's name."""
    try:
        return os.environ.get(OPERATOR, "").strip() or getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return f"uid {os.getuid()}"


class Operations:
    """The log of a workspace. `syslog` is where lines go too: udp://HOST[:PORT] or tcp://HOST[:PORT]."""

    def __init__(self, root: Path, syslog: str = "") -> None:
        self.path = root / FILE
        self._head = root / HEAD
        self._syslog = syslog

    def write(self, what: str, about: Mapping[str, Any], *, who: str = "", at: datetime | None = None) -> Entry:
        """Add a line. GovnetError if it cannot be written: what is not logged is not done."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b", buffering=0) as stream:
                fcntl.flock(stream, fcntl.LOCK_EX)
                number, before = self._end()
                entry = _made(number + 1, at or datetime.now(UTC), who or operator(), what, about, before)
                self._append(stream, entry)
        except OSError as error:
            raise GovnetError(
                Message("the operations log {path} cannot be written: {why}", path=self.path, why=error.strerror),
                Message("make room or make the file writable; nothing is done that cannot be logged"),
            ) from error
        if self._syslog:
            self._forward(entry)
        return entry

    def _append(self, stream: RawIOBase, entry: Entry) -> None:
        """Put a line at the end, whole or not at all: half a line, on a full disk, would break the chain for good."""
        end = stream.seek(0, os.SEEK_END)
        line = (json.dumps(entry.as_json(), ensure_ascii=False, sort_keys=True) + "\n").encode()
        try:
            while line:
                line = line[stream.write(line) or 0 :]
            os.fsync(stream.fileno())
            write_atomically(self._head, f"{entry.number} {entry.hash}\n".encode())
        except OSError:
            stream.truncate(end)
            raise

    def entries(self) -> Iterator[Entry]:
        """The lines, the oldest first. InputError at the first that is not as it was written."""
        number, before = 0, _FIRST
        for number, entry in enumerate(self._read(), 1):
            if entry is None or entry.number != number or entry.before != before or entry.hash != _hash(entry):
                raise _broken(self.path, number)
            before = entry.hash
            yield entry
        head = self._head.read_text("ascii", "replace").split() if self._head.exists() else ["0", _FIRST]
        if head == [str(number), before] or (number == 0 and not self._head.exists()):
            return
        if head and head[0].isdecimal() and int(head[0]) == number - 1:
            return  # a process died between the line and the head; the chain says that the line is whole
        raise _broken(self.path, number + 1)

    def _read(self) -> Iterator[Entry | None]:
        if not self.path.exists():
            return
        with self.path.open("rb") as stream:
            for line in stream:
                try:
                    data = json.loads(line)
                    yield Entry(
                        data["number"],
                        datetime.fromisoformat(data["at"]),
                        data["who"],
                        data["what"],
                        data["about"],
                        data["before"],
                        data["hash"],
                    )
                except (ValueError, KeyError, TypeError, RecursionError):
                    yield None

    def _end(self) -> tuple[int, str]:
        """The last line's number and hash. InputError if it is broken: nothing is chained to a broken line."""
        last = b""
        with self.path.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            size = stream.tell()
            while size > 0 and last.count(b"\n", 0, -1) < 1:
                step = min(size, 8192)
                size -= step
                stream.seek(size)
                last = stream.read(step) + last
        if not last:
            return 0, _FIRST
        try:
            data = json.loads(last.rstrip(b"\n").rsplit(b"\n", 1)[-1])
            return int(data["number"]), str(data["hash"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise _broken(self.path, 0) from None

    def _forward(self, entry: Entry) -> None:
        """Send the line to the syslog server. A server that is away is said in the log: the file has the line."""
        try:
            parts = urlsplit(self._syslog)
            place = (parts.hostname or "", parts.port or SYSLOG_PORT)
            message = syslog_message(entry).encode()
            if parts.scheme == "tcp":
                with socket.create_connection(place, SYSLOG_SECONDS) as connection:
                    connection.sendall(b"%d %s" % (len(message), message))
                return
            family = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0][0]
            with socket.socket(family, socket.SOCK_DGRAM) as datagram:
                datagram.sendto(message, place)
        except (OSError, ValueError) as error:
            log.warning("operations log: line %d was not forwarded to %s: %s", entry.number, self._syslog, error)


def syslog_message(entry: Entry) -> str:
    """An entry as RFC 5424 section 6 writes it, its text in UTF-8 behind a byte order mark."""
    at = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    text = json.dumps(entry.as_json(), ensure_ascii=False, sort_keys=True)
    name = "".join(letter for letter in entry.what if letter.isascii() and letter.isprintable() and letter != " ")
    return f"<{_PRIORITY}>1 {at} {socket.gethostname() or '-'} govnet {os.getpid()} {name[:32] or '-'} - \ufeff{text}"


def _made(number: int, at: datetime, who: str, what: str, about: Mapping[str, Any], before: str) -> Entry:
    entry = Entry(number, at, who, what, dict(about), before, "")
    return Entry(number, at, who, what, dict(about), before, _hash(entry))


def _hash(entry: Entry) -> str:
    content = {key: value for key, value in entry.as_json().items() if key != "hash"}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _broken(path: Path, line: int) -> InputError:
    return InputError(
        [
            Problem(
                "broken-log",
                Message("the operations log is not as it was written: a line is changed, missing or cut off here"),
                Message("compare it with the syslog server's copy or a backup; keep the file as it is for the inquiry"),
                file=str(path),
                line=line,
            )
        ]
    )
