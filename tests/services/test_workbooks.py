"""From a draft to its workbook and back: what is kept, for whom, how long, and what confirming does."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.domain.answers import Answer
from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.lifecycle import AssessmentStatus
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.models import Assessment, PendingWorkbook
from portal.services import assessments, workbooks
from portal.services.assessments import NotEditable, answers_of, saved_answers
from portal.spreadsheets.intake import RefusedWorkbook
from tests import builders
from tests.builders import SHORT_FORM, World
from tests.conftest import NOON
from tests.spreadsheets.trial import KEY, edited, row_of

LATER = NOON + timedelta(minutes=10)


@pytest.fixture
def world(session: Session) -> World:
    return builders.make_world(session, at=NOON)


@pytest.fixture
def draft(session: Session, world: World, catalogue: Catalogue) -> Assessment:
    return builders.make_assessment(session, world.owner, catalogue, at=NOON)


@pytest.fixture
def short_form(catalogue: Catalogue) -> Questionnaire:
    return catalogue.questionnaires[SHORT_FORM]


@pytest.fixture
def send(
    session: Session, world: World, draft: Assessment, catalogue: Catalogue, short_form: Questionnaire, tmp_path: Path
) -> Callable[..., workbooks.Upload]:
    """Download, change cells (question and column letter -> content), and read what comes back; keep it."""

    def sent(cells: dict[str, Any] | None = None, *, keep: bool = True, made: bytes = b"", **more: Any) -> Any:
        content = made or download(session, world, draft, catalogue)
        path = tmp_path / "upload.xlsx"
        path.write_bytes(edited(content, lambda book: write(book, cells or {})))
        whose = {"assessment": draft.id, "company": draft.organisation_id, "key": KEY} | more
        upload = workbooks.read_upload(path, "a.xlsx", whose.pop("questionnaire", short_form), **whose)
        if keep:
            workbooks.keep_upload(session, world.owner.principal, draft, upload, name="a.xlsx", at=LATER)
        return upload

    return sent


def download(session: Session, world: World, draft: Assessment, catalogue: Catalogue) -> bytes:
    return workbooks.make_workbook(
        session, world.owner.principal, draft, catalogue, key=KEY, at=NOON, period="2025/2026"
    )


def write(book: Any, cells: dict[str, Any]) -> None:
    for place, value in cells.items():
        key, column = place.rsplit(" ", 1)
        book["Answers"][f"{column}{row_of(book['Answers'], key)}"].value = value


def carry_out(session: Session, world: World, draft: Assessment, form: Questionnaire, **more: Any) -> int:
    preview = workbooks.preview_upload(session, world.owner.principal, draft, form, at=LATER)
    assert preview
    return workbooks.carry_out(
        session, world.owner.principal, draft, form, **{"seen": preview.seen, "at": LATER, **more}
    )


def answer(session: Session, draft: Assessment, question: str) -> Answer:
    return answers_of(saved_answers(session, draft)).get(question, Answer())


def test_an_untouched_workbook_changes_nothing(
    session: Session, world: World, draft: Assessment, short_form: Questionnaire, send: Callable[..., Any]
) -> None:
    before = saved_answers(session, draft)

    send()
    count = carry_out(session, world, draft, short_form)

    assert count == 0
    assert saved_answers(session, draft) == before


def test_confirming_saves_each_answer_with_an_event_of_its_own(
    session: Session, world: World, draft: Assessment, short_form: Questionnaire, send: Callable[..., Any]
) -> None:
    send({"HRS-COM-01 D": 3, "HRS-DO-02 D": "found_remediating", "HRS-DO-02 F": date(2027, 1, 31)})
    count = carry_out(session, world, draft, short_form)

    saved = saved_answers(session, draft)
    assert count == 2
    assert saved["HRS-COM-01"].answer == Answer(value=3)
    assert saved["HRS-DO-02"].answer == Answer(value="found_remediating", plan_end=date(2027, 1, 31))
    assert saved["HRS-DO-02"].plan_recorded_on == LATER.date()
    events = builders.events(session)[:-5:-1]
    assert [event.action for event in events] == [
        "workbook.applied",
        "answer.saved",
        "answer.saved",
        "workbook.uploaded",
    ]
    assert events[0].details == {"assessment": str(draft.id), "answers": 2}
    assert session.scalar(select(func.count()).select_from(PendingWorkbook)) == 0


def test_with_clearing_empty_cells_empty_what_stands(
    session: Session, world: World, draft: Assessment, short_form: Questionnaire, send: Callable[..., Any]
) -> None:
    send({"HRS-COM-01 D": None, "HRS-COM-02 D": 3})
    count = carry_out(session, world, draft, short_form, clear=True)

    assert count == 2
    assert answer(session, draft, "HRS-COM-01") == Answer()
    assert answer(session, draft, "HRS-COM-03") == Answer(value=2)


def test_an_upload_is_forgotten_after_an_hour(
    session: Session, world: World, draft: Assessment, short_form: Questionnaire, send: Callable[..., Any]
) -> None:
    send({"HRS-COM-01 D": 3})
    too_late = LATER + workbooks.KEPT_FOR + timedelta(seconds=1)

    gone = workbooks.preview_upload(session, world.owner.principal, draft, short_form, at=too_late)
    workbooks.forget_expired(session, at=too_late)

    assert gone is None
    assert session.scalar(select(func.count()).select_from(PendingWorkbook)) == 0


def test_a_second_upload_takes_the_place_of_the_first(
    session: Session, world: World, draft: Assessment, short_form: Questionnaire, send: Callable[..., Any]
) -> None:
    send({"HRS-COM-01 D": 3})
    first = workbooks.preview_upload(session, world.owner.principal, draft, short_form, at=LATER)
    send({"HRS-COM-01 D": 4})

    assert first
    with pytest.raises(workbooks.ChangedSincePreview):
        carry_out(session, world, draft, short_form, seen=first.seen)
    assert answer(session, draft, "HRS-COM-01") == Answer(value=2)


def test_an_upload_is_shown_to_nobody_else(
    session: Session, world: World, draft: Assessment, short_form: Questionnaire, send: Callable[..., Any]
) -> None:
    send({"HRS-COM-01 D": 3})

    for person in (world.editor, world.rival, world.reviewer):
        assert workbooks.preview_upload(session, person.principal, draft, short_form, at=LATER) is None


def test_what_changed_after_the_preview_stops_the_confirmation(
    session: Session, world: World, draft: Assessment, short_form: Questionnaire, send: Callable[..., Any]
) -> None:
    send({"HRS-COM-01 D": 3})
    preview = workbooks.preview_upload(session, world.owner.principal, draft, short_form, at=LATER)
    by = world.editor.principal.actor
    assessments.save_answer(session, draft, "HRS-CHK-01", Answer(value=4), version=1, by=by, at=LATER)

    assert preview
    with pytest.raises(workbooks.ChangedSincePreview):
        carry_out(session, world, draft, short_form, seen=preview.seen)


def test_of_two_versions_only_the_chosen_one_is_taken(
    session: Session, world: World, draft: Assessment, catalogue: Catalogue, short_form: Questionnaire, send: Any
) -> None:
    content = download(session, world, draft, catalogue)
    for question in ("HRS-COM-01", "HRS-COM-02"):
        by = world.editor.principal.actor
        assessments.save_answer(session, draft, question, Answer(value=1), version=1, by=by, at=LATER)

    send({"HRS-COM-01 D": 3, "HRS-COM-02 D": 3}, made=content)
    count = carry_out(session, world, draft, short_form, mine=["HRS-COM-02", "HRS-CHK-01"])

    assert count == 1
    assert (answer(session, draft, "HRS-COM-01").value, answer(session, draft, "HRS-COM-02").value) == (1, 3)


def test_a_submitted_assessment_takes_nothing(
    session: Session, world: World, draft: Assessment, short_form: Questionnaire, send: Callable[..., Any]
) -> None:
    upload = send({"HRS-COM-01 D": 3})
    session.execute(update(Assessment).values(status=AssessmentStatus.SUBMITTED))
    session.refresh(draft)

    with pytest.raises(NotEditable):
        workbooks.keep_upload(session, world.owner.principal, draft, upload, name="a.xlsx", at=LATER)
    with pytest.raises(NotEditable):
        carry_out(session, world, draft, short_form)


def test_discarding_leaves_no_trace_but_an_event(
    session: Session, world: World, draft: Assessment, send: Callable[..., Any]
) -> None:
    send({"HRS-COM-01 D": 3})

    assert workbooks.discard_upload(session, world.owner.principal, draft, at=LATER)
    assert not workbooks.discard_upload(session, world.owner.principal, draft, at=LATER)
    assert session.scalar(select(func.count()).select_from(PendingWorkbook)) == 0


def test_a_workbook_fits_only_what_it_was_made_of(short_form: Questionnaire, send: Callable[..., Any]) -> None:
    changes: list[tuple[dict[str, Any], str]] = [
        ({"company": uuid4()}, "other_company"),
        ({"assessment": uuid4()}, "other_assessment"),
        ({"questionnaire": replace(short_form, version="2026.2")}, "other_version"),
        ({"questionnaire": replace(short_form, digest="sha256:" + "1" * 64)}, "other_version"),
        ({"questionnaire": replace(short_form, slug="hrdd-core")}, "other_questionnaire"),
        ({"key": b"the key of another portal, long enough"}, "altered"),
    ]
    for change, code in changes:
        with pytest.raises(RefusedWorkbook) as caught:
            send(keep=False, **change)
        assert caught.value.code == code


def test_only_questions_the_company_is_asked_are_in_its_workbook(
    session: Session, world: World, catalogue: Catalogue, short_form: Questionnaire
) -> None:
    alone = builders.PROFILE | {"PRO-11": 0, "PRO-18": 0}
    rules = rule_values(catalogue.profiles[short_form.profile], alone)
    asked = set(applicable_questions(short_form, rules))
    draft = builders.make_assessment(session, world.rival, catalogue, at=NOON, answers={}, profile=alone)

    content = workbooks.make_workbook(
        session, world.rival.principal, draft, catalogue, key=KEY, at=NOON, period="2025/2026"
    )

    keys = {cell.value for cell in load_workbook(io.BytesIO(content))["Answers"]["A"]}
    assert keys & short_form.by_id.keys() == asked
    assert 10 < len(asked) < len(short_form.by_id)
