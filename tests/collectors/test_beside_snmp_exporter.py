"""The same modules, the same recordings: Debian's prometheus-snmp-exporter and ours give the same series."""

from __future__ import annotations

import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from collectors.exposition import page
from collectors.modules import DIRECTORY, shipped
from collectors.poll import Poller, poll
from tests.patience import PATIENCE, until

NAMES = ("comware", "fortios", "iosxe", "junos_ex", "linux", "stoneos")
CONSTRUCTS = Path(__file__).with_name("constructs")
PROGRAM = shutil.which("prometheus-snmp-exporter")


def free_tcp_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


# What version 0.21 does not know yet, or has never known.
LATER_TYPES = {"RowCount", "NTPTimeStamp", "ParseDateAndTime"}
LATER = {"scale", "offset", "absent", "datetime_pattern", "display_hint"}
OURS = {"unverified", "present_with", "measures", "good", "vacant"}


def form_of_0_21(module):
    """A module as versions before 0.23 read it: how to speak stands with what to ask."""
    return module | {"version": 2, "auth": {"community": "public"}, "timeout": "5s", "retries": 1}


def shipped_in_form_of_0_21():
    """Our modules, with those metrics that version 0.21 could give, as their files have them."""
    found = {}
    for path in sorted(DIRECTORY.glob("*.yml")):
        for name, module in yaml.safe_load(path.read_text(encoding="utf-8"))["modules"].items():
            plain = [
                {key: value for key, value in metric.items() if key not in OURS}
                | {"help": shipped()[name].metrics[place].note}
                for place, metric in enumerate(module["metrics"])
                if metric["type"] not in LATER_TYPES and not LATER & set(metric)
            ]
            if plain and "filters" not in module:
                del module["source"]
                found[name] = form_of_0_21(module | {"metrics": plain})
    return found


@pytest.fixture(scope="module")
def snmp_exporter(tmp_path_factory):
    """Debian's exporter on a loopback port with our modules in its form; a function that scrapes through it."""
    if PROGRAM is None:
        pytest.skip("prometheus-snmp-exporter is not installed (Debian: prometheus-snmp-exporter)")
    path = tmp_path_factory.mktemp("snmp_exporter") / "snmp.yml"
    constructs = yaml.safe_load((CONSTRUCTS / "snmp.yml").read_text(encoding="utf-8"))["modules"]["constructs"]
    modules = shipped_in_form_of_0_21() | {"constructs": form_of_0_21(constructs)}
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

        def page():
            try:
                with urllib.request.urlopen(url, timeout=PATIENCE) as response:
                    return response.read().decode()
            except urllib.error.HTTPError as error:
                raise AssertionError(error.read().decode(errors="replace")) from None
            except OSError:
                assert process.poll() is None, process.stderr.read()
                return None

        return until(page)

    scrape.modules = modules
    yield scrape
    process.terminate()
    process.communicate(timeout=PATIENCE)


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


@pytest.mark.corpus
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


@pytest.mark.corpus
@pytest.mark.parametrize("name", NAMES)
def test_all_modules_give_the_same(corpus, agents, snmp_exporter, name):
    """The vendors' modules too: whatever of a recording both can give."""
    if name not in corpus:
        pytest.skip(f"no recording {name}")
    agent = agents(corpus[name])
    names = [module for module in snmp_exporter.modules if module in shipped() and module not in ("system", "if_mib")]
    compared = 0
    for part in poll([agent.target()], modules=names, timeout=5.0)[0].modules:
        assert part.error is None
        given = {metric["name"]: metric for metric in snmp_exporter.modules[part.module]["metrics"]}
        endings = {name + ending for name, metric in given.items() for ending in metric.get("regex_extracts", ())}
        info = {f"{name}_info" for name, metric in given.items() if metric["type"] == "EnumAsInfo"}
        ours = families(page([part.families]).decode())
        ours = {name: family for name, family in ours.items() if name in given.keys() | endings | info}
        theirs = families(snmp_exporter(agent, part.module)) if ours else {}
        assert series(ours) == series(theirs), part.module
        assert heads(ours) == heads(theirs), part.module
        compared += len(series(theirs))
    assert compared > 0


def test_every_construct_gives_the_same(agents, snmp_exporter, read_recording):
    """An invented module with all that the format has, at the first poll and at later ones."""
    agent = agents(read_recording(CONSTRUCTS / "agent.snmprec"))
    poller = Poller(["constructs"], files=[CONSTRUCTS / "snmp.yml"])
    theirs = families(snmp_exporter(agent, "constructs"))
    for _ in range(3):
        ours = families(poller.poll([agent.target()])[0].text())
        assert series(ours) == series(theirs)
        assert heads(ours) == heads(theirs)
    assert len(series(theirs)) > 180
