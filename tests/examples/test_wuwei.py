"""武威: 20 units and 15 in each county behind switches that admit machines, and lines whose load was measured."""

from __future__ import annotations

import csv
import re
import socket
import subprocess
import urllib.request
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from configs.dialects import dialect
from configs.render import Renderer
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.examples.conftest import Copy, Example

ADMISSION = ("access_ports_open", "no_dhcp_snooping", "no_arp_inspection")
SLICE = ("sw-czj", "sw-jyj-minqin", "rt-minqin-xiqu")


def test_units_are_as_its_plan_says(example: Callable[[str], Example]) -> None:
    """20 departments of the city and 15 of each county, each behind an access switch of its own."""
    inventory = example("wuwei").workspace.inventory
    switches = [device for device in inventory.devices.values() if device.role == "access-switch"]
    assert sorted(Counter(inventory.region_of(device).name for device in switches).values()) == [15, 15, 15, 15, 20]


@pytest.mark.parametrize("device", ["sw-czj", "sw-jyj-minqin"])
def test_a_rendered_switch_admits_nobody_unasked(example: Callable[[str], Example], device: str) -> None:
    """802.1X and MAC authentication on one make, port security on the other; DHCP snooping, ARP inspection on both."""
    one = example("wuwei")
    language = dialect(one.workspace.inventory.devices[device].platform)
    text = Renderer(one.workspace, one.planned).render(device).text
    facts = language.facts(language.parse(text.encode())).facts
    assert {name: facts[name].value for name in ADMISSION} == dict.fromkeys(ADMISSION, False)
    port = text.index("1/0/7\n" if "1/0/7\n" in text else "0/7\n")
    opened = text[:port] + text[port:].replace(" dot1x\n", "", 1).replace(" switchport port-security\n", "", 1)
    opened = opened.replace(" dot1x mandatory-domain admission\n", "").replace(
        " switchport port-security maximum 2\n", ""
    )
    assert language.facts(language.parse(opened.encode())).facts["access_ports_open"].value is True


@pytest.mark.parametrize("platform", ["huawei", "hp_comware", "ruijie_os", "cisco_ios", "frr", "fortinet"])
def test_a_second_line_costs_as_many_times_more_as_it_is_narrower(
    example: Callable[[str], Example], platform: str
) -> None:
    """民勤's 50 Mbit/s beside 100: 2 and 1, in every router's language; lines that are alone say nothing."""
    one = example("wuwei")
    devices = dict(one.workspace.inventory.devices)
    devices["cr-minqin"] = replace(devices["cr-minqin"], platform=platform)
    inventory = replace(one.workspace.inventory, devices=devices)
    text = (
        Renderer(replace(one.workspace, inventory=inventory), one.planned)
        .render("cr-minqin", role="township-router")
        .text
    )
    assert re.findall(r"(?m)^ *(?:set|(?:ip )?ospf) cost (\d+)$", text) == ["1", "2"]


def test_todays_switches_are_told_apart(copied: Callable[[str], Copy]) -> None:
    """Which of six switches lets machines in unasked, and which of them does not look at DHCP and ARP."""
    city = copied("wuwei")
    found = city.audit("today", "--pack", "mlps-3,egov-extranet")
    assert found.devices("access_ports_open") == {"sw-czj", "sw-gaj", "sw-zfb-liangzhou", "sw-jyj-minqin"}
    assert found.devices("access_ports_open", value=False) == {"sw-swb", "sw-wjj-gulang"}
    assert found.devices("no_dhcp_snooping") == {"sw-gaj", "sw-zfb-liangzhou", "sw-jyj-minqin"}
    assert found.devices("no_arp_inspection", value=False) == {"sw-swb"}
    assert found.devices("telnet_mgmt") == {"sw-czj", "sw-jyj-minqin"}
    assert found.verdicts("egov-6-a")["sw-gaj"] == "fail"


def test_a_rollout_on_the_emulated_lab(copied: Callable[[str], Copy]) -> None:
    """Two switches and a router are changed, saved, and want nothing afterwards; the archive shows admission."""
    city = copied("wuwei")
    where = city.up(*SLICE)
    assert set(city.rollout(where).values()) == {"changed"}
    assert city.settled(where)
    running = city.running(where)
    assert running["sw-czj"].count(" dot1x mandatory-domain admission") == 22
    assert running["sw-jyj-minqin"].count(" switchport port-security maximum 2") == 24
    found = city.audit("archive:", "--pack", "mlps-3,egov-extranet")
    for fact in ADMISSION:
        assert found.devices(fact, value=False) == {"sw-czj", "sw-jyj-minqin"}, fact


def _measured(root: Path) -> Counter[tuple[str, str]]:
    """How many hours of each line at each device were measured."""
    text = (root / "measured" / "lines.csv").read_text(encoding="utf-8-sig")
    return Counter((row["device"], row["line"]) for row in csv.DictReader(text.splitlines()))


def test_a_month_was_measured(example: Callable[[str], Example]) -> None:
    """720 hours of each of seven lines that the inventory has, at a device that the line touches."""
    one = example("wuwei")
    found = _measured(one.root)
    assert set(found.values()) == {720}
    assert all(device in one.workspace.inventory.lines[line].devices for device, line in found)


@pytest.fixture
def prometheus(example: Callable[[str], Example], tmp_path: Path) -> Iterator[str]:
    """Debian's Prometheus with the measured month in it, as the README's lines put it there; its address."""
    rows = csv.DictReader(
        (example("wuwei").root / "measured" / "lines.csv").read_text(encoding="utf-8-sig").splitlines()
    )
    samples = [
        f'line:use:ratio{{instance="{row["device"]}",line="{row["line"]}"}} {float(row["percent"]) / 100:.3f}'
        f" {int(row['time']) + after}"
        for row in rows
        for after in range(300, 3900, 300)
    ]
    text = "# TYPE line:use:ratio gauge\n" + "\n".join(samples) + "\n# EOF\n"
    (tmp_path / "lines.om").write_text(text, encoding="utf-8")
    words = ("promtool", "tsdb", "create-blocks-from", "--max-block-duration=768h", "openmetrics")
    subprocess.run(
        [*words, tmp_path / "lines.om", tmp_path / "data"], check=True, capture_output=True, timeout=PATIENCE
    )
    (tmp_path / "prometheus.yml").write_text("scrape_configs: []\n", encoding="utf-8")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{sock.getsockname()[1]}"
    options = (
        f"--config.file={tmp_path / 'prometheus.yml'}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={address}",
    )
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(["prometheus", *options], stdout=log, stderr=log)

    def ready() -> bool:
        assert process.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
        try:
            urllib.request.urlopen(f"http://{address}/-/ready", timeout=PATIENCE).close()
        except OSError:
            return False
        return True

    try:
        until(ready)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.mark.prometheus
def test_lines_that_are_full_are_named(copied: Callable[[str], Copy], prometheus: str) -> None:
    """Three of seven measured lines are over 80 % in their busiest hours; of the others nothing is concluded."""
    city = copied("wuwei")
    measured = sorted({device for device, _ in _measured(city.root)})
    assert len(measured) == 7
    city.govnet("config", "render", *measured, "core-city", "--out", str(city.root / "configs"))
    found = city.audit("configs", "--level", "3", "--prometheus", prometheus)
    assert found.devices("bandwidth_over_peak") == {"cr-minqin", "cr-gulang", "rt-gulang-tumen"}
    assert found.devices("bandwidth_over_peak", value=False) == set(), "their interfaces were not measured"
    records = [
        record
        for item in found.report["items"]
        if item["id"] == "8.1.2.1-b"
        for finding in item["findings"]
        if finding["device"] == "cr-gulang"
        for evidence in finding["evidence"]
        for record in evidence["records"]
    ]
    assert any('line="ln-gulang"' in record and "= 90.7" in record for record in records)
