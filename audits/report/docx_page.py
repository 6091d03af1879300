"""A Word document in the making: paper, fonts and styles of Chinese official documents, cover, chapters, tables.

Every style names its East Asian font (w:eastAsia), and the font table names what may stand in for it, so that Word,
WPS and LibreOffice find one that has every character (ISO/IEC 29500-1, 17.3.2.26 rFonts and 17.8.3.1 altName).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from audits.report import wording
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audits.report.wording import Wording

_BODY, _TABLE, _HEADING = "仿宋", "宋体", "黑体"
_LATIN = "Times New Roman"
# Font → other names of it and fonts that stand in for it, and its family (ISO/IEC 29500-1, 17.8.3.9).
_FONTS = {
    _BODY: ("FangSong;仿宋_GB2312;FangSong_GB2312;STFangsong;Noto Serif CJK SC", "modern"),
    _TABLE: ("SimSun;NSimSun;STSong;Noto Serif CJK SC", "auto"),
    _HEADING: ("SimHei;STHeiti;Noto Sans CJK SC", "modern"),
    _LATIN: ("Liberation Serif", "roman"),
}
_FONT_TABLE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{fonts}</w:fonts>'
)
_SHADE = "DCE6F1"
_WIDTH = 15.6  # cm between the margins of an A4 page
_MARGINS = {"top": 3.0, "bottom": 2.6, "left": 2.8, "right": 2.6}

# A table: (heading, what docxtpl fills in, share of the width).
Cells = tuple[tuple[str, str, float], ...]


class Page:
    """The document in the making."""

    def __init__(self, document: Any, says: Wording) -> None:
        self.document = document
        self.says = says

    def data(self) -> bytes:
        """The document's bytes."""
        stream = io.BytesIO()
        self.document.save(stream)
        return stream.getvalue()

    # -- the frame ---------------------------------------------------------------------------------------------------

    def set_up(self) -> None:
        """Paper, margins, styles, fonts and the feet of the pages."""
        from docx.shared import Cm  # noqa: PLC0415 - start-up time

        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        for side, size in _MARGINS.items():
            setattr(section, f"{side}_margin", Cm(size))
        section.different_first_page_header_footer = True
        self._styles()
        self._font_table()
        self.document.core_properties.title = self.says.tr(wording.HEADING)
        self.document.core_properties.author = "govnet"
        self.document.core_properties.comments = ""
        foot = section.footer.paragraphs[0]
        foot.style = "Footer"
        self._run(foot, f"{self.says.tr(wording.SELF_CHECK)} · {{{{ title }}}}　")
        self._field(foot, "PAGE", "1")
        self._run(foot, " / ")
        self._field(foot, "NUMPAGES", "1")
        first = section.first_page_footer.paragraphs[0]
        first.style = "Footer"
        self._run(first, self.says.tr(wording.NOTICE))

    def _styles(self) -> None:
        from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415 - start-up time
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - as above
        from docx.shared import Pt  # noqa: PLC0415 - as above

        styles = self.document.styles
        self._style(styles["Normal"], _BODY, 14)
        # Without it an office program may take another country's forms of the same characters.
        language = styles.element.find(f".//{_w('rPrDefault')}//{_w('lang')}")
        if language is not None:
            language.set(_w("eastAsia"), "zh-CN")
        styles["Normal"].paragraph_format.line_spacing = 1.35
        styles["Normal"].paragraph_format.space_after = Pt(4)
        for name, size in (("Heading 1", 16), ("Heading 2", 14), ("Heading 3", 12)):
            style = styles[name]
            self._style(style, _HEADING, size, bold=name == "Heading 3")
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(14), Pt(6)
            style.paragraph_format.keep_with_next = True
        self._style(styles["Title"], _TABLE, 22, bold=True)
        borders = styles["Title"].element.find(f".//{_w('pBdr')}")
        if borders is not None:
            borders.getparent().remove(borders)
        styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._style(styles["Footer"], _TABLE, 9)
        styles["Footer"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell = styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
        self._style(cell, _TABLE, 9)
        cell.paragraph_format.line_spacing = 1.1
        cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(2)
        small = styles.add_style("Remark", WD_STYLE_TYPE.PARAGRAPH)
        self._style(small, _BODY, 10.5)
        small.paragraph_format.space_after = Pt(4)

    def _style(self, style: Any, east_asian: str, size: float, *, bold: bool = False) -> None:
        """Fonts by name (a theme's would win over them), size in points, black."""
        from docx.shared import Pt, RGBColor  # noqa: PLC0415 - start-up time

        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            del fonts.attrib[key]
        for key, name in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", east_asian)):
            fonts.set(_w(key), name)

    def _font_table(self) -> None:
        fonts = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{others.replace(";", ",")}"/>'
            f'<w:charset w:val="{"00" if name == _LATIN else "86"}"/><w:family w:val="{family}"/></w:font>'
            for name, (others, family) in _FONTS.items()
        )
        for part in self.document.part.package.iter_parts():
            if part.partname == "/word/fontTable.xml":
                part._blob = _FONT_TABLE.format(fonts=fonts).encode()  # noqa: SLF001 - python-docx has no door to it

    def cover(self, chapters: Sequence[str]) -> None:
        """Title, level and day; on the next page, where the chapters begin."""
        says = self.says
        for _ in range(4):
            self.document.add_paragraph()
        self._line("{{ title }}", 22, bold=True)
        self._line(says.tr(mark("Self-check report on classified protection")), 22, bold=True)
        self._line(f"（{says.tr(wording.SELF_CHECK)}）" if says.language == "zh_CN" else "(self-check)", 16)
        for _ in range(4):
            self.document.add_paragraph()
        rows = (
            (mark("Standard"), "{{ standard }}"),
            (mark("Level"), "{{ level }}"),
            (mark("Devices judged"), "{{ judged }}"),
            (mark("Made"), "{{ generated }}"),
        )
        for name, value in rows:
            self._line(f"{says.tr(name)}{says.colon}{value}", 14)
        self.document.add_page_break()
        self._line(says.tr(mark("Table of contents")), 16, font=_HEADING)
        for number, title in enumerate(chapters, 1):
            self._contents_line(number, f"{number}  {title}")

    def _line(self, text: str, size: float, *, bold: bool = False, font: str = _TABLE) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - start-up time
        from docx.shared import Pt  # noqa: PLC0415 - as above

        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = self._run(paragraph, text)
        run.font.size, run.font.bold = Pt(size), bold
        run._element.get_or_add_rPr().get_or_add_rFonts().set(_w("eastAsia"), font)  # noqa: SLF001 - as above

    def _contents_line(self, number: int, text: str) -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER  # noqa: PLC0415 - start-up time
        from docx.shared import Cm  # noqa: PLC0415 - as above

        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        self._run(paragraph, f"{text}\t")
        self._field(paragraph, f"PAGEREF chapter{number} \\h", "")

    def _run(self, paragraph: Any, text: str) -> Any:
        return paragraph.add_run(text)

    def _field(self, paragraph: Any, instruction: str, shown: str) -> None:
        """A field that the office program fills in (ISO/IEC 29500-1, 17.16.18); `dirty` asks it to do so at once."""
        from docx.oxml import OxmlElement  # noqa: PLC0415 - start-up time

        for kind in ("begin", "instr", "separate", "text", "end"):
            run = paragraph.add_run(shown if kind == "text" else "")
            if kind == "instr":
                element = OxmlElement("w:instrText")
                element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                element.text = instruction
                run._element.append(element)  # noqa: SLF001 - python-docx has no fields
            elif kind != "text":
                element = OxmlElement("w:fldChar")
                element.set(_w("fldCharType"), kind)
                if kind == "begin":
                    element.set(_w("dirty"), "true")
                run._element.append(element)  # noqa: SLF001 - as above

    # -- what chapters are made of -----------------------------------------------------------------------------------

    def chapter(self, number: int, title: str) -> None:
        """A chapter's heading on a new page if it is the first, with a mark that the contents refer to."""
        from docx.oxml import OxmlElement  # noqa: PLC0415 - start-up time

        if number == 1:
            self.document.add_page_break()
        heading = self.document.add_paragraph(style="Heading 1")
        for kind in ("bookmarkStart", "bookmarkEnd"):
            element = OxmlElement(f"w:{kind}")
            element.set(_w("id"), str(number))
            if kind == "bookmarkStart":
                element.set(_w("name"), f"chapter{number}")
                heading._element.append(element)  # noqa: SLF001 - as above
                self._run(heading, f"{number}  {title}")
            else:
                heading._element.append(element)  # noqa: SLF001 - as above

    def text(self, text: str, style: str = "Normal", *, leads: bool = False) -> None:
        """A paragraph; full text begins two characters in, as Chinese texts do. `leads`: it stays with what follows."""
        from docx.shared import Pt  # noqa: PLC0415 - start-up time

        paragraph = self.document.add_paragraph(style=style)
        if style == "Normal" and self.says.language == "zh_CN" and not text.startswith("{%"):
            paragraph.paragraph_format.first_line_indent = Pt(28)
        if leads:
            paragraph.paragraph_format.keep_with_next = True
        self._run(paragraph, text)

    def either(self, condition: str, none: str) -> None:
        """What is said instead where a list is empty; `otherwise` and `done` frame the list."""
        self.text(f"{{%p if not {condition} %}}")
        self.text(none)
        self.text("{%p else %}")

    def done(self) -> None:
        """The end of a condition."""
        self.text("{%p endif %}")

    def table(self, rows: str, cells: Cells, *, centred: bool = False) -> None:
        """A table with a row for each of `rows` (`row in gaps`); its headings stand on every page.

        If `centred`, all columns but the first hold numbers and are centred.
        """
        from docx.enum.table import WD_TABLE_ALIGNMENT  # noqa: PLC0415 - start-up time
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - as above
        from docx.oxml import OxmlElement  # noqa: PLC0415 - as above
        from docx.shared import Cm  # noqa: PLC0415 - as above

        table = self.document.add_table(rows=4, cols=len(cells))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        self._row(table.rows[0], [self.says.tr(heading) for heading, _, _ in cells], bold=True)
        self._row(table.rows[1], [f"{{%tr for {rows} %}}"])
        self._row(table.rows[2], [value for _, value, _ in cells])
        self._row(table.rows[3], ["{%tr endfor %}"])
        whole = sum(share for _, _, share in cells)
        for column, (_, _, share) in enumerate(cells):
            table.columns[column].width = Cm(_WIDTH * share / whole)
            for row in table.rows:
                row.cells[column].width = Cm(_WIDTH * share / whole)
        for row in (table.rows[0], table.rows[2]):
            properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - as above
            properties.append(OxmlElement("w:cantSplit"))
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - as above
        for cell in table.rows[0].cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        if centred:
            for cell in (*table.rows[0].cells[1:], *table.rows[2].cells[1:]):
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        self.text("", "Remark")

    def _row(self, row: Any, texts: Sequence[str], *, bold: bool = False) -> None:
        from docx.oxml import OxmlElement  # noqa: PLC0415 - start-up time

        for cell, text in zip(row.cells, texts, strict=False):
            paragraph = cell.paragraphs[0]
            paragraph.style = "Cell"
            run = self._run(paragraph, text)
            run.bold = bold
            if bold:
                shade = OxmlElement("w:shd")
                for key, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
                    shade.set(_w(key), value)
                cell._element.get_or_add_tcPr().append(shade)  # noqa: SLF001 - as above


def _w(name: str) -> str:
    """A name of WordprocessingML with its namespace."""
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"
