"""The company's figures beside the latest release: what is public of its sector, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.bundle import digest_of
from portal.domain.disclosure.placing import sector_of
from portal.domain.disclosure.regions import sector_class
from portal.domain.disclosure.release import build_release
from portal.models import Assessment, Organisation, Release, Submission
from portal.services import releases
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.domain.disclosed import PLAN, SECRET, SNAPSHOT, unit

SECTOR = sector_of(builders.PROFILE)


def publish(engine: Engine, count: int, **changes: Any) -> None:
    others = [unit(number, sector=SECTOR, **changes) for number in range(count)]
    elsewhere = [unit(number, sector="S", country="VN") for number in range(100, 130)]
    draft = build_release([*others, *elsewhere], PLAN, snapshot_on=SNAPSHOT, secret=SECRET)
    text = json.dumps(draft.document)
    with db.writing(engine) as session, session.begin():
        row = Release(
            slug="2026-1",
            title="Findings, June 2026",
            snapshot_on=SNAPSHOT,
            document=text,
            digest=digest_of(text.encode()),
            members=draft.members,
            created_at=NOON,
        )
        session.add(row)
        releases.publish_release(session, row, by=None, at=NOON + timedelta(hours=1))


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def page(complete: Assessment) -> str:
    return f"/company/assessments/{complete.id}/comparison"


def test_without_a_release_the_page_says_what_will_stand_here(owner: FlaskClient, page: str) -> None:
    assert "No findings have been published yet" in owner.get(page).text


def test_the_score_page_leads_to_it(owner: FlaskClient, page: str) -> None:
    assert page in owner.get(page.replace("comparison", "score")).text


def test_own_figures_stand_beside_the_released_ones_of_the_sector(
    engine: Engine, owner: FlaskClient, page: str
) -> None:
    publish(engine, 40)

    words = words_of(owner.get(page).text)

    assert "from release 2026-1: data of 30 June 2026, frozen and rounded" in words
    assert re.search(r"Your sector: [A-Z][^:]+? 50 ", words)
    assert "40" in words
    assert "None of your submissions is counted" in words
    assert not re.search(r"percentile|your rank|better than", words, re.IGNORECASE)


def test_a_sector_that_is_hidden_stays_hidden(engine: Engine, owner: FlaskClient, page: str) -> None:
    publish(engine, 3)

    words = words_of(owner.get(page).text)

    assert sector_class(SECTOR) != "other"
    assert re.search(r"Your sector: [A-Z][^:]+? :c not shown", words)
    assert "Suppressed: fewer than 10 groups" in words


def test_it_shows_no_number_of_others_that_the_public_page_has_not(
    engine: Engine, owner: FlaskClient, client: FlaskClient, page: str
) -> None:
    publish(engine, 40)
    shown = {row["mean_score"] for row in _rows(engine)} | {row["companies"] for row in _rows(engine)}

    cells = re.findall(r'<td class="n" data-l="(?:Groups|Mean score)">([^<]+)<', owner.get(page).text)

    assert cells
    assert {int(cell) if len(cell) < 4 else cell for cell in cells} <= {
        int(one) if str(one).isdigit() else one for one in shown
    }


def test_whoever_is_counted_in_the_release_is_told(
    engine: Engine, owner: FlaskClient, world: World, page: str, complete: Assessment, catalogue: Any
) -> None:
    with db.writing(engine) as session, session.begin():
        made = builders.submit(session, world.owner, session.get_one(Assessment, complete.id), catalogue, at=NOON)
        session.execute(update(Organisation).values(verified_at=NOON))
        session.execute(update(Submission).values(submitted_at=NOON - timedelta(days=400), joins_aggregates=True))
        reference = made.reference
    publish(engine, 40)

    assert f"your submission {reference} is counted" in words_of(owner.get(page).text)


def test_another_company_sees_nothing(world: World, sign_in: Callable[[str], FlaskClient], page: str) -> None:
    assert sign_in(world.rival.email).get(page).status_code == 404


def _rows(engine: Engine) -> list[dict[str, Any]]:
    with db.reading(engine) as session:
        found = releases.latest_release(session)
        assert found
        return [row for table in found.document["tables"] for row in table["rows"] if "mean_score" in row]
