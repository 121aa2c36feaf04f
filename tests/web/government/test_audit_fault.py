"""Abuse case A16: when the log cannot be written, the decision is not stored; the retry works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.engine import Engine

from portal import db
from portal.models import Review, ReviewState, Submission
from tests import builders

#: A fault of the database itself, at the first entry after it.
FAULTS = {
    "sqlite": (
        "CREATE TRIGGER log_fault BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'disk fault'); END",
        "DROP TRIGGER log_fault",
    ),
    "postgresql": (
        "CREATE FUNCTION log_fault() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'disk fault'; END $$; "
        "CREATE TRIGGER log_fault BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION log_fault()",
        "DROP FUNCTION log_fault() CASCADE",
    ),
}


@contextmanager
def log_out_of_order(engine: Engine) -> Iterator[None]:
    broken, mended = FAULTS[engine.dialect.name]
    with db.writing(engine) as session, session.begin():
        session.execute(text(broken))
    try:
        yield
    finally:
        with db.writing(engine) as session, session.begin():
            session.execute(text(mended))


def test_a_decision_that_cannot_be_logged_is_not_stored_and_can_be_made_again(
    app: Flask, reviewer: FlaskClient, engine: Engine, submission: Submission, address: str
) -> None:
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    form = {"decision": "accepted", "reason": "The list names every site and who made it.", "version": "1"}
    with db.reading(engine) as session:
        before = len(builders.events(session))

    with log_out_of_order(engine):
        refused = builders.post(reviewer, f"{address}/decision", form, page=address)
        with db.reading(engine) as session:
            waiting = session.scalars(select(Review)).one().state

    assert refused.status_code >= 500
    assert "disk fault" not in refused.text
    assert waiting is ReviewState.WAITING
    again = builders.post(reviewer, f"{address}/decision", form, page=address)
    assert again.status_code == 302
    with db.reading(engine) as session:
        assert session.scalars(select(Review)).one().state is ReviewState.ACCEPTED
        assert len(builders.events(session)) == before + 1
