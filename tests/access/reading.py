"""Read all words of a response, whatever it is: page, data, PDF, workbook or archive; and the links in pages."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from urllib.parse import quote, unquote, urljoin

import pypdfium2
from werkzeug.test import TestResponse

_LINK = re.compile(r'(?:href|src)="([^"#]+)')
_FORM = re.compile(r"<form\b(?![^>]*method=.post)[^>]*>.*?</form>", re.S | re.I)
_FIELD = re.compile(r'<(?:input|select)[^>]*name="([^"]+)"')


def words_of(response: TestResponse) -> str:
    """Everything in it that could be read, with headers and file names."""
    headers = unquote(str(response.headers))
    return f"{headers}\n{words_in(response.get_data(), response.mimetype)}"


def words_in(content: bytes, mimetype: str = "") -> str:
    if content.startswith(b"%PDF"):
        return _words_of_pdf(content)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(f"{name}\n{words_in(archive.read(name))}" for name in archive.namelist())
    return unescape(unquote(content.decode(errors="replace")))


def stripped(page: str) -> str:
    """The page without what differs by design: tokens of forms, seconds left, reference of the error, ids and the
    address itself."""
    page = re.sub(r'="(?:[A-Za-z0-9_.\-]{40,}|\d+)"', "", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", page)
    return re.sub(r'<bdi class="code">[0-9a-f]{8}</bdi>', "", page)


def links_in(page: str, path: str) -> set[str]:
    """Addresses of our own that a page leads to, also by its search forms asked for every canary."""
    found = {urljoin(path, unescape(link)) for link in _LINK.findall(page)}
    for form in _FORM.findall(page):
        if action := re.search(r'action="([^"]+)"', form):
            fields = [name for name in _FIELD.findall(form) if name != "csrf_token"]
            found |= {f"{urljoin(path, unescape(action[1]))}?{name}={quote('kq')}" for name in fields}
    return {link for link in found if link.startswith("/") and not link.startswith(("/static/", "//"))}


def _words_of_pdf(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(text.get_text_range())
            text.close()
            page.close()
        files = [document.get_attachment(number) for number in range(document.count_attachments())]
        attached = [f"{file.get_name()}\n{words_in(bytes(file.get_data()))}" for file in files]
        about = str(document.get_metadata_dict())
    finally:
        document.close()
    # A long word may be broken at the end of a line; joined, it is found as well.
    text = "\n".join(pages)
    return "\n".join([text, re.sub(r"[\r\n\ufffe\u200b]+", "", text), *attached, about])
