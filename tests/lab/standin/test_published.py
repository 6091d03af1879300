"""Published networks: every one that is wholly carried comes up, and whoever has a route reaches the other.

The networks are Huawei's own configuration examples (../shared/corpus/scenarios). Whom a device must reach is told by
`lab.standin.expected`, a calculation of its own. Several networks run at a time.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from inventory.errors import LabError
from lab.standin.expected import pairs
from lab.standin.network import network_of
from lab.standin.running import start
from lab.standin.target import Target
from tests.conftest import CORPUS
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from lab.standin.expected import Pair
    from lab.standin.network import Network

pytestmark = [pytest.mark.lab, pytest.mark.corpus]
LEAST = 100
"""Networks that must be wholly carried, on both targets together."""
AT_ONCE = {Target.NETNS: 6, Target.UML: 3}


@dataclass(frozen=True)
class Outcome:
    """What became of a network: pairs that were expected, those that stayed silent, what daemons refused."""

    name: str
    expected: int
    silent: tuple[Pair, ...]
    refused: tuple[str, ...]


def texts(name: str) -> dict[str, tuple[str, str]]:
    """A published network's devices."""
    files = sorted((CORPUS / "scenarios" / name).glob("*.cfg"))
    return {file.stem.replace(" ", "-"): ("huawei", file.read_text(encoding="utf-8")) for file in files}


def published() -> list[str]:
    """The names of all networks."""
    return sorted(path.name for path in (CORPUS / "scenarios").iterdir() if path.is_dir())


def carried(names: list[str]) -> dict[str, Network]:
    """Those that are wholly carried, on the cheaper target."""
    found = {}
    for name in names:
        for target in Target:
            network = network_of(texts(name), target=target)
            if all(built.carried for built in network.built.values()):
                found[name] = network
                break
    return found


def run(name: str, network: Network, log: Path) -> Outcome:
    """Start a network and wait until nobody is silent."""
    waiting = list(pairs(network.devices, network.wiring))
    count = len(waiting)
    with start(network, log) as standing:
        refused = [
            f"{device}: {line}"
            for device in network.devices
            for line in standing.run(device, ["cat", "/run/lab/log"]).said.splitlines()
            if line.startswith("%") or "rejected" in line
        ]
        end = time.monotonic() + PATIENCE
        while waiting and time.monotonic() < end:
            waiting = [
                pair
                for pair in waiting
                if standing.run(pair.source, ["ping", "-n", "-c", "1", "-W", "1", str(pair.address)]).status
            ]
    return Outcome(name, count, tuple(waiting), tuple(refused))


def attempt(name: str, network: Network, log: Path) -> Outcome:
    """The same; a network that does not start is an outcome, too."""
    try:
        return run(name, network, log)
    except LabError as error:
        return Outcome(name, 0, (), (str(error),))


def campaign(networks: dict[str, Network], folder: Path) -> list[Outcome]:
    """All of them, some at a time."""
    outcomes: list[Outcome] = []
    for target, workers in AT_ONCE.items():
        chosen = {name: network for name, network in networks.items() if network.target is target}
        with ThreadPoolExecutor(workers) as pool:
            outcomes += pool.map(lambda item: attempt(*item, folder / item[0]), chosen.items())
    return outcomes


def judge(outcomes: list[Outcome]) -> None:
    """Nobody silent, nothing refused."""
    silent = [f"{one.name}: {pair}" for one in outcomes for pair in one.silent]
    refused = [f"{one.name}: {line}" for one in outcomes for line in one.refused]
    assert not silent, silent
    assert not refused, refused


def test_some_published_networks(tmp_path: Path) -> None:
    """One of each protocol: OSPF, IS-IS, RIP, BGP, VRRP, static routes."""
    names = ["configuring-basic-ospf-functions", "configuring-is-is-dis-election", "configuring-split-horizon"]
    names += ["configuring-dynamic-bfd-for-rip", "configuring-bgp-load-balancing"]
    networks = carried(names)
    assert sorted(networks) == sorted(names)
    outcomes = campaign(networks, tmp_path)
    judge(outcomes)
    assert sum(one.expected for one in outcomes) >= 60


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_every_carried_network(tmp_path: Path) -> None:
    """At least a hundred published networks are wholly carried, and in none of them a pair is silent."""
    networks = carried(published())
    assert len(networks) >= LEAST
    outcomes = campaign(networks, tmp_path)
    judge(outcomes)
    print(len(networks), "networks,", sum(one.expected for one in outcomes), "pairs")  # noqa: T201 - for the record
