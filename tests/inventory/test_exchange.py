"""Export, import and the round trip between them."""

from __future__ import annotations

import json
import shutil
import tempfile
from ipaddress import IPv4Interface
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory import exchange
from inventory.errors import InputError
from inventory.model import Device, Inventory, Level, Region, Site, System, Unit, Zone
from inventory.workspace import load

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = Path(__file__).parent / "base"


def without_sources(inventory: Inventory) -> Any:
    """The inventory's content; where a row stood is not part of it."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if key != "source"}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return strip(exchange.document(inventory))


def reload(inventory: Inventory, kind: str) -> Inventory:
    """Export, and read what was exported as a workspace."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(BASE / "govnet.yaml", folder)
        exchange.export(inventory, folder / "inventory", kind)
        if kind == "xlsx":
            for table in ("regions", "units", "sites", "devices", "links", "systems"):
                shutil.copy(folder / "inventory" / "inventory.xlsx", folder / "inventory" / f"{table}.xlsx")
            (folder / "inventory" / "inventory.xlsx").unlink()
        return load(folder).inventory


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("workspace", [BASE, BASE.parent.parent.parent / "examples" / "lianyuan"])
def test_export_reads_back_equal(kind: str, workspace: Path) -> None:
    """What is exported is a workspace's inventory folder, equal to what it came from."""
    inventory = load(workspace).inventory
    assert without_sources(reload(inventory, kind)) == without_sources(inventory)


def test_json_is_complete_and_has_no_secret() -> None:
    """Every kind is there; credentials are references."""
    document = exchange.document(load(BASE).inventory)
    text = json.dumps(document, ensure_ascii=False)
    assert json.loads(text) == document
    assert document["credentials"][0]["password"] == "file:secrets/routers"
    assert document["devices"][0]["address"] == "10.9.0.2/24"
    assert set(document) >= {"regions", "units", "sites", "devices", "lines", "vrfs", "zones", "flows", "systems"}


_title = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters=' ,"，（）'),
    max_size=30,
).map(lambda text: text.strip())
_key = st.from_regex(r"[a-z0-9\u4e00-\u9fa5][a-z0-9\u4e00-\u9fa5_.-]{0,20}", fullmatch=True)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_round_trip_of_any_inventory(data: st.DataObject) -> None:
    """Commas, quotation marks, `=`, `#` and Chinese in any title survive CSV and XLSX."""
    units = {name: Unit(name, data.draw(_title), "4313") for name in data.draw(st.lists(_key, max_size=4, unique=True))}
    sites = {
        name: Site(
            name, data.draw(_title), "4313", data.draw(st.sampled_from(["", *units])), data.draw(st.integers(0, 9999))
        )
        for name in data.draw(st.lists(_key, min_size=1, max_size=4, unique=True))
    }
    numbers = data.draw(st.lists(st.integers(1, 65534), max_size=4, unique=True))
    devices = {
        f"r{number}": Device(
            f"r{number}",
            data.draw(st.sampled_from(list(sites))),
            "core",
            "frr",
            address=IPv4Interface(f"10.1.{number // 256}.{number % 256}/16"),
            port=data.draw(st.integers(1, 65535)),
            out_of_band=data.draw(st.booleans()),
        )
        for number in numbers
    }
    base = load(BASE).inventory
    system = System("s", data.draw(_title), next(iter(units)), "z", data.draw(st.integers(0, 4))) if units else None
    inventory = Inventory(
        {"4313": Region("4313", data.draw(_title) or "x", Level.CITY)},
        units,
        sites,
        devices,
        {},
        {"default": base.vrfs["default"]},
        {"z": Zone("z", data.draw(_title), base.zones["inside"].area)},
        (),
        {"s": system} if system else {},
        {},
    )
    for kind in ("csv", "xlsx"):
        assert without_sources(reload(inventory, kind)) == without_sources(inventory)


def test_merge_shows_what_would_change(base: Path, tmp_path: Path) -> None:
    """New keys are added, other values changed; absent columns and empty cells leave what is there."""
    other = tmp_path / "other.csv"
    other.write_text(
        "名称,型号,站点,角色,平台\nrt-anping,AR2220,,,\ncore,C3560,,,\nrt-new,,dc,core,frr\n", encoding="gb18030"
    )
    merged = exchange.merge(base, other, "devices")
    assert merged.added == ("rt-new",)
    assert merged.changed == (exchange.Cell("rt-anping", "model", "Linux/FRR", "AR2220"),)
    assert merged.same == 1
    before = (base / "inventory" / "devices.csv").read_bytes()
    exchange.write(base, merged)
    after = (base / "inventory" / "devices.csv").read_bytes()
    assert after.splitlines()[:3] == before.splitlines()[:3], "untouched lines stay byte for byte"
    assert load(base).inventory.devices["rt-anping"].model == "AR2220"
    assert load(base).inventory.devices["rt-new"].site == "dc"
    assert exchange.merge(base, other, "devices").empty, "the same merge again changes nothing"


def test_merge_keeps_encoding_line_ends_and_comments(base: Path, tmp_path: Path) -> None:
    """A table in GBK with CR LF and comments stays one."""
    path = base / "inventory" / "sites.csv"
    text = "# 站点\n" + path.read_text(encoding="utf-8").removesuffix("\n")
    path.write_bytes(text.replace("\n", "\r\n").encode("gbk"))
    other = tmp_path / "o.csv"
    other.write_text(
        "name,title,region,hosts\nth-anping,安平镇政府,431382102,60\nth-new,新站,431382,5\n", encoding="utf-8"
    )
    exchange.write(base, exchange.merge(base, other, "sites"))
    lines = path.read_bytes().decode("gbk").split("\r\n")
    assert lines == [
        "# 站点",
        "name,title,region,unit,hosts",
        "dc,中心机房,431382,office,120",
        "th-anping,安平镇政府,431382102,gov-anping,60",
        "th-new,新站,431382,,5",
        "",
    ]


def test_merge_adds_a_column_that_the_table_lacks(base: Path, tmp_path: Path) -> None:
    """The rows that have no value for it get an empty cell."""
    path = base / "inventory" / "sites.csv"
    path.write_text("name,region\ndc,431382\nth-anping,431382102\n", encoding="utf-8")
    other = tmp_path / "o.csv"
    other.write_text("name,hosts\ndc,5\n", encoding="utf-8")
    exchange.write(base, exchange.merge(base, other, "sites"))
    assert path.read_text(encoding="utf-8") == "name,region,hosts\ndc,431382,5\nth-anping,431382102,\n"


def test_merge_into_a_workbook(base: Path, tmp_path: Path, workbook: Callable[[list[list[Any]]], bytes]) -> None:
    """A table that is a workbook stays one; its codes that were typed as text stay text."""
    path = base / "inventory" / "sites.csv"
    rows: list[list[Any]] = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    path.unlink()
    (base / "inventory" / "sites.xlsx").write_bytes(workbook(rows))
    other = tmp_path / "o.xlsx"
    other.write_bytes(workbook([["名称", "区划", "终端数"], ["dc", None, 121], ["th-new", 431382, 3]]))
    merged = exchange.merge(base, other, "sites")
    exchange.write(base, merged)
    sites = load(base).inventory.sites
    assert (sites["dc"].hosts, sites["dc"].title, sites["th-new"].region) == (121, "中心机房", "431382")
    assert exchange.merge(base, other, "sites").empty


def test_merge_refuses_what_does_not_fit(base: Path, tmp_path: Path) -> None:
    """Faults are placed in the merged file, at its lines; the workspace stays as it was."""
    before = (base / "inventory" / "devices.csv").read_bytes()
    other = tmp_path / "o.csv"
    other.write_text(
        "name,site,role,platform,address\nrt-1,dc,core,frr,10.9.0.2/24\nrt-2,nowhere,core,frr,\nfw,,,,10.9.0.11/24\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        exchange.merge(base, other, "devices")
    found = {(problem.code, problem.file, problem.line) for problem in caught.value.problems}
    assert found == {
        ("duplicate-address", str(other), 2),
        ("unknown-site", str(other), 3),
        ("duplicate-address", "inventory/devices.csv", 4),
    }
    assert (base / "inventory" / "devices.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("site,role\ndc,core\n", "missing-column"),
        ("name,colour\ncore,red\n", "unknown-column"),
        ("name,port\ncore,many\n", "bad-number"),
        ("name,port\ncore,22\ncore,23\n", "duplicate-name"),
        ("name,port\n,22\n", "missing-value"),
    ],
)
def test_merge_refuses_a_faulty_file(text: str, code: str, base: Path, tmp_path: Path) -> None:
    """The file itself is judged first."""
    other = tmp_path / "o.csv"
    other.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        exchange.merge(base, other, "devices")
    assert [(problem.code, problem.file) for problem in caught.value.problems] == [(code, str(other))]


def test_merge_makes_a_table_that_was_not_there(base: Path, tmp_path: Path) -> None:
    """An optional table begins with its headings."""
    (base / "inventory" / "systems.csv").unlink()
    other = tmp_path / "o.csv"
    other.write_text("name,unit,zone\nmail,office,inside\n", encoding="utf-8")
    exchange.write(base, exchange.merge(base, other, "systems"))
    assert load(base).inventory.systems["mail"].level == 0


def test_formulas_stay_text(base: Path, tmp_path: Path) -> None:
    """A title that begins like a formula is exported as text."""
    from openpyxl import load_workbook

    path = base / "inventory" / "units.csv"
    path.write_text("name,title,region\noffice,=1+1,431382\ngov-anping,x,431382102\n", encoding="utf-8")
    exchange.export(load(base).inventory, tmp_path / "out", "xlsx")
    book = load_workbook(tmp_path / "out" / "inventory.xlsx")
    assert book["units"]["B2"].data_type == "s"
    assert book["units"]["B2"].value == "=1+1"
