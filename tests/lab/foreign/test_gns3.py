"""GNS3, on the real server: projects, nodes and links created, read back equal, removed; each refusal in words.

The server is gns3-server from PyPI. The machine has no emulator for it: QEMU is a script that tells its version, which
is enough to create nodes and wire them, and nodes cannot be started.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml

from inventory.errors import InputError, LabError
from inventory.secrets import Secret
from lab import control
from lab.backends.gns3 import runner
from lab.backends.gns3.api import Api, RefusedRequestError
from lab.backends.gns3.project import Project
from lab.backends.gns3.server import server as server_of
from lab.foreign import foreign
from lab.startup import startups

PROGRAM = Path(__file__).parents[3] / ".venv-labs" / "bin" / "gns3server"
QEMU = "#!/bin/sh\necho QEMU emulator version 7.2.0\n"
FOLDERS = ("secrets", "images", "projects", "appliances", "symbols", "configs", "resources")
CONFIG = """\
[Controller]
jwt_secret_key = {key}
default_admin_username = admin
default_admin_password = a-lab-password
[Server]
host = 127.0.0.1
port = {port}
report_errors = False
auto_discover_images = False
"""
SLICE = ("core-city", "fw-border", "rt-lantian", "rt-anping", "vg-zfb")
FEW = "name in (fw-border, rt-lantian)"
PASSWORD = Secret("a-lab-password")
# The docker template of the shipped table cannot be tried without docker: here a virtual machine of that name runs it.
OWN = {
    "nodes": {
        "linux": {
            "kind": "govnet-node",
            "runs": ["frr", "linux"],
            "plays": ["internet"],
            "management": "eth0",
            "startup": "host",
            "into": "govnet/start.sh",
            "source": "test",
            "verified": "here",
        }
    }
}

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="gns3-server is not installed: `make test-labs`")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A running server with the templates that the example needs."""
    folder = tmp_path_factory.mktemp("gns3")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "bin").mkdir()
    (folder / "bin" / "qemu-system-x86_64").write_text(QEMU)
    (folder / "bin" / "qemu-system-x86_64").chmod(0o755)
    text = CONFIG.format(key="5" * 64, port=port)
    for name in FOLDERS:
        (folder / name).mkdir()
        text += f"{name}_{'dir' if name == 'secrets' else 'path'} = {folder / name}\n"
    (folder / "conf").write_text(text)
    environment = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C.UTF-8"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [PROGRAM, "--config", folder / "conf"], stdout=log, stderr=log, cwd=folder, env=environment
        )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1800):  # three minutes on a machine that does much else
            try:
                httpx.get(f"{base}/v3/version", trust_env=False)
                break
            except httpx.HTTPError:
                assert process.poll() is None, (folder / "log").read_text()[-2000:]
                time.sleep(0.1)
        with Api(base, "admin", PASSWORD) as api:
            for name, adapters in (("Cisco IOSvL2", 16), ("HuaWei AR1000v", 6), ("govnet-node", 2)):
                body = {"name": name, "template_type": "qemu", "compute_id": "local", "adapters": adapters}
                api.ask("POST", "/templates", name, json=body)
        yield base
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def api(url):
    with Api(url, "admin", PASSWORD) as opened:
        yield opened


@pytest.fixture
def settled(lianyuan_city, url, monkeypatch):
    """The workspace, told where the server is."""
    monkeypatch.setenv("GNS3_PASSWORD", PASSWORD.reveal())
    path = lianyuan_city.root / "lab" / "gns3.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump({"server": {"url": url, "password": "env:GNS3_PASSWORD"}, **OWN}))
    yield lianyuan_city
    path.unlink()


def built(city):
    topology = city.topology("gns3", *SLICE)
    network = foreign(topology, "gns3")
    return network, startups(topology, network.nodes, network.types)


def test_an_example_is_built_read_back_and_removed(settled, api):
    """Project, nodes, links and start-up files: on the server is what the inventory says; what differs is found."""
    network, starts = built(settled)
    project = Project(api, "7c1f3c9e-3f7b-4a57-9a1c-2b8b7e3a0001")
    said = []
    project.create("read-back")
    project.build(network, starts, said.append)
    assert {seen.name for seen in project.seen()} == {node.name for node in network.nodes}
    assert len(project.links()) == len(network.links) == 10
    assert project.differences(network) == []
    numbers = {frozenset(name for name, _ in link) for link in network.links}
    assert {frozenset(name for name, _, _ in link) for link in project.links()} == numbers
    path = f"/projects/{project.identifier}"
    by_name = {row["name"]: row for row in api.ask("GET", f"{path}/nodes", "nodes")}

    def stored(node, file):
        return api.ask("GET", f"{path}/nodes/{by_name[node]['node_id']}/files/{file}", "a file")

    pc = stored("pc-lantian", "startup.vpc").splitlines()
    assert pc[0] == "set pcname pc-lantian"
    assert pc[1].startswith("ip 10.20.")
    assert "interface GigabitEthernet0/0/1" in api.ask("GET", f"{path}/files/rt-lantian.cfg", "a file")
    script = stored("rt-anping", "govnet/start.sh")
    assert "/etc/frr/frr.conf" in script
    assert len(by_name["fw-border"]["ports"]) >= 4  # the template has two adapters
    api.ask("DELETE", f"{path}/links/{api.ask('GET', f'{path}/links', 'links')[0]['link_id']}", "link")
    assert [message.template for message in project.differences(network)] == ["the link from {a} to {b} is not there"]
    api.ask("PUT", f"{path}/nodes/{by_name['pc-lantian']['node_id']}", "node", json={"name": "stranger"})
    assert [str(message) for message in project.differences(network)] == [
        "the node pc-lantian is not there",
        "there is a node stranger that nobody asked for",
    ]
    project.remove()
    project.remove()
    assert api.ask("GET", "/projects", "projects") == []


def test_a_node_that_cannot_start_leaves_nothing(settled, api):
    """`lab up` where the server cannot start the nodes: its own words, and no project and no lab is left."""
    with pytest.raises(LabError) as caught:
        control.up(settled.root, backend_name="gns3", where=FEW)
    assert isinstance(caught.value, RefusedRequestError)
    assert (caught.value.status, "starting the nodes" in str(caught.value)) == (409, True)
    assert api.ask("GET", "/projects", "projects") == []
    assert control.find(settled.root) is None


def test_up_status_exec_and_down(settled, api, monkeypatch):
    """A whole lab on the real server; only the start of the nodes, which it cannot do here, is answered for it."""
    monkeypatch.setattr(Project, "start", lambda _: None)
    steps = []

    class Observer:
        def step(self, message):
            steps.append(str(message))

    state = control.up(settled.root, backend_name="gns3", where=FEW, observer=Observer())
    assert state.nodes["fw-border"].stands_in_for == "topsec_tos"
    assert "rt-lantian: load rt-lantian.cfg of the project by hand" in steps
    _, nodes = control.status(settled.root)
    assert {node.state for node in nodes} == {"down"}
    assert all(node.detail.startswith("127.0.0.1:") for node in nodes)
    with pytest.raises(LabError) as caught:
        control.execute(settled.root, "fw-border", ["vtysh"])
    assert "its console is at 127.0.0.1:" in str(caught.value.hint)
    with pytest.raises(LabError, match="already there"):
        control.up(settled.root, backend_name="gns3", where=FEW)
    assert control.down(settled.root)
    assert api.ask("GET", "/projects", "projects") == []


@pytest.mark.soak
def test_a_killed_start_can_be_ended(settled, api):
    """A kill -9 while the project is being built: `lab down` removes what was built of it."""
    code = (
        "import os; from pathlib import Path; from lab import control; from lab.backends.gns3.project import Project\n"
        "Project.start = lambda self: os.kill(os.getpid(), 9)\n"
        f"control.up(Path({str(settled.root)!r}), backend_name='gns3', where={FEW!r})"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], check=False, timeout=120)
    assert done.returncode == -9
    assert len(api.ask("GET", "/projects", "projects")) == 1
    assert control.find(settled.root) is None
    assert control.down(settled.root)
    assert api.ask("GET", "/projects", "projects") == []


def test_refusals_are_put_into_words(settled, api, url):
    """A wrong password, a missing template, a taken name, a removed project, a server that is not there."""
    with pytest.raises(RefusedRequestError, match="does not let “admin” in"):
        Api(url, "admin", Secret("wrong"))
    network, starts = built(settled)
    project = Project(api, "7c1f3c9e-3f7b-4a57-9a1c-2b8b7e3a0003")
    project.create("refusals")
    with pytest.raises(RefusedRequestError, match="already exists"):
        Project(api, "7c1f3c9e-3f7b-4a57-9a1c-2b8b7e3a0004").create("refusals")
    other = {name: entry.model_copy(update={"kind": "None Such"}) for name, entry in network.types.items()}
    with pytest.raises(LabError, match="no template “None Such”"):
        project.build(type(network)(network.nodes, other, network.links), starts, lambda _: None)
    project.remove()
    with pytest.raises(RefusedRequestError) as caught:
        project.start()
    assert caught.value.status == 404
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        place = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(LabError, match="no GNS3 server answers"):
            Api(place, "admin", PASSWORD)


def test_too_few_ports_are_said(settled, api):
    """A template whose nodes cannot have as many ports as the device has lines."""
    network, starts = built(settled)
    host = next(entry for entry in network.types.values() if entry.kind == "VPCS")
    small = {name: host if name == "core-city" else entry for name, entry in network.types.items()}
    project = Project(api, "7c1f3c9e-3f7b-4a57-9a1c-2b8b7e3a0005")
    project.create("small")
    with pytest.raises(LabError, match="core-city needs 21 ports"):
        project.build(type(network)(network.nodes, small, network.links), starts, lambda _: None)
    project.remove()


def test_the_servers_file(tmp_path):
    """Without a file GNS3's own address; a password in clear and a wrong address are faults with a line."""
    assert server_of(tmp_path).url == "http://127.0.0.1:3080"
    with pytest.raises(LabError, match="how to log in"):
        server_of(tmp_path).secret(tmp_path)
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "gns3.yaml").write_text("server:\n  url: ftp://x\n  password: hunter2\n")
    with pytest.raises(InputError) as caught:
        server_of(tmp_path)
    assert sorted(problem.line for problem in caught.value.problems) == [2, 3]
    assert "hunter2" not in json.dumps([problem.as_json() for problem in caught.value.problems])


def test_no_password_is_shown(url):
    """The login stands in no error."""
    with pytest.raises(LabError) as caught:
        Api(url, "admin", Secret("s3cret-word"))
    assert "s3cret-word" not in str(caught.value) + repr(caught.value.__cause__)
    assert runner.Gns3().missing() == []
