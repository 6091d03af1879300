"""Business VPNs over MPLS in a rehearsal: one is re-addressed, and a leak into another one is found with its device."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lab.uml.probe import missing
from tests.lab.rehearsal import vpns
from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.rehearsal.conftest import Town

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]
JINBAO, BIANBAN = {"pc-jinbao-1", "pc-jinbao-2"}, {"pc-bianban-1", "pc-bianban-2"}
IMPORT = "  vpn-target 64900:101 import-extcommunity\n"
TOO_MUCH = "  vpn-target 64900:103 import-extcommunity\n"


@pytest.fixture
def make(tmp_path: Path, make_town_of: Callable[..., Town]) -> Callable[..., Town]:
    """A workspace with the VPNs, where a machine can be had."""
    if lacking := missing():
        pytest.skip(str(lacking[0]))

    def made(*, core_router: bool) -> Town:
        vpns.write(tmp_path / "vpns", core_router=core_router)
        return make_town_of(tmp_path / "vpns")

    return made


def changed(town: Town, device: str, *replacements: tuple[str, str]) -> Path:
    """A folder with what a device is to run."""
    text = town.text(device)
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    folder = town.root.parent / "change"
    folder.mkdir()
    (folder / f"{device}.cfg").write_text(text, encoding="utf-8")
    return folder


def passed(matrix: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Who reached whom."""
    return {(one["from"], one["to"]) for one in matrix if one["passed"]}


def within(*vpn: set[str]) -> set[tuple[str, str]]:
    """The ordered pairs in each VPN."""
    return {(a, b) for hosts in vpn for a in hosts for b in hosts if a != b}


def test_a_route_target_too_many_is_found(make: Callable[..., Town]) -> None:
    """At one edge jinbao imports bianban's routes: its packets arrive there; the edge and its line are named."""
    town = make(core_router=False)
    done = town.rehearse(changed(town, "pe1", (IMPORT, IMPORT + TOO_MUCH)), "--once", "--backend", "uml")
    assert done["backend"] == "uml"
    assert passed(done["before"]) == within(JINBAO, BIANBAN), done["findings"]
    forbidden = [one for one in done["before"] if one["wanted"] == "forbidden"]
    assert len(forbidden) == 8
    assert all(one["vrfs"][0] != one["vrfs"][1] and one["control"] for one in forbidden)
    # By OSPF, by LDP, and by BGP for two families.
    assert done["legs"][0]["neighbours"] == {"pe1": 4, "pe2": 4}
    leaks = {one["pair"]: one for one in done["findings"] if one["kind"] == "forbidden-passed"}
    assert set(leaks) == {f"pc-jinbao-1 → pc-bianban-{number}" for number in (1, 2)}, done["findings"]
    for one in leaks.values():
        assert (one["device"], one["vrfs"], one["leg"]) == ("pe1", ["jinbao", "bianban"], "001-fix")
        assert "64900:103" in one["told"]["en"]
    # What both lists of targets let in stays: nothing else is found, and nothing lost.
    assert {one["kind"] for one in done["findings"]} == {"forbidden-passed"}, done["findings"]
    assert done["exit"] == 1


@pytest.mark.soak
def test_one_vpn_is_re_addressed_and_the_other_stays(make: Callable[..., Town]) -> None:
    """All stages there, back and there again, over a router that only swaps labels: nothing is lost, nothing leaks."""
    town = make(core_router=True)
    done = town.rehearse(town.root / "mapping.csv", "--backend", "uml")
    assert done["exit"] == 0, done["findings"]
    assert {leg["stage"] for leg in done["legs"]} == {"add", "verify", "prefer", "drain", "remove"}
    assert {leg["way"] for leg in done["legs"]} == {"forth", "back", "again"}
    for leg in done["legs"]:
        assert passed(leg["matrix"]) == within(JINBAO, BIANBAN)
        assert all(one["control"] for one in leg["matrix"] if one["wanted"] == "forbidden"), leg["leg"]
        assert leg["stage"] == "prefer" or not leg["lost"]
    last = {one["destination"] for one in done["legs"][-1]["matrix"] if one["to"] in JINBAO}
    assert last == {"59.193.1.128", "59.193.2.128"}
    assert not done["not_asked"]


@pytest.mark.soak
def test_a_neighbour_that_is_lost_is_told(make: Callable[..., Town]) -> None:
    """An edge gets another loopback, and nobody told the other one's BGP: OSPF stays, and all LANs are apart."""
    town = make(core_router=False)
    loopback = "interface LoopBack0\n ip address 10.255.0.{} 255.255.255.255"
    other = (loopback.format(2), loopback.format(9))
    done = town.rehearse(changed(town, "pe2", other), "--once", "--backend", "uml")
    assert done["exit"] == 1
    left = done["legs"][0]["neighbours"]
    assert 1 <= left["pe1"] < 4, done["findings"]
    assert 1 <= left["pe2"] < 4, done["findings"]
    found = {(one["kind"], one["device"]) for one in done["findings"]}
    assert {("neighbours", "pe1"), ("neighbours", "pe2")} <= found, done["findings"]
    assert any(kind == "required-failed" for kind, _ in found)


@pytest.mark.soak
def test_a_lan_in_the_wrong_vpn_is_found(make: Callable[..., Town]) -> None:
    """A LAN gets its new address, and the wrong VPN with it: cut off from its own, in reach of the other's."""
    town = make(core_router=False)
    binding = " ip binding vpn-instance {}\n ip address {}.2.1"
    wrong = (binding.format("jinbao", "10.36"), binding.format("bianban", "59.193"))
    done = town.rehearse(changed(town, "pe2", wrong), "--once", "--backend", "uml")
    assert done["exit"] == 1
    found = {(one["kind"], one["pair"], one["device"]) for one in done["findings"]}
    assert ("required-failed", "pc-jinbao-1 → pc-jinbao-2", "pe2") in found, done["findings"]
    assert ("forbidden-passed", "pc-bianban-1 → pc-jinbao-2", "pe2") in found, done["findings"]
    # Nobody answers pc-jinbao-1 any more: that its packets stay out of the other VPN is no longer shown.
    held = [one for one in done["legs"][0]["matrix"] if one["from"] == "pc-jinbao-1" and one["to"] in BIANBAN]
    assert held
    assert not any(one["passed"] or one["control"] for one in held)


@pytest.mark.soak
def test_where_no_vrf_is_nothing_is_said_of_vpns(make: Callable[..., Town]) -> None:
    """On netns no pair of a VPN is asked; the port and its line are named, and what mends it."""
    town = make(core_router=False)
    done = town.rehearse(town.root / "mapping.csv", "--once")
    assert done["exit"] == 1
    assert not any(leg["matrix"] for leg in done["legs"])
    assert len(done["not_asked"]) == 12
    lines = town.text("pe1").splitlines()
    named = {one["line"] for one in done["not_asked"] if one["device"] == "pe1"}
    assert {lines[number - 1] for number in named} == {f"interface GigabitEthernet0/0/{port}" for port in (2, 3)}
    told = [one["told"]["en"] for one in done["findings"] if one["kind"] == "not-carried"]
    assert told
    assert all("--backend uml" in one for one in told)


@pytest.mark.soak
def test_a_rehearsal_in_a_machine_that_is_killed_leaves_nothing(make: Callable[..., Town]) -> None:
    """Neither the machine, nor who speaks to it: the probes, the questions and the copy's mounts go with it."""
    town = make(core_router=False)
    words = ["lab", "rehearse", str(town.today), "--change", str(town.root / "mapping.csv"), "--backend", "uml"]
    with subprocess.Popen(
        [sys.executable, "-c", "from cli.main import main; main()", *words, "-w", str(town.root)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "GOVNET_OPERATOR": "li"},
        text=True,
    ) as running:
        assert running.stderr is not None
        assert any(line.startswith("001-add:") for line in running.stderr)
        state = Path(f"/proc/{running.pid}/root/dev/shm/workspace/.lab/state.json")
        holder = json.loads(state.read_text(encoding="utf-8"))["extra"]["keeper"]
        began = Path(f"/proc/{holder}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19]
        mounts = Path(f"/proc/{running.pid}/ns/mnt").readlink()
        running.kill()

    def there() -> set[str]:
        """Who has the copy's mounts still, and the machine's holder."""
        found = set()
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if (entry / "ns" / "mnt").readlink() == mounts or (entry.name == str(holder) and stat[19] == began):
                    found.add((entry / "cmdline").read_text(encoding="utf-8", errors="replace"))
        return found

    until(lambda: not there(), lambda: f"still there: {there()}")
