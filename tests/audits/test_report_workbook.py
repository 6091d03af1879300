"""The workbook: texts stay texts, people's entries are carried over, lists can be filtered, filled in and printed."""

from __future__ import annotations

import json
from datetime import datetime

import openpyxl
import pytest

from audits import engine, pack
from audits.model import Document
from audits.report import files, rectification, xlsx
from inventory.errors import InputError

WEAK = b"sysname a\n#\ntelnet server enable\n#\nsnmp-agent community read public\n#\n"
MENDED = b"sysname a\n#\nundo telnet server enable\n#\nsnmp-agent community read public\n#\n"


def audit(*texts):
    """A report over devices that are named a, b and so on."""
    documents = [Document(f"{chr(97 + n)}.cfg", text, chr(97 + n), "huawei") for n, text in enumerate(texts)]
    return engine.run(documents, pack.shipped("mlps"), 3)


def column(sheet, heading):
    """The number of a column, from 1."""
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def entries(path, name="Rectification list"):
    """The list's rows by key: device/fact → (responsible, due, state, this check)."""
    sheet = openpyxl.load_workbook(path)[name]
    places = [column(sheet, heading) - 1 for heading in ("Responsible", "Due", "State", "This check")]
    key = column(sheet, "Key (leave as it is)") - 1
    return {row[key]: tuple(row[place] for place in places) for row in sheet.iter_rows(min_row=2, values_only=True)}


@pytest.fixture
def filled(tmp_path):
    """A workbook in whose rectification list somebody has written."""
    path = tmp_path / "earlier.xlsx"
    path.write_bytes(xlsx.data(audit(WEAK, WEAK), files.Settings("en")))
    book = openpyxl.load_workbook(path)
    sheet = book["Rectification list"]
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, column(sheet, "Key (leave as it is)")).value.endswith("/telnet_mgmt"):
            sheet.cell(row, column(sheet, "Responsible")).value = "张三"
            sheet.cell(row, column(sheet, "Due")).value = datetime(2026, 12, 31)  # noqa: DTZ001 - as Excel
            sheet.cell(row, column(sheet, "State")).value = "in progress"
    book.save(path)
    return path


def test_what_people_wrote_is_carried_over(filled, tmp_path):
    """Owner, day and state stay with a weakness; what is gone is said to be gone, what was not looked at is not."""
    path = tmp_path / "audit.xlsx"
    path.write_bytes(xlsx.data(audit(MENDED), files.Settings("en", earlier=(filled,))))
    found = entries(path)
    assert found["a/telnet_mgmt"] == ("张三", "2026-12-31", "in progress", "not found any more")
    assert found["b/telnet_mgmt"][3] == "not checked this time"
    assert found["a/snmp_v1v2c"][2:] == ("open", "still there")


def test_the_list_is_read_whatever_language_it_was_written_in(filled, tmp_path):
    """An English list goes on in Chinese and back."""
    path = tmp_path / "audit.xlsx"
    path.write_bytes(xlsx.data(audit(WEAK), files.Settings("zh_CN", earlier=(filled,))))
    sheet = openpyxl.load_workbook(path)["整改清单"]
    assert "整改中" in [cell.value for cell in sheet[column_letter(sheet, "状态")]]
    read = rectification.read([path])
    assert read["a/telnet_mgmt"] == rectification.Entry("张三", "2026-12-31", "in progress")


def column_letter(sheet, heading):
    """The letter of a column."""
    return openpyxl.utils.get_column_letter(column(sheet, heading))


def test_a_second_run_into_the_same_folder_keeps_what_people_wrote(capsys, tmp_path, filled):
    """`audit run --out` does not throw away the list that stands there; `--earlier` names one elsewhere."""
    from cli.main import main

    (tmp_path / "a.cfg").write_bytes(WEAK)
    out = tmp_path / "reports"

    def run(*more):
        with pytest.raises(SystemExit):
            main(["audit", "run", str(tmp_path / "a.cfg"), "--format", "xlsx", "--out", str(out), *more])
        return entries(out / "audit.xlsx")

    earlier = openpyxl.load_workbook(filled)
    sheet = earlier["Rectification list"]
    key = column(sheet, "Key (leave as it is)")
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, key).value = sheet.cell(row, key).value.replace("a/", "a.cfg/")
    earlier.save(filled)
    first = run("--earlier", str(filled))
    assert first["a.cfg/telnet_mgmt"][0] == "张三"
    assert run()["a.cfg/telnet_mgmt"] == first["a.cfg/telnet_mgmt"]
    assert json.loads((out / "manifest.json").read_text())["files"][0]["name"] == "audit.xlsx"
    capsys.readouterr()


@pytest.mark.parametrize("content", [b"no workbook", b"PK\x03\x04 broken"])
def test_an_earlier_file_that_is_none_is_named(tmp_path, content):
    """A text file, a broken one and a workbook without the list are a user's mistake."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError):
        rectification.read([path])
    openpyxl.Workbook().save(path)
    with pytest.raises(InputError) as raised:
        rectification.read([path])
    assert "Key" in str(raised.value.problems[0].message)


def test_nothing_in_a_sheet_is_a_formula_or_a_link(full, tmp_path):
    """A device, a reason and a record that begin with =, + or @ are texts, and stay texts when a cell is edited."""
    strange = [
        Document("=1+1.cfg", WEAK, "=cmd|' /C calc'!A0", "huawei"),
        Document("@x.cfg", WEAK, "@SUM(1)", "huawei"),
    ]
    report = engine.run(strange, pack.shipped("mlps"), 3)
    for number, made in enumerate((report, full)):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(xlsx.data(made, files.Settings("en")))
        cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        begun = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "@"))]
        assert begun
        assert all(cell.quotePrefix for cell in begun)


def test_the_sheets_can_be_filtered_filled_in_and_printed(full, tmp_path):
    """Headings stay in view and on every page, each column has a filter, states are offered, every device is there."""
    path = tmp_path / "audit.xlsx"
    path.write_bytes(xlsx.data(full, files.Settings("zh_CN")))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[1:] == [
        "概况", "差距分析表", "单项结果记录", "整改清单", "高风险清单", "资产清单", "豁免", "人工证明",
        "判定阈值",
    ]  # fmt: skip
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.page_setup.orientation == "landscape"
    (rule,) = book["整改清单"].data_validations.dataValidation
    assert rule.formula1 == '"待整改,整改中,完成,暂不整改"'
    cells = [cell.value for row in book["资产清单"].iter_rows() for cell in row]
    assert {"rt-anping", "fw-border", "vg-zfb"} <= set(cells)
