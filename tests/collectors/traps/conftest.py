"""A receiver in a thread, on the example's inventory; net-snmp's own programs to send with."""

from __future__ import annotations

import asyncio
import fcntl
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from collectors import http as http_server
from collectors.traps import service, sockets
from inventory.endpoints import Endpoint
from inventory.workspace import load
from tests.patience import PATIENCE, until

ROOT = Path(__file__).parents[3]
PROGRAMS = "/usr/bin:/usr/sbin:/bin"
AUTH, PRIV, COMMUNITY = "auth-secret-1", "priv-secret-1", "trap-community"


class Loopback:
    """A lab that serves a.b.c.d at 127.b.c.d."""

    def ssh(self, device):
        raise NotImplementedError(device)

    def snmp(self, device):
        return Endpoint("127." + str(device.address.ip).partition(".")[2], 161)


@pytest.fixture
def workspace(tmp_path):
    """The example with its secrets: a community, and the user `govnet` with SHA and AES."""
    folder = tmp_path / "lianyuan"
    shutil.copytree(ROOT / "examples" / "lianyuan", folder)
    (folder / "secrets").mkdir(exist_ok=True)
    for name, value in (("snmp-auth", AUTH), ("snmp-priv", PRIV), ("snmp-community", COMMUNITY)):
        path = folder / "secrets" / name
        path.write_text(value + "\n")
        path.chmod(0o600)
    return folder


class Running:
    """A service in a thread."""

    def __init__(self, folder, listen="127.0.0.1:0", **options):
        self.folder = folder
        self.made = service.Service(load(folder), Loopback(), service.Options(**options), reread=lambda: load(folder))
        self.sockets = [sockets.listen(listen)]
        self.pages = http_server.listen("127.0.0.1:0")
        self.port = self.sockets[0].getsockname()[1]
        self.web = self.pages[0].getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.stop = asyncio.Event()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        assert ready.wait(PATIENCE)

    def _run(self, ready):
        self.loop.run_until_complete(self.made.run(self.sockets, self.pages, self.stop, ready.set))
        self.loop.close()

    def call(self, function):
        """Call it in the loop's thread; its result."""

        async def inside():
            return function()

        return asyncio.run_coroutine_threadsafe(inside(), self.loop).result(PATIENCE)

    def end(self):
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.stop.set)
            self.thread.join(PATIENCE)
            for sock in self.sockets:
                sock.close()

    def lines(self):
        """What is written, oldest first."""
        path = self.folder / service.FOLDER / service.LINES
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def wait(self, count=1):
        """Wait until so many lines are written."""
        until(lambda: len(self.lines()) >= count, lambda: f"{self.lines()} {self.made.counts}", pause=0.02)
        return self.lines()

    def settled(self):
        """Wait until all that was sent has been taken: nothing is at the sockets, and the loop has gone round."""
        until(lambda: not any(_pending(sock) for sock in self.sockets), pause=0.01)
        self.call(lambda: None)

    def send(self, data, source="127.0.0.1"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((source, 0))
            sock.sendto(data, ("127.0.0.1", self.port))

    def metrics(self):
        """Every sample of the page: name and labels → value."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=PATIENCE)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


def _pending(sock):
    """The octets of the datagram that is to be read next."""
    return int.from_bytes(fcntl.ioctl(sock, termios.FIONREAD, bytes(4)), sys.byteorder)


@pytest.fixture
def receiver(workspace):
    """Starts receivers on the workspace; ends them after the test."""
    started = []

    def start(**options):
        running = Running(workspace, **options)
        started.append(running)
        return running

    yield start
    for running in started:
        running.end()


@pytest.fixture
def net_snmp(tmp_path):
    """Runs snmptrap or snmpinform against a receiver."""

    def run(program, running, *arguments, source="127.253.0.11", before=(), timeout=PATIENCE):
        found = shutil.which(program, path=PROGRAMS)
        if found is None:
            pytest.skip(f"net-snmp's {program} is not installed (Debian: snmp)")
        command = [found, *before, f"--clientaddr={source}", f"127.0.0.1:{running.port}", *arguments]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env={"PATH": PROGRAMS, "MIBS": "", "SNMP_PERSISTENT_DIR": str(tmp_path / "net-snmp"), "HOME": os.devnull},
        )

    return run
