"""The instruments and articles that questions cite, from references.csv."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from portal.catalogue.faults import Faults
from portal.catalogue.yaml_nodes import Unreadable, decode, read_bytes
from portal.domain.questionnaire import Reference

COLUMNS = ["scheme", "code", "title", "topic", "url", "verified", "source"]
LIMIT = 2 * 1024 * 1024


def read_references(path: Path, faults: Faults) -> dict[str, Reference]:
    """Return code -> reference. Faults are added to `faults` with the line of the row."""
    faults = faults.within(path)
    try:
        rows = csv.reader(io.StringIO(decode(read_bytes(path, LIMIT)), newline=""), strict=True)
        header = next(rows, [])
        if header != COLUMNS:
            raise Unreadable(1, f"must have the columns {', '.join(COLUMNS)}")
        found: dict[str, Reference] = {}
        for row in rows:
            _add(found, row, rows.line_num, faults)
    except Unreadable as error:
        faults.add(error.line, "", error.what)
    except csv.Error as error:
        faults.add(rows.line_num, "", f"is not valid CSV: {error}")
    else:
        return found
    return {}


def _add(found: dict[str, Reference], row: list[str], line: int, faults: Faults) -> None:
    if len(row) != len(COLUMNS):
        faults.add(line, "", f"must have {len(COLUMNS)} fields, has {len(row)}")
        return
    scheme, code, title, topic, url, verified, _source = (cell.strip() for cell in row)
    if not code or not title:
        faults.add(line, code, "needs a code and a title")
    if code in found:
        faults.add(line, code, "is there twice")
    if verified not in {"yes", "no"}:
        faults.add(line, code, f"verified must be yes or no, is {verified!r}")
    if url and not url.startswith(("https://", "http://")):
        faults.add(line, code, f"url must start with https://, is {url!r}")
    found[code] = Reference(code, scheme, title, topic, url, verified == "yes")
