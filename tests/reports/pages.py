"""Reading a PDF back: its text, as copying gives it, and its parts."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2


def page_texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def words(pdf: bytes) -> str:
    """The text of all pages, with every line break and run of blanks as one blank."""
    return " ".join(" ".join(page_texts(pdf)).split())


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def attachments(pdf: bytes) -> dict[str, bytes]:
    with opened(pdf) as document:
        return {name: item.get_file().read_bytes() for name, item in document.attachments.items()}


def addresses(pdf: bytes) -> list[str]:
    """Every link that leaves the document."""
    with opened(pdf) as document:
        return [
            str(annotation.A.URI)
            for page in document.pages
            for annotation in page.get("/Annots", [])
            if "/A" in annotation and "/URI" in annotation.A
        ]
