"""What the tests of the mapping share: a small plan, and a mapping built from the text of a table."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

import pytest

from inventory.model import Area, Level
from ipplan import current, hosts, mapping_build, mapping_check
from ipplan.plan import Allocation, Plan, PoolRow

HEAD = "prefix,vrf,owner,function,gateway,hosts,mode,new\n"
Builder = Callable[..., mapping_build.Built]


def allocation(owner: str, prefix: str, function: str = "lan", vrf: str = "default") -> Allocation:
    """A row of the plan."""
    network = ip_network(prefix)
    return Allocation(Area.PUBLIC, vrf, "pool", function, Level.TOWNSHIP, "431382102", owner, network)


@pytest.fixture
def plan() -> Plan:
    """LANs of several sizes, a circuit, a loopback, an owner with two functions, IPv6, a second VRF."""
    pools = (
        PoolRow(Area.PUBLIC, "default", "pool", ip_network("10.20.0.0/16")),
        PoolRow(Area.PUBLIC, "default", "spare", ip_network("10.21.0.0/16")),
        PoolRow(Area.PUBLIC, "default", "pool6", ip_network("2001:db8:20::/48")),
        PoolRow(Area.VPN, "med", "med", ip_network("10.30.0.0/16")),
    )
    rows = [
        allocation("lan-a", "10.20.0.0/24"),
        allocation("lan-b", "10.20.2.0/23"),
        allocation("lan-c", "10.20.4.0/26"),
        allocation("lan-d", "10.20.5.0/24"),
        allocation("ln-e", "10.20.6.0/30", "circuit"),
        allocation("rt-f", "10.20.7.1/32", "loopback"),
        allocation("gov-g", "10.20.8.0/25", "office"),
        allocation("gov-g", "10.20.8.128/25", "video"),
        allocation("ln-h", "10.20.9.0/31", "circuit"),
        allocation("lan-a", "2001:db8:20:1::/64"),
        allocation("lan-m", "10.30.0.0/24", vrf="med"),
    ]
    return Plan(pools, (), tuple(rows))


@pytest.fixture
def build(plan: Plan) -> Builder:
    """Build from rows without the heading; whatever comes out is proven first."""

    def make(rows: str, host_rows: str = "") -> mapping_build.Built:
        table = hosts.parse("old,vrf,new,offset\n" + host_rows) if host_rows else ()
        built = mapping_build.build(current.parse(HEAD + rows), plan, table)
        assert mapping_check.verify(built.mapping) == ()
        return built

    return make
