"""Releases are built from what was submitted, frozen when published, and the only thing the public reaches."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.domain.bundle import digest_of
from portal.models import Organisation, OrganisationKind, Release, Role
from portal.services import releases
from portal.services.snapshots import read_units, ultimate_parent
from tests import builders
from tests.conftest import NOON

SNAPSHOT = NOON.date()
SECRET = b"0123456789abcdef0123456789abcdef"
SHORT_FORM = builders.SHORT_FORM


@pytest.fixture
def submitted(session, world, catalogue):
    """One submission of Company A, signed sixty days ago."""
    return signed(session, world.owner, catalogue)


def signed(session, person, catalogue):
    moment = NOON - timedelta(days=60)
    assessment = builders.make_assessment(session, person, catalogue, at=moment)
    return builders.submit(session, person, assessment, catalogue, at=moment, key=f"key of {person.email}")


def prepare(session, catalogue, slug="2026-2", *, on=SNAPSHOT, at=NOON):
    return releases.prepare_release(
        session, catalogue, slug=slug, title="Findings", snapshot_on=on, secret=SECRET, at=at
    )


def crowd(session, count, catalogue):
    """Other verified companies, in two countries, with the same answers."""
    for number in range(count):
        company = builders.make_organisation(
            session,
            f"Company {number}",
            OrganisationKind.COMPANY,
            country=("MY", "TH")[number % 2],
            at=NOON - timedelta(days=90),
            verified_at=NOON - timedelta(days=90),
        )
        owner = builders.make_person(session, company, Role.OWNER, at=NOON - timedelta(days=90))
        signed(session, owner, catalogue)


def row(document, table, key):
    return next(
        row for found in document["tables"] if found["id"] == table for row in found["rows"] if row["key"] == key
    )


def test_a_submission_becomes_a_unit_with_exact_scores(session, submitted, catalogue):
    (unit,) = read_units(session, catalogue, (SHORT_FORM,), snapshot_on=SNAPSHOT)

    assert (unit.country, unit.sector, unit.size_class, unit.questionnaire) == ("TH", "C13", "small", SHORT_FORM)
    assert f"{float(unit.score):.1f}" == f"{float(submitted.score):.1f}"
    assert set(unit.red_flags) == {q.id for q in catalogue.questionnaires[SHORT_FORM].questions if q.flag == "red_flag"}
    assert not unit.verified


def test_what_is_submitted_after_the_snapshot_does_not_count(session, submitted, catalogue):
    assert read_units(session, catalogue, (SHORT_FORM,), snapshot_on=SNAPSHOT - timedelta(days=61)) == []


def test_the_group_is_the_company_at_the_top_even_in_a_ring():
    a, b, c = (Organisation(id=uuid4(), name=name) for name in "abc")
    known = {company.id: company for company in (a, b, c)}

    a.parent_id, b.parent_id = b.id, c.id
    assert {ultimate_parent(known, one) for one in known} == {c.id}
    c.parent_id = a.id
    assert {ultimate_parent(known, one) for one in known} == {min(known)}


def test_a_release_shows_what_twelve_verified_companies_have_in_common(session, submitted, catalogue):
    crowd(session, 12, catalogue)

    release = prepare(session, catalogue)

    everybody = row(json.loads(release.document), "all", "all")
    assert everybody["companies"] in ("10", "15")
    assert everybody["mean_score"] == 5 * round(float(submitted.score) / 5)
    assert set(everybody["bands"].values()) == {":c"}, "all twelve are in one band"


def test_a_draft_is_not_public(session, submitted, catalogue):
    prepare(session, catalogue)

    assert releases.find_release(session, "2026-2") is None
    assert releases.published_releases(session) == []


def test_publishing_freezes_document_and_digest(session, world, catalogue):
    release = prepare(session, catalogue)
    releases.publish_release(session, release, by=world.reviewer.principal.user_id, at=NOON)

    found = releases.find_release(session, "2026-2")
    assert found is not None
    assert found.document["published_on"] == "2026-11-23"
    assert found.digest == digest_of(found.text.encode())
    assert releases.latest_release(session) == found


def test_publishing_is_recorded(session, world, catalogue):
    release = prepare(session, catalogue)
    releases.publish_release(session, release, by=world.reviewer.principal.user_id, at=NOON)

    (event,) = builders.events(session, "release.published")
    assert event.details == {"digest": release.digest}


def test_a_published_release_cannot_be_changed_or_published_again(session, catalogue):
    release = prepare(session, catalogue)
    releases.publish_release(session, release, by=None, at=NOON)
    session.commit()

    with pytest.raises(releases.ReleaseIsFrozen):
        releases.publish_release(session, release, by=None, at=NOON)
    release.title = "Something nicer"
    with pytest.raises(releases.ReleaseIsFrozen):
        session.flush()
    session.rollback()
    assert session.scalars(select(Release.title)).all() == ["Findings"]


def test_later_submissions_change_no_published_release(session, submitted, catalogue):
    release = prepare(session, catalogue)
    releases.publish_release(session, release, by=None, at=NOON)
    before = releases.find_release(session, "2026-2")

    crowd(session, 12, catalogue)
    session.flush()

    assert releases.find_release(session, "2026-2") == before


def test_an_address_is_given_once(session, catalogue):
    prepare(session, catalogue)

    with pytest.raises(releases.ReleaseExists):
        prepare(session, catalogue)


def test_a_draft_that_was_audited_without_the_latest_release_is_not_published(session, catalogue):
    first, second = prepare(session, catalogue, "2026-1"), prepare(session, catalogue, "2026-2")
    releases.publish_release(session, first, by=None, at=NOON + timedelta(hours=1))

    with pytest.raises(releases.OutdatedDraft):
        releases.publish_release(session, second, by=None, at=NOON + timedelta(hours=2))


def test_the_newest_data_comes_first(session, catalogue):
    for slug, on, after in (("2026-1", date(2026, 6, 30), 0), ("2026-2", date(2026, 11, 1), 2)):
        release = prepare(session, catalogue, slug, on=on, at=NOON + timedelta(hours=after))
        releases.publish_release(session, release, by=None, at=NOON + timedelta(hours=after + 1))

    assert [release.slug for release in releases.published_releases(session)] == ["2026-2", "2026-1"]
