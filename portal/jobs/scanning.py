"""Have evidence scanned for viruses where a scanner runs; what is infected is closed, and its people are told."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import db
from portal.jobs.workplace import Workplace
from portal.messages import locale_of, translations_in
from portal.services import outbox, scans
from portal.settings import Settings, sealer_of
from portal.storage.clamd import NotScanned, scan

KIND = "infected"


def scan_files(place: Workplace) -> int:
    """Ask the scanner about what waits; return how many contents that were. Raises ScannerUnavailable."""
    if not place.settings.clamd:
        return 0
    with db.reading(place.engine) as session:
        waiting = scans.unscanned(session, at=place.clock())
    for sha256 in waiting:
        _scan(place, sha256)
    return len(waiting)


def _scan(place: Workplace, sha256: str) -> None:
    """Nothing is open while the scanner looks."""
    found: str | None
    try:
        found = scan(place.settings.clamd, place.store.path(sha256))
    except (NotScanned, FileNotFoundError):
        found = None
    now = place.clock()
    with db.writing(place.engine) as session, session.begin():
        if found is None:
            scans.note_refused(session, sha256, at=now)
        elif not found:
            scans.note_clean(session, sha256, at=now)
        else:
            _tell(session, place, scans.note_infected(session, sha256, at=now))


def _tell(session: Session, place: Workplace, files: list[scans.InfectedFile]) -> None:
    sealer = sealer_of(place.settings)
    for file in files:
        for reader in file.readers:
            letter = _letter(place.settings, reader, file)
            outbox.post(session, sealer, letter, kind=KIND, at=place.clock())


def _letter(settings: Settings, reader: scans.Reader, file: scans.InfectedFile) -> outbox.Letter:
    """Without the name of the file: what is in it, and where it lies, is told after signing in."""
    language = reader.language or "en"
    _ = translations_in(locale_of(language)).gettext
    address = f"{settings.address.rstrip('/')}/company/evidence/{file.evidence_id}/details"
    body = _(
        "The virus scanner of %(portal)s found something in a file that your company attached to an answer. "
        "Nobody can open the file, and the assessment cannot be submitted with it.\n\n"
        "Remove it here, clean the computer it came from, and attach a clean copy:\n%(address)s\n"
    )
    words = body % {"portal": settings.name, "address": address}
    return outbox.Letter(to=reader.email, subject=_("A virus in a file"), body=words, language=language)
