"""Workbooks and CSV: what stands in them, what a spreadsheet must not run, the same bytes each time."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from inventory.errors import InputError
from inventory.text import set_language
from ipplan.views import address_book, book, csv_areas, names, old_new, requests, waves
from ipplan.views.sheets import Book
from ipplan.views.tables import csv_bytes, is_formula, safe

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


def test_requests_ask_whoever_stands_at_the_other_side(make):
    """A moved source goes to the firewall's operator and the systems' units, a moved server to its clients."""
    found = [request for _, request in requests.requests(make(mapping=True))]
    asked = {(request.unit, request.kind, request.side, request.entry.owner, request.entry.single) for request in found}
    source = ("source", "lan-0", False)
    assert ("电子政务办公室", "firewall rule", *source) in asked
    assert ("电子政务办公室", "NAT rule", *source) in asked
    assert ("卫生健康局", "firewall rule", *source) in asked
    for number in range(3):
        unit = f"乡镇{number}人民政府"
        assert (unit, "firewall rule", "destination", "lan-core", False) in asked
        assert (unit, "firewall rule", "destination", "lan-core", True) in asked
    assert ("乡镇2人民政府", "NAT rule", "", "lan-2", False) in asked
    assert not [request for request in found if request.entry.owner == "lan-1"], "what stays needs no request"
    rows = rows_of(only(requests.files(make(mapping=True)), "requests/requests.csv"))
    contact = rows[0].index("Contact")
    assert {row[contact] for row in rows[1:]} == {""}
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, len(rows))]


def test_requests_have_the_wave_of_their_site(make, tmp_path):
    """From the file that `govnet plan stages --out` writes; without it the column is empty, never a guess."""
    from dataclasses import replace

    path = tmp_path / "stages.yaml"
    path.write_text("version: 1\nwaves:\n- wave: 4\n  name: x\n  sites: [th-0]\nsteps: []\n", encoding="utf-8")
    material = replace(make(mapping=True), waves=waves.load(path))
    found = {(request.entry.owner, request.wave) for _, request in requests.requests(material)}
    assert found == {("lan-0", 4), ("lan-core", None), ("lan-2", None)}
    for text in ("[1, 2]", "waves: {}", "waves: [1]", "waves: [{wave: one, sites: []}]", "waves: [{wave: 1}]"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError):
            waves.load(path)


def test_a_lan_without_a_zone_is_said(make):
    """Nobody knows who filters it: that is a row, not silence."""
    from dataclasses import replace

    material = make(mapping=True)
    inventory = replace(material.inventory, zones={})
    material = replace(material, workspace=replace(material.workspace, inventory=inventory))
    found = [request for _, request in requests.requests(material)]
    assert "unknown: find out who filters it" in {request.unit for request in found}


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
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = (tmp_path / "book-Public network area.csv").read_text(encoding="utf-8")
    assert str(material.plan.of("lan-1")[0].prefix) in text
    assert FORMULA in text
