"""What of a workspace is probed: inventory, plan and reach.yaml; the commands and the page."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from cli.collect_reach import only
from collectors import exporter as exporting
from collectors import http as http_server
from collectors.forms import openmetrics
from collectors.reach import form
from collectors.reach.model import Probe, Reason, Round, Train, What
from collectors.reach.targets import choose, everything
from collectors.reach.watch import Record, Watch
from inventory.endpoints import Direct, Endpoint
from inventory.errors import InputError
from inventory.workspace import load
from tests.patience import PATIENCE, until

ROOT = Path(__file__).parents[3]
PATHS = """
paths:
  - {name: own, from: extranet, to: servers, target: 127.0.0.1, count: 3, spacing: 5, dscp: ef,
     expected: {loss: 1, latency: 1000, jitter: 500}}
  - {name: closed, from: servers, to: internet, target: 127.0.0.1, kind: "tcp:9", count: 1, expected: {reachable: no}}
  - {name: open, from: servers, to: internet, target: 127.0.0.1, count: 1, expected: {reachable: no}}
"""


@pytest.fixture
def lianyuan(tmp_path):
    """The example, with paths to this machine itself."""
    folder = tmp_path / "lianyuan"
    shutil.copytree(ROOT / "examples" / "lianyuan", folder)
    (folder / form.FILE).write_text(PATHS)
    return folder


def test_devices_lines_and_paths(lianyuan):
    """Every device at its address; both ends of circuits by the plan, the carrier's gateway; no LAN, no tunnel."""
    workspace = load(lianyuan)
    found = {probe.target: probe for probe in everything(workspace, Direct(), Train())}
    assert found["rt-lantian"].address == "10.253.0.11"
    assert found["rt-lantian"].label("site") == "th-lantian"
    ends = found["ln-lantian@core-city"], found["ln-lantian@rt-lantian"]
    assert ends[0].address != ends[1].address
    assert all(end.what is What.LINE and end.problem is None and end.label("carrier") == "中国移动" for end in ends)
    assert found["isp-city@peer"].address == "198.51.100.1"
    assert found["isp-city@fw-border"].address == "198.51.100.2"
    assert not any(name.startswith(("lan-", "vpn-")) for name in found)
    assert found["own"].train == Train(3, 0.005, 2.0, 46)


def test_without_a_plan_lines_have_no_address(lianyuan):
    """Said as not run; a carrier's address is known all the same."""
    (lianyuan / "plan" / "plan.csv").unlink()
    found = {probe.target: probe for probe in everything(load(lianyuan), Direct(), Train())}
    assert found["ln-lantian@rt-lantian"].problem is Reason.NO_ADDRESS
    assert found["isp-city@fw-border"].address == "198.51.100.2"


class StandIn:
    """A lab that serves devices at other addresses."""

    def ssh(self, device):
        assert device.address is not None
        return Endpoint("127.9.9.9", 2200)

    def snmp(self, device):
        raise NotImplementedError(device)


def test_a_lab_without_networks(lianyuan):
    """Its devices are asked at their command line, since this machine would answer a ping itself; lines are not."""
    found = {probe.target: probe for probe in everything(load(lianyuan), StandIn(), Train())}
    assert (found["rt-lantian"].address, found["rt-lantian"].port) == ("127.9.9.9", 2200)
    assert found["ln-lantian@rt-lantian"].problem is Reason.NOT_HERE
    # An address that is no device's must not be looked for in the real network.
    assert found["own"].problem is Reason.NOT_HERE


@pytest.mark.parametrize(("kind", "port"), [("icmp", 2200), ("tcp:22", 2200), ("tcp:443", 443)])
def test_a_path_to_a_device_in_such_a_lab(lianyuan, kind, port):
    """An echo and its command line's port mean that port where the lab serves it; another port stays what it is."""
    line = f"{{name: p, from: extranet, to: servers, target: rt-lantian, kind: '{kind}'}}"
    (probe,) = form.parse(f"paths: [{line}]".encode(), load(lianyuan), StandIn())
    assert (probe.address, probe.port, probe.problem) == ("127.9.9.9", port, None)


def test_names_choose(lianyuan):
    """A site means its devices, a line both of its ends; a wrong name is an error that says so."""
    workspace = load(lianyuan)
    probes = everything(workspace, Direct(), Train())
    assert {probe.target for probe in choose(probes, ["th-lantian"], workspace)} == {"rt-lantian"}
    assert len(choose(probes, ["ln-lantian"], workspace)) == 2
    with pytest.raises(InputError) as error:
        choose(probes, ["rt-lantan"], workspace)
    assert "rt-lantan" in str(error.value.problems[0].message)
    chosen = everything(workspace, Direct(), Train(), where="name=rt-lantian")
    assert {probe.target for probe in chosen} == {"rt-lantian", "ln-lantian@core-city", "ln-lantian@rt-lantian"}


def test_kinds_choose(lianyuan):
    """`--what line` leaves the lines; a kind that is none is said with what was meant."""
    probes = everything(load(lianyuan), Direct(), Train())
    assert {probe.what for probe in only(probes, ["line", "path"], "--what")} == {What.LINE, What.PATH}
    assert only(probes, None, "--what") == probes
    with pytest.raises(InputError) as error:
        only(probes, ["lines"], "--what")
    assert "line" in str(error.value.problems[0].hint)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{name: a, from: extranet, to: server, target: 127.0.0.1}", "there is no zone “server”"),
        ("{name: a, from: extranet, to: servers, target: rt-lantan}", "neither an address nor a device"),
        ("{name: a, from: extranet, to: servers, target: 127.0.0.1, kind: udp}", "not a kind of probe"),
        ("{name: a, from: extranet, to: servers, target: 127.0.0.1, kind: 'tcp:70000'}", "not a kind of probe"),
        ("{name: a, from: extranet, to: servers, target: 127.0.0.1, dscp: 64}", "is not a DSCP"),
        ("{name: a, from: extranet, to: servers, target: 127.0.0.1, expected: {loss: some}}", "is not a number"),
        ("{name: a, from: extranet, to: servers, target: 127.0.0.1, cuont: 4}", "the key “cuont” is not known"),
        ("{name: a, from: extranet, to: servers}", "the key “target” is missing"),
        ("{name: a, from: extranet, to: servers, target: 127.0.0.1, source: '::1'}", "not of the same address family"),
        ("{name: own, from: extranet, to: servers, target: 127.0.0.1}", "given twice"),
    ],
)
def test_mistakes_in_the_file(lianyuan, line, said):
    """Each is said with its file and line, in both languages."""
    content = f"paths:\n  - {{name: own, from: extranet, to: servers, target: 127.0.0.1}}\n  - {line}\n"
    with pytest.raises(InputError) as error:
        form.parse(content.encode(), load(lianyuan), Direct())
    (problem,) = error.value.problems
    assert said in problem.message.in_language("en")
    assert (problem.file, problem.line) == ("reach.yaml", 3)
    assert problem.message.in_language("zh_CN") != problem.message.in_language("en")


def run(*arguments, **environment):
    """The command as a user runs it."""
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, "COLUMNS": "200", **environment},
    )


@pytest.mark.usefixtures("may_ping")
def test_the_command(lianyuan):
    """Paths as expected are exit code 0; one that is not is 1; JSON has figures and null where there are none."""
    good = run("collect", "reach", "own", "closed", "--json", "-w", str(lianyuan))
    assert good.returncode == 0, good.stderr
    own, closed = json.loads(good.stdout)["targets"]
    assert (own["up"], own["as_expected"], own["loss_percent"], own["sent"], own["dscp"]) == (True, True, 0.0, 3, 46)
    assert own["latency_ms"]["mean"] > 0
    assert (closed["up"], closed["as_expected"], closed["reason"]) == (False, True, "refused")
    assert closed["latency_ms"]["mean"] is None
    bad = run("collect", "reach", "--from", "servers", "-w", str(lianyuan), GOVNET_LANG="zh_CN")
    assert bad.returncode == 1, bad.stderr
    assert "与预期不符" in bad.stdout


def samples(text):
    """Every sample of a page: name and labels → value."""
    return {
        (sample.name, sample.labels.get("target", ""), *(sample.labels.get(key, "") for key in ("reason", "le"))): (
            sample.value
        )
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def page_of(rounds):
    """The page after these rounds."""
    watch = Watch(60)
    for done in rounds:
        record = watch.records.setdefault(done.probe, Record(done.probe))
        record.add(done)
    return watch.page()


def test_the_page():
    """A round's figures, the counters since the start, a histogram that adds up; nothing of what was not run."""
    good = Probe("good", What.DEVICE, "127.0.0.1", labels=(("site", "s"), ("region", "涟源市")))
    mute = Probe("mute", What.PATH, "127.0.0.2")
    page = page_of(
        [
            Round(good, (0.004, None, 0.03, 5.0), (0, 2, 3), 1),
            Round(good, (0.004, 0.004), (1, 0)),
            Round(mute, reason=Reason.PRIVILEGE),
        ]
    )
    found = samples(page)
    assert found["govnet_reach_up", "good", "", ""] == 1
    assert found["govnet_reach_loss_ratio", "good", "", ""] == 0
    assert found["govnet_reach_sent_total", "good", "", ""] == 6
    assert found["govnet_reach_lost_total", "good", "", ""] == 1
    assert found["govnet_reach_duplicates_total", "good", "", ""] == 1
    assert found["govnet_reach_reordered_total", "good", "", ""] == 1
    assert found["govnet_reach_latency_seconds_bucket", "good", "", "0.005"] == 3
    assert found["govnet_reach_latency_seconds_bucket", "good", "", "0.03"] == 4
    assert found["govnet_reach_latency_seconds_bucket", "good", "", "2.0"] == 4
    assert found["govnet_reach_latency_seconds_bucket", "good", "", "+Inf"] == 5
    assert found["govnet_reach_latency_seconds_count", "good", "", ""] == 5
    assert found["govnet_reach_latency_seconds_sum", "good", "", ""] == pytest.approx(5.042)
    assert found["govnet_reach_not_run", "mute", "privilege", ""] == 1
    names = {name for name, target, *_ in found if target == "mute"}
    assert names == {"govnet_reach_not_run", "govnet_reach_age_seconds", "govnet_reach_info"}
    assert 'region="涟源市"'.encode() in page
    strict = openmetrics_families(openmetrics(page).decode())
    assert {family.name: family.type for family in strict}["govnet_reach_latency_seconds"] == "histogram"


def test_an_old_round_is_not_now():
    """After three intervals without a round there are no last figures; what was counted stays."""
    watch = Watch(60)
    probe = Probe("gone", What.DEVICE, "127.0.0.1")
    record = watch.records[probe] = Record(probe)
    record.add(Round(probe, (0.01,), (0,)))
    record.at -= 181
    found = samples(watch.page())
    assert ("govnet_reach_up", "gone", "", "") not in found
    assert found["govnet_reach_sent_total", "gone", "", ""] == 1


@pytest.mark.usefixtures("may_ping")
def test_the_exporter_serves_it(lianyuan):
    """`/reach` fills itself on the schedule; a reload with a mistake keeps what was; a good one follows the file."""
    workspace = load(lianyuan)

    def probes(given):
        return [replace(probe, interval=0.2) for probe in form.load(given, Direct())]

    reach = exporting.Reach(Watch(0.2), probes)
    made = exporting.Exporter(workspace, Direct(), reach=reach, reread=lambda: load(lianyuan))
    sockets = http_server.listen("127.0.0.1:0")
    port = sockets[0].getsockname()[1]
    loop, ready = asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    def serve():
        loop.run_until_complete(made.run(sockets, stop, ready.set))
        loop.close()

    def fetch(path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request(method, path)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        wanted = [(f"govnet_reach_{name}", "own", "", "") for name in ("as_expected", "up")]

        def both():
            found = samples(fetch("/reach")[1])
            return all(found.get(key) == 1 for key in wanted)

        until(both)
        (lianyuan / form.FILE).write_text("paths: [{name: x}]\n")
        assert fetch("/-/reload", "POST")[0] == 500
        # A round that this machine was too busy for has no value; the next one has.
        until(lambda: ("govnet_reach_up", "own", "", "") in samples(fetch("/reach")[1]))
        (lianyuan / form.FILE).write_text("paths: [{name: new, from: extranet, to: servers, target: 127.0.0.3}]\n")
        assert fetch("/-/reload", "POST")[0] == 200
        until(lambda: samples(fetch("/reach")[1]).get(("govnet_reach_up", "new", "", "")) == 1)
        assert ("govnet_reach_sent_total", "own", "", "") not in samples(fetch("/reach")[1])
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
