"""Every form of a report: the same counts, no secret, equal bytes, checksums that hold; the unit's own template."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import docx
import openpyxl
import pytest

from audits import engine, pack
from audits.model import Document, Verdict
from audits.report import docx as report_docx
from audits.report import docx_template, files, grouping, sarif, wording
from audits.report import json as report_json
from inventory.errors import InputError

LANGUAGES = ("en", "zh_CN")


@pytest.fixture(scope="module", params=LANGUAGES)
def made(request, full, tmp_path_factory):
    """The folder with every form, in both languages."""
    out = tmp_path_factory.mktemp(request.param)
    files.write(full, out, list(files.FORMATS), files.Settings(request.param), [pack.RULES / "mlps.yml"])
    return request.param, out


def cells(sheet):
    """A sheet's rows as lists of values."""
    return [list(row) for row in sheet.iter_rows(values_only=True)]


class Script(HTMLParser):
    """The data of a page, and the numbers on its cards."""

    def __init__(self, page):
        super().__init__()
        self.data, self.cards, self._inside, self._card = "", {}, False, ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self._inside = tag == "script" and given.get("id") == "data"
        if tag == "li" and given.get("class") in {verdict.value for verdict in Verdict}:
            self._card = given["class"]

    def handle_data(self, data):
        if self._inside:
            self.data += data
        if self._card and data.strip().isdigit():
            self.cards[self._card], self._card = int(data), ""


def counted(values):
    """How often each verdict occurs."""
    found = list(values)
    return {verdict.value: found.count(verdict.value) for verdict in Verdict}


def test_every_form_has_the_same_counts(made, full):
    """Items, findings, high risks and waived findings: JSON, workbook, document, page and SARIF agree, row by row."""
    language, out = made
    says = wording.Wording(language)
    key = {says.verdict(verdict): verdict.value for verdict in Verdict}
    document = json.loads((out / "audit.json").read_text())
    counts = document["counts"]
    findings = [finding for item in document["items"] for finding in item["findings"]]
    assert counts["items"] == counted(item["verdict"] for item in document["items"])
    waived = [finding for finding in findings if finding["waiver"]]
    rated = [finding for finding in findings if not finding["waiver"]]
    assert counts["findings"] == counted(finding["verdict"] for finding in rated)
    assert counts["waived"] == len(waived) > 0

    book = openpyxl.load_workbook(out / "audit.xlsx")
    sheet = {name: cells(book[says.tr(name)]) for name in ("Summary", "Gap analysis", "Item results", "High-risk list")}
    assert [dict(zip(key.values(), row[1:6], strict=True)) for row in sheet["Summary"][1:3]] == [
        counts["items"],
        counts["findings"],
    ]
    gaps = sheet["Gap analysis"][1:]
    assert counts["items"] == counted(key[row[4]] for row in gaps)
    assert counts["findings"] == {name: sum(row[5 + n] for row in gaps) for n, name in enumerate(counts["findings"])}
    assert counts["waived"] == sum(row[10] for row in gaps) == sheet["Summary"][2][7]
    records = sheet["Item results"][1:]
    untouched = [row for row in records if "old-line-card" not in (row[9] or "")]
    assert counts["findings"] == counted(key[row[5]] for row in untouched)
    assert len(waived) == len(records) - len(untouched)
    assert counts["high_risk"] == len(sheet["High-risk list"]) - 1

    text = docx.Document(out / "audit.docx")
    summary = [[cell.text for cell in row.cells] for row in text.tables[0].rows]
    order = [key[title] for title in summary[0][1:6]]
    assert [dict(zip(order, map(int, row[1:6]), strict=True)) for row in summary[1:3]] == [
        counts["items"],
        counts["findings"],
    ]
    told = "\n".join(paragraph.text for paragraph in text.paragraphs)
    assert re.search(rf"{'高风险情形' if language == 'zh_CN' else 'High-risk cases:'} {counts['high_risk']}\b", told)
    chapters = [table for table in text.tables if len(table.columns) == 5 and key.keys() & column(table, 3)]
    assert counts["items"] == counted(key[name] for table in chapters for name in column_list(table, 3))

    page = Script((out / "audit.html").read_text())
    assert page.cards == counts["items"]
    data = json.loads(page.data)
    groups = [group for item in data["items"] for group in item["groups"]]
    kept = [group for group in groups if "waived" not in group]
    assert counts["findings"] == counted(group["verdict"] for group in kept for _ in group["devices"])
    assert len(waived) == sum(len(group["devices"]) for group in groups if "waived" in group)
    per_device = counted(finding[1] for device in data["devices"] for finding in device["findings"])
    assert per_device == counted(finding["verdict"] for finding in findings if finding["device"])

    results = json.loads((out / "audit.sarif").read_text())["runs"][0]["results"]
    unsuppressed = [result for result in results if "suppressions" not in result]
    assert counts["findings"] == counted(result["properties"]["verdict"] for result in unsuppressed)
    assert len(waived) == len(results) - len(unsuppressed) == full.waived


def column_list(table, number):
    """A table's column below its heading."""
    return [row.cells[number].text for row in table.rows[1:]]


def column(table, number):
    """The same as a set."""
    return set(column_list(table, number))


def test_no_form_tells_a_secret_and_each_says_that_it_is_a_self_check(made):
    """Passwords and keys are masked wherever lines are shown; nobody can take a form for an assessment."""
    language, out = made
    said = "自查" if language == "zh_CN" else "self-check"
    for form in files.FORMATS:
        path = out / f"audit.{form}"
        text = path.read_text() if form in {"json", "html", "sarif"} else unpacked(path.read_bytes())
        assert "Plain-Secret" not in text, form
        assert ("self_assessment" if form == "json" else said) in text, form
    feet = [text for name, text in parts((out / "audit.docx").read_bytes()) if "footer" in name]
    assert len([text for text in feet if said.lower() in text.lower()]) == 2
    book = openpyxl.load_workbook(out / "audit.xlsx")
    assert all(said.lower() in (sheet.oddFooter.center.text or "").lower() for sheet in book)


def parts(data):
    """The XML parts of an office file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name).decode()) for name in archive.namelist() if name.endswith((".xml", ".rels"))]


def unpacked(data):
    """All of its text."""
    return "\n".join(text for _, text in parts(data))


def test_a_second_run_writes_the_same_bytes_and_the_checksums_hold(made, full, tmp_path):
    """Nothing depends on the clock; SHA256SUMS and the manifest name every file with its checksum."""
    language, out = made
    settings = files.Settings(language, earlier=(out / "audit.xlsx",))
    files.write(full, tmp_path, list(files.FORMATS), settings, [pack.RULES / "mlps.yml"])
    for path in out.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=out, capture_output=True, text=True, check=True)
    assert checked.stdout.count(": OK") == len(files.FORMATS) + 1
    manifest = json.loads((out / "manifest.json").read_text())
    assert {entry["name"] for entry in manifest["files"]} == {f"audit.{form}" for form in files.FORMATS}
    for entry in manifest["files"]:
        assert entry["sha256"] == hashlib.sha256((out / entry["name"]).read_bytes()).hexdigest()
    inputs = {entry["device"]: entry["sha256"] for entry in manifest["inputs"]}
    assert inputs["rt-anping"] == hashlib.sha256(full.devices[2].document.content).hexdigest()
    assert manifest["pack"]["files"] == [
        {"name": "mlps.yml", "sha256": hashlib.sha256((pack.RULES / "mlps.yml").read_bytes()).hexdigest()}
    ]


def test_what_people_decided_and_what_was_measured_is_in_every_form(made):
    """A waiver with its end, an attestation with its state, a measurement with its query: JSON, HTML, XLSX, DOCX."""
    language, out = made
    expired = "已过期" if language == "zh_CN" else "expired"
    changed = "证明文件已变更" if language == "zh_CN" else "its file has changed"
    limit = "公开的加固指南" if language == "zh_CN" else "a public guide"
    reference = "自评参考" if language == "zh_CN" else "self-assessment, for reference only"
    for form in ("html", "xlsx", "docx"):
        path = out / f"audit.{form}"
        text = path.read_text() if form == "html" else unpacked(path.read_bytes())
        for words in (
            "2027-03-31",
            "王主任",
            "采购合同附可信启动证明",
            "max_over_time",
            "62.5",
            expired,
            changed,
            reference,
            "6.5.1.1",
            limit,
        ):
            assert words in text, (form, words)
    document = json.loads((out / "audit.json").read_text())
    assert document["score"]["rate"] == 62.5
    assert document["score"]["self_assessment"] is True
    assert [waiver["state"] for waiver in document["waivers"]] == ["active", "expired"]
    assert document["attestations"][0]["sha256"] == "ab" * 32
    evidence = document["items"][0]["findings"][0]["evidence"][0]
    assert (evidence["source"], evidence["at"][:10]) == ("prometheus", "2026-11-20")


# SARIF: the numbers are the clauses of the OASIS Standard of 27 March 2020 that demand it.

KINDS = {"pass", "open", "informational", "notApplicable", "review", "fail"}  # 3.27.9
LEVELS = {"none", "note", "warning", "error"}  # 3.27.10


def test_sarif_has_the_structure_that_the_standard_demands(made, full):
    """Versions, required properties, indices that lead somewhere, levels that fit kinds, regions from line 1."""
    _, out = made
    log = json.loads((out / "audit.sarif").read_text())
    assert log == sarif.document(full, made[0])
    assert log["version"] == "2.1.0"  # 3.13.2
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")  # 3.13.3
    (run,) = log["runs"]  # 3.13.4
    driver = run["tool"]["driver"]  # 3.14.6, 3.18.2
    assert driver["name"]  # 3.19.8
    assert re.fullmatch("[a-z]{2}(-[A-Z]{2})?", run["language"])  # 3.14.7
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}  # 3.14.17
    rules = [rule["id"] for rule in driver["rules"]]  # 3.49.3
    assert len(set(rules)) == len(rules) == 74
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])  # 3.49.9, 3.12.3
    for invocation in run["invocations"]:
        assert invocation["executionSuccessful"] is True  # 3.20.14
        for note in invocation["toolExecutionNotifications"]:  # 3.20.21
            assert note["message"]["text"]  # 3.58.5
            assert note["level"] in LEVELS  # 3.58.6
    for artifact in run["artifacts"]:
        assert re.fullmatch(r"[\w./%~-]+", artifact["location"]["uri"])  # 3.4.3, RFC 3986
        assert re.fullmatch("[0-9a-f]{64}", artifact["hashes"]["sha-256"])  # 3.24.11
    fingerprints = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]  # 3.27.6
        assert result["message"]["text"]  # 3.27.11
        assert result["kind"] in KINDS
        assert result["level"] in LEVELS
        assert (result["kind"] == "fail") == (result["level"] != "none")  # 3.27.10
        for location in result["locations"]:  # 3.27.12
            physical = location.get("physicalLocation")  # 3.28.3
            if physical is None:
                assert location["logicalLocations"][0]["name"]  # 3.28.4
                continue
            named = physical["artifactLocation"]  # 3.29.3
            assert run["artifacts"][named["index"]]["location"]["uri"] == named["uri"]  # 3.4.5
            if "region" in physical:
                assert physical["region"]["startLine"] >= 1  # 3.30.5
        for suppression in result.get("suppressions", ()):  # 3.27.23
            assert suppression["kind"] in {"inSource", "external"}  # 3.35.2
            assert suppression["status"] in {"accepted", "underReview", "rejected"}  # 3.35.3
            assert suppression["justification"]  # 3.35.4
        (fingerprint,) = result["partialFingerprints"].values()  # 3.27.17
        fingerprints.add(fingerprint)
    assert len(fingerprints) == len(run["results"])


def test_a_result_is_known_again_when_its_lines_move():
    """Fingerprints hold when lines are put in front; the region follows the lines."""
    text = b"sysname a\n#\ntelnet server enable\n#\n"
    found = []
    for content in (text, b"#\n# more\n" + text):
        report = engine.run([Document("a.cfg", content, "a", "huawei")], pack.shipped("mlps"), 3)
        found.append(sarif.document(report, "en")["runs"][0]["results"])
    one, two = ({str(entry["partialFingerprints"]): entry for entry in results} for results in found)
    assert one.keys() == two.keys()
    lines = [
        [
            location["physicalLocation"]["region"]["startLine"]
            for entry in results
            if entry["ruleId"] == "8.1.5.4-b"
            for location in entry["locations"]
        ]
        for results in found
    ]
    assert lines == [[3], [5]]


def test_every_style_of_the_document_names_a_font_for_chinese_text():
    """Styles and cover name East Asian fonts, never a theme's; the language of East Asian text is Chinese."""
    document = docx.Document(io.BytesIO(docx_template.build(wording.Wording("zh_CN"))))
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    fonts = {}
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3", "Title", "Footer", "Cell", "Remark"):
        (entry,) = document.styles[name].element.iter(f"{w}rFonts")
        assert not [key for key in entry.attrib if "Theme" in key], name
        fonts[name] = entry.get(f"{w}eastAsia")
    assert fonts["Normal"] == "仿宋"
    assert fonts["Cell"] == "宋体"
    assert set(fonts.values()) == {"仿宋", "宋体", "黑体"}
    (language,) = document.styles.element.iter(f"{w}lang")
    assert language.get(f"{w}eastAsia") == "zh-CN"


def test_lines_that_no_word_file_can_hold_do_not_break_the_document():
    """Control characters, marks of Jinja and of XML in a configuration are shown as text."""
    text = "telnet server enable\nacl name {{ 7*7 }}<&>\x07\x1b\n"
    lines = "user-interface vty 0 4\n protocol inbound all {% endfor %}\x0c&<w:p>\n"
    report = engine.run([Document("a.cfg", (text + lines).encode(), "{{ a }}<b>", "huawei")], pack.shipped("mlps"), 3)
    document = docx.Document(io.BytesIO(report_docx.data(report, files.Settings("en"))))
    told = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "{{ a }}<b>" in told
    assert "protocol inbound all {% endfor %}\ufffd&<w:p>" in told


def test_a_unit_fills_its_own_template(full, tmp_path):
    """A template with its own words is filled in; the names are those of the documentation."""
    own = docx.Document()
    own.add_paragraph("XX 市大数据局 {{ title }} {{ level }}")
    own.add_paragraph("{%p for row in high_risks %}")
    own.add_paragraph("{{ row.case }}：{{ row.title }}")
    own.add_paragraph("{%p endfor %}")
    own.save(tmp_path / "own.docx")
    data = report_docx.data(full, files.Settings("zh_CN", tmp_path / "own.docx"))
    told = [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]
    assert told[0] == "XX 市大数据局 涟源市电子政务外网 第三级"
    assert len(told) == 1 + len(grouping.cases(full))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ titel }}", "titel"),
        ("{{ title", "TemplateSyntaxError"),
        ("{{ ''.__class__.__mro__ }}", "SecurityError"),
        ("{%p for row in gaps %}", "TemplateSyntaxError"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_named(full, tmp_path, text, said):
    """A misspelt name, a broken mark and code that reaches out are a user's mistake with the reason, no traceback."""
    own = docx.Document()
    own.add_paragraph(text)
    own.save(tmp_path / "own.docx")
    with pytest.raises(InputError) as raised:
        report_docx.data(full, files.Settings("en", tmp_path / "own.docx"))
    assert said in str(raised.value.problems[0].message)
    assert "audit template" in str(raised.value.problems[0].hint)


def test_a_template_that_is_none_is_named(full, tmp_path):
    """A text file and a file that is not there."""
    (tmp_path / "no.docx").write_text("no")
    for name in ("no.docx", "nowhere.docx"):
        with pytest.raises(InputError):
            report_docx.data(full, files.Settings("en", tmp_path / name))


def test_500_devices_alike_take_no_more_room_in_the_document():
    """Devices that were found alike stand together: the item results grow with what differs, not with the devices."""
    text = b"sysname a\n#\ntelnet server enable\n#\n"
    lengths = []
    for count in (2, 100):
        documents = [Document(f"{n:03}.cfg", text, f"d{n:03}", "huawei") for n in range(count)]
        report = engine.run(documents, pack.shipped("mlps"), 3)
        context = report_docx.context(report, wording.Wording("en"))
        lengths.append(sum(len(row["groups"]) for chapter in context["chapters"] for row in chapter["rows"]))
    assert lengths[0] == lengths[1] >= len(report.items)
    many = next(row for chapter in context["chapters"] for row in chapter["rows"] if row["id"] == "8.1.4.1-c")
    (devices,) = [group["devices"] for group in many["groups"] if "(100)" in group["devices"]]
    assert devices.endswith("(+90)")


def test_what_is_not_known_is_said_once_for_all_facts(full):
    """A record names its facts in order; those that nobody knows stand behind, each reason once."""
    says = wording.Wording("en")
    finding = next(
        found for item in full.items for found in item.findings
        if found.device == "rt-frr.conf" and sum(1 for entry in found.evidence if entry.value is None) > 1
    )  # fmt: skip
    told = says.record(finding)
    assert told.count("The configuration does not tell: ") == 1
    for entry in finding.evidence:
        assert told.count(says.weakness(entry.fact)) == (1 if entry.value is None or entry.value else 0)


def test_a_report_without_devices_is_a_report(tmp_path):
    """Nothing judged: every form can still be written."""
    empty = engine.run([], pack.shipped("mlps"), 2)
    files.write(empty, tmp_path, list(files.FORMATS), files.Settings("en"))
    assert json.loads((tmp_path / "audit.json").read_text())["counts"]["devices"] == 0
    assert report_json.data(empty) == (tmp_path / "audit.json").read_bytes()


def test_a_form_of_an_earlier_run_does_not_stay_beside_a_new_report(full, tmp_path):
    """What an earlier run wrote and this one does not is removed; what somebody changed or put there stays."""
    files.write(full, tmp_path, ["json", "html", "sarif"], files.Settings("en"))
    (tmp_path / "audit.sarif").write_text("{}")
    (tmp_path / "audit.txt").write_text("a note of one's own")
    files.write(full, tmp_path, ["json"], files.Settings("en"))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"audit.json", "audit.sarif", "audit.txt", "manifest.json", "SHA256SUMS"}


@pytest.mark.parametrize("listed", ["[]", '{"files": [{"name": "../kept", "sha256": "0"}]}', "no JSON", '{"files": 3}'])
def test_a_foreign_list_removes_nothing(full, tmp_path, listed):
    """Only a list that was written here names what may go, and nothing outside the folder."""
    (tmp_path / "manifest.json").write_text(listed)
    (tmp_path / "audit.html").write_text("somebody's")
    files.write(full, tmp_path, ["json"], files.Settings("en"))
    assert (tmp_path / "audit.html").read_text() == "somebody's"


def test_a_device_of_which_little_is_known_is_not_shown_as_sound(full):
    """No weakness in the little that is known is another bar than no weakness in all of it."""
    known = next(device for device in full.devices if device.problem is None)
    little = {name: replace(fact, value=None) for name, fact in known.facts.facts.items()}
    device = replace(known, facts=replace(known.facts, facts=little))
    report = replace(full, devices=(device,))
    counts = grouping.devices_by_severity(report, {})
    assert (counts["unknown"], counts["none"], sum(counts.values())) == (1, 0, 1)
    assert grouping.known_facts(device) == (0, len(little))
