"""The page of the risk register, and its CSV."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
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
