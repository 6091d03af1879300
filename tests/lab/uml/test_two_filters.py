"""nftables on namespaces and iptables in User-mode Linux do the same with the same packets, in a VRF too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.standin.target import Target
from tests.lab.crossing import Crossing
from tests.lab.uml.conftest import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.lab
VRF = "red"
SHORT, WHOLE = (3, 10, 11), range(12, 212)


@pytest.fixture(scope="module")
def crossings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crossing, Crossing]]:
    """One on namespaces, one in a machine, with another device there whose ports are in a VRF."""
    if lacking:
        pytest.skip(str(lacking[0]))
    log = tmp_path_factory.mktemp("crossings")
    with Crossing(Target.NETNS, log / "nft", [""]) as plain, Crossing(Target.UML, log / "uml", ["", VRF]) as machine:
        yield plain, machine


def agree(crossings: tuple[Crossing, Crossing], numbers: Sequence[int]) -> None:
    """They let the same packets through, and not none or all of them in every case."""
    plain, machine = crossings
    counts = set()
    for number in numbers:
        wanted = plain.pass_through(number)
        counts.add(len(wanted))
        for vrf in ("", VRF):
            found = machine.pass_through(number, vrf)
            assert found == wanted, (number, vrf, sorted(map(str, found ^ wanted)))
    assert len(counts) > len(numbers) // 4, counts


def test_a_few_devices(crossings: tuple[Crossing, Crossing]) -> None:
    """Some 250 packets of both families: zones, port filters, security levels, each with translations."""
    agree(crossings, SHORT)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_devices(crossings: tuple[Crossing, Crossing]) -> None:
    """The same with two hundred more."""
    agree(crossings, WHOLE)
