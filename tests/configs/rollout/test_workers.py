"""Workers on one PostgreSQL database: a real server, real processes, one of them killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from configs.rollout import bundle as bundles
from configs.rollout.store import Phase, Store
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _program(name: str) -> str:
    """A program of PostgreSQL: Debian keeps them outside PATH. Skips where there is none."""
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), ""
    )
    if not found:
        pytest.skip(f"{name} is not installed (Debian: postgresql)")
    return found


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a server of our own on the loopback, as a user who is not root: it refuses to run as that."""
    programs = {name: _program(name) for name in ("initdb", "postgres", "pg_isready")}
    folder = Path(tempfile.mkdtemp(prefix="govnet-postgres-", dir="/tmp"))
    who: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        who |= {"user": "nobody", "group": "nogroup", "extra_groups": []}
        shutil.chown(folder, "nobody", "nogroup")
    data = folder / "data"
    words = [programs["initdb"], "-D", str(data), "-U", "govnet", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE, **who)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    words = [programs["postgres"], "-D", str(data), *(f"--{key}={value}" for key, value in settings.items())]
    with (folder / "log").open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said, **who)
    try:
        asked = [programs["pg_isready"], "-q", "-h", "127.0.0.1", "-p", str(port)]

        def ready() -> bool:
            assert process.poll() is None, (folder / "log").read_text()
            return subprocess.run(asked, check=False, timeout=PATIENCE).returncode == 0

        until(ready)
        yield f"postgresql://govnet@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()
        process.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def test_what_a_killed_worker_left_is_finished_by_the_other(
    city: Any, kill: Callable[[Any], None], postgres: str
) -> None:
    """Two workers for zone a and one for zone b, 12 devices; one of a is killed with devices in its hands."""
    made = city(12, 79)
    settings = made.root / "govnet.yaml"
    made.revise(2)
    settings.write_text(settings.read_text(encoding="utf-8") + f"database: {postgres}\n", encoding="utf-8")
    made.policy('waves: [rest]\nsites_in_flight: 12\nzones: {a: "county=431382", b: "county=431381"}\n')
    for number in range(12):
        made.faults(f"r{number:03}", "slow=0.15")
    first = {name: one["running"] for name, one in made.inspect().items()}
    # Two at a time each, so that both workers of the zone have something.
    zones = {"one": "a", "two": "a", "three": "b"}
    workers = {
        name: made.begin("rollout", "worker", "--zone", zone, "--lab", "--parallel", "2")
        for name, zone in zones.items()
    }
    store = Store(postgres.replace("postgresql", "postgresql+psycopg"))
    conductor = None
    try:
        until(lambda: len(store.workers()) == 3)
        by_pid = {worker.pid: worker.executor for worker in store.workers()}
        doomed = by_pid[workers["one"].pid]
        conductor = made.begin("rollout", "start", "--lab", "--commit")
        until(lambda: bool(bundles.names(made.root)))
        name = bundles.names(made.root)[-1]

        def in_its_hands() -> set[str]:
            rows = store.devices(name)
            return {row.device for row in rows if row.worker == doomed and row.state == "working" and row.step}

        until(lambda: len(in_its_hands()) == 2)
        kill(workers["one"])
        left = in_its_hands()
        assert left
        until(lambda: store.standing(name).phase is Phase.DONE)
        assert conductor.wait(PATIENCE) == 0
        rows = {row.device: row for row in store.devices(name)}
        assert all(row.state == "changed" for row in rows.values())
        for device in left:
            assert rows[device].worker == by_pid[workers["two"].pid], f"{device} was not finished by the other"
        served = {row.worker for device, row in rows.items() if int(device[1:]) % 2 == 0}
        assert served == {by_pid[workers["three"].pid]}, "zone b is served by its own worker only"
        for device, one in made.inspect().items():
            assert one["running"] == one["saved"] != first[device]
            assert {save["text"] for save in one["saves"]} == {first[device], one["running"]}
            assert not any(save["armed"] for save in one["saves"])
    finally:
        for process in (*workers.values(), *([conductor] if conductor else [])):
            process.terminate()
        for process in (*workers.values(), *([conductor] if conductor else [])):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            process.kill()
            process.wait(PATIENCE)
        store.close()


def test_a_rollout_is_put_in_once(bundle: Callable[..., Any], postgres: str) -> None:
    """Whoever approves or resumes it finds it there, on PostgreSQL as on SQLite."""
    store = Store(postgres.replace("postgresql", "postgresql+psycopg"))
    try:
        made = bundle(["x"], ["y"])
        for _ in range(2):
            store.begin(made)
        assert [row.device for row in store.devices(made.name)] == ["rt-x", "rt-y"]
        assert abs(store.clock() - time.time()) < 60
    finally:
        store.close()
