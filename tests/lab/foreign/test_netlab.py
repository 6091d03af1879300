"""netlab: the files of the example cities are taken by netlab itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from lab import casting, files
from lab.backends.containerlab.check import check
from lab.backends.netlab import document

PROGRAM = Path(__file__).parents[3] / ".venv-labs" / "bin" / "netlab"
SLICE = ("core-city", "fw-border", "rt-lantian", "rt-anping", "vg-zfb")

needs_netlab = pytest.mark.skipif(not PROGRAM.exists(), reason="netlab is not installed: `make test-labs`")


def netlab(folder, *arguments):
    """`netlab create` in a folder; nothing is fetched and nothing started."""
    return subprocess.run(
        [PROGRAM, "create", "-q", *arguments, "topology.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@pytest.fixture(scope="module")
def small(lianyuan_city, tmp_path_factory):
    folder = tmp_path_factory.mktemp("netlab") / "small"
    files.save(document.write(lianyuan_city.topology("netlab", *SLICE)), folder)
    return folder


@needs_netlab
def test_netlab_takes_a_topology(small, lianyuan_city):
    """Addresses and interfaces come out as they were put in, and what netlab makes of it for containerlab is sound."""
    done = netlab(small, "-o", "config", "-o", "provider", "-o", "yaml:nodes=nodes.yml")
    assert done.returncode == 0, done.stderr
    nodes = yaml.safe_load((small / "nodes.yml").read_text())
    router = {port["ifname"]: port.get("ipv4") for port in nodes["rt-anping"]["interfaces"]}
    planned = lianyuan_city.plan.of("lan-anping")[0].prefix
    assert router["eth2"] == f"{planned[1]}/{planned.prefixlen}"
    ports = [port["ifname"] for port in nodes["core-city"]["interfaces"]]
    built = lianyuan_city.topology("netlab", *SLICE)
    assert built.renamed["core-city", "GigabitEthernet0/4"] in ports
    assert nodes["rt-anping"]["mgmt"]["ipv4"] == "10.253.0.14"
    assert set(check(small / "clab.yml")["topology"]["nodes"]) == set(nodes)
    assert "hostname rt-anping" in (small / "node_files" / "rt-anping" / "govnet").read_text()


@needs_netlab
@pytest.mark.soak
def test_netlab_says_what_is_wrong(small, tmp_path):
    """The check is a check: a device type that netlab does not have is refused."""
    text = (small / "topology.yml").read_text().replace("device: ioll2", "device: ioll3")
    (tmp_path / "topology.yml").write_text(text)
    assert netlab(tmp_path, "-o", "yaml:nodes=nodes.yml").returncode != 0


@needs_netlab
@pytest.mark.soak
@pytest.mark.parametrize("name", ["lianyuan_city", "shangrao_city"])
def test_netlab_takes_the_whole_cities(name, request, tmp_path):
    """All devices, hosts and lines of the examples in one topology."""
    city = request.getfixturevalue(name)
    built = city.topology("netlab")
    files.save(document.write(built), tmp_path / "all")
    done = netlab(tmp_path / "all", "-o", "yaml:nodes=nodes.yml")
    assert done.returncode == 0, done.stderr
    assert set(city.workspace.inventory.devices) <= set(yaml.safe_load((tmp_path / "all" / "nodes.yml").read_text()))


def test_the_first_address_is_the_hosts(shangrao_city):
    """A device whose management address the engine keeps for itself gets another one, and that is said."""
    written = document.write(shangrao_city.topology("netlab", "core-city", "cr-yushan"))
    nodes = yaml.safe_load(written.files["topology.yml"])["nodes"]
    assert nodes["core-city"]["mgmt"]["ipv4"] != "10.200.0.1"
    assert any("10.200.0.1" in str(note) for note in written.notes)
    given = [node["mgmt"]["ipv4"] for node in nodes.values()]
    assert len(given) == len(set(given))


@pytest.mark.parametrize("backend", ["containerlab", "gns3", "netlab"])
def test_each_table_is_whole(backend, tmp_path):
    """Every entry says where it is from and whether it was tried; FRR, Linux and hosts always have a place."""
    entries = casting.table(backend, tmp_path)
    runs = {platform for entry in entries.values() for platform in entry.runs}
    plays = {role for entry in entries.values() for role in entry.plays}
    assert {"frr", "linux", "cisco_ios"} <= runs
    assert {"host", "server", "internet", "outsider"} <= plays
    for entry in entries.values():
        names = [entry.port(number) for number in range(1, 40)]
        assert len(set(names)) == len(names)
        assert entry.management not in names
