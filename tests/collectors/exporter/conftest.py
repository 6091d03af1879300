"""An exporter in a thread, over agents of the tests' own."""

from __future__ import annotations

import asyncio
import http.client
import threading
from ipaddress import ip_interface

import pytest

from collectors import exporter as exporting
from collectors import http as http_server
from inventory import model
from inventory.endpoints import Endpoint
from inventory.secrets import SecretRef
from tests.patience import PATIENCE


class Lab:
    """Endpoints: every device at its agent."""

    def __init__(self, ports):
        self.ports = ports

    def ssh(self, device):
        raise NotImplementedError

    def snmp(self, device):
        return Endpoint("127.0.0.1", self.ports[device.name])


def workspace(tmp_path, names):
    """A workspace of devices with one community, invented."""
    (tmp_path / "community").write_text("public\n")
    (tmp_path / "community").chmod(0o600)
    region = model.Region("431382", "涟源市", model.Level.COUNTY)
    devices = {
        name: model.Device(
            name, "site", "township-router", "huawei", address=ip_interface(f"10.9.0.{number}/24"), credential="snmp"
        )
        for number, name in enumerate(names, 1)
    }
    access = model.SnmpAccess("2c", SecretRef.parse("file:community"))
    other = model.SnmpAccess("2c", SecretRef.parse("file:none"))
    inventory = model.Inventory(
        regions={"431382": region},
        units={},
        sites={"site": model.Site("site", "站点", "431382", unit="office")},
        devices=devices,
        lines={},
        vrfs={},
        zones={
            "office-zone": model.Zone(
                "office-zone", "办公区", model.Area.PUBLIC, interfaces=(("rt-a", "GE0/0/1"), ("rt-a", "GE0/0/2"))
            )
        },
        flows=(),
        systems={},
        credentials={
            "snmp": model.Credential("snmp", snmp=access),
            "none": model.Credential("none"),
            "lost": model.Credential("lost", snmp=other),
        },
    )
    return model.Workspace(tmp_path, model.Settings(), inventory)


class Running:
    """An exporter in a thread."""

    def __init__(self, made):
        self.made = made
        self.sockets = http_server.listen("127.0.0.1:0")
        self.port = self.sockets[0].getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.stop = asyncio.Event()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(made,), daemon=True)
        self.thread.start()
        assert self.ready.wait(PATIENCE)

    def run(self, made):
        self.loop.run_until_complete(made.run(self.sockets, self.stop, self.ready.set))
        self.loop.close()

    def end(self):
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()

    def get(self, path, method="GET", headers=None, tls=None):
        if tls is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        else:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=tls)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()


@pytest.fixture
def running(agents, tmp_path):
    """An exporter over two devices, one healthy and one mute; ended after the test."""
    started = []

    def start(**options):
        ports = {"rt-a": agents().port, "rt-mute": agents(behave=lambda *_: []).port}
        made = exporting.Exporter(workspace(tmp_path, list(ports)), Lab(ports), **options)
        started.append(Running(made))
        return started[-1]

    yield start
    for exporter in started:
        exporter.end()


@pytest.fixture
def made_workspace(tmp_path):
    """A workspace of devices by name."""
    return lambda names: workspace(tmp_path, names)
