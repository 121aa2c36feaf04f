"""Pages with the guard and scoped queries, against the same pages without authorisation, among 10,000 companies."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, insert, select, true

from bench import timing
from portal import db
from portal.application import create_app
from portal.authz import Principal, Verdict, scope
from portal.models import Membership, Organisation, OrganisationKind, Review, Share, Submission, User
from portal.settings import Settings
from portal.web import current
from tests import builders, databases, shared
from tests.builders import Person

#: A page may cost at most so many times what it costs without authorisation.
LIMIT = 1.15
COMPANIES, SHARED_WITH_US = 10_000, 200
ROUNDS = 9


@dataclass(frozen=True)
class Site:
    app: Flask
    company: FlaskClient
    government: FlaskClient
    section: str
    people: dict[str, Principal]


def main(rounds: int = ROUNDS) -> int:
    """Print the ratio of each page and the limit; return 1 when one is over it."""
    over = 0
    with opened() as site:
        for name, client, page in (
            ("company section", site.company, site.section),
            ("government queue", site.government, "/government/submissions"),
        ):
            over += _measure(site, name, client, page, rounds)
    return int(over > 0)


def _measure(site: Site, name: str, client: FlaskClient, page: str, rounds: int) -> int:
    def guarded() -> object:
        return client.get(page)

    def open_to_all() -> object:
        with without_authorisation(site.people[name.partition(" ")[0]]):
            return client.get(page)

    assert guarded().status_code == open_to_all().status_code == 200, page  # type: ignore[attr-defined]
    found = timing.compare(guarded, open_to_all, rounds=rounds, repeat=40)
    print(
        f"authorisation: {name} {found.subject * 1000:.2f} ms, without {found.floor * 1000:.2f} ms, "
        f"ratio {found.ratio:.2f} (limit {LIMIT}; {COMPANIES} companies)"
    )
    return int(found.ratio > LIMIT)


@contextmanager
def without_authorisation(person: Principal) -> Iterator[None]:
    """The principal is given, every request is allowed, and rows are found by id or by the organisation alone."""
    with (
        patch.object(current, "_load_principal", lambda: person),
        patch.object(current, "verdict", lambda *_given, **_named: Verdict.ALLOWED),
        patch.object(scope, "_company_scope", lambda _principal, _model: true()),
        patch.object(scope, "_government_scope", _ours),
    ):
        yield


def _ours(principal: Principal, model: type[Any], _at: datetime) -> ColumnElement[bool]:
    """A queue must be somebody's; without authorisation its rows are named by one plain column."""
    if model is Review:
        mine: ColumnElement[bool] = Review.government_id == principal.organisation_id
        return mine
    return true()


@contextmanager
def opened() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            var=Path(folder) / "var", database_url=databases.sqlite_database(Path(folder)), languages="en"
        )
        app = create_app(settings)
        engine = app.extensions["portal"].engine
        now = datetime.now(UTC)
        with db.writing(engine) as session, session.begin():
            world = builders.make_world(session, at=now)
            catalogue = app.extensions["portal"].catalogue
            first = shared.share_one(session, world, catalogue, at=now)
            assessment = _draft(session, world.rival, app, now)
            _fill(session, first, world.reviewer, now)
        people = {"company": _known(app, world.rival), "government": _known(app, world.reviewer)}
        yield Site(
            app,
            builders.sign_in(app.test_client(), world.rival.email),
            builders.sign_in(app.test_client(), world.reviewer.email),
            f"/company/assessments/{assessment}/sections/DO",
            people,
        )
        engine.dispose()


def _draft(session: Any, person: Person, app: Flask, now: datetime) -> UUID:
    made = builders.make_assessment(session, person, app.extensions["portal"].catalogue, at=now)
    return made.id


def _known(app: Flask, person: Person) -> Principal:
    """The principal as the guard would find it."""
    with db.reading(app.extensions["portal"].engine) as session:
        membership = session.scalars(select(Membership.id).where(Membership.user_id == person.principal.user_id)).one()
    known = person.principal
    return Principal(
        user_id=known.user_id,
        name=known.name,
        login_id="",
        organisation_id=known.organisation_id,
        organisation_name=known.organisation_name,
        kind=known.kind,
        role=known.role,
        membership_id=membership,
        mfa_at=datetime.now(UTC),
        proved_at=datetime.now(UTC),
    )


def _fill(session: Any, first: Submission, reader: Person, now: datetime) -> None:
    """Other companies with a person, a submission and a share each: some with our government, the most with another."""
    for number in range(SHARED_WITH_US):
        shared.share_copy(session, first, reader, f"Mill {number}")
    other = builders.make_organisation(session, "Elsewhere", OrganisationKind.GOVERNMENT, country="VN", at=now)
    copied = {column.name: getattr(first, column.name) for column in Submission.__table__.columns}
    rows: dict[type[Any], list[dict[str, Any]]] = {
        model: [] for model in (Organisation, User, Membership, Submission, Share, Review)
    }
    for number in range(COMPANIES - SHARED_WITH_US):
        company, user, submission = uuid4(), uuid4(), uuid4()
        word, where = uuid4().hex, {"submission_id": submission, "government_id": other.id}
        rows[Organisation].append(
            {"id": company, "kind": "company", "name": f"Works {number}", "country": "VN", "created_at": now}
        )
        rows[User].append(
            {"id": user, "email": f"{word}@works.example", "name": "M.", "password_hash": "", "created_at": now}
        )
        rows[Membership].append(
            {"id": uuid4(), "user_id": user, "organisation_id": company, "role": "owner", "created_at": now}
        )
        own = {"id": submission, "organisation_id": company, "version": number + 2}
        own |= {"reference": word[:12], "digest": word, "idempotency_key": word, "bundle": "{}"}
        rows[Submission].append(copied | own)
        rows[Share].append({"id": uuid4(), "granted_by_id": user, "granted_at": now, "scope": "all", **where})
        rows[Review].append({"id": uuid4(), "opened_at": now, "state": "waiting", "version": 1, **where})
    for model, made in rows.items():
        session.execute(insert(model), made)


if __name__ == "__main__":
    raise SystemExit(main())
