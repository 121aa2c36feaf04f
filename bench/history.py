"""Opening an assessment, a question or its history that was edited thousands of times, against one answered once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bench import timing
from portal import db
from portal.application import create_app
from portal.catalogue import load_catalogue
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.models import Assessment
from portal.services import assessments, profiles
from portal.settings import Settings
from portal.web.company import histories
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
    #: The question with a history of its own.
    question: str
    section: str
    questions: int


def main(rounds: int = ROUNDS) -> int:
    """Print the ratios and their limit; return 1 when one is over the limit."""
    with tempfile.TemporaryDirectory() as folder:
        place = _filled(Path(folder))
        pages = {
            f"task list and section of {place.questions} questions, {EDITS} edits": ("", f"/sections/{place.section}"),
            f"question with {EDITS} versions": (f"/questions/{place.question}",),
            f"history of {EDITS} versions": (f"/questions/{place.question}/versions",),
        }
        over = [_is_over(place, named, paths, rounds) for named, paths in pages.items()]
        place.client.application.extensions["portal"].engine.dispose()
    return int(any(over))


def _is_over(place: Place, named: str, paths: tuple[str, ...], rounds: int) -> bool:
    """The page of a history shows as many versions as fit on it, and so is compared with nothing."""
    edited, fresh = (_opened(place, assessment, paths) for assessment in (place.edited, place.fresh))
    found = timing.compare(edited, fresh, rounds=rounds, repeat=20)
    one = f"history: {named}: {found.subject * 1000:.2f} ms, fresh {found.floor * 1000:.2f} ms, ratio {found.ratio:.2f}"
    if paths[-1].endswith("/versions"):
        print(f"{one} (one page of {histories.PAGE} versions against one version, no limit)")
        return False
    print(f"{one} (limit {LIMIT})")
    return found.ratio > LIMIT


def _opened(place: Place, assessment: str, paths: tuple[str, ...]) -> Callable[[], object]:
    def open_each() -> None:
        for path in paths:
            assert place.client.get(f"/company/assessments/{assessment}{path}").status_code == 200

    return open_each


def _filled(folder: Path) -> Place:
    settings = Settings(var=folder / "var", database_url=databases.sqlite_database(folder), languages="en")
    app, now = create_app(settings, _doubled(load_catalogue(settings.questionnaires))), datetime.now(UTC)
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
        section = questionnaire.sections[1]
        often = section.questions[0].id
        begun = sum(question_id == often for question_id in islice(cycle(ids), EDITS))
        for version in range(begun, EDITS):
            save(session, owner, edited, often, version, now)
    client = builders.sign_in(app.test_client(), owner.email)
    return Place(client, str(fresh.id), str(edited.id), often, section.id, len(ids))


def _doubled(catalogue: Catalogue) -> Catalogue:
    """With every section of the long form a second time: an assessment has more than a hundred questions then."""
    core = catalogue.questionnaires[CORE]
    again = tuple(
        replace(
            section,
            id=f"{section.id}2",
            questions=tuple(replace(question, id=f"{question.id}2") for question in section.questions),
        )
        for section in core.sections
    )
    doubled: Questionnaire = replace(core, sections=core.sections + again)
    return replace(catalogue, questionnaires={**catalogue.questionnaires, CORE: doubled})


def save(session: Session, by: Person, assessment: Assessment, question_id: str, version: int, at: datetime) -> None:
    answer = Answer(dont_know=True, comment=f"Version {version}")
    actor = by.principal.actor
    assessments.save_answer(session, assessment, question_id, answer, version=version, by=actor, at=at)


if __name__ == "__main__":
    raise SystemExit(main())
