"""Junos in a rollout: `commit confirmed`, a new login, the confirmation; over a model: there is no emulator of it."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from inventory.endpoints import Endpoint
from lab.state import LabNode, LabState, loopback_address, process_start
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = Path(__file__).with_name("junos_model.py")
NAMES = ("r000", "r001", "r002")
FIRST = """\
system {{
    host-name {name};
    login {{
        user govnet {{
            encrypted-password "$6$f1rst$0123456789abcdef"; ## SECRET-DATA
        }}
    }}
}}
interfaces {{
    fxp0 {{
        address {address};
    }}
}}
"""
EDGE = """\
system {
    ntp {
        server {{ services.ntp[0] }};
    }
}
interfaces {
    fxp0 {
        address {{ "10.99.0.1/16" if hostname in snippets_broken else management.address }};
    }
}
"""


class Junos:
    """Three Junos routers, one a site, and the commands of an operator."""

    def __init__(self, city: Any, folder: Path) -> None:
        self.city, self.folder = city, folder
        rows = (city.root / "inventory" / "devices.csv").read_text(encoding="utf-8").splitlines()
        head, *devices = [row.split(",") for row in rows]
        for row in devices:
            row[head.index("platform")] = "juniper_junos"
            row[head.index("model")] = "MX204"
            row[head.index("management_interface")] = "fxp0"
        text = "\n".join(",".join(row) for row in [head, *devices]) + "\n"
        (city.root / "inventory" / "devices.csv").write_text(text, encoding="utf-8")
        self.addresses = {row[head.index("name")]: row[head.index("address")] for row in devices}
        (city.root / "templates" / "juniper_junos").mkdir()
        self.template(())
        for name, address in self.addresses.items():
            device = {"running": FIRST.format(name=name, address=address), "until": 0, "events": [], "fails": ""}
            device |= {"minute": 600, "hold": 0}
            (folder / f"{name}.json").write_text(json.dumps(device), encoding="utf-8")
        self.process = subprocess.Popen(["sleep", "600"])  # what counts as the lab's process
        (city.root / ".lab").mkdir()
        LabState(
            "emulated",
            city.root,
            city.root / ".lab",
            self.process.pid,
            process_start(self.process.pid),
            nodes={name: self.node(name) for name in self.addresses},
            loopback=True,
        ).write()
        city.command = lambda *words: [sys.executable, str(MODEL), str(folder), *words, "-w", str(city.root)]

    def node(self, name: str) -> LabNode:
        """Where a router answers; nothing listens there."""
        from ipaddress import IPv4Address

        host = self.addresses[name].partition("/")[0]
        return LabNode(name, "juniper_junos", "", host, Endpoint(str(loopback_address(IPv4Address(host))), 22))

    def template(self, broken: tuple[str, ...]) -> None:
        """What the routers are to become; those that are `broken` get an address where nobody finds them."""
        text = EDGE.replace("snippets_broken", repr(broken))
        (self.city.root / "templates" / "juniper_junos" / "edge.j2").write_text(text, encoding="utf-8")

    def device(self, name: str, **more: Any) -> dict[str, Any]:
        """A router as it is, after giving it `more`."""
        with self.path(name).open("r+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            found: dict[str, Any] = json.load(stream)
            if more:
                stream.seek(0)
                json.dump({**found, **more}, stream)
                stream.truncate()
        return found

    def path(self, name: str) -> Path:
        """A router's file."""
        return self.folder / f"{name}.json"

    def events(self) -> dict[str, list[str]]:
        """What each router went through since this was asked last."""
        return {name: self.device(name, events=[])["events"] for name in self.addresses}

    def states(self, document: dict[str, Any]) -> dict[str, str]:
        """The routers' states."""
        return {row["name"]: row["state"] for row in document["devices"]}

    def close(self) -> None:
        """End what was begun."""
        for process in (*self.city.processes, self.process):
            process.kill()
            process.wait(PATIENCE)


@pytest.fixture
def junos(tmp_path: Path, make_city: Callable[..., Any]) -> Iterator[Junos]:
    """The routers, wanting something that they do not have yet."""
    (tmp_path / "devices").mkdir()
    made = Junos(make_city(tmp_path / "city", len(NAMES), 79), tmp_path / "devices")
    made.city.revise(2)
    made.city.policy("waves: [1, rest]\n")
    yield made
    made.close()


def test_a_rollout_confirms_over_a_new_login_and_goes_back(junos: Junos) -> None:
    """Every commit waits for its confirmation, given by another login; an abort brings back what was, secrets too."""
    before = {name: junos.device(name)["running"] for name in NAMES}
    assert junos.states(junos.city.json("rollout", "start", "--lab")) == dict.fromkeys(NAMES, "different")
    assert {event for events in junos.events().values() for event in events} == {"login"}
    done = junos.city.start()
    assert (done["phase"], junos.states(done)) == ("done", dict.fromkeys(NAMES, "changed"))
    for events in junos.events().values():
        assert [event for event in events if event != "login"] == ["commit 120", "confirm"]
        assert events[events.index("commit 120") + 1] == "login"
    for name in NAMES:
        assert "server 192.0.2.2;" in junos.device(name)["running"]
        assert junos.device(name)["until"] == 0
    assert junos.states(junos.city.json("rollout", "start", "--lab")) == dict.fromkeys(NAMES, "same")
    back = junos.city.json("rollout", "abort", "--rollback", "--commit")
    returned = [name for name, state in junos.states(back).items() if state == "restored"]
    assert returned == list(NAMES[1:])
    assert [junos.device(name)["running"] for name in returned] == [before[name] for name in returned]
    assert "server" in junos.device(NAMES[0])["running"]


def test_one_that_is_cut_off_comes_back_and_stops_the_rollout(junos: Junos) -> None:
    """The device itself takes back what nobody could confirm; the next wave is not begun."""
    before = {name: junos.device(name)["running"] for name in NAMES}
    junos.template((NAMES[0],))
    junos.device(NAMES[0], minute=2)
    done = junos.city.start()
    assert done["phase"] == "stopped"
    rows = {row["name"]: row for row in done["devices"]}
    assert rows[NAMES[0]]["state"] == "restored"
    assert [rows[name]["state"] for name in NAMES[1:]] == ["waiting", "waiting"]
    assert {name: junos.device(name)["running"] for name in NAMES} == before
    events = junos.events()
    assert [event for event in events[NAMES[0]] if event != "login"] == ["commit 120", "rolled back"]
    assert {event for name in NAMES[1:] for event in events[name]} == {"login"}


@pytest.mark.parametrize(("over", "went"), [(True, ["rolled back", "commit 120", "confirm"]), (False, ["confirm"])])
def test_one_that_was_killed_in_the_middle_is_gone_on_with(
    junos: Junos, kill: Callable[[Any], None], over: bool, went: list[str]
) -> None:
    """Killed while a commit waits: resumed, the device is read first, then changed anew or only confirmed."""
    first = NAMES[0]
    junos.device(first, hold=600, minute=600)
    process = junos.city.begin("rollout", "start", "--lab", "--commit")
    until(lambda: junos.device(first)["events"][-2:] == ["commit 120", "login"])
    kill(process)
    junos.events()
    junos.device(first, hold=0, **({"until": 1} if over else {}))
    done = junos.city.json("rollout", "resume")
    assert (done["phase"], {row["ok"] for row in done["devices"]}) == ("done", {True}), done["devices"]
    assert [event for event in junos.events()[first] if event != "login"] == went
    for name in NAMES:
        assert "server 192.0.2.2;" in junos.device(name)["running"]
        assert junos.device(name)["until"] == 0
