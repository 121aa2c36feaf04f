"""Make the exports people asked for, one file after the other into a ZIP on disk, and remove them after an hour."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from portal import db
from portal.jobs.workplace import Workplace
from portal.messages import locale_of, translations_in
from portal.models import DataExport, User
from portal.services import export_parts, exports
from portal.services.export_parts import Part, Rows, Stored, Text
from portal.spreadsheets.plain_tables import Table, table_csv
from portal.storage import StoredFileDamaged

#: What compresses already.
PACKED = (".pdf", ".png", ".jpg", ".jpeg", ".docx", ".xlsx")


def make_exports(place: Workplace) -> int:
    """Return how many were made."""
    forget_exports(place)
    made = 0
    while (claimed := _claim(place)) is not None:
        made += _attempt(place, claimed)
    return made


def forget_exports(place: Workplace) -> None:
    with db.writing(place.engine) as session, session.begin():
        gone = exports.forget_old(session, at=place.clock())
    for sha256 in gone:
        place.store.path(sha256).unlink(missing_ok=True)


def _claim(place: Workplace) -> DataExport | None:
    with db.writing(place.engine) as session, session.begin():
        return exports.claim_export(session, at=place.clock())


def _attempt(place: Workplace, export: DataExport) -> bool:
    try:
        path = _packed(place, export)
    except LookupError:
        with db.writing(place.engine) as session, session.begin():
            exports.fail_export(session, export.id, export.attempts, for_good=True)
        return False
    except BaseException:
        with db.writing(place.engine) as session, session.begin():
            exports.fail_export(session, export.id, export.attempts, for_good=False)
        raise
    size, sha256 = path.stat().st_size, place.store.put(path)
    with db.writing(place.engine) as session, session.begin():
        return exports.finish_export(session, export.id, export.attempts, sha256=sha256, size=size, at=place.clock())


def _packed(place: Workplace, export: DataExport) -> Path:
    """Write the ZIP beside the store; where it breaks off, nothing stays."""
    path = place.store.receive([])
    try:
        with db.reading(place.engine) as session, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            principal = exports.who_asked(session, export)
            language = session.get_one(User, export.user_id).language or "en"
            sums: list[str] = []
            missing: list[str] = []
            for part in export_parts.parts(session, principal, place.catalogue, at=place.clock()):
                for name, content in _files(place, part, missing):
                    packed.writestr(_entry(name), content)
                    sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}")
            packed.writestr(_entry("README.txt"), _readme(language, principal.organisation_name, place, missing))
            packed.writestr(_entry("SHA256SUMS"), "\n".join(sums) + "\n")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _files(place: Workplace, part: Part, missing: list[str]) -> Iterator[tuple[str, bytes]]:
    match part:
        case Text(path, content):
            yield path, content
        case Rows(name, columns, rows):
            plain = [[export_parts.plain(value) for value in row] for row in rows]
            told = [dict(zip(columns, row, strict=True)) for row in plain]
            yield f"tables/{name}.json", json.dumps(told, indent=1, ensure_ascii=False, default=str).encode()
            cells = [["" if value is None else _cell(value) for value in row] for row in plain]
            yield f"tables/{name}.csv", table_csv(Table(name, name, (), tuple((one, 20) for one in columns), cells))
        case Stored(path, sha256):
            try:
                yield path, place.store.read(sha256.removeprefix("sha256:"))
            except StoredFileDamaged:
                missing.append(path)


def _cell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the clock of this machine, so that the same content makes the same file."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_STORED if name.lower().endswith(PACKED) else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _readme(language: str, company: str, place: Workplace, missing: list[str]) -> str:
    _ = translations_in(locale_of(language)).gettext
    lines = [
        _("Everything that %(company)s has in %(portal)s") % {"company": company, "portal": place.settings.name},
        f"{place.clock():%Y-%m-%d %H:%M} UTC",
        "",
        _("It can name people whom it would endanger. Keep it where nobody else can read it."),
        "",
        "tables/  "
        + _("each kind of record, as a table (CSV) and for programs (JSON); people.csv says whose ids they are"),
        "assessments/  " + _("the answers as they stand, and the files with every earlier version"),
        "submissions/  " + _("what was signed, byte for byte, its report, and its proof in the log"),
        "actions/  " + _("files of corrective actions"),
        "tables/trail.csv  " + _("what happened, as the log of the portal has it"),
        "SHA256SUMS  " + _("to check that nothing was changed on the way: sha256sum --check SHA256SUMS"),
        "",
        _("Files in which a virus scanner found something are left out."),
    ]
    if missing:
        lines += ["", _("These files are damaged or gone, and are missing here:"), *missing]
    return "\n".join(lines) + "\n"
