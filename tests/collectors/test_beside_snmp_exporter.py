"""The same modules, the same recordings: Debian's prometheus-snmp-exporter and ours give the same series."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from collectors.modules import DIRECTORY
from collectors.poll import poll

pytestmark = pytest.mark.corpus
NAMES = ("comware", "fortios", "iosxe", "junos_ex", "linux", "stoneos")
PROGRAM = shutil.which("prometheus-snmp-exporter")


def free_tcp_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def form_of_0_21(name):
    """A shipped module as versions before 0.23 read it: how to speak stands with what to ask."""
    module = yaml.safe_load((DIRECTORY / f"{name}.yml").read_text(encoding="utf-8"))["modules"][name]
    module.pop("source", None)
    return module | {"version": 2, "auth": {"community": "public"}, "timeout": "5s", "retries": 1}


@pytest.fixture(scope="module")
def snmp_exporter(tmp_path_factory):
    """Debian's exporter on a loopback port with our modules in its form; a function that scrapes through it."""
    if PROGRAM is None:
        pytest.skip("prometheus-snmp-exporter is not installed (Debian: prometheus-snmp-exporter)")
    path = tmp_path_factory.mktemp("snmp_exporter") / "snmp.yml"
    modules = {name: form_of_0_21(name) for name in ("system", "if_mib")}
    path.write_text(yaml.safe_dump(modules), encoding="utf-8")
    port = free_tcp_port()
    process = subprocess.Popen(
        [PROGRAM, f"--config.file={path}", f"--web.listen-address=127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    def scrape(agent, module):
        url = f"http://127.0.0.1:{port}/snmp?target=127.0.0.1:{agent.port}&module={module}"
        deadline = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(url, timeout=60) as response:
                    return response.read().decode()
            except urllib.error.HTTPError as error:
                raise AssertionError(error.read().decode(errors="replace")) from None
            except OSError:
                assert process.poll() is None, process.stderr.read()
                assert time.monotonic() < deadline
                time.sleep(0.05)

    yield scrape
    process.terminate()
    process.communicate(timeout=10)


def families(text):
    """Everything that was read from the device, by name."""
    found = {family.name: family for family in text_string_to_metric_families(text)}
    return {name: family for name, family in found.items() if not name.startswith("snmp_scrape_")}


def series(found):
    """Name and labels → value."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in found.values()
        for sample in family.samples
    }


def heads(found):
    """Types and help texts."""
    return {name: (family.type, family.documentation) for name, family in found.items() if family.samples}


@pytest.mark.parametrize("module", ["system", "if_mib"])
@pytest.mark.parametrize("name", NAMES)
def test_series_are_the_same(corpus, agents, snmp_exporter, name, module):
    """Equal in name, type, labels, value and help; neither has one that the other lacks."""
    if name not in corpus:
        pytest.skip(f"no recording {name}")
    agent = agents(corpus[name])
    result = poll([agent.target()], modules=[module], timeout=5.0)[0]
    assert result.ok, result.error
    ours, theirs = families(result.text()), families(snmp_exporter(agent, module))
    assert heads(ours) == heads(theirs)
    assert series(ours) == series(theirs)
    roots = {"system": [(1, 3, 6, 1, 2, 1, 1)], "if_mib": [(1, 3, 6, 1, 2, 1, 2), (1, 3, 6, 1, 2, 1, 31, 1, 1)]}[module]
    assert bool(series(ours)) == any(oid[: len(root)] == root for oid in corpus[name] for root in roots)
