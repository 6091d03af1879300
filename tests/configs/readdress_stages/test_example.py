"""From the example city to its stages, as a person does it: render, discover, plan anew, map, stage twice."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import main
from configs import dialects
from inventory import workspace
from lab.emulator.device import Spec

if TYPE_CHECKING:
    from inventory.model import Device

MOVES = {
    "10.20.0.0/18": "59.193.0.0/18",
    "10.254.0.0/23": "59.192.0.0/23",
    "10.255.0.0/24": "59.192.8.0/24",
    "10.255.0.0/32": "59.192.8.0/32",
}


def run(arguments: list[str]) -> int:
    """A command's exit code."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def city(tmp_path_factory: Any) -> Path:
    """The example with today's texts, a new policy, its mapping, its waves and the stages as files."""
    root: Path = tmp_path_factory.mktemp("stages") / "city"
    place = ["-w", str(root)]
    run(["init", str(root), "--from", "lianyuan"])
    assert run(["config", "render", *place, "--out", str(root / "today")]) == 0
    current = root / "plan/current.csv"
    run(["inventory", "discover", str(root / "today"), *place, "--out", str(current)])
    with current.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:  # what nobody could read out of a gateway's text
        if row["prefix"] == "10.255.0.2/32":
            row |= {"owner": "fw-border", "function": "loopback"}
        elif not row["owner"]:
            row["mode"] = "keep"
    with current.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    policy = root / "plan/policy.yaml"
    text = policy.read_text(encoding="utf-8")
    for old, new in MOVES.items():
        text = text.replace(old, new)
    policy.write_text(text, encoding="utf-8")
    assert run(["plan", "make", *place, "--allow-moves"]) == 0
    assert run(["plan", "map", *place]) == 0
    assert run(["plan", "stages", *place, "--max-in-flight", "8", "--out", str(root / "plan/stages.yaml")]) == 0
    texts = [str(root / "today"), *place]
    waves = ["--stages", str(root / "plan/stages.yaml"), "--out", str(root / "stages")]
    assert run(["config", "stages", *texts, *waves]) == 0
    assert run(["config", "readdress", *texts, "--out", str(root / "new"), "--prove"]) == 0
    return root


def _stages(city: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((city / "stages/index.json").read_text(encoding="utf-8"))["stages"]
    return found


def test_the_waves_are_the_plans(city):
    """Five stages a wave, in the plan's order; every device of a wave is one that the plan names or a neighbour."""
    found = _stages(city)
    assert [each["stage"] for each in found] == ["add", "verify", "prefer", "drain", "remove"] * (len(found) // 5)
    waves = [each["wave"] for each in found]
    assert waves == sorted(waves)
    assert len(set(waves)) > 2


def test_files_say_what_the_index_says(city):
    """Commands and what undoes them, in folders by stage; removal is done the other way round."""
    order: dict[int, dict[str, list[str]]] = {}
    for stage in _stages(city):
        names = [row["device"] for row in stage["devices"] if row["commands"]]
        order.setdefault(stage["wave"], {})[stage["stage"]] = names
        for row in stage["devices"]:
            for file, parts in ((row["commands"], row["parts"]), (row["undo"], row["undo_parts"])):
                if file is None:
                    assert parts == []
                    continue
                lines = (city / "stages" / file).read_text(encoding="utf-8").splitlines()
                wanted = [line for part in parts for line in part["commands"]]
                assert [line for line in lines if " log in at " not in line] == wanted
    for stages in order.values():
        assert stages["remove"] == stages["add"][::-1]


@pytest.mark.parametrize("platform", ["huawei", "cisco_ios"])
def test_typed_at_the_devices(city, network, platform):
    """Every text of every stage is taken, the way in is never cut, the end is the new text, and all can be undone."""
    rows = [(stage, row) for stage in _stages(city) for row in stage["devices"] if row["platform"] == platform]
    devices = sorted({row["device"] for _, row in rows})
    assert devices
    for device in devices:
        asyncio.run(_walk(city, network, [each for each in rows if each[1]["device"] == device]))


async def _walk(city: Path, network: Any, rows: list[tuple[Any, Any]]) -> None:
    name, platform = rows[0][1]["device"], rows[0][1]["platform"]
    speak = dialects.dialect(platform)
    inventory = workspace.load(city).inventory.devices
    device, goal = (
        _device(network, inventory[Path(name).stem], (city / folder / name).read_text(encoding="utf-8"))
        for folder in ("today", "new")
    )
    try:
        await device.first_boot()
        await goal.first_boot()
        today = device.show(device.running).encode()
        for stage, row in rows:
            await network.send(device, network.parts(row["parts"]), f"{stage['folder']} {name}")
            for address in row["check"] if stage["stage"] == "verify" else ():
                assert any(str(found) == address for port in device.ports() for found in port.addresses), address
        assert network.same(speak, device.show(device.running).encode(), goal.show(goal.running).encode()) == ""
        for stage, row in reversed(rows):
            await network.send(device, network.parts(row["undo_parts"]), f"undo {stage['folder']} {name}")
        assert network.same(speak, device.show(device.running).encode(), today) == ""
    finally:
        device.close()
        goal.close()


def _device(network: Any, row: Device, text: str) -> Any:
    """A device of the inventory that will boot with a text."""
    assert row.address is not None
    ports = tuple(name for name in re.findall(r"^interface (\S+)", text, re.MULTILINE) if "thernet" in name)
    return network.KINDS[row.platform](
        Spec(
            name=row.name,
            platform=row.platform,
            model=row.model,
            address=row.address.ip,
            management_interface=row.management_interface,
            text=text,
            interfaces=ports,
        )
    )
