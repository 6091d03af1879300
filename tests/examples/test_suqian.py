"""宿迁: 116 units of which 72 have networks of their own, exits counted and closed, devices of five domestic makes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ipplan import current
from ipplan.mapping import Mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.examples.conftest import Copy, Example

# The units whose configuration of today leads to the internet by a way of its own.
EXITS = {
    "ur-wbgs", "ur-wlgbj", "ur-tsw", "ur-gyhxxh", "ur-zfcxjs", "ur-tyj", "ur-jgswgl", "ur-zcwyh", "ur-zxxz",
    "ur-bdcdjz", "ur-glsyfz",
}  # fmt: skip
MAKES = {"huawei", "hp_comware", "ruijie_os"}


def test_the_city_is_as_its_plan_says(example: Callable[[str], Example]) -> None:
    """116 units of the city, more than 60 % of them with a network of their own, and five makes."""
    one = example("suqian")
    inventory = one.workspace.inventory
    routers = [device for device in inventory.devices.values() if device.role == "unit-router"]
    assert len(routers) == 116
    today = current.read(one.root / "plan" / "current.csv")
    private = {row.owner for row in today.rows if row.owner}
    assert private <= {f"lan-{device.name.removeprefix('ur-')}" for device in routers}
    assert len(private) / len(routers) > 0.6
    platforms = Counter(device.platform for device in inventory.devices.values())
    assert set(platforms) == MAKES | {"hillstone_stoneos", "topsec_tos"}
    assert min(platforms[name] for name in MAKES) > 60
    assert sum(row.mode is Mode.NAT_EDGE for row in today.rows) == 4
    assert sum(row.prefix.is_global for row in today.rows) == 3


def test_private_networks_move_in_waves(copied: Callable[[str], Copy]) -> None:
    """68 of 72 are renumbered (four stay behind their NAT), at most a dozen sites at once."""
    city = copied("suqian")
    document = city.json("plan", "stages", "--root", "core-city", "--max-in-flight", "12")
    waves = [wave["sites"] for wave in document["waves"]]
    assert [len(sites) for sites in waves] == [12, 12, 12, 12, 12, 8]
    assert len({site for sites in waves for site in sites}) == 68


def test_the_exits_are_counted_by_device_and_line(copied: Callable[[str], Copy]) -> None:
    """Of 16 units' configurations of three makes eleven have an exit; each is proven by its default route."""
    city = copied("suqian")
    found = city.audit("today", "--pack", "egov-extranet")
    assert found.devices("unplanned_exit") == EXITS
    assert found.devices("unplanned_exit", value=None) == set()
    assert len(found.devices("unplanned_exit", value=False)) == 5
    verdicts = found.verdicts("egov-2-a")
    assert {device for device, verdict in verdicts.items() if verdict == "fail"} == EXITS
    platforms = {device["platform"] for device in found.report["devices"] if device["name"] in EXITS}
    assert platforms == MAKES


def test_a_rollout_closes_an_exit(copied: Callable[[str], Copy]) -> None:
    """A unit of each make is brought in on the emulated lab: its own exit is on the device before, and gone after."""
    city = copied("suqian")
    where = city.up("ur-wbgs", "ur-tsw", "ur-wlgbj")
    templates = {path: path.read_text(encoding="utf-8") for path in city.root.glob("templates/*/unit-router.j2")}
    for path, text in templates.items():
        path.write_text(
            text.replace("undo ip route-static", "ip route-static").replace("no ip route", "ip route"), encoding="utf-8"
        )
    city.govnet("config", "push", "--lab", "--commit", "--allow-reboot", "--where", where)
    running = city.running(where)
    units = {"ur-wbgs", "ur-tsw", "ur-wlgbj"}
    assert all(" 192.0.2." in running[device] for device in units), running
    assert city.audit("archive:", "--pack", "egov-extranet").devices("unplanned_exit") == units
    for path, text in templates.items():
        path.write_text(text, encoding="utf-8")
    states = city.rollout(where)
    assert {device for device, state in states.items() if state == "changed"} == units
    city.govnet("config", "backup", "--lab", "--where", where)
    after = city.audit("archive:", "--pack", "egov-extranet")
    assert after.devices("unplanned_exit") == set()
    assert after.devices("unplanned_exit", value=False) >= units
