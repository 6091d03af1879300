"""Counties of the example 上饶 as they are: VRP, IOS and FRR beside each other, each spoken to in its own language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1800)]
# Seconds for which a pair may be without an answer while addresses change places.
AWAY = 1.0
# And otherwise, on a machine that is busy with other tests: a neighbour that OSPF loses is away for a second or more.
BLINK = 0.5


def sound(done: dict[str, Any], blink: float = 0.0) -> None:
    """Every pair at every point; nothing lost for longer than a blink but in prefer, and there no longer than `AWAY`.

    A blink: while Linux takes an address away it has no route until zebra has had its turn. That is a millisecond,
    which one probe may meet; where it may be more, `blink` says how many seconds.
    """
    assert {finding["kind"] for finding in done["findings"]} <= {"loss"}
    lost = [
        (leg["stage"], leg["way"], row) for leg in done["legs"] if leg["stage"] != "prefer" for row in leg["losses"]
    ]
    long = [one for one in lost if one[2]["longest"] > blink and any(gap["count"] > 1 for gap in one[2]["gaps"])]
    assert not long, json.dumps(long, ensure_ascii=False)
    assert all(leg["longest"] <= AWAY for leg in done["legs"])
    assert all(seen["passed"] for leg in done["legs"] for seen in leg["matrix"])


def test_two_townships_keep_their_way(tmp_path: Path, rehearse_example: Callable[..., Any]) -> None:
    """A hub, stubs of VRP and of IOS: their primary addresses change places, and temporary routes carry packets."""
    where = "name in (cr-yushan, rt-yushan-bingxi, rt-yushan-wencheng)"
    done = rehearse_example(tmp_path / "city", where, "--once", "--late", "5")
    sound(done, BLINK)
    prefer = next(leg for leg in done["legs"] if leg["stage"] == "prefer")
    assert (prefer["probes"] > 100, len(prefer["devices"])) == (True, 2)


@pytest.mark.soak
def test_three_vendors_there_and_back(tmp_path: Path, rehearse_example: Callable[..., Any]) -> None:
    """Nothing is lost but in prefer, where VRP and IOS lose their neighbour; every text returns."""
    where = "name in (cr-yushan, rt-yushan-bingxi, rt-yushan-wencheng, rt-yushan-linhu)"
    done = rehearse_example(tmp_path / "city", where)
    sound(done)
    assert {one["platform"] for one in done["stand_ins"]} == {"huawei", "cisco_ios"}
    sent = [(leg["stage"], leg["way"]) for leg in done["legs"] if leg["devices"]]
    assert sent == [(stage, way) for stage in ("add", "prefer", "remove") for way in ("forth", "back", "again")]


@pytest.mark.soak
def test_a_county(tmp_path: Path, rehearse_example: Callable[..., Any]) -> None:
    """19 devices: every pair at every point, every text as it was."""
    where = "county=361123 and role in (township-router, county-core)"
    done = rehearse_example(tmp_path / "city", where)
    sound(done)
    assert len(done["devices"]) == 19
