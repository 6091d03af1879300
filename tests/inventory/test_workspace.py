"""Reading workspaces that are right: every format, encoding and language that people save them in."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from inventory.endpoints import Direct, Endpoint
from inventory.errors import DeviceError, InputError
from inventory.model import Area, Level, LineKind, Source
from inventory.secrets import SecretRef
from inventory.workspace import load, read

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def test_everything_is_typed(base: Path) -> None:
    """Addresses, enums, numbers, references and sources are objects, defaults are filled in."""
    workspace = load(base)
    inventory = workspace.inventory
    assert workspace.root == base
    assert workspace.settings.services == {"ntp": ("10.9.0.250",)}
    assert inventory.regions["431382102"].level is Level.TOWNSHIP
    assert [region.name for region in inventory.region_chain("431382102")] == ["安平镇", "涟源市", "娄底市"]
    device = inventory.devices["rt-anping"]
    assert device.address == IPv4Interface("10.9.0.11/24")
    assert (device.port, device.out_of_band) == (22, False)
    assert device.source == Source("inventory/devices.csv", 4)
    line = inventory.lines["vpn-anping"]
    assert line.kind is LineKind.TUNNEL
    assert line.far_end("fw") == line.end_at("rt-anping")
    assert inventory.lines["isp"].peer == IPv4Interface("198.51.100.1/30")
    assert inventory.lines["lan-anping"].b is None
    assert inventory.zones["inside"].interfaces == (("fw", "eth1"), ("fw", "ipsec0"))
    assert inventory.vrfs["video"].rd == "65001:10"
    assert inventory.flows[0].services == ("http", "https", "tcp/8443")
    assert inventory.systems["oa"].level == 2
    credential = inventory.credentials["routers"]
    assert credential.password == SecretRef("file", "secrets/routers")
    assert credential.secrets == {"ipsec_psk": SecretRef("age", "secrets.age", "psk")}
    assert credential.snmp is not None
    assert credential.snmp.version == "3"


@pytest.mark.parametrize("name", sorted(path.parent.name for path in EXAMPLES.glob("*/govnet.yaml")))
def test_the_examples_are_clean(name: str) -> None:
    """Every shipped example loads."""
    assert load(EXAMPLES / name).inventory.devices


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, end: str, base: Path) -> None:
    """UTF-8 with and without a byte order mark, GBK, and every line end give the same inventory."""
    before = load(base).inventory
    for path in (base / "inventory").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_bytes(text.replace("\n", end if path.suffix == ".csv" else "\n").encode(encoding))
    assert load(base).inventory == before


def test_mixed_line_ends_and_trailing_commas(base: Path) -> None:
    """Two editors' line ends in one file, empty lines, comments, and empty cells at the end are no faults."""
    before = load(base).inventory.units
    path = base / "inventory" / "units.csv"
    first, second, third = path.read_text(encoding="utf-8").splitlines()
    path.write_bytes(f"# 单位\r\n{first},,\r\n\n  \n# x\n{second},,\r{third},,".encode())
    after = load(base).inventory.units
    assert [unit.title for unit in after.values()] == [unit.title for unit in before.values()]
    assert [unit.source.line for unit in after.values()] == [6, 7]


def test_chinese_headings_and_values(base: Path) -> None:
    """A table whose headings, kinds and truth values are Chinese is the same table."""
    before = load(base).inventory
    for name, words in {
        "regions": {
            "code,name,level,parent": "区划代码,区划名称,级别,上级",
            "township": "乡镇",
            "county": "县",
            "city": "市",
        },
        "units": {"name,title,region": "名称,中文名,区划"},
        "sites": {"name,title,region,unit,hosts": "名称,站点名称,区划代码,单位,终端数"},
        "devices": {
            "name,site,role,platform,model,address,management_interface,port,credential,out_of_band": (
                "设备名,站点,角色,平台,型号,管理地址,管理接口,端口,凭据,带外管理"
            ),
            ",yes": ",是",
            ",no": ",否",
        },
        "links": {
            "name,kind,a_device,a_interface,a_address,b_device,b_interface,b_address,peer,mbps,carrier,circuit": (
                "线路名,类型,A端设备,A端接口,A端地址,b端设备,B端接口,B端地址,网关,带宽,运营商,电路号"
            ),
            ",circuit,": ",专线,",
            ",tunnel,": ",隧道,",
            ",lan,": ",局域网,",
            ",internet,": ",互联网,",
        },
        "systems": {"name,title,unit,zone,level": "名称,系统名称,单位,安全域,保护等级"},
    }.items():
        path = base / "inventory" / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        for old, new in words.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    assert load(base).inventory == before


def test_workbooks(base: Path, workbook: Callable[[list[list[Any]]], bytes]) -> None:
    """Tables as XLSX, with codes, ports and truth values as a spreadsheet keeps them."""
    before = load(base).inventory
    for name, typed in {"regions": int, "devices": int, "sites": int}.items():
        path = base / "inventory" / f"{name}.csv"
        rows: list[list[Any]] = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows[1:]:
            row[:] = [
                typed(cell) if cell.isdigit() else {"yes": True, "no": False}.get(cell, cell or None) for cell in row
            ]
        (base / "inventory" / f"{name}.xlsx").write_bytes(workbook(rows))
        path.unlink()
    after = load(base).inventory
    assert list(after.regions) == list(before.regions)
    assert [device.address for device in after.devices.values()] == [
        device.address for device in before.devices.values()
    ]
    assert after.devices["core"].source == Source("inventory/devices.xlsx", 2)


def test_ipv6_and_odd_prefixes(base: Path) -> None:
    """IPv6 and point-to-point prefixes, whose first and last addresses belong to hosts, are addresses."""
    path = base / "inventory" / "devices.csv"
    text = path.read_text(encoding="utf-8")
    text = text.replace("10.9.0.2/24", "2001:db8::2/64").replace("10.9.0.3/24", "10.8.0.0/31")
    path.write_text(text.replace("10.9.0.11/24", "10.7.0.1/32"), encoding="utf-8")
    devices = load(base).inventory.devices
    assert devices["core"].address == IPv6Interface("2001:db8::2/64")
    assert devices["fw"].address == IPv4Interface("10.8.0.0/31")


def test_optional_files_and_columns(base: Path) -> None:
    """Lines, units, systems, zones and credentials may be missing, so may columns with defaults."""
    for name in ("links.csv", "systems.csv", "zones.yaml", "credentials.yaml", "units.csv"):
        (base / "inventory" / name).unlink()
    (base / "inventory" / "devices.csv").write_text("name,site,role,platform\nr1,dc,core,frr\n", encoding="utf-8")
    (base / "inventory" / "sites.csv").write_text("name,region\ndc,431382\n", encoding="utf-8")
    inventory = load(base).inventory
    assert inventory.devices["r1"].port == 22
    assert inventory.devices["r1"].address is None
    assert inventory.vrfs["default"].area is Area.PUBLIC


def test_a_device_managed_in_band(base: Path) -> None:
    """The address of its line may be the device's management address; that is not an address used twice."""
    path = base / "inventory" / "devices.csv"
    text = path.read_text(encoding="utf-8").replace("10.9.0.3/24,eth3", "198.51.100.2/30,eth0")
    path.write_text(text, encoding="utf-8")
    assert load(base).inventory.devices["fw"].address == IPv4Interface("198.51.100.2/30")


def test_yaml_scalars_stay_text(base: Path) -> None:
    """`no`, `010` and `65001:20` are what they look like, not false, 8 and a number of minutes; anchors work."""
    path = base / "inventory" / "zones.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("  - {name: video", "  - {name: no, title: 010, area: vpn, rd: 65001:20}\n  - {name: video")
    path.write_text(text, encoding="utf-8")
    path = base / "inventory" / "credentials.yaml"
    path.write_text(
        "credentials:\n  - &r {name: routers, username: govnet, password: env:A}\n  - {<<: *r, name: core}\n",
        encoding="utf-8",
    )
    inventory = load(base).inventory
    assert (inventory.vrfs["no"].title, inventory.vrfs["no"].rd) == ("010", "65001:20")
    assert inventory.credentials["core"].password == SecretRef("env", "A")


def test_platforms_are_only_judged_when_they_are_given(base: Path) -> None:
    """Without a list any platform is accepted."""
    assert load(base).inventory
    with pytest.raises(InputError):
        load(base, platforms=frozenset({"frr"}))


def test_read_can_try_a_change(base: Path) -> None:
    """Contents given in place of files are read, and nothing is written."""
    workspace, problems = read(base, replaced={"inventory/systems.csv": b"name,unit,zone,level\nx,office,nowhere,3\n"})
    assert workspace is None
    assert [problem.code for problem in problems] == ["unknown-zone"]
    assert load(base).inventory.systems["oa"].level == 2


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The complaint is about the folder."""
    _, problems = read(tmp_path / "nowhere")
    assert [problem.code for problem in problems] == ["missing-workspace"]


def test_a_folder_that_cannot_be_read(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that refuses is a problem with its name and the system's reason, not a traceback."""

    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(type(base), "iterdir", refuse)
    workspace, [problem] = read(base)
    assert workspace is None
    assert (problem.code, problem.file) == ("unreadable-folder", str(base / "inventory"))
    assert "Permission denied" in str(problem.message)
    monkeypatch.setattr(type(base), "is_dir", refuse)
    with pytest.raises(InputError):
        load(base)


def test_endpoints_of_the_real_network(base: Path) -> None:
    """SSH at the device's port, SNMP at 161; a device without an address is an error of that device."""
    device = load(base).inventory.devices["core"]
    assert Direct().ssh(device) == Endpoint("10.9.0.2", 22)
    assert Direct().snmp(device) == Endpoint("10.9.0.2", 161)
    assert str(Endpoint("2001:db8::1", 22)) == "[2001:db8::1]:22"
    path = base / "inventory" / "devices.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("10.9.0.2/24", ""), encoding="utf-8")
    with pytest.raises(DeviceError) as caught:
        Direct().ssh(load(base).inventory.devices["core"])
    assert caught.value.device == "core"
    assert "devices.csv, line 2" in str(caught.value.hint)


def test_a_name_and_its_references_are_one_object(base: Path) -> None:
    """What refers to a row holds the row's own name: a country's plan is made from memory that lies side by side."""
    inventory = load(base).inventory
    regions, sites, devices = (
        {name: name for name in rows} for rows in (inventory.regions, inventory.sites, inventory.devices)
    )
    assert all(site.region is regions[site.region] for site in inventory.sites.values())
    assert all(device.site is sites[device.site] for device in inventory.devices.values())
    ends = [end for line in inventory.lines.values() for end in (line.a, line.b) if end is not None]
    assert ends
    assert all(end.device is devices[end.device] for end in ends)
