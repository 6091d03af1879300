"""The example of 涟源: planned completely, and the committed plan is what the planner makes."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from inventory import workspace
from inventory.model import LineKind
from ipplan import allocate, checks, plan, policy_file, usage

if TYPE_CHECKING:
    from pathlib import Path


def test_the_committed_plan_is_what_make_writes(lianyuan: Path) -> None:
    """From nothing and from the committed plan: the same bytes as examples/lianyuan/plan/plan.csv."""
    inventory = workspace.load(lianyuan).inventory
    rules = policy_file.load(lianyuan / "plan" / "policy.yaml")
    committed = (lianyuan / "plan" / "plan.csv").read_text(encoding="utf-8")
    assert plan.to_text(allocate.make(inventory, rules, None)) == committed
    assert plan.to_text(allocate.make(inventory, rules, plan.parse(committed))) == committed


def test_everything_of_the_example_is_planned(lianyuan: Path) -> None:
    """Twenty townships and 65 units: every circuit and LAN has a prefix, every network device a loopback."""
    inventory = workspace.load(lianyuan).inventory
    planned = plan.read(lianyuan / "plan" / "plan.csv")
    rules = policy_file.load(lianyuan / "plan" / "policy.yaml")
    assert checks.check(planned, inventory, rules) == ()
    owners = {row.owner for row in planned.allocations}
    kinds = (LineKind.CIRCUIT, LineKind.LAN)
    assert owners >= {line.name for line in inventory.lines.values() if line.kind in kinds}
    assert owners >= {device.name for device in inventory.devices.values() if device.role != "unit-vpn-gateway"}
    assert len(planned.blocks) == 20


def test_the_example_claims_nothing_national(lianyuan: Path) -> None:
    """All its space is RFC 1918: neither public space nor 59.192.0.0/10, said to be the extranet's own."""
    planned = plan.read(lianyuan / "plan" / "plan.csv")
    assert all(row.prefix.is_private for row in planned.rows())
    assert not any(row.prefix.overlaps(ip_network("59.192.0.0/10")) for row in planned.rows())
    policy_text = (lianyuan / "plan" / "policy.yaml").read_text(encoding="utf-8")
    assert "虚构" in policy_text
    assert "invented" in policy_text


def test_how_full_the_example_is(lianyuan: Path) -> None:
    """Utilisation adds up, and every township's LAN can double where it stands."""
    planned = plan.read(lianyuan / "plan" / "plan.csv")
    pools = {entry.pool: entry for entry in usage.pools(planned)}
    assert pools["loopbacks"].allocated == 22
    assert pools["circuits"].allocated == 4 * 21
    assert sum(entry.allocations for entry in pools.values()) == len(planned.allocations)
    for entry in pools.values():
        assert 0 < entry.share < 1
        assert entry.largest_free is not None
    blocks = usage.blocks(planned)
    assert [entry.allocations for entry in blocks] == [1] * 20
    assert {entry.share for entry in blocks} == {0.5}
    room = usage.doublings(planned)
    assert all(count >= 1 for row, count in room.items() if row.function in {"township-lan", "unit-lan", "server-lan"})
