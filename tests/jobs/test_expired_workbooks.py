"""The worker's sweep: uploads that nobody confirmed are gone after an hour, even if nobody uploads again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.jobs.worker import work_off
from portal.jobs.workplace import Workplace
from portal.models import PendingWorkbook
from portal.services.workbooks import KEPT_FOR
from portal.settings import Settings
from portal.storage import FileStore
from tests import builders
from tests.builders import World
from tests.conftest import NOON


def test_an_old_upload_is_deleted_and_a_young_one_is_kept(
    settings: Settings, engine: Engine, catalogue: Catalogue, world: World
) -> None:
    with db.writing(engine) as session, session.begin():
        draft = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers={})
        common = {"organisation_id": draft.organisation_id, "assessment_id": draft.id, "content": {}, "name": "a.xlsx"}
        old = NOON - KEPT_FOR - timedelta(seconds=1)
        session.add(PendingWorkbook(user_id=world.owner.principal.actor, uploaded_at=old, **common))
        session.add(PendingWorkbook(user_id=world.editor.principal.actor, uploaded_at=NOON, **common))
    place = Workplace(settings, engine, catalogue, FileStore(settings.storage_folder), clock=lambda: NOON)

    work_off(place)

    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(PendingWorkbook)) == 1
