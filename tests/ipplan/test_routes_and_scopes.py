"""VRFs that exchange routes, squatted space, and the rule that only 国家公共IP talks to central networks."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_interface, ip_network
from typing import TYPE_CHECKING

import pytest

from inventory.errors import InputError
from inventory.model import Area, Flow, Level, Vrf, Zone
from ipplan import allocate, checks, policy, policy_file, routes
from ipplan.networks import squats
from ipplan.plan import parse, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.model import Inventory

TOWNSHIPS = {"a": 20, "b": 50}
POLICY = """
routing:
  asn: 64900
  vrfs:
    - {{name: default, number: 1}}
    - {{name: tax, number: 101{tax}}}
    - {{name: video, number: 102{video}}}
pools:
  - {{name: public, area: public, prefixes: [10.20.0.0/18]}}
  - {{name: tax, area: vpn, vrf: tax, prefixes: [10.40.0.0/20]}}
  - {{name: video, area: vpn, vrf: video, prefixes: [{space}]}}
functions:
  - {{name: lan, pool: public, for: lan, ipv4: {{length: 26}}}}
  - {{name: tax, pool: tax, for: lan, where: role = township-router, ipv4: {{length: 26}}}}
  - {{name: video, pool: video, for: lan, where: role = township-router, ipv4: {{length: 27}}}}
"""
TO_TAX = ', import_rt: ["{asn}:{vrf_number}", "{asn}:101"]'


def in_vrfs(inventory: Inventory) -> Inventory:
    """The city with two business VRFs."""
    known = {name: Vrf(name, "", Area.VPN) for name in ("tax", "video")}
    return replace(inventory, vrfs={**inventory.vrfs, **known})


def found(inventory: Inventory, rules: policy.Policy) -> list[str]:
    """The codes of what is wrong with the plan that is made and read again."""
    problems = checks.check(parse(to_text(allocate.make(inventory, rules, None))), inventory, rules)
    for problem in problems:
        assert problem.in_language("zh_CN") != problem.in_language("en")
        assert str(problem.hint)
        assert problem.line or not problem.file.endswith("plan.csv")
    return [problem.code for problem in problems]


def test_rules_become_distinguishers_and_targets(city: Callable[..., Inventory]) -> None:
    """Templates are filled in for each VRF, stand in plan.csv, and come back from it."""
    rules = policy_file.parse(POLICY.format(tax="", video=TO_TAX, space="10.50.0.0/20"))
    plan = allocate.make(in_vrfs(city(TOWNSHIPS)), rules, None)
    assert [(row.vrf, row.rd, row.import_rt, row.export_rt) for row in plan.vrf_rows] == [
        ("default", "64900:1", ("64900:1",), ("64900:1",)),
        ("tax", "64900:101", ("64900:101",), ("64900:101",)),
        ("video", "64900:102", ("64900:102", "64900:101"), ("64900:102",)),
    ]
    again = parse(to_text(plan))
    assert again == plan
    assert again.vrfs["video"].rd == "64900:102"
    assert to_text(plan).startswith(
        "kind,area,vrf,pool,function,family,level,region,owner,prefix,rd,import_rt,export_rt\n"
    )


@pytest.mark.parametrize(
    ("tax", "video", "space", "expected"),
    [
        ("", "", "10.40.0.0/20", set()),  # worlds of their own may overlap
        ("", TO_TAX, "10.50.0.0/20", set()),  # exchanged and apart
        ("", TO_TAX, "10.40.0.0/20", {"exchanged-overlap"}),
        ("", TO_TAX, "10.40.0.0/16", {"exchanged-overlap"}),
        (', export_rt: ["{asn}:9"]', TO_TAX, "10.40.0.0/20", set()),  # nobody exports what is imported
    ],
)
def test_overlaps_between_vrfs_that_exchange_routes(
    city: Callable[..., Inventory], tax: str, video: str, space: str, expected: set[str]
) -> None:
    """The same addresses in two VRFs are a fault only if both come into one table."""
    rules = policy_file.parse(POLICY.format(tax=tax, video=video, space=space))
    assert set(found(in_vrfs(city(TOWNSHIPS)), rules)) == expected


def test_two_that_a_third_imports_meet_there(city: Callable[..., Inventory]) -> None:
    """Hub and spokes: the spokes do not see each other, and still meet in the hub's table."""
    hub = ', import_rt: ["{asn}:101", "{asn}:102"]'
    text = POLICY.format(tax="", video="", space="10.40.0.0/20").replace("number: 1}", f"number: 1{hub}}}")
    assert set(found(in_vrfs(city(TOWNSHIPS)), policy_file.parse(text))) == {"exchanged-overlap"}


def test_the_inventory_may_not_say_otherwise(city: Callable[..., Inventory]) -> None:
    """An RD in zones.yaml that is not what the rules give is a fault; none there is fine."""
    rules = policy_file.parse(POLICY.format(tax="", video="", space="10.50.0.0/20"))
    inventory = in_vrfs(city(TOWNSHIPS))
    assert found(inventory, rules) == []
    other = replace(inventory.vrfs["tax"], rd="64900:999")
    assert found(replace(inventory, vrfs={**inventory.vrfs, "tax": other}), rules) == ["rd-differs"]
    plan = allocate.make(inventory, rules, None)
    changed = policy_file.parse(POLICY.format(tax=TO_TAX, video="", space="10.50.0.0/20"))
    assert [problem.code for problem in checks.check(plan, inventory, changed)] == ["vrf-differs"]


@pytest.mark.parametrize(
    ("prefix", "foreign"),
    [
        ("10.0.0.0/8", False),
        ("100.64.0.0/10", False),
        ("172.16.0.0/12", False),
        ("203.0.113.0/24", False),
        ("fd12::/48", False),
        ("2001:db8::/32", False),
        ("8.0.0.0/8", True),
        ("19.0.0.0/8", True),
        ("32.0.0.0/8", True),
        ("172.32.0.0/16", True),
        ("0.0.0.0/0", True),
        ("2001:250::/32", True),
    ],
)
def test_public_space_of_others(prefix: str, foreign: bool) -> None:
    """Private, shared, documentation and unique local space is free to use, all else is somebody's."""
    assert squats(ip_network(prefix)) == foreign
    assert not squats(ip_network(prefix), [ip_network(prefix)])


def test_squatted_space_is_found(city: Callable[..., Inventory], policy_text: str) -> None:
    """In a pool and as a device's address, unless the policy says that it is ours."""
    text = policy_text.replace("10.20.0.0/18", "19.20.0.0/18")
    inventory = city(TOWNSHIPS)
    device = replace(inventory.devices["core"], address=ip_interface("8.1.1.1/24"))
    inventory = replace(inventory, devices={**inventory.devices, "core": device})
    assert found(inventory, policy_file.parse(text)) == ["squatted-space"] * 2
    assert found(inventory, policy_file.parse("assigned: [19.0.0.0/8, 8.1.0.0/16]\n" + text)) == []


SCOPED = """
pools:
  - {name: national, area: public, scope: national, prefixes: [10.96.0.0/24]}
  - {name: local, area: public, scope: local, prefixes: [10.20.0.0/18]}
  - {name: other, area: public, prefixes: [10.30.0.0/18]}
functions:
  - {name: exchange, pool: national, for: lan, where: name = core, ipv4: {length: 26}}
  - {name: a, pool: local, for: lan, where: name = rt-a, ipv4: {length: 26}}
  - {name: b, pool: other, for: lan, where: name = rt-b, ipv4: {length: 26}}
"""


@pytest.mark.parametrize(
    ("device", "scope", "expected"),
    [
        ("core", "", []),
        ("core", "national", []),
        ("core", "local", ["local-to-central", "scope-differs"]),
        ("rt-a", "", ["local-to-central"]),
        ("rt-a", "local", ["local-to-central"]),
        ("rt-a", "national", ["local-to-central", "scope-differs"]),
        ("rt-b", "", ["scope-unknown"]),
        ("rt-b", "national", []),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_only_national_addresses_talk_to_central_networks(
    city: Callable[..., Inventory], device: str, scope: str, expected: list[str], turned: bool
) -> None:
    """Whichever side begins: a zone's scope and its LANs' pools decide, and what is not known is not allowed."""
    inventory = city(TOWNSHIPS)
    port = "e0" if device == "core" else "eth2"
    zones = {
        "up": Zone("up", "", Area.PUBLIC, scope="central", interfaces=(("core", "e99"),)),
        "here": Zone("here", "", Area.PUBLIC, scope=scope, interfaces=((device, port),)),
    }
    names = ("here", "up") if turned else ("up", "here")
    inventory = replace(inventory, zones=zones, flows=(Flow("f", *names, ("https",)),))
    assert sorted(found(inventory, policy_file.parse(SCOPED))) == expected


def test_zones_that_never_meet_central_ones_are_free(city: Callable[..., Inventory]) -> None:
    """Without a flow to a central zone nothing is asked; nor in 专用网络区."""
    inventory = city(TOWNSHIPS)
    up = Zone("up", "", Area.PUBLIC, scope="central")
    here = Zone("here", "", Area.PUBLIC, interfaces=(("rt-a", "eth2"),))
    rules = policy_file.parse(SCOPED)
    assert found(replace(inventory, zones={"up": up, "here": here}), rules) == []
    flows = (Flow("f", "up", "here", ("https",)),)
    assert found(replace(inventory, zones={"up": up, "here": replace(here, area=Area.VPN)}, flows=flows), rules) == []


NUMBERS = """
routing:
  asn: 64900
  regions:
    {regions}
  vrfs:
    - {{name: default, number: 1}}
"""


def with_numbers(regions: str) -> policy.Policy:
    """The policy with rules for AS numbers of regions."""
    rest = POLICY.split("pools:")[1].format(tax="", video="", space="10.50.0.0/20")
    return policy_file.parse(NUMBERS.format(regions=regions) + "pools:" + rest)


def test_regions_have_as_numbers_of_their_own(city: Callable[..., Inventory]) -> None:
    """A list and a formula; they stand in plan.csv, come back from it, and do not depend on who else is there."""
    inventory = in_vrfs(city(TOWNSHIPS, counties=2))
    counties = [code for code, region in inventory.regions.items() if region.level is Level.COUNTY]
    township = next(code for code, region in inventory.regions.items() if region.parent == counties[1])
    rules = with_numbers(f'- {{level: county, base: 65000, digits: 2, numbers: {{"{counties[0]}": 65100}}}}')
    plan = allocate.make(inventory, rules, None)
    formula = 65000 + int(counties[1][-2:])
    assert [(row.region, row.asn) for row in plan.as_rows] == [(counties[0], 65100), (counties[1], formula)]
    again = parse(to_text(plan))
    assert again == plan
    assert checks.check(again, inventory, rules) == ()
    assert routes.distinguisher(plan, inventory, "default", township) == f"{formula}:1"
    assert routes.distinguisher(plan, inventory, "default", inventory.regions[counties[1]].parent) == "64900:1"
    assert routes.distinguisher(plan, inventory, "nobody", township) == ""
    smaller = in_vrfs(city({"b": 50}, counties=1))
    numbers = {row.region: row.asn for row in allocate.make(smaller, rules, plan).as_rows}
    assert numbers == {counties[0]: 65100}


def test_as_numbers_that_cannot_be(city: Callable[..., Inventory]) -> None:
    """Unknown codes, one number for two regions or for a region and all the rest, numbers that are too large."""
    inventory = in_vrfs(city(TOWNSHIPS, counties=2))
    one, two = [code for code, region in inventory.regions.items() if region.level is Level.COUNTY]
    for regions, codes in (
        (f'- {{level: county, numbers: {{"{one}": 65001, "{two}": 65001}}}}', ["duplicate-as"]),
        (f'- {{level: county, numbers: {{"{one}": 64900}}}}', ["duplicate-as"]),
        ('- {level: county, numbers: {"99": 65001}}', ["unknown-name"]),
        ("- {level: county, base: 4294967295}", ["bad-as"]),
    ):
        with pytest.raises(InputError) as caught:
            allocate.make(inventory, with_numbers(regions), None)
        assert [problem.code for problem in caught.value.problems] == codes
        for problem in caught.value.problems:
            assert problem.file
            assert problem.line
            assert problem.in_language("zh_CN") != problem.in_language("en")


def test_as_numbers_in_a_plan_that_was_edited(city: Callable[..., Inventory]) -> None:
    """A number twice, one that is not what the rules give, one that is missing: each with its line."""
    inventory = in_vrfs(city(TOWNSHIPS, counties=2))
    one, two = [code for code, region in inventory.regions.items() if region.level is Level.COUNTY]
    rules = with_numbers(f'- {{level: county, numbers: {{"{one}": 65001, "{two}": 65002}}}}')
    text = to_text(allocate.make(inventory, rules, None))
    first, second = (
        next(line for line in text.splitlines() if line.startswith(f"as,,,,,,county,{code}")) for code in (one, two)
    )
    for changed, codes in (
        (text.replace(second, second.replace("65002", "65001")), {"duplicate-as", "as-differs"}),
        (text.replace(first + "\n", ""), {"as-differs"}),
    ):
        problems = checks.check(parse(changed), inventory, rules)
        assert {problem.code for problem in problems} == codes
    for changed, code in (
        (text.replace(second, first), "duplicate-row"),
        (text.replace(first, first.replace("65001", "0")), "out-of-range"),
        (text.replace(first, first.replace("65001", "")), "empty-cell"),
        (text.replace(first, first.replace("as,,", "as,vpn,")), "superfluous-cell"),
    ):
        with pytest.raises(InputError) as caught:
            parse(changed)
        assert [(problem.code, problem.line > 0) for problem in caught.value.problems] == [(code, True)]
