"""PDF files for people: the report of an evidence pack, and the certificate of an erasure."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from storage.privacy.certificate import Certificate

_STYLES = getSampleStyleSheet()
_TEXT: ParagraphStyle = _STYLES["BodyText"]
_MONO = ParagraphStyle("value", parent=_TEXT, fontName="Courier", fontSize=8, leading=10)
_RULE = colors.HexColor("#d0d5dd")
_GAP = 4 * mm

Lines = Sequence[tuple[str, str]]


def certificate_pdf(made: Certificate) -> bytes:
    """The certificate of an erasure, to sign or to send."""
    of = made.content
    return _built(
        "Certificate of erasure",
        [
            _values(made.lines),
            *_listed("What was done", of["done"]),
            *_listed("What remains", of["remains"]),
            *_listed("What lies outside of this desk", of["outside"]),
        ],
    )


def report_pdf(title: str, values: Lines, counts: Lines, notes: Iterable[str]) -> bytes:
    """The report of an evidence pack: what it is, what is in it, how to check it."""
    return _built(
        title,
        [
            _values(values),
            Spacer(0, _GAP),
            Paragraph("Entries by kind", _STYLES["Heading2"]),
            _values(counts or [("none", "0")]),
            *_listed("How to check it", notes),
        ],
    )


def _built(title: str, parts: list[Flowable]) -> bytes:
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, title=title, author="Frontdesk", leftMargin=20 * mm, topMargin=20 * mm
    )
    head = [Paragraph(escape(title), _STYLES["Title"]), Spacer(0, _GAP)]
    document.build([*head, *parts], onFirstPage=_page, onLaterPages=_page)
    return buffer.getvalue()


def _page(canvas: object, document: SimpleDocTemplate) -> None:
    canvas.setFont("Helvetica", 8)  # type: ignore[attr-defined]
    canvas.drawRightString(  # type: ignore[attr-defined]
        A4[0] - 20 * mm, 10 * mm, f"Frontdesk audit, page {document.page}"
    )


def _values(lines: Lines) -> Table:
    rows = [[Paragraph(escape(label), _TEXT), _wrapped(value)] for label, value in lines]
    table = Table(rows, colWidths=[50 * mm, 115 * mm])
    table.setStyle(
        TableStyle(
            [("LINEBELOW", (0, 0), (-1, -1), 0.3, _RULE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        )
    )
    return table


def _wrapped(value: str) -> Paragraph:
    """A value that may be one long word, such as a digest."""
    return Paragraph(escape(value), ParagraphStyle("long", parent=_MONO, wordWrap="CJK"))


def _listed(title: str, items: Iterable[str]) -> list[Flowable]:
    lines = [Paragraph(escape(one), _TEXT, bulletText="•") for one in items]
    return [Spacer(0, _GAP), Paragraph(escape(title), _STYLES["Heading2"]), *lines]
