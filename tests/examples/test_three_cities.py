"""济源, 宿迁, 武威: whole cities whose committed files are what the commands write, and that claim nothing national."""

from __future__ import annotations

import csv
import re
from collections import Counter
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from cli.init import examples
from configs.render import Renderer
from inventory.model import Level
from ipplan import allocate, checks, current, mapping_build, mapping_check, mapping_file, plan
from ipplan.mapping import Mode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.examples.conftest import Example

CITIES = ("jiyuan", "suqian", "wuwei")
# Counties and townships of the statistical codes; zones, farms, factories among them; units of the city, of a county.
EXPECTED = {"jiyuan": (1, 16, 0), "suqian": (6, 109, 14), "wuwei": (4, 108, 6)}
EXTRANET = ip_network("59.192.0.0/10")
city = pytest.mark.parametrize("name", CITIES)


def test_they_are_shipped() -> None:
    """`govnet init --from` knows all five, and the intranet beside one of them."""
    assert set(examples()) == {"lianyuan", "lianyuan-intranet", "shangrao", *CITIES}


@city
def test_the_divisions_are_those_of_the_city(example: Callable[[str], Example], name: str) -> None:
    """So many counties and townships; those that are none get nothing."""
    one = example(name)
    inventory, left_out = one.workspace.inventory, set(one.rules.exclusion.regions)
    levels = Counter(region.level for region in inventory.regions.values())
    assert (levels[Level.COUNTY], levels[Level.TOWNSHIP], len(left_out)) == EXPECTED[name]
    assert left_out <= set(inventory.regions)
    assert not any(row.region in left_out for row in one.planned.allocations)
    townships = {code for code, region in inventory.regions.items() if region.level is Level.TOWNSHIP} - left_out
    assert {row.region for row in one.planned.allocations if row.function == "township-lan"} == townships


@pytest.mark.corpus
@city
def test_names_and_codes_are_the_published_ones(example: Callable[[str], Example], corpus: Path, name: str) -> None:
    """Every published division is there by its code, under its name, and no other county or township is."""
    regions = example(name).workspace.inventory.regions
    rows = csv.DictReader((corpus / "divisions" / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines())
    published = {row["code"]: row["name"] for row in rows}
    assert {code: regions[code].name for code in published} == {
        code: title.removeprefix("济源市") or title if len(code) == 9 else title for code, title in published.items()
    }
    ours = {code for code, region in regions.items() if region.level in (Level.COUNTY, Level.TOWNSHIP)}
    assert ours <= set(published)


@city
def test_the_committed_plan_is_what_make_writes(example: Callable[[str], Example], name: str) -> None:
    """From nothing and from the committed plan: the same bytes; and no check complains."""
    one = example(name)
    committed = (one.root / "plan" / "plan.csv").read_text(encoding="utf-8")
    assert plan.to_text(allocate.make(one.workspace.inventory, one.rules, None)) == committed
    assert plan.to_text(allocate.make(one.workspace.inventory, one.rules, one.planned)) == committed
    assert checks.check(one.planned, one.workspace.inventory, one.rules) == ()


@pytest.mark.parametrize("name", ["jiyuan", "suqian"])
def test_the_committed_mapping_is_what_map_writes(example: Callable[[str], Example], name: str) -> None:
    """Today's networks map: nothing is refused, the mapping is proven, the bytes are those of plan/mapping.csv."""
    one = example(name)
    inventory = one.workspace.inventory
    today = current.read(one.root / "plan" / "current.csv", name=current.FILE, vrfs=set(inventory.vrfs))
    built = mapping_build.build(today, one.planned, inventory=inventory, policy=one.rules)
    assert built.refused == ()
    assert mapping_check.verify(built.mapping) == ()
    assert mapping_file.to_text(built.mapping) == (one.root / "plan" / "mapping.csv").read_text(encoding="utf-8")
    assert Mode.SHRINK in {entry.mode for entry in built.mapping}


@city
def test_one_device_of_each_kind_renders(example: Callable[[str], Example], name: str) -> None:
    """Each role on each platform has a template, and the text has the device's planned addresses."""
    one = example(name)
    renderer = Renderer(one.workspace, one.planned)
    kinds = {(device.role, device.platform): device for device in one.workspace.inventory.devices.values()}
    assert len(kinds) >= 8
    for device in kinds.values():
        text = renderer.render(device.name).text
        for line in one.workspace.inventory.lines_of(device.name):
            for row in one.planned.of(line.name):
                own = row.prefix.network_address + (2 if line.b is not None and line.b.device == device.name else 1)
                assert re.search(rf"\b{re.escape(str(own))}\b", text), (device.name, line.name)


@city
def test_it_claims_nothing_national(example: Callable[[str], Example], name: str) -> None:
    """Its plan is RFC 1918, each file with numbers says that they are invented, and none is as large as 1 MB."""
    one = example(name)
    assert all(row.prefix.is_private and not row.prefix.overlaps(EXTRANET) for row in one.planned.rows())
    for file in ("plan/policy.yaml", "govnet.yaml", "README.md"):
        assert "invented" in (one.root / file).read_text(encoding="utf-8"), file
    for file in ("plan/policy.yaml", "README.zh-CN.md"):
        assert "虚构" in (one.root / file).read_text(encoding="utf-8"), file
    assert all(path.stat().st_size < 1 << 20 for path in one.root.rglob("*") if path.is_file())


@city
def test_its_pages_show_the_same_commands(example: Callable[[str], Example], name: str) -> None:
    """README.md and README.zh-CN.md have the same lines to type."""
    root = example(name).root
    english, chinese = (
        re.findall(r"^```sh\n(.*?)^```", (root / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for page in ("README.md", "README.zh-CN.md")
    )
    assert english
    assert english == chinese
