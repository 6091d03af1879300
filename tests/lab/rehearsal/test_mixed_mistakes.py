"""More mistakes, on routers of three makes: each is found with its device, most with the pair that suffers."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_interface
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]

GE = "GigabitEthernet0/0/"
Port = tuple[str, str, bool]  # the interface, its address, whether a router is at the other end
PORTS: dict[str, list[Port]] = {
    "core": [
        (f"{GE}1", "10.20.0.1/24", False),
        (f"{GE}2", "10.254.0.5/30", True),
        (f"{GE}3", "10.254.0.9/30", True),
        (f"{GE}4", "10.254.0.13/30", True),
    ],
    "r1": [(f"{GE}1", "10.254.0.6/30", True), (f"{GE}2", "10.20.1.1/24", False)],
    "r2": [("GigabitEthernet0/1", "10.254.0.10/30", True), ("GigabitEthernet0/2", "10.20.2.1/24", False)],
    "r3": [("GigabitEthernet0/1", "10.254.0.14/30", True), ("GigabitEthernet0/2", "10.20.3.1/24", False)],
}
MAKES = {"core": "huawei", "r1": "huawei", "r2": "cisco_ios", "r3": "hp_comware"}
MANAGED = {"huawei": f"{GE}0", "cisco_ios": "GigabitEthernet0/0", "hp_comware": "GigabitEthernet0/0"}
TIMERS = {
    "cisco_ios": [" ip ospf network point-to-point", " ip ospf hello-interval 1", " ip ospf dead-interval 4"],
    "huawei": [" ospf network-type p2p", " ospf timer hello 1", " ospf timer dead 4"],
    "hp_comware": [" ospf network-type p2p", " ospf timer hello 1", " ospf timer dead 4"],
}


def router(name: str, number: int, more: str) -> str:
    """A router's text in its make's language."""
    platform = MAKES[name]
    mark = "!" if platform == "cisco_ios" else "#"
    lines = [mark, f"{'hostname' if mark == '!' else 'sysname'} {name}", mark]
    for port, address, circuit in [(MANAGED[platform], f"10.200.0.{number}/24", False), *PORTS[name]]:
        own = ip_interface(address)
        lines += [f"interface {port}", f" ip address {own.ip} {own.netmask}", *(TIMERS[platform] if circuit else [])]
        lines += [mark]
    networks = [ip_interface(address).network for _, address, _ in PORTS[name]]
    if platform == "cisco_ios":
        lines += ["router ospf 1", f" router-id 10.255.0.{number}"]
        lines += [f" network {one.network_address} {one.hostmask} area 0" for one in networks]
    else:
        lines += [f"ospf 1 router-id 10.255.0.{number}", " area 0.0.0.0"]
        lines += [f"  network {one.network_address} {one.hostmask}" for one in networks]
    return "\n".join([*lines, mark, *more.splitlines(), "end" if mark == "!" else "return"]) + "\n"


@dataclass(frozen=True)
class Mistake:
    """What is wrong: replacements in the texts to come (`wanted`), by device; `today` in both. Who is to be named.

    `host` is in a pair that suffers; empty: the finding is about a line, and no pair of the rehearsal uses it.
    """

    name: str
    device: str
    host: str
    wanted: tuple[tuple[str, str, str], ...]
    today: tuple[tuple[str, str, str], ...] = ()


def moved(device: str, number: int, statement: bool = True) -> tuple[tuple[str, str, str], ...]:
    """The LAN of a router gets another network, with or without the routing protocol."""
    network = f"network 10.20.{number}.0"
    new = ((device, f" ip address 10.20.{number}.1", f" ip address 59.193.{number}.1"),)
    return (*new, (device, network, f"network 59.193.{number}.0")) if statement else new


FILTER = """acl number 3000
 rule 5 permit ip source 10.20.0.0 0.0.255.255
 rule 7 permit ospf
 rule 10 deny ip
#
"""
POOL = "nat address-group 1 198.51.100.1 198.51.100.9\n#\n"
MISTAKES = (
    Mistake(
        "mask-too-short", "r1", "pc-r1",
        (("r1", "10.20.1.1 255.255.255.0", "10.20.1.1 255.255.254.0"),
         ("r1", "10.20.1.0 0.0.0.255", "10.20.0.0 0.0.1.255")),
    ),
    Mistake(
        "mask-too-long", "r1", "pc-r1",
        (("r1", "10.20.1.1 255.255.255.0", "10.20.1.1 255.255.255.128"),
         ("r1", "10.20.1.0 0.0.0.255", "10.20.1.0 0.0.0.127")),
    ),
    Mistake("no-network-ios", "r2", "pc-r2", moved("r2", 2, statement=False)),
    Mistake("no-network-comware", "r3", "pc-r3", moved("r3", 3, statement=False)),
    Mistake("line-shut-ios", "r2", "pc-r2", (("r2", "GigabitEthernet0/1\n", "GigabitEthernet0/1\n shutdown\n"),)),
    Mistake(
        "filter-forgets-the-new-network", "core", "pc-r1", moved("r1", 1),
        (("core", "#\nospf 1", f"#\n{FILTER}ospf 1"),
         ("core", "10.254.0.5 255.255.255.252\n", "10.254.0.5 255.255.255.252\n traffic-filter inbound acl 3000\n")),
    ),
    Mistake(
        "lan-twice", "r3", "pc-r2",
        (("r2", "10.20.2.1", "59.193.9.1"), ("r2", "network 10.20.2.0", "network 59.193.9.0"),
         ("r3", "10.20.3.1", "59.193.9.2"), ("r3", "network 10.20.3.0", "network 59.193.9.0")),
    ),
    Mistake(
        "virtual-address-left", "r1", "", moved("r1", 1),
        (("r1", "10.20.1.1 255.255.255.0\n", "10.20.1.1 255.255.255.0\n vrrp vrid 1 virtual-ip 10.20.1.254\n"),),
    ),
    Mistake(
        "relay-left", "r1", "", moved("core", 0),
        (("r1", "10.20.1.1 255.255.255.0\n", "10.20.1.1 255.255.255.0\n dhcp relay server-ip 10.20.0.10\n"),),
    ),
    Mistake(
        "route-left", "core", "",
        (("r1", "10.254.0.6", "59.192.0.6"), ("r1", "network 10.254.0.4", "network 59.192.0.4"),
         ("core", "10.254.0.5", "59.192.0.5"), ("core", "network 10.254.0.4", "network 59.192.0.4")),
        (("core", "#\nospf 1", "#\nip route-static 172.16.9.0 255.255.255.0 10.254.0.6\n#\nospf 1"),),
    ),
    Mistake(
        "pool-in-a-lan", "core", "", (("core", "198.51.100.1 198.51.100.9", "10.20.2.100 10.20.2.200"),),
        (("core", "#\nospf 1", f"#\n{POOL}ospf 1"),),
    ),
)  # fmt: skip


def _replaced(texts: dict[str, str], several: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    found = dict(texts)
    for device, old, new in several:
        assert old in found[device], (device, old)
        found[device] = found[device].replace(old, new, 1)
    return found


def town_of_makes(make_town: Callable[..., Any], root: Path) -> Any:
    """The town of the other tests with these routers."""
    town = make_town(root, 3)
    inventory = root / "inventory"
    rows = (inventory / "devices.csv").read_text(encoding="utf-8")
    links = (inventory / "links.csv").read_text(encoding="utf-8")
    for name, platform in MAKES.items():
        here = "core," if name == "core" else "township-router,"
        models = {"huawei": "Huawei/AR6120", "cisco_ios": "Cisco/ISR4331", "hp_comware": "H3C/MSR3610"}
        rows = "\n".join(
            row.replace(f"{here}frr,Linux/FRR", f"{here}{platform},{models[platform]}").replace(
                ",eth0,", f",{MANAGED[platform]},"
            )
            if row.startswith(f"{name},")
            else row
            for row in rows.split("\n")
        )
        ours = {f"eth{number}": port for number, (port, _, _) in enumerate(PORTS[name], start=1)}
        for old, new in ours.items():
            links = links.replace(f",{name},{old},", f",{name},{new},")
    (inventory / "devices.csv").write_text(rows, encoding="utf-8")
    (inventory / "links.csv").write_text(links, encoding="utf-8")
    return town


def _found(town: Any, wanted: Path, mistake: Mistake) -> None:
    texts = {name: router(name, number, "") for number, name in enumerate(MAKES, start=1)}
    today = _replaced(texts, mistake.today)
    for name, text in today.items():
        (town.today / f"{name}.cfg").write_text(text, encoding="utf-8")
    wanted.mkdir()
    for name, text in _replaced(today, mistake.wanted).items():
        if text != today[name]:
            (wanted / f"{name}.cfg").write_text(text, encoding="utf-8")
    done = town.rehearse(wanted, "--once")
    assert done["exit"] == 1
    assert not [one for one in done["findings"] if one["leg"] == "today"], "it was wrong before"
    assert mistake.device in {one["device"] for one in done["findings"]}, done["findings"]
    if mistake.host:
        assert any(mistake.host in one["pair"] for one in done["findings"]), done["findings"]
    else:
        assert "left-behind" in {one["kind"] for one in done["findings"]}


@pytest.mark.soak
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.name)
def test_a_mistake_is_found(tmp_path: Path, make_town: Callable[..., Any], mistake: Mistake) -> None:
    """By the device, and a pair or the line."""
    _found(town_of_makes(make_town, tmp_path / "town"), tmp_path / "wanted", mistake)
