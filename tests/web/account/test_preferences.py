"""Which mail a person gets, and in which language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from portal import db
from portal.models import User
from tests import builders
from tests.builders import World

PATH = "/account/preferences"


@pytest.mark.parametrize(
    ("form", "language", "wanted"),
    [
        ({"language": "ar", "reminders": "no"}, "ar", False),
        ({"language": "tlh", "reminders": "yes"}, "", True),
        ({}, "", False),
    ],
)
def test_a_person_chooses_their_mail(
    engine: Engine,
    world: World,
    sign_in: Callable[[str], FlaskClient],
    form: dict[str, str],
    language: str,
    wanted: bool,
) -> None:
    client = sign_in(world.editor.email)
    answer = builders.post(client, PATH, form)

    assert answer.status_code == 302
    assert client.get(PATH).status_code == 200
    with db.reading(engine) as session:
        person = session.scalars(select(User).where(User.id == world.editor.principal.actor)).one()
        assert (person.language, person.reminders_off_at is None) == (language, wanted)
        assert len(builders.events(session, "user.mail_chosen")) == 1
