"""Files in pieces: a broken line costs one piece, and nothing half-sent is ever attached."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Assessment, AuditEvent, Evidence, Upload
from portal.services import evidence, uploads
from portal.settings import Settings
from portal.storage import FileStore
from portal.storage.pieces import PIECE, Pieces
from tests.builders import World, token_in

QUESTION = "HRS-COM-01"
#: Smaller than a whole piece: the test client would spool those, and leave the files open.
STEP = 400_000
#: Several pieces, the last of them short.
TEXT = b"".join(b"line %07d of a long text file\n" % number for number in range(30_000))


class Sender:
    """Sends as the page's script does."""

    def __init__(self, client: FlaskClient, assessment: Assessment) -> None:
        self.client, self.assessment = client, assessment
        page = client.get(f"/company/assessments/{assessment.id}/sections/COM").text
        self.token = token_in(page)

    def begin(self, name: str = "walk.txt", size: int = len(TEXT), question: str = QUESTION) -> Any:
        said = {"csrf_token": self.token, "question": question, "name": name, "size": str(size)}
        return self.client.post(f"/company/assessments/{self.assessment.id}/uploads", data=said)

    def piece(self, url: str, offset: int, content: bytes) -> Any:
        fields = {"csrf_token": self.token, "offset": str(offset), "piece": (_file(content), "piece")}
        return self.client.post(f"{url}/pieces", data=fields, content_type="multipart/form-data")

    def send(self, url: str, content: bytes, start: int = 0) -> Any:
        for offset in range(start, len(content), STEP):
            answer = self.piece(url, offset, content[offset : offset + STEP])
        return answer


def _file(content: bytes) -> Any:
    return BytesIO(content)


@pytest.fixture
def sender(owner: FlaskClient, draft: Assessment) -> Sender:
    return Sender(owner, draft)


def attached(engine: Engine) -> list[tuple[str, str]]:
    with db.reading(engine) as session:
        return [(row.name, row.sha256) for row in session.execute(select(Evidence.name, Evidence.sha256))]


def pieces_left(settings: Settings) -> list[Path]:
    return [path for folder in ("pieces", "incoming") for path in (settings.storage_folder / folder).glob("*")]


def test_a_file_sent_in_pieces_is_attached_whole(engine: Engine, sender: Sender, settings: Settings) -> None:
    url = sender.begin().json["url"]

    answer = sender.send(url, TEXT)

    assert (answer.status_code, answer.json["status"]) == (201, "attached")
    assert attached(engine) == [("walk.txt", hashlib.sha256(TEXT).hexdigest())]
    assert FileStore(settings.storage_folder).read(hashlib.sha256(TEXT).hexdigest()) == TEXT
    assert answer.json["name"] == "walk.txt"
    assert pieces_left(settings) == []
    assert sender.client.get(url).status_code == 404


def test_after_a_broken_line_it_goes_on_where_it_stopped(engine: Engine, sender: Sender) -> None:
    url = sender.begin().json["url"]
    sender.piece(url, 0, TEXT[:STEP])

    again = sender.piece(url, 0, TEXT[:STEP])
    gap = sender.piece(url, 2 * STEP, TEXT[2 * STEP :])
    stands = sender.client.get(url).json

    assert (again.status_code, again.json["received"]) == (409, STEP)
    assert (gap.status_code, gap.json["received"]) == (409, STEP)
    assert stands == {"received": STEP, "size": len(TEXT), "piece": PIECE}
    assert sender.send(url, TEXT, start=STEP).status_code == 201
    assert attached(engine) == [("walk.txt", hashlib.sha256(TEXT).hexdigest())]


def test_what_a_cut_off_attempt_left_is_written_over(engine: Engine, sender: Sender, settings: Settings) -> None:
    url = sender.begin().json["url"]
    with db.reading(engine) as session:
        upload_id = session.scalars(select(Upload.id)).one()
    Pieces(settings.storage_folder).append(upload_id, 0, b"half a piece that no row knows of")

    assert sender.send(url, TEXT).status_code == 201
    assert attached(engine) == [("walk.txt", hashlib.sha256(TEXT).hexdigest())]


def test_pieces_that_are_gone_are_sent_once_more(engine: Engine, sender: Sender, settings: Settings) -> None:
    url = sender.begin().json["url"]
    sender.piece(url, 0, TEXT[:STEP])
    for path in pieces_left(settings):
        path.unlink()

    lost = sender.piece(url, STEP, TEXT[STEP : 2 * STEP])

    assert (lost.status_code, lost.json["received"]) == (409, 0)
    assert sender.send(url, TEXT).status_code == 201


def test_a_finish_that_was_cut_off_is_asked_for_with_an_empty_piece(engine: Engine, sender: Sender) -> None:
    url = sender.begin(size=4).json["url"]
    with db.reading(engine) as session:
        upload_id = session.scalars(select(Upload.id)).one()
    Pieces(sender.client.application.extensions["portal"].settings.storage_folder).append(upload_id, 0, b"text")
    with db.writing(engine) as session, session.begin():
        session.get_one(Upload, upload_id).received = 4

    assert sender.piece(url, 4, b"").status_code == 201
    assert len(attached(engine)) == 1


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("walk.exe", 10, "type of file is not taken"),
        ("walk.txt", 0, "The file is empty"),
        ("walk.txt", 20 * 1024 * 1024 + 1, "larger than 20 MB"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_it_is_sent(
    engine: Engine, sender: Sender, name: str, size: int, words: str
) -> None:
    answer = sender.begin(name, size)

    assert answer.status_code == 422
    assert words in answer.json["message"]
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Upload)) == 0


def test_a_file_that_is_not_what_it_says_is_refused_at_the_end(
    engine: Engine, sender: Sender, settings: Settings
) -> None:
    url = sender.begin("page.pdf", 30).json["url"]

    answer = sender.send(url, b"<html><script>1</script></html"[:30])

    assert answer.status_code == 422
    assert "not what its name says" in answer.json["message"]
    assert (attached(engine), pieces_left(settings)) == ([], [])
    assert sender.client.get(url).status_code == 404


def test_what_is_on_its_way_counts_towards_the_quota(
    monkeypatch: pytest.MonkeyPatch, engine: Engine, sender: Sender
) -> None:
    monkeypatch.setattr(uploads, "BYTES", 2 * len(TEXT))
    monkeypatch.setattr(evidence, "BYTES", 2 * len(TEXT))
    first, second = sender.begin("a.txt"), sender.begin("b.txt")

    third = sender.begin("c.txt")

    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 422)
    assert "as many files as it may" in third.json["message"]
    monkeypatch.setattr(evidence, "BYTES", len(TEXT) - 1)
    assert sender.send(first.json["url"], TEXT).status_code == 422
    assert attached(engine) == []


def test_cancelling_leaves_nothing(engine: Engine, sender: Sender, settings: Settings) -> None:
    url = sender.begin().json["url"]
    sender.piece(url, 0, TEXT[:STEP])

    assert sender.client.post(f"{url}/cancellation", data={"csrf_token": sender.token}).status_code == 204
    assert pieces_left(settings) == []
    assert sender.client.get(url).status_code == 404
    assert sender.piece(url, STEP, b"x").status_code == 404


def test_what_a_colleague_or_a_rival_sends_is_nobody_elses(
    world: World, sign_in: Callable[[str], FlaskClient], sender: Sender
) -> None:
    url = sender.begin().json["url"]

    for person in (world.editor, world.rival, world.reviewer):
        other = sign_in(person.email)
        assert other.get(url).status_code in (403, 404)
        token = token_in(other.get("/account/password").text)
        fields = {"csrf_token": token, "offset": "0", "piece": (_file(b"x"), "piece")}
        assert other.post(f"{url}/pieces", data=fields, content_type="multipart/form-data").status_code in (403, 404)
    assert sender.client.get(url).json["received"] == 0


def test_a_submitted_assessment_takes_none(engine: Engine, sender: Sender) -> None:
    url = sender.begin(size=4).json["url"]
    with db.writing(engine) as session, session.begin():
        session.get_one(Assessment, sender.assessment.id).status = "submitted"

    assert sender.begin().status_code == 422
    answer = sender.send(url, b"text")
    assert (answer.status_code, answer.json["status"]) == (422, "closed")
    assert attached(engine) == []


def test_only_the_attached_file_is_logged(engine: Engine, sender: Sender) -> None:
    def logged() -> int:
        with db.reading(engine) as session:
            return session.scalar(select(func.count()).select_from(AuditEvent)) or 0

    before = logged()
    url = sender.begin().json["url"]
    sender.piece(url, 0, TEXT[:STEP])
    assert logged() == before
    sender.send(url, TEXT, start=STEP)
    assert logged() == before + 1


def test_after_a_day_what_was_not_finished_is_forgotten(engine: Engine, sender: Sender) -> None:
    sender.begin()
    with db.writing(engine) as session, session.begin():
        started = session.scalars(select(Upload.started_at)).one()
        assert uploads.forget_stale(session, at=started + timedelta(hours=23)) == []
        assert len(uploads.forget_stale(session, at=started + timedelta(hours=25))) == 1
        assert session.scalar(select(func.count()).select_from(Upload)) == 0


def test_pieces_without_a_row_are_swept_and_others_stay(tmp_path: Path) -> None:
    store, pieces = FileStore(tmp_path), Pieces(tmp_path)
    kept, loose = UUID(int=1), UUID(int=2)
    for upload_id in (kept, loose):
        pieces.append(upload_id, 0, b"piece")

    assert store.sweep({kept.hex}, untouched=timedelta(0) - timedelta(seconds=5)) == 1
    assert [path.name for path in (tmp_path / "pieces").iterdir()] == [kept.hex]
