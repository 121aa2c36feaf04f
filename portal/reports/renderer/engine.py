"""WeasyPrint, set up once and kept warm: HTML and attachments in, a tagged and repeatable PDF out."""

from __future__ import annotations

import gc
import io
import logging
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from . import text_layer

VARIANT = "pdf/a-3a"
NO_GLYPH = ".notdef glyph rendered"


class NothingFetched(URLFetcher):
    """A report brings everything it needs: whatever asks for an address is an intruder, and the report fails."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        raise FatalURLFetchingError(f"a report may not fetch {url[:80]!r}")


class Notices(logging.Handler):
    """Collects what WeasyPrint complains about, so that the parent can refuse or tell the reader."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.lines) < 200:
            self.lines.append(record.getMessage()[:300])


class Engine:
    """Style sheet and fonts are read once; the collector rests while a report is drawn, which saves a seventh."""

    def __init__(self) -> None:
        text_layer.install()
        self.notices = Notices()
        logger = logging.getLogger("weasyprint")
        logger.handlers, logger.propagate = [self.notices], False
        logging.getLogger("fontTools").setLevel(logging.ERROR)
        self.fetcher = NothingFetched()
        self.fonts = FontConfiguration()
        self.sheets: dict[str, Any] = {}
        #: Where the engine itself reads: its own data, Python's, the fonts.
        self.readable = (sys.prefix, sys.base_prefix, str(Path(weasyprint.__file__).parent), os.environ["HOME"])

    def render(self, head: dict[str, Any], bodies: list[bytes]) -> tuple[dict[str, Any], bytes]:
        """Return what was noticed and the PDF. `bodies` are the HTML, the style sheet, then the attachments."""
        html, sheet, *files = bodies
        self.notices.lines = []
        began, used = time.perf_counter(), time.process_time()
        gc.disable()
        try:
            document = weasyprint.HTML(string=html.decode(), base_url=None, url_fetcher=self.fetcher)
            pdf = document.write_pdf(
                font_config=self.fonts,
                stylesheets=[self._sheet(sheet.decode())],
                attachments=[self._attachment(entry, data) for entry, data in zip(head["files"], files, strict=True)],
                pdf_identifier=head["identifier"].encode(),
                pdf_variant=VARIANT,
                finisher=_finish,
            )
        except FatalURLFetchingError as error:
            raise PermissionError(error) from None
        finally:
            gc.enable()
        spent = {"seconds": time.perf_counter() - began, "processor": time.process_time() - used}
        return {**spent, "notices": self.notices.lines}, pdf

    def _sheet(self, text: str) -> Any:
        if text not in self.sheets:
            self.sheets = {
                text: weasyprint.CSS(string=text, base_url=None, url_fetcher=self.fetcher, font_config=self.fonts)
            }
        return self.sheets[text]

    def _attachment(self, entry: dict[str, str], data: bytes) -> Any:
        at = datetime.fromisoformat(entry["at"])
        return weasyprint.Attachment(
            file_obj=io.BytesIO(data),
            name=entry["name"],
            description=entry["description"],
            created=at,
            modified=at,
            relationship="Data",
            url_fetcher=self.fetcher,
        )


def _finish(document: Any, pdf: Any) -> None:
    """Mend two things of the engine: figures nobody described, and attachments listed twice.

    A drawing without a title is decoration and must not be announced as a figure without a description.
    """
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") == "/Figure" and "Alt" not in item:
            item["S"] = "/NonStruct"
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
