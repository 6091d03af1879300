"""Workbooks and CSV: what stands in them, what a spreadsheet must not run, the same bytes each time."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import warnings
from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from inventory.errors import InputError
from inventory.text import set_language
from ipplan.mapping import Entry, Mapping, Mode
from ipplan.views import address_book, book, csv_areas, names, old_new, requests, waves
from ipplan.views.request_rules import letters
from ipplan.views.sheets import Book
from ipplan.views.tables import csv_bytes, is_formula, safe
from tests.patience import PATIENCE

FORMULA = "=cmd|' /C calc'!A0"
MARKUP = "<script>alert(1)</script>&\"'"


def only(files, name):
    """The content of the one file with this name."""
    return next(file.data for file in files if file.name == name)


def rows_of(data: bytes) -> list[list[str]]:
    """A CSV file as rows."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def opened(data: bytes):
    """A workbook as openpyxl reads it, which calls a formula `f`."""
    with warnings.catch_warnings():
        # Data bars with fixed ends are an extension of 2010, which openpyxl does not know.
        warnings.filterwarnings("ignore", message=".*extension is not supported", category=UserWarning)
        return load_workbook(io.BytesIO(data))


def test_the_address_book_has_a_sheet_for_each_area(make):
    """Cover, pools, blocks, areas that have allocations, interfaces; frozen headings, filters, bars behind shares."""
    set_language("zh_CN")
    workbook = opened(only(address_book.files(make()), "address-book.xlsx"))
    assert workbook.sheetnames == [
        "说明", "地址池", "各地区地址块", "公用网络区", "专用网络区", "设备管理与环回", "设备互联", "设备接口地址",
    ]  # fmt: skip
    cover = [cell.value for row in workbook["说明"].iter_rows() for cell in row if cell.value]
    assert cover[0] == "测试市"
    assert any("没有任何内容是国家或省的规划" in str(text) for text in cover)
    for name in workbook.sheetnames[1:]:
        sheet = workbook[name]
        assert sheet.freeze_panes == "A2", name
        assert sheet.auto_filter.ref == sheet.dimensions, name
    public = workbook["公用网络区"]
    headings = [cell.value for cell in public[1]]
    assert headings[:2] + headings[3:8] == ["VRF", "用途", "地区代码", "地区", "使用者", "单位", "地址段"]
    assert public.conditional_formatting
    bar = next(iter(public.conditional_formatting)).rules[0]
    assert bar.type == "dataBar"


def test_the_figures_are_those_of_the_plan(make):
    """Prefix, mask, gateway, hosts and use of a LAN; a circuit has no host count, and none is invented."""
    material = make()
    entries = {(entry.allocation.owner, entry.allocation.prefix.version): entry for entry in book.entries(material)}
    lan = entries["lan-1", 4]
    assert (lan.hosts, lan.subject, lan.unit) == (80, "乡镇1机关", "乡镇1人民政府")
    assert lan.allocation.prefix.prefixlen == 25
    assert lan.used == pytest.approx(81 / 126)
    assert str(lan.gateway.ip) == str(lan.allocation.prefix.network_address + 1)
    assert book.netmask(lan.allocation.prefix) == "255.255.255.128"
    assert book.last_usable(lan.allocation.prefix) == str(lan.allocation.prefix.broadcast_address - 1)
    assert entries["ln-1", 4].hosts is None
    assert entries["ln-1", 4].used is None
    assert entries["ln-1", 4].subject == "core ge0/1 — rt-1 ge0/0/1"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_cell_is_run_and_the_bytes_never_change(make, language):
    """A title that begins with = is a text in both forms; two exports of the same plan are the same bytes."""
    set_language(language)
    material = make(mapping=True)
    for module in (address_book, csv_areas, old_new, requests):
        first, second = list(module.files(material)), list(module.files(material))
        assert [(file.name, file.data) for file in first] == [(file.name, file.data) for file in second]
        hostile = 0
        for file in first:
            if file.name.endswith(".csv"):
                cells = [cell for row in rows_of(file.data) for cell in row]
                assert not [cell for cell in cells if is_formula(cell)]
                hostile += sum(FORMULA in cell for cell in cells)
            else:
                for sheet in opened(file.data):
                    cells = [cell for row in sheet.iter_rows() for cell in row]
                    assert not [cell for cell in cells if cell.data_type == "f"]
                    quoted = [cell for cell in cells if isinstance(cell.value, str) and is_formula(cell.value)]
                    assert all(cell.quotePrefix for cell in quoted)
                    hostile += len(quoted)
        assert hostile, "the hostile title must be there for the check to mean something"


def test_csv_says_the_same_as_the_workbook(make):
    """The rows of an area's CSV are those of its sheet."""
    material = make()
    sheet = opened(only(address_book.files(material), "address-book.xlsx"))["Public network area"]
    rows = rows_of(only(csv_areas.files(material), "csv/public.csv"))
    assert len(rows) == sheet.max_row
    prefix = rows[0].index("Prefix")
    assert [row[prefix] for row in rows] == [row[prefix].value for row in sheet.iter_rows()]


@given(st.text(max_size=60))
def test_any_text_comes_back_from_csv(text):
    """Quoting is right for any text, and only what a spreadsheet might run gets an apostrophe."""
    data = csv_bytes(["a", "b"], [[text, None]])
    if "\x00" in text:
        return
    back = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert back[1][0] == safe(text)
    assert safe(text).removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＠x", "\n=1"])
def test_what_begins_a_formula(text):
    """Also the full-width signs, which some spreadsheets take for the plain ones."""
    assert safe(text) == "'" + text


def test_sheet_names_are_allowed_and_unique():
    """No forbidden sign, at most 31 characters, none twice, whatever the titles."""
    taken: set[str] = set()
    made = [names.sheet_name(text, taken) for text in ("a/b:c", "a b c", "x" * 60, "x" * 61, "'", "", "A/B/C")]
    assert len({name.casefold() for name in made}) == len(made)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in made)


def test_a_number_beyond_a_float_is_a_text(make):
    """An IPv6 pool's addresses are written as a power of two, not rounded."""
    sheet = opened(only(address_book.files(make()), "address-book.xlsx"))["Pools"]
    heads = [cell.value for cell in sheet[1]]
    column = heads.index("Addresses")
    assert "2^84" in [row[column].value for row in sheet.iter_rows()]


def test_the_mapping_sheet_says_what_happens(make):
    """Prefixes and single hosts apart, modes in words, the NAT's LAN named."""
    material = make(mapping=True)
    files = list(old_new.files(material))
    new = str(material.plan.of("lan-0")[0].prefix)
    prefixes = rows_of(only(files, "mapping/prefixes.csv"))
    by_owner = {row[-1]: row for row in prefixes}
    assert by_owner["lan-0"][1:4] == ["172.16.0.0/26", new, "new prefix of the same size"]
    assert by_owner["lan-1"][3] == "stays as it is"
    assert by_owner["lan-2"][0] == "behind the NAT of lan-2"
    hosts = rows_of(only(files, "mapping/hosts.csv"))
    assert [row[1:4] for row in hosts[1:]] == [
        ["19.1.0.5", "192.0.2.74", "place from the host table"],
        ["19.1.0.10", "", "has no place"],
    ]


def test_of_what_goes_nowhere_nothing_is_said(make):
    """A prefix that is given up keeps no addresses, and one in two parts is one prefix in the summary."""
    old, new = ip_network("172.16.0.0/25"), next(row.prefix for row in make().plan.of("lan-0"))
    half = ip_network((int(old.network_address) + 64, 26))
    entries = (
        Entry("default", ip_network("8.8.8.0/24"), None, Mode.RETIRE),
        Entry("default", ip_network("172.16.0.0/26"), new, Mode.SPLIT, "lan-0", old_subnet=old),
        Entry("default", half, make().plan.of("lan-1")[0].prefix, Mode.SPLIT, "lan-1", old_subnet=old),
    )
    files = list(old_new.files(replace(make(), mapping=Mapping(entries))))
    heads, *rows = rows_of(only(files, "mapping/prefixes.csv"))
    assert {row[heads.index("Hosts")] for row in rows if row[1] == "8.8.8.0/24"} == {""}
    summary = opened(only(files, "mapping/old-new.xlsx"))["Summary"]
    counts = {row[0].value: row[1].value for row in summary.iter_rows(min_row=2)}
    assert counts == {"split into several prefixes": 1, "given up": 1}


def test_a_city_s_own_table_does_not_repeat_the_city(make):
    """What every site lies in is left out; the city's own sites still have a name."""
    material = make()
    assert material.region_below("361102100") == "信州区 / 乡镇0"
    assert material.region_below("3611") == "上饶市"
    assert material.region_path("361102100").startswith("上饶市 / ")
    assert material.region_below("none") == "none"


def test_requests_ask_whoever_stands_at_the_other_side(make):
    """A moved source goes to the firewall's operator and the systems' units, a moved server to its clients."""
    found = requests.requests(make(mapping=True))
    asked = {
        (unit, request.rule.kind, request.rule.flow, pair.entry.owner, pair.entry.single)
        for request in found
        for unit in request.units
        for pair in request.pairs
    }
    assert ("电子政务办公室", "firewall rule", "to-servers", "lan-0", False) in asked
    assert ("电子政务办公室", "NAT rule", "out", "lan-0", False) in asked
    assert ("卫生健康局 (上饶市)", "firewall rule", "to-servers", "lan-0", False) in asked
    for number in range(3):
        unit = f"乡镇{number}人民政府"
        assert (unit, "firewall rule", "to-servers", "lan-core", False) in asked
        assert (unit, "firewall rule", "to-servers", "lan-core", True) in asked
    assert ("乡镇2人民政府", "NAT rule", "", "lan-2", False) in asked
    assert not [owner for _, _, _, owner, _ in asked if owner == "lan-1"], "what stays needs no request"


def test_a_rule_is_one_row_for_all_who_have_it(make):
    """Three townships with the same rule and the same servers: one request, three units behind it."""
    found = requests.requests(make(mapping=True))
    (clients,) = (request for request in found if len(request.units) == 3)
    assert [pair.shown(old=True) for pair in clients.pairs] == ["19.1.0.0/27", "19.1.0.5"]
    files = list(requests.files(make(mapping=True)))
    heads, *rows = rows_of(only(files, "requests/requests.csv"))
    assert [row[0] for row in rows] == [str(request.number) for request in found]
    row = dict(zip(heads, rows[clients.number - 1], strict=True))
    assert row["Who acts"] == "3 units: see the sheet “Units”"
    assert row["Services and ports"] == "https (TCP 443)"
    assert row["Old addresses"] == "19.1.0.0/27; 19.1.0.5"
    assert row["New addresses"].endswith("192.0.2.74")
    assert {row[-1] + row[-2] for row in rows} == {""}, "dates are for people"
    units = {row[0]: row[1] for row in rows_of(only(files, "requests/units.csv"))}
    assert str(clients.number) in units["乡镇0人民政府"].split(", ")
    listed = rows_of(only(files, "requests/addresses.csv"))[1:]
    assert [row[1] for row in listed if row[0] == clients.list] == ["19.1.0.0/27", "19.1.0.5"]


def test_many_addresses_stand_on_a_sheet_of_their_own(make):
    """The row names the list and its length; the list has every pair, once for all rules that share it."""
    material = make(mapping=True, townships=9)
    new = {row.owner: row.prefix for row in material.plan.allocations if row.prefix.version == 4}
    entries = tuple(
        Entry("default", ip_network(f"172.16.{number}.0/26"), new[f"lan-{number}"], Mode.SAME_SIZE, f"lan-{number}")
        for number in range(9)
    )
    material = replace(material, mapping=Mapping(entries))
    found = requests.requests(material)
    assert {request.list for request in found} == {"A"}
    files = list(requests.files(material))
    rows = rows_of(only(files, "requests/requests.csv"))
    assert {row[rows[0].index("Old addresses")] for row in rows[1:]} == {"list A: 9 addresses"}
    listed = rows_of(only(files, "requests/addresses.csv"))[1:]
    assert [row[1] for row in listed] == [f"172.16.{number}.0/26" for number in range(9)]
    assert {row[-1] for row in listed} == {", ".join(str(request.number) for request in found)}


def test_the_nat_s_unit_sees_what_its_edge_becomes(make):
    """A LAN that stays behind NAT: the old and new addresses are those of the unit's circuit, where they are known."""
    material = make(mapping=True)
    (edge,) = (request for request in requests.requests(material) if not request.rule.flow)
    assert [pair.entry.owner for pair in edge.pairs] == ["lan-2"]
    circuit = next(row.prefix for row in material.plan.allocations if row.owner == "ln-2")
    moved = Entry("default", ip_network("172.31.0.8/30"), circuit, Mode.SAME_SIZE, "ln-2", "circuit")
    material = replace(material, mapping=Mapping((*material.mapping, moved)))
    (edge,) = (request for request in requests.requests(material) if not request.rule.flow)
    assert [(pair.shown(old=True), pair.shown(old=False)) for pair in edge.pairs] == [("172.31.0.8/30", str(circuit))]
    assert edge.units == ("乡镇2人民政府",)


@pytest.mark.parametrize(("number", "text"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_lists_are_lettered_as_columns_are(number, text):
    """After Z comes AA."""
    assert letters(number) == text


def test_wrapped_rows_are_high_enough(make):
    """A row whose texts take several lines says how high it is: programs do not find out by themselves."""
    data = only(requests.files(make(mapping=True)), "requests/requests.xlsx")
    sheet = opened(data)["Requests"]
    for row in range(2, sheet.max_row + 1):
        assert sheet.row_dimensions[row].height >= 14 * max(
            str(cell.value or "").count("\n") + 1 for cell in sheet[row]
        )


def test_requests_have_the_wave_of_their_site(make, tmp_path):
    """From the file that `govnet plan stages --out` writes; without it the column is empty, never a guess."""
    path = tmp_path / "stages.yaml"
    path.write_text("version: 1\nwaves:\n- wave: 4\n  name: x\n  sites: [th-0]\nsteps: []\n", encoding="utf-8")
    material = replace(make(mapping=True), waves=waves.read(path)[0])
    found = requests.requests(material)
    waves_of = {(pair.entry.owner, pair.wave) for request in found for pair in request.pairs}
    assert waves_of == {("lan-0", 4), ("lan-core", None), ("lan-2", None)}
    assert {request.waves for request in found} == {(4, 4), None}
    for text in ("[1, 2]", "waves: {}", "waves: [1]", "waves: [{wave: one, sites: []}]", "waves: [{wave: 1}]"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError):
            waves.read(path)


def test_a_lan_without_a_zone_is_said(make):
    """Nobody knows who filters it: that is a row, not silence."""
    material = make(mapping=True)
    inventory = replace(material.inventory, zones={})
    material = replace(material, workspace=replace(material.workspace, inventory=inventory))
    found = requests.requests(material)
    assert ("unknown: find out who filters it",) in {request.units for request in found}


def test_chinese_tables_are_chinese(make):
    """No heading, level or mode is left in English."""
    set_language("zh_CN")
    material = make(mapping=True)
    for module in (csv_areas, old_new, requests):
        for file in module.files(material):
            if file.name.endswith(".csv"):
                for heading in rows_of(file.data)[0]:
                    assert heading == "VRF" or any("一" <= sign <= "鿿" for sign in heading), heading


def test_titles_with_markup_stay_texts(make):
    """A workbook is XML inside: markup in a title comes back as it was."""
    sheet = opened(only(address_book.files(make()), "address-book.xlsx"))["Dedicated network area"]
    assert MARKUP in [cell.value for row in sheet.iter_rows() for cell in row]


def test_an_empty_table_can_be_written():
    """A sheet without rows has its headings and its filter."""
    made = Book("x")
    made.table("empty", book.FILLS, [])
    sheet = opened(made.data())["empty"]
    assert sheet.max_row <= 2
    assert sheet["A1"].value == "Area"


def test_libreoffice_opens_the_book(make, tmp_path):
    """A real office program reads the workbook and shows its texts."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed (apt-get install libreoffice-calc-nogui)")
    path, material = tmp_path / "book.xlsx", make()
    path.write_bytes(only(address_book.files(material), "address-book.xlsx"))
    subprocess.run(
        [program, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", tmp_path, path],
        check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    text = (tmp_path / "book-Public network area.csv").read_text(encoding="utf-8")
    assert str(material.plan.of("lan-1")[0].prefix) in text
    assert FORMULA in text
