"""Ten mistakes in plan, mapping, templates and order: the rehearsal finds each, with the device and the pair."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]
SHORT = ("template-blackhole",)


@dataclass(frozen=True)
class Mistake:
    """What is wrong, whose it is, and a host that feels it. `wanted` are replacements in texts to come, by device."""

    name: str
    device: str
    host: str
    wanted: tuple[tuple[str, str, str], ...] = ()
    today: tuple[tuple[str, str, str], ...] = ()
    faults: tuple[str, ...] = ()
    left_out: str = ""


ROUTER = "router ospf\n"
LIMIT = """ip prefix-list STRANGE seq 5 permit 59.193.1.0/24
!
route-map KNOWN deny 10
 match ip address prefix-list STRANGE
exit
!
route-map KNOWN permit 20
exit
!
ip protocol ospf route-map KNOWN
!
"""
MISTAKES = (
    # plan
    Mistake("plan-address-of-a-line", "r1", "pc-r1", faults=("r1=wrong-address",)),
    Mistake("plan-subnet-of-a-line", "r2", "pc-r2", (("r2", "10.254.0.10/30", "10.254.0.14/30"),)),
    Mistake("plan-lan-twice", "r2", "pc-r2", (("r2", "10.20.2.1/24", "10.20.1.1/24"),)),
    # mapping: into space that a device throws away, and into space that a device lets nobody announce
    Mistake(
        "mapping-into-discarded",
        "r2",
        "pc-r2",
        today=(("r2", ROUTER, f"ip route 59.193.0.0/24 blackhole\n!\n{ROUTER}"),),
    ),
    Mistake(
        "mapping-into-filtered",
        "core",
        "pc-r1",
        today=(
            (
                "core",
                ROUTER,
                f"{LIMIT}{ROUTER}",
            ),
        ),
    ),
    # templates
    Mistake("template-blackhole", "r1", "pc-r1", (("r1", ROUTER, f"ip route 10.20.0.0/24 blackhole\n!\n{ROUTER}"),)),
    Mistake(
        "template-passive-line",
        "r1",
        "pc-r1",
        (("r1", " ip ospf network point-to-point\n", " ip ospf network point-to-point\n ip ospf passive\n"),),
    ),
    Mistake("template-timers", "r2", "pc-r2", (("r2", "hello-interval 1", "hello-interval 3"),)),
    Mistake("template-lan-shut", "r1", "pc-r1", (("r1", "interface eth2\n", "interface eth2\n shutdown\n"),)),
    # order: a device is left out of the first stage, and the last is sent
    Mistake("order-device-left-out", "r1", "pc-r1", left_out="r1"),
)


@pytest.mark.parametrize("mistake", [one for one in MISTAKES if one.name in SHORT], ids=lambda one: one.name)
def test_a_mistake_is_found(tmp_path: Path, make_town: Callable[..., Any], mistake: Mistake) -> None:
    """With the device that it is on, and a pair that suffers."""
    _found(make_town(tmp_path / "town", 1), tmp_path, mistake)


@pytest.mark.soak
@pytest.mark.parametrize("mistake", [one for one in MISTAKES if one.name not in SHORT], ids=lambda one: one.name)
def test_every_mistake_is_found(tmp_path: Path, make_town: Callable[..., Any], mistake: Mistake) -> None:
    """The others of the ten."""
    _found(make_town(tmp_path / "town", 2), tmp_path, mistake)


def _found(town: Any, tmp_path: Path, mistake: Mistake) -> None:
    for device, old, new in mistake.today:
        (town.today / f"{device}.cfg").write_text(_replaced(town.text(device), old, new), encoding="utf-8")
    change = town.mapping()
    if mistake.wanted:
        change = tmp_path / "wanted"
        change.mkdir()
        for device, old, new in mistake.wanted:
            (change / f"{device}.cfg").write_text(_replaced(town.text(device), old, new), encoding="utf-8")
    elif mistake.left_out:
        change = _left_out(town, tmp_path / "stages", mistake.left_out)
    faults = [word for fault in mistake.faults for word in ("--fault", fault)]
    done = town.rehearse(change, "--once", *faults)
    assert done["exit"] == 1
    assert not [finding for finding in done["findings"] if finding["leg"] == "today"], "it was wrong before"
    assert mistake.device in {finding["device"] for finding in done["findings"]}, done["findings"]
    pairs = {finding["pair"] for finding in done["findings"] if finding["pair"]}
    assert any(mistake.host in pair for pair in pairs), done["findings"]


def _replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def _left_out(town: Any, folder: Path, device: str) -> Path:
    """The stages that `config stages` writes, with one device missing in all but the last."""
    done = town.govnet("config", "stages", str(town.today), "--mapping", str(town.mapping()), "--out", str(folder))
    assert done.returncode == 0, done.stderr
    index = folder / "index.json"
    document = json.loads(index.read_text(encoding="utf-8"))
    for stage in document["stages"][:-1]:
        stage["devices"] = [row for row in stage["devices"] if row["name"] != device]
    index.write_text(json.dumps(document), encoding="utf-8")
    return folder
