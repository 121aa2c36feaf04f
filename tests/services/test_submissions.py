"""Submitting freezes answers, score and digest together, once, and only when nothing that matters is silent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.authz import Principal
from portal.domain.answers import Answer
from portal.domain.bundle import digest_of, read_bundle
from portal.domain.lifecycle import AssessmentStatus
from portal.domain.questionnaire import Catalogue
from portal.domain.scorecard import scorecard_json
from portal.domain.scoring import score_bundle
from portal.models import AuditEvent, Job, Organisation, Review, Share, Submission
from portal.services import assessments, shares, submissions
from portal.services.submissions import ChangedMeanwhile, IncompleteAssessment, find_submission
from tests import builders
from tests.builders import World

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_what_was_submitted_can_be_scored_again_from_the_bundle_alone(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)

    submission = builders.submit(session, world.owner, assessment, catalogue, at=NOON)

    bundle = read_bundle(submission.bundle, catalogue)
    assert scorecard_json(score_bundle(bundle, catalogue)) == submission.scorecard
    assert digest_of(submission.bundle.encode()) == submission.digest
    assert bundle.digest == catalogue.questionnaires[builders.SHORT_FORM].digest


def test_a_submission_stands_whatever_is_answered_later(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    submission = builders.submit(session, world.owner, assessment, catalogue, at=NOON)
    frozen = submission.bundle
    assessment.status = AssessmentStatus.RETURNED
    session.flush()

    assessments.save_answer(
        session,
        assessment,
        "HRS-COM-01",
        Answer(value=4),
        version=1,
        by=world.owner.principal.actor,
        at=NOON,
    )
    session.commit()
    session.refresh(submission)

    assert submission.bundle == frozen
    assert json.loads(frozen)["answers"]["HRS-COM-01"]["value"] == 2


def test_silence_about_harm_is_refused(session: Session, world: World, catalogue: Catalogue) -> None:
    answers = builders.modest_answers(catalogue)
    del answers["HRS-DO-02"], answers["HRS-COM-01"], answers["HRS-CHK-01"]
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers=answers)

    with pytest.raises(IncompleteAssessment) as refused:
        builders.submit(session, world.owner, assessment, catalogue, at=NOON)

    assert refused.value.missing == ("HRS-COM-01", "HRS-DO-02")
    assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_dont_know_is_an_answer(session: Session, world: World, catalogue: Catalogue) -> None:
    answers = builders.modest_answers(catalogue) | {"HRS-COM-01": Answer(dont_know=True)}
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers=answers)

    submission = builders.submit(session, world.owner, assessment, catalogue, at=NOON)

    assert submission.scorecard["questions"]["HRS-COM-01"]["status"] == "dont_know"


def test_nothing_is_signed_that_was_not_read(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    seen = submissions.content_digest(submissions.draft_bundle(session, assessment, catalogue, at=NOON))
    assessments.save_answer(
        session, assessment, "HRS-COM-01", Answer(value=0), version=1, by=world.editor.principal.actor, at=NOON
    )
    signature = submissions.Signature("a key that is long enough", "M", "Director", {}, True, seen)

    with pytest.raises(ChangedMeanwhile):
        submissions.submit_assessment(session, world.owner.principal, assessment, catalogue, signature, at=NOON)


def test_the_same_key_gives_the_same_submission(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)

    first = builders.submit(session, world.owner, assessment, catalogue, at=NOON)
    again = builders.submit(session, world.owner, assessment, catalogue, at=NOON)

    assert again.id == first.id


def test_a_corrected_version_counts_on(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    builders.submit(session, world.owner, assessment, catalogue, at=NOON)
    assessment.status = AssessmentStatus.RETURNED
    session.flush()

    second = builders.submit(
        session, world.owner, assessment, catalogue, at=NOON + timedelta(days=1), key="another key, long enough"
    )

    assert second.version == 2


def test_one_event_one_job_and_one_review_for_each_government(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    governments = {world.reviewer.principal.organisation: None, world.other_reviewer.principal.organisation: None}

    builders.submit(session, world.owner, assessment, catalogue, at=NOON, governments=governments)

    counts = [session.scalar(select(func.count()).select_from(model)) for model in (Share, Review, Job)]
    events = session.scalars(select(AuditEvent.action).where(AuditEvent.action == "submission.created")).all()
    assert (counts, len(events)) == ([2, 2, 1], 1)


def test_a_government_reads_what_is_shared_with_it_and_only_while_it_is(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    until = (NOON + timedelta(days=30)).date()
    governments = {world.reviewer.principal.organisation: until}
    submission = builders.submit(session, world.owner, assessment, catalogue, at=NOON, governments=governments)

    def reads(principal: Principal, at: datetime) -> bool:
        return find_submission(session, principal, submission.id, at=at) is not None

    assert reads(world.reviewer.principal, NOON)
    assert reads(world.reviewer.principal, NOON + timedelta(days=30))
    assert not reads(world.reviewer.principal, NOON + timedelta(days=31))
    assert not reads(world.other_reviewer.principal, NOON)
    assert not reads(world.rival.principal, NOON)
    share = shares.share_lines(session, world.owner.principal, submission)[0]
    shares.revoke_share(session, world.owner.principal, share.id, at=NOON)
    assert not reads(world.reviewer.principal, NOON)


def test_a_foreign_company_cannot_end_a_share(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    governments = {world.reviewer.principal.organisation: None}
    submission = builders.submit(session, world.owner, assessment, catalogue, at=NOON, governments=governments)
    share = shares.share_lines(session, world.owner.principal, submission)[0]

    assert not shares.revoke_share(session, world.rival.principal, share.id, at=NOON)
    assert find_submission(session, world.reviewer.principal, submission.id, at=NOON) is not None


def test_only_governments_can_be_given_a_share(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    submission = builders.submit(session, world.owner, assessment, catalogue, at=NOON)

    with pytest.raises(LookupError):
        shares.share_submission(
            session, world.owner.principal, submission, world.rival.principal.organisation, until=None, at=NOON
        )


def test_twelve_parallel_signatures_make_one_submission(engine: Engine, world: World, catalogue: Catalogue) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
        seen = submissions.content_digest(submissions.draft_bundle(session, assessment, catalogue, at=NOON))
    barrier, made, refused = Barrier(12), [], []

    def sign(number: int) -> None:
        key = f"key {number % 2} that is long enough"
        signature = submissions.Signature(key, "M", "Director", {}, True, seen)
        with db.writing(engine) as own:
            barrier.wait()
            mine = assessments.find_assessment(own, world.owner.principal, assessment.id)
            assert mine is not None
            try:
                result = submissions.submit_assessment(own, world.owner.principal, mine, catalogue, signature, at=NOON)
                own.commit()
                made.append(result.reference)
            except Exception as error:  # noqa: BLE001 - whatever kind of refusal, only one may pass
                own.rollback()
                refused.append(error)

    threads = [Thread(target=sign, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
        events = select(func.count()).where(AuditEvent.action == "submission.created")
        assert session.scalar(events) == 1
    assert len(set(made)) == 1
    assert len(made) + len(refused) == 12


def test_the_main_activity_gives_the_sector(session: Session, world: World, catalogue: Catalogue) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    session.execute(update(Organisation).values(local_name="บริษัท"))

    submission = builders.submit(session, world.owner, assessment, catalogue, at=NOON)

    assert (submission.sector, submission.country, submission.red_flag) == ("C", "TH", "unknown")
