"""The first page a person opens stays small on a slow line: HTML, style and script, compressed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from tests import builders, databases
from tests.conftest import NOON

LIMIT = 40 * 1024
PUBLIC = (
    "/",
    "/method",
    "/questionnaires",
    "/questionnaires/hrdd-short/2026.1",
    "/questionnaires?q=workers",
    "/instruments",
    "/instruments/ungp",
    "/remedy",
    "/account/sign-in",
)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The same on every database; one is enough here."""
    return databases.sqlite_database(tmp_path)


def weight(client: FlaskClient, path: str) -> int:
    """Bytes of a page with everything it loads, each compressed as a server would."""
    page = client.get(path)
    assert page.status_code == 200
    loaded = re.findall(r'(?:<link rel="(?:stylesheet|icon)" href|<script[^>]* src)="([^"]+)"', page.text)
    assert loaded
    files = [client.get(address, buffered=True).data for address in loaded]
    return sum(len(gzip.compress(content, 6)) for content in [page.data, *files])


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_light(client: FlaskClient, path: str) -> None:
    assert weight(client, path) <= LIMIT


def test_a_page_of_questions_is_light(
    engine: Engine, world: builders.World, catalogue: Catalogue, sign_in: Callable[[str], FlaskClient]
) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON).id

    assert weight(sign_in(world.owner.email), f"/company/assessments/{assessment}/sections/DO") <= LIMIT
