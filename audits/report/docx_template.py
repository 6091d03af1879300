"""Our DOCX template, made from code: a document as a Chinese government unit hands it in, with docxtpl's marks in it.

Sizes follow the habits of official documents: title 二号, chapters 三号 黑体, text 四号 仿宋, tables 小五 宋体; A4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audits.model import Verdict
from audits.report import wording
from audits.report.docx_page import Page
from inventory.text import mark

if TYPE_CHECKING:
    from audits.report.wording import Wording


def build(says: Wording) -> bytes:
    """The template in one language."""
    from docx import Document  # noqa: PLC0415 - start-up time

    page = Page(Document(), says)
    page.set_up()
    page.cover([says.tr(title) for title, _ in _CHAPTERS])
    for number, (title, fill) in enumerate(_CHAPTERS, 1):
        page.chapter(number, says.tr(title))
        fill(page)
    return page.data()


def _scope(page: Page) -> None:
    page.text("{%p for sentence in scope %}")
    page.text("{{ sentence }}")
    page.text("{%p endfor %}")
    page.text("{%p for sentence in notices %}")
    page.text("{{ sentence }}")
    page.text("{%p endfor %}")


def _summary(page: Page) -> None:
    says = page.says
    page.text("{%p if score %}")
    page.text(
        f"{says.tr(wording.FOR_REFERENCE)}{says.colon}{{{{ score.rate }}}}{says.semicolon}"
        f"{says.tr(mark('Conclusion'))}{says.colon}{{{{ score.conclusion }}}}"
    )
    page.text(f"{says.tr(mark('Profile'))}{says.colon}{{{{ score.profile }}}}", "Remark")
    page.done()
    page.text("{{ summary }}")
    verdicts = tuple((verdict.label, f"{{{{ row.counts.{verdict.value} }}}}", 1.0) for verdict in Verdict)
    total = (mark("Sum"), "{{ row.sum }}", 0.8)
    page.table("row in summary_rows", ((mark("Chapter"), "{{ row.name }}", 2.6), *verdicts, total), centred=True)
    page.table(
        "row in severities",
        ((mark("Gravest weakness"), "{{ row.name }}", 3), (mark("Devices"), "{{ row.devices }}", 1)),
        centred=True,
    )


def _chapters(page: Page) -> None:
    page.text("{%p for chapter in chapters %}")
    page.text("{{ chapter.name }}", "Heading 2")
    page.text("{{ chapter.told }}", leads=True)
    page.table(
        "item in chapter.rows",
        (
            (mark("Item"), "{{ item.id }}", 1.5),
            (mark("Control point"), "{{ item.point }}", 2.0),
            (mark("Requirement (paraphrase)"), "{{ item.text }}", 4.2),
            (mark("Verdict"), "{{ item.verdict }}", 1.6),
            (mark("Devices"), "{{ item.counts }}", 2.4),
        ),
    )
    page.text("{%p endfor %}")


def _gaps(page: Page) -> None:
    page.either("gaps", page.says.tr(mark("Nothing was found that is not or only partly met.")))
    page.table(
        "row in gaps",
        (
            (mark("Item"), "{{ row.id }}", 1.4),
            (mark("Requirement (paraphrase)"), "{{ row.text }}", 2.8),
            (mark("Verdict"), "{{ row.verdict }}", 1.2),
            (mark("What is missing"), "{{ row.missing }}", 4.4),
            (mark("Advice"), "{{ row.advice }}", 3),
        ),
    )
    page.done()


def _risks(page: Page) -> None:
    page.either("high_risks", "{{ no_high_risk }}")
    page.table(
        "row in high_risks",
        (
            (mark("Case"), "{{ row.case }}", 1.2),
            (mark("Title"), "{{ row.title }}", 2.6),
            (mark("Item"), "{{ row.item }}", 1.4),
            (mark("Final risk and devices"), "{{ row.devices }}", 3.8),
            (mark("What else counts"), "{{ row.ask }}", 3.2),
        ),
    )
    page.done()


def _records(page: Page) -> None:
    page.text(
        page.says.tr(
            mark(
                "Devices that were found alike stand together, with the lines of the first of them. "
                "Every device by itself, with all its lines, stands in the workbook (audit.xlsx) and "
                "in audit.json. Items that only a person can judge stand in the next chapter."
            )
        )
    )
    page.text("{%p for chapter in chapters %}")
    page.text("{{ chapter.name }}", "Heading 2")
    page.text("{%p for item in chapter.recorded %}")
    page.text("{{ item.id }}  {{ item.point }}　{{ item.verdict }}", "Heading 3")
    page.text("{{ item.text }}", "Remark", leads=True)
    page.table(
        "group in item.groups",
        (
            (mark("Verdict"), "{{ group.verdict }}", 1.2),
            (mark("Devices"), "{{ group.devices }}", 2.8),
            (mark("Result"), "{{ group.record }}", 4),
            (mark("Evidence"), "{{ group.evidence }}", 4.4),
        ),
    )
    page.text("{%p endfor %}")
    page.text("{%p endfor %}")


def _manual(page: Page) -> None:
    page.either("manual", page.says.tr(mark("No item is left for a person.")))
    page.table(
        "row in manual",
        (
            (mark("Item"), "{{ row.id }}", 1.4),
            (mark("Control point"), "{{ row.point }}", 2.0),
            (mark("Requirement (paraphrase)"), "{{ row.text }}", 3.2),
            (mark("To collect"), "{{ row.collect }}", 4),
            (mark("Devices"), "{{ row.devices }}", 2.4),
        ),
    )
    page.done()


def _attestations(page: Page) -> None:
    page.either("attestations", page.says.tr(mark("No attestation was given.")))
    page.table(
        "row in attestations",
        (
            (mark("Item"), "{{ row.item }}", 1.4),
            (mark("State"), "{{ row.state }}", 1.2),
            (mark("Verdict"), "{{ row.verdict }}", 1.3),
            (mark("Statement"), "{{ row.statement }}", 3.6),
            (mark("Stated by"), "{{ row.by }}", 2.4),
            (mark("File"), "{{ row.file }}", 3),
        ),
    )
    page.done()


def _waivers(page: Page) -> None:
    page.either("waivers", page.says.tr(mark("Nothing is waived.")))
    page.table(
        "row in waivers",
        (
            (mark("Name"), "{{ row.name }}", 1.8),
            (mark("State"), "{{ row.state }}", 1.1),
            (mark("What is waived"), "{{ row.what }}", 3.2),
            (mark("Reason"), "{{ row.reason }}", 3.2),
            (mark("Approved by"), "{{ row.approver }}", 1.4),
            (mark("Until"), "{{ row.until }}", 1.5),
        ),
    )
    page.done()


def _assets(page: Page) -> None:
    page.table(
        "row in assets",
        (
            (mark("Device"), "{{ row.name }}", 2.4),
            (mark("Platform"), "{{ row.platform }}", 2),
            (mark("File"), "{{ row.file }}", 3),
            (mark("Gravest weakness"), "{{ row.gravest }}", 1.6),
            (mark("Findings"), "{{ row.counts }}", 3.6),
        ),
    )


def _rules(page: Page) -> None:
    says = page.says
    page.text(f"{says.tr(mark('Rules'))}{says.colon}{{{{ pack }}}}")
    page.text(f"{says.tr(mark('Source of the rules'))}{says.colon}{{{{ source }}}}")
    page.text("{{ verified }}")
    page.text("{%p if thresholds %}")
    page.table(
        "row in thresholds",
        (
            (mark("Limit"), "{{ row.title }}", 4),
            (mark("Value"), "{{ row.value }}", 1.6),
            (mark("Source"), "{{ row.source }}", 5),
        ),
    )
    page.done()
    page.text("{{ masked }}")


_CHAPTERS = (
    (mark("Scope of the self-check"), _scope),
    (mark("Summary of the results"), _summary),
    (mark("Results chapter by chapter"), _chapters),
    (mark("List of gaps"), _gaps),
    (mark("High-risk list"), _risks),
    (mark("Item results with evidence"), _records),
    (mark("Items for a person, and what to collect"), _manual),
    (mark("Attestations"), _attestations),
    (mark("Waivers"), _waivers),
    (mark("Appendix: assets"), _assets),
    (mark("Appendix: rules and their source"), _rules),
)
