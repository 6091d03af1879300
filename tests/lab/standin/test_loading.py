"""What a loader sends to a stand-in for which change, and what it cannot carry into a running network."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_interface, ip_network
from typing import TYPE_CHECKING

import pytest

from configs.forwarding.model import Forwarding, Port, PortKind, Static, Switched
from inventory.errors import LabError
from lab.standin.loading import Loader, Ran
from lab.standin.network import assembled
from lab.standin.wiring import PhysicalCable

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class Node:
    """Takes every command; refuses those that begin with `refuses`."""

    said: list[tuple[str, str]] = field(default_factory=list)
    refuses: str = "-"

    def __call__(self, node: str, argv: Sequence[str], text: str = "") -> Ran:
        """Remember it."""
        assert node == "R"
        self.said.append((" ".join(argv), text))
        return Ran(1, "no") if " ".join(argv).startswith(self.refuses) else Ran(0, "")


def port(name: str, *addresses: str, kind: PortKind = PortKind.PHYSICAL, vlan: int = 0) -> Port:
    """A port."""
    return Port(name, kind, 3, tuple(map(ip_interface, addresses)), vlan=vlan)


def router(*ports: Port, name: str = "R", statics: tuple[Static, ...] = ()) -> Forwarding:
    """A router."""
    return Forwarding(name, "huawei", {one.name: one for one in ports}, statics=statics)


NEAR = router(port("E1", "10.0.0.1/24"), port("E2", "10.0.2.1/24"))
FAR = router(port("E1", "10.0.0.2/24"), name="S")
CABLES = [PhysicalCable(("R", "E1"), ("S", "E1"))]


def test_the_same_text_sends_nothing() -> None:
    """No difference, no command."""
    node = Node()
    assert Loader(assembled({"R": NEAR, "S": FAR}, CABLES), node).load_model("R", NEAR).changed == ()
    assert node.said == []


def test_new_before_old() -> None:
    """The new address comes before the routes change, the old one goes behind them; twice is once."""
    node = Node()
    loader = Loader(assembled({"R": NEAR, "S": FAR}, CABLES), node)
    moved = router(
        port("E1", "10.0.0.9/24"), port("E2", "10.0.2.1/24"),
        statics=(Static(ip_network("10.7.0.0/16"), ip_address("10.0.0.2")),),
    )  # fmt: skip
    loaded = loader.load_model("R", moved)
    name = loader.network.built["R"].names.ports["E1"]
    assert loaded.changed == (
        f"ip address add 10.0.0.9/24 dev {name}",
        "+ ip route 10.7.0.0/16 10.0.0.2 60",
        f"ip address delete 10.0.0.1/24 dev {name}",
    )
    commands = [argv.split()[0].rpartition("/")[2] for argv, _ in node.said]
    assert commands == ["sh", "vtysh", "ip", "frr-reload.py", "ip"]
    assert loader.load_model("R", moved).changed == ()


def test_nothing_is_done_that_a_daemon_does_not_understand() -> None:
    """The daemons are asked first: an address does not move for a text that FRR refuses."""
    node = Node(refuses="vtysh -C")
    loader = Loader(assembled({"R": NEAR, "S": FAR}, CABLES), node)
    moved = router(
        port("E1", "10.0.0.9/24"), statics=(Static(ip_network("10.7.0.0/16"), ip_address("10.0.0.2")),)
    )  # fmt: skip
    with pytest.raises(LabError, match="“R” did not take"):
        loader.load_model("R", moved)
    assert not [argv for argv, _ in node.said if argv.startswith("ip ")]


def test_ports_that_come_go_or_lose_their_address() -> None:
    """A new port has no cable and is named; one without address stays plugged in; one that is gone is down."""
    node = Node()
    loader = Loader(assembled({"R": NEAR, "S": FAR}, CABLES), node)
    names = loader.network.built["R"].names.ports
    loaded = loader.load_model("R", router(port("E1"), port("E3", "10.0.3.1/24")))
    assert [(one.line, one.touches) for one in loaded.left] == [(3, "routes")]
    assert loaded.changed == (
        f"ip link set dev {names['E2']} down",
        f"ip address delete 10.0.0.1/24 dev {names['E1']}",
        f"ip address delete 10.0.2.1/24 dev {names['E2']}",
    )


def test_a_trunk_that_carries_other_vlans() -> None:
    """A VLAN that goes leaves its bridge; one that comes has no cable and is named."""
    trunk = replace(port("E1"), switched=Switched(0, frozenset({10})))
    switch = Forwarding("R", "huawei", {"E1": trunk}, vlans=frozenset({10}))
    other = replace(switch, name="S")
    node = Node()
    loader = Loader(assembled({"R": switch, "S": other}, CABLES), node)
    lane = loader.network.built["R"].names.lanes["E1", 10]
    changed = replace(trunk, switched=Switched(0, frozenset({20})))
    loaded = loader.load_model("R", Forwarding("R", "huawei", {"E1": changed}, vlans=frozenset({10, 20})))
    assert loaded.changed == (f"ip link set dev {lane} nomaster", f"ip link set dev {lane} down")
    assert [str(one.reason) for one in loaded.left] == ["VLAN 20 has no cable at “E1”"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            port("E1.10", "10.0.0.1/24", kind=PortKind.SUB, vlan=10),
            port("E1.10", "10.0.0.1/24", kind=PortKind.SUB, vlan=20),
        ),
        (
            replace(port("E1", "10.0.0.1/24", kind=PortKind.AGGREGATE), members=("E8", "E9")),
            port("E1", "10.0.0.1/24", kind=PortKind.AGGREGATE),
        ),
        (
            replace(port("E1"), switched=Switched(0, frozenset({10}))),
            replace(port("E1"), switched=Switched(10, frozenset())),
        ),
    ],
    ids=["tag", "aggregate", "untagged"],
)
def test_an_end_that_the_other_one_hears_no_more_is_down(before: Port, after: Port) -> None:
    """The cable was laid for a tag, or an aggregate's ports: another one passes nothing, and that is said."""

    def switch(one: Port, name: str) -> Forwarding:
        ports = (
            {one.name: one} if one.kind is not PortKind.SUB else {"E1": port("E1"), one.name: replace(one, parent="E1")}
        )
        return Forwarding(name, "huawei", ports, vlans=frozenset({10}))

    node = Node()
    loader = Loader(assembled({"R": switch(before, "R"), "S": switch(before, "S")}, CABLES), node)
    names = loader.network.built["R"].names
    short = names.lanes.get(("E1", 10)) or names.ports[before.name]
    there = loader.load_model("R", switch(after, "R"))
    assert there.changed == (f"ip link set dev {short} down",)
    assert [(one.line, one.touches, one.weak) for one in there.left] == [(3, "routes", False)]
    back = loader.load_model("R", switch(before, "R"))
    assert (back.changed, back.left) == ((f"ip link set dev {short} up",), ())


def test_a_port_that_only_a_later_text_uses_is_cabled() -> None:
    """Bare today, it has its address once that text is loaded; without the promise it has no cable."""
    bare, joins = router(port("E2", "10.0.2.1/24")), NEAR
    node = Node()
    alone = Loader(assembled({"R": bare, "S": FAR}, CABLES), node)
    assert any("no cable" in str(one.reason) for one in alone.load_model("R", joins).left)
    node = Node()
    loader = Loader(assembled({"R": bare, "S": FAR}, CABLES, later={"R": [joins]}), node)
    loaded = loader.load_model("R", joins)
    assert not loaded.left
    short = loader.built["R"].names.ports["E1"]
    assert f"ip address add 10.0.0.1/24 dev {short}" in loaded.changed
    assert any(
        ("R", short) in (cable.a, cable.b) and "S" in (cable.a[0], cable.b[0]) for cable in loader.network.spec.cables
    )
