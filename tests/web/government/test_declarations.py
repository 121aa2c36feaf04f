"""What a government declares: written by its supervisors, read by companies and by everybody, and never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Declaration, Organisation, Role
from tests import builders
from tests.builders import World, events, post
from tests.conftest import NOON

PAGE = "/government/declaration"
TYPED = {"will": "Read <b>with</b> you.", "will_not": "Open a case.", "language": "en", "version": "0"}


@pytest.fixture
def supervisor(engine: Engine, world: World, sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    with db.writing(engine) as session, session.begin():
        government = session.get_one(Organisation, world.reviewer.principal.organisation)
        person = builders.make_person(session, government, Role.SUPERVISOR, at=NOON)
    return sign_in(person.email)


def test_what_is_declared_is_public_and_recorded_once(supervisor: FlaskClient, engine: Engine) -> None:
    assert "No government has declared anything yet." in supervisor.get("/remedy").text

    assert post(supervisor, PAGE, TYPED).status_code == 302

    assert "Read &lt;b&gt;with&lt;/b&gt; you." in supervisor.get("/remedy").text
    with db.reading(engine) as session:
        assert len(events(session, "declaration.made")) == 1


def test_a_colleague_who_was_faster_is_shown_beside_what_was_typed(supervisor: FlaskClient, engine: Engine) -> None:
    post(supervisor, PAGE, TYPED)
    mine = TYPED | {"will": "Something else."}

    for stale in ("0", "7"):
        response = post(supervisor, PAGE, mine | {"version": stale})
        assert response.status_code == 409
        assert "Read &lt;b&gt;with" in response.text
        assert "Something else." in response.text
    assert post(supervisor, PAGE, mine | {"version": "1"}).status_code == 302
    with db.reading(engine) as session:
        assert [(one.will, one.version) for one in session.query(Declaration)] == [("Something else.", 2)]


def test_empty_words_are_refused_with_what_was_typed(supervisor: FlaskClient) -> None:
    response = post(supervisor, PAGE, TYPED | {"will_not": " ", "language": "klingon"})

    assert response.status_code == 422
    assert 'id="will_not-error"' in response.text
    assert "Read &lt;b&gt;with" in response.text


def test_reviewers_do_not_speak_for_their_government(
    world: World, supervisor: FlaskClient, sign_in: Callable[[str], FlaskClient]
) -> None:
    assert sign_in(world.reviewer.email).get(PAGE).status_code == 403
