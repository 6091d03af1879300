"""docker: the requests to an engine, the cables, and a whole lab in containers of an engine that stands in."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from inventory.errors import LabError
from lab import boxed, control, held
from lab.backends import docker
from lab.backends.containerlab import document
from lab.backends.docker_engine import Engine
from lab.netns.spec import Cable, File, NodeSpec

_spec = importlib.util.spec_from_file_location("engine", Path(__file__).with_name("engine.py"))
fake = importlib.util.module_from_spec(_spec)
sys.modules["engine"] = fake
_spec.loader.exec_module(fake)

WHERE = "name in (rt-anping, fw-border, vg-zfb)"


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine whose containers are names; the cables are written down."""
    batches = []
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 's'}")
    monkeypatch.setattr(docker.Docker, "missing", lambda _: [])
    monkeypatch.setattr(held, "call", lambda argv, *_, text="": batches.append((argv, text)) or "")
    with fake.engine(tmp_path) as running:
        running.batches = batches
        yield running


def test_containers_are_not_privileged(lianyuan_city, engine):
    """Each node is one container with few capabilities, no network of the engine's and its settings from outside."""
    control.up(lianyuan_city.root, backend_name="docker", where=WHERE)
    assert {name.split("-", 2)[2] for name in engine.containers} >= {"rt-anping", "fw-border", "vg-zfb", "noc", "inet"}
    for one in engine.containers.values():
        host = one["body"]["HostConfig"]
        assert (host["Privileged"], host["NetworkMode"]) == (False, "none")
        assert host["CapAdd"] == ["NET_ADMIN", "NET_RAW", "SYS_ADMIN"]
    (name,) = (name for name in engine.containers if name.endswith("rt-anping"))
    assert engine.containers[name]["body"]["HostConfig"]["Sysctls"]["net.ipv4.ip_forward"] == "1"
    assert b"/etc/frr/frr.conf" in engine.containers[name]["files"]["govnet-start.sh"]
    pids = {one["body"]["Hostname"]: one["pid"] for one in engine.containers.values()}
    ((argv, text),) = engine.batches
    assert argv == ["ip", "-batch", "-"]
    assert f"link add name eth2 netns {pids['rt-anping']} type veth peer name eth0 netns {pids['pc-anping']}" in text
    _, nodes = control.status(lianyuan_city.root)
    assert {node.state for node in nodes} == {"up"}
    assert control.down(lianyuan_city.root)
    assert engine.containers == {}
    assert control.find(lianyuan_city.root) is None


def test_what_fails_leaves_no_container(lianyuan_city, engine):
    """An engine's refusal and a node's own failure are told in their words, and what was made is removed."""
    engine.refuses = "/containers/create"
    with pytest.raises(LabError, match="out of space"):
        control.up(lianyuan_city.root, backend_name="docker", where=WHERE)
    engine.refuses, engine.exit_code = "", 1
    with pytest.raises(LabError, match="nft: syntax error"):
        control.up(lianyuan_city.root, backend_name="docker", where=WHERE)
    assert engine.containers == {}
    engine.ends = True
    with pytest.raises(LabError, match="ended as soon as"):
        control.up(lianyuan_city.root, backend_name="docker", where=WHERE)
    engine.images = []
    with pytest.raises(LabError) as caught:
        control.up(lianyuan_city.root, backend_name="docker", where=WHERE)
    assert "docker build" in str(caught.value.hint)
    assert (lianyuan_city.root / ".lab" / "image" / "Dockerfile").exists()
    assert control.find(lianyuan_city.root) is None


def test_no_engine(lianyuan_city, monkeypatch, tmp_path):
    """Without an engine it is said where one was looked for."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'none'}")
    assert str(tmp_path / "none") in str(docker.Docker().missing()[0])
    with pytest.raises(LabError, match="no Docker engine"):
        control.up(lianyuan_city.root, backend_name="docker", where=WHERE)


def test_a_script_holds_any_file(tmp_path):
    """Whatever stands in a file arrives in it: quotes, dollars, the mark of a here-document, no line end."""
    text = "a 'b' \"c\" $d `e`\nEND\n中文\\n%s"
    spec = NodeSpec("x", files={str(tmp_path / "f" / "g h"): File(text, 0o640)}, script="true\n")
    done = subprocess.run(["sh", "-c", boxed.script(spec)], check=False, timeout=20, capture_output=True)
    if done.returncode:  # chown needs root
        assert b"Operation not permitted" in done.stderr
    assert (tmp_path / "f" / "g h").read_text() == text


def test_cables_join_two_processes_networks():
    """One line a cable, its ends by the processes' numbers."""
    assert docker.wiring([Cable(("a", "eth0"), ("b", "eth1"))], {"a": 11, "b": 22}) == (
        "link add name eth0 netns 11 type veth peer name eth1 netns 22\n"
    )


@pytest.mark.lab
def test_a_lab_in_containers(lianyuan_city, tmp_path, monkeypatch):
    """Routers, a firewall and a VPN gateway start in their containers, are wired, answer and reach each other."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 's'}")
    root = lianyuan_city.root
    with fake.engine(tmp_path, real=True) as engine:
        assert docker.Docker().missing() == []
        state = control.up(root, backend_name="docker", where=WHERE)
        assert control.execute(root, "rt-anping", ["vtysh", "-c", "show version"]) == 0
        assert control.execute(root, "noc", ["ping", "-c1", "-W2", "10.253.0.14"]) == 0
        assert control.execute(root, "srv-servers", ["ping", "-c1", "-W2", str(_gateway(lianyuan_city))]) == 0
        assert control.execute(root, "fw-border", ["nft", "list", "table", "inet", "govnet"]) == 0
        with state.entered():
            assert subprocess.run(["ping", "-c1", "-W2", "10.253.0.3"], check=False, timeout=10).returncode == 0
        assert control.execute(root, "rt-anping", ["false"]) == 1
        assert control.down(root)
        assert engine.containers == {}


@pytest.mark.lab
def test_an_exported_router_starts(lianyuan_city, tmp_path):
    """The script that containerlab is given makes a container the router, with its whole configuration running."""
    written = document.write(lianyuan_city.topology("containerlab", "rt-anping"))
    with fake.engine(tmp_path, real=True), Engine(str(tmp_path / "s")) as client:
        client.create("r", lab="x", image="i", hostname="rt-anping", capabilities=(), devices=(), sysctls={})
        client.start("r")
        client.put("r", "/start.sh", written.files["nodes/rt-anping.sh"])
        assert client.run("r", ["sh", "/start.sh"])[0] == 0
        status, running = client.run("r", ["vtysh", "-c", "show running-config"])
    assert status == 0
    lan = lianyuan_city.plan.of("lan-anping")[0].prefix
    assert f" ip address {lan[1]}/{lan.prefixlen}" in running
    assert "\ninterface eth2\n" in running.replace("\r", "")


def _gateway(city):
    return city.topology("docker", "fw-border").node("srv-servers").routes[0].via
