"""The peer of the SNMP benchmark: Debian's prometheus-snmp-exporter, reading the same columns with the same labels."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from snmp_agents import COLUMNS, INTERFACES, LABELS, module

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = shutil.which("prometheus-snmp-exporter")
_LABEL_COLUMNS = [oid for _, oid in LABELS]
# Its ways of reading the same: column by column with its default of 25 repetitions or with just enough for all rows,
# and whole tables. The benchmark takes the cheapest.
WAYS = {
    "columns25": ([*COLUMNS, *_LABEL_COLUMNS], 25),
    "columns29": ([*COLUMNS, *_LABEL_COLUMNS], INTERFACES + 1),
    "columns60": ([*COLUMNS, *_LABEL_COLUMNS], 60),
    "tables60": (["1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"], 60),
}


class Exporter:
    """A running exporter: scrapes, and the CPU seconds that they cost it."""

    def __init__(self, process: int, port: int, agent: int) -> None:
        self._process = process
        self._port = port
        self._agent = agent

    def cpu(self) -> float:
        """Its CPU seconds so far, all threads."""
        fields = Path(f"/proc/{self._process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def scrape(self, way: str, count: int, parallel: int) -> bytes:
        """So many scrapes over `parallel` kept connections; the last page."""
        request = (
            f"GET /snmp?target=127.0.0.1:{self._agent}&module={way} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "X-Prometheus-Scrape-Timeout-Seconds: 60\r\n\r\n"
        ).encode()
        pages: list[bytes] = []

        def one(times: int) -> None:
            with socket.create_connection(("127.0.0.1", self._port), 60) as sock:
                for _ in range(times):
                    sock.sendall(request)
                    pieces = [sock.recv(1 << 20)]
                    while not pieces[-1].endswith(b"\r\n0\r\n\r\n"):
                        pieces.append(sock.recv(1 << 20))
                        if not pieces[-1]:
                            raise RuntimeError(f"the exporter failed: {b''.join(pieces)[:300]!r}")
                pages.append(b"".join(pieces))

        threads = [
            threading.Thread(target=one, args=(count // parallel + (number < count % parallel),))
            for number in range(min(parallel, count))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(pages) != len(threads) or b" 200 OK" not in pages[-1][:40]:
            raise RuntimeError("the exporter did not answer every scrape")
        return _unchunked(pages[-1])


def _unchunked(answer: bytes) -> bytes:
    rest = answer.partition(b"\r\n\r\n")[2]
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        body += rest[: int(size, 16)]
        rest = rest[int(size, 16) + 2 :]
    return body


@contextmanager
def exporter(folder: Path, agent: int) -> Iterator[Exporter]:
    """Start it with a module file of our own (Debian ships an empty one)."""
    if PROGRAM is None:
        raise RuntimeError("prometheus-snmp-exporter is not installed")
    metrics = [
        metric.model_dump(include={"name", "oid", "type", "help", "indexes", "lookups"}, exclude_defaults=True)
        for metric in module().metrics
    ]
    made = {
        way: {
            "walk": walk,
            "metrics": metrics,
            "version": 2,
            "max_repetitions": repetitions,
            "retries": 3,
            "timeout": "5s",
            "auth": {"community": "public"},
        }
        for way, (walk, repetitions) in WAYS.items()
    }
    file = folder / "snmp.yml"
    file.write_text(json.dumps(made), encoding="utf-8")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [PROGRAM, f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the exporter does not start") from None
                time.sleep(0.05)
        yield Exporter(process.pid, port, agent)
    finally:
        process.terminate()
        process.wait()
