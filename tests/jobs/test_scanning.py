"""Virus scan and previews, as the worker does them: what is infected is closed, told, and never frozen."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.jobs.previewing import draw_previews
from portal.jobs.scanning import scan_files
from portal.jobs.unfinished import forget_uploads
from portal.jobs.workplace import Workplace
from portal.models import Assessment, Evidence, OutboxMail, ScanState, Upload
from portal.services import evidence, submissions, uploads
from portal.settings import Settings, sealer_of
from portal.storage import FileStore
from portal.storage.clamd import NotScanned, ScannerUnavailable, is_alive, scan
from portal.storage.inspection import Inspected
from portal.storage.pieces import Pieces
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.jobs.clamd_server import EICAR, LARGEST, running

LATER = NOON + timedelta(minutes=5)
QUESTION = "HRS-COM-01"


def place_of(settings: Settings, engine: Engine, catalogue: Catalogue, clamd: str = "") -> Workplace:
    known = settings.model_copy(update={"clamd": clamd})
    return Workplace(known, engine, catalogue, FileStore(settings.storage_folder), clock=lambda: LATER)


@pytest.fixture
def draft(engine: Engine, world: World, catalogue: Catalogue) -> Assessment:
    with db.writing(engine) as session, session.begin():
        return builders.make_assessment(session, world.owner, catalogue, at=NOON)


def attach(engine: Engine, place: Workplace, draft: Assessment, world: World, content: bytes, name: str) -> UUID:
    kind = {"txt": "text/plain", "png": "image/png", "jpg": "image/jpeg"}[name.rsplit(".", 1)[1]]
    file = Inspected(name, kind, len(content)), place.store.put_bytes(content)
    with db.writing(engine) as session, session.begin():
        by = world.editor.principal.actor
        return evidence.attach_evidence(session, draft, QUESTION, file, by=by, at=NOON)


def stored(engine: Engine, file: UUID) -> Evidence:
    with db.reading(engine) as session:
        return session.get_one(Evidence, file)


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_the_scanner_is_asked_by_its_own_protocol(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "file"
    with running(tmp_path / "clamd.ctl" if kind == "unix" else None) as (address, seen):
        assert is_alive(address)
        file.write_bytes(b"x" * 200_000)
        assert scan(address, file) == ""
        assert seen == [b"x" * 200_000]
        file.write_bytes(b"before " + EICAR)
        assert scan(address, file) == "Eicar-Test-Signature"
        file.write_bytes(b"x" * (LARGEST + 1))
        with pytest.raises(NotScanned):
            scan(address, file)
    assert not is_alive(address)
    with pytest.raises(ScannerUnavailable):
        scan(address, file)


def test_an_infected_file_is_closed_and_its_people_are_told(
    engine: Engine,
    settings: Settings,
    catalogue: Catalogue,
    world: World,
    draft: Assessment,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    with running() as (address, _seen):
        place = place_of(settings, engine, catalogue, address)
        clean = attach(engine, place, draft, world, b"clean", "clean.txt")
        bad = attach(engine, place, draft, world, EICAR, "bad.txt")
        assert scan_files(place) == 2
        assert scan_files(place) == 0

    assert (stored(engine, clean).scan, stored(engine, bad).scan) == (ScanState.CLEAN, ScanState.INFECTED)
    with db.reading(engine) as session:
        sealed = session.scalars(select(OutboxMail.sealed).where(OutboxMail.kind == "infected")).all()
        assert len(builders.events(session, "evidence.infected")) == 1
    letters = [json.loads(sealer_of(settings).open(one)) for one in sealed]
    assert {letter["to"] for letter in letters} == {world.owner.email, world.editor.email}
    assert all(f"/company/evidence/{bad}/details" in letter["body"] for letter in letters)
    assert not any("bad.txt" in letter["body"] for letter in letters)
    owner = sign_in(world.owner.email)
    assert EICAR not in owner.get(f"/company/evidence/{bad}", follow_redirects=True).data
    assert owner.get(f"/company/evidence/{clean}").data == b"clean"


def test_what_is_infected_is_never_frozen(
    engine: Engine, settings: Settings, catalogue: Catalogue, world: World, draft: Assessment
) -> None:
    bad = attach(engine, place_of(settings, engine, catalogue), draft, world, EICAR, "bad.txt")
    with db.writing(engine) as session, session.begin():
        session.get_one(Evidence, bad).scan = ScanState.INFECTED

    with db.writing(engine) as session, session.begin(), pytest.raises(submissions.InfectedEvidence, match=QUESTION):
        builders.submit(session, world.signatory, draft, catalogue, at=LATER)


def test_a_frozen_file_found_infected_later_is_no_longer_handed_out(
    engine: Engine,
    settings: Settings,
    catalogue: Catalogue,
    world: World,
    draft: Assessment,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    place = place_of(settings, engine, catalogue)
    file = attach(engine, place, draft, world, b"plain", "plain.txt")
    government = world.reviewer.principal.organisation
    with db.writing(engine) as session, session.begin():
        own = session.get_one(Assessment, draft.id)
        made = builders.submit(session, world.signatory, own, catalogue, at=LATER, governments={government: None})
    reviewer = sign_in(world.reviewer.email)
    address = f"/government/submissions/{made.id}/evidence/{QUESTION}/1"
    assert reviewer.get(address).data == b"plain"
    with db.writing(engine) as session, session.begin():
        session.get_one(Evidence, file).scan = ScanState.INFECTED

    assert reviewer.get(address).status_code == 404


def test_without_a_scanner_nothing_is_called_clean(
    engine: Engine, settings: Settings, catalogue: Catalogue, world: World, draft: Assessment
) -> None:
    place = place_of(settings, engine, catalogue)
    file = attach(engine, place, draft, world, EICAR, "bad.txt")

    assert scan_files(place) == 0
    assert stored(engine, file).scan is ScanState.UNSCANNED
    with pytest.raises(ScannerUnavailable):
        scan_files(place_of(settings, engine, catalogue, "127.0.0.1:1"))
    assert stored(engine, file).scan is ScanState.UNSCANNED


def test_a_preview_is_drawn_anew_without_what_was_hidden(
    engine: Engine,
    settings: Settings,
    catalogue: Catalogue,
    world: World,
    draft: Assessment,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    place, made = place_of(settings, engine, catalogue), io.BytesIO()
    tags = Image.Exif()
    tags[0x010E], tags[0x0112] = "Somchai at Bang Rakam", 6
    Image.new("RGB", (2400, 1200), "teal").save(made, "JPEG", exif=tags, comment=b"Somchai wrote this")
    file = attach(engine, place, draft, world, made.getvalue(), "walk.jpg")
    text = attach(engine, place, draft, world, b"words", "walk.txt")

    assert draw_previews(place) == 1
    assert draw_previews(place) == 0

    shown = sign_in(world.owner.email).get(f"/company/evidence/{file}/preview.jpg")
    assert shown.status_code == 200
    assert b"Somchai" in made.getvalue()
    assert b"Somchai" not in shown.data
    drawn = Image.open(io.BytesIO(shown.data))
    assert drawn.size == (800, 1600)
    assert (drawn.format, dict(drawn.getexif())) == ("JPEG", {})
    wanted = {"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    assert {name: shown.headers[name] for name in wanted} == wanted
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert sign_in(world.rival.email).get(f"/company/evidence/{file}/preview.jpg").status_code == 404
    assert sign_in(world.owner.email).get(f"/company/evidence/{text}/preview.jpg").status_code == 302
    assert "No preview" in sign_in(world.owner.email).get(f"/company/evidence/{text}/details").text


def test_what_cannot_be_drawn_says_so_and_is_not_tried_for_ever(
    engine: Engine,
    settings: Settings,
    catalogue: Catalogue,
    world: World,
    draft: Assessment,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    place = place_of(settings, engine, catalogue)
    file = attach(engine, place, draft, world, b"\x89PNG\r\n\x1a\nno picture", "walk.png")

    assert (draw_previews(place), draw_previews(place)) == (1, 0)
    assert stored(engine, file).preview_sha256 is None
    assert "No preview could be made" in sign_in(world.owner.email).get(f"/company/evidence/{file}/details").text


def test_stale_pieces_are_forgotten(
    engine: Engine, settings: Settings, catalogue: Catalogue, world: World, draft: Assessment
) -> None:
    place = place_of(settings, engine, catalogue)
    with db.writing(engine) as session, session.begin():
        wanted = uploads.Wanted(QUESTION, "walk.txt", 10)
        old = uploads.begin_upload(
            session, world.owner.principal, draft, wanted, limit=100, at=LATER - timedelta(hours=25)
        )
        young = uploads.begin_upload(session, world.owner.principal, draft, wanted, limit=100, at=NOON)
    for upload_id in (old, young):
        Pieces(place.store.root).append(upload_id, 0, b"piece")

    assert forget_uploads(place) == 1
    assert [path.name for path in (place.store.root / "pieces").iterdir()] == [young.hex]
    with db.reading(engine) as session:
        assert session.scalars(select(Upload.id)).all() == [young]
