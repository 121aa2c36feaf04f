"""The page of the risk register, and its CSV."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.lifecycle import AssessmentStatus
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment
from tests import builders
from tests.builders import World

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROWS = [
    {"risk": "=cmd|'/C calc'!A0", "who": "Dyers", "scale": 2, "scope": 2, "irremediability": 1, "likelihood": 4},
    {"risk": "ตกจากที่สูง", "who": "คนงานก่อสร้าง", "scale": 5, "scope": 1, "irremediability": 5, "likelihood": 3},
]


def test_the_gravest_stands_first_and_the_file_holds_no_formula(
    engine: Engine, world: World, catalogue: Catalogue, sign_in: Callable[[str], FlaskClient]
) -> None:
    answers = builders.modest_answers(catalogue) | {"HRS-KNO-04": Answer(value=ROWS)}
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOW, answers=answers)
    place = f"/company/assessments/{assessment.id}/risks"
    owner = sign_in(world.owner.email)
    page, file = owner.get(place).text, owner.get(f"{place}.csv")

    assert page.index("ตกจากที่สูง") < page.index("=cmd|")
    assert "Urgent" in page
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "ตกจากที่สูง" in file.text
    assert not any(cell.startswith(("=", '"=')) for line in file.text.splitlines() for cell in line.split(","))
    assert sign_in(world.rival.email).get(place).status_code == 404


@pytest.fixture
def periods(engine: Engine, world: World, catalogue: Catalogue) -> list[str]:
    """Assessments of two periods of company A, with a risk of their own each, the grave one in the earlier."""
    made = []
    for row, end in ((ROWS[1], date(2025, 6, 30)), (ROWS[0], date(2026, 6, 30))):
        with db.writing(engine) as session, session.begin():
            answers = {"HRS-KNO-04": Answer(value=[row])}
            one = builders.make_assessment(session, world.owner, catalogue, at=NOW, answers=answers)
            past = update(Assessment).where(Assessment.id == one.id)
            start = end.replace(year=end.year - 1)
            session.execute(past.values(period_start=start, period_end=end, status=AssessmentStatus.SUBMITTED))
            made.append(str(one.id))
    return made


def test_the_register_of_all_is_of_the_latest_periods_and_of_every_period_on_request(
    owner: FlaskClient, periods: list[str]
) -> None:
    latest = owner.get("/company/risks").text
    every = owner.get("/company/risks?of=all").text
    first = owner.get(f"/company/risks?of={periods[0]}").text

    assert ("=cmd|" in latest, "ตกจากที่สูง" in latest) == (True, False)
    assert every.index("ตกจากที่สูง") < every.index("=cmd|")
    assert ("=cmd|" in first, "ตกจากที่สูง" in first) == (False, True)
    assert "/company/risks" in owner.get("/company").text


def test_each_risk_leads_to_its_question_and_to_what_is_done_about_it(owner: FlaskClient, periods: list[str]) -> None:
    question = f"/company/assessments/{periods[1]}/questions/HRS-KNO-04"
    builders.post(owner, f"{question}/actions", page=question)

    page = owner.get("/company/risks").text

    assert f'href="{question}"' in page
    assert "/company/actions/" in page
    assert "Planned" in page


def test_the_workbook_holds_what_the_page_shows_and_nothing_but_text(owner: FlaskClient, periods: list[str]) -> None:
    for path in ("/company/risks.xlsx?of=all", "/company/actions.xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(owner.get(path).data))
        cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}, path

    found = [
        cell.value
        for cell in openpyxl.load_workbook(io.BytesIO(owner.get("/company/risks.xlsx?of=all").data)).active["A"]
    ]
    assert [ROWS[1]["risk"], ROWS[0]["risk"]] == found[-2:]
    assert "ตกจากที่สูง" not in owner.get("/company/risks.csv").text
    assert "ตกจากที่สูง" in owner.get("/company/risks.csv?of=all").text


def test_what_is_no_assessment_of_the_company_is_not_found(
    owner: FlaskClient, world: World, sign_in: Callable[[str], FlaskClient], periods: list[str]
) -> None:
    rival = sign_in(world.rival.email)

    for kind in ("", ".csv", ".xlsx"):
        assert rival.get(f"/company/risks{kind}?of={periods[0]}").status_code == 404
        assert owner.get(f"/company/risks{kind}?of=nonsense").status_code == 404
    assert "ตกจากที่สูง" not in rival.get("/company/risks?of=all").text


def test_more_assessments_take_no_more_statements(
    owner: FlaskClient, engine: Engine, world: World, catalogue: Catalogue, periods: list[str]
) -> None:
    def count() -> int:
        seen: list[str] = []
        event.listen(engine, "before_cursor_execute", listener := lambda *a: seen.append(a[2]))
        owner.get("/company/risks?of=all")
        event.remove(engine, "before_cursor_execute", listener)
        return len(seen)

    two = count()
    for year in range(2018, 2022):
        with db.writing(engine) as session, session.begin():
            one = builders.make_assessment(session, world.owner, catalogue, at=NOW, answers={})
            past = update(Assessment).where(Assessment.id == one.id)
            start, end = date(year, 1, 1), date(year, 12, 31)
            session.execute(past.values(period_start=start, period_end=end, status=AssessmentStatus.SUBMITTED))

    assert count() <= two
    assert two <= 16
