"""A NOC: real routers in namespaces and simulated devices, the exporter, Prometheus, Alertmanager, the relay, a robot.

The real ones are those of the example city on FRR and net-snmp. What this lab cannot supply (vendors' own objects, UPS)
comes from simulated agents that have every object of the modules. Reachability is probed, and a router sends
notifications. Prometheus and Alertmanager run with the files that `govnet collect deploy` writes, with other addresses
and intervals of a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from ipaddress import ip_interface
from pathlib import Path

import pytest
import yaml

from collectors import exporter as exporting
from collectors import http as http_server
from collectors import modules
from collectors.modules.platforms import known, modules_of
from configs.rollout import bundle as bundles
from configs.rollout import policy as policies
from configs.rollout.bundle import Bundle, Planned
from configs.rollout.store import Store, default_url
from configs.rollout.waves import Stop, Wave
from inventory import model
from inventory.endpoints import Endpoint
from inventory.secrets import SecretRef
from tests.patience import PATIENCE, until

GOVNET = Path(sys.executable).parent / "govnet"
WHERE = "name in (core-city, rt-lantian, rt-anping, vg-zfb)"
# Modules that no platform is polled with, by the role of the simulated device that has them.
SPECIAL = {
    "ups": ("system", "ups_mib"),
    "ngfw": ("topsec_ngfw", "arp", "entity_mib"),
    "tos3": ("topsec_tos3",),
}


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def govnet(*words, folder, codes=(0,)):
    """Run govnet in English; its output."""
    ran = subprocess.run(
        [GOVNET, "--lang", "en", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ran.returncode in codes, f"{words}: {ran.stdout[-1500:]}{ran.stderr[-1500:]}"
    return ran.stdout


class Simulated:
    """Simulated devices, one a platform, and an exporter for them in a thread."""

    def __init__(self, root, agent_class, every_object):
        shipped = modules.shipped()
        wanted = {f"sim-{platform}": (platform, "device", modules_of(platform)) for platform in known()}
        wanted |= {f"sim-{role}": ("", role, names) for role, names in SPECIAL.items()}
        self.agents = {
            name: agent_class(every_object([shipped[module] for module in names]))
            for name, (_, _, names) in wanted.items()
        }
        # A device that keeps silent, and one that answers half of what it is asked.
        wanted["sim-silent"] = ("huawei", "silent", ())
        self.agents["sim-silent"] = agent_class({}, behave=lambda *_: [])
        (root / "community").write_text("public\n")
        (root / "community").chmod(0o600)
        access = model.SnmpAccess("2c", SecretRef.parse("file:community"))
        devices = {
            name: model.Device(
                name, "site", role, platform, address=ip_interface(f"10.99.0.{number}/24"), credential="snmp"
            )
            for number, (name, (platform, role, _)) in enumerate(wanted.items(), 1)
        }
        inventory = model.Inventory(
            regions={"360000": model.Region("360000", "模拟区", model.Level.COUNTY)},
            units={},
            sites={"site": model.Site("site", "站点", "360000", unit="office")},
            devices=devices,
            lines={},
            vrfs={},
            zones={},
            flows=(),
            systems={},
            credentials={"snmp": model.Credential("snmp", snmp=access)},
        )
        # On schedule: agents in Python are slow, and a scrape of a second is served from memory.
        made = exporting.Exporter(model.Workspace(root, model.Settings(), inventory), self, every=20)
        self.sockets = http_server.listen("127.0.0.1:0")
        self.address = f"127.0.0.1:{self.sockets[0].getsockname()[1]}"
        self.loop = asyncio.new_event_loop()
        self.stop = asyncio.Event()
        ready = threading.Event()
        self.thread = threading.Thread(
            target=lambda: self.loop.run_until_complete(made.run(self.sockets, self.stop, ready.set)), daemon=True
        )
        self.thread.start()
        assert ready.wait(PATIENCE)

    def ssh(self, device):
        raise NotImplementedError

    def snmp(self, device):
        return Endpoint("127.0.0.1", self.agents[device.name].port)

    def close(self):
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join(PATIENCE)
        self.loop.close()
        for agent in self.agents.values():
            agent.close()


class Robot(http.server.BaseHTTPRequestHandler):
    """A robot that takes every message."""

    def do_POST(self):
        self.server.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"errcode": 0, "errmsg": "ok"}')

    def log_message(self, *_):
        pass


class World:
    """What runs, and questions to it."""

    def __init__(self, root):
        self.root = root
        self.city = root / "city"
        self.deploy = root / "deploy"
        self.stack = contextlib.ExitStack()

    def begin(self, agent_class, every_object):
        self.simulated = Simulated(self.root, agent_class, every_object)
        self.stack.callback(self.simulated.close)
        self.make_city()
        here = ("--lab", "--listen", "127.0.0.1:0", "--json")
        self.exporter = self.run("serve", "--reach", "2", *here, folder=self.city)["listen"]
        self.robot = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Robot)
        self.robot.messages = []
        threading.Thread(target=self.robot.serve_forever, daemon=True).start()
        self.stack.callback(self.robot.server_close)
        self.stack.callback(self.robot.shutdown)
        govnet("collect", "deploy", "--out", str(self.deploy), folder=self.root)
        self.prometheus, self.alertmanager = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self.begin_alertmanager()
        self.begin_notifications()
        self.begin_prometheus()

    def make_city(self):
        """Routers of the example on FRR, configured, audited; a rollout that waits."""
        govnet("init", "city", "--from", "lianyuan", folder=self.root)
        govnet("plan", "make", folder=self.city)
        with (self.city / "reach.yaml").open("a", encoding="utf-8") as paths:
            # Nobody has this address here: the path is said to be not run.
            paths.write("  - {name: elsewhere, from: servers, to: internet, target: rt-anping, source: 192.0.2.1}\n")
        govnet("lab", "up", "--backend", "netns", "--where", WHERE, folder=self.city)
        self.stack.callback(govnet, "lab", "down", folder=self.city)
        govnet("config", "push", "--lab", "--commit", "--where", WHERE, folder=self.city)
        govnet("config", "render", "--where", "name in (core-city, rt-anping)", "--out", "configs", folder=self.city)
        govnet("audit", "run", "configs", "--level", "3", "--out", "reports", folder=self.city, codes=(0, 1))
        made = Bundle(
            "20261122-000000-aa",
            self.city,
            datetime(2026, 11, 22, tzinfo=UTC),
            "wang",
            "",
            policies.Policy(),
            (Wave(1, (Stop("th-anping", ("rt-anping",)),)),),
            {"rt-anping": Planned("rt-anping", "frr", "d")},
        )
        bundles.write(made)
        store = Store(default_url(self.city))
        store.begin(made)
        store.close()

    def begin_alertmanager(self):
        """With the file that is shipped: its routes and inhibitions; one robot takes the messages."""
        folder = self.deploy / "alertmanager"
        (folder / "secrets").mkdir()
        for name, text in (
            ("dingtalk-url", f"http://127.0.0.1:{self.robot.server_address[1]}/robot/send?access_token=t"),
            ("dingtalk-secret", "SECx"),
        ):
            (folder / "secrets" / name).write_text(text + "\n")
            (folder / "secrets" / name).chmod(0o600)
        relay = self.run("relay", "--config", folder / "relay.yml", "--listen", "127.0.0.1:0", "--json")["listen"]
        document = yaml.safe_load((folder / "alertmanager.yml").read_text())
        document["templates"] = [str(folder / "*.tmpl")]
        document["route"] |= {"group_wait": "1s", "group_interval": "1s"}
        for receiver in document["receivers"]:
            receiver.pop("email_configs", None)
            receiver.pop("wechat_configs", None)
            if hooks := receiver.get("webhook_configs"):
                receiver["webhook_configs"] = [{**hooks[0], "url": f"http://{relay}/alerts/noc-dingtalk"}]
        path = folder / "test.yml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True))
        self.start(
            "prometheus-alertmanager",
            f"--config.file={path}",
            f"--storage.path={self.root / 'am'}",
            f"--web.listen-address={self.alertmanager}",
            "--cluster.listen-address=",
        )

    def begin_notifications(self):
        """A router sends more of one kind than are written, and one with a community that nobody has."""
        made = self.run(
            *("traps", "--lab", "--listen", ":0", "--web", "127.0.0.1:0", "--json"),
            *("--alertmanager", f"http://{self.alertmanager}"),
            folder=self.city,
        )
        self.notifications = made["web"]
        port = made["listen"][0].rpartition(":")[2]
        shown = govnet(
            *("collect", "traps", "--setup", "rt-anping", "--lab", "--listen", f":{port}", "--json"), folder=self.city
        )
        (line,) = (line for line in json.loads(shown)["devices"][0]["commands"] if line.endswith(f":{port}"))
        community = (self.city / "secrets" / "snmp-community").read_text().strip()
        sent = "snmptrap -v2c -c {} {} '' 1.3.6.1.6.3.1.1.5.3 1.3.6.1.2.1.2.2.1.1.2 i 2"
        many = f"for n in $(seq 30); do {sent.format(community, line.split()[-1])}; done"
        self.node("rt-anping", "sh", "-c", f"{many}; {sent.format('nobodys', line.split()[-1])}")

    def begin_prometheus(self):
        """With the file and the rules that are shipped: other addresses, intervals of a second, no patience."""
        folder = self.deploy / "prometheus"
        document = yaml.safe_load((folder / "prometheus.yml").read_text())
        document["global"] |= {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "1s"}
        document["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [self.alertmanager]}]}]
        addresses = {
            "govnet-exporter": self.exporter,
            "govnet-workspace": self.exporter,
            "govnet-reach": self.exporter,
            "govnet-traps": self.notifications,
            "prometheus": self.prometheus,
            "alertmanager": self.alertmanager,
        }
        jobs = {job["job_name"]: job for job in document["scrape_configs"]}
        assert set(jobs) == {*addresses, "snmp", "snmp-ups"}
        for name, address in addresses.items():
            jobs[name]["static_configs"] = [{"targets": [address]}]
        shipped = jobs["snmp"]["http_sd_configs"][0]["url"]
        assert shipped.endswith("?where=role%20%21%3D%20ups")
        jobs["snmp"]["http_sd_configs"] = [discovery(self.exporter, WHERE)]
        slow = {"scrape_interval": "4s", "scrape_timeout": "4s"}
        jobs["snmp-ups"] |= slow
        jobs["snmp-ups"]["http_sd_configs"][0]["url"] = jobs["snmp-ups"]["http_sd_configs"][0]["url"].replace(
            "127.0.0.1:9116", self.simulated.address
        )
        simulated = [discovery(self.simulated.address, "role in (device, silent)")]
        simulated += [discovery(self.simulated.address, f"role = {role}", *SPECIAL[role]) for role in ("ngfw", "tos3")]
        document["scrape_configs"].append({"job_name": "snmp-simulated", "http_sd_configs": simulated, **slow})
        path = folder / "test.yml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True))
        for rules in (folder / "rules").glob("*.yml"):
            text = yaml.safe_load(rules.read_text())
            for group in text["groups"]:
                for rule in group["rules"]:
                    if "for" in rule:
                        rule["for"] = "1s"
            rules.write_text(yaml.safe_dump(text, allow_unicode=True))
        self.start(
            "prometheus",
            f"--config.file={path}",
            f"--storage.tsdb.path={self.root / 'tsdb'}",
            f"--web.listen-address={self.prometheus}",
        )

    def start(self, *command):
        """Start a program; it is ended with the world."""
        log = (self.root / f"{command[0]}.log").open("wb")
        self.stack.callback(log.close)
        process = subprocess.Popen(["nice", "-n", "5", *command], stdout=log, stderr=log)
        self.stack.callback(end, process)

    def run(self, *words, folder=None):
        """Start one of `govnet collect`; what it says of itself."""
        log = (self.root / "govnet.log").open("ab")
        self.stack.callback(log.close)
        command = [GOVNET, "--lang", "en", "collect", *map(str, words)]
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True)
        self.stack.callback(end, process)
        # One JSON document, over several lines.
        text = ""
        while line := process.stdout.readline():
            text += line
            with contextlib.suppress(ValueError):
                return json.loads(text)
        raise AssertionError((self.root / "govnet.log").read_text())

    def get(self, path, **parameters):
        """An answer of Prometheus' API."""
        url = f"http://{self.prometheus}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with until(lambda: _opened(url), url) as response:
            return json.loads(response.read())["data"]

    def query(self, expr):
        return self.get("query", query=expr)["result"]

    def alerts(self):
        """Alerts that fire, as (name, device)."""
        return {
            (alert["labels"]["alertname"], alert["labels"].get("instance", ""))
            for alert in self.get("alerts")["alerts"]
            if alert["state"] == "firing"
        }

    def node(self, device, *command):
        govnet("lab", "exec", device, "--", *command, folder=self.city)

    def messages(self):
        """What the robot was sent, as one text."""
        return "\n".join(message["markdown"]["text"] for message in self.robot.messages)


def _opened(url):
    """The answer to come; nothing while there is none."""
    try:
        return urllib.request.urlopen(url, timeout=PATIENCE)  # noqa: S310 - our own Prometheus
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.SERVICE_UNAVAILABLE:
            raise
    except OSError:
        pass
    return None


def discovery(address, where, *names):
    parameters = [("where", where), *(("module", name) for name in names)]
    return {"url": f"http://{address}/sd/snmp?{urllib.parse.urlencode(parameters)}", "refresh_interval": "5s"}


def end(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE)
    if process.stdout:
        process.stdout.close()


@pytest.fixture(scope="module")
def noc(tmp_path_factory, agent_class, every_object):
    """Everything, running, with some seconds of samples; it ends with its file, because it never rests."""
    root = tmp_path_factory.mktemp("noc")
    world = World(root)
    with world.stack:
        world.begin(agent_class, every_object)
        up = len(known()) + len(SPECIAL) + 4
        until(
            lambda: len(world.query('up{job=~"snmp.*"} == 1')) == up and len(world.query("line:in_bits:rate5m")) > 0,
            lambda: str(
                [
                    target["labels"]["instance"] + ": " + target["lastError"]
                    for target in world.get("targets")["activeTargets"]
                    if target["health"] != "up"
                ]
            ),
        )
        ready = "count(govnet_trap_suppressed_total) and count(govnet_reach_as_expected)"
        until(lambda: world.query(ready), "no notifications or no probes")
        # Rates need two samples of the slowest job.
        until(lambda: world.query('min(count_over_time(up{job="snmp-simulated"}[1m])) >= 2'), "no samples")
        yield world
        if os.environ.get("GOVNET_KEEP"):
            shutil.copytree(root, os.environ["GOVNET_KEEP"], dirs_exist_ok=True)
