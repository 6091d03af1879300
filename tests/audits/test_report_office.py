"""Documents and workbooks in a real office program: they open, print, and every character has a glyph."""

from __future__ import annotations

import re
import subprocess

import docx
import pytest

from audits.report import files
from tests.patience import PATIENCE

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def printed(full, tmp_path_factory):
    """The report's document and workbook as PDF: LibreOffice is started once."""
    out = tmp_path_factory.mktemp("office")
    files.write(full, out, ["docx", "xlsx"], files.Settings("zh_CN"))
    # Both would be audit.pdf.
    sources = [(out / f"audit.{form}").rename(out / f"{form}.{form}") for form in ("docx", "xlsx")]
    # A character that no font has: what is seen of it shows that the check can fail.
    control = docx.Document()
    control.add_paragraph("正常 \U0010fff0")
    control.save(out / "control.docx")
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation={(out / 'profile').as_uri()}", "--convert-to", "pdf",
         "--outdir", out, *sources, out / "control.docx"],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return out


def output(*command):
    """What a program prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout


def fonts(path):
    """The names of a PDF's fonts, and whether each is embedded."""
    rows = [line for line in output("pdffonts", path).splitlines()[2:] if line]
    return {row.split()[0].split("+")[-1]: row.split()[-5] == "yes" for row in rows}


def covered(names):
    """The code points for which one of the fonts has a glyph, by fontconfig."""
    points = set()
    for line in output("fc-list", "--format", "%{postscriptname}|%{charset}\n").splitlines():
        name, _, ranges = line.partition("|")
        if name and any(used == name or used.startswith(f"{name}-") for used in names):
            for first, last in re.findall(r"([0-9a-f]+)(?:-([0-9a-f]+))?", ranges):
                points.update(range(int(first, 16), int(last or first, 16) + 1))
    return points


def missing(path):
    """The characters of a PDF that none of its fonts can draw."""
    points = covered(fonts(path))
    text = output("pdftotext", path, "-")
    return {character for character in text if not character.isspace() and ord(character) not in points}


@pytest.mark.parametrize("name", ["docx", "xlsx"])
def test_it_opens_and_every_character_has_a_glyph(printed, name):
    """LibreOffice prints it, all fonts are embedded, and no character is an empty box."""
    path = printed / f"{name}.pdf"
    used = fonts(path)
    assert used
    assert all(used.values())
    assert missing(path) == set()
    assert missing(printed / "control.pdf") == {"\U0010fff0"}, "the check must see a box where there is one"


def test_the_printed_document_has_every_chinese_character_of_the_document(printed):
    """No text is lost between the file and the paper; the contents name pages, the feet say that it is a self-check."""
    document = docx.Document(printed / "docx.docx")
    inside = [paragraph.text for paragraph in document.paragraphs]
    inside += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = output("pdftotext", "-layout", printed / "docx.pdf", "-")
    chinese = {character for character in "".join(inside) if "\u4e00" <= character <= "\u9fff"}
    assert chinese - set(text) == set()
    pages = text.split("\f")[:-1]
    feet = [page.rstrip().splitlines()[-1] for page in pages[1:]]
    assert all("自查" in foot and foot.rstrip().endswith(f"/ {len(pages)}") for foot in feet)
    entries = re.findall(r"\.{5,}\s*(\d+)$", pages[1], re.MULTILINE)
    assert len(entries) == 11
    assert [int(number) for number in entries] == sorted(map(int, entries))
