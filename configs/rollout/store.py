"""How far rollouts have come: tables beside the workflow engine's own, in SQLite or PostgreSQL.

Whoever writes, writes one row in one transaction; whoever reads, reads what is there: a process that shows a rollout
needs no engine. What was approved does not stand here but in the bundle.
"""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from configs.rollout import bundle as bundles
from inventory.errors import GovnetError, RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from configs.rollout.bundle import Bundle

FILE = "state.db"
SILENCE = 10.0  # seconds without a sign of life after which a worker counts as dead
# A server that is cut off is noticed in seconds (libpq's parameters, PostgreSQL manual 34.1.2): a device's guard runs.
AWAY = {"connect_timeout": 10, "tcp_user_timeout": 10_000}
BUSY = 30.0  # seconds that a writer waits for another one (SQLite has one at a time)


class Phase(StrEnum):
    """Where a rollout is. Stable and English."""

    PLANNED = "planned"  # nothing was begun
    RUNNING = "running"
    INTERRUPTED = "interrupted"  # it was running, and the process that conducted it is dead
    PAUSED = "paused"  # somebody asked for it
    STOPPED = "stopped"  # too many failures
    ABORTED = "aborted"
    DONE = "done"


class Request(StrEnum):
    """What somebody asks of a running rollout."""

    NONE = ""
    PAUSE = "pause"
    ABORT = "abort"


class Progress(StrEnum):
    """Where a device is, until it has a result; then its state is that of the result (`configs.push.State`)."""

    WAITING = "waiting"
    QUEUED = "queued"
    WORKING = "working"
    UNDOING = "undoing"  # what was changed is being taken back


NOT_ENDED = tuple(Progress)

_META = sa.MetaData()
_ROLLOUTS = sa.Table(
    "govnet_rollouts",
    _META,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("phase", sa.String, nullable=False),
    sa.Column("request", sa.String, nullable=False),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("conductor", sa.String, nullable=False),
    sa.Column("ended", sa.Float),
)
_DEVICES = sa.Table(
    "govnet_rollout_devices",
    _META,
    sa.Column("rollout", sa.String, primary_key=True),
    sa.Column("device", sa.String, primary_key=True),
    sa.Column("site", sa.String, nullable=False),
    sa.Column("wave", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("step", sa.JSON, nullable=False),
    sa.Column("worker", sa.String, nullable=False),
    sa.Column("begun", sa.Float),
    sa.Column("ended", sa.Float),
    sa.Column("result", sa.JSON),
)
_APPROVALS = sa.Table(
    "govnet_approvals",
    _META,
    sa.Column("rollout", sa.String, primary_key=True),
    sa.Column("by", sa.String, primary_key=True),
    sa.Column("digest", sa.String, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)
_WORKERS = sa.Table(
    "govnet_workers",
    _META,
    sa.Column("executor", sa.String, primary_key=True),
    sa.Column("host", sa.String, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started", sa.BigInteger, nullable=False),
    sa.Column("zones", sa.JSON, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
)
_FILES = sa.Table(
    "govnet_rollout_files",
    _META,
    sa.Column("rollout", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rollout is."""

    phase: Phase
    request: Request
    run: int  # how often it was begun or resumed
    conductor: str
    ended: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """Where a device is. `step` is what it does now, in English and Chinese; `result` that of its last push."""

    device: str
    site: str
    wave: int
    attempt: int
    state: str
    step: Mapping[str, str]
    worker: str
    begun: float | None
    ended: float | None
    result: Mapping[str, Any] | None

    @property
    def over(self) -> bool:
        """Whether it has a result."""
        return self.state not in NOT_ENDED

    @property
    def ok(self) -> bool:
        """Whether the result is a good one."""
        return self.over and bool(self.result and self.result.get("ok"))


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that changes devices. `seen` is when it last said that it lives (seconds since 1970).

    `started` tells its process from a later one with the same number (`process_start`).
    """

    executor: str
    host: str
    pid: int
    started: int
    zones: tuple[str, ...]
    seen: float


class Store:
    """The database at a URL; its tables are made when they are missing."""

    def __init__(self, url: str) -> None:
        self.url = url
        # Every device in work holds a connection with its lock on PostgreSQL.
        options: dict[str, Any] = (
            {"connect_args": {"timeout": BUSY}}
            if url.startswith("sqlite")
            else {"max_overflow": -1, "connect_args": AWAY}
        )
        try:
            self.engine = sa.create_engine(url, **options)
            if url.startswith("sqlite"):
                sa.event.listen(self.engine, "connect", _prepared)
            _META.create_all(self.engine)
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise unusable(url, error) from error

    def close(self) -> None:
        """Let go of its connections."""
        self.engine.dispose()

    def begin(self, bundle: Bundle) -> None:
        """Put a rollout in, every device waiting. Nothing happens if it is there.

        InputError if it was begun as another one: whoever alters its file can make its digest right as well.
        """
        path = bundle.folder / bundles.FILE
        content = path.read_bytes() if path.exists() else b""
        waiting = [
            {
                "rollout": bundle.name,
                "device": device,
                "site": stop.site,
                "wave": wave.number,
                "attempt": 1,
                "state": Progress.WAITING.value,
                "step": {},
                "worker": "",
            }
            for wave in bundle.waves
            for stop in wave.sites
            for device in stop.devices
        ]
        row = {"name": bundle.name, "phase": Phase.PLANNED.value, "request": "", "run": 0, "conductor": ""}
        with self._changing() as connection:
            if connection.execute(self._insert(_ROLLOUTS, row)).first() is not None and waiting:
                connection.execute(sa.insert(_DEVICES), waiting)
                file = {"rollout": bundle.name, "name": bundles.FILE, "content": content}
                connection.execute(sa.insert(_FILES), [file])
        if (self.kept(bundle.name, bundles.FILE) or content) != content:
            raise bundles.broken(path, "digest")

    def standing(self, rollout: str) -> Standing:
        """Where a rollout is; planned if nobody has begun it."""
        with self._reading() as connection:
            row = connection.execute(sa.select(_ROLLOUTS).where(_ROLLOUTS.c.name == rollout)).one_or_none()
        if row is None:
            return Standing(Phase.PLANNED, Request.NONE, 0, "", None)
        phase = Phase(row.phase)
        if phase is Phase.RUNNING and not self._living(row.conductor):
            phase = Phase.INTERRUPTED
        return Standing(phase, Request(row.request), row.run, row.conductor, row.ended)

    def _living(self, executor: str) -> bool:
        moment = self.clock()
        return any(worker.executor == executor and lives(worker, moment) for worker in self.workers())

    def conduct(self, rollout: str, conductor: str, request: Request = Request.NONE) -> None:
        """Take a rollout up: it is running, and this is asked of it. RefusedError if somebody conducts it already."""
        before = self.standing(rollout)
        free = before.phase is not Phase.RUNNING
        if free:
            with self._changing() as connection:
                taken = connection.execute(
                    sa.update(_ROLLOUTS)
                    .where(_ROLLOUTS.c.name == rollout, _ROLLOUTS.c.run == before.run)
                    .values(
                        phase=Phase.RUNNING.value,
                        request=request.value,
                        run=before.run + 1,
                        conductor=conductor,
                        ended=None,
                    )
                )
                free = taken.rowcount == 1
        if not free:
            raise RefusedError(
                Message("the rollout {name} is running already", name=rollout),
                Message("see where it stands: govnet rollout status {name}", name=rollout),
            )

    def put(self, rollout: str, phase: Phase, at: float) -> None:
        """Put a rollout into a phase."""
        ended = None if phase is Phase.RUNNING else at
        with self._changing() as connection:
            connection.execute(
                sa.update(_ROLLOUTS).where(_ROLLOUTS.c.name == rollout).values(phase=phase.value, ended=ended)
            )

    def ask(self, rollout: str, request: Request) -> None:
        """Ask something of the rollout's conductor."""
        with self._changing() as connection:
            connection.execute(sa.update(_ROLLOUTS).where(_ROLLOUTS.c.name == rollout).values(request=request.value))

    def devices(self, rollout: str) -> list[Row]:
        """The rollout's devices, wave by wave."""
        query = sa.select(_DEVICES).where(_DEVICES.c.rollout == rollout)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(_DEVICES.c.wave, _DEVICES.c.site, _DEVICES.c.device)).all()
        return [
            Row(
                row.device,
                row.site,
                row.wave,
                row.attempt,
                row.state,
                row.step,
                row.worker,
                row.begun,
                row.ended,
                row.result,
            )
            for row in rows
        ]

    def set_devices(self, rollout: str, devices: Iterable[str], **values: Any) -> None:
        """Change columns of devices' rows: `state`, `step`, `worker`, `begun`, `ended`, `result`."""
        with self._changing() as connection:
            connection.execute(
                sa.update(_DEVICES)
                .where(_DEVICES.c.rollout == rollout, _DEVICES.c.device.in_(list(devices)))
                .values(**values)
            )

    def approve(self, rollout: str, by: str, digest: str, at: float) -> None:
        """Note that somebody approves the rollout as it has that digest."""
        with self._changing() as connection:
            connection.execute(sa.delete(_APPROVALS).where(_APPROVALS.c.rollout == rollout, _APPROVALS.c.by == by))
            connection.execute(sa.insert(_APPROVALS), [{"rollout": rollout, "by": by, "digest": digest, "at": at}])

    def approvals(self, rollout: str) -> list[tuple[str, str, float]]:
        """Who approved which digest, and when."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(_APPROVALS).where(_APPROVALS.c.rollout == rollout)).all()
        return [(row.by, row.digest, row.at) for row in rows]

    def keep(self, rollout: str, name: str, content: bytes) -> None:
        """Keep a file of a rollout for the workers of other machines."""
        with self._changing() as connection:
            connection.execute(sa.delete(_FILES).where(_FILES.c.rollout == rollout, _FILES.c.name == name))
            connection.execute(sa.insert(_FILES), [{"rollout": rollout, "name": name, "content": content}])

    def kept(self, rollout: str, name: str) -> bytes | None:
        """A file of a rollout; None if there is none."""
        query = sa.select(_FILES.c.content).where(_FILES.c.rollout == rollout, _FILES.c.name == name)
        with self._reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return bytes(found) if found is not None else None

    def forget(self, rollout: str, name: str) -> None:
        """A file of a rollout is not needed any more."""
        with self._changing() as connection:
            connection.execute(sa.delete(_FILES).where(_FILES.c.rollout == rollout, _FILES.c.name == name))

    def alive(self, worker: Worker) -> None:
        """A worker says that it lives."""
        values = {
            "executor": worker.executor,
            "host": worker.host,
            "pid": worker.pid,
            "started": worker.started,
            "zones": list(worker.zones),
            "seen": worker.seen,
        }
        with self._changing() as connection:
            changed = connection.execute(
                sa.update(_WORKERS).where(_WORKERS.c.executor == worker.executor).values(seen=worker.seen)
            )
            if not changed.rowcount:
                connection.execute(sa.insert(_WORKERS), [values])

    def clock(self) -> float:
        """Seconds since 1970 by the database's clock, which machines share whose own ones differ."""
        if self.engine.dialect.name == "sqlite":
            return time.time()
        with self._reading() as connection:
            now = sa.extract("epoch", sa.func.clock_timestamp())
            return float(connection.execute(sa.select(now)).scalar_one())

    def workers(self) -> list[Worker]:
        """The workers that have said that they live and not that they end."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(_WORKERS)).all()
        return [Worker(row.executor, row.host, row.pid, row.started, tuple(row.zones), row.seen) for row in rows]

    def inherit(self, dead: Worker, heir: Worker) -> bool:
        """Take over a dead worker's row. True for the one who did it, if several try; False if it has spoken again.

        The row then lives and dies with the heir, so that nothing is lost if that one dies before it has done the rest.
        """
        with self._changing() as connection:
            taken = connection.execute(
                sa.update(_WORKERS)
                .where(_WORKERS.c.executor == dead.executor, _WORKERS.c.seen == dead.seen)
                .values(host=heir.host, pid=heir.pid, started=heir.started, seen=heir.seen)
            )
            return taken.rowcount == 1

    def leave(self, executor: str) -> None:
        """Take a worker out that has nothing left to do."""
        with self._changing() as connection:
            connection.execute(sa.delete(_WORKERS).where(_WORKERS.c.executor == executor))

    @contextmanager
    def alone(self, device: str, patience: float = 0) -> Iterator[bool]:
        """Hold a device among the workers of all machines; False if another one holds it for `patience` seconds.

        On SQLite there is one machine, and its own lock (`configs.push`) does.
        """
        if self.engine.dialect.name == "sqlite":
            yield True
            return
        key = sa.select(sa.func.pg_try_advisory_lock(sa.func.hashtextextended(f"govnet {device}", 0)))
        end = time.monotonic() + patience
        with self._reading() as connection:
            try:
                while not (ours := bool(connection.execute(key).scalar_one())) and time.monotonic() < end:
                    time.sleep(1)
                yield ours
            finally:
                connection.invalidate()  # the lock goes with the session

    def _insert(self, table: sa.Table, row: Mapping[str, Any]) -> Any:
        """An insert that gives its key; where that is there already it does nothing, and gives nothing.

        (How many rows an insert has made is not said by every driver: psycopg's count is -1.)
        """
        make = sqlite.insert if self.engine.dialect.name == "sqlite" else postgresql.insert
        return make(table).values(**row).on_conflict_do_nothing().returning(*table.primary_key)

    @contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        try:
            with self.engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise unusable(self.url, error) from error

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise unusable(self.url, error) from error


def _prepared(connection: Any, _record: Any) -> None:
    """SQLite's write-ahead log: readers do not wait for the writer, and a commit survives a kill."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def unusable(url: str, error: Exception) -> GovnetError:
    """What is said of a database that cannot be used; its password is not shown."""
    shown = sa.engine.make_url(url).render_as_string(hide_password=True) if "://" in url else url
    why = str(getattr(error, "orig", None) or error).strip().splitlines()
    return GovnetError(
        Message("the database {url} cannot be used: {why}", url=shown, why=why[0] if why else type(error).__name__),
        Message("look at “database” in govnet.yaml; without it state.db in the workspace is used"),
    )


def default_url(root: Path) -> str:
    """The embedded database of a workspace."""
    return f"sqlite:///{(root / FILE).resolve()}"


def this_host() -> str:
    """The name by which a worker's machine is told from others: two containers of one name count as two."""
    try:
        inside = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        inside = ""
    return f"{socket.gethostname()}/{inside}"


def process_start(pid: int) -> int:
    """When a process of this machine started, in clock ticks since the machine did; 0 if there is none.

    Field 22 of /proc/PID/stat (proc(5)); the name before it may hold blanks and parentheses.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return 0 if fields[0] == "Z" else int(fields[19])


def lives(worker: Worker, now: float, silence: float = SILENCE) -> bool:
    """Whether a worker counts as alive: on this machine its process is there, on another it spoke lately."""
    if worker.host == this_host():
        return process_start(worker.pid) == worker.started
    return now - worker.seen <= silence
