"""The main job on real daemons in network namespaces: routes, reachability, tunnels, counters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo.conftest import Ran

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def ran(run_demo: Callable[..., Ran]) -> Ran:
    """The demo with all 87 devices, their hosts and the internet."""
    return run_demo("--lab", "netns", seconds=840)


@pytest.fixture(scope="module")
def checks(ran: Ran) -> dict[str, dict[str, Any]]:
    """What was looked at in the running network, by name."""
    return {check["name"]: check for check in ran.step("network")["detail"]["checks"]}


def test_every_step_is_done(ran: Ran) -> None:
    """The whole story succeeds on real FRR, sshd, snmpd, nftables and strongSwan."""
    assert ran.code == 0, ran.document
    assert ran.document["ok"] is True


def test_routers_reach_ospf_full(checks: dict[str, dict[str, Any]]) -> None:
    """20 circuits between 21 routers: 40 times Full."""
    assert checks["ospf-full"]["detail"] == {"routers": 21, "full": 40}


def test_planned_lans_are_in_the_cores_table(checks: dict[str, dict[str, Any]]) -> None:
    """Every township's planned LAN prefix is a route of the core."""
    assert checks["lan-prefixes"]["ok"]
    assert len(checks["lan-prefixes"]["detail"]["prefixes"]) == 20


def test_townships_reach_the_servers(checks: dict[str, dict[str, Any]]) -> None:
    """A ping from each township's LAN to the city's server LAN passes."""
    assert checks["township-to-server"]["detail"]["failed"] == []
    assert len(checks["township-to-server"]["detail"]["from"]) == 20


def test_the_internet_does_not(checks: dict[str, dict[str, Any]]) -> None:
    """The internet host reaches its carrier, and nothing in the server LAN answers it."""
    detail = checks["internet-to-server"]["detail"]
    assert detail == {"control_reached": True, "ping_answered": [], "http_answered": []}


def test_units_tunnels_carry_traffic(checks: dict[str, dict[str, Any]]) -> None:
    """65 tunnels are up, and the gateway's counters saw each unit's ping."""
    assert checks["tunnels"]["detail"]["established"] == 65
    assert checks["unit-to-server"]["detail"]["failed"] == []
    assert checks["unit-to-server"]["detail"]["tunnels_that_carried"] == 65


def test_nothing_changes_the_second_time(ran: Ran) -> None:
    """Pushing again sends 0 lines to real FRR and to real Linux gateways."""
    again = ran.step("push-again")["detail"]
    assert (again["devices"], again["changed"], again["added"], again["removed"]) == (87, 0, 0, 0)


def test_counters_grow(ran: Ran) -> None:
    """All 87 real SNMP agents answer, and their ifHCInOctets grow."""
    detail = ran.step("poll")["detail"]
    assert detail["devices"] == detail["if_hc_in_octets_grew"] == 87


def test_findings_cite_lines_of_the_archive(ran: Ran) -> None:
    """The audit's evidence stands in the archived configurations."""
    detail = ran.step("audit")["detail"]
    assert detail["cited_lines"] > 0
    assert detail["cited_lines_not_in_the_archive"] == []


def test_stand_ins_are_named(ran: Ran) -> None:
    """The report says which devices were played by something else."""
    played = {item["device"]: item["stand_in"] for item in ran.step("lab")["detail"]["substitutions"]}
    assert played["fw-border"] == "linux"
    assert played["core-city"] == "frr"
    assert len(played) == 12
