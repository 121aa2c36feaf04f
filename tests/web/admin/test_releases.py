"""A release is published by two administrators, once, and never by one alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.models import Approval, AuditEvent, Release
from portal.services.releases import prepare_release
from tests.builders import post
from tests.conftest import NOON

LIST = "/admin/releases"


@pytest.fixture(autouse=True)
def draft(engine: Engine, catalogue: Catalogue) -> None:
    prepare(engine, catalogue, "2026-2")


def prepare(engine: Engine, catalogue: Catalogue, slug: str) -> None:
    with db.writing(engine) as session, session.begin():
        prepare_release(
            session,
            catalogue,
            slug=slug,
            title="Second findings",
            snapshot_on=NOON.date(),
            secret=b"0123456789abcdef0123456789abcdef",
            at=NOON - timedelta(days=1),
        )


def step(client: FlaskClient, what: str, slug: str = "2026-2") -> Any:
    return post(client, f"{LIST}/{slug}/{what}", page="/admin/organisations/new")


def published(engine: Engine) -> list[str]:
    with db.reading(engine) as session:
        return list(session.scalars(select(Release.slug).where(Release.published_at.is_not(None))))


def events(engine: Engine) -> int:
    with db.reading(engine) as session:
        return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_one_asks_and_another_publishes(engine: Engine, administrator: FlaskClient, deputy: FlaskClient) -> None:
    before = events(engine)
    assert step(administrator, "ask").status_code == 302
    assert step(administrator, "publish").status_code == 422
    assert published(engine) == []
    assert "Asked for by" in deputy.get(LIST).text

    assert step(deputy, "publish").status_code == 302

    assert published(engine) == ["2026-2"]
    assert events(engine) == before + 2
    assert administrator.get("/releases/2026-2").status_code == 200
    with db.reading(engine) as session:
        approval = session.scalars(select(Approval)).one()
        assert approval.approved_by_id != approval.asked_by_id
    assert step(deputy, "publish").status_code == 404


def test_nothing_is_published_that_nobody_asked_for_or_that_was_withdrawn(
    engine: Engine, administrator: FlaskClient, deputy: FlaskClient
) -> None:
    assert step(deputy, "publish").status_code == 409
    step(administrator, "ask")
    assert step(administrator, "ask").status_code == 409
    assert step(deputy, "withdraw").status_code == 302
    assert step(deputy, "publish").status_code == 409
    assert published(engine) == []


def test_the_draft_is_read_before_it_is_published_and_only_by_administrators(
    administrator: FlaskClient, methodology_editor: FlaskClient, client: FlaskClient
) -> None:
    draft = administrator.get(f"{LIST}/2026-2/draft.json")

    assert draft.mimetype == "application/json"
    assert draft.get_json()["title"] == "Second findings"
    assert "members" not in draft.get_json()
    assert methodology_editor.get(f"{LIST}/2026-2/draft.json").status_code == 403
    assert client.get("/releases/2026-2").status_code == 404


def test_a_draft_older_than_another_publication_is_refused_and_nothing_of_it_stays(
    engine: Engine, catalogue: Catalogue, administrator: FlaskClient, deputy: FlaskClient
) -> None:
    prepare(engine, catalogue, "2026-3")
    for slug in ("2026-2", "2026-3"):
        step(administrator, "ask", slug)
    step(deputy, "publish", "2026-2")

    assert step(deputy, "publish", "2026-3").status_code == 409

    assert published(engine) == ["2026-2"]
    with db.reading(engine) as session:
        approved = select(func.count()).select_from(Approval).where(Approval.approved_at.is_not(None))
        assert session.scalar(approved) == 1
