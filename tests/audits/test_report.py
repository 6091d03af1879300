"""Reports as files: the same counts everywhere, no secret, nothing from the network, both languages."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from audits import engine, pack
from audits.model import Document, Scope, Verdict
from audits.report import html, page_data, scope, wording
from audits.report import json as report_json
from audits.vocabulary import FACTS
from inventory.text import Message


def test_the_json_has_the_counts_of_its_items(report):
    """Counts are those of the findings listed, and every verdict is a key."""
    document = report_json.document(report)
    json.dumps(document)
    assert set(document["counts"]["items"]) == {verdict.value for verdict in Verdict}
    assert sum(document["counts"]["items"].values()) == len(document["items"]) == 74
    for verdict, number in document["counts"]["items"].items():
        assert number == sum(1 for item in document["items"] if item["verdict"] == verdict)
    findings = [finding for item in document["items"] for finding in item["findings"]]
    for verdict, number in document["counts"]["findings"].items():
        assert number == sum(1 for finding in findings if finding["verdict"] == verdict)
    assert document["self_assessment"] is True
    assert document["pack"]["verified"] is False
    assert document["substitutions"][0]["from"] == "topsec_tos"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_page_stands_alone_and_hides_secrets(report, language):
    """One file: no link to anything outside, no secret, the self-check notice, the stand-ins of the lab."""
    page = html.render(report, language)
    assert not re.search(r"(?:src|href)=[\"'](?!#)", page)
    assert "http://" not in page
    assert "https://" not in page
    assert "Plain-Secret" not in page
    assert ("自查" if language == "zh_CN" else "self-check") in page
    assert ("尚未对照纸质标准" if language == "zh_CN" else "Nobody has yet verified") in page
    assert "fw-border" in page
    assert "2026-11-21" in page


def test_the_page_has_the_counts_of_the_json(report):
    """The numbers of the cards are the numbers of the JSON."""
    counts = report_json.document(report)["counts"]["items"]
    page = html.render(report, "en")
    for verdict, number in counts.items():
        assert f'<li class="{verdict}"><strong>{number}</strong>' in page


def test_chinese_pages_are_chinese(report):
    """No label, verdict or reading is left in English on a Chinese page (the lab's own reason aside)."""
    page = html.render(report, "zh_CN")
    body = page[page.index("<body>") : page.index("<footer>")]
    text = re.sub(r"<pre>.*?</pre>|<code>.*?</code>|<[^>]+>", " ", body, flags=re.DOTALL)
    data = page_data.document(report, wording.Wording("zh_CN"))
    foreign = {number for entry in weak(data) for number in (entry.get("commands"), *lines(entry))}
    text += " ".join(said for number, said in enumerate(data["texts"]) if number not in foreign)
    left = re.findall(r"(?:\b[a-z]{3,}\b[ ,.;]+){4,}", text)
    assert [words for words in left if not words.startswith("image can be run")] == []


def weak(data):
    """Every weakness in a page's data."""
    return [entry for device in data["devices"] for entry in (*device["weak"], *device["others"])]


def lines(entry):
    """The numbers of the texts that are lines of a configuration."""
    return [line[1] for line in entry.get("lines", ())]


def test_many_lines_are_cut_and_counted():
    """A weakness of hundreds of lines shows some of them on the page, and says how many more there are."""
    users = "".join(f" local-user u{n} password simple Secret-{n}\n" for n in range(200))
    report = engine.run(
        [Document("a", f"sysname a\n#\naaa\n{users}#\n".encode(), "a", "huawei")], pack.shipped("mlps"), 3
    )
    data = page_data.document(report, wording.Wording("en"))
    said = data["texts"].index(FACTS["pwd_plain"].weak)
    (entry,) = [entry for entry in weak(data) if entry["reading"] == said]
    assert len(entry["lines"]) == 40
    cited = sum(line[2] for line in entry["lines"])
    assert data["texts"][entry["more"]] == f"… and {200 - cited} more lines"


def test_markup_in_a_configuration_stays_text(report):
    """A line with HTML in it is shown, not run."""
    from audits import engine, pack
    from audits.model import Document

    text = "user-interface vty 0 4\n idle-timeout 0 0 <script>alert(1)</script>\n"
    result = engine.run([Document("<b>x</b>", text.encode(), platform="huawei")], pack.shipped("mlps"), 3)
    page = html.render(result, "en")
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert report is not result


def test_a_bar_is_as_long_as_its_numbers():
    """The pieces of a bar add up and keep the order, gravest first."""
    pieces = html.bar({"fail": 1, "partial": 0, "pass": 3})
    assert [(piece.verdict, piece.start, piece.width) for piece in pieces] == [
        ("fail", 0.0, 25.0),
        ("pass", 25.0, 75.0),
    ]
    assert html.bar({"fail": 0}) == []


def test_what_was_not_judged_stands_before_any_number(report):
    """The page says beside its title how much was judged, what was not and why, and that a lab is no network."""
    page = html.render(report, "en")
    told = page[page.index("<h1>") : page.index('class="cards"')]
    for words in (
        "3 of the workspace&#39;s 6 devices were judged.",
        "Not judged (1): fw.conf: no dialect recognises",
        "Not judged (2): fw-border, vg-zfb: nothing is read from it",
        "virtual devices of the lab “netns”, not the network&#39;s own",
        "linux stands in for topsec_tos in this lab (1): fw-border",
    ):
        assert words in told
    document = report_json.document(report)["scope"]
    assert document["judged"] == ["core.cfg", "rt-anping", "rt-frr.conf"]
    assert [entry["device"] for entry in document["not_judged"]] == ["fw.conf", "fw-border", "vg-zfb"]
    assert (document["lab"], document["workspace"]) == ("netns", True)
    assert "netns" in document["text"][-2]["zh"]


@pytest.mark.parametrize(("names", "told"), [(["a"], "Configurations judged: 1;"), ([], "Nothing was")])
def test_no_case_is_said_only_of_what_was_judged(names, told):
    """That no high-risk case was found says nothing about a device that was not read."""
    unread = Document("b", b"", "b", "huawei", Message("not there"))
    good = [Document(name, b"sysname a\n", name, "huawei") for name in names]
    judged = engine.run([*good, unread], pack.shipped("mlps"), 2)
    assert told in html.render(dataclasses.replace(judged, high_risks=()), "en")
    assert told in str(scope.no_high_risk(judged))


@pytest.mark.parametrize("lab", ["emulated", "netns"])
def test_a_lab_is_named_in_both_languages(lab):
    """No report of a lab can be taken for one of the network."""
    judged = engine.run([], pack.shipped("mlps"), 2, scope=Scope(lab=lab))
    for language, words in (("en", "not the network's own"), ("zh_CN", "不是现网设备")):
        text = " ".join(sentence.in_language(language) for sentence in scope.sentences(judged))
        assert words in text
        assert lab in text


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_the_screen_and_every_character_has_a_glyph(full, chromium, tmp_path, language, width):
    """Nothing sticks out sideways on a phone or a desk, no text is squeezed, no character is drawn as an empty box."""
    path = tmp_path / "audit.html"
    html.write(full, path, language)
    chromium.show(path, width)
    chromium.js("document.querySelectorAll('details').forEach(node => { node.open = true })")
    chromium.js("new Promise(done => setTimeout(done, 50))")
    assert chromium.js("document.querySelectorAll('details div.body:empty').length") == 0
    assert (
        chromium.js("Math.min(...[...document.querySelectorAll('.chart > span:first-child')].map(n => n.clientWidth))")
        > 80
    )
    assert chromium.js("document.documentElement.scrollWidth") <= width
    outside = chromium.js(
        """[...document.querySelectorAll('body *')].filter(node => {
          const box = node.getBoundingClientRect();
          return box.width && (box.right > innerWidth + 1 || box.left < -1) && !node.closest('.code, pre, svg');
        }).map(node => node.outerHTML.slice(0, 80))"""
    )
    assert outside == []
    if width > 720:
        assert chromium.js("Math.min(...[...document.querySelectorAll('td.point')].map(n => n.clientWidth))") > 120
    assert chromium.js(MISSING_GLYPHS) == []
    chromium.js("document.querySelector('h1').append('\\u{10FFF0}')")
    assert chromium.js(MISSING_GLYPHS) == ["\U0010fff0"], "the check must see a box where there is one"
    chromium.js("document.querySelectorAll('details').forEach(node => { node.open = false })")
    picture = chromium.picture()
    (tmp_path / f"audit-{language}-{width}.png").write_bytes(picture)
    assert len(picture) > 50_000


# Every character of the page is drawn on a canvas beside one that no font has: equal pictures mean an empty box.
MISSING_GLYPHS = """(() => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 32;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  pen.font = '20px ' + getComputedStyle(document.body).fontFamily;
  const draw = character => { pen.clearRect(0, 0, 32, 32); pen.fillText(character, 4, 24);
    return pen.getImageData(0, 0, 32, 32).data.join(); };
  const boxes = new Set(['\\u{10FFFD}', '\\u{F0000}'].map(draw));
  return [...new Set(document.body.innerText)].filter(character => character.trim() && boxes.has(draw(character)));
})()"""


@pytest.mark.browser
def test_the_filters_find_items_and_devices(full, chromium, tmp_path):
    """By verdict, chapter, device and text, alone and together; with one device an item shows its verdict there."""
    path = tmp_path / "audit.html"
    html.write(full, path, "en")
    chromium.show(path, 1280)

    def shown(selector):
        nodes = f"[...document.querySelectorAll('{selector}')].filter(node => node.offsetParent)"
        return chromium.js(f"{nodes}.map(node => node.dataset.index || node.id)")

    def write(field, value):
        chromium.js(
            f"document.getElementById('{field}').value = {json.dumps(value)};"
            f"document.getElementById('{field}').dispatchEvent(new Event('input'))"
        )

    def press(verdict):
        chromium.js(f"document.querySelector('button[data-show=\"{verdict}\"]').click()")

    items = "#items tr[data-verdict]"
    assert len(shown(items)) == 74
    press("pass")
    assert len(shown(items)) == full.item_counts()["pass"]
    press("")
    write("chapter", "1")
    assert len(shown(items)) == sum(1 for item in full.items if item.category.en == "Secure area border")
    write("chapter", "")
    write("words", "telnet")
    telnet = [item for item in full.items if any("telnet_mgmt" in facts(finding) for finding in item.findings)]
    assert len(shown(items)) == len(telnet)
    assert shown("details.device") == ["device-2"]
    write("words", "")
    write("device", "core.cfg")
    own = full.findings_of("core.cfg")
    assert len(shown(items)) == len(own)
    assert shown("details.device") == ["device-0"]
    press("pass")
    assert len(shown(items)) == sum(1 for finding in own if finding.verdict is Verdict.PASS)
    write("words", "no such words")
    assert shown(items) == []
    assert shown("#no-item") == ["no-item"]
    write("words", "")
    write("device", "")
    press("")
    assert len(shown(items)) == 74
    assert len(shown("details.device")) == len(full.devices)


def facts(finding):
    """The facts that are true in a finding."""
    return {entry.fact for entry in finding.evidence if entry.value}


@pytest.mark.browser
def test_a_device_unfolds_with_its_lines_in_context(full, chromium, tmp_path):
    """A link from a case opens the device; the cited line stands among its neighbours, masked; markup stays text."""
    path = tmp_path / "audit.html"
    html.write(full, path, "zh_CN")
    chromium.show(path, 390)
    chromium.js("document.querySelectorAll('details.device').forEach(node => { node.open = false })")
    chromium.js("document.querySelector('a[href=\"#device-2\"]').click()")
    chromium.js("new Promise(done => setTimeout(done, 50))")
    assert chromium.js("document.getElementById('device-2').open") is True
    rows = chromium.js(
        "[...document.querySelectorAll('#device-2 .code .row')].map(row => [row.className, row.innerText])"
    )
    assert any(name == "row cited" and "local-user admin password simple ***" in text for name, text in rows)
    assert any(name == "row" and "local-user admin privilege level 15" in text for name, text in rows)
    told = chromium.js("document.getElementById('device-2').innerText")
    assert "豁免至 2027-03-31" in told
    assert "2027 年更换 <b>" in told
    chromium.js("dispatchEvent(new Event('beforeprint'))")
    assert chromium.js("document.querySelectorAll('details:not([open])').length") == 0


def test_the_json_file_has_a_line_for_each_finding_and_device(report):
    """It holds the document as it is; a finding stands in one line, so that two files can be compared by lines."""
    made = report_json.document(report)
    lines = report_json.data(report).decode().splitlines()
    assert json.loads("\n".join(lines)) == made
    findings = [finding for item in made["items"] for finding in item["findings"]]
    rows = [line for line in lines if line.startswith('{"device"') and '"evidence"' in line and '"collect"' in line]
    assert len(rows) == len(findings)
    assert sum(line.startswith('{"name"') and '"facts"' in line for line in lines) == len(made["devices"])


@pytest.mark.parametrize(
    ("line", "hidden"),
    [("Admin@123", True), ("Aa123456", True), ("y", False), ("Eth-Trunk 1", False), ("10.0.0.1", False)],
)
def test_a_typed_answer_that_looks_like_a_password_is_not_shown(line, hidden):
    """Lines of a dialogue that were kept with a text are no commands; one of them may be what was typed at a prompt."""
    text = f"#\nsysname a\n#\ninterface GigabitEthernet0/0/1\n ip address 10.1.1.1 24\n#\n{line}\nreturn\n"
    (device,) = engine.run([Document("a", text.encode(), platform="huawei")], pack.shipped("mlps"), 3).devices
    said = [entry["text"] for entry in report_json.device_facts(device)["not_understood"]]
    assert said == (["***"] if hidden else [line])
