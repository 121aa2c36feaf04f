"""Opening an assessment that was edited thousands of times, against one that was answered once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bench import timing
from portal import db
from portal.application import create_app
from portal.domain.answers import Answer
from portal.models import Assessment
from portal.services import assessments, profiles
from portal.settings import Settings
from tests import builders, databases
from tests.builders import PROFILE, Person

LIMIT, EDITS = 1.3, 2000
ROUNDS = 9
CORE = "hrdd-core@2026.1"
#: Every question of the long form applies, or nearly.
LARGE = PROFILE | {"PRO-07": 800, "PRO-17": "yes", "PRO-19": "yes", "PRO-20": "yes", "PRO-21": "yes"}
PERIODS = ((date(2024, 7, 1), date(2025, 6, 30)), (date(2025, 7, 1), date(2026, 6, 30)))


@dataclass(frozen=True)
class Place:
    client: FlaskClient
    fresh: str
    edited: str
    questions: int


def main(rounds: int = ROUNDS) -> int:
    """Print ratio and limit; return 1 when over the limit."""
    with tempfile.TemporaryDirectory() as folder:
        place = _filled(Path(folder))
        found = timing.compare(_opened(place, place.edited), _opened(place, place.fresh), rounds=rounds, repeat=20)
        place.client.application.extensions["portal"].engine.dispose()
    print(
        f"history: {found.subject * 1000:.2f} ms after {EDITS} edits of {place.questions} questions, "
        f"fresh {found.floor * 1000:.2f} ms, ratio {found.ratio:.2f} (limit {LIMIT})"
    )
    return int(found.ratio > LIMIT)


def _opened(place: Place, assessment: str) -> Callable[[], object]:
    """Open the task list and a section, as a person does who comes back."""

    def open_both() -> None:
        for page in (f"/company/assessments/{assessment}", f"/company/assessments/{assessment}/sections/ACT"):
            assert place.client.get(page).status_code == 200

    return open_both


def _filled(folder: Path) -> Place:
    settings = Settings(var=folder / "var", database_url=databases.sqlite_database(folder), languages="en")
    app, now = create_app(settings), datetime.now(UTC)
    portal = app.extensions["portal"]
    questionnaire = portal.catalogue.questionnaires[CORE]
    with db.writing(portal.engine) as session, session.begin():
        owner = builders.make_world(session, at=now).owner
        profile = portal.catalogue.profiles[questionnaire.profile]
        profiles.save_profile(session, owner.principal, profile, LARGE, version=0, at=now)
        fresh, edited = (
            assessments.start_assessment(session, owner.principal, questionnaire, period=period, at=now)
            for period in PERIODS
        )

        ids = [question.id for question in questionnaire.questions]
        for question_id in ids:
            save(session, owner, fresh, question_id, 0, now)
        for number, question_id in enumerate(islice(cycle(ids), EDITS)):
            save(session, owner, edited, question_id, number // len(ids), now)
    client = builders.sign_in(app.test_client(), owner.email)
    return Place(client, str(fresh.id), str(edited.id), len(ids))


def save(session: Session, by: Person, assessment: Assessment, question_id: str, version: int, at: datetime) -> None:
    answer = Answer(dont_know=True, comment=f"Version {version}")
    actor = by.principal.actor
    assessments.save_answer(session, assessment, question_id, answer, version=version, by=actor, at=at)


if __name__ == "__main__":
    raise SystemExit(main())
