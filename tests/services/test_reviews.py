"""The queue of a government, and its decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.domain.lifecycle import AssessmentStatus
from portal.domain.questionnaire import Catalogue
from portal.models import Assessment, AuditEvent, Organisation, Review, ReviewState, Share, Submission
from portal.services import reviews, shares
from portal.services.reviews import AlreadyDecided, QueueFilter, ReasonTooShort, decide_review, review_queue
from tests import builders
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_copy, share_one

REASON = "The list names every site and who made it."

Names = Callable[..., list[str]]


@pytest.fixture
def submission(session: Session, world: World, catalogue: Catalogue) -> Submission:
    return share_one(session, world, catalogue, at=NOON)


@pytest.fixture
def names(session: Session, world: World) -> Names:
    """The companies in the queue of government X, narrowed."""

    def listed(**narrowing: str) -> list[str]:
        queue = review_queue(session, world.reviewer.principal, QueueFilter(**narrowing), at=NOON)
        return [line.company for line in queue.lines]

    return listed


def review_of(session: Session, world: World, submission: Submission, *, at: datetime = NOON) -> Review:
    found = reviews.find_review(session, world.reviewer.principal, submission.id, at=at)
    assert found
    return found


def decide(session: Session, world: World, review: Review, state: ReviewState, *, version: int = 1) -> None:
    decide_review(session, world.reviewer.principal, review, state=state, reason=REASON, version=version, at=NOON)


def test_a_government_sees_what_is_shared_with_it_and_nothing_else(
    session: Session, world: World, submission: Submission
) -> None:
    queue = review_queue(session, world.reviewer.principal, QueueFilter(), at=NOON)
    other = review_queue(session, world.other_reviewer.principal, QueueFilter(), at=NOON)
    company = review_queue(session, world.rival.principal, QueueFilter(), at=NOON)

    assert [line.submission_id for line in queue.lines] == [submission.id]
    assert (other.lines, other.total, other.counts, other.sectors) == ([], 0, {}, [])
    assert (company.lines, company.total) == ([], 0)


def test_the_last_day_of_a_share_counts_and_the_next_does_not(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    until = NOON.date() + timedelta(days=3)
    submission = share_one(session, world, catalogue, at=NOON, until=until)
    reader = world.reviewer.principal

    def found(days: int) -> bool:
        return reviews.find_review(session, reader, submission.id, at=NOON + timedelta(days=days)) is not None

    assert (found(3), found(4)) == (True, False)


def test_a_revoked_share_is_gone_from_the_queue_at_once(
    session: Session, world: World, submission: Submission, names: Names
) -> None:
    share = session.scalars(select(Share)).one()

    assert names() == ["Company A"]
    assert shares.revoke_share(session, world.owner.principal, share.id, at=NOON)
    assert names() == []


def test_the_longest_waiting_comes_first_and_then_the_latest_decision(
    session: Session, world: World, submission: Submission, names: Names
) -> None:
    for days, name in ((1, "Yesterday"), (9, "Long ago"), (20, "Decided early"), (30, "Decided late")):
        share_copy(session, submission, world.reviewer, name, submitted_at=NOON - timedelta(days=days))
    for hours, name in ((1, "Decided late"), (8, "Decided early")):
        review = session.scalars(
            select(Review)
            .join(Submission, Submission.id == Review.submission_id)
            .join(Organisation, Organisation.id == Submission.organisation_id)
            .where(Organisation.name == name)
        ).one()
        when = NOON - timedelta(hours=hours)
        decide_review(
            session,
            world.reviewer.principal,
            review,
            state=ReviewState.ACCEPTED,
            reason=REASON,
            version=1,
            at=when,
        )

    assert names() == ["Long ago", "Yesterday", "Company A", "Decided late", "Decided early"]


def test_the_queue_says_how_many_wait_and_how_long(session: Session, world: World, submission: Submission) -> None:
    share_copy(session, submission, world.reviewer, "Older", submitted_at=NOON - timedelta(days=12, hours=3))
    decide(session, world, review_of(session, world, submission), ReviewState.ACCEPTED)

    queue = review_queue(session, world.reviewer.principal, QueueFilter(text="nobody"), at=NOON)

    assert queue.counts == {ReviewState.WAITING: 1, ReviewState.ACCEPTED: 1}
    assert (queue.longest, queue.total, queue.lines) == (12, 0, [])


def test_filters_narrow_together(session: Session, world: World, submission: Submission, names: Names) -> None:
    reader = world.reviewer
    share_copy(session, submission, reader, "Farm", sector="A", band="Advanced", red_flag="")
    share_copy(session, submission, reader, "Ship", sector="A", band="Beginning", red_flag="open")
    share_copy(session, submission, reader, "Mill", sector="C", band="Beginning", red_flag="open")
    decide(session, world, review_of(session, world, submission), ReviewState.RETURNED)

    assert sorted(names(sector="A")) == ["Farm", "Ship"]
    assert names(sector="A", red_flag="open") == ["Ship"]
    assert names(red_flag="none") == ["Farm"]
    assert names(band="Beginning", sector="C") == ["Mill"]
    assert names(state="returned") == ["Company A"]
    assert names(state="returned", sector="A") == []
    assert sorted(names(state="no such state")) == ["Company A", "Farm", "Mill", "Ship"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("percent", ["100%_Percent"]),
        ("%", ["100%_Percent"]),
        ("_", ["100%_Percent"]),
        ("0%_p", ["100%_Percent"]),
        ("back\\slash", ["Back\\slash"]),
        ("\\", ["Back\\slash"]),
        ("โรงสี", ["Mill"]),
        ("'; drop table review; --", []),
    ],
)
def test_a_search_takes_every_character_as_it_is(
    session: Session, world: World, submission: Submission, names: Names, text: str, found: list[str]
) -> None:
    share_copy(session, submission, world.reviewer, "100%_Percent")
    share_copy(session, submission, world.reviewer, "Back\\slash")
    share_copy(session, submission, world.reviewer, "Mill", local_name="โรงสีข้าว")

    assert names(text=text) == found


def test_a_search_finds_references(submission: Submission, names: Names) -> None:
    assert names(text=submission.reference[-6:].lower()) == ["Company A"]


def test_long_queues_come_in_pages_and_a_page_too_far_is_the_last(
    session: Session, world: World, submission: Submission
) -> None:
    for number in range(reviews.PAGE):
        share_copy(session, submission, world.reviewer, f"Company {number}")

    def page(number: int) -> reviews.Queue:
        return review_queue(session, world.reviewer.principal, QueueFilter(page=number), at=NOON)

    first, last = page(1), page(99)
    assert (first.total, first.pages, first.page, first.first, len(first.lines)) == (26, 2, 1, 1, 25)
    assert (last.page, last.first, len(last.lines)) == (2, 26, 1)
    assert not {line.submission_id for line in first.lines} & {line.submission_id for line in last.lines}


def test_a_decision_is_recorded_with_its_reason_and_in_the_log(
    session: Session, world: World, submission: Submission
) -> None:
    review = review_of(session, world, submission)

    decide(session, world, review, ReviewState.ACCEPTED)

    assert (review.state, review.reason, review.version) == (ReviewState.ACCEPTED, REASON, 2)
    decider = reviews.decider_of(session, world.reviewer.principal, review, at=NOON)
    assert decider == world.reviewer.principal.name
    (event,) = builders.events(session, "review.decided")
    assert event.details == {"submission": str(submission.id), "state": "accepted"}
    assert event.actor_id == world.reviewer.principal.actor


@pytest.mark.parametrize(
    ("state", "status"),
    [(ReviewState.ACCEPTED, AssessmentStatus.ACCEPTED), (ReviewState.RETURNED, AssessmentStatus.RETURNED)],
)
def test_a_decision_moves_the_assessment(
    session: Session, world: World, submission: Submission, state: ReviewState, status: AssessmentStatus
) -> None:
    decide(session, world, review_of(session, world, submission), state)

    session.expire_all()
    assert session.get_one(Assessment, submission.assessment_id).status is status


def test_returning_an_old_version_does_not_reopen_a_newer_one(
    session: Session, world: World, catalogue: Catalogue, submission: Submission
) -> None:
    decide(session, world, review_of(session, world, submission), ReviewState.RETURNED)
    assessment = session.get_one(Assessment, submission.assessment_id)
    session.refresh(assessment)
    builders.submit(session, world.owner, assessment, catalogue, at=NOON, key="another key, for version two")
    session.execute(update(Review).values(state=ReviewState.WAITING, decided_at=None))
    session.expire_all()

    decide(session, world, review_of(session, world, submission), ReviewState.RETURNED, version=2)

    session.expire_all()
    assert session.get_one(Assessment, submission.assessment_id).status is AssessmentStatus.SUBMITTED


def test_the_second_of_two_decisions_is_refused_and_changes_nothing(
    session: Session, world: World, submission: Submission
) -> None:
    review = review_of(session, world, submission)
    decide(session, world, review, ReviewState.ACCEPTED)

    with pytest.raises(AlreadyDecided):
        decide(session, world, review, ReviewState.RETURNED)
    with pytest.raises(AlreadyDecided):
        decide(session, world, review, ReviewState.RETURNED, version=2)

    assert (review.state, review.version) == (ReviewState.ACCEPTED, 2)
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "review.decided")).all()) == 1


def test_a_reason_nobody_can_act_on_is_refused(session: Session, world: World, submission: Submission) -> None:
    review = review_of(session, world, submission)

    with pytest.raises(ReasonTooShort):
        decide_review(
            session,
            world.reviewer.principal,
            review,
            state=ReviewState.RETURNED,
            reason="No.",
            version=1,
            at=NOON,
        )

    assert review.state is ReviewState.WAITING


def test_another_government_cannot_decide_even_with_the_review_in_hand(
    session: Session, world: World, submission: Submission
) -> None:
    review = review_of(session, world, submission)

    with pytest.raises(AlreadyDecided):
        decide_review(
            session,
            world.other_reviewer.principal,
            review,
            state=ReviewState.ACCEPTED,
            reason=REASON,
            version=1,
            at=NOON,
        )

    assert review.state is ReviewState.WAITING
