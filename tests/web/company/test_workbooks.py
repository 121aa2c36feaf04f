"""Answering in a spreadsheet: download, fill in, upload, look, confirm; and what is refused on the way."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.lifecycle import AssessmentStatus
from portal.domain.questionnaire import Catalogue
from portal.models import AnswerRow, Assessment, AuditEvent, PendingWorkbook
from portal.services import assessments
from portal.spreadsheets import blank_workbook
from tests import builders
from tests.builders import SHORT_FORM, World, post
from tests.conftest import NOON
from tests.spreadsheets.mutants import WAYS, mutants
from tests.spreadsheets.trial import edited, row_of

ANSWER, COMMENT = "D", "G"


def address(assessment: Assessment, rest: str = "") -> str:
    return f"/company/assessments/{assessment.id}/workbook{rest}"


def downloaded(client: FlaskClient, assessment: Assessment) -> bytes:
    response = client.get(address(assessment, ".xlsx"))
    assert response.status_code == 200
    return response.data


def filled_in(content: bytes, cells: dict[tuple[str, str], Any]) -> bytes:
    """The workbook with these cells of the answers sheet changed: (question, column letter) -> content."""

    def edit(book: Any) -> None:
        sheet = book["Answers"]
        for (key, column), value in cells.items():
            sheet[f"{column}{row_of(sheet, key)}"].value = value

    return edited(content, edit)


def upload(client: FlaskClient, assessment: Assessment, content: bytes, name: str = "answers.xlsx") -> Any:
    response = post(client, address(assessment), {"workbook": (io.BytesIO(content), name)})
    # The test client keeps what it sent in a file of its own, and leaves it open.
    response.request.environ["wsgi.input"].close()
    return response


def confirm(client: FlaskClient, assessment: Assessment, **more: str) -> Any:
    page = client.get(address(assessment, "/preview")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    return post(client, address(assessment, "/preview"), {"seen": seen, **more})


def stored(engine: Engine) -> dict[str, Any]:
    with db.reading(engine) as session:
        return {row.question_id: row.value for row in session.scalars(select(AnswerRow))}


def test_the_assessment_leads_to_the_workbook(owner: FlaskClient, draft: Assessment) -> None:
    page = owner.get(f"/company/assessments/{draft.id}").text

    assert address(draft) in page
    assert "Download the workbook" in owner.get(address(draft)).text


def test_the_download_is_an_attachment_nobody_keeps(owner: FlaskClient, draft: Assessment) -> None:
    response = owner.get(address(draft, ".xlsx"))

    assert response.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=hrdd-short-2026.1-")
    assert response.headers["Cache-Control"] == "no-store"


def test_an_upload_changes_nothing_until_it_is_confirmed(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    content = filled_in(downloaded(owner, draft), {("HRS-COM-01", ANSWER): "3", ("HRS-COM-01", COMMENT): "=1+1 "})

    response = upload(owner, draft, content)

    assert response.status_code == 302
    page = owner.get(response.location).text
    assert "HRS-COM-01" in page
    assert "Nothing has changed yet" in page
    assert stored(engine) == {}


def test_confirmed_answers_are_saved_one_event_each(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    upload(owner, draft, filled_in(downloaded(owner, draft), {("HRS-COM-01", ANSWER): 3, ("HRS-COM-02", ANSWER): "0"}))

    response = confirm(owner, draft)

    assert response.status_code == 302
    assert stored(engine) == {"HRS-COM-01": 3, "HRS-COM-02": 0}
    with db.reading(engine) as session:
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)))
        assert session.scalar(select(func.count()).select_from(PendingWorkbook)) == 0
    assert actions[-4:] == ["workbook.uploaded", "answer.saved", "answer.saved", "workbook.applied"]


def test_formulas_and_wrong_values_are_named_by_row_and_the_rest_can_be_confirmed(
    owner: FlaskClient, draft: Assessment, engine: Engine
) -> None:
    cells = {("HRS-COM-01", ANSWER): "=1+1", ("HRS-COM-02", ANSWER): 7, ("HRS-COM-03", ANSWER): 2}
    content = filled_in(downloaded(owner, draft), cells)
    row = row_of(load_workbook(io.BytesIO(content))["Answers"], "HRS-COM-01")

    upload(owner, draft, content)
    page = owner.get(address(draft, "/preview")).text
    confirm(owner, draft)

    assert f"D{row}" in page
    assert "The cell holds a formula" in page
    assert "“7” is not one of the answers" in page
    assert stored(engine) == {"HRS-COM-03": 2}


def test_an_answer_changed_online_meanwhile_stays_unless_chosen(
    owner: FlaskClient, draft: Assessment, engine: Engine, world: World
) -> None:
    content = filled_in(downloaded(owner, draft), {("HRS-COM-01", ANSWER): 3, ("HRS-COM-02", ANSWER): 4})
    with db.writing(engine) as session, session.begin():
        for question in ("HRS-COM-01", "HRS-COM-02"):
            by = world.editor.principal.actor
            assessments.save_answer(session, draft, question, Answer(value=1), version=0, by=by, at=NOON)

    upload(owner, draft, content)
    page = owner.get(address(draft, "/preview")).text
    confirm(owner, draft, **{"take-HRS-COM-02": "workbook", "take-HRS-COM-01": "portal"})

    assert "Changed in both places" in page
    assert stored(engine) == {"HRS-COM-01": 1, "HRS-COM-02": 4}


def test_empty_cells_delete_nothing_unless_asked(owner: FlaskClient, complete: Assessment, engine: Engine) -> None:
    before = stored(engine)
    content = filled_in(downloaded(owner, complete), {("HRS-COM-01", ANSWER): None, ("HRS-COM-02", ANSWER): 3})

    upload(owner, complete, content)
    assert "Empty in the workbook" in owner.get(address(complete, "/preview")).text
    confirm(owner, complete)
    assert stored(engine) == before | {"HRS-COM-02": 3}

    upload(owner, complete, filled_in(downloaded(owner, complete), {("HRS-COM-01", ANSWER): None}))
    confirm(owner, complete, clear="yes")
    assert stored(engine) == before | {"HRS-COM-01": None, "HRS-COM-02": 3}


def test_an_untouched_workbook_changes_nothing(owner: FlaskClient, complete: Assessment) -> None:
    upload(owner, complete, downloaded(owner, complete))

    page = owner.get(address(complete, "/preview")).text

    assert "There is nothing to take over" in page
    assert "Problems in the workbook" not in page


def test_somebody_saves_between_preview_and_confirmation(
    owner: FlaskClient, draft: Assessment, engine: Engine, world: World
) -> None:
    upload(owner, draft, filled_in(downloaded(owner, draft), {("HRS-COM-01", ANSWER): 3}))
    page = owner.get(address(draft, "/preview")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    with db.writing(engine) as session, session.begin():
        by = world.editor.principal.actor
        assessments.save_answer(session, draft, "HRS-COM-01", Answer(value=1), version=0, by=by, at=NOON)

    response = post(owner, address(draft, "/preview"), {"seen": seen})

    assert response.status_code == 409
    assert "Read the list once more" in response.text
    assert stored(engine) == {"HRS-COM-01": 1}


def test_a_blank_workbook_can_be_uploaded_once_there_is_an_account(
    owner: FlaskClient, draft: Assessment, engine: Engine, catalogue: Catalogue
) -> None:
    blank = blank_workbook(catalogue.questionnaires[SHORT_FORM], catalogue)

    upload(owner, draft, filled_in(blank, {("HRS-COM-01", ANSWER): 2}))
    page = owner.get(address(draft, "/preview")).text
    confirm(owner, draft)

    assert "This is a blank workbook" in page
    assert stored(engine) == {"HRS-COM-01": 2}


def test_another_companys_workbook_is_refused(
    owner: FlaskClient,
    draft: Assessment,
    engine: Engine,
    world: World,
    catalogue: Catalogue,
    sign_in: Callable[[str], FlaskClient],
) -> None:
    with db.writing(engine) as session, session.begin():
        theirs = builders.make_assessment(session, world.rival, catalogue, at=NOON, answers={})
    content = downloaded(sign_in(world.rival.email), theirs)

    response = upload(owner, draft, content)

    assert response.status_code == 422
    assert "belongs to another company" in response.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "This format is not taken"),
        ("a.xlsm", b"PK", "This format is not taken"),
        ("a.pdf", b"%PDF-1.7", "not an .xlsx workbook"),
        ("a.xlsx", b"", "The file is empty"),
        ("a.xlsx", b"no zip at all", "cannot be opened as a workbook"),
        ("a.xlsx", b"x" * (9 * 1024 * 1024), "larger than 8 MB"),
    ],
    ids=["xls", "xlsm", "pdf", "empty", "no zip", "too big"],
)
def test_what_is_no_workbook_is_refused_with_its_reason(
    owner: FlaskClient, draft: Assessment, engine: Engine, name: str, content: bytes, words: str, app: Flask
) -> None:
    response = upload(owner, draft, content, name)

    assert response.status_code == 422
    assert words in response.text
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(PendingWorkbook)) == 0
    folder = Path(app.extensions["portal"].settings.storage_folder)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_without_a_file_the_form_says_so(owner: FlaskClient, draft: Assessment) -> None:
    response = post(owner, address(draft), {})

    assert response.status_code == 422
    assert "Choose the workbook on your device first" in response.text


def test_a_submitted_assessment_takes_no_upload(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    content = filled_in(downloaded(owner, draft), {("HRS-COM-01", ANSWER): 3})
    upload(owner, draft, content)
    seen = owner.get(address(draft, "/preview")).text.split('name="seen" value="')[1].split('"')[0]
    token = builders.token_in(owner.get(address(draft)).text)
    with db.writing(engine) as session, session.begin():
        session.execute(update(Assessment).values(status=AssessmentStatus.SUBMITTED))

    page = owner.get(address(draft)).text
    again = owner.post(address(draft), data={"csrf_token": token, "workbook": (io.BytesIO(content), "a.xlsx")})
    confirmed = owner.post(address(draft, "/preview"), data={"csrf_token": token, "seen": seen})

    assert 'type="file"' not in page
    assert (again.status_code, confirmed.status_code) == (409, 409)
    assert stored(engine) == {}


def test_an_upload_belongs_to_the_person_who_made_it(
    owner: FlaskClient, editor: FlaskClient, draft: Assessment
) -> None:
    upload(owner, draft, filled_in(downloaded(owner, draft), {("HRS-COM-01", ANSWER): 3}))

    assert editor.get(address(draft, "/preview")).status_code == 302
    assert owner.get(address(draft, "/preview")).status_code == 200


def test_a_discarded_upload_is_gone(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    upload(owner, draft, filled_in(downloaded(owner, draft), {("HRS-COM-01", ANSWER): 3}))

    response = post(owner, address(draft, "/discard"), page=address(draft))

    assert response.status_code == 302
    assert owner.get(address(draft, "/preview")).status_code == 302
    assert stored(engine) == {}


def test_altered_files_are_refused_and_never_stored(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    statuses = set()
    for number, (_name, content) in enumerate(mutants(len(WAYS), seed=7)):
        if number % 3 == 0:
            statuses.add(upload(owner, draft, content).status_code)

    assert statuses == {422}
    assert stored(engine) == {}
