"""The short timers of a lab's start: who meets is who meets without them, and nothing of them is left."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.netns import process
from lab.netns.accounts import accounts
from lab.netns.entering import inside
from lab.netns.parts import Part, joined
from lab.netns.router import router
from lab.netns.spec import Cable, Folder, LabSpec, NodeSpec
from lab.netns.warming import short
from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lab.netns.process import Running

PAIRS = st.tuples(st.integers(0, 40), st.integers(1, 160))
OWN = Part(folders={"/tmp": Folder(0o1777), "/var/log": Folder(), "/var/tmp": Folder(0o1777)})

# By node: each port's lines, and those of its process. Ports are called after who is at the other end.
P2P = "ip ospf network point-to-point"
NET: dict[str, tuple[dict[str, list[str]], list[str]]] = {
    "a": ({"to-b": [P2P], "to-d": [P2P], "lan": ["ip ospf passive"]}, ["timers throttle lsa all 3000"]),
    "b": (
        {
            "to-a": [P2P, "ip ospf dead-interval 40", "ip ospf retransmit-interval 7"],
            "to-c": ["ip ospf hello-interval 3", "ip ospf priority 9"],
        },
        ["timers throttle spf 10 100 2000", "timers lsa min-arrival 500"],
    ),
    "c": ({"to-b": ["ip ospf hello-interval 3", "ip ospf dead-interval 12"]}, []),
    # Other timers than at the other end: these two never meet.
    "d": ({"to-a": [P2P, "ip ospf hello-interval 20", "ip ospf dead-interval 40"]}, []),
    # One that speaks nowhere.
    "e": ({}, []),
}
MET = {"a": {"to-b"}, "b": {"to-a", "to-c"}, "c": {"to-b"}, "d": set(), "e": set()}
ADDRESSES = {
    ("a", "to-b"): "10.0.0.1/30",
    ("b", "to-a"): "10.0.0.2/30",
    ("b", "to-c"): "10.0.0.5/30",
    ("c", "to-b"): "10.0.0.6/30",
    ("a", "to-d"): "10.0.0.9/30",
    ("d", "to-a"): "10.0.0.10/30",
    ("a", "lan"): "10.0.1.1/24",
}


def network() -> LabSpec:
    """The four, without a warm-up; what `c` speaks on is told by its process."""
    nodes = []
    for number, (name, (ports, timers)) in enumerate(NET.items(), 1):
        area = [] if name == "c" else [" ip ospf area 0.0.0.0"]
        own = [" network 10.0.0.0/16 area 0.0.0.0"] if name == "c" else []
        lines = [f"hostname {name}"]
        for port, words in ports.items():
            said = [f" {word}" for word in words]
            lines += [f"interface {port}", f" ip address {ADDRESSES[name, port]}", *area, *said, "exit"]
        lines += ["router ospf", f" ospf router-id 10.255.0.{number}", *own, *(f" {one}" for one in timers), "exit"]
        part = joined(OWN, accounts(), router("\n".join([*lines, ""]), agentx=False))
        script = "set -e\n" + "\n".join(part.lines) + "\n"
        nodes.append(
            NodeSpec(name, settings={"ipv4/ip_forward": "1"}, files=part.files, folders=part.folders, script=script)
        )
    nodes.append(NodeSpec("pc"))
    part = joined(OWN, accounts(), router("hostname f\n", agentx=False))
    script = "set -e\n" + "\n".join(part.lines) + "\n"
    nodes.append(NodeSpec("f", files=part.files, folders=part.folders, script=script))  # without OSPF
    ends = [
        *[(("a", "to-b"), ("b", "to-a")), (("b", "to-c"), ("c", "to-b"))],
        *[(("a", "to-d"), ("d", "to-a")), (("a", "lan"), ("pc", "eth0"))],
    ]
    return LabSpec(tuple(nodes), tuple(Cable(*pair) for pair in ends))


@contextmanager
def running(spec: LabSpec, folder: Path) -> Iterator[Running]:
    """The lab, until the block ends; every node has started."""
    folder.mkdir()
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        lab = process.start(spec, folder / "log", lambda _: None, lambda _: None, inherit=lock, owned=True)
    finally:
        os.close(lock)
    try:
        assert not lab.failed
        yield lab
    finally:
        process.end(lab.pid, lab.keeper)


def shown(lab: Running, node: str, question: str) -> str:
    """What a router says."""
    done = subprocess.run(
        inside(lab.keeper, node, ["vtysh", "-c", question]), capture_output=True, text=True, check=True
    )
    return done.stdout


def full(lab: Running, node: str) -> dict[str, Any]:
    """The neighbours that are Full, by port."""
    found = json.loads(shown(lab, node, "show ip ospf neighbor json")).get("neighbors", {})
    return {
        one["ifaceName"].partition(":")[0]: one
        for several in found.values()
        for one in several
        if (one.get("nbrState") or one["state"]).startswith("Full")
    }


@pytest.mark.lab
def test_routers_have_met_and_run_what_they_are_to_run(tmp_path: Path) -> None:
    """The configuration is that of a cold start to the letter; who must not meet has not; hellos come at their pace."""
    with running(network(), tmp_path / "cold") as lab:
        # Addresses reach ospfd a moment behind the configuration.
        timers = {name: until(partial(_timers, lab, name)) for name, (ports, _) in NET.items() if ports}
        texts = {name: shown(lab, name, "show running-config") for name in NET}
    assert "throttle lsa all 3000" in texts["a"]
    assert timers["b"]["to-c"][:2] == (3000, 12)
    with running(replace(network(), warm=True), tmp_path / "warm") as lab:
        assert {name: set(full(lab, name)) for name in NET} == MET
        assert {name: shown(lab, name, "show running-config") for name in NET} == texts
        assert {name: _timers(lab, name) for name in timers} == timers
        # The real hellos are taken: the time that a neighbour has left goes up again.
        left = [full(lab, "b")["to-c"]["deadTimeMsecs"]]

        def went_up() -> bool:
            left.append(full(lab, "b")["to-c"]["deadTimeMsecs"])
            return bool(left[-1] > left[-2])

        until(went_up)
        assert {name: set(full(lab, name)) for name in NET} == MET


def _timers(lab: Running, node: str) -> dict[str, tuple[int, int, int]]:
    """Each port's hello interval in milliseconds, dead interval and retransmission in seconds; none until all speak."""
    found = json.loads(shown(lab, node, "show ip ospf interface json"))["interfaces"]
    made = {
        name: (one.get("timerMsecs", 0), one["timerDeadSecs"], one["timerRetransmitSecs"])
        for name, one in found.items()
        if one.get("ospfEnabled")
    }
    return made if made.keys() >= NET[node][0].keys() else {}


@given(first=st.sets(PAIRS, max_size=6), more=st.sets(PAIRS, max_size=6))
def test_no_two_pairs_become_the_same(first: set[tuple[int, int]], more: set[tuple[int, int]]) -> None:
    """Nor one that somebody has; the dead interval gets no shorter; what was chosen stays when others come."""
    chosen = short(first, {})
    later = short(first | more, chosen)
    assert later.items() >= chosen.items()
    assert len(set(later.values())) == len(later)
    assert not set(chosen.values()) & first
    assert not {later[pair] for pair in later.keys() - chosen.keys()} & (first | more)
    assert all(hello == 1 and dead >= real[1] for real, (hello, dead) in later.items())
    assert {pair for pair in first | more if pair[0] > 2 and pair[1] > 9} == later.keys()
