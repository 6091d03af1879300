"""A slice of each of the three cities rehearsed: departments joined, a wave brought in, terminal admission switched on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from ipplan import plan
from lab.rehearsal.hosts import at, interfaces

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.examples.conftest import Copy

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Slice:
    """A router that stays as it is, two devices that change, and a host behind each of these."""

    city: str
    core: str
    devices: tuple[str, str]
    hosts: tuple[str, str]


JIYUAN = Slice("jiyuan", "agg-city", ("dr-zfb", "dr-jyj"), ("pc-zfb", "pc-jyj"))
SUQIAN = Slice("suqian", "ag-1", ("ur-wbgs", "ur-tsw"), ("pc-wbgs", "pc-tsw"))
WUWEI = Slice("wuwei", "ag-city", ("sw-czj", "sw-gaj"), ("pc-czj", "pc-gaj"))
JOINING = pytest.mark.parametrize("part", [JIYUAN, SUQIAN], ids=lambda part: part.city)
ROUND = ["forth", "back", "again"]


def rehearsed(city: Copy, part: Slice, *words: str) -> dict[str, Any]:
    """What the README's commands give: the core as planned, the devices from rehearsal/ to what the templates want."""
    city.govnet("config", "render", part.core, "--out", str(city.root / "backbone"))
    city.govnet("config", "render", *part.devices, "--out", str(city.root / "wanted"))
    return run(city, part, *words)


def run(city: Copy, part: Slice, *words: str) -> dict[str, Any]:
    """Rehearse the change that lies in wanted/; the JSON document, and how the command ended."""
    where = f"name in ({', '.join((part.core, *part.devices))})"
    command = ["lab", "rehearse", "rehearsal", "backbone", "--change", "wanted", "--where", where, "--late", "1", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *command, *words],
        capture_output=True,
        text=True,
        timeout=850,
        check=False,
        cwd=city.root,
        env={**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "GOVNET_OPERATOR": "li"},
    )
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert "legs" in document, document
    return document | {"exit": done.returncode}


def joined(city: Copy, part: Slice, done: dict[str, Any], ways: list[str]) -> None:
    """Nobody reaches the other today and back there; behind the change both do, at the plan's addresses."""
    assert (done["exit"], done["findings"]) == (0, [])
    a, b = part.hosts
    assert done["mended"] == sorted([f"{a} → {b}", f"{b} → {a}"])
    assert [seen["passed"] for seen in done["before"]] == [False, False]
    planned = plan.read(city.root / "plan" / "plan.csv")
    lans = {host: planned.of(f"lan-{host.removeprefix('pc-')}")[0].prefix for host in part.hosts}
    assert [leg["way"] for leg in done["legs"]] == ways
    for leg in done["legs"]:
        assert {row["name"]: row["state"] for row in leg["devices"]} == dict.fromkeys(part.devices, "changed")
        there = leg["way"] != "back"
        assert [seen["passed"] for seen in leg["matrix"]] == [there, there]
        assert all((ip_address(seen["source"]) in lans[seen["from"]]) is there for seen in leg["matrix"])


@JOINING
def test_networks_of_their_own_are_joined(copied: Callable[[str], Copy], part: Slice) -> None:
    """济源: two departments whose networks overlap. 宿迁: two units of a wave, whose own exits are closed."""
    city = copied(part.city)
    joined(city, part, rehearsed(city, part, "--once"), ["forth"])


@pytest.mark.soak
@JOINING
def test_networks_are_joined_there_and_back(copied: Callable[[str], Copy], part: Slice) -> None:
    """Each configuration returns to the last character, and what is joined anew is as it was."""
    city = copied(part.city)
    joined(city, part, rehearsed(city, part), ROUND)


@pytest.mark.soak
def test_a_department_that_keeps_the_other_ones_network_is_found(copied: Callable[[str], Copy]) -> None:
    """济源: a slip in what is wanted leaves both in one subnet; the pair and the device are named."""
    city = copied("jiyuan")
    for folder, device in (("backbone", JIYUAN.core), ("wanted", "dr-zfb"), ("wanted", "dr-jyj")):
        city.govnet("config", "render", device, "--out", str(city.root / folder))
    (wanted,) = (city.root / "wanted").glob("dr-jyj.*")
    text = wanted.read_text(encoding="utf-8")
    assert text.count("10.65.6.1 255.255.255.0") == 1
    wanted.write_text(text.replace("10.65.6.1 255.255.255.0", "10.65.14.2 255.255.255.0"), encoding="utf-8")
    done = run(city, JIYUAN, "--once")
    assert (done["exit"], done["mended"]) == (1, [])
    assert {finding["pair"] for finding in done["findings"]} == {"pc-zfb → pc-jyj", "pc-jyj → pc-zfb"}


def test_the_departments_overlap(copied: Callable[[str], Copy]) -> None:
    """济源: what the two run today cannot be told apart by any router."""
    root = copied("jiyuan").root / "rehearsal"
    texts = {"huawei": (root / "dr-zfb.cfg").read_bytes(), "ruijie_os": (root / "dr-jyj.cfg").read_bytes()}
    ports = (("huawei", "GigabitEthernet0/0/2"), ("ruijie_os", "GigabitEthernet 0/2"))
    one, other = (at(interfaces(platform, texts[platform]), port)[0].address.network for platform, port in ports)
    assert one != other
    assert one.overlaps(other)


def test_admission_is_switched_on_without_a_loss(copied: Callable[[str], Copy]) -> None:
    """武威: two switches there, back and there again under traffic; that the lab admits everybody is said."""
    city = copied("wuwei")
    done = rehearsed(city, WUWEI)
    assert (done["exit"], done["findings"], done["mended"]) == (0, [], [])
    assert [leg["way"] for leg in done["legs"]] == ROUND
    for leg in done["legs"]:
        assert {row["name"]: row["state"] for row in leg["devices"]} == dict.fromkeys(WUWEI.devices, "changed")
        assert (leg["lost"], leg["probes"] > 10) == (0, True)
        assert [seen["passed"] for seen in leg["matrix"]] == [True, True]
        assert leg["neighbours"] == {"ag-city": 2, "sw-czj": 1, "sw-gaj": 1}
    left = done["not_carried_over"]
    assert set(left) == set(WUWEI.devices)
    for several in left.values():
        assert any("who is let in at a port is not in the model" in one["en"] for one in several)
        assert any("端口准入" in one["zh"] for one in several)
